/* All that follows from the log, made anew or compared: the same functions as event by event, over the whole. */
#include "store/ledger_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- computing ---- */

typedef struct computing {
	spi_sqlite *db;
	int64_t window_s;
	const char *timezone;
	spi_cells *cells;
	bool store;            /* states, too */
	sp_ledger_check *check;
	sp_contact contact;    /* 0 = none yet */
	spi_ledger_ticket ticket;
} computing;

static sp_status count(computing *c, const spi_counted *counted, size_t n, sp_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (!spi_cells_add(c->cells, &counted[i].key, &counted[i].m))
			return spi_out_of_memory(err);
	return SP_OK;
}

static bool same_contact(const sp_contact *a, const sp_contact *b)
{
	bool same = true;
#define SAME(member) same = same && a->member == b->member;
	SPI_CONTACT_LIST(SAME)
#undef SAME
	return same;
}

static sp_status check_contact(computing *c, sp_error *err)
{
	sp_contact stored = {0};
	sp_status status = spi_ledger_see_contact(c->db, c->contact.contact, &stored, err);
	if (status != SP_OK && status != SP_ERR_NOT_FOUND)
		return status;
	c->check->wrong_contacts += status != SP_OK || !same_contact(&stored, &c->contact);
	return SP_OK;
}

static sp_status end_contact(computing *c, sp_error *err)
{
	spi_counted counted[SPI_KEYS_MAX];
	sp_status status = SP_OK;
	if (c->contact.contact == 0)
		return status;
	size_t n = spi_count_contact(&c->contact, c->window_s, c->timezone, counted);
	status = count(c, counted, n, err);
	if (status == SP_OK && c->store)
		status = spi_ledger_put_contact(c->db, &c->contact, true, err);
	if (status == SP_OK && c->check) {
		c->check->contacts += n > 0;
		status = check_contact(c, err);
	}
	c->contact = (sp_contact){0};
	return status;
}

static sp_status add_contact_event(computing *c, const sp_ledger_event *e, sp_error *err)
{
	sp_status status = e->contact != c->contact.contact ? end_contact(c, err) : SP_OK;
	c->contact.contact = e->contact;
	sp_contact_add(&c->contact, e);
	return status;
}

static sp_status end_ticket(computing *c, sp_error *err)
{
	spi_counted counted[SPI_KEYS_MAX];
	if (c->ticket.ticket == 0)
		return SP_OK;
	sp_status status = count(c, counted, spi_count_ticket(&c->ticket, c->timezone, counted), err);
	if (status == SP_OK && c->store)
		status = spi_ledger_put_ticket(c->db, &c->ticket, err);
	c->ticket = (spi_ledger_ticket){0};
	return status;
}

static sp_status add_ticket_event(computing *c, const sp_ledger_event *e, sp_error *err)
{
	sp_status status = e->ticket != c->ticket.ticket ? end_ticket(c, err) : SP_OK;
	if (c->ticket.ticket || e->kind == SP_LEDGER_TICKET)
		spi_ledger_ticket_add(&c->ticket, e);
	return status;
}

static sp_status add_wrong(computing *c, const sp_ledger_event *e, sp_error *err)
{
	spi_counted counted[SPI_KEYS_MAX];
	return count(c, counted, spi_count_wrong(e, c->timezone, counted), err);
}

typedef sp_status add_event(computing *c, const sp_ledger_event *e, sp_error *err);

static sp_status each_event(computing *c, const char *sql, add_event *add, sp_error *err)
{
	sqlite3_stmt *s;
	bool row = true;
	sp_ledger_event e;
	sp_status status = spi_sqlite_query(c->db, sql, &s, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(c->db, s, &row, err)) == SP_OK && row) {
		spi_ledger_event_row(s, &e);
		status = add(c, &e, err);
		if (status != SP_OK)
			sqlite3_reset(s);
	}
	return status;
}

sp_status spi_ledger_compute(spi_sqlite *db, int64_t window_s, const char *timezone, spi_cells *ret, bool store_states,
	sp_ledger_check *check, sp_error *err)
{
	static const char sql_contacts[] =
		"SELECT " SPI_LEDGER_EVENT_COLUMNS " FROM ledger WHERE contact > 0 ORDER BY contact, number";
	static const char sql_tickets[] = "SELECT " SPI_LEDGER_EVENT_COLUMNS " FROM ledger WHERE ticket > 0 AND kind <> 11 ORDER BY ticket, number";
	static const char sql_wrong[] = "SELECT " SPI_LEDGER_EVENT_COLUMNS " FROM ledger WHERE kind = 11";
	computing c = {.db = db, .window_s = window_s, .timezone = timezone, .cells = ret, .store = store_states, .check = check};
	sp_status status = each_event(&c, sql_contacts, add_contact_event, err);
	if (status == SP_OK)
		status = end_contact(&c, err);
	if (status == SP_OK)
		status = each_event(&c, sql_tickets, add_ticket_event, err);
	if (status == SP_OK)
		status = end_ticket(&c, err);
	return status == SP_OK ? each_event(&c, sql_wrong, add_wrong, err) : status;
}

/* ---- making anew ---- */

static int by_key(const void *a, const void *b)
{
	const spi_cell_key *x = *(const spi_cell_key *const *)a, *y = *(const spi_cell_key *const *)b;
	const int64_t left[] = {x->part, x->slot, x->category, x->channel, x->lang, x->audience, x->what};
	const int64_t right[] = {y->part, y->slot, y->category, y->channel, y->lang, y->audience, y->what};
	for (size_t i = 0; i < sizeof left / sizeof *left; i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

static sp_status store_cell(spi_sqlite *db, const spi_cells *cells, const spi_cell_key *k, sp_error *err)
{
	static const char sql[] = "INSERT INTO ledger_cells VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
	const unsigned char *sums;
	size_t len;
	sqlite3_stmt *s;
	bool row = false;
	spi_cells_at(cells, spi_cells_find(cells, k), &sums, &len);
	sp_status status = spi_sqlite_query(db, sql, &s, err, "iinnnnn", k->part, k->slot, k->category, k->channel, k->lang, k->audience,
		k->what);
	if (status != SP_OK)
		return status;
	sqlite3_bind_blob(s, 8, len ? (const void *)sums : "", (int)len, SQLITE_STATIC);
	return spi_sqlite_step(db, s, &row, err);
}

/* In the order of the table, as it is then written from one end to the other. */
static sp_status store_cells(spi_sqlite *db, const spi_cells *cells, sp_error *err)
{
	size_t count = spi_cells_count(cells), len;
	const unsigned char *sums;
	sp_status status = SP_OK;
	const spi_cell_key **keys = malloc((count + 1) * sizeof *keys);
	if (!keys)
		return spi_out_of_memory(err);
	for (size_t i = 0; i < count; i++)
		keys[i] = spi_cells_at(cells, i, &sums, &len);
	qsort(keys, count, sizeof *keys, by_key);
	for (size_t i = 0; status == SP_OK && i < count; i++)
		status = store_cell(db, cells, keys[i], err);
	free(keys);
	return status;
}

static sp_status empty(spi_sqlite *db, sp_error *err)
{
	static const char sql_cells[] = "DELETE FROM ledger_cells";
	static const char sql_contacts[] = "DELETE FROM ledger_contacts";
	static const char sql_tickets[] = "DELETE FROM ledger_tickets";
	static const char *const all[] = {sql_cells, sql_contacts, sql_tickets};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < sizeof all / sizeof *all; i++)
		status = spi_sqlite_run(db, all[i], err, "");
	return status;
}

sp_status spi_ledger_rebuild(spi_sqlite *db, int64_t window_s, const char *timezone, sp_error *err)
{
	static const char sql[] = "UPDATE ledger_state SET version = ?1, window_s = ?2, timezone = ?3, damaged = 0, "
		"through = (SELECT coalesce(max(number), 0) FROM ledger)";
	spi_cells *cells = spi_cells_new();
	if (!cells)
		return spi_out_of_memory(err);
	sp_status status = empty(db, err);
	if (status == SP_OK)
		status = spi_ledger_compute(db, window_s, timezone, cells, true, NULL, err);
	if (status == SP_OK)
		status = store_cells(db, cells, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "nis", SPI_LEDGER_VERSION, window_s, timezone);
	spi_cells_free(cells);
	return status;
}

/* The cheap part of a check: whether days can be read and hold as many contacts as there are. */
static sp_status adds_up(spi_sqlite *db, bool *ret, sp_error *err)
{
	static const char sql[] = "SELECT sums FROM ledger_cells WHERE part = 2";
	static const char sql_contacts[] = "SELECT count(*) FROM ledger_contacts WHERE requests > 0 OR has_ticket";
	sqlite3_stmt *s;
	bool row = true, good = true;
	sp_measures sum = {0};
	sp_status status = spi_sqlite_query(db, sql, &s, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, s, &row, err)) == SP_OK && row)
		good = spi_measures_unpack(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), &sum) && good;
	if (status == SP_OK)
		status = spi_sqlite_first(db, sql_contacts, &s, &row, err, "");
	if (status != SP_OK)
		return status;
	*ret = good && row && (uint64_t)sqlite3_column_int64(s, 0) == sum.contacts &&
		sum.contacts == sum.confirmed + sum.assumed + sum.ticketed + sum.abandoned;
	sqlite3_reset(s);
	return SP_OK;
}

sp_status spi_ledger_keep(spi_sqlite *db, int64_t window_s, const char *timezone, bool force, bool *ret_new, sp_error *err)
{
	spi_ledger_state state;
	bool good = true;
	sp_status status = spi_ledger_read_state(db, &state, err);
	if (status != SP_OK)
		return status;
	if (window_s <= 0)
		window_s = state.window_s;
	if (!timezone)
		timezone = window_s == state.window_s || force ? state.timezone : "";
	bool is_other = state.version != SPI_LEDGER_VERSION || state.damaged || state.window_s != window_s ||
		strcmp(state.timezone, timezone) != 0;
	if (!force && !is_other)
		status = adds_up(db, &good, err);
	*ret_new = status == SP_OK && (force || is_other || !good);
	return *ret_new ? spi_ledger_rebuild(db, window_s, timezone, err) : status;
}

sp_status spi_ledger_open(spi_sqlite *db, sp_error *err)
{
	spi_ledger_state state;
	sp_status status = spi_ledger_read_state(db, &state, err);
	if (status != SP_OK || (state.version == SPI_LEDGER_VERSION && !state.damaged))
		return status;
	status = spi_sqlite_exec(db, "BEGIN IMMEDIATE", "count the ledger anew", err);
	if (status == SP_OK)
		status = spi_ledger_rebuild(db, state.window_s, state.timezone, err);
	if (status == SP_OK)
		status = spi_sqlite_exec(db, "COMMIT", "count the ledger anew", err);
	if (status != SP_OK)
		spi_sqlite_snapshot_end(db);
	return status;
}

/* ---- comparing ---- */

static void read_key(sqlite3_stmt *s, spi_cell_key *k)
{
	*k = (spi_cell_key){sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1), sqlite3_column_int(s, 2), sqlite3_column_int(s, 3),
		sqlite3_column_int(s, 4), sqlite3_column_int(s, 5), sqlite3_column_int(s, 6)};
}

/* A cell as the store has it, with what is ahead of it, beside the log's. */
static void compare_cell(const spi_cells *cells, const spi_cell_key *key, sp_measures *stored, bool is_read, uint64_t *met, sp_ledger_check *check)
{
	unsigned char bytes[SPI_SUMS_MAX];
	const unsigned char *sums = NULL;
	size_t len = 0, at = spi_cells_find(cells, key);
	bool is_settled = spi_measures_settle(stored) && is_read;
	size_t stored_len = spi_measures_pack(stored, bytes);
	if (at != SIZE_MAX)
		spi_cells_at(cells, at, &sums, &len);
	else if (is_settled && stored_len == 0)
		return; /* counted elsewhere since */
	check->cells++;
	*met += at != SIZE_MAX;
	check->wrong_cells += at == SIZE_MAX || !is_settled || len != stored_len || (len > 0 && memcmp(sums, bytes, len) != 0);
}

/* Each cell of the store is one of the log's, with the same sums; what is left over is missing in the store. */
static sp_status compare_stored(spi_sqlite *db, const spi_cells *cells, bool *is_stored, uint64_t *met, sp_ledger_check *check, sp_error *err)
{
	static const char sql[] = "SELECT part, slot, category, channel, lang, audience, what, sums FROM ledger_cells";
	const spi_cells *ahead = spi_ledger_cells_ahead(db);
	sqlite3_stmt *s;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &s, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, s, &row, err)) == SP_OK && row) {
		const unsigned char *more;
		size_t len;
		spi_cell_key key;
		sp_measures sum = {0};
		read_key(s, &key);
		bool good = spi_measures_unpack(sqlite3_column_blob(s, 7), (size_t)sqlite3_column_bytes(s, 7), &sum);
		size_t at = spi_cells_find(ahead, &key);
		if (at != SIZE_MAX) {
			spi_cells_at(ahead, at, &more, &len);
			good = spi_measures_unpack(more, len, &sum) && good;
			is_stored[at] = true;
		}
		compare_cell(cells, &key, &sum, good, met, check);
	}
	return status;
}

static sp_status compare_cells(spi_sqlite *db, const spi_cells *cells, sp_ledger_check *check, sp_error *err)
{
	const spi_cells *ahead = spi_ledger_cells_ahead(db);
	bool *is_stored = calloc(spi_cells_count(ahead) + 1, sizeof *is_stored);
	uint64_t met = 0;
	if (!is_stored)
		return spi_out_of_memory(err);
	sp_status status = compare_stored(db, cells, is_stored, &met, check, err);
	for (size_t i = 0; status == SP_OK && i < spi_cells_count(ahead); i++) {
		const unsigned char *sums;
		size_t len;
		sp_measures sum = {0};
		const spi_cell_key *key = spi_cells_at(ahead, i, &sums, &len);
		if (!is_stored[i] && len > 0)
			compare_cell(cells, key, &sum, spi_measures_unpack(sums, len, &sum), &met, check);
	}
	check->wrong_cells += spi_cells_count(cells) - met;
	free(is_stored);
	return status;
}

static sp_status count_events(spi_sqlite *db, uint64_t *ret, sp_error *err)
{
	static const char sql[] = "SELECT coalesce(max(number), 0) FROM ledger";
	sqlite3_stmt *s;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "");
	if (status != SP_OK || !row)
		return status;
	*ret = (uint64_t)sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return SP_OK;
}

static sp_status verify(spi_sqlite *db, spi_cells *cells, sp_ledger_check *check, sp_error *err)
{
	spi_ledger_state state;
	bool is_far;
	sp_status status = spi_ledger_read_state(db, &state, err);
	check->window_s = state.window_s;
	if (status == SP_OK)
		status = spi_ledger_look_ahead(db, &is_far, err);
	if (status == SP_OK)
		status = count_events(db, &check->events, err);
	if (status == SP_OK)
		status = spi_ledger_compute(db, state.window_s, state.timezone, cells, false, check, err);
	return status == SP_OK ? compare_cells(db, cells, check, err) : status;
}

sp_status spi_ledger_verify(void *handle, sp_ledger_check *ret, sp_error *err)
{
	spi_sqlite *db = handle;
	spi_cells *cells = spi_cells_new();
	if (!cells)
		return spi_out_of_memory(err);
	*ret = (sp_ledger_check){0};
	sp_status status = spi_sqlite_snapshot(db, err);
	if (status == SP_OK) {
		status = verify(db, cells, ret, err);
		spi_sqlite_snapshot_end(db);
	}
	spi_cells_free(cells);
	return status;
}
