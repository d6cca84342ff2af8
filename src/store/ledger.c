/* The ledger in SQLite: an event is appended, and what follows from it brought up to date, in the transaction of what it tells. */
#include "store/ledger_memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

void spi_ledger_event_row(sqlite3_stmt *s, sp_ledger_event *e)
{
	*e = (sp_ledger_event){
		.number = sqlite3_column_int64(s, 0), .at_utc_s = sqlite3_column_int64(s, 1), .kind = (sp_ledger_kind)sqlite3_column_int(s, 2),
		.contact = sqlite3_column_int64(s, 3), .ticket = sqlite3_column_int64(s, 4), .decision = sqlite3_column_int(s, 5),
		.reason = sqlite3_column_int(s, 6), .category = sqlite3_column_int(s, 7), .channel = sqlite3_column_int(s, 8),
		.lang = sqlite3_column_int(s, 9), .audience = sqlite3_column_int(s, 10), .article = sqlite3_column_int(s, 11),
		.group = sqlite3_column_int(s, 12), .level = sqlite3_column_int(s, 13), .confidence = sqlite3_column_int(s, 14),
		.took_ms = sqlite3_column_int(s, 15), .value = sqlite3_column_int64(s, 16),
	};
}

void spi_ledger_contact_row(sqlite3_stmt *s, sp_contact *c)
{
	int i = 0;
	*c = (sp_contact){0};
#define READ(member) c->member = sqlite3_column_int64(s, i++);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
	SPI_CONTACT_LIST(READ)
#pragma GCC diagnostic pop
#undef READ
}

void spi_ledger_ticket_row(sqlite3_stmt *s, spi_ledger_ticket *t)
{
	int i = 0;
	*t = (spi_ledger_ticket){0};
#define READ(member) t->member = sqlite3_column_int64(s, i++);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
	SPI_LEDGER_TICKET_LIST(READ)
#pragma GCC diagnostic pop
#undef READ
}

static sp_status step_once(spi_sqlite *db, sqlite3_stmt *s, sp_error *err)
{
	bool row = false;
	return spi_sqlite_step(db, s, &row, err);
}

#define CONTACT_VALUES \
	"INTO ledger_contacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

sp_status spi_ledger_put_contact(spi_sqlite *db, const sp_contact *c, bool is_new, sp_error *err)
{
	static const char sql_add[] = "INSERT " CONTACT_VALUES, sql[] = "INSERT OR REPLACE " CONTACT_VALUES;
	sqlite3_stmt *s;
	int i = 0;
	sp_status status = spi_sqlite_query(db, is_new ? sql_add : sql, &s, err, "");
	if (status != SP_OK)
		return status;
#define BIND(member) sqlite3_bind_int64(s, ++i, (int64_t)c->member);
	SPI_CONTACT_LIST(BIND)
#undef BIND
	return step_once(db, s, err);
}

sp_status spi_ledger_put_ticket(spi_sqlite *db, const spi_ledger_ticket *t, sp_error *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO ledger_tickets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	sqlite3_stmt *s;
	int i = 0;
	sp_status status = spi_sqlite_query(db, sql, &s, err, "");
	if (status != SP_OK)
		return status;
#define BIND(member) sqlite3_bind_int64(s, ++i, (int64_t)t->member);
	SPI_LEDGER_TICKET_LIST(BIND)
#undef BIND
	return step_once(db, s, err);
}

sp_status spi_ledger_get_contact(spi_sqlite *db, int64_t number, sp_contact *ret, sp_error *err)
{
	static const char sql[] = "SELECT * FROM ledger_contacts WHERE contact = ?1";
	sqlite3_stmt *s;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "i", number);
	if (status != SP_OK || !row)
		return status != SP_OK ? status : SP_ERR_NOT_FOUND;
	spi_ledger_contact_row(s, ret);
	sqlite3_reset(s);
	return SP_OK;
}

sp_status spi_ledger_get_ticket(spi_sqlite *db, int64_t number, spi_ledger_ticket *ret, sp_error *err)
{
	static const char sql[] = "SELECT * FROM ledger_tickets WHERE ticket = ?1";
	sqlite3_stmt *s;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "i", number);
	if (status != SP_OK || !row)
		return status != SP_OK ? status : SP_ERR_NOT_FOUND;
	spi_ledger_ticket_row(s, ret);
	sqlite3_reset(s);
	return SP_OK;
}

sp_status spi_ledger_read_state(spi_sqlite *db, spi_ledger_state *ret, sp_error *err)
{
	static const char sql[] = "SELECT version, window_s, damaged, timezone, through FROM ledger_state";
	sqlite3_stmt *s;
	bool row = false;
	*ret = (spi_ledger_state){0};
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "");
	if (status != SP_OK || !row)
		return status;
	ret->version = sqlite3_column_int64(s, 0);
	ret->window_s = sqlite3_column_int64(s, 1);
	ret->damaged = sqlite3_column_int(s, 2) != 0;
	strncat(ret->timezone, (const char *)sqlite3_column_text(s, 3), sizeof ret->timezone - 1);
	ret->through = sqlite3_column_int64(s, 4);
	sqlite3_reset(s);
	return SP_OK;
}

/* ---- roll-ups ---- */

static sp_status note_damage(spi_sqlite *db, sp_error *err)
{
	static const char sql[] = "UPDATE ledger_state SET damaged = 1";
	return spi_sqlite_run(db, sql, err, "");
}

static sp_status read_cell(spi_sqlite *db, const spi_cell_key *k, sp_measures *ret, bool *ret_good, sp_error *err)
{
	static const char sql[] =
		"SELECT sums FROM ledger_cells WHERE part = ?1 AND slot = ?2 AND category = ?3 AND channel = ?4 AND lang = ?5 AND audience = ?6 "
		"AND what = ?7";
	sqlite3_stmt *s;
	bool row = false;
	*ret = (sp_measures){0};
	*ret_good = true;
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "iinnnnn", k->part, k->slot, k->category, k->channel, k->lang,
		k->audience, k->what);
	if (status != SP_OK || !row)
		return status;
	*ret_good = spi_measures_unpack(sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0), ret);
	sqlite3_reset(s);
	return SP_OK;
}

static sp_status write_cell(spi_sqlite *db, const spi_cell_key *k, const sp_measures *m, sp_error *err)
{
	static const char sql_put[] =
		"INSERT INTO ledger_cells VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET sums = excluded.sums";
	static const char sql_delete[] =
		"DELETE FROM ledger_cells WHERE part = ?1 AND slot = ?2 AND category = ?3 AND channel = ?4 AND lang = ?5 AND audience = ?6 "
		"AND what = ?7";
	unsigned char bytes[SPI_SUMS_MAX];
	size_t len = spi_measures_pack(m, bytes);
	sqlite3_stmt *s;
	sp_status status = spi_sqlite_query(db, len ? sql_put : sql_delete, &s, err, "iinnnnn", k->part, k->slot, k->category, k->channel,
		k->lang, k->audience, k->what);
	if (status != SP_OK)
		return status;
	if (len)
		sqlite3_bind_blob(s, 8, bytes, (int)len, SQLITE_STATIC);
	return step_once(db, s, err);
}

sp_status spi_ledger_write_cells(spi_sqlite *db, const spi_cells *differences, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < spi_cells_count(differences); i++) {
		const unsigned char *bytes;
		size_t len;
		sp_measures sum;
		bool good;
		const spi_cell_key *key = spi_cells_at(differences, i, &bytes, &len);
		if (len == 0)
			continue;
		status = read_cell(db, key, &sum, &good, err);
		good = spi_measures_unpack(bytes, len, &sum) && spi_measures_settle(&sum) && good;
		if (status == SP_OK)
			status = write_cell(db, key, &sum, err);
		if (status == SP_OK && !good)
			status = note_damage(db, err);
	}
	return status;
}

/* ---- what follows from an event ---- */

static sp_status follow_contact(spi_sqlite *db, const sp_ledger_event *event, sp_error *err)
{
	sp_contact contact = {0};
	sp_status status = spi_ledger_recall_contact(db, event->contact, &contact, err);
	if (status == SP_ERR_NOT_FOUND)
		contact = (sp_contact){.contact = event->contact};
	else if (status != SP_OK)
		return status;
	sp_contact_add(&contact, event);
	return spi_ledger_keep_contact(db, &contact, err);
}

static sp_status follow_ticket(spi_sqlite *db, const sp_ledger_event *event, sp_error *err)
{
	spi_ledger_ticket ticket = {0};
	sp_status status = spi_ledger_recall_ticket(db, event->ticket, &ticket, err);
	if (status == SP_ERR_NOT_FOUND && event->kind != SP_LEDGER_TICKET)
		return SP_OK;
	if (status == SP_ERR_NOT_FOUND)
		ticket = (spi_ledger_ticket){0};
	else if (status != SP_OK)
		return status;
	spi_ledger_ticket_add(&ticket, event);
	return spi_ledger_keep_ticket(db, &ticket, err);
}

static sp_status follow_wrong(spi_sqlite *db, const sp_ledger_event *event, sp_error *err)
{
	const spi_ledger_state *state;
	spi_counted wrong[SPI_KEYS_MAX];
	sp_status status = spi_ledger_known_state(db, &state, err);
	return status == SP_OK ? spi_ledger_recount(db, NULL, 0, wrong, spi_count_wrong(event, state->timezone, wrong), err) : status;
}

sp_status spi_ledger_follow(spi_sqlite *db, const sp_ledger_event *event, sp_error *err)
{
	sp_status status = SP_OK;
	if (event->kind == SP_LEDGER_WRONG)
		return follow_wrong(db, event, err);
	if (event->contact)
		status = follow_contact(db, event, err);
	if (status == SP_OK && event->ticket && event->kind != SP_LEDGER_RETURN)
		status = follow_ticket(db, event, err);
	return status;
}

sp_status spi_ledger_append(spi_sqlite *db, sp_ledger_event *e, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO ledger (" SPI_LEDGER_EVENT_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";
	int64_t number;
	sp_status status = spi_ledger_next_number(db, &number, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "iiniinnnnnnnnnnni", number, e->at_utc_s, (int)e->kind, e->contact, e->ticket, e->decision,
			e->reason, e->category, e->channel, e->lang, e->audience, e->article, e->group, e->level, e->confidence, e->took_ms, e->value);
	if (status != SP_OK)
		return status;
	e->number = number;
	spi_ledger_number_used(db, number);
	return spi_ledger_follow(db, e, err);
}
