#include "gaps/terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void spi_terms_open(spi_terms *terms, sp_arena *arena)
{
	*terms = (spi_terms){.arena = arena, .numbers = {.arena = arena}};
}

static bool says_something(const sp_token *token)
{
	return (token->kind == SP_TOKEN_WORD || token->kind == SP_TOKEN_CODE) && !token->is_function_word && token->term_len > 1;
}

typedef struct known { uint32_t number; double df; } known;

static known *know(spi_terms *terms, const char *term, size_t len)
{
	known *found = spi_map_get(&terms->numbers, term, len);
	if (found)
		return found;
	known *made = sp_arena_calloc(terms->arena, 1, sizeof *made);
	void **slot = made ? spi_map_put(&terms->numbers, term, len) : NULL;
	if (!slot)
		return NULL;
	made->number = (uint32_t)terms->numbers.count - 1;
	return *slot = made;
}

static int by_number(const void *left, const void *right)
{
	const spi_term *a = left, *b = right;
	return (a->number > b->number) - (a->number < b->number);
}

bool spi_terms_read(spi_terms *terms, sp_analyser *analyser, const char *text, sp_lang lang, double conversations, spi_term_set *ret)
{
	sp_tokens tokens;
	if (sp_analyse(analyser, text, strlen(text), lang, terms->arena, &tokens) != SP_OK)
		return false;
	*ret = (spi_term_set){.items = sp_arena_calloc(terms->arena, tokens.count + 1, sizeof(spi_term))};
	for (size_t i = 0; ret->items && i < tokens.count; i++) {
		known *of = says_something(&tokens.items[i]) ? know(terms, tokens.items[i].term, tokens.items[i].term_len) : NULL;
		if (!of)
			continue;
		size_t k = 0;
		while (k < ret->count && ret->items[k].number != of->number)
			k++;
		if (k < ret->count)
			continue;
		ret->items[ret->count++] = (spi_term){of->number, 1};
		of->df += conversations;
	}
	terms->all += conversations;
	if (ret->items)
		qsort(ret->items, ret->count, sizeof *ret->items, by_number);
	return ret->items;
}

/* Rarity of each number, made once. */
static double *rarities(const spi_terms *terms)
{
	double *ret = sp_arena_calloc(terms->arena, terms->numbers.count + 1, sizeof *ret);
	for (size_t i = 0; ret && i < terms->numbers.cap; i++)
		if (terms->numbers.slots[i].key) {
			const known *of = terms->numbers.slots[i].value;
			ret[of->number] = log(1 + terms->all / (of->df + 1));
		}
	return ret;
}

bool spi_terms_weigh(spi_terms *terms, spi_term_set *set)
{
	double sum = 0;
	if (!terms->rarity && !(terms->rarity = rarities(terms)))
		return false;
	for (size_t i = 0; i < set->count; i++) {
		set->items[i].weight = (float)terms->rarity[set->items[i].number];
		sum += set->items[i].weight * set->items[i].weight;
	}
	for (size_t i = 0; sum > 0 && i < set->count; i++)
		set->items[i].weight /= (float)sqrt(sum);
	return true;
}

double spi_terms_cosine(const spi_term_set *a, const spi_term_set *b)
{
	size_t i = 0, k = 0;
	double sum = 0;
	while (i < a->count && k < b->count) {
		if (a->items[i].number == b->items[k].number)
			sum += a->items[i++].weight * b->items[k++].weight;
		else if (a->items[i].number < b->items[k].number)
			i++;
		else
			k++;
	}
	return sum;
}

/* ---- centres ---- */

bool spi_centres_open(spi_centres *centres, const spi_terms *terms, size_t groups, sp_arena *arena)
{
	*centres = (spi_centres){.groups = groups, .terms = terms->numbers.count, .arena = arena,
		.by_term = sp_arena_calloc(arena, terms->numbers.count + 1, sizeof(spi_centre_weight *)),
		.norms = sp_arena_calloc(arena, groups + 1, sizeof(double)), .scores = sp_arena_calloc(arena, groups + 1, sizeof(double))};
	return centres->by_term && centres->norms && centres->scores;
}

bool spi_centres_add(spi_centres *centres, size_t group, const spi_term_set *set, double weight)
{
	for (size_t i = 0; i < set->count; i++) {
		spi_centre_weight **list = &centres->by_term[set->items[i].number], *at = *list;
		while (at && at->group != group)
			at = at->next;
		if (!at) {
			at = sp_arena_alloc(centres->arena, sizeof *at);
			if (!at)
				return false;
			*at = (spi_centre_weight){(uint32_t)group, 0, *list};
			*list = at;
		}
		at->weight += (float)weight * set->items[i].weight;
	}
	return true;
}

void spi_centres_close(spi_centres *centres)
{
	for (size_t t = 0; t < centres->terms; t++)
		for (const spi_centre_weight *at = centres->by_term[t]; at; at = at->next)
			centres->norms[at->group] += (double)at->weight * at->weight;
	for (size_t g = 0; g < centres->groups; g++)
		centres->norms[g] = sqrt(centres->norms[g]);
}

size_t spi_centres_nearest(spi_centres *centres, const spi_term_set *set, double at_least)
{
	size_t best = SIZE_MAX;
	memset(centres->scores, 0, centres->groups * sizeof *centres->scores);
	for (size_t i = 0; i < set->count; i++)
		for (const spi_centre_weight *at = centres->by_term[set->items[i].number]; at; at = at->next)
			centres->scores[at->group] += (double)at->weight * set->items[i].weight / centres->norms[at->group];
	for (size_t g = 0; g < centres->groups; g++)
		if (centres->scores[g] >= at_least && (best == SIZE_MAX || centres->scores[g] > centres->scores[best]))
			best = g;
	return best;
}
