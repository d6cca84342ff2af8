/* Which spellings ask the same: the same form, or a cosine of their words' character 4-grams near one.
   Two sets with a cosine of at least t share one of their few rarest grams (prefix filtering: Bayardo, Ma, Srikant,
   "Scaling up all pairs similarity search", 2007); so only leaders that share one are compared. */
#include "gaps/spellings.h"

#include "index/card.h"
#include "kb/map.h"
#include "sportello/buffer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEAR 0.85

typedef struct gram {
	uint32_t hash;
	uint32_t owner; /* spelling */
} gram;

/* The grams of one spelling as numbers: the rarest gram of all is 0. Ascending, each once. */
typedef struct gram_set {
	uint32_t *items;
	size_t count;
} gram_set;

typedef struct posting {
	uint32_t leader;
	struct posting *next;
} posting;

typedef struct grouping {
	spi_spelling **items;
	size_t count;
	gram_set *sets;
	posting **postings; /* of each gram: leaders that have it among their rarest */
	uint32_t *looked;   /* of each leader: the spelling that was last compared with it, and one */
	spi_map forms[SP_LANG_COUNT]; /* → the leader */
	sp_arena *arena;
} grouping;

static int by_frequency(const void *left, const void *right)
{
	const spi_spelling *a = *(spi_spelling *const *)left, *b = *(spi_spelling *const *)right;
	if (a->conversations != b->conversations)
		return a->conversations < b->conversations ? 1 : -1;
	int order = strcmp(a->text, b->text);
	return order ? order : (a->lang > b->lang) - (a->lang < b->lang);
}

/* ---- grams ---- */

static int by_hash(const void *left, const void *right)
{
	const gram *a = left, *b = right;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->owner > b->owner) - (a->owner < b->owner);
}

static int by_number(const void *left, const void *right)
{
	const uint32_t *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

static bool add_grams(sp_buffer *out, const spi_spelling *spelling, uint32_t owner, sp_analyser *analyser, sp_arena *scratch)
{
	sp_tokens tokens;
	uint32_t hashes[SPI_GRAMS_MAX];
	sp_arena_reset(scratch);
	if (sp_analyse(analyser, spelling->text, strlen(spelling->text), spelling->lang, scratch, &tokens) != SP_OK)
		return false;
	for (size_t i = 0; i < tokens.count; i++) {
		const sp_token *token = &tokens.items[i];
		size_t count = token->plain_len ? spi_grams(token->plain, token->plain_len, hashes) : 0;
		for (size_t n = 0; n < count; n++)
			sp_buffer_add(out, &(gram){hashes[n], owner}, sizeof(gram));
	}
	return sp_buffer_ok(out);
}

/* A run of one hash: who has it, each once. */
typedef struct run {
	size_t start, count;
} run;

static int by_rarity(const void *left, const void *right)
{
	const run *a = left, *b = right;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	return (a->start > b->start) - (a->start < b->start);
}

/* Drop what an owner has twice, and find the runs. */
static size_t find_runs(gram *grams, size_t count, run *runs)
{
	size_t kept = 0, found = 0;
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && by_hash(&grams[kept - 1], &grams[i]) == 0)
			continue;
		if (kept == 0 || grams[kept - 1].hash != grams[i].hash)
			runs[found++] = (run){kept, 0};
		runs[found - 1].count++;
		grams[kept++] = grams[i];
	}
	return found;
}

/* Give each spelling its set. */
static bool fill_sets(grouping *g, gram *grams, size_t count)
{
	run *runs = sp_arena_calloc(g->arena, count + 1, sizeof *runs);
	if (!runs)
		return false;
	qsort(grams, count, sizeof *grams, by_hash);
	size_t found = find_runs(grams, count, runs);
	qsort(runs, found, sizeof *runs, by_rarity);
	for (size_t i = 0; i < found; i++)
		for (size_t n = 0; n < runs[i].count; n++)
			g->sets[grams[runs[i].start + n].owner].count++;
	for (size_t i = 0; i < g->count; i++) {
		g->sets[i].items = sp_arena_calloc(g->arena, g->sets[i].count + 1, sizeof(uint32_t));
		if (!g->sets[i].items)
			return false;
		g->sets[i].count = 0;
	}
	for (size_t i = 0; i < found; i++) /* ascending, as the runs are */
		for (size_t n = 0; n < runs[i].count; n++) {
			gram_set *set = &g->sets[grams[runs[i].start + n].owner];
			set->items[set->count++] = (uint32_t)i;
		}
	g->postings = sp_arena_calloc(g->arena, found + 1, sizeof *g->postings);
	return g->postings;
}

static bool make_sets(grouping *g, sp_analyser *analyser)
{
	sp_buffer buffer = {.max = (size_t)1 << 31};
	sp_arena *scratch = sp_arena_new(0);
	bool ok = scratch;
	for (size_t i = 0; ok && i < g->count; i++)
		ok = add_grams(&buffer, g->items[i], (uint32_t)i, analyser, scratch);
	ok = ok && (!buffer.len || fill_sets(g, (gram *)(void *)buffer.data, buffer.len / sizeof(gram)));
	sp_buffer_release(&buffer);
	sp_arena_free(scratch);
	return ok;
}

/* ---- leaders ---- */

static double cosine(const gram_set *a, const gram_set *b)
{
	size_t i = 0, j = 0, both = 0;
	while (i < a->count && j < b->count) {
		int order = by_number(&a->items[i], &b->items[j]);
		both += order == 0;
		i += order <= 0;
		j += order >= 0;
	}
	return both ? (double)both / sqrt((double)a->count * (double)b->count) : 0;
}

/* How many of the rarest grams a set shares one of with any set that is near it. */
static size_t telling(const gram_set *set)
{
	size_t needed = (size_t)ceil(NEAR * NEAR * (double)set->count - 1e-9);
	return set->count ? set->count - needed + 1 : 0;
}

/* Whether a leader may be near and was not compared yet: sets of very different sizes never are. */
static bool may_be_near(grouping *g, size_t n, uint32_t leader)
{
	double a = (double)g->sets[n].count, b = (double)g->sets[leader].count;
	if (g->looked[leader] == n + 1 || g->items[leader]->lang != g->items[n]->lang)
		return false;
	g->looked[leader] = (uint32_t)n + 1;
	return (a < b ? a / b : b / a) >= NEAR * NEAR - 1e-9;
}

static spi_spelling *nearest(grouping *g, size_t n)
{
	const gram_set *set = &g->sets[n];
	spi_spelling *best = NULL;
	double best_cosine = NEAR;
	for (size_t i = 0; i < telling(set); i++) {
		for (const posting *at = g->postings[set->items[i]]; at; at = at->next) {
			spi_spelling *leader = g->items[at->leader];
			double near = may_be_near(g, n, at->leader) ? cosine(set, &g->sets[at->leader]) : 0;
			if (near > best_cosine || (near == best_cosine && (!best || leader->rank < best->rank))) {
				best_cosine = near;
				best = leader;
			}
		}
	}
	return best;
}

static bool lead(grouping *g, size_t n)
{
	const gram_set *set = &g->sets[n];
	for (size_t i = 0; i < telling(set); i++) {
		posting *made = sp_arena_alloc(g->arena, sizeof *made);
		if (!made)
			return false;
		*made = (posting){(uint32_t)n, g->postings[set->items[i]]};
		g->postings[set->items[i]] = made;
	}
	return true;
}

static bool place(grouping *g, size_t n)
{
	spi_spelling *spelling = g->items[n];
	void **slot = spi_map_put(&g->forms[spelling->lang], spelling->form, spelling->form_len);
	if (!slot)
		return false;
	spi_spelling *leader = *slot ? *slot : nearest(g, n);
	*slot = leader ? leader : spelling;
	spelling->leader = *slot;
	return leader || lead(g, n);
}

/* Less frequent ones come later: read from the end, each is put before those that are there. */
static void chain(grouping *g)
{
	for (size_t n = g->count; n-- > 0;) {
		spi_spelling *spelling = g->items[n];
		if (spelling->leader == spelling)
			continue;
		spelling->next = spelling->leader->next;
		spelling->leader->next = spelling;
	}
}

bool spi_spellings_group(spi_spelling **items, size_t count, sp_analyser *analyser, sp_arena *arena)
{
	grouping g = {.items = items, .count = count, .arena = arena};
	if (count > 1)
		qsort(items, count, sizeof *items, by_frequency);
	g.sets = sp_arena_calloc(arena, count + 1, sizeof *g.sets);
	g.looked = sp_arena_calloc(arena, count + 1, sizeof *g.looked);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		g.forms[lang].arena = arena;
	bool ok = g.sets && g.looked && count < UINT32_MAX && make_sets(&g, analyser);
	for (size_t n = 0; n < count; n++) {
		items[n]->rank = n;
		items[n]->next = NULL;
	}
	for (size_t n = 0; ok && n < count; n++)
		ok = place(&g, n);
	if (ok)
		chain(&g);
	return ok;
}
