/* GET /v1/tickets/{number}/history: the conversation that led to it, and who did what since; GET …/dossier: what an escalation would take
   along. Neither holds a value of a field. */
#include "base/json.h"
#include "http/handlers.h"
#include "http/tasks.h"
#include "http/tickets.h"

static void write_turn(spi_request *request, sp_json *json, const sp_desk_turn *turn)
{
	sp_json_object(json, NULL);
	spi_json_time(json, "at", turn->turn.at_utc_s);
	sp_json_string(json, "question", turn->turn.question ? turn->turn.question : "");
	sp_json_string(json, "decision", sp_decision_name(turn->turn.decision));
	sp_json_string(json, "reason", sp_reason_name(turn->turn.reason));
	sp_json_number(json, "confidence", turn->confidence, 3);
	spi_json_text(json, "article", turn->turn.article);
	if (turn->turn.article && turn->article_version)
		spi_json_text(json, "receipt", sp_receipt_make(turn->turn.article, turn->turn.lang, turn->article_version, turn->turn.at_utc_s,
			request->arena));
	spi_json_text(json, "step", turn->turn.step);
	if (turn->solved >= 0)
		sp_json_bool(json, "solved", turn->solved != 0);
	sp_json_object_end(json);
}

static void write_event(sp_json *json, const sp_ticket_event *event)
{
	sp_json_object(json, NULL);
	sp_json_int(json, "revision", event->revision);
	spi_json_time(json, "at", event->at_utc_s);
	spi_json_text(json, "actor", event->actor);
	sp_json_string(json, "state", sp_ticket_state_name(event->state));
	sp_json_bool(json, "moved", event->moved);
	sp_json_int(json, "level", event->level);
	spi_json_text(json, "group", event->group);
	if (event->assignee)
		sp_json_string(json, "assignee", event->assignee);
	spi_json_text(json, "note", event->note);
	spi_json_text(json, "article", event->article);
	spi_json_text(json, "priority", sp_priority_name(event->priority));
	if (event->post) {
		sp_json_object(json, "post");
		sp_json_string(json, "kind", sp_post_kind_name(event->post_kind));
		sp_json_string(json, "text", event->post);
		sp_json_object_end(json);
	}
	sp_json_object_end(json);
}

static void write_turns(spi_request *request, sp_json *json, const sp_ticket *ticket, sp_error *err)
{
	sp_desk_turn *turns = NULL;
	size_t count = 0;
	sp_status status = ticket->conversation ?
		sp_store_desk_turns(request->worker->store, ticket->conversation, request->arena, &turns, &count, err) : SP_OK;
	sp_json_array(json, "turns");
	for (size_t i = 0; status == SP_OK && i < count; i++)
		write_turn(request, json, &turns[i]);
	sp_json_array_end(json);
}

void spi_h_ticket_history(spi_request *request)
{
	sp_ticket ticket;
	sp_ticket_event *events = NULL;
	size_t count = 0;
	sp_error err = {0};
	sp_json json;
	int64_t number = spi_ticket_number(request);
	if (!number || !spi_ticket_read(request, number, &ticket))
		return;
	sp_status status = sp_store_ticket_events(request->worker->store, number, request->arena, &events, &count, &err);
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "number", number);
	write_turns(request, &json, &ticket, &err);
	sp_json_array(&json, "events");
	for (size_t i = 0; i < count; i++)
		write_event(&json, &events[i]);
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

void spi_h_ticket_dossier(spi_request *request)
{
	sp_ticket ticket;
	sp_json json;
	int64_t number = spi_ticket_number(request);
	if (!number || !spi_ticket_read(request, number, &ticket))
		return;
	const char *text = spi_dossier(request, &ticket);
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "number", number);
	sp_json_string(&json, "text", text ? text : "");
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}
