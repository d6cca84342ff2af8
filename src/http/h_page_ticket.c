/* GET /ticket (the form), POST /ticket. */
#include "http/pages.h"
#include "http/ticket_page.h"
#include "http/talk.h"

#include "base/hash.h"
#include "http/known.h"
#include "http/parts.h"
#include "http/turn.h"
#include "sportello/catalog.h"
#include "sportello/ticket.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_CHARS 200 /* a field that takes more is a text area */

/* ---- fields ---- */

static bool is_long(const sp_field *field)
{
	return field->check == SP_FIELD_TEXT && field->max_chars > LONG_CHARS;
}

bool spi_page_has_story(const sp_kb_config *config, const int *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_long(&config->fields[fields[i]]))
			return true;
	return false;
}

static void put_options(spi_value *item, const sp_field *field, const char *value)
{
	spi_put_bool(item, "is_choice", true);
	spi_value *options = spi_put_list(item, "options");
	for (size_t i = 0; i < field->options_count; i++) {
		spi_value *option = spi_list_add(options);
		spi_put_text(option, "name", field->options[i]);
		spi_put_bool(option, "selected", value && strcmp(value, field->options[i]) == 0);
	}
}

static void put_input(spi_value *item, const sp_field *field)
{
	static const struct {
		const char *type, *mode, *complete;
	} kinds[] = {
		[SP_FIELD_TEXT] = {"text", NULL, NULL},
		[SP_FIELD_EMAIL] = {"email", NULL, "email"},
		[SP_FIELD_PHONE] = {"tel", NULL, "tel"},
		[SP_FIELD_DATE] = {"date", NULL, NULL},
		[SP_FIELD_AMOUNT] = {"text", "decimal", NULL},
		[SP_FIELD_CODICE_FISCALE] = {"text", NULL, NULL},
		[SP_FIELD_IBAN] = {"text", NULL, NULL},
		[SP_FIELD_NOTICE_NUMBER] = {"text", "numeric", NULL},
		[SP_FIELD_IUV] = {"text", NULL, NULL},
		[SP_FIELD_CHOICE] = {"text", NULL, NULL},
	};
	spi_put_text(item, "input", kinds[field->check].type);
	spi_put_text(item, "mode", kinds[field->check].mode);
	spi_put_text(item, "complete", kinds[field->check].complete);
}

/* What a browser lets be written: it cuts what is pasted without a word. */
static int64_t room(const sp_field *field)
{
	if (field->check != SP_FIELD_TEXT)
		return SP_FIELD_WRITTEN_MAX;
	return field->max_chars ? field->max_chars : SP_MESSAGE_MAX_CHARS;
}

void spi_page_put_field(const spi_request *request, spi_value *list, const sp_field *field,
	const spi_page_field *written, const char *prefix)
{
	spi_value *item = spi_list_add(list);
	const char *value = written && written->value ? written->value : "",
			   *why = sp_texts_get(&field->why, request->lang);
	bool has_hint = *why || field->keep_days, has_error = written && written->error;
	sp_arena *arena = request->arena;
	spi_put_text(item, "key", field->key);
	spi_put_text(item, "prefix", prefix);
	spi_put_text(item, "label", sp_texts_get(&field->label, request->lang));
	spi_put_text(item, "value", value);
	spi_put_bool(item, "hint", has_hint);
	spi_put_text(item, "why", why);
	spi_put_text(item, "days", field->keep_days ? sp_arena_printf(arena, "%u", field->keep_days) : "");
	spi_put_int(item, "max", room(field));
	spi_put_text(item, "error", has_error ? written->error : "");
	/* Ids of what describes the field: its mistake first. */
	const char *mistake = has_error ? sp_arena_printf(arena, "%sf-%s-error ", prefix, field->key) : "";
	const char *hint = has_hint ? sp_arena_printf(arena, "%sf-%s-hint", prefix, field->key) : "";
	spi_put_text(item, "described", sp_arena_printf(arena, "%s%s", mistake ? mistake : "", hint ? hint : ""));
	spi_put_bool(item, "optional", !(written && written->is_needed));
	if (field->check == SP_FIELD_CHOICE)
		put_options(item, field, value);
	else if (is_long(field))
		spi_put_bool(item, "is_long", true);
	else
		put_input(item, field);
}

void spi_page_put_categories(const spi_request *request, spi_value *into, uint64_t seen)
{
	spi_put_bool(into, "categories_any", seen != 0);
	spi_value *list = spi_put_list(into, "categories");
	for (size_t i = 0; i < request->config->categories_count && i < 64; i++) {
		const sp_category *category = &request->config->categories[i];
		spi_value *item = seen >> i & 1 ? spi_list_add(list) : NULL;
		spi_put_text(item, "key", category->key);
		spi_put_text(item, "name", sp_texts_get(&category->name, request->lang));
	}
}

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
} draft;

/* Key of what must say what it is about; NULL where a conversation does. Nothing else is needed. */
static const char *story_of(const spi_request *request, const draft *d)
{
	if (d->form.conversation || !d->category)
		return NULL;
	for (size_t i = 0; i < d->category->fields_count; i++) {
		const sp_field *field = &request->config->fields[d->category->fields[i]];
		if (is_long(field))
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
	const sp_category *category = d->category;
	spi_value *list = spi_put_list(page, "fields");
	for (size_t i = 0; i < category->fields_count; i++) {
		const sp_field *field = &request->config->fields[category->fields[i]];
		spi_page_field so_far = written(request, d, field->key);
		spi_page_put_field(request, list, field, &so_far, "");
	}
	if (!spi_page_has_story(request->config, category->fields, category->fields_count))
		put_message(request, page, d);
}

static spi_value *put_form(spi_request *request, sp_index *index, const draft *d)
{
	sp_error err = {0};
	spi_value *page = spi_page_new(request);
	spi_put_text(page, "title", spi_page_text(request, "page.ticket.title"));
	spi_put_bool(page, "at_ticket", true);
	spi_put_text(page, "prefix", "");
	spi_put_text(page, "conversation", d->form.conversation ? d->form.conversation : "");
	put_errors(request, page, d);
	if (!d->category) {
		uint64_t seen = 0;
		if (spi_page_categories(request, index, &seen, &err) != SP_OK)
			sp_error_clear(&err); /* the form says that there is nothing to choose */
		spi_put_bool(page, "choose_category", true);
		spi_page_put_categories(request, page, seen);
		return page;
	}
	if (spi_page_put_notices(request, index, page, NULL, d->category->key, &err) != SP_OK)
		sp_error_clear(&err); /* a request can be written without them */
	spi_put_bool(page, "form", true);
	spi_put_bool(page, "takes_files", request->config->attachments.max > 0);
	spi_put_text(page, "key", d->key);
	spi_put_text(page, "category", d->category->key);
	spi_put_text(page, "category_name", sp_texts_get(&d->category->name, request->lang));
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

void spi_h_page_ticket(spi_request *request)
{
	const char *conversation = spi_request_query(request, "conversation");
	sp_index *index = spi_request_index(request);
	if (!index)
		return;
	draft d = {
		.category = seen_category(request, index, spi_request_query(request, "category")), .key = new_key(request)};
	d.form.conversation = conversation && spi_is_conversation(conversation) ? conversation : NULL;
	spi_page_send(request, "ticket", put_form(request, index, &d), 200);
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
	const char *conversation = spi_request_form(request, "conversation"), *key = spi_request_form(request, "key");
	d->form.values = values;
	d->form.conversation = conversation && spi_is_conversation(conversation) ? conversation : NULL;
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
	for (size_t i = 0; i < d->category->fields_count; i++) {
		const sp_field *field = &request->config->fields[d->category->fields[i]];
		if (is_long(field) && !is_blank(written(request, d, field->key).value))
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

/* The form again, with what was written and what is wrong. A conversation knows its own category. */
static void show_again(spi_request *request, draft *d, int status)
{
	sp_dialogue dialogue = {0};
	sp_index *index = spi_request_index(request);
	if (!index)
		return;
	if (!d->category && d->form.conversation && request->worker->store &&
		sp_store_dialogue(request->worker->store, d->form.conversation, request->arena, &dialogue, NULL) == SP_OK)
		for (size_t i = dialogue.count; i-- > 0 && !d->category;)
			d->category = spi_page_category(request, dialogue.turns[i].category);
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

static void check_and_store(spi_request *request, draft *d)
{
	sp_error err = {0};
	sp_status status = spi_ticket_prepare(request, &d->form, &err);
	if (status == SP_ERR_NOT_FOUND && d->form.conversation) { /* too old: the request counts without it */
		sp_error_clear(&err);
		d->form.conversation = NULL;
		status = spi_ticket_prepare(request, &d->form, &err);
	}
	if (status != SP_OK && status != SP_ERR_INVALID) {
		spi_reply_error(request, status, &err);
		return;
	}
	const char *story = missing_story(request, d);
	if (story)
		add_error(request, d, story, spi_page_text(request, "page.ticket.error.message"));
	if (!is_blank(d->form.message) &&
		sp_text_count_chars(d->form.message, strlen(d->form.message)) > SP_MESSAGE_MAX_CHARS) {
		sp_fill fills[] = {{"max", sp_arena_printf(request->arena, "%d", SP_MESSAGE_MAX_CHARS)}, {0}};
		add_error(
			request, d, "message", sp_catalog_fill(request->lang, "page.ticket.error.too-long", fills, request->arena));
	}
	if (d->form.errors_count > 0)
		show_again(request, d, 422);
	else
		spi_ticket_store(request, &d->form, stored);
}

void spi_h_page_ticket_open(spi_request *request)
{
	draft *d = sp_arena_calloc(request->arena, 1, sizeof *d);
	if (!d)
		return;
	request->data = d;
	spi_page_form_lang(request);
	sp_index *index = spi_request_index(request);
	if (!index || !read_draft(request, index, d))
		return;
	if (!d->category && !d->form.conversation) {
		d->problem = spi_page_text(request, "page.ticket.error.category");
		show_again(request, d, 422);
	} else {
		check_and_store(request, d);
	}
}
