/* POST /ticket/{number}: the person answers, says that it is solved, or that it is not. */
#include "http/pages.h"
#include "http/ticket_page.h"

#include "http/talk.h"
#include "http/tasks.h"
#include "http/unsent.h"
#include "sportello/catalog.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void spi_ticket_page_put_talk(spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	spi_said *said = NULL;
	size_t count = 0;
	sp_error err = {0};
	if (spi_talk_read(request, ticket->number, &said, &count, &err) != SP_OK)
		sp_error_clear(&err); /* where it stands can be told without */
	spi_value *list = spi_put_list(page, "talk");
	spi_put_bool(page, "talk_any", count > 0);
	if (count > 0 && ticket->message && *ticket->message) { /* what all of it is about, for who comes back after days */
		spi_value *first = spi_list_add(list);
		spi_said opened = {.at_utc_s = ticket->created_utc_s, .by_person = true, .text = spi_masks_in_words(request, ticket->message)};
		spi_put_text(first, "at", spi_page_time(request, opened.at_utc_s));
		spi_put_bool(first, "person", true);
		spi_put_text(first, "html", spi_said_html(request, &opened));
	}
	for (size_t i = 0; i < count; i++) {
		if (said[i].by_person)
			said[i].text = spi_masks_in_words(request, said[i].text);
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "at", spi_page_time(request, said[i].at_utc_s));
		spi_put_bool(item, "person", said[i].by_person);
		spi_put_text(item, "html", spi_said_html(request, &said[i]));
	}
	bool closed = ticket->state == SP_TICKET_CLOSED, solved = ticket->state == SP_TICKET_SOLVED;
	spi_put_bool(page, "can_answer", !closed);
	spi_put_bool(page, "is_solved", solved);
	spi_put_bool(page, "is_closed", closed);
	spi_put_text(page, "answer_label", spi_page_text(request, solved ? "page.ticket.answer.reopen.label" : "page.ticket.answer.label"));
	spi_put_text(page, "answer_button", spi_page_text(request, solved ? "page.ticket.answer.reopen" : "page.ticket.answer.send"));
	spi_put_text(page, "key", ticket->secret);
	spi_put_text(page, "action", spi_page_url(request, sp_arena_printf(request->arena, "/ticket/%" PRId64, ticket->number), NULL));
}

static void go_back(spi_request *request, const spi_task *task)
{
	spi_pair pairs[] = {{"key", task->ticket.secret}, {"done", task->solved == 1 ? "solved" : "sent"}, {0}};
	spi_reply_redirect(request, 303,
		spi_page_url(request, sp_arena_printf(request->arena, "/ticket/%" PRId64, task->number), pairs));
}

static void refused(spi_request *request, const spi_task *task)
{
	const spi_ticket_wrong wrong = {.answer = task->wrong, .written = task->text};
	if (task->is_refused && !spi_ticket_page_keep(request, &task->ticket, "draft", sp_buffer_text(&request->body), request->body.len))
		spi_ticket_page_state(request, &task->ticket, &wrong, 422);
}

static spi_task read_task(spi_request *request, int64_t number)
{
	const char *solved = spi_request_form(request, "solved");
	return (spi_task){.kind = SPI_TASK_ANSWER, .text = spi_request_form(request, "text"), .number = number,
		.solved = !solved ? -1 : strcmp(solved, "yes") == 0};
}

bool spi_ticket_page_unsent(spi_request *request, const sp_ticket *ticket, spi_ticket_wrong *ret)
{
	if (!spi_ticket_page_kept(request, ticket, "draft", &request->body))
		return true;
	spi_task task = read_task(request, ticket->number);
	bool is_right = spi_task_check(request, &task);
	/* Nothing is wrong with words that came together with somebody else's: only with the moment. */
	if (is_right || task.is_refused)
		*ret = (spi_ticket_wrong){.answer = is_right ? sp_catalog_text(request->lang, "agent-ticket.error.changed") : task.wrong, .written = task.text};
	return is_right || task.is_refused;
}

static void said(spi_request *request)
{
	spi_task *task = request->data;
	spi_page_form_lang(request);
	if (spi_task_done(request, task)) {
		spi_unsent_drop(request->worker->server->unsent, task->ticket.secret);
		go_back(request, task);
	}
	else
		refused(request, task);
}

void spi_h_page_ticket_say(spi_request *request)
{
	sp_ticket ticket;
	sp_error err = {0};
	spi_task *task = sp_arena_calloc(request->arena, 1, sizeof *task);
	size_t digits = strspn(request->params[0], "0123456789");
	if (!task)
		return;
	spi_page_form_lang(request);
	*task = read_task(request, digits > 0 && digits < 19 && !request->params[0][digits] ? strtoll(request->params[0], NULL, 10) : 0);
	sp_status status = !task->number ? SP_ERR_NOT_FOUND : !request->worker->store ? SP_ERR_IO :
		sp_store_ticket(request->worker->store, task->number, request->arena, &ticket, &err);
	if (status == SP_ERR_NOT_FOUND || (status == SP_OK && !spi_is_secret(spi_request_form(request, "key"), ticket.secret))) {
		spi_problem(request, SPI_NOT_FOUND, "there is no such ticket");
		return;
	}
	if (status) {
		spi_reply_error(request, status, &err);
		return;
	}
	request->data = task;
	if (spi_task_check(request, task))
		spi_request_write(request, &task->write, said);
	else
		refused(request, task);
}
