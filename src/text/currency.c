#include "text/currency.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* The longest first. */
static const char *const words[] = {"€", "euros", "euro", "eur"};

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_sign(size_t word)
{
	return word == 0;
}

size_t spi_currency_at(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t word = strlen(words[i]);
		if (len >= word && strncasecmp(text, words[i], word) == 0 && (is_sign(i) || len == word || !is_letter(text[word])))
			return word;
	}
	return 0;
}

size_t spi_currency_before(const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t word = strlen(words[i]);
		if (len >= word && strncasecmp(text + len - word, words[i], word) == 0 && (is_sign(i) || len == word || !is_letter(text[len - word - 1])))
			return word;
	}
	return 0;
}
