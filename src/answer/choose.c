/* "la seconda", "2": choices that were offered, said by their place. */
#include "answer/choose.h"

#include "answer/place.h"
#include "answer/rank.h"
#include "answer/rules.h"

#include <string.h>

#define CHOSEN_CONFIDENCE 0.97
/* "nessuna delle due" is as good as a tap on none of them, and what it is instead is to be told; of "boh", and of "sì", it is to be asked
   otherwise, once. */
static bool decide_by_none(spi_deciding *d, const spi_places *places)
{
	uint64_t courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	uint64_t unknown = d->cues.covered[SPI_CUE_NOT_KNOWN] | spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_WALK_YES);
	if (places->none && !spi_says(d, SPI_CUE_TOPIC_CHANGE))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
	if (places->none || (unknown && places->count == 0 && spi_unexplained(d, unknown | courtesy) == 0))
		return spi_clarified_twice(d) ? spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER) : spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
	return false;
}

static sp_status get_offered(spi_deciding *d, size_t place, sp_record *ret, sp_error *err)
{
	const char *id = d->last->offered.items[place];
	sp_status status = sp_index_get(d->found.index, id, d->decision->lang, d->arena, ret, err);
	if (status == SP_ERR_NOT_FOUND) {
		sp_error_clear(err);
		status = sp_index_get(d->found.index, id, SP_LANG_NONE, d->arena, ret, err);
	}
	if (status == SP_ERR_NOT_FOUND) /* it was taken back since */
		sp_error_clear(err);
	return status;
}

/* "entrambe", "la prima e la terza": the first is answered, the others are offered. */
static sp_status choose(spi_deciding *d, const spi_places *places, bool *ret, sp_error *err)
{
	sp_decision *decision = d->decision;
	sp_candidate *chosen = sp_arena_alloc(d->arena, SP_CHOICES_MAX * sizeof *chosen);
	size_t wanted = places->all ? d->last->offered.count : places->count, count = 0;
	if (!chosen)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < wanted && count < SP_CHOICES_MAX; i++) {
		sp_record record;
		sp_status status = get_offered(d, places->all ? i : places->at[i], &record, err);
		if (status == SP_ERR_NOT_FOUND)
			continue;
		if (status != SP_OK || !spi_put_article(d, &record, CHOSEN_CONFIDENCE))
			return status != SP_OK ? status : SP_ERR_NOMEM;
		chosen[count++] = d->found.candidates[0];
	}
	if (count == 0)
		return SP_OK;
	d->found.candidates = chosen;
	decision->also = chosen + 1;
	decision->also_count = count - 1;
	*ret = spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_CHOSEN);
	return SP_OK;
}

/* "quella in mezzo", of four: of the two that are there, which? */
static sp_status offer_middle(spi_deciding *d, bool *ret, sp_error *err)
{
	sp_candidate *middle = sp_arena_alloc(d->arena, 2 * sizeof *middle);
	size_t count = 0, first = d->last->offered.count / 2 - 1;
	if (!middle)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < 2; i++) {
		sp_record record;
		sp_status status = get_offered(d, first + i, &record, err);
		if (status == SP_OK && !spi_put_article(d, &record, CHOSEN_CONFIDENCE))
			return SP_ERR_NOMEM;
		if (status == SP_OK)
			middle[count++] = d->found.candidates[0];
		else if (status != SP_ERR_NOT_FOUND)
			return status;
	}
	if (count < 2)
		return SP_OK;
	d->found.candidates = middle;
	d->found.count = d->decision->choices = count;
	*ret = spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_CHOICES);
	return SP_OK;
}

sp_status spi_decide_by_choice(spi_deciding *d, bool *ret, sp_error *err)
{
	const sp_turn *last = d->last;
	*ret = false;
	bool is_asked = last && last->decision == SP_DECIDE_CLARIFY;
	/* What is offered beside an answer may be taken by its place too. */
	bool is_beside = last && last->decision == SP_DECIDE_ANSWER && !last->step;
	if ((!is_asked && !is_beside) || last->offered.count == 0 || d->asks)
		return SP_OK;
	/* A number has no language. */
	if (d->question->lang == SP_LANG_NONE && last->lang != SP_LANG_NONE && d->tokens.count == 1)
		d->decision->lang = last->lang;
	spi_places places;
	spi_places_find(&d->tokens, &d->cues, d->decision->lang, last->offered.count, &places);
	if (is_asked && (*ret = decide_by_none(d, &places)))
		return SP_OK;
	if (is_asked && places.between)
		return offer_middle(d, ret, err);
	return (is_asked && places.all) || places.count > 0 ? choose(d, &places, ret, err) : SP_OK;
}

/* The category whose name a message is, as it is sent when it is tapped, in any language; NULL = none. */
static const sp_category *topic_of(const spi_deciding *d)
{
	size_t said_len = 0;
	const char *said = sp_text_normal_form(d->question->text, d->question->len, d->arena, &said_len);
	for (size_t i = 0; said && i < d->config->categories_count; i++)
		for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
			const char *name = sp_texts_get(&d->config->categories[i].name, (sp_lang)lang);
			size_t len = 0;
			const char *wanted = sp_text_normal_form(name, strlen(name), d->arena, &len);
			if (wanted && len > 0 && len == said_len && memcmp(said, wanted, len) == 0)
				return &d->config->categories[i];
		}
	return NULL;
}

/* The very first stays, whatever it is of: who cannot log in to the app says that the app does not work. */
static void keep_category(spi_retrieval *found, const char *category)
{
	size_t kept = found->count > 0;
	for (size_t i = 1; i < found->count; i++)
		if (strcmp(found->candidates[i].category, category) == 0)
			found->candidates[kept++] = found->candidates[i];
	found->count = kept;
}

sp_status spi_decide_by_topic(spi_deciding *d, bool *ret, sp_error *err)
{
	const sp_turn *last = d->last;
	*ret = false;
	if (!last || last->reason != SP_REASON_TOO_VAGUE || !last->question)
		return SP_OK;
	const sp_category *topic = topic_of(d);
	if (!topic)
		return SP_OK;
	if (last->lang != SP_LANG_NONE)
		d->decision->lang = d->found.lang = last->lang;
	const spi_retrieval before = d->found;
	d->found.text = sp_arena_printf(d->arena, "%s. %.*s", last->question, (int)d->question->len, d->question->text);
	if (!d->found.text)
		return SP_ERR_NOMEM;
	d->found.len = strlen(d->found.text);
	sp_status status = spi_retrieve(&d->found, err);
	if (status != SP_OK)
		return status;
	keep_category(&d->found, topic->key);
	if (d->found.count == 0) { /* nothing of it is near: as any other message */
		d->found = before;
		return SP_OK;
	}
	spi_judge(d);
	d->topic.said = last->question;
	if (d->found.count == 1)
		*ret = spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	else
		*ret = spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_CHOICES);
	if (d->decision->kind == SP_DECIDE_CLARIFY)
		d->decision->choices = d->found.count < SP_CHOICES_MAX ? d->found.count : SP_CHOICES_MAX;
	return SP_OK;
}
