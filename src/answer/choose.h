#ifndef ANSWER_CHOOSE_H
#define ANSWER_CHOOSE_H

#include "answer/decide.h"

/* Before anything is looked for: whether the message says by its place which of the choices it is; then it is decided. */
sp_status spi_decide_by_choice(spi_deciding *d, bool *ret, sp_error *err);
/* The same: whether it is one of the topics that were offered with an open question back. With what was said before it ("non funziona") that
   is looked for among the topic's articles, and the nearest are offered: which of them is meant nobody said yet. */
sp_status spi_decide_by_topic(spi_deciding *d, bool *ret, sp_error *err);

#endif
