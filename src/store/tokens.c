/* Tokens in SQLite. Only the hash of a secret is stored; it has 260 random bits, so a plain SHA-256 is enough. */
#include "store/sqlite.h"

#include "base/clock.h"
#include "base/hash.h"
#include "store/ids.h"

#include <string.h>

#define SECRET_PREFIX "spt_"
#define SECRET_CHARS 52

#define TOKEN_COLUMNS "id, subject, role, audience, created_utc_s, expires_utc_s, coalesce(revoked_utc_s, 0), groups"

static bool is_role(const char *role, size_t len)
{
	static const char *const roles[] = {"agent", "editor", "manager", "admin", "reader"};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (len == strlen(roles[i]) && memcmp(role, roles[i], len) == 0)
			return true;
	return false;
}

bool spi_is_role(const char *role)
{
	return role && is_role(role, strlen(role));
}

bool spi_are_roles(const char *roles)
{
	size_t len = 0;
	for (; roles; roles += len + 1) {
		len = strcspn(roles, ",");
		if (!is_role(roles, len))
			return false;
		if (!roles[len])
			return true;
	}
	return false;
}

sp_status spi_sqlite_add_token(spi_sqlite *db, sp_write_token *token, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO tokens (hash, subject, role, audience, created_utc_s, expires_utc_s, groups) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	if (!token->subject || !token->subject[0] || !token->audience)
		return sp_error_set(err, SP_ERR_INVALID, "token", 0, "a token needs a subject and an audience");
	if (!spi_is_role(token->role))
		return sp_error_set(err, SP_ERR_INVALID, "role", 0, "\"%s\" is no role; choose agent, editor, manager, admin "
			"or reader", token->role ? token->role : "");
	char hash[65];
	_Static_assert(sizeof token->secret > sizeof SECRET_PREFIX + SECRET_CHARS, "the secret fits");
	memcpy(token->secret, SECRET_PREFIX, sizeof SECRET_PREFIX);
	spi_random_text(token->secret + strlen(SECRET_PREFIX), SECRET_CHARS);
	spi_sha256_hex(token->secret, strlen(token->secret), hash);
	sp_buffer lines = SP_BUFFER_INIT;
	const char *groups = NULL;
	sp_status status = spi_sqlite_join_lines(&token->groups, &lines, &groups, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "ssssiis", hash, token->subject, token->role, token->audience,
			token->at_utc_s ? token->at_utc_s : spi_now_utc_s(), token->expires_utc_s, groups);
	sp_buffer_release(&lines);
	if (status == SP_OK)
		token->id = sqlite3_last_insert_rowid(db->handle);
	return status;
}

sp_status spi_sqlite_revoke_token(spi_sqlite *db, int64_t id, sp_error *err)
{
	static const char sql[] = "UPDATE tokens SET revoked_utc_s = coalesce(revoked_utc_s, ?2) WHERE id = ?1";
	sp_status status = spi_sqlite_run(db, sql, err, "ii", id, spi_now_utc_s());
	if (status == SP_OK && sqlite3_changes(db->handle) == 0)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "token", 0, "there is no token %lld", (long long)id);
	return status;
}

static bool read_token(sqlite3_stmt *statement, sp_arena *arena, sp_token_info *ret)
{
	bool failed = false;
	*ret = (sp_token_info){
		.id = sqlite3_column_int64(statement, 0),
		.subject = spi_sqlite_text(statement, 1, arena, &failed),
		.role = spi_sqlite_text(statement, 2, arena, &failed),
		.audience = spi_sqlite_text(statement, 3, arena, &failed),
		.created_utc_s = sqlite3_column_int64(statement, 4),
		.expires_utc_s = sqlite3_column_int64(statement, 5),
		.revoked_utc_s = sqlite3_column_int64(statement, 6),
	};
	ret->revoked = ret->revoked_utc_s != 0;
	return spi_sqlite_split_lines((const char *)sqlite3_column_text(statement, 7), arena, &ret->groups) && !failed;
}

sp_status spi_sqlite_token(void *db, const char *secret, size_t len, int64_t now_utc_s, sp_arena *arena,
	sp_token_info *ret, sp_error *err)
{
	static const char sql[] = "SELECT " TOKEN_COLUMNS " FROM tokens WHERE hash = ?1";
	char hash[65];
	spi_sha256_hex(secret, len, hash);
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "s", hash);
	if (status != SP_OK)
		return status;
	sp_token_info found = {0};
	bool read = row && read_token(statement, arena, &found);
	sqlite3_reset(statement);
	if (row && !read)
		return spi_out_of_memory(err);
	/* One text for all three: who guesses learns nothing. */
	if (!row || found.revoked || (found.expires_utc_s != 0 && found.expires_utc_s <= now_utc_s))
		return sp_error_set(err, SP_ERR_DENIED, "token", 0, "the token is not valid");
	*ret = found;
	return SP_OK;
}

sp_status spi_sqlite_tokens(void *db, sp_arena *arena, sp_token_info **ret, size_t *ret_count, sp_error *err)
{
	static const char sql[] = "SELECT " TOKEN_COLUMNS ", (SELECT count(*) FROM tokens) FROM tokens ORDER BY id";
	sqlite3_stmt *statement;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "");
	sp_token_info *tokens = NULL;
	size_t count = 0;
	bool row = true;
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (!tokens)
			tokens = sp_arena_calloc(arena, (size_t)sqlite3_column_int64(statement, 8), sizeof *tokens);
		if (!tokens || !read_token(statement, arena, &tokens[count++])) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	if (status == SP_OK) {
		*ret = tokens;
		*ret_count = count;
	}
	return status;
}
