/* Days that people name: "il 3 marzo", "3/3/2021", "lunedì scorso", "two weeks ago", "im Januar". The words are in
   cues/<lang>/dates.txt. Pure; today is given. */
#ifndef ANSWER_DATES_H
#define ANSWER_DATES_H

#include "sportello/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct spi_dates {
	int64_t first, last; /* the day that was named, since 1970-01-01; a range where more is not known ("a gennaio") */
	size_t count;        /* days that were named, each once; with more than one it is not known which is meant */
	bool impossible;     /* one is named that no calendar has: 31/02/2021 */
	size_t other;        /* words that are neither part of one nor say nothing else ("era", "credo") */
	size_t beside;       /* words that say little else, but something: "pagato" */
	bool due;            /* one was named on which something ends ("scade il 10 novembre"): it is none of those above, */
	int64_t due_first, due_last; /* but this one; with several the last that was said */
} spi_dates;

/* What a text says of days, seen from today. Days without a year are the last that were, not the next. What has no day has count 0. A day that
   something ends on is not one that something happened on: it is left out, where aside does not speak of an end itself.
   @p aside NULL, or words that also say nothing else */
void spi_dates_find(const char *text, size_t len, sp_lang lang, int64_t today, const char *aside, spi_dates *ret);
/* The same of a text that answers the question when it was: a day alone ("il 23") is the last that was, and of several it is one of them or
   one between: count is then 1. */
void spi_dates_answer(const char *text, size_t len, sp_lang lang, int64_t today, const char *aside, spi_dates *ret);

#endif
