/* Several questions in one message: "come cambio il pin della cie? e poi come pago un avviso?" The first is answered, the others are
   offered. Only where each has a sure answer of its own; whoever goes on about the same thing has asked one question. */
#include "answer/decide.h"
#include "answer/rank.h"

#include <string.h>

#define WORDS_LEAST 2 /* that say something, in a question that can stand alone */

/* Known, or as sure as an answer must be. */
static bool is_sure(const spi_deciding *d, const spi_retrieval *found)
{
	if (found->count == 0)
		return false;
	const float *features = found->candidates[0].features;
	if (features[SP_FEATURE_EXACT] > 0 || features[SP_FEATURE_CODE] > 0)
		return true;
	double threshold = spi_answer_threshold(d->config->answer_precision, &found->stats);
	return found->stats.content_words >= WORDS_LEAST && spi_confidence(found->candidates, found->count, &found->stats) >= threshold;
}

static bool is_new(const spi_retrieval *several, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(several[k].candidates[0].id, several[i].candidates[0].id) == 0)
			return false;
	return true;
}

/* The encoder is only asked on where words of all parts so far found something. */
sp_status spi_look_for_several(spi_deciding *d, sp_error *err)
{
	spi_part parts[SPI_PARTS_MAX];
	size_t count = spi_questions_find(d->question->text, d->question->len, &d->tokens, &d->cues, parts);
	for (size_t i = 0; count > 1 && i < count; i++) {
		spi_retrieval *part = &d->several[i];
		*part = (spi_retrieval){.index = d->found.index, .analyser = d->found.analyser, .queue = d->found.busy ? NULL : d->found.queue,
			.text = d->question->text + parts[i].start, .len = parts[i].end - parts[i].start, .lang = d->found.lang, .day = d->found.day,
			.arena = d->arena, .times = d->found.times, .asking = d->found.asking};
		sp_status status = spi_retrieve(part, err);
		if (status != SP_OK)
			return status;
		if (!is_sure(d, part) || !is_new(d->several, i))
			return SP_OK;
	}
	d->several_count = count > 1 ? count : 0;
	return SP_OK;
}
