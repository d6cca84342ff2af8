/* Charts of things beside each other: bars of parts, ranges, the funnel. On a narrow page a label stands above its bar. */
#include "http/chart.h"

#include "http/numbers.h"

#include <math.h>
#include <string.h>

#define LABEL_SIZE 14.0
#define VALUE_SIZE 13.0
#define BAR 20.0
#define LINE 16.0
#define NARROW 480.0      /* below: labels above bars */
#define ROW_WIDE 38.0
#define ROW_NARROW 50.0
#define LABEL_SHARE 0.36  /* of the width, at most */
#define TICKS 4

typedef struct rows {
	const spi_chart *chart;
	double left, width;   /* of the bars */
	double top, row;
	double label_width;
	bool above;           /* labels above bars */
} rows;

static rows make_rows(const spi_chart *chart, const spi_bar *bars, size_t count, double top, double told_width)
{
	rows r = {.chart = chart, .top = top, .above = chart->width < NARROW};
	r.row = r.above ? ROW_NARROW : ROW_WIDE;
	double widest = 0;
	for (size_t i = 0; i < count; i++)
		widest = fmax(widest, spi_text_width(bars[i].label, LABEL_SIZE));
	r.label_width = r.above ? chart->width - told_width : fmin(widest + 4, chart->width * LABEL_SHARE);
	r.left = r.above ? 1 : r.label_width + 10;
	r.width = chart->width - r.left - (r.above ? 2 : told_width + 8);
	return r;
}

static double bar_top(const rows *r, size_t i)
{
	return r->top + (double)i * r->row + (r->above ? r->row - BAR - 6 : (r->row - BAR) / 2);
}

static void add_line_of_label(const rows *r, double x, double y, const char *text, const char *whole)
{
	const spi_chart *chart = r->chart;
	sp_buffer_printf(chart->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"ch-name\">", x, y, r->above ? "start" : "end");
	sp_buffer_add_html(chart->out, text, strlen(text));
	if (whole) {
		sp_buffer_add_text(chart->out, "<title>");
		sp_buffer_add_html(chart->out, whole, strlen(whole));
		sp_buffer_add_text(chart->out, "</title>");
	}
	sp_buffer_add_text(chart->out, "</text>");
}

/* Where a label that is too wide is broken: the last blank that fits; 0 = nowhere. */
static size_t break_of(const rows *r, const char *label)
{
	size_t at = 0;
	for (const char *blank = strchr(label, ' '); blank; blank = strchr(blank + 1, ' ')) {
		const char *head = sp_arena_strndup(r->chart->arena, label, (size_t)(blank - label));
		if (!head || spi_text_width(head, LABEL_SIZE) > r->label_width)
			break;
		at = (size_t)(blank - label);
	}
	return at;
}

/* On one line above its bar; beside it on two, where one is not enough. What is left out even so is told to a pointer. */
static void add_label(const rows *r, size_t i, const spi_bar *bar)
{
	sp_arena *arena = r->chart->arena;
	double x = r->above ? 0 : r->left - 10, y = r->above ? bar_top(r, i) - 6 : bar_top(r, i) + BAR / 2 + 5;
	size_t at = r->above || spi_text_width(bar->label, LABEL_SIZE) <= r->label_width ? 0 : break_of(r, bar->label);
	const char *first = at ? sp_arena_strndup(arena, bar->label, at) : NULL;
	const char *rest = spi_text_fit(bar->label + (first ? at + 1 : 0), LABEL_SIZE, r->label_width, arena);
	if (!rest)
		return;
	bool is_cut = strcmp(rest, bar->label + (first ? at + 1 : 0)) != 0;
	if (first)
		add_line_of_label(r, x, y - LINE / 2, first, is_cut ? bar->label : NULL);
	add_line_of_label(r, x, y + (first ? LINE / 2 : 0), rest, is_cut ? bar->label : NULL);
}

static void add_told(const rows *r, size_t i, double end, const char *told)
{
	if (r->above)
		spi_chart_text(r->chart, r->chart->width, bar_top(r, i) - 6, "end", "ch-value", told);
	else
		spi_chart_text(r->chart, end + 8, bar_top(r, i) + BAR / 2 + 5, "start", "ch-value", told);
}

static double told_width_of(const spi_chart *chart, const spi_bar *bars, size_t count)
{
	double widest = 0;
	for (size_t i = 0; i < count; i++)
		widest = fmax(widest, spi_text_width(bars[i].told, VALUE_SIZE));
	return fmin(widest + 6, chart->width / 2);
}

/* ---- bars of parts ---- */

static double sum_of(const spi_bar *bar, const spi_parts *parts)
{
	double sum = 0;
	for (size_t i = 0; i < parts->count; i++)
		sum += isfinite(bar->part[i]) ? bar->part[i] : 0;
	return sum;
}

static void add_parts(const rows *r, size_t i, const spi_parts *parts, const spi_bar *bar, double most)
{
	const spi_chart *chart = r->chart;
	double x = r->left;
	for (size_t k = 0; k < parts->count; k++) {
		double value = isfinite(bar->part[k]) ? bar->part[k] : 0, width = most > 0 ? r->width * value / most : 0;
		const char *number = spi_number(chart->lang, value, 0, chart->arena);
		const char *told = sp_arena_printf(chart->arena, "%s · %s: %s", bar->label, parts->part[k].name, number);
		spi_chart_block(chart, parts->part[k].look, x, bar_top(r, i), width, BAR, told);
		x += width;
	}
	add_told(r, i, x, bar->told);
}

void spi_chart_bars(const spi_chart *chart, const spi_parts *parts, const spi_bar *bars, size_t count)
{
	double most = 0, top = parts->count > 1 ? spi_chart_legend_height(chart, parts) : 0;
	for (size_t i = 0; i < count; i++)
		most = fmax(most, sum_of(&bars[i], parts));
	rows r = make_rows(chart, bars, count, top, told_width_of(chart, bars, count));
	spi_chart_begin(chart, top + r.row * (double)count + 4);
	if (parts->count > 1)
		spi_chart_legend(chart, parts, 0);
	for (size_t i = 0; i < count; i++) {
		add_label(&r, i, &bars[i]);
		add_parts(&r, i, parts, &bars[i], most);
	}
	sp_buffer_printf(chart->out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"ch-axis\"/>", r.left - 0.5, top, r.left - 0.5,
		top + r.row * (double)count);
	spi_chart_end(chart);
}

/* ---- ranges ---- */

static void add_range(const rows *r, size_t i, const spi_bar *bar)
{
	const spi_chart *chart = r->chart;
	double y = bar_top(r, i);
	sp_buffer_printf(chart->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"ch-rail\"/>", r->left, y + BAR / 2 - 3, r->width, 6.0);
	if (isfinite(bar->low) && isfinite(bar->high)) {
		double low = r->left + r->width * bar->low, high = r->left + r->width * bar->high;
		if (high - low >= 6) {
			spi_chart_block(chart, SPI_LOOK_ASSUMED, low, y + 2, high - low, BAR - 4, NULL);
			sp_buffer_printf(chart->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"4\" height=\"%.1f\" class=\"ch-confirmed\"/>", low - 2, y, BAR);
			sp_buffer_printf(chart->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"4\" height=\"%.1f\" class=\"ch-confirmed\"/>", high - 2, y, BAR);
		} else
			sp_buffer_printf(chart->out, "<path d=\"M%.1f %.1fl8 10l-8 10l-8 -10z\" class=\"ch-mark\"/>", (low + high) / 2, y);
	}
	add_told(r, i, r->left + r->width, bar->told);
}

void spi_chart_ranges(const spi_chart *chart, const spi_bar *bars, size_t count)
{
	rows r = make_rows(chart, bars, count, 0, told_width_of(chart, bars, count));
	double bottom = r.row * (double)count;
	spi_chart_begin(chart, bottom + 24);
	for (int tick = 0; tick <= TICKS; tick++) {
		double share = (double)tick / TICKS, x = r.left + r.width * share;
		sp_buffer_printf(chart->out, "<line x1=\"%.1f\" y1=\"0\" x2=\"%.1f\" y2=\"%.1f\" class=\"ch-grid\"/>", x, x, bottom);
		spi_chart_text(chart, x, bottom + 17, r.above && tick == 0 ? "start" : r.above && tick == TICKS ? "end" : "middle", "ch-label",
			spi_percent(chart->lang, share, 0, chart->arena));
	}
	for (size_t i = 0; i < count; i++) {
		add_label(&r, i, &bars[i]);
		add_range(&r, i, &bars[i]);
	}
	spi_chart_end(chart);
}

/* ---- funnel ---- */

void spi_chart_funnel(const spi_chart *chart, const spi_bar *steps, size_t count)
{
	static const spi_look looks[] = {SPI_LOOK_PLAIN, SPI_LOOK_PLAIN, SPI_LOOK_CONFIRMED, SPI_LOOK_ASSUMED, SPI_LOOK_TICKET, SPI_LOOK_TICKET};
	double most = count ? steps[0].part[0] : 0;
	rows r = make_rows(chart, steps, count, 0, told_width_of(chart, steps, count));
	spi_chart_begin(chart, r.row * (double)count + 4);
	for (size_t i = 0; i < count; i++) {
		double width = most > 0 && isfinite(steps[i].part[0]) ? r.width * steps[i].part[0] / most : 0;
		sp_buffer_printf(chart->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"ch-rail\"/>", r.left, bar_top(&r, i), r.width, BAR);
		spi_chart_block(chart, looks[i < sizeof looks / sizeof *looks ? i : 0], r.left, bar_top(&r, i), width, BAR, NULL);
		add_label(&r, i, &steps[i]);
		add_told(&r, i, r.left + r.width, steps[i].told);
	}
	spi_chart_end(chart);
}
