/* How many connections each address has open: one alone must not take the places of all others. Addresses are kept while they have some. Threads: any. */
#ifndef HTTP_CROWD_H
#define HTTP_CROWD_H

#include "http/proxy.h"

typedef struct spi_crowd spi_crowd;

/* At most so many of each. NULL when memory is out. */
spi_crowd *spi_crowd_new(unsigned most);
void spi_crowd_free(spi_crowd *crowd); /* NULL is accepted */

/* Whether the address has all that it may have. */
bool spi_crowd_is_full(spi_crowd *crowd, const spi_address *from);
/* One more began; false where that is one too many, or memory is out. It counts until it has left, in either case. */
bool spi_crowd_enter(spi_crowd *crowd, const spi_address *from);
void spi_crowd_leave(spi_crowd *crowd, const spi_address *from);

#endif
