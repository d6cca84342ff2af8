/* Who comes back: a person known by a keyed hash asks again about what was answered before, in another conversation. That is an event of
   the log itself, so that what was counted stays when the hash is forgotten. */
#include "store/ledger_memory.h"

#include <stdlib.h>
#include <string.h>

/* However long the window is. */
#define RETURN_MAX_S (366LL * 86400)

static sp_status note_return(spi_sqlite *db, int64_t contact, int64_t at_utc_s, int64_t after_s, sp_error *err)
{
	sp_ledger_event event = {.at_utc_s = at_utc_s, .kind = SP_LEDGER_RETURN, .contact = contact, .decision = SP_DECIDE_COUNT, .value = after_s};
	return spi_ledger_append(db, &event, err);
}

/* Of a query that gives number and seconds. */
typedef struct gap { int64_t contact, after_s; } gap;
typedef struct gaps { gap *items; size_t count, room; } gaps;

static sp_status read_gaps(spi_sqlite *db, sqlite3_stmt *s, gaps *ret, sp_error *err)
{
	bool row = true;
	sp_status status = SP_OK;
	while (status == SP_OK && (status = spi_sqlite_step(db, s, &row, err)) == SP_OK && row) {
		if (ret->count == ret->room) {
			size_t room = ret->room ? 2 * ret->room : 16;
			gap *items = realloc(ret->items, room * sizeof *items);
			if (!items) {
				sqlite3_reset(s);
				return spi_out_of_memory(err);
			}
			ret->items = items;
			ret->room = room;
		}
		ret->items[ret->count++] = (gap){sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1)};
	}
	return status;
}

/* Their last word was a request that was answered. */
static bool was_answered(const sp_contact *c)
{
	return c->last_decision == SP_DECIDE_ANSWER && c->requests > 0;
}

/* Whether a request after so long takes back that answer; one that came sooner did so before. */
static bool is_return(const sp_contact *c, int64_t after_s)
{
	return after_s > 0 && after_s <= RETURN_MAX_S && (c->returned_s == 0 || c->returned_s > after_s);
}

/* One of the person's other contacts. */
static sp_status take_back(spi_sqlite *db, int64_t contact, int category, int64_t at_utc_s, sp_error *err)
{
	sp_contact c;
	sp_status status = spi_ledger_recall_contact(db, contact, &c, err);
	if (status != SP_OK)
		return status == SP_ERR_NOT_FOUND ? SP_OK : status;
	int64_t after_s = at_utc_s - c.last_request_utc_s;
	return was_answered(&c) && c.category == category && is_return(&c, after_s) ? note_return(db, contact, at_utc_s, after_s, err) : SP_OK;
}

sp_status spi_ledger_came_back(spi_sqlite *db, const char *person, int64_t contact, int category, int64_t at_utc_s, sp_error *err)
{
	static const char sql[] = "SELECT number, 0 FROM conversations WHERE person = ?1 AND number <> ?2 ORDER BY number";
	sqlite3_stmt *s;
	gaps found = {0};
	if (category == 0)
		return SP_OK;
	sp_status status = spi_sqlite_query(db, sql, &s, err, "si", person, contact);
	if (status == SP_OK)
		status = read_gaps(db, s, &found, err);
	for (size_t i = 0; status == SP_OK && i < found.count; i++)
		status = take_back(db, found.items[i].contact, category, at_utc_s, err);
	free(found.items);
	return status;
}

/* What came after the contact's own answer is known already: its person was not, or clocks differ. */
static sp_status left_behind(spi_sqlite *db, const char *person, int64_t contact, sp_error *err)
{
	static const char sql[] =
		"SELECT ?2, min(e.at_utc_s) - ?5 FROM conversations c JOIN ledger e INDEXED BY ledger_contact ON e.contact = c.number AND e.contact > 0 "
		"WHERE c.person = ?1 AND c.number <> ?2 AND e.kind IN (2, 4) AND e.decision <> 3 AND e.category = ?4 AND e.at_utc_s > ?5 "
		"AND e.at_utc_s <= ?5 + ?3 HAVING count(*) > 0";
	static const char sql_tickets[] =
		"SELECT ?2, min(t.created_utc_s) - ?5 FROM ticket_persons p JOIN tickets t ON t.number = p.ticket AND t.conversation IS NULL "
		"AND t.category = (SELECT word FROM ledger_words WHERE id = ?4) "
		"WHERE p.hash = ?1 AND t.created_utc_s > ?5 AND t.created_utc_s <= ?5 + ?3 HAVING count(*) > 0";
	const char *const both[] = {sql, sql_tickets};
	sqlite3_stmt *s;
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < 2; i++) {
		gaps found = {0};
		sp_contact c;
		status = spi_ledger_recall_contact(db, contact, &c, err);
		if (status != SP_OK || !was_answered(&c) || c.category == 0)
			return status == SP_ERR_NOT_FOUND ? SP_OK : status;
		status = spi_sqlite_query(db, both[i], &s, err, "siini", person, contact, (int64_t)RETURN_MAX_S, c.category, c.last_request_utc_s);
		if (status == SP_OK)
			status = read_gaps(db, s, &found, err);
		if (status == SP_OK && found.count > 0 && is_return(&c, found.items[0].after_s))
			status = note_return(db, contact, c.last_request_utc_s + found.items[0].after_s, found.items[0].after_s, err);
		free(found.items);
	}
	return status;
}

/* Each request of a contact. */
static sp_status link_all(spi_sqlite *db, const char *person, int64_t contact, bool all, sp_error *err)
{
	static const char sql[] =
		"SELECT category, at_utc_s FROM ledger INDEXED BY ledger_contact WHERE contact = ?1 AND contact > 0 AND kind IN (2, 4) AND decision <> 3 ORDER BY number DESC LIMIT ?2";
	sqlite3_stmt *s;
	gaps found = {0};
	sp_status status = spi_sqlite_query(db, sql, &s, err, "ii", contact, (int64_t)(all ? -1 : 1));
	if (status == SP_OK)
		status = read_gaps(db, s, &found, err);
	for (size_t i = found.count; status == SP_OK && i-- > 0;)
		status = spi_ledger_came_back(db, person, contact, (int)found.items[i].contact, found.items[i].after_s, err);
	free(found.items);
	return status;
}

/* Whether they were here in another conversation, or with a ticket that has none: hardly anybody was. */
static sp_status was_here(spi_sqlite *db, const char *person, int64_t contact, bool *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT EXISTS (SELECT 1 FROM conversations WHERE person = ?1 AND number <> ?2) OR EXISTS (SELECT 1 FROM ticket_persons p "
		"JOIN tickets t ON t.number = p.ticket AND t.conversation IS NULL WHERE p.hash = ?1)";
	sqlite3_stmt *s;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "si", person, contact);
	*ret = status == SP_OK && row && sqlite3_column_int(s, 0) != 0;
	if (row)
		sqlite3_reset(s);
	return status;
}

static sp_status person_of(spi_sqlite *db, int64_t contact, char ret[SPI_PERSON_HASH_LEN + 1], sp_error *err)
{
	static const char sql[] = "SELECT person FROM conversations WHERE number = ?1 AND person IS NOT NULL";
	sqlite3_stmt *s;
	bool row = false;
	ret[0] = '\0';
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "i", contact);
	if (status != SP_OK || !row)
		return status;
	strncat(ret, (const char *)sqlite3_column_text(s, 0), SPI_PERSON_HASH_LEN);
	sqlite3_reset(s);
	return SP_OK;
}

sp_status spi_ledger_link(spi_sqlite *db, int64_t contact, const char *person, bool all, sp_error *err)
{
	char found[SPI_PERSON_HASH_LEN + 1];
	bool is_known = false;
	sp_status status = person ? SP_OK : person_of(db, contact, found, err);
	if (!person)
		person = found;
	if (status == SP_OK && *person)
		status = was_here(db, person, contact, &is_known, err);
	if (status != SP_OK || !is_known)
		return status;
	status = link_all(db, person, contact, all, err);
	return status == SP_OK ? left_behind(db, person, contact, err) : status;
}
