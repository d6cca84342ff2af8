#include "http/span.h"

#include "base/clock.h"

#define DAYS_DRAWN_MAX 92 /* longer spans are drawn by month */

int64_t spi_month_start(int64_t day, int months)
{
	int year;
	unsigned month, of_month;
	spi_civil_of_days(day, &year, &month, &of_month);
	int at = year * 12 + (int)month - 1 + months;
	return spi_days_of_civil(at / 12, (unsigned)(at % 12 + 1), 1);
}

static int months_between(int64_t from, int64_t to)
{
	int year[2];
	unsigned month[2], day;
	spi_civil_of_days(from, &year[0], &month[0], &day);
	spi_civil_of_days(to, &year[1], &month[1], &day);
	return (year[1] - year[0]) * 12 + (int)month[1] - (int)month[0];
}

spi_span spi_span_preset(spi_preset preset, int64_t today)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(today, &year, &month, &day);
	switch (preset) {
	case SPI_PRESET_MONTH:
		return (spi_span){spi_month_start(today, 0), today};
	case SPI_PRESET_LAST_MONTH:
		return (spi_span){spi_month_start(today, -1), spi_month_start(today, 0) - 1};
	case SPI_PRESET_QUARTER:
		return (spi_span){spi_days_of_civil(year, (month - 1) / 3 * 3 + 1, 1), today};
	case SPI_PRESET_YEAR:
		return (spi_span){spi_days_of_civil(year, 1, 1), today};
	default:
		return (spi_span){spi_month_start(today, -11), today};
	}
}

spi_span spi_span_before(spi_span span)
{
	if (span.from != spi_month_start(span.from, 0)) {
		int64_t days = span.to - span.from + 1;
		return (spi_span){span.from - days, span.from - 1};
	}
	int months = months_between(span.from, span.to) + 1;
	spi_span before = {spi_month_start(span.from, -months), span.from - 1};
	if (span.to + 1 == spi_month_start(span.to, 1))
		return before;
	/* The last month is not over: of the one that stands for it as many days, if it has them. */
	int64_t to = spi_month_start(span.to, -months) + (span.to - spi_month_start(span.to, 0));
	before.to = to < before.to ? to : before.to;
	return before;
}

bool spi_span_by_month(spi_span span)
{
	return span.to - span.from + 1 > DAYS_DRAWN_MAX;
}
