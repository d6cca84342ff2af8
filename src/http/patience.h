/* How long a client may take. libmicrohttpd closes a connection on which nothing moves; one on which a byte comes now and then, or goes,
   would be held for ever. So sending a request has a time, and taking its reply, which grows with what is moved. */
#ifndef HTTP_PATIENCE_H
#define HTTP_PATIENCE_H

#include "sportello/status.h"

#include <stddef.h>

typedef struct spi_patience spi_patience;
typedef struct spi_exchange spi_exchange;

#define SPI_PATIENCE_BYTES 8192

/* @p most_s for a request, the idle time before it included, and for its reply; one more for each SPI_PATIENCE_BYTES. */
sp_status spi_patience_start(unsigned most_s, spi_patience **ret, sp_error *err);
/* When there are no connections any more. NULL is accepted. */
void spi_patience_stop(spi_patience *patience);

/* A connection came: its socket is cut (shutdown) when its time is over. NULL when memory is out. */
spi_exchange *spi_patience_enter(spi_patience *patience, int socket);
/* It is about to be closed. NULL is accepted, here and below. */
void spi_patience_leave(spi_patience *patience, spi_exchange *exchange);
/* From now on the client is expected to send a request, or to take a reply of so many bytes. */
void spi_exchange_begin(spi_exchange *exchange, size_t bytes);
/* So many bytes came. */
void spi_exchange_moved(spi_exchange *exchange, size_t bytes);
/* The request is there: now the client waits for us. */
void spi_exchange_ours(spi_exchange *exchange);
/* What its connection has under way; NULL = nothing. Of the connection's own thread. */
void spi_exchange_hold(spi_exchange *exchange, void *what);
void *spi_exchange_held(const spi_exchange *exchange);

#endif
