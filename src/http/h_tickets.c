/* GET /v1/tickets and GET /v1/tickets/{number}. */
#include "base/hash.h"
#include "http/attachments.h"
#include "http/audit.h"
#include "http/handlers.h"
#include "http/known.h"
#include "http/log.h"
#include "http/parts.h"
#include "http/talk.h"
#include "http/tasks.h"
#include "http/tickets.h"
#include "sportello/identity.h"
#include "sportello/outbox.h"
#include "sportello/ticket.h"
#include "ticket/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 50
#define LIMIT_MAX 100

static void no_ticket(spi_request *request)
{
	spi_problem(request, SPI_NOT_FOUND, "there is no such ticket");
}

int64_t spi_ticket_number(spi_request *request)
{
	const char *text = request->params[0];
	size_t digits = strspn(text, "0123456789");
	int64_t number = digits > 0 && digits < 19 && !text[digits] ? strtoll(text, NULL, 10) : 0;
	if (number == 0)
		no_ticket(request);
	return number;
}

bool spi_ticket_read_again(spi_request *request, int64_t number, sp_ticket *ret)
{
	sp_error err = {0};
	sp_status status = request->worker->store ?
		sp_store_ticket(request->worker->store, number, request->arena, ret, &err) : SP_ERR_IO;
	if (status == SP_ERR_NOT_FOUND)
		no_ticket(request);
	else if (status)
		spi_reply_error(request, status, &err);
	return !status;
}

bool spi_ticket_read(spi_request *request, int64_t number, sp_ticket *ret)
{
	if (!spi_ticket_read_again(request, number, ret))
		return false;
	if (spi_caller_sees(request, ret->group))
		return true;
	no_ticket(request);
	return false;
}

const char *spi_ticket_tag(spi_request *request, uint32_t revision)
{
	return sp_arena_printf(request->arena, "\"r%u\"", revision);
}

static const char *group_name(const spi_request *request, const char *key, sp_lang lang)
{
	int group = key ? sp_kb_group(request->config, key) : -1;
	return group >= 0 ? sp_texts_get(&request->config->groups[group].name, lang) : NULL;
}

/* What the person and we said since, here and in another system. */
static void write_messages(spi_request *request, sp_json *json, int64_t number)
{
	spi_said *list = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_status status = spi_talk_read(request, number, &list, &count, &err);
	if (status)
		spi_log_error(request, status, &err);
	if (status || count == 0)
		return;
	sp_json_array(json, "messages");
	for (size_t i = 0; i < count; i++) {
		sp_json_object(json, NULL);
		spi_json_time(json, "at", list[i].at_utc_s);
		sp_json_string(json, "from", list[i].by_person ? "person" : "desk");
		sp_json_string(json, "text", list[i].text);
		spi_json_text(json, "html", spi_said_html(request, &list[i]));
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

/* What was answered in another system, in the place of the object's end. The ticket is told without it when it cannot be read. */
static void write_comments(const spi_request *request, sp_json *json, int64_t number)
{
	sp_comment *comments = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_status status = sp_store_comments(request->worker->store, number, request->arena, &comments, &count, &err);
	if (status)
		spi_log_error(request, status, &err);
	size_t answers = 0;
	for (size_t i = 0; i < count; i++)
		if (!sp_comment_is_of_person(&comments[i]))
			comments[answers++] = comments[i];
	if (answers == 0)
		return;
	sp_json_array(json, "comments");
	for (size_t i = 0; i < answers; i++) {
		sp_json_object(json, NULL);
		spi_json_time(json, "at", comments[i].at_utc_s);
		sp_json_string(json, "text", comments[i].text);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

void spi_json_attachments(const spi_request *request, sp_json *json, const char *name, int64_t number)
{
	sp_attachment *files = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_status status = sp_store_attachments(request->worker->store, number, request->arena, &files, &count, &err);
	if (status)
		spi_log_error(request, status, &err);
	if (count == 0)
		return;
	sp_json_array(json, name);
	for (size_t i = 0; i < count; i++)
		spi_json_attachment(request, json, NULL, &files[i]);
	sp_json_array_end(json);
}

static void write_numbers(sp_json *json, const char *name, const int64_t *numbers, size_t count)
{
	if (count == 0)
		return;
	sp_json_array(json, name);
	for (size_t i = 0; i < count; i++)
		sp_json_int(json, NULL, numbers[i]);
	sp_json_array_end(json);
}

/* Other open tickets of the same person: for agents only, as whoever typed an address need not be its owner. */
static void write_same_person(const spi_request *request, sp_json *json, int64_t number)
{
	int64_t *duplicates = NULL, *others = NULL;
	size_t duplicates_count = 0, others_count = 0;
	sp_error err = {0};
	if (spi_caller_is_partner(request)) /* theirs is this ticket, not the person */
		return;
	sp_status status = sp_store_same_person(request->worker->store, number, request->arena, &duplicates, &duplicates_count, &others,
		&others_count, &err);
	if (status)
		spi_log_error(request, status, &err);
	write_numbers(json, "duplicates", duplicates, duplicates_count);
	write_numbers(json, "same_person", others, others_count);
}

/* The console's pages show values when somebody asks for them (POST …/reveal): their own calls have them masked. A program with a token
   gets them, as what other systems need. */
static sp_ticket as_seen(spi_request *request, const sp_ticket *ticket)
{
	sp_ticket seen = *ticket;
	spi_shown_value shown;
	if (!request->caller.session || !ticket->values_count)
		return seen;
	sp_ticket_value *values = sp_arena_calloc(request->arena, ticket->values_count, sizeof *values);
	seen.values = values;
	seen.values_count = values ? ticket->values_count : 0;
	for (size_t i = 0; i < seen.values_count; i++)
		values[i] = (sp_ticket_value){ticket->values[i].field, spi_show_value(request, &ticket->values[i], &shown) ? shown.text : ""};
	return seen;
}

void spi_json_ticket(spi_request *request, sp_json *json, const char *name, const sp_ticket *ticket)
{
	sp_ticket shown = *ticket;
	/* Another agent, who may read more, may have linked what this one may not read. */
	if (!spi_known_article(request, ticket->article))
		shown.article = NULL;
	sp_json_object(json, name);
	sp_json_int(json, "number", ticket->number);
	sp_json_int(json, "revision", ticket->revision);
	sp_ticket seen = as_seen(request, &shown);
	spi_json_ticket_members(json, &seen);
	sp_json_string(json, "priority", sp_priority_name(ticket->priority));
	spi_json_time(json, "updated", ticket->updated_utc_s);
	spi_json_text(json, "group_name", group_name(request, ticket->group, request->lang));
	spi_json_text(json, "conversation", ticket->conversation);
	write_comments(request, json, ticket->number);
	spi_json_attachments(request, json, "attachments", ticket->number);
	write_same_person(request, json, ticket->number);
	if (ticket->forgotten_utc_s)
		spi_json_time(json, "forgotten", ticket->forgotten_utc_s);
	write_messages(request, json, ticket->number);
	sp_json_object_end(json);
}

void spi_reply_ticket(spi_request *request, const sp_ticket *ticket)
{
	sp_json json;
	if (spi_reply_not_modified(request, spi_ticket_tag(request, ticket->revision)))
		return;
	sp_json_init(&json, &request->out);
	spi_json_ticket(request, &json, NULL, ticket);
	spi_reply_json(request, 200);
}

/* ---- one ticket ---- */

/* What the person who opened it sees: where it stands, nothing that was written about it. */
void spi_reply_ticket_person(spi_request *request, const sp_ticket *ticket)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "number", ticket->number);
	sp_json_string(&json, "state", sp_ticket_state_name(ticket->state));
	spi_json_time(&json, "created", ticket->created_utc_s);
	spi_json_time(&json, "updated", ticket->updated_utc_s);
	spi_json_text(&json, "category", ticket->category);
	if (spi_known_group(request, ticket->group) >= 0)
		spi_json_text(&json, "group_name", group_name(request, ticket->group, request->lang));
	write_comments(request, &json, ticket->number);
	spi_json_attachments(request, &json, "attachments", ticket->number);
	write_messages(request, &json, ticket->number);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

const char *spi_ticket_secret(const spi_request *request)
{
	const char *secret = spi_request_header(request, "X-Ticket-Secret");
	if (!secret)
		secret = spi_request_query(request, "secret");
	return secret ? secret : spi_request_query(request, "key");
}

bool spi_is_agent(const spi_request *request)
{
	return spi_caller_has(request, SPI_DESK);
}

#define NOBODYS "citizen" /* who opens a ticket without a token, as the ticket's history names them: nobody is them by a token of that name */

/* A ticket's history has a subject and not which app named it so: of several apps, one's is not another's. */
static bool is_one_person(const spi_request *request)
{
	bool is_of_app = strncmp(request->caller.subject, SP_SUBJECT_OF_APP, strlen(SP_SUBJECT_OF_APP)) == 0;
	return strcmp(request->caller.subject, NOBODYS) != 0 &&
		   !(is_of_app && sp_identity_has_several_issuers(request->worker->server->options.identity));
}

/* Who has a token follows what was opened with it: its subject, for the same audience. */
static bool opened_it(spi_request *request, const sp_ticket *ticket)
{
	const spi_caller *caller = &request->caller;
	sp_ticket_event *events;
	size_t count = 0;
	sp_error err = {0};
	if (!caller->subject || !is_one_person(request) || !ticket->audience || strcmp(caller->audience_key, ticket->audience) != 0)
		return false;
	sp_status status = sp_store_ticket_events(request->worker->store, ticket->number, request->arena, &events, &count, &err);
	if (status)
		spi_log_error(request, status, &err);
	return !status && count > 0 && events[0].actor && strcmp(events[0].actor, caller->subject) == 0;
}

bool spi_ticket_is_theirs(spi_request *request, const sp_ticket *ticket)
{
	return spi_is_secret(spi_ticket_secret(request), ticket->secret) || opened_it(request, ticket);
}

/* For whom a ticket that was read is. */
static spi_ticket_who whose(spi_request *request, const sp_ticket *ticket)
{
	if (spi_is_agent(request))
		return SPI_TICKET_AGENT;
	return spi_ticket_is_theirs(request, ticket) ? SPI_TICKET_CITIZEN : SPI_TICKET_NOBODY;
}

spi_ticket_who spi_ticket_access(spi_request *request, sp_ticket *ret)
{
	int64_t number = spi_ticket_number(request);
	if (!number || !spi_ticket_read(request, number, ret))
		return SPI_TICKET_NOBODY;
	spi_ticket_who who = whose(request, ret);
	if (who == SPI_TICKET_NOBODY)
		no_ticket(request);
	if (who == SPI_TICKET_NOBODY || !ret->forgotten_utc_s)
		return who;
	spi_problem(request, SPI_GONE, "the data of this ticket were deleted");
	return SPI_TICKET_NOBODY;
}

const char *spi_ticket_actor(const spi_request *request)
{
	return request->caller.subject ? request->caller.subject : NOBODYS;
}

static bool note_read(spi_request *request, const sp_ticket *ticket)
{
	const char *fields = ticket->values_count && !request->caller.session ? "fields" : NULL;
	const char *object = sp_arena_printf(request->arena, "ticket:%" PRId64, ticket->number);
	return spi_audit_soon(request, SP_AUDIT_TICKET_READ, object, fields);
}

void spi_h_ticket(spi_request *request)
{
	sp_ticket ticket;
	int64_t number = spi_ticket_number(request);
	if (!number || !spi_ticket_read(request, number, &ticket))
		return;
	switch (whose(request, &ticket)) {
	case SPI_TICKET_AGENT:
		if (note_read(request, &ticket))
			spi_reply_ticket(request, &ticket);
		break;
	case SPI_TICKET_CITIZEN:
		spi_reply_ticket_person(request, &ticket);
		break;
	case SPI_TICKET_NOBODY:
		no_ticket(request);
		break;
	}
}

/* ---- the list ---- */

/* The group of a partner who has one alone. */
static const char *only_group(const spi_request *request)
{
	const char *only = NULL;
	for (size_t i = 0; i < request->config->groups_count; i++) {
		if (!spi_caller_serves(request, &request->config->groups[i]))
			continue;
		if (only)
			return NULL;
		only = request->config->groups[i].key;
	}
	return only;
}

static bool read_filter(spi_request *request, sp_ticket_filter *filter)
{
	uint32_t before;
	filter->state = spi_request_choice(request, "state");
	filter->group = spi_request_choice(request, "group");
	filter->category = spi_request_choice(request, "category");
	if (filter->state && sp_ticket_state_of(filter->state) == SP_TICKET_STATE_COUNT)
		spi_problem_field(request, SPI_BAD_VALUE, "state", "there is no state of this name");
	else if (filter->group && (sp_kb_group(request->config, filter->group) < 0 || !spi_caller_sees(request, filter->group)))
		spi_problem_field(request, SPI_BAD_VALUE, "group", "there is no group of this name");
	else if (!filter->group && spi_caller_is_partner(request) && !(filter->group = only_group(request)))
		spi_problem_field(request, SPI_BAD_VALUE, "group", "name one of your groups");
	else if (filter->category && !spi_check_category(request, filter->category))
		return false;
	else if (spi_request_number(request, "limit", 1, LIMIT_MAX, LIMIT, &filter->limit) &&
		 spi_request_number(request, "before", 1, UINT32_MAX, 0, &before)) {
		filter->before_number = before;
		return true;
	}
	return false;
}

void spi_h_tickets(spi_request *request)
{
	sp_ticket_filter filter = {0};
	sp_ticket *tickets = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_json json;
	if (!read_filter(request, &filter))
		return;
	sp_status status = request->worker->store ?
		sp_store_tickets(request->worker->store, &filter, request->arena, &tickets, &count, &err) : SP_ERR_IO;
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	if (count > 0 && !spi_audit_soon(request, SP_AUDIT_TICKET_READ, sp_arena_printf(request->arena, "tickets:%" PRId64 "-%" PRId64,
		tickets[count - 1].number, tickets[0].number), request->caller.session ? NULL : "fields"))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_array(&json, "tickets");
	for (size_t i = 0; i < count; i++)
		spi_json_ticket(request, &json, NULL, &tickets[i]);
	sp_json_array_end(&json);
	/* The list goes on below its last number. */
	if (count > 0 && count == filter.limit)
		sp_json_int(&json, "next_before", tickets[count - 1].number);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}
