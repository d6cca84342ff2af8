/* Attachments in SQLite: a row once its file is on disk. */
#include "store/reader.h"
#include "store/sqlite.h"

#include <string.h>

#define COLUMNS "id, ticket, name, type, bytes, at_utc_s, actor "

/* ---- writing ---- */

static sp_status find_key(spi_sqlite *db, sp_write_attachment *write, sp_error *err)
{
	static const char sql[] = "SELECT id, bytes, fingerprint FROM attachments WHERE ticket = ?1 AND actor = ?2 AND key = ?3";
	sp_attachment *a = &write->attachment;
	sqlite3_stmt *statement;
	sp_status status = spi_sqlite_first(db, sql, &statement, &write->replayed, err, "iss", a->ticket, a->actor, write->idempotency_key);
	if (status != SP_OK || !write->replayed)
		return status;
	const char *id = (const char *)sqlite3_column_text(statement, 0);
	a->id[0] = '\0';
	strncat(a->id, id ? id : "", sizeof a->id - 1);
	a->bytes = (uint64_t)sqlite3_column_int64(statement, 1);
	if ((uint64_t)sqlite3_column_int64(statement, 2) != write->fingerprint)
		status = sp_error_set(err, SP_ERR_CONFLICT, "Idempotency-Key", 0, "this key was used for another file already");
	sqlite3_reset(statement);
	return status;
}

/* Whether the ticket takes one more. */
static sp_status check_room(spi_sqlite *db, const sp_write_attachment *write, sp_error *err)
{
	static const char sql[] =
		"SELECT state = 'closed' OR forgotten_utc_s IS NOT NULL, (SELECT count(*) FROM attachments WHERE ticket = ?1) "
		"FROM tickets WHERE number = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", write->attachment.ticket);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "ticket", 0, "there is no ticket %lld", (long long)write->attachment.ticket);
	bool closed = sqlite3_column_int(statement, 0) != 0, full = sqlite3_column_int64(statement, 1) >= (int64_t)write->most;
	sqlite3_reset(statement);
	if (closed)
		return sp_error_set(err, SP_ERR_CONFLICT, "state", 0, "a closed ticket takes no more files");
	return full ? sp_error_set(err, SP_ERR_CONFLICT, "attachments", 0, "the ticket has %u files already", write->most) : SP_OK;
}

/* The ticket is another than before, for who reads it and for another system. */
static sp_status move_on(spi_sqlite *db, int64_t ticket, const char *actor, const char *note, int64_t at_utc_s, sp_error *err)
{
	static const char sql[] =
		"UPDATE tickets SET revision = revision + 1, updated_utc_s = max(updated_utc_s, ?2) WHERE number = ?1 RETURNING revision, state, level";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "ii", ticket, at_utc_s);
	if (status != SP_OK || !row)
		return status;
	sp_ticket_state state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 1));
	spi_history e = {.ticket = ticket, .at_utc_s = at_utc_s, .revision = (uint32_t)sqlite3_column_int64(statement, 0),
		.level = sqlite3_column_int(statement, 2), .actor = actor, .state = sp_ticket_state_name(state), .note = note};
	status = spi_sqlite_step(db, statement, &row, err);
	if (status == SP_OK)
		status = spi_sqlite_add_history(db, &e, err);
	return status == SP_OK && note ? spi_sqlite_outbox_add(db, ticket, e.revision, at_utc_s, err) : status;
}

sp_status spi_sqlite_add_attachment(spi_sqlite *db, sp_write_attachment *write, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO attachments (id, ticket, name, type, bytes, at_utc_s, actor, key, fingerprint) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
	sp_attachment *a = &write->attachment;
	write->replayed = write->written = false;
	sp_status status = write->idempotency_key ? find_key(db, write, err) : SP_OK;
	if (status == SP_OK && write->replayed)
		return SP_OK;
	if (status == SP_OK)
		status = check_room(db, write, err);
	if (status != SP_OK)
		return status;
	sp_store_new_id(a->id);
	a->bytes = write->len;
	status = spi_attachment_write(db, a->id, write->data, write->len, err);
	write->written = status == SP_OK;
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "sissiissi", a->id, a->ticket, a->name, a->type, (int64_t)a->bytes, a->at_utc_s, a->actor,
			write->idempotency_key, (int64_t)write->fingerprint);
	return status == SP_OK ? move_on(db, a->ticket, a->actor, write->note, a->at_utc_s, err) : status;
}

sp_status spi_sqlite_detach(spi_sqlite *db, const sp_write_detach *write, sp_error *err)
{
	static const char sql[] = "DELETE FROM attachments WHERE ticket = ?1 AND id = ?2";
	sp_status status = spi_sqlite_run(db, sql, err, "is", write->ticket, write->id);
	if (status == SP_OK && sqlite3_changes(db->handle) == 0)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "attachment", 0, "the ticket has no such file");
	if (status == SP_OK)
		status = spi_sqlite_need_scrub(db, SPI_SCRUB_SOON, err); /* its name may be left in the row's bytes */
	return status == SP_OK ? move_on(db, write->ticket, write->actor, NULL, write->at_utc_s, err) : status;
}

/* ---- reading ---- */

static bool read_row(sqlite3_stmt *statement, sp_arena *arena, sp_attachment *ret)
{
	bool failed = false;
	const char *id = (const char *)sqlite3_column_text(statement, 0);
	*ret = (sp_attachment){
		.ticket = sqlite3_column_int64(statement, 1),
		.name = spi_sqlite_text(statement, 2, arena, &failed),
		.type = spi_sqlite_text(statement, 3, arena, &failed),
		.bytes = (uint64_t)sqlite3_column_int64(statement, 4),
		.at_utc_s = sqlite3_column_int64(statement, 5),
		.actor = spi_sqlite_text(statement, 6, arena, &failed),
	};
	strncat(ret->id, id ? id : "", sizeof ret->id - 1);
	return !failed;
}

sp_status spi_sqlite_attachments(void *handle, int64_t ticket, sp_arena *arena, sp_attachment **ret, size_t *ret_count, sp_error *err)
{
	static const char sql[] =
		"SELECT " COLUMNS ", count(*) OVER () FROM attachments WHERE ticket = ?1 ORDER BY at_utc_s, id";
	spi_sqlite *db = handle;
	sqlite3_stmt *statement;
	sp_attachment *items = NULL;
	size_t count = 0;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "i", ticket);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (!items)
			items = sp_arena_calloc(arena, (size_t)sqlite3_column_int64(statement, 7), sizeof *items);
		if (!items || !read_row(statement, arena, &items[count++])) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	*ret = items;
	*ret_count = status == SP_OK ? count : 0;
	return status;
}

sp_status spi_sqlite_attachment(void *handle, int64_t ticket, const char *id, sp_arena *arena, sp_attachment *ret, const char **ret_data,
	sp_error *err)
{
	static const char sql[] = "SELECT " COLUMNS "FROM attachments WHERE ticket = ?1 AND id = ?2";
	spi_sqlite *db = handle;
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "is", ticket, id);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "attachment", 0, "the ticket has no such file");
	bool read = read_row(statement, arena, ret);
	sqlite3_reset(statement);
	return read ? spi_attachment_read(db, ret->id, (size_t)ret->bytes, arena, ret_data, err) : spi_out_of_memory(err);
}

sp_status sp_store_attachments(sp_store_reader *reader, int64_t ticket, sp_arena *arena, sp_attachment **ret, size_t *ret_count, sp_error *err)
{
	return reader->engine->attachments(reader->db, ticket, arena, ret, ret_count, err);
}

sp_status sp_store_attachment(sp_store_reader *reader, int64_t ticket, const char *id, sp_arena *arena, sp_attachment *ret,
	const char **ret_data, sp_error *err)
{
	return reader->engine->attachment(reader->db, ticket, id, arena, ret, ret_data, err);
}
