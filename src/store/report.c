/* The ledger's figures. A conversation with at least one request ends as exactly one of: ticket (one was opened),
   resolved confirmed (the last word on the last answer was yes), resolved assumed (its last request was answered and
   nobody said no since), abandoned (all else). A greeting is no request. */
#include "sportello/store.h"

#include "base/zone.h"
#include "store/engine.h"
#include "store/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What matters of the conversation that is being read. Texts are copies. */
typedef struct conversation {
	int64_t number, began_utc_s;
	bool has_ticket, has_request, has_answer;
	bool answered_last;        /* the last request was answered */
	int64_t last_request_utc_s;
	bool said_since_answer, said_since_request; /* whether there was feedback */
	bool said_solved;          /* the last one */
	char *key;                 /* category, channel… of the last request that has one */
} conversation;

typedef struct counter {
	sp_report_by by;
	int64_t window_s, now_utc_s;
	const char *timezone;
	conversation now;          /* number 0 = none yet */
	sp_report_row *rows;       /* by key, ascending; keys are copies */
	size_t count, cap;
} counter;

/* ---- rows ---- */

static size_t place_of(const counter *c, const char *key, bool *ret_found)
{
	size_t low = 0, high = c->count;
	*ret_found = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(c->rows[middle].key, key);
		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The row of a key, made when it is not there. NULL when memory is out. */
static sp_report_row *row_of(counter *c, const char *key)
{
	bool found;
	size_t at = place_of(c, key, &found);
	if (found)
		return &c->rows[at];
	if (c->count == c->cap) {
		size_t cap = c->cap ? c->cap + c->cap / 2 : 64;
		sp_report_row *grown = realloc(c->rows, cap * sizeof *grown);
		if (!grown)
			return NULL;
		c->rows = grown;
		c->cap = cap;
	}
	char *copy = strdup(key);
	if (!copy)
		return NULL;
	memmove(&c->rows[at + 1], &c->rows[at], (c->count - at) * sizeof *c->rows);
	c->rows[at] = (sp_report_row){.key = copy};
	c->count++;
	return &c->rows[at];
}

static void add_row(sp_report_row *to, const sp_report_row *row)
{
	to->conversations += row->conversations;
	to->resolved_confirmed += row->resolved_confirmed;
	to->resolved_assumed += row->resolved_assumed;
	to->tickets += row->tickets;
	to->abandoned += row->abandoned;
	to->pending += row->pending;
}

/* ---- one conversation ---- */

/* How it ended, as a row of ones and zeros. */
static sp_report_row outcome(const counter *c)
{
	const conversation *talk = &c->now;
	sp_report_row row = {.conversations = 1};
	if (talk->has_ticket) {
		row.tickets = 1;
	} else if (talk->has_answer && talk->said_since_answer && talk->said_solved) {
		row.resolved_confirmed = 1;
	} else if (talk->answered_last && !talk->said_since_request) {
		row.resolved_assumed = 1;
		row.pending = c->now_utc_s - talk->last_request_utc_s < c->window_s;
	} else {
		row.abandoned = 1;
	}
	return row;
}

/* What a conversation is counted under; "" when it has no category, article… */
static const char *key_of(const counter *c, char scratch[32])
{
	if (c->by != SP_BY_MONTH && c->by != SP_BY_DAY)
		return c->now.key ? c->now.key : "";
	spi_local began = spi_zone_local(c->timezone, c->now.began_utc_s);
	int len = snprintf(scratch, 32, "%04d-%02u", began.year, began.month);
	if (c->by == SP_BY_DAY)
		snprintf(scratch + len, 32 - (size_t)len, "-%02u", began.day);
	return scratch;
}

/* Count the conversation that was being read. */
static bool finish(counter *c)
{
	bool good = true;
	if (c->now.has_request) {
		char scratch[32];
		sp_report_row *row = row_of(c, key_of(c, scratch)), ending = outcome(c);
		if (row)
			add_row(row, &ending);
		good = row != NULL;
	}
	free(c->now.key);
	c->now = (conversation){0};
	return good;
}

static const char *key_in(const counter *c, const spi_event *event)
{
	switch (c->by) {
	case SP_BY_CATEGORY:
		return event->category;
	case SP_BY_CHANNEL:
		return event->channel;
	case SP_BY_LANG:
		return event->lang;
	case SP_BY_ARTICLE:
		return event->article;
	case SP_BY_MONTH:
	case SP_BY_DAY:
		break;
	}
	return NULL;
}

static bool add_request(counter *c, const spi_event *event)
{
	conversation *talk = &c->now;
	bool answered = event->decision == SP_DECIDE_ANSWER;
	talk->has_request = true;
	talk->has_answer |= answered;
	talk->answered_last = answered;
	talk->last_request_utc_s = event->at_utc_s;
	talk->said_since_request = false;
	if (answered)
		talk->said_since_answer = false;
	const char *key = key_in(c, event);
	if (!key || (talk->key && strcmp(key, talk->key) == 0))
		return true;
	free(talk->key);
	talk->key = strdup(key);
	return talk->key != NULL;
}

static bool visit(const spi_event *event, void *arg)
{
	counter *c = arg;
	if (event->conversation != c->now.number) {
		if (!finish(c))
			return false;
		c->now.number = event->conversation;
		c->now.began_utc_s = event->began_utc_s;
		c->now.has_ticket = event->has_ticket;
	}
	if (event->is_feedback) {
		c->now.said_since_answer = c->now.said_since_request = true;
		c->now.said_solved = event->solved;
		return true;
	}
	return event->decision == SP_DECIDE_NONE || add_request(c, event);
}

/* ---- the whole ---- */

/* Days and months stay in their order; of all else what is most comes first. */
static int by_size(const void *a, const void *b)
{
	const sp_report_row *x = a, *y = b;
	if (x->conversations != y->conversations)
		return x->conversations < y->conversations ? 1 : -1;
	return strcmp(x->key, y->key);
}

static sp_status give(counter *c, sp_arena *arena, sp_report *ret, sp_error *err)
{
	sp_report_row *rows = sp_arena_calloc(arena, c->count ? c->count : 1, sizeof *rows);
	bool good = rows != NULL;
	if (c->by != SP_BY_MONTH && c->by != SP_BY_DAY && c->count > 1)
		qsort(c->rows, c->count, sizeof *c->rows, by_size);
	for (size_t i = 0; good && i < c->count; i++) {
		rows[i] = c->rows[i];
		rows[i].key = sp_arena_strdup(arena, c->rows[i].key);
		good = rows[i].key != NULL;
		add_row(&ret->total, &c->rows[i]);
	}
	ret->rows = rows;
	ret->count = c->count;
	return good ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

sp_status sp_store_report(sp_store_reader *reader, int64_t from_utc_s, int64_t until_utc_s, sp_report_by by,
	int64_t window_s, int64_t now_utc_s, const char *timezone, sp_arena *arena, sp_report *ret, sp_error *err)
{
	counter c = {.by = by, .window_s = window_s, .now_utc_s = now_utc_s, .timezone = timezone};
	sp_report report = {.total = {.key = ""}};
	spi_ticket_counts tickets;
	sp_status status = reader->engine->events(reader->db, from_utc_s, until_utc_s, visit, &c, err);
	bool finished = finish(&c);
	if (status == SP_OK && !finished)
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK)
		status = reader->engine->ticket_counts(reader->db, from_utc_s, until_utc_s, &tickets, err);
	if (status == SP_OK)
		status = give(&c, arena, &report, err);
	if (status == SP_OK) {
		report.tickets_all = tickets.all;
		report.tickets_escalated = tickets.escalated;
		report.tickets_closed = tickets.closed;
		report.tickets_closed_level1 = tickets.closed_level1;
		report.tickets_preventable = tickets.preventable;
		*ret = report;
	}
	for (size_t i = 0; i < c.count; i++)
		free((char *)c.rows[i].key);
	free(c.rows);
	return status;
}
