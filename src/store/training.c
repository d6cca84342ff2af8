/* Training in SQLite: of each quiz the last time that it was passed. */
#include "store/reader.h"
#include "store/sqlite.h"

sp_status spi_sqlite_put_training(spi_sqlite *db, const sp_training_pass *pass, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO training (subject, module, article, audience, version, content, questions, score, at_utc_s) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (subject, module, article) DO UPDATE SET "
		"audience = ?4, version = ?5, content = ?6, questions = ?7, score = ?8, at_utc_s = ?9";
	if (!pass->subject || !*pass->subject || !pass->module || !pass->article || !pass->audience || !pass->version ||
		!pass->content || !pass->questions || pass->score == 0)
		return sp_error_set(err, SP_ERR_INVALID, "training", 0, "who passed what, and which version of it, must be said");
	return spi_sqlite_run(db, sql, err, "sssssssii", pass->subject, pass->module, pass->article, pass->audience, pass->version,
		pass->content, pass->questions, (int64_t)pass->score, pass->at_utc_s);
}

sp_status spi_sqlite_forget_training(spi_sqlite *db, const char *subject, sp_error *err)
{
	static const char sql[] = "DELETE FROM training WHERE subject = ?1";
	sp_status status = spi_sqlite_run(db, sql, err, "s", subject);
	return status == SP_OK ? spi_sqlite_need_scrub(db, SPI_SCRUB_NOW, err) : status;
}

static bool read_pass(sqlite3_stmt *statement, sp_arena *arena, sp_training_pass *ret)
{
	bool failed = false;
	*ret = (sp_training_pass){
		.subject = spi_sqlite_text(statement, 0, arena, &failed),
		.module = spi_sqlite_text(statement, 1, arena, &failed),
		.article = spi_sqlite_text(statement, 2, arena, &failed),
		.audience = spi_sqlite_text(statement, 3, arena, &failed),
		.version = spi_sqlite_text(statement, 4, arena, &failed),
		.content = spi_sqlite_text(statement, 5, arena, &failed),
		.questions = spi_sqlite_text(statement, 6, arena, &failed),
		.score = (uint32_t)sqlite3_column_int64(statement, 7),
		.at_utc_s = sqlite3_column_int64(statement, 8),
	};
	return !failed;
}

sp_status spi_sqlite_training(void *db, const char *subject, sp_arena *arena, sp_training_pass **ret, size_t *ret_count,
	sp_error *err)
{
	static const char sql[] =
		"SELECT subject, module, article, audience, version, content, questions, score, at_utc_s, "
		"count(*) OVER () FROM training WHERE ?1 IS NULL OR subject = ?1 ORDER BY subject, module, article";
	sqlite3_stmt *statement;
	sp_training_pass *items = NULL;
	size_t count = 0;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "s", subject);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (!items)
			items = sp_arena_calloc(arena, (size_t)sqlite3_column_int64(statement, 9), sizeof *items);
		if (!items || !read_pass(statement, arena, &items[count++])) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	if (status == SP_OK) {
		*ret = items;
		*ret_count = count;
	}
	return status;
}

sp_status sp_store_training(sp_store_reader *reader, const char *subject, sp_arena *arena, sp_training_pass **ret,
	size_t *ret_count, sp_error *err)
{
	return reader->engine->training(reader->db, subject, arena, ret, ret_count, err);
}
