/* What a code point is to the analysis, and its folded form. ASCII never leaves this header. */
#ifndef TEXT_CHARS_H
#define TEXT_CHARS_H

#include "base/utf8.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum spi_char {
	SPI_CHAR_OTHER,      /* separates words */
	SPI_CHAR_LETTER,
	SPI_CHAR_DIGIT,
	SPI_CHAR_MARK,       /* combines with the letter before */
	SPI_CHAR_IGNORE,     /* zero width, direction, soft hyphen: as if it were not there */
	SPI_CHAR_APOSTROPHE, /* ' and everything that people type for it */
	SPI_CHAR_STOP,       /* may end a sentence */
} spi_char;

/* Most code points that one folds to (U+FDFA: 18). */
#define SPI_FOLD_MAX 20

extern const uint8_t spi_char_ascii[128];

/* Class of a code point beyond ASCII. */
spi_char spi_char_class(uint32_t c);

/* Read the code point at pos (pos < len): its length is returned, its class and value set. */
static inline size_t spi_char_read(const char *text, size_t len, size_t pos, uint32_t *ret_c, spi_char *ret_class)
{
	unsigned char byte = (unsigned char)text[pos];
	if (byte < 128) {
		*ret_c = byte;
		*ret_class = (spi_char)spi_char_ascii[byte];
		return 1;
	}
	size_t n = spi_utf8_decode(text + pos, len - pos, ret_c);
	*ret_class = spi_char_class(*ret_c);
	return n;
}

static inline bool spi_char_is_word(spi_char kind)
{
	return kind == SPI_CHAR_LETTER || kind == SPI_CHAR_DIGIT;
}

/* Length of the apostrophe at pos, 0 when there is none. */
size_t spi_char_apostrophe(const char *text, size_t len, size_t pos);
/* Whether a letter or digit starts at pos. */
bool spi_char_word_at(const char *text, size_t len, size_t pos);

/* Decomposed NFKC case folding (UAX #44 NFKC_Casefold, before composition); returns the number of code points. */
size_t spi_char_fold(uint32_t c, uint32_t out[SPI_FOLD_MAX]);
/* The same without combining marks, and letters with a stroke as their base letter. */
size_t spi_char_plain(uint32_t c, uint32_t out[SPI_FOLD_MAX]);
/* Put decomposed code points into canonical order and compose them (NFC); returns how many are left. */
size_t spi_char_compose(int32_t *chars, size_t count);

#endif
