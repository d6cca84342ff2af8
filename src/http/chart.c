/* What all charts have in common: scales, texts, patterns, legends. */
#include "http/chart.h"

#include "http/numbers.h"

#include <math.h>
#include <string.h>

#define LABEL_SIZE 13.0
#define LEGEND_LINE 22.0
#define LEGEND_BOX 14.0
#define LEGEND_GAP 22.0
#define THIN 5.0 /* below, an outline would hide what it is around */

/* ---- scales ---- */

spi_scale spi_scale_for(double most, int ticks, spi_unit unit)
{
	static const double steps[] = {1, 2, 2.5, 5, 10};
	if (!(most > 0))
		return (spi_scale){unit == SPI_UNIT_COUNT ? ticks : 1, unit == SPI_UNIT_COUNT ? 1 : 0.25};
	double rough = most / ticks, power = pow(10, floor(log10(rough))), step = 10 * power;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (steps[i] * power >= rough * (1 - 1e-9)) {
			step = steps[i] * power;
			break;
		}
	if (unit == SPI_UNIT_COUNT && step != floor(step))
		step = ceil(step); /* half a contact is none; 2.5 becomes 3 */
	return (spi_scale){ceil(most / step - 1e-9) * step, step};
}

/* ---- texts ---- */

/* Of Titillium Web, in parts of the size: what is narrow, wide, and the rest. */
static double char_width(unsigned char c)
{
	if (strchr("ilj.,:;'|! ()[]ftrI", c) && c)
		return 0.32;
	if (strchr("mwMW%@", c) && c)
		return 0.85;
	if (c >= 'A' && c <= 'Z')
		return 0.64;
	return 0.55;
}

double spi_text_width(const char *text, double size)
{
	double width = 0;
	for (; text && *text; text++)
		if (((unsigned char)*text & 0xc0) != 0x80)
			width += char_width((unsigned char)*text);
	return width * size;
}

const char *spi_text_fit(const char *text, double size, double width, sp_arena *arena)
{
	if (spi_text_width(text, size) <= width)
		return text;
	double used = spi_text_width("…", size);
	size_t len = 0;
	for (size_t i = 0; text[i]; i++) {
		if (((unsigned char)text[i] & 0xc0) == 0x80)
			continue;
		used += char_width((unsigned char)text[i]) * size;
		if (used > width)
			break;
		len = i;
	}
	while (len > 0 && strchr(" ,-(", text[len - 1]))
		len--;
	return sp_arena_printf(arena, "%.*s…", (int)len, text);
}

static void add_html(const spi_chart *chart, const char *text)
{
	if (text)
		sp_buffer_add_html(chart->out, text, strlen(text));
}

void spi_chart_text(const spi_chart *chart, double x, double y, const char *anchor, const char *class_name, const char *text)
{
	sp_buffer_printf(chart->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, class_name);
	add_html(chart, text);
	sp_buffer_add_text(chart->out, "</text>");
}

/* ---- the picture ---- */

static const char *const look_classes[SPI_LOOK_COUNT] = {"ch-confirmed", "ch-assumed", "ch-ticket", "ch-abandoned", "ch-pending", "ch-plain"};

/* Two looks are patterns: what is not certain is never a full colour. */
static void add_patterns(const spi_chart *chart)
{
	sp_buffer_printf(chart->out,
		"<defs><pattern id=\"%s-as\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<rect width=\"6\" height=\"6\" class=\"ch-assumed-ground\"/><rect width=\"2.4\" height=\"6\" class=\"ch-assumed-line\"/></pattern>"
		"<pattern id=\"%s-ab\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"5\" class=\"ch-abandoned-ground\"/>"
		"<circle cx=\"2.5\" cy=\"2.5\" r=\"1.1\" class=\"ch-abandoned-dot\"/></pattern></defs>",
		chart->id, chart->id);
}

void spi_chart_begin(const spi_chart *chart, double height)
{
	sp_buffer_printf(chart->out,
		"<svg class=\"ch ch-%.0f\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\" aria-labelledby=\"%s-t %s-d\"><title id=\"%s-t\">",
		chart->width, chart->width, height, chart->width, height, chart->id, chart->id, chart->id);
	add_html(chart, chart->title);
	sp_buffer_printf(chart->out, "</title><desc id=\"%s-d\">", chart->id);
	add_html(chart, chart->description);
	sp_buffer_add_text(chart->out, "</desc>");
	add_patterns(chart);
}

void spi_chart_end(const spi_chart *chart)
{
	sp_buffer_add_text(chart->out, "</svg>\n");
}

void spi_chart_block(const spi_chart *chart, spi_look look, double x, double y, double width, double height, const char *told)
{
	if (!(width > 0) || !(height > 0))
		return;
	sp_buffer_printf(chart->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s%s\"", x, y, width, height, look_classes[look],
		width < THIN || height < THIN ? " ch-thin" : "");
	if (look == SPI_LOOK_ASSUMED || look == SPI_LOOK_ABANDONED)
		sp_buffer_printf(chart->out, " fill=\"url(#%s-%s)\"", chart->id, look == SPI_LOOK_ASSUMED ? "as" : "ab");
	if (told) {
		sp_buffer_add_text(chart->out, "><title>");
		add_html(chart, told);
		sp_buffer_add_text(chart->out, "</title></rect>");
	} else
		sp_buffer_add_text(chart->out, "/>");
}

/* ---- legend ---- */

static double legend(const spi_chart *chart, const spi_parts *parts, double y, bool draws)
{
	double x = 0, top = y;
	for (size_t i = 0; i < parts->count; i++) {
		double width = LEGEND_BOX + 6 + spi_text_width(parts->part[i].name, LABEL_SIZE);
		if (x > 0 && x + width > chart->width) {
			x = 0;
			y += LEGEND_LINE;
		}
		if (draws) {
			spi_chart_block(chart, parts->part[i].look, x + 0.5, y + 3, LEGEND_BOX, LEGEND_BOX, NULL);
			spi_chart_text(chart, x + LEGEND_BOX + 6, y + 14.5, "start", "ch-label", parts->part[i].name);
		}
		x += width + LEGEND_GAP;
	}
	return parts->count ? y + LEGEND_LINE + 6 - top : 0;
}

double spi_chart_legend(const spi_chart *chart, const spi_parts *parts, double y)
{
	return legend(chart, parts, y, true);
}

double spi_chart_legend_height(const spi_chart *chart, const spi_parts *parts)
{
	return legend(chart, parts, 0, false);
}
