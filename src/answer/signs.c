/* "👍", "?": a message without a word. */
#include "answer/decide.h"

#include "answer/pairs.h"
#include "text/chars.h"

#include <stdio.h>
#include <string.h>

bool spi_has_words(const char *text, size_t len)
{
	uint32_t c;
	spi_char class;
	for (size_t at = 0; at < len; at += spi_char_read(text, len, at, &c, &class))
		if (spi_char_word_at(text, len, at))
			return true;
	return false;
}

const char *spi_words_of_signs(const char *text, size_t len, sp_lang lang, size_t *ret_len)
{
	char name[64];
	const char *words = NULL, *first = NULL, *at = NULL;
	snprintf(name, sizeof name, "%s/signs.txt", sp_lang_code(lang));
	const spi_embedded *file = spi_embedded_find(spi_embedded_cues, name);
	for (spi_pair pair; spi_next_pair(file, &at, &pair);) {
		const char *found = memmem(text, len, pair.text, pair.len);
		if (!found || (first && first <= found))
			continue;
		first = found;
		words = pair.word;
		*ret_len = pair.word_len;
	}
	return words;
}
