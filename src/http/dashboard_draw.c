/* From a figure's table to its chart: what is drawn is what the table says, and nothing else. */
#include "http/dashboard.h"

#include "http/numbers.h"
#include "sportello/catalog.h"

#include <math.h>
#include <string.h>

#define WEEKDAYS 7
#define HOURS 24

static const char *text(const spi_request *request, const char *key)
{
	return spi_page_text(request, key);
}

static spi_parts outcome_parts(const spi_request *request)
{
	return (spi_parts){4, {{SPI_LOOK_CONFIRMED, text(request, "definition.resolved_confirmed.name")}, {SPI_LOOK_ASSUMED, text(request, "definition.resolved_assumed.name")},
		{SPI_LOOK_TICKET, text(request, "definition.tickets.name")}, {SPI_LOOK_ABANDONED, text(request, "definition.abandoned.name")}}};
}

static void set_parts(spi_bar *bar, const spi_figure_row *row, size_t from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bar->part[i] = row->value[from + i];
}

/* "31,0–74,0%"; "–" for none. */
static const char *range_text(const spi_request *request, double low, double high)
{
	const char *end = spi_percent(request->lang, high, 0, request->arena);
	if (!isfinite(low) || !isfinite(high))
		return "–";
	if (spi_number(request->lang, low * 100, 0, request->arena) && round(low * 100) == round(high * 100))
		return end;
	return sp_arena_printf(request->arena, "%s–%s", spi_number(request->lang, low * 100, 0, request->arena), end);
}

/* ---- over time ---- */

static spi_point *points_of(const spi_request *request, const spi_figure *figure, bool has_shares)
{
	spi_point *points = sp_arena_calloc(request->arena, figure->rows_count + 1, sizeof *points);
	for (size_t i = 0; points && i < figure->rows_count; i++) {
		const spi_figure_row *row = &figure->rows[i];
		spi_dashboard_time_label(request, row->key, &points[i].label, &points[i].note);
		if (!has_shares)
			continue;
		points[i].low = row->value[0];
		points[i].high = row->value[1];
		points[i].before_low = row->value[2];
		points[i].before_high = row->value[3];
	}
	return points;
}

void spi_draw_self_service(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_point *points = points_of(request, figure, true);
	if (points)
		spi_chart_band(chart, points, figure->rows_count);
}

void spi_draw_outcomes(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_parts parts = outcome_parts(request);
	spi_point *points = points_of(request, figure, false);
	spi_bar *columns = sp_arena_calloc(request->arena, figure->rows_count + 1, sizeof *columns);
	if (!points || !columns)
		return;
	for (size_t i = 0; i < figure->rows_count; i++)
		set_parts(&columns[i], &figure->rows[i], 1, parts.count);
	spi_chart_columns(chart, &parts, points, columns, figure->rows_count);
}

/* ---- bars ---- */

static spi_bar *bars_of(const spi_request *request, const spi_figure *figure)
{
	spi_bar *bars = sp_arena_calloc(request->arena, figure->rows_count + 1, sizeof *bars);
	for (size_t i = 0; bars && i < figure->rows_count; i++)
		bars[i].label = figure->rows[i].label;
	return bars;
}

void spi_draw_funnel(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_bar *bars = bars_of(request, figure);
	if (!bars)
		return;
	for (size_t i = 0; i < figure->rows_count; i++) {
		const double *value = figure->rows[i].value;
		bars[i].part[0] = value[0];
		bars[i].told = sp_arena_printf(request->arena, "%s · %s", spi_number(request->lang, value[0], 0, request->arena),
			spi_percent(request->lang, value[1], 1, request->arena));
	}
	spi_chart_funnel(chart, bars, figure->rows_count);
}

/* conversations, the four outcomes, low, high */
void spi_draw_parts(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_parts parts = outcome_parts(request);
	spi_bar *bars = bars_of(request, figure);
	if (!bars)
		return;
	for (size_t i = 0; i < figure->rows_count; i++) {
		const double *value = figure->rows[i].value;
		set_parts(&bars[i], &figure->rows[i], 1, parts.count);
		bars[i].told = sp_arena_printf(request->arena, "%s · %s", spi_number(request->lang, value[0], 0, request->arena),
			range_text(request, value[5], value[6]));
	}
	spi_chart_bars(chart, &parts, bars, figure->rows_count);
}

void spi_draw_articles(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_parts parts = {3, {{SPI_LOOK_CONFIRMED, text(request, "definition.resolved_confirmed.name")},
		{SPI_LOOK_ASSUMED, text(request, "definition.resolved_assumed.name")}, {SPI_LOOK_ABANDONED, text(request, "definition.not_solved.name")}}};
	spi_bar *bars = bars_of(request, figure);
	if (!bars)
		return;
	for (size_t i = 0; i < figure->rows_count; i++) {
		set_parts(&bars[i], &figure->rows[i], 1, parts.count);
		bars[i].told = spi_number(request->lang, figure->rows[i].value[0], 0, request->arena);
	}
	spi_chart_bars(chart, &parts, bars, figure->rows_count);
}

void spi_draw_groups(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_parts parts = {2, {{SPI_LOOK_TICKET, text(request, "dashboard.groups.needed")}, {SPI_LOOK_ABANDONED, text(request, "definition.preventable.name")}}};
	spi_bar *bars = sp_arena_calloc(request->arena, figure->rows_count + 1, sizeof *bars);
	size_t count = 0;
	for (size_t i = 0; bars && i < figure->rows_count; i++) {
		const double *value = figure->rows[i].value, received = value[3], preventable = value[5];
		if (received > 0)
			bars[count++] = (spi_bar){.label = figure->rows[i].label, .part = {received - preventable, preventable},
				.told = sp_arena_printf(request->arena, "%s · %s", spi_number(request->lang, received, 0, request->arena),
					spi_percent(request->lang, value[4], 1, request->arena))};
	}
	if (count > 0)
		spi_chart_bars(chart, &parts, bars, count);
}

void spi_draw_rules(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_bar *bars = bars_of(request, figure);
	if (!bars)
		return;
	for (size_t i = 0; i < figure->rows_count; i++) {
		bars[i].low = figure->rows[i].value[3];
		bars[i].high = figure->rows[i].value[4];
		bars[i].told = range_text(request, bars[i].low, bars[i].high);
	}
	spi_chart_ranges(chart, bars, figure->rows_count);
}

/* ---- hours of the week: the table has a row an hour, the picture a row a day ---- */

void spi_draw_hours(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	const char *days[WEEKDAYS], *hours[HOURS];
	double values[WEEKDAYS * HOURS];
	if (figure->rows_count != HOURS || figure->columns_count != WEEKDAYS)
		return;
	for (int hour = 0; hour < HOURS; hour++)
		hours[hour] = figure->rows[hour].label;
	for (int day = 0; day < WEEKDAYS; day++) {
		days[day] = text(request, sp_arena_printf(request->arena, "dashboard.weekday.short.%d", day + 1));
		for (int hour = 0; hour < HOURS; hour++)
			values[day * HOURS + hour] = figure->rows[hour].value[day];
	}
	spi_chart_heat(chart, days, WEEKDAYS, hours, HOURS, values);
}
