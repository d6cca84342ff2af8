/* A text as who reads it sees it. People paste from pages and documents that hold what no eye sees, and some write with letters of another
   alphabet that look like ours, mostly not knowing it; others in wide letters, in those of formulas, or with the digits of their own script. */
#include "sportello/text.h"

#include "base/utf8.h"
#include "text/chars.h"

#include <string.h>
#include <utf8proc.h>

/* A letter of another script and the Latin one that it looks like. Sorted. */
typedef struct pair {
	uint16_t strange;
	char latin;
} pair;
static const pair pairs[] = {
	/* Greek */
	{0x391, 'A'}, {0x392, 'B'}, {0x395, 'E'}, {0x396, 'Z'}, {0x397, 'H'}, {0x399, 'I'}, {0x39A, 'K'}, {0x39C, 'M'}, {0x39D, 'N'},
	{0x39F, 'O'}, {0x3A1, 'P'}, {0x3A4, 'T'}, {0x3A5, 'Y'}, {0x3A7, 'X'}, {0x3B1, 'a'}, {0x3B3, 'y'}, {0x3B9, 'i'}, {0x3BA, 'k'},
	{0x3BD, 'v'}, {0x3BF, 'o'}, {0x3C1, 'p'}, {0x3C4, 't'}, {0x3C5, 'u'}, {0x3C7, 'x'}, {0x3F2, 'c'}, {0x3F3, 'j'}, {0x3F9, 'C'},
	/* Cyrillic */
	{0x405, 'S'}, {0x406, 'I'}, {0x408, 'J'}, {0x410, 'A'}, {0x412, 'B'}, {0x415, 'E'}, {0x41A, 'K'}, {0x41C, 'M'}, {0x41D, 'H'},
	{0x41E, 'O'}, {0x420, 'P'}, {0x421, 'C'}, {0x422, 'T'}, {0x423, 'Y'}, {0x425, 'X'}, {0x430, 'a'}, {0x433, 'r'}, {0x435, 'e'},
	{0x43A, 'k'}, {0x43E, 'o'}, {0x43F, 'n'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'}, {0x443, 'y'}, {0x445, 'x'}, {0x455, 's'},
	{0x456, 'i'}, {0x458, 'j'}, {0x474, 'V'}, {0x475, 'v'}, {0x4AE, 'Y'}, {0x4AF, 'y'}, {0x4BA, 'h'}, {0x4BB, 'h'}, {0x4C0, 'I'},
	{0x4CF, 'l'}, {0x501, 'd'}, {0x51A, 'Q'}, {0x51B, 'q'}, {0x51C, 'W'}, {0x51D, 'w'},
	/* Armenian */
	{0x54D, 'U'}, {0x555, 'O'}, {0x570, 'h'}, {0x578, 'n'}, {0x57D, 'u'}, {0x581, 'g'}, {0x585, 'o'},
};

/* 0 = none. */
static char looks_like(uint32_t c)
{
	size_t low = 0, high = sizeof pairs / sizeof *pairs;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (pairs[middle].strange == c)
			return pairs[middle].latin;
		if (pairs[middle].strange < c)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

/* Basic Latin to Latin Extended-B, Latin Extended Additional. */
static bool is_latin(uint32_t c)
{
	return c < 0x250 || (c >= 0x1E00 && c < 0x1F00);
}

static bool is_decimal(uint32_t c)
{
	return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ND;
}

/* Scripts have their ten digits in a row. */
static char digit_of(uint32_t c)
{
	char digit = '0';
	while (digit < '9' && is_decimal(c - 1))
		c--, digit++;
	return digit;
}

/* What is a sign of ASCII, written otherwise: "ＳＰＩＤ", "𝟑𝟑𝟑", "٣٣٣". 0 = it is none. */
static char ascii_of(uint32_t c)
{
	utf8proc_int32_t plain[2];
	int boundary = 0;
	if (c < 0x660)
		return 0;
	if (c == 0x3000)
		return ' ';
	if (c >= 0xFF01 && c <= 0xFF5E)
		return (char)(c - 0xFF01 + '!');
	if (c < 0x1D400 || c > 0x1D7FF) /* mathematical letters and digits */
		return is_decimal(c) ? digit_of(c) : 0;
	utf8proc_ssize_t count = utf8proc_decompose_char((utf8proc_int32_t)c, plain, 2, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, &boundary);
	return count == 1 && plain[0] < 128 ? (char)plain[0] : 0;
}

/* Letters of a text, or of one word of it. */
typedef struct letters {
	size_t latin, alike, strange; /* strange: of another script, and like none of ours */
	size_t ignored, ascii;	      /* ascii: signs of it that are written otherwise, letters or not */
} letters;

static void count(const char *text, size_t len, letters *ret)
{
	*ret = (letters){0};
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		spi_char class;
		pos += spi_char_read(text, len, pos, &c, &class);
		bool is_ascii = ascii_of(c);
		ret->ignored += class == SPI_CHAR_IGNORE;
		ret->ascii += is_ascii;
		if (class != SPI_CHAR_LETTER)
			continue;
		bool latin = is_latin(c) || is_ascii;
		ret->latin += latin;
		ret->alike += !latin && looks_like(c);
		ret->strange += !latin && !looks_like(c);
	}
}

/* End of the run of letters, digits, marks and what is not seen that begins at pos. */
static size_t end_of_word(const char *text, size_t len, size_t pos)
{
	while (pos < len) {
		uint32_t c;
		spi_char class;
		size_t n = spi_char_read(text, len, pos, &c, &class);
		if (!spi_char_is_word(class) && class != SPI_CHAR_MARK && class != SPI_CHAR_IGNORE)
			break;
		pos += n;
	}
	return pos;
}

/* Without what is not seen; letters as those they look like, where that is wanted. Never longer than it was. */
static size_t put(const char *text, size_t len, bool as_latin, char *out)
{
	size_t written = 0;
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		spi_char class;
		size_t n = spi_char_read(text, len, pos, &c, &class);
		char plain = ascii_of(c);
		if (!plain && as_latin && class == SPI_CHAR_LETTER && !is_latin(c))
			plain = looks_like(c);
		if (plain)
			out[written++] = plain;
		else if (class != SPI_CHAR_IGNORE)
			memcpy(out + written, text + pos, n), written += n;
		pos += n;
	}
	return written;
}

/* In a text in our letters each word that is made of them and of such as look like them; else what has both. "Я забыл" stays what it is. */
static bool is_ours(const letters *word, const letters *all)
{
	return word->alike > 0 && word->strange == 0 && (word->latin > 0 || (all->strange == 0 && all->latin * 2 > all->alike));
}

const char *sp_text_as_seen(const char *text, size_t len, sp_arena *arena, size_t *ret_len)
{
	letters all;
	*ret_len = len;
	count(text, len, &all);
	if (all.ignored == 0 && all.ascii == 0 && (all.alike == 0 || all.latin == 0))
		return text;
	char *out = sp_arena_alloc(arena, len + 1);
	size_t written = 0;
	if (!out)
		return NULL;
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		spi_char class;
		letters word;
		size_t end = end_of_word(text, len, pos);
		if (end == pos)
			end += spi_char_read(text, len, pos, &c, &class);
		count(text + pos, end - pos, &word);
		written += put(text + pos, end - pos, is_ours(&word, &all), out + written);
		pos = end;
	}
	out[written] = '\0';
	if (written == len && memcmp(out, text, len) == 0)
		return text;
	*ret_len = written;
	return out;
}
