/* "la seconda", "2": one of the choices that were offered, said by its place. */
#include "answer/choose.h"

#include "answer/rank.h"
#include "answer/rules.h"

#include <string.h>

#define CHOSEN_CONFIDENCE 0.97
#define PLACE_WORDS 3   /* "e gli altri quattro" is something else */
#define CHOICE_WORDS 10 /* with what stands around it: "credo che sia la seconda, grazie" */

static size_t place_in(const sp_tokens *tokens, sp_lang lang, size_t count)
{
	static const spi_walk_cue places[] = {SPI_WALK_FIRST, SPI_WALK_SECOND, SPI_WALK_THIRD, SPI_WALK_FOURTH};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (spi_walk_cue_said(tokens, lang, places[i]))
			return i;
	return spi_walk_cue_said(tokens, lang, SPI_WALK_LAST) ? count - 1 : SP_CHOICES_MAX;
}

/* "direi la 2", "la prima che hai detto": all that stands around the place only says that it is one. */
static size_t place_among(const spi_deciding *d, size_t count)
{
	sp_lang lang = d->decision->lang;
	uint64_t around = spi_walk_cue_covered(&d->tokens, lang, SPI_CHOICE_AROUND) | d->cues.covered[SPI_CUE_THANKS] | d->cues.covered[SPI_CUE_GREETING];
	if (!around || d->tokens.count > CHOICE_WORDS)
		return SP_CHOICES_MAX;
	for (size_t words = PLACE_WORDS; words > 0; words--)
		for (size_t first = 0; first + words <= d->tokens.count; first++) {
			const sp_tokens part = {d->tokens.items + first, words};
			uint64_t own = (((uint64_t)1 << words) - 1) << first;
			size_t place = spi_unexplained(d, around | own) == 0 && !(own & around) ? place_in(&part, lang, count) : SP_CHOICES_MAX;
			if (place < count)
				return place;
		}
	return SP_CHOICES_MAX;
}

static size_t place_of(const spi_deciding *d, size_t count)
{
	size_t place = d->tokens.count <= PLACE_WORDS ? place_in(&d->tokens, d->decision->lang, count) : SP_CHOICES_MAX;
	return place < count ? place : place_among(d, count);
}

/* "nessuna delle due" is as good as a tap on none of them; of "boh" it is to be asked otherwise, once. */
static bool decide_by_none(spi_deciding *d)
{
	uint64_t courtesy = d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	uint64_t none = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_CHOICE_NONE), unknown = d->cues.covered[SPI_CUE_NOT_KNOWN];
	if (none && spi_unexplained(d, none | courtesy) == 0)
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
	if (unknown && spi_unexplained(d, unknown | courtesy) == 0)
		return spi_clarified_twice(d) ? spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER) : spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
	return false;
}

sp_status spi_decide_by_choice(spi_deciding *d, bool *ret, sp_error *err)
{
	const sp_turn *last = d->last;
	*ret = false;
	if (!last || last->decision != SP_DECIDE_CLARIFY || last->offered.count == 0 || d->asks)
		return SP_OK;
	/* A number has no language. */
	if (d->question->lang == SP_LANG_NONE && last->lang != SP_LANG_NONE && d->tokens.count == 1)
		d->decision->lang = last->lang;
	if ((*ret = decide_by_none(d)))
		return SP_OK;
	size_t place = place_of(d, last->offered.count);
	if (place >= last->offered.count)
		return SP_OK;
	sp_record record;
	sp_status status = sp_index_get(d->found.index, last->offered.items[place], d->decision->lang, d->arena, &record, err);
	if (status == SP_ERR_NOT_FOUND) {
		sp_error_clear(err);
		status = sp_index_get(d->found.index, last->offered.items[place], SP_LANG_NONE, d->arena, &record, err);
	}
	if (status == SP_ERR_NOT_FOUND) { /* it was taken back since */
		sp_error_clear(err);
		return SP_OK;
	}
	if (status != SP_OK || !spi_put_article(d, &record, CHOSEN_CONFIDENCE))
		return status != SP_OK ? status : SP_ERR_NOMEM;
	*ret = spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_CHOSEN);
	return SP_OK;
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
