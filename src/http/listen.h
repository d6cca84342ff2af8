/* The listening socket: our own, so that what is wrong can be told in words. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "sportello/status.h"

/* Listen on "127.0.0.1:8080", "[::1]:0", "localhost:8080" or ":8080" (every address). */
sp_status spi_listen(const char *address, int *ret_fd, unsigned *ret_port, sp_error *err);

#endif
