/* Letter statistics by which languages are told apart. */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include "sportello/text.h"

#include <stddef.h>
#include <stdint.h>

typedef struct spi_ngram {
	char letters[4]; /* three letters in Latin-1; _ is a word's edge */
	int8_t values[SP_LANG_COUNT]; /* 8 × ln(likelier in this language than in the mean) */
} spi_ngram;

extern const spi_ngram spi_ngrams[];
extern const size_t spi_ngram_count;

#endif
