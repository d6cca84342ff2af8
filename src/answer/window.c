#include "answer/window.h"

#include "answer/rules.h"

#include "base/clock.h"

#include <string.h>

#define DAY_CONFIDENCE 0.97 /* of what a told day means for the article that it was asked for */
#define TOLD_DAY_CONFIDENCE 0.4 /* of an article with a window, where the question tells a day: a day is else a sign of a case */
#define TOLD_DAY_SURE 0.9    /* of one where nothing is asked: "ho pagato due volte la tari il 3 marzo" */
#define TOLD_DAY_CASE 1.0    /* so much of a case is the day, which such an article wants to know */
#define TOLD_DAY_WORDS 20   /* in a longer story other times are told */
#define TIMES_CONFIDENCE 0.9
#define OTHER_WORDS 2       /* so many may stand beside the day: "ho comprato le scarpe il 3 marzo" */

sp_date spi_date_of_days(int64_t days)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	return (sp_date)(year * 10000 + (int)month * 100 + (int)day);
}

static bool is_about_the_day(sp_reason reason)
{
	return reason == SP_REASON_WINDOW_ASKED || reason == SP_REASON_WINDOW_AGAIN || reason == SP_REASON_WINDOW;
}

/* What was said last that was about something; NULL = nothing. "grazie" in between changes nothing. */
static const sp_turn *last_turn(const sp_dialogue *before)
{
	size_t i = before ? before->count : 0;
	while (i > 0 && before->turns[i - 1].decision == SP_DECIDE_NONE)
		i--;
	return i > 0 ? &before->turns[i - 1] : NULL;
}

/* Whether a message after a turn may be nothing but the day: it was asked for, or one was told and is put right. */
static bool answers_when(const sp_turn *before, const sp_record *article, int64_t today)
{
	spi_dates told;
	if (!before || !before->article || strcmp(before->article, article->id) != 0)
		return false;
	if (is_about_the_day(before->reason) || !before->question)
		return is_about_the_day(before->reason);
	spi_dates_find(before->question, strlen(before->question), before->lang, today, article->window_from, &told);
	return told.count > 0;
}

void spi_window_dates(const sp_decision *decision, const sp_record *article, int64_t today, spi_dates *ret)
{
	const sp_turn *before = last_turn(decision->before);
	void (*find)(const char *, size_t, sp_lang, int64_t, const char *, spi_dates *) = answers_when(before, article, today) ? spi_dates_answer : spi_dates_find;
	size_t len = strlen(decision->masked);
	find(decision->masked, len, decision->lang, today, article->window_from, ret);
	if (ret->count == 0 && !ret->impossible && before && before->lang != decision->lang)
		find(decision->masked, len, before->lang, today, article->window_from, ret);
}

/* Whether a turn before is about another matter than the window: what was asked of it, once it was shown, is not. */
static bool is_another_matter(const sp_decision *decision, const sp_record *article, const sp_turn *turn)
{
	if (!turn->question)
		return true;
	bool is_of_window = decision->reason == SP_REASON_WINDOW && turn->article && strcmp(turn->article, article->id) == 0;
	return turn->decision == SP_DECIDE_ANSWER && !is_of_window;
}

/* What was said since the last answer counts too: it is the same matter. */
static void dates_said(const sp_decision *decision, const sp_record *article, int64_t today, spi_dates *ret)
{
	const sp_dialogue *before = decision->before;
	spi_window_dates(decision, article, today, ret);
	for (size_t i = before ? before->count : 0; ret->count == 0 && i-- > 0;) {
		const sp_turn *turn = &before->turns[i];
		if (is_another_matter(decision, article, turn))
			return;
		if (turn->reason == SP_REASON_WINDOW)
			spi_dates_answer(turn->question, strlen(turn->question), turn->lang, today, article->window_from, ret);
		else
			spi_dates_find(turn->question, strlen(turn->question), turn->lang, today, article->window_from, ret);
	}
}

static bool is_one_day(const spi_dates *dates, int64_t today)
{
	return dates->count == 1 && dates->last <= today;
}

static sp_window_state state_of(const spi_dates *dates, int64_t wait, int64_t until, int64_t today)
{
	if (today < dates->first + wait)
		return SP_WINDOW_EARLY;
	if (until && today > dates->last + until)
		return SP_WINDOW_LATE;
	return today >= dates->last + wait && (!until || today <= dates->first + until) ? SP_WINDOW_OPEN : SP_WINDOW_UNSURE;
}

void spi_window_judge(const sp_decision *decision, const sp_record *article, int64_t today, sp_window_shown *ret)
{
	spi_dates dates;
	*ret = (sp_window_shown){.state = SP_WINDOW_TOLD, .from = article->window_from, .wait_days = article->window_wait_days,
		.until_days = article->window_until_days};
	if (decision->reason == SP_REASON_WINDOW_ASKED || decision->reason == SP_REASON_WINDOW_AGAIN) {
		spi_window_dates(decision, article, today, &dates);
		ret->state = SP_WINDOW_ASKED;
		ret->no_such_day = dates.impossible && dates.count == 0;
		return;
	}
	dates_said(decision, article, today, &dates);
	if (!is_one_day(&dates, today))
		return;
	int64_t wait = ret->wait_days, until = ret->until_days;
	ret->state = state_of(&dates, wait, until, today);
	ret->first = spi_date_of_days(dates.first);
	ret->last = spi_date_of_days(dates.last);
	/* Of a range what holds whichever day it was: it opens with the last, and closes with the first; when it has ended, with the last. */
	ret->opens = spi_date_of_days(dates.last + wait);
	ret->closes = until ? spi_date_of_days((ret->state == SP_WINDOW_LATE ? dates.last : dates.first) + until) : 0;
	if (ret->closes && ret->opens > ret->closes && ret->state != SP_WINDOW_LATE) /* nothing holds for all of so long a range */
		ret->opens = ret->closes = 0;
}

/* ---- in a decision ---- */

static bool says_something_else(const spi_deciding *d)
{
	static const spi_cue others[] = {SPI_CUE_PERSON, SPI_CUE_TOPIC_CHANGE, SPI_CUE_NOT_SOLVED, SPI_CUE_SENT_BACK, SPI_CUE_CASE_ACT,
		SPI_CUE_ABUSE, SPI_CUE_BUT};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (spi_has_cue(&d->cues, others[i]))
			return true;
	return false;
}

/* Whether the message is nothing but a day. */
static bool is_only_a_day(const spi_deciding *d, const spi_dates *dates)
{
	return !says_something_else(d) && (dates->count == 1 || dates->impossible) && dates->other <= (d->asks ? 0 : OTHER_WORDS);
}

/* "entro quando posso farlo?" of the article that was just shown. */
static bool asks_for_times(const spi_deciding *d)
{
	uint64_t times = d->cues.covered[SPI_CUE_DEADLINE] | d->cues.covered[SPI_CUE_FOLLOW_UP] | d->cues.covered[SPI_CUE_QUESTION];
	return d->asks && spi_has_cue(&d->cues, SPI_CUE_DEADLINE) && !says_something_else(d) &&
		   __builtin_popcountll(d->cues.content & ~times) <= OTHER_WORDS;
}

/* "non ricordo", where the day was asked for: then the times in words are all there is to say. */
static bool does_not_know(const spi_deciding *d, const sp_turn *last)
{
	bool was_asked = last->reason == SP_REASON_WINDOW_ASKED || last->reason == SP_REASON_WINDOW_AGAIN;
	return was_asked && spi_has_cue(&d->cues, SPI_CUE_NOT_KNOWN) && !d->asks && !says_something_else(d) &&
		   __builtin_popcountll(d->cues.content & ~d->cues.covered[SPI_CUE_NOT_KNOWN]) <= 1;
}

bool spi_decide_by_window(spi_deciding *d)
{
	const sp_record *article = d->topic.record;
	const sp_turn *last = last_turn(d->question->dialogue);
	spi_dates dates;
	if (!last || last->decision != SP_DECIDE_ANSWER || last->step || !article || !last->article || !spi_has_window(article) ||
		strcmp(last->article, article->id) != 0 || (article->valid_until && d->question->day > article->valid_until))
		return false;
	int64_t today = sp_date_days(d->question->day);
	spi_window_dates(d->decision, article, today, &dates);
	bool is_day = is_only_a_day(d, &dates);
	if ((!is_day && !asks_for_times(d) && !does_not_know(d, last)) || !spi_put_article(d, article, is_day ? DAY_CONFIDENCE : TIMES_CONFIDENCE))
		return false;
	/* A day says nothing of the language: "3. März" after English is read, and answered in English. */
	if (d->question->lang == SP_LANG_NONE && last->lang != SP_LANG_NONE)
		d->decision->lang = last->lang;
	bool is_no_day = is_day && (dates.count == 0 || dates.last > today);
	bool again = is_no_day && last->reason != SP_REASON_WINDOW_AGAIN;
	return spi_decided(d, SP_DECIDE_ANSWER, again ? SP_REASON_WINDOW_AGAIN : SP_REASON_WINDOW);
}

/* Whether the message may be one for an article that counts from the day. */
static bool may_tell_day(const spi_deciding *d)
{
	if (d->asks && !spi_has_cue(&d->cues, SPI_CUE_CASE_ACT))
		return d->confidence >= TOLD_DAY_CONFIDENCE;
	return !d->asks && d->confidence >= TOLD_DAY_SURE && d->case_score >= CASE_SCORE && d->case_score - TOLD_DAY_CASE < CASE_SCORE;
}

bool spi_decide_by_told_day(spi_deciding *d)
{
	sp_record article;
	spi_dates dates;
	if (!may_tell_day(d) || d->found.stats.words > TOLD_DAY_WORDS || d->found.count == 0 ||
		sp_index_get_docid(d->found.index, d->found.candidates[0].docid, d->arena, &article, NULL) != SP_OK || !spi_has_window(&article))
		return false;
	int64_t today = sp_date_days(d->question->day);
	spi_window_dates(d->decision, &article, today, &dates);
	return is_one_day(&dates, today) && spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

static bool was_asked(const spi_deciding *d, const char *id)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	for (size_t i = 0; dialogue && i < dialogue->count; i++) {
		const sp_turn *turn = &dialogue->turns[i];
		bool asked = turn->reason == SP_REASON_WINDOW_ASKED || turn->reason == SP_REASON_WINDOW_AGAIN || turn->reason == SP_REASON_WINDOW;
		if (asked && turn->article && strcmp(turn->article, id) == 0)
			return true;
	}
	return false;
}

sp_status spi_window_follow(spi_deciding *d, sp_error *err)
{
	sp_decision *decision = d->decision;
	sp_record article;
	spi_dates dates;
	if (decision->kind != SP_DECIDE_ANSWER || !d->question->talks || decision->walk || decision->also_count > 0 || d->found.count == 0)
		return SP_OK;
	sp_status status = sp_index_get_docid(d->found.index, d->found.candidates[0].docid, d->arena, &article, err);
	if (status != SP_OK || !spi_has_window(&article) || was_asked(d, article.id))
		return status;
	int64_t today = sp_date_days(d->question->day);
	dates_said(decision, &article, today, &dates);
	if (!is_one_day(&dates, today))
		decision->reason = SP_REASON_WINDOW_ASKED;
	return SP_OK;
}
