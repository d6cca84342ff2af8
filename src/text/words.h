/* Function words of a language: articles, prepositions, pronouns, conjunctions, auxiliaries, question words.
   Linguistic data, not texts for readers. Each words_<lang>.c holds one list, sorted by bytes, accents dropped. */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include "sportello/text.h"

typedef struct spi_word_list {
	const char *const *words;
	size_t count;
} spi_word_list;

extern const spi_word_list spi_function_words_it, spi_function_words_en, spi_function_words_de;

/* Whether word (case-folded, accents dropped, not zero-terminated) is in the list of lang. */
bool spi_is_function_word(const char *word, size_t len, sp_lang lang);
bool spi_word_list_has(const spi_word_list *list, const char *word, size_t len);

#endif
