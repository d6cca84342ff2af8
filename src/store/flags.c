/* "This article is wrong", in SQLite: said, listed, and dealt with. */
#include "store/ledger_write.h"

#include "base/clock.h"
#include "base/json.h"
#include "sportello/desk.h"

#include <string.h>

#define LIST_DEFAULT 100
#define LIST_MAX 500

static const char *const reasons[SP_FLAG_REASONS] = {
#define REASON_NAME(name, text) text,
	SP_FLAG_REASON_LIST(REASON_NAME)
#undef REASON_NAME
};

const char *sp_flag_reason_name(sp_flag_reason reason)
{
	return (unsigned)reason < SP_FLAG_REASONS ? reasons[reason] : "";
}

sp_flag_reason sp_flag_reason_of(const char *name)
{
	for (int i = 0; name && i < SP_FLAG_REASONS; i++)
		if (strcmp(reasons[i], name) == 0)
			return (sp_flag_reason)i;
	return SP_FLAG_REASONS;
}

sp_status spi_sqlite_add_flag(spi_sqlite *db, sp_write_flag *write, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO article_flags (article, lang, version, owner, ticket, reason, text, actor, at_utc_s) "
		"VALUES (?1, ?2, ?3, nullif(?4, ''), nullif(?5, 0), ?6, nullif(?7, ''), ?8, ?9)";
	sp_flag *flag = &write->flag;
	if (!flag->article || !flag->actor || (unsigned)flag->reason >= SP_FLAG_REASONS)
		return sp_error_set(err, SP_ERR_INVALID, "flag", 0, "a flag needs an article, a reason and who says so");
	if (flag->at_utc_s == 0)
		flag->at_utc_s = spi_now_utc_s();
	sp_status status = spi_sqlite_run(db, sql, err, "ssssisssi", flag->article, spi_lang_text(flag->lang), flag->version, flag->owner,
		flag->ticket, sp_flag_reason_name(flag->reason), flag->text, flag->actor, flag->at_utc_s);
	if (status == SP_OK) {
		flag->id = sqlite3_last_insert_rowid(db->handle);
		status = spi_ledger_wrong(db, flag, err);
	}
	return status;
}

sp_status spi_sqlite_flag_done(spi_sqlite *db, const sp_write_flag_done *write, sp_error *err)
{
	static const char sql_look[] = "SELECT done_by FROM article_flags WHERE id = ?1";
	static const char sql[] =
		"UPDATE article_flags SET done_by = ?2, done_utc_s = ?3, answer = nullif(?4, '') WHERE id = ?1 AND done_by IS NULL";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql_look, &statement, &row, err, "i", write->id);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "flag", 0, "there is no flag %lld", (long long)write->id);
	bool is_done = sqlite3_column_type(statement, 0) != SQLITE_NULL;
	sqlite3_reset(statement);
	if (is_done)
		return sp_error_set(err, SP_ERR_CONFLICT, "flag", 0, "flag %lld is done already", (long long)write->id);
	return spi_sqlite_run(db, sql, err, "isis", write->id, write->actor, write->at_utc_s ? write->at_utc_s : spi_now_utc_s(),
		write->answer);
}

static bool read_flag(sqlite3_stmt *statement, sp_arena *arena, sp_flag *ret)
{
	bool failed = false;
	*ret = (sp_flag){
		.id = sqlite3_column_int64(statement, 0),
		.article = spi_sqlite_text(statement, 1, arena, &failed),
		.lang = spi_lang_of((const char *)sqlite3_column_text(statement, 2)),
		.version = spi_sqlite_text(statement, 3, arena, &failed),
		.owner = spi_sqlite_text(statement, 4, arena, &failed),
		.ticket = sqlite3_column_int64(statement, 5),
		.reason = sp_flag_reason_of((const char *)sqlite3_column_text(statement, 6)),
		.text = spi_sqlite_text(statement, 7, arena, &failed),
		.actor = spi_sqlite_text(statement, 8, arena, &failed),
		.at_utc_s = sqlite3_column_int64(statement, 9),
		.done_by = spi_sqlite_text(statement, 10, arena, &failed),
		.done_utc_s = sqlite3_column_int64(statement, 11),
		.answer = spi_sqlite_text(statement, 12, arena, &failed),
	};
	return !failed;
}

static sp_status count_open(spi_sqlite *db, uint64_t *ret, sp_error *err)
{
	static const char sql[] = "SELECT count(*) FROM article_flags WHERE done_utc_s IS NULL";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "");
	if (status != SP_OK)
		return status;
	*ret = row ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
	sqlite3_reset(statement);
	return SP_OK;
}

static sp_status list(spi_sqlite *db, const sp_flag_filter *filter, size_t limit, sp_arena *arena, sp_flag *flags, size_t *ret_count,
	sp_error *err)
{
	static const char sql[] =
		"SELECT id, article, lang, version, owner, ticket, reason, text, actor, at_utc_s, done_by, done_utc_s, answer FROM article_flags "
		"WHERE (?1 <> 1 OR done_utc_s IS NULL) AND (?1 <> 2 OR done_utc_s IS NOT NULL) AND (?2 IS NULL OR owner = ?2) "
		"AND (?3 IS NULL OR article = ?3) AND (?4 = 0 OR ticket = ?4) AND id < ?5 ORDER BY id DESC LIMIT ?6";
	sqlite3_stmt *statement;
	size_t count = 0;
	bool row = true;
	int which = filter->open == filter->done ? 0 : filter->open ? 1 : 2;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "nssiii", which, filter->owner, filter->article, filter->ticket,
		filter->before_id > 0 ? filter->before_id : INT64_MAX, (int64_t)limit);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (count < limit && read_flag(statement, arena, &flags[count++]))
			continue;
		sqlite3_reset(statement);
		status = spi_out_of_memory(err);
	}
	*ret_count = count;
	return status;
}

sp_status spi_sqlite_flags(void *db, const sp_flag_filter *filter, sp_arena *arena, sp_flag **ret, size_t *ret_count, uint64_t *ret_open,
	sp_error *err)
{
	size_t limit = filter->limit == 0 ? LIST_DEFAULT : filter->limit < LIST_MAX ? filter->limit : LIST_MAX;
	sp_flag *flags = sp_arena_calloc(arena, limit, sizeof *flags);
	if (!flags)
		return spi_out_of_memory(err);
	sp_status status = list(db, filter, limit, arena, flags, ret_count, err);
	if (status == SP_OK && ret_open)
		status = count_open(db, ret_open, err);
	if (status == SP_OK)
		*ret = flags;
	return status;
}

/* ---- as JSON ---- */

void sp_flag_json(const sp_flag *flag, sp_json *json)
{
	sp_json_object(json, NULL);
	sp_json_int(json, "id", flag->id);
	sp_json_string(json, "status", flag->done_by ? "done" : "open");
	sp_json_string(json, "article", flag->article);
	sp_json_string(json, "lang", sp_lang_code(flag->lang));
	spi_json_text(json, "version", flag->version);
	spi_json_text(json, "owner", flag->owner);
	if (flag->ticket)
		sp_json_int(json, "ticket", flag->ticket);
	sp_json_string(json, "reason", sp_flag_reason_name(flag->reason));
	spi_json_text(json, "text", flag->text);
	spi_json_text(json, "actor", flag->actor);
	spi_json_time(json, "at", flag->at_utc_s);
	spi_json_text(json, "done_by", flag->done_by);
	spi_json_time(json, "done", flag->done_utc_s);
	spi_json_text(json, "answer", flag->answer);
	sp_json_object_end(json);
}
