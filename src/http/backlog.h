/* Entries of the audit log that nobody waits for: written soon, many at once, all before the server is gone. */
#ifndef HTTP_BACKLOG_H
#define HTTP_BACKLOG_H

#include "sportello/audit.h"

#include <stdbool.h>
#include <stddef.h>

struct spi_backlog;
/* @p lost is told at the end how many could not be written. NULL when memory is out. */
struct spi_backlog *spi_backlog_new(sp_store *store, void (*lost)(size_t count, void *arg), void *arg);
/* Copied. False when no more can be kept: the store could not be written for long. Threads: any. */
bool spi_backlog_add(struct spi_backlog *backlog, const sp_audit *entry);
/* Waits until all is written. Nobody else may use it any more; the store is still open. */
/* How many are not on disk yet. NULL: none. */
size_t spi_backlog_waiting(struct spi_backlog *backlog);
void spi_backlog_free(struct spi_backlog *backlog); /* NULL is accepted */

#endif
