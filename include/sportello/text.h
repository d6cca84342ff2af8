/**
 * @file text.h
 * Analysis of what people type and editors write: normal form, tokens, stems, language.
 *
 * The same analysis serves indexing and asking, so that what is typed meets what was written:
 * Unicode NFKC case folding (UAX #15, UAX #44, by utf8proc), every apostrophe made ', zero-width and
 * direction marks dropped, Italian elision split (l'app → app, dell'iban → iban, un'altra → altra),
 * accents optional (perche, perché, perchè, puo', può), Snowball stems (Porter 2001) for the language,
 * numbers and codes kept whole (PAA_PAGAMENTO_DUPLICATO, 3d, 2021). Personal data (an IBAN, a codice
 * fiscale, a card or notice number, an e-mail address, a phone number) is one token of its own kind and never a word.
 */
#ifndef SPORTELLO_TEXT_H
#define SPORTELLO_TEXT_H

#include "sportello/arena.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(enum, code, Snowball algorithm) */
#define SP_LANG_LIST(X) \
	X(SP_LANG_IT, "it", "italian") \
	X(SP_LANG_EN, "en", "english") \
	X(SP_LANG_DE, "de", "german")

typedef enum sp_lang {
	SP_LANG_NONE = -1,
#define SP_LANG_ENUM(name, code, stemmer) name,
	SP_LANG_LIST(SP_LANG_ENUM)
#undef SP_LANG_ENUM
	SP_LANG_COUNT
} sp_lang;

/** "it", "en", "de"; "" for SP_LANG_NONE. */
const char *sp_lang_code(sp_lang lang);
/** Language of a code; takes tags too ("de-AT", "it_IT", any case). SP_LANG_NONE when unknown. */
sp_lang sp_lang_of(const char *code, size_t len);

typedef enum sp_token_kind {
	SP_TOKEN_WORD,
	SP_TOKEN_NUMBER,   /**< digits, maybe with letters: 2021, 3d, 50 */
	SP_TOKEN_CODE,     /**< letters joined by _ or capitals with digits: PAA_PAGAMENTO_DUPLICATO, R01 */
	SP_TOKEN_PERSONAL, /**< personal data; term is "<iban>", "<email>"…: never searched, never spelled */
} sp_token_kind;

typedef struct sp_token {
	const char *term;   /**< what is indexed and searched: stem, accents folded; whole for numbers and codes (lower case) */
	const char *alt;    /**< second form to index (the stem as typed without accents) when it differs; else NULL */
	const char *word;   /**< case-folded word with its accents, not stemmed: spelling, completions, lists of words */
	const char *plain;  /**< @ref word without accents */
	uint32_t start, end; /**< byte range in the original text */
	uint32_t position;   /**< 1-based; a sentence end leaves a gap */
	uint16_t term_len, alt_len, word_len, plain_len;
	sp_token_kind kind;
	bool is_function_word; /**< article, preposition, question word, auxiliary… of the language */
} sp_token;

typedef struct sp_tokens {
	sp_token *items;
	size_t count;
} sp_tokens;

/** Holds the stemmers and scratch memory of one thread. */
typedef struct sp_analyser sp_analyser;

/** NULL when memory is out. Free with sp_analyser_free(). */
sp_analyser *sp_analyser_new(void);
void sp_analyser_free(sp_analyser *analyser); /**< NULL is accepted */

/**
 * Split a text into tokens.
 *
 * @param analyser  this thread's analyser; borrowed
 * @param text      any bytes; invalid UTF-8 is taken as U+FFFD; at most 16 MiB
 * @param lang      language whose stemmer and elisions apply; SP_LANG_NONE: none of them
 * @param arena     owns the result
 * @param ret       set on success only
 * @return SP_OK; SP_ERR_NOMEM; SP_ERR_TOO_LARGE
 *
 * Threads: one thread at a time per analyser. Cost: about 2 µs for a question.
 */
sp_status sp_analyse(sp_analyser *analyser, const char *text, size_t len, sp_lang lang, sp_arena *arena,
	sp_tokens *ret);

/**
 * Normal form of a question, for comparing and caching: NFKC case-folded, apostrophes unified, white
 * space and punctuation folded to one space, accents dropped, trimmed. Result owned by @p arena; NULL when memory is out.
 */
char *sp_text_normal_form(const char *text, size_t len, sp_arena *arena, size_t *ret_len);

/** A copy of @p text in @p arena with accents (combining marks) dropped and case folded. */
char *sp_text_fold(const char *text, size_t len, sp_arena *arena, size_t *ret_len);

/**
 * A text as who reads it sees it: without zero-width characters, direction marks and soft hyphens; in Latin words letters that look like theirs
 * ("nоn" with a Cyrillic о), wide and mathematical letters, digits of any script as those of ASCII. Texts in another script stay what they are.
 * @return @p text itself where nothing is to change, else a copy in @p arena, with a zero byte behind it; NULL when memory is out
 */
const char *sp_text_as_seen(const char *text, size_t len, sp_arena *arena, size_t *ret_len);

/**
 * Guess the language of a short text among @p candidates (bit per sp_lang) from function words and
 * letter patterns.
 *
 * @param ret_confidence  0 to 1; may be NULL. Under 0.5 the caller should keep the language it knows.
 * @return the likeliest language, SP_LANG_NONE when nothing speaks for any
 */
sp_lang sp_text_language(const char *text, size_t len, unsigned candidates, double *ret_confidence);

/**
 * Whether a text is plainly in a language that is none of @p candidates: in a script that none of ours is written in, in a language of
 * ours that is no candidate, or in another one that people here speak (its words are in src/text/others/). False where it could be either.
 */
bool sp_text_is_foreign(const char *text, size_t len, unsigned candidates);

/** Whether the bytes are valid UTF-8 (no surrogates, no overlong forms) without NUL. */
bool sp_text_is_utf8(const char *text, size_t len);
/** Number of Unicode code points. */
size_t sp_text_count_chars(const char *text, size_t len);

/**
 * Readability: Gulpease (Lucisano, Piemontese 1988) for Italian, Flesch reading ease for English,
 * Amstad's for German; 0 to 100, higher is easier. @p ret_words may be NULL. Returns -1 for a text without words.
 */
double sp_text_readability(const char *text, size_t len, sp_lang lang, size_t *ret_words);

/** Rough number of restricted Damerau-Levenshtein edits between two UTF-8 texts, at most @p limit + 1. */
int sp_text_edit_distance(const char *a, size_t a_len, const char *b, size_t b_len, int limit);

#ifdef __cplusplus
}
#endif
#endif
