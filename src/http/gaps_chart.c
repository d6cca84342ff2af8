/* Topics without an answer as a figure: how many contacts each has, and how many of them were lost. */
#include "http/dashboard.h"
#include "http/gaps_chart.h"
#include "http/numbers.h"

#define DRAWN_MAX 12

static void draw(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	const spi_parts parts = {2, {{SPI_LOOK_TICKET, spi_page_text(request, "gaps.lost")}, {SPI_LOOK_ASSUMED, spi_page_text(request, "gaps.not-lost")}}};
	spi_bar *bars = sp_arena_calloc(request->arena, figure->rows_count + 1, sizeof *bars);
	for (size_t i = 0; bars && i < figure->rows_count; i++) {
		const double *value = figure->rows[i].value;
		bars[i] = (spi_bar){.label = figure->rows[i].label, .part = {value[1], value[0] - value[1]},
			.told = sp_arena_printf(request->arena, "%s · %s", spi_number(request->lang, value[0], 0, request->arena),
				spi_number(request->lang, value[2], 1, request->arena))};
	}
	if (bars)
		spi_chart_bars(chart, &parts, bars, figure->rows_count);
}

static const spi_figure_kind kind = {.key = "gaps", .first_key = "topic", .defines = "", .draw = draw, .drawn_max = DRAWN_MAX};

static bool make(const spi_request *request, const sp_gaps *gaps, spi_figure *figure)
{
	spi_figure_open(request, &kind, figure);
	spi_figure_column(figure, "conversations", spi_page_text(request, "gaps.count"), SPI_CELL_COUNT);
	spi_figure_column(figure, "lost", spi_page_text(request, "gaps.lost"), SPI_CELL_COUNT);
	spi_figure_column(figure, "effect_a_month", spi_page_text(request, "gaps.effect.title"), SPI_CELL_AVERAGE);
	for (size_t i = 0; i < gaps->topics_count; i++) {
		const sp_topic *topic = &gaps->topics[i];
		spi_figure_row *row = spi_figure_add(request, figure, topic->id, *topic->name ? topic->name : "–");
		if (!row)
			return false;
		row->url = sp_arena_printf(request->arena, "#gp-%s", topic->id);
		row->value[0] = topic->conversations;
		row->value[1] = topic->lost;
		row->value[2] = topic->effect;
	}
	return true;
}

void spi_gaps_put_chart(spi_request *request, spi_value *page, const sp_gaps *gaps, const char *csv)
{
	spi_figure figure;
	if (gaps->topics_count == 0 || !make(request, gaps, &figure))
		return;
	spi_value *item = spi_list_add(spi_put_list(page, "figures"));
	spi_figure shown = figure;
	if (shown.rows_count > DRAWN_MAX) {
		shown.rows_count = DRAWN_MAX;
		spi_put_text(item, "left_out", spi_number(request->lang, (double)(figure.rows_count - DRAWN_MAX), 0, request->arena));
	}
	spi_figure_put(request, item, &shown);
	spi_put_text(item, "csv", csv);
	spi_figure_put_chart(request, item, &kind, &figure);
}

bool spi_gaps_csv(const spi_request *request, const sp_gaps *gaps, sp_buffer *out)
{
	spi_figure figure;
	if (!make(request, gaps, &figure))
		return false;
	spi_figure_csv(&figure, out);
	return true;
}
