/* What the desk works with, in SQLite: the queue, a ticket's life and conversation. */
#include "store/sqlite.h"

#include "sportello/desk.h"

#include <string.h>

#define TURNS_MAX 200

/* ---- the queue ---- */

/* The person's last word: an answer, or the ticket itself. What was said in the other system comes from us. */
#define SAID \
	"max(t.created_utc_s, coalesce((SELECT max(h.at_utc_s) FROM ticket_posts p JOIN ticket_history h ON h.ticket = p.ticket " \
	"AND h.revision = p.revision WHERE p.ticket = t.number AND p.kind = 'answer'), 0))"
#define REPLIED \
	"max(coalesce((SELECT max(h.at_utc_s) FROM ticket_posts p JOIN ticket_history h ON h.ticket = p.ticket " \
	"AND h.revision = p.revision WHERE p.ticket = t.number AND p.kind = 'reply'), 0), " \
	"coalesce((SELECT max(at_utc_s) FROM ticket_comments c WHERE c.ticket = t.number), 0))"

#define QUEUE_SQL(where) \
	"SELECT number, state, category, group_key, assignee, message, level, lang, priority, revision, created_utc_s, updated_utc_s, " \
	SAID ", " REPLIED " FROM tickets t WHERE " where \
	"(?1 IS NULL OR state = ?1) AND (?2 IS NULL OR category = ?2) AND (?3 IS NULL OR coalesce(assignee, '') = ?3) " \
	"AND (?4 IS NULL OR group_key IN (SELECT value FROM json_each(?4))) ORDER BY created_utc_s, number LIMIT ?5"

static bool read_item(sqlite3_stmt *statement, sp_arena *arena, sp_queue_item *ret)
{
	bool failed = false;
	*ret = (sp_queue_item){
		.number = sqlite3_column_int64(statement, 0),
		.state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 1)),
		.category = spi_sqlite_text(statement, 2, arena, &failed),
		.group = spi_sqlite_text(statement, 3, arena, &failed),
		.assignee = spi_sqlite_text(statement, 4, arena, &failed),
		.message = spi_sqlite_text(statement, 5, arena, &failed),
		.level = sqlite3_column_int(statement, 6),
		.lang = spi_lang_of((const char *)sqlite3_column_text(statement, 7)),
		.priority = (sp_priority)sqlite3_column_int(statement, 8),
		.revision = (uint32_t)sqlite3_column_int64(statement, 9),
		.created_utc_s = sqlite3_column_int64(statement, 10),
		.updated_utc_s = sqlite3_column_int64(statement, 11),
		.said_utc_s = sqlite3_column_int64(statement, 12),
		.replied_utc_s = sqlite3_column_int64(statement, 13),
	};
	if (ret->replied_utc_s < ret->said_utc_s)
		ret->replied_utc_s = 0;
	return !failed;
}

/* Keys as a JSON array, for json_each(); NULL for none. */
static const char *groups_text(const sp_queue_filter *filter, sp_buffer *out)
{
	sp_json json;
	if (filter->groups_count == 0)
		return NULL;
	sp_json_init(&json, out);
	sp_json_array(&json, NULL);
	for (size_t i = 0; i < filter->groups_count; i++)
		sp_json_string(&json, NULL, filter->groups[i]);
	sp_json_array_end(&json);
	return sp_buffer_text(out);
}

static sp_status read_queue(spi_sqlite *db, const sp_queue_filter *filter, const char *groups, sp_arena *arena, sp_queue_item *items,
	size_t *ret_count, sp_error *err)
{
	static const char open[] = QUEUE_SQL("state NOT IN ('solved', 'closed') AND "), all[] = QUEUE_SQL("");
	sqlite3_stmt *statement;
	size_t count = 0;
	bool row = true;
	sp_status status = spi_sqlite_query(db, filter->all_states || filter->state ? all : open, &statement, err, "ssssn", filter->state,
		filter->category, filter->assignee, groups, SP_QUEUE_MAX);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (count < SP_QUEUE_MAX && read_item(statement, arena, &items[count++]))
			continue;
		sqlite3_reset(statement);
		status = spi_out_of_memory(err);
	}
	*ret_count = count;
	return status;
}

sp_status spi_sqlite_queue(void *db, const sp_queue_filter *filter, sp_arena *arena, sp_queue_item **ret, size_t *ret_count, sp_error *err)
{
	sp_buffer groups = SP_BUFFER_INIT;
	sp_queue_item *items = sp_arena_calloc(arena, SP_QUEUE_MAX, sizeof *items);
	if (!items)
		return spi_out_of_memory(err);
	const char *keys = groups_text(filter, &groups);
	sp_status status = sp_buffer_ok(&groups) ? read_queue(db, filter, keys, arena, items, ret_count, err) : spi_out_of_memory(err);
	sp_buffer_release(&groups);
	if (status == SP_OK)
		*ret = items;
	return status;
}

sp_status spi_sqlite_open_by_group(void *db, sp_arena *arena, sp_group_count **ret, size_t *ret_count, sp_error *err)
{
	/* The open states by name, so that the index of states is used. */
	static const char sql[] = "SELECT count(*) OVER (), group_key, count(*) FROM tickets "
		"WHERE state IN ('new', 'assigned', 'waiting', 'escalated', 'returned', 'reopened') AND group_key IS NOT NULL GROUP BY group_key";
	sqlite3_stmt *statement;
	sp_group_count *counts = NULL;
	size_t count = 0;
	bool row = true, failed = false;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "");
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (!counts)
			counts = sp_arena_calloc(arena, (size_t)sqlite3_column_int64(statement, 0), sizeof *counts);
		const char *group = counts ? spi_sqlite_text(statement, 1, arena, &failed) : NULL;
		if (!counts || failed) {
			sqlite3_reset(statement);
			return spi_out_of_memory(err);
		}
		counts[count++] = (sp_group_count){group, (uint32_t)sqlite3_column_int64(statement, 2)};
	}
	*ret = counts;
	*ret_count = count;
	return status;
}

/* ---- one ticket's life ---- */

static bool read_event(sqlite3_stmt *statement, sp_arena *arena, sp_ticket_event *ret)
{
	bool failed = false;
	*ret = (sp_ticket_event){
		.revision = (uint32_t)sqlite3_column_int64(statement, 1),
		.at_utc_s = sqlite3_column_int64(statement, 2),
		.actor = spi_sqlite_text(statement, 3, arena, &failed),
		.state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 4)),
		.level = sqlite3_column_int(statement, 5),
		.group = spi_sqlite_text(statement, 6, arena, &failed),
		.assignee = spi_sqlite_text(statement, 7, arena, &failed),
		.note = spi_sqlite_text(statement, 8, arena, &failed),
		.article = spi_sqlite_text(statement, 9, arena, &failed),
		.priority = (sp_priority)sqlite3_column_int(statement, 10),
		.post_kind = sp_post_kind_of((const char *)sqlite3_column_text(statement, 11)),
		.post = spi_sqlite_text(statement, 12, arena, &failed),
	};
	return !failed;
}

sp_status spi_sqlite_ticket_events(void *db, int64_t number, sp_arena *arena, sp_ticket_event **ret, size_t *ret_count, sp_error *err)
{
	static const char sql[] =
		"SELECT count(*) OVER (), h.revision, at_utc_s, actor, state, level, group_key, assignee, note, article, priority, kind, text "
		"FROM ticket_history h LEFT JOIN ticket_posts p ON p.ticket = h.ticket AND p.revision = h.revision "
		"WHERE h.ticket = ?1 ORDER BY h.revision";
	sqlite3_stmt *statement;
	sp_ticket_event *events = NULL;
	size_t count = 0;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "i", number);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (!events)
			events = sp_arena_calloc(arena, (size_t)sqlite3_column_int64(statement, 0), sizeof *events);
		if (!events || !read_event(statement, arena, &events[count])) {
			sqlite3_reset(statement);
			return spi_out_of_memory(err);
		}
		events[count].moved = count == 0 || events[count].state != events[count - 1].state;
		count++;
	}
	*ret = events;
	*ret_count = count;
	return status;
}

/* ---- its conversation ---- */

static bool read_turn(sqlite3_stmt *statement, sp_arena *arena, sp_desk_turn *ret)
{
	bool failed = false;
	ret->solved = sqlite3_column_type(statement, 8) == SQLITE_NULL ? -1 : sqlite3_column_int(statement, 8);
	ret->confidence = sqlite3_column_double(statement, 9);
	ret->article_version = spi_sqlite_text(statement, 10, arena, &failed);
	ret->turn.step = spi_sqlite_text(statement, 11, arena, &failed);
	return spi_sqlite_read_turn(statement, arena, &ret->turn) && !failed;
}

/* Those that are not read, between the first one and the next. */
static sp_status count_skipped(spi_sqlite *db, const char *conversation, int64_t first, int64_t next, sp_desk_turn *ret, sp_error *err)
{
	static const char sql[] = "SELECT decision, reason, article IS NOT NULL FROM turns "
		"WHERE conversation = (SELECT number FROM conversations WHERE id = ?1) AND seq > ?2 AND seq < ?3";
	sqlite3_stmt *statement;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "sii", conversation, first, next);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		bool step = sp_reason_is_step(spi_reason_of((const char *)sqlite3_column_text(statement, 1)));
		ret->skipped_asking += !step && spi_decision_of((const char *)sqlite3_column_text(statement, 0)) != SP_DECIDE_NONE;
		ret->skipped_showing += !step && sqlite3_column_int(statement, 2) != 0;
	}
	return status;
}

static sp_status read_desk_turns(spi_sqlite *db, const char *conversation, sp_arena *arena, sp_desk_turn *turns, size_t *ret_count, sp_error *err)
{
	static const char sql[] =
		"WITH c AS (SELECT number AS n FROM conversations WHERE id = ?1) "
		"SELECT question, decision, reason, article, category, offered, lang, at_utc_s, "
		"(SELECT solved FROM feedback f WHERE f.conversation = t.conversation AND f.seq = t.seq + 1), confidence, article_version, step, seq "
		"FROM turns t WHERE conversation = (SELECT n FROM c) AND (seq >= (SELECT min(seq) FROM (SELECT seq FROM turns "
		"WHERE conversation = (SELECT n FROM c) ORDER BY seq DESC LIMIT ?2)) "
		"OR seq = (SELECT min(seq) FROM turns WHERE conversation = (SELECT n FROM c))) ORDER BY seq";
	sqlite3_stmt *statement;
	int64_t seqs[2] = {0};
	size_t count = 0;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "sn", conversation, TURNS_MAX - 1);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (count < 2)
			seqs[count] = sqlite3_column_int64(statement, 12);
		if (count < TURNS_MAX && read_turn(statement, arena, &turns[count++]))
			continue;
		sqlite3_reset(statement);
		status = spi_out_of_memory(err);
	}
	*ret_count = count;
	return status == SP_OK && count == TURNS_MAX ? count_skipped(db, conversation, seqs[0], seqs[1], &turns[1], err) : status;
}

sp_status spi_sqlite_desk_turns(void *db, const char *conversation, sp_arena *arena, sp_desk_turn **ret, size_t *ret_count, sp_error *err)
{
	*ret_count = 0;
	*ret = sp_arena_calloc(arena, TURNS_MAX, sizeof **ret);
	return *ret ? read_desk_turns(db, conversation, arena, *ret, ret_count, err) : spi_out_of_memory(err);
}
