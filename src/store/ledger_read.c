/* Figures from the roll-ups (or, for another window or time zone, from the log): cells into the rows of a view. */
#include "store/ledger.h"

#include "base/clock.h"
#include "base/zone.h"
#include "store/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_SLOT (-1)

typedef struct view {
	const sp_ledger_query *query;
	const char *timezone;         /* NULL = UTC */
	int part;                     /* the fine one: hours, days… */
	int64_t from_slot, until_slot; /* of it */
	int slot_part;                /* whose slot was met last */
	int64_t from_utc_s, until_utc_s;
	int category, channel, lang, audience, article, group; /* words that are wanted; NOT_SLOT = all; -2 = there is no such word */
	int64_t slot, month, day, hour, weekday_hour;          /* of the slot that was met last */
	spi_cells *rows;
	sp_measures total;
} view;

/* ---- which cells ---- */

static bool is_hours(sp_dim dim)
{
	return dim == SP_DIM_HOUR || dim == SP_DIM_WEEKDAY_HOUR;
}

static sp_status choose_part(view *v, sp_error *err)
{
	const sp_ledger_query *q = v->query;
	bool hours = is_hours(q->by) || is_hours(q->across);
	bool articles = q->by == SP_DIM_ARTICLE || q->across == SP_DIM_ARTICLE || q->article;
	bool groups = q->by == SP_DIM_GROUP || q->across == SP_DIM_GROUP || q->group;
	if (hours + articles + groups > 1)
		return sp_error_set(err, SP_ERR_INVALID, "across", 0, "hours, articles and groups are counted apart: choose one of them");
	if (q->by == q->across)
		return sp_error_set(err, SP_ERR_INVALID, "across", 0, "by and across must not be the same");
	v->part = hours ? SPI_PART_HOURS : articles ? SPI_PART_ARTICLES : groups ? SPI_PART_GROUPS : SPI_PART_DAYS;
	v->from_utc_s = spi_zone_utc_s(v->timezone, q->from_day, 0);
	v->until_utc_s = spi_zone_utc_s(v->timezone, q->until_day, 0);
	v->from_slot = hours ? v->from_utc_s / 3600 : q->from_day;
	v->until_slot = hours ? v->until_utc_s / 3600 : q->until_day;
	return SP_OK;
}

static sp_status find_word(spi_sqlite *db, const char *word, int *ret, sp_error *err)
{
	static const char sql[] = "SELECT id FROM ledger_words WHERE word = ?1";
	sqlite3_stmt *s;
	bool row = false;
	*ret = NOT_SLOT;
	if (!word)
		return SP_OK;
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "s", word);
	if (status != SP_OK)
		return status;
	*ret = row ? sqlite3_column_int(s, 0) : -2;
	if (row)
		sqlite3_reset(s);
	return SP_OK;
}

static sp_status find_words(spi_sqlite *db, view *v, sp_error *err)
{
	const sp_ledger_query *q = v->query;
	const struct { const char *word; int *id; } pairs[] = {{q->category, &v->category}, {q->channel, &v->channel}, {q->lang, &v->lang},
		{q->audience, &v->audience}, {q->article, &v->article}, {q->group, &v->group}};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < sizeof pairs / sizeof *pairs; i++)
		status = find_word(db, pairs[i].word, pairs[i].id, err);
	return status;
}

static bool fits(const view *v, const spi_cell_key *k)
{
	return (v->category == NOT_SLOT || v->category == k->category) &&
		(v->channel == NOT_SLOT || v->channel == k->channel) && (v->lang == NOT_SLOT || v->lang == k->lang) &&
		(v->audience == NOT_SLOT || v->audience == k->audience) && (v->article == NOT_SLOT || v->article == k->what) &&
		(v->group == NOT_SLOT || v->group == k->what);
}

/* A fine cell within the days. */
static bool is_wanted(const view *v, const spi_cell_key *k)
{
	return k->part == v->part && k->slot >= v->from_slot && k->slot < v->until_slot && fits(v, k);
}

/* ---- into rows ---- */

static void look_at_slot(view *v, int part, int64_t slot)
{
	int year;
	unsigned month, day;
	if (v->slot == slot && v->slot_part == part)
		return;
	v->slot = slot;
	v->slot_part = part;
	v->day = v->month = slot;
	if (part == SPI_PART_CLOCK || part == SPI_PART_MONTHLY)
		return;
	if (part == SPI_PART_HOURS) {
		spi_local local = spi_zone_local(v->timezone, slot * 3600);
		v->day = local.days;
		v->hour = local.minute / 60;
		v->weekday_hour = local.weekday * 24 + v->hour;
	}
	spi_civil_of_days(v->day, &year, &month, &day);
	v->month = year * 12 + (int)month - 1;
}

/* A row's key as a number; word_text() and time_text() make a text of it. */
static int64_t key_of(const view *v, sp_dim dim, const spi_cell_key *k)
{
	switch (dim) {
	case SP_DIM_MONTH:
		return v->month;
	case SP_DIM_DAY:
		return v->day;
	case SP_DIM_HOUR:
		return k->part == SPI_PART_CLOCK ? k->what % 24 : v->hour;
	case SP_DIM_WEEKDAY_HOUR:
		return k->part == SPI_PART_CLOCK ? k->what : v->weekday_hour;
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

static bool add_measures(view *v, const spi_cell_key *k, const sp_measures *m)
{
	look_at_slot(v, (int)k->part, k->slot);
	const spi_cell_key row = {.part = key_of(v, v->query->by, k), .slot = key_of(v, v->query->across, k)};
	spi_measures_add(&v->total, m, 1);
	return spi_cells_add(v->rows, &row, m);
}

static sp_status add_cell(view *v, const spi_cell_key *k, const void *sums, size_t len, sp_error *err)
{
	sp_measures m = {0};
	if (!fits(v, k))
		return SP_OK;
	if (!spi_measures_unpack(sums, len, &m))
		return sp_error_set(err, SP_ERR_CORRUPT, "ledger", 0, "a roll-up of the ledger is damaged; `sportello report --rebuild` makes it anew");
	return add_measures(v, k, &m) ? SP_OK : spi_out_of_memory(err);
}

/* Cells of a part in [from, until). */
static sp_status scan(spi_sqlite *db, view *v, int part, int64_t from, int64_t until, sp_error *err)
{
	static const char sql[] =
		"SELECT slot, category, channel, lang, audience, what, sums FROM ledger_cells WHERE part = ?1 AND slot >= ?2 AND slot < ?3";
	static const char sql_article[] =
		"SELECT slot, category, channel, lang, audience, what, sums FROM ledger_cells INDEXED BY ledger_cells_article "
		"WHERE part = 3 AND ?1 = 3 AND slot >= ?2 AND slot < ?3 AND what = ?4";
	bool is_one = part == SPI_PART_ARTICLES && v->article != NOT_SLOT;
	sqlite3_stmt *s;
	bool row = true;
	if (from >= until)
		return SP_OK;
	sp_status status = is_one ? spi_sqlite_query(db, sql_article, &s, err, "niin", part, from, until, v->article) :
		spi_sqlite_query(db, sql, &s, err, "nii", part, from, until);
	while (status == SP_OK && (status = spi_sqlite_step(db, s, &row, err)) == SP_OK && row) {
		const spi_cell_key key = {part, sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1), sqlite3_column_int(s, 2),
			sqlite3_column_int(s, 3), sqlite3_column_int(s, 4), sqlite3_column_int(s, 5)};
		status = add_cell(v, &key, sqlite3_column_blob(s, 6), (size_t)sqlite3_column_bytes(s, 6), err);
		if (status != SP_OK)
			sqlite3_reset(s);
	}
	return status;
}

static int64_t month_of(int64_t day)
{
	int year;
	unsigned month, of_month;
	spi_civil_of_days(day, &year, &month, &of_month);
	return year * INT64_C(12) + month - 1;
}

static int64_t first_day(int64_t month)
{
	return spi_days_of_civil((int)(month / 12), (unsigned)(month % 12) + 1, 1);
}

/* Whole months from what is kept by the month, the days before and after from the fine cells: so a year is quick. */
static sp_status from_cells(spi_sqlite *db, view *v, sp_error *err)
{
	const sp_ledger_query *q = v->query;
	bool hours = v->part == SPI_PART_HOURS, by_day = q->by == SP_DIM_DAY || q->across == SP_DIM_DAY;
	int64_t from = month_of(q->from_day + 31 < q->until_day ? q->from_day : q->until_day), until = month_of(q->until_day);
	if (first_day(from) < q->from_day)
		from++;
	if (by_day || (!hours && v->part != SPI_PART_ARTICLES) || from >= until)
		return scan(db, v, v->part, v->from_slot, v->until_slot, err);
	int64_t head = first_day(from), tail = first_day(until);
	if (hours) {
		head = spi_zone_utc_s(v->timezone, head, 0) / 3600;
		tail = spi_zone_utc_s(v->timezone, tail, 0) / 3600;
	}
	sp_status status = scan(db, v, v->part, v->from_slot, head, err);
	if (status == SP_OK)
		status = scan(db, v, hours ? SPI_PART_CLOCK : SPI_PART_MONTHLY, from, until, err);
	return status == SP_OK ? scan(db, v, v->part, tail, v->until_slot, err) : status;
}

static sp_status from_log(spi_sqlite *db, view *v, sp_error *err)
{
	const unsigned char *sums;
	size_t len;
	spi_cells *cells = spi_cells_new();
	if (!cells)
		return spi_out_of_memory(err);
	sp_status status = spi_ledger_compute(db, v->query->window_s, v->timezone ? v->timezone : "", cells, false, NULL, err);
	for (size_t i = 0; status == SP_OK && i < spi_cells_count(cells); i++) {
		const spi_cell_key *key = spi_cells_at(cells, i, &sums, &len);
		if (is_wanted(v, key))
			status = add_cell(v, key, sums, len, err);
	}
	spi_cells_free(cells);
	return status;
}

/* ---- what still waits ---- */

/* Of a contact the clock alone may still change something: what the roll-ups hold is as if every wait were over. */
static sp_status wait_for(view *v, const sp_contact *contact, sp_error *err)
{
	spi_counted counted[SPI_KEYS_MAX];
	sp_measures now;
	size_t n = spi_count_contact(contact, v->query->window_s, v->timezone ? v->timezone : "", counted);
	spi_measure_contact(contact, v->query->window_s, v->query->now_utc_s, &now);
	for (size_t i = 0; i < n; i++) {
		const spi_cell_key *k = &counted[i].key;
		if (!is_wanted(v, k))
			continue;
		/* Only these two know the clock: one comes, the other goes. */
		sp_measures more = {.pending = now.pending};
		bool is_early = counted[i].m.zendesk_resolved && !now.zendesk_resolved;
		if (more.pending && !add_measures(v, k, &more))
			return spi_out_of_memory(err);
		look_at_slot(v, (int)k->part, k->slot);
		const spi_cell_key row = {.part = key_of(v, v->query->by, k), .slot = key_of(v, v->query->across, k),
			.what = 1};
		sp_measures less = {.zendesk_resolved = 1};
		if (is_early && !spi_cells_add(v->rows, &row, &less))
			return spi_out_of_memory(err);
		v->total.zendesk_resolved -= is_early && v->total.zendesk_resolved > 0;
	}
	return SP_OK;
}

static sp_status waiting(spi_sqlite *db, view *v, sp_error *err)
{
	static const char sql[] = "SELECT * FROM ledger_contacts WHERE last_utc_s > ?1 AND NOT has_ticket AND has_answer";
	int64_t longest_s = v->query->window_s > SPI_QUIET_S ? v->query->window_s : SPI_QUIET_S;
	sqlite3_stmt *s;
	sp_contact contact;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &s, err, "i", v->query->now_utc_s - longest_s);
	while (status == SP_OK && (status = spi_sqlite_step(db, s, &row, err)) == SP_OK && row) {
		spi_ledger_contact_row(s, &contact);
		if (contact.began_utc_s >= v->from_utc_s && contact.began_utc_s < v->until_utc_s)
			status = wait_for(v, &contact, err);
		if (status != SP_OK)
			sqlite3_reset(s);
	}
	return status;
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

static sp_status give_row(spi_sqlite *db, const view *v, const spi_cell_key *k, const void *sums, size_t len, sp_arena *arena,
	sp_ledger_row *ret, sp_error *err)
{
	const unsigned char *less;
	size_t less_len;
	sp_measures early = {0};
	spi_cell_key key = *k;
	key.what = 1; /* what it is too early for */
	size_t at = spi_cells_find(v->rows, &key);
	spi_measures_unpack(sums, len, &ret->m);
	if (at != SIZE_MAX) {
		spi_cells_at(v->rows, at, &less, &less_len);
		spi_measures_unpack(less, less_len, &early);
		spi_measures_add(&ret->m, &early, -1);
	}
	sp_status status = key_text(db, v->query->by, k->part, arena, &ret->key, err);
	return status == SP_OK ? key_text(db, v->query->across, k->slot, arena, &ret->key2, err) : status;
}

static sp_status give(spi_sqlite *db, const view *v, sp_arena *arena, sp_ledger_figures *ret, sp_error *err)
{
	size_t count = spi_cells_count(v->rows), given = 0, len;
	const unsigned char *sums;
	sp_ledger_row *rows = sp_arena_calloc(arena, count ? count : 1, sizeof *rows);
	sp_status status = rows ? SP_OK : spi_out_of_memory(err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		const spi_cell_key *key = spi_cells_at(v->rows, i, &sums, &len);
		if (key->what == 0)
			status = give_row(db, v, key, sums, len, arena, &rows[given++], err);
	}
	if (status != SP_OK)
		return status;
	bool is_time = v->query->by < SP_DIM_CATEGORY;
	if (given > 1)
		qsort(rows, given, sizeof *rows, is_time || v->query->across ? by_text : by_size);
	*ret = (sp_ledger_figures){rows, given, v->total};
	return SP_OK;
}

static sp_status read_view(spi_sqlite *db, view *v, sp_error *err)
{
	spi_ledger_state state;
	sp_status status = find_words(db, v, err);
	if (status == SP_OK)
		status = spi_ledger_read_state(db, &state, err);
	if (status != SP_OK)
		return status;
	bool is_kept = state.version == SPI_LEDGER_VERSION && !state.damaged && state.window_s == v->query->window_s &&
		strcmp(state.timezone, v->timezone ? v->timezone : "") == 0;
	status = is_kept ? from_cells(db, v, err) : from_log(db, v, err);
	return status == SP_OK ? waiting(db, v, err) : status;
}

sp_status spi_ledger_figures(void *handle, const sp_ledger_query *query, sp_arena *arena, sp_ledger_figures *ret, sp_error *err)
{
	spi_sqlite *db = handle;
	view v = {.query = query, .timezone = query->timezone && *query->timezone ? query->timezone : NULL, .slot = INT64_MIN};
	sp_status status = choose_part(&v, err);
	if (status != SP_OK)
		return status;
	v.rows = spi_cells_new();
	if (!v.rows)
		return spi_out_of_memory(err);
	status = spi_sqlite_snapshot(db, err);
	if (status == SP_OK) {
		status = read_view(db, &v, err);
		if (status == SP_OK)
			status = give(db, &v, arena, ret, err);
		spi_sqlite_snapshot_end(db);
	}
	spi_cells_free(v.rows);
	return status;
}

/* ---- for everybody else ---- */

sp_status sp_ledger_figures_of(sp_store_reader *reader, const sp_ledger_query *query, sp_arena *arena, sp_ledger_figures *ret, sp_error *err)
{
	return reader->engine->ledger_figures(reader->db, query, arena, ret, err);
}

sp_status spi_ledger_kept(void *db, int64_t *ret_window_s, char ret_timezone[SP_TIMEZONE_MAX], sp_error *err)
{
	spi_ledger_state state;
	sp_status status = spi_ledger_read_state(db, &state, err);
	*ret_window_s = state.window_s;
	memcpy(ret_timezone, state.timezone, SP_TIMEZONE_MAX);
	return status;
}

sp_status sp_ledger_kept(sp_store_reader *reader, int64_t *ret_window_s, char ret_timezone[SP_TIMEZONE_MAX], sp_error *err)
{
	return reader->engine->ledger_kept(reader->db, ret_window_s, ret_timezone, err);
}

sp_status sp_ledger_verify(sp_store_reader *reader, sp_ledger_check *ret, sp_error *err)
{
	return reader->engine->ledger_verify(reader->db, ret, err);
}

sp_status sp_ledger_keep(sp_store *store, int64_t window_s, const char *timezone, sp_error *err)
{
	sp_write write = {.kind = SP_WRITE_LEDGER, .as.ledger = {.window_s = window_s, .timezone = timezone ? timezone : ""}};
	return sp_store_write(store, &write, err);
}

sp_status sp_ledger_rebuild(sp_store *store, sp_error *err)
{
	sp_write write = {.kind = SP_WRITE_LEDGER, .as.ledger = {.force = true}};
	return sp_store_write(store, &write, err);
}
