/* A message that is nothing but a number of somebody's ("3020…", "il numero è RF18…"), where none was asked for: it says what it is about as
   little as a day does. It is told that it was read, and asked what about it; it is no case by itself. */
#ifndef ANSWER_NUMBER_TOLD_H
#define ANSWER_NUMBER_TOLD_H

#include "answer/decide.h"

/* Before anything else is looked for. What is offered of the articles is in d->found. */
sp_status spi_decide_by_number_told(spi_deciding *d, bool *ret, sp_error *err);

/* The text (number-told.what.…) that names what was told, of the masked message. */
const char *spi_number_told_key(const char *masked, sp_arena *arena);

#endif
