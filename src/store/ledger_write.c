/* What the store's writes tell the ledger. */
#include "store/ledger_memory.h"
#include "store/ledger_write.h"

#include <math.h>
#include <string.h>

typedef struct words { const char *reason, *category, *channel, *lang, *audience, *article, *group; } words;

static sp_status fill(spi_sqlite *db, const words *w, sp_ledger_event *e, sp_error *err)
{
	const struct { const char *word; int *id; } pairs[] = {{w->reason, &e->reason}, {w->category, &e->category}, {w->channel, &e->channel},
		{w->lang, &e->lang}, {w->audience, &e->audience}, {w->article, &e->article}, {w->group, &e->group}};
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < sizeof pairs / sizeof *pairs; i++)
		status = spi_ledger_word(db, pairs[i].word, pairs[i].id, err);
	return status;
}

static sp_status append(spi_sqlite *db, const words *w, sp_ledger_event *e, sp_error *err)
{
	sp_status status = fill(db, w, e, err);
	return status == SP_OK ? spi_ledger_append(db, e, err) : status;
}

/* Its first event; a conversation that is there already stays as it is. */
static sp_status open_contact(spi_sqlite *db, int64_t contact, int64_t at_utc_s, const words *w, sp_error *err)
{
	sp_contact known;
	sp_status status = spi_ledger_recall_contact(db, contact, &known, err);
	if (status != SP_ERR_NOT_FOUND)
		return status;
	sp_ledger_event e = {.at_utc_s = at_utc_s, .kind = SP_LEDGER_OPENED, .contact = contact, .decision = SP_DECIDE_COUNT};
	const words opened = {.channel = w->channel, .audience = w->audience};
	return append(db, &opened, &e, err);
}

/* Who asks becomes known in the middle of a conversation. */
static sp_status know_person(spi_sqlite *db, int64_t contact, const char *person, bool *ret_new, sp_error *err)
{
	static const char sql[] = "UPDATE conversations SET person = ?2 WHERE number = ?1 AND person IS NULL";
	sp_status status = spi_sqlite_run(db, sql, err, "is", contact, person);
	*ret_new = status == SP_OK && sqlite3_changes(db->handle) > 0;
	return status;
}

sp_status spi_ledger_turn(spi_sqlite *db, int64_t contact, const sp_write_turn *write, const char *person, bool is_new, sp_error *err)
{
	const sp_turn *turn = &write->turn;
	const words w = {spi_reason_text(turn->reason), turn->category, write->channel, spi_lang_text(turn->lang), write->audience,
		turn->article, NULL};
	sp_ledger_event e = {.at_utc_s = turn->at_utc_s, .kind = SP_LEDGER_TURN, .contact = contact, .decision = (int)turn->decision,
		.confidence = (int)lround(write->confidence * 1000), .took_ms = (int)write->took_ms, .value = write->notices};
	bool is_known_now = is_new && person;
	sp_status status = open_contact(db, contact, turn->at_utc_s, &w, err);
	if (status == SP_OK)
		status = append(db, &w, &e, err);
	if (status == SP_OK && person && !is_new)
		status = know_person(db, contact, person, &is_known_now, err);
	if (status == SP_OK && (is_known_now || turn->decision != SP_DECIDE_NONE) && (person || !is_new))
		status = spi_ledger_link(db, contact, is_known_now ? person : NULL, is_known_now, err);
	return status;
}

sp_status spi_ledger_feedback(spi_sqlite *db, int64_t contact, const sp_write_feedback *feedback, sp_error *err)
{
	sp_ledger_event e = {.at_utc_s = feedback->at_utc_s, .kind = SP_LEDGER_FEEDBACK, .contact = contact, .decision = SP_DECIDE_COUNT,
		.value = feedback->solved};
	return spi_ledger_append(db, &e, err);
}

/* A ticket without a conversation (a form, a letter): those that it is about came back too. */
static sp_status link_ticket(spi_sqlite *db, const sp_write_ticket *write, int category, sp_error *err)
{
	char hash[SPI_PERSON_HASH_LEN + 1];
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < write->persons_count; i++) {
		spi_person_hash(db->person_key, write->persons[i].person, hash);
		status = spi_ledger_came_back(db, hash, 0, category, write->ticket.created_utc_s, err);
	}
	return status;
}

sp_status spi_ledger_open_ticket(spi_sqlite *db, const sp_write_ticket *write, int64_t contact, sp_error *err)
{
	const sp_ticket *t = &write->ticket;
	const words w = {NULL, t->category, t->channel, spi_lang_text(t->lang), t->audience, t->article, t->group};
	sp_ledger_event e = {.at_utc_s = t->created_utc_s, .kind = SP_LEDGER_TICKET, .contact = contact, .ticket = t->number,
		.decision = SP_DECIDE_COUNT, .level = t->level};
	sp_status status = contact ? open_contact(db, contact, t->created_utc_s, &w, err) : SP_OK;
	if (status == SP_OK)
		status = append(db, &w, &e, err);
	if (status == SP_OK && contact)
		status = spi_ledger_link(db, contact, NULL, true, err);
	return status == SP_OK && !contact ? link_ticket(db, write, e.category, err) : status;
}

/* The one thing that a change is told as; SP_LEDGER_KINDS: nothing that counts. */
static sp_ledger_kind kind_of(const sp_write_ticket_change *change, const sp_ticket *standing, sp_ticket_state state, int level)
{
	bool moved = state != standing->state;
	if (moved && state == SP_TICKET_ESCALATED)
		return SP_LEDGER_ESCALATE;
	if ((moved && state == SP_TICKET_RETURNED) || change->post_kind == SP_POST_RETURN)
		return SP_LEDGER_GIVE_BACK;
	if (moved && state == SP_TICKET_SOLVED)
		return SP_LEDGER_SOLVE;
	if (moved && state == SP_TICKET_CLOSED)
		return SP_LEDGER_CLOSE;
	if (moved && state == SP_TICKET_REOPENED)
		return SP_LEDGER_REOPEN;
	if (level > SP_LEVEL_1 && (change->group || level != standing->level))
		return SP_LEDGER_ESCALATE;
	return change->group || change->assignee || level != standing->level ? SP_LEDGER_ASSIGN : SP_LEDGER_KINDS;
}

sp_status spi_ledger_change(spi_sqlite *db, const sp_write_ticket_change *change, const sp_ticket *standing, sp_ticket_state state,
	int level, int64_t at_utc_s, sp_error *err)
{
	static const char sql[] =
		"SELECT coalesce(conversation, 0), category, channel, audience, lang, article FROM tickets WHERE number = ?1";
	sqlite3_stmt *s;
	bool row = false;
	sp_ledger_event e = {.at_utc_s = at_utc_s, .kind = kind_of(change, standing, state, level), .ticket = change->number,
		.decision = SP_DECIDE_COUNT, .level = level, .value = change->post_kind == SP_POST_RETURN};
	if (e.kind == SP_LEDGER_KINDS)
		return SP_OK;
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "i", change->number);
	if (status != SP_OK || !row)
		return status;
	e.contact = sqlite3_column_int64(s, 0);
	const words w = {NULL, (const char *)sqlite3_column_text(s, 1), (const char *)sqlite3_column_text(s, 2),
		(const char *)sqlite3_column_text(s, 4), (const char *)sqlite3_column_text(s, 3), (const char *)sqlite3_column_text(s, 5),
		change->group};
	status = fill(db, &w, &e, err);
	sqlite3_reset(s);
	return status == SP_OK ? spi_ledger_append(db, &e, err) : status;
}

sp_status spi_ledger_wrong(spi_sqlite *db, const sp_flag *flag, sp_error *err)
{
	static const char sql[] = "SELECT category, channel, audience FROM tickets WHERE number = ?1";
	sqlite3_stmt *s;
	bool row = false;
	sp_ledger_event e = {.at_utc_s = flag->at_utc_s, .kind = SP_LEDGER_WRONG, .ticket = flag->ticket, .decision = SP_DECIDE_COUNT};
	sp_status status = spi_sqlite_first(db, sql, &s, &row, err, "i", flag->ticket);
	if (status != SP_OK)
		return status;
	words w = {.lang = spi_lang_text(flag->lang), .article = flag->article};
	if (row) {
		w.category = (const char *)sqlite3_column_text(s, 0);
		w.channel = (const char *)sqlite3_column_text(s, 1);
		w.audience = (const char *)sqlite3_column_text(s, 2);
	}
	status = fill(db, &w, &e, err);
	sqlite3_reset(s);
	return status == SP_OK ? spi_ledger_append(db, &e, err) : status;
}
