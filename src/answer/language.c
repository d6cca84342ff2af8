/* In which language a message is answered; and what is the same in all of them. */
#include "answer/decide.h"
#include "answer/rank.h"

#include <math.h>
#include <string.h>

#define SURE_OF_LANGUAGE 0.75 /* from here on the text's language goes before the one of the page */
#define LIKELY_LANGUAGE 0.5   /* from here on it goes before the one of the browser: "otp" is a word of all */
#define LEFT_LANGUAGE 0.65    /* from here on it goes before the dialogue's: more than one word, as "prima" and "come" are words of others too */
#define PASTED_SIGNS 6
#define PASTED_SHARE 25   /* one of so many characters is such a sign */
#define PASTED_SURE 0.4

static bool is_title_of(sp_index *index, const char *id, sp_lang lang, const sp_question *question, sp_arena *arena)
{
	sp_record record;
	return sp_index_get(index, id, lang, arena, &record, NULL) == SP_OK && strlen(record.title) == question->len &&
	       memcmp(record.title, question->text, question->len) == 0;
}

/* Whether the message is the title of something that was offered. */
static bool is_tapped(const sp_question *question, const sp_turn *last, sp_index *index, sp_arena *arena)
{
	for (size_t i = 0; last && i < last->offered.count; i++) {
		unsigned langs = sp_index_langs_of(index, last->offered.items[i]);
		for (int lang = 0; lang < SP_LANG_COUNT; lang++)
			if (langs >> lang & 1 && is_title_of(index, last->offered.items[i], (sp_lang)lang, question, arena))
				return true;
	}
	return false;
}

/* Something of a program: braces, equals signs, quotes, stack traces. */
static bool looks_pasted(const sp_question *question)
{
	size_t signs = 0;
	for (size_t i = 0; i < question->len; i++)
		signs += question->text[i] != '\0' && strchr("{}[]()<>=;:\"|", question->text[i]) != NULL;
	return question->len > 0 && signs >= PASTED_SIGNS && signs * PASTED_SHARE >= question->len;
}

/* "e il pin?" in a conversation in English: words that only Italian has, and none that only English has. */
static bool has_left_language(const sp_question *question, sp_lang before)
{
	return sp_text_language(question->text, question->len, 1u << before, NULL) == SP_LANG_NONE;
}

sp_lang spi_choose_language(const sp_question *question, const sp_kb_config *config, const sp_turn *last, sp_index *index, sp_arena *arena)
{
	double sure = 0;
	sp_lang found = sp_text_language(question->text, question->len, config->langs, &sure);
	if (looks_pasted(question)) /* the words of a log are English, whoever pastes it */
		sure = sure < PASTED_SURE ? sure : PASTED_SURE;
	bool changes = last && last->lang != SP_LANG_NONE && found != last->lang;
	if (changes && is_tapped(question, last, index, arena))
		return last->lang;
	if (found != SP_LANG_NONE && sure >= SURE_OF_LANGUAGE)
		return found;
	if (changes && found != SP_LANG_NONE && sure >= LEFT_LANGUAGE && has_left_language(question, last->lang))
		return found;
	if (question->lang != SP_LANG_NONE)
		return question->lang;
	if (last && last->lang != SP_LANG_NONE)
		return last->lang;
	if (found != SP_LANG_NONE && sure >= LIKELY_LANGUAGE)
		return found;
	return question->likely_lang & config->langs ? (sp_lang)__builtin_ctz(question->likely_lang & config->langs) : config->default_lang;
}

/* A message by itself, of words that say nothing of their language. */
static bool is_of_all_languages(const spi_deciding *d)
{
	return d->found.lang != d->config->default_lang && !d->topic.said && d->found.stats.content_words > 0 &&
		   sp_text_language(d->found.text, d->found.len, d->config->langs, NULL) == SP_LANG_NONE;
}

static bool put_first(spi_deciding *d, const sp_record *own)
{
	sp_candidate *candidates = d->found.candidates;
	for (size_t i = 0; i < d->found.count; i++) {
		if (candidates[i].docid != own->docid)
			continue;
		sp_candidate found = candidates[i];
		found.score = candidates[0].score;
		memmove(candidates + 1, candidates, i * sizeof found);
		candidates[0] = found;
		return true;
	}
	return spi_put_article(d, own, 0);
}

sp_status spi_look_in_first_language(spi_deciding *d, sp_error *err)
{
	sp_record own;
	if (d->confidence >= spi_sure_from(d) || !is_of_all_languages(d))
		return SP_OK;
	spi_retrieval first = d->found;
	first.lang = d->config->default_lang;
	first.queue = d->found.busy ? NULL : first.queue; /* who waited in vain does not wait twice */
	sp_status status = spi_retrieve(&first, err);
	if (status != SP_OK || first.count == 0)
		return status;
	bool is_known = first.candidates[0].features[SP_FEATURE_EXACT] > 0;
	double confidence = spi_confidence(first.candidates, first.count, &first.stats);
	if (!is_known && confidence < spi_answer_threshold(d->config->answer_precision, &first.stats))
		return SP_OK;
	status = sp_index_get(d->found.index, first.candidates[0].id, d->found.lang, d->arena, &own, err);
	if (status != SP_OK)
		return status == SP_ERR_NOT_FOUND ? SP_OK : status;
	if (!put_first(d, &own))
		return SP_OK;
	d->named_in_first = is_known || spi_is_named(&first);
	if (is_known) /* it is answered there, whatever else is like it */
		confidence = fmax(confidence, spi_sure_from(d));
	d->confidence = confidence;
	d->choice_confidence = d->choice_confidence > confidence ? d->choice_confidence : confidence;
	return SP_OK;
}
