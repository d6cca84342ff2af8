/* Articles with a window: too early before, too late after, counted from a day that the person is asked for. What was asked is in the
   conversation's turns (their reason), so nothing else is to be remembered. */
#ifndef ANSWER_WINDOW_H
#define ANSWER_WINDOW_H

#include "answer/dates.h"
#include "answer/decide.h"

static inline bool spi_has_window(const sp_record *article)
{
	return article->window_from && *article->window_from;
}

sp_date spi_date_of_days(int64_t days);
/* What a message says of days: in the reply's language, or the one that was spoken before. Once the day was asked for, or told, a message
   answers with it. */
void spi_window_dates(const sp_decision *decision, const sp_record *article, int64_t today, spi_dates *ret);
/* The window of an article, seen on a day by who wrote the decision's message. */
void spi_window_judge(const sp_decision *decision, const sp_record *article, int64_t today, sp_window_shown *ret);

/* Before anything is looked for: whether the message is the day that the article shown last counts from; then it is decided. */
bool spi_decide_by_window(spi_deciding *d);
/* By the candidates: a question that tells the day which the first one's window counts from ("ho preso una multa il 3 novembre, posso ancora
   pagare ridotto?") is answered by it; the day alone makes no case. */
bool spi_decide_by_told_day(spi_deciding *d);
/* After a decision: ask for the day, once, where an answer needs it and the message has none. */
sp_status spi_window_follow(spi_deciding *d, sp_error *err);

#endif
