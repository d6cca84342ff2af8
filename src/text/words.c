/* Looking up a word in a sorted list. */
#include "text/words.h"

#define LONGEST_WORD 24

/* As strncmp() of these bytes; mostly the first one tells, and the rest are few. */
static int compare(const char *listed, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (listed[i] != word[i])
			return (unsigned char)listed[i] < (unsigned char)word[i] ? -1 : 1;
	return 0;
}

bool spi_word_list_has(const spi_word_list *list, const char *word, size_t len)
{
	size_t low = 0, high = list->count;
	if (len == 0 || len > LONGEST_WORD)
		return false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare(list->words[middle], word, len);
		if (order == 0 && list->words[middle][len] == '\0')
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool spi_is_function_word(const char *word, size_t len, sp_lang lang)
{
	switch (lang) {
	case SP_LANG_IT:
		return spi_word_list_has(&spi_function_words_it, word, len);
	case SP_LANG_EN:
		return spi_word_list_has(&spi_function_words_en, word, len);
	case SP_LANG_DE:
		return spi_word_list_has(&spi_function_words_de, word, len);
	default:
		return false;
	}
}
