/* From the other system: states and public comments of our tickets, each once, however often it is asked. */
#include "connect/connector_private.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

typedef struct reading {
	sp_connector *connector;
	spi_answer answer; /* of what failed in between */
	bool failed;
} reading;

/* Nothing new changes nothing. */
static bool keep(sp_connector *c, sp_outbox_write *write)
{
	sp_status status = spi_connector_write(c, write);
	if (status == SP_OK && write->changed > 0) {
		pthread_mutex_lock(&c->lock);
		c->state.news += write->changed;
		pthread_mutex_unlock(&c->lock);
	}
	return status == SP_OK || status == SP_ERR_NOT_FOUND;
}

static sp_outbox_write news_write(const sp_connector *c, const spi_news *news)
{
	return (sp_outbox_write){.action = SP_OUTBOX_REMOTE, .remote = news->remote, .remote_state = *news->state ? news->state : NULL,
		.version = *news->version ? news->version : NULL,
		.state = *news->state ? spi_state_in(&c->settings, news->state) : SP_TICKET_STATE_COUNT,
		.comments = news->comment, .comments_count = news->comment != NULL};
}

bool spi_connector_take_in(sp_connector *c, const spi_news *news, spi_answer *ret)
{
	const spi_link link = {&c->settings, c->call, c->work};
	sp_outbox_write write = news_write(c, news);
	if (!c->maker->comments)
		return true;
	c->maker->comments(&link, news->remote, &write.comments, &write.comments_count, ret);
	spi_answer_clear(ret);
	/* One that was deleted there, or whose comments we may not read, does not keep the others back. */
	if (ret->outcome == SPI_AGAIN)
		return false;
	if (ret->outcome != SPI_DONE)
		spi_connector_log(c, "warning", 0, "the comments of a record cannot be read", ret->why);
	return keep(c, &write);
}

/* Told again in the same state and version, after a break or as both sides of a second are asked for. */
static bool is_known(const sp_remote *known, const spi_news *news)
{
	return !news->comment && known->state && known->version && strcmp(known->state, news->state) == 0 &&
		strcmp(known->version, news->version) == 0;
}

/* Whoever made a state of their own there, or deleted the record, learns why the ticket stays as it is. */
static void tell_unknown_state(sp_connector *c, const sp_remote *known, const spi_news *news)
{
	if (*news->state && known->state && strcmp(known->state, news->state) != 0 &&
	    spi_state_in(&c->settings, news->state) == SP_TICKET_STATE_COUNT)
		spi_connector_log(c, "warning", known->ticket, "its record is in a state that says nothing here: see states_in", news->state);
}

static bool on_changed(void *arg, const spi_news *news)
{
	reading *r = arg;
	sp_connector *c = r->connector;
	sp_remote known = {0};
	sp_error err = {0};
	r->failed = spi_connector_is_stopping(c);
	if (!r->failed && sp_store_remote(c->reader, c->settings.name, news->remote, c->work, &known, &err) != SP_OK) {
		snprintf(r->answer.why, sizeof r->answer.why, "%.250s", err.text);
		r->failed = true;
	}
	if (r->failed || known.ticket == 0 || is_known(&known, news))
		return !r->failed;
	tell_unknown_state(c, &known, news);
	if (c->maker->polls_comments) {
		sp_outbox_write write = news_write(c, news);
		r->failed = !keep(c, &write);
	} else {
		r->failed = !spi_connector_take_in(c, news, &r->answer);
	}
	return !r->failed;
}

static void tell_failure(sp_connector *c, const spi_answer *answer)
{
	pthread_mutex_lock(&c->lock);
	c->state.polls_failed++;
	pthread_mutex_unlock(&c->lock);
	/* 403 may be for what is read back alone: tickets still leave. */
	if (answer->outcome == SPI_DENIED && answer->status != 403)
		spi_connector_denied(c, answer);
	else if (answer->outcome == SPI_AGAIN)
		spi_connector_failed(c, answer);
	if (answer->retry_after_s > 0 && spi_now_utc_ms() + answer->retry_after_s * 1000 > c->next_poll_ms)
		c->next_poll_ms = spi_now_utc_ms() + answer->retry_after_s * 1000;
	if (!c->poll_failing)
		spi_connector_log(c, "warning", 0, "what was done there cannot be read back; tried again", answer->why);
	c->poll_failing = true;
}

static void poll_once(sp_connector *c)
{
	sp_error err = {0};
	const char *cursor = NULL, *next = NULL;
	spi_answer answer = {0};
	reading r = {.connector = c};
	const spi_link link = {&c->settings, c->call, c->work};
	sp_arena_reset(c->work);
	c->next_poll_ms = spi_now_utc_ms() + c->settings.poll_ms;
	if (sp_store_cursor(c->reader, c->settings.name, c->work, &cursor, &err) != SP_OK) {
		spi_connector_log(c, "error", 0, "the store cannot be read", err.text);
		return;
	}
	c->maker->poll(&link, cursor, on_changed, &r, &next, &answer);
	if (r.failed && spi_connector_is_stopping(c))
		return;
	if (answer.outcome != SPI_DONE || r.failed) {
		tell_failure(c, r.failed ? &r.answer : &answer);
		return;
	}
	c->poll_failing = false;
	spi_connector_works(c);
	sp_outbox_write write = {.action = SP_OUTBOX_CURSOR, .cursor = next};
	if (next)
		spi_connector_write(c, &write);
}

/* Where reading takes longer than `poll`, half of the time is for sending all the same. */
void spi_connector_poll(sp_connector *c)
{
	int64_t began_ms = spi_now_utc_ms();
	poll_once(c);
	int64_t ended_ms = spi_now_utc_ms(), soonest_ms = ended_ms + (ended_ms - began_ms);
	if (ended_ms > began_ms && c->next_poll_ms < soonest_ms)
		c->next_poll_ms = soonest_ms;
}
