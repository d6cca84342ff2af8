/* POST /v1/chat and POST /v1/chat/{conversation}/feedback. */
#include "http/body.h"
#include "http/filled.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/openings.h"
#include "http/replay.h"
#include "http/retold.h"
#include "http/turn.h"
#include "sportello/personal.h"

#include <string.h>

#define COMMENT_MAX_CHARS 2000
#define PERSON_MAX_CHARS 200

/* The reply is written before the turn is stored, while the configuration's texts are valid; only "recorded" comes
   after. */
typedef struct chat {
	spi_turn turn;
	sp_json json;
	const char *key; /* Idempotency-Key; NULL = none */
	bool explain;
	sp_explanation explanation;
} chat;

static void write_reply(sp_json *json, const sp_reply *reply)
{
	sp_json_object(json, "reply");
	sp_json_string_len(json, "markdown", reply->markdown, reply->markdown_len);
	sp_json_string_len(json, "html", reply->html, reply->html_len);
	sp_json_string_len(json, "speech", reply->speech, reply->speech_len);
	sp_json_object_end(json);
}

static void write_article(const spi_request *request, sp_json *json, const sp_reply *reply)
{
	const sp_record *article = reply->article;
	if (!article)
		return;
	sp_json_object(json, "article");
	sp_json_string(json, "id", article->id);
	sp_json_string(json, "lang", sp_lang_code(article->lang));
	sp_json_string(json, "title", article->title);
	sp_json_string(json, "url", spi_article_url(request, article->id, article->lang));
	spi_json_date(json, "updated", article->updated);
	sp_json_string(json, "version", article->version);
	sp_json_string(json, "receipt", reply->receipt);
	sp_json_object_end(json);
}

static void write_related(const spi_request *request, sp_json *json, const sp_reply *reply)
{
	sp_json_array(json, "related");
	for (size_t i = 0; i < reply->related_count; i++)
		spi_json_link(request, json, NULL, reply->related[i].id, reply->related[i].title, reply->related[i].lang);
	sp_json_array_end(json);
}

static void write_choices(sp_json *json, const sp_reply *reply)
{
	sp_json_array(json, "choices");
	for (size_t i = 0; i < reply->choices_count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "label", reply->choices[i].label);
		sp_json_string(json, "value", reply->choices[i].value);
		spi_json_text(json, "article", reply->choices[i].article);
		spi_json_text(json, "kind", reply->choices[i].kind ? sp_choice_kind_name(reply->choices[i].kind) : NULL);
		if (reply->choices[i].lang != reply->lang)
			sp_json_string(json, "lang", sp_lang_code(reply->choices[i].lang));
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void write_step(sp_json *json, const sp_reply *reply)
{
	const sp_step_shown *step = reply->step;
	if (!step)
		return;
	sp_json_object(json, "step");
	sp_json_int(json, "number", (int64_t)step->number);
	sp_json_int(json, "of", (int64_t)step->of);
	sp_json_string(json, "anchor", step->anchor);
	sp_json_string(json, "title", step->title);
	spi_json_text(json, "code", *step->code ? step->code : NULL);
	sp_json_bool(json, "last", step->last);
	sp_json_object_end(json);
}

static void write_window(sp_json *json, const sp_reply *reply)
{
	const sp_window_shown *window = reply->window;
	if (!window)
		return;
	sp_json_object(json, "window");
	sp_json_string(json, "state", sp_window_state_name(window->state));
	sp_json_string(json, "from", window->from);
	sp_json_int(json, "wait_days", window->wait_days);
	if (window->until_days)
		sp_json_int(json, "until_days", window->until_days);
	spi_json_date(json, "first", window->first);
	spi_json_date(json, "last", window->last);
	spi_json_date(json, "opens", window->opens);
	spi_json_date(json, "closes", window->closes);
	sp_json_object_end(json);
}

static void write_letter(sp_json *json, const sp_reply *reply)
{
	if (!reply->letter)
		return;
	sp_json_object(json, "letter");
	sp_json_string(json, "to", reply->letter->to);
	sp_json_string(json, "text", reply->letter->text);
	sp_json_object_end(json);
}

static void write_fields(const spi_request *request, sp_json *json, const sp_reply *reply)
{
	const char **values = reply->fields_count ? spi_filled(request, reply->fields, reply->fields_count, &reply->said) : NULL;
	sp_json_array(json, "fields");
	for (size_t i = 0; i < reply->fields_count; i++)
		spi_json_field(json, &request->config->fields[reply->fields[i]], reply->lang, spi_latest_day(request), values ? values[i] : NULL);
	sp_json_array_end(json);
}

static void write_ticket(sp_json *json, const spi_turn *turn)
{
	if (turn->decision.kind != SP_DECIDE_TICKET)
		return;
	sp_json_object(json, "ticket");
	sp_json_string(json, "group", turn->group);
	sp_json_string(json, "group_name", turn->group_name);
	sp_json_string(json, "when", turn->when);
	if (*turn->reply.said.text)
		sp_json_string(json, "said", turn->reply.said.text);
	sp_json_bool(json, "left_out", turn->reply.said.left_out);
	sp_json_object_end(json);
}

static void write_rest(const spi_request *request, sp_json *json, const spi_turn *turn)
{
	sp_json_string(json, "decision", sp_decision_name(turn->decision.kind));
	sp_json_string(json, "reason", sp_reason_name(turn->decision.reason));
	write_reply(json, &turn->reply);
	write_article(request, json, &turn->reply);
	write_step(json, &turn->reply);
	write_window(json, &turn->reply);
	write_letter(json, &turn->reply);
	write_related(request, json, &turn->reply);
	write_choices(json, &turn->reply);
	write_fields(request, json, &turn->reply);
	write_ticket(json, turn);
	spi_json_text(json, "category", turn->decision.category);
	sp_json_number(json, "confidence", turn->decision.confidence, 4);
	sp_json_string(json, "lang", sp_lang_code(turn->reply.lang));
	spi_json_text(json, "corrected", turn->decision.corrected);
}

/* All but the conversation is the same for everybody who asks this. */
static void write_turn(spi_request *request, sp_json *json, const spi_turn *turn)
{
	sp_json_object(json, NULL);
	sp_json_string(json, "conversation", turn->id);
	size_t from = request->out.len;
	if (turn->told) {
		sp_buffer_add(&request->out, turn->told, turn->told_len);
		return;
	}
	write_rest(request, json, turn);
	if (sp_buffer_ok(&request->out))
		spi_openings_keep(request, turn, request->out.data + from, request->out.len - from);
}

/* ---- the explanation ---- */

/* For those who write articles or answer people: it is of no use to others, and costs more than the reply. */
static bool may_explain(spi_request *request, bool wanted)
{
	if (!wanted || spi_caller_has(request, SPI_WORKS_HERE))
		return true;
	bool has_token = request->caller.subject != NULL;
	spi_problem_field(request, has_token ? SPI_FORBIDDEN : SPI_UNAUTHORIZED, "explain",
		"explain needs a token with the role agent, editor, manager or admin; leave it out to get the reply alone");
	if (!has_token)
		spi_reply_header(request, "WWW-Authenticate", "Bearer realm=\"sportello\"");
	return false;
}

/* Once, with the index and the configuration that the turn was decided with: its texts are still of that configuration. */
static bool explain(spi_request *request, chat *c)
{
	sp_error err = {0};
	sp_index *index = spi_request_index(request);
	if (!index)
		return false;
	sp_question question = {
		.text = c->turn.message, .len = c->turn.message_len, .lang = c->turn.lang, .likely_lang = c->turn.likely_lang, .day = request->day,
		.dialogue = c->turn.dialogue.count ? &c->turn.dialogue : NULL, .category = c->turn.category,
	};
	sp_status status = sp_explain(request->worker->responder, index, request->config, &question, &c->turn.decision, request->lang,
		request->arena, &c->explanation, &err);
	if (status == SP_ERR_CORRUPT)
		sp_reader_report_damage(request->worker->reader);
	if (status)
		spi_reply_error(request, status, &err);
	return !status;
}

static void recorded(spi_request *request)
{
	chat *c = request->data;
	spi_turn_recorded(request, &c->turn);
	sp_json_bool(&c->json, "recorded", c->turn.recorded);
	sp_json_object_end(&c->json);
	if (c->turn.recorded)
		spi_retold_keep(request->worker->server->retold, request, c->key);
	spi_reply_json(request, 200);
}

/* Sent again: the connection was lost while the reply was on its way, or while it was made. */
static bool tell_again(spi_request *request, const char *key)
{
	if (!spi_retold_find(request->worker->server->retold, request, key))
		return false;
	spi_reply_json(request, 200);
	spi_reply_header(request, "Idempotency-Replayed", "true");
	return true;
}

/* Again when the encoder is done, or the conversation's messages before it. */
static void answer(spi_request *request)
{
	chat *c = request->data;
	if (tell_again(request, c->key))
		return;
	if (!spi_turn_decide(request, &c->turn, answer) || (c->explain && !explain(request, c)))
		return;
	sp_json_init(&c->json, &request->out);
	write_turn(request, &c->json, &c->turn);
	if (c->explain)
		sp_explanation_write(&c->explanation, &c->json, "explain");
	spi_turn_record(request, &c->turn, recorded);
}

/* One step at a time, but where one message must hold everything. */
static bool wants_steps(const json_t *body, const char *channel)
{
	const json_t *walk = json_object_get(body, "walk");
	return walk ? json_is_true(walk) : !channel || (strcmp(channel, "email") != 0 && strcmp(channel, "speech") != 0);
}

void spi_h_chat(spi_request *request)
{
	static const spi_member members[] = {
		{"conversation", SPI_STRING, false, 0}, {"message", SPI_STRING, true, 0}, {"lang", SPI_STRING, false, 0},
		{"channel", SPI_STRING, false, 0}, {"category", SPI_STRING, false, 0}, {"explain", SPI_BOOL, false, 0},
		{"walk", SPI_BOOL, false, 0}, {"person", SPI_STRING, false, PERSON_MAX_CHARS},
		{"said", SPI_STRINGS, false, 0},
	};
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	chat *c = body ? sp_arena_calloc(request->arena, 1, sizeof *c) : NULL;
	if (!c)
		return;
	request->data = c;
	c->turn.conversation = spi_body_text(body, "conversation");
	c->turn.message = spi_body_text(body, "message");
	c->turn.channel = spi_body_text(body, "channel");
	c->turn.category = spi_body_text(body, "category");
	c->turn.person = spi_body_text(body, "person");
	c->turn.walk = wants_steps(body, c->turn.channel);
	c->turn.mute = c->turn.channel && strcmp(c->turn.channel, "email") == 0;
	c->turn.likely_lang = 1u << request->lang;
	c->explain = json_is_true(json_object_get(body, "explain"));
	c->turn.may_recall = !c->explain;
	if (!request->replay && json_object_get(body, "said")) {
		spi_problem_field(request, SPI_UNKNOWN_MEMBER, "said", "said is for replays alone");
		return;
	}
	if (!spi_body_texts(request, body, "said", &c->turn.said))
		return;
	if (!request->replay && !spi_check_key(request, &c->key)) /* a replay's messages are known by their place */
		return;
	if (spi_body_lang(request, body, request->lang_asked ? request->lang : SP_LANG_NONE, &c->turn.lang) &&
	    may_explain(request, c->explain))
		answer(request);
}

/* ---- feedback ---- */

static void feedback_stored(spi_request *request)
{
	const sp_write *write = request->data;
	sp_metrics *metrics = request->worker->server->metrics;
	sp_json json;
	if (write->status) {
		sp_metrics_count(metrics, SP_COUNT_WRITES_FAILED);
		spi_reply_error(request, write->status, &write->error);
		return;
	}
	sp_metrics_count(metrics, write->as.feedback.solved ? SP_COUNT_SOLVED_YES : SP_COUNT_SOLVED_NO);
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "conversation", write->as.feedback.conversation);
	sp_json_bool(&json, "solved", write->as.feedback.solved);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

static const char *masked(spi_request *request, const char *text)
{
	sp_buffer *scratch = &request->worker->scratch;
	if (!text || !*text)
		return NULL;
	sp_buffer_clear(scratch);
	sp_personal_mask(text, strlen(text), scratch);
	return sp_buffer_ok(scratch) ? sp_arena_strndup(request->arena, sp_buffer_text(scratch), scratch->len) : NULL;
}

static bool conversation_exists(spi_request *request, const char *id, uint32_t *ret_places)
{
	sp_dialogue dialogue = {0};
	sp_error err = {0};
	sp_status status = SP_ERR_NOT_FOUND;
	if (!request->worker->store)
		status = SP_ERR_IO;
	else if (spi_is_conversation(id))
		status = sp_store_dialogue(request->worker->store, id, request->arena, &dialogue, &err);
	if (status == SP_ERR_NOT_FOUND)
		spi_problem(request, SPI_NOT_FOUND, "there is no such conversation");
	else if (status)
		spi_reply_error(request, status, &err);
	*ret_places = dialogue.places;
	return !status;
}

void spi_h_feedback(spi_request *request)
{
	static const spi_member members[] = {
		{"solved", SPI_BOOL, true, 0}, {"comment", SPI_STRING, false, COMMENT_MAX_CHARS},
	};
	uint32_t places;
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	if (!body || !conversation_exists(request, request->params[0], &places))
		return;
	sp_write *write = sp_arena_calloc(request->arena, 1, sizeof *write);
	if (!write)
		return;
	write->kind = SP_WRITE_FEEDBACK;
	write->as.feedback = (sp_write_feedback){
		.conversation = request->params[0],
		.solved = json_is_true(json_object_get(body, "solved")),
		.comment = masked(request, spi_body_text(body, "comment")),
		.at_utc_s = request->now_utc_s,
		.place = request->replay ? request->replay->place : 0,
	};
	request->data = write;
	if (spi_replay_is_there(request, places))
		feedback_stored(request);
	else
		spi_request_write(request, write, feedback_stored);
}
