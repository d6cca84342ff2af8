/* Ids, the file names they give, anchors of headings, and what a link's destination is. */
#ifndef KB_SLUG_H
#define KB_SLUG_H

#include "kb/map.h"
#include "sportello/buffer.h"
#include "sportello/kb.h"
#include "sportello/text.h"

/* Whether a text can be a category's key, and so a folder: as an id, without '?'. */
bool spi_is_folder_key(const char *text, size_t len);
/* The file name (without .md) that belongs to an id. NULL when memory is out. */
char *spi_id_file_name(const char *id, sp_arena *arena);
/* A key for any name: itself when it can be one, else lower case, accents folded, all else '-'; "" when nothing is
   left. */
char *spi_key_of(const char *name, sp_arena *arena);

/*
 * Anchor of a heading by GitHub's rule: lower case, letters (accents too), marks, digits, '_' and '-' kept, blanks
 * become '-', all else is dropped. A repeated one gets -1, -2…
 * seen: the anchors of this article so far.
 */
const char *spi_anchor(const char *heading, size_t len, spi_map *seen, sp_arena *arena);

typedef enum spi_link_kind {
	SPI_LINK_ADDRESS, /* http, https, mailto, tel, or a path of this site */
	SPI_LINK_ANCHOR,  /* #heading of the same article */
	SPI_LINK_ARTICLE, /* id or id#heading */
	SPI_LINK_UNSAFE,  /* javascript:, data: and every other scheme */
	SPI_LINK_OTHER,   /* nothing that leads anywhere: relative paths, empty */
} spi_link_kind;

typedef struct spi_link {
	spi_link_kind kind;
	const char *id; /* into the destination */
	size_t id_len;
	const char *anchor; /* after the '#'; NULL without; into the destination */
} spi_link;

spi_link spi_link_read(const char *destination);
/* The address of an article on this site; lang SP_LANG_NONE: none named. */
void spi_link_write(const spi_link *link, sp_lang lang, sp_buffer *out);
/* An anchor with its %C3%A0 undone. */
char *spi_anchor_decode(const char *anchor, sp_arena *arena);

#endif
