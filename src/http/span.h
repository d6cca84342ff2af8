/* Spans of days that figures are asked for: presets, the span before, and how finely one is drawn. Days are since 1970-01-01, local.
   Threads: any. */
#ifndef HTTP_SPAN_H
#define HTTP_SPAN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct spi_span {
	int64_t from, to; /* both are in it */
} spi_span;

typedef enum spi_preset {
	SPI_PRESET_MONTH, SPI_PRESET_LAST_MONTH, SPI_PRESET_QUARTER, SPI_PRESET_YEAR, SPI_PRESET_TWELVE_MONTHS, SPI_PRESET_COUNT
} spi_preset;

/* This month, quarter, year until today; the month before; twelve months, this one the last. */
spi_span spi_span_preset(spi_preset preset, int64_t today);
/* As long, just before: whole months for whole months, the same days of the months before for a part of one, else as many days. */
spi_span spi_span_before(spi_span span);
/* Whether it is drawn month by month; day by day when it is shorter. */
bool spi_span_by_month(spi_span span);
/* The first day of the month that comes so many months after that of a day (may be negative). */
int64_t spi_month_start(int64_t day, int months);

#endif
