/* How many tickets each article solved, as the search ranks by it: counted in the background, read without waiting. */
#ifndef HTTP_SOLVERS_H
#define HTTP_SOLVERS_H

#include "sportello/index.h"
#include "sportello/kb.h"
#include "sportello/store.h"

/* Counts as they were at one moment; does not change. */
typedef struct spi_solvers spi_solvers;
typedef struct spi_solvers_watch spi_solvers_watch;

/* Count now and then, on a thread of its own, until it is stopped. SP_ERR_NOMEM. */
sp_status spi_solvers_start(sp_store *store, spi_solvers_watch **ret, sp_error *err);
void spi_solvers_stop(spi_solvers_watch *watch); /* NULL is accepted */

/* The latest counts in place of those that a thread has; gives back what it had. NULL while none are there. */
void spi_solvers_take(spi_solvers_watch *watch, spi_solvers **have);
void spi_solvers_give_back(spi_solvers *solvers); /* NULL is accepted */

/* Tickets of a category (its key), or of a group; both NULL: of all. What solved none of them is not among it. NULL = nothing is known. */
const sp_solvers *spi_solvers_of(const spi_solvers *solvers, const char *category, const char *group);

#endif
