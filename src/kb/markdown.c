#include "kb/markdown.h"

#include "kb/slug.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <pthread.h>
#include <string.h>

/* cmark-gfm keeps unlocked global state while extensions are registered and while a text is parsed with them
   (its tables of special characters), so both happen under this lock. A parsed tree belongs to its thread alone. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t registered = PTHREAD_ONCE_INIT;

cmark_node *spi_markdown_parse(const char *text, size_t len)
{
	pthread_once(&registered, cmark_gfm_core_extensions_ensure_registered);
	pthread_mutex_lock(&lock);
	cmark_node *root = NULL;
	cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	if (parser) {
		cmark_syntax_extension *table = cmark_find_syntax_extension("table");
		if (table)
			cmark_parser_attach_syntax_extension(parser, table);
		cmark_parser_feed(parser, text, len);
		root = cmark_parser_finish(parser);
		cmark_parser_free(parser);
	}
	pthread_mutex_unlock(&lock);
	return root;
}

bool spi_node_is(cmark_node *node, cmark_node_type type)
{
	return node && cmark_node_get_type(node) == type;
}

bool spi_node_is_named(cmark_node *node, const char *name)
{
	return node && strcmp(cmark_node_get_type_string(node), name) == 0;
}

int spi_node_lines(cmark_node *node)
{
	const char *text = cmark_node_get_literal(node);
	int count = 0;
	for (size_t i = 0; text && text[i]; i++)
		count += text[i] == '\n' || !text[i + 1];
	return count ? count : 1;
}

void spi_node_text(cmark_node *node, sp_buffer *out)
{
	cmark_iter *iter = cmark_iter_new(node);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(iter);
		if (event != CMARK_EVENT_ENTER)
			continue;
		if (spi_node_is(at, CMARK_NODE_TEXT) || spi_node_is(at, CMARK_NODE_CODE))
			sp_buffer_add_text(out, cmark_node_get_literal(at));
		else if (spi_node_is(at, CMARK_NODE_SOFTBREAK) || spi_node_is(at, CMARK_NODE_LINEBREAK))
			sp_buffer_add_char(out, ' ');
	}
	cmark_iter_free(iter);
}

void spi_nodes_add(spi_nodes *nodes, cmark_node *node, sp_arena *arena)
{
	if (nodes->count == nodes->cap) {
		size_t cap = nodes->cap ? nodes->cap * 2 : 64;
		cmark_node **items = sp_arena_calloc(arena, cap, sizeof *items);
		if (!items)
			return;
		if (nodes->count)
			memcpy(items, nodes->items, nodes->count * sizeof *items);
		nodes->items = items;
		nodes->cap = cap;
	}
	nodes->items[nodes->count++] = node;
}

spi_nodes spi_nodes_of(cmark_node *root, sp_arena *arena)
{
	spi_nodes nodes = {0};
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		if (event == CMARK_EVENT_ENTER)
			spi_nodes_add(&nodes, cmark_iter_get_node(iter), arena);
	}
	cmark_iter_free(iter);
	return nodes;
}

/* Put what is inside a node in its place. */
static void unwrap(cmark_node *node)
{
	for (cmark_node *child = cmark_node_first_child(node), *next; child; child = next) {
		next = cmark_node_next(child);
		if (!cmark_node_insert_before(node, child))
			break; /* cannot stand there, so it goes with its wrapping */
	}
	cmark_node_free(node);
}

static void clean_link(cmark_node *node, sp_lang lang)
{
	const char *url = cmark_node_get_url(node);
	spi_link link = spi_link_read(url ? url : "");
	if (link.kind == SPI_LINK_UNSAFE || link.kind == SPI_LINK_OTHER) {
		unwrap(node);
	} else if (link.kind == SPI_LINK_ARTICLE) {
		sp_buffer address = SP_BUFFER_INIT;
		spi_link_write(&link, lang, &address);
		if (sp_buffer_ok(&address))
			cmark_node_set_url(node, sp_buffer_text(&address));
		else
			unwrap(node);
		sp_buffer_release(&address);
	}
}

/* A paragraph that held nothing but raw HTML. */
static void remove_html(cmark_node *node)
{
	cmark_node *parent = cmark_node_parent(node);
	cmark_node_free(node);
	if (spi_node_is(parent, CMARK_NODE_PARAGRAPH) && !cmark_node_first_child(parent))
		cmark_node_free(parent);
}

void spi_markdown_clean(cmark_node *root, sp_lang lang, sp_arena *arena)
{
	spi_nodes nodes = spi_nodes_of(root, arena);
	for (size_t i = nodes.count; i-- > 0;) { /* from the end: what is inside goes before what holds it */
		cmark_node *node = nodes.items[i];
		switch ((int)cmark_node_get_type(node)) {
		case CMARK_NODE_HTML_BLOCK:
		case CMARK_NODE_HTML_INLINE:
			remove_html(node);
			break;
		case CMARK_NODE_IMAGE:
			unwrap(node);
			break;
		case CMARK_NODE_LINK:
			clean_link(node, lang);
			break;
		}
	}
}
