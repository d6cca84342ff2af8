#include "kb/prose.h"

#include "kb/slug.h"

#include <string.h>

/* A part of a table: the only blocks whose type is known by name alone. */
static bool is_extended_block(cmark_node *node)
{
	unsigned type = cmark_node_get_type(node);
	return type > CMARK_NODE_FOOTNOTE_DEFINITION && (type & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_BLOCK;
}

static bool starts_piece(cmark_node *node, spi_piece_kind *ret_kind)
{
	switch ((int)cmark_node_get_type(node)) {
	case CMARK_NODE_PARAGRAPH:
		*ret_kind = spi_node_is(cmark_node_parent(node), CMARK_NODE_ITEM) ? SPI_PIECE_ITEM : SPI_PIECE_PARAGRAPH;
		return true;
	case CMARK_NODE_HEADING:
		*ret_kind = SPI_PIECE_HEADING;
		return true;
	case CMARK_NODE_CODE_BLOCK:
		*ret_kind = SPI_PIECE_CODE;
		return true;
	}
	*ret_kind = SPI_PIECE_ROW;
	return is_extended_block(node) &&
		(spi_node_is_named(node, "table_row") || spi_node_is_named(node, "table_header"));
}

static void add(spi_prose *prose, const char *text)
{
	size_t from = prose->text.len;
	sp_buffer_add_text(&prose->text, text ? text : "");
	for (; from < prose->text.len; from++) {
		if ((unsigned char)prose->text.data[from] < ' ' && prose->text.data[from] != '\n')
			prose->text.data[from] = ' ';
	}
}

static void add_marked(spi_prose *prose, char mark, const char *text)
{
	sp_buffer_add_char(&prose->text, mark);
	add(prose, text);
	sp_buffer_add_char(&prose->text, SPI_MARK_END);
}

static void add_inline(spi_prose *prose, cmark_node *node)
{
	switch ((int)cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		add(prose, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE:
		add_marked(prose, SPI_MARK_CODE, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_SOFTBREAK:
	case CMARK_NODE_LINEBREAK:
		sp_buffer_add_char(&prose->text, '\n');
		break;
	default:
		if (is_extended_block(node) && spi_node_is_named(node, "table_cell") && prose->text.len)
			sp_buffer_add_text(&prose->text, " | ");
	}
}

static void add_target(spi_prose *prose, cmark_node *link)
{
	const char *url = cmark_node_get_url(link);
	if (url && spi_link_read(url).kind == SPI_LINK_ADDRESS)
		add_marked(prose, SPI_MARK_TARGET, url);
}

static void open_piece(spi_prose *prose, cmark_node *node, spi_piece piece)
{
	if (prose->count == prose->cap) {
		size_t cap = prose->cap ? prose->cap * 2 : 16;
		spi_piece *items = sp_arena_calloc(prose->arena, cap, sizeof *items);
		if (!items)
			return;
		if (prose->count)
			memcpy(items, prose->items, prose->count * sizeof *items);
		prose->items = items;
		prose->cap = cap;
	}
	prose->items[prose->count] = piece;
	sp_buffer_clear(&prose->text);
	prose->open = true;
	if (piece.kind == SPI_PIECE_CODE)
		add(prose, cmark_node_get_literal(node));
}

static void close_piece(spi_prose *prose)
{
	spi_piece *piece = &prose->items[prose->count];
	piece->len = prose->text.len;
	piece->text = sp_arena_strndup(prose->arena, sp_buffer_text(&prose->text), prose->text.len);
	prose->count += piece->text && piece->len;
	prose->open = false;
}

void spi_prose_visit(spi_prose *prose, cmark_node *node, cmark_event_type event, sp_audiences only, spi_place place)
{
	spi_piece_kind kind;
	bool is_start = starts_piece(node, &kind);
	if (event == CMARK_EVENT_ENTER && is_start)
		open_piece(prose, node, (spi_piece){.place = place, .only = only, .kind = kind});
	else if (event == CMARK_EVENT_ENTER && prose->open)
		add_inline(prose, node);
	else if (prose->open && spi_node_is(node, CMARK_NODE_LINK))
		add_target(prose, node);
	if (prose->open && is_start && (event == CMARK_EVENT_EXIT || kind == SPI_PIECE_CODE))
		close_piece(prose);
}

void spi_prose_end(spi_prose *prose)
{
	sp_buffer_release(&prose->text);
}

spi_place spi_piece_place(const spi_piece *piece, size_t offset)
{
	spi_place place = piece->place;
	for (size_t i = 0; i < offset && i < piece->len; i++) {
		if (piece->text[i] == '\n') {
			place.line++;
			place.column = 1;
		}
	}
	return place;
}

size_t spi_piece_skip(const char *text, size_t len, size_t offset)
{
	const char *end = memchr(text + offset, SPI_MARK_END, len - offset);
	return end ? (size_t)(end - text) + 1 : len;
}
