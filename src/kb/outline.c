#include "kb/facts.h"

#include "kb/slug.h"

#include <stdint.h>
#include <string.h>

typedef struct reader {
	spi_outline *outline;
	const sp_article *article;
	const struct spi_blocks *blocks;
	const spi_lines *lines;
	sp_arena *arena;
	sp_audiences only; /* who sees the place that we are at */
	sp_audiences *saved; /* by block: who saw what is around it */
	spi_map seen; /* anchors */
	bool in_choice;
} reader;

/* Room for one more in an array that lives in an arena. */
static void *grown(void *items, size_t count, size_t *cap, size_t size, sp_arena *arena)
{
	if (count < *cap)
		return items;
	size_t bigger = *cap ? *cap * 2 : 8;
	void *copy = sp_arena_calloc(arena, bigger, size);
	if (!copy)
		return NULL;
	if (count)
		memcpy(copy, items, count * size);
	*cap = bigger;
	return copy;
}

spi_ref *spi_refs_add(spi_refs *refs, const char *text, spi_place place, sp_arena *arena)
{
	spi_ref *items = text ? grown(refs->items, refs->count, &refs->cap, sizeof *items, arena) : NULL;
	if (!items)
		return NULL;
	refs->items = items;
	items[refs->count] = (spi_ref){.text = text, .place = place, .only = ~(sp_audiences)0};
	return &items[refs->count++];
}

static spi_place place_at(const reader *r, size_t offset)
{
	return (spi_place){r->article->body_line + spi_line_of(r->lines, offset) - 1, spi_column_of(r->lines, offset)};
}

static spi_place place_of(const reader *r, cmark_node *node)
{
	int column = cmark_node_get_start_column(node);
	size_t start = spi_line_start(r->lines, cmark_node_get_start_line(node)) + (size_t)(column > 0 ? column - 1 : 0);
	return place_at(r, start < r->lines->len ? start : r->lines->len);
}

/* The destination itself where it can be found in its line, for that is what is to be mended. */
static spi_place place_of_link(const reader *r, cmark_node *node, const char *destination)
{
	int line = cmark_node_get_start_line(node);
	size_t start = spi_line_start(r->lines, line), end = spi_line_end(r->lines, line), len = strlen(destination);
	const char *found = len ? memmem(r->lines->text + start, end - start, destination, len) : NULL;
	for (; found; found = memmem(found + 1, (size_t)(r->lines->text + end - found) - 1, destination, len)) {
		if (found > r->lines->text + start && strchr("(<", found[-1]))
			return place_at(r, (size_t)(found - r->lines->text));
	}
	return place_of(r, node);
}

static void add_heading(reader *r, cmark_node *node)
{
	spi_outline *outline = r->outline;
	spi_heading *items = grown(
		outline->headings, outline->headings_count, &outline->headings_cap, sizeof *items, r->arena);
	sp_buffer text = SP_BUFFER_INIT;
	if (!items)
		return;
	outline->headings = items;
	spi_node_text(node, &text);
	spi_heading *heading = &items[outline->headings_count++];
	*heading = (spi_heading){
		.level = cmark_node_get_heading_level(node),
		.text = sp_arena_strndup(r->arena, sp_buffer_text(&text), text.len),
		.anchor = spi_anchor(sp_buffer_text(&text), text.len, &r->seen, r->arena),
		.place = place_of(r, node),
	};
	sp_buffer_release(&text);
	heading->begins_step = heading->level == 2 && spi_node_is(cmark_node_parent(node), CMARK_NODE_DOCUMENT);
	outline->steps += heading->begins_step;
	heading->step = outline->steps;
	void **slot = heading->anchor ? spi_map_put(&outline->anchors, heading->anchor, strlen(heading->anchor)) : NULL;
	if (slot)
		*slot = (void *)(uintptr_t)outline->headings_count;
}

static bool is_heading_link(cmark_node *node)
{
	const char *url = spi_node_is(node, CMARK_NODE_LINK) ? cmark_node_get_url(node) : NULL;
	return url && url[0] == '#' && !cmark_node_next(node);
}

bool spi_is_choice_list(cmark_node *list)
{
	for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item)) {
		cmark_node *paragraph = cmark_node_first_child(item);
		if (!spi_node_is(paragraph, CMARK_NODE_PARAGRAPH) || cmark_node_next(paragraph) ||
			!is_heading_link(cmark_node_first_child(paragraph)))
			return false;
	}
	return true;
}

static void add_choice(reader *r, const char *anchor, spi_place place)
{
	spi_outline *outline = r->outline;
	spi_choice *items = grown(outline->choices, outline->choices_count, &outline->choices_cap, sizeof *items, r->arena);
	if (!items || !anchor)
		return;
	outline->choices = items;
	items[outline->choices_count++] = (spi_choice){outline->steps, anchor, place};
}

static void add_link(reader *r, cmark_node *node)
{
	const char *url = sp_arena_strdup(r->arena, cmark_node_get_url(node) ? cmark_node_get_url(node) : "");
	if (!url)
		return;
	spi_link link = spi_link_read(url);
	spi_place place = place_of_link(r, node, url);
	char *anchor = link.anchor ? spi_anchor_decode(link.anchor, r->arena) : NULL;
	spi_ref *ref = NULL;
	switch (link.kind) {
	case SPI_LINK_ADDRESS:
		break;
	case SPI_LINK_ANCHOR:
		if (r->in_choice)
			add_choice(r, anchor, place);
		else
			ref = spi_refs_add(&r->outline->headings_named, anchor, place, r->arena);
		break;
	case SPI_LINK_ARTICLE:
		ref = spi_refs_add(&r->outline->articles, sp_arena_strndup(r->arena, link.id, link.id_len), place, r->arena);
		break;
	case SPI_LINK_UNSAFE:
		spi_refs_add(&r->outline->unsafe, url, place, r->arena);
		break;
	case SPI_LINK_OTHER:
		spi_refs_add(&r->outline->nowhere, url, place, r->arena);
		break;
	}
	if (ref) {
		ref->anchor = anchor;
		ref->only = r->only;
	}
}

static void enter(reader *r, cmark_node *node)
{
	switch ((int)cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		add_heading(r, node);
		break;
	case CMARK_NODE_LIST:
		r->in_choice = r->article->type == SP_TYPE_PROCEDURE && spi_is_choice_list(node);
		break;
	case CMARK_NODE_LINK:
		add_link(r, node);
		break;
	case CMARK_NODE_IMAGE:
		spi_refs_add(&r->outline->images, "", place_of(r, node), r->arena);
		break;
	case CMARK_NODE_HTML_BLOCK:
	case CMARK_NODE_HTML_INLINE:
		if (strncmp(cmark_node_get_literal(node), "<!--", 4) != 0)
			spi_refs_add(&r->outline->html, "", place_of(r, node), r->arena);
		break;
	case CMARK_NODE_TEXT:
	case CMARK_NODE_CODE:
	case CMARK_NODE_CODE_BLOCK:
		r->outline->has_text = true;
		break;
	}
}

/* The block that a node is, NULL when it is none. */
static const spi_block *block_of(const reader *r, cmark_node *node, size_t *ret_index)
{
	uintptr_t index = (uintptr_t)cmark_node_get_user_data(node);
	if (!index || r->blocks->items[index - 1].is_group)
		return NULL;
	*ret_index = index - 1;
	return &r->blocks->items[index - 1];
}

bool spi_outline_read(spi_outline *outline, spi_prose *prose, cmark_node *root, const struct spi_blocks *blocks,
	const sp_article *article, const spi_lines *lines, sp_arena *arena)
{
	reader r = {.outline = outline,
		.article = article,
		.blocks = blocks,
		.lines = lines,
		.arena = arena,
		.only = ~(sp_audiences)0,
		.seen = {.arena = arena}};
	outline->anchors.arena = arena;
	r.saved = sp_arena_calloc(arena, blocks->count + 1, sizeof *r.saved);
	if (!r.saved)
		return false;
	cmark_iter *iter = cmark_iter_new(root);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);
		size_t index;
		const spi_block *block = block_of(&r, node, &index);
		if (block && event == CMARK_EVENT_ENTER) {
			r.saved[index] = r.only;
			r.only &= block->audience;
		} else if (block) {
			r.only = r.saved[index];
		}
		if (event == CMARK_EVENT_ENTER)
			enter(&r, node);
		else if (spi_node_is(node, CMARK_NODE_LIST))
			r.in_choice = false;
		if (prose)
			spi_prose_visit(prose, node, event, r.only, event == CMARK_EVENT_ENTER ? place_of(&r, node) : (spi_place){1, 1});
	}
	if (prose)
		spi_prose_end(prose);
	cmark_iter_free(iter);
	return true;
}
