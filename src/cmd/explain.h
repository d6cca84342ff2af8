/* The explanation of a decision as people read it on the terminal, in the terminal's language. */
#ifndef CMD_EXPLAIN_H
#define CMD_EXPLAIN_H

#include "sportello/answer.h"

void spi_print_explanation(const sp_explanation *explanation);

#endif
