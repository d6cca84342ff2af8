/* GET /agent/tickets/{number} and …/suggestions; POST /agent/tickets/{number}: what an agent does, by forms that need no script. */
#include "http/agent_ticket.h"
#include "http/reveal.h"
#include "http/tickets.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- looking ---- */

static bool is_known_done(const char *name)
{
	static const char *const known[] = {"take", "link", "reply", "escalate", "return", "solved", "close", "priority", "flag", "insert"};
	for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], name) == 0)
			return true;
	return false;
}

static bool is_part(const char *name)
{
	return name && (strcmp(name, "escalate") == 0 || strcmp(name, "return") == 0 || strcmp(name, "flag") == 0);
}

static void with_advice(spi_request *request)
{
	spi_ticket_page *shown = request->data;
	if (spi_advice_find(request, shown->advice, with_advice))
		spi_ticket_page_show(request, shown);
}

void spi_h_page_agent_ticket(spi_request *request)
{
	int64_t number = spi_ticket_number(request);
	spi_ticket_page *shown = number ? sp_arena_calloc(request->arena, 1, sizeof *shown) : NULL;
	if (!shown || !spi_ticket_read(request, number, &shown->ticket))
		return;
	const char *done = spi_request_query(request, "done"), *part = spi_request_query(request, "open");
	shown->done = is_known_done(done) ? done : NULL;
	shown->opened = is_part(part) ? part : NULL;
	shown->article = spi_request_query(request, "article");
	request->data = shown;
	if (spi_request_query(request, "suggest"))
		shown->advice = sp_arena_calloc(request->arena, 1, sizeof *shown->advice);
	if (!shown->advice) {
		spi_ticket_page_show(request, shown);
		return;
	}
	shown->advice->ticket = shown->ticket;
	with_advice(request);
}

static void only_advice(spi_request *request)
{
	spi_advice *advice = request->data;
	if (!spi_advice_find(request, advice, only_advice))
		return;
	spi_value *page = spi_page_new(request);
	spi_put_int(page, "number", advice->ticket.number);
	spi_put_int(page, "revision", advice->ticket.revision);
	spi_put_text(page, "action", spi_page_url(request, sp_arena_printf(request->arena, "/agent/tickets/%" PRId64, advice->ticket.number), NULL));
	spi_ticket_page_put_advice(request, page, advice);
	spi_page_send(request, "agent-ticket-suggestions", page, 200);
}

void spi_h_page_agent_suggestions(spi_request *request)
{
	int64_t number = spi_ticket_number(request);
	spi_advice *advice = number ? sp_arena_calloc(request->arena, 1, sizeof *advice) : NULL;
	if (!advice || !spi_ticket_read(request, number, &advice->ticket))
		return;
	request->data = advice;
	only_advice(request);
}

/* ---- doing ---- */

typedef struct doing {
	spi_task task;
	spi_ticket_page shown;
	const char *name;     /* of what is done */
	sp_write *write;      /* of a reveal */
} doing;

static const struct { const char *name; spi_task_kind kind; } kinds[] = {
	{"take", SPI_TASK_TAKE}, {"link", SPI_TASK_LINK}, {"reply", SPI_TASK_REPLY}, {"escalate", SPI_TASK_ESCALATE},
	{"return", SPI_TASK_RETURN}, {"solved", SPI_TASK_SOLVED}, {"close", SPI_TASK_CLOSE}, {"priority", SPI_TASK_PRIORITY},
	{"flag", SPI_TASK_FLAG},
};

/* The page again, with what was written and what is wrong. */
static void show_again(spi_request *request, doing *d, int status)
{
	spi_ticket_page *shown = &d->shown;
	if (!spi_ticket_read(request, d->task.number, &shown->ticket))
		return;
	shown->wrong = d->task.is_refused ? d->task.wrong : shown->wrong;
	shown->status = status;
	spi_ticket_page_show(request, shown);
}

static int status_of(const spi_task *task)
{
	static const int statuses[SPI_PROBLEM_COUNT] = {
#define STATUS_ROW(name, status, slug, title) [name] = status,
		SPI_PROBLEM_LIST(STATUS_ROW)
#undef STATUS_ROW
	};
	return statuses[task->problem];
}

/* Whether the step after what this form saw was this form itself: its reply was lost on the way, and it came again. */
static bool came_before(spi_request *request, const spi_task *task)
{
	static const sp_post_kind posts[] = {[SPI_TASK_REPLY] = SP_POST_REPLY, [SPI_TASK_ESCALATE] = SP_POST_DOSSIER, [SPI_TASK_RETURN] = SP_POST_RETURN};
	sp_ticket_event *events = NULL;
	size_t count = 0;
	sp_post_kind wanted = (size_t)task->kind < sizeof posts / sizeof *posts ? posts[task->kind] : SP_POST_NONE;
	if (!task->is_refused || task->problem != SPI_PRECONDITION_FAILED || wanted == SP_POST_NONE || !task->text ||
		sp_store_ticket_events(request->worker->store, task->number, request->arena, &events, &count, NULL) != SP_OK)
		return false;
	for (size_t i = 0; i < count; i++) {
		const sp_ticket_event *e = &events[i];
		if (e->revision == task->revision + 1)
			return e->post_kind == wanted && e->post && strcmp(e->post, task->text) == 0 && e->actor && strcmp(e->actor, request->caller.subject) == 0;
	}
	return false;
}

/* Who passed it out of their own sight goes on with what is left. */
static void go_on(spi_request *request, const doing *d, const char *group)
{
	spi_pair pairs[] = {{"done", d->name}, {0}};
	bool sees = !group || spi_caller_sees(request, group);
	const char *path = sees ? sp_arena_printf(request->arena, "/agent/tickets/%" PRId64, d->task.number) : "/agent/tickets";
	spi_reply_redirect(request, 303, spi_page_url(request, path, pairs));
}

static void refused(spi_request *request, doing *d)
{
	if (!d->task.is_refused)
		return;
	if (came_before(request, &d->task))
		go_on(request, d, d->task.ticket.group);
	else
		show_again(request, d, status_of(&d->task));
}

static void done(spi_request *request)
{
	doing *d = request->data;
	spi_page_form_lang(request);
	if (!spi_task_done(request, &d->task)) {
		refused(request, d);
		return;
	}
	const sp_write_ticket_change *change = d->task.write.kind == SP_WRITE_TICKET_CHANGE ? &d->task.write.as.ticket_change : NULL;
	go_on(request, d, change ? change->group : NULL);
}
/* What the person may read of an article goes to the end of the reply; sending is another step. */
static void insert(spi_request *request, doing *d)
{
	const char *text = NULL;
	if (!spi_ticket_read(request, d->task.number, &d->shown.ticket))
		return;
	if (d->task.article)
		text = spi_advice_public_text(request, &d->shown.ticket, d->task.article, d->shown.ticket.lang);
	if (!text && d->task.article)
		text = spi_advice_public_text(request, &d->shown.ticket, d->task.article, SP_LANG_NONE);
	if (text) {
		const char *before = d->task.text && *d->task.text ? d->task.text : "";
		d->shown.text = sp_arena_printf(request->arena, "%s%s%s", before, *before ? "\n\n" : "", text);
		d->shown.done = "insert";
	} else {
		d->shown.wrong = spi_page_text(request, "agent-ticket.error.no-public");
	}
	d->shown.status = text ? 200 : 422;
	spi_ticket_page_show(request, &d->shown);
}

static void noted(spi_request *request)
{
	doing *d = request->data;
	spi_page_form_lang(request);
	if (!spi_reveal_noted(request, d->write) || !spi_ticket_read(request, d->task.number, &d->shown.ticket))
		return;
	d->shown.value = spi_reveal_value(&d->shown.ticket, d->shown.revealed);
	spi_ticket_page_show(request, &d->shown);
}

static void reveal(spi_request *request, doing *d)
{
	const char *field = spi_request_form(request, "field");
	if (!spi_ticket_read(request, d->task.number, &d->shown.ticket))
		return;
	d->shown.revealed = field;
	if (!spi_reveal_value(&d->shown.ticket, field))
		spi_problem(request, SPI_NOT_FOUND, "the ticket has no value of this field");
	else
		d->write = spi_reveal_note(request, &d->shown.ticket, field, noted);
}

/* What moves the ticket, or is said to the person, is meant for what stood on the page. What is only noted on it is right at any time. */
static bool is_for_what_was_seen(spi_task_kind kind)
{
	return kind != SPI_TASK_LINK && kind != SPI_TASK_PRIORITY && kind != SPI_TASK_FLAG;
}

static void read_form(spi_request *request, doing *d)
{
	spi_task *task = &d->task;
	const char *revision = spi_request_form(request, "revision");
	unsigned long number = revision ? strtoul(revision, NULL, 10) : 0;
	task->solved = -1;
	task->text = spi_request_form(request, "text");
	task->article = spi_request_form(request, "article");
	task->group = spi_request_form(request, "group");
	task->state = spi_request_form(request, "state");
	task->reason = spi_request_form(request, "reason");
	task->priority = spi_request_form(request, "priority");
	task->revision = is_for_what_was_seen(task->kind) && number < UINT32_MAX ? (uint32_t)number : 0;
	d->shown.state = task->state;
	d->shown.group = task->group;
	d->shown.article = task->article;
	d->shown.reason = task->reason;
	d->shown.opened = is_part(d->name) ? d->name : NULL;
	if (task->kind == SPI_TASK_ESCALATE)
		d->shown.dossier = task->text;
	else if (task->kind == SPI_TASK_REPLY)
		d->shown.text = task->text;
	else if (task->kind == SPI_TASK_RETURN || task->kind == SPI_TASK_FLAG)
		d->shown.remark = task->text;
}

void spi_h_page_agent_ticket_do(spi_request *request)
{
	int64_t number = spi_ticket_number(request);
	doing *d = number ? sp_arena_calloc(request->arena, 1, sizeof *d) : NULL;
	if (!d)
		return;
	spi_page_form_lang(request);
	d->name = spi_request_form(request, "do");
	d->task.number = number;
	request->data = d;
	size_t kind = 0;
	while (d->name && kind < sizeof kinds / sizeof *kinds && strcmp(kinds[kind].name, d->name) != 0)
		kind++;
	bool is_task = d->name && kind < sizeof kinds / sizeof *kinds;
	d->task.kind = is_task ? kinds[kind].kind : SPI_TASK_LINK;
	read_form(request, d);
	if (is_task && spi_task_check(request, &d->task))
		spi_request_write(request, &d->task.write, done);
	else if (is_task)
		refused(request, d);
	else if (d->name && strcmp(d->name, "insert") == 0)
		insert(request, d);
	else if (d->name && strcmp(d->name, "reveal") == 0)
		reveal(request, d);
	else
		spi_problem(request, SPI_BAD_REQUEST, "there is nothing of this name to do");
}
