/* Long stories: the question is somewhere in them, and what is told around it drowns it. Candidates are held against the whole and against
   its pieces; the piece that fits a candidate best counts most. Messages up to LONG_WORDS gain nothing by it (measured on the labelled
   sets); questions with some sentences about other things around them do: corpus/stories.it.jsonl, P@1 0.57 to 0.66, resolved 0.23 to 0.45. */
#include "answer/parts.h"
#include "answer/retrieve.h"

#include <math.h>
#include <string.h>

#define LONG_WORDS 45
#define PIECES_LOOKED_AT 16
#define WHOLE_WEIGHT 0.4

static double best_score(const spi_retrieval *r)
{
	return r->count > 0 ? r->candidates[0].score : -INFINITY;
}

/* By insertion, best first: few are wanted. */
static void keep(spi_retrieval *kept, size_t *count, const spi_retrieval *piece)
{
	size_t at = *count < SPI_PIECES_MAX ? (*count)++ : SPI_PIECES_MAX - 1;
	if (at == SPI_PIECES_MAX - 1 && *count == SPI_PIECES_MAX && kept[at].text && best_score(&kept[at]) >= best_score(piece))
		return;
	for (; at > 0 && best_score(&kept[at - 1]) < best_score(piece); at--)
		kept[at] = kept[at - 1];
	kept[at] = *piece;
}

sp_status spi_story_pieces(const spi_retrieval *whole, spi_retrieval ret[SPI_PIECES_MAX], size_t *ret_count, sp_error *err)
{
	spi_part parts[PIECES_LOOKED_AT];
	sp_tokens tokens;
	*ret_count = 0;
	if (whole->stats.words <= LONG_WORDS / 2) /* different words: a long message has more */
		return SP_OK;
	sp_status status = sp_analyse(whole->analyser, whole->text, whole->len, whole->lang, whole->arena, &tokens);
	if (status != SP_OK || tokens.count <= LONG_WORDS)
		return status;
	memset(ret, 0, SPI_PIECES_MAX * sizeof *ret);
	size_t count = spi_pieces_find(whole->text, whole->len, &tokens, parts, PIECES_LOOKED_AT);
	for (size_t i = 0; status == SP_OK && count > 1 && i < count; i++) {
		spi_retrieval piece = *whole;
		piece.text += parts[i].start;
		piece.len = parts[i].end - parts[i].start;
		status = spi_retrieve_words(&piece, err);
		if (status == SP_OK && piece.count > 0)
			keep(ret, ret_count, &piece);
	}
	return status;
}

static sp_candidate *find(sp_candidate *candidates, size_t count, uint32_t docid)
{
	for (size_t i = 0; i < count; i++)
		if (candidates[i].docid == docid)
			return &candidates[i];
	return NULL;
}

/* Each candidate as the piece has it that fits it best. A phrasing in a long story is no longer the whole question. */
static size_t gather(const spi_retrieval *pieces, size_t count, bool has_vector, sp_candidate *ret)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; pieces[i].stats.has_vector == has_vector && k < pieces[i].count; k++) {
			sp_candidate *candidate = &pieces[i].candidates[k], *same = find(ret, found, candidate->docid);
			if (!same)
				ret[found++] = *candidate;
			else if (same->score < candidate->score)
				*same = *candidate;
		}
	for (size_t i = 0; i < found; i++)
		ret[i].features[SP_FEATURE_EXACT] = 0;
	return found;
}

static void mix(double *whole, double piece)
{
	*whole = WHOLE_WEIGHT * *whole + (1 - WHOLE_WEIGHT) * piece;
}

static void mix_stats(sp_question_stats *whole, const spi_retrieval *pieces, size_t count)
{
	double phrase = 0, passage = 0, all = 0, tokens = 0, margin = 0, unanswered = 0;
	for (size_t i = 0; i < count; i++) {
		phrase = fmax(phrase, pieces[i].stats.nearest_phrase);
		passage = fmax(passage, pieces[i].stats.nearest_passage);
		all = fmax(all, pieces[i].stats.nearest_all);
		tokens = fmax(tokens, pieces[i].stats.nearest_tokens);
		margin = fmax(margin, pieces[i].stats.class_margin);
		unanswered = i == 0 ? pieces[i].stats.unanswered : fmin(unanswered, pieces[i].stats.unanswered);
	}
	mix(&whole->nearest_phrase, phrase);
	mix(&whole->nearest_passage, passage);
	mix(&whole->nearest_all, all);
	mix(&whole->nearest_tokens, tokens);
	mix(&whole->class_margin, margin);
	mix(&whole->unanswered, unanswered);
}

sp_status spi_story_combine(spi_retrieval *whole, const spi_retrieval *pieces, size_t count)
{
	spi_retrieval best = *whole;
	size_t most = 1;
	for (size_t i = 0; i < count; i++)
		most += pieces[i].count;
	best.candidates = sp_arena_alloc(whole->arena, most * sizeof *best.candidates);
	if (!best.candidates)
		return SP_ERR_NOMEM;
	best.count = gather(pieces, count, whole->stats.has_vector, best.candidates);
	if (best.count == 0)
		return SP_OK;
	if (whole->stats.has_vector)
		mix_stats(&whole->stats, pieces, count);
	return spi_retrieve_in_context(whole, &best, WHOLE_WEIGHT);
}
