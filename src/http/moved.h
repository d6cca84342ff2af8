/* What stands in the place of an article that a reader is not shown: the last of its successors that this reader may read today, or
   that it was there. Who may not have read the article is told nothing. */
#ifndef HTTP_MOVED_H
#define HTTP_MOVED_H

#include "http/request.h"

typedef enum spi_moved_kind {
	SPI_MOVED_NOT,  /* there is no such article, as far as this reader may know */
	SPI_MOVED_ON,   /* a successor is there */
	SPI_MOVED_GONE, /* it was retired, and there is none for this reader */
} spi_moved_kind;

/* An article in the reader's language, else the service's, else any in which it is shown today; SP_ERR_NOT_FOUND. */
sp_status spi_moved_find_shown(spi_request *request, sp_index *index, const char *id, sp_record *ret, sp_error *err);

/* lang: of the article that was asked for; SP_LANG_NONE = any. ret: the successor, for SPI_MOVED_ON. */
sp_status spi_moved_look(spi_request *request, sp_index *index, const char *id, sp_lang lang, spi_moved_kind *ret_kind, sp_record *ret,
	sp_error *err);

/* Leave a permanent redirect to that path ("/a/") and the successor's id. lang: goes along; SP_LANG_NONE = does not. To be asked again
   each time: an article may come back. */
void spi_moved_redirect(spi_request *request, const char *path, const char *id, sp_lang lang);

#endif
