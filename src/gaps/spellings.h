/* Which spellings ask the same: for `learn`, which proposes them, and for gaps, which groups them further into topics. */
#ifndef GAPS_SPELLINGS_H
#define GAPS_SPELLINGS_H

#include "sportello/arena.h"
#include "sportello/text.h"

#include <stdbool.h>

typedef struct spi_spelling {
	const char *text;
	const char *form; size_t form_len;
	sp_lang lang;
	size_t conversations;
	int64_t last_conversation;   /* that was counted; 0 = none */
	struct spi_spelling *leader; /* out: the most frequent one that asks the same, maybe itself */
	struct spi_spelling *next;   /* out: of the same leader, less frequent */
	size_t rank;                 /* out: place in the order of frequency */
} spi_spelling;

/* Sorts the spellings, the most frequent first, and finds each one's leader: it has the same form, or nearly the same
   character 4-grams. False when memory is out. */
bool spi_spellings_group(spi_spelling **items, size_t count, sp_analyser *analyser, sp_arena *arena);

#endif
