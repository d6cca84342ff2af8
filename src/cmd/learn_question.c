/* From a confirmed answer to the question that it was for: which turn asked it, and what of its text is a phrasing. */
#include "cmd/learn.h"

#include "answer/cues.h"
#include "sportello/personal.h"
#include "text/chars.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#define ALONE_WORDS 4 /* so many content words say by themselves what is asked; the responder reads fewer in context */

typedef struct reading {
	const spi_learn_kb *kb;
	sp_analyser *analyser;
	const sp_confirmed *confirmed;
	sp_lang lang;
	sp_arena *arena;
} reading;

/* ---- which turn ---- */

/* Whether a message is a choice that was tapped: the title of an article that was offered, or a category's name. */
static bool is_tapped(const reading *r, const sp_turn *turn, const sp_turn *offering)
{
	const sp_kb_config *config = r->kb->config;
	if (offering->decision != SP_DECIDE_CLARIFY)
		return false;
	for (size_t i = 0; i < offering->offered.count; i++) {
		for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
			const sp_article *article = spi_learn_article(r->kb, offering->offered.items[i], (sp_lang)lang);
			if (article && strcmp(article->title, turn->question) == 0)
				return true;
		}
	}
	for (size_t i = 0; i < config->categories_count; i++) {
		for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
			const char *name = config->categories[i].name.by_lang[lang];
			if (name && strcmp(name, turn->question) == 0)
				return true;
		}
	}
	return false;
}

/* What a person tapped answers what was asked before. */
static size_t turn_that_asked(const reading *r)
{
	size_t i = r->confirmed->at;
	while (i > 0 && is_tapped(r, &r->confirmed->turns[i], &r->confirmed->turns[i - 1]))
		i--;
	return i;
}

/* Whether a message is read after the one before it (as src/answer/decide.c reads it), and says little alone. */
static bool leans(const sp_turn *before, const spi_cues *cues)
{
	if (!before || spi_has_cue(cues, SPI_CUE_TOPIC_CHANGE))
		return false;
	if (before->decision != SP_DECIDE_ANSWER && before->decision != SP_DECIDE_CLARIFY)
		return false;
	return spi_has_cue(cues, SPI_CUE_FOLLOW_UP) || spi_has_cue(cues, SPI_CUE_NOT_SOLVED) ||
		__builtin_popcountll(cues->content) < ALONE_WORDS;
}

/* ---- what of its text ---- */

/* Nothing that is seen: left away, or a blank. */
static bool is_hidden(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CF:
		return true;
	default:
		return c == 0xFFFD || utf8proc_get_property((utf8proc_int32_t)c)->ignorable;
	}
}

static bool is_blank(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
	return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
		category == UTF8PROC_CATEGORY_ZP;
}

/* One line of what is seen, with single blanks, and masked by what this program knows today. */
static const char *clean(const char *text, sp_arena *arena)
{
	sp_buffer line = SP_BUFFER_INIT, masked = SP_BUFFER_INIT;
	bool due = false;
	size_t len = strlen(text);
	for (size_t pos = 0; pos < len;) {
		uint32_t c;
		size_t n = spi_utf8_decode(text + pos, len - pos, &c);
		if (is_blank(c))
			due = line.len > 0;
		else if (!is_hidden(c)) {
			if (due)
				sp_buffer_add_char(&line, ' ');
			due = false;
			sp_buffer_add(&line, text + pos, n);
		}
		pos += n;
	}
	sp_personal_mask(sp_buffer_text(&line), line.len, &masked);
	const char *kept = sp_buffer_ok(&line) && sp_buffer_ok(&masked) ? sp_arena_strdup(arena, sp_buffer_text(&masked)) : NULL;
	sp_buffer_release(&line);
	sp_buffer_release(&masked);
	return kept;
}

static uint64_t courtesy(const spi_cues *cues)
{
	return cues->covered[SPI_CUE_GREETING] | cues->covered[SPI_CUE_THANKS] | cues->covered[SPI_CUE_GOODBYE] |
		cues->covered[SPI_CUE_TOPIC_CHANGE];
}

/* Without the greeting before it (as the responder reads it) and the thanks behind it. */
static const char *without_courtesy(const char *text, const sp_tokens *tokens, const spi_cues *cues, sp_arena *arena)
{
	uint64_t opening = cues->covered[SPI_CUE_GREETING] | cues->covered[SPI_CUE_TOPIC_CHANGE];
	uint64_t closing = cues->covered[SPI_CUE_THANKS] | cues->covered[SPI_CUE_GOODBYE];
	size_t first = 0, last = tokens->count;
	while (first < cues->count && opening >> first & 1)
		first++;
	if (last == cues->count)
		while (last > first && closing >> (last - 1) & 1)
			last--;
	size_t start = first > 0 && first < tokens->count ? tokens->items[first].start : 0;
	size_t end = last < tokens->count ? tokens->items[last].start : strlen(text);
	while (end > start && strchr(" ,;:-(", text[end - 1]))
		end--;
	return sp_arena_strndup(arena, text + start, end - start);
}

static const char *without_masks(const char *text, sp_arena *arena)
{
	char *rest = sp_arena_strdup(arena, text), *mark;
	for (int kind = 0; rest && kind < SP_PERSONAL_COUNT; kind++) {
		char mask[40];
		snprintf(mask, sizeof mask, "<%s>", sp_personal_name((sp_personal_kind)kind));
		while ((mark = strstr(rest, mask)))
			memset(mark, ' ', strlen(mask));
	}
	return rest;
}

/* Whether anything is left that says what is asked: a word of content, or an error's code. */
static sp_status says_something(const reading *r, const char *text, bool *ret, sp_error *err)
{
	sp_tokens tokens;
	spi_cues cues;
	const char *rest = without_masks(text, r->arena);
	sp_status status = rest ? sp_analyse(r->analyser, rest, strlen(rest), r->lang, r->arena, &tokens) : SP_ERR_NOMEM;
	if (status != SP_OK)
		return sp_error_set(err, status, NULL, 0, "out of memory");
	spi_cues_find(&tokens, r->lang, &cues);
	*ret = false;
	for (size_t i = 0; i < tokens.count; i++) {
		bool is_word = tokens.items[i].kind == SP_TOKEN_CODE ||
			(tokens.items[i].kind == SP_TOKEN_WORD && !tokens.items[i].is_function_word);
		*ret |= is_word && !(i < cues.count && courtesy(&cues) >> i & 1);
	}
	*ret &= !spi_has_cue(&cues, SPI_CUE_ABUSE);
	return SP_OK;
}

/* ---- the whole ---- */

/* Whether an article takes phrasings of these people: it is for them by name. What agents type must not come up in the
   completions of a citizen. */
static spi_learn_fate judge_article(const reading *r, const sp_article *article)
{
	int audience = sp_kb_audience(r->kb->config, r->confirmed->audience);
	if (!article || article->status != SP_STATUS_PUBLISHED || (article->valid_from && article->valid_from > r->kb->day) ||
		(article->valid_until && article->valid_until < r->kb->day && !article->ended && !article->replaced_by))
		return SPI_LEARN_GONE;
	return audience >= 0 && article->audience >> audience & 1 ? SPI_LEARN_KEPT : SPI_LEARN_READERS;
}

static sp_status judge_text(const reading *r, size_t asked, spi_learn_question *question, spi_learn_fate *fate,
	sp_error *err)
{
	sp_tokens tokens;
	spi_cues cues;
	bool says = false;
	const sp_turn *turns = r->confirmed->turns;
	const char *text = clean(turns[asked].question, r->arena);
	sp_status status = text ? sp_analyse(r->analyser, text, strlen(text), r->lang, r->arena, &tokens) : SP_ERR_NOMEM;
	if (status != SP_OK)
		return sp_error_set(err, status, NULL, 0, "out of memory");
	spi_cues_find(&tokens, r->lang, &cues);
	question->text = without_courtesy(text, &tokens, &cues, r->arena);
	question->form = question->text ?
		spi_learn_form(question->text, strlen(question->text), r->arena, &question->form_len) : NULL;
	if (!question->form)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if ((status = says_something(r, question->text, &says, err)) != SP_OK)
		return status;
	bool is_vague = asked < r->confirmed->at && turns[asked].reason == SP_REASON_TOO_VAGUE;
	if (sp_text_count_chars(text, strlen(text)) > SPI_LEARN_CHARS_MAX)
		*fate = SPI_LEARN_LONG;
	else if (!says || is_vague || question->form_len == 0)
		*fate = SPI_LEARN_EMPTY;
	else if (spi_map_get(&r->kb->known[r->lang], question->form, question->form_len))
		*fate = SPI_LEARN_KNOWN;
	else if (leans(asked > 0 ? &turns[asked - 1] : NULL, &cues))
		*fate = SPI_LEARN_LEANS;
	return SP_OK;
}

sp_status spi_learn_read(const spi_learn_kb *kb, sp_analyser *analyser, const sp_confirmed *confirmed, sp_arena *arena,
	spi_learn_question *ret, spi_learn_fate *ret_fate, sp_error *err)
{
	const sp_turn *answered = &confirmed->turns[confirmed->at];
	reading r = {.kb = kb, .analyser = analyser, .confirmed = confirmed, .lang = answered->lang, .arena = arena};
	const sp_article *article = r.lang == SP_LANG_NONE ? NULL : spi_learn_article(kb, answered->article, r.lang);
	spi_learn_question question = {.article = article};
	*ret_fate = judge_article(&r, article);
	if (*ret_fate != SPI_LEARN_KEPT)
		return SP_OK;
	sp_status status = judge_text(&r, turn_that_asked(&r), &question, ret_fate, err);
	if (status == SP_OK && *ret_fate == SPI_LEARN_KEPT)
		*ret = question;
	return status;
}
