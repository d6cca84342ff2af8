#include "base/clock.h"

#include "base/zone.h"

#include <stdio.h>
#include <time.h>

int64_t spi_now_utc_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t spi_now_utc_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int64_t spi_now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Days and civil dates: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
int64_t spi_days_of_civil(int year, unsigned month, unsigned day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

void spi_civil_of_days(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;
	*ret_day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (unsigned)(month < 10 ? month + 3 : month - 9);
	*ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

void spi_rfc3339(int64_t utc_s, char ret[32])
{
	int64_t days = utc_s >= 0 ? utc_s / 86400 : -((-utc_s + 86399) / 86400);
	int64_t rest = utc_s - days * 86400;
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	snprintf(ret, 32, "%04d-%02u-%02uT%02d:%02d:%02dZ", year, month, day, (int)(rest / 3600), (int)(rest / 60 % 60),
		(int)(rest % 60));
}

/* Exactly `count` digits, moving on; -1 when there are not. */
static int digits(const char **at, const char *end, int count)
{
	int value = 0;
	for (int i = 0; i < count; i++, (*at)++) {
		if (*at >= end || **at < '0' || **at > '9')
			return -1;
		value = value * 10 + (**at - '0');
	}
	return value;
}

static bool expect(const char **at, const char *end, char c)
{
	return *at < end && *(*at)++ == c;
}

static bool read_day(const char **at, const char *end, int64_t *ret_days)
{
	int year = digits(at, end, 4);
	if (year < 0 || !expect(at, end, '-'))
		return false;
	int month = digits(at, end, 2);
	if (month < 1 || month > 12 || !expect(at, end, '-'))
		return false;
	int day = digits(at, end, 2);
	if (day < 1)
		return false;
	*ret_days = spi_days_of_civil(year, (unsigned)month, (unsigned)day);
	int y;
	unsigned m, d;
	spi_civil_of_days(*ret_days, &y, &m, &d);
	return m == (unsigned)month && d == (unsigned)day;
}

static bool read_offset(const char **at, const char *end, int64_t *ret_s)
{
	if (*at >= end)
		return false;
	char sign = *(*at)++;
	if (sign == 'Z' || sign == 'z') {
		*ret_s = 0;
		return true;
	}
	if (sign != '+' && sign != '-')
		return false;
	int hours = digits(at, end, 2);
	if (hours < 0 || hours > 23 || !expect(at, end, ':'))
		return false;
	int minutes = digits(at, end, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*ret_s = (sign == '-' ? -60 : 60) * (hours * 60 + minutes);
	return true;
}

/* "T08:00:00.5" of a day; seconds may be missing where loose. */
static bool read_time(const char **at, const char *end, bool loose, int *ret_minute, int *ret_second)
{
	if (*at >= end || (**at != 'T' && **at != 't' && **at != ' '))
		return false;
	(*at)++;
	int hour = digits(at, end, 2);
	if (hour < 0 || hour > 23 || !expect(at, end, ':'))
		return false;
	int minute = digits(at, end, 2);
	if (minute < 0 || minute > 59)
		return false;
	*ret_minute = hour * 60 + minute;
	*ret_second = 0;
	if (loose && (*at == end || **at != ':'))
		return true;
	if (!expect(at, end, ':'))
		return false;
	*ret_second = digits(at, end, 2);
	if (*at < end && **at == '.')
		for ((*at)++; *at < end && **at >= '0' && **at <= '9';)
			(*at)++;
	return *ret_second >= 0 && *ret_second <= 60;
}

bool spi_rfc3339_parse(const char *text, size_t len, int64_t *ret_utc_s)
{
	const char *at = text, *end = text + len;
	int64_t days, offset_s = 0;
	int minute = 0, second = 0;
	if (!read_day(&at, end, &days))
		return false;
	if (at < end && (!read_time(&at, end, false, &minute, &second) || !read_offset(&at, end, &offset_s) || at != end))
		return false;
	*ret_utc_s = days * 86400 + minute * 60 + second - offset_s;
	return true;
}

bool spi_moment_parse(const char *text, size_t len, const char *timezone, int64_t *ret_utc_s)
{
	const char *at = text, *end = text + len;
	int64_t days, offset_s;
	int minute, second;
	if (!read_day(&at, end, &days) || !read_time(&at, end, true, &minute, &second))
		return false;
	if (at == end) {
		*ret_utc_s = spi_zone_utc_s(timezone, days, minute) + second;
		return true;
	}
	if (!read_offset(&at, end, &offset_s) || at != end)
		return false;
	*ret_utc_s = days * 86400 + minute * 60 + second - offset_s;
	return true;
}
