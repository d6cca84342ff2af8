/* One ticket in the console, as its page shows it. No value that is masked is in the page before somebody asked for it. */
#include "http/agent_ticket.h"

#include "http/attachments.h"
#include "http/audit.h"
#include "http/log.h"
#include "http/queue.h"
#include "http/talk.h"
#include "sportello/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *text_at(const spi_request *request, const char *group, const char *name)
{
	char key[80];
	snprintf(key, sizeof key, "agent-ticket.%s.%s", group, name);
	return sp_catalog_text(request->lang, key);
}

const char *spi_title_of(spi_request *request, const char *id)
{
	sp_index *index = NULL;
	sp_record record;
	if (request->caller.audience < 0 || spi_request_index_of(request, request->caller.audience, &index, NULL) != SP_OK)
		return id;
	if (sp_index_get(index, id, request->lang, request->arena, &record, NULL) != SP_OK &&
		sp_index_get(index, id, SP_LANG_NONE, request->arena, &record, NULL) != SP_OK)
		return id;
	return record.title;
}

static void put_article(spi_request *request, spi_value *into, const char *id)
{
	spi_value *article = id ? spi_put_object(into, "article") : NULL;
	spi_put_text(article, "id", id);
	if (article) {
		spi_put_text(article, "title", spi_title_of(request, id));
		spi_put_text(article, "url", spi_page_url(request, sp_arena_printf(request->arena, "/a/%s", spi_id_in_address(request, id)), NULL));
	}
}

/* ---- head ---- */

static void put_due(const spi_request *request, spi_value *page, const sp_ticket *ticket, const sp_ticket_event *events, size_t count)
{
	int group = ticket->group ? sp_kb_group(request->config, ticket->group) : -1;
	int service = spi_ticket_service(request, ticket->category, ticket->group);
	int64_t target_s = group >= 0 ? request->config->groups[group].target_s : 0, said_utc_s = ticket->created_utc_s;
	bool replied = false;
	for (size_t i = 0; i < count; i++) {
		if (events[i].post_kind == SP_POST_ANSWER)
			said_utc_s = events[i].at_utc_s;
		replied = events[i].post_kind == SP_POST_REPLY || (replied && events[i].post_kind != SP_POST_ANSWER);
	}
	spi_put_text(page, "age", spi_page_open_time(request, sp_service_open_s(request->config, service, ticket->created_utc_s,
		request->now_utc_s) / 60));
	if (!target_s || replied || spi_wait_of(ticket->state, ticket->level) != SPI_WAIT_US)
		return;
	int64_t due_utc_s = sp_service_after(request->config, service, said_utc_s, target_s);
	spi_put_text(page, "due", due_utc_s ? spi_page_time(request, due_utc_s) : "");
	spi_put_bool(page, "overdue", due_utc_s && due_utc_s < request->now_utc_s);
}

static void put_choices(const spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	bool over = ticket->state == SP_TICKET_SOLVED || ticket->state == SP_TICKET_CLOSED;
	bool mine = ticket->assignee && request->caller.subject && strcmp(ticket->assignee, request->caller.subject) == 0;
	spi_put_bool(page, "can_take", !over && !mine);
	spi_put_text(page, "take_from", !mine && ticket->assignee ? ticket->assignee : "");
	spi_put_bool(page, "can_solve", sp_ticket_may_move(ticket->state, SP_TICKET_SOLVED));
	spi_put_bool(page, "can_close", sp_ticket_may_move(ticket->state, SP_TICKET_CLOSED));
	spi_put_bool(page, "can_reply", ticket->state != SP_TICKET_CLOSED);
	spi_put_bool(page, "can_wait", ticket->state == SP_TICKET_WAITING || sp_ticket_may_move(ticket->state, SP_TICKET_WAITING));
	spi_put_bool(page, "can_be_solved", ticket->state == SP_TICKET_SOLVED || sp_ticket_may_move(ticket->state, SP_TICKET_SOLVED));
	spi_put_bool(page, "can_escalate", ticket->state == SP_TICKET_ESCALATED || sp_ticket_may_move(ticket->state, SP_TICKET_ESCALATED));
	spi_put_bool(page, "can_return", sp_ticket_may_move_at(ticket->level, ticket->state, SP_TICKET_RETURNED));
	spi_put_bool(page, "over", over);
}

static void put_priorities(const spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	spi_value *list = spi_put_list(page, "priorities");
	for (int p = SP_PRIORITY_HIGH; p < SP_PRIORITIES; p++) {
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "value", sp_priority_name((sp_priority)p));
		spi_put_text(item, "name", text_at(request, "priority", sp_priority_name((sp_priority)p)));
		spi_put_bool(item, "chosen", ticket->priority == (sp_priority)p);
	}
}

static void put_head(spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	const sp_category *category = spi_page_category(request, ticket->category);
	int audience = ticket->audience ? sp_kb_audience(request->config, ticket->audience) : -1;
	const char *story = spi_ticket_story(request, ticket);
	spi_put_int(page, "number", ticket->number);
	spi_put_int(page, "revision", ticket->revision);
	spi_put_text(page, "action", spi_page_url(request, sp_arena_printf(request->arena, "/agent/tickets/%" PRId64, ticket->number), NULL));
	spi_put_text(page, "queue_url", spi_page_url(request, "/agent/tickets", NULL));
	spi_put_text(page, "story", *story ? story : spi_page_text(request, "agent-ticket.untold"));
	spi_put_text(page, "story_lang", ticket->lang != request->lang ? sp_lang_code(ticket->lang) : "");
	spi_put_text(page, "state", spi_ticket_state_text(request, ticket->state));
	spi_put_bool(page, "high", ticket->priority == SP_PRIORITY_HIGH);
	spi_put_text(page, "group", ticket->group ? spi_group_name(request, ticket->group) : "");
	spi_put_text(page, "category", category ? sp_texts_get(&category->name, request->lang) : "");
	spi_put_text(page, "assignee", ticket->assignee ? ticket->assignee : "");
	spi_put_text(page, "channel", ticket->channel ? ticket->channel : "");
	spi_put_text(page, "audience", audience >= 0 ? sp_texts_get(&request->config->audiences[audience].name, request->lang) : "");
	spi_put_text(page, "language", sp_catalog_text(ticket->lang, "page.lang.self"));
	spi_put_text(page, "opened", spi_page_time(request, ticket->created_utc_s));
	spi_put_text(page, "note", ticket->note ? ticket->note : "");
	put_choices(request, page, ticket);
	put_priorities(request, page, ticket);
}

/* ---- conversation ---- */

static void put_turn(spi_request *request, spi_value *list, const sp_desk_turn *turn)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "at", spi_page_time(request, turn->turn.at_utc_s));
	spi_put_text(item, "question", turn->turn.question ? turn->turn.question : "");
	spi_put_text(item, "decision", text_at(request, "decision", sp_decision_name(turn->turn.decision)));
	spi_put_text(item, "confidence", turn->turn.article ? sp_arena_printf(request->arena, "%.0f %%", turn->confidence * 100) : "");
	put_article(request, item, turn->turn.article);
	if (turn->turn.article && turn->article_version)
		spi_put_text(item, "receipt", sp_receipt_make(turn->turn.article, turn->turn.lang, turn->article_version, turn->turn.at_utc_s,
			request->arena));
	spi_put_text(item, "step", turn->turn.step && *turn->turn.step ? turn->turn.step : "");
	spi_put_bool(item, "said_yes", turn->solved == 1);
	spi_put_bool(item, "said_no", turn->solved == 0);
}

static void put_turns(spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	sp_desk_turn *turns = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_status status = ticket->conversation ?
		sp_store_desk_turns(request->worker->store, ticket->conversation, request->arena, &turns, &count, &err) : SP_OK;
	if (status)
		spi_log_error(request, status, &err);
	spi_value *list = spi_put_list(page, "turns");
	spi_put_bool(page, "turns_any", count > 0);
	spi_put_int(page, "count", (int64_t)count);
	for (size_t i = 0; i < count; i++)
		put_turn(request, list, &turns[i]);
}

static void put_data(spi_request *request, spi_value *page, const spi_ticket_page *shown)
{
	spi_value *list = spi_put_list(page, "data");
	spi_put_bool(page, "data_any", shown->ticket.values_count > 0);
	for (size_t i = 0; i < shown->ticket.values_count; i++) {
		spi_shown_value value;
		if (!spi_show_value(request, &shown->ticket.values[i], &value))
			continue;
		bool is_revealed = shown->revealed && strcmp(shown->revealed, value.field) == 0;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "field", value.field);
		spi_put_text(item, "label", value.label);
		spi_put_text(item, "text", is_revealed ? shown->value : value.text);
		spi_put_bool(item, "masked", value.is_masked && !is_revealed);
		spi_put_bool(item, "revealed", is_revealed);
	}
}

/* What a file shows is personal: the page has its name alone, and who opens it is noted. */
static void put_files(spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	sp_attachment *files = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_status status = sp_store_attachments(request->worker->store, ticket->number, request->arena, &files, &count, &err);
	if (status)
		spi_log_error(request, status, &err);
	spi_value *list = spi_put_list(page, "files");
	spi_put_bool(page, "files_any", count > 0);
	for (size_t i = 0; i < count; i++) {
		spi_value *item = spi_put_attached(request, list, &files[i], NULL);
		spi_put_text(item, "at", spi_page_time(request, files[i].at_utc_s));
	}
}

static void put_talk(spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	spi_said *said = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_status status = spi_talk_read(request, ticket->number, &said, &count, &err);
	if (status)
		spi_log_error(request, status, &err);
	spi_value *list = spi_put_list(page, "talk");
	spi_put_bool(page, "talk_any", count > 0);
	for (size_t i = 0; i < count; i++) {
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "at", spi_page_time(request, said[i].at_utc_s));
		spi_put_bool(item, "person", said[i].by_person);
		spi_put_text(item, "who", said[i].by_person || !said[i].actor ? "" : said[i].actor);
		spi_put_text(item, "html", spi_said_html(request, &said[i]));
	}
}

/* ---- who did what ---- */

static void add_line(spi_request *request, spi_value *lines, const char *key, const char *name, const char *value)
{
	sp_fill fills[] = {{name, value}, {NULL, NULL}};
	spi_put_text(spi_list_add(lines), "line", sp_catalog_fill(request->lang, key, fills, request->arena));
}

static void put_event(spi_request *request, spi_value *list, const sp_ticket_event *event)
{
	spi_value *item = spi_list_add(list), *lines = spi_put_list(item, "lines");
	bool by_person = event->actor && strcmp(event->actor, "citizen") == 0;
	spi_put_text(item, "at", spi_page_time(request, event->at_utc_s));
	spi_put_text(item, "who", by_person ? spi_page_text(request, "agent-ticket.event.person") : event->actor ? event->actor : "");
	if (event->revision == 1)
		add_line(request, lines, "agent-ticket.event.opened", "n", "");
	if (event->post_kind != SP_POST_NONE)
		add_line(request, lines, sp_arena_printf(request->arena, "agent-ticket.event.%s", sp_post_kind_name(event->post_kind)), "n", "");
	if (event->moved && event->revision > 1)
		add_line(request, lines, "agent-ticket.event.state", "state", spi_ticket_state_text(request, event->state));
	if (event->group)
		add_line(request, lines, "agent-ticket.event.group", "group", spi_group_name(request, event->group));
	if (event->assignee)
		add_line(request, lines, *event->assignee ? "agent-ticket.event.assignee" : "agent-ticket.event.free", "who", event->assignee);
	if (event->article && event->revision > 1)
		add_line(request, lines, "agent-ticket.event.article", "article", spi_title_of(request, event->article));
	if (event->priority)
		add_line(request, lines, "agent-ticket.event.priority", "priority", text_at(request, "priority", sp_priority_name(event->priority)));
	if (event->note && *event->note)
		spi_put_text(spi_list_add(lines), "line", event->note);
	/* What was said to the person and by them stands among the messages. */
	bool is_ours = event->post_kind == SP_POST_DOSSIER || event->post_kind == SP_POST_RETURN;
	spi_put_text(item, "text", is_ours ? event->post : "");
}

static void put_flags(spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	sp_flag_filter filter = {.ticket = ticket->number};
	sp_flag *flags = NULL;
	size_t count = 0;
	if (sp_store_flags(request->worker->store, &filter, request->arena, &flags, &count, NULL, NULL) != SP_OK)
		return;
	spi_value *list = spi_put_list(page, "flags");
	spi_put_bool(page, "flags_any", count > 0);
	for (size_t i = 0; i < count; i++) {
		spi_value *item = spi_list_add(list);
		sp_fill fills[] = {{"article", spi_title_of(request, flags[i].article)},
			{"reason", text_at(request, "flag.reason", sp_flag_reason_name(flags[i].reason))}, {NULL, NULL}};
		spi_put_text(item, "at", spi_page_time(request, flags[i].at_utc_s));
		spi_put_text(item, "who", flags[i].actor);
		spi_put_text(item, "line", sp_catalog_fill(request->lang, "agent-ticket.event.flag", fills, request->arena));
		spi_put_text(item, "text", flags[i].text ? flags[i].text : "");
	}
}

/* What the last one who passed it up or back wrote for who has it now: the first thing to read. */
static void put_passed(spi_request *request, spi_value *page, const sp_ticket *ticket, const sp_ticket_event *events, size_t count)
{
	sp_post_kind wanted = ticket->level > SP_LEVEL_1 ? SP_POST_DOSSIER : SP_POST_RETURN;
	if (ticket->state == SP_TICKET_SOLVED || ticket->state == SP_TICKET_CLOSED)
		return;
	while (count > 0 && events[count - 1].post_kind != SP_POST_DOSSIER && events[count - 1].post_kind != SP_POST_RETURN)
		count--;
	const sp_ticket_event *event = count > 0 ? &events[count - 1] : NULL;
	if (!event || event->post_kind != wanted || !event->post)
		return;
	spi_value *passed = spi_put_object(page, "passed");
	sp_fill fills[] = {{"who", event->actor ? event->actor : ""}, {NULL, NULL}};
	const char *key = wanted == SP_POST_RETURN ? "agent-ticket.passed.return" : "agent-ticket.passed.dossier";
	spi_put_text(passed, "heading", sp_catalog_fill(request->lang, key, fills, request->arena));
	spi_put_text(passed, "when", spi_page_time(request, event->at_utc_s));
	spi_put_text(passed, "said", event->post);
	if (wanted == SP_POST_RETURN && event->article && *event->article)
		put_article(request, passed, event->article);
}

/* ---- forms ---- */

/* The group that the linked article names for its tickets; NULL when there is none. */
static const char *group_of_article(spi_request *request, const sp_ticket *ticket)
{
	sp_index *index = NULL;
	sp_record record;
	if (!ticket->article || request->caller.audience < 0 || spi_request_index_of(request, request->caller.audience, &index, NULL) != SP_OK)
		return NULL;
	bool is_there = sp_index_get(index, ticket->article, request->lang, request->arena, &record, NULL) == SP_OK ||
		sp_index_get(index, ticket->article, SP_LANG_NONE, request->arena, &record, NULL) == SP_OK;
	return is_there && *record.ticket_group ? record.ticket_group : NULL;
}

/* Those of one level that the ticket's group may pass it to: of its own service first. */
static size_t put_level(const spi_request *request, spi_value *list, const spi_ticket_page *shown, sp_group_level level, const char *chosen)
{
	const sp_kb_config *config = request->config;
	int from = shown->ticket.group ? sp_kb_group(config, shown->ticket.group) : -1, service = spi_ticket_service(request, shown->ticket.category, shown->ticket.group);
	size_t count = 0;
	for (int same = 1; same >= 0; same--)
		for (int i = 0; i < (int)config->groups_count; i++) {
			const sp_group *group = &config->groups[i];
			if (group->level != level || i == from || (group->service == service) != same || !sp_kb_passes(config, from, i))
				continue;
			spi_value *item = spi_list_add(list);
			spi_put_text(item, "value", group->key);
			spi_put_text(item, "name", sp_texts_get(&group->name, request->lang));
			spi_put_bool(item, "chosen", chosen && strcmp(chosen, group->key) == 0);
			count++;
		}
	return count;
}

static bool put_groups(spi_request *request, spi_value *page, const spi_ticket_page *shown)
{
	const char *chosen = shown->group ? shown->group : group_of_article(request, &shown->ticket);
	size_t level2 = put_level(request, spi_put_list(page, "groups"), shown, SP_LEVEL_2, chosen);
	size_t partners = put_level(request, spi_put_list(page, "partners"), shown, SP_LEVEL_PARTNER, chosen);
	spi_put_bool(page, "groups_any", level2 > 0);
	spi_put_bool(page, "partners_any", partners > 0);
	spi_put_bool(page, "passes_any", level2 + partners > 0);
	return level2 + partners > 0;
}

/* What was written to a form that is not there any more, as somebody else moved the ticket meanwhile; "" = nothing. */
static const char *unplaced(const spi_ticket_page *shown, bool passes)
{
	sp_ticket_state state = shown->ticket.state;
	bool can_escalate = passes && (state == SP_TICKET_ESCALATED || sp_ticket_may_move(state, SP_TICKET_ESCALATED));
	if (shown->dossier && !can_escalate)
		return shown->dossier;
	if (shown->text && state == SP_TICKET_CLOSED)
		return shown->text;
	bool is_return = shown->remark && shown->opened && strcmp(shown->opened, "return") == 0;
	return is_return && !sp_ticket_may_move_at(shown->ticket.level, state, SP_TICKET_RETURNED) ? shown->remark : "";
}

static void put_forms(spi_request *request, spi_value *page, const spi_ticket_page *shown)
{
	spi_put_text(page, "written", shown->text ? shown->text : "");
	spi_put_text(page, "named", shown->article ? shown->article : shown->ticket.article ? shown->ticket.article : "");
	spi_put_bool(page, "then_solved", shown->state && strcmp(shown->state, "solved") == 0);
	spi_put_bool(page, "then_keep", shown->state && strcmp(shown->state, "keep") == 0);
	spi_put_bool(page, "open_escalate", shown->opened && strcmp(shown->opened, "escalate") == 0);
	spi_put_bool(page, "open_return", shown->opened && strcmp(shown->opened, "return") == 0);
	spi_put_text(page, "remark", shown->remark ? shown->remark : "");
	spi_put_bool(page, "open_flag", shown->opened && strcmp(shown->opened, "flag") == 0);
	spi_put_text(page, "unplaced", unplaced(shown, put_groups(request, page, shown)));
	const char *dossier = shown->dossier ? shown->dossier : spi_dossier(request, &shown->ticket);
	spi_put_text(page, "dossier", dossier ? dossier : "");
	spi_value *reasons = spi_put_list(page, "reasons");
	for (int reason = 0; reason < SP_FLAG_REASONS; reason++) {
		const char *name = sp_flag_reason_name((sp_flag_reason)reason);
		spi_value *item = spi_list_add(reasons);
		spi_put_text(item, "value", name);
		spi_put_text(item, "name", text_at(request, "flag.reason", name));
		spi_put_bool(item, "chosen", shown->reason && strcmp(shown->reason, name) == 0);
	}
}

/* ---- suggestions ---- */

static void put_suggested(spi_request *request, spi_value *list, const spi_suggested *from, size_t number)
{
	spi_value *item = spi_list_add(list);
	spi_put_int(item, "place", (int64_t)number);
	spi_put_text(item, "id", from->id);
	spi_put_text(item, "title", from->title);
	spi_put_text(item, "url", from->url);
	spi_put_text(item, "other_lang", from->lang != request->lang ? sp_lang_code(from->lang) : "");
	spi_put_text(item, "type_name", spi_page_text(request, sp_arena_printf(request->arena, "page.type.%s", sp_article_type_name(from->type))));
	spi_put_int(item, "score", (int64_t)(from->score * 100 + 0.5));
	spi_put_text(item, "phrase", from->phrase);
	spi_put_text(item, "words", from->words);
	spi_put_bool(item, "solved_one", from->solved == 1);
	spi_put_bool(item, "solved_many", from->solved > 1);
	spi_put_int(item, "solved", from->solved);
	spi_put_bool(item, "linked", from->linked);
	spi_put_bool(item, "internal", !from->insert);
	spi_put_text(item, "insert", from->insert ? from->insert : "");
}

void spi_ticket_page_put_advice(spi_request *request, spi_value *page, const spi_advice *advice)
{
	spi_value *list = spi_put_list(page, "suggested");
	spi_put_bool(page, "suggested_any", advice->count > 0);
	spi_put_bool(page, "suggested_told", true);
	spi_put_text(page, "why", advice->count == 0 ? "" : text_at(request, "suggestions", advice->is_sure ? "sure" : "unsure"));
	for (size_t i = 0; i < advice->count; i++)
		put_suggested(request, list, &advice->items[i], i + 1);
}

void spi_ticket_page_show(spi_request *request, spi_ticket_page *shown)
{
	sp_ticket_event *events = NULL;
	size_t count = 0;
	sp_error err = {0};
	const sp_ticket *ticket = &shown->ticket;
	if (!spi_audit_soon(request, SP_AUDIT_TICKET_READ, sp_arena_printf(request->arena, "ticket:%" PRId64, ticket->number), NULL))
		return;
	sp_status status = sp_store_ticket_events(request->worker->store, ticket->number, request->arena, &events, &count, &err);
	if (status)
		spi_log_error(request, status, &err);
	spi_value *page = spi_page_new(request);
	sp_fill fills[] = {{"number", sp_arena_printf(request->arena, "%" PRId64, ticket->number)}, {NULL, NULL}};
	spi_agent_put_frame(request, page, SPI_AGENT_TICKETS, sp_catalog_fill(request->lang, "agent-ticket.title", fills, request->arena));
	spi_put_text(page, "done", shown->done ? text_at(request, "done", shown->done) : "");
	spi_put_text(page, "wrong", shown->wrong ? shown->wrong : "");
	put_head(request, page, ticket);
	put_due(request, page, ticket, events, count);
	put_passed(request, page, ticket, events, count);
	put_turns(request, page, ticket);
	put_data(request, page, shown);
	put_files(request, page, ticket);
	put_talk(request, page, ticket);
	put_forms(request, page, shown);
	put_flags(request, page, ticket);
	spi_value *list = spi_put_list(page, "events");
	for (size_t i = count; i-- > 0;)
		put_event(request, list, &events[i]);
	if (shown->advice)
		spi_ticket_page_put_advice(request, page, shown->advice);
	spi_page_send(request, "agent-ticket", page, shown->status ? shown->status : 200);
}
