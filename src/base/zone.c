#include "base/zone.h"

#include "base/clock.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZONE_FOLDER "/usr/share/zoneinfo"
#define ZONE_NAME_MAX 64
#define ZONE_FILE_MAX (256 * 1024)
#define DAY_S 86400

/* When summer time starts or ends each year, as the last line of a zone file says it (POSIX TZ): Mm.w.d/time. */
typedef struct rule {
	int month, week, weekday; /* weekday 0 = Sunday; week 5 = the last one */
	int at_s;
} rule;

typedef struct zone {
	struct zone *next;
	char name[ZONE_NAME_MAX];
	size_t count;       /* of changes */
	int64_t *changes;   /* moments, ascending */
	int32_t *offsets;   /* from each change on */
	int32_t first;      /* before the first change */
	bool has_rule;      /* whether what follows holds after the last change */
	bool has_summer;
	int32_t standard_s, summer_s;
	rule start, end;
} zone;

/* Read zones: only ever added to, at the front, and never changed once they are in. */
static _Atomic(zone *) zones;

static int days_in_month(int year, int month)
{
	return (int)(spi_days_of_civil(year + month / 12, (unsigned)(month % 12) + 1, 1) -
		spi_days_of_civil(year, (unsigned)month, 1));
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* ---- the rule at the end of a zone file ---- */

/* Name of a zone: letters, or anything between < and >. */
static bool skip_name(const char **at)
{
	const char *p = *at;
	if (*p == '<') {
		p = strchr(p, '>');
		if (!p)
			return false;
		*at = p + 1;
		return true;
	}
	while (isalpha((unsigned char)*p))
		p++;
	bool found = p - *at >= 3;
	*at = p;
	return found;
}

/* [+-]h[h[h]][:mm[:ss]] in seconds. */
static bool read_time(const char **at, int *ret)
{
	const char *p = *at;
	int sign = *p == '-' ? -1 : 1;
	if (*p == '-' || *p == '+')
		p++;
	if (!isdigit((unsigned char)*p))
		return false;
	int total = 0;
	for (int unit = 3600; unit > 0; unit /= 60) {
		char *end;
		long part = strtol(p, &end, 10);
		if (end == p || part < 0 || part > 167)
			return false;
		total += (int)part * unit;
		p = end;
		if (*p != ':')
			break;
		p++;
	}
	*at = p;
	*ret = sign * total;
	return true;
}

static bool read_rule(const char **at, rule *ret)
{
	int used = 0;
	ret->at_s = 2 * 3600;
	if (sscanf(*at, ",M%2d.%1d.%1d%n", &ret->month, &ret->week, &ret->weekday, &used) != 3 || used == 0)
		return false;
	if (ret->month < 1 || ret->month > 12 || ret->week < 1 || ret->week > 5 || ret->weekday < 0 || ret->weekday > 6)
		return false;
	*at += used;
	if (**at != '/')
		return true;
	++*at;
	return read_time(at, &ret->at_s);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX, TZ). */
static void read_footer(const char *text, zone *z)
{
	int west_s;
	if (!skip_name(&text) || !read_time(&text, &west_s))
		return;
	z->standard_s = -west_s;
	if (*text == '\0') {
		z->has_rule = true;
		return;
	}
	if (!skip_name(&text))
		return;
	z->summer_s = z->standard_s + 3600;
	if (*text != ',') {
		if (!read_time(&text, &west_s))
			return;
		z->summer_s = -west_s;
	}
	z->has_summer = z->has_rule = read_rule(&text, &z->start) && read_rule(&text, &z->end);
}

/* Local seconds since 1970, by the clock that is ahead of the change, at which a rule strikes in a year. */
static int64_t rule_local_s(const rule *r, int year)
{
	int64_t first = spi_days_of_civil(year, (unsigned)r->month, 1);
	int first_weekday = (int)((first + 4) % 7 + 7) % 7; /* 0 = Sunday */
	int day = (r->weekday - first_weekday + 7) % 7 + (r->week - 1) * 7;
	if (day >= days_in_month(year, r->month))
		day -= 7;
	return (first + day) * DAY_S + r->at_s;
}

static int32_t offset_by_rule(const zone *z, int64_t utc_s)
{
	if (!z->has_summer)
		return z->standard_s;
	int year;
	unsigned month, day;
	spi_civil_of_days(floor_div(utc_s + z->standard_s, DAY_S), &year, &month, &day);
	int64_t start = rule_local_s(&z->start, year) - z->standard_s, end = rule_local_s(&z->end, year) - z->summer_s;
	bool summer = start < end ? utc_s >= start && utc_s < end : utc_s >= start || utc_s < end;
	return summer ? z->summer_s : z->standard_s;
}

/* ---- the file (RFC 8536) ---- */

typedef struct header {
	uint32_t isut, isstd, leap, time, type, chars;
} header;

static uint32_t big32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t big64(const unsigned char *p)
{
	return (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
}

static bool read_header(const unsigned char *p, size_t len, header *ret)
{
	if (len < 44 || memcmp(p, "TZif", 4) != 0)
		return false;
	*ret = (header){big32(p + 20), big32(p + 24), big32(p + 28), big32(p + 32), big32(p + 36), big32(p + 40)};
	return ret->time <= 20000 && ret->type >= 1 && ret->type <= 256 && ret->chars <= 4096 && ret->leap <= 4096 &&
		ret->isut <= 256 && ret->isstd <= 256;
}

static size_t block_size(const header *h, size_t time_size)
{
	return h->time * (time_size + 1) + h->type * 6 + h->chars + h->leap * (time_size + 4) + h->isstd + h->isut;
}

/* The second block of a file (64-bit times) and its footer. */
static bool read_block(const unsigned char *p, size_t len, const header *h, zone *z)
{
	size_t size = block_size(h, 8);
	if (len < size + 1)
		return false;
	const unsigned char *types = p + (size_t)h->time * 8, *infos = types + h->time;
	z->changes = calloc(h->time + 1, sizeof *z->changes);
	z->offsets = calloc(h->time + 1, sizeof *z->offsets);
	if (!z->changes || !z->offsets)
		return false;
	z->count = h->time;
	z->first = (int32_t)big32(infos);
	for (size_t i = 0; i < z->count; i++) {
		if (types[i] >= h->type)
			return false;
		z->changes[i] = big64(p + i * 8);
		z->offsets[i] = (int32_t)big32(infos + (size_t)types[i] * 6);
	}
	const char *footer = (const char *)p + size;
	size_t left = len - size;
	if (left < 2 || footer[0] != '\n' || !memchr(footer + 1, '\n', left - 1))
		return true;
	char line[128];
	size_t line_len = (size_t)((const char *)memchr(footer + 1, '\n', left - 1) - footer - 1);
	if (line_len < sizeof line) {
		memcpy(line, footer + 1, line_len);
		line[line_len] = '\0';
		read_footer(line, z);
	}
	return true;
}

static bool parse(const unsigned char *bytes, size_t len, zone *z)
{
	header first, second;
	if (!read_header(bytes, len, &first) || bytes[4] < '2')
		return false;
	size_t skip = 44 + block_size(&first, 4);
	if (len < skip || !read_header(bytes + skip, len - skip, &second))
		return false;
	return read_block(bytes + skip + 44, len - skip - 44, &second, z);
}

static void zone_free(zone *z)
{
	if (z) {
		free(z->changes);
		free(z->offsets);
		free(z);
	}
}

/* A name is a path below the folder: nothing that leads out of it. */
static bool is_zone_name(const char *name)
{
	size_t len = strlen(name);
	if (len == 0 || len >= ZONE_NAME_MAX || name[0] == '/' || strstr(name, ".."))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("/_+-", name[i]))
			return false;
	return true;
}

static size_t read_zone_file(const char *name, unsigned char *bytes, size_t cap)
{
	char path[sizeof ZONE_FOLDER + 1 + ZONE_NAME_MAX];
	snprintf(path, sizeof path, ZONE_FOLDER "/%s", name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	size_t len = 0;
	ssize_t got;
	while (len < cap && (got = read(fd, bytes + len, cap - len)) > 0)
		len += (size_t)got;
	close(fd);
	return len;
}

static zone *load(const char *name)
{
	unsigned char *bytes = malloc(ZONE_FILE_MAX);
	zone *z = calloc(1, sizeof *z);
	size_t len = bytes && z ? read_zone_file(name, bytes, ZONE_FILE_MAX) : 0;
	bool good = len > 0 && parse(bytes, len, z);
	free(bytes);
	if (!good) {
		zone_free(z);
		return NULL;
	}
	memcpy(z->name, name, strlen(name) + 1);
	return z;
}

static const zone *find(const zone *from, const char *name)
{
	while (from && strcmp(from->name, name) != 0)
		from = from->next;
	return from;
}

/* The zone of a name, read when it is asked for first; NULL when there is none. */
static const zone *get(const char *name)
{
	if (!name || !is_zone_name(name))
		return NULL;
	zone *head = atomic_load(&zones);
	const zone *known = find(head, name);
	if (known)
		return known;
	zone *fresh = load(name);
	if (!fresh)
		return NULL;
	do {
		known = find(head, name); /* another thread may have been quicker */
		if (known) {
			zone_free(fresh);
			return known;
		}
		fresh->next = head;
	} while (!atomic_compare_exchange_weak(&zones, &head, fresh));
	return fresh;
}

static int32_t offset_at(const zone *z, int64_t utc_s)
{
	if (!z)
		return 0;
	size_t low = 0, high = z->count; /* number of changes that have been */
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (z->changes[middle] <= utc_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->count && z->has_rule)
		return offset_by_rule(z, utc_s);
	return low == 0 ? z->first : z->offsets[low - 1];
}

int spi_zone_offset_s(const char *timezone, int64_t utc_s)
{
	return offset_at(get(timezone), utc_s);
}

bool spi_zone_is_known(const char *timezone)
{
	return get(timezone) != NULL;
}

spi_local spi_zone_local(const char *timezone, int64_t utc_s)
{
	int64_t local_s = utc_s + spi_zone_offset_s(timezone, utc_s);
	spi_local local = {.days = floor_div(local_s, DAY_S)};
	local.minute = (int)((local_s - local.days * DAY_S) / 60);
	local.weekday = (int)(((local.days + 3) % 7 + 7) % 7);
	spi_civil_of_days(local.days, &local.year, &local.month, &local.day);
	return local;
}

int64_t spi_zone_utc_s(const char *timezone, int64_t days, int minute)
{
	const zone *z = get(timezone);
	int64_t local_s = days * DAY_S + (int64_t)minute * 60;
	/* The offset a day before and a day after: one of them holds, the earlier moment first. In the hour that is left
	   out neither does, and the old offset gives the time an hour later. */
	int32_t before = offset_at(z, local_s - DAY_S), after = offset_at(z, local_s + DAY_S);
	if (offset_at(z, local_s - before) == before)
		return local_s - before;
	if (offset_at(z, local_s - after) == after)
		return local_s - after;
	return local_s - before;
}
