/* Whom people are drawn from: labelled questions, by category and by why somebody comes. */
#include "cmd/replay.h"

#include "base/hash.h"
#include "cmd/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- chance: splitmix64 (Steele, Lea, Flood 2014) ---- */

static uint64_t next(uint64_t *rng)
{
	uint64_t z = *rng += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t spi_chance_seed(uint64_t seed, uint64_t number)
{
	uint64_t rng = seed * 0xd1342543de82ef95u + number;
	return next(&rng);
}

double spi_chance(uint64_t *rng)
{
	return (double)(next(rng) >> 11) * 0x1p-53;
}

double spi_chance_between(uint64_t *rng, const double bounds[2])
{
	return bounds[0] + (bounds[1] - bounds[0]) * spi_chance(rng);
}

size_t spi_chance_pick(uint64_t *rng, const double *weights, size_t count)
{
	double sum = 0, at;
	for (size_t i = 0; i < count; i++)
		sum += weights[i];
	at = spi_chance(rng) * sum;
	for (size_t i = 0; i < count; i++) {
		if (weights[i] > 0 && at < weights[i])
			return i;
		at -= weights[i];
	}
	for (size_t i = count; i-- > 0;) /* rounding */
		if (weights[i] > 0)
			return i;
	return 0;
}

/* ---- reading ---- */

typedef struct reading {
	spi_people *people;
	const spi_questions_from *from;
	const char *path;
	json_t *categories; /* of questions without an article */
	bool says_category;
} reading;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static sp_status read_category(json_t *object, int line, void *arg, sp_error *err)
{
	reading *r = arg;
	const char *id = json_string_value(json_object_get(object, "id"));
	json_t *category = json_object_get(object, "category");
	if (!id || !json_is_string(category))
		return sp_error_set(err, SP_ERR_INVALID, r->path, line, "must have \"id\" and \"category\"");
	return json_object_set(r->categories, id, category) == 0 ? SP_OK : no_memory(err);
}

/* Of the first article that the audience has; an article of another audience brings nobody. */
static sp_status find_category(const reading *r, spi_asked_question *q, sp_error *err)
{
	const char *category = NULL;
	sp_record record;
	if (q->need != SPI_NEED_ANSWER) {
		category = json_string_value(json_object_get(r->categories, q->id));
	} else {
		for (size_t i = 0; i < q->articles.count && !category; i++) {
			sp_error why = {0};
			sp_status status = sp_index_get(r->from->index, q->articles.items[i], SP_LANG_NONE, r->people->arena, &record, &why);
			if (status == SP_OK)
				category = record.category;
			else if (status != SP_ERR_NOT_FOUND)
				return sp_error_copy(err, &why), status;
		}
	}
	q->category = category ? sp_arena_strdup(r->people->arena, category) : NULL;
	return SP_OK;
}

static bool read_need(const char *expect, const char *kind, spi_need *ret)
{
	*ret = SPI_NEED_ANSWER;
	if (strcmp(expect, "answer") == 0)
		return true;
	if (strcmp(expect, "ticket") != 0) /* a greeting is no contact of the table */
		return false;
	*ret = kind && strcmp(kind, "case") == 0 ? SPI_NEED_CASE : kind && strcmp(kind, "human") == 0 ? SPI_NEED_HUMAN : SPI_NEED_UNCOVERED;
	return true;
}

static sp_status read_question(json_t *object, int line, void *arg, sp_error *err)
{
	reading *r = arg;
	sp_arena *arena = r->people->arena;
	const char *expect = NULL, *kind = NULL;
	spi_asked_question q = {0};
	sp_status status = spi_line_text(object, "id", true, r->path, line, arena, &q.id, err);
	if (status == SP_OK)
		status = spi_line_text(object, "question", true, r->path, line, arena, &q.text, err);
	if (status == SP_OK)
		status = spi_line_text(object, "expect", true, r->path, line, arena, &expect, err);
	if (status == SP_OK)
		status = spi_line_text(object, "kind", false, r->path, line, arena, &kind, err);
	if (status == SP_OK)
		status = spi_line_texts(object, "articles", r->path, line, arena, &q.articles, err);
	if (status != SP_OK || !read_need(expect, kind, &q.need))
		return status;
	q.topic = q.need == SPI_NEED_ANSWER && q.articles.count ? q.articles.items[0] : q.id;
	status = find_category(r, &q, err);
	if (status != SP_OK || !q.category)
		return status;
	if (r->people->count == r->people->cap) {
		size_t cap = r->people->cap ? r->people->cap * 2 : 1024;
		spi_asked_question *more = realloc(r->people->questions, cap * sizeof *more);
		if (!more)
			return no_memory(err);
		r->people->questions = more;
		r->people->cap = cap;
	}
	r->people->questions[r->people->count++] = q;
	return SP_OK;
}

/* ---- pools: topics of a category and a need, the popular ones first ---- */

typedef struct ranked { uint64_t rank; const spi_asked_question *question; size_t at; } ranked;

/* Topics in an order drawn by the seed; questions of one topic together, as they came. */
static int by_rank(const void *a, const void *b)
{
	const ranked *x = a, *y = b;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	int topic = strcmp(x->question->topic, y->question->topic);
	return topic ? topic : x->at < y->at ? -1 : x->at > y->at;
}

static sp_status fill_pool(spi_pool *pool, const ranked *all, size_t count, double zipf, sp_arena *arena, sp_error *err)
{
	const spi_asked_question **questions = sp_arena_calloc(arena, count + 1, sizeof *questions);
	pool->topics = sp_arena_calloc(arena, count + 1, sizeof *pool->topics);
	pool->sums = sp_arena_calloc(arena, count + 1, sizeof *pool->sums);
	if (!questions || !pool->topics || !pool->sums)
		return no_memory(err);
	double sum = 0;
	for (size_t i = 0; i < count; i++) {
		questions[i] = all[i].question;
		if (i == 0 || strcmp(all[i - 1].question->topic, all[i].question->topic) != 0) {
			pool->topics[pool->count] = (spi_topic){.questions = questions + i};
			sum += pow((double)(pool->count + 1), -zipf);
			pool->sums[pool->count++] = sum;
		}
		pool->topics[pool->count - 1].count++;
	}
	return SP_OK;
}

/* A category that has none of a need of its own is asked the general ones: "*". */
static bool belongs(const spi_asked_question *q, const char *category, spi_need need)
{
	return q->need == need && (strcmp(q->category, category) == 0 || strcmp(q->category, "*") == 0);
}

static sp_status make_pool(spi_people *people, const char *category, spi_need need, double zipf, uint64_t seed, ranked *all, spi_pool *ret,
	sp_error *err)
{
	size_t count = 0;
	for (size_t i = 0; i < people->count; i++) {
		const spi_asked_question *q = &people->questions[i];
		if (belongs(q, category, need))
			all[count++] = (ranked){spi_chance_seed(seed, spi_hash64(q->topic, strlen(q->topic))), q, i};
	}
	qsort(all, count, sizeof *all, by_rank);
	return fill_pool(ret, all, count, zipf, people->arena, err);
}

static sp_status make_pools(spi_people *people, const spi_volumes *volumes, const spi_behaviour *behaviour, uint64_t seed, sp_error *err)
{
	size_t pools = 0;
	ranked *all = calloc(people->count + 1, sizeof *all);
	people->first = sp_arena_calloc(people->arena, volumes->lines_count, sizeof *people->first);
	for (size_t i = 0; people->first && i < volumes->lines_count; i++) {
		people->first[i] = pools;
		pools += volumes->lines[i].kb_count * SPI_NEEDS;
	}
	people->pools = sp_arena_calloc(people->arena, pools, sizeof *people->pools);
	sp_status status = all && people->first && people->pools ? SP_OK : no_memory(err);
	for (size_t i = 0; status == SP_OK && i < volumes->lines_count; i++)
		for (size_t k = 0; status == SP_OK && k < volumes->lines[i].kb_count; k++) {
			spi_pool *own = people->pools + people->first[i] + k * SPI_NEEDS;
			for (size_t need = 0; status == SP_OK && need < SPI_NEEDS; need++)
				status = make_pool(people, volumes->lines[i].kb[k], (spi_need)need, behaviour->zipf, seed, all, &own[need], err);
			if (status == SP_OK && own[SPI_NEED_ANSWER].count == 0)
				status = sp_error_set(err, SP_ERR_INVALID, "--questions", 0, "nobody asks about \"%s\" what an article answers, and the table has contacts about it",
					volumes->lines[i].kb[k]);
		}
	free(all);
	return status;
}

sp_status spi_people_read(const spi_questions_from *from, const spi_volumes *volumes, const spi_behaviour *behaviour, uint64_t seed,
	sp_arena *arena, spi_people *ret, sp_error *err)
{
	reading r = {.people = ret, .from = from, .path = from->categories, .categories = json_object()};
	*ret = (spi_people){.arena = arena};
	sp_status status = r.categories ? spi_json_lines_read(from->categories, read_category, &r, err) : no_memory(err);
	for (size_t i = 0; status == SP_OK && i < from->count; i++) {
		r.path = from->paths[i];
		status = spi_json_lines_read(r.path, read_question, &r, err);
	}
	json_decref(r.categories);
	return status == SP_OK ? make_pools(ret, volumes, behaviour, seed, err) : status;
}

static const spi_topic *topic_at(const spi_pool *pool, double at)
{
	size_t low = 0, high = pool->count - 1;
	at *= pool->sums[pool->count - 1];
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (pool->sums[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return &pool->topics[low];
}

const spi_topic *spi_people_draw(const spi_people *people, const spi_volume_line *line, size_t line_number, const spi_behaviour *behaviour,
	uint64_t *rng)
{
	size_t category = spi_chance_pick(rng, line->weights, line->kb_count);
	size_t need = spi_chance_pick(rng, behaviour->needs, SPI_NEEDS);
	const spi_pool *pool = people->pools + people->first[line_number] + category * SPI_NEEDS;
	double at = spi_chance(rng);
	return topic_at(pool[need].count ? &pool[need] : &pool[SPI_NEED_ANSWER], at);
}
