/* Tickets in SQLite: making them (once for each idempotency key) and changing them. */
#include "store/ledger_write.h"

#include "base/clock.h"
#include "store/ids.h"

#include <string.h>

/* How long a key is remembered: a day longer than we promise. */
#define IDEMPOTENCY_KEPT_S (72 * 3600)
/* How often those that are older are looked for, whatever the clock did meanwhile. */
#define IDEMPOTENCY_LOOKED_FOR_S 60

/* ---- idempotency ---- */

static sp_status check_key(const sp_write_ticket *write, sp_error *err)
{
	size_t len = strlen(write->idempotency_key);
	if (len == 0 || len > SP_IDEMPOTENCY_KEY_MAX)
		return sp_error_set(err, len ? SP_ERR_TOO_LARGE : SP_ERR_INVALID, "Idempotency-Key", 0,
			"an idempotency key has 1 to %d characters", SP_IDEMPOTENCY_KEY_MAX);
	if (!write->caller)
		return sp_error_set(err, SP_ERR_INVALID, "caller", 0, "an idempotency key needs a caller whose it is");
	return SP_OK;
}

/* The ticket that a key was used for, if it was. */
static sp_status find_key(spi_sqlite *db, sp_write_ticket *write, sp_error *err)
{
	static const char sql[] =
		"SELECT i.fingerprint, t.number, t.secret, t.state, t.created_utc_s, t.updated_utc_s, t.revision "
		"FROM idempotency i JOIN tickets t ON t.number = i.ticket WHERE i.caller = ?1 AND i.key = ?2";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "ss", write->caller, write->idempotency_key);
	if (status != SP_OK || !row)
		return status;
	if ((uint64_t)sqlite3_column_int64(statement, 0) != write->fingerprint) {
		status = sp_error_set(err, SP_ERR_CONFLICT, "Idempotency-Key", 0, "this key was used for another request "
			"already; use a new key for a new request");
	} else {
		sp_ticket *ticket = &write->ticket;
		ticket->number = sqlite3_column_int64(statement, 1);
		const char *secret = (const char *)sqlite3_column_text(statement, 2);
		ticket->secret[0] = '\0';
		strncat(ticket->secret, secret ? secret : "", sizeof ticket->secret - 1);
		ticket->state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 3));
		ticket->created_utc_s = sqlite3_column_int64(statement, 4);
		ticket->updated_utc_s = sqlite3_column_int64(statement, 5);
		ticket->revision = (uint32_t)sqlite3_column_int64(statement, 6);
		write->replayed = true;
	}
	sqlite3_reset(statement);
	return status;
}

static sp_status keep_key(spi_sqlite *db, const sp_write_ticket *write, sp_error *err)
{
	static const char sql_prune[] = "DELETE FROM idempotency WHERE at_utc_s < ?1";
	static const char sql_add[] =
		"INSERT INTO idempotency (caller, key, fingerprint, ticket, at_utc_s) VALUES (?1, ?2, ?3, ?4, ?5)";
	int64_t now_utc_s = spi_now_utc_s();
	if (now_utc_s < db->keys_pruned_utc_s || now_utc_s - db->keys_pruned_utc_s >= IDEMPOTENCY_LOOKED_FOR_S) {
		sp_status status = spi_sqlite_run(db, sql_prune, err, "i", now_utc_s - IDEMPOTENCY_KEPT_S);
		if (status != SP_OK)
			return status;
		db->keys_pruned_utc_s = now_utc_s;
	}
	return spi_sqlite_run(db, sql_add, err, "ssiii", write->caller, write->idempotency_key, (int64_t)write->fingerprint,
		write->ticket.number, now_utc_s);
}

/* ---- history ---- */

sp_status spi_sqlite_add_history(spi_sqlite *db, const spi_history *e, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO ticket_history (ticket, revision, at_utc_s, actor, state, group_key, level, assignee, note, "
		"article, priority) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, 0))";
	return spi_sqlite_run(db, sql, err, "iiisssnsssn", e->ticket, (int64_t)e->revision, e->at_utc_s, e->actor, e->state,
		e->group, e->level, e->assignee, e->note, e->article, (int)e->priority);
}

/* ---- making ---- */

/* All that the store would refuse, before it has changed anything: a ticket has no savepoint. */
static sp_status check_ticket(const sp_write_ticket *write, sp_error *err)
{
	const sp_ticket *ticket = &write->ticket;
	if ((unsigned)ticket->state >= SP_TICKET_STATE_COUNT)
		return sp_error_set(err, SP_ERR_INVALID, "state", 0, "no such state of a ticket: %d", (int)ticket->state);
	if (ticket->level < 0 || ticket->level > SP_LEVEL_PARTNER)
		return sp_error_set(err, SP_ERR_INVALID, "level", 0, "no such level: %d", ticket->level);
	for (size_t i = 0; i < ticket->values_count; i++)
		if (!ticket->values[i].field || !ticket->values[i].value)
			return sp_error_set(err, SP_ERR_INVALID, "values", 0, "value %zu of the ticket has no field or no text",
				i + 1);
	for (size_t i = 0; i < write->persons_count; i++)
		if (!write->persons[i].field)
			return sp_error_set(err, SP_ERR_INVALID, "persons", 0, "person %zu of the ticket has no field", i + 1);
	if ((unsigned)ticket->priority >= SP_PRIORITIES)
		return sp_error_set(err, SP_ERR_INVALID, "priority", 0, "no such priority of a ticket: %d", (int)ticket->priority);
	return SP_OK;
}

static sp_status add_values(spi_sqlite *db, const sp_ticket *ticket, sp_error *err)
{
	static const char sql[] = "INSERT INTO ticket_values (ticket, position, field, value) VALUES (?1, ?2, ?3, ?4)";
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < ticket->values_count; i++)
		status = spi_sqlite_run(db, sql, err, "iiss", ticket->number, (int64_t)i, ticket->values[i].field,
			ticket->values[i].value);
	return status;
}

/* The ticket's own row; its conversation's number NULL when it has none. */
static sp_status add_row(spi_sqlite *db, sp_ticket *ticket, int64_t conversation, sp_error *err)
{
	static const char sql[] =
		"INSERT INTO tickets (secret, state, conversation, category, group_key, level, top_level, article, channel, "
		"audience, lang, message, assignee, note, created_utc_s, updated_utc_s, revision, priority) "
		"VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, 1, ?16)";
	sp_status status = spi_sqlite_run(db, sql, err, "ssissnsssssssiin", ticket->secret,
		sp_ticket_state_name(ticket->state), conversation, ticket->category, ticket->group, ticket->level,
		ticket->article, ticket->channel, ticket->audience, spi_lang_text(ticket->lang), ticket->message,
		ticket->assignee, ticket->note, ticket->created_utc_s, ticket->updated_utc_s, (int)ticket->priority);
	if (status == SP_OK) {
		ticket->number = sqlite3_last_insert_rowid(db->handle);
		ticket->revision = 1;
	}
	return status;
}

static void fill_in(sp_ticket *ticket)
{
	spi_random_text(ticket->secret, SP_SECRET_LEN);
	if (ticket->created_utc_s == 0)
		ticket->created_utc_s = spi_now_utc_s();
	if (ticket->updated_utc_s < ticket->created_utc_s)
		ticket->updated_utc_s = ticket->created_utc_s;
	if (ticket->level == 0)
		ticket->level = SP_LEVEL_1;
	if (ticket->priority == SP_PRIORITY_NONE)
		ticket->priority = SP_PRIORITY_NORMAL;
}

static sp_status make_ticket(spi_sqlite *db, sp_write_ticket *write, sp_error *err)
{
	sp_ticket *ticket = &write->ticket;
	int64_t conversation = 0;
	sp_status status = SP_OK;
	fill_in(ticket);
	if (ticket->conversation)
		status = spi_sqlite_need_conversation(db, ticket->conversation, ticket->channel ? ticket->channel : "",
			ticket->audience ? ticket->audience : "", ticket->created_utc_s, &conversation, err);
	if (status == SP_OK)
		status = add_row(db, ticket, conversation, err);
	if (status == SP_OK)
		status = add_values(db, ticket, err);
	if (status == SP_OK)
		status = spi_sqlite_add_persons(db, write, conversation, err);
	if (status != SP_OK)
		return status;
	spi_history first = {
		.ticket = ticket->number, .at_utc_s = ticket->created_utc_s, .revision = 1, .level = ticket->level,
		.actor = write->caller, .state = sp_ticket_state_name(ticket->state), .group = ticket->group,
		.assignee = ticket->assignee, .note = ticket->note, .article = ticket->article,
		.priority = ticket->priority == SP_PRIORITY_NORMAL ? SP_PRIORITY_NONE : ticket->priority,
	};
	status = spi_sqlite_add_history(db, &first, err);
	if (status == SP_OK)
		status = spi_ledger_open_ticket(db, write, conversation, err);
	return status == SP_OK ? spi_sqlite_outbox_add(db, ticket->number, 1, ticket->created_utc_s, err) : status;
}

sp_status spi_sqlite_add_ticket(spi_sqlite *db, sp_write_ticket *write, sp_error *err)
{
	write->replayed = false;
	write->open_before = 0;
	sp_status status = check_ticket(write, err);
	if (status == SP_OK && write->idempotency_key) {
		status = check_key(write, err);
		if (status == SP_OK)
			status = find_key(db, write, err);
	}
	if (status == SP_OK && !write->replayed) {
		status = make_ticket(db, write, err);
		if (status == SP_OK && write->idempotency_key)
			status = keep_key(db, write, err);
	}
	return status == SP_OK ? spi_sqlite_open_before(db, write->ticket.number, &write->open_before, err) : status;
}

/* ---- changing ---- */

/* Where a ticket stands before a change. */
static sp_status read_standing(spi_sqlite *db, int64_t number, sp_ticket *ret, sp_error *err)
{
	static const char sql[] = "SELECT state, revision, level, forgotten_utc_s FROM tickets WHERE number = ?1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", number);
	if (status != SP_OK)
		return status;
	if (!row)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "ticket", 0, "there is no ticket %lld", (long long)number);
	ret->state = sp_ticket_state_of((const char *)sqlite3_column_text(statement, 0));
	ret->revision = (uint32_t)sqlite3_column_int64(statement, 1);
	ret->level = sqlite3_column_int(statement, 2);
	ret->forgotten_utc_s = sqlite3_column_int64(statement, 3);
	sqlite3_reset(statement);
	return SP_OK;
}

static sp_status check_change(const sp_write_ticket_change *change, const sp_ticket *standing, sp_error *err)
{
	if (standing->forgotten_utc_s)
		return sp_error_set(err, SP_ERR_CONFLICT, "forgotten", 0, "the data of ticket %lld were deleted; open a new one",
			(long long)change->number);
	if (change->if_revision != 0 && change->if_revision != standing->revision)
		return sp_error_set(err, SP_ERR_CONFLICT, "revision", 0, "somebody else changed ticket %lld meanwhile: it is "
			"at revision %u, not %u; read it again", (long long)change->number, standing->revision,
			change->if_revision);
	if ((unsigned)change->state > SP_TICKET_STATE_COUNT || change->level < 0 || change->level > SP_LEVEL_PARTNER)
		return sp_error_set(err, SP_ERR_INVALID, "ticket", 0, "no such state or level of a ticket: %d, %d",
			(int)change->state, change->level);
	if ((unsigned)change->priority >= SP_PRIORITIES || (unsigned)change->post_kind >= SP_POST_KINDS ||
		(change->post_kind != SP_POST_NONE && (!change->post || !*change->post)))
		return sp_error_set(err, SP_ERR_INVALID, "ticket", 0, "no such priority, or a post without a text");
	if (change->state == SP_TICKET_STATE_COUNT || change->state == standing->state)
		return SP_OK;
	if (!sp_ticket_may_move_at(standing->level, standing->state, change->state))
		return sp_error_set(err, SP_ERR_CONFLICT, "state", 0, "a ticket that is %s cannot become %s",
			sp_ticket_state_name(standing->state), sp_ticket_state_name(change->state));
	return SP_OK;
}

/* An assignee or note of "" takes the old one away. */
static sp_status update_row(spi_sqlite *db, const sp_write_ticket_change *change, const char *state, int64_t at_utc_s,
	int *ret_level, sp_error *err)
{
	static const char sql[] =
		"UPDATE tickets SET state = ?2, group_key = coalesce(?3, group_key), "
		"level = coalesce(nullif(?4, 0), level), top_level = max(top_level, ?4), "
		"assignee = nullif(coalesce(?5, assignee), ''), note = nullif(coalesce(?6, note), ''), "
		"article = coalesce(?7, article), updated_utc_s = max(updated_utc_s, ?8), priority = coalesce(nullif(?9, 0), priority), "
		"revision = revision + 1 "
		"WHERE number = ?1 RETURNING level";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "issnsssin", change->number, state, change->group,
		change->level, change->assignee, change->note, change->article, at_utc_s, (int)change->priority);
	if (status != SP_OK)
		return status;
	*ret_level = sqlite3_column_int(statement, 0);
	return spi_sqlite_step(db, statement, &row, err);
}

/* The last level 1 group that had it: where it goes back to. NULL when none had. */
static sp_status group_before(spi_sqlite *db, int64_t number, char ret[SP_ID_MAX + 1], sp_error *err)
{
	static const char sql[] =
		"SELECT group_key FROM ticket_history WHERE ticket = ?1 AND level = 1 AND group_key IS NOT NULL ORDER BY revision DESC LIMIT 1";
	sqlite3_stmt *statement;
	bool row = false;
	sp_status status = spi_sqlite_first(db, sql, &statement, &row, err, "i", number);
	ret[0] = '\0';
	if (status != SP_OK || !row)
		return status;
	strncat(ret, (const char *)sqlite3_column_text(statement, 0), SP_ID_MAX);
	sqlite3_reset(statement);
	return SP_OK;
}

/* Escalated is level 2 at least, and returned is level 1, whoever says so: the figures count levels. */
static sp_status complete_levels(spi_sqlite *db, sp_write_ticket_change *change, const sp_ticket *standing, char group[SP_ID_MAX + 1],
	sp_error *err)
{
	sp_status status = SP_OK;
	if (change->state == standing->state)
		return status;
	if (change->state == SP_TICKET_ESCALATED && (change->level ? change->level : standing->level) < SP_LEVEL_2)
		change->level = SP_LEVEL_2;
	if (change->state == SP_TICKET_RETURNED && !change->group) {
		status = group_before(db, change->number, group, err);
		change->group = *group ? group : NULL;
		change->level = SP_LEVEL_1;
	}
	return status;
}

static sp_status add_post(spi_sqlite *db, const sp_write_ticket_change *change, uint32_t revision, sp_error *err)
{
	static const char sql[] = "INSERT INTO ticket_posts (ticket, revision, kind, text) VALUES (?1, ?2, ?3, ?4)";
	if (change->post_kind == SP_POST_NONE)
		return SP_OK;
	return spi_sqlite_run(db, sql, err, "iiss", change->number, (int64_t)revision, sp_post_kind_name(change->post_kind), change->post);
}

static sp_status apply_change(spi_sqlite *db, sp_write_ticket_change *change, const sp_ticket *standing, sp_error *err)
{
	sp_ticket_state state = change->state == SP_TICKET_STATE_COUNT ? standing->state : change->state;
	spi_history e = {
		.ticket = change->number, .at_utc_s = change->at_utc_s ? change->at_utc_s : spi_now_utc_s(),
		.revision = standing->revision + 1, .actor = change->actor, .state = sp_ticket_state_name(state),
		.group = change->group, .assignee = change->assignee, .note = change->note, .article = change->article,
		.priority = change->priority,
	};
	sp_status status = update_row(db, change, e.state, e.at_utc_s, &e.level, err);
	if (status == SP_OK)
		status = spi_sqlite_add_history(db, &e, err);
	if (status == SP_OK)
		status = add_post(db, change, e.revision, err);
	if (status == SP_OK)
		status = spi_sqlite_outbox_add(db, e.ticket, e.revision, e.at_utc_s, err);
	if (status == SP_OK)
		status = spi_ledger_change(db, change, standing, state, e.level, e.at_utc_s, err);
	if (status == SP_OK)
		change->revision = e.revision;
	return status;
}

sp_status spi_sqlite_change_ticket(spi_sqlite *db, sp_write_ticket_change *asked, sp_error *err)
{
	sp_ticket standing = {0};
	sp_write_ticket_change change = *asked;
	char group[SP_ID_MAX + 1];
	sp_status status = read_standing(db, change.number, &standing, err);
	if (status == SP_OK)
		status = check_change(&change, &standing, err);
	if (status == SP_OK)
		status = complete_levels(db, &change, &standing, group, err);
	if (status == SP_OK)
		status = apply_change(db, &change, &standing, err);
	asked->revision = change.revision;
	return status;
}
