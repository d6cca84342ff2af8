/* What a contact and a ticket are, as their events tell it, and how a contact ends. */
#include "store/ledger.h"

#include <string.h>

#define SESSION_S (30 * 60) /* Microsoft's: without a word for so long, it is over */

const char *sp_ledger_kind_name(sp_ledger_kind kind)
{
	switch (kind) {
#define KIND_NAME(name, number, text) \
	case name: \
		return text;
		SP_LEDGER_LIST(KIND_NAME)
#undef KIND_NAME
	case SP_LEDGER_KINDS:
		break;
	}
	return "";
}

const char *sp_outcome_name(sp_outcome outcome)
{
	static const char *const names[] = {"resolved_confirmed", "resolved_assumed", "ticket", "abandoned"};
	return (unsigned)outcome < SP_OUTCOMES ? names[outcome] : "";
}

/* ---- sessions ---- */

static void end_session(sp_contact *c)
{
	if (!c->session_open)
		return;
	c->sessions++;
	if (c->session_escalated)
		c->sessions_escalated++;
	else if (c->session_answered && !c->session_no)
		c->sessions_resolved++;
	c->session_open = c->session_escalated = c->session_answered = c->session_no = false;
}

static void end_stale_session(sp_contact *c, int64_t at_utc_s)
{
	if (c->session_open && at_utc_s - c->session_last_utc_s > SESSION_S)
		end_session(c);
	c->session_last_utc_s = at_utc_s;
}

/* ---- events ---- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void add_opened(sp_contact *c, const sp_ledger_event *e)
{
	c->began_utc_s = e->at_utc_s;
	c->channel = e->channel;
	c->audience = e->audience;
	c->lang = e->lang;
	c->last_decision = SP_DECIDE_COUNT;
}

static void keep(int *word, int said)
{
	if (said)
		*word = said;
}

static void add_answer(sp_contact *c, const sp_ledger_event *e)
{
	c->said_since_answer = false;
	if (c->has_answer)
		return;
	c->has_answer = true;
	c->first_answer_utc_s = e->at_utc_s;
	c->first_answer_took_ms = e->took_ms;
	c->requests_to_answer = c->requests;
}

static void add_turn(sp_contact *c, const sp_ledger_event *e)
{
	c->notices += (int)e->value;
	c->last_is_feedback = false;
	if (!c->lang)
		c->lang = e->lang;
	if (e->decision == SP_DECIDE_NONE)
		return;
	c->requests++;
	if (!c->first_request_utc_s)
		c->first_request_utc_s = e->at_utc_s;
	c->last_request_utc_s = e->at_utc_s;
	c->last_decision = e->decision;
	c->said_since_request = false;
	c->returned_s = 0;
	keep(&c->category, e->category);
	keep(&c->lang, e->lang);
	keep(&c->article, e->article);
	if (e->decision == SP_DECIDE_ANSWER)
		add_answer(c, e);
	c->session_open = true;
	c->session_answered = e->decision == SP_DECIDE_ANSWER;
	c->session_no = false;
	c->session_escalated |= e->decision == SP_DECIDE_TICKET;
}

static void add_feedback(sp_contact *c, const sp_ledger_event *e)
{
	c->said_since_answer = c->said_since_request = c->last_is_feedback = true;
	c->said_solved = e->value != 0;
	c->no_count += !c->said_solved;
	c->session_no = c->session_open && !c->said_solved;
}

static void add_ticket(sp_contact *c, const sp_ledger_event *e)
{
	if (!c->has_ticket)
		c->first_group = e->group;
	c->has_ticket = true;
	c->last_is_feedback = false;
	if (!c->category)
		c->category = e->category;
	if (!c->lang)
		c->lang = e->lang;
	c->session_open = c->session_escalated = true;
}

void sp_contact_add(sp_contact *c, const sp_ledger_event *e)
{
	if (e->contact != c->contact)
		return;
	if (e->kind == SP_LEDGER_OPENED || e->kind == SP_LEDGER_TURN || e->kind == SP_LEDGER_FEEDBACK || e->kind == SP_LEDGER_TICKET) {
		end_stale_session(c, e->at_utc_s);
		c->last_utc_s = later(c->last_utc_s, e->at_utc_s);
	}
	switch (e->kind) {
	case SP_LEDGER_OPENED:
		add_opened(c, e);
		break;
	case SP_LEDGER_TURN:
		add_turn(c, e);
		break;
	case SP_LEDGER_FEEDBACK:
		add_feedback(c, e);
		break;
	case SP_LEDGER_TICKET:
		add_ticket(c, e);
		break;
	case SP_LEDGER_ASSIGN:
	case SP_LEDGER_ESCALATE:
		c->rerouted |= e->group && e->group != c->first_group;
		break;
	case SP_LEDGER_RETURN:
		if (c->returned_s == 0 || e->value < c->returned_s)
			c->returned_s = e->value;
		break;
	case SP_LEDGER_GIVE_BACK:
	case SP_LEDGER_SOLVE:
	case SP_LEDGER_CLOSE:
	case SP_LEDGER_REOPEN:
	case SP_LEDGER_WRONG:
	case SP_LEDGER_KINDS:
		break;
	}
}

void spi_ledger_ticket_add(spi_ledger_ticket *t, const sp_ledger_event *e)
{
	if (e->kind == SP_LEDGER_WRONG || e->kind == SP_LEDGER_RETURN)
		return;
	if (e->kind == SP_LEDGER_TICKET)
		*t = (spi_ledger_ticket){.ticket = e->ticket, .opened_utc_s = e->at_utc_s, .category = e->category, .channel = e->channel,
			.lang = e->lang, .audience = e->audience, .article = e->article};
	keep(&t->group, e->group);
	if (e->level)
		t->level = e->level;
	if (t->level > t->top_level)
		t->top_level = t->level;
	if (t->level > SP_LEVEL_1 && e->kind != SP_LEDGER_SOLVE && e->kind != SP_LEDGER_CLOSE)
		t->passed_to = t->group;
	t->preventable |= e->kind == SP_LEDGER_GIVE_BACK && e->value != 0;
	t->reopened += e->kind == SP_LEDGER_REOPEN;
	if (e->kind == SP_LEDGER_CLOSE || e->kind == SP_LEDGER_REOPEN)
		t->is_closed = e->kind == SP_LEDGER_CLOSE;
}

/* ---- how it ends ---- */

static bool was_confirmed(const sp_contact *c)
{
	return c->has_answer && c->said_since_answer && c->said_solved;
}

/* The last request was answered, and nobody said anything of it since. */
static bool was_left_answered(const sp_contact *c)
{
	return c->requests > 0 && c->last_decision == SP_DECIDE_ANSWER && !c->said_since_request;
}

sp_outcome sp_contact_outcome(const sp_contact *c, int64_t window_s)
{
	if (c->requests == 0 && !c->has_ticket)
		return SP_OUTCOME_NOT_COUNTED;
	if (c->has_ticket)
		return SP_OUTCOME_TICKET;
	if (was_confirmed(c))
		return SP_OUTCOME_CONFIRMED;
	bool came_back = c->returned_s > 0 && c->returned_s < window_s;
	return was_left_answered(c) && !came_back ? SP_OUTCOME_ASSUMED : SP_OUTCOME_ABANDONED;
}

bool sp_contact_pending(const sp_contact *c, int64_t window_s, int64_t now_utc_s)
{
	return sp_contact_outcome(c, window_s) == SP_OUTCOME_ASSUMED && now_utc_s - c->last_request_utc_s < window_s;
}

/* ---- the rules of others ---- */

sp_ruling sp_rules_intercom(const sp_contact *c)
{
	return (sp_ruling){.counted = c->requests > 0,
		.resolved = c->requests > 0 && !c->has_ticket && (was_confirmed(c) || was_left_answered(c))};
}

sp_ruling sp_rules_zendesk(const sp_contact *c, int64_t now_utc_s)
{
	bool ended_well = c->said_since_request ? c->has_answer && c->said_solved : c->last_decision == SP_DECIDE_ANSWER;
	bool is_quiet = now_utc_s - c->last_utc_s >= SPI_QUIET_S;
	return (sp_ruling){.counted = c->requests > 0, .resolved = c->requests > 0 && !c->has_ticket && ended_well && is_quiet};
}

sp_ruling sp_rules_servicenow(const sp_contact *c)
{
	bool is_counted = c->requests > 0 || c->has_ticket;
	bool is_confirmed = c->has_ticket ? !c->rerouted : was_confirmed(c);
	return (sp_ruling){.counted = is_counted, .resolved = is_counted && is_confirmed,
		.potential = is_counted && !c->has_ticket && !is_confirmed && was_left_answered(c)};
}

sp_ruling sp_rules_microsoft(const sp_contact *contact)
{
	sp_contact c = *contact;
	end_session(&c);
	return (sp_ruling){.counted = (uint32_t)c.sessions, .resolved = (uint32_t)c.sessions_resolved,
		.escalated = (uint32_t)c.sessions_escalated};
}
