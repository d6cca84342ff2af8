/* "can you say it in english?", "in italiano per favore". */
#ifndef ANSWER_LANGUAGE_WANTED_H
#define ANSWER_LANGUAGE_WANTED_H

#include "answer/decide.h"

/* A message that asks for nothing but another language is answered with what was said last, in that one; with who we are, where
   nothing was. *ret: decided. SP_ERR_NOMEM, and what sp_index_get() returns. */
sp_status spi_decide_by_language_wanted(spi_deciding *d, bool *ret, sp_error *err);

#endif
