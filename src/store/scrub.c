/* What is left to do after rows were deleted or emptied: no byte of them may stay. SQLite overwrites what it frees (secure_delete), but
   a page that was split keeps copies of rows that were moved, and the log keeps pages as they were: so the file is written anew. */

#include "store/checkpoint.h"
#include "store/reader.h"

/* A file without a row may belong to a write that is under way in another process. */
#define SWEEP_OLDER_S 600

sp_status spi_sqlite_note(spi_sqlite *db, const char *name, int64_t value, sp_error *err)
{
	static const char sql[] = "INSERT INTO keeping (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
	return spi_sqlite_run(db, sql, err, "si", name, value);
}

sp_status spi_sqlite_noted(spi_sqlite *db, const char *name, int64_t *ret, sp_error *err)
{
	static const char sql[] = "SELECT value FROM keeping WHERE name = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "s", name);
	*ret = 0;
	if (status == SP_OK && row) {
		*ret = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return status;
}

sp_status spi_sqlite_need_scrub(spi_sqlite *db, int how, sp_error *err)
{
	int64_t needed = 0;
	sp_status status = spi_sqlite_noted(db, "scrub", &needed, err);
	return status == SP_OK && needed < how ? spi_sqlite_note(db, "scrub", how, err) : status;
}

/* All of the log into the file, and nothing left of it. */
static sp_status cut_log(spi_sqlite *db, sp_error *err)
{
	static const char sql[] = "PRAGMA wal_checkpoint(TRUNCATE)";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "");
	if (status != SP_OK)
		return status;
	bool is_busy = row && sqlite3_column_int(statement, 0) != 0;
	if (row)
		sqlite3_reset(statement);
	return is_busy ? sp_error_set(err, SP_ERR_BUSY, db->path, 0, "somebody reads the store; its log is cut later") : SP_OK;
}

sp_status spi_sqlite_scrub(spi_sqlite *db, int at_least, sp_error *err)
{
	int64_t needed = 0;
	sp_status status = spi_sqlite_noted(db, "scrub", &needed, err);
	if (status != SP_OK || needed < at_least)
		return status;
	spi_checkpoint_wait(db);
	status = spi_attachments_sweep(db, SWEEP_OLDER_S, err);
	if (status == SP_OK)
		status = spi_sqlite_exec(db, "VACUUM", "write the store anew", err);
	if (status == SP_OK)
		status = cut_log(db, err);
	return status == SP_OK ? spi_sqlite_note(db, "scrub", 0, err) : status;
}

/* ---- vectors of questions: not in the store, but they go with it ---- */

sp_status spi_sqlite_vectors_due(void *handle, int64_t keep_s, int64_t now_utc_s, bool *ret, int64_t *ret_times, sp_error *err)
{
	spi_sqlite *db = handle;
	int64_t done = 0, since = 0;
	sp_status status = spi_sqlite_noted(db, "vectors", ret_times, err);
	if (status == SP_OK)
		status = spi_sqlite_noted(db, "vectors-done", &done, err);
	if (status == SP_OK)
		status = spi_sqlite_noted(db, "vectors-since", &since, err);
	*ret = status == SP_OK && (*ret_times > done || (keep_s > 0 && now_utc_s - since >= keep_s));
	return status;
}

sp_status spi_sqlite_vectors_done(spi_sqlite *db, int64_t times, int64_t at_utc_s, sp_error *err)
{
	sp_status status = spi_sqlite_note(db, "vectors-done", times, err);
	return status == SP_OK ? spi_sqlite_note(db, "vectors-since", at_utc_s, err) : status;
}

/* ---- for everybody else ---- */

sp_status sp_store_scrub(sp_store *store, sp_error *err)
{
	sp_write write = {.kind = SP_WRITE_SCRUB};
	return sp_store_write(store, &write, err);
}

sp_status sp_store_vectors_due(sp_store_reader *reader, int64_t keep_s, int64_t now_utc_s, bool *ret, int64_t *ret_times, sp_error *err)
{
	return reader->engine->vectors_due(reader->db, keep_s, now_utc_s, ret, ret_times, err);
}

sp_status sp_store_vectors_done(sp_store *store, int64_t times, int64_t now_utc_s, sp_error *err)
{
	sp_write write = {.kind = SP_WRITE_VECTORS_DONE, .as.vectors_done = {times, now_utc_s}};
	return sp_store_write(store, &write, err);
}
