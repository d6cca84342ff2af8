#include "encode/normal.h"

#include "base/utf8.h"
#include "text/chars.h"

#include <utf8proc.h>

/* Code points before they are composed: at most four become one, of three bytes, so these fill SP_ENCODE_TEXT_MAX in any
   script. */
#define CHARS_MAX (2 * SP_ENCODE_TEXT_MAX)
/* Most code points that one decomposes to. */
#define DECOMPOSED_MAX 4

typedef struct characters {
	int32_t items[CHARS_MAX];
	size_t count;
	bool composes; /* some are not ASCII */
} characters;

static bool is_space(uint32_t c)
{
	if (c < 128)
		return c <= ' ' || c == 0x7F;
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
		return true;
	default:
		return false;
	}
}

/* Also what is_space() says yes to: a line's end is a stop to the analysis. */
static bool is_stop_or_space(uint32_t c)
{
	return c == ',' || c == ';' || c == ':' || spi_char_class(c) == SPI_CHAR_STOP || is_space(c);
}

static void add(characters *out, uint32_t c)
{
	int unused = 0;
	if (c < 128) {
		out->items[out->count++] = (int32_t)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
		return;
	}
	out->composes = true;
	utf8proc_ssize_t n = utf8proc_decompose_char(utf8proc_tolower((utf8proc_int32_t)c), out->items + out->count, DECOMPOSED_MAX,
		UTF8PROC_DECOMPOSE, &unused);
	for (utf8proc_ssize_t i = 0; i < n && n <= DECOMPOSED_MAX; i++, out->count++)
		if (spi_char_class((uint32_t)out->items[out->count]) == SPI_CHAR_APOSTROPHE)
			out->items[out->count] = '\'';
}

static void read_all(const char *text, size_t len, characters *out)
{
	bool space_due = false;
	out->count = 0;
	out->composes = false;
	for (size_t pos = 0; pos < len && out->count + 1 + DECOMPOSED_MAX <= CHARS_MAX;) {
		uint32_t c;
		spi_char class;
		pos += spi_char_read(text, len, pos, &c, &class);
		if (class == SPI_CHAR_IGNORE)
			continue;
		if (class != SPI_CHAR_LETTER && is_space(c)) {
			space_due = out->count > 0;
			continue;
		}
		if (space_due)
			add(out, ' ');
		space_due = false;
		add(out, c == '`' ? '\'' : c);
	}
	if (out->composes)
		out->count = spi_char_compose(out->items, out->count);
}

size_t spi_encode_normal_form(const char *text, size_t len, char ret[SP_ENCODE_TEXT_MAX + 1])
{
	characters chars;
	char bytes[4];
	size_t fit = 0, written = 0;
	read_all(text, len, &chars);
	for (size_t total = 0; fit < chars.count; fit++) {
		total += spi_utf8_encode((uint32_t)chars.items[fit], bytes);
		if (total > SP_ENCODE_TEXT_MAX)
			break;
	}
	while (fit > 0 && is_stop_or_space((uint32_t)chars.items[fit - 1]))
		fit--;
	for (size_t i = 0; i < fit; i++) {
		size_t n = spi_utf8_encode((uint32_t)chars.items[i], bytes);
		for (size_t k = 0; k < n; k++)
			ret[written++] = bytes[k];
	}
	ret[written] = '\0';
	return written;
}
