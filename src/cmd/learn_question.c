/* From a confirmed answer to the question that it was for: which turn asked it, and whether its text is a phrasing. */
#include "cmd/learn.h"

#include "gaps/wording.h"

#include <string.h>

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
	const char *text = spi_wording_clean(turns[asked].question, r->arena);
	sp_status status = text ? sp_analyse(r->analyser, text, strlen(text), r->lang, r->arena, &tokens) : SP_ERR_NOMEM;
	if (status != SP_OK)
		return sp_error_set(err, status, NULL, 0, "out of memory");
	spi_cues_find(&tokens, r->lang, &cues);
	question->text = spi_wording_without_courtesy(text, &tokens, &cues, r->arena);
	question->form = question->text ?
		spi_wording_form(question->text, strlen(question->text), r->arena, &question->form_len) : NULL;
	if (!question->form)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if ((status = spi_wording_says_something(question->text, r->lang, r->analyser, r->arena, &says, err)) != SP_OK)
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
