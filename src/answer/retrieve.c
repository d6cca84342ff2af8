#include "answer/retrieve.h"

#include "answer/rank.h"
#include "sportello/personal.h"

#include <string.h>

/* Words alone are sure from here on: asking the encoder could change one answer in a hundred. */
#define WORDS_SURE 0.97

static sp_status look_up(spi_retrieval *r, const float *vector, const sp_token_rows *tokens, sp_error *err)
{
	const sp_ask ask = {.text = r->text, .len = r->len, .vector = vector, .tokens = tokens, .lang = r->lang, .day = r->day,
		.limit = SPI_CANDIDATES_MAX};
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

/* Personal data says nothing of what is asked, and is not to be remembered. */
static sp_status encode(spi_retrieval *r, float *ret_vector, sp_token_rows *ret_tokens, sp_error *err)
{
	sp_buffer masked = SP_BUFFER_INIT;
	sp_personal_mask(r->text, r->len, &masked);
	sp_status status = sp_buffer_ok(&masked) ? sp_encode_queue_ask(r->queue, sp_buffer_text(&masked), masked.len, ret_vector, ret_tokens, err)
											 : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_buffer_release(&masked);
	return status;
}

sp_status spi_retrieve(spi_retrieval *retrieval, sp_error *err)
{
	retrieval->count = retrieval->word_count = 0;
	retrieval->busy = false;
	memset(&retrieval->stats, 0, sizeof retrieval->stats);
	sp_status status = look_up(retrieval, NULL, NULL, err);
	retrieval->word_count = retrieval->count;
	if (status != SP_OK || !can_compare(retrieval) || words_are_sure(retrieval))
		return status;
	float *vector = sp_arena_alloc(retrieval->arena, sp_index_dimensions(retrieval->index) * sizeof *vector);
	size_t token_bytes = sp_encoder_token_bytes(sp_encode_queue_encoder(retrieval->queue));
	sp_token_rows tokens = {0, sp_arena_alloc(retrieval->arena, SP_ENCODE_TOKENS_MAX * token_bytes + 1)};
	if (!vector || !tokens.rows)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	/* Whatever keeps the encoder from answering, words can: the queue counts it. */
	sp_error why = {0};
	if (encode(retrieval, vector, &tokens, &why) != SP_OK) {
		retrieval->busy = true;
		return SP_OK;
	}
	return look_up(retrieval, vector, &tokens, err);
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
