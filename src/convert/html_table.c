/* Tables: GitHub's, one line a row. */
#include "convert/html.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 40
#define ROWS_MAX 2000

static size_t count_cells(const xmlNode *row)
{
	size_t count = 0;
	for (const xmlNode *cell = row->children; cell; cell = cell->next)
		count += spi_html_is_any(cell, "td th");
	return count < COLUMNS_MAX ? count : COLUMNS_MAX;
}

/* Rows of a table, in whatever part of it they stand (not those of a table in a cell). */
static void find_rows(const xmlNode *node, const xmlNode **rows, size_t *count)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		if (spi_html_is(child, "tr") && *count < ROWS_MAX && count_cells(child) > 0)
			rows[(*count)++] = child;
		else if (spi_html_is_any(child, "thead tbody tfoot"))
			find_rows(child, rows, count);
	}
}

static void add_cell(spi_html *h, const xmlNode *cell, int depth, sp_buffer *out)
{
	sp_buffer text = {.max = out->max};
	if (cell)
		spi_html_text(h, cell->children, NULL, true, depth + 1, &text);
	sp_buffer_add_char(out, ' ');
	size_t end = text.len, start = strspn(sp_buffer_text(&text), " \n");
	while (end > start && strchr(" \n", text.data[end - 1]))
		end--;
	for (size_t i = start; i < end; i++) {
		if (text.data[i] == '|' && !(i > 0 && text.data[i - 1] == '\\'))
			sp_buffer_add_char(out, '\\');
		sp_buffer_add_char(out, text.data[i] == '\n' ? ' ' : text.data[i]);
	}
	sp_buffer_add_text(out, end > start ? " |" : "|");
	h->failed |= text.failed;
	sp_buffer_release(&text);
}

static void add_row(spi_html *h, const xmlNode *row, size_t columns, int depth, sp_buffer *out)
{
	const xmlNode *cell = row ? row->children : NULL;
	sp_buffer_add_char(out, '|');
	for (size_t i = 0; i < columns; i++) {
		while (cell && !spi_html_is_any(cell, "td th"))
			cell = cell->next;
		add_cell(h, cell, depth, out);
		cell = cell ? cell->next : NULL;
	}
	sp_buffer_add_char(out, '\n');
}

void spi_html_table(spi_html *h, const xmlNode *table, int depth, sp_buffer *out)
{
	const xmlNode **rows = calloc(ROWS_MAX, sizeof *rows);
	size_t count = 0, columns = 0;
	if (!rows) {
		h->failed = true;
		return;
	}
	find_rows(table, rows, &count);
	for (size_t i = 0; i < count; i++)
		columns = count_cells(rows[i]) > columns ? count_cells(rows[i]) : columns;
	for (size_t i = 0; i < count; i++) {
		add_row(h, rows[i], columns, depth, out);
		for (size_t column = 0; i == 0 && column < columns; column++)
			sp_buffer_add_text(out, column + 1 < columns ? "| --- " : "| --- |\n");
	}
	free(rows);
}
