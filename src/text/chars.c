/* Classes and folding of code points, by the Unicode data of utf8proc. */
#include "text/chars.h"

#include <utf8proc.h>

#define L SPI_CHAR_LETTER
#define D SPI_CHAR_DIGIT
#define A SPI_CHAR_APOSTROPHE
#define S SPI_CHAR_STOP

const uint8_t spi_char_ascii[128] = {
	['\n'] = S, ['!'] = S, ['.'] = S, ['?'] = S, ['\''] = A, ['`'] = A,
	['0'] = D, ['1'] = D, ['2'] = D, ['3'] = D, ['4'] = D, ['5'] = D, ['6'] = D, ['7'] = D, ['8'] = D, ['9'] = D,
	['A'] = L, ['B'] = L, ['C'] = L, ['D'] = L, ['E'] = L, ['F'] = L, ['G'] = L, ['H'] = L, ['I'] = L, ['J'] = L,
	['K'] = L, ['L'] = L, ['M'] = L, ['N'] = L, ['O'] = L, ['P'] = L, ['Q'] = L, ['R'] = L, ['S'] = L, ['T'] = L,
	['U'] = L, ['V'] = L, ['W'] = L, ['X'] = L, ['Y'] = L, ['Z'] = L,
	['a'] = L, ['b'] = L, ['c'] = L, ['d'] = L, ['e'] = L, ['f'] = L, ['g'] = L, ['h'] = L, ['i'] = L, ['j'] = L,
	['k'] = L, ['l'] = L, ['m'] = L, ['n'] = L, ['o'] = L, ['p'] = L, ['q'] = L, ['r'] = L, ['s'] = L, ['t'] = L,
	['u'] = L, ['v'] = L, ['w'] = L, ['x'] = L, ['y'] = L, ['z'] = L,
};

#undef L
#undef D
#undef A
#undef S

static bool is_apostrophe(uint32_t c)
{
	switch (c) {
	case '\'':
	case '`':
	case 0xB4:   /* acute accent */
	case 0x2BC:  /* modifier letter apostrophe */
	case 0x2018: /* quotation marks, single */
	case 0x2019:
	case 0x201B:
	case 0x2032: /* prime */
	case 0xFF07: /* fullwidth */
		return true;
	default:
		return false;
	}
}

static spi_char class_by_category(uint32_t c)
{
	const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)c);
	if (property->ignorable)
		return SPI_CHAR_IGNORE;
	switch (property->category) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_NL:
		return SPI_CHAR_LETTER;
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NO:
		return SPI_CHAR_DIGIT;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return SPI_CHAR_MARK;
	case UTF8PROC_CATEGORY_CF:
		return SPI_CHAR_IGNORE;
	default:
		return SPI_CHAR_OTHER;
	}
}

spi_char spi_char_class(uint32_t c)
{
	if (c < 128)
		return (spi_char)spi_char_ascii[c];
	if (c >= 0xC0 && c <= 0x24F)
		return c == 0xD7 || c == 0xF7 ? SPI_CHAR_OTHER : SPI_CHAR_LETTER;
	if (is_apostrophe(c))
		return SPI_CHAR_APOSTROPHE;
	if (c == 0x2026 || c == 0x3002) /* ellipsis, ideographic full stop */
		return SPI_CHAR_STOP;
	return class_by_category(c);
}

size_t spi_char_apostrophe(const char *text, size_t len, size_t pos)
{
	uint32_t c;
	spi_char class;
	if (pos >= len)
		return 0;
	size_t n = spi_char_read(text, len, pos, &c, &class);
	return class == SPI_CHAR_APOSTROPHE ? n : 0;
}

bool spi_char_word_at(const char *text, size_t len, size_t pos)
{
	uint32_t c;
	spi_char class;
	if (pos >= len)
		return false;
	spi_char_read(text, len, pos, &c, &class);
	return spi_char_is_word(class);
}

size_t spi_char_fold(uint32_t c, uint32_t out[SPI_FOLD_MAX])
{
	utf8proc_int32_t folded[SPI_FOLD_MAX];
	int boundary = UTF8PROC_BOUNDCLASS_START;
	utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)c, folded, SPI_FOLD_MAX,
		UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE, &boundary);
	if (count < 0 || count > SPI_FOLD_MAX) {
		out[0] = 0xFFFD;
		return 1;
	}
	for (utf8proc_ssize_t i = 0; i < count; i++)
		out[i] = (uint32_t)folded[i];
	return (size_t)count;
}

/* Letters that Unicode does not decompose but people type as others; 0 when c is none of them. */
static const char *base_letters(uint32_t c)
{
	switch (c) {
	case 0xE6: return "ae";
	case 0xF0:
	case 0x111: return "d";
	case 0xF8: return "o";
	case 0xFE: return "th";
	case 0x127: return "h";
	case 0x131: return "i";
	case 0x142: return "l";
	case 0x153: return "oe";
	case 0x167: return "t";
	default: return NULL;
	}
}

size_t spi_char_plain(uint32_t c, uint32_t out[SPI_FOLD_MAX])
{
	uint32_t folded[SPI_FOLD_MAX];
	if (c >= 0xAC00 && c <= 0xD7A3) { /* Hangul has no accents to lose; its parts alone would be no text */
		out[0] = c;
		return 1;
	}
	size_t count = spi_char_fold(c, folded), kept = 0;
	for (size_t i = 0; i < count; i++) {
		const char *base = base_letters(folded[i]);
		for (; base && *base && kept < SPI_FOLD_MAX; base++)
			out[kept++] = (unsigned char)*base;
		if (!base && (folded[i] < 0x300 || folded[i] > 0x36F) && kept < SPI_FOLD_MAX)
			out[kept++] = folded[i];
	}
	return kept;
}

size_t spi_char_compose(int32_t *chars, size_t count)
{
	for (size_t i = 1; i < count; i++) { /* few marks, mostly in order: insertion is quickest */
		utf8proc_propval_t class = utf8proc_get_property(chars[i])->combining_class;
		int32_t moved = chars[i];
		size_t to = i;
		if (class == 0)
			continue;
		for (; to > 0 && utf8proc_get_property(chars[to - 1])->combining_class > class; to--)
			chars[to] = chars[to - 1];
		chars[to] = moved;
	}
	utf8proc_ssize_t left = utf8proc_normalize_utf32(chars, (utf8proc_ssize_t)count,
		UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	return left < 0 ? count : (size_t)left;
}
