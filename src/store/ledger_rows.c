/* Rows of a view: cells are added to the row that they belong to, and in the end rows are given their names and their order. */
#include "store/ledger_rows.h"

#include "base/clock.h"
#include "base/zone.h"

#include <stdlib.h>
#include <string.h>

/* ---- where a cell is in time ---- */

void spi_slot_look(spi_slot *s, const char *timezone, int part, int64_t of)
{
	int year;
	unsigned month, day;
	if (s->slot == of && s->part == part)
		return;
	s->slot = of;
	s->part = part;
	s->day = s->month = of;
	if (part == SPI_PART_CLOCK || part == SPI_PART_MONTHLY)
		return;
	if (part == SPI_PART_HOURS) {
		spi_local local = spi_zone_local(timezone, of * 3600);
		s->day = local.days;
		s->hour = local.minute / 60;
		s->weekday_hour = local.weekday * 24 + s->hour;
	}
	spi_civil_of_days(s->day, &year, &month, &day);
	s->month = year * 12 + (int)month - 1;
}

/* A row's key as a number; key_text() makes a text of it. */
static int64_t key_of(const spi_slot *s, sp_dim dim, const spi_cell_key *k)
{
	switch (dim) {
	case SP_DIM_MONTH:
		return s->month;
	case SP_DIM_DAY:
		return s->day;
	case SP_DIM_HOUR:
		return k->part == SPI_PART_CLOCK ? k->what % 24 : s->hour;
	case SP_DIM_WEEKDAY_HOUR:
		return k->part == SPI_PART_CLOCK ? k->what : s->weekday_hour;
	case SP_DIM_CATEGORY:
		return k->category;
	case SP_DIM_CHANNEL:
		return k->channel;
	case SP_DIM_LANG:
		return k->lang;
	case SP_DIM_AUDIENCE:
		return k->audience;
	case SP_DIM_ARTICLE:
	case SP_DIM_GROUP:
		return k->what;
	case SP_DIM_NONE:
	case SP_DIMS:
		break;
	}
	return 0;
}

/* ---- rows ---- */

bool spi_view_rows_open(spi_view_rows *rows, sp_dim by, sp_dim across)
{
	*rows = (spi_view_rows){.by = by, .across = across, .keys = spi_cells_new()};
	return rows->keys != NULL;
}

void spi_view_rows_release(spi_view_rows *rows)
{
	spi_cells_free(rows->keys);
	free(rows->sums);
	*rows = (spi_view_rows){0};
}

sp_measures *spi_view_rows_of(spi_view_rows *rows, const spi_slot *slot, const spi_cell_key *k)
{
	static const sp_measures nothing;
	const spi_cell_key row = {.part = key_of(slot, rows->by, k), .slot = key_of(slot, rows->across, k)};
	size_t at = spi_cells_find(rows->keys, &row);
	if (at != SIZE_MAX)
		return &rows->sums[at];
	at = spi_cells_count(rows->keys);
	if (at == rows->room) {
		size_t room = rows->room ? 2 * rows->room : 64;
		sp_measures *sums = realloc(rows->sums, room * sizeof *sums);
		if (!sums)
			return NULL;
		rows->sums = sums;
		rows->room = room;
	}
	rows->sums[at] = nothing;
	return spi_cells_add(rows->keys, &row, &nothing) ? &rows->sums[at] : NULL;
}

/* ---- given back ---- */

static const char *time_text(sp_dim dim, int64_t key, sp_arena *arena)
{
	int year;
	unsigned month, day;
	if (dim == SP_DIM_MONTH)
		return sp_arena_printf(arena, "%04d-%02d", (int)(key / 12), (int)(key % 12) + 1);
	if (dim == SP_DIM_HOUR)
		return sp_arena_printf(arena, "%02d", (int)key);
	if (dim == SP_DIM_WEEKDAY_HOUR)
		return sp_arena_printf(arena, "%d-%02d", (int)(key / 24) + 1, (int)(key % 24));
	spi_civil_of_days(key, &year, &month, &day);
	return sp_arena_printf(arena, "%04d-%02u-%02u", year, month, day);
}

static sp_status key_text(spi_sqlite *db, sp_dim dim, int64_t key, sp_arena *arena, const char **ret, sp_error *err)
{
	static const char sql[] = "SELECT word FROM ledger_words WHERE id = ?1";
	sqlite3_stmt *s;
	bool row = false, failed = false;
	sp_status status = SP_OK;
	*ret = "";
	if (dim == SP_DIM_NONE || (dim >= SP_DIM_CATEGORY && key == 0))
		return SP_OK;
	if (dim < SP_DIM_CATEGORY) {
		*ret = time_text(dim, key, arena);
		return *ret ? SP_OK : spi_out_of_memory(err);
	}
	status = spi_sqlite_first(db, sql, &s, &row, err, "i", key);
	if (status != SP_OK || !row)
		return status;
	*ret = spi_sqlite_text(s, 0, arena, &failed);
	sqlite3_reset(s);
	return failed ? spi_out_of_memory(err) : SP_OK;
}

static int by_text(const void *a, const void *b)
{
	const sp_ledger_row *x = a, *y = b;
	int order = strcmp(x->key, y->key);
	return order ? order : strcmp(x->key2, y->key2);
}

static uint64_t size_of(const sp_ledger_row *row)
{
	return row->m.contacts ? row->m.contacts : row->m.tickets + row->m.received;
}

static int by_size(const void *a, const void *b)
{
	const sp_ledger_row *x = a, *y = b;
	uint64_t left = size_of(x), right = size_of(y);
	return left != right ? left < right ? 1 : -1 : by_text(a, b);
}

sp_status spi_view_rows_give(spi_sqlite *db, const spi_view_rows *all, sp_arena *arena, sp_ledger_figures *ret, sp_error *err)
{
	size_t count = spi_cells_count(all->keys), given = 0, len;
	const unsigned char *none;
	sp_measures total = {0};
	sp_ledger_row *rows = sp_arena_calloc(arena, count ? count : 1, sizeof *rows);
	sp_status status = SP_OK;
	if (!rows)
		return spi_out_of_memory(err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		const spi_cell_key *key = spi_cells_at(all->keys, i, &none, &len);
		sp_ledger_row *row = &rows[given];
		if (!spi_measures_any(&all->sums[i]))
			continue; /* counted elsewhere since */
		row->m = all->sums[i];
		spi_measures_add(&total, &all->sums[i], 1);
		status = key_text(db, all->by, key->part, arena, &row->key, err);
		if (status == SP_OK)
			status = key_text(db, all->across, key->slot, arena, &row->key2, err);
		given++;
	}
	if (status != SP_OK)
		return status;
	bool is_time = all->by < SP_DIM_CATEGORY;
	if (given > 1)
		qsort(rows, given, sizeof *rows, is_time || all->across ? by_text : by_size);
	*ret = (sp_ledger_figures){rows, given, total};
	return SP_OK;
}
