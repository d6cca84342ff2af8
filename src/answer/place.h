/* "la seconda", "entrambe", "nessuna delle due", "quella sotto": which of several choices a message names by their place. */
#ifndef ANSWER_PLACE_H
#define ANSWER_PLACE_H

#include "answer/cues.h"
#include "sportello/answer.h"

typedef struct spi_places {
	bool none;  /* none of them, */
	bool all;   /* or all: of a list of two, "entrambe" */
	bool between; /* or the one in the middle of an even number: one of the two there, and which is not said */
	size_t count, at[SP_CHOICES_MAX]; /* else those that are named, in the order they were said; from 0 on */
} spi_places;

/* All that stands around the places only says that they are some. @p cues: of the same tokens. @p choices: how many there are. */
void spi_places_find(const sp_tokens *tokens, const spi_cues *cues, sp_lang lang, size_t choices, spi_places *ret);

#endif
