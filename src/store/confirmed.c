/* Answers that people said were right. What is said of an answer is stored beside the turns, in one count with them; so
   it is about the last request before it. */
#include "store/reader.h"
#include "store/sqlite.h"

#include <string.h>

/* One conversation as it is read. */
typedef struct conversation {
	sp_arena *arena;
	sp_turn *turns;
	bool *solved, *ticketed; /* of each turn: the last word was yes; a ticket names its article */
	size_t count, cap;
} conversation;

static bool make_room(conversation *c)
{
	if (c->count < c->cap)
		return true;
	size_t cap = c->cap ? 2 * c->cap : 16;
	sp_turn *turns = sp_arena_calloc(c->arena, cap, sizeof *turns);
	bool *solved = sp_arena_calloc(c->arena, cap, sizeof *solved);
	bool *ticketed = sp_arena_calloc(c->arena, cap, sizeof *ticketed);
	if (!turns || !solved || !ticketed)
		return false;
	if (c->count > 0) {
		memcpy(turns, c->turns, c->count * sizeof *turns);
		memcpy(solved, c->solved, c->count * sizeof *solved);
		memcpy(ticketed, c->ticketed, c->count * sizeof *ticketed);
	}
	c->turns = turns;
	c->solved = solved;
	c->ticketed = ticketed;
	c->cap = cap;
	return true;
}

/* The last request, when it was answered; -1 when not. "grazie" in between is no request. */
ptrdiff_t spi_last_answer(const sp_turn *turns, size_t count)
{
	size_t i = count;
	while (i > 0 && turns[i - 1].decision == SP_DECIDE_NONE)
		i--;
	/* Of a procedure's steps the question with which it began. */
	for (size_t first = i; first > 0 && sp_reason_is_step(turns[i - 1].reason); first--)
		if (turns[first - 1].decision == SP_DECIDE_ANSWER && !sp_reason_is_step(turns[first - 1].reason) && turns[first - 1].article &&
		    turns[i - 1].article && strcmp(turns[first - 1].article, turns[i - 1].article) == 0)
			i = first;
	return i > 0 && turns[i - 1].decision == SP_DECIDE_ANSWER && turns[i - 1].article ? (ptrdiff_t)i - 1 : -1;
}

/* A no takes back every yes to the same article. */
static void judge(conversation *c, bool solved)
{
	ptrdiff_t last = c->count > 0 ? spi_last_answer(c->turns, c->count) : -1;
	if (last < 0)
		return;
	for (ptrdiff_t i = 0; !solved && i < last; i++)
		if (c->turns[i].article && strcmp(c->turns[i].article, c->turns[last].article) == 0)
			c->solved[i] = false;
	c->solved[last] = solved;
}

static bool take_turn(conversation *c, sqlite3_stmt *statement)
{
	sp_turn turn;
	if (!make_room(c) || !spi_sqlite_read_turn(statement, c->arena, &turn))
		return false;
	if (turn.reason == SP_REASON_NOT_SOLVED || turn.reason == SP_REASON_NEXT_BEST) /* said in words */
		judge(c, false);
	c->ticketed[c->count] = sqlite3_column_int(statement, 10) != 0;
	c->solved[c->count] = false;
	c->turns[c->count++] = turn;
	return true;
}

static sp_status read_one(spi_sqlite *db, int64_t number, conversation *c, sp_error *err)
{
	static const char sql[] =
		"SELECT question, decision, reason, article, category, offered, lang, at_utc_s, NULL AS solved, seq, "
		"EXISTS (SELECT 1 FROM tickets k WHERE k.conversation = ?1 AND k.article = t.article) "
		"FROM turns t WHERE conversation = ?1 "
		"UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, solved, seq, NULL "
		"FROM feedback WHERE conversation = ?1 ORDER BY seq";
	sqlite3_stmt *statement;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "i", number);
	bool row = true;
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (sqlite3_column_type(statement, 8) != SQLITE_NULL) {
			judge(c, sqlite3_column_int(statement, 8) != 0);
		} else if (!take_turn(c, statement)) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	return status;
}

typedef struct reading {
	int64_t from_utc_s, until_utc_s;
	sp_confirmed_visit *visit;
	void *arg;
	sp_arena *arena; /* of one conversation */
} reading;

static sp_status visit_one(spi_sqlite *db, const reading *r, int64_t number, const char *audience, sp_error *err)
{
	conversation c = {.arena = r->arena};
	sp_status status = read_one(db, number, &c, err);
	for (size_t i = 0; status == SP_OK && i < c.count; i++) {
		bool in_time = c.turns[i].at_utc_s >= r->from_utc_s && c.turns[i].at_utc_s < r->until_utc_s;
		if (!c.solved[i] || c.ticketed[i] || !in_time || !*c.turns[i].question)
			continue;
		sp_confirmed confirmed = {.conversation = number, .audience = audience, .turns = c.turns, .at = i};
		status = r->visit(&confirmed, r->arg, err);
	}
	return status;
}

static sp_status visit_all(spi_sqlite *db, const reading *r, sp_error *err)
{
	static const char sql[] =
		"SELECT number, audience FROM conversations c WHERE began_utc_s < ?2 AND last_utc_s >= ?1 AND forgotten_utc_s IS NULL "
		"AND EXISTS (SELECT 1 FROM feedback f WHERE f.conversation = c.number AND f.solved = 1) "
		"ORDER BY began_utc_s, number";
	sqlite3_stmt *statement;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "ii", r->from_utc_s, r->until_utc_s);
	bool row = true;
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		sp_arena_reset(r->arena);
		status = visit_one(db, r, sqlite3_column_int64(statement, 0), (const char *)sqlite3_column_text(statement, 1),
			err);
		if (status != SP_OK)
			sqlite3_reset(statement);
	}
	return status;
}

sp_status spi_sqlite_confirmed(void *db, int64_t from_utc_s, int64_t until_utc_s, sp_confirmed_visit *visit, void *arg,
	sp_error *err)
{
	reading r = {from_utc_s, until_utc_s, visit, arg, sp_arena_new(0)};
	sp_status status = r.arena ? spi_sqlite_snapshot(db, err) : spi_out_of_memory(err);
	if (status == SP_OK) {
		status = visit_all(db, &r, err);
		spi_sqlite_snapshot_end(db);
	}
	sp_arena_free(r.arena);
	return status;
}

sp_status sp_store_confirmed(sp_store_reader *reader, int64_t from_utc_s, int64_t until_utc_s, sp_confirmed_visit *visit,
	void *arg, sp_error *err)
{
	return reader->engine->confirmed(reader->db, from_utc_s, until_utc_s, visit, arg, err);
}
