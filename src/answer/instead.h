/* "no la carta", "non la mail, il numero": a thing that is named instead of another one. */
#ifndef ANSWER_INSTEAD_H
#define ANSWER_INSTEAD_H

#include "answer/decide.h"

/* What was said last is read with the thing in the other one's place: "ho perso il telefono", "no la carta": "ho perso la carta". Decides
   where that reading has an answer, or choices. *ret: decided. SP_ERR_NOMEM, and what spi_retrieve() returns. */
sp_status spi_decide_by_instead(spi_deciding *d, bool *ret, sp_error *err);

#endif
