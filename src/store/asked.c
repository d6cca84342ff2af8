/* What people asked: of each conversation the message with which it came to its matter, as it is understood by itself. */
#include "store/reader.h"
#include "store/sqlite.h"

#include <string.h>

sp_status spi_sqlite_asked(void *db, const char *audience, int64_t from_utc_s, int64_t until_utc_s, uint32_t most, sp_arena *arena,
	sp_asked **ret, size_t *ret_count, sp_error *err)
{
	/* A greeting is no matter; what follows a matter may lean on it. */
	static const char sql[] =
		"SELECT t.question, t.lang, count(*) AS times FROM conversations c "
		"JOIN turns t ON t.conversation = c.number AND t.seq = "
		"(SELECT min(f.seq) FROM turns f WHERE f.conversation = c.number AND f.decision <> 'none') "
		"WHERE c.audience = ?1 AND t.at_utc_s >= ?2 AND t.at_utc_s < ?3 AND trim(t.question) <> '' "
		"GROUP BY t.question, t.lang ORDER BY times DESC, max(t.at_utc_s) DESC, t.question LIMIT ?4";
	sqlite3_stmt *statement = NULL;
	sp_asked *items = sp_arena_calloc(arena, (size_t)most + 1, sizeof *items);
	size_t count = 0;
	bool row = true;
	if (!items)
		return spi_out_of_memory(err);
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "siii", audience, from_utc_s, until_utc_s, (int64_t)most);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		const char *lang = (const char *)sqlite3_column_text(statement, 1);
		sp_asked asked = {.question = sp_arena_strdup(arena, (const char *)sqlite3_column_text(statement, 0)),
			.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE, .times = (uint32_t)sqlite3_column_int64(statement, 2)};
		if (asked.question && count < most) {
			items[count++] = asked;
		} else {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	*ret = items;
	*ret_count = count;
	return status;
}

sp_status sp_store_asked(sp_store_reader *reader, const char *audience, int64_t from_utc_s, int64_t until_utc_s, uint32_t most,
	sp_arena *arena, sp_asked **ret, size_t *ret_count, sp_error *err)
{
	return reader->engine->asked(reader->db, audience, from_utc_s, until_utc_s, most, arena, ret, ret_count, err);
}
