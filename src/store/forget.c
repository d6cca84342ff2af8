/* Forgetting in SQLite: rows stay for the figures, what people said in them goes. */
#include "store/sqlite.h"

#include "store/ids.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- pieces ---- */

sp_status spi_forget_run(spi_sqlite *db, uint64_t *count, const char *sql, sp_error *err, const char *types, ...)
{
	/* Each of these statements takes at most a number and a text. */
	va_list values;
	va_start(values, types);
	int64_t number = *types == 'i' ? va_arg(values, int64_t) : 0;
	const char *text = *types == 's' || (types[0] && types[1] == 's') ? va_arg(values, const char *) : NULL;
	va_end(values);
	sp_status status = *types == 'i' ? types[1] ? spi_sqlite_run(db, sql, err, "is", number, text) : spi_sqlite_run(db, sql, err, "i", number) :
		*types ? spi_sqlite_run(db, sql, err, "s", text) : spi_sqlite_run(db, sql, err, "");
	if (status == SP_OK && count)
		*count += (uint64_t)sqlite3_changes(db->handle);
	return status;
}

sp_status spi_sqlite_numbers(spi_sqlite *db, sqlite3_stmt *statement, spi_numbers *ret, sp_error *err)
{
	bool row = true;
	sp_status status = SP_OK;
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (ret->count == ret->room) {
			size_t room = ret->room ? 2 * ret->room : 64;
			int64_t *items = realloc(ret->items, room * sizeof *items);
			if (!items) {
				sqlite3_reset(statement);
				return spi_out_of_memory(err);
			}
			ret->items = items;
			ret->room = room;
		}
		ret->items[ret->count++] = sqlite3_column_int64(statement, 0);
	}
	return status;
}

typedef struct step { const char *sql; uint64_t *count; } step;

static sp_status run_steps(spi_sqlite *db, const step *steps, size_t count, int64_t number, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < count; i++)
		status = spi_forget_run(db, steps[i].count, steps[i].sql, err, "i", number);
	return status;
}

/* ---- a conversation ---- */

sp_status spi_forget_conversation(spi_sqlite *db, sp_write_forget *forget, int64_t number, sp_error *err)
{
	static const char sql_questions[] = "UPDATE turns SET question = '' WHERE conversation = ?1 AND question <> ''";
	static const char sql_feedback[] = "UPDATE feedback SET comment = NULL WHERE conversation = ?1 AND comment IS NOT NULL";
	static const char sql_unwalk[] = "UPDATE conversations SET walk = NULL WHERE number = ?1";
	static const char sql_walks[] = "DELETE FROM walks WHERE conversation = ?1";
	static const char sql_row[] = "UPDATE conversations SET id = ?2, person = NULL, forgotten_utc_s = ?3 WHERE number = ?1 AND forgotten_utc_s IS NULL";
	sp_forgotten *f = &forget->forgotten;
	const step steps[] = {{sql_questions, &f->questions}, {sql_feedback, &f->feedback}, {sql_unwalk, NULL}, {sql_walks, &f->walks}};
	char id[SP_CONVERSATION_ID_LEN + 1];
	sp_status status = run_steps(db, steps, sizeof steps / sizeof *steps, number, err);
	if (status != SP_OK)
		return status;
	sp_store_new_id(id);
	status = spi_sqlite_run(db, sql_row, err, "isi", number, id, forget->at_utc_s);
	f->conversations += status == SP_OK ? (uint64_t)sqlite3_changes(db->handle) : 0;
	return status;
}

/* ---- a ticket ---- */

/* Ids of its files, and where else it is. */
static sp_status list(spi_sqlite *db, const char *sql, int64_t ticket, int columns, sp_buffer *out, sp_error *err)
{
	sqlite3_stmt *statement;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "i", ticket);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		for (int i = 0; i < columns; i++) {
			if (i > 0)
				sp_buffer_add_char(out, '\t');
			sp_buffer_add_text(out, (const char *)sqlite3_column_text(statement, i));
		}
		sp_buffer_add_char(out, '\n');
	}
	return status == SP_OK && !sp_buffer_ok(out) ? spi_out_of_memory(err) : status;
}

static sp_status list_all(spi_sqlite *db, sp_write_forget *forget, int64_t number, sp_error *err)
{
	static const char sql_files[] = "SELECT id FROM attachments WHERE ticket = ?1";
	static const char sql_remote[] = "SELECT ticket, connector, remote, coalesce(label, '') FROM ticket_links WHERE ticket = ?1";
	sp_status status = list(db, sql_files, number, 1, &forget->files, err);
	return status == SP_OK ? list(db, sql_remote, number, 4, &forget->remote, err) : status;
}

static sp_status empty_row(spi_sqlite *db, sp_write_forget *forget, int64_t number, sp_error *err)
{
	static const char sql[] =
		"UPDATE tickets SET secret = ?2, message = NULL, note = NULL, assignee = NULL, forgotten_utc_s = ?3, revision = revision + 1 "
		"WHERE number = ?1 AND forgotten_utc_s IS NULL";
	char secret[SP_SECRET_LEN + 1];
	spi_random_text(secret, SP_SECRET_LEN);
	sp_status status = spi_sqlite_run(db, sql, err, "isi", number, secret, forget->at_utc_s);
	if (status != SP_OK || sqlite3_changes(db->handle) == 0)
		return status;
	forget->forgotten.tickets++;
	sp_buffer_printf(&forget->numbers, "%lld\n", (long long)number);
	return sp_buffer_ok(&forget->numbers) ? SP_OK : spi_out_of_memory(err);
}

sp_status spi_forget_ticket(spi_sqlite *db, sp_write_forget *forget, int64_t number, sp_error *err)
{
	static const char sql_notes[] =
		"UPDATE ticket_history SET note = NULL, assignee = NULL WHERE ticket = ?1 AND (note IS NOT NULL OR assignee IS NOT NULL)";
	static const char sql_values[] = "DELETE FROM ticket_values WHERE ticket = ?1";
	static const char sql_persons[] = "DELETE FROM ticket_persons WHERE ticket = ?1";
	static const char sql_comments[] = "DELETE FROM ticket_comments WHERE ticket = ?1";
	static const char sql_outbox[] = "DELETE FROM outbox WHERE ticket = ?1";
	static const char sql_links[] = "DELETE FROM ticket_links WHERE ticket = ?1";
	static const char sql_keys[] = "DELETE FROM idempotency WHERE ticket = ?1";
	static const char sql_attachments[] = "DELETE FROM attachments WHERE ticket = ?1";
	static const char sql_posts[] = "UPDATE ticket_posts SET text = '' WHERE ticket = ?1 AND text <> ''"; /* its row is counted */
	static const char sql_flags[] =
		"UPDATE article_flags SET text = NULL, answer = NULL WHERE ticket = ?1 AND (text IS NOT NULL OR answer IS NOT NULL)";
	sp_forgotten *f = &forget->forgotten;
	const step steps[] = {{sql_notes, &f->notes}, {sql_posts, &f->notes}, {sql_flags, &f->notes}, {sql_values, &f->values}, {sql_persons, NULL}, {sql_comments, &f->comments},
		{sql_outbox, &f->outbox}, {sql_links, NULL}, {sql_keys, NULL}, {sql_attachments, &f->attachments}};
	sp_status status = list_all(db, forget, number, err);
	if (status == SP_OK)
		status = run_steps(db, steps, sizeof steps / sizeof *steps, number, err);
	return status == SP_OK ? empty_row(db, forget, number, err) : status;
}

/* ---- one of them, by its name ---- */

static sp_status one_ticket(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	static const char sql[] = "SELECT coalesce(conversation, 0) FROM tickets WHERE number = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", forget->ticket);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "ticket", 0, "there is no ticket %lld", (long long)forget->ticket);
	int64_t conversation = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	status = spi_forget_ticket(db, forget, forget->ticket, err);
	return status == SP_OK && conversation ? spi_forget_conversation(db, forget, conversation, err) : status;
}

static sp_status one_conversation(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	static const char sql_find[] = "SELECT number FROM conversations WHERE id = ?1";
	static const char sql_tickets[] = "SELECT number FROM tickets WHERE conversation = ?1 AND forgotten_utc_s IS NULL ORDER BY number";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql_find, &statement, &row, err, "s", forget->conversation);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "conversation", 0, "there is no such conversation");
	int64_t number = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	status = spi_forget_conversation(db, forget, number, err);
	return status == SP_OK ? list(db, sql_tickets, number, 1, &forget->numbers, err) : status;
}

/* ---- all of it ---- */

/* Conversations whose person a ticket told, and none names any more. */
static sp_status loosen(spi_sqlite *db, sp_error *err)
{
	static const char sql[] =
		"UPDATE conversations SET person = NULL WHERE person IS NOT NULL "
		"AND EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = conversations.number) AND NOT EXISTS (SELECT 1 FROM ticket_persons p WHERE p.hash = conversations.person)";
	return spi_sqlite_run(db, sql, err, "");
}

static sp_status apply(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	switch (forget->what) {
	case SP_FORGET_DUE:
		return spi_forget_due(db, forget, err);
	case SP_FORGET_TICKET:
		return one_ticket(db, forget, err);
	case SP_FORGET_CONVERSATION:
		return one_conversation(db, forget, err);
	case SP_FORGET_PERSON:
		return spi_forget_person(db, forget, err);
	}
	return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "no such kind of forgetting: %d", (int)forget->what);
}

/* What was asked for by a name may be remembered as a vector too. */
static sp_status note_vectors(spi_sqlite *db, const sp_write_forget *forget, sp_error *err)
{
	int64_t times = 0;
	if (forget->what == SP_FORGET_DUE)
		return SP_OK; /* these go by their age */
	sp_status status = spi_sqlite_noted(db, "vectors", &times, err);
	return status == SP_OK ? spi_sqlite_note(db, "vectors", times + 1, err) : status;
}

sp_status spi_sqlite_forget(spi_sqlite *db, sp_write_forget *forget, sp_error *err)
{
	forget->forgotten = (sp_forgotten){0};
	forget->scrubbed = false;
	sp_buffer_clear(&forget->numbers);
	sp_buffer_clear(&forget->remote);
	sp_buffer_clear(&forget->files);
	sp_status status = apply(db, forget, err);
	if (status == SP_OK)
		status = loosen(db, err);
	if (status != SP_OK || !sp_forgotten_any(&forget->forgotten))
		return status;
	status = spi_sqlite_need_scrub(db, SPI_SCRUB_NOW, err);
	return status == SP_OK ? note_vectors(db, forget, err) : status;
}

void sp_write_forget_release(sp_write_forget *forget)
{
	sp_buffer_release(&forget->numbers);
	sp_buffer_release(&forget->remote);
	sp_buffer_release(&forget->files);
}
