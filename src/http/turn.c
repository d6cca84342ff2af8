/* One turn of the chat: check, look back, decide, compose, record. */
#include "http/turn.h"

#include "base/clock.h"
#include "http/audit.h"
#include "http/log.h"
#include "http/parts.h"
#include "http/openings.h"
#include "http/replay.h"
#include "http/walks.h"
#include "sportello/identity.h"
#include "sportello/keep.h"
#include "sportello/text.h"

#include <string.h>

/* The index may change while it is asked; the knowledge base is then looked at anew. */

static bool check_message(spi_request *request, spi_turn *turn)
{
	static const char blanks[] = " \t\r\n\f\v";
	turn->message += strspn(turn->message, blanks);
	turn->message_len = strlen(turn->message);
	while (turn->message_len > 0 && strchr(blanks, turn->message[turn->message_len - 1]))
		turn->message_len--;
	if (turn->message_len == 0) {
		spi_problem_field(request, SPI_EMPTY_MESSAGE, "message", "write a message of 1 to %d characters",
			SP_MESSAGE_MAX_CHARS);
		return false;
	}
	return spi_check_length(request, "message", turn->message, turn->message_len);
}

/* Somebody who signed in with an app's token. All others who are known ask for other people. */
static bool is_themselves(const spi_request *request)
{
	const spi_caller *caller = &request->caller;
	return caller->subject && caller->token == 0 && !caller->session && !spi_caller_has(request, SPI_WORKS_HERE);
}

/* Who is behind the turn: only a keyed hash is stored, so that who comes back on another channel is counted once. */
static const char *person_of(const spi_request *request, const spi_turn *turn)
{
	char person[SP_PERSON_MAX];
	if (is_themselves(request)) {
		const char *subject = request->caller.subject;
		bool is_app = strncmp(subject, SP_SUBJECT_OF_APP, strlen(SP_SUBJECT_OF_APP)) == 0;
		return sp_arena_printf(request->arena, "subject:%s", subject + (is_app ? strlen(SP_SUBJECT_OF_APP) : 0));
	}
	if (!turn->person || !sp_person_of_text(turn->person, person))
		return NULL;
	return sp_arena_strdup(request->arena, person);
}

/* Nobody may speak in another's name who could be anybody: what was answered to that person would be taken back. */
static bool check_person(spi_request *request, const spi_turn *turn)
{
	char person[SP_PERSON_MAX];
	if (!turn->person)
		return true;
	if (!request->caller.subject) {
		spi_problem_field(request, SPI_UNAUTHORIZED, "person", "person needs a token; leave it out");
		spi_reply_header(request, "WWW-Authenticate", "Bearer realm=\"sportello\"");
		return false;
	}
	if (is_themselves(request)) {
		spi_problem_field(request, SPI_FORBIDDEN, "person", "the token says who it is; leave person out");
		return false;
	}
	if (sp_person_of_text(turn->person, person))
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "person", "person is an e-mail address, a codice fiscale, a telephone number, or subject: and an id");
	return false;
}

static bool check_rest(spi_request *request, spi_turn *turn)
{
	if (!check_person(request, turn))
		return false;
	if (turn->channel && !spi_is_channel(turn->channel)) {
		spi_problem_field(request, SPI_BAD_VALUE, "channel", "a channel is a word like web, app or phone");
		return false;
	}
	return !turn->category || spi_check_category(request, turn->category);
}

/* The conversation so far. A store that cannot be read does not keep anybody from an answer. */
static bool look_back(spi_request *request, spi_turn *turn)
{
	sp_error err = {0};
	sp_status status = SP_ERR_NOT_FOUND;
	if (request->replay)
		return spi_replay_look_back(request, turn, &turn->said);
	if (!turn->conversation || !*turn->conversation) {
		sp_store_new_id(turn->id);
		return true;
	}
	if (spi_is_conversation(turn->conversation)) {
		memcpy(turn->id, turn->conversation, sizeof turn->id);
		status = request->worker->store ?
			sp_store_dialogue(request->worker->store, turn->id, request->arena, &turn->dialogue, &err) : SP_ERR_IO;
	}
	if (status == SP_ERR_NOT_FOUND) {
		spi_problem_field(request, SPI_NOT_FOUND, "conversation",
			"there is no such conversation; leave it out to begin a new one");
		return false;
	}
	if (status) {
		spi_log_error(request, status, &err);
		turn->dialogue = (sp_dialogue){0};
	}
	return true;
}

static sp_status decide_once(spi_request *request, spi_turn *turn, sp_index *index, sp_error *err)
{
	bool may_wait = spi_request_may_wait(request);
	sp_question question = {
		.text = turn->message, .len = turn->message_len, .lang = turn->lang, .likely_lang = turn->likely_lang, .day = request->day,
		.dialogue = turn->dialogue.count ? &turn->dialogue : NULL, .category = turn->category,
		.asking = may_wait ? turn->asking : NULL, .walk = turn->walk, .joined = turn->joined, .no_code = turn->no_code,
		.talks = !turn->mute, .now_utc_s = request->now_utc_s, .join_s = request->worker->server->options.join_s,
	};
	sp_status status = sp_decide(request->worker->responder, index, request->config, &question, request->arena,
		&turn->decision, err);
	if (may_wait && status != SP_ERR_LATER)
		spi_request_wait_not(request);
	if (status)
		return status;
	if (turn->decision.walk)
		spi_walk_give_code(request, turn->decision.walk);
	turn->times = turn->decision.times;
	turn->since_us = spi_now_us();
	return sp_reply_compose(index, request->config, &turn->decision, request->moment_utc_s, request->arena,
		&turn->reply, err);
}

static sp_status decide_with(spi_request *request, sp_index *index, void *turn, sp_error *err)
{
	return decide_once(request, turn, index, err);
}

static bool decide(spi_request *request, spi_turn *turn, spi_handler *then)
{
	sp_error err = {0};
	sp_status status = spi_with_index(request, decide_with, turn, &err);
	if (!status || request->reply.status)
		return !status;
	if (status == SP_ERR_LATER) {
		spi_request_wait(request, then);
		return false;
	}
	if (status == SP_ERR_INVALID)
		spi_problem_field(request, SPI_EMPTY_MESSAGE, "message", "write a message of 1 to %d characters",
			SP_MESSAGE_MAX_CHARS);
	else
		spi_reply_error(request, status, &err);
	return false;
}

static void find_group(spi_request *request, spi_turn *turn)
{
	turn->when = turn->reply.when;
	if (turn->reply.group < 0)
		return;
	const sp_group *group = &request->config->groups[turn->reply.group];
	turn->group = group->key;
	turn->group_name = sp_texts_get(&group->name, turn->reply.lang);
}

static void go_on(void *request)
{
	spi_request_go_on(request);
}

/* Behind the messages of the same conversation that are not answered yet. False: it waits, and comes again. */
static bool wait_in_line(spi_request *request, spi_turn *turn, spi_handler *then)
{
	if (turn->in_line || !turn->conversation || !spi_is_conversation(turn->conversation) || !spi_request_may_wait(request))
		return true;
	turn->in_line = true;
	if (spi_order_enter(&request->worker->server->order, request, turn->conversation)) {
		spi_request_wait_not(request);
		return true;
	}
	spi_request_wait(request, then);
	return false;
}

static bool prepare(spi_request *request, spi_turn *turn, spi_handler *then)
{
	if (!check_message(request, turn) || !check_rest(request, turn) || !wait_in_line(request, turn, then) || !look_back(request, turn))
		return false;
	spi_walk_look_up(request, turn);
	/* Without one, this thread waits. */
	turn->asking = sp_asking_new(request->arena, go_on, request);
	sp_asking_spend(turn->asking, spi_request_rounds_us(request));
	return true;
}

/* As it was before; the time it took counts as the decision's. */
static bool recall(spi_request *request, spi_turn *turn)
{
	int64_t began_us = spi_now_us();
	if (!spi_openings_recall(request, turn))
		return false;
	turn->since_us = spi_now_us();
	turn->times.us[SP_STAGE_DECIDE] = turn->since_us - began_us + 1;
	sp_metrics_count(request->worker->server->metrics, SP_COUNT_RECALLED);
	return true;
}

static bool decide_anew(spi_request *request, spi_turn *turn, spi_handler *then)
{
	if (!decide(request, turn, then))
		return false;
	const sp_record *article = turn->reply.article;
	if (turn->decision.kind == SP_DECIDE_TICKET)
		find_group(request, turn);
	return !article || spi_audit_article(request, article);
}

bool spi_turn_decide(spi_request *request, spi_turn *turn, spi_handler *then)
{
	bool is_begun = turn->asking != NULL;
	if (!is_begun && !prepare(request, turn, then))
		return false;
	if ((is_begun || !recall(request, turn)) && !decide_anew(request, turn, then))
		return false;
	if (!request->editor) /* an editor tries: nobody asked */
		sp_metrics_decision(request->worker->server->metrics, turn->decision.kind, turn->decision.reason);
	return true;
}

/* Ids behind the choices. */
static sp_strings offered(spi_request *request, const sp_reply *reply)
{
	sp_strings ids = {sp_arena_calloc(request->arena, reply->choices_count + 1, sizeof *ids.items), 0};
	for (size_t i = 0; ids.items && i < reply->choices_count; i++)
		if (reply->choices[i].article)
			ids.items[ids.count++] = sp_arena_strdup(request->arena, reply->choices[i].article);
	return ids;
}

static void end_stage(spi_turn *turn, sp_stage stage)
{
	int64_t now_us = spi_now_us();
	int64_t us = now_us - turn->since_us;
	turn->times.us[stage] = us > 0 ? us : 1; /* 0 would say that it was left out */
	turn->since_us = now_us;
}

/* All stages so far. */
static uint32_t took_ms(const spi_turn *turn)
{
	int64_t us = spi_now_us() - turn->since_us;
	for (int stage = 0; stage < SP_STAGE_COUNT; stage++)
		us += turn->times.us[stage];
	return us > 0 && us < INT64_C(1000) * 86400 * 1000 ? (uint32_t)(us / 1000) : 0;
}

void spi_turn_record(spi_request *request, spi_turn *turn, spi_handler *then)
{
	sp_arena *arena = request->arena;
	const sp_record *article = turn->reply.article;
	turn->write = (sp_write){.kind = SP_WRITE_TURN};
	turn->write.as.turn = (sp_write_turn){
		.conversation = turn->id,
		.channel = sp_arena_strdup(arena, turn->channel ? turn->channel : "web"),
		.audience = sp_arena_strdup(arena, request->caller.audience_key),
		.turn = {
			.question = sp_arena_strdup(arena, turn->decision.masked),
			.decision = turn->decision.kind,
			.reason = turn->decision.reason,
			.article = article ? sp_arena_strdup(arena, article->id) : NULL,
			.category = sp_arena_strdup(arena, turn->decision.category),
			.offered = offered(request, &turn->reply),
			.lang = turn->decision.lang,
			.at_utc_s = request->now_utc_s,
			.step = turn->reply.step ? sp_arena_strdup(arena, turn->reply.step->anchor) : NULL,
		},
		.confidence = turn->decision.confidence,
		.walk = turn->decision.walk,
		.took_ms = took_ms(turn),
		.notices = (uint32_t)turn->reply.notices,
		.person = request->replay ? request->replay->person : person_of(request, turn),
		.place = request->replay ? request->replay->place : 0,
		.article_version = article ? sp_arena_strdup(arena, article->version) : NULL,
	};
	end_stage(turn, SP_STAGE_REPLY);
	if (turn->is_repeated)
		then(request);
	else
		spi_request_write(request, &turn->write, then);
}

void spi_turn_recorded(spi_request *request, spi_turn *turn)
{
	sp_metrics *metrics = request->worker->server->metrics;
	turn->recorded = turn->write.status == SP_OK;
	end_stage(turn, SP_STAGE_STORE);
	sp_metrics_turn(metrics, &turn->decision, &turn->times);
	for (size_t i = 0; i < turn->reply.notices; i++)
		sp_metrics_count(metrics, SP_COUNT_NOTICES_TOLD);
	if (turn->recorded)
		return;
	sp_metrics_count(metrics, SP_COUNT_TURNS_UNRECORDED);
	sp_metrics_count(metrics, SP_COUNT_WRITES_FAILED);
	spi_log_error(request, turn->write.status, &turn->write.error);
}
