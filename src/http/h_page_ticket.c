/* GET /ticket (the form, also one that is being mended), POST /ticket. */
#include "http/pages.h"
#include "http/ticket_page.h"
#include "http/talk.h"

#include "base/hash.h"
#include "http/filled.h"
#include "http/known.h"
#include "http/parts.h"
#include "http/turn.h"
#include "http/unsent.h"
#include "sportello/catalog.h"
#include "sportello/ticket.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A category that this reader may know of. */
static const sp_category *seen_category(spi_request *request, sp_index *index, const char *key)
{
	const sp_category *category = spi_page_category(request, key);
	uint64_t seen = 0;
	if (!category || !index || spi_page_categories(request, index, &seen, NULL) != SP_OK)
		return NULL;
	size_t number = (size_t)(category - request->config->categories);
	return number < 64 && seen >> number & 1 ? category : NULL;
}

/* ---- the form ---- */

/* What was written, and what is wrong with it. */
typedef struct draft {
	spi_ticket_form form;
	const sp_category *category;
	const char *key;
	const char *problem; /* of the whole form, NULL = none */
	const char *kept;    /* what was written, by its name (unsent.h); NULL = it is not kept */
	sp_dialogue dialogue; /* of its conversation */
	bool was_sent;
	bool is_filled, left_out; /* in beforehand, with what was said there; without personal data that were said with it */
} draft;

/* What it asks for: of its category, or of what has none. */
typedef struct asked {
	const int *fields;
	size_t count;
} asked;

static asked asked_in(const spi_request *request, const draft *d)
{
	const sp_kb_config *config = request->config;
	return d->category ? (asked){d->category->fields, d->category->fields_count} : (asked){config->ticket.fields, config->ticket.fields_count};
}

/* Key of what must say what it is about; NULL where a conversation does. Nothing else is needed. */
static const char *story_of(const spi_request *request, const draft *d)
{
	const asked of = asked_in(request, d);
	if (d->form.conversation || !d->category)
		return NULL;
	for (size_t i = 0; i < of.count; i++) {
		const sp_field *field = &request->config->fields[of.fields[i]];
		if (spi_is_story(field))
			return field->key;
	}
	return "message";
}

static spi_page_field written(const spi_request *request, const draft *d, const char *key)
{
	const char *story = story_of(request, d);
	spi_page_field field = {.is_needed = story && strcmp(story, key) == 0};
	for (size_t i = 0; i < d->form.values_count; i++)
		if (strcmp(d->form.values[i].field, key) == 0)
			field.value = d->form.values[i].value;
	for (size_t i = 0; i < d->form.errors_count; i++)
		if (strcmp(d->form.errors[i].field, key) == 0)
			field.error = d->form.errors[i].message;
	return field;
}

static void put_error(spi_value *errors, const char *href, const char *label, const char *message)
{
	spi_value *item = spi_list_add(errors);
	spi_put_text(item, "href", href ? href : "");
	spi_put_text(item, "label", label ? label : "");
	spi_put_text(item, "message", message);
}

static void put_errors(const spi_request *request, spi_value *page, const draft *d)
{
	spi_put_bool(page, "errors_any", d->form.errors_count > 0 || d->problem);
	spi_value *errors = spi_put_list(page, "errors");
	if (d->problem)
		put_error(errors, NULL, NULL, d->problem);
	for (size_t i = 0; i < d->form.errors_count; i++) {
		const spi_field_error *error = &d->form.errors[i];
		int field = sp_kb_field(request->config, error->field);
		bool is_message = strcmp(error->field, "message") == 0;
		const char *label = field >= 0	 ? sp_texts_get(&request->config->fields[field].label, request->lang)
							: is_message ? spi_page_text(request, "page.ticket.message")
										 : NULL;
		put_error(errors, label ? sp_arena_printf(request->arena, is_message ? "#%s" : "#f-%s", error->field) : NULL,
			label, error->message);
	}
}

static void put_message(const spi_request *request, spi_value *page, const draft *d)
{
	spi_page_field message = written(request, d, "message");
	spi_value *field = spi_put_object(page, "message_field");
	spi_put_text(field, "value", d->form.message ? d->form.message : "");
	spi_put_bool(field, "message_optional", !message.is_needed);
	spi_put_text(field, "message_error", message.error ? message.error : "");
}

static void put_fields(const spi_request *request, spi_value *page, const draft *d)
{
	const asked of = asked_in(request, d);
	spi_value *list = spi_put_list(page, "fields");
	for (size_t i = 0; i < of.count; i++) {
		const sp_field *field = &request->config->fields[of.fields[i]];
		spi_page_field so_far = written(request, d, field->key);
		spi_page_put_field(request, list, field, &so_far, "");
	}
	if (!spi_page_has_story(request->config, of.fields, of.count))
		put_message(request, page, d);
}

/* Where the same form is got; with what was written in it where that is kept. */
static const char *address(const spi_request *request, const draft *d)
{
	spi_pair pairs[] = {{"category", d->category ? d->category->key : NULL}, {"conversation", d->form.conversation},
		{"draft", d->kept}, {0}};
	return spi_page_url(request, "/ticket", pairs);
}

static spi_value *put_form(spi_request *request, sp_index *index, const draft *d)
{
	sp_error err = {0};
	const spi_pair query[] = {{"category", d->category ? d->category->key : NULL}, {"conversation", d->form.conversation},
		{"draft", d->kept}};
	spi_value *page = spi_page_new_at(request, "/ticket", query, 3);
	spi_put_text(page, "title", spi_page_text(request, "page.ticket.title"));
	spi_put_bool(page, "at_ticket", true);
	spi_put_bool(page, "no_bubble", true);
	spi_put_text(page, "prefix", "");
	spi_put_text(page, "conversation", d->form.conversation ? d->form.conversation : "");
	put_errors(request, page, d);
	/* A page of mistakes that has no address leads to the form's. Where it could not be stored nothing may be lost by coming back to it. */
	spi_put_text(page, "back", d->form.errors_count > 0 && !d->kept ? address(request, d) : "");
	spi_put_bool(page, "is_filled", d->is_filled);
	spi_put_bool(page, "left_out", d->left_out);
	/* What a conversation is about may not be known; what was written in its form is not lost for it. */
	if (!d->category && !(d->form.conversation && d->was_sent)) {
		uint64_t seen = 0;
		if (spi_page_categories(request, index, &seen, &err) != SP_OK)
			sp_error_clear(&err); /* the form says that there is nothing to choose */
		spi_put_bool(page, "choose_category", true);
		spi_page_put_categories(request, page, seen);
		return page;
	}
	if (d->category && spi_page_put_notices(request, index, page, NULL, d->category->key, &err) != SP_OK)
		sp_error_clear(&err); /* a request can be written without them */
	spi_put_bool(page, "form", true);
	spi_put_bool(page, "takes_files", request->config->attachments.max > 0);
	spi_put_text(page, "key", d->key);
	spi_put_text(page, "category", d->category ? d->category->key : "");
	spi_put_text(page, "category_name", d->category ? sp_texts_get(&d->category->name, request->lang) : "");
	put_fields(request, page, d);
	return page;
}

static const char *new_key(spi_request *request)
{
	char *key = sp_arena_alloc(request->arena, SP_CONVERSATION_ID_LEN + 1);
	if (key)
		sp_store_new_id(key);
	return key;
}

/* A conversation that is not there, or not any more, tells nothing: the form asks what happened. */
static void look_up(spi_request *request, draft *d, const char *conversation)
{
	d->form.conversation = conversation && spi_is_conversation(conversation) ? conversation : NULL;
	sp_status status = !d->form.conversation || !request->worker->store ? SP_ERR_IO :
		sp_store_dialogue(request->worker->store, d->form.conversation, request->arena, &d->dialogue, NULL);
	if (status == SP_ERR_NOT_FOUND)
		d->form.conversation = NULL;
}

/* A conversation knows its own category. */
static const sp_category *own_category(spi_request *request, sp_index *index, const draft *d)
{
	const sp_category *category = NULL;
	for (size_t i = d->dialogue.count; i-- > 0 && !category;)
		category = seen_category(request, index, d->dialogue.turns[i].category);
	return category;
}

/* With what was said already. */
static void fill_in(const spi_request *request, draft *d)
{
	sp_said said;
	const sp_category *category = d->category;
	const asked of = asked_in(request, d);
	sp_ticket_value *values = category ? sp_arena_calloc(request->arena, of.count + 1, sizeof *values) : NULL;
	if (!values || sp_said_find(request->config, &d->dialogue, category->key, request->arena, &said) != SP_OK)
		return;
	const char **filled = spi_filled(request, of.fields, of.count, &said);
	for (size_t i = 0; filled && i < of.count; i++)
		if (filled[i])
			values[d->form.values_count++] = (sp_ticket_value){request->config->fields[of.fields[i]].key, filled[i]};
	d->form.values = values;
	d->form.message = *said.text ? said.text : NULL;
	d->is_filled = d->form.values_count > 0 || d->form.message;
	d->left_out = said.left_out;
}

/* ---- sending it ---- */

/* Fields are named f-<key> in the form. */
static bool read_draft(spi_request *request, sp_index *index, draft *d)
{
	const spi_pair *pairs;
	size_t count;
	if (!spi_request_form_all(request, &pairs, &count)) {
		if (!request->reply.status)
			spi_problem(request, SPI_BAD_REQUEST, "the form cannot be read");
		return false;
	}
	sp_ticket_value *values = sp_arena_calloc(request->arena, count + 1, sizeof *values);
	if (!values)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strncmp(pairs[i].name, "f-", 2) == 0 && spi_known_field(request, pairs[i].name + 2) >= 0)
			values[d->form.values_count++] = (sp_ticket_value){pairs[i].name + 2, pairs[i].value};
	const char *key = spi_request_form(request, "key");
	d->form.values = values;
	d->was_sent = true;
	look_up(request, d, spi_request_form(request, "conversation"));
	d->form.category = spi_request_form(request, "category");
	d->category = seen_category(request, index, d->form.category);
	d->form.category = d->category ? d->category->key : NULL;
	d->form.message = spi_request_form(request, "message");
	d->form.channel = "web";
	d->form.lang = request->lang;
	d->key = key && spi_is_conversation(key) ? key : new_key(request);
	d->form.idempotency_key = d->key;
	d->form.fingerprint = spi_hash64(sp_buffer_text(&request->body), request->body.len);
	return true;
}

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t\r\n")] == '\0';
}

/* A request must say what it is about: in its conversation, or in a text, whichever of those that there are. */
static const char *missing_story(const spi_request *request, const draft *d)
{
	const char *story = story_of(request, d);
	if (!story || !is_blank(d->form.message))
		return NULL;
	const asked of = asked_in(request, d);
	for (size_t i = 0; i < of.count; i++) {
		const sp_field *field = &request->config->fields[of.fields[i]];
		if (spi_is_story(field) && !is_blank(written(request, d, field->key).value))
			return NULL;
	}
	return story;
}

static bool add_error(spi_request *request, draft *d, const char *field, const char *message)
{
	spi_field_error *errors = sp_arena_calloc(request->arena, d->form.errors_count + 1, sizeof *errors);
	if (!errors)
		return false;
	if (d->form.errors_count > 0)
		memcpy(errors, d->form.errors, d->form.errors_count * sizeof *errors);
	errors[d->form.errors_count++] = (spi_field_error){field, message};
	d->form.errors = errors;
	return true;
}

/* The form again, with what was written and what is wrong. */
static void show_again(spi_request *request, draft *d, int status)
{
	sp_index *index = spi_request_index(request);
	if (!index)
		return;
	if (!d->category)
		d->category = own_category(request, index, d);
	spi_page_send(request, "ticket", put_form(request, index, d), status);
}

static void go_to_ticket(spi_request *request, const sp_ticket *ticket)
{
	spi_pair pairs[] = {{"key", ticket->secret}, {0}};
	spi_reply_redirect(request, 303,
		spi_page_url(request, sp_arena_printf(request->arena, "/ticket/%" PRId64, ticket->number), pairs));
}

static void stored(spi_request *request)
{
	draft *d = request->data;
	spi_page_form_lang(request);
	spi_ticket_stored(request, &d->form);
	if (d->form.write.status == SP_OK) {
		spi_unsent_drop(request->worker->server->unsent, d->key);
		go_to_ticket(request, &d->form.write.as.ticket.ticket);
		return;
	}
	/* What came from the configuration may have changed since. */
	d->category = spi_page_category(request, spi_request_form(request, "category"));
	if (d->form.write.status == SP_ERR_CONFLICT)
		d->key = new_key(request); /* the form was changed after it had been sent: it is another request */
	d->problem = spi_page_text(request, "page.ticket.error.busy");
	show_again(request, d, sp_status_http(d->form.write.status));
}

/* SP_OK: it may be stored; SP_ERR_INVALID: d says what is wrong. */
static sp_status find_mistakes(spi_request *request, draft *d, sp_error *err)
{
	if (!d->category && !d->form.conversation) {
		d->problem = spi_page_text(request, "page.ticket.error.category");
		return SP_ERR_INVALID;
	}
	sp_status status = spi_ticket_prepare(request, &d->form, err);
	if (status == SP_ERR_NOT_FOUND && d->form.conversation) { /* too old: the request counts without it */
		sp_error_clear(err);
		d->form.conversation = NULL;
		status = spi_ticket_prepare(request, &d->form, err);
	}
	if (status != SP_OK && status != SP_ERR_INVALID)
		return status;
	const char *story = missing_story(request, d);
	if (story)
		add_error(request, d, story, spi_page_text(request, "page.ticket.error.message"));
	if (!is_blank(d->form.message) &&
		sp_text_count_chars(d->form.message, strlen(d->form.message)) > SP_MESSAGE_MAX_CHARS) {
		sp_fill fills[] = {{"max", sp_arena_printf(request->arena, "%d", SP_MESSAGE_MAX_CHARS)}, {0}};
		add_error(
			request, d, "message", sp_catalog_fill(request->lang, "page.ticket.error.too-long", fills, request->arena));
	}
	return d->form.errors_count > 0 ? SP_ERR_INVALID : SP_OK;
}

/* On a page that can be got again. */
static void tell_mistakes(spi_request *request, draft *d)
{
	char *name = sp_arena_alloc(request->arena, SP_CONVERSATION_ID_LEN + 1);
	if (name && d->key && spi_unsent_keep(request->worker->server->unsent, d->key, sp_buffer_text(&request->body), request->body.len,
		request->clock_utc_s, name))
		d->kept = name;
	if (d->kept)
		spi_reply_redirect(request, 303, address(request, d));
	else
		show_again(request, d, 422);
}

void spi_h_page_ticket_open(spi_request *request)
{
	sp_error err = {0};
	draft *d = sp_arena_calloc(request->arena, 1, sizeof *d);
	if (!d)
		return;
	request->data = d;
	spi_page_form_lang(request);
	sp_index *index = spi_request_index(request);
	if (!index || !read_draft(request, index, d))
		return;
	sp_status status = find_mistakes(request, d, &err);
	if (status == SP_OK)
		spi_ticket_store(request, &d->form, stored);
	else if (status == SP_ERR_INVALID)
		tell_mistakes(request, d);
	else
		spi_reply_error(request, status, &err);
}

/* ---- showing it ---- */

/* With what was sent, and what is wrong with it. False: there is no such form, or not any more. */
static bool show_unsent(spi_request *request, sp_index *index, const char *name)
{
	sp_error err = {0};
	draft d = {.kept = name};
	char *key = name ? sp_arena_alloc(request->arena, SP_CONVERSATION_ID_LEN + 1) : NULL;
	if (!key || !spi_unsent_read(request->worker->server->unsent, name, request->clock_utc_s, &request->body, key) ||
		!read_draft(request, index, &d))
		return false;
	d.key = key; /* it may have been sent without */
	sp_status status = find_mistakes(request, &d, &err);
	if (status != SP_OK && status != SP_ERR_INVALID)
		sp_error_clear(&err); /* sending it will tell */
	show_again(request, &d, 200);
	return true;
}

void spi_h_page_ticket(spi_request *request)
{
	sp_index *index = spi_request_index(request);
	draft d = {.key = new_key(request)};
	if (!index || show_unsent(request, index, spi_request_query(request, "draft")) || request->reply.status)
		return;
	look_up(request, &d, spi_request_query(request, "conversation"));
	d.category = seen_category(request, index, spi_request_query(request, "category"));
	if (!d.category)
		d.category = own_category(request, index, &d);
	fill_in(request, &d);
	spi_page_send(request, "ticket", put_form(request, index, &d), 200);
}
