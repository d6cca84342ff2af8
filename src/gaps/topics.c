/* Topics: spellings that ask nearly the same (spellings.c) are items; the most frequent items are grouped by average linkage over the
   cosine of their words, and of their vectors where there are some; the others join the topic whose words are nearest. */
#include "gaps/terms.h"

#include "base/hash.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINKED_MAX 400      /* items that are grouped: their similarities are in memory */
/* Measured (tests/bench/topics.c) on the 1,185 labelled questions that have an answer: those of one of 132 articles are a topic. A topic
   that mixes two subjects is of no use, so F0.5 decides (B-cubed). By words alone 0.20: of a question's neighbours 77 % belong there, 15 % of
   those that do are found, F 0.42. With multilingual-e5-small 0.28: 79 % and 16 %, F 0.44, the best of ten mixes (what was guessed before:
   71 % and 17 %, F 0.43); both halves of the articles choose nearly the same threshold, and each gives the other what it gives itself. The
   questions of an article there are as different as their authors could make them: people's own are more alike. */
#define NEAR_BY_WORDS 0.20
#define NEAR_BY_VECTORS 0.28
#define WORDS_SHARE 0.6     /* the rest is what their vectors say */
#define JOIN 0.25           /* cosine with a topic's words */
/* Cosines of unrelated and of equal questions, as multilingual-e5 gives them. */
#define VECTOR_FAR 0.82
#define VECTOR_SAME 0.96

typedef struct topic_item {
	spi_gap_spelling *leader;
	spi_term_set terms;
	double weight;
	size_t topic;           /* SIZE_MAX = none */
} topic_item;

typedef struct topics {
	spi_gap_reading *r;
	spi_gap_part *part;
	spi_terms terms;
	topic_item *items; size_t count;
	size_t linked;
	size_t *groups; size_t groups_count; /* number of the first item of each */
	sp_arena *arena;
} topics;

/* ---- items ---- */

static sp_status group_spellings(topics *t, spi_spelling ***ret, size_t *ret_count, sp_error *err)
{
	const spi_unanswered *rows = (const spi_unanswered *)(const void *)t->part->unanswered.data;
	size_t rows_count = t->part->unanswered.len / sizeof *rows, count = 0;
	spi_spelling **items = sp_arena_calloc(t->arena, rows_count + 1, sizeof(spi_spelling *));
	if (!items)
		return spi_gap_no_memory(err);
	/* Counted anew: here only conversations count in which it was not answered. */
	for (size_t i = 0; i < rows_count; i++)
		rows[i].spelling->spelling.conversations = 0, rows[i].spelling->spelling.last_conversation = -1;
	for (size_t i = 0; i < rows_count; i++) {
		spi_spelling *s = &rows[i].spelling->spelling;
		if (s->conversations == 0)
			items[count++] = s;
		s->conversations += s->last_conversation != rows[i].conversation;
		s->last_conversation = rows[i].conversation;
	}
	*ret = items;
	*ret_count = count;
	return spi_spellings_group(items, count, t->r->analyser, t->arena) ? SP_OK : spi_gap_no_memory(err);
}

static int by_weight(const void *left, const void *right)
{
	const topic_item *a = left, *b = right;
	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return strcmp(a->leader->spelling.text, b->leader->spelling.text);
}

static sp_status make_items(topics *t, sp_error *err)
{
	spi_spelling **spellings = NULL;
	size_t count = 0;
	sp_status status = group_spellings(t, &spellings, &count, err);
	t->items = status == SP_OK ? sp_arena_calloc(t->arena, count + 1, sizeof *t->items) : NULL;
	if (status == SP_OK && !t->items)
		return spi_gap_no_memory(err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		if (spellings[i]->leader != spellings[i])
			continue;
		topic_item *item = &t->items[t->count++];
		*item = (topic_item){.leader = (spi_gap_spelling *)(void *)spellings[i], .topic = SIZE_MAX};
		for (const spi_spelling *s = spellings[i]; s; s = s->next)
			item->weight += (double)s->conversations;
	}
	if (status == SP_OK && t->count > 1)
		qsort(t->items, t->count, sizeof *t->items, by_weight);
	for (size_t i = 0; status == SP_OK && i < t->count; i++)
		if (!spi_terms_read(&t->terms, t->r->analyser, t->items[i].leader->spelling.text, t->part->lang, t->items[i].weight, &t->items[i].terms))
			status = spi_gap_no_memory(err);
	for (size_t i = 0; status == SP_OK && i < t->count; i++)
		if (!spi_terms_weigh(&t->terms, &t->items[i].terms))
			status = spi_gap_no_memory(err);
	return status;
}

/* ---- groups ---- */

static double clamp(double value)
{
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

static float dot(const float *a, const float *b, size_t n)
{
	float sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static bool fill_near(topics *t, float *near, bool *ret_by_vectors)
{
	size_t n = t->linked, dimensions = 0;
	float *vectors = NULL;
	const char **texts = sp_arena_calloc(t->arena, n + 1, sizeof *texts);
	if (!texts)
		return false;
	for (size_t i = 0; i < n; i++)
		texts[i] = t->items[i].leader->spelling.text;
	*ret_by_vectors = spi_gap_vectors(t->r, texts, n, &vectors, &dimensions);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			double words = spi_terms_cosine(&t->items[i].terms, &t->items[k].terms), value = words;
			if (*ret_by_vectors) {
				double cosine = dot(vectors + i * dimensions, vectors + k * dimensions, dimensions);
				value = WORDS_SHARE * words + (1 - WORDS_SHARE) * clamp((cosine - VECTOR_FAR) / (VECTOR_SAME - VECTOR_FAR));
			}
			near[i * n + k] = near[k * n + i] = (float)value;
		}
	free(vectors);
	return true;
}

static sp_status link_items(topics *t, sp_error *err)
{
	t->linked = t->count < LINKED_MAX ? t->count : LINKED_MAX;
	size_t n = t->linked, *group = sp_arena_calloc(t->arena, n + 1, sizeof *group);
	float *near = sp_arena_calloc(t->arena, n * n + 1, sizeof *near);
	double *weights = sp_arena_calloc(t->arena, n + 1, sizeof *weights);
	bool by_vectors;
	t->groups = sp_arena_calloc(t->arena, n + 1, sizeof *t->groups);
	if (!group || !near || !weights || !t->groups || !fill_near(t, near, &by_vectors))
		return spi_gap_no_memory(err);
	for (size_t i = 0; i < n; i++)
		weights[i] = sqrt(t->items[i].weight); /* one frequent question must not decide alone */
	t->r->gaps->by_vectors |= by_vectors;
	if (!spi_gap_linkage(near, weights, n, by_vectors ? NEAR_BY_VECTORS : NEAR_BY_WORDS, group, t->arena))
		return spi_gap_no_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (group[i] == i) {
			t->items[i].topic = t->groups_count;
			t->groups[t->groups_count++] = i;
		} else {
			t->items[i].topic = t->items[group[i]].topic;
		}
	}
	return SP_OK;
}

/* Items that were not grouped join the topic that is nearest by words. */
static sp_status join_rest(topics *t, sp_error *err)
{
	if (t->count == t->linked)
		return SP_OK;
	spi_centres centres;
	if (!spi_centres_open(&centres, &t->terms, t->groups_count, t->arena))
		return spi_gap_no_memory(err);
	for (size_t i = 0; i < t->linked; i++)
		if (!spi_centres_add(&centres, t->items[i].topic, &t->items[i].terms, t->items[i].weight))
			return spi_gap_no_memory(err);
	spi_centres_close(&centres);
	for (size_t i = t->linked; i < t->count; i++)
		t->items[i].topic = spi_centres_nearest(&centres, &t->items[i].terms, JOIN);
	return SP_OK;
}

/* ---- what is told of a topic ---- */

typedef struct topic_row {
	size_t topic;
	const spi_unanswered *row;
} topic_row;

static int by_topic(const void *left, const void *right)
{
	const topic_row *a = left, *b = right;
	if (a->topic != b->topic)
		return a->topic < b->topic ? -1 : 1;
	if (a->row->conversation != b->row->conversation)
		return a->row->conversation < b->row->conversation ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

static bool count_key(sp_gap_count *items, size_t *count, size_t max, int key)
{
	size_t i = 0;
	while (i < *count && items[i].key != key)
		i++;
	if (i == max)
		return false;
	if (i == *count)
		items[(*count)++] = (sp_gap_count){key, 0};
	items[i].conversations++;
	return true;
}

static int by_count(const void *left, const void *right)
{
	const sp_gap_count *a = left, *b = right;
	if (a->conversations != b->conversations)
		return a->conversations < b->conversations ? 1 : -1;
	return (a->key > b->key) - (a->key < b->key);
}

/* All months from the first to the last of the period, those without any too. */
static size_t list_months(const topics *t, sp_gap_count *ret, size_t max)
{
	const sp_gaps *gaps = t->r->gaps;
	sp_date from = sp_date_of(gaps->from_utc_s, t->r->config->timezone), to = sp_date_of(gaps->until_utc_s - 1, t->r->config->timezone);
	int first = from / 10000 * 12 + from / 100 % 100 - 1, last = to / 10000 * 12 + to / 100 % 100 - 1;
	size_t count = 0;
	if (last - first >= (int)max)
		first = last - (int)max + 1;
	for (int month = first; month <= last; month++)
		ret[count++] = (sp_gap_count){month / 12 * 100 + month % 12 + 1, 0};
	return count;
}

#define MONTHS_MAX 36

static bool count_rows(topics *t, const topic_row *rows, size_t count, sp_topic *ret, bool *ret_by_two)
{
	sp_gap_count *months = sp_arena_calloc(t->r->result, MONTHS_MAX, sizeof *months);
	sp_gap_count *reasons = sp_arena_calloc(t->r->result, SP_REASON_COUNT, sizeof *reasons);
	if (!months || !reasons)
		return false;
	ret->months = months;
	ret->months_count = list_months(t, months, MONTHS_MAX);
	ret->reasons = reasons;
	*ret_by_two = false;
	for (size_t i = 0; i < count; i++) {
		const spi_unanswered *row = rows[i].row;
		*ret_by_two |= row->asker != rows[0].row->asker;
		if (i > 0 && row->conversation == rows[i - 1].row->conversation)
			continue;
		ret->conversations++;
		ret->lost += row->lost;
		for (size_t m = 0; m < ret->months_count; m++)
			months[m].conversations += months[m].key == row->month;
		count_key(reasons, &ret->reasons_count, SP_REASON_COUNT, (int)row->reason);
	}
	qsort(reasons, ret->reasons_count, sizeof *reasons, by_count);
	return true;
}

static int by_frequency(const void *left, const void *right)
{
	const spi_spelling *a = *(const spi_spelling *const *)left, *b = *(const spi_spelling *const *)right;
	if (a->conversations != b->conversations)
		return a->conversations < b->conversations ? 1 : -1;
	return strcmp(a->text, b->text);
}

/* Texts that two people used in these very words, the most frequent first. */
static bool put_examples(topics *t, const topic_row *rows, size_t count, sp_topic *ret)
{
	const spi_spelling **list = sp_arena_calloc(t->arena, count + 1, sizeof *list);
	size_t found = 0;
	ret->examples.items = sp_arena_calloc(t->r->result, SP_GAP_EXAMPLES_MAX, sizeof(char *));
	if (!list || !ret->examples.items)
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].row->spelling->by_two && rows[i].row->spelling->is_short)
			list[found++] = &rows[i].row->spelling->spelling;
	qsort(list, found, sizeof *list, by_frequency);
	for (size_t i = 0; i < found && ret->examples.count < SP_GAP_EXAMPLES_MAX; i++)
		if (i == 0 || list[i] != list[i - 1])
			if (!(ret->examples.items[ret->examples.count++] = sp_arena_strdup(t->r->result, list[i]->text)))
				return false;
	return true;
}

static bool put_name(topics *t, size_t number, const topic_row *rows, size_t count, sp_topic *ret)
{
	spi_naming naming;
	bool ok = true;
	spi_naming_open(&naming, &t->terms, t->arena);
	for (size_t i = 0; ok && i < count; i++)
		ok = spi_naming_add(&naming, t->r->analyser, rows[i].row->spelling->spelling.text, t->part->lang, rows[i].row->asker);
	ok = ok && spi_naming_close(&naming, SP_GAP_WORDS_MAX, t->r->result, &ret->words);
	sp_buffer name = SP_BUFFER_INIT;
	for (size_t i = 0; ok && i < ret->words.count && i < 3; i++)
		sp_buffer_printf(&name, "%s%s", i ? ", " : "", ret->words.items[i]);
	ok = ok && sp_buffer_ok(&name) && (ret->name = sp_arena_strdup(t->r->result, sp_buffer_text(&name)));
	sp_buffer_release(&name);
	const char *first = t->items[t->groups[number]].leader->spelling.form;
	char key[40];
	snprintf(key, sizeof key, "%d.%d", t->part->audience, (int)t->part->lang);
	uint64_t hash = spi_hash64(first, strlen(first)) ^ spi_hash64(key, strlen(key));
	snprintf(ret->id, sizeof ret->id, "%0*" PRIx64, SP_GAP_ID_LEN, hash >> (64 - 4 * SP_GAP_ID_LEN));
	return ok;
}

static sp_status add_topic(topics *t, size_t number, const topic_row *rows, size_t count, sp_error *err)
{
	spi_gap_reading *r = t->r;
	sp_topic topic = {.lang = t->part->lang, .audience = t->part->audience_key};
	bool by_two;
	if (!count_rows(t, rows, count, &topic, &by_two))
		return spi_gap_no_memory(err);
	if (!by_two)
		return SP_OK;
	if (!put_examples(t, rows, count, &topic) || !put_name(t, number, rows, count, &topic))
		return spi_gap_no_memory(err);
	r->gaps->in_topics += topic.conversations;
	topic.a_month = topic.conversations / r->gaps->months;
	topic.effect = topic.lost / r->gaps->months * r->gaps->solved_share;
	/* The nearest article is asked for with what is most frequent, shown or not. */
	sp_status status = spi_gap_nearest(r, t->part, t->items[t->groups[number]].leader->spelling.text, &topic.nearest, &topic.near, err);
	sp_topic *place = status == SP_OK ? spi_gap_add(r, (void **)&r->gaps->topics, &r->gaps->topics_count, &r->topics_room, sizeof *place) : NULL;
	if (status == SP_OK && !place)
		return spi_gap_no_memory(err);
	if (place)
		*place = topic;
	return status;
}

static sp_status tell_topics(topics *t, sp_error *err)
{
	const spi_unanswered *rows = (const spi_unanswered *)(const void *)t->part->unanswered.data;
	size_t count = t->part->unanswered.len / sizeof *rows, end;
	topic_row *list = sp_arena_calloc(t->arena, count + 1, sizeof *list);
	spi_map of = {.arena = t->arena}; /* spelling → its item */
	if (!list)
		return spi_gap_no_memory(err);
	for (size_t i = 0; i < t->count; i++) {
		void **slot = spi_map_put(&of, t->items[i].leader->spelling.form, t->items[i].leader->spelling.form_len);
		if (!slot)
			return spi_gap_no_memory(err);
		*slot = &t->items[i];
	}
	for (size_t i = 0; i < count; i++) {
		const spi_spelling *leader = rows[i].spelling->spelling.leader;
		const topic_item *item = leader ? spi_map_get(&of, leader->form, leader->form_len) : NULL;
		list[i] = (topic_row){item ? item->topic : SIZE_MAX, &rows[i]};
	}
	qsort(list, count, sizeof *list, by_topic);
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < count && list[i].topic != SIZE_MAX; i = end) {
		for (end = i; end < count && list[end].topic == list[i].topic;)
			end++;
		status = end - i > 1 ? add_topic(t, list[i].topic, list + i, end - i, err) : SP_OK;
	}
	return status;
}

sp_status spi_gap_topics(spi_gap_reading *r, spi_gap_part *part, sp_error *err)
{
	topics t = {.r = r, .part = part, .arena = sp_arena_new(0)};
	if (part->unanswered.len == 0) {
		sp_arena_free(t.arena);
		return SP_OK;
	}
	spi_terms_open(&t.terms, t.arena);
	sp_status status = t.arena ? make_items(&t, err) : spi_gap_no_memory(err);
	if (status == SP_OK)
		status = link_items(&t, err);
	if (status == SP_OK)
		status = join_rest(&t, err);
	if (status == SP_OK)
		status = tell_topics(&t, err);
	sp_arena_free(t.arena);
	return status;
}
