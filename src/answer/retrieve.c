#include "answer/retrieve.h"

#include "answer/asking.h"
#include "answer/rank.h"
#include "sportello/personal.h"

#include <string.h>

/* Words alone are sure from here on: asking the encoder could change one answer in a hundred. */
#define WORDS_SURE 0.97

static sp_status look_up(spi_retrieval *r, const float *vector, const sp_token_rows *tokens, sp_error *err)
{
	const sp_ask ask = {.text = r->text, .len = r->len, .vector = vector, .tokens = tokens, .lang = r->lang, .day = r->day,
		.limit = SPI_CANDIDATES_MAX, .by_words = &r->by_words};
	sp_status status = sp_index_candidates(r->index, r->analyser, &ask, r->arena, &r->candidates, &r->count, &r->stats, err);
	if (status == SP_OK)
		spi_rank(r->candidates, r->count, &r->stats);
	return status;
}

/* A known phrasing, a code, or words that leave no doubt. */
static bool words_are_sure(const spi_retrieval *r)
{
	if (r->count == 0)
		return false;
	const float *features = r->candidates[0].features;
	return features[SP_FEATURE_EXACT] > 0 || features[SP_FEATURE_CODE] > 0 ||
		   spi_confidence(r->candidates, r->count, &r->stats) >= WORDS_SURE;
}

static bool can_compare(const spi_retrieval *r)
{
	if (!r->queue || sp_index_dimensions(r->index) == 0)
		return false;
	const sp_encoder *encoder = sp_encode_queue_encoder(r->queue);
	return sp_encoder_dimensions(encoder) == sp_index_dimensions(r->index) &&
		   strcmp(sp_encoder_name(encoder), sp_index_encoder(r->index)) == 0;
}

/* Personal data says nothing of what is asked, and is not to be remembered. NULL when memory is out. */
static const char *masked_of(spi_retrieval *r)
{
	if (r->masked)
		return r->masked;
	sp_buffer masked = SP_BUFFER_INIT;
	sp_personal_mask(r->text, r->len, &masked);
	r->masked_len = masked.len;
	r->masked = sp_buffer_ok(&masked) ? sp_arena_strndup(r->arena, sp_buffer_text(&masked), masked.len) : NULL;
	sp_buffer_release(&masked);
	return r->masked;
}

/* An idle encoder begins while words are looked for. */
static void foresee(spi_retrieval *r)
{
	if (can_compare(r) && masked_of(r))
		sp_encode_queue_foresee(r->queue, r->masked, r->masked_len, r->asking ? r->asking->spent_us : 0);
}

/* Ask the encoder about all of them. */
static sp_status ask(spi_retrieval *all[], size_t count, spi_asked **ret, sp_error *err)
{
	const char *texts[SP_ENCODE_TOGETHER_MAX];
	size_t lens[SP_ENCODE_TOGETHER_MAX];
	spi_asked *asked = spi_asked_new(all[0]->arena, sp_encode_queue_encoder(all[0]->queue), count);
	for (size_t i = 0; asked && i < count; i++) {
		if (!(texts[i] = masked_of(all[i])))
			asked = NULL;
		lens[i] = all[i]->masked_len;
	}
	if (!asked) {
		sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
		return SP_ERR_NOMEM;
	}
	asked->text = all[0]->text;
	asked->len = all[0]->len;
	asked->lang = all[0]->lang;
	asked->word_count = all[0]->word_count;
	asked->by_words = all[0]->by_words;
	asked->call.texts = texts;
	asked->call.lens = lens;
	*ret = asked;
	return spi_asked_begin(all[0]->asking, asked, all[0]->queue);
}

/* Once, when it is over. */
static void count_wait(const spi_retrieval *r, spi_asked *asked)
{
	if (asked->since_us)
		spi_spent(r->times, SP_STAGE_ENCODER, &asked->since_us);
	asked->since_us = 0;
}

/* Look all of them up by meaning too; those that the encoder has no time for stay as words found them. Whatever keeps it from
   answering, words can: the queue counts it. */
static sp_status compare_all(spi_retrieval *all[], size_t count, spi_asked *asked, sp_error *err)
{
	size_t dimensions = sp_index_dimensions(all[0]->index);
	sp_status status = asked ? SP_OK : ask(all, count, &asked, err);
	if (status != SP_OK)
		return status;
	sp_encode_call *call = &asked->call;
	count_wait(all[0], asked);
	if (call->status != SP_OK)
		all[0]->busy = true;
	int64_t began_us = spi_now_us();
	for (size_t i = 0; call->status == SP_OK && status == SP_OK && i < call->count && i < count; i++)
		status = look_up(all[i], call->vectors + i * dimensions, &call->tokens[i], err);
	spi_spent(all[0]->times, SP_STAGE_COMPARE, &began_us);
	return status;
}

static void forget(spi_retrieval *r)
{
	r->count = r->word_count = 0;
	r->by_words = NULL;
	r->busy = false;
	memset(&r->stats, 0, sizeof r->stats);
}

/* By words; true: nothing more is wanted of the encoder. */
static sp_status begin(spi_retrieval *r, bool *ret_done, sp_error *err)
{
	int64_t began_us = spi_now_us();
	forget(r);
	sp_status status = look_up(r, NULL, NULL, err);
	r->word_count = r->count;
	*ret_done = status != SP_OK || words_are_sure(r);
	spi_spent(r->times, SP_STAGE_WORDS, &began_us);
	return status;
}

/* What words found was not sure, and the encoder's reply is there. */
static bool may_go_on(const spi_retrieval *r, const spi_asked *asked)
{
	return asked && asked->count == 1 && asked->call.status == SP_OK && can_compare(r);
}

sp_status spi_retrieve(spi_retrieval *retrieval, sp_error *err)
{
	spi_retrieval pieces[SPI_PIECES_MAX], *all[1 + SPI_PIECES_MAX] = {retrieval};
	spi_asked *asked = spi_asked_find(retrieval->asking, retrieval->text, retrieval->len, retrieval->lang);
	bool done;
	size_t count = 0;
	retrieval->masked = NULL;
	if (asked)
		count_wait(retrieval, asked);
	if (may_go_on(retrieval, asked)) {
		forget(retrieval);
		retrieval->word_count = asked->word_count;
		retrieval->by_words = asked->by_words;
		return compare_all(all, 1, asked, err);
	}
	if (!asked)
		foresee(retrieval);
	sp_status status = begin(retrieval, &done, err);
	if (done || (status = spi_story_pieces(retrieval, pieces, &count, err)) != SP_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		all[1 + i] = &pieces[i];
	if (can_compare(retrieval) && (status = compare_all(all, 1 + count, asked, err)) != SP_OK)
		return status;
	return count > 0 ? spi_story_combine(retrieval, pieces, count) : SP_OK;
}

sp_status spi_retrieve_words(spi_retrieval *retrieval, sp_error *err)
{
	bool done;
	retrieval->masked = NULL;
	return begin(retrieval, &done, err);
}

static sp_candidate *find(sp_candidate *candidates, size_t count, uint32_t docid)
{
	for (size_t i = 0; i < count; i++)
		if (candidates[i].docid == docid)
			return &candidates[i];
	return NULL;
}

static void scale(sp_candidate *c, float factor)
{
	for (int f = 0; f < SP_FEATURE_COUNT; f++)
		c->features[f] *= factor;
}

sp_status spi_retrieve_in_context(spi_retrieval *alone, const spi_retrieval *together, double weight_alone)
{
	size_t most = alone->count + together->count, count = alone->count;
	sp_candidate *merged = sp_arena_alloc(alone->arena, (most ? most : 1) * sizeof *merged);
	if (!merged)
		return SP_ERR_NOMEM;
	if (count > 0)
		memcpy(merged, alone->candidates, count * sizeof *merged);
	for (size_t i = 0; i < count; i++)
		scale(&merged[i], (float)weight_alone);
	for (size_t i = 0; i < together->count; i++) {
		sp_candidate other = together->candidates[i];
		scale(&other, (float)(1 - weight_alone));
		sp_candidate *same = find(merged, alone->count, other.docid);
		if (!same) {
			merged[count++] = other;
			continue;
		}
		for (int f = 0; f < SP_FEATURE_COUNT; f++)
			same->features[f] += other.features[f];
	}
	alone->candidates = merged;
	alone->count = count;
	if (together->stats.has_vector && !alone->stats.has_vector) {
		/* Features of both are weighed by the same model. */
		double words = alone->stats.idf_sum, known = alone->stats.idf_known;
		uint32_t content = alone->stats.content_words;
		alone->stats = together->stats;
		alone->stats.idf_sum = words, alone->stats.idf_known = known, alone->stats.content_words = content;
	}
	spi_rank(merged, count, &alone->stats);
	return SP_OK;
}
