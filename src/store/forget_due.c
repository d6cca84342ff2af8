/* What is forgotten as its time is over. */
#include "store/sqlite.h"

#include <stdlib.h>

/* How long an Idempotency-Key is remembered: a day longer than we promise (tickets_write.c does the same with each new one). */
#define KEYS_KEPT_S (72 * 3600)

typedef sp_status forget_one(spi_sqlite *db, sp_write_forget *forget, int64_t number, sp_error *err);

/* Each one that the query names, older than so many seconds; 0 = none is. */
static sp_status each(spi_sqlite *db, sp_write_forget *forget, const char *sql, int64_t keep_s, forget_one *one, sp_error *err)
{
	sqlite3_stmt *statement;
	spi_numbers numbers = {0};
	if (keep_s <= 0)
		return SP_OK;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "i", forget->at_utc_s - keep_s);
	if (status == SP_OK)
		status = spi_sqlite_numbers(db, statement, &numbers, err);
	for (size_t i = 0; status == SP_OK && i < numbers.count; i++)
		status = one(db, forget, numbers.items[i], err);
	free(numbers.items);
	return status;
}

/* Rows that go by themselves. */
static sp_status rows(spi_sqlite *db, const sp_write_forget *forget, uint64_t *count, const char *sql, int64_t keep_s, sp_error *err)
{
	return keep_s > 0 ? spi_forget_run(db, count, sql, err, "i", forget->at_utc_s - keep_s) : SP_OK;
}

static sp_status due_attachments(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	static const char sql_list[] = "SELECT id FROM attachments WHERE at_utc_s < ?1";
	static const char sql_moved[] =
		"UPDATE tickets SET revision = revision + 1 WHERE number IN (SELECT ticket FROM attachments WHERE at_utc_s < ?1)";
	static const char sql[] = "DELETE FROM attachments WHERE at_utc_s < ?1";
	int64_t keep_s = forget->keeping->attachments_s;
	sqlite3_stmt *statement;
	bool row = true;
	if (keep_s <= 0)
		return SP_OK;
	sp_status status = spi_sqlite_query(db, sql_list, &statement, err, "i", forget->at_utc_s - keep_s);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		sp_buffer_add_text(&forget->files, (const char *)sqlite3_column_text(statement, 0));
		sp_buffer_add_char(&forget->files, '\n');
	}
	if (status == SP_OK && !sp_buffer_ok(&forget->files))
		return spi_out_of_memory(err);
	if (status == SP_OK)
		status = rows(db, forget, NULL, sql_moved, keep_s, err);
	return status == SP_OK ? rows(db, forget, &forget->forgotten.attachments, sql, keep_s, err) : status;
}

static sp_status due_field(spi_sqlite *db, sp_write_forget *forget, const sp_keep_field *field, sp_error *err)
{
#define OF_OLD "field = ?2 AND ticket IN (SELECT number FROM tickets WHERE created_utc_s < ?1)"
	static const char sql_moved[] =
		"UPDATE tickets SET revision = revision + 1 WHERE created_utc_s < ?1 "
		"AND EXISTS (SELECT 1 FROM ticket_values v WHERE v.ticket = tickets.number AND v.field = ?2)";
	static const char sql_persons[] = "DELETE FROM ticket_persons WHERE " OF_OLD;
	static const char sql_values[] = "DELETE FROM ticket_values WHERE " OF_OLD;
	int64_t before = forget->at_utc_s - field->keep_s;
	sp_status status = field->keep_s > 0 ? spi_forget_run(db, NULL, sql_moved, err, "is", before, field->field) : SP_OK;
	if (status == SP_OK && field->keep_s > 0)
		status = spi_forget_run(db, NULL, sql_persons, err, "is", before, field->field);
	if (status == SP_OK && field->keep_s > 0)
		status = spi_forget_run(db, &forget->forgotten.values, sql_values, err, "is", before, field->field);
	return status;
}

static sp_status due_keys(spi_sqlite *db, const sp_write_forget *forget, sp_error *err)
{
	static const char sql[] = "DELETE FROM idempotency WHERE at_utc_s < ?1";
	static const char sql_files[] = "UPDATE attachments SET key = NULL WHERE key IS NOT NULL AND at_utc_s < ?1";
	sp_status status = rows(db, forget, NULL, sql, KEYS_KEPT_S, err);
	return status == SP_OK ? rows(db, forget, NULL, sql_files, KEYS_KEPT_S, err) : status;
}

sp_status spi_forget_due(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	static const char sql_conversations[] = "SELECT number FROM conversations WHERE last_utc_s < ?1 AND forgotten_utc_s IS NULL";
	static const char sql_tickets[] = "SELECT number FROM tickets WHERE updated_utc_s < ?1 AND forgotten_utc_s IS NULL";
	static const char sql_feedback[] = "UPDATE feedback SET comment = NULL WHERE comment IS NOT NULL AND at_utc_s < ?1";
	/* The row stays: what is read again of the other system is known then. */
	static const char sql_comments[] = "UPDATE ticket_comments SET text = '', author = NULL WHERE text <> '' AND at_utc_s < ?1";
	const sp_keeping *keep = forget->keeping;
	sp_forgotten *f = &forget->forgotten;
	sp_status status = each(db, forget, sql_conversations, keep->conversations_s, spi_forget_conversation, err);
	if (status == SP_OK)
		status = rows(db, forget, &f->feedback, sql_feedback, keep->feedback_s, err);
	if (status == SP_OK)
		status = each(db, forget, sql_tickets, keep->tickets_s, spi_forget_ticket, err);
	if (status == SP_OK)
		status = rows(db, forget, &f->comments, sql_comments, keep->comments_s, err);
	if (status == SP_OK)
		status = due_attachments(db, forget, err);
	for (size_t i = 0; status == SP_OK && i < keep->fields_count; i++)
		status = due_field(db, forget, &keep->fields[i], err);
	return status == SP_OK ? due_keys(db, forget, err) : status;
}
