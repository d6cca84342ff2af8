/* Writing what we read: YAML texts, and Markdown that means itself. */
#ifndef KB_WRITE_H
#define KB_WRITE_H

#include "sportello/buffer.h"

/* A text as a YAML scalar, quoted when it must be. */
void spi_yaml_write(sp_buffer *out, const char *text);
/* Plain text as Markdown: what would be taken for headings, fences, quotes or HTML is escaped; lists stay. */
void spi_markdown_write_text(sp_buffer *out, const char *text);

#endif
