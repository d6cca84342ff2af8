/* A message that is nothing but a day ("il 3 marzo", "15/07/2021"), where no day was asked for: a detail of what is talked of, neither a question
   nor a reason for a ticket. It is taken down, and a request with it in is offered. */
#ifndef ANSWER_DAY_TOLD_H
#define ANSWER_DAY_TOLD_H

#include "answer/dates.h"
#include "answer/decide.h"

/* The days of a message that names nothing else, in the language of the dialogue or any other; false: it is more, or less. */
bool spi_is_only_days(const char *text, size_t len, sp_lang lang, int64_t today, spi_dates *ret);
/* The turn that a dialogue stands at: a day that was told, or thanks, since then change nothing of it. NULL = none. */
const sp_turn *spi_turn_before(const sp_dialogue *dialogue);
/* Before anything is looked for, once no window was asked about. */
bool spi_decide_by_day_told(spi_deciding *d);

#endif
