/* POST /v1/flags: "this article is wrong"; GET /v1/flags and PATCH /v1/flags/{id} for who keeps the articles. */
#include "http/body.h"
#include "http/handlers.h"
#include "http/tasks.h"
#include "sportello/desk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 50
#define LIMIT_MAX 200
#define ANSWER_MAX_CHARS 1000

/* ---- saying so ---- */

static void flagged(spi_request *request)
{
	spi_task *task = request->data;
	sp_json json;
	if (!spi_task_done(request, task)) {
		spi_task_refuse(request, task);
		return;
	}
	sp_json_init(&json, &request->out);
	sp_flag_json(&task->flag.flag, &json);
	spi_reply_json(request, 201);
}

void spi_h_flag(spi_request *request)
{
	static const spi_member members[] = {{"article", SPI_STRING, true, 0}, {"reason", SPI_STRING, true, 0}, {"text", SPI_STRING, false, 0},
		{"ticket", SPI_INTEGER, false, 0}};
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	spi_task *task = body ? sp_arena_calloc(request->arena, 1, sizeof *task) : NULL;
	if (!task)
		return;
	*task = (spi_task){.kind = SPI_TASK_FLAG, .article = spi_body_text(body, "article"), .reason = spi_body_text(body, "reason"),
		.text = spi_body_text(body, "text"), .number = json_integer_value(json_object_get(body, "ticket"))};
	request->data = task;
	if (spi_task_check(request, task))
		spi_request_write(request, &task->write, flagged);
	else
		spi_task_refuse(request, task);
}

/* ---- the list ---- */

static bool read_filter(spi_request *request, sp_flag_filter *filter)
{
	const char *status = spi_request_query(request, "status");
	uint32_t before;
	filter->owner = spi_request_query(request, "owner");
	filter->article = spi_request_query(request, "article");
	filter->open = !status || strcmp(status, "open") == 0;
	filter->done = status && strcmp(status, "done") == 0;
	if (status && !filter->open && !filter->done && strcmp(status, "all") != 0) {
		spi_problem_field(request, SPI_BAD_VALUE, "status", "status must be one of open, done, all");
		return false;
	}
	if (!spi_request_number(request, "limit", 1, LIMIT_MAX, LIMIT, &filter->limit) ||
		!spi_request_number(request, "before", 1, UINT32_MAX, 0, &before))
		return false;
	filter->before_id = before;
	return true;
}

void spi_h_flags(spi_request *request)
{
	sp_flag_filter filter = {0};
	sp_flag *flags = NULL;
	size_t count = 0;
	uint64_t open = 0;
	sp_error err = {0};
	sp_json json;
	if (!read_filter(request, &filter))
		return;
	sp_status status = request->worker->store ?
		sp_store_flags(request->worker->store, &filter, request->arena, &flags, &count, &open, &err) : SP_ERR_IO;
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "open", (int64_t)open);
	sp_json_array(&json, "flags");
	for (size_t i = 0; i < count; i++)
		sp_flag_json(&flags[i], &json);
	sp_json_array_end(&json);
	if (count > 0 && count == filter.limit)
		sp_json_int(&json, "next_before", flags[count - 1].id);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

/* ---- dealt with ---- */

static void closed(spi_request *request)
{
	const sp_write *write = request->data;
	sp_json json;
	if (write->status == SP_ERR_NOT_FOUND) {
		spi_problem(request, SPI_NOT_FOUND, "there is no such flag");
	} else if (write->status == SP_ERR_CONFLICT) {
		spi_problem(request, SPI_CONFLICT, "it is done already");
	} else if (write->status) {
		spi_reply_error(request, write->status, &write->error);
	} else {
		sp_json_init(&json, &request->out);
		sp_json_object(&json, NULL);
		sp_json_int(&json, "id", write->as.flag_done->id);
		sp_json_string(&json, "status", "done");
		sp_json_object_end(&json);
		spi_reply_json(request, 200);
	}
}

void spi_h_flag_done(spi_request *request)
{
	static const spi_member members[] = {{"status", SPI_STRING, true, 0}, {"answer", SPI_STRING, false, ANSWER_MAX_CHARS}};
	const json_t *body = spi_body_read(request, members, sizeof members / sizeof *members);
	sp_write *write = body ? sp_arena_calloc(request->arena, 1, sizeof *write) : NULL;
	sp_write_flag_done *flag = write ? sp_arena_calloc(request->arena, 1, sizeof *flag) : NULL;
	if (!flag)
		return;
	if (strcmp(spi_body_text(body, "status"), "done") != 0) {
		spi_problem_field(request, SPI_BAD_VALUE, "status", "a flag can only become done");
		return;
	}
	*flag = (sp_write_flag_done){.id = strtoll(request->params[0], NULL, 10), .actor = request->caller.subject,
		.answer = spi_body_text(body, "answer"), .at_utc_s = request->now_utc_s};
	write->kind = SP_WRITE_FLAG_DONE;
	write->as.flag_done = flag;
	request->data = write;
	spi_request_write(request, write, closed);
}
