/* Writing what we read: YAML texts, and Markdown that means itself. */
#ifndef KB_WRITE_H
#define KB_WRITE_H

#include "sportello/buffer.h"
#include "sportello/kb.h"

/* A text as a YAML scalar, quoted when it must be. */
void spi_yaml_write(sp_buffer *out, const char *text);
/* Plain text as Markdown: what would be taken for headings, fences, quotes or HTML is escaped; lists stay. */
void spi_markdown_write_text(sp_buffer *out, const char *text);

/* The file of a record: front matter in the order of spi_keys_article, then the answer. */
void spi_record_write(
	sp_buffer *out, const sp_import_record *record, const char *category, sp_date updated, sp_arena *arena);

#endif
