/* GET /agent/training and /agent/training/{id}, POST of a quiz there: modules, the article to read beside its quiz, and what came of
   it. Everything is in the page itself: it works without a script. The reply to a quiz is its result, not a redirect: what was wrong
   is kept nowhere, and sending it twice does no harm. */
#include "http/audit.h"
#include "http/agent.h"
#include "http/parts.h"
#include "http/training.h"

#include <string.h>

#define ANSWER "q-" /* before a question's id: a field of the form */

typedef struct asking {
	const char *id; /* NULL: all modules */
	spi_training training;
} asking;

/* ---- states ---- */

static void put_state(const spi_request *request, spi_value *into, sp_training_state state)
{
	static const char *const marks[SP_TRAINING_STATE_COUNT] = {
		[SP_TRAINING_PASSED] = "ag-mark-good", [SP_TRAINING_REOPENED] = "ag-mark-warn"};
	const char *key = sp_arena_printf(request->arena, "training.state.%s", sp_training_state_name(state));
	spi_put_text(into, "state", key ? spi_page_text(request, key) : "");
	spi_put_text(into, "mark", marks[state] ? marks[state] : "");
}

static void put_progress(spi_value *into, const sp_training_module *module)
{
	spi_put_bool(into, "has_quizzes", module->quizzes > 0);
	spi_put_int(into, "quizzes", (int64_t)module->quizzes);
	spi_put_int(into, "passed", (int64_t)module->passed);
}

static const char *day_of(const spi_request *request, int64_t utc_s)
{
	return spi_page_date(request, sp_date_of(utc_s, request->config->timezone));
}

/* ---- all modules ---- */

/* What has to be done comes first. */
static const sp_training_state in_order[] = {
	SP_TRAINING_REOPENED, SP_TRAINING_STARTED, SP_TRAINING_NEW, SP_TRAINING_READING, SP_TRAINING_PASSED};

static void put_listed(const spi_request *request, spi_value *list, const sp_training_module *module)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "name", module->article.title);
	spi_put_text(item, "url", spi_training_url(request, module->article.id, NULL));
	put_state(request, item, module->state);
	put_progress(item, module);
	spi_put_bool(item, "has_changed", module->reopened > 0);
	spi_value *changed = spi_put_list(item, "changed");
	for (size_t i = 0; i < module->count; i++) {
		if (module->parts[i].state != SP_TRAINING_REOPENED)
			continue;
		spi_value *article = spi_list_add(changed);
		spi_put_text(article, "name", module->parts[i].article.title);
		spi_put_text(article, "url", spi_training_url(request, module->article.id, module->parts[i].article.id));
	}
}

void spi_h_page_trainings(spi_request *request)
{
	asking a = {0};
	bool is_trained = spi_caller_has(request, SPI_DESK), looks_after = spi_caller_has(request, SPI_IS(MANAGER) | SPI_IS(ADMIN));
	if (!is_trained && looks_after) {
		spi_reply_redirect(request, 303, spi_page_url(request, "/agent/training/report", (spi_pair[]){{0}}));
		return;
	}
	if (!is_trained) {
		spi_problem(request, SPI_FORBIDDEN, "training is for agents");
		return;
	}
	if (!spi_training_read(request, a.id, &a.training))
		return;
	spi_value *page = spi_page_new(request);
	size_t open = 0;
	spi_agent_put_frame(request, page, SPI_AGENT_TRAINING, spi_page_text(request, "training.title"));
	spi_value *list = spi_put_list(page, "modules");
	for (size_t s = 0; s < sizeof in_order / sizeof *in_order; s++)
		for (size_t i = 0; i < a.training.count; i++)
			if (a.training.modules[i].state == in_order[s])
				put_listed(request, list, &a.training.modules[i]);
	for (size_t i = 0; i < a.training.count; i++)
		open += a.training.modules[i].quizzes - a.training.modules[i].passed;
	spi_put_bool(page, "has_report", looks_after);
	spi_put_bool(page, "has_modules", a.training.count > 0);
	spi_put_bool(page, "is_current", a.training.count > 0 && open == 0);
	spi_put_bool(page, "has_open", open > 0);
	spi_put_int(page, "open", (int64_t)open);
	spi_page_send(request, "agent-training", page, 200);
}

/* ---- one module ---- */

static void put_articles(const spi_request *request, spi_value *page, const sp_training_module *module)
{
	spi_value *list = spi_put_list(page, "articles");
	for (size_t i = 0; i < module->count; i++) {
		const sp_training_part *part = &module->parts[i];
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "name", part->article.title);
		spi_put_text(item, "url", spi_training_url(request, module->article.id, part->article.id));
		put_state(request, item, part->state);
		if (part->pass)
			spi_put_text(item, "passed_on", day_of(request, part->pass->at_utc_s));
	}
}

static spi_value *new_page(spi_request *request, const sp_training_module *module)
{
	spi_value *page = spi_page_new(request);
	spi_agent_put_frame(request, page, SPI_AGENT_TRAINING, module->article.title);
	spi_put_text(page, "module_url", spi_training_url(request, module->article.id, NULL));
	put_state(request, page, module->state);
	put_progress(page, module);
	return page;
}

static void send_module(spi_request *request, const sp_training_module *module)
{
	if (!spi_audit_article(request, &module->article))
		return;
	spi_value *page = new_page(request, module);
	spi_put_len(page, "html", module->article.html, module->article.html_len);
	put_articles(request, page, module);
	spi_page_send(request, "agent-training-module", page, 200);
}

/* ---- an article and its quiz ---- */

static void put_article(const spi_request *request, spi_value *page, const sp_training_part *part)
{
	spi_put_text(page, "article_title", part->article.title);
	spi_put_text(page, "article_lang", sp_lang_code(part->article.lang));
	spi_put_text(page, "article_url", spi_article_url(request, part->article.id, part->article.lang));
	spi_put_len(page, "article_html", part->article.html, part->article.html_len);
	spi_put_text(page, "article", part->article.id);
	spi_put_text(page, "version", part->article.version);
	spi_put_bool(page, "is_passed", part->state == SP_TRAINING_PASSED);
	spi_put_bool(page, "is_reading", part->state == SP_TRAINING_READING);
	if (part->pass)
		spi_put_text(page, "passed_on", day_of(request, part->pass->at_utc_s));
}

static void put_changes(spi_request *request, spi_value *page, const asking *a, const sp_training_part *part)
{
	sp_training_line *lines = NULL;
	size_t count = 0;
	sp_error err = {0};
	if (part->state != SP_TRAINING_REOPENED)
		return;
	spi_value *changes = spi_put_object(page, "changes");
	spi_put_text(changes, "since", day_of(request, part->pass->at_utc_s));
	if (sp_training_changes(&a->training.view, part, request->arena, &lines, &count, &err) != SP_OK)
		count = 0; /* that it changed is told all the same */
	spi_put_bool(changes, "has_lines", count > 0);
	spi_value *list = spi_put_list(changes, "lines");
	for (size_t i = 0; i < count; i++) {
		spi_value *line = spi_list_add(list);
		spi_put_bool(line, "gone", lines[i].mark == '-');
		spi_put_bool(line, "come", lines[i].mark == '+');
		spi_put_bool(line, "same", lines[i].mark == ' ');
		spi_put_bool(line, "skipped", lines[i].mark == 0);
		spi_put_text(line, "text", lines[i].text);
	}
}

static const sp_training_answer *answer_of(const spi_training_given *given, const char *question)
{
	for (size_t i = 0; given && i < given->count; i++)
		if (strcmp(given->answers[i].question, question) == 0)
			return &given->answers[i];
	return NULL;
}

static bool is_chosen(const sp_training_answer *answer, const char *choice)
{
	for (size_t i = 0; answer && i < answer->count; i++)
		if (strcmp(answer->choices[i], choice) == 0)
			return true;
	return false;
}

static void put_question(spi_value *list, const sp_quiz_question *question, const spi_training_given *given)
{
	const sp_training_answer *answer = answer_of(given, question->id);
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "id", question->id);
	spi_put_text(item, "question", question->title);
	spi_put_text(item, "text", *question->html ? question->html : NULL);
	spi_put_bool(item, "several", question->right > 1);
	spi_put_text(item, "input", question->right > 1 ? "checkbox" : "radio");
	spi_put_bool(item, "missing", given && !answer);
	spi_value *choices = spi_put_list(item, "choices");
	for (size_t i = 0; i < question->choices_count; i++) {
		spi_value *choice = spi_list_add(choices);
		spi_put_text(choice, "choice", question->choices[i].id);
		spi_put_text(choice, "label", question->choices[i].text);
		spi_put_bool(choice, "checked", is_chosen(answer, question->choices[i].id));
	}
}

/* The form; where something lacks in it, with what was chosen. problem: key of what is wrong, NULL = nothing. */
static void send_quiz(spi_request *request, const asking *a, const sp_training_part *part, const spi_training_given *given,
	const char *problem, int status)
{
	if (!spi_audit_article(request, &part->article))
		return;
	spi_value *page = new_page(request, &a->training.modules[0]);
	spi_put_bool(page, "asks", part->count > 0);
	spi_put_text(page, "problem", problem ? spi_page_text(request, problem) : NULL);
	put_article(request, page, part);
	put_changes(request, page, a, part);
	spi_value *list = spi_put_list(page, "questions");
	for (size_t i = 0; i < part->count; i++)
		put_question(list, &part->questions[i], given);
	spi_page_send(request, "agent-training-quiz", page, status);
}

void spi_h_page_training(spi_request *request)
{
	asking a = {.id = request->params[0]};
	const char *article = spi_request_query(request, "article");
	if (!spi_training_read(request, a.id, &a.training))
		return;
	const sp_training_part *part = article ? sp_training_find(&a.training.modules[0], article) : NULL;
	if (part)
		send_quiz(request, &a, part, NULL, NULL, 200);
	else if (article)
		spi_problem(request, SPI_NOT_FOUND, "this module has no such article");
	else
		send_module(request, &a.training.modules[0]);
}

/* ---- the result ---- */

static void put_result(const spi_request *request, spi_value *list, const spi_training_result *result, size_t number,
	const spi_training_given *given)
{
	const sp_quiz_question *question = &result->part->questions[number];
	const sp_training_answer *answer = answer_of(given, question->id);
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "question", question->title);
	spi_put_bool(item, "is_right", result->right[number]);
	spi_put_text(item, "explanation", question->explanation);
	spi_put_text(item, "passage", *question->anchor ? sp_arena_printf(request->arena, "#%s", question->anchor) : "#tr-article");
	spi_value *choices = spi_put_list(item, "choices");
	for (size_t i = 0; i < question->choices_count; i++) {
		bool chosen = is_chosen(answer, question->choices[i].id), right = question->choices[i].is_right;
		if (!chosen && !right)
			continue;
		spi_value *choice = spi_list_add(choices);
		spi_put_text(choice, "label", question->choices[i].text);
		spi_put_bool(choice, "chosen_right", chosen && right);
		spi_put_bool(choice, "chosen_wrong", chosen && !right);
		spi_put_bool(choice, "not_chosen", !chosen);
	}
}

/* The next quiz of the module that is open: behind this one, then from the start. */
static const sp_training_part *next_open(const sp_training_module *module, const sp_training_part *part)
{
	size_t at = (size_t)(part - module->parts);
	for (size_t i = 1; i < module->count; i++) {
		const sp_training_part *other = &module->parts[(at + i) % module->count];
		if (other->state == SP_TRAINING_NEW || other->state == SP_TRAINING_REOPENED)
			return other;
	}
	return NULL;
}

static bool render_result(spi_request *request, const spi_training_result *result, const spi_training_given *given)
{
	spi_value *page = new_page(request, result->module);
	const sp_training_part *next = next_open(result->module, result->part);
	put_article(request, page, result->part);
	spi_put_bool(page, "success", result->passed);
	spi_put_int(page, "right", (int64_t)result->right_count);
	spi_put_int(page, "asked", (int64_t)result->part->count);
	spi_put_text(page, "again_url", spi_training_url(request, result->module->article.id, result->part->article.id));
	spi_put_bool(page, "is_complete", result->module->state == SP_TRAINING_PASSED);
	if (next) {
		spi_value *other = spi_put_object(page, "next");
		spi_put_text(other, "name", next->article.title);
		spi_put_text(other, "url", spi_training_url(request, result->module->article.id, next->article.id));
	}
	spi_value *list = spi_put_list(page, "results");
	for (size_t i = 0; i < result->part->count; i++)
		put_result(request, list, result, i, given);
	return spi_page_render(request, "agent-training-result", page);
}

/* The page is written already: what was passed is told when it is certain. */
static void stored(spi_request *request)
{
	const sp_write *write = request->data;
	if (write->status == SP_OK) {
		spi_reply_html(request, 200);
		return;
	}
	sp_buffer_clear(&request->out);
	spi_reply_error(request, write->status, &write->error);
}

/* ---- the form that comes back ---- */

static sp_training_answer *need_answer(spi_training_given *given, const char *question)
{
	for (size_t i = 0; i < given->count; i++)
		if (strcmp(given->answers[i].question, question) == 0)
			return &given->answers[i];
	given->answers[given->count] = (sp_training_answer){.question = question};
	return &given->answers[given->count++];
}

/* A question with several right choices is there once for each that was chosen. */
static bool read_form(spi_request *request, spi_training_given *given)
{
	const spi_pair *pairs;
	size_t count;
	if (!spi_request_form_all(request, &pairs, &count)) {
		if (!request->reply.status)
			spi_problem(request, SPI_BAD_REQUEST, "the form cannot be read");
		return false;
	}
	*given = (spi_training_given){.article = spi_request_form(request, "article"), .version = spi_request_form(request, "version")};
	given->answers = sp_arena_calloc(request->arena, count + 1, sizeof *given->answers);
	for (size_t i = 0; given->answers && i < count; i++) {
		if (strncmp(pairs[i].name, ANSWER, strlen(ANSWER)) != 0)
			continue;
		sp_training_answer *answer = need_answer(given, pairs[i].name + strlen(ANSWER));
		const char **choices = sp_arena_calloc(request->arena, answer->count + 1, sizeof *choices);
		if (!choices)
			return false;
		if (answer->count)
			memcpy(choices, answer->choices, answer->count * sizeof *choices);
		choices[answer->count++] = pairs[i].value;
		answer->choices = choices;
	}
	return given->answers != NULL;
}

/* What the form is shown again for; NULL: it can be marked. */
static const char *what_lacks(const sp_training_part *part, const spi_training_given *given)
{
	if (given->version && strcmp(given->version, part->article.version) != 0)
		return "training.problem.changed";
	for (size_t i = 0; i < part->count; i++)
		if (!answer_of(given, part->questions[i].id))
			return "training.problem.missing";
	return given->count > part->count ? "training.problem.changed" : NULL;
}

void spi_h_page_training_answers(spi_request *request)
{
	asking a = {.id = request->params[0]};
	spi_training_given given;
	spi_training_result result;
	if (!read_form(request, &given) || !spi_training_read(request, a.id, &a.training))
		return;
	sp_training_module *module = &a.training.modules[0];
	const sp_training_part *part = given.article ? sp_training_find(module, given.article) : NULL;
	const char *lacks = part && part->count ? what_lacks(part, &given) : NULL;
	if (lacks) {
		bool is_missing = strcmp(lacks, "training.problem.missing") == 0;
		send_quiz(request, &a, part, is_missing ? &given : NULL, lacks, is_missing ? 422 : 409);
		return;
	}
	if (!spi_training_mark(request, module, &given, &result) || !render_result(request, &result, &given))
		return;
	if (!result.write) {
		spi_reply_html(request, 200);
		return;
	}
	request->data = result.write;
	spi_request_write(request, result.write, stored);
}
