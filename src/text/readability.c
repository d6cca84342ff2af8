/* How easy a text is to read, by the formula that was made for its language. */
#include "sportello/text.h"

#include "text/chars.h"

#include <string.h>

typedef struct counts {
	size_t words, sentences, letters, syllables;
} counts;

static bool is_vowel(char c)
{
	return strchr("aeiouy", c) != NULL;
}

static bool is_pair(const char *word, size_t len, size_t pos, const char *pairs)
{
	for (; pos + 1 < len && *pairs; pairs += 2) {
		if (word[pos] == pairs[0] && word[pos + 1] == pairs[1])
			return true;
	}
	return false;
}

/* English: groups of vowels, without a silent e at the end. */
static size_t english_syllables(const char *word, size_t len)
{
	size_t groups = 0;
	for (size_t i = 0; i < len; i++)
		groups += is_vowel(word[i]) && (i == 0 || !is_vowel(word[i - 1]));
	bool silent_e = len > 2 && word[len - 1] == 'e' && !is_vowel(word[len - 2]);
	bool sounded_le = silent_e && word[len - 2] == 'l' && !is_vowel(word[len - 3]); /* table */
	bool silent_ed = len > 3 && word[len - 1] == 'd' && word[len - 2] == 'e' && !is_vowel(word[len - 3]) &&
		!strchr("td", word[len - 3]); /* used, not wanted */
	if (groups > 1 && ((silent_e && !sounded_le) || silent_ed))
		groups--;
	return groups ? groups : 1;
}

/* German: vowels, diphthongs and long vowels as one. */
static size_t german_syllables(const char *word, size_t len)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++) {
		if (!is_vowel(word[i]))
			continue;
		count++;
		if (is_pair(word, len, i, "eiieauaieueeaaooaeoeueui"))
			i++;
	}
	return count ? count : 1;
}

#define WORD_MAX 64

typedef struct word {
	char letters[WORD_MAX]; /* without accents; enough of it to count syllables */
	size_t len;
} word;

static void end_word(counts *n, word *w, sp_lang lang)
{
	if (!w->len)
		return;
	n->words++;
	if (lang == SP_LANG_DE)
		n->syllables += german_syllables(w->letters, w->len);
	else if (lang == SP_LANG_EN)
		n->syllables += english_syllables(w->letters, w->len);
	w->len = 0;
}

static void add_letter(counts *n, word *w, uint32_t c)
{
	uint32_t plain[SPI_FOLD_MAX];
	size_t count = spi_char_plain(c, plain);
	n->letters++;
	if (c < 128) {
		plain[0] = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
		count = 1;
	}
	for (size_t i = 0; i < count && w->len < WORD_MAX; i++)
		w->letters[w->len++] = plain[i] < 128 ? (char)plain[i] : 'x';
}

static bool is_break(const char *text, size_t len, size_t pos)
{
	return pos >= len || text[pos] == ' ' || text[pos] == '\n' || text[pos] == '\r' || text[pos] == '\t';
}

/* Whether a sentence ends with the character before `next`: a stop with a space after it, or an empty line. */
static bool ends_sentence(const char *text, size_t len, size_t next, uint32_t c)
{
	if (c == '.') {
		while (next < len && strchr("\"')]*_", text[next]) && text[next])
			next++;
		return is_break(text, len, next);
	}
	if (c != '\n')
		return true;
	while (next < len && (text[next] == ' ' || text[next] == '\t' || text[next] == '\r'))
		next++;
	return next < len && text[next] == '\n';
}

static void count(const char *text, size_t len, sp_lang lang, counts *n)
{
	word w = {.len = 0};
	size_t words_before = 0; /* words when the last sentence ended: a sentence has at least one */
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		spi_char class;
		pos += spi_char_read(text, len, pos, &c, &class);
		if (class == SPI_CHAR_IGNORE || class == SPI_CHAR_MARK)
			continue;
		if (spi_char_is_word(class)) {
			add_letter(n, &w, c);
			continue;
		}
		if (class == SPI_CHAR_APOSTROPHE && lang != SP_LANG_IT && spi_char_word_at(text, len, pos))
			continue; /* don't is one word, l'app are two */
		if ((c == '.' || c == ',') && w.len && spi_char_word_at(text, len, pos))
			continue; /* 50,00; ioapp.it */
		end_word(n, &w, lang);
		if (class == SPI_CHAR_STOP && n->words > words_before && ends_sentence(text, len, pos, c)) {
			n->sentences++;
			words_before = n->words;
		}
	}
	end_word(n, &w, lang);
	if (n->words > words_before)
		n->sentences++;
}

static double clamp(double value)
{
	return value < 0 ? 0 : value > 100 ? 100 : value;
}

double sp_text_readability(const char *text, size_t len, sp_lang lang, size_t *ret_words)
{
	counts n = {0};
	count(text, len, lang, &n);
	if (ret_words)
		*ret_words = n.words;
	if (n.words == 0)
		return -1;
	double words = (double)n.words, sentences = (double)n.sentences;
	switch (lang) {
	case SP_LANG_EN: /* Flesch 1948 */
		return clamp(206.835 - 1.015 * words / sentences - 84.6 * (double)n.syllables / words);
	case SP_LANG_DE: /* Amstad 1978 */
		return clamp(180 - words / sentences - 58.5 * (double)n.syllables / words);
	default: /* Gulpease; it counts letters only, so it does for other languages best too */
		return clamp(89 + (300 * sentences - 10 * (double)n.letters) / words);
	}
}
