#include "kb/fix/edits.h"

#include "sportello/buffer.h"

#include <stdlib.h>
#include <string.h>

bool spi_edits_init(spi_edits *edits, const char *text, size_t len, sp_arena *arena)
{
	*edits = (spi_edits){.arena = arena, .text = text, .len = len};
	return spi_lines_read(&edits->lines, text, len, arena);
}

spi_edit *spi_edits_add(spi_edits *edits, spi_edit_kind kind, size_t start, size_t end, const char *text)
{
	if (edits->count == edits->cap) {
		size_t cap = edits->cap ? edits->cap * 2 : 16;
		spi_edit *items = sp_arena_calloc(edits->arena, cap, sizeof *items);
		if (!items) {
			edits->failed = true;
			return NULL;
		}
		if (edits->count)
			memcpy(items, edits->items, edits->count * sizeof *items);
		edits->items = items;
		edits->cap = cap;
	}
	edits->items[edits->count] = (spi_edit){.start = start, .end = end, .text = text, .kind = kind};
	return &edits->items[edits->count++];
}

void spi_edits_cut(spi_edits *edits, size_t count)
{
	edits->count = count;
}

static int by_place(const void *left, const void *right)
{
	const spi_edit *a = left, *b = right;
	int order = (a->start > b->start) - (a->start < b->start);
	return order ? order : (a->end < b->end) - (a->end > b->end);
}

const char *spi_edits_apply(spi_edits *edits, size_t *ret_len)
{
	sp_buffer out = SP_BUFFER_INIT;
	size_t at = 0;
	if (edits->count)
		qsort(edits->items, edits->count, sizeof *edits->items, by_place);
	for (size_t i = 0; i < edits->count; i++) {
		spi_edit *edit = &edits->items[i];
		edit->is_done = edit->start >= at;
		if (!edit->is_done)
			continue;
		sp_buffer_add(&out, edits->text + at, edit->start - at);
		sp_buffer_add_text(&out, edit->text);
		at = edit->end;
	}
	sp_buffer_add(&out, edits->text + at, edits->len - at);
	const char *text = sp_buffer_ok(&out) ? sp_arena_strndup(edits->arena, sp_buffer_text(&out), out.len) : NULL;
	*ret_len = out.len;
	sp_buffer_release(&out);
	return text;
}

/* ---- what rules propose ---- */

/* The byte of a place: columns count characters. */
static size_t offset_of(const spi_edits *edits, spi_place place)
{
	size_t at = spi_line_start(&edits->lines, place.line), end = spi_line_end(&edits->lines, place.line);
	for (int column = 1; column < place.column && at < end; column++) {
		at++;
		while (at < end && ((unsigned char)edits->text[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

static bool is_word(const spi_edits *edits, size_t at)
{
	unsigned char c = at < edits->len ? (unsigned char)edits->text[at] : ' ';
	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_.?%", c);
}

static void replace(spi_edits *edits, const spi_mend *mend)
{
	size_t at = offset_of(edits, mend->place), len = strlen(mend->old);
	if (at < edits->len && strchr("\"'", edits->text[at]))
		at++;
	if (at + len > edits->len || memcmp(edits->text + at, mend->old, len) != 0 || is_word(edits, at + len) ||
		(at > 0 && is_word(edits, at - 1)))
		return;
	spi_edit *edit = spi_edits_add(edits, SPI_EDIT_MEND, at, at + len, mend->new);
	if (edit)
		edit->mend = mend;
}

static size_t blanks_at(const spi_edits *edits, size_t at)
{
	size_t from = at;
	while (at < edits->len && strchr(" \t", edits->text[at]))
		at++;
	return at - from;
}

/* Whether an item of a list, or something that is in no list, begins with this line. */
static bool begins_something(const spi_edits *edits, int line)
{
	size_t start = spi_line_start(&edits->lines, line), blanks = blanks_at(edits, start), at = start + blanks;
	return at >= edits->len || (!blanks && edits->text[at] != '\n' && edits->text[at] != '\r') ||
		(edits->text[at] == '-' && at + 1 < edits->len && strchr(" \t", edits->text[at + 1]));
}

static void drop_item(spi_edits *edits, const spi_mend *mend)
{
	int line = mend->place.line;
	size_t start = spi_line_start(&edits->lines, line), next = spi_line_start(&edits->lines, line + 1);
	size_t dash = start + blanks_at(edits, start), end = spi_line_end(&edits->lines, line);
	if (dash >= end || edits->text[dash] != '-' || dash + 1 + blanks_at(edits, dash + 1) != offset_of(edits, mend->place))
		return;
	if (memmem(edits->text + dash, end - dash, " #", 2) || !begins_something(edits, line + 1)) /* a remark; it goes on */
		return;
	spi_edit *edit = spi_edits_add(edits, SPI_EDIT_MEND, start, next, "");
	if (edit)
		edit->mend = mend;
}

/* `# text`, or a text with ==== below. */
static void lower_heading(spi_edits *edits, const spi_mend *mend)
{
	size_t at = offset_of(edits, mend->place), len = 1;
	const char *text = "##";
	if (at >= edits->len)
		return;
	if (edits->text[at] == '#' && (at + 1 == edits->len || !strchr(" \t\r\n", edits->text[at + 1])))
		return;
	if (edits->text[at] != '#') {
		at = spi_line_start(&edits->lines, mend->place.line + 1);
		at += blanks_at(edits, at);
		for (len = 0; at + len < edits->len && edits->text[at + len] == '=';)
			len++;
		if (!len || at + len + blanks_at(edits, at + len) < spi_line_end(&edits->lines, mend->place.line + 1))
			return;
		char *line = sp_arena_strndup(edits->arena, edits->text + at, len);
		if (line)
			memset(line, '-', len);
		text = line;
	}
	spi_edit *edit = text ? spi_edits_add(edits, SPI_EDIT_MEND, at, at + len, text) : NULL;
	if (edit)
		edit->mend = mend;
}

void spi_edits_mend(spi_edits *edits, const spi_mend *mend)
{
	if (mend->kind == SPI_MEND_REPLACE)
		replace(edits, mend);
	else if (mend->kind == SPI_MEND_ITEM)
		drop_item(edits, mend);
	else
		lower_heading(edits, mend);
}
