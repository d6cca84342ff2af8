/* Where candidates come from: words first; sentence vectors where there is an encoder and words alone are not sure. */
#ifndef ANSWER_RETRIEVE_H
#define ANSWER_RETRIEVE_H

#include "base/clock.h"
#include "sportello/answer.h"
#include "sportello/encoder.h"
#include "sportello/index.h"

#define SPI_CANDIDATES_MAX 50

typedef struct spi_retrieval {
	/* in */
	sp_index *index;
	sp_analyser *analyser;
	sp_encode_queue *queue; /* NULL = words only */
	const char *text;
	size_t len;
	sp_lang lang;
	sp_date day;
	sp_arena *arena;
	sp_stage_times *times;  /* added to */
	sp_asking *asking;      /* NULL = wait for the encoder */
	const char *masked; size_t masked_len; /* the text as the encoder is given it; NULL = not masked yet */
	/* out */
	sp_candidate *candidates;
	size_t count;
	size_t word_count; /* how many words alone find */
	sp_word_finds *by_words;
	sp_question_stats stats;
	bool busy; /* the encoder could not be asked in time */
} spi_retrieval;

/* Put the time since *since_us to a stage; the next begins. */
static inline void spi_spent(sp_stage_times *times, sp_stage stage, int64_t *since_us)
{
	int64_t now_us = spi_now_us();
	times->us[stage] += now_us - *since_us;
	*since_us = now_us;
}

/* Find, then rank. A long message is looked for as a whole and in pieces. SP_ERR_LATER with asking: as sp_decide(). */
sp_status spi_retrieve(spi_retrieval *retrieval, sp_error *err);
/* By words alone, as a whole. */
sp_status spi_retrieve_words(spi_retrieval *retrieval, sp_error *err);

/* ---- long messages (story.c) ---- */

#define SPI_PIECES_MAX 4

/* The pieces of a long message that say most, looked for by words; none where it is not long. */
sp_status spi_story_pieces(const spi_retrieval *whole, spi_retrieval ret[SPI_PIECES_MAX], size_t *ret_count, sp_error *err);
/* Rank what fits the whole together with what fits a piece of it. */
sp_status spi_story_combine(spi_retrieval *whole, const spi_retrieval *pieces, size_t count);

/* Rank what fits a message together with what fits it read after the one before: each feature is the weighted mean
   of both, so that "e fino a che età vale?" is held against articles about the card that was talked of. */
sp_status spi_retrieve_in_context(spi_retrieval *alone, const spi_retrieval *together, double weight_alone);

#endif
