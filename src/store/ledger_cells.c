/* Where a contact, a ticket and a report of a wrong article are counted; cells in memory. */
#include "store/ledger.h"

#include "base/zone.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

static const char *zone(const char *timezone)
{
	return timezone && *timezone ? timezone : NULL;
}

/* Hours since 1970, also before. */
static int64_t hour_of(int64_t utc_s)
{
	return utc_s >= 0 ? utc_s / 3600 : -((-utc_s + 3599) / 3600);
}

/* When, in each part's way. */
typedef struct moment { int64_t hour, day, month; int week_hour; } moment;

static moment moment_of(const char *timezone, int64_t utc_s)
{
	spi_local local = spi_zone_local(zone(timezone), utc_s);
	return (moment){hour_of(utc_s), local.days, local.year * INT64_C(12) + local.month - 1, local.weekday * 24 + local.minute / 60};
}

/* The same in all parts but that of groups. */
static size_t count_at(const moment *at, spi_cell_key key, int article, const sp_measures *m, spi_counted ret[SPI_KEYS_MAX])
{
	const struct { int part; int64_t slot; int what; } places[] = {
		{SPI_PART_HOURS, at->hour, 0}, {SPI_PART_DAYS, at->day, 0}, {SPI_PART_ARTICLES, at->day, article},
		{SPI_PART_CLOCK, at->month, at->week_hour}, {SPI_PART_MONTHLY, at->month, article},
	};
	size_t count = sizeof places / sizeof *places;
	for (size_t i = 0; i < count; i++) {
		key.part = places[i].part;
		key.slot = places[i].slot;
		key.what = places[i].what;
		ret[i] = (spi_counted){key, *m};
	}
	return count;
}

size_t spi_count_contact(const sp_contact *c, int64_t window_s, const char *timezone, spi_counted ret[SPI_KEYS_MAX])
{
	sp_measures m;
	spi_measure_contact(c, window_s, SPI_NO_WAIT, &m);
	if (m.contacts == 0)
		return 0;
	moment at = moment_of(timezone, c->began_utc_s);
	const spi_cell_key key = {.category = c->category, .channel = c->channel, .lang = c->lang, .audience = c->audience};
	return count_at(&at, key, c->article, &m, ret);
}

size_t spi_count_ticket(const spi_ledger_ticket *t, const char *timezone, spi_counted ret[SPI_KEYS_MAX])
{
	sp_measures m, received = {.received = 1, .preventable = t->preventable};
	spi_measure_ticket(t, &m);
	moment at = moment_of(timezone, t->opened_utc_s);
	spi_cell_key key = {.category = t->category, .channel = t->channel, .lang = t->lang, .audience = t->audience};
	size_t count = count_at(&at, key, t->article, &m, ret);
	key.part = SPI_PART_GROUPS;
	key.slot = at.day;
	key.what = t->group;
	m.received = m.preventable = 0; /* of the group that it was passed to, wherever it is now */
	ret[count++] = (spi_counted){key, m};
	key.what = t->passed_to;
	if (t->top_level > SP_LEVEL_1)
		ret[count++] = (spi_counted){key, received};
	return count;
}

size_t spi_count_wrong(const sp_ledger_event *e, const char *timezone, spi_counted ret[SPI_KEYS_MAX])
{
	const sp_measures m = {.wrong = 1};
	moment at = moment_of(timezone, e->at_utc_s);
	const spi_cell_key key = {.category = e->category, .channel = e->channel, .lang = e->lang, .audience = e->audience};
	return count_at(&at, key, e->article, &m, ret);
}

/* ---- cells in memory ---- */

typedef struct packed { spi_cell_key key; unsigned char *sums; size_t len, room; } packed;

struct spi_cells {
	packed *items;
	size_t count, room;
	size_t *places; /* open addressing; index + 1, 0 = free */
	size_t size;    /* a power of two */
};

spi_cells *spi_cells_new(void)
{
	spi_cells *cells = calloc(1, sizeof *cells);
	if (!cells)
		return NULL;
	cells->size = 4096;
	cells->places = calloc(cells->size, sizeof *cells->places);
	if (cells->places)
		return cells;
	free(cells);
	return NULL;
}

void spi_cells_free(spi_cells *cells)
{
	if (!cells)
		return;
	for (size_t i = 0; i < cells->count; i++)
		free(cells->items[i].sums);
	free(cells->items);
	free(cells->places);
	free(cells);
}

static uint64_t hash(const spi_cell_key *key)
{
	const uint64_t parts[] = {(uint64_t)key->part, (uint64_t)key->slot, (uint64_t)key->category, (uint64_t)key->channel,
		(uint64_t)key->lang, (uint64_t)key->audience, (uint64_t)key->what};
	uint64_t h = 0xcbf29ce484222325;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		h = (h ^ parts[i]) * 0x9e3779b97f4a7c15;
		h ^= h >> 29;
	}
	return h;
}

static bool same(const spi_cell_key *a, const spi_cell_key *b)
{
	return a->part == b->part && a->slot == b->slot && a->category == b->category && a->channel == b->channel && a->lang == b->lang &&
		a->audience == b->audience && a->what == b->what;
}

static size_t place(const spi_cells *cells, const spi_cell_key *key)
{
	size_t at = hash(key) & (cells->size - 1);
	while (cells->places[at] && !same(&cells->items[cells->places[at] - 1].key, key))
		at = (at + 1) & (cells->size - 1);
	return at;
}

static bool grow(spi_cells *cells)
{
	size_t size = cells->size * 2, *places = calloc(size, sizeof *places);
	if (!places)
		return false;
	free(cells->places);
	cells->places = places;
	cells->size = size;
	for (size_t i = 0; i < cells->count; i++)
		cells->places[place(cells, &cells->items[i].key)] = i + 1;
	return true;
}

static packed *item_of(spi_cells *cells, const spi_cell_key *key)
{
	if (cells->count * 2 >= cells->size && !grow(cells))
		return NULL;
	size_t at = place(cells, key);
	if (cells->places[at])
		return &cells->items[cells->places[at] - 1];
	if (cells->count == cells->room) {
		size_t room = cells->room ? cells->room * 2 : 1024;
		packed *items = realloc(cells->items, room * sizeof *items);
		if (!items)
			return NULL;
		cells->items = items;
		cells->room = room;
	}
	cells->items[cells->count] = (packed){.key = *key};
	cells->places[at] = ++cells->count;
	return &cells->items[cells->count - 1];
}

bool spi_cells_add(spi_cells *cells, const spi_cell_key *key, const sp_measures *m)
{
	unsigned char bytes[SPI_SUMS_MAX];
	sp_measures sum = *m;
	packed *item = item_of(cells, key);
	if (!item || !spi_measures_unpack(item->sums, item->len, &sum))
		return false;
	size_t len = spi_measures_pack(&sum, bytes);
	if (len > item->room) {
		unsigned char *sums = realloc(item->sums, len + 8);
		if (!sums)
			return false;
		item->sums = sums;
		item->room = len + 8;
	}
	if (len > 0)
		memcpy(item->sums, bytes, len);
	item->len = len;
	return true;
}

size_t spi_cells_count(const spi_cells *cells)
{
	return cells->count;
}

const spi_cell_key *spi_cells_at(const spi_cells *cells, size_t n, const unsigned char **ret_sums, size_t *ret_len)
{
	*ret_sums = cells->items[n].sums;
	*ret_len = cells->items[n].len;
	return &cells->items[n].key;
}

size_t spi_cells_find(const spi_cells *cells, const spi_cell_key *key)
{
	size_t at = place(cells, key);
	return cells->places[at] ? cells->places[at] - 1 : SIZE_MAX;
}
