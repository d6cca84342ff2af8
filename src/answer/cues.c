#include "answer/cues.h"

#include "answer/pairs.h"
#include "text/words.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP_MAX 3
#define COURTESY_BYTES 128 /* of a message that may be nothing but thanks */
#define DRAWN_OUT 3 /* so many of the same letter */
#define PATTERN_WORDS 8
#define KINDS 64
#define SLIPS 1 /* edits between a word and what it is taken for */

typedef struct pattern {
	bool whole, at_start, at_end;
	uint8_t count;
	uint8_t beginning; /* of its first word, as beginning_of() tells; KINDS where that may be any */
	struct word { const char *text; uint8_t len; bool prefix, gap, slip; } words[PATTERN_WORDS];
} pattern;

typedef struct pattern_list {
	pattern *items;
	size_t count, cap;
} pattern_list;

#define SPELLINGS 64

/* Read once from what the build put in; never changed after. */
#define ALL_CUES (SPI_CUE_COUNT + SPI_WALK_CUE_COUNT)
static pattern_list lists[SP_LANG_COUNT][ALL_CUES];
static spi_pair spellings[SP_LANG_COUNT][SPELLINGS]; /* "nn": how a word is written in haste or said in a dialect, and the word that it is */
static size_t spellings_count[SP_LANG_COUNT];
static uint32_t spelling_lengths[SP_LANG_COUNT][256]; /* of those that begin with a byte, a bit a length: most words are none */
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static const char *const cue_names[ALL_CUES] = {
#define NAME(name, text) text,
	SPI_CUE_LIST(NAME)
	SPI_WALK_CUE_LIST(NAME)
#undef NAME
};

static void parse_word(pattern *p, const char *text, size_t len)
{
	if (len == 1 && *text == '=') {
		p->whole = true;
	} else if (len == 1 && *text == '^') {
		p->at_start = true;
	} else if (len == 1 && *text == '$') {
		p->at_end = true;
	} else if (p->count < PATTERN_WORDS && len < 256) {
		bool slip = *text == '~' && len > 1, star = text[len - 1] == '*';
		p->words[p->count++] = (struct word){text + slip, (uint8_t)(len - slip - star), star && len > 1, star && len == 1, slip};
	}
}

/* Which of KINDS a word is of, by its first two bytes. */
static uint8_t beginning_of(const char *text, size_t len)
{
	unsigned first = (unsigned char)text[0], second = len > 1 ? (unsigned char)text[1] : 0;
	return (uint8_t)((first * 31 + second) % KINDS);
}

static uint8_t beginning_of_pattern(const pattern *p)
{
	const struct word *word = &p->words[0];
	bool any = p->count == 0 || word->gap || word->slip || word->len == 0 || (word->prefix && word->len < 2);
	return any ? KINDS : beginning_of(word->text, word->len);
}

static pattern parse_pattern(const char *at, const char *end)
{
	pattern p = {0};
	while (at < end) {
		const char *stop = at;
		while (stop < end && *stop != ' ')
			stop++;
		if (stop > at)
			parse_word(&p, at, (size_t)(stop - at));
		at = stop + 1;
	}
	p.beginning = beginning_of_pattern(&p);
	return p;
}

static void add_pattern(pattern_list *list, pattern p)
{
	if (p.count == 0)
		return;
	if (list->count == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 32;
		pattern *grown = realloc(list->items, cap * sizeof *grown);
		if (!grown)
			return;
		list->items = grown;
		list->cap = cap;
	}
	list->items[list->count++] = p;
}

static void load_list(pattern_list *list, const spi_embedded *file)
{
	for (const char *at = file->data; at < file->end;) {
		const char *stop = memchr(at, '\n', (size_t)(file->end - at));
		if (!stop)
			stop = file->end;
		if (*at != '#')
			add_pattern(list, parse_pattern(at, stop));
		at = stop + 1;
	}
}

static uint32_t length_bit(size_t len)
{
	return (uint32_t)1 << (len < 31 ? len : 31);
}

static void load_spellings(sp_lang lang)
{
	char name[64];
	snprintf(name, sizeof name, "%s/spellings.txt", sp_lang_code(lang));
	const spi_embedded *file = spi_embedded_find(spi_embedded_cues, name);
	const char *at = NULL;
	for (spi_pair pair; spellings_count[lang] < SPELLINGS && spi_next_pair(file, &at, &pair);) {
		spellings[lang][spellings_count[lang]++] = pair;
		spelling_lengths[lang][(unsigned char)*pair.text] |= length_bit(pair.len);
	}
}

static void load(void)
{
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++)
		load_spellings(lang);
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++)
		for (int cue = 0; cue < ALL_CUES; cue++) {
			char name[64];
			snprintf(name, sizeof name, "%s/%s.txt", sp_lang_code(lang), cue_names[cue]);
			const spi_embedded *file = spi_embedded_find(spi_embedded_cues, name);
			if (file)
				load_list(&lists[lang][cue], file);
		}
}

/* A word of a message, as it is meant. */
typedef struct said_word {
	const char *text;
	size_t len;
	bool is_function_word;
} said_word;

/* "aiutooo" is "aiuto": of a last letter that is drawn out one counts. */
static size_t length_as_said(const sp_token *token)
{
	size_t len = token->plain_len, same = 1;
	while (same < len && token->plain[len - 1 - same] == token->plain[len - 1])
		same++;
	return same >= DRAWN_OUT && isalpha((unsigned char)token->plain[len - 1]) ? len - same + 1 : len;
}

static said_word meant_by(const sp_token *token, sp_lang lang)
{
	said_word word = {token->plain, length_as_said(token), token->is_function_word};
	if (lang == SP_LANG_NONE || word.len == 0 || !(spelling_lengths[lang][(unsigned char)*word.text] & length_bit(word.len)))
		return word;
	for (size_t i = 0; i < spellings_count[lang]; i++) {
		const spi_pair *s = &spellings[lang][i];
		if (s->len == word.len && memcmp(s->text, word.text, s->len) == 0)
			return (said_word){s->word, s->word_len, spi_is_function_word(s->word, s->word_len, lang)};
	}
	return word;
}

/* "operatori" is no slip for "operatore": whose ending is another is another form. */
static bool is_slip(const struct word *word, const char *said, size_t len)
{
	return len > 0 && said[len - 1] == word->text[word->len - 1] && sp_text_edit_distance(said, len, word->text, word->len, SLIPS) <= SLIPS;
}

static bool word_matches(const struct word *word, const said_word *said)
{
	if (word->slip && is_slip(word, said->text, said->len))
		return true;
	if (!said->text || (word->prefix ? said->len < word->len : said->len != word->len))
		return false;
	return memcmp(said->text, word->text, word->len) == 0;
}

/* Tokens covered when the pattern's words from `word` on stand at token `at`; 0 when they do not. */
static uint64_t match_from(const pattern *p, size_t word, const said_word *said, size_t count, size_t at)
{
	if (p->words[word].gap) {
		for (size_t skip = 0; skip <= GAP_MAX && word + 1 < p->count; skip++) {
			uint64_t rest = match_from(p, word + 1, said, count, at + skip);
			if (rest)
				return rest | (((uint64_t)1 << skip) - 1) << at;
		}
		return 0;
	}
	if (at >= count || !word_matches(&p->words[word], &said[at]))
		return 0;
	uint64_t bit = (uint64_t)1 << at;
	if (word + 1 == p->count)
		return bit;
	uint64_t rest = match_from(p, word + 1, said, count, at + 1);
	return rest ? bit | rest : 0;
}

/* A message that patterns are held against. */
typedef struct message {
	said_word words[SPI_CUE_TOKENS];
	size_t count;
	uint64_t content, last; /* bits of tokens, as in spi_cues; of the last one */
	uint64_t places[KINDS + 1]; /* bit n: token n begins so; the last: any token */
} message;

static uint64_t match_pattern(const pattern *p, const message *m, uint64_t must_cover)
{
	uint64_t covered = 0, places = p->at_start ? m->places[p->beginning] & 1 : m->places[p->beginning];
	for (; places; places &= places - 1) {
		uint64_t bits = match_from(p, 0, m->words, m->count, (size_t)__builtin_ctzll(places));
		if (must_cover & ~bits)
			continue;
		if (p->at_end && !(bits & m->last))
			continue;
		covered |= bits;
	}
	return covered;
}

/* aside: tokens that need not be covered where a pattern is the whole message. */
static uint64_t match_list(const pattern_list *list, const message *m, bool whole, uint64_t aside)
{
	uint64_t covered = 0, must_cover = whole ? m->content & ~aside : 0;
	for (size_t i = 0; i < list->count; i++) {
		const pattern *p = &list->items[i];
		if (p->whole == whole && m->places[p->beginning])
			covered |= match_pattern(p, m, must_cover);
	}
	return covered;
}

static message look_at(const sp_tokens *tokens, sp_lang lang)
{
	pthread_once(&loaded, load);
	message ret = {.count = tokens->count < SPI_CUE_TOKENS ? tokens->count : SPI_CUE_TOKENS};
	for (size_t i = 0; i < ret.count; i++) {
		said_word word = meant_by(&tokens->items[i], lang);
		uint64_t bit = (uint64_t)1 << i;
		ret.words[i] = word;
		if (!word.is_function_word)
			ret.content |= bit;
		ret.places[KINDS] |= bit;
		ret.last = bit;
		if (word.len > 0)
			ret.places[beginning_of(word.text, word.len)] |= bit;
	}
	return ret;
}

/* Whoever asks for a person gets one, in whatever language: a word or two ("real person", "Mitarbeiter") do not show which it is. */
static uint64_t find_person(const message *m, uint64_t courtesy)
{
	uint64_t covered = 0;
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++) {
		const pattern_list *list = &lists[lang][SPI_CUE_PERSON];
		covered |= match_list(list, m, false, 0) | match_list(list, m, true, courtesy);
	}
	return covered;
}

/* German "prima" is another word in Italian. */
static bool is_of_own_language(const sp_tokens *tokens, sp_lang own, sp_lang other)
{
	char words[COURTESY_BYTES] = "";
	size_t len = 0;
	for (size_t i = 0; i < tokens->count; i++) {
		int more = snprintf(words + len, sizeof words - len, "%s ", tokens->items[i].plain);
		if (more < 0 || (size_t)more >= sizeof words - len)
			return true; /* too long for a word of thanks */
		len += (size_t)more;
	}
	return sp_text_language(words, len, 1u << own | 1u << other, NULL) == own;
}

/* "danke", "bye", whatever was talked in: a message of nothing else. */
static void find_courtesy_of_others(const sp_tokens *tokens, sp_lang own, spi_cues *ret)
{
	static const spi_cue courtesies[] = {SPI_CUE_THANKS, SPI_CUE_GOODBYE};
	uint64_t found[sizeof courtesies / sizeof *courtesies];
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++) {
		const message m = look_at(tokens, lang);
		uint64_t all = 0;
		if (lang == own)
			continue;
		for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
			all |= found[i] = match_list(&lists[lang][courtesies[i]], &m, false, 0) | match_list(&lists[lang][courtesies[i]], &m, true, 0);
		if (!all || (m.content | ret->content) & ~all || is_of_own_language(tokens, own, lang))
			continue;
		for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
			ret->covered[courtesies[i]] |= found[i];
	}
}

/* "non hai capito", "it is not clear" are no thanks: what "not" stands before, but for words that say nothing, is not said. */
static uint64_t not_denied(const message *m, uint64_t said, uint64_t denials)
{
	for (uint64_t left = denials & ~said; left; left &= left - 1) {
		size_t at = (size_t)__builtin_ctzll(left) + 1;
		while (at < m->count && !(said >> at & 1) && m->words[at].is_function_word)
			at++;
		while (at < m->count && said >> at & 1)
			said &= ~((uint64_t)1 << at++);
	}
	return said;
}

void spi_cues_find(const sp_tokens *tokens, sp_lang lang, spi_cues *ret)
{
	const message m = look_at(tokens, lang);
	*ret = (spi_cues){.count = m.count, .content = m.content, .lang = lang};
	if (lang == SP_LANG_NONE)
		return;
	for (int cue = 0; cue < SPI_CUE_COUNT; cue++)
		ret->covered[cue] = match_list(&lists[lang][cue], &m, false, 0);
	uint64_t courtesy = ret->covered[SPI_CUE_GREETING] | ret->covered[SPI_CUE_THANKS] | ret->covered[SPI_CUE_GOODBYE] |
		ret->covered[SPI_CUE_OPENING] | ret->covered[SPI_CUE_ENDING];
	for (int cue = 0; cue < SPI_CUE_COUNT; cue++)
		ret->covered[cue] |= match_list(&lists[lang][cue], &m, true, courtesy);
	ret->covered[SPI_CUE_PERSON] |= find_person(&m, courtesy);
	if (m.content & ~courtesy)
		find_courtesy_of_others(tokens, lang, ret);
	static const spi_cue friendly[] = {SPI_CUE_THANKS, SPI_CUE_CLOSING};
	for (size_t i = 0; i < sizeof friendly / sizeof *friendly; i++)
		ret->covered[friendly[i]] = not_denied(&m, ret->covered[friendly[i]], ret->covered[SPI_CUE_DENIAL]);
}

bool spi_cue_from(const sp_tokens *tokens, size_t first, sp_lang lang, spi_cue cue)
{
	sp_tokens rest = {tokens->items + first, tokens->count - first};
	const message m = look_at(&rest, lang);
	return lang != SP_LANG_NONE && match_list(&lists[lang][cue], &m, false, 0) != 0;
}

uint64_t spi_walk_cue_covered(const sp_tokens *tokens, sp_lang lang, spi_walk_cue cue)
{
	const message m = look_at(tokens, lang);
	const pattern_list *list = &lists[lang][SPI_CUE_COUNT + cue];
	return match_list(list, &m, false, 0) | match_list(list, &m, true, 0);
}

bool spi_walk_cue_said(const sp_tokens *tokens, sp_lang lang, spi_walk_cue cue)
{
	return spi_walk_cue_covered(tokens, lang, cue) != 0;
}
