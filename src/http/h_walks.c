/* GET /v1/walks/{code}: the step that somebody on the phone is looking at. Agents see it in their own audience's words; nothing that the
   person wrote. */
#include "http/audit.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/walks.h"

#include <stdint.h>
#include <string.h>

typedef struct walk_shown {
	sp_walk walk;
	sp_record article;
	sp_steps steps;
	size_t at; /* SIZE_MAX: the article changed, and this step is no more */
} walk_shown;

static void no_walk(spi_request *request)
{
	spi_problem(request, SPI_NOT_FOUND, "there is no walk with this code, or its time is over; ask for it again");
}

static bool read_walk(spi_request *request, walk_shown *shown)
{
	char code[SP_WALK_CODE_LEN + 1];
	sp_error err = {0};
	if (!sp_walk_code_read(request->params[0], strlen(request->params[0]), code))
		code[0] = '\0';
	sp_status status = spi_walk_find(request, &request->worker->server->agents_guesses, code, &shown->walk, &err);
	if (status == SP_ERR_NOT_FOUND) {
		no_walk(request);
	} else if (status == SP_ERR_BUSY) {
		spi_problem(request, SPI_TOO_MANY_REQUESTS, "too many codes that are none were tried; wait a minute");
		spi_reply_header(request, "Retry-After", "60");
	} else if (status) {
		spi_reply_error(request, status, &err);
	}
	return !status;
}

static bool read_article(spi_request *request, walk_shown *shown)
{
	sp_error err = {0};
	sp_index *index = spi_request_index(request);
	if (!index)
		return false;
	sp_status status = sp_index_get(index, shown->walk.article, shown->walk.lang, request->arena, &shown->article, &err);
	const sp_record *article = &shown->article;
	if (status == SP_OK) {
		sp_procedure procedure = {article->id, article->lang, article->markdown, article->markdown_len, article->html};
		status = sp_procedure_steps(&procedure, request->arena, &shown->steps);
	}
	if (status == SP_ERR_NOT_FOUND) /* not for this reader: then it is not there */
		no_walk(request);
	else if (status)
		spi_reply_error(request, status, &err);
	shown->at = status ? SIZE_MAX : sp_steps_find(&shown->steps, shown->walk.step);
	return !status;
}

static void write_article(const spi_request *request, sp_json *json, const walk_shown *shown)
{
	const sp_record *article = &shown->article;
	sp_json_object(json, "article");
	sp_json_string(json, "id", article->id);
	sp_json_string(json, "lang", sp_lang_code(article->lang));
	sp_json_string(json, "title", article->title);
	sp_json_string(json, "url", spi_article_url(request, article->id, article->lang));
	sp_json_string(json, "version", shown->walk.version);
	sp_json_bool(json, "changed", strcmp(shown->walk.version, article->version) != 0);
	sp_json_object_end(json);
}

static void write_step(sp_json *json, const walk_shown *shown)
{
	const sp_step *step = shown->at <= shown->steps.count ? &shown->steps.items[shown->at] : NULL;
	sp_json_object(json, "step");
	sp_json_string(json, "anchor", shown->walk.step);
	sp_json_int(json, "of", (int64_t)shown->steps.count);
	if (step) {
		sp_json_int(json, "number", (int64_t)shown->at);
		sp_json_string(json, "title", step->title);
		sp_json_string_len(json, "markdown", step->markdown, step->markdown_len);
		sp_json_string_len(json, "html", step->html, step->html_len);
		sp_json_string_len(json, "speech", step->speech, step->speech_len);
		sp_json_array(json, "choices");
		for (size_t i = 0; i < step->choices_count; i++)
			sp_json_string(json, NULL, step->choices[i].label);
		sp_json_array_end(json);
	}
	sp_json_object_end(json);
}

static void write_visited(sp_json *json, const walk_shown *shown)
{
	sp_json_array(json, "visited");
	for (size_t i = 0; i < shown->walk.seen.count; i++) {
		size_t number = sp_steps_find(&shown->steps, shown->walk.seen.items[i]);
		sp_json_object(json, NULL);
		sp_json_string(json, "anchor", shown->walk.seen.items[i]);
		if (number <= shown->steps.count) {
			sp_json_int(json, "number", (int64_t)number);
			sp_json_string(json, "title", shown->steps.items[number].title);
		}
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

void spi_h_walk(spi_request *request)
{
	walk_shown *shown = sp_arena_calloc(request->arena, 1, sizeof *shown);
	sp_json json;
	if (!shown || !read_walk(request, shown) || !read_article(request, shown))
		return;
	if (!spi_audit_article(request, &shown->article))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "code", shown->walk.code);
	sp_json_string(&json, "state", sp_walk_state_name(shown->walk.state));
	write_article(request, &json, shown);
	write_step(&json, shown);
	write_visited(&json, shown);
	spi_json_time(&json, "updated", shown->walk.at_utc_s);
	spi_json_time(&json, "expires", shown->walk.code_until_utc_s);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}
