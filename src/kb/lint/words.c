#include "kb/lint/words.h"

#include "kb/prose.h"

#include <string.h>

enum { LETTERS_KEPT = 32, CONTENT_LETTERS = 4 };

#define FNV_START 2166136261u
#define FNV_PRIME 16777619u

/* Letters of Latin-1 (U+00C0 on) without their accents. */
static const char latin1[] = "aaaaaaaceeeeiiiidnooooo*ouuuuyts"
							 "aaaaaaaceeeeiiiidnooooo/ouuuuyty";

/* Bytes of the letter or digit at pos, 0 when there is none; it folded (0: as it is). */
static inline size_t letter_at(const char *text, size_t len, size_t pos, char *ret)
{
	unsigned char c = (unsigned char)text[pos];
	*ret = 0;
	if (c < 128) {
		bool is_upper = c >= 'A' && c <= 'Z';
		*ret = (char)(is_upper ? c | 0x20 : c);
		return is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
	}
	if (c < 0xc3 || c == 0xe2 || pos + 1 >= len)
		return 0; /* signs, quotes, dashes */
	if (c == 0xc3) {
		*ret = latin1[(unsigned char)text[pos + 1] & 0x3f];
		return *ret >= 'a' ? 2 : 0;
	}
	size_t size = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	return pos + size <= len ? size : 0;
}

static uint32_t hash_of(const char *letters, size_t len)
{
	uint32_t hash = FNV_START;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)letters[i]) * FNV_PRIME;
	return hash;
}

static bool is_ending(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 's' || c == 'n';
}

/* Endings of one and many, masculine and feminine, in the three languages. */
static size_t stem_len(const char *letters, size_t len)
{
	for (int cut = 0; cut < 2 && len > CONTENT_LETTERS && is_ending(letters[len - 1]); cut++)
		len--;
	return len;
}

static void skip_to_word(const char *text, size_t len, size_t *pos)
{
	char c;
	while (*pos < len && !letter_at(text, len, *pos, &c)) {
		if (text[*pos] == SPI_MARK_TARGET)
			*pos = spi_piece_skip(text, len, *pos);
		else
			++*pos;
	}
}

bool spi_word_next(const char *text, size_t len, size_t *pos, spi_word *ret)
{
	char letters[LETTERS_KEPT], c;
	size_t kept = 0, size;
	skip_to_word(text, len, pos);
	if (*pos >= len)
		return false;
	*ret = (spi_word){.start = *pos};
	for (; *pos < len && (size = letter_at(text, len, *pos, &c)) > 0; *pos += size) {
		if (kept < LETTERS_KEPT)
			letters[kept++] = c ? c : text[*pos + size - 1];
		ret->has_digit |= c >= '0' && c <= '9';
		ret->letters++;
	}
	ret->end = *pos;
	ret->whole = hash_of(letters, kept);
	ret->stem = hash_of(letters, stem_len(letters, kept));
	return true;
}

uint32_t spi_word_hash(const char *word)
{
	return hash_of(word, strlen(word));
}

bool spi_word_has_content(const spi_word *word)
{
	static const char *const negations[] = {"non", "not", "no", "nie"};
	for (size_t i = 0; i < sizeof negations / sizeof *negations; i++) {
		if (word->whole == spi_word_hash(negations[i]))
			return true;
	}
	return word->letters >= CONTENT_LETTERS;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n';
}

/* Whether the full stop at pos belongs to a day ("30. Juni") or an abbreviation ("art. 5"). */
static bool is_inside(const char *text, size_t start, size_t pos)
{
	size_t word = pos;
	while (word > start && !is_blank(text[word - 1]) && text[word - 1] != '(')
		word--;
	size_t size = pos - word;
	if (!size)
		return false;
	bool digits = strspn(text + word, "0123456789") >= size;
	bool small = size <= 3 && text[word] >= 'a' && text[word] <= 'z';
	return (digits && size <= 2) || (small && !strchr("aeiou", text[pos - 1]));
}

size_t spi_sentence_end(const char *text, size_t len, size_t pos)
{
	for (size_t at = pos; at < len; at++) {
		if (text[at] == SPI_MARK_CODE || text[at] == SPI_MARK_TARGET) {
			at = spi_piece_skip(text, len, at) - 1;
			continue;
		}
		bool stops = text[at] == '.' || text[at] == '!' || text[at] == '?';
		if (!stops || (text[at] == '.' && is_inside(text, pos, at)))
			continue;
		size_t next = at + 1;
		while (next < len && strchr(".!?\"')", text[next]) && text[next])
			next++;
		if (next >= len || is_blank(text[next]))
			return next;
	}
	return len;
}
