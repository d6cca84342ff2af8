/* The second pass of `sportello check`: rules that ask the index. */
#ifndef CMD_CHECK_ASKED_H
#define CMD_CHECK_ASKED_H

#include "sportello/kb.h"

/* A larger knowledge base is only asked when somebody wants it: an index of it takes longer than a check may. */
#define SPI_CHECK_ASKED_ARTICLES 1000

/**
 * Add their findings. The index of words is kept in a cache folder; where `ask` or another command made sentence vectors before, those
 * count too. Unless it is asked for, a pass that cannot be done (no cache folder can be written) is left out with a word on stderr: the
 * rest of the check does not depend on it.
 * @param since     only questions that their article did not have at this revision, however many articles there are; NULL = all
 * @param articles  of the knowledge base
 * @param asked     whatever their number
 */
sp_status spi_check_asked(const char *kb, const char *since, size_t articles, bool asked, sp_findings *findings, sp_error *err);

#endif
