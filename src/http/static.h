/* Files that are served as they are: /static/… (names change with the content) and /widget.js. Read and compressed
   once, at start; unchangeable, shared between threads. */
#ifndef HTTP_STATIC_H
#define HTTP_STATIC_H

#include "sportello/arena.h"
#include "sportello/status.h"

#include <stddef.h>

typedef struct spi_asset {
	const char *name; /* "static/app.1a2b3c4d5e.css", "widget.js" */
	const char *data;
	size_t len;
	const char *gzip; /* NULL when it does not pay */
	size_t gzip_len;
	const char *etag;
} spi_asset;

typedef struct spi_assets {
	spi_asset *items; /* sorted by name */
	size_t count;
} spi_assets;

/* dir: folder that holds static/ and widget.js; NULL: the built-in ones. arena owns the result. */
sp_status spi_assets_load(const char *dir, sp_arena *arena, spi_assets *ret, sp_error *err);
/* NULL when there is none of this name. */
const spi_asset *spi_assets_find(const spi_assets *assets, const char *name);

#endif
