/* The second pass of `sportello check`: rules that ask the index. */
#ifndef CMD_CHECK_ASKED_H
#define CMD_CHECK_ASKED_H

#include "sportello/kb.h"

/* A larger knowledge base is only asked when somebody wants it: an index of it takes longer than a check may. */
#define SPI_CHECK_ASKED_ARTICLES 1000

/**
 * Add their findings. The index of words is kept in a cache folder; where `ask` or another command made sentence vectors before, those
 * count too. Where the cache cannot be written the pass is left out: the rest of the check must not depend on it.
 * @param articles  of the knowledge base
 * @param asked     whatever their number
 * @param wants     whether an article (its path in the folder) is to be asked about; NULL = all, else whatever their number too
 */
sp_status spi_check_asked(const char *kb, size_t articles, bool asked, bool (*wants)(const char *path, void *arg), void *arg,
	sp_findings *findings, sp_error *err);

#endif
