/* Walks through procedures in SQLite. A conversation knows its last one; that one the one that it came in between of. */
#include "store/reader.h"
#include "store/sqlite.h"

#include <string.h>

static const char *const states[SP_WALK_STATES] = {
#define STATE_TEXT(name, text) [name] = text,
	SP_WALK_STATE_LIST(STATE_TEXT)
#undef STATE_TEXT
};

static sp_walk_state state_of(const char *text)
{
	int state = 0;
	while (state < SP_WALK_STATES && (!text || strcmp(states[state], text) != 0))
		state++;
	return state < SP_WALK_STATES ? (sp_walk_state)state : SP_WALK_GOING;
}

/* ---- writing ---- */

typedef struct lists {
	sp_buffer way, seen;
	const char *way_text, *seen_text;
} lists;

static sp_status join_lists(const sp_walk *walk, lists *l, sp_error *err)
{
	sp_status status = spi_sqlite_join_lines(&walk->way, &l->way, &l->way_text, err);
	if (status == SP_OK)
		status = spi_sqlite_join_lines(&walk->seen, &l->seen, &l->seen_text, err);
	return status;
}

static sp_status change(spi_sqlite *db, int64_t conversation, const sp_walk *walk, const lists *l, sp_error *err)
{
	static const char sql[] =
		"UPDATE walks SET version = ?3, step = ?4, way = ?5, seen = ?6, state = ?7, code = ?8, code_until_utc_s = ?9, "
		"at_utc_s = ?10 WHERE number = ?1 AND conversation = ?2";
	return spi_sqlite_run(db, sql, err, "iissssssii", walk->number, conversation, walk->version, walk->step, l->way_text,
		l->seen_text, states[walk->state], walk->code, walk->code_until_utc_s, walk->at_utc_s);
}

static sp_status add(spi_sqlite *db, int64_t conversation, const sp_walk *walk, const lists *l, int64_t *ret, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO walks (conversation, before, article, lang, version, step, way, seen, state, code, code_until_utc_s, at_utc_s) "
		"VALUES (?1, (SELECT w.number FROM conversations c JOIN walks w ON w.number = c.walk WHERE c.number = ?1 AND w.state = 'going'), "
		"?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	sp_status status = spi_sqlite_run(db, sql, err, "issssssssii", conversation, walk->article, spi_lang_text(walk->lang),
		walk->version, walk->step, l->way_text, l->seen_text, states[walk->state], walk->code, walk->code_until_utc_s,
		walk->at_utc_s);
	*ret = status == SP_OK ? sqlite3_last_insert_rowid(db->handle) : 0;
	return status;
}

sp_status spi_sqlite_put_walk(spi_sqlite *db, int64_t conversation, const sp_walk *walk, sp_error *err)
{
	static const char sql[] = "UPDATE conversations SET walk = ?2 WHERE number = ?1";
	lists l = {.way = SP_BUFFER_INIT, .seen = SP_BUFFER_INIT};
	int64_t number = walk->number;
	if ((unsigned)walk->state >= SP_WALK_STATES || !walk->article || !walk->step || !walk->version)
		return sp_error_set(err, SP_ERR_INVALID, "walk", 0, "a walk needs an article, a version, a step and a state");
	sp_status status = join_lists(walk, &l, err);
	if (status == SP_OK && number)
		status = change(db, conversation, walk, &l, err);
	else if (status == SP_OK)
		status = add(db, conversation, walk, &l, &number, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "ii", conversation, number);
	sp_buffer_release(&l.way);
	sp_buffer_release(&l.seen);
	return status;
}

/* ---- reading ---- */

#define COLUMNS "number, article, lang, version, step, way, seen, state, code, code_until_utc_s, at_utc_s, before "

static sp_walk *read_walk(sqlite3_stmt *statement, sp_arena *arena, int64_t *ret_before)
{
	bool failed = false;
	sp_walk *walk = sp_arena_calloc(arena, 1, sizeof *walk);
	if (!walk)
		return NULL;
	walk->number = sqlite3_column_int64(statement, 0);
	walk->article = spi_sqlite_text(statement, 1, arena, &failed);
	walk->lang = spi_lang_of((const char *)sqlite3_column_text(statement, 2));
	walk->version = spi_sqlite_text(statement, 3, arena, &failed);
	walk->step = spi_sqlite_text(statement, 4, arena, &failed);
	failed |= !spi_sqlite_split_lines((const char *)sqlite3_column_text(statement, 5), arena, &walk->way) ||
		!spi_sqlite_split_lines((const char *)sqlite3_column_text(statement, 6), arena, &walk->seen);
	walk->state = state_of((const char *)sqlite3_column_text(statement, 7));
	const char *code = (const char *)sqlite3_column_text(statement, 8);
	if (code && strlen(code) == SP_WALK_CODE_LEN)
		memcpy(walk->code, code, SP_WALK_CODE_LEN + 1);
	walk->code_until_utc_s = sqlite3_column_int64(statement, 9);
	walk->at_utc_s = sqlite3_column_int64(statement, 10);
	*ret_before = sqlite3_column_int64(statement, 11);
	return failed ? NULL : walk;
}

static sp_status read_one(spi_sqlite *db, int64_t number, sp_arena *arena, const sp_walk **ret, int64_t *ret_before, sp_error *err)
{
	static const char sql[] = "SELECT " COLUMNS "FROM walks WHERE number = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", number);
	if (status != SP_OK || !row)
		return status;
	*ret = read_walk(statement, arena, ret_before);
	sqlite3_reset(statement);
	return *ret ? SP_OK : spi_out_of_memory(err);
}

sp_status spi_sqlite_read_walks(spi_sqlite *db, int64_t number, sp_arena *arena, sp_dialogue *ret, sp_error *err)
{
	int64_t before = 0;
	sp_status status = number ? read_one(db, number, arena, &ret->walk, &before, err) : SP_OK;
	if (status == SP_OK && before)
		status = read_one(db, before, arena, &ret->earlier, &before, err);
	return status;
}

sp_status spi_sqlite_walk(void *handle, const char *code, int64_t now_utc_s, sp_arena *arena, sp_walk *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT " COLUMNS "FROM walks WHERE code = ?1 AND code_until_utc_s > ?2 ORDER BY at_utc_s DESC, number DESC LIMIT 1";
	spi_sqlite *db = handle;
	sqlite3_stmt *statement;
	bool row = false;
	int64_t before;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "si", code, now_utc_s);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "code", 0, "there is no such code");
	const sp_walk *walk = read_walk(statement, arena, &before);
	sqlite3_reset(statement);
	if (!walk)
		return spi_out_of_memory(err);
	*ret = *walk;
	return SP_OK;
}

sp_status sp_store_walk(sp_store_reader *reader, const char *code, int64_t now_utc_s, sp_arena *arena, sp_walk *ret, sp_error *err)
{
	return reader->engine->walk(reader->db, code, now_utc_s, arena, ret, err);
}
