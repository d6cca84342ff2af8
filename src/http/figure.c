#include "http/figure.h"

#include "base/csv_text.h"
#include "http/numbers.h"

#include <math.h>
#include <string.h>

#define ROWS_FIRST 16

void spi_figure_column(spi_figure *figure, const char *key, const char *name, spi_cell kind)
{
	if (figure->columns_count == SPI_FIGURE_COLUMNS_MAX)
		return;
	size_t at = figure->columns_count++;
	figure->column[at].key = key;
	figure->column[at].name = name;
	figure->column[at].kind = kind;
}

spi_figure_row *spi_figure_add(const spi_request *request, spi_figure *figure, const char *key, const char *label)
{
	if (figure->rows_count == figure->rows_cap) {
		size_t cap = figure->rows_cap ? 2 * figure->rows_cap : ROWS_FIRST;
		spi_figure_row *rows = sp_arena_calloc(request->arena, cap, sizeof *rows);
		if (!rows)
			return NULL;
		if (figure->rows_count)
			memcpy(rows, figure->rows, figure->rows_count * sizeof *rows);
		figure->rows = rows;
		figure->rows_cap = cap;
	}
	spi_figure_row *row = &figure->rows[figure->rows_count++];
	*row = (spi_figure_row){.key = key, .label = label};
	for (size_t i = 0; i < SPI_FIGURE_COLUMNS_MAX; i++)
		row->value[i] = NAN;
	return row;
}

const char *spi_figure_text(const spi_request *request, spi_cell kind, double value)
{
	switch (kind) {
	case SPI_CELL_SHARE:
		return spi_percent(request->lang, value, 1, request->arena);
	case SPI_CELL_SECONDS:
		return spi_duration(request->lang, value, request->arena);
	case SPI_CELL_AVERAGE:
		return spi_number(request->lang, value, 1, request->arena);
	default:
		return spi_number(request->lang, value, 0, request->arena);
	}
}

void spi_figure_put(const spi_request *request, spi_value *into, const spi_figure *figure)
{
	spi_put_text(into, "key", figure->key);
	spi_put_text(into, "title", figure->title);
	spi_put_text(into, "about", figure->about);
	spi_put_text(into, "first", figure->first);
	spi_put_bool(into, "has_rows", figure->rows_count > 0);
	spi_value *columns = spi_put_list(into, "columns");
	for (size_t i = 0; i < figure->columns_count; i++)
		spi_put_text(spi_list_add(columns), "name", figure->column[i].name);
	spi_value *rows = spi_put_list(into, "rows");
	for (size_t i = 0; i < figure->rows_count; i++) {
		const spi_figure_row *row = &figure->rows[i];
		spi_value *item = spi_list_add(rows);
		spi_put_text(item, "label", row->label);
		spi_put_text(item, "url", row->url);
		spi_value *cells = spi_put_list(item, "cells");
		for (size_t k = 0; k < figure->columns_count; k++)
			spi_put_text(spi_list_add(cells), "text", spi_figure_text(request, figure->column[k].kind, row->value[k]));
	}
}

/* ---- CSV ---- */

static void add_value(sp_buffer *out, spi_cell kind, double value)
{
	if (!isfinite(value))
		return;
	sp_buffer_printf(out, "%.*f", kind == SPI_CELL_COUNT ? 0 : kind == SPI_CELL_SHARE ? 4 : 1, value);
}

void spi_figure_csv(const spi_figure *figure, sp_buffer *out)
{
	sp_buffer_printf(out, "%s,name", figure->first_key);
	for (size_t i = 0; i < figure->columns_count; i++)
		sp_buffer_printf(out, ",%s", figure->column[i].key);
	sp_buffer_add_text(out, "\r\n");
	for (size_t i = 0; i < figure->rows_count; i++) {
		spi_csv_text(out, figure->rows[i].key ? figure->rows[i].key : "");
		sp_buffer_add_char(out, ',');
		spi_csv_text(out, figure->rows[i].label ? figure->rows[i].label : "");
		for (size_t k = 0; k < figure->columns_count; k++) {
			sp_buffer_add_char(out, ',');
			add_value(out, figure->column[k].kind, figure->rows[i].value[k]);
		}
		sp_buffer_add_text(out, "\r\n");
	}
}
