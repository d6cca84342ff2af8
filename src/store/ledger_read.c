/* Figures from the roll-ups (or, for another window or time zone, from the log): cells into the rows of a view. */
#include "store/ledger_memory.h"
#include "store/ledger_rows.h"

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
	bool by_day;                  /* months alone do not tell it */
	int64_t from_slot, until_slot; /* of it */
	int64_t from_utc_s, until_utc_s;
	int category, channel, lang, audience, article, group; /* words that are wanted; NOT_SLOT = all; -2 = there is no such word */
	spi_slot slot;
	spi_view_rows rows[SP_DIMS]; size_t rows_count; /* one for each that is asked for by */
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

static sp_status add_cell(view *v, const spi_cell_key *k, const void *sums, size_t len, sp_error *err)
{
	if (!fits(v, k))
		return SP_OK;
	spi_slot_look(&v->slot, v->timezone, (int)k->part, k->slot);
	bool good = true;
	for (size_t i = 0; good && i < v->rows_count; i++) {
		sp_measures *row = spi_view_rows_of(&v->rows[i], &v->slot, k);
		if (!row)
			return spi_out_of_memory(err);
		good = spi_measures_unpack(sums, len, row);
	}
	if (!good)
		return sp_error_set(err, SP_ERR_CORRUPT, "ledger", 0, "a roll-up of the ledger is damaged; `sportello report --rebuild` makes it anew");
	return SP_OK;
}

/* What the log holds beyond the cells. */
static sp_status add_ahead(spi_sqlite *db, view *v, int part, int64_t from, int64_t until, sp_error *err)
{
	const spi_cells *cells = spi_ledger_cells_ahead(db);
	const unsigned char *sums;
	size_t len;
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < spi_cells_count(cells); i++) {
		const spi_cell_key *key = spi_cells_at(cells, i, &sums, &len);
		if (len > 0 && key->part == part && key->slot >= from && key->slot < until)
			status = add_cell(v, key, sums, len, err);
	}
	return status;
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
	return status == SP_OK ? add_ahead(db, v, part, from, until, err) : status;
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
	bool hours = v->part == SPI_PART_HOURS;
	int64_t from = month_of(q->from_day + 31 < q->until_day ? q->from_day : q->until_day), until = month_of(q->until_day);
	if (first_day(from) < q->from_day)
		from++;
	if (v->by_day || (!hours && v->part != SPI_PART_ARTICLES) || from >= until)
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
	const sp_ledger_query *q = v->query;
	if (contact->began_utc_s < v->from_utc_s || contact->began_utc_s >= v->until_utc_s)
		return SP_OK;
	bool is_pending = sp_contact_pending(contact, q->window_s, q->now_utc_s);
	bool is_early = sp_rules_zendesk(contact, SPI_NO_WAIT).resolved && !sp_rules_zendesk(contact, q->now_utc_s).resolved;
	spi_counted counted[SPI_KEYS_MAX];
	if (!is_pending && !is_early)
		return SP_OK;
	size_t n = spi_count_contact(contact, q->window_s, v->timezone ? v->timezone : "", counted);
	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(v, &counted[i].key))
			continue;
		spi_slot_look(&v->slot, v->timezone, (int)counted[i].key.part, counted[i].key.slot);
		for (size_t k = 0; k < v->rows_count; k++) {
			sp_measures *row = spi_view_rows_of(&v->rows[k], &v->slot, &counted[i].key);
			if (!row)
				return spi_out_of_memory(err);
			row->pending += is_pending;
			row->zendesk_resolved -= is_early && row->zendesk_resolved > 0;
		}
	}
	return SP_OK;
}

static sp_status waiting(spi_sqlite *db, view *v, sp_error *err)
{
	static const char sql[] = "SELECT * FROM ledger_contacts WHERE last_utc_s > ?1 AND NOT has_ticket AND has_answer";
	int64_t longest_s = v->query->window_s > SPI_QUIET_S ? v->query->window_s : SPI_QUIET_S, since = v->query->now_utc_s - longest_s;
	sqlite3_stmt *s;
	sp_contact contact;
	const sp_contact *ahead;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &s, err, "i", since);
	while (status == SP_OK && (status = spi_sqlite_step(db, s, &row, err)) == SP_OK && row) {
		spi_ledger_contact_row(s, &contact);
		if (!spi_ledger_is_ahead(db, contact.contact))
			status = wait_for(v, &contact, err);
		if (status != SP_OK)
			sqlite3_reset(s);
	}
	for (size_t i = 0; status == SP_OK && (ahead = spi_ledger_contact_ahead(db, i)); i++)
		if (ahead->last_utc_s > since && !ahead->has_ticket && ahead->has_answer)
			status = wait_for(v, ahead, err);
	return status;
}

static sp_status read_view(spi_sqlite *db, view *v, sp_error *err)
{
	spi_ledger_state state;
	bool is_far = false;
	sp_status status = find_words(db, v, err);
	if (status == SP_OK)
		status = spi_ledger_look_ahead(db, &is_far, err);
	if (status == SP_OK)
		status = spi_ledger_read_state(db, &state, err);
	if (status != SP_OK)
		return status;
	bool is_kept = !is_far && state.version == SPI_LEDGER_VERSION && !state.damaged && state.window_s == v->query->window_s &&
		strcmp(state.timezone, v->timezone ? v->timezone : "") == 0;
	status = is_kept ? from_cells(db, v, err) : from_log(db, v, err);
	/* Groups have tickets, and these do not wait. */
	return status == SP_OK && v->part != SPI_PART_GROUPS ? waiting(db, v, err) : status;
}

/* Rows by each dimension, from one reading; they must be of the same part. */
static sp_status open_rows(view *v, const sp_dim *by, size_t count, sp_error *err)
{
	const sp_ledger_query *asked = v->query;
	sp_ledger_query one = *asked;
	int part = -1;
	sp_status status = count <= SP_DIMS ? SP_OK : SP_ERR_INVALID;
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		one.by = by[i];
		v->query = &one;
		status = choose_part(v, err);
		if (status == SP_OK && part >= 0 && v->part != part)
			status = sp_error_set(err, SP_ERR_INVALID, "by", 0, "these are not counted together");
		part = v->part;
		if (status == SP_OK && !spi_view_rows_open(&v->rows[v->rows_count++], by[i], asked->across))
			status = spi_out_of_memory(err);
		v->by_day |= by[i] == SP_DIM_DAY || asked->across == SP_DIM_DAY;
	}
	v->query = asked;
	return status;
}

sp_status spi_ledger_figures(void *handle, const sp_ledger_query *query, const sp_dim *by, size_t count, sp_arena *arena,
	sp_ledger_figures *ret, sp_error *err)
{
	spi_sqlite *db = handle;
	view v = {.query = query, .timezone = query->timezone && *query->timezone ? query->timezone : NULL, .slot.slot = INT64_MIN};
	sp_status status = open_rows(&v, by, count, err);
	if (status == SP_OK)
		status = spi_sqlite_snapshot(db, err);
	if (status == SP_OK) {
		status = read_view(db, &v, err);
		for (size_t i = 0; status == SP_OK && i < v.rows_count; i++)
			status = spi_view_rows_give(db, &v.rows[i], arena, &ret[i], err);
		spi_sqlite_snapshot_end(db);
	}
	for (size_t i = 0; i < v.rows_count; i++)
		spi_view_rows_release(&v.rows[i]);
	return status;
}

/* ---- for everybody else ---- */

sp_status sp_ledger_figures_of(sp_store_reader *reader, const sp_ledger_query *query, sp_arena *arena, sp_ledger_figures *ret, sp_error *err)
{
	return reader->engine->ledger_figures(reader->db, query, &query->by, 1, arena, ret, err);
}

sp_status sp_ledger_figures_by(sp_store_reader *reader, const sp_ledger_query *query, const sp_dim *by, size_t count, sp_arena *arena,
	sp_ledger_figures *ret, sp_error *err)
{
	return reader->engine->ledger_figures(reader->db, query, by, count, arena, ret, err);
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
