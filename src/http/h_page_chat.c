/* GET /chat, GET /chat/{conversation}, POST /chat and POST /chat/{conversation}/feedback: the chat as plain pages and
   forms. Scripts (web/scripts/chat.js) take the same markup over and talk to /v1/chat instead.

   A conversation is shown by deciding nothing anew: what was decided is in the store, and sp_reply_compose() puts it
   into words again, as of the moment it was said. */
#include "http/pages.h"
#include "http/known.h"
#include "http/parts.h"
#include "http/tasks.h"
#include "http/ticket_page.h"
#include "http/turn.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLES 4

/* ---- one turn on the page ---- */

static void put_article(const spi_request *request, spi_value *turn, const sp_reply *reply)
{
	if (!reply->article)
		return;
	spi_value *article = spi_put_object(turn, "article");
	spi_page_put_article(request, article, reply->article);
	spi_put_text(article, "date", spi_page_date(request, reply->article->updated));
	spi_put_text(article, "receipt", reply->receipt);
}

static void put_related(const spi_request *request, spi_value *turn, const sp_reply *reply)
{
	spi_put_bool(turn, "has_related", reply->related_count > 0);
	spi_value *list = spi_put_list(turn, "related");
	for (size_t i = 0; i < reply->related_count; i++) {
		sp_record record = {
			.id = reply->related[i].id, .title = reply->related[i].title, .lang = reply->related[i].lang};
		spi_page_put_article(request, spi_list_add(list), &record);
	}
}

static void put_step(const spi_request *request, spi_value *turn, const sp_reply *reply)
{
	const sp_step_shown *shown = reply->step;
	char text[24];
	if (!shown || shown->number == 0)
		return;
	spi_value *step = spi_put_object(turn, "step");
	snprintf(text, sizeof text, "%zu", shown->number);
	spi_put_text(step, "number", sp_arena_strdup(request->arena, text));
	snprintf(text, sizeof text, "%zu", shown->of);
	spi_put_text(step, "of", sp_arena_strdup(request->arena, text));
}

/* In two groups, as it is spoken on the telephone. */
static void put_code(const spi_request *request, spi_value *turn, const sp_reply *reply)
{
	if (!reply->step || !*reply->step->code)
		return;
	spi_put_text(spi_put_object(turn, "walk_code"), "code",
		sp_arena_printf(request->arena, "%.3s %s", reply->step->code, reply->step->code + SP_WALK_CODE_LEN / 2));
}

/* The way through a procedure stands apart from what is answered; a person is one tap away below anyway. */
static bool is_way(const sp_choice *choice)
{
	return choice->kind == SP_CHOICE_BACK || choice->kind == SP_CHOICE_RETURN;
}

/* What to write to who decides, and the day that an answer needs. */
static void put_letter(spi_value *turn, const sp_reply *reply)
{
	if (!reply->letter)
		return;
	spi_value *letter = spi_put_object(turn, "letter");
	spi_put_text(letter, "to", reply->letter->to);
	spi_put_text(letter, "text", reply->letter->text);
}

static void put_day(const spi_request *request, spi_value *turn, const sp_reply *reply)
{
	if (!reply->window || reply->window->state != SP_WINDOW_ASKED)
		return;
	spi_value *day = spi_put_object(turn, "ask_day");
	spi_put_text(day, "latest", sp_arena_printf(request->arena, "%04d-%02d-%02d", (int)(request->day / 10000), (int)(request->day / 100 % 100),
		(int)(request->day % 100)));
}

static void put_choices(spi_value *turn, const sp_reply *reply, bool ways)
{
	spi_value *list = spi_put_list(turn, ways ? "ways" : "choices");
	for (size_t i = 0; i < reply->choices_count; i++) {
		const sp_choice *choice = &reply->choices[i];
		if (is_way(choice) != ways || choice->kind == SP_CHOICE_PERSON)
			continue;
		spi_put_bool(turn, ways ? "has_ways" : "has_choices", true);
		spi_value *item = spi_list_add(list);
		bool foreign = choice->lang != reply->lang;
		spi_put_text(item, "value", choice->value);
		/* In another language: the title, and after it which one. */
		spi_put_text(item, "other_lang", foreign ? sp_lang_code(choice->lang) : "");
		spi_put_text(item, "label", foreign ? choice->label + strlen(choice->value) : choice->label);
	}
}

/* Where a turn stands, and what was opened in the conversation. */
typedef struct spot {
	const sp_dialogue *dialogue;
	const spi_chat_tickets *tickets;
	size_t at;
	bool is_last;
} spot;

static void put_turn(spi_request *request, sp_index *index, spi_value *turns, const char *question,
	const sp_decision *decision, const sp_reply *reply, const spot *here)
{
	spi_value *turn = spi_list_add(turns);
	bool is_last = here->is_last;
	bool is_sent = spi_chat_tickets_put(request, turn, here->tickets, here->dialogue, (ptrdiff_t)here->at);
	spi_put_text(turn, "question", spi_masks_in_words(request, question));
	spi_put_bool(turn, "last", is_last);
	spi_put_len(turn, "html", reply->html, reply->html_len);
	spi_put_text(turn, "text_lang", reply->lang == request->lang ? "" : sp_lang_code(reply->lang));
	put_article(request, turn, reply);
	put_step(request, turn, reply);
	spi_put_bool(turn, "is_step", reply->step != NULL);
	put_related(request, turn, reply);
	put_letter(turn, reply);
	if (!is_last)
		return;
	put_day(request, turn, reply);
	put_choices(turn, reply, false);
	put_choices(turn, reply, true);
	put_code(request, turn, reply);
	bool is_over = decision->kind == SP_DECIDE_ANSWER && (!reply->step || reply->step->last);
	spi_put_bool(turn, "ask_solved", is_over && !spi_request_query(request, "solved"));
	if (decision->kind == SP_DECIDE_TICKET && !is_sent)
		spi_chat_ticket_form_put(request, index, turn, reply, decision->category);
}

/* ---- a conversation from the store ---- */

/* An article that was named then, if readers still have it; in the language of the turn where it is there in that. */
static bool put_candidate(spi_request *request, sp_index *index, sp_lang lang, const char *id, sp_candidate *ret)
{
	sp_record record;
	sp_status status = sp_index_get(index, id, lang, request->arena, &record, NULL);
	if (status == SP_ERR_NOT_FOUND)
		status = sp_index_get(index, id, SP_LANG_NONE, request->arena, &record, NULL);
	if (status != SP_OK)
		return false;
	*ret = (sp_candidate){
		.docid = record.docid,
		.id = record.id,
		.title = record.title,
		.category = record.category,
		.lang = record.lang,
		.type = record.type,
		.phrase = record.title,
	};
	return true;
}

/* The step that was shown, and the procedure that can be gone back to, as the walk is now. */
static bool put_walk(const spi_request *request, const sp_dialogue *dialogue, const sp_turn *said, sp_decision *decision)
{
	const sp_walk *last = dialogue->walk;
	bool is_last = said == &dialogue->turns[dialogue->count - 1];
	if (!said->step) {
		bool is_open = last && (last->state == SP_WALK_GOING || said->reason == SP_REASON_NOT_SOLVED);
		decision->back_to = is_last && is_open && said->reason != SP_REASON_GOODBYE ? last : NULL;
		return true;
	}
	sp_walk *walk = sp_arena_calloc(request->arena, 1, sizeof *walk);
	if (!walk)
		return false;
	if (last && is_last && said->article && strcmp(last->article, said->article) == 0) {
		*walk = *last;
		if (dialogue->earlier && !sp_reason_is_step(said->reason))
			decision->back_to = dialogue->earlier;
	}
	walk->article = said->article ? said->article : "";
	walk->step = said->step;
	walk->state = SP_WALK_GOING;
	decision->walk = walk;
	return true;
}

static sp_status compose_turn(spi_request *request, sp_index *index, const sp_dialogue *dialogue, const sp_turn *said,
	sp_decision *decision, sp_reply *reply, sp_error *err)
{
	*decision = (sp_decision){
		.kind = said->decision,
		.reason = said->reason,
		.lang = said->lang == SP_LANG_NONE ? request->lang : said->lang,
		.category = said->category,
		.masked = said->question,
		.candidates = sp_arena_calloc(request->arena, said->offered.count + 1, sizeof *decision->candidates),
	};
	sp_dialogue *before = sp_arena_alloc(request->arena, sizeof *before);
	if (!decision->candidates || !before || !put_walk(request, dialogue, said, decision))
		return SP_ERR_NOMEM;
	*before = (sp_dialogue){.turns = dialogue->turns, .count = (size_t)(said - dialogue->turns), .began = dialogue->began, .began_count = dialogue->began_count};
	decision->before = before;
	sp_candidate *list = decision->candidates;
	if (said->article && put_candidate(request, index, decision->lang, said->article, list))
		decision->count = 1;
	else if (said->decision == SP_DECIDE_ANSWER)
		return SP_ERR_NOT_FOUND;
	for (size_t i = 0; i < said->offered.count; i++)
		decision->count += put_candidate(request, index, decision->lang, said->offered.items[i], &list[decision->count]);
	if (said->decision == SP_DECIDE_CLARIFY) {
		decision->choices = decision->count;
	} else if (said->decision == SP_DECIDE_ANSWER) {
		/* What else the message asked. */
		decision->also = list + 1;
		decision->also_count = decision->count - 1;
	}
	int64_t at = request->worker->server->options.as_of ? request->moment_utc_s : said->at_utc_s;
	return sp_reply_compose(index, request->config, decision, at, request->arena, reply, err);
}

/* With what was opened in it. The page has a frame; turns is a list of it. */
static sp_status put_dialogue(spi_request *request, sp_index *index, spi_value *page, spi_value *turns, const sp_dialogue *dialogue,
	bool ends_here, sp_error *err)
{
	spi_chat_tickets tickets;
	if (spi_chat_tickets_read(request, spi_get_text(page, "conversation"), dialogue, &tickets, err) != SP_OK)
		sp_error_clear(err); /* what was said can be read without them */
	spi_chat_tickets_put(request, page, &tickets, dialogue, -1);
	for (size_t i = 0; i < dialogue->count; i++) {
		sp_decision decision;
		sp_reply reply = {.lang = request->lang, .group = -1};
		sp_status status = compose_turn(request, index, dialogue, &dialogue->turns[i], &decision, &reply, err);
		if (status == SP_ERR_NOT_FOUND) { /* the article is not there any more */
			reply.html = spi_page_text(request, "page.chat.gone");
			reply.html_len = strlen(reply.html);
			decision.kind = SP_DECIDE_NONE;
			sp_error_clear(err);
		} else if (status != SP_OK) {
			return status;
		}
		spot here = {dialogue, &tickets, i, ends_here && i + 1 == dialogue->count};
		put_turn(request, index, turns, dialogue->turns[i].question, &decision, &reply, &here);
	}
	return SP_OK;
}

/* ---- GET ---- */

static void put_frame(spi_request *request, spi_value *page, const char *conversation, const char *category)
{
	bool is_default = request->config->default_lang == request->lang;
	spi_put_text(page, "title", spi_page_text(request, "page.chat.title"));
	spi_put_bool(page, "at_chat", true);
	spi_put_text(page, "conversation", conversation ? conversation : "");
	spi_put_text(page, "category", spi_known_category(request, category) >= 0 ? category : "");
	/* Without a wish the language is found out from what is written. */
	spi_put_text(page, "wanted_lang", request->lang_asked || !is_default ? sp_lang_code(request->lang) : "");
	if (conversation)
		spi_put_bool(page, "noindex", true);
}

static sp_status put_hello(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	spi_put_bool(page, "hello", true);
	sp_status status = spi_page_put_notices(request, index, page, NULL, NULL, err);
	if (status == SP_OK)
		status = spi_page_put_useful(request, index, page, "examples", EXAMPLES, err);
	spi_put_bool(page, "has_examples", sp_index_count(index) > 0);
	return status;
}

static sp_status read_dialogue(spi_request *request, const char *conversation, sp_dialogue *ret, sp_error *err)
{
	if (!spi_is_conversation(conversation))
		return SP_ERR_NOT_FOUND;
	if (!request->worker->store)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the store cannot be read");
	return sp_store_dialogue(request->worker->store, conversation, request->arena, ret, err);
}

static sp_status compose_new(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	put_frame(request, page, NULL, spi_request_query(request, "category"));
	return put_hello(request, index, page, err);
}

static sp_status compose_unknown(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	put_frame(request, page, NULL, NULL);
	spi_put_bool(page, "unknown", true);
	return put_hello(request, index, page, err);
}

static sp_status compose_conversation(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	sp_dialogue dialogue = {0};
	const char *solved = spi_request_query(request, "solved");
	sp_status status = read_dialogue(request, request->params[0], &dialogue, err);
	if (status != SP_OK)
		return status;
	put_frame(request, page, request->params[0], NULL);
	spi_put_bool(page, "solved", solved && strcmp(solved, "yes") == 0);
	return put_dialogue(request, index, page, spi_put_list(page, "turns"), &dialogue, true, err);
}

void spi_h_page_chat(spi_request *request)
{
	sp_dialogue dialogue;
	sp_error err = {0};
	spi_value *page;
	if (!request->params[0]) {
		spi_page_serve_kept(request, "chat", compose_new);
	} else if (read_dialogue(request, request->params[0], &dialogue, &err) != SP_ERR_NOT_FOUND) {
		spi_page_serve(request, "chat", compose_conversation);
	} else if (spi_page_make(request, compose_unknown, &page)) {
		spi_page_send(request, "chat", page, 404);
	}
}

/* ---- POST ---- */

static void go_to(spi_request *request, const char *conversation, const char *solved)
{
	spi_pair pairs[] = {{"solved", solved}, {0}};
	const char *url = spi_page_url(request, sp_arena_printf(request->arena, "/chat/%s", conversation), pairs);
	spi_reply_redirect(request, 303, sp_arena_printf(request->arena, "%s#last", url));
}

/* After the write: the conversation as stored. Where it could not be stored the reply is shown all the same, from the
   page that was rendered before. */
static void said(spi_request *request)
{
	spi_turn *turn = request->data;
	spi_turn_recorded(request, turn);
	spi_page_form_lang(request);
	if (turn->recorded) {
		sp_buffer_clear(&request->out);
		go_to(request, turn->id, NULL);
	} else {
		spi_reply_html(request, 200);
	}
}

static bool render_turn(spi_request *request, spi_turn *turn)
{
	sp_error err = {0};
	sp_index *index = spi_request_index(request);
	spi_value *page = index ? spi_page_new(request) : NULL;
	if (!page)
		return false;
	put_frame(request, page, turn->id, NULL);
	spi_value *turns = spi_put_list(page, "turns");
	if (put_dialogue(request, index, page, turns, &turn->dialogue, false, &err) != SP_OK)
		sp_error_clear(&err); /* what came before is not needed to read the reply */
	spi_chat_tickets none = {0};
	spot last = {&turn->dialogue, &none, turn->dialogue.count, true};
	put_turn(request, index, turns, turn->message, &turn->decision, &turn->reply, &last);
	return spi_page_render(request, "chat", page);
}

/* Again when the encoder is done. */
static void answer(spi_request *request)
{
	spi_turn *turn = request->data;
	spi_page_form_lang(request);
	if (spi_turn_decide(request, turn, answer) && render_turn(request, turn))
		spi_turn_record(request, turn, said);
}

static void say(spi_request *request, const char *conversation, const char *message)
{
	sp_dialogue dialogue;
	spi_turn *turn = sp_arena_calloc(request->arena, 1, sizeof *turn);
	if (!turn)
		return;
	const char *category = spi_request_form(request, "category");
	sp_error err = {0};
	bool is_known =
		conversation && *conversation && read_dialogue(request, conversation, &dialogue, &err) != SP_ERR_NOT_FOUND;
	turn->conversation = is_known ? conversation : NULL;
	turn->message = message;
	turn->walk = true;
	turn->category = spi_known_category(request, category) >= 0 ? category : NULL;
	const char *wanted = spi_request_form(request, "wanted");
	turn->lang = wanted ? sp_lang_of(wanted, strlen(wanted)) : SP_LANG_NONE;
	turn->likely_lang = 1u << request->lang;
	request->data = turn;
	answer(request);
}

void spi_h_page_chat_say(spi_request *request)
{
	spi_page_form_lang(request);
	const char *message = spi_request_form(request, "message"),
			   *conversation = spi_request_form(request, "conversation");
	if (spi_request_form(request, "person"))
		message = spi_page_text(request, "chat.person.message");
	if (message && message[strspn(message, " \t\r\n")])
		say(request, conversation, message);
	else if (conversation && spi_is_conversation(conversation))
		go_to(request, conversation, NULL);
	else
		spi_reply_redirect(request, 303, spi_page_url(request, "/chat", NULL));
}

/* ---- did this solve it? ---- */

static void told(spi_request *request)
{
	const sp_write *write = request->data;
	sp_metrics *metrics = request->worker->server->metrics;
	spi_page_form_lang(request);
	if (write->status) {
		sp_metrics_count(metrics, SP_COUNT_WRITES_FAILED);
		spi_reply_error(request, write->status, &write->error);
		return;
	}
	sp_metrics_count(metrics, write->as.feedback.solved ? SP_COUNT_SOLVED_YES : SP_COUNT_SOLVED_NO);
	if (write->as.feedback.solved)
		go_to(request, write->as.feedback.conversation, "yes");
	else
		say(request, write->as.feedback.conversation, spi_page_text(request, "chat.solved.no.message"));
}

void spi_h_page_chat_feedback(spi_request *request)
{
	const char *solved = spi_request_form(request, "solved"), *conversation = request->params[0];
	sp_dialogue dialogue;
	sp_error err = {0};
	spi_page_form_lang(request);
	sp_status status = read_dialogue(request, conversation, &dialogue, &err);
	sp_write *write = sp_arena_calloc(request->arena, 1, sizeof *write);
	if (!write)
		return;
	if (status == SP_ERR_NOT_FOUND)
		spi_problem(request, SPI_NOT_FOUND, "there is no such conversation");
	else if (status)
		spi_reply_error(request, status, &err);
	else if (!solved || (strcmp(solved, "yes") != 0 && strcmp(solved, "no") != 0))
		spi_problem_field(request, SPI_BAD_VALUE, "solved", "solved is yes or no");
	if (request->reply.status)
		return;
	write->kind = SP_WRITE_FEEDBACK;
	write->as.feedback = (sp_write_feedback){
		.conversation = conversation,
		.solved = solved && strcmp(solved, "yes") == 0,
		.at_utc_s = request->now_utc_s,
	};
	request->data = write;
	spi_request_write(request, write, told);
}
