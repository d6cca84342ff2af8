/* GET /v1/training, GET /v1/training/{id} and POST /v1/training/{id}/answers. */
#include "http/audit.h"
#include "http/body.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/training.h"

#include <string.h>

typedef struct asking {
	const char *id; /* NULL: all modules */
	spi_training training;
} asking;

/* ---- a module ---- */

static void write_module(const spi_request *request, sp_json *json, const sp_training_module *module)
{
	spi_json_summary(request, json, &module->article);
	sp_json_string(json, "state", sp_training_state_name(module->state));
	sp_json_int(json, "percent", sp_training_percent(module));
	sp_json_int(json, "quizzes", (int64_t)module->quizzes);
	sp_json_int(json, "passed", (int64_t)module->passed);
	sp_json_int(json, "reopened", (int64_t)module->reopened);
}

/* What has to be read and answered again. */
static void write_changed(const spi_request *request, sp_json *json, const sp_training_module *module)
{
	sp_json_array(json, "changed");
	for (size_t i = 0; i < module->count; i++) {
		const sp_training_part *part = &module->parts[i];
		if (part->state != SP_TRAINING_REOPENED)
			continue;
		sp_json_object(json, NULL);
		spi_json_summary(request, json, &part->article);
		spi_json_time(json, "passed_at", part->pass->at_utc_s);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

void spi_h_trainings(spi_request *request)
{
	asking a = {0};
	sp_json json;
	size_t open = 0;
	if (!spi_training_read(request, a.id, &a.training))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_array(&json, "modules");
	for (size_t i = 0; i < a.training.count; i++) {
		const sp_training_module *module = &a.training.modules[i];
		sp_json_object(&json, NULL);
		write_module(request, &json, module);
		write_changed(request, &json, module);
		sp_json_object_end(&json);
		open += module->quizzes - module->passed;
	}
	sp_json_array_end(&json);
	sp_json_int(&json, "open", (int64_t)open);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

/* ---- its articles, and what is asked: never what is right ---- */

static void write_question(sp_json *json, const sp_quiz_question *question)
{
	sp_json_object(json, NULL);
	sp_json_string(json, "id", question->id);
	sp_json_string(json, "title", question->title);
	spi_json_text(json, "html", question->html);
	sp_json_bool(json, "several", question->right > 1);
	sp_json_array(json, "choices");
	for (size_t i = 0; i < question->choices_count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "id", question->choices[i].id);
		sp_json_string(json, "text", question->choices[i].text);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
	sp_json_object_end(json);
}

static const char *change_of(char mark)
{
	return mark == '-' ? "gone" : mark == '+' ? "new" : mark == ' ' ? "same" : "skipped";
}

static void write_changes(spi_request *request, sp_json *json, const asking *a, const sp_training_part *part)
{
	sp_training_line *lines = NULL;
	size_t count = 0;
	if (part->state != SP_TRAINING_REOPENED ||
		sp_training_changes(&a->training.view, part, request->arena, &lines, &count, NULL) != SP_OK)
		return; /* that it changed is told all the same */
	sp_json_array(json, "changes");
	for (size_t i = 0; i < count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "line", change_of(lines[i].mark));
		sp_json_string(json, "text", lines[i].text);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void write_part(spi_request *request, sp_json *json, const asking *a, const sp_training_part *part)
{
	sp_json_object(json, NULL);
	spi_json_summary(request, json, &part->article);
	sp_json_string(json, "version", part->article.version);
	sp_json_string(json, "state", sp_training_state_name(part->state));
	spi_json_time(json, "passed_at", part->pass ? part->pass->at_utc_s : 0);
	write_changes(request, json, a, part);
	sp_json_array(json, "questions");
	for (size_t i = 0; i < part->count; i++)
		write_question(json, &part->questions[i]);
	sp_json_array_end(json);
	sp_json_object_end(json);
}

/* Read are the module, and of its articles those whose changes are shown. */
static bool is_noted(spi_request *request, const sp_training_module *module)
{
	bool ok = spi_audit_article(request, &module->article);
	for (size_t i = 0; ok && i < module->count; i++)
		if (module->parts[i].state == SP_TRAINING_REOPENED)
			ok = spi_audit_article(request, &module->parts[i].article);
	return ok;
}

void spi_h_training(spi_request *request)
{
	asking a = {.id = request->params[0]};
	sp_json json;
	if (!spi_training_read(request, a.id, &a.training))
		return;
	const sp_training_module *module = &a.training.modules[0];
	if (!is_noted(request, module))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	write_module(request, &json, module);
	sp_json_string_len(&json, "html", module->article.html, module->article.html_len);
	sp_json_array(&json, "articles");
	for (size_t i = 0; i < module->count; i++)
		write_part(request, &json, &a, &module->parts[i]);
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

/* ---- answers ---- */

static bool read_choices(const spi_request *request, const json_t *value, sp_training_answer *answer)
{
	size_t count = json_is_array(value) ? json_array_size(value) : 1;
	const char **choices = sp_arena_calloc(request->arena, count + 1, sizeof *choices);
	if (!choices)
		return false;
	for (size_t i = 0; i < count; i++) {
		const json_t *choice = json_is_array(value) ? json_array_get(value, i) : value;
		if (!json_is_string(choice))
			return false;
		choices[answer->count++] = json_string_value(choice);
	}
	answer->choices = choices;
	return true;
}

static bool read_given(spi_request *request, spi_training_given *given)
{
	static const spi_member members[] = {
		{"article", SPI_STRING, true, 128}, {"version", SPI_STRING, false, SP_VERSION_HEX}, {"answers", SPI_OBJECT, true, 0}};
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	json_t *answers = body ? json_object_get(body, "answers") : NULL, *value;
	const char *question;
	if (!body)
		return false;
	*given = (spi_training_given){.article = spi_body_text(body, "article"), .version = spi_body_text(body, "version")};
	given->answers = sp_arena_calloc(request->arena, json_object_size(answers) + 1, sizeof *given->answers);
	json_object_foreach(answers, question, value) {
		sp_training_answer *answer = given->answers ? &given->answers[given->count++] : NULL;
		if (answer)
			answer->question = question;
		if (answer && read_choices(request, value, answer))
			continue;
		spi_problem_field(request, SPI_WRONG_TYPE, "answers", "each answer is the id of a choice, or a list of them");
		return false;
	}
	return true;
}

static void write_right_choices(sp_json *json, const sp_quiz_question *question)
{
	sp_json_array(json, "right_choices");
	for (size_t i = 0; i < question->choices_count; i++)
		if (question->choices[i].is_right)
			sp_json_string(json, NULL, question->choices[i].id);
	sp_json_array_end(json);
}

static void write_result(spi_request *request, const spi_training_result *result)
{
	const sp_training_part *part = result->part;
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "article", part->article.id);
	sp_json_string(&json, "version", part->article.version);
	sp_json_bool(&json, "passed", result->passed);
	sp_json_int(&json, "right", (int64_t)result->right_count);
	sp_json_int(&json, "questions", (int64_t)part->count);
	sp_json_array(&json, "results");
	for (size_t i = 0; i < part->count; i++) {
		sp_json_object(&json, NULL);
		sp_json_string(&json, "question", part->questions[i].id);
		sp_json_bool(&json, "right", result->right[i]);
		write_right_choices(&json, &part->questions[i]);
		sp_json_string(&json, "explanation", part->questions[i].explanation);
		sp_json_string(&json, "url", spi_training_passage_url(request, part, &part->questions[i]));
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	sp_json_object(&json, "module");
	write_module(request, &json, result->module);
	sp_json_object_end(&json);
	sp_json_object_end(&json);
}

/* The reply is written already: what was passed is told when it is certain. */
static void stored(spi_request *request)
{
	const sp_write *write = request->data;
	if (write->status == SP_OK) {
		spi_reply_json(request, 200);
		return;
	}
	sp_buffer_clear(&request->out);
	spi_reply_error(request, write->status, &write->error);
}

void spi_h_training_answers(spi_request *request)
{
	asking a = {.id = request->params[0]};
	spi_training_given given;
	spi_training_result result;
	if (!read_given(request, &given) || !spi_training_read(request, a.id, &a.training) ||
		!spi_training_mark(request, &a.training.modules[0], &given, &result))
		return;
	write_result(request, &result);
	if (!result.write) {
		spi_reply_json(request, 200);
		return;
	}
	request->data = result.write;
	spi_request_write(request, result.write, stored);
}
