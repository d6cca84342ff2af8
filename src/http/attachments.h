/* Files of tickets, shared by the JSON calls and the page without JavaScript. */
#ifndef HTTP_ATTACHMENTS_H
#define HTTP_ATTACHMENTS_H

#include "base/json.h"
#include "http/pages.h"
#include "http/tickets.h"
#include "http/upload.h"
#include "sportello/keep.h"

typedef struct spi_attaching {
	sp_write write;
	sp_write_attachment attachment;
	const char *wrong; /* what is wrong with it in the reader's words; NULL = nothing */
} spi_attaching;

/* On a page: {name, size, url}; the secret is that of the person whose page it is, NULL for who is signed in. The item, for what else is told of it. */
spi_value *spi_put_attached(const spi_request *request, spi_value *list, const sp_attachment *file, const char *secret);
/* {id, name, type, bytes, at, by} */
void spi_json_attachment(const spi_request *request, sp_json *json, const char *name, const sp_attachment *file);
/* Check a file that came and make its write; NULL when memory is out. ->wrong says what is wrong with the file, and nothing can be stored then. */
spi_attaching *spi_attachment_prepare(spi_request *request, const sp_ticket *ticket, const spi_upload *upload, const char *key);
/* After the write: counts, and sets ->wrong where the store said no (too many, closed). Else the write's status tells. */
void spi_attachment_stored(spi_request *request, spi_attaching *attaching);
/* The write that removes one of a ticket's files; NULL when memory is out. In the arena. */
sp_write *spi_attachment_removal(spi_request *request, const sp_ticket *ticket, const char *id);
/* A text of the catalogue with {max} and {mb} filled in. */
const char *spi_attachment_text(const spi_request *request, const char *key);

#endif
