/* libmicrohttpd's callbacks: from a connection to a request, its handler, and its reply. */
#ifndef HTTP_ACCESS_H
#define HTTP_ACCESS_H

#include <microhttpd.h>
#include <stddef.h>

/* The request line is there: keep it as it stands (libmicrohttpd's own decoding cannot tell bad escapes). */
void *spi_access_begin(void *server, const char *uri, struct MHD_Connection *connection);
/* Called with the headers, then with each piece of the body, then to answer. */
enum MHD_Result spi_access_handle(void *server, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *upload_data, size_t *upload_data_size, void **context);
/* The reply was sent, or the connection is gone. */
void spi_access_end(void *server, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code);

struct spi_exchange;
/* The connection is gone: what it had under way and nobody ended ends here. */
void spi_access_closed(void *server, struct MHD_Connection *connection, struct spi_exchange *exchange);

struct spi_request;
/* Send the reply that stands in the request (send.c). */
enum MHD_Result spi_send(struct spi_request *request, struct MHD_Connection *connection);

#endif
