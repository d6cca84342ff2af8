/* Tokens: one pass over the text, in which the next datum that is personal is always known beforehand. */
#include "sportello/text.h"

#include "text/analyser.h"
#include "text/chars.h"
#include "text/elision.h"
#include "text/personal.h"
#include "text/piece.h"
#include "text/url.h"

#include <string.h>

#define TEXT_MAX ((size_t)16 << 20)
#define SENTENCE_GAP 10
#define TOKENS_AT_LEAST 8
#define BYTES_A_TOKEN 4 /* guess for the first array */

typedef struct scan {
	sp_analyser *analyser;
	const char *text;
	size_t len;
	size_t limit; /* start of the next personal datum, else len */
	size_t pos;
	sp_lang lang;
	sp_arena *arena;
	sp_token *items;
	size_t count, cap;
	uint32_t position;
	bool in_quotes; /* an apostrophe that opened a quotation waits for the closing one */
	sp_status status;
	spi_personal_scan personal;
	sp_personal_span span;
	bool has_span;
	spi_piece piece;
} scan;

/* Words that people write in one or in two: "e-mail", "e mail" and "email" are one. */
static const struct compound {
	const char *first, *second;
	bool by_space;
} compounds[] = {
	{"e", "mail", true}, {"e", "mails", true}, {"e", "commerce", true}, {"wi", "fi", true}, {"on", "line", true},
	{"off", "line", false}, {"3", "d", false},
};

static sp_token *new_token(scan *s)
{
	if (s->count == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : s->len / BYTES_A_TOKEN + TOKENS_AT_LEAST;
		sp_token *items = sp_arena_alloc(s->arena, cap * sizeof(*items));
		if (!items) {
			s->status = SP_ERR_NOMEM;
			return NULL;
		}
		if (s->count)
			memcpy(items, s->items, s->count * sizeof(*items));
		s->items = items;
		s->cap = cap;
	}
	return &s->items[s->count];
}

static void emit(scan *s, sp_token_kind kind, const char *word, size_t len, size_t start, size_t end)
{
	const char *bytes;
	sp_token *token = new_token(s);
	if (!token || len == 0)
		return;
	const spi_forms *forms = spi_analyser_forms(s->analyser, word, len,
		kind == SP_TOKEN_WORD ? s->lang : SP_LANG_NONE, &bytes);
	char *copy = sp_arena_alloc(s->arena, forms->size);
	if (!copy) {
		s->status = SP_ERR_NOMEM;
		return;
	}
	memcpy(copy, bytes, forms->size);
	*token = (sp_token){
		.term = copy + forms->term_at, .term_len = forms->term_len,
		.alt = forms->alt_len ? copy + forms->alt_at : NULL, .alt_len = forms->alt_len,
		.word = copy, .word_len = forms->word_len,
		.plain = copy + forms->plain_at, .plain_len = forms->plain_len,
		.start = (uint32_t)start, .end = (uint32_t)end, .position = ++s->position,
		.kind = kind, .is_function_word = forms->is_function_word,
	};
	s->count++;
}

static void emit_personal(scan *s, sp_personal_kind kind, size_t start, size_t end)
{
	sp_token *token = new_token(s);
	if (!token)
		return;
	const char *name = sp_personal_name(kind);
	char *mask = sp_arena_printf(s->arena, "<%s>", name);
	if (!mask) {
		s->status = SP_ERR_NOMEM;
		return;
	}
	uint16_t len = (uint16_t)(strlen(name) + 2);
	*token = (sp_token){
		.term = mask, .term_len = len, .word = mask, .word_len = len, .plain = mask, .plain_len = len,
		.start = (uint32_t)start, .end = (uint32_t)end, .position = ++s->position, .kind = SP_TOKEN_PERSONAL,
	};
	s->count++;
}

static void next_span(scan *s)
{
	s->has_span = spi_personal_next(&s->personal, &s->span);
	s->limit = s->has_span ? s->span.start : s->len;
}

static void end_sentence(scan *s)
{
	if (s->count && s->position == s->items[s->count - 1].position)
		s->position += SENTENCE_GAP;
}

/* R01 and PAA_X are codes, 3d, 18app and 2021 numbers. */
static sp_token_kind piece_kind(const spi_piece *piece)
{
	if (piece->has_underscore)
		return SP_TOKEN_CODE;
	if (!piece->has_digit)
		return SP_TOKEN_WORD;
	return piece->starts_with_letter && piece->has_upper && !piece->has_lower ? SP_TOKEN_CODE : SP_TOKEN_NUMBER;
}

static void emit_piece(scan *s)
{
	emit(s, piece_kind(&s->piece), s->piece.word, s->piece.len, s->piece.start, s->piece.end);
}

static bool piece_is(const spi_piece *piece, const char *word)
{
	return strlen(word) == piece->len && memcmp(piece->word, word, piece->len) == 0;
}

/* Length of the hyphen at pos, or of the space where by_space; 0 for anything else. */
static size_t hyphen_at(const scan *s, size_t pos, bool by_space)
{
	if (pos >= s->limit)
		return 0;
	if (s->text[pos] == '-' || (by_space && s->text[pos] == ' '))
		return 1;
	return s->limit - pos >= 3 && memcmp(s->text + pos, "\xE2\x80\x91", 3) == 0 ? 3 : 0; /* no-break hyphen */
}

static bool continues_with(const scan *s, size_t pos, const char *word)
{
	size_t len = strlen(word);
	if (pos + len > s->limit || spi_char_word_at(s->text, s->limit, pos + len))
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((s->text[pos + i] | 0x20) != word[i])
			return false;
	}
	return true;
}

/* Join the second half of "e-mail" to the piece. */
static void join_compound(scan *s)
{
	if (s->piece.len > 3)
		return;
	for (size_t i = 0; i < sizeof(compounds) / sizeof(compounds[0]); i++) {
		const struct compound *c = &compounds[i];
		size_t hyphen = hyphen_at(s, s->piece.end, c->by_space);
		if (hyphen && piece_is(&s->piece, c->first) && continues_with(s, s->piece.end + hyphen, c->second)) {
			spi_piece_add(&s->piece, c->second, strlen(c->second));
			s->piece.end += hyphen + strlen(c->second);
			s->piece.has_letter = true;
			return;
		}
	}
}

static bool is_ascii_letter(char c)
{
	return (unsigned char)c < 128 && spi_char_ascii[(unsigned char)c] == SPI_CHAR_LETTER;
}

/* s.p.a., p.a., z.B.: one letter at a time between points. Returns the end, 0 when there is none at start. */
static size_t dotted_letters(scan *s, size_t start)
{
	size_t pos = start, letters = 0;
	spi_piece_init(&s->piece, start);
	while (pos + 1 < s->limit && is_ascii_letter(s->text[pos]) && s->text[pos + 1] == '.') {
		spi_piece_add_range(&s->piece, s->text, pos, pos + 1);
		pos += 2;
		letters++;
	}
	if (letters == 0 || !spi_char_word_at(s->text, s->limit, pos))
		return letters > 1 ? pos : 0;
	if (!is_ascii_letter(s->text[pos]) || spi_char_word_at(s->text, s->limit, pos + 1))
		return 0;
	spi_piece_add_range(&s->piece, s->text, pos, pos + 1); /* the last one without a point: c.f */
	return pos + 1;
}

/* What a lone s after an apostrophe is in languages that do not have it. */
static size_t skip_lone_s(const scan *s, size_t pos)
{
	bool lone = pos < s->limit && (s->text[pos] | 0x20) == 's' && !spi_char_word_at(s->text, s->limit, pos + 1);
	return lone ? pos + 1 : pos;
}

static void emit_accented(scan *s, size_t end)
{
	char word[SPI_WORD_MAX + 2];
	size_t len = spi_accent(s->piece.word, s->piece.len, word);
	if (len > SPI_WORD_MAX)
		len = 0;
	emit(s, SP_TOKEN_WORD, len ? word : s->piece.word, len ? len : s->piece.len, s->piece.start, end);
}

/* Italian, apostrophe between two words: l'app, dov'è, e'stato, McDonald's. */
static void italian_inside(scan *s, size_t after)
{
	const char *full;
	if (spi_elision(s->piece.word, s->piece.len, &full)) {
		if (full)
			emit(s, SP_TOKEN_WORD, full, strlen(full), s->piece.start, s->piece.end);
	} else if (skip_lone_s(s, after) > after) {
		emit_piece(s);
		after++;
	} else {
		emit_accented(s, s->piece.end);
	}
	s->pos = after;
}

/* Italian, apostrophe after a word: puo', perche', "dell' iban" with a space too much, or before personal data. */
static void italian_after(scan *s, size_t after)
{
	const char *full;
	size_t next = after + (after < s->limit && s->text[after] == ' ');
	bool to_next = next == s->limit ? s->has_span : spi_char_word_at(s->text, s->limit, next);
	if (to_next && spi_elision(s->piece.word, s->piece.len, &full)) {
		if (full)
			emit(s, SP_TOKEN_WORD, full, strlen(full), s->piece.start, s->piece.end);
	} else {
		emit_accented(s, after);
	}
	s->pos = after;
}

/* English keeps what an apostrophe joins in one word: don't, user's. Its stemmer knows them. */
static void english_inside(scan *s, size_t after)
{
	spi_piece *piece = &s->piece;
	size_t apostrophe;
	do {
		spi_piece next;
		spi_piece_read(&next, s->text, s->limit, after);
		spi_piece_add(piece, "'", 1);
		spi_piece_add(piece, next.word, next.len);
		piece->end = next.end;
		apostrophe = spi_char_apostrophe(s->text, s->limit, piece->end);
		after = piece->end + apostrophe;
	} while (apostrophe && spi_char_word_at(s->text, s->limit, after));
	emit(s, SP_TOKEN_WORD, piece->word, piece->len, piece->start, piece->end);
	s->pos = piece->end;
}

/* The piece is followed by an apostrophe of so many bytes. */
static void scan_apostrophe(scan *s, size_t apostrophe)
{
	size_t after = s->piece.end + apostrophe;
	if (spi_char_word_at(s->text, s->limit, after)) {
		if (s->lang == SP_LANG_IT) {
			italian_inside(s, after);
		} else if (s->lang == SP_LANG_EN) {
			english_inside(s, after);
		} else {
			emit_piece(s);
			s->pos = skip_lone_s(s, after);
		}
		return;
	}
	if (s->in_quotes || s->lang != SP_LANG_IT) {
		s->in_quotes = false;
		emit_piece(s);
		s->pos = after;
		return;
	}
	italian_after(s, after);
}

/* A web address or domain name at pos, whole. */
static bool scan_url(scan *s)
{
	size_t name, end = spi_url_end(s->text, s->limit, s->pos, &name);
	if (!end)
		return false;
	spi_piece_init(&s->piece, s->pos);
	spi_piece_add_range(&s->piece, s->text, name, end);
	spi_piece_finish(&s->piece);
	emit(s, SP_TOKEN_CODE, s->piece.word, s->piece.len, s->pos, end);
	s->pos = end;
	return true;
}

static void scan_word(scan *s)
{
	if (scan_url(s))
		return;
	size_t end = dotted_letters(s, s->pos);
	if (end) {
		s->piece.end = s->pos = end;
		emit_piece(s);
		return;
	}
	spi_piece_read(&s->piece, s->text, s->limit, s->pos);
	join_compound(s);
	size_t apostrophe = spi_char_apostrophe(s->text, s->limit, s->piece.end);
	if (apostrophe && piece_kind(&s->piece) == SP_TOKEN_WORD) {
		scan_apostrophe(s, apostrophe);
		return;
	}
	emit_piece(s);
	s->pos = s->piece.end;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A point, exclamation or question mark, or a line's end: does the sentence end here? */
static void scan_stop(scan *s, uint32_t c, size_t n)
{
	size_t next = s->pos + n;
	bool ends = true;
	if (c == '.') {
		ends = next >= s->len || is_space(s->text[next]) || strchr("\"')]", s->text[next]);
	} else if (c == '\n') {
		while (next < s->limit && s->text[next] != '\n' && is_space(s->text[next]))
			next++;
		ends = next < s->limit && s->text[next] == '\n';
		s->in_quotes = false;
	}
	if (ends)
		end_sentence(s);
	s->pos = next;
}

static void scan_char(scan *s)
{
	uint32_t c;
	spi_char class;
	sp_personal_kind kind;
	size_t n = spi_char_read(s->text, s->limit, s->pos, &c, &class), mask;
	if (spi_char_is_word(class)) {
		scan_word(s);
	} else if (class == SPI_CHAR_STOP) {
		scan_stop(s, c, n);
	} else if (c == '<' && (mask = spi_personal_mask_at(s->text, s->limit, s->pos, &kind)) > 0) {
		emit_personal(s, kind, s->pos, s->pos + mask);
		s->pos += mask;
	} else {
		bool after_piece = s->pos > 0 && s->pos == s->piece.end;
		if (class == SPI_CHAR_APOSTROPHE && !after_piece && spi_char_word_at(s->text, s->limit, s->pos + n))
			s->in_quotes = true;
		s->pos += n;
	}
}

sp_status sp_analyse(sp_analyser *analyser, const char *text, size_t len, sp_lang lang, sp_arena *arena,
	sp_tokens *ret)
{
	if (len > TEXT_MAX)
		return SP_ERR_TOO_LARGE;
	scan s;
	s = (scan){.analyser = analyser, .text = text, .len = len, .arena = arena, .status = SP_OK,
		.lang = lang >= 0 && lang < SP_LANG_COUNT ? lang : SP_LANG_NONE};
	spi_personal_start(&s.personal, text, len);
	next_span(&s);
	while (s.status == SP_OK && s.pos < len) {
		if (s.has_span && s.pos >= s.span.start) {
			emit_personal(&s, s.span.kind, s.span.start, s.span.end);
			s.pos = s.span.end;
			next_span(&s);
		} else {
			scan_char(&s);
		}
	}
	if (s.status == SP_OK)
		*ret = (sp_tokens){.items = s.items, .count = s.count};
	return s.status;
}
