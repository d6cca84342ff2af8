/* The outbox in SQLite: what is put in with a ticket, and what became of the attempts to send it. */
#include "store/sqlite.h"

#include "sportello/outbox.h"

/* A ticket that was opened before there was a connector, or whose opening was dropped, stays here with its changes. */
sp_status spi_sqlite_outbox_add(spi_sqlite *db, int64_t ticket, uint32_t revision, int64_t at_utc_s, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO outbox (connector, ticket, revision, made_utc_s) SELECT ?1, ?2, ?3, ?4 WHERE ?3 = 1 "
		"OR EXISTS (SELECT 1 FROM ticket_links WHERE connector = ?1 AND ticket = ?2) "
		"OR EXISTS (SELECT 1 FROM outbox WHERE connector = ?1 AND ticket = ?2 AND revision = 1)";
	if (!db->outbox)
		return SP_OK;
	return spi_sqlite_run(db, sql, err, "siii", db->outbox, ticket, (int64_t)revision, at_utc_s);
}

static sp_status none_such(const sp_outbox_write *write, sp_error *err)
{
	if (write->id == 0)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "outbox", 0, "there is no dead entry");
	return sp_error_set(err, SP_ERR_NOT_FOUND, "outbox", 0, "there is no such entry: %lld", (long long)write->id);
}

/* The rows that the statement before changed; none is SP_ERR_NOT_FOUND where there must be one. */
static sp_status count(spi_sqlite *db, sp_outbox_write *write, sp_status status, bool needed, sp_error *err)
{
	if (status != SP_OK)
		return status;
	write->changed = (uint32_t)sqlite3_changes(db->handle);
	return needed && write->changed == 0 ? none_such(write, err) : SP_OK;
}

static sp_status recover(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"UPDATE outbox SET unsure = 1, next_utc_ms = max(next_utc_ms, begun_utc_ms + ?2), begun_utc_ms = 0 "
		"WHERE connector = ?1 AND begun_utc_ms <> 0";
	return count(db, write, spi_sqlite_run(db, sql, err, "si", write->connector, write->settle_ms), false, err);
}

static sp_status begin(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"UPDATE outbox SET attempts = attempts + 1, begun_utc_ms = ?2, "
		"tried_utc_s = CASE tried_utc_s WHEN 0 THEN ?2 / 1000 ELSE tried_utc_s END WHERE id = ?1 AND dead = 0";
	return count(db, write, spi_sqlite_run(db, sql, err, "ii", write->id, write->at_utc_ms), true, err);
}

/* The record's id stays even where somebody dropped the entry meanwhile: it is there. */
static sp_status keep_link(spi_sqlite *db, const sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO ticket_links (connector, ticket, remote, label, remote_state, at_utc_s) "
		"SELECT ?1, ticket, ?3, ?4, ?5, ?6 FROM outbox WHERE id = ?2 "
		"ON CONFLICT (connector, ticket) DO UPDATE SET remote = excluded.remote, label = coalesce(excluded.label, label), "
		"remote_state = coalesce(excluded.remote_state, remote_state)";
	return spi_sqlite_run(db, sql, err, "sisssi", write->connector, write->id, write->remote, write->label, write->remote_state,
		write->at_utc_ms / 1000);
}

static sp_status sent(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	static const char sql[] = "DELETE FROM outbox WHERE id = ?1";
	sp_status status = write->remote ? keep_link(db, write, err) : SP_OK;
	return status == SP_OK ? count(db, write, spi_sqlite_run(db, sql, err, "i", write->id), false, err) : status;
}

static sp_status failed(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"UPDATE outbox SET dead = ?2, unsure = ?3, next_utc_ms = ?4, begun_utc_ms = 0, cause = ?5, cause_kind = ?8, "
		"tried_utc_s = CASE WHEN ?6 THEN ?7 / 1000 ELSE tried_utc_s END WHERE id = ?1";
	return count(db, write, spi_sqlite_run(db, sql, err, "innisnis", write->id, (int)(write->action == SP_OUTBOX_DEAD),
		(int)write->unsure, write->next_utc_ms, write->cause, (int)write->anew, write->at_utc_ms, sp_cause_name(write->cause_kind)), false, err);
}

static sp_status resend(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"UPDATE outbox SET dead = 0, attempts = 0, tried_utc_s = 0, next_utc_ms = 0 WHERE dead = 1 AND (id = ?1 OR ?1 = 0)";
	return count(db, write, spi_sqlite_run(db, sql, err, "i", write->id), true, err);
}

/* An attempt whose end is unknown is given its time all the same: it may be on its way still. */
static sp_status hurry(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"UPDATE outbox SET next_utc_ms = min(next_utc_ms, ?2 + CASE unsure WHEN 0 THEN 0 ELSE ?3 END) "
		"WHERE connector = ?1 AND dead = 0 AND next_utc_ms > ?2";
	return count(db, write, spi_sqlite_run(db, sql, err, "sii", write->connector, write->at_utc_ms, write->settle_ms), false, err);
}

/* Without its opening, a ticket's changes have nowhere to go. */
static sp_status drop(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"DELETE FROM outbox WHERE id IN (SELECT o.id FROM outbox o WHERE (o.id = ?1 OR (?1 = 0 AND o.dead = 1)) "
		"UNION SELECT later.id FROM outbox o JOIN outbox later ON later.ticket = o.ticket AND later.connector = o.connector "
		"WHERE o.revision = 1 AND (o.id = ?1 OR (?1 = 0 AND o.dead = 1)))";
	return count(db, write, spi_sqlite_run(db, sql, err, "i", write->id), true, err);
}

static sp_status keep_cursor(spi_sqlite *db, const sp_outbox_write *write, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO connectors (name, cursor) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor";
	return spi_sqlite_run(db, sql, err, "ss", write->connector, write->cursor);
}

sp_status spi_sqlite_outbox_write(spi_sqlite *db, sp_outbox_write *write, sp_error *err)
{
	write->changed = 0;
	switch (write->action) {
	case SP_OUTBOX_RECOVER:
		return recover(db, write, err);
	case SP_OUTBOX_BEGIN:
		return begin(db, write, err);
	case SP_OUTBOX_SENT:
		return sent(db, write, err);
	case SP_OUTBOX_AGAIN:
	case SP_OUTBOX_DEAD:
		return failed(db, write, err);
	case SP_OUTBOX_RESEND:
		return resend(db, write, err);
	case SP_OUTBOX_HURRY:
		return hurry(db, write, err);
	case SP_OUTBOX_DROP:
		return drop(db, write, err);
	case SP_OUTBOX_REMOTE:
		return spi_sqlite_outbox_remote(db, write, err);
	case SP_OUTBOX_CURSOR:
		return keep_cursor(db, write, err);
	}
	return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "no such work on the outbox: %d", (int)write->action);
}
