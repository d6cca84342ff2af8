/* A heat map with its numbers: hours of the week. On a page that is too narrow for 24 columns it lies on its side. */
#include "http/chart.h"

#include "http/numbers.h"

#include <math.h>

#define LABEL_SIZE 13.0
#define CELL_HEIGHT 30.0
#define CELL_HEIGHT_TURNED 24.0
#define CELL_MIN 34.0 /* a number of four signs */
#define HEAD 22.0
#define LEVELS 8      /* classes ch-heat-0 … ch-heat-7 */

typedef struct heat {
	const spi_chart *chart;
	const double *values;
	size_t rows, columns, columns_given; /* as drawn; as given */
	bool turned;
	double left, cell_width, cell_height, most;
} heat;

static double value_at(const heat *h, size_t row, size_t column)
{
	return h->turned ? h->values[column * h->columns_given + row] : h->values[row * h->columns_given + column];
}

static double most_of(const double *values, size_t count)
{
	double most = 0;
	for (size_t i = 0; i < count; i++)
		if (isfinite(values[i]))
			most = fmax(most, values[i]);
	return most;
}

static void add_cell(const heat *h, size_t row, size_t column, const char *row_name, const char *column_name)
{
	const spi_chart *chart = h->chart;
	double value = value_at(h, row, column), x = h->left + (double)column * h->cell_width, y = HEAD + (double)row * h->cell_height;
	/* Zero is white; the rest by the root, so that quiet hours differ too. */
	int level = isfinite(value) && value > 0 && h->most > 0 ? 1 + (int)floor(sqrt(value / h->most) * (LEVELS - 1.001)) : 0;
	sp_buffer_printf(chart->out, "<g class=\"ch-heat-%d\"><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", level, x + 1, y + 1,
		h->cell_width - 2, h->cell_height - 2);
	sp_buffer_printf(chart->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text><title>%s, %s: %s</title></g>", x + h->cell_width / 2,
		y + h->cell_height / 2 + 4.5, spi_compact(chart->lang, value, chart->arena), row_name, column_name, spi_number(chart->lang, value, 0, chart->arena));
}

void spi_chart_heat(const spi_chart *chart, const char *const *rows, size_t rows_count, const char *const *columns, size_t columns_count,
	const double *values)
{
	heat h = {.chart = chart, .values = values, .columns_given = columns_count, .most = most_of(values, rows_count * columns_count)};
	double label = 0;
	for (size_t i = 0; i < rows_count; i++)
		label = fmax(label, spi_text_width(rows[i], LABEL_SIZE));
	h.turned = (chart->width - label - 10) / (double)columns_count < CELL_MIN;
	const char *const *down = h.turned ? columns : rows, *const *along = h.turned ? rows : columns;
	h.rows = h.turned ? columns_count : rows_count;
	h.columns = h.turned ? rows_count : columns_count;
	h.cell_height = h.turned ? CELL_HEIGHT_TURNED : CELL_HEIGHT;
	label = 0;
	for (size_t i = 0; i < h.rows; i++)
		label = fmax(label, spi_text_width(down[i], LABEL_SIZE));
	h.left = label + 10;
	h.cell_width = (chart->width - h.left) / (double)h.columns;
	spi_chart_begin(chart, HEAD + (double)h.rows * h.cell_height + 2);
	for (size_t i = 0; i < h.columns; i++)
		spi_chart_text(chart, h.left + ((double)i + 0.5) * h.cell_width, HEAD - 7, "middle", "ch-label",
			spi_text_fit(along[i], LABEL_SIZE, h.cell_width, chart->arena));
	for (size_t row = 0; row < h.rows; row++) {
		spi_chart_text(chart, h.left - 7, HEAD + ((double)row + 0.5) * h.cell_height + 4.5, "end", "ch-label", down[row]);
		for (size_t column = 0; column < h.columns; column++)
			add_cell(&h, row, column, down[row], along[column]);
	}
	spi_chart_end(chart);
}
