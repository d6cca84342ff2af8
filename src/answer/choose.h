#ifndef ANSWER_CHOOSE_H
#define ANSWER_CHOOSE_H

#include "answer/decide.h"

/* Before anything is looked for: whether the message says by its place which of the choices it is; then it is decided. */
sp_status spi_decide_by_choice(spi_deciding *d, bool *ret, sp_error *err);

#endif
