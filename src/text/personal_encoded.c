/* What stands between the groups of a value: as people write it, and as it becomes in the address of a page that they paste. */
#include "text/personal.h"

#include "text/chars.h"

#include <ctype.h>
#include <string.h>

#define LEVELS_MAX 4    /* "%20", "%2520", "%252520"…: an address in an address */
#define QUERY_WINDOW 256 /* bytes */

static int hex_at(const char *text, size_t len, size_t pos)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = pos < len && text[pos] ? strchr(digits, text[pos] >= 'A' && text[pos] <= 'F' ? text[pos] | 0x20 : text[pos]) : NULL;
	return at ? (int)(at - digits) : -1;
}

size_t spi_personal_encoded(const char *text, size_t len, size_t pos, char *ret_sign)
{
	size_t end = pos;
	*ret_sign = '%';
	for (int level = 0; level < LEVELS_MAX && pos < len && text[pos] == '%' && *ret_sign == '%'; level++) {
		size_t next = level ? end : pos + 1;
		int high = hex_at(text, len, next), low = hex_at(text, len, next + 1), c = high * 16 + low;
		if (high < 2 || low < 0 || c >= 127 || isalnum(c))
			break;
		*ret_sign = (char)c;
		end = next + 2;
	}
	return end - pos;
}

/* Whether a + at pos is a space: it stands in what a page was asked ("?q=333+1234567"), as a sum does not. */
static bool is_in_query(const char *text, size_t pos)
{
	for (size_t i = 0; i < QUERY_WINDOW && i < pos; i++) {
		char c = text[pos - 1 - i];
		if (c == '?' || c == '&')
			return true;
		if ((c >= 0 && c <= ' ') || c == '>') /* a mask stands for a datum found before */
			return false;
	}
	return false;
}

/* The space or mark at pos, plain or encoded: its code, length and class. */
static size_t read_sign(const char *text, size_t len, size_t pos, uint32_t *ret, spi_char *ret_class)
{
	char sign;
	size_t n = text[pos] == '%' ? spi_personal_encoded(text, len, pos, &sign) : 0;
	if (n > 0) {
		*ret = (unsigned char)sign;
		*ret_class = SPI_CHAR_OTHER;
		return n;
	}
	if (len - pos >= 6 && memcmp(text + pos, "%C2%A0", 6) == 0) {
		*ret = 0xA0;
		*ret_class = SPI_CHAR_OTHER;
		return 6;
	}
	n = spi_char_read(text, len, pos, ret, ret_class);
	if (*ret == '+' && is_in_query(text, pos))
		*ret = ' ';
	return n;
}

size_t spi_personal_separator(const char *text, size_t len, size_t pos, char *ret_kind)
{
	size_t start = pos;
	char kind = 0;
	bool spaced = false;
	for (int i = 0; i < 3 && pos < len; i++) {
		uint32_t c;
		spi_char class;
		size_t n = read_sign(text, len, pos, &c, &class);
		bool space = c == ' ' || c == 0xA0 || c == 0x2007 || c == 0x2009 || c == 0x202F;
		bool mark = c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || (c >= 0x2010 && c <= 0x2013);
		if ((!space && !mark && class != SPI_CHAR_IGNORE) || (mark && kind))
			break;
		spaced |= space;
		if (mark)
			kind = c < 128 ? (char)c : '-';
		pos += n;
	}
	if (pos == start || (kind == '.' && spaced)) /* a point and a space end a sentence */
		return 0;
	*ret_kind = kind ? kind : ' ';
	return pos - start;
}
