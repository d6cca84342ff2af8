/* The forms of one word, and the analyser that remembers them. */
#ifndef TEXT_ANALYSER_H
#define TEXT_ANALYSER_H

#include "sportello/text.h"

#include <stddef.h>
#include <stdint.h>

/* Longest word kept, in bytes of its folded form; the rest of a longer one is dropped (Xapian takes terms to 245). */
#define SPI_WORD_MAX 240

/* All forms of a word in one block of bytes, each with a final zero; equal forms share their place. */
typedef struct spi_forms {
	uint16_t size; /* of the block */
	uint16_t word_len, plain_len, term_len, alt_len; /* alt_len 0: no second form */
	uint16_t plain_at, term_at, alt_at; /* the word itself is at 0 */
	bool is_function_word;
} spi_forms;

/* Forms of a case-folded, composed word. With SP_LANG_NONE it is not stemmed (numbers, codes).
   Returned and *ret_bytes are valid until the next call. */
const spi_forms *spi_analyser_forms(sp_analyser *analyser, const char *word, size_t len, sp_lang lang,
	const char **ret_bytes);

#endif
