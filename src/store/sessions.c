/* Sessions in SQLite. As with tokens only the hash of an id is stored, and an id is made here alone: one that a browser
   brought along never becomes a session. */
#include "store/sqlite.h"

#include "base/hash.h"
#include "store/ids.h"

#include <string.h>

static void hash_of(const char *id, size_t len, char ret[65])
{
	spi_sha256_hex(id, len, ret);
}

sp_status spi_sqlite_end_session(spi_sqlite *db, const char *id, sp_error *err)
{
	static const char sql[] = "DELETE FROM sessions WHERE hash = ?1";
	char hash[65];
	hash_of(id, strlen(id), hash);
	return spi_sqlite_run(db, sql, err, "s", hash);
}

/* What nobody can use any more; also those whose token was revoked, at the latest when their time is over. */
static sp_status forget_old(spi_sqlite *db, int64_t now_utc_s, sp_error *err)
{
	static const char sql[] = "DELETE FROM sessions WHERE until_utc_s <= ?1";
	return spi_sqlite_run(db, sql, err, "i", now_utc_s);
}

static sp_status insert(spi_sqlite *db, const sp_session *session, const char *hash, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO sessions (hash, token, subject, role, audience, groups, created_utc_s, seen_utc_s, until_utc_s) "
		"VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, ?7, ?7, ?8)";
	sp_buffer lines = SP_BUFFER_INIT;
	const char *groups = NULL;
	sp_status status = spi_sqlite_join_lines(&session->groups, &lines, &groups, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "sissssii", hash, session->token, session->subject, session->role,
			session->audience, groups, session->created_utc_s, session->until_utc_s);
	sp_buffer_release(&lines);
	return status;
}

sp_status spi_sqlite_add_session(spi_sqlite *db, sp_write_session *write, sp_error *err)
{
	const sp_session *session = &write->session;
	char hash[65];
	if (!session->subject || !session->audience || !spi_are_roles(session->role))
		return sp_error_set(err, SP_ERR_INVALID, "session", 0, "a session needs a subject, a role and an audience");
	sp_status status = forget_old(db, session->created_utc_s, err);
	if (status == SP_OK && write->replaces)
		status = spi_sqlite_end_session(db, write->replaces, err);
	spi_random_text(write->id, SP_SESSION_ID_LEN);
	hash_of(write->id, SP_SESSION_ID_LEN, hash);
	return status == SP_OK ? insert(db, session, hash, err) : status;
}

sp_status spi_sqlite_see_session(spi_sqlite *db, const char *id, int64_t now_utc_s, sp_error *err)
{
	static const char sql[] = "UPDATE sessions SET seen_utc_s = max(seen_utc_s, ?2) WHERE hash = ?1";
	char hash[65];
	hash_of(id, strlen(id), hash);
	return spi_sqlite_run(db, sql, err, "si", hash, now_utc_s);
}

static bool read_session(sqlite3_stmt *statement, sp_arena *arena, sp_session *ret)
{
	bool failed = false;
	*ret = (sp_session){
		.token = sqlite3_column_int64(statement, 0),
		.subject = spi_sqlite_text(statement, 1, arena, &failed),
		.role = spi_sqlite_text(statement, 2, arena, &failed),
		.audience = spi_sqlite_text(statement, 3, arena, &failed),
		.created_utc_s = sqlite3_column_int64(statement, 5),
		.seen_utc_s = sqlite3_column_int64(statement, 6),
		.until_utc_s = sqlite3_column_int64(statement, 7),
	};
	return spi_sqlite_split_lines((const char *)sqlite3_column_text(statement, 4), arena, &ret->groups) && !failed;
}

sp_status spi_sqlite_session(void *db, const char *id, size_t len, int64_t now_utc_s, int64_t idle_s, sp_arena *arena,
	sp_session *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT coalesce(s.token, 0), s.subject, s.role, s.audience, s.groups, s.created_utc_s, s.seen_utc_s, "
		"s.until_utc_s FROM sessions s LEFT JOIN tokens t ON t.id = s.token "
		"WHERE s.hash = ?1 AND s.until_utc_s > ?2 AND s.seen_utc_s + ?3 > ?2 AND (s.token IS NULL OR "
		"(t.id IS NOT NULL AND t.revoked_utc_s IS NULL AND (t.expires_utc_s = 0 OR t.expires_utc_s > ?2)))";
	char hash[65];
	sqlite3_stmt *statement;
	bool row = false;
	hash_of(id, len, hash);
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "sii", hash, now_utc_s, idle_s);
	if (status != SP_OK)
		return status;
	sp_session found = {0};
	bool read = row && read_session(statement, arena, &found);
	sqlite3_reset(statement);
	if (row && !read)
		return spi_out_of_memory(err);
	if (!row)
		return sp_error_set(err, SP_ERR_DENIED, "session", 0, "the session is over");
	*ret = found;
	return SP_OK;
}
