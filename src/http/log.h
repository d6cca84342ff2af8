/* The access and error log: one JSON object a line, without query strings and without anything that a person wrote. */
#ifndef HTTP_LOG_H
#define HTTP_LOG_H

#include "sportello/status.h"

#include <stddef.h>

struct spi_request;
struct sp_server;

/* One line for a request that is over. */
void spi_log_access(const struct spi_request *request, int status, size_t bytes);
/* Why a request got a 5xx, or had to do with less. */
void spi_log_error(const struct spi_request *request, sp_status status, const sp_error *err);
/* Something that has to do with no request. */
void spi_log_server(const struct sp_server *server, const char *level, const char *text);

#endif
