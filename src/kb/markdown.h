/* Markdown by cmark-gfm: parsing (one at a time: it keeps global state), tidying the tree, writing it out. */
#ifndef KB_MARKDOWN_H
#define KB_MARKDOWN_H

#include "kb/map.h"
#include "sportello/buffer.h"
#include "sportello/kb.h"

#include <cmark-gfm.h>

/* CommonMark with tables. Free with cmark_node_free(). NULL when memory is out. Any thread. */
cmark_node *spi_markdown_parse(const char *text, size_t len);

bool spi_node_is(cmark_node *node, cmark_node_type type);
/* "table", "table_header", "table_row", "table_cell": types that have no constant. */
bool spi_node_is_named(cmark_node *node, const char *name);

/* How many lines the literal of a node has, at least 1. */
int spi_node_lines(cmark_node *node);

/* Append the text of all that is inline below a node, line ends as blanks. */
void spi_node_text(cmark_node *node, sp_buffer *out);

/* Nodes in a row; memory from an arena. */
typedef struct spi_nodes {
	cmark_node **items;
	size_t count, cap;
} spi_nodes;
void spi_nodes_add(spi_nodes *nodes, cmark_node *node, sp_arena *arena);
/* All nodes below root, itself too, in document order. */
spi_nodes spi_nodes_of(cmark_node *root, sp_arena *arena);

/*
 * Make the tree fit to be shown: raw HTML goes, images become their description, links that lead nowhere or are unsafe
 * become their text, links to articles become addresses of this site.
 */
void spi_markdown_clean(cmark_node *root, sp_lang lang, sp_arena *arena);

/* A block quote for one audience, by where it starts (the column in bytes). */
typedef struct spi_quote {
	int line, column;
	const char *audience;
} spi_quote;

/* HTML of a clean tree; headings get ids; quotes of an audience (in order) get a class and its name. */
void spi_markdown_write_html(cmark_node *root, const spi_quote *quotes, size_t quotes_count, sp_arena *arena,
	sp_buffer *out);
/* Text without markup, a block a line. */
void spi_markdown_write_plain(cmark_node *root, sp_buffer *out);
/* Text to be read aloud. */
void spi_markdown_write_speech(cmark_node *root, sp_buffer *out);

#endif
