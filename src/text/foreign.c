/* Is it a language that we do not speak? Asked of every message, so better never said of one that we could read: a script of
   its own says it, or more words of another language than of ours. */
#include "text/chars.h"
#include "text/piece.h"
#include "text/words_others.h"

#include <string.h>

#define LANGUAGES_MAX 16
#define LETTERS_ENOUGH 4   /* of another script */
#define MARKS_ENOUGH 2     /* words of another language; one is enough in a message of MARKS_ENOUGH words */
#define SURE 0.9           /* of a language of ours that is no candidate */
#define TEXT_ENOUGH 4096   /* bytes read of a long text */

typedef struct evidence {
	size_t letters, strange_letters; /* strange: of no Latin script */
	size_t words;
	size_t theirs[LANGUAGES_MAX];    /* words that only they have */
	size_t ours[LANGUAGES_MAX];      /* our function words that they do not have */
} evidence;

/* Basic Latin to Latin Extended-B, Latin Extended Additional. */
static bool is_latin(uint32_t c)
{
	return c < 0x250 || (c >= 0x1E00 && c < 0x1F00);
}

static bool is_ours(const char *word, size_t len)
{
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (spi_is_function_word(word, len, (sp_lang)lang))
			return true;
	return false;
}

static void add_word(const spi_piece *piece, evidence *e)
{
	char plain[SPI_WORD_MAX];
	size_t len = spi_piece_plain(piece, plain);
	bool ours = is_ours(plain, len);
	for (size_t i = 0; i < spi_other_languages_count && i < LANGUAGES_MAX; i++) {
		const spi_other_language *other = &spi_other_languages[i];
		e->theirs[i] += spi_word_list_has(&other->marks, plain, len);
		e->ours[i] += ours && !spi_word_list_has(&other->shared, plain, len);
	}
	e->words++;
}

static void gather(const char *text, size_t len, evidence *e)
{
	spi_piece piece;
	for (size_t end = 0; spi_piece_next(&piece, text, len, &end);) {
		for (size_t pos = piece.start, n; pos < piece.end; pos += n) {
			uint32_t c;
			spi_char class;
			n = spi_char_read(text, len, pos, &c, &class);
			e->letters += class == SPI_CHAR_LETTER;
			e->strange_letters += class == SPI_CHAR_LETTER && !is_latin(c);
		}
		if (!piece.has_digit && !piece.has_underscore)
			add_word(&piece, e);
	}
}

bool sp_text_is_foreign(const char *text, size_t len, unsigned candidates)
{
	evidence e = {0};
	double sure = 0;
	sp_lang best = sp_text_language(text, len, (1u << SP_LANG_COUNT) - 1, &sure);
	if (best != SP_LANG_NONE && !(candidates >> best & 1) && sure >= SURE)
		return true;
	gather(text, len < TEXT_ENOUGH ? len : TEXT_ENOUGH, &e);
	if (e.strange_letters >= LETTERS_ENOUGH && e.strange_letters * 2 > e.letters)
		return true;
	for (size_t i = 0; i < spi_other_languages_count && i < LANGUAGES_MAX; i++)
		if (e.theirs[i] > e.ours[i] && (e.theirs[i] >= MARKS_ENOUGH || e.words <= MARKS_ENOUGH))
			return true;
	return false;
}
