/* A straight line through points, by least squares. */
#ifndef BASE_LINE_H
#define BASE_LINE_H

typedef struct spi_line {
	double count, xs, ys, squares, products; /* of the points; zeros = none yet */
} spi_line;

/* Points that are all in one place, but for rounding. */
#define SPI_LINE_SAME 1e-9

static inline void spi_line_add(spi_line *line, double x, double y)
{
	line->count++;
	line->xs += x, line->ys += y;
	line->squares += x * x, line->products += x * y;
}

/* Where it rises; else, or where all points are in one place, their mean. There is one point at least. */
static inline double spi_line_rising_at(const spi_line *line, double x)
{
	double spread = line->count * line->squares - line->xs * line->xs, rise = line->count * line->products - line->xs * line->ys;
	double slope = spread > SPI_LINE_SAME && rise > 0 ? rise / spread : 0;
	return (line->ys + slope * (line->count * x - line->xs)) / line->count;
}

#endif
