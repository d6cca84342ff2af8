/* HTML as Markdown, inside: blocks (html_blocks.c), tables (html_table.c) and text (html_text.c). */
#ifndef CONVERT_HTML_H
#define CONVERT_HTML_H

#include "sportello/convert.h"

#include <libxml/HTMLparser.h>

/* Elements inside one another; what is deeper counts as text. */
#define SPI_HTML_DEPTH_MAX 60

typedef struct spi_html {
	const char *record;
	sp_convert_note *note;
	void *arg;
	bool failed; /* memory is out, or there is too much */
} spi_html;

void spi_html_tell(const spi_html *h, const char *what, const char *value);
bool spi_html_is(const xmlNode *node, const char *name);
/* Whether one of the names, which are divided by blanks, is the element's. */
bool spi_html_is_any(const xmlNode *node, const char *names);
/* Dropped with all that is in it; tells what a reader would miss. */
bool spi_html_is_dropped(const spi_html *h, const xmlNode *node);
/* Whether it begins a block of its own: a paragraph, list, table… */
bool spi_html_is_block(const xmlNode *node);

/* Text with marks (emphasis, links, code, line breaks) of a node, or of the siblings from first to before end, white space folded.
   flat: on one line, as in a heading or a table's cell. */
void spi_html_text(spi_html *h, const xmlNode *first, const xmlNode *end, bool flat, int depth, sp_buffer *out);
void spi_html_table(spi_html *h, const xmlNode *table, int depth, sp_buffer *out);
/* All text below a node as it is. */
void spi_html_raw(const xmlNode *node, int depth, sp_buffer *out);

#endif
