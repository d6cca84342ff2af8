/* What no reader sees: the byte order mark, line ends, blanks at the ends of lines. */
#include "kb/fix/edits.h"

#include "kb/markdown.h"
#include "kb/yaml.h"

#include <string.h>

static bool same_yaml(const spi_yaml *a, const spi_yaml *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->is_null != b->is_null || a->len != b->len || a->count != b->count ||
		(a->len && memcmp(a->text, b->text, a->len) != 0) || (a->key && strcmp(a->key, b->key) != 0))
		return false;
	const spi_yaml *x = a->first, *y = b->first;
	while (x && y && same_yaml(x, y)) {
		x = x->next;
		y = y->next;
	}
	return !x && !y;
}

/* Whether both say the same; what cannot be read says nothing that can be compared. */
static bool reads_as_yaml(const char *a, size_t a_len, const char *b, size_t b_len, sp_arena *arena)
{
	spi_report report = {0};
	const spi_yaml *first = spi_yaml_read(a, a_len, 1, arena, &report);
	const spi_yaml *second = first ? spi_yaml_read(b, b_len, 1, arena, &report) : NULL;
	return second && same_yaml(first, second);
}

static bool reads_as_markdown(const char *a, size_t a_len, const char *b, size_t b_len)
{
	sp_buffer first = SP_BUFFER_INIT, second = SP_BUFFER_INIT;
	bool same = sp_markdown_html(a, a_len, &first) == SP_OK && sp_markdown_html(b, b_len, &second) == SP_OK &&
		first.len == second.len && (!first.len || memcmp(first.data, second.data, first.len) == 0);
	sp_buffer_release(&first);
	sp_buffer_release(&second);
	return same;
}

/* Where the blanks at the end of a line begin. */
static size_t blanks_start(const spi_edits *edits, int line)
{
	size_t start = spi_line_start(&edits->lines, line), at = spi_line_end(&edits->lines, line);
	while (at > start && strchr(" \t", edits->text[at - 1]))
		at--;
	return at;
}

/* Two blanks before a line that goes on are Markdown's line break. */
static bool is_break(const spi_edits *edits, int line)
{
	size_t end = spi_line_end(&edits->lines, line);
	size_t blanks = blanks_start(edits, line);
	return end - blanks >= 2 && blanks > spi_line_start(&edits->lines, line) && memcmp(edits->text + end - 2, "  ", 2) == 0 &&
		line < edits->lines.count && blanks_start(edits, line + 1) > spi_line_start(&edits->lines, line + 1);
}

/* Lines whose blanks are what they show: code, HTML. NULL when memory is out. */
static bool *literal_lines(const spi_edits *edits, int first)
{
	size_t start = spi_line_start(&edits->lines, first);
	bool *literal = sp_arena_calloc(edits->arena, (size_t)edits->lines.count + 2, sizeof *literal);
	cmark_node *root = literal ? spi_markdown_parse(edits->text + start, edits->len - start) : NULL;
	if (!root)
		return NULL;
	spi_nodes nodes = spi_nodes_of(root, edits->arena);
	for (size_t i = 0; i < nodes.count; i++) {
		if (!spi_node_is(nodes.items[i], CMARK_NODE_CODE_BLOCK) && !spi_node_is(nodes.items[i], CMARK_NODE_HTML_BLOCK))
			continue;
		int from = first - 1 + cmark_node_get_start_line(nodes.items[i]);
		int to = first - 1 + cmark_node_get_end_line(nodes.items[i]);
		for (int line = from; line <= to && line <= edits->lines.count; line++)
			literal[line] = true;
	}
	cmark_node_free(root);
	return literal;
}

static void trim(spi_edits *edits, int from, int to, const bool *literal)
{
	for (int line = from; line <= to; line++) {
		size_t start = blanks_start(edits, line), end = spi_line_end(&edits->lines, line);
		if (start < end && !(literal && (literal[line] || is_break(edits, line))))
			spi_edits_add(edits, SPI_EDIT_BLANKS, start, end, "");
	}
}

/* The lines from..to with the edits after the first count. */
static const char *part(const spi_edits *edits, size_t count, int from, int to, size_t *ret_len)
{
	spi_edits some = *edits;
	size_t start = spi_line_start(&edits->lines, from), end = spi_line_start(&edits->lines, to + 1);
	some.text += start;
	some.len = end - start;
	some.count = edits->count - count;
	some.items = sp_arena_calloc(edits->arena, some.count + 1, sizeof *some.items);
	for (size_t i = 0; some.items && i < some.count; i++) {
		some.items[i] = edits->items[count + i];
		some.items[i].start -= start;
		some.items[i].end -= start;
	}
	return some.items ? spi_edits_apply(&some, ret_len) : NULL;
}

/* Drop the blanks of these lines, unless they then read otherwise. */
static void trim_part(spi_edits *edits, int from, int to, bool is_yaml)
{
	size_t count = edits->count, len = 0;
	bool *literal = is_yaml ? NULL : literal_lines(edits, from);
	if (to < from || (!is_yaml && !literal))
		return;
	trim(edits, from, to, literal);
	if (edits->count == count)
		return;
	size_t start = spi_line_start(&edits->lines, from), old_len = spi_line_start(&edits->lines, to + 1) - start;
	const char *old = edits->text + start, *trimmed = part(edits, count, from, to, &len);
	bool same = trimmed && (is_yaml ? reads_as_yaml(old, old_len, trimmed, len, edits->arena)
									: reads_as_markdown(old, old_len, trimmed, len));
	if (!same)
		spi_edits_cut(edits, count);
}

static bool has_blanks(const spi_edits *edits)
{
	for (int line = 1; line <= edits->lines.count; line++) {
		if (blanks_start(edits, line) < spi_line_end(&edits->lines, line))
			return true;
	}
	return false;
}

static void trim_article(spi_edits *edits)
{
	spi_report report = {0};
	int end = spi_front_matter_end(&edits->lines, &report);
	if (!end)
		return;
	trim_part(edits, 2, end - 1, true);
	trim_part(edits, end + 1, edits->lines.count, false);
}

void spi_edits_blanks(spi_edits *edits, bool is_yaml)
{
	const char *text = edits->text;
	if (edits->len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		spi_edits_add(edits, SPI_EDIT_MARK, 0, 3, "");
	for (size_t i = 0; i < edits->len && memchr(text + i, '\r', edits->len - i); i++) {
		i = (size_t)((const char *)memchr(text + i, '\r', edits->len - i) - text);
		spi_edits_add(edits, SPI_EDIT_LINE_END, i, i + 1, i + 1 < edits->len && text[i + 1] == '\n' ? "" : "\n");
	}
	if (edits->len && !strchr("\r\n", text[edits->len - 1]))
		spi_edits_add(edits, SPI_EDIT_LAST, edits->len, edits->len, "\n");
	if (has_blanks(edits) && is_yaml)
		trim_part(edits, 1, edits->lines.count, true);
	else if (has_blanks(edits))
		trim_article(edits);
}
