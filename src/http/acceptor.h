/* New connections. libmicrohttpd's threads take at most ten each time they come round, and under load they come round some ten times a
   second: whoever comes then would wait for seconds before the first byte is read. So a thread of its own takes them as they come. */
#ifndef HTTP_ACCEPTOR_H
#define HTTP_ACCEPTOR_H

#include "sportello/status.h"

#include <stdbool.h>
#include <sys/socket.h>

struct sp_server;

typedef struct spi_acceptor spi_acceptor;

/* Something to listen on for libmicrohttpd, which has no pool of threads without it: nothing ever comes from there. -1: there is none.
   (MHD_quiesce_daemon() would take a socket from it, but is no friend of threads that do the same at this moment: it ends the process.) */
int spi_acceptor_nothing(void);
/* Takes connections from the server's listening socket to its daemon, and owns the socket when it succeeds. At most so many connections are open; who comes then waits in the socket. */
sp_status spi_acceptor_start(struct sp_server *server, unsigned most, spi_acceptor **ret, sp_error *err);
/* A connection began, and is at its end; false: its address has too many. A proxy of ours may have any number, as it stands for many people, and so may
   who is on this machine, unless that was asked to be limited. */
bool spi_acceptor_enter(struct sp_server *server, const struct sockaddr *from);
void spi_acceptor_leave(struct sp_server *server, const struct sockaddr *from);
/* New clients are refused from now on. NULL is accepted. */
void spi_acceptor_stop(spi_acceptor *acceptor);

#endif
