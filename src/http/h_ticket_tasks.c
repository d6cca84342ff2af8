/* What agents do on a ticket, as calls: take, replies (the person's too, with the secret), escalate, return. */
#include "http/body.h"
#include "http/handlers.h"
#include "http/talk.h"
#include "http/tasks.h"
#include "http/tickets.h"

#include <stdlib.h>
#include <string.h>

#define NOTHING_SEEN 0

/* If-Match: `"r3"`, W/ in front or not; `*` and no header: any revision. A tag that is no revision matches none. */
static uint32_t revision_seen(const spi_request *request)
{
	const char *header = spi_request_header(request, "If-Match");
	if (!header || strcmp(header, "*") == 0)
		return NOTHING_SEEN;
	const char *tag = strstr(header, "\"r");
	unsigned long number = tag ? strtoul(tag + 2, NULL, 10) : 0;
	return number > 0 && number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static void done(spi_request *request)
{
	spi_task *task = request->data;
	sp_ticket ticket;
	if (!spi_task_done(request, task))
		spi_task_refuse(request, task);
	else if (!spi_ticket_read_again(request, task->number, &ticket))
		return;
	else if (task->kind == SPI_TASK_ANSWER)
		spi_reply_ticket_person(request, &ticket);
	else
		spi_reply_ticket(request, &ticket);
}

static void run(spi_request *request, spi_task *task)
{
	task->revision = revision_seen(request);
	request->data = task;
	if (spi_task_check(request, task))
		spi_request_write(request, &task->write, done);
	else
		spi_task_refuse(request, task);
}

static spi_task *new_task(spi_request *request, spi_task_kind kind)
{
	int64_t number = spi_ticket_number(request);
	spi_task *task = number ? sp_arena_calloc(request->arena, 1, sizeof *task) : NULL;
	if (task)
		*task = (spi_task){.kind = kind, .number = number, .solved = -1};
	return task;
}

void spi_h_ticket_take(spi_request *request)
{
	spi_task *task = new_task(request, SPI_TASK_TAKE);
	if (task)
		run(request, task);
}

/* ---- replies ---- */

static void reply_of_agent(spi_request *request, spi_task *task, const json_t *body)
{
	task->state = spi_body_text(body, "state");
	task->article = spi_body_text(body, "article");
	if (json_object_get(body, "solved"))
		spi_problem_field(request, SPI_UNKNOWN_MEMBER, "solved", "an agent says so with state: solved");
	else
		run(request, task);
}

static void reply_of_person(spi_request *request, spi_task *task, const json_t *body)
{
	sp_ticket ticket;
	const json_t *solved = json_object_get(body, "solved");
	if (!spi_ticket_read(request, task->number, &ticket))
		return;
	if (!spi_ticket_is_theirs(request, &ticket)) {
		spi_problem(request, SPI_NOT_FOUND, "there is no such ticket");
		return;
	}
	task->kind = SPI_TASK_ANSWER;
	task->solved = json_is_true(solved) ? 1 : json_is_false(solved) ? 0 : -1;
	run(request, task);
}

void spi_h_ticket_reply(spi_request *request)
{
	static const spi_member members[] = {{"text", SPI_STRING, false, 0}, {"state", SPI_STRING, false, 0},
		{"article", SPI_STRING, false, 0}, {"solved", SPI_BOOL, false, 0}};
	spi_task *task = new_task(request, SPI_TASK_REPLY);
	const json_t *body = task ? spi_body_read(request, members, sizeof members / sizeof *members) : NULL;
	if (!body)
		return;
	task->text = spi_body_text(body, "text");
	if (spi_is_agent(request))
		reply_of_agent(request, task, body);
	else
		reply_of_person(request, task, body);
}

/* ---- up and down ---- */

void spi_h_ticket_escalate(spi_request *request)
{
	static const spi_member members[] = {{"group", SPI_STRING, true, 0}, {"dossier", SPI_STRING, false, 0}};
	spi_task *task = new_task(request, SPI_TASK_ESCALATE);
	const json_t *body = task ? spi_body_read(request, members, sizeof members / sizeof *members) : NULL;
	if (!body)
		return;
	task->group = spi_body_text(body, "group");
	task->text = spi_body_text(body, "dossier");
	run(request, task);
}

void spi_h_ticket_return(spi_request *request)
{
	static const spi_member members[] = {{"article", SPI_STRING, true, 0}, {"text", SPI_STRING, false, 0}};
	spi_task *task = new_task(request, SPI_TASK_RETURN);
	const json_t *body = task ? spi_body_read(request, members, sizeof members / sizeof *members) : NULL;
	if (!body)
		return;
	task->article = spi_body_text(body, "article");
	task->text = spi_body_text(body, "text");
	run(request, task);
}
