/* Opening hours: weekly, in local time, with the holidays of kb.yaml. */
#include "sportello/ticket.h"

#include "base/clock.h"
#include "base/zone.h"

#include <stdio.h>
#include <string.h>

#define DAY_MIN (24 * 60)
#define DAY_S (60 * DAY_MIN)
#define DAYS_AHEAD 366 /* who does not open in a year does not open */

typedef struct timetable {
	const sp_kb_config *config;
	const sp_hours *hours;
} timetable;

/* Easter Sunday as days since 1970 (Meeus, Astronomical Algorithms, chapter 8; after Butcher, 1876). */
static int64_t easter_days(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;
	return spi_days_of_civil(year, (unsigned)(n / 31), (unsigned)(n % 31) + 1);
}

static bool is_holiday(const sp_kb_config *config, int64_t days)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	char date[40];
	snprintf(date, sizeof date, "%04d-%02u-%02u", year, month, day);
	for (size_t i = 0; i < config->holidays_count; i++) {
		const char *holiday = config->holidays[i];
		if (strcmp(holiday, date) == 0 || strcmp(holiday, date + 5) == 0)
			return true;
		if (strcmp(holiday, "easter-monday") == 0 && days == easter_days(year) + 1)
			return true;
	}
	return false;
}

/* Whether it opens on a day, and from when to when (minutes of the day). */
static bool opens_on(const timetable *t, int64_t days, int *ret_open, int *ret_close)
{
	int weekday = (int)(((days + 3) % 7 + 7) % 7);
	*ret_open = t->hours->days[weekday].open_min;
	*ret_close = t->hours->days[weekday].close_min;
	return *ret_close > *ret_open && !is_holiday(t->config, days);
}

static int64_t moment(const timetable *t, int64_t days, int minute)
{
	return spi_zone_utc_s(t->config->timezone, days, minute);
}

/* When it opens first, from a minute of a day on; 0 = never. */
static int64_t next_opening(const timetable *t, int64_t days, int minute)
{
	int open, close;
	for (int i = 0; i <= DAYS_AHEAD; i++) {
		if (opens_on(t, days + i, &open, &close) && (i > 0 || open >= minute))
			return moment(t, days + i, open);
	}
	return 0;
}

/* When an opening ends that began on a day: a day open until midnight goes on into one open from midnight. 0 =
   never. */
static int64_t end_of_opening(const timetable *t, int64_t *days, int *close)
{
	int open, next_close;
	for (int i = 0; *close == DAY_MIN && opens_on(t, *days + 1, &open, &next_close) && open == 0; i++) {
		if (i == DAYS_AHEAD)
			return 0;
		++*days;
		*close = next_close;
	}
	return moment(t, *days, *close);
}

bool sp_service_is_open(const sp_kb_config *config, int service, int64_t utc_s, int64_t *ret_opens_utc_s,
	int64_t *ret_closes_utc_s)
{
	int64_t opens = 0, closes = 0;
	int hours = service >= 0 && (size_t)service < config->services_count ? config->services[service].hours : -1;
	bool is_open = hours < 0 || (size_t)hours >= config->hours_count; /* without hours: always */
	if (!is_open) {
		timetable t = {config, &config->hours[hours]};
		spi_local now = spi_zone_local(config->timezone, utc_s);
		int64_t days = now.days;
		int open, close;
		is_open = opens_on(&t, days, &open, &close) && now.minute >= open && now.minute < close;
		if (is_open)
			closes = end_of_opening(&t, &days, &close);
		if (!is_open || closes != 0)
			opens = is_open ? next_opening(&t, days, close) : next_opening(&t, days, now.minute + 1);
	}
	if (ret_opens_utc_s)
		*ret_opens_utc_s = opens;
	if (ret_closes_utc_s)
		*ret_closes_utc_s = closes;
	return is_open;
}

int64_t sp_services_change(const sp_kb_config *config, int64_t utc_s)
{
	int64_t first = 0;
	/* Where the clock is put forward or back, minutes of the day are left out or come twice: there only this one is sure. */
	if (spi_zone_offset_s(config->timezone, utc_s - DAY_S) != spi_zone_offset_s(config->timezone, utc_s + DAY_S))
		first = (utc_s / 60 + 1) * 60;
	for (size_t i = 0; i < config->services_count; i++) {
		int64_t opens, closes;
		bool is_open = sp_service_is_open(config, (int)i, utc_s, &opens, &closes);
		int64_t next = is_open ? closes : opens;
		if (next != 0 && (first == 0 || next < first))
			first = next;
	}
	return first;
}

/* When somebody is there: later is more cautious to promise; who is there now and leaves first is the most cautious of those. */
static bool is_more_cautious(const sp_kb_config *config, int service, int than, int64_t utc_s)
{
	int64_t opens[2], closes[2];
	bool open = sp_service_is_open(config, service, utc_s, &opens[0], &closes[0]);
	bool other = sp_service_is_open(config, than, utc_s, &opens[1], &closes[1]);
	if (open != other)
		return !open;
	if (open)
		return closes[0] != 0 && (closes[1] == 0 || closes[0] < closes[1]);
	return opens[1] != 0 && (opens[0] == 0 || opens[0] > opens[1]);
}

int sp_ticket_service(const sp_kb_config *config, int category, int group, int64_t utc_s)
{
	if (category >= 0 && config->categories[category].service >= 0)
		return config->categories[category].service;
	if (group >= 0 && config->groups[group].service >= 0)
		return config->groups[group].service;
	int chosen = config->services_count > 0 ? 0 : -1;
	for (size_t i = 1; i < config->services_count; i++)
		if (is_more_cautious(config, (int)i, chosen, utc_s))
			chosen = (int)i;
	return chosen;
}

/* ---- time that counts ---- */

static bool has_hours(const sp_kb_config *config, int service, timetable *ret)
{
	int hours = service >= 0 && (size_t)service < config->services_count ? config->services[service].hours : -1;
	if (hours < 0 || (size_t)hours >= config->hours_count)
		return false;
	*ret = (timetable){config, &config->hours[hours]};
	return true;
}

int64_t sp_service_open_s(const sp_kb_config *config, int service, int64_t from_utc_s, int64_t until_utc_s)
{
	timetable t;
	int64_t sum_s = 0;
	if (until_utc_s <= from_utc_s)
		return 0;
	if (!has_hours(config, service, &t))
		return until_utc_s - from_utc_s;
	int64_t last = spi_zone_local(config->timezone, until_utc_s).days;
	for (int64_t days = spi_zone_local(config->timezone, from_utc_s).days; days <= last; days++) {
		int open, close;
		if (!opens_on(&t, days, &open, &close))
			continue;
		int64_t opens = moment(&t, days, open), closes = moment(&t, days, close);
		opens = opens < from_utc_s ? from_utc_s : opens;
		closes = closes > until_utc_s ? until_utc_s : closes;
		sum_s += closes > opens ? closes - opens : 0;
	}
	return sum_s;
}

int64_t sp_service_after(const sp_kb_config *config, int service, int64_t from_utc_s, int64_t open_s)
{
	timetable t;
	if (!has_hours(config, service, &t))
		return from_utc_s + open_s;
	int64_t days = spi_zone_local(config->timezone, from_utc_s).days;
	for (int i = 0; i < 2 * DAYS_AHEAD; i++, days++) {
		int open, close;
		if (!opens_on(&t, days, &open, &close))
			continue;
		int64_t opens = moment(&t, days, open), closes = moment(&t, days, close);
		opens = opens < from_utc_s ? from_utc_s : opens;
		if (closes - opens >= open_s)
			return opens + open_s;
		open_s -= closes > opens ? closes - opens : 0;
	}
	return 0;
}
