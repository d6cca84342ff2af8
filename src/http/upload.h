/* A file in the body of a request: as it is, or as a part of multipart/form-data (RFC 7578). */
#ifndef HTTP_UPLOAD_H
#define HTTP_UPLOAD_H

#include "http/request.h"

#define SPI_UPLOADS_MAX 16          /* at once: each has its file in memory */
#define SPI_UPLOAD_OVERHEAD 16384   /* bytes of a form around its file */
#define SPI_UPLOAD_FIELDS 8

typedef struct spi_upload {
	const char *data; size_t len; /* the file; in the request's body */
	const char *name;             /* as the client says it; NULL = it does not. In the arena */
	spi_pair fields[SPI_UPLOAD_FIELDS]; size_t fields_count; /* the form's others */
} spi_upload;

/* Before the body is read: may this caller send a file to this ticket, is there room, how large may it be? False with a reply in
   place. (The `gate` of the routes that take files.) */
bool spi_upload_gate(spi_request *request);
/* The request is over: its place is free again. */
void spi_upload_end(spi_request *request);
/* The body, when it is there. False with a reply in place. */
bool spi_upload_read(spi_request *request, spi_upload *ret);
/* Value of a field; NULL when it is not there. */
const char *spi_upload_field(const spi_upload *upload, const char *name);

#endif
