/* What comes back of a ticket's record in another system: each state and each comment once. */
#include "store/sqlite.h"

#include "sportello/outbox.h"

#include <string.h>

typedef struct link {
	int64_t ticket;
	uint32_t revision;
	sp_ticket_state state;
	int level;
	bool is_news; /* the record's state is another than the last one */
} link;

static sp_status find_link(spi_sqlite *db, const sp_outbox_write *write, link *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT t.number, t.revision, t.state, t.level, l.remote_state IS NOT ?3 FROM ticket_links l "
		"JOIN tickets t ON t.number = l.ticket WHERE l.connector = ?1 AND l.remote = ?2";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "sss", write->connector, write->remote, write->remote_state);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "outbox", 0, "no ticket has this record");
	*ret = (link){
		.ticket = sqlite3_column_int64(statement, 0),
		.revision = (uint32_t)sqlite3_column_int64(statement, 1),
		.state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 2)),
		.level = sqlite3_column_int(statement, 3),
		.is_news = write->remote_state && sqlite3_column_int(statement, 4) != 0,
	};
	sqlite3_reset(statement);
	return SP_OK;
}

/* One step of the ticket, which readers see as another revision. Escalated is level 2 at least. */
static sp_status step(spi_sqlite *db, const sp_outbox_write *write, link *to, sp_ticket_state state, sp_error *err)
{
	static const char sql[] =
		"UPDATE tickets SET state = ?2, level = ?3, top_level = max(top_level, ?3), revision = revision + 1, "
		"updated_utc_s = max(updated_utc_s, ?4) WHERE number = ?1";
	to->state = state;
	if (state == SP_TICKET_ESCALATED && to->level < SP_LEVEL_2)
		to->level = SP_LEVEL_2;
	spi_history e = {.ticket = to->ticket, .revision = ++to->revision, .at_utc_s = write->at_utc_ms / 1000, .level = to->level,
		.actor = write->connector, .state = sp_ticket_state_name(state)};
	sp_status status = spi_sqlite_run(db, sql, err, "isni", e.ticket, e.state, e.level, e.at_utc_s);
	return status == SP_OK ? spi_sqlite_add_history(db, &e, err) : status;
}

static sp_status add_comments(spi_sqlite *db, const sp_outbox_write *write, const link *to, uint32_t *ret_new, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO ticket_comments (ticket, connector, remote, at_utc_s, author, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
		"ON CONFLICT (connector, remote) DO NOTHING";
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < write->comments_count; i++) {
		const sp_remote_comment *c = &write->comments[i];
		status = spi_sqlite_run(db, sql, err, "ississ", to->ticket, write->connector, c->remote, c->comment.at_utc_s,
			c->comment.author, c->comment.text);
		*ret_new += status == SP_OK ? (uint32_t)sqlite3_changes(db->handle) : 0;
	}
	return status;
}

static sp_status keep_state(spi_sqlite *db, const sp_outbox_write *write, sp_error *err)
{
	static const char sql[] = "UPDATE ticket_links SET remote_state = ?3, version = coalesce(?4, version) WHERE connector = ?1 AND remote = ?2";
	return spi_sqlite_run(db, sql, err, "ssss", write->connector, write->remote, write->remote_state, write->version);
}

sp_status spi_sqlite_outbox_remote(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	link to = {0};
	uint32_t comments = 0, moves = 0;
	sp_status status = find_link(db, write, &to, err);
	if (status == SP_OK && write->remote_state)
		status = keep_state(db, write, err);
	if (status == SP_OK)
		status = add_comments(db, write, &to, &comments, err);
	/* They work on it: where our table knows no direct move, its shortest way is gone. A closed one stays closed. */
	for (sp_ticket_state next; status == SP_OK && to.is_news &&
		(next = sp_ticket_step_towards(to.state, write->state)) != SP_TICKET_STATE_COUNT; moves++)
		status = step(db, write, &to, next, err);
	if (status == SP_OK && comments > 0 && moves == 0)
		status = step(db, write, &to, to.state, err);
	write->changed = comments + moves;
	return status;
}
