/* From the conversations to what is told, and what they ask the knowledge base. */
#include "gaps/gaps.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400
#define MONTH_S (365.25 / 12 * DAY_S)
#define ASKED_AGAIN 40 /* a queue that has no time is asked again so often: it may have other people waiting */

void *spi_gap_add(spi_gap_reading *r, void **items, size_t *count, size_t *room, size_t size)
{
	if (*count == *room) {
		size_t more = *room ? 2 * *room : 32;
		char *made = sp_arena_calloc(r->result, more, size);
		if (!made)
			return NULL;
		if (*count > 0)
			memcpy(made, *items, *count * size);
		*items = made;
		*room = more;
	}
	return (char *)*items + (*count)++ * size;
}

/* ---- the encoder ---- */

static bool ask_together(sp_encode_queue *queue, const char *const *texts, const size_t *lens, size_t count, float *vectors, size_t dimensions)
{
	size_t done = 0;
	for (int tries = 0; done < count && tries < ASKED_AGAIN; tries++) {
		size_t got = 0;
		if (sp_encode_queue_ask_together(queue, texts + done, lens + done, count - done, vectors + done * dimensions, NULL, &got, NULL) == SP_OK)
			done += got;
	}
	return done == count;
}

bool spi_gap_vectors(spi_gap_reading *r, const char *const *texts, size_t count, float **ret, size_t *ret_dimensions)
{
	sp_encode_queue *queue = r->options->queue;
	size_t dimensions = queue ? sp_encoder_dimensions(sp_encode_queue_encoder(queue)) : 0;
	float *vectors = dimensions ? calloc(count + 1, dimensions * sizeof *vectors) : NULL;
	bool ok = vectors != NULL;
	for (size_t i = 0; ok && i < count; i += SP_ENCODE_TOGETHER_MAX) {
		size_t lens[SP_ENCODE_TOGETHER_MAX], n = count - i < SP_ENCODE_TOGETHER_MAX ? count - i : SP_ENCODE_TOGETHER_MAX;
		for (size_t k = 0; k < n; k++)
			lens[k] = strlen(texts[i + k]);
		ok = ask_together(queue, texts + i, lens, n, vectors + i * dimensions, dimensions);
	}
	if (!ok) {
		free(vectors);
		vectors = NULL;
	}
	*ret = vectors;
	*ret_dimensions = dimensions;
	return ok;
}

/* ---- the articles ---- */

bool spi_gap_article(spi_gap_reading *r, const spi_gap_part *part, const char *id, sp_lang lang, sp_gap_article *ret)
{
	sp_index *index = NULL;
	sp_record record;
	sp_arena_reset(r->scratch);
	*ret = (sp_gap_article){0};
	if (sp_reader_index(r->options->reader, part->audience, &index, NULL) != SP_OK)
		return false;
	if (sp_index_get(index, id, lang, r->scratch, &record, NULL) != SP_OK &&
		sp_index_get(index, id, SP_LANG_NONE, r->scratch, &record, NULL) != SP_OK)
		return false;
	*ret = (sp_gap_article){sp_arena_strdup(r->result, record.id), sp_arena_strdup(r->result, record.title), record.lang};
	return ret->id && ret->title;
}

sp_status spi_gap_nearest(spi_gap_reading *r, const spi_gap_part *part, const char *text, sp_gap_article *ret, double *ret_near, sp_error *err)
{
	sp_index *index = NULL;
	sp_decision decision = {.encoder_busy = true};
	const sp_question question = {.text = text, .len = strlen(text), .lang = part->lang,
		.day = sp_date_of(r->options->now_utc_s, r->config->timezone)};
	*ret = (sp_gap_article){0};
	*ret_near = 0;
	sp_status status = sp_reader_index(r->options->reader, part->audience, &index, err);
	for (int tries = 0; status == SP_OK && tries < ASKED_AGAIN && decision.encoder_busy; tries++) {
		sp_arena_reset(r->scratch);
		status = sp_decide(r->responder, index, r->config, &question, r->scratch, &decision, err);
	}
	if (status == SP_ERR_INVALID || status == SP_ERR_TOO_LARGE || (status == SP_OK && decision.count == 0))
		return SP_OK;
	if (status != SP_OK)
		return status;
	const sp_candidate *best = &decision.candidates[0];
	*ret = (sp_gap_article){sp_arena_strdup(r->result, best->id), sp_arena_strdup(r->result, best->title), best->lang};
	*ret_near = decision.confidence;
	return ret->id && ret->title ? SP_OK : spi_gap_no_memory(err);
}

/* ---- order ---- */

static int by_number(double a, double b)
{
	return a == b ? 0 : a < b ? 1 : -1;
}

static int by_effect(const void *left, const void *right)
{
	const sp_topic *a = left, *b = right;
	int order = by_number(a->effect, b->effect);
	if (order == 0)
		order = by_number(a->conversations, b->conversations);
	return order ? order : strcmp(a->id, b->id);
}

static int by_low(const void *left, const void *right)
{
	const sp_unsolving *a = left, *b = right;
	int order = by_number(a->low, b->low);
	if (order == 0)
		order = strcmp(a->article.id, b->article.id);
	return order ? order : strcmp(a->audience, b->audience);
}

static int by_wrong(const void *left, const void *right)
{
	const sp_wrong *a = left, *b = right;
	int order = by_number(a->by_person + a->by_agent, b->by_person + b->by_agent);
	if (order == 0)
		order = strcmp(a->shown.id, b->shown.id);
	if (order == 0)
		order = strcmp(a->solved.id, b->solved.id);
	return order ? order : strcmp(a->audience, b->audience);
}

static int by_spread(const void *left, const void *right)
{
	const sp_missing_word *a = left, *b = right;
	int order = by_number(a->conversations, b->conversations);
	if (order == 0)
		order = strcmp(a->word, b->word);
	return order ? order : strcmp(a->audience, b->audience);
}

static size_t cut(size_t count)
{
	return count < SP_GAP_ROWS_MAX ? count : SP_GAP_ROWS_MAX;
}

static void put_in_order(sp_gaps *gaps)
{
	if (gaps->topics_count > 1)
		qsort(gaps->topics, gaps->topics_count, sizeof *gaps->topics, by_effect);
	if (gaps->unsolving_count > 1)
		qsort(gaps->unsolving, gaps->unsolving_count, sizeof *gaps->unsolving, by_low);
	if (gaps->wrong_count > 1)
		qsort(gaps->wrong, gaps->wrong_count, sizeof *gaps->wrong, by_wrong);
	if (gaps->words_count > 1)
		qsort(gaps->words, gaps->words_count, sizeof *gaps->words, by_spread);
	gaps->topics_count = cut(gaps->topics_count);
	gaps->unsolving_count = cut(gaps->unsolving_count);
	gaps->wrong_count = cut(gaps->wrong_count);
	gaps->words_count = cut(gaps->words_count);
}

/* ---- the whole ---- */

static void set_period(spi_gap_reading *r)
{
	sp_gaps *gaps = r->gaps;
	const sp_gap_options *o = r->options;
	gaps->until_utc_s = o->until_utc_s < o->now_utc_s + 1 ? o->until_utc_s : o->now_utc_s + 1;
	gaps->from_utc_s = r->first_utc_s > o->from_utc_s ? r->first_utc_s : o->from_utc_s;
	if (gaps->from_utc_s >= gaps->until_utc_s)
		gaps->from_utc_s = gaps->until_utc_s - 1;
	gaps->months = (double)(gaps->until_utc_s - gaps->from_utc_s) / MONTH_S;
	if (gaps->months < 1)
		gaps->months = 1;
	gaps->solved_share = gaps->answered ? (double)gaps->solved / gaps->answered : 0;
}

static sp_status find_in_parts(spi_gap_reading *r, sp_error *err)
{
	sp_status status = SP_OK;
	for (int a = 0; a < SP_AUDIENCES_MAX; a++)
		for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
			spi_gap_part *part = r->parts[a][lang];
			if (!part || status != SP_OK)
				continue;
			status = spi_gap_topics(r, part, err);
			if (status == SP_OK)
				status = spi_gap_articles(r, part, err);
			if (status == SP_OK)
				status = spi_gap_words(r, part, err);
		}
	return status;
}

sp_status sp_gaps_find(const sp_gap_options *options, sp_arena *arena, sp_gaps *ret, sp_error *err)
{
	*ret = (sp_gaps){0};
	spi_gap_reading r = {.options = options, .config = sp_reader_config(options->reader), .result = arena, .gaps = ret,
		.responder = sp_responder_new(options->queue), .arena = sp_arena_new(0), .scratch = sp_arena_new(0)};
	sp_status status = r.responder && r.arena && r.scratch ? SP_OK : spi_gap_no_memory(err);
	if (status == SP_OK) {
		r.analyser = sp_responder_analyser(r.responder);
		status = spi_gap_read(&r, err);
	}
	if (status == SP_OK) {
		set_period(&r);
		status = find_in_parts(&r, err);
	}
	if (status == SP_OK)
		put_in_order(ret);
	spi_gap_parts_release(&r);
	sp_responder_free(r.responder);
	sp_arena_free(r.scratch);
	sp_arena_free(r.arena);
	return status;
}
