/* POST /v1/tickets. */
#include "base/hash.h"
#include "http/body.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/turn.h"
#include "sportello/catalog.h"
#include "sportello/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* They have one already: said only to who came in the same conversation. */
static const char *with_earlier(spi_request *request, const spi_ticket_form *form, const char *text)
{
	char number[24];
	int64_t earlier = form->write.as.ticket.open_before;
	if (!earlier || !text)
		return text;
	snprintf(number, sizeof number, "%" PRId64, earlier);
	sp_fill fills[] = {{"number", number}, {NULL, NULL}};
	const char *more = sp_catalog_fill(form->lang, "ticket.earlier", fills, request->arena);
	return more ? sp_arena_printf(request->arena, "%s %s", text, more) : text;
}

static const char *what_happens(spi_request *request, const spi_ticket_form *form)
{
	char number[24];
	snprintf(number, sizeof number, "%" PRId64, form->write.as.ticket.ticket.number);
	sp_fill fills[] = {{"number", number}, {"when", form->when ? form->when : ""}, {NULL, NULL}};
	return with_earlier(request, form,
		sp_catalog_fill(form->lang, form->when ? "ticket.opened.when" : "ticket.opened", fills, request->arena));
}

static void write_opened(spi_request *request, const spi_ticket_form *form)
{
	const sp_ticket *ticket = &form->write.as.ticket.ticket;
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "number", ticket->number);
	sp_json_string(&json, "secret", ticket->secret);
	sp_json_string(&json, "state", sp_ticket_state_name(ticket->state));
	spi_json_time(&json, "created", ticket->created_utc_s);
	spi_json_text(&json, "category", ticket->category);
	spi_json_text(&json, "group", ticket->group);
	spi_json_text(&json, "group_name", form->group_name);
	spi_json_text(&json, "when", form->when);
	sp_json_string(&json, "message", what_happens(request, form));
	sp_json_string(&json, "lang", sp_lang_code(form->lang));
	spi_json_text(&json, "conversation", ticket->conversation);
	if (form->write.as.ticket.open_before)
		sp_json_int(&json, "earlier", form->write.as.ticket.open_before);
	sp_json_object_end(&json);
}

static void stored(spi_request *request)
{
	spi_ticket_form *form = request->data;
	spi_ticket_stored(request, form);
	if (form->write.status == SP_ERR_CONFLICT) {
		spi_problem(request, SPI_KEY_REUSED,
			"this Idempotency-Key came with another body before; use a new key for a new ticket");
		return;
	}
	if (form->write.status) {
		spi_reply_error(request, form->write.status, &form->write.error);
		return;
	}
	bool replayed = form->write.as.ticket.replayed;
	write_opened(request, form);
	spi_reply_json(request, replayed ? 200 : 201);
	spi_reply_header(request, "Location", sp_arena_printf(request->arena, "/v1/tickets/%" PRId64,
		form->write.as.ticket.ticket.number));
	if (replayed)
		spi_reply_header(request, "Idempotency-Replayed", "true");
}

static void refuse_fields(spi_request *request, const spi_ticket_form *form)
{
	sp_json *json = spi_problem_begin(request, SPI_INVALID_FIELDS,
		"correct the fields named in errors, or leave them out");
	sp_json_array(json, "errors");
	for (size_t i = 0; i < form->errors_count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "field", form->errors[i].field);
		sp_json_string(json, "message", form->errors[i].message);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
	spi_problem_end(request);
}

static void refuse(spi_request *request, const spi_ticket_form *form, sp_status status, const sp_error *err)
{
	if (status == SP_ERR_INVALID)
		refuse_fields(request, form);
	else if (status == SP_ERR_NOT_FOUND)
		spi_problem_field(request, SPI_NOT_FOUND, "conversation", "there is no such conversation; leave it out");
	else if (status == SP_ERR_USAGE)
		spi_problem_field(request, SPI_BAD_VALUE, err->source, "%s", err->text);
	else
		spi_reply_error(request, status, err);
}

/* The member "fields": an object of texts. */
static bool read_fields(spi_request *request, const json_t *body, spi_ticket_form *form)
{
	json_t *fields = json_object_get(body, "fields"), *value;
	const char *name;
	size_t count = json_object_size(fields), at = 0;
	sp_ticket_value *values = sp_arena_calloc(request->arena, count + 1, sizeof *values);
	if (!values)
		return false;
	if (!json_is_object(fields))
		return true;
	json_object_foreach(fields, name, value) {
		if (json_is_null(value))
			continue;
		if (!json_is_string(value)) {
			const char *path = sp_arena_printf(request->arena, "fields.%s", name);
			spi_problem_field(request, SPI_WRONG_TYPE, path ? path : "fields", "the values of fields must be strings");
			return false;
		}
		values[at++] = (sp_ticket_value){name, json_string_value(value)};
	}
	form->values = values;
	form->values_count = at;
	return true;
}

static bool read_key(spi_request *request, spi_ticket_form *form)
{
	if (!spi_check_key(request, &form->idempotency_key))
		return false;
	if (form->idempotency_key)
		form->fingerprint = spi_hash64(sp_buffer_text(&request->body), request->body.len);
	return true;
}

static bool read_form(spi_request *request, const json_t *body, spi_ticket_form *form)
{
	form->conversation = spi_body_text(body, "conversation");
	form->category = spi_body_text(body, "category");
	form->message = spi_body_text(body, "message");
	form->channel = spi_body_text(body, "channel");
	if (form->channel && !spi_is_channel(form->channel)) {
		spi_problem_field(request, SPI_BAD_VALUE, "channel", "a channel is a word like web, app or phone");
		return false;
	}
	size_t chars = form->message ? sp_text_count_chars(form->message, strlen(form->message)) : 0;
	if (chars > SP_MESSAGE_MAX_CHARS) {
		sp_json *json = spi_problem_begin(request, SPI_MESSAGE_TOO_LONG,
			"the message has %zu characters; it may have up to %d", chars, SP_MESSAGE_MAX_CHARS);
		sp_json_string(json, "field", "message");
		sp_json_int(json, "count", (int64_t)chars);
		sp_json_int(json, "max", SP_MESSAGE_MAX_CHARS);
		spi_problem_end(request);
		return false;
	}
	return spi_body_lang(request, body, request->lang, &form->lang) && read_fields(request, body, form) &&
		read_key(request, form);
}

void spi_h_ticket_open(spi_request *request)
{
	static const spi_member members[] = {
		{"conversation", SPI_STRING, false, 0}, {"category", SPI_STRING, false, 0}, {"message", SPI_STRING, false, 0},
		{"fields", SPI_OBJECT, false, 0}, {"lang", SPI_STRING, false, 0}, {"channel", SPI_STRING, false, 0},
	};
	sp_error err = {0};
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	spi_ticket_form *form = body ? sp_arena_calloc(request->arena, 1, sizeof *form) : NULL;
	if (!form || !read_form(request, body, form))
		return;
	request->data = form;
	sp_status status = spi_ticket_prepare(request, form, &err);
	if (status)
		refuse(request, form, status, &err);
	else if (spi_request_query(request, "check")) /* as it is typed: nothing is stored */
		spi_reply_empty(request);
	else
		spi_ticket_store(request, form, stored);
}
