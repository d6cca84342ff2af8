/* Requests whose end, or whose headers, a proxy in front of us might see otherwise than we do (request smuggling, RFC 9112, 11.2). They are
   refused and their connection is closed, whatever follows on it. libmicrohttpd takes more than that, as the first web servers did.
   Of what stands between chunks it does not tell: after a request in chunks the connection is closed, so that nothing that follows is ever read
   as a request. */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "http/request.h"

#define SPI_LINE_END 2 /* CR and LF */

/* What is wrong, as the client is told; NULL when nothing is. */
const char *spi_framing_wrong(const spi_request *request, const char *version);
/* Whether a header's name is a token and its value has no control characters (RFC 9110, 5.1 and 5.5). */
bool spi_framing_is_header(const char *name, size_t name_len, const char *value, size_t value_len);

#endif
