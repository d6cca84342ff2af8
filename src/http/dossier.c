/* The dossier that goes with an escalation: question, what was shown, steps tried and what came of it, data, what is missing. It is made of
   what is known; whoever escalates reads it over. Personal data stay in the ticket's fields: here it is said which are there. */
#include "http/tasks.h"

#include "sportello/catalog.h"

#include <string.h>

#define TOLD_MAX 12 /* of the turns: what it began with, and the last ones */

static const char *say(const spi_request *request, const char *key)
{
	return sp_catalog_text(request->lang, key);
}

static void add_head(const spi_request *request, sp_buffer *out, const char *key)
{
	sp_buffer_printf(out, "%s%s\n", out->len ? "\n" : "", say(request, key));
}

static const char *title_of(spi_request *request, const char *id)
{
	sp_index *index = NULL;
	sp_record record;
	if (request->caller.audience < 0 || spi_request_index_of(request, request->caller.audience, &index, NULL) != SP_OK)
		return NULL;
	if (sp_index_get(index, id, request->lang, request->arena, &record, NULL) != SP_OK &&
		sp_index_get(index, id, SP_LANG_NONE, request->arena, &record, NULL) != SP_OK)
		return NULL;
	return record.title;
}

/* ---- of a long conversation ---- */

/* What is told of the turns: whether this one is, and how many of those before it that were not read. */
typedef struct is_told { bool (*turn)(const sp_desk_turn *turn, const char *story); uint32_t (*skipped)(const sp_desk_turn *turn); } is_told;

static bool asks(const sp_desk_turn *turn, const char *story)
{
	return turn->turn.question && strcmp(turn->turn.question, story) != 0 && turn->turn.decision != SP_DECIDE_NONE &&
		!sp_reason_is_step(turn->turn.reason);
}

static uint32_t skipped_asking(const sp_desk_turn *turn)
{
	return turn->skipped_asking;
}

static bool shows(const sp_desk_turn *turn, const char *story)
{
	(void)story;
	return turn->turn.article && !sp_reason_is_step(turn->turn.reason);
}

static uint32_t skipped_showing(const sp_desk_turn *turn)
{
	return turn->skipped_showing;
}

/* Going through what is told of the turns: where it began, and the last ones, from one on; those in between are counted. */
typedef struct telling { is_told told; const char *story; size_t all, number, left_out, from; } telling;

static telling telling_of(is_told told, const char *story, const sp_desk_turn *turns, size_t count)
{
	telling t = {.told = told, .story = story};
	bool has_first = false; /* it may be one of those that were not read */
	for (size_t i = 0; i < count; i++) {
		t.all += told.skipped(&turns[i]);
		has_first |= t.all == 0 && told.turn(&turns[i], story);
		t.all += told.turn(&turns[i], story);
	}
	t.left_out = t.all > TOLD_MAX ? t.all - TOLD_MAX : 0;
	t.from = t.left_out ? t.left_out + has_first : 0;
	return t;
}

static bool is_next(spi_request *request, telling *t, const sp_desk_turn *turn, sp_buffer *out)
{
	t->number += t->told.skipped(turn);
	if (!t->told.turn(turn, t->story))
		return false;
	size_t number = t->number++;
	if (t->left_out && number == t->from)
		sp_buffer_printf(out, "  (…) %s: %zu\n", say(request, "agent-ticket.dossier.left-out"), t->left_out);
	return number == 0 || number >= t->from;
}

static void add_question(spi_request *request, const sp_ticket *ticket, const sp_desk_turn *turns, size_t count, sp_buffer *out)
{
	const char *story = spi_ticket_story(request, ticket);
	telling t = telling_of((is_told){asks, skipped_asking}, story, turns, count);
	add_head(request, out, "agent-ticket.dossier.question");
	if (*story)
		sp_buffer_printf(out, "%s\n", story);
	for (size_t i = 0; i < count; i++)
		if (is_next(request, &t, &turns[i], out))
			sp_buffer_printf(out, "- %s\n", turns[i].turn.question);
}

static void add_shown(spi_request *request, const sp_desk_turn *turns, size_t count, sp_buffer *out)
{
	telling t = telling_of((is_told){shows, skipped_showing}, "", turns, count);
	if (t.all > 0)
		add_head(request, out, "agent-ticket.dossier.shown");
	for (size_t i = 0; i < count; i++) {
		const sp_desk_turn *turn = &turns[i];
		if (!is_next(request, &t, turn, out))
			continue;
		const char *title = title_of(request, turn->turn.article);
		const char *receipt = turn->article_version ?
			sp_receipt_make(turn->turn.article, turn->turn.lang, turn->article_version, turn->turn.at_utc_s, request->arena) : NULL;
		sp_buffer_printf(out, "- %s (%s)%s%s", title ? title : turn->turn.article, turn->turn.article, receipt ? ", " : "",
			receipt ? receipt : "");
		if (turn->solved >= 0)
			sp_buffer_printf(out, ": %s", say(request, turn->solved ? "agent-ticket.solved.yes" : "agent-ticket.solved.no"));
		sp_buffer_add_text(out, "\n");
	}
}

/* ---- of the ticket ---- */

/* That a file was added is noted in the ticket's language. */
static bool is_file_note(const char *note)
{
	for (int lang = 0; note && lang < SP_LANG_COUNT; lang++)
		if (strcmp(note, sp_catalog_text((sp_lang)lang, "ticket.attached")) == 0)
			return true;
	return false;
}

/* Steps of the walk in the conversation, and what agents wrote down. A file that was added is nothing that was tried. */
static void add_tried(spi_request *request, const sp_ticket_event *events, size_t count, sp_buffer *out)
{
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		const char *text = events[i].note && *events[i].note && !is_file_note(events[i].note) ? events[i].note : NULL;
		const char *article = i > 0 && events[i].article ? events[i].article : NULL;
		if (!text && !article)
			continue;
		if (!any)
			add_head(request, out, "agent-ticket.dossier.tried");
		any = true;
		if (text)
			sp_buffer_printf(out, "- %s\n", text);
		if (article) {
			const char *title = title_of(request, article);
			sp_buffer_printf(out, "- %s: %s (%s)\n", say(request, "agent-ticket.dossier.linked"), title ? title : article, article);
		}
	}
}

/* What we and the person wrote to each other since, and files that came. */
static void add_said(spi_request *request, const sp_ticket_event *events, size_t count, sp_buffer *out)
{
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		bool by_person = events[i].post_kind == SP_POST_ANSWER, is_file = is_file_note(events[i].note);
		if (!by_person && !is_file && events[i].post_kind != SP_POST_REPLY)
			continue;
		if (!any)
			add_head(request, out, "agent-ticket.dossier.said");
		any = true;
		if (is_file)
			sp_buffer_printf(out, "- %s\n", say(request, "ticket.attached"));
		else
			sp_buffer_printf(out, "- %s: %s\n", say(request, by_person ? "agent-ticket.talk.person" : "agent-ticket.talk.desk"), events[i].post);
	}
}

static bool has_value(const sp_ticket *ticket, const char *field)
{
	for (size_t i = 0; i < ticket->values_count; i++)
		if (strcmp(ticket->values[i].field, field) == 0)
			return true;
	return false;
}

static void add_data(spi_request *request, const sp_ticket *ticket, sp_buffer *out)
{
	spi_shown_value value;
	if (ticket->values_count)
		add_head(request, out, "agent-ticket.dossier.data");
	for (size_t i = 0; i < ticket->values_count; i++)
		if (spi_show_value(request, &ticket->values[i], &value))
			sp_buffer_printf(out, "- %s: %s\n", value.label, value.text);
}

static void add_missing(spi_request *request, const sp_ticket *ticket, sp_buffer *out)
{
	const sp_kb_config *config = request->config;
	int number = ticket->category ? sp_kb_category(config, ticket->category) : -1;
	bool any = false;
	for (size_t i = 0; number >= 0 && i < config->categories[number].fields_count; i++) {
		const sp_field *field = &config->fields[config->categories[number].fields[i]];
		if (has_value(ticket, field->key))
			continue;
		if (!any)
			add_head(request, out, "agent-ticket.dossier.missing");
		any = true;
		sp_buffer_printf(out, "- %s\n", sp_texts_get(&field->label, request->lang));
	}
}

const char *spi_dossier(spi_request *request, const sp_ticket *ticket)
{
	sp_desk_turn *turns = NULL;
	sp_ticket_event *events = NULL;
	size_t turns_count = 0, events_count = 0;
	sp_store_reader *store = request->worker->store;
	sp_buffer out = SP_BUFFER_INIT;
	if (ticket->conversation && sp_store_desk_turns(store, ticket->conversation, request->arena, &turns, &turns_count, NULL) != SP_OK)
		turns_count = 0;
	if (sp_store_ticket_events(store, ticket->number, request->arena, &events, &events_count, NULL) != SP_OK)
		events_count = 0;
	add_question(request, ticket, turns, turns_count, &out);
	add_shown(request, turns, turns_count, &out);
	add_tried(request, events, events_count, &out);
	add_said(request, events, events_count, &out);
	add_data(request, ticket, &out);
	add_missing(request, ticket, &out);
	const char *text = sp_buffer_ok(&out) ? sp_arena_strdup(request->arena, sp_buffer_text(&out)) : NULL;
	sp_buffer_release(&out);
	return text;
}
