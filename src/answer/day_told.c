#include "answer/day_told.h"

#include "answer/context.h"
#include "answer/rules.h"
#include "base/clock.h"

#define DAYS_IN_A_ROW 2 /* then a person */
#define ENDED_LIKELY 0.6 /* that an article says what can be done */

bool spi_is_only_days(const char *text, size_t len, sp_lang lang, int64_t today, spi_dates *ret)
{
	for (int i = -1; i < SP_LANG_COUNT; i++) {
		sp_lang tried = i < 0 ? lang : (sp_lang)i;
		if (i == (int)lang)
			continue;
		spi_dates_find(text, len, tried, today, NULL, ret);
		if ((ret->count > 0 || ret->impossible || ret->due) && ret->other == 0)
			return true;
	}
	return false;
}

static bool changes_nothing(const sp_turn *turn)
{
	return turn->reason == SP_REASON_DAY_TOLD || turn->reason == SP_REASON_NUMBER_TOLD || turn->reason == SP_REASON_THANKS || turn->reason == SP_REASON_GREETING || turn->reason == SP_REASON_GOODBYE ||
		turn->reason == SP_REASON_ABUSE;
}

const sp_turn *spi_turn_before(const sp_dialogue *dialogue)
{
	size_t i = dialogue ? dialogue->count : 0;
	while (i > 0 && changes_nothing(&dialogue->turns[i - 1]))
		i--;
	return i > 0 ? &dialogue->turns[i - 1] : NULL;
}

/* "oggi mi serve una persona" has none of these words left; what is said of the answer, or asks on, is no detail. */
static bool says_more(const spi_deciding *d)
{
	static const spi_cue others[] = {SPI_CUE_PERSON, SPI_CUE_TOPIC_CHANGE, SPI_CUE_NOT_SOLVED, SPI_CUE_SENT_BACK, SPI_CUE_CASE_ACT, SPI_CUE_ABUSE,
		SPI_CUE_BUT, SPI_CUE_FOLLOW_UP, SPI_CUE_NEXT, SPI_CUE_DEADLINE};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (spi_has_cue(&d->cues, others[i]))
			return true;
	return d->asks;
}

static size_t days_in_a_row(const sp_dialogue *dialogue)
{
	size_t days = 0;
	for (size_t i = dialogue->count; i > 0 && dialogue->turns[i - 1].reason == SP_REASON_DAY_TOLD; i--)
		days++;
	return days;
}

bool spi_decide_by_day_told(spi_deciding *d)
{
	static const sp_dialogue nothing_said;
	const sp_question *question = d->question;
	const sp_dialogue *dialogue = question->dialogue ? question->dialogue : &nothing_said;
	spi_dates dates;
	if (says_more(d) || !spi_is_only_days(question->text, question->len, d->decision->lang, sp_date_days(question->day), &dates))
		return false;
	/* "è scaduta ieri" may have an answer of its own. */
	if (dates.count == 0 && dates.due)
		return false;
	/* A day says nothing of the language. */
	sp_lang before = dialogue->count > 0 ? dialogue->turns[dialogue->count - 1].lang : SP_LANG_NONE;
	if (question->lang == SP_LANG_NONE && before != SP_LANG_NONE)
		d->decision->lang = before;
	/* "ho pagato ieri" is more than a day where nothing was answered yet; "anzi, il 4" is one. */
	size_t in_a_row = days_in_a_row(dialogue);
	if (dates.beside > 0 && in_a_row == 0 && (!d->last || d->last->decision == SP_DECIDE_CLARIFY))
		return false;
	bool is_offered = d->last && d->last->decision == SP_DECIDE_TICKET && !dialogue->ticket_open;
	if (is_offered || in_a_row >= DAYS_IN_A_ROW)
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_DAY_TOLD);
}

bool spi_rule_due_day(spi_deciding *d)
{
	const sp_question *question = d->question;
	spi_dates dates;
	/* "è scaduto ieri" */
	bool has_answer = d->found.count > 0 && d->confidence >= ENDED_LIKELY && !spi_topic_was_shown(d, d->found.candidates[0].id);
	if (says_more(d) || has_answer)
		return false;
	if (!spi_is_only_days(question->text, question->len, d->decision->lang, sp_date_days(question->day), &dates) || !dates.due)
		return false;
	d->found.count = 0; /* it is about what was talked of before */
	spi_judge(d);
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_DAY_TOLD);
}
