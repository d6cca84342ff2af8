/* HTML by cmark, which knows neither heading ids nor audiences: both are put into its opening tags afterwards. In safe
   mode a literal "<h2>" or "<blockquote>" in its output can only be such a tag, and they come in document order. */
#include "kb/markdown.h"

#include "kb/slug.h"

#include <stdlib.h>
#include <string.h>

typedef struct writer {
	spi_nodes headings, quotes; /* in document order */
	size_t heading, quote; /* the next ones */
	spi_map anchors;
	const spi_quote *marked;
	size_t marked_count;
	sp_arena *arena;
	sp_buffer *out;
} writer;

static void add_heading(writer *w, char level)
{
	sp_buffer text = SP_BUFFER_INIT;
	const char *anchor = NULL;
	if (w->heading < w->headings.count) {
		spi_node_text(w->headings.items[w->heading++], &text);
		anchor = spi_anchor(sp_buffer_text(&text), text.len, &w->anchors, w->arena);
	}
	sp_buffer_printf(w->out, "<h%c", level);
	if (anchor && *anchor) {
		sp_buffer_add_text(w->out, " id=\"");
		sp_buffer_add_html(w->out, anchor, strlen(anchor));
		sp_buffer_add_text(w->out, "\"");
	}
	sp_buffer_add_text(w->out, ">");
	sp_buffer_release(&text);
}

/* Both lists are in document order, so one look ahead is enough. */
static void add_quote(writer *w)
{
	cmark_node *node = w->quote < w->quotes.count ? w->quotes.items[w->quote++] : NULL;
	int line = node ? cmark_node_get_start_line(node) : 0, column = node ? cmark_node_get_start_column(node) : 0;
	while (w->marked_count && (w->marked->line < line || (w->marked->line == line && w->marked->column < column))) {
		w->marked++;
		w->marked_count--;
	}
	if (w->marked_count && w->marked->line == line && w->marked->column == column) {
		sp_buffer_add_text(w->out, "<blockquote class=\"audience\" data-audience=\"");
		sp_buffer_add_html(w->out, w->marked->audience, strlen(w->marked->audience));
		sp_buffer_add_text(w->out, "\">");
	} else {
		sp_buffer_add_text(w->out, "<blockquote>");
	}
}

static void add_all(writer *w, const char *html)
{
	static const char quote[] = "<blockquote>";
	const char *from = html;
	for (const char *tag = strchr(html, '<'); tag; tag = strchr(tag + 1, '<')) {
		bool is_heading = tag[1] == 'h' && tag[2] >= '1' && tag[2] <= '6' && tag[3] == '>';
		bool is_quote = strncmp(tag, quote, sizeof quote - 1) == 0;
		if (!is_heading && !is_quote)
			continue;
		sp_buffer_add(w->out, from, (size_t)(tag - from));
		if (is_heading)
			add_heading(w, tag[2]);
		else
			add_quote(w);
		from = tag + (is_heading ? 4 : sizeof quote - 1);
	}
	sp_buffer_add_text(w->out, from);
}

void spi_markdown_write_html(
	cmark_node *root, const spi_quote *quotes, size_t quotes_count, sp_arena *arena, sp_buffer *out)
{
	writer w = {
		.anchors = {.arena = arena}, .marked = quotes, .marked_count = quotes_count, .arena = arena, .out = out};
	spi_nodes nodes = spi_nodes_of(root, arena);
	for (size_t i = 0; i < nodes.count; i++) {
		if (spi_node_is(nodes.items[i], CMARK_NODE_HEADING))
			spi_nodes_add(&w.headings, nodes.items[i], arena);
		else if (spi_node_is(nodes.items[i], CMARK_NODE_BLOCK_QUOTE))
			spi_nodes_add(&w.quotes, nodes.items[i], arena);
	}
	char *html = cmark_render_html(root, CMARK_OPT_DEFAULT, NULL);
	if (html)
		add_all(&w, html);
	else
		out->failed = true;
	free(html);
}
