/* The outbox in SQLite: what waits, and what an entry tells. */
#include "store/sqlite.h"

#include "sportello/outbox.h"

#include <string.h>

#define LIST_DEFAULT 500
#define LIST_MAX 100000
#define LAST_MAX 18 /* turns of a conversation, beside those that it began with */

#define BEHIND "EXISTS (SELECT 1 FROM outbox e WHERE e.ticket = o.ticket AND e.connector = o.connector AND e.id < o.id)"
#define ENTRY_SQL \
	"SELECT id, connector, ticket, revision, dead, unsure, attempts, made_utc_s, tried_utc_s, next_utc_ms, cause, " BEHIND ", cause_kind" \
	" FROM outbox o WHERE "

static const char *const cause_names[SP_CAUSE_COUNT] = {
#define CAUSE_NAME(name, text) [name] = text,
	SP_CAUSE_LIST(CAUSE_NAME)
#undef CAUSE_NAME
};

const char *sp_cause_name(sp_cause cause)
{
	return cause_names[(unsigned)cause < SP_CAUSE_COUNT ? cause : SP_CAUSE_UNKNOWN];
}

static sp_cause cause_of(const char *name)
{
	for (int i = 0; name && i < SP_CAUSE_COUNT; i++)
		if (strcmp(cause_names[i], name) == 0)
			return (sp_cause)i;
	return SP_CAUSE_UNKNOWN;
}

static bool read_entry(sqlite3_stmt *statement, sp_arena *arena, sp_outbox_entry *ret)
{
	bool failed = false;
	*ret = (sp_outbox_entry){
		.id = sqlite3_column_int64(statement, 0),
		.connector = spi_sqlite_text(statement, 1, arena, &failed),
		.ticket = sqlite3_column_int64(statement, 2),
		.revision = (uint32_t)sqlite3_column_int64(statement, 3),
		.dead = sqlite3_column_int(statement, 4) != 0,
		.unsure = sqlite3_column_int(statement, 5) != 0,
		.attempts = (uint32_t)sqlite3_column_int64(statement, 6),
		.made_utc_s = sqlite3_column_int64(statement, 7),
		.tried_utc_s = sqlite3_column_int64(statement, 8),
		.next_utc_ms = sqlite3_column_int64(statement, 9),
		.cause = spi_sqlite_text(statement, 10, arena, &failed),
		.behind = sqlite3_column_int(statement, 11) != 0,
		.cause_kind = cause_of((const char *)sqlite3_column_text(statement, 12)),
	};
	return !failed;
}

sp_status spi_sqlite_outbox(void *handle, const sp_outbox_filter *filter, sp_arena *arena, sp_outbox_entry **ret, size_t *ret_count,
	sp_error *err)
{
	static const char all[] = ENTRY_SQL "(?1 IS NULL OR connector = ?1) AND dead >= ?2 AND ?3 = 0 ORDER BY id LIMIT ?4";
	static const char due[] = ENTRY_SQL "connector = ?1 AND dead = ?2 AND next_utc_ms <= ?3 AND begun_utc_ms = 0 AND NOT " BEHIND
		" ORDER BY next_utc_ms, id LIMIT ?4";
	spi_sqlite *db = handle;
	size_t limit = filter->limit == 0 ? LIST_DEFAULT : filter->limit < LIST_MAX ? filter->limit : LIST_MAX, count = 0, room = 0;
	sqlite3_stmt *statement;
	sp_outbox_entry *entries = NULL;
	bool row = true;
	sp_status status = spi_sqlite_query(db, filter->due_utc_ms ? due : all, &statement, err, "snii", filter->connector,
		(int)filter->dead, filter->due_utc_ms, (int64_t)limit);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (count == room) {
			sp_outbox_entry *more = sp_arena_calloc(arena, room = room ? 2 * room : 64, sizeof *more);
			if (more && count)
				memcpy(more, entries, count * sizeof *more);
			entries = more;
		}
		if (!entries || !read_entry(statement, arena, &entries[count++])) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	if (status == SP_OK) {
		*ret = entries;
		*ret_count = count;
	}
	return status;
}

/* ---- what an entry tells ---- */

static sp_status one_entry(spi_sqlite *db, int64_t id, sp_arena *arena, sp_outbox_entry *ret, sp_error *err)
{
	static const char sql[] = ENTRY_SQL "id = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", id);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "outbox", 0, "there is no such entry: %lld", (long long)id);
	bool read = read_entry(statement, arena, ret);
	sqlite3_reset(statement);
	return read ? SP_OK : spi_out_of_memory(err);
}

static sp_status one_step(spi_sqlite *db, const sp_outbox_entry *entry, sp_arena *arena, sp_ticket_step *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT actor, state, group_key, level, assignee, note, article, at_utc_s, state IS NOT (SELECT b.state FROM ticket_history b "
		"WHERE b.ticket = h.ticket AND b.revision < h.revision ORDER BY b.revision DESC LIMIT 1), kind, text, priority, "
		"EXISTS (SELECT 1 FROM ticket_history l WHERE l.ticket = h.ticket AND l.revision > h.revision AND l.actor = ?3 AND l.state IS NOT "
		"(SELECT b.state FROM ticket_history b WHERE b.ticket = l.ticket AND b.revision < l.revision ORDER BY b.revision DESC LIMIT 1)) "
		"FROM ticket_history h LEFT JOIN ticket_posts p ON p.ticket = h.ticket AND p.revision = h.revision "
		"WHERE h.ticket = ?1 AND h.revision = ?2";
	sqlite3_stmt *statement;
	bool row = false, failed = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "iis", entry->ticket, (int64_t)entry->revision, entry->connector);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_CORRUPT, db->path, 0, "ticket %lld has no revision %u", (long long)entry->ticket, entry->revision);
	*ret = (sp_ticket_step){
		.actor = spi_sqlite_text(statement, 0, arena, &failed),
		.state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 1)),
		.group = spi_sqlite_text(statement, 2, arena, &failed),
		.level = sqlite3_column_int(statement, 3),
		.assignee = spi_sqlite_text(statement, 4, arena, &failed),
		.note = spi_sqlite_text(statement, 5, arena, &failed),
		.article = spi_sqlite_text(statement, 6, arena, &failed),
		.at_utc_s = sqlite3_column_int64(statement, 7),
		.moved = sqlite3_column_int(statement, 8) != 0,
		.post_kind = sp_post_kind_of((const char *)sqlite3_column_text(statement, 9)),
		.post = spi_sqlite_text(statement, 10, arena, &failed),
		.priority = (sp_priority)sqlite3_column_int(statement, 11),
		.overtaken = sqlite3_column_int(statement, 12) != 0,
	};
	sqlite3_reset(statement);
	return failed ? spi_out_of_memory(err) : SP_OK;
}

/* Where the last turns up to the ticket begin, and all that there are. */
typedef struct span { int64_t conversation, first; size_t count; } span;

static sp_status read_span(spi_sqlite *db, const sp_ticket *ticket, span *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT c.number, (SELECT min(seq) FROM (SELECT seq FROM turns WHERE conversation = c.number AND at_utc_s <= ?2 ORDER BY seq DESC LIMIT ?3)), "
		"(SELECT count(*) FROM turns WHERE conversation = c.number AND at_utc_s <= ?2) FROM conversations c WHERE c.id = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "sin", ticket->conversation, ticket->created_utc_s, LAST_MAX);
	if (status != SP_OK || !row)
		return status;
	*ret = (span){sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1), (size_t)sqlite3_column_int64(statement, 2)};
	sqlite3_reset(statement);
	return SP_OK;
}

static sp_status read_turn(sqlite3_stmt *statement, sp_arena *arena, sp_outgoing_turn *turn, sp_error *err)
{
	bool failed = false;
	turn->solved = sqlite3_column_type(statement, 8) == SQLITE_NULL ? -1 : sqlite3_column_int(statement, 8);
	turn->turn.step = spi_sqlite_text(statement, 9, arena, &failed);
	if (spi_sqlite_read_turn(statement, arena, &turn->turn) && !failed)
		return SP_OK;
	sqlite3_reset(statement);
	return spi_out_of_memory(err);
}

/* The conversation up to the ticket; of a long one where it began, and the last turns: that much can be read. */
static sp_status read_turns(spi_sqlite *db, sp_arena *arena, sp_outgoing *out, sp_error *err)
{
	static const char sql[] =
		"SELECT question, decision, reason, article, category, offered, lang, at_utc_s, "
		"(SELECT solved FROM feedback f WHERE f.conversation = t.conversation AND f.seq = t.seq + 1), step, seq "
		"FROM turns t WHERE conversation = ?1 AND at_utc_s <= ?2 AND (seq >= ?3 OR seq IN (?4, ?5)) ORDER BY seq";
	span s = {0};
	int64_t began[2] = {-1, -1};
	sqlite3_stmt *statement;
	bool row = true;
	sp_outgoing_turn *turns = sp_arena_calloc(arena, LAST_MAX + 2, sizeof *turns), *first = NULL;
	if (!turns)
		return spi_out_of_memory(err);
	sp_status status = read_span(db, &out->ticket, &s, err);
	if (status == SP_OK && s.count > LAST_MAX)
		status = spi_sqlite_began(db, s.conversation, s.first, began, err);
	if (status == SP_OK)
		status = spi_sqlite_query(db, sql, &statement, err, "iiiii", s.conversation, out->ticket.created_utc_s, s.first, began[0], began[1]);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		sp_outgoing_turn *turn = &turns[out->turns_count++];
		first = !first && sqlite3_column_int64(statement, 10) >= s.first ? turn : first;
		status = read_turn(statement, arena, turn, err);
	}
	if (first && s.count > out->turns_count)
		first->left_out = (uint32_t)(s.count - out->turns_count);
	out->turns = turns;
	return status;
}

static sp_status read_link(spi_sqlite *db, sp_arena *arena, sp_outgoing *out, sp_error *err)
{
	static const char sql[] = "SELECT remote, remote_state FROM ticket_links WHERE connector = ?1 AND ticket = ?2";
	sqlite3_stmt *statement;
	bool row = false, failed = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "si", out->entry.connector, out->entry.ticket);
	if (status != SP_OK || !row)
		return status;
	out->remote = spi_sqlite_text(statement, 0, arena, &failed);
	out->remote_state = spi_sqlite_text(statement, 1, arena, &failed);
	sqlite3_reset(statement);
	return failed ? spi_out_of_memory(err) : SP_OK;
}

/* As it was opened, whatever became of it: sent again, it is the same. */
static void undo_changes(sp_outgoing *out)
{
	out->ticket.state = out->step.state;
	out->ticket.group = out->step.group;
	out->ticket.level = out->step.level;
	out->ticket.assignee = out->step.assignee;
	out->ticket.note = out->step.note;
	out->ticket.article = out->step.article;
	out->ticket.priority = out->step.priority ? out->step.priority : SP_PRIORITY_NORMAL;
	out->ticket.updated_utc_s = out->ticket.created_utc_s;
	out->ticket.revision = 1;
}

static sp_status outgoing(spi_sqlite *db, int64_t id, sp_arena *arena, sp_outgoing *out, sp_error *err)
{
	sp_status status = one_entry(db, id, arena, &out->entry, err);
	if (status == SP_OK)
		status = spi_sqlite_one_ticket(db, out->entry.ticket, arena, &out->ticket, err);
	if (status == SP_OK)
		status = one_step(db, &out->entry, arena, &out->step, err);
	if (status == SP_OK)
		status = read_link(db, arena, out, err);
	if (status == SP_OK && out->entry.revision == 1) {
		undo_changes(out);
		status = out->ticket.conversation ? read_turns(db, arena, out, err) : SP_OK;
	}
	return status;
}

sp_status spi_sqlite_outgoing(void *db, int64_t id, sp_arena *arena, sp_outgoing *ret, sp_error *err)
{
	sp_outgoing found = {0};
	sp_status status = spi_sqlite_snapshot(db, err);
	if (status != SP_OK)
		return status;
	status = outgoing(db, id, arena, &found, err);
	spi_sqlite_snapshot_end(db);
	if (status == SP_OK)
		*ret = found;
	return status;
}

/* ---- figures, links, comments ---- */

sp_status spi_sqlite_outbox_counts(void *db, const char *connector, sp_outbox_counts *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT (SELECT count(*) FROM outbox WHERE connector = ?1 AND dead = 0), (SELECT count(*) FROM outbox WHERE connector = ?1 "
		"AND dead = 1), (SELECT made_utc_s FROM outbox WHERE connector = ?1 AND dead = 0 ORDER BY id LIMIT 1), "
		"(SELECT max(next_utc_ms, 1) FROM outbox o WHERE connector = ?1 AND dead = 0 AND NOT " BEHIND
		" ORDER BY next_utc_ms LIMIT 1)";
	static const char all[] =
		"SELECT (SELECT count(*) FROM outbox WHERE dead = 0), (SELECT count(*) FROM outbox WHERE dead = 1), "
		"(SELECT made_utc_s FROM outbox WHERE dead = 0 ORDER BY id LIMIT 1), 0";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = connector ? spi_sqlite_first(db, sql, &statement, &row, err, "s", connector) :
		spi_sqlite_first(db, all, &statement, &row, err, "");
	if (status != SP_OK)
		return status;
	*ret = (sp_outbox_counts){
		.waiting = (uint64_t)sqlite3_column_int64(statement, 0),
		.dead = (uint64_t)sqlite3_column_int64(statement, 1),
		.oldest_utc_s = sqlite3_column_int64(statement, 2),
		.next_utc_ms = sqlite3_column_int64(statement, 3),
	};
	sqlite3_reset(statement);
	return SP_OK;
}

sp_status spi_sqlite_remote(void *db, const char *connector, const char *remote, sp_arena *arena, sp_remote *ret, sp_error *err)
{
	static const char sql[] = "SELECT ticket, remote_state, version FROM ticket_links WHERE connector = ?1 AND remote = ?2";
	sqlite3_stmt *statement;
	bool row = false, failed = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "ss", connector, remote);
	if (status != SP_OK)
		return status;
	*ret = (sp_remote){0};
	if (row)
		*ret = (sp_remote){sqlite3_column_int64(statement, 0), spi_sqlite_text(statement, 1, arena, &failed),
			spi_sqlite_text(statement, 2, arena, &failed)};
	sqlite3_reset(statement);
	return failed ? spi_out_of_memory(err) : SP_OK;
}

sp_status spi_sqlite_cursor(void *db, const char *connector, sp_arena *arena, const char **ret, sp_error *err)
{
	static const char sql[] = "SELECT cursor FROM connectors WHERE name = ?1";
	sqlite3_stmt *statement;
	bool row = false, failed = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "s", connector);
	if (status != SP_OK)
		return status;
	*ret = row ? spi_sqlite_text(statement, 0, arena, &failed) : NULL;
	sqlite3_reset(statement);
	return failed ? spi_out_of_memory(err) : SP_OK;
}

sp_status spi_sqlite_comments(void *db, int64_t ticket, sp_arena *arena, sp_comment **ret, size_t *ret_count, sp_error *err)
{
	static const char sql[] =
		"SELECT at_utc_s, author, text, count(*) OVER () FROM ticket_comments WHERE ticket = ?1 AND text <> '' ORDER BY at_utc_s, number";
	sqlite3_stmt *statement;
	sp_comment *comments = NULL;
	size_t count = 0;
	bool row = true, failed = false;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "i", ticket);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (!comments)
			comments = sp_arena_calloc(arena, (size_t)sqlite3_column_int64(statement, 3), sizeof *comments);
		if (!comments) {
			sqlite3_reset(statement);
			return spi_out_of_memory(err);
		}
		comments[count++] = (sp_comment){sqlite3_column_int64(statement, 0), spi_sqlite_text(statement, 1, arena, &failed),
			spi_sqlite_text(statement, 2, arena, &failed)};
	}
	if (status == SP_OK && failed)
		return spi_out_of_memory(err);
	*ret = comments;
	*ret_count = count;
	return status;
}
