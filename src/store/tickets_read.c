/* Tickets in SQLite: reading and counting them. */
#include "store/sqlite.h"

#include <string.h>

#define LIST_DEFAULT 50
#define LIST_MAX 500
#define CONVERSATION_MAX 20

#define TICKET_SQL(where) \
	"SELECT t.number, secret, state, c.id, category, group_key, level, article, t.channel, t.audience, lang, " \
	"message, assignee, note, created_utc_s, updated_utc_s, revision, t.forgotten_utc_s, priority " \
	"FROM tickets t LEFT JOIN conversations c ON c.number = t.conversation WHERE " where

static bool read_ticket(sqlite3_stmt *statement, sp_arena *arena, sp_ticket *ret)
{
	bool failed = false;
	const char *secret = (const char *)sqlite3_column_text(statement, 1);
	*ret = (sp_ticket){
		.number = sqlite3_column_int64(statement, 0),
		.state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 2)),
		.conversation = spi_sqlite_text(statement, 3, arena, &failed),
		.category = spi_sqlite_text(statement, 4, arena, &failed),
		.group = spi_sqlite_text(statement, 5, arena, &failed),
		.level = sqlite3_column_int(statement, 6),
		.article = spi_sqlite_text(statement, 7, arena, &failed),
		.channel = spi_sqlite_text(statement, 8, arena, &failed),
		.audience = spi_sqlite_text(statement, 9, arena, &failed),
		.lang = spi_lang_of((const char *)sqlite3_column_text(statement, 10)),
		.message = spi_sqlite_text(statement, 11, arena, &failed),
		.assignee = spi_sqlite_text(statement, 12, arena, &failed),
		.note = spi_sqlite_text(statement, 13, arena, &failed),
		.created_utc_s = sqlite3_column_int64(statement, 14),
		.updated_utc_s = sqlite3_column_int64(statement, 15),
		.revision = (uint32_t)sqlite3_column_int64(statement, 16),
		.forgotten_utc_s = sqlite3_column_int64(statement, 17),
		.priority = (sp_priority)sqlite3_column_int(statement, 18),
	};
	strncat(ret->secret, secret ? secret : "", sizeof ret->secret - 1);
	return !failed;
}

static sp_status count_values(spi_sqlite *db, int64_t number, size_t *ret, sp_error *err)
{
	static const char sql[] = "SELECT count(*) FROM ticket_values WHERE ticket = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", number);
	if (status != SP_OK)
		return status;
	*ret = row ? (size_t)sqlite3_column_int64(statement, 0) : 0;
	sqlite3_reset(statement);
	return SP_OK;
}

static sp_status read_values(spi_sqlite *db, sp_arena *arena, sp_ticket *ticket, sp_error *err)
{
	static const char sql[] = "SELECT field, value FROM ticket_values WHERE ticket = ?1 ORDER BY position";
	size_t count, read = 0;
	sqlite3_stmt *statement;
	sp_status status = count_values(db, ticket->number, &count, err);
	if (status != SP_OK || count == 0)
		return status;
	sp_ticket_value *values = sp_arena_calloc(arena, count, sizeof *values);
	if (!values)
		return spi_out_of_memory(err);
	status = spi_sqlite_query(db, sql, &statement, err, "i", ticket->number);
	bool row = true, failed = false;
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		values[read].field = spi_sqlite_text(statement, 0, arena, &failed);
		values[read++].value = spi_sqlite_text(statement, 1, arena, &failed);
	}
	if (status == SP_OK && failed)
		return spi_out_of_memory(err);
	ticket->values = values;
	ticket->values_count = read;
	return status;
}

sp_status spi_sqlite_one_ticket(spi_sqlite *db, int64_t number, sp_arena *arena, sp_ticket *ret, sp_error *err)
{
	static const char sql[] = TICKET_SQL("t.number = ?1");
	sqlite3_stmt *statement;
	sp_ticket ticket;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", number);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "ticket", 0, "there is no ticket %lld", (long long)number);
	bool read = read_ticket(statement, arena, &ticket);
	sqlite3_reset(statement);
	status = read ? read_values(db, arena, &ticket, err) : spi_out_of_memory(err);
	if (status == SP_OK)
		*ret = ticket;
	return status;
}

sp_status spi_sqlite_ticket(void *db, int64_t number, sp_arena *arena, sp_ticket *ret, sp_error *err)
{
	sp_status status = spi_sqlite_snapshot(db, err);
	if (status != SP_OK)
		return status;
	status = spi_sqlite_one_ticket(db, number, arena, ret, err);
	spi_sqlite_snapshot_end(db);
	return status;
}

/* The newest ones are read first, so that they are among those that have room; then they are put in order. */
sp_status spi_sqlite_conversation_tickets(void *db, const char *conversation, sp_arena *arena, sp_ticket **ret, size_t *ret_count, sp_error *err)
{
	static const char sql[] = TICKET_SQL(
		"t.conversation = (SELECT number FROM conversations WHERE id = ?1) AND t.forgotten_utc_s IS NULL ORDER BY t.number DESC LIMIT ?2");
	sp_ticket *tickets = sp_arena_calloc(arena, CONVERSATION_MAX, sizeof *tickets);
	sqlite3_stmt *statement;
	size_t count = 0;
	bool row = true;
	if (!tickets)
		return spi_out_of_memory(err);
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "sn", conversation, CONVERSATION_MAX);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (count < CONVERSATION_MAX && read_ticket(statement, arena, &tickets[CONVERSATION_MAX - ++count]))
			continue;
		sqlite3_reset(statement);
		status = spi_out_of_memory(err);
	}
	*ret = tickets + CONVERSATION_MAX - count;
	*ret_count = count;
	return status;
}

/* The list's statement. One for each set of conditions, so that each uses the index that fits; ?4 is the number to go
   on before, ?5 the most rows. */
static const char *list_sql(const sp_ticket_filter *filter)
{
#define STATE "state = ?1 AND "
#define GROUP "group_key = ?2 AND "
#define CATEGORY "category = ?3 AND "
#define REST "t.forgotten_utc_s IS NULL AND t.number < ?4 ORDER BY t.number DESC LIMIT ?5"
	static const char all[] = TICKET_SQL(REST), state[] = TICKET_SQL(STATE REST), group[] = TICKET_SQL(GROUP REST),
		category[] = TICKET_SQL(CATEGORY REST), state_group[] = TICKET_SQL(STATE GROUP REST),
		state_category[] = TICKET_SQL(STATE CATEGORY REST), group_category[] = TICKET_SQL(GROUP CATEGORY REST),
		state_group_category[] = TICKET_SQL(STATE GROUP CATEGORY REST);
	static const char *const by_conditions[] = {
		all, state, group, state_group, category, state_category, group_category, state_group_category,
	};
	return by_conditions[(filter->state != NULL) | (filter->group != NULL) << 1 | (filter->category != NULL) << 2];
}

static sp_status list(spi_sqlite *db, const sp_ticket_filter *filter, size_t limit, sp_arena *arena, sp_ticket *tickets,
	size_t *ret_count, sp_error *err)
{
	sqlite3_stmt *statement;
	size_t count = 0;
	bool row = true;
	sp_status status = spi_sqlite_query(db, list_sql(filter), &statement, err, "sssii", filter->state, filter->group,
		filter->category, filter->before_number > 0 ? filter->before_number : INT64_MAX, (int64_t)limit);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (count == limit || !read_ticket(statement, arena, &tickets[count++])) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	for (size_t i = 0; status == SP_OK && i < count; i++)
		status = read_values(db, arena, &tickets[i], err);
	*ret_count = count;
	return status;
}

sp_status spi_sqlite_tickets(void *db, const sp_ticket_filter *filter, sp_arena *arena, sp_ticket **ret,
	size_t *ret_count, sp_error *err)
{
	static const sp_ticket_filter none = {0};
	if (!filter)
		filter = &none;
	if (filter->state && sp_ticket_state_of(filter->state) == SP_TICKET_STATE_COUNT)
		return sp_error_set(err, SP_ERR_INVALID, "state", 0, "\"%s\" is no state of a ticket", filter->state);
	size_t limit = filter->limit == 0 ? LIST_DEFAULT : filter->limit < LIST_MAX ? filter->limit : LIST_MAX;
	sp_ticket *tickets = sp_arena_calloc(arena, limit, sizeof *tickets);
	size_t count = 0;
	if (!tickets)
		return spi_out_of_memory(err);
	sp_status status = spi_sqlite_snapshot(db, err);
	if (status != SP_OK)
		return status;
	status = list(db, filter, limit, arena, tickets, &count, err);
	spi_sqlite_snapshot_end(db);
	if (status == SP_OK) {
		*ret = tickets;
		*ret_count = count;
	}
	return status;
}
