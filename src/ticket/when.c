/* When somebody is there, in a reader's words: "oggi fino alle 20", "domani dalle 8", "lunedì dalle 8:30". */
#include "sportello/ticket.h"

#include "base/zone.h"
#include "sportello/catalog.h"

#include <stdio.h>

/* "20", "8:30"; "8 pm"; "8:30 Uhr", as the language's texts have it. */
static const char *clock_text(int minute, sp_lang lang, sp_arena *arena)
{
	int hour = minute / 60 % 24;
	char h24[16], h12[16], mm[16];
	snprintf(h24, sizeof h24, "%d", hour);
	snprintf(h12, sizeof h12, "%d", hour % 12 == 0 ? 12 : hour % 12);
	snprintf(mm, sizeof mm, "%02d", minute % 60);
	if (hour == 0 && minute % 60 == 0)
		return sp_catalog_text(lang, "when.time.midnight");
	const sp_fill fills[] = {
		{"h", h24}, {"h12", h12}, {"mm", mm},
		{"half", sp_catalog_text(lang, hour < 12 ? "when.time.am" : "when.time.pm")},
		{NULL, NULL},
	};
	return sp_catalog_fill(lang, minute % 60 == 0 ? "when.time.hour" : "when.time.minute", fills, arena);
}

/* A text with a moment's day and time filled in. */
static const char *tell(const char *key, const spi_local *at, sp_lang lang, sp_arena *arena)
{
	char weekday[32], month[32], day[16];
	snprintf(weekday, sizeof weekday, "when.weekday.%d", at->weekday + 1);
	snprintf(month, sizeof month, "when.month.%u", at->month);
	snprintf(day, sizeof day, "%u", at->day);
	const char *time = clock_text(at->minute, lang, arena);
	if (!time)
		return NULL;
	const sp_fill fills[] = {
		{"weekday", sp_catalog_text(lang, weekday)}, {"month", sp_catalog_text(lang, month)}, {"day", day},
		{"time", time}, {NULL, NULL},
	};
	return sp_catalog_fill(lang, key, fills, arena);
}

const char *sp_service_when(const sp_kb_config *config, int service, int64_t utc_s, sp_lang lang, sp_arena *arena)
{
	int64_t opens_utc_s, closes_utc_s;
	bool is_open = sp_service_is_open(config, service, utc_s, &opens_utc_s, &closes_utc_s);
	int64_t at_utc_s = is_open ? closes_utc_s : opens_utc_s;
	if (at_utc_s == 0)
		return sp_catalog_text(lang, is_open ? "when.always" : "when.never");
	spi_local now = spi_zone_local(config->timezone, utc_s), at = spi_zone_local(config->timezone, at_utc_s);
	int64_t days = at.days - now.days;
	if (is_open) {
		if (days == 0 || (days == 1 && at.minute == 0)) /* midnight is still tonight */
			return tell("when.until", &at, lang, arena);
		return tell(days < 7 ? "when.until.weekday" : "when.until.date", &at, lang, arena);
	}
	if (days <= 1)
		return tell(days == 0 ? "when.from.today" : "when.from.tomorrow", &at, lang, arena);
	return tell(days < 7 ? "when.from.weekday" : "when.from.date", &at, lang, arena);
}
