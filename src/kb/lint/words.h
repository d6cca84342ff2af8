/* Words for comparing texts with one another: quick and coarse, where the index's analysis would be too slow. */
#ifndef KB_LINT_WORDS_H
#define KB_LINT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct spi_word {
	size_t start, end;  /* bytes of the text */
	uint32_t whole;     /* hash of it, case and accents folded */
	uint32_t stem;      /* hash without its ending, so that one and many are the same */
	uint16_t letters;   /* that it has */
	bool has_digit;
} spi_word;

/* The next word from pos on (which moves behind it); false at the end. Marked codes are words, links' targets are not. */
bool spi_word_next(const char *text, size_t len, size_t *pos, spi_word *ret);
/* The hash that spi_word.whole has for a word in lower case without accents. */
uint32_t spi_word_hash(const char *word);
/* Whether a word says something of the matter: long enough, or a negation. */
bool spi_word_has_content(const spi_word *word);

/* The byte after the sentence that starts at pos. */
size_t spi_sentence_end(const char *text, size_t len, size_t pos);

#endif
