/* Plain text and text for reading aloud, by walking the tree. */
#include "kb/markdown.h"

#include <string.h>

typedef struct writer {
	sp_buffer *out;
	size_t start; /* of what this call wrote */
	bool speech;
} writer;

static void trim_end(writer *w)
{
	while (w->out->len > w->start && strchr(" \n", w->out->data[w->out->len - 1]))
		w->out->data[--w->out->len] = '\0';
}

/* A pause: a full stop, unless some other mark makes one. */
static void end_sentence(writer *w)
{
	trim_end(w);
	if (w->out->len == w->start)
		return;
	char last = w->out->data[w->out->len - 1];
	bool ellipsis = w->out->len - w->start >= 3 && memcmp(w->out->data + w->out->len - 3, "…", 3) == 0;
	if (!strchr(".!?:;", last) && !ellipsis)
		sp_buffer_add_char(w->out, '.');
	sp_buffer_add_char(w->out, ' ');
}

static void end_block(writer *w)
{
	if (w->speech) {
		end_sentence(w);
		return;
	}
	trim_end(w);
	if (w->out->len > w->start)
		sp_buffer_add_char(w->out, '\n');
}

static size_t address_len(const char *text)
{
	static const char *const starts[] = {"http://", "https://"};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (strncmp(text, starts[i], strlen(starts[i])) == 0)
			return strcspn(text, " \t\n\"'()<>");
	}
	return 0;
}

/* Nobody wants to hear an address spelled. */
static void add_spoken(writer *w, const char *text)
{
	while (*text) {
		size_t skip = address_len(text);
		if (skip) {
			while (skip && strchr(".,;:!?", text[skip - 1]))
				skip--;
			text += skip;
			if (strchr(" .,;:!?)", *text))
				trim_end(w);
		} else {
			sp_buffer_add_char(w->out, *text++);
		}
	}
}

static void add_text(writer *w, const char *text)
{
	if (!text)
		return;
	if (w->speech)
		add_spoken(w, text);
	else
		sp_buffer_add_text(w->out, text);
}

static void add_code_block(writer *w, const char *code)
{
	for (; code && *code; code++)
		sp_buffer_add_char(w->out, *code == '\n' && w->speech ? ' ' : *code);
	end_block(w);
}

/* One row; spoken, each cell after its column's name. */
static void add_row(writer *w, cmark_node *row, cmark_node *header)
{
	cmark_node *name = header ? cmark_node_first_child(header) : NULL;
	bool first = true;
	for (cmark_node *cell = cmark_node_first_child(row); cell; cell = cmark_node_next(cell)) {
		sp_buffer text = SP_BUFFER_INIT, column = SP_BUFFER_INIT;
		spi_node_text(cell, &text);
		if (name && w->speech && row != header)
			spi_node_text(name, &column);
		if (text.len) {
			sp_buffer_add_text(w->out, first ? "" : w->speech ? ", " : " ");
			add_text(w, sp_buffer_text(&column));
			sp_buffer_add_text(w->out, column.len ? ": " : "");
			add_text(w, sp_buffer_text(&text));
			first = false;
		}
		sp_buffer_release(&text);
		sp_buffer_release(&column);
		name = name ? cmark_node_next(name) : NULL;
	}
	end_block(w);
}

static void add_table(writer *w, cmark_node *table)
{
	cmark_node *header = cmark_node_first_child(table);
	bool header_alone = header && !cmark_node_next(header);
	for (cmark_node *row = header; row; row = cmark_node_next(row)) {
		if (row != header || !w->speech || header_alone)
			add_row(w, row, header);
	}
}

static void enter(writer *w, cmark_node *node)
{
	switch ((int)cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
	case CMARK_NODE_CODE:
		add_text(w, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE_BLOCK:
		add_code_block(w, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_SOFTBREAK:
		sp_buffer_add_char(w->out, ' ');
		break;
	case CMARK_NODE_LINEBREAK:
		if (w->speech)
			end_sentence(w);
		else
			sp_buffer_add_char(w->out, ' ');
		break;
	}
}

static void write_all(writer *w, cmark_node *root)
{
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		if (event == CMARK_EVENT_ENTER && spi_node_is_named(node, "table")) {
			add_table(w, node);
			cmark_iter_reset(iter, node, CMARK_EVENT_EXIT);
		} else if (event == CMARK_EVENT_ENTER) {
			enter(w, node);
		} else if (spi_node_is(node, CMARK_NODE_PARAGRAPH) || spi_node_is(node, CMARK_NODE_HEADING)) {
			end_block(w);
		}
	}
	cmark_iter_free(iter);
	trim_end(w);
}

void spi_markdown_write_plain(cmark_node *root, sp_buffer *out)
{
	writer w = {.out = out, .start = out->len};
	write_all(&w, root);
}

void spi_markdown_write_speech(cmark_node *root, sp_buffer *out)
{
	writer w = {.out = out, .start = out->len, .speech = true};
	write_all(&w, root);
}
