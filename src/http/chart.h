/* Charts as SVG, made here: scales with round ticks, bands, columns, bars, ranges, heat maps. Each is a picture with a title and a
   description for who hears it; what is told by colour is told by a pattern and by words too. The table with the same numbers stands
   beside it in the page (figure_table.h).

   A chart is drawn for one width in pixels, and its letters keep their size: a page holds it in several widths and shows the one that
   fits (dashboard.css). Colours are classes of dashboard.css (ch-…), except patterns, which each picture brings along.
   Values that are not there are NAN: a gap, never a zero. Texts are borrowed. Threads: any. */
#ifndef HTTP_CHART_H
#define HTTP_CHART_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/text.h"

#include <stdbool.h>
#include <stddef.h>

/* What a part of a column or bar stands for: its look. */
typedef enum spi_look {
	SPI_LOOK_CONFIRMED, SPI_LOOK_ASSUMED, SPI_LOOK_TICKET, SPI_LOOK_ABANDONED, SPI_LOOK_PENDING, SPI_LOOK_PLAIN, SPI_LOOK_COUNT
} spi_look;

typedef enum spi_unit { SPI_UNIT_COUNT, SPI_UNIT_SHARE } spi_unit;

typedef struct spi_chart {
	sp_buffer *out;
	sp_arena *arena;
	sp_lang lang;
	const char *id;          /* begins all ids inside; differs between pictures of a page */
	const char *title;       /* what it shows */
	const char *description; /* what one sees in it, in a sentence */
	double width;            /* pixels */
} spi_chart;

typedef struct spi_point {
	const char *label;  /* "gen 2026" */
	const char *note;   /* second line below the label where it differs from the one before; NULL = none */
	double low, high;   /* shares, or counts */
	double before_low, before_high; /* the same of the period before; NAN = none */
} spi_point;

#define SPI_PARTS_MAX 6

typedef struct spi_bar {
	const char *label, *url; /* url NULL = no link */
	double part[SPI_PARTS_MAX];
	double low, high;        /* of a range */
	const char *told;        /* what stands at its end; NULL = the sum */
} spi_bar;

typedef struct spi_parts {
	size_t count;
	struct {
		spi_look look;
		const char *name;
	} part[SPI_PARTS_MAX];
} spi_parts;

/* A band from low to high over time, its edges as lines; the period before as a dotted outline. From 0 to 100%. */
void spi_chart_band(const spi_chart *chart, const spi_point *points, size_t count);
/* Columns over time, each of parts one upon the other. */
void spi_chart_columns(const spi_chart *chart, const spi_parts *parts, const spi_point *points, const spi_bar *columns, size_t count);
/* Bars that lie, each of parts one behind the other, with its sum at the end. */
void spi_chart_bars(const spi_chart *chart, const spi_parts *parts, const spi_bar *bars, size_t count);
/* A bar from low to high on a scale of 0 to 100%; a mark where they are the same. */
void spi_chart_ranges(const spi_chart *chart, const spi_bar *bars, size_t count);
/* Steps, each a part of the one before; part[0] is the number. */
void spi_chart_funnel(const spi_chart *chart, const spi_bar *steps, size_t count);
/* rows × columns values; darker is more, and each has its number. */
void spi_chart_heat(const spi_chart *chart, const char *const *rows, size_t rows_count, const char *const *columns, size_t columns_count,
	const double *values);

/* ---- pieces (chart.c) ---- */

typedef struct spi_scale {
	double max, step; /* from 0; max is a multiple of step */
} spi_scale;

/* Round ticks (1, 2, 2.5, 5 × 10^n) for values up to most; whole numbers when the unit is a count. At least one step. */
spi_scale spi_scale_for(double most, int ticks, spi_unit unit);
/* About the width of a text in pixels at a size; never much too small. */
double spi_text_width(const char *text, double size);
/* The text cut to a width, with an ellipsis when something is left out. In the arena. */
const char *spi_text_fit(const char *text, double size, double width, sp_arena *arena);

void spi_chart_begin(const spi_chart *chart, double height);
void spi_chart_end(const spi_chart *chart);
/* anchor: "start", "middle" or "end"; class of dashboard.css. */
void spi_chart_text(const spi_chart *chart, double x, double y, const char *anchor, const char *class_name, const char *text);
/* A rectangle in the look of a part; what a pointer that rests on it is told (NULL = nothing). */
void spi_chart_block(const spi_chart *chart, spi_look look, double x, double y, double width, double height, const char *told);
/* The names of the parts with their looks, from y downwards; the height that they take. */
double spi_chart_legend(const spi_chart *chart, const spi_parts *parts, double y);
/* The height that it will take. */
double spi_chart_legend_height(const spi_chart *chart, const spi_parts *parts);

#endif
