/* From the outbox to the other system. That an attempt begins is on disk before it does, so that after a crash nobody believes
   that nothing was sent. */
#include "connect/connector_private.h"

#include "base/clock.h"
#include "sportello/ticket.h"

#include <stdio.h>
#include <string.h>

#define BATCH 32
/* So many failures in a row are the system's, not the entry's: all of them then wait. */
#define FAILURES_OF_SYSTEM 3
#define HOLD_MAX_MS 60000
#define STORE_REST_MS 1000

void spi_connector_recover(sp_connector *c)
{
	sp_outbox_write write = {.action = SP_OUTBOX_RECOVER, .settle_ms = c->settings.settle_ms};
	c->lost_track = spi_connector_write(c, &write) != SP_OK;
	if (write.changed > 0)
		spi_connector_log(c, "warning", 0, "the end of some attempts is unknown; they are looked for in the other system first", NULL);
}

/* ---- how the other system is ---- */

static void tell_condition(sp_connector *c, const char *level, const char *text, const char *why)
{
	char line[512];
	snprintf(line, sizeof line, "%s: %s%s%s", c->settings.name, text, *why ? ": " : "", why);
	spi_connector_log(c, level, 0, text, why);
	if (c->notice)
		c->notice(line, c->arg);
}

/* Why nothing is sent, and what to do about it. */
static const char *paused_text(sp_cause cause)
{
	if (cause == SP_CAUSE_SECRET)
		return "our secret for the other system cannot be used; nothing is sent until it can: put it right (it is read anew at each try)";
	if (cause == SP_CAUSE_GONE)
		return "at the address of the other system nobody takes anything any more; nothing is sent: have it taken there again, or correct `url` and start anew";
	return "the other system refuses our credentials; nothing is sent until they are right: correct the secret (it is read anew at each try) or the "
		"rights of the user there";
}

static void set_condition(sp_connector *c, sp_connector_condition condition, sp_cause cause, const char *why)
{
	pthread_mutex_lock(&c->lock);
	bool is_news = c->state.condition != condition || (condition == SP_CONNECTOR_PAUSED && c->state.cause != cause);
	if (c->state.condition != condition)
		c->state.since_utc_s = spi_now_utc_s();
	c->state.condition = condition;
	c->state.cause = cause;
	snprintf(c->state.why, sizeof c->state.why, "%s", condition == SP_CONNECTOR_UP ? "" : why);
	c->state.next_utc_s = condition == SP_CONNECTOR_UP ? 0 : c->hold_until_ms / 1000;
	pthread_mutex_unlock(&c->lock);
	if (!is_news)
		return;
	if (condition == SP_CONNECTOR_UP)
		tell_condition(c, "info", "the other system works again", "");
	else if (condition == SP_CONNECTOR_DOWN)
		tell_condition(c, "warning", "the other system does not work; tickets are kept and sent later", why);
	else
		tell_condition(c, "error", paused_text(cause), why);
}

static void note(sp_connector *c, uint64_t *counter)
{
	pthread_mutex_lock(&c->lock);
	++*counter;
	pthread_mutex_unlock(&c->lock);
}

/* When nobody may ask it anything: as long as it said, or longer with each failure. */
void spi_connector_failed(sp_connector *c, const spi_answer *answer)
{
	int64_t now_ms = spi_now_utc_ms(), hold_ms = answer->retry_after_s * 1000;
	c->failures++;
	if (hold_ms == 0 && c->failures >= FAILURES_OF_SYSTEM) {
		int64_t most_ms = c->settings.most_ms < HOLD_MAX_MS ? c->settings.most_ms : HOLD_MAX_MS;
		hold_ms = spi_backoff_ms(c->failures - FAILURES_OF_SYSTEM + 1, c->settings.first_ms, most_ms, spi_connector_random(c));
	}
	if (hold_ms > 0)
		c->hold_until_ms = now_ms + hold_ms;
	if (c->failures >= FAILURES_OF_SYSTEM)
		set_condition(c, SP_CONNECTOR_DOWN, answer->cause, answer->why);
}

void spi_connector_works(sp_connector *c)
{
	c->failures = 0;
	c->hold_until_ms = 0;
	set_condition(c, SP_CONNECTOR_UP, SP_CAUSE_UNKNOWN, "");
}

void spi_connector_denied(sp_connector *c, const spi_answer *answer)
{
	note(c, &c->state.denied);
	c->forbidden_why[0] = '\0';
	c->hold_until_ms = spi_now_utc_ms() + c->settings.pause_ms;
	set_condition(c, SP_CONNECTOR_PAUSED, answer->cause, answer->why);
}

/* ---- one entry's end ---- */

static void tell_second(sp_connector *c, const sp_outgoing *out, const spi_sent *sent)
{
	char which[2 * SPI_LABEL_MAX + 16];
	if (!sent->second[0])
		return;
	snprintf(which, sizeof which, "%.63s counts, not %.63s", sent->label, sent->second_label);
	spi_connector_log(c, "warning", out->entry.ticket, sent->withdrawn ? "there were two records of it, as an earlier attempt arrived late; the second is closed" :
		"there are two records of it, as an earlier attempt arrived late; close the second there", which);
}

/* What was sent must not be forgotten; else it is looked for, as after a crash. */
static void keep_end(sp_connector *c, sp_outbox_write *write)
{
	if (spi_connector_write(c, write) == SP_OK)
		return;
	c->lost_track = true;
	c->hold_until_ms = spi_now_utc_ms() + STORE_REST_MS;
}

static void was_sent(sp_connector *c, const sp_outgoing *out, const spi_sent *sent)
{
	sp_outbox_write write = {.action = SP_OUTBOX_SENT, .id = out->entry.id, .remote = sent->remote[0] ? sent->remote : NULL,
		.label = sent->label[0] ? sent->label : NULL, .remote_state = sent->state[0] ? sent->state : NULL};
	spi_connector_works(c);
	c->taken++;
	c->forbidden_in_a_row = 0;
	c->forbidden_why[0] = '\0';
	note(c, sent->found ? &c->state.found : &c->state.sent);
	tell_second(c, out, sent);
	if (sent->answer.why[0])
		spi_connector_log(c, "warning", out->entry.ticket, "sent, but it could not be found again", sent->answer.why);
	/* No version: somebody may have said something in the same second. The state of one that was found may be news, and so may that of one
	   whose state we did not set: it is taken in like any other. */
	bool is_ours = out->entry.revision == 1 || (spi_moves(out) && spi_mapping_get(&c->settings.states_out, sp_ticket_state_name(out->step.state)));
	if (sent->found || !is_ours)
		write.remote_state = NULL;
	keep_end(c, &write);
	if (sent->found) {
		spi_answer answer = {0};
		const spi_news news = {.remote = sent->remote, .state = sent->state, .version = ""};
		spi_connector_log(c, "info", out->entry.ticket, "it was there already, as an earlier attempt had arrived", NULL);
		spi_connector_take_in(c, &news, &answer);
	}
}

/* Whoever sends it again has it looked for first, where this attempt or one before may have arrived. */
static void is_dead(sp_connector *c, const sp_outgoing *out, const spi_answer *answer, bool unsure)
{
	sp_outbox_write write = {.action = SP_OUTBOX_DEAD, .id = out->entry.id, .cause_kind = answer->cause, .cause = answer->why,
		.unsure = unsure || out->entry.unsure};
	note(c, &c->state.dead);
	spi_connector_log(c, "error", out->entry.ticket, "the other system will not take this; see `sportello outbox list --dead`", answer->why);
	keep_end(c, &write);
}

static void comes_again(sp_connector *c, const sp_outgoing *out, const spi_answer *answer)
{
	int64_t now_ms = spi_now_utc_ms(), first_s = out->entry.tried_utc_s ? out->entry.tried_utc_s : now_ms / 1000;
	int64_t wait_ms = spi_backoff_ms(out->entry.attempts + 1, c->settings.first_ms, c->settings.most_ms, spi_connector_random(c));
	bool unsure = answer->outcome == SPI_UNSURE;
	if (unsure && wait_ms < c->settings.settle_ms)
		wait_ms = c->settings.settle_ms;
	if (wait_ms < answer->retry_after_s * 1000)
		wait_ms = answer->retry_after_s * 1000;
	note(c, &c->state.failed);
	spi_connector_failed(c, answer);
	spi_connector_log(c, "warning", out->entry.ticket, unsure ? "the end of this attempt is unknown" : "not sent; tried again later", answer->why);
	if (now_ms / 1000 - first_s >= c->settings.give_up_s) {
		is_dead(c, out, answer, unsure);
		return;
	}
	sp_outbox_write write = {.action = SP_OUTBOX_AGAIN, .id = out->entry.id, .unsure = unsure || out->entry.unsure,
		.next_utc_ms = now_ms + wait_ms, .cause_kind = answer->cause, .cause = answer->why};
	if (c->soonest_ms == 0 || write.next_utc_ms < c->soonest_ms)
		c->soonest_ms = write.next_utc_ms;
	keep_end(c, &write);
}

/* When this entry was forbidden last; another one's place where it never was. */
static spi_forbidden *forbidden_of(sp_connector *c, int64_t id)
{
	spi_forbidden *oldest = c->forbidden;
	for (size_t i = 0; i < SPI_FORBIDDEN_KEPT; i++) {
		if (c->forbidden[i].id == id)
			return &c->forbidden[i];
		if (c->forbidden[i].taken < oldest->taken || c->forbidden[i].id == 0)
			oldest = &c->forbidden[i];
	}
	return oldest;
}

static bool is_paused(sp_connector *c)
{
	pthread_mutex_lock(&c->lock);
	bool paused = c->state.condition == SP_CONNECTOR_PAUSED;
	pthread_mutex_unlock(&c->lock);
	return paused;
}

/* 403 is said of us, and of this entry alone as well: a rule about mandatory data, a record that is closed, a firewall that dislikes a
   word. So it steps aside, and others are tried before it: where they are taken, it was the entry, which must not keep them back. Many
   records may be closed at once; only where none of what waits is taken, it is about us. */
static void was_forbidden(sp_connector *c, const sp_outgoing *out, const spi_answer *answer)
{
	spi_forbidden *last = forbidden_of(c, out->entry.id);
	bool alone = last->id == out->entry.id && c->taken > last->taken;
	if (alone) {
		*last = (spi_forbidden){0};
		is_dead(c, out, answer, false);
		return;
	}
	*last = (spi_forbidden){out->entry.id, c->taken};
	c->forbidden_in_a_row++;
	if (c->taken == 0 || c->forbidden_in_a_row >= SPI_FORBIDDEN_KEPT || is_paused(c)) {
		spi_connector_denied(c, answer);
	} else {
		if (c->forbidden_in_a_row > 1)
			memcpy(c->forbidden_why, answer->why, sizeof c->forbidden_why);
		spi_connector_log(c, "warning", out->entry.ticket, "forbidden; tried again later, others go on", answer->why);
	}
	sp_outbox_write write = {.action = SP_OUTBOX_AGAIN, .id = out->entry.id, .unsure = out->entry.unsure, .anew = true,
		.cause_kind = answer->cause, .cause = answer->why, .next_utc_ms = spi_now_utc_ms() + c->settings.pause_ms};
	keep_end(c, &write);
}

/* Not the entry's fault: it keeps its place, all wait. */
static void was_denied(sp_connector *c, const sp_outgoing *out, const spi_answer *answer)
{
	sp_outbox_write write = {.action = SP_OUTBOX_AGAIN, .id = out->entry.id, .unsure = out->entry.unsure, .anew = true,
		.cause_kind = answer->cause, .cause = answer->why};
	spi_connector_denied(c, answer);
	keep_end(c, &write);
}

/* Where tickets are put is not there: so it is for all of them. A receiver of webhooks answers anything but 2xx while it is being
   changed, and wants the message again (Standard Webhooks). */
static bool may_pass(const sp_connector *c, const sp_outgoing *out, const spi_answer *answer)
{
	return answer->status != 0 && (!c->maker->records || (answer->status == 404 && out->entry.revision == 1));
}

static void end_attempt(sp_connector *c, const sp_outgoing *out, const spi_sent *sent)
{
	switch (sent->answer.outcome) {
	case SPI_DONE:
		was_sent(c, out, sent);
		return;
	case SPI_REFUSED:
		if (may_pass(c, out, &sent->answer)) {
			comes_again(c, out, &sent->answer);
			return;
		}
		spi_connector_works(c);
		is_dead(c, out, &sent->answer, false);
		return;
	case SPI_DENIED:
		if (sent->answer.status == 403)
			was_forbidden(c, out, &sent->answer);
		else
			was_denied(c, out, &sent->answer);
		return;
	case SPI_AGAIN:
	case SPI_UNSURE:
		comes_again(c, out, &sent->answer);
		return;
	}
}

/* ---- sending ---- */

/* False when it cannot be: dropped meanwhile, or the store fails. */
static bool begin(sp_connector *c, int64_t id, sp_outgoing *out)
{
	sp_error err = {0};
	sp_outbox_write write = {.action = SP_OUTBOX_BEGIN, .id = id};
	sp_status status = sp_store_outgoing(c->reader, id, c->work, out, &err);
	if (status == SP_OK)
		status = spi_connector_write(c, &write);
	else if (status != SP_ERR_NOT_FOUND)
		spi_connector_log(c, "error", 0, "the outbox cannot be read", err.text);
	if (status != SP_OK && status != SP_ERR_NOT_FOUND)
		c->hold_until_ms = spi_now_utc_ms() + STORE_REST_MS;
	return status == SP_OK;
}

static void hand_over(const spi_connect_maker *maker, const spi_link *link, const sp_outgoing *out, spi_sent *ret)
{
	if (!maker->records)
		maker->send(link, out, ret);
	else if (out->entry.revision == 1)
		spi_record_open(maker->records, link, out, ret);
	else
		spi_record_change(maker->records, link, out, ret);
}

static void send_one(sp_connector *c, int64_t id)
{
	sp_outgoing out;
	spi_sent sent = {0};
	const spi_link link = {&c->settings, c->call, c->work};
	sp_arena_reset(c->work);
	c->settings.names = spi_names_now(&c->names);
	if (!begin(c, id, &out))
		return;
	if (out.entry.revision == 1 || out.remote) {
		hand_over(c->maker, &link, &out, &sent);
	} else {
		sent.answer.outcome = SPI_REFUSED;
		sent.answer.cause = SP_CAUSE_FIRST;
		snprintf(sent.answer.why, sizeof sent.answer.why, "the ticket itself never left");
	}
	end_attempt(c, &out, &sent);
	spi_answer_clear(&sent.answer);
}

/* What may leave now: ids only, as the arena is emptied for each. */
static size_t find_due(sp_connector *c, int64_t ids[BATCH])
{
	sp_error err = {0};
	sp_outbox_entry *entries = NULL;
	size_t count = 0;
	const sp_outbox_filter due = {.connector = c->settings.name, .due_utc_ms = spi_now_utc_ms(), .limit = BATCH};
	sp_arena_reset(c->work);
	if (sp_store_outbox(c->reader, &due, c->work, &entries, &count, &err) != SP_OK)
		spi_connector_log(c, "error", 0, "the outbox cannot be read", err.text);
	for (size_t i = 0; i < count; i++)
		ids[i] = entries[i].id;
	return count;
}

/* Nothing is left that could be tried. */
static void tell_forbidden(sp_connector *c)
{
	spi_answer answer = {.outcome = SPI_DENIED, .status = 403, .cause = SP_CAUSE_DENIED};
	if (!c->forbidden_why[0])
		return;
	memcpy(answer.why, c->forbidden_why, sizeof answer.why);
	spi_connector_denied(c, &answer);
}

void spi_connector_send(sp_connector *c)
{
	int64_t ids[BATCH];
	size_t count;
	c->soonest_ms = 0;
	while ((count = find_due(c, ids)) > 0)
		for (size_t i = 0; i < count; i++) {
			if (spi_connector_is_stopping(c) || spi_now_utc_ms() < c->hold_until_ms)
				return;
			send_one(c, ids[i]);
			/* What comes back does not wait until everything has left, and what is left does not rest. */
			if (c->maker->poll && spi_now_utc_ms() >= c->next_poll_ms) {
				c->soonest_ms = spi_now_utc_ms();
				return;
			}
		}
	tell_forbidden(c);
}
