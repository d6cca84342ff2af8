/* How the store is. */
#include "sportello/health.h"

#include "store/reader.h"
#include "store/sqlite.h"

#include <string.h>
#include <sys/stat.h>

static uint64_t size_of(const char *path, const char *ending, sp_arena *arena)
{
	struct stat found;
	const char *name = sp_arena_printf(arena, "%s%s", path, ending);
	return name && stat(name, &found) == 0 ? (uint64_t)found.st_size : 0;
}

static sp_status count_tickets(spi_sqlite *db, sp_store_health *ret, sp_error *err)
{
	static const char sql[] = "SELECT state, count(*) FROM tickets GROUP BY state";
	sqlite3_stmt *statement = NULL;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row)
		for (int state = 0; state < SP_TICKET_STATE_COUNT; state++)
			if (strcmp(sp_ticket_state_name((sp_ticket_state)state), (const char *)sqlite3_column_text(statement, 0)) == 0)
				ret->tickets[state] = (uint64_t)sqlite3_column_int64(statement, 1);
	return status;
}

static sp_status count_sessions(spi_sqlite *db, int64_t now_utc_s, int64_t idle_s, sp_store_health *ret, sp_error *err)
{
	static const char sql[] = "SELECT count(*) FROM sessions WHERE until_utc_s > ?1 AND seen_utc_s > ?1 - ?2";
	sqlite3_stmt *statement = NULL;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "ii", now_utc_s, idle_s);
	if (status == SP_OK && row) {
		ret->sessions = (uint64_t)sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return status;
}

sp_status spi_sqlite_health(void *handle, int64_t now_utc_s, int64_t idle_s, sp_store_health *ret, sp_error *err)
{
	spi_sqlite *db = handle;
	sp_arena *arena = sp_arena_new(1024);
	*ret = (sp_store_health){0};
	if (!arena)
		return spi_out_of_memory(err);
	ret->bytes = size_of(db->path, "", arena);
	ret->log_bytes = size_of(db->path, "-wal", arena);
	sp_arena_free(arena);
	sp_status status = count_tickets(db, ret, err);
	return status == SP_OK ? count_sessions(db, now_utc_s, idle_s, ret, err) : status;
}

sp_status sp_store_health_get(sp_store_reader *reader, int64_t now_utc_s, int64_t idle_s, sp_store_health *ret, sp_error *err)
{
	return reader->engine->health(reader->db, now_utc_s, idle_s, ret, err);
}
