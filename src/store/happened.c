/* What happened in each conversation: turns, what the person said of each answer, and its ticket. */
#include "sportello/happened.h"

#include "store/reader.h"
#include "store/sqlite.h"

#include <string.h>

/* One conversation as it is read; its room is used again for the next one. */
typedef struct reading {
	spi_sqlite *db;
	sp_arena *arena;
	sp_turn *turns;
	signed char *said;
	size_t count, room;
} reading;

static bool make_room(reading *r)
{
	if (r->count < r->room)
		return true;
	size_t room = r->room ? 2 * r->room : 16;
	sp_turn *turns = sp_arena_calloc(r->arena, room, sizeof *turns);
	signed char *said = sp_arena_calloc(r->arena, room, sizeof *said);
	if (!turns || !said)
		return false;
	if (r->count > 0) {
		memcpy(turns, r->turns, r->count * sizeof *turns);
		memcpy(said, r->said, r->count * sizeof *said);
	}
	r->turns = turns;
	r->said = said;
	r->room = room;
	return true;
}

static void judge(reading *r, bool solved)
{
	ptrdiff_t last = r->count > 0 ? spi_last_answer(r->turns, r->count) : -1;
	if (last >= 0)
		r->said[last] = solved ? 1 : -1;
}

static bool take_turn(reading *r, sqlite3_stmt *statement)
{
	sp_turn turn = {0};
	if (!make_room(r) || !spi_sqlite_read_turn(statement, r->arena, &turn))
		return false;
	if (turn.reason == SP_REASON_NOT_SOLVED || turn.reason == SP_REASON_NEXT_BEST) /* said in words */
		judge(r, false);
	r->said[r->count] = 0;
	r->turns[r->count++] = turn;
	return true;
}

static sp_status read_turns(reading *r, int64_t number, sp_error *err)
{
	static const char sql[] =
		"SELECT question, decision, reason, article, category, offered, lang, at_utc_s, NULL AS solved, seq FROM turns "
		"WHERE conversation = ?1 UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, solved, seq "
		"FROM feedback WHERE conversation = ?1 ORDER BY seq";
	sqlite3_stmt *statement = NULL;
	bool row = true;
	sp_status status = spi_sqlite_query(r->db, sql, &statement, err, "i", number);
	while (status == SP_OK && (status = spi_sqlite_step(r->db, statement, &row, err)) == SP_OK && row) {
		if (sqlite3_column_type(statement, 8) != SQLITE_NULL) {
			judge(r, sqlite3_column_int(statement, 8) != 0);
		} else if (!take_turn(r, statement)) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	return status;
}

static sp_status read_ticket(reading *r, int64_t number, sp_happened *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT (SELECT h.article FROM ticket_history h WHERE h.ticket = k.number AND h.revision > 1 AND h.article IS NOT NULL "
		"ORDER BY h.revision DESC LIMIT 1) FROM tickets k WHERE k.conversation = ?1 ORDER BY k.number DESC LIMIT 1";
	sqlite3_stmt *statement = NULL;
	bool row = false, failed = false;
	sp_status status = spi_sqlite_first(r->db, sql, &statement, &row, err, "i", number);
	if (status != SP_OK || !row)
		return status;
	ret->ticket = true;
	ret->linked = spi_sqlite_text(statement, 0, r->arena, &failed);
	sqlite3_reset(statement);
	return failed ? spi_out_of_memory(err) : SP_OK;
}

static sp_status visit_one(reading *r, sqlite3_stmt *row, sp_happened_visit *visit, void *arg, sp_error *err)
{
	bool failed = false;
	sp_happened happened = {.conversation = sqlite3_column_int64(row, 0), .began_utc_s = sqlite3_column_int64(row, 1),
		.last_utc_s = sqlite3_column_int64(row, 2), .audience = spi_sqlite_text(row, 3, r->arena, &failed),
		.person = spi_sqlite_text(row, 4, r->arena, &failed)};
	sp_status status = failed ? spi_out_of_memory(err) : read_turns(r, happened.conversation, err);
	if (status == SP_OK)
		status = read_ticket(r, happened.conversation, &happened, err);
	happened.turns = r->turns;
	happened.said = r->said;
	happened.count = r->count;
	return status == SP_OK && r->count > 0 ? visit(&happened, arg, err) : status;
}

static sp_status visit_all(reading *r, int64_t from_utc_s, int64_t until_utc_s, sp_happened_visit *visit, void *arg, sp_error *err)
{
	static const char sql[] = "SELECT number, began_utc_s, last_utc_s, audience, person FROM conversations "
		"WHERE began_utc_s >= ?1 AND began_utc_s < ?2 ORDER BY began_utc_s DESC, number DESC";
	sqlite3_stmt *statement = NULL;
	bool row = true;
	sp_status status = spi_sqlite_query(r->db, sql, &statement, err, "ii", from_utc_s, until_utc_s);
	while (status == SP_OK && (status = spi_sqlite_step(r->db, statement, &row, err)) == SP_OK && row) {
		sp_arena_reset(r->arena);
		*r = (reading){.db = r->db, .arena = r->arena};
		status = visit_one(r, statement, visit, arg, err);
		if (status != SP_OK)
			sqlite3_reset(statement);
	}
	return status;
}

sp_status spi_sqlite_happened(void *db, int64_t from_utc_s, int64_t until_utc_s, sp_happened_visit *visit, void *arg, sp_error *err)
{
	reading r = {.db = db, .arena = sp_arena_new(0)};
	sp_status status = r.arena ? spi_sqlite_snapshot(db, err) : spi_out_of_memory(err);
	if (status == SP_OK) {
		status = visit_all(&r, from_utc_s, until_utc_s, visit, arg, err);
		spi_sqlite_snapshot_end(db);
	}
	sp_arena_free(r.arena);
	return status;
}

sp_status sp_store_happened(sp_store_reader *reader, int64_t from_utc_s, int64_t until_utc_s, sp_happened_visit *visit, void *arg,
	sp_error *err)
{
	return reader->engine->happened(reader->db, from_utc_s, until_utc_s, visit, arg, err);
}
