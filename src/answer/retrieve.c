#include "answer/retrieve.h"

#include "answer/rank.h"

#include <string.h>

static sp_status words(spi_retrieval *r, sp_error *err)
{
	return sp_index_candidates(r->index, r->analyser, r->text, r->len, r->lang, true, r->day, SPI_CANDIDATES_MAX, r->arena,
		&r->candidates, &r->count, &r->stats, err);
}

/* A retriever by sentence vectors adds its row here: it fills SP_FEATURE_VECTOR of the candidates that words found and
   adds those that only it found. */
static const struct retriever {
	const char *name;
	bool needs_encoder;
	sp_status (*retrieve)(spi_retrieval *, sp_error *);
} retrievers[] = {
	{"words", false, words},
};

sp_status spi_retrieve(spi_retrieval *retrieval, sp_error *err)
{
	retrieval->count = 0;
	memset(&retrieval->stats, 0, sizeof retrieval->stats);
	for (size_t i = 0; i < sizeof retrievers / sizeof *retrievers; i++) {
		if (retrievers[i].needs_encoder && (!retrieval->encoder || sp_encoder_dimensions(retrieval->encoder) == 0))
			continue;
		sp_status status = retrievers[i].retrieve(retrieval, err);
		if (status != SP_OK)
			return status;
	}
	spi_rank(retrieval->candidates, retrieval->count);
	return SP_OK;
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
	spi_rank(merged, count);
	return SP_OK;
}
