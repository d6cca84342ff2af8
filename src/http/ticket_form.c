/* Opening a ticket: check what was filled in, find who gets it, store it. */
#include "http/filled.h"
#include "http/known.h"
#include "http/log.h"
#include "http/parts.h"
#include "http/turn.h"
#include "http/walks.h"
#include "sportello/catalog.h"
#include "sportello/personal.h"

#include <stdio.h>
#include <string.h>

static bool add_error(spi_ticket_form *form, const char *field, const char *message)
{
	if (message)
		form->errors[form->errors_count++] = (spi_field_error){field, message};
	return message != NULL;
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* Who it is about, where the field says so. */
static sp_status note_person(spi_request *request, spi_ticket_form *form, const sp_field *field, const sp_ticket_value *value)
{
	char person[SP_PERSON_MAX];
	sp_write_ticket *write = &form->write.as.ticket;
	if (!sp_person_of_field(field->check, value->value, person))
		return SP_OK;
	sp_person *persons = (sp_person *)write->persons;
	persons[write->persons_count] = (sp_person){value->field, sp_arena_strdup(request->arena, person)};
	return persons[write->persons_count++].person ? SP_OK : SP_ERR_NOMEM;
}

/* One value in its normal form, or what is wrong with it in the person's words. */
static sp_status check_value(spi_request *request, spi_ticket_form *form, const sp_ticket_value *given,
	sp_ticket_value *values, size_t *count)
{
	int number = spi_known_field(request, given->field);
	const char *normal = NULL, *key = "ticket.field.unknown";
	sp_status status = SP_ERR_INVALID;
	char max[16] = "";
	if (number >= 0) {
		const sp_field *field = &request->config->fields[number];
		snprintf(max, sizeof max, "%u", field->max_chars);
		status = sp_ticket_check_field(field, given->value, strlen(given->value), spi_latest_day(request), request->arena, &normal, &key);
	}
	if (status == SP_OK) {
		values[*count].field = given->field;
		values[(*count)++].value = normal;
		return note_person(request, form, &request->config->fields[number], &values[*count - 1]);
	}
	if (status != SP_ERR_INVALID && status != SP_ERR_TOO_LARGE)
		return status;
	sp_fill fills[] = {{"field", given->field}, {"max", max}, {NULL, NULL}};
	const char *message = sp_catalog_fill(form->lang, key, fills, request->arena);
	return add_error(form, given->field, message) ? SP_OK : SP_ERR_NOMEM;
}

static sp_status check_values(spi_request *request, spi_ticket_form *form, sp_ticket *ticket)
{
	size_t count = 0, room = form->values_count + 1;
	sp_ticket_value *values = sp_arena_calloc(request->arena, room, sizeof *values);
	form->errors = sp_arena_calloc(request->arena, room, sizeof *form->errors);
	form->errors_count = 0;
	form->write.as.ticket.persons = sp_arena_calloc(request->arena, room, sizeof *form->write.as.ticket.persons);
	form->write.as.ticket.persons_count = 0;
	if (!values || !form->errors || !form->write.as.ticket.persons)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < form->values_count; i++) {
		if (is_blank(form->values[i].value))
			continue;
		sp_status status = check_value(request, form, &form->values[i], values, &count);
		if (status)
			return status;
	}
	ticket->values = values;
	ticket->values_count = count;
	return form->errors_count ? SP_ERR_INVALID : SP_OK;
}

/* What the conversation knows: its category, the article shown last, the words of its last request. */
static sp_status look_back(spi_request *request, const spi_ticket_form *form, sp_ticket *ticket,
	const char **ret_message, sp_error *err)
{
	sp_dialogue dialogue = {0};
	if (!form->conversation || !*form->conversation)
		return SP_OK;
	if (!spi_is_conversation(form->conversation))
		return sp_error_set(err, SP_ERR_NOT_FOUND, "conversation", 0, "there is no such conversation");
	if (!request->worker->store)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the store cannot be read");
	sp_status status = sp_store_dialogue(request->worker->store, form->conversation, request->arena, &dialogue, err);
	if (status)
		return status;
	ticket->conversation = form->conversation;
	ticket->note = spi_walk_note(request, dialogue.walk);
	const char *little = NULL; /* only where nothing else was said */
	for (size_t i = sp_dialogue_known(&dialogue); i-- > 0;) {
		const sp_turn *turn = sp_dialogue_turn(&dialogue, i);
		if (!ticket->category && turn->category && sp_kb_category(request->config, turn->category) >= 0)
			ticket->category = turn->category;
		if (!ticket->article)
			ticket->article = turn->article;
		if (*ret_message)
			continue;
		if (sp_turn_tells(turn, request->arena))
			*ret_message = turn->question;
		else if (!little && sp_turn_tells_little(turn))
			little = turn->question;
	}
	if (!*ret_message)
		*ret_message = little;
	return SP_OK;
}

static const char *masked(spi_request *request, const char *text)
{
	sp_buffer *scratch = &request->worker->scratch;
	if (!text || is_blank(text))
		return NULL;
	sp_buffer_clear(scratch);
	sp_personal_mask(text, strlen(text), scratch);
	return sp_buffer_ok(scratch) ? sp_arena_strndup(request->arena, sp_buffer_text(scratch), scratch->len) : NULL;
}

/* The group that the article names for itself, in the eyes of this reader; NULL = none. */
static const char *article_group(spi_request *request, const sp_ticket *ticket)
{
	sp_record record;
	sp_index *index = NULL;
	if (!ticket->article || request->caller.audience < 0 ||
	    spi_request_index_of(request, request->caller.audience, &index, NULL) != SP_OK ||
	    sp_index_get(index, ticket->article, ticket->lang, request->arena, &record, NULL) != SP_OK)
		return NULL;
	return record.ticket_group && *record.ticket_group ? record.ticket_group : NULL;
}

static void route(spi_request *request, sp_ticket *ticket)
{
	const sp_kb_config *config = request->config;
	int category = ticket->category ? sp_kb_category(config, ticket->category) : -1;
	int group = sp_ticket_group(config, category, article_group(request, ticket));
	ticket->level = SP_LEVEL_1;
	ticket->priority = category >= 0 ? (sp_priority)config->categories[category].priority : SP_PRIORITY_NONE;
	if (group < 0)
		return;
	ticket->group = sp_arena_strdup(request->arena, config->groups[group].key);
	ticket->level = config->groups[group].level;
}

sp_status spi_ticket_prepare(spi_request *request, spi_ticket_form *form, sp_error *err)
{
	form->write = (sp_write){.kind = SP_WRITE_TICKET};
	sp_write_ticket *write = &form->write.as.ticket;
	sp_ticket *ticket = &write->ticket;
	const char *last_words = NULL;
	*ticket = (sp_ticket){.state = SP_TICKET_NEW, .lang = form->lang, .created_utc_s = request->now_utc_s,
		.updated_utc_s = request->now_utc_s};
	ticket->category = form->category && *form->category ? form->category : NULL;
	bool unknown = ticket->category && spi_known_category(request, ticket->category) < 0;
	/* Who asks may not take an index that cannot be read for a mistake of theirs: they would not come again. */
	if (unknown && request->reply.status >= 500)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the categories cannot be read right now");
	if (unknown)
		return sp_error_set(err, SP_ERR_USAGE, "category", 0, "there is no category of this name");
	sp_status status = look_back(request, form, ticket, &last_words, err);
	if (status)
		return status;
	status = check_values(request, form, ticket);
	if (status)
		return sp_error_set(err, status, "fields", 0, "some fields are not right");
	ticket->message = form->message && !is_blank(form->message) ? masked(request, form->message) : last_words;
	ticket->channel = form->channel && *form->channel ? form->channel : "web";
	ticket->audience = sp_arena_strdup(request->arena, request->caller.audience_key);
	route(request, ticket);
	write->idempotency_key = form->idempotency_key;
	write->caller = request->caller.subject ? request->caller.subject : "citizen";
	write->fingerprint = form->fingerprint;
	return SP_OK;
}

void spi_ticket_store(spi_request *request, spi_ticket_form *form, spi_handler *then)
{
	spi_request_write(request, &form->write, then);
}

void spi_ticket_stored(spi_request *request, spi_ticket_form *form)
{
	const sp_kb_config *config = request->config;
	const sp_ticket *ticket = &form->write.as.ticket.ticket;
	sp_metrics *metrics = request->worker->server->metrics;
	if (form->write.status) {
		if (form->write.status != SP_ERR_CONFLICT)
			sp_metrics_count(metrics, SP_COUNT_WRITES_FAILED);
		return;
	}
	sp_connector_wake(request->worker->server->options.connector);
	sp_metrics_count(metrics, form->write.as.ticket.replayed ? SP_COUNT_TICKETS_REPLAYED : SP_COUNT_TICKETS_OPENED);
	int category = ticket->category ? sp_kb_category(config, ticket->category) : -1;
	int group = ticket->group ? sp_kb_group(config, ticket->group) : -1;
	if (group >= 0)
		form->group_name = sp_arena_strdup(request->arena, sp_texts_get(&config->groups[group].name, form->lang));
	/* As it is now, also where a repeated request gets the ticket of before. */
	int service = sp_ticket_service(config, category, group, request->moment_utc_s);
	form->when = sp_service_when(config, service, request->moment_utc_s, form->lang, request->arena);
}
