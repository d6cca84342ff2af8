#include "http/tasks.h"

#include "http/audit.h"
#include "http/reply.h"
#include "http/tickets.h"
#include "sportello/catalog.h"
#include "sportello/personal.h"
#include "sportello/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- what is wrong ---- */

static bool refuse(spi_request *request, spi_task *task, spi_problem_kind problem, const char *field, const char *key, const sp_fill *fills)
{
	static const sp_fill none[] = {{NULL, NULL}};
	const char *wrong = sp_catalog_fill(request->lang, key, fills ? fills : none, request->arena);
	task->is_refused = true;
	task->problem = problem;
	task->field = field;
	task->wrong = wrong ? wrong : "";
	return false;
}

static const char *state_text(const spi_request *request, sp_ticket_state state)
{
	char key[64];
	snprintf(key, sizeof key, "agent-ticket.state.%s", sp_ticket_state_name(state));
	return sp_catalog_text(request->lang, key);
}

void spi_task_refuse(spi_request *request, const spi_task *task)
{
	if (!task->is_refused)
		return;
	sp_json *json = spi_problem_begin(request, task->problem, "%s", task->wrong);
	if (task->field)
		sp_json_string(json, "field", task->field);
	if (task->sentence)
		sp_json_string(json, "sentence", task->sentence);
	spi_problem_end(request);
	if (task->problem == SPI_PRECONDITION_FAILED)
		request->reply.etag = sp_arena_printf(request->arena, "\"r%u\"", task->ticket.revision);
}

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t\r\n")] == '\0';
}

static bool check_text(spi_request *request, spi_task *task, bool needed)
{
	if (is_blank(task->text)) {
		task->text = NULL;
		return !needed || refuse(request, task, SPI_BAD_VALUE, "text", "agent-ticket.error.empty", NULL);
	}
	if (sp_text_count_chars(task->text, strlen(task->text)) <= SPI_POST_MAX_CHARS)
		return true;
	sp_fill fills[] = {{"max", sp_arena_printf(request->arena, "%d", SPI_POST_MAX_CHARS)}, {NULL, NULL}};
	return refuse(request, task, SPI_BAD_VALUE, "text", "agent-ticket.error.long", fills);
}

/* The article as the caller reads it: what it is linked by. */
static bool check_article(spi_request *request, spi_task *task, bool needed, sp_record *ret)
{
	sp_index *index = NULL;
	sp_error err = {0};
	if (is_blank(task->article)) {
		task->article = NULL;
		return !needed || refuse(request, task, SPI_BAD_VALUE, "article", "agent-ticket.error.no-article", NULL);
	}
	sp_status status = SP_ERR_NOT_FOUND;
	if (request->caller.audience >= 0)
		status = spi_request_index_of(request, request->caller.audience, &index, &err);
	if (status == SP_OK)
		status = sp_index_get(index, task->article, request->lang, request->arena, ret, &err);
	if (status == SP_ERR_NOT_FOUND && index)
		status = sp_index_get(index, task->article, SP_LANG_NONE, request->arena, ret, &err);
	if (status == SP_OK) {
		task->article = ret->id;
		return true;
	}
	if (status != SP_ERR_NOT_FOUND) {
		spi_reply_error(request, status, &err);
		return false;
	}
	sp_fill fills[] = {{"article", task->article}, {NULL, NULL}};
	return refuse(request, task, SPI_BAD_VALUE, "article", "agent-ticket.error.article", fills);
}

/* Whether the ticket may become so; the state stays where it is that already. */
static bool check_move(spi_request *request, spi_task *task, sp_ticket_state to)
{
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	change->state = to == task->ticket.state ? SP_TICKET_STATE_COUNT : to;
	if (to == task->ticket.state || sp_ticket_may_move_at(task->ticket.level, task->ticket.state, to))
		return true;
	sp_fill fills[] = {{"from", state_text(request, task->ticket.state)}, {"to", state_text(request, to)}, {NULL, NULL}};
	return refuse(request, task, SPI_CONFLICT, "state", "agent-ticket.error.state", fills);
}

/* ---- tasks ---- */

static bool check_take(spi_request *request, spi_task *task)
{
	const sp_ticket *ticket = &task->ticket;
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	if (ticket->state == SP_TICKET_CLOSED || ticket->state == SP_TICKET_SOLVED)
		return refuse(request, task, SPI_CONFLICT, "state", "agent-ticket.error.over", NULL);
	/* Without a revision that was seen: only what nobody has. */
	if (ticket->assignee && !task->revision && strcmp(ticket->assignee, request->caller.subject) != 0) {
		sp_fill fills[] = {{"who", ticket->assignee}, {NULL, NULL}};
		return refuse(request, task, SPI_CONFLICT, "assignee", "agent-ticket.error.taken", fills);
	}
	change->if_revision = ticket->revision;
	change->assignee = request->caller.subject;
	/* At level 2 it stays escalated, and what waits for the person waits on. */
	if (ticket->state == SP_TICKET_NEW || ticket->state == SP_TICKET_RETURNED || ticket->state == SP_TICKET_REOPENED)
		change->state = ticket->level > SP_LEVEL_1 && ticket->state != SP_TICKET_NEW ? SP_TICKET_ESCALATED : SP_TICKET_ASSIGNED;
	return true;
}

static bool check_reply(spi_request *request, spi_task *task)
{
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	sp_record record;
	sp_error err = {0};
	sp_ticket_state to = SP_TICKET_WAITING;
	if (task->ticket.state == SP_TICKET_CLOSED)
		return refuse(request, task, SPI_CONFLICT, "state", "agent-ticket.error.closed", NULL);
	if (!check_text(request, task, true) || !check_article(request, task, false, &record))
		return false;
	if (task->state && strcmp(task->state, "solved") == 0)
		to = SP_TICKET_SOLVED;
	else if ((task->state && strcmp(task->state, "keep") == 0) || (!task->state && task->ticket.state == SP_TICKET_SOLVED))
		to = task->ticket.state;
	else if (task->state && strcmp(task->state, "waiting") != 0)
		return refuse(request, task, SPI_BAD_VALUE, "state", "agent-ticket.error.reply-state", NULL);
	if (!check_move(request, task, to))
		return false;
	sp_status status = spi_inside_find(request, &task->ticket, task->text, &task->sentence, &err);
	if (status) {
		spi_reply_error(request, status, &err);
		return false;
	}
	if (task->sentence) {
		sp_fill fills[] = {{"sentence", task->sentence}, {NULL, NULL}};
		sp_metrics_count(request->worker->server->metrics, SP_COUNT_REPLIES_REFUSED);
		return refuse(request, task, SPI_INTERNAL_TEXT, "text", "agent-ticket.error.internal", fills);
	}
	change->post_kind = SP_POST_REPLY;
	change->post = task->text;
	change->article = task->article;
	change->assignee = task->ticket.assignee ? NULL : request->caller.subject; /* who writes has it */
	return true;
}

static bool check_group(spi_request *request, spi_task *task)
{
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	int group = task->group ? sp_kb_group(request->config, task->group) : -1;
	int from = task->ticket.group ? sp_kb_group(request->config, task->ticket.group) : -1;
	if (group < 0 || request->config->groups[group].level < SP_LEVEL_2)
		return refuse(request, task, SPI_BAD_VALUE, "group", "agent-ticket.error.group", NULL);
	if (group != from && !sp_kb_passes(request->config, from, group)) {
		sp_fill fills[] = {{"from", spi_group_name(request, task->ticket.group)}, {"to", spi_group_name(request, task->group)}, {NULL, NULL}};
		return refuse(request, task, SPI_CONFLICT, "group", "agent-ticket.error.passes", fills);
	}
	if (task->ticket.state == SP_TICKET_ESCALATED && task->ticket.group && strcmp(task->ticket.group, task->group) == 0)
		return refuse(request, task, SPI_CONFLICT, "group", "agent-ticket.error.there", NULL);
	change->group = task->group;
	change->level = (int)request->config->groups[group].level;
	return true;
}

static bool check_escalate(spi_request *request, spi_task *task)
{
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	if (!check_group(request, task) || !check_move(request, task, SP_TICKET_ESCALATED) || !check_text(request, task, false))
		return false;
	change->assignee = task->ticket.assignee ? "" : NULL;
	change->post_kind = SP_POST_DOSSIER;
	change->post = task->text ? task->text : spi_dossier(request, &task->ticket);
	return change->post != NULL;
}

/* Back to the group and to who passed it on. */
static bool find_level1(spi_request *request, spi_task *task)
{
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	const char *who = NULL;
	if (!spi_ticket_level1(request, &task->ticket, &change->group, &who))
		return false;
	change->assignee = who ? who : task->ticket.assignee ? "" : NULL;
	change->level = SP_LEVEL_1;
	return true;
}

static bool check_return(spi_request *request, spi_task *task)
{
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	sp_record record = {0};
	if (!check_move(request, task, SP_TICKET_RETURNED) || !check_article(request, task, true, &record) ||
		!check_text(request, task, false) || !find_level1(request, task))
		return false;
	sp_fill fills[] = {{"title", record.title}, {"article", record.id}, {NULL, NULL}};
	change->article = task->article;
	change->post_kind = SP_POST_RETURN;
	change->post = task->text ? task->text :
		sp_catalog_fill(request->config->default_lang, "agent-ticket.return.text", fills, request->arena);
	return change->post != NULL;
}

static bool check_priority(spi_request *request, spi_task *task)
{
	task->write.as.ticket_change.priority = sp_priority_of(task->priority);
	return task->write.as.ticket_change.priority != SP_PRIORITY_NONE ||
		refuse(request, task, SPI_BAD_VALUE, "priority", "agent-ticket.error.priority", NULL);
}

static const char *masked(spi_request *request, const char *text)
{
	sp_buffer *scratch = &request->worker->scratch;
	if (!text)
		return NULL;
	sp_buffer_clear(scratch);
	sp_personal_mask(text, strlen(text), scratch);
	return sp_buffer_ok(scratch) ? sp_arena_strndup(request->arena, sp_buffer_text(scratch), scratch->len) : NULL;
}

static bool check_flag(spi_request *request, spi_task *task)
{
	sp_record record = {0};
	sp_flag *flag = &task->flag.flag;
	flag->reason = sp_flag_reason_of(task->reason);
	if (flag->reason == SP_FLAG_REASONS)
		return refuse(request, task, SPI_BAD_VALUE, "reason", "agent-ticket.error.reason", NULL);
	if (!check_article(request, task, true, &record) || !check_text(request, task, false))
		return false;
	flag->article = record.id;
	flag->lang = record.lang;
	flag->version = record.version;
	flag->owner = record.owner;
	flag->ticket = task->number;
	flag->text = masked(request, task->text);
	flag->actor = request->caller.subject;
	flag->at_utc_s = request->now_utc_s;
	task->write = (sp_write){.kind = SP_WRITE_FLAG, .as.flag = &task->flag};
	return true;
}

/* What the person says. Level 2 goes on with what was level 2's. */
static bool check_answer(spi_request *request, spi_task *task)
{
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	const sp_ticket *ticket = &task->ticket;
	if (ticket->state == SP_TICKET_CLOSED)
		return refuse(request, task, SPI_CONFLICT, "state", "page.ticket.error.closed", NULL);
	if (!check_text(request, task, task->solved < 0))
		return false;
	change->actor = "citizen";
	change->post_kind = task->text ? SP_POST_ANSWER : SP_POST_NONE;
	change->post = masked(request, task->text);
	if (task->solved == 1)
		return check_move(request, task, ticket->state == SP_TICKET_SOLVED ? SP_TICKET_CLOSED : SP_TICKET_SOLVED);
	if (ticket->state == SP_TICKET_SOLVED)
		change->state = SP_TICKET_REOPENED;
	else if (ticket->state == SP_TICKET_WAITING)
		change->state = ticket->level > SP_LEVEL_1 ? SP_TICKET_ESCALATED : SP_TICKET_ASSIGNED;
	return true;
}

static bool check_kind(spi_request *request, spi_task *task)
{
	sp_record record;
	switch (task->kind) {
	case SPI_TASK_TAKE:
		return check_take(request, task);
	case SPI_TASK_LINK:
		if (!check_article(request, task, true, &record))
			return false;
		task->write.as.ticket_change.article = task->article;
		return true;
	case SPI_TASK_REPLY:
		return check_reply(request, task);
	case SPI_TASK_ESCALATE:
		return check_escalate(request, task);
	case SPI_TASK_RETURN:
		return check_return(request, task);
	case SPI_TASK_SOLVED:
		return check_move(request, task, SP_TICKET_SOLVED);
	case SPI_TASK_CLOSE:
		return check_move(request, task, SP_TICKET_CLOSED);
	case SPI_TASK_PRIORITY:
		return check_priority(request, task);
	case SPI_TASK_FLAG:
		return check_flag(request, task);
	case SPI_TASK_ANSWER:
		return check_answer(request, task);
	}
	return false;
}

static bool read_ticket(spi_request *request, spi_task *task)
{
	sp_error err = {0};
	sp_status status = request->worker->store ?
		sp_store_ticket(request->worker->store, task->number, request->arena, &task->ticket, &err) : SP_ERR_IO;
	bool sees = !status && spi_caller_sees(request, task->ticket.group);
	if (status == SP_ERR_NOT_FOUND || (!status && !sees))
		spi_problem(request, SPI_NOT_FOUND, "there is no such ticket");
	else if (status)
		spi_reply_error(request, status, &err);
	return sees;
}

/* Who works here is noted with what they did; the person is not. */
static bool note(spi_request *request, spi_task *task)
{
	static const char *const names[] = {[SPI_TASK_TAKE] = "take", [SPI_TASK_LINK] = "link", [SPI_TASK_REPLY] = "reply",
		[SPI_TASK_ESCALATE] = "escalate", [SPI_TASK_RETURN] = "return", [SPI_TASK_SOLVED] = "solved", [SPI_TASK_CLOSE] = "close",
		[SPI_TASK_PRIORITY] = "priority"};
	if (task->kind == SPI_TASK_ANSWER || task->kind == SPI_TASK_FLAG)
		return true;
	return spi_audit_with(request, &task->write, SP_AUDIT_TICKET_CHANGE, NULL, names[task->kind]);
}

bool spi_task_check(spi_request *request, spi_task *task)
{
	task->is_refused = false;
	if ((task->number || task->kind != SPI_TASK_FLAG) && !read_ticket(request, task))
		return false;
	if (task->revision && task->revision != task->ticket.revision && task->kind != SPI_TASK_FLAG)
		return refuse(request, task, SPI_PRECONDITION_FAILED, NULL, "agent-ticket.error.changed", NULL);
	task->write = (sp_write){.kind = SP_WRITE_TICKET_CHANGE};
	sp_write_ticket_change *change = &task->write.as.ticket_change;
	change->number = task->number;
	/* What was checked is true of this revision only. */
	change->if_revision = task->ticket.revision;
	change->state = SP_TICKET_STATE_COUNT;
	change->actor = request->caller.subject;
	change->at_utc_s = request->now_utc_s;
	if (!check_kind(request, task))
		return false;
	/* Texts of the index and the configuration are not there any more when it is written. */
	change = task->kind == SPI_TASK_FLAG ? NULL : change;
	if (change) {
		change->group = sp_arena_strdup(request->arena, change->group);
		change->article = sp_arena_strdup(request->arena, change->article);
	} else {
		task->flag.flag.owner = sp_arena_strdup(request->arena, task->flag.flag.owner);
	}
	return note(request, task);
}

static void count(const spi_request *request, const spi_task *task)
{
	sp_metrics *metrics = request->worker->server->metrics;
	sp_metrics_count(metrics, task->kind == SPI_TASK_FLAG ? SP_COUNT_FLAGS : SP_COUNT_TICKETS_CHANGED);
	if (task->kind == SPI_TASK_REPLY)
		sp_metrics_count(metrics, SP_COUNT_REPLIES);
	if (task->kind == SPI_TASK_RETURN)
		sp_metrics_count(metrics, SP_COUNT_RETURNED);
}

bool spi_task_done(spi_request *request, spi_task *task)
{
	sp_status status = task->write.status;
	if (status == SP_ERR_CONFLICT) {
		if (read_ticket(request, task))
			refuse(request, task, SPI_PRECONDITION_FAILED, NULL, "agent-ticket.error.changed", NULL);
		return false;
	}
	if (status) {
		sp_metrics_count(request->worker->server->metrics, SP_COUNT_WRITES_FAILED);
		spi_reply_error(request, status, &task->write.error);
		return false;
	}
	count(request, task);
	sp_connector_wake(request->worker->server->options.connector);
	return true;
}
