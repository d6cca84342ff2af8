#include "answer/join.h"

#include "answer/context.h"
#include "sportello/catalog.h"

#include <string.h>

#define MESSAGES_MAX 4   /* before this one */
#define FRAGMENT_WORDS 6 /* content words; a longer message is a question of its own */

/* A few words led to the first step of a procedure: what follows at once may say which question it was. */
static bool began_a_walk(const sp_turn *turn)
{
	return turn->decision == SP_DECIDE_ANSWER && turn->reason == SP_REASON_SURE && turn->step && turn->question;
}

/* What was answered, or is with a person, is not gone on with; what only greeted or was not understood is. */
static bool is_open(const sp_turn *turn)
{
	if (began_a_walk(turn))
		return true;
	switch (turn->reason) {
	case SP_REASON_CHOICES: case SP_REASON_TOO_VAGUE: case SP_REASON_NO_ANSWER: case SP_REASON_CASE: case SP_REASON_UNKNOWN_CODE:
	case SP_REASON_GREETING: case SP_REASON_SMALLTALK: case SP_REASON_GIBBERISH: case SP_REASON_OFF_TOPIC:
		return turn->decision != SP_DECIDE_ANSWER && turn->question && !turn->step;
	default:
		return false;
	}
}

/* The first of the messages that came one right after the other until now; the dialogue's count: none. */
static size_t first_in_a_row(const sp_question *question)
{
	const sp_dialogue *dialogue = question->dialogue;
	size_t i = dialogue->count;
	int64_t next_utc_s = question->now_utc_s;
	while (i > 0 && dialogue->count - i < MESSAGES_MAX) {
		const sp_turn *turn = &dialogue->turns[i - 1];
		if (!is_open(turn) || turn->at_utc_s > next_utc_s || next_utc_s - turn->at_utc_s > question->join_s)
			break;
		next_utc_s = turn->at_utc_s;
		i--;
	}
	return i;
}

static bool is_text(const spi_deciding *d, const char *key)
{
	for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++) {
		const char *text = sp_catalog_text(lang, key);
		if (strlen(text) == d->question->len && memcmp(text, d->question->text, d->question->len) == 0)
			return true;
	}
	return false;
}

/* Tapped quickly is not typed quickly. */
static bool is_tapped(const spi_deciding *d)
{
	for (size_t i = 0; i < d->config->categories_count; i++)
		for (sp_lang lang = 0; lang < SP_LANG_COUNT; lang++) {
			const char *name = sp_texts_get(&d->config->categories[i].name, lang);
			if (strlen(name) == d->question->len && memcmp(name, d->question->text, d->question->len) == 0)
				return true;
		}
	return is_text(d, "reply.choice.none") || is_text(d, "reply.choice.person");
}

/* By itself it says what is to be done: nothing is missing that was said before. */
static bool stands_alone(const spi_deciding *d)
{
	static const spi_cue whole[] = {SPI_CUE_PERSON, SPI_CUE_THANKS, SPI_CUE_GOODBYE, SPI_CUE_ABUSE, SPI_CUE_TOPIC_CHANGE};
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (spi_has_cue(&d->cues, whole[i]))
			return true;
	sp_reason reason = d->decision->reason;
	if (reason == SP_REASON_STEP_UNCLEAR && spi_tells_device(d)) /* of the step */
		return true;
	return reason == SP_REASON_KNOWN_PHRASING || reason == SP_REASON_CODE || reason == SP_REASON_NO_CODE || reason == SP_REASON_LANGUAGE ||
		reason == SP_REASON_CHOSEN || reason == SP_REASON_ACCEPTED || reason == SP_REASON_DECLINED || d->decision->also_count > 0 || __builtin_popcountll(d->cues.content) > FRAGMENT_WORDS || is_tapped(d);
}

sp_status spi_join_find(const spi_deciding *d, spi_joining *ret)
{
	const sp_question *question = d->question;
	const sp_dialogue *dialogue = question->dialogue;
	*ret = (spi_joining){0};
	if (!dialogue || dialogue->count == 0 || dialogue->ticket_open || question->now_utc_s == 0 || question->join_s <= 0 ||
		(d->walked && d->decision->reason != SP_REASON_STEP_UNCLEAR) || stands_alone(d))
		return SP_OK;
	size_t first = first_in_a_row(question);
	if (first == dialogue->count)
		return SP_OK;
	const char *said = dialogue->turns[first].question;
	for (size_t i = first + 1; said && i < dialogue->count; i++)
		said = sp_arena_printf(d->arena, "%s %s", said, dialogue->turns[i].question);
	const char *text = said ? sp_arena_printf(d->arena, "%s %.*s", said, (int)question->len, question->text) : NULL;
	if (!text)
		return SP_ERR_NOMEM;
	if (sp_text_count_chars(text, strlen(text)) > SP_MESSAGE_MAX_CHARS)
		return SP_OK;
	*ret = (spi_joining){said, text, *dialogue};
	ret->before.count = first;
	for (size_t i = first; i < dialogue->count; i++)
		if (began_a_walk(&dialogue->turns[i]))
			ret->before.walk = NULL; /* it is not in it that the whole is meant */
	return SP_OK;
}

/* Asked back again: never a third time in a row, and not on the same thing. */
static bool asks_the_same(const sp_dialogue *dialogue, const sp_decision *together)
{
	const sp_turn *last = &dialogue->turns[dialogue->count - 1];
	size_t same = 0;
	if (last->decision != SP_DECIDE_CLARIFY)
		return false;
	if (dialogue->count >= 2 && last[-1].decision == SP_DECIDE_CLARIFY)
		return true;
	for (size_t i = 0; i < together->choices; i++)
		for (size_t k = 0; k < last->offered.count; k++)
			same += strcmp(together->candidates[i].id, last->offered.items[k]) == 0;
	return together->choices == 0 || same * 2 >= together->choices;
}

bool spi_join_is_better(const sp_dialogue *dialogue, const sp_decision *alone, const sp_decision *together)
{
	if (together->kind == SP_DECIDE_CLARIFY && asks_the_same(dialogue, together))
		return false;
	if (alone->reason == SP_REASON_STEP_UNCLEAR && together->kind == SP_DECIDE_CLARIFY)
		return together->choices > 0;
	if (alone->reason == SP_REASON_STEP_UNCLEAR)
		return together->kind == SP_DECIDE_ANSWER && strcmp(together->candidates[0].id, dialogue->walk->article) != 0;
	if (alone->kind == SP_DECIDE_ANSWER)
		return together->kind == SP_DECIDE_ANSWER && together->confidence > alone->confidence;
	/* "ho un problema" may be asked about; a person is not called for while somebody is still writing. */
	return together->kind != SP_DECIDE_NONE || alone->kind == SP_DECIDE_NONE;
}
