/* Cutting blocks out of the source of a body. */
#include "kb/blocks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* By where they start; of two that start together the longer one first. */
static int compare(const void *left, const void *right)
{
	const spi_cut *a = left, *b = right;
	return a->start != b->start ? (a->start > b->start) - (a->start < b->start) : (b->end > a->end) - (b->end < a->end);
}

char *spi_cuts_apply(spi_cut *cuts, size_t count, const char *text, size_t len, sp_arena *arena, size_t *ret_len)
{
	size_t at = 0, room = len + 1, put_len = strlen(SPI_SEPARATOR);
	for (size_t i = 0; i < count; i++)
		room += cuts[i].separate ? put_len : 0;
	char *out = sp_arena_alloc(arena, room), *end = out;
	if (!out)
		return NULL;
	if (count)
		qsort(cuts, count, sizeof *cuts, compare);
	for (size_t i = 0; i < count; i++) {
		if (cuts[i].end <= at || cuts[i].start == cuts[i].end)
			continue; /* gone with the one before */
		if (cuts[i].start >= at) {
			end = mempcpy(end, text + at, cuts[i].start - at);
			if (cuts[i].separate)
				end = mempcpy(end, SPI_SEPARATOR, put_len);
		}
		at = cuts[i].end;
	}
	end = mempcpy(end, text + at, len - at);
	*end = '\0';
	*ret_len = (size_t)(end - out);
	return out;
}

size_t spi_cuts_move(const spi_cut *cuts, size_t count, size_t offset)
{
	size_t at = 0, moved = offset;
	for (size_t i = 0; i < count && cuts[i].start <= offset; i++) {
		if (cuts[i].end <= at || cuts[i].start == cuts[i].end)
			continue;
		if (offset < cuts[i].end)
			return SIZE_MAX;
		moved -= cuts[i].end - (cuts[i].start > at ? cuts[i].start : at);
		moved += cuts[i].separate && cuts[i].start >= at ? strlen(SPI_SEPARATOR) : 0;
		at = cuts[i].end;
	}
	return moved;
}

static bool is_blank(const char *text, size_t start, size_t end)
{
	while (start < end && (text[start] == ' ' || text[start] == '\t'))
		start++;
	return start == end;
}

spi_cut spi_cut_block(const spi_lines *lines, size_t block_start, size_t block_end)
{
	spi_cut cut = {block_start, block_end, false};
	int line = spi_line_of(lines, block_start), last = spi_line_of(lines, block_end ? block_end - 1 : 0);
	size_t start = spi_line_start(lines, line);
	if (is_blank(lines->text, start, cut.start)) {
		cut.start = start;
		if (line == 1 || is_blank(lines->text, spi_line_start(lines, line - 1), spi_line_end(lines, line - 1)))
			cut.end = spi_line_start(lines, last + 1);
		if (cut.end > block_end && last < lines->count &&
			is_blank(lines->text, spi_line_start(lines, last + 1), spi_line_end(lines, last + 1)))
			cut.end = spi_line_start(lines, last + 2);
		return cut;
	}
	size_t before = cut.start;
	while (before > start && is_blank(lines->text, before - 1, before))
		before--;
	if (lines->text[before - 1] == '>')
		return cut;
	while (last < lines->count && is_blank(lines->text, spi_line_start(lines, last + 1), spi_line_end(lines, last + 1)))
		cut.end = spi_line_end(lines, ++last);
	return cut;
}

/* Delete the marker, and its line when nothing else is on it. Sets where the quote then starts. */
static spi_cut cut_marker(const spi_block *block, const spi_lines *lines, size_t *ret_quote)
{
	spi_cut cut = {block->marker_start, block->marker_end, false};
	int line = spi_line_of(lines, block->marker_start);
	size_t start = spi_line_start(lines, line), next = spi_line_start(lines, line + 1);
	*ret_quote = block->quote;
	while (cut.end >= spi_line_end(lines, line) && cut.start > start && lines->text[cut.start - 1] == ' ')
		cut.start--;
	if (block->quote < start || cut.end < spi_line_end(lines, line) || !is_blank(lines->text, start, block->quote))
		return cut;
	size_t sign = next;
	while (sign < block->end && lines->text[sign] == ' ')
		sign++;
	if (sign < block->end && lines->text[sign] == '>') {
		cut = (spi_cut){start, next, false};
		*ret_quote = sign;
	}
	return cut;
}

typedef struct cutter {
	const struct spi_blocks *blocks;
	spi_lines lines;
	bool *hidden;
	size_t *hidden_children;
	spi_cut *cuts;
	size_t cuts_count;
	size_t *quotes; /* where the shown ones start, SIZE_MAX for the others */
	bool keeps_markers;
} cutter;

static bool is_hidden(const cutter *c, size_t i, sp_audiences readable)
{
	const spi_block *block = &c->blocks->items[i];
	return block->is_group ? c->hidden_children[i] == block->children : !(block->audience & readable);
}

static void make_cuts(cutter *c, sp_audiences readable)
{
	for (size_t i = 0; i < c->blocks->count; i++) {
		const spi_block *block = &c->blocks->items[i];
		c->hidden[i] = is_hidden(c, i, readable);
		c->quotes[i] = SIZE_MAX;
		if (c->hidden[i] && block->parent >= 0)
			c->hidden_children[block->parent]++;
		if (c->hidden[i])
			c->cuts[c->cuts_count++] = (spi_cut){block->start, block->end, true};
		else if (block->marker_end > block->marker_start && !c->keeps_markers)
			c->cuts[c->cuts_count++] = cut_marker(block, &c->lines, &c->quotes[i]);
	}
}

/* Where the audiences' quotes are in the new text. Blocks are kept from the last to the first. */
static bool find_quotes(
	const cutter *c, const char *text, size_t len, sp_arena *arena, spi_quote *ret, size_t *ret_count)
{
	spi_lines lines;
	size_t count = 0;
	if (!spi_lines_read(&lines, text, len, arena))
		return false;
	for (size_t i = c->blocks->count; i-- > 0;) {
		size_t at = c->quotes[i] == SIZE_MAX ? SIZE_MAX : spi_cuts_move(c->cuts, c->cuts_count, c->quotes[i]);
		if (at == SIZE_MAX || !c->blocks->items[i].name)
			continue;
		int line = spi_line_of(&lines, at);
		ret[count++] = (spi_quote){line, (int)(at - spi_line_start(&lines, line)) + 1, c->blocks->items[i].name};
	}
	*ret_count = count;
	return true;
}

static bool cutter_init(cutter *c, const char *body, size_t len, sp_arena *arena)
{
	size_t count = c->blocks->count;
	c->hidden = sp_arena_calloc(arena, count, sizeof *c->hidden);
	c->hidden_children = sp_arena_calloc(arena, count, sizeof *c->hidden_children);
	c->cuts = sp_arena_calloc(arena, count, sizeof *c->cuts);
	c->quotes = sp_arena_calloc(arena, count, sizeof *c->quotes);
	return c->hidden && c->hidden_children && c->cuts && c->quotes && spi_lines_read(&c->lines, body, len, arena);
}

const char *spi_blocks_cut_source(const struct spi_blocks *blocks, const char *body, size_t len, sp_audiences readable,
	sp_arena *arena, size_t *ret_len)
{
	cutter c = {.blocks = blocks, .keeps_markers = true};
	*ret_len = len;
	if (!blocks->count)
		return body;
	if (!cutter_init(&c, body, len, arena))
		return NULL;
	make_cuts(&c, readable);
	return spi_cuts_apply(c.cuts, c.cuts_count, body, len, arena, ret_len);
}

const char *spi_blocks_cut(const struct spi_blocks *blocks, const char *body, size_t len, sp_audiences readable,
	sp_arena *arena, size_t *ret_len, spi_quote **ret_quotes, size_t *ret_quotes_count)
{
	cutter c = {.blocks = blocks};
	*ret_len = len;
	*ret_quotes = NULL;
	*ret_quotes_count = 0;
	if (!blocks->count)
		return body;
	*ret_quotes = sp_arena_calloc(arena, blocks->count, sizeof **ret_quotes);
	if (!*ret_quotes || !cutter_init(&c, body, len, arena))
		return NULL;
	make_cuts(&c, readable);
	const char *text = spi_cuts_apply(c.cuts, c.cuts_count, body, len, arena, ret_len);
	return text && find_quotes(&c, text, *ret_len, arena, *ret_quotes, ret_quotes_count) ? text : NULL;
}
