/* New connections. libmicrohttpd's threads take at most ten each time they come round, and under load they come round some ten times a
   second: whoever comes then would wait for seconds before the first byte is read. So a thread of its own takes them as they come. */
#ifndef HTTP_ACCEPTOR_H
#define HTTP_ACCEPTOR_H

#include "sportello/status.h"

struct sp_server;

typedef struct spi_acceptor spi_acceptor;

/* Takes the listening socket over from the server's daemon. At most so many connections are open; who comes then waits in the socket. */
sp_status spi_acceptor_start(struct sp_server *server, unsigned most, spi_acceptor **ret, sp_error *err);
/* New clients are refused from now on. NULL is accepted. */
void spi_acceptor_stop(spi_acceptor *acceptor);

#endif
