/* Charts over time: the band of the self-service range, and columns of outcomes. */
#include "http/chart.h"

#include "http/numbers.h"

#include <math.h>
#include <string.h>

#define HEIGHT 240.0  /* of the plot */
#define TOP 12.0
#define BOTTOM 44.0   /* two lines of labels */
#define RIGHT 14.0
#define LABEL_SIZE 13.0
#define LABEL_GAP 10.0
#define TICKS 4
#define MANY_POINTS 40 /* from here on no single points are drawn */

typedef struct plot {
	const spi_chart *chart;
	spi_scale scale;
	spi_unit unit;
	double left, top, width, height;
	size_t count;
} plot;

static double x_of(const plot *p, size_t i)
{
	return p->left + p->width * ((double)i + 0.5) / (double)p->count;
}

static double y_of(const plot *p, double value)
{
	return p->top + p->height * (1 - value / p->scale.max);
}

static const char *tick_text(const plot *p, double value)
{
	if (p->unit == SPI_UNIT_SHARE)
		return spi_percent(p->chart->lang, value, p->scale.step < 0.01 - 1e-9 ? 1 : 0, p->chart->arena);
	return spi_compact(p->chart->lang, value, p->chart->arena);
}

/* Of the lines of the grid, from 0 on. */
static size_t count_ticks(spi_scale scale)
{
	return (size_t)(scale.max / scale.step + 0.5) + 1;
}

static plot make_plot(const spi_chart *chart, spi_scale scale, spi_unit unit, size_t count, double top)
{
	plot p = {.chart = chart, .scale = scale, .unit = unit, .top = top + TOP, .height = HEIGHT, .count = count};
	double widest = 0;
	for (size_t i = 0, ticks = count_ticks(scale); i < ticks; i++)
		widest = fmax(widest, spi_text_width(tick_text(&p, (double)i * scale.step), LABEL_SIZE));
	p.left = widest + 10;
	p.width = chart->width - p.left - RIGHT;
	return p;
}

static void add_grid(const plot *p)
{
	for (size_t i = 0, ticks = count_ticks(p->scale); i < ticks; i++) {
		double v = (double)i * p->scale.step, y = y_of(p, v);
		sp_buffer_printf(p->chart->out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", p->left, y,
			p->left + p->width, y, i == 0 ? "ch-axis" : "ch-grid");
		spi_chart_text(p->chart, p->left - 7, y + 4.5, "end", "ch-label", tick_text(p, v));
	}
}

/* Every n-th label, so that none touches the next; the last one's n-th, so that the present has its name. */
static void add_time(const plot *p, const spi_point *points)
{
	double widest = 0, step = p->width / (double)p->count;
	for (size_t i = 0; i < p->count; i++)
		widest = fmax(widest, spi_text_width(points[i].label, LABEL_SIZE));
	size_t every = (size_t)fmax(1, ceil((widest + LABEL_GAP) / step)), from = (p->count - 1) % every;
	const char *noted = "";
	double note_from = -1e9;
	for (size_t i = from; i < p->count; i += every) {
		double x = x_of(p, i), half = spi_text_width(points[i].label, LABEL_SIZE) / 2;
		x = fmin(fmax(x, half), p->chart->width - half);
		spi_chart_text(p->chart, x, p->top + p->height + 18, "middle", "ch-label", points[i].label);
		const char *note = points[i].note ? points[i].note : "";
		double room = spi_text_width(note, LABEL_SIZE) + LABEL_GAP;
		if (*note && strcmp(note, noted) != 0 && x - note_from >= room) {
			spi_chart_text(p->chart, x, p->top + p->height + 35, "middle", "ch-label ch-strong", note);
			noted = note;
			note_from = x;
		}
	}
}

/* ---- the band ---- */

typedef double value_of(const spi_point *point);
static double low_of(const spi_point *point) { return point->low; }
static double high_of(const spi_point *point) { return point->high; }
static double before_low_of(const spi_point *point) { return point->before_low; }
static double before_high_of(const spi_point *point) { return point->before_high; }

/* A line through what is there; it breaks where something lacks. */
static void add_line(const plot *p, const spi_point *points, value_of *value, const char *class_name)
{
	bool on = false;
	sp_buffer_printf(p->chart->out, "<path class=\"%s\" d=\"", class_name);
	for (size_t i = 0; i < p->count; i++) {
		double v = value(&points[i]);
		if (isfinite(v))
			sp_buffer_printf(p->chart->out, "%s%.1f %.1f", on ? "L" : "M", x_of(p, i), y_of(p, v));
		on = isfinite(v);
	}
	sp_buffer_add_text(p->chart->out, "\"/>");
}

/* One area for each run of points that are there. */
static void add_area(const plot *p, const spi_point *points, size_t from, size_t until)
{
	if (until - from < 2)
		return;
	sp_buffer_add_text(p->chart->out, "<path class=\"ch-band\" d=\"");
	for (size_t i = from; i < until; i++)
		sp_buffer_printf(p->chart->out, "%s%.1f %.1f", i == from ? "M" : "L", x_of(p, i), y_of(p, points[i].high));
	for (size_t i = until; i-- > from;)
		sp_buffer_printf(p->chart->out, "L%.1f %.1f", x_of(p, i), y_of(p, points[i].low));
	sp_buffer_add_text(p->chart->out, "Z\"/>");
}

static void add_areas(const plot *p, const spi_point *points)
{
	size_t from = 0;
	for (size_t i = 0; i <= p->count; i++)
		if (i == p->count || !isfinite(points[i].high)) {
			add_area(p, points, from, i);
			from = i + 1;
		}
}

/* A point alone has no line: its range is a bar with two ends. */
static void add_points(const plot *p, const spi_point *points)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!isfinite(points[i].high))
			continue;
		bool alone = (i == 0 || !isfinite(points[i - 1].high)) && (i + 1 == p->count || !isfinite(points[i + 1].high));
		double x = x_of(p, i), low = y_of(p, points[i].low), high = y_of(p, points[i].high);
		if (p->count > MANY_POINTS && !alone)
			continue;
		if (alone)
			sp_buffer_printf(p->chart->out, "<rect class=\"ch-band\" x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"%.1f\"/>", x - 6, high, low - high);
		sp_buffer_printf(p->chart->out,
			"<circle class=\"ch-dot-high\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/><circle class=\"ch-dot-low\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", x, high, x, low);
		sp_buffer_printf(p->chart->out, "<rect class=\"ch-touch\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>", x - p->width / (double)p->count / 2,
			p->top, p->width / (double)p->count, p->height);
		const char *told = sp_arena_printf(p->chart->arena, "%s%s%s: %s – %s", points[i].label, points[i].note ? " " : "", points[i].note ? points[i].note : "",
			spi_percent(p->chart->lang, points[i].low, 1, p->chart->arena), spi_percent(p->chart->lang, points[i].high, 1, p->chart->arena));
		if (told)
			sp_buffer_add_html(p->chart->out, told, strlen(told));
		sp_buffer_add_text(p->chart->out, "</title></rect>");
	}
}

/* The last range that is there, in numbers beside its point: on the side that has room. */
static void add_last(const plot *p, const spi_point *points)
{
	size_t last = p->count;
	while (last > 0 && !isfinite(points[last - 1].high))
		last--;
	if (last == 0)
		return;
	const spi_point *point = &points[last - 1];
	double x = fmin(x_of(p, last - 1), p->left + p->width - 22);
	double high = y_of(p, point->high), low = y_of(p, point->low);
	spi_chart_text(p->chart, x, fmax(high - 9, p->top + 4), "middle", "ch-value", spi_percent(p->chart->lang, point->high, 0, p->chart->arena));
	if (low - high >= 1)
		spi_chart_text(p->chart, x, fmin(low + 19, p->top + p->height - 4), "middle", "ch-value", spi_percent(p->chart->lang, point->low, 0, p->chart->arena));
}

void spi_chart_band(const spi_chart *chart, const spi_point *points, size_t count)
{
	plot p = make_plot(chart, (spi_scale){1, 0.25}, SPI_UNIT_SHARE, count, 0);
	spi_chart_begin(chart, TOP + HEIGHT + BOTTOM);
	add_grid(&p);
	if (count) {
		add_time(&p, points);
		add_areas(&p, points);
		add_line(&p, points, before_low_of, "ch-before");
		add_line(&p, points, before_high_of, "ch-before");
		add_line(&p, points, high_of, "ch-line-high");
		add_line(&p, points, low_of, "ch-line-low");
		add_points(&p, points);
		add_last(&p, points);
	}
	spi_chart_end(chart);
}

/* ---- columns ---- */

static double sum_of(const spi_bar *bar, size_t parts)
{
	double sum = 0;
	for (size_t i = 0; i < parts; i++)
		sum += isfinite(bar->part[i]) ? bar->part[i] : 0;
	return sum;
}

static void add_column(const plot *p, const spi_parts *parts, const spi_point *point, const spi_bar *bar, double x, double width)
{
	double below = 0;
	for (size_t k = 0; k < parts->count; k++) {
		double value = isfinite(bar->part[k]) ? bar->part[k] : 0, height = p->height * value / p->scale.max;
		const char *told = sp_arena_printf(p->chart->arena, "%s%s%s · %s: %s", point->label, point->note ? " " : "", point->note ? point->note : "",
			parts->part[k].name, spi_number(p->chart->lang, value, 0, p->chart->arena));
		below += value;
		spi_chart_block(p->chart, parts->part[k].look, x - width / 2, y_of(p, below), width, height, told);
	}
}

/* Numbers upon all columns, or upon none. */
static bool has_room(const plot *p, const spi_parts *parts, const spi_bar *columns, double step)
{
	for (size_t i = 0; i < p->count; i++)
		if (spi_text_width(spi_compact(p->chart->lang, sum_of(&columns[i], parts->count), p->chart->arena), LABEL_SIZE) + 6 > step)
			return false;
	return true;
}

void spi_chart_columns(const spi_chart *chart, const spi_parts *parts, const spi_point *points, const spi_bar *columns, size_t count)
{
	double most = 0, top = spi_chart_legend_height(chart, parts);
	for (size_t i = 0; i < count; i++)
		most = fmax(most, sum_of(&columns[i], parts->count));
	plot p = make_plot(chart, spi_scale_for(most, TICKS, SPI_UNIT_COUNT), SPI_UNIT_COUNT, count, top + 8);
	spi_chart_begin(chart, top + 8 + TOP + HEIGHT + BOTTOM);
	spi_chart_legend(chart, parts, 0);
	add_grid(&p);
	if (count) {
		double step = p.width / (double)count, width = fmin(fmax(step * 0.7, 1), 64);
		bool shows_sums = has_room(&p, parts, columns, step);
		add_time(&p, points);
		for (size_t i = 0; i < count; i++) {
			double sum = sum_of(&columns[i], parts->count);
			add_column(&p, parts, &points[i], &columns[i], x_of(&p, i), width);
			if (sum > 0 && shows_sums)
				spi_chart_text(chart, x_of(&p, i), y_of(&p, sum) - 6, "middle", "ch-value", spi_compact(chart->lang, sum, chart->arena));
		}
	}
	spi_chart_end(chart);
}
