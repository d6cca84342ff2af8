#include "http/training.h"

#include "http/parts.h"

#include "http/pages.h"

#include <string.h>

sp_training_view spi_training_view(const spi_request *request, sp_index *index, int audience)
{
	return (sp_training_view){.index = index,
		.audience = audience,
		.config = request->config,
		.publisher = request->worker->server->options.publisher,
		.analyser = sp_responder_analyser(request->worker->responder),
		.day = request->day};
}

sp_status spi_training_load(spi_request *request, sp_index *index, const char *id, spi_training *ret, sp_error *err)
{
	sp_training_pass *passes = NULL;
	size_t passes_count = 0;
	*ret = (spi_training){.view = spi_training_view(request, index, request->caller.audience)};
	if (!request->caller.subject || !request->worker->store)
		return sp_error_set(err, SP_ERR_IO, "training", 0, "what was passed cannot be read right now");
	sp_status status = sp_store_training(
		request->worker->store, request->caller.subject, request->arena, &passes, &passes_count, err);
	if (status == SP_OK)
		status = sp_training_read(&ret->view, id, request->arena, &ret->modules, &ret->count, err);
	for (size_t i = 0; status == SP_OK && i < ret->count; i++) {
		sp_training_apply(&ret->modules[i], passes, passes_count);
		for (size_t k = 0; k < ret->modules[i].count; k++)
			sp_training_shuffle(&ret->modules[i].parts[k], request->caller.subject);
	}
	return status;
}

typedef struct asking {
	const char *id;
	spi_training *training;
} asking;

static sp_status load(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	asking *a = arg;
	return spi_training_load(request, index, a->id, a->training, err);
}

bool spi_training_read(spi_request *request, const char *id, spi_training *ret)
{
	sp_error err = {0};
	asking a = {id, ret};
	sp_status status = spi_with_index(request, load, &a, &err);
	if (request->reply.status)
		return false;
	if (status == SP_ERR_NOT_FOUND)
		spi_problem(request, SPI_NOT_FOUND, "there is no such module");
	else if (status)
		spi_reply_error(request, status, &err);
	return !status;
}

/* ---- marking ---- */

static const sp_quiz_question *find_question(const sp_training_part *part, const char *id)
{
	for (size_t i = 0; i < part->count; i++)
		if (strcmp(part->questions[i].id, id) == 0)
			return &part->questions[i];
	return NULL;
}

static bool has_choice(const sp_quiz_question *question, const char *id)
{
	for (size_t i = 0; i < question->choices_count; i++)
		if (strcmp(question->choices[i].id, id) == 0)
			return true;
	return false;
}

static const sp_training_answer *find_answer(const spi_training_given *given, const char *question)
{
	for (size_t i = 0; i < given->count; i++)
		if (strcmp(given->answers[i].question, question) == 0 && given->answers[i].count)
			return &given->answers[i];
	return NULL;
}

static bool check_answers(spi_request *request, const sp_training_part *part, const spi_training_given *given)
{
	for (size_t i = 0; i < given->count; i++) {
		const sp_quiz_question *question = find_question(part, given->answers[i].question);
		if (!question) {
			spi_problem_field(request, SPI_CONFLICT, "answers", "this is not asked (any more): read the questions again");
			return false;
		}
		for (size_t k = 0; k < given->answers[i].count; k++) {
			if (has_choice(question, given->answers[i].choices[k]))
				continue;
			spi_problem_field(request, SPI_BAD_VALUE, "answers", "question %s has no such choice", question->id);
			return false;
		}
	}
	for (size_t i = 0; i < part->count; i++) {
		if (find_answer(given, part->questions[i].id))
			continue;
		spi_problem_field(request, SPI_INVALID_FIELDS, "answers", "question %s has no answer: all are answered together",
			part->questions[i].id);
		return false;
	}
	return true;
}

static bool find_part(spi_request *request, const sp_training_module *module, const spi_training_given *given, sp_training_part **ret)
{
	sp_training_part *part = given->article ? sp_training_find(module, given->article) : NULL;
	if (!part || !part->count) {
		spi_problem_field(request, SPI_NOT_FOUND, "article", "this module asks nothing about such an article");
		return false;
	}
	if (given->version && strcmp(given->version, part->article.version) != 0) {
		spi_problem_field(
			request, SPI_CONFLICT, "version", "the article has changed meanwhile: read it again, then answer");
		return false;
	}
	*ret = part;
	return true;
}

static bool note_pass(spi_request *request, spi_training_result *result)
{
	const sp_training_part *part = result->part;
	result->write = sp_arena_calloc(request->arena, 1, sizeof *result->write);
	if (!result->write) {
		spi_problem(request, SPI_UNAVAILABLE, "not enough memory");
		return false;
	}
	result->write->as.training = (sp_training_pass){.subject = request->caller.subject,
		.module = result->module->article.id,
		.article = part->article.id,
		.audience = request->caller.audience_key,
		.version = part->article.version,
		.content = part->content,
		.questions = part->asked,
		.score = (uint32_t)part->count,
		.at_utc_s = request->now_utc_s};
	result->write->kind = SP_WRITE_TRAINING;
	return true;
}

bool spi_training_mark(spi_request *request, sp_training_module *module, const spi_training_given *given, spi_training_result *ret)
{
	*ret = (spi_training_result){.module = module};
	if (!find_part(request, module, given, &ret->part) || !check_answers(request, ret->part, given))
		return false;
	ret->right = sp_arena_calloc(request->arena, ret->part->count, sizeof *ret->right);
	if (!ret->right) {
		spi_problem(request, SPI_UNAVAILABLE, "not enough memory");
		return false;
	}
	for (size_t i = 0; i < ret->part->count; i++) {
		ret->right[i] = sp_training_is_right(
			&ret->part->questions[i], find_answer(given, ret->part->questions[i].id));
		ret->right_count += ret->right[i];
	}
	ret->passed = ret->right_count == ret->part->count;
	if (!ret->passed)
		return true;
	if (!note_pass(request, ret))
		return false;
	sp_training_note(module, ret->part, &ret->write->as.training);
	return true;
}

/* ---- addresses ---- */

const char *spi_training_url(const spi_request *request, const char *module, const char *article)
{
	const char *path = sp_arena_printf(request->arena, "/agent/training/%s", spi_id_in_address(request, module));
	spi_pair pairs[] = {{"article", article}, {0}};
	return path ? spi_page_url(request, path, pairs) : "";
}

const char *spi_training_passage_url(const spi_request *request, const sp_training_part *part, const sp_quiz_question *question)
{
	const char *url = spi_article_url(request, part->article.id, part->article.lang);
	const char *with = *question->anchor ? sp_arena_printf(request->arena, "%s#%s", url, question->anchor) : url;
	return with ? with : "";
}
