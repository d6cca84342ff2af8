/* "non ho risolto", and nothing else: what answers the question second best. */
#ifndef ANSWER_NEXT_BEST_H
#define ANSWER_NEXT_BEST_H

#include "answer/decide.h"

/* Leave out of d->found what was shown in this dialogue already. */
void spi_drop_shown(spi_deciding *d);
/* Whether one was given in this dialogue already. */
bool spi_next_best_was_given(const spi_deciding *d);
/* Whether the message says of the answer before it that it did not help, and nothing of its own. */
bool spi_wants_next_best(const spi_deciding *d);
/* Look for the question that was answered once more, into d->found, without what was shown already; d->next_best: the first of it is near enough to be
   what was meant. */
sp_status spi_look_for_next_best(spi_deciding *d, sp_error *err);

#endif
