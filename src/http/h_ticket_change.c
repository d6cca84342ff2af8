/* PATCH /v1/tickets/{number}. */
#include "http/audit.h"
#include "http/body.h"
#include "http/handlers.h"
#include "http/tickets.h"
#include "sportello/ticket.h"

#include <stdlib.h>
#include <string.h>

#define ASSIGNEE_MAX_CHARS 100
#define NOTE_MAX_CHARS 4000

static void refuse_revision(spi_request *request, const sp_ticket *ticket)
{
	spi_problem(request, SPI_PRECONDITION_FAILED, "the ticket is at revision %u; read it again, then change it",
		ticket->revision);
	request->reply.etag = spi_ticket_tag(request, ticket->revision);
}

static void refuse_move(spi_request *request, const sp_ticket *ticket, sp_ticket_state state)
{
	sp_json *json = spi_problem_begin(request, SPI_CONFLICT, "a ticket that is %s cannot become %s",
		sp_ticket_state_name(ticket->state), sp_ticket_state_name(state));
	sp_json_string(json, "field", "state");
	sp_json_string(json, "state", sp_ticket_state_name(ticket->state));
	sp_json_array(json, "allowed");
	for (int to = 0; to < SP_TICKET_STATE_COUNT; to++)
		if (sp_ticket_may_move_at(ticket->level, ticket->state, (sp_ticket_state)to))
			sp_json_string(json, NULL, sp_ticket_state_name((sp_ticket_state)to));
	sp_json_array_end(json);
	spi_problem_end(request);
}

static bool fits_group(spi_request *request, const sp_ticket *ticket, const sp_write_ticket_change *change)
{
	int from = ticket->group ? sp_kb_group(request->config, ticket->group) : -1, to = change->group ? sp_kb_group(request->config, change->group) : -1;
	if (to >= 0 && to != from && request->config->groups[to].level > SP_LEVEL_1 && !sp_kb_passes(request->config, from, to)) {
		spi_problem_field(request, SPI_CONFLICT, "group", "the ticket's group passes nothing to this one (passes_to in kb.yaml)");
		return false;
	}
	if (change->state == SP_TICKET_RETURNED && to >= 0 && request->config->groups[to].level > SP_LEVEL_1) {
		spi_problem_field(request, SPI_CONFLICT, "group", "what is returned goes to a group of level 1");
		return false;
	}
	return true;
}

/* Whether the change fits the ticket as it is now; an error reply is in place when not. */
static bool fits(spi_request *request, const sp_ticket *ticket, const sp_write_ticket_change *change)
{
	if (ticket->forgotten_utc_s) {
		spi_problem(request, SPI_GONE, "the data of this ticket were deleted; open a new one");
		return false;
	}
	if (change->if_revision && change->if_revision != ticket->revision) {
		refuse_revision(request, ticket);
		return false;
	}
	if (change->state != SP_TICKET_STATE_COUNT && change->state != ticket->state &&
	    !sp_ticket_may_move_at(ticket->level, ticket->state, change->state)) {
		refuse_move(request, ticket, change->state);
		return false;
	}
	return fits_group(request, ticket, change);
}

static void changed(spi_request *request)
{
	const sp_write *write = request->data;
	const sp_write_ticket_change *change = &write->as.ticket_change;
	sp_metrics *metrics = request->worker->server->metrics;
	sp_ticket ticket;
	if (write->status && write->status != SP_ERR_CONFLICT) {
		sp_metrics_count(metrics, SP_COUNT_WRITES_FAILED);
		spi_reply_error(request, write->status, &write->error);
		return;
	}
	if (!spi_ticket_read_again(request, change->number, &ticket))
		return;
	if (!write->status) {
		sp_metrics_count(metrics, SP_COUNT_TICKETS_CHANGED);
		sp_connector_wake(request->worker->server->options.connector);
		spi_reply_ticket(request, &ticket);
	} else if (fits(request, &ticket, change)) {
		/* Somebody moved it there and back while this was waiting. */
		refuse_revision(request, &ticket);
	}
}

static bool read_group(spi_request *request, const char *key, sp_write_ticket_change *change)
{
	int group = key ? sp_kb_group(request->config, key) : -1;
	if (key && group < 0) {
		spi_problem_field(request, SPI_BAD_VALUE, "group", "there is no group of this name");
		return false;
	}
	change->group = key;
	change->level = key ? (int)request->config->groups[group].level : 0;
	return true;
}

static bool read_state(spi_request *request, const char *name, sp_write_ticket_change *change)
{
	change->state = name ? sp_ticket_state_of(name) : SP_TICKET_STATE_COUNT;
	if (!name || change->state != SP_TICKET_STATE_COUNT)
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "state", "there is no state of this name");
	return false;
}

static bool read_article(spi_request *request, const char *id, sp_write_ticket_change *change)
{
	sp_record record;
	sp_error err = {0};
	sp_index *index = id ? spi_request_index(request) : NULL;
	if (!id)
		return true;
	if (!index)
		return false;
	change->article = id;
	sp_status status = sp_index_get(index, id, SP_LANG_NONE, request->arena, &record, &err);
	if (status == SP_ERR_NOT_FOUND)
		spi_problem_field(request, SPI_BAD_VALUE, "article", "there is no article of this name");
	else if (status)
		spi_reply_error(request, status, &err);
	return !status;
}

/* If-Match: `"r3"`, W/ in front or not; `*` and no header: any revision. A tag that is no revision matches none. */
static bool read_revision(spi_request *request, const sp_ticket *ticket, sp_write_ticket_change *change)
{
	const char *header = spi_request_header(request, "If-Match");
	if (!header || strcmp(header, "*") == 0)
		return true;
	if (!spi_etag_listed(header, spi_ticket_tag(request, ticket->revision))) {
		refuse_revision(request, ticket);
		return false;
	}
	change->if_revision = ticket->revision;
	return true;
}

static bool read_priority(spi_request *request, const char *name, sp_write_ticket_change *change)
{
	change->priority = sp_priority_of(name);
	if (!name || change->priority != SP_PRIORITY_NONE)
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "priority", "priority must be one of high, normal, low");
	return false;
}

static bool read_change(spi_request *request, const json_t *body, sp_write_ticket_change *change)
{
	change->assignee = spi_body_text(body, "assignee");
	change->note = spi_body_text(body, "note");
	if (!read_state(request, spi_body_text(body, "state"), change) ||
	    !read_group(request, spi_body_text(body, "group"), change) ||
	    !read_article(request, spi_body_text(body, "article"), change) ||
	    !read_priority(request, spi_body_text(body, "priority"), change))
		return false;
	if (change->state != SP_TICKET_STATE_COUNT || change->group || change->assignee || change->note || change->article ||
		change->priority)
		return true;
	spi_problem(request, SPI_MISSING_MEMBER, "name what to change: state, group, assignee, note, article or priority");
	return false;
}

/* Returned without a group: to the one that it came from, or that it is for, and to who passed it on. */
static bool find_level1(spi_request *request, const sp_ticket *ticket, sp_write_ticket_change *change)
{
	const char *who;
	if (change->state != SP_TICKET_RETURNED || change->state == ticket->state || change->group)
		return true;
	change->level = SP_LEVEL_1;
	if (!spi_ticket_level1(request, ticket, &change->group, &who))
		return false;
	if (!change->assignee) /* whoever has it now is not of level 1 */
		change->assignee = who ? who : ticket->assignee ? "" : NULL;
	return true;
}

/* Names only: a note may be about a person. */
static const char *what_changes(spi_request *request, const sp_write_ticket_change *change)
{
	return sp_arena_printf(request->arena, "%s%s%s%s%s", change->state != SP_TICKET_STATE_COUNT ? "state " : "",
		change->group ? "group " : "", change->assignee ? "assignee " : "", change->note ? "note " : "", change->article ? "article " : "");
}

void spi_h_ticket_change(spi_request *request)
{
	static const spi_member members[] = {
		{"state", SPI_STRING, false, 0}, {"group", SPI_STRING, false, 0},
		{"assignee", SPI_STRING, false, ASSIGNEE_MAX_CHARS}, {"note", SPI_STRING, false, NOTE_MAX_CHARS}, {"article", SPI_STRING, false, 0},
		{"priority", SPI_STRING, false, 0},
	};
	sp_ticket ticket;
	int64_t number = spi_ticket_number(request);
	const json_t *body = number ? spi_body_read(request, members, sizeof members / sizeof *members) : NULL;
	sp_write *write = body ? sp_arena_calloc(request->arena, 1, sizeof *write) : NULL;
	if (!write || !spi_ticket_read(request, number, &ticket))
		return;
	write->kind = SP_WRITE_TICKET_CHANGE;
	sp_write_ticket_change *change = &write->as.ticket_change;
	change->number = number;
	change->actor = request->caller.subject;
	change->at_utc_s = request->now_utc_s;
	if (!read_change(request, body, change) || !read_revision(request, &ticket, change) ||
	    !fits(request, &ticket, change) || !find_level1(request, &ticket, change))
		return;
	if (!spi_audit_with(request, write, SP_AUDIT_TICKET_CHANGE, NULL, what_changes(request, change)))
		return;
	request->data = write;
	spi_request_write(request, write, changed);
}
