#include "base/utf8.h"

#include <string.h>

static int continuation(const unsigned char *bytes, size_t len, size_t at)
{
	return at < len && (bytes[at] & 0xC0) == 0x80;
}

size_t spi_utf8_decode(const char *text, size_t len, uint32_t *ret)
{
	const unsigned char *b = (const unsigned char *)text;
	if (b[0] < 0x80) {
		*ret = b[0];
		return 1;
	}
	if (b[0] >= 0xC2 && b[0] <= 0xDF && continuation(b, len, 1)) {
		*ret = (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
		return 2;
	}
	if ((b[0] & 0xF0) == 0xE0 && continuation(b, len, 1) && continuation(b, len, 2)) {
		uint32_t c = (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
		if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF)) {
			*ret = c;
			return 3;
		}
	}
	if (b[0] >= 0xF0 && b[0] <= 0xF4 && continuation(b, len, 1) && continuation(b, len, 2) && continuation(b, len, 3)) {
		uint32_t c = (b[0] & 0x07u) << 18 | (b[1] & 0x3Fu) << 12 | (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
		if (c >= 0x10000 && c <= 0x10FFFF) {
			*ret = c;
			return 4;
		}
	}
	*ret = 0xFFFD;
	return 1;
}

size_t spi_utf8_encode(uint32_t c, char out[4])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t spi_utf8_mark(const char *text, size_t len)
{
	static const char mark[] = "\xEF\xBB\xBF";
	return len >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
}
