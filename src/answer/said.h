/* What was said of the matter up to the decision that is put into words. */
#ifndef ANSWER_SAID_H
#define ANSWER_SAID_H

#include "answer/compose.h"

sp_status spi_said_so_far(const spi_composing *c, sp_said *ret);

#endif
