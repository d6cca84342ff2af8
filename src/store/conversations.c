/* Conversations in SQLite: their turns and what the person said of them. */
#include "store/ledger_write.h"

#include <string.h>

#define CONVERSATION_ID_MAX 64
#define LOOKED_BACK_MAX 200 /* turns, for the one that asks something */

static sp_status check_id(const char *id, sp_error *err)
{
	size_t len = id ? strlen(id) : 0;
	if (len == 0 || len > CONVERSATION_ID_MAX)
		return sp_error_set(err, SP_ERR_INVALID, "conversation", 0, "a conversation's id has 1 to %d characters",
			CONVERSATION_ID_MAX);
	return SP_OK;
}

static sp_status check_place(uint32_t wanted, int64_t seq, sp_error *err)
{
	if (wanted == 0 || wanted == seq)
		return SP_OK;
	return sp_error_set(err, SP_ERR_CONFLICT, "place", 0, "the next place of the conversation is %lld, not %u", (long long)seq, wanted);
}

/* A conversation as it stands; number 0: it is not there. */
typedef struct standing { int64_t number, last_seq; bool same_person; } standing;

static sp_status read_standing(spi_sqlite *db, const char *id, const char *person, standing *ret, sp_error *err)
{
	static const char sql[] = "SELECT number, last_seq, person IS ?2 FROM conversations WHERE id = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	*ret = (standing){0};
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "ss", id, person);
	if (status != SP_OK || !row)
		return status;
	*ret = (standing){sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1), sqlite3_column_int(statement, 2) != 0};
	sqlite3_reset(statement);
	return SP_OK;
}

/* (A RETURNING clause would say the same in one statement, and costs a table of its own each time.) */
static sp_status use_place(spi_sqlite *db, const standing *c, int64_t at_utc_s, sp_error *err)
{
	static const char sql[] = "UPDATE conversations SET last_seq = ?2, last_utc_s = max(last_utc_s, ?3) WHERE number = ?1";
	return spi_sqlite_run(db, sql, err, "iii", c->number, c->last_seq + 1, at_utc_s);
}

/* Next place in a conversation, which is made when it is not there. */
static sp_status next_place(spi_sqlite *db, const sp_write_turn *turn, const char *person, int64_t *ret_number, int64_t *ret_seq,
	bool *ret_new, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO conversations (id, channel, audience, began_utc_s, last_utc_s, last_seq, person) VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5)";
	standing c;
	sp_status status = read_standing(db, turn->conversation, person, &c, err);
	if (status == SP_OK)
		status = check_place(turn->place, c.last_seq + 1, err);
	if (status != SP_OK)
		return status;
	*ret_new = c.number == 0 || (c.last_seq == 0 && c.same_person); /* a ticket may have made it, without the person */
	*ret_seq = c.last_seq + 1;
	if (c.number == 0) {
		status = spi_sqlite_run(db, sql, err, "sssis", turn->conversation, turn->channel, turn->audience, turn->turn.at_utc_s, person);
		c.number = sqlite3_last_insert_rowid(db->handle);
	} else {
		status = use_place(db, &c, turn->turn.at_utc_s, err);
	}
	*ret_number = c.number;
	return status;
}

sp_status spi_sqlite_need_conversation(spi_sqlite *db, const char *id, const char *channel, const char *audience,
	int64_t at_utc_s, int64_t *ret_number, sp_error *err)
{
	static const char sql_find[] = "SELECT number FROM conversations WHERE id = ?1";
	static const char sql_make[] =
		"INSERT INTO conversations (id, channel, audience, began_utc_s, last_utc_s, last_seq) "
		"VALUES (?1, ?2, ?3, ?4, ?4, 0)";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = check_id(id, err);
	if (status == SP_OK)
		status = spi_sqlite_first(db, sql_find, &statement, &row, err, "s", id);
	if (status != SP_OK)
		return status;
	if (row) {
		*ret_number = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
		return SP_OK;
	}
	status = spi_sqlite_run(db, sql_make, err, "sssi", id, channel, audience, at_utc_s);
	if (status == SP_OK)
		*ret_number = sqlite3_last_insert_rowid(db->handle);
	return status;
}

/* Ids as one text, a line each; NULL when there is none. */
sp_status spi_sqlite_join_lines(const sp_strings *items, sp_buffer *out, const char **ret, sp_error *err)
{
	for (size_t i = 0; i < items->count; i++) {
		if (i > 0)
			sp_buffer_add_char(out, '\n');
		sp_buffer_add_text(out, items->items[i]);
	}
	*ret = items->count > 0 ? sp_buffer_text(out) : NULL;
	return sp_buffer_ok(out) ? SP_OK : spi_out_of_memory(err);
}

static sp_status check_turn(const sp_write_turn *write, sp_error *err)
{
	if (!write->channel || !write->audience || !write->turn.question)
		return sp_error_set(err, SP_ERR_INVALID, "turn", 0, "a turn needs a channel, an audience and the question");
	if (!spi_decision_text(write->turn.decision) || !spi_reason_text(write->turn.reason))
		return sp_error_set(err, SP_ERR_INVALID, "turn", 0, "no such decision or reason: %d, %d",
			(int)write->turn.decision, (int)write->turn.reason);
	return check_id(write->conversation, err);
}

sp_status spi_sqlite_add_turn(spi_sqlite *db, const sp_write_turn *write, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO turns (conversation, seq, at_utc_s, question, decision, reason, confidence, article, "
		"article_version, category, offered, lang, step) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
	const sp_turn *turn = &write->turn;
	char person[SPI_PERSON_HASH_LEN + 1];
	int64_t number, seq;
	bool is_new;
	const char *offered;
	sp_buffer lines = SP_BUFFER_INIT;
	sp_status status = check_turn(write, err);
	if (status == SP_OK)
		status = spi_sqlite_join_lines(&turn->offered, &lines, &offered, err);
	if (status == SP_OK && write->person)
		spi_person_hash(db->person_key, write->person, person);
	if (status == SP_OK)
		status = next_place(db, write, write->person ? person : NULL, &number, &seq, &is_new, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql, err, "iiisssdssssss", number, seq, turn->at_utc_s, turn->question,
			spi_decision_text(turn->decision), spi_reason_text(turn->reason), write->confidence, turn->article,
			write->article_version, turn->category, offered, spi_lang_text(turn->lang), turn->step);
	if (status == SP_OK && write->walk)
		status = spi_sqlite_put_walk(db, number, write->walk, err);
	if (status == SP_OK)
		status = spi_ledger_turn(db, number, write, write->person ? person : NULL, is_new, err);
	sp_buffer_release(&lines);
	return status;
}

sp_status spi_sqlite_add_feedback(spi_sqlite *db, const sp_write_feedback *feedback, sp_error *err)
{
	static const char sql_add[] =
		"INSERT INTO feedback (conversation, seq, at_utc_s, solved, comment) VALUES (?1, ?2, ?3, ?4, ?5)";
	standing c = {0};
	sp_status status = check_id(feedback->conversation, err);
	if (status == SP_OK)
		status = read_standing(db, feedback->conversation, NULL, &c, err);
	if (status != SP_OK)
		return status;
	if (c.number == 0)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "conversation", 0, "there is no conversation \"%s\"",
			feedback->conversation);
	status = check_place(feedback->place, c.last_seq + 1, err);
	if (status == SP_OK)
		status = use_place(db, &c, feedback->at_utc_s, err);
	if (status == SP_OK)
		status = spi_sqlite_run(db, sql_add, err, "iiins", c.number, c.last_seq + 1, feedback->at_utc_s, (int)feedback->solved,
			feedback->comment);
	return status == SP_OK ? spi_ledger_feedback(db, c.number, feedback, err) : status;
}

/* ---- reading ---- */

bool spi_sqlite_split_lines(const char *text, sp_arena *arena, sp_strings *ret)
{
	*ret = (sp_strings){NULL, 0};
	if (!text)
		return true;
	size_t count = 1;
	for (const char *p = text; *p; p++)
		count += *p == '\n';
	const char **items = sp_arena_calloc(arena, count, sizeof *items);
	for (size_t i = 0; items && i < count; i++) {
		size_t len = strcspn(text, "\n");
		items[i] = sp_arena_strndup(arena, text, len);
		if (!items[i])
			return false;
		text += len + 1;
	}
	*ret = (sp_strings){items, count};
	return items != NULL;
}

bool spi_sqlite_read_turn(sqlite3_stmt *statement, sp_arena *arena, sp_turn *turn)
{
	bool failed = false;
	turn->question = spi_sqlite_text(statement, 0, arena, &failed);
	turn->decision = spi_decision_of((const char *)sqlite3_column_text(statement, 1));
	turn->reason = spi_reason_of((const char *)sqlite3_column_text(statement, 2));
	turn->article = spi_sqlite_text(statement, 3, arena, &failed);
	turn->category = spi_sqlite_text(statement, 4, arena, &failed);
	turn->lang = spi_lang_of((const char *)sqlite3_column_text(statement, 6));
	turn->at_utc_s = sqlite3_column_int64(statement, 7);
	return spi_sqlite_split_lines((const char *)sqlite3_column_text(statement, 5), arena, &turn->offered) && !failed;
}

/* ---- where it began ---- */

/* The first row of a statement of (seq, decision, reason) that asks something; 0 = none. */
static sp_status first_request(spi_sqlite *db, const char *sql, int64_t number, int64_t before, int64_t *ret, sp_error *err)
{
	sqlite3_stmt *statement;
	bool row = true;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "iin", number, before, LOOKED_BACK_MAX);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		if (spi_decision_of((const char *)sqlite3_column_text(statement, 1)) == SP_DECIDE_NONE ||
			sp_reason_is_step(spi_reason_of((const char *)sqlite3_column_text(statement, 2))))
			continue;
		*ret = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
		break;
	}
	return status;
}

sp_status spi_sqlite_began(spi_sqlite *db, int64_t number, int64_t before, int64_t ret[2], sp_error *err)
{
	static const char forward[] = "SELECT seq, decision, reason FROM turns WHERE conversation = ?1 AND seq < ?2 ORDER BY seq LIMIT ?3";
	static const char backward[] = "SELECT seq, decision, reason FROM turns WHERE conversation = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";
	ret[0] = ret[1] = -1;
	sp_status status = first_request(db, forward, number, before, &ret[0], err);
	return status == SP_OK ? first_request(db, backward, number, before, &ret[1], err) : status;
}

static sp_status read_began(spi_sqlite *db, int64_t number, int64_t before, sp_arena *arena, sp_dialogue *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT question, decision, reason, article, category, offered, lang, at_utc_s, step FROM turns "
		"WHERE conversation = ?1 AND seq IN (?2, ?3) ORDER BY seq";
	int64_t seqs[2];
	sqlite3_stmt *statement;
	bool row = true, failed = false;
	size_t count = 0;
	sp_turn *turns = sp_arena_calloc(arena, 2, sizeof *turns);
	if (!turns)
		return spi_out_of_memory(err);
	sp_status status = spi_sqlite_began(db, number, before, seqs, err);
	if (status == SP_OK)
		status = spi_sqlite_query(db, sql, &statement, err, "iii", number, seqs[0], seqs[1]);
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		sp_turn *turn = &turns[count++];
		bool read = spi_sqlite_read_turn(statement, arena, turn);
		turn->step = spi_sqlite_text(statement, 8, arena, &failed);
		if (!read || failed) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	ret->began = turns;
	ret->began_count = status == SP_OK ? count : 0;
	return status;
}

/* The last turns, read backwards from the end and put in order. */
static sp_status read_turns(spi_sqlite *db, int64_t number, sp_arena *arena, sp_dialogue *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT question, decision, reason, article, category, offered, lang, at_utc_s, step, seq FROM turns "
		"WHERE conversation = ?1 ORDER BY seq DESC LIMIT ?2";
	int64_t first = 0;
	sp_turn *turns = sp_arena_calloc(arena, SP_DIALOGUE_MAX, sizeof *turns);
	if (!turns)
		return spi_out_of_memory(err);
	sqlite3_stmt *statement;
	sp_status status = spi_sqlite_query(db, sql, &statement, err, "in", number, SP_DIALOGUE_MAX);
	size_t count = 0;
	bool row = true;
	while (status == SP_OK && (status = spi_sqlite_step(db, statement, &row, err)) == SP_OK && row) {
		bool failed = false;
		sp_turn *turn = &turns[SP_DIALOGUE_MAX - ++count];
		bool read = spi_sqlite_read_turn(statement, arena, turn);
		turn->step = spi_sqlite_text(statement, 8, arena, &failed);
		first = sqlite3_column_int64(statement, 9);
		if (!read || failed) {
			sqlite3_reset(statement);
			status = spi_out_of_memory(err);
		}
	}
	if (status == SP_OK) {
		ret->turns = turns + SP_DIALOGUE_MAX - count;
		ret->count = count;
	}
	return status == SP_OK && count == SP_DIALOGUE_MAX ? read_began(db, number, first, arena, ret, err) : status;
}

static sp_status dialogue(spi_sqlite *db, const char *conversation, sp_arena *arena, sp_dialogue *ret, sp_error *err)
{
	static const char sql[] =
		"SELECT number, EXISTS (SELECT 1 FROM tickets t WHERE t.conversation = c.number), walk, last_seq FROM conversations c "
		"WHERE id = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "s", conversation);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "conversation", 0, "there is no conversation \"%s\"", conversation);
	int64_t number = sqlite3_column_int64(statement, 0);
	sp_dialogue found = {.ticket_open = sqlite3_column_int(statement, 1) != 0, .places = (uint32_t)sqlite3_column_int64(statement, 3)};
	int64_t walk = sqlite3_column_int64(statement, 2);
	sqlite3_reset(statement);
	status = read_turns(db, number, arena, &found, err);
	if (status == SP_OK)
		status = spi_sqlite_read_walks(db, walk, arena, &found, err);
	if (status == SP_OK)
		*ret = found;
	return status;
}

sp_status spi_sqlite_dialogue(void *db, const char *conversation, sp_arena *arena, sp_dialogue *ret, sp_error *err)
{
	sp_status status = spi_sqlite_snapshot(db, err);
	if (status != SP_OK)
		return status;
	status = dialogue(db, conversation, arena, ret, err);
	spi_sqlite_snapshot_end(db);
	return status;
}

sp_status spi_sqlite_count(void *db, uint64_t *ret_conversations, uint64_t *ret_tickets, sp_error *err)
{
	static const char sql[] = "SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM tickets)";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "");
	if (status != SP_OK || !row)
		return status;
	*ret_conversations = (uint64_t)sqlite3_column_int64(statement, 0);
	*ret_tickets = (uint64_t)sqlite3_column_int64(statement, 1);
	sqlite3_reset(statement);
	return SP_OK;
}
