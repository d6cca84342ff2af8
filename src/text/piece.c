/* Reading and folding one run of letters and digits. */
#include "text/piece.h"

#include "base/utf8.h"
#include "text/chars.h"

#include <string.h>

void spi_piece_init(spi_piece *piece, size_t start)
{
	piece->start = piece->end = start;
	piece->len = 0;
	piece->has_letter = piece->has_digit = piece->has_upper = piece->has_lower = piece->has_underscore = false;
	piece->starts_with_letter = piece->to_compose = false;
}

void spi_piece_add(spi_piece *piece, const char *bytes, size_t len)
{
	if (piece->len + len <= SPI_WORD_MAX) {
		memcpy(piece->word + piece->len, bytes, len);
		piece->len += len;
	}
}

/* A code point beyond ASCII. Most are letters of ours and composed already. */
static void add_folded(spi_piece *piece, uint32_t c)
{
	uint32_t folded[SPI_FOLD_MAX];
	char bytes[4];
	if (c >= 0xC0 && c <= 0xFF && c != 0xDF) {
		c |= 0x20;
		spi_piece_add(piece, bytes, spi_utf8_encode(c, bytes));
		return;
	}
	size_t count = spi_char_fold(c, folded);
	for (size_t i = 0; i < count; i++)
		spi_piece_add(piece, bytes, spi_utf8_encode(folded[i], bytes));
	piece->to_compose = true;
}

static void add_char(spi_piece *piece, uint32_t c, spi_char class)
{
	if (class == SPI_CHAR_IGNORE)
		return;
	if (piece->len == 0)
		piece->starts_with_letter = class == SPI_CHAR_LETTER;
	piece->has_letter |= class == SPI_CHAR_LETTER;
	piece->has_digit |= class == SPI_CHAR_DIGIT;
	if (c >= 128) {
		piece->has_lower |= class == SPI_CHAR_LETTER;
		add_folded(piece, c);
		return;
	}
	char byte = (char)c;
	if (byte >= 'A' && byte <= 'Z') {
		piece->has_upper = true;
		byte = (char)(byte | 0x20);
	} else if (class == SPI_CHAR_LETTER) {
		piece->has_lower = true;
	}
	spi_piece_add(piece, &byte, 1);
}

/* Whether the character at pos, between two others, belongs to the piece: PAA_PAGAMENTO, 50,00, 1.000, 18:30. */
static bool joins(const spi_piece *piece, const char *text, size_t limit, size_t pos)
{
	char c = text[pos];
	if (pos + 1 >= limit || pos == piece->start)
		return false;
	if (c == '_')
		return text[pos - 1] != '_' && spi_char_word_at(text, limit, pos + 1);
	return (c == '.' || c == ',' || c == ':') && text[pos - 1] >= '0' && text[pos - 1] <= '9' &&
		text[pos + 1] >= '0' && text[pos + 1] <= '9';
}

void spi_piece_read(spi_piece *piece, const char *text, size_t limit, size_t start)
{
	bool after_joint = false; /* 50,00EUR: letters after a decimal part are the next piece */
	size_t pos = start;
	spi_piece_init(piece, start);
	while (pos < limit) {
		uint32_t c;
		spi_char class;
		size_t n = spi_char_read(text, limit, pos, &c, &class);
		if (class == SPI_CHAR_LETTER && after_joint)
			break;
		if (spi_char_is_word(class) || class == SPI_CHAR_MARK || class == SPI_CHAR_IGNORE) {
			add_char(piece, c, class);
			pos += n;
			if (class != SPI_CHAR_IGNORE)
				piece->end = pos;
		} else if (joins(piece, text, limit, pos)) {
			char byte = (char)c;
			spi_piece_add(piece, &byte, 1);
			piece->has_underscore |= byte == '_';
			after_joint |= byte != '_';
			piece->end = ++pos;
		} else {
			break;
		}
	}
	spi_piece_finish(piece);
}

void spi_piece_add_range(spi_piece *piece, const char *text, size_t start, size_t end)
{
	for (size_t pos = start; pos < end;) {
		uint32_t c;
		spi_char class;
		pos += spi_char_read(text, end, pos, &c, &class);
		add_char(piece, c, class);
	}
	piece->end = end;
}

void spi_piece_finish(spi_piece *piece)
{
	int32_t chars[SPI_WORD_MAX];
	size_t count = 0;
	if (!piece->to_compose)
		return;
	for (size_t pos = 0; pos < piece->len;) {
		uint32_t c;
		pos += spi_utf8_decode(piece->word + pos, piece->len - pos, &c);
		chars[count++] = (int32_t)c;
	}
	count = spi_char_compose(chars, count);
	piece->len = piece->to_compose = 0;
	for (size_t i = 0; i < count; i++) {
		char bytes[4];
		spi_piece_add(piece, bytes, spi_utf8_encode((uint32_t)chars[i], bytes));
	}
}

size_t spi_piece_plain(const spi_piece *piece, char ret[SPI_WORD_MAX])
{
	size_t len = 0;
	for (size_t pos = 0; pos < piece->len;) {
		uint32_t c, folded[SPI_FOLD_MAX];
		pos += spi_utf8_decode(piece->word + pos, piece->len - pos, &c);
		size_t count = spi_char_plain(c, folded);
		for (size_t i = 0; i < count && len + 4 <= SPI_WORD_MAX; i++)
			len += spi_utf8_encode(folded[i], ret + len);
	}
	return len;
}

bool spi_piece_next(spi_piece *piece, const char *text, size_t len, size_t *pos)
{
	while (*pos < len) {
		uint32_t c;
		spi_char class;
		size_t n = spi_char_read(text, len, *pos, &c, &class);
		if (spi_char_is_word(class)) {
			spi_piece_read(piece, text, len, *pos);
			*pos = piece->end;
			return true;
		}
		*pos += n;
	}
	return false;
}
