/* GET /ticket/{number} (confirmation and state); its files: POST /ticket/{number}/attachments, and to take one away. */
#include "http/pages.h"

#include "base/hash.h"
#include "http/attachments.h"
#include "http/known.h"
#include "http/parts.h"
#include "http/ticket_page.h"
#include "http/unsent.h"
#include "sportello/attachment.h"
#include "sportello/catalog.h"
#include "sportello/ticket.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- what stands there ---- */

const char *spi_ticket_page_when(const spi_request *request, const sp_ticket *ticket)
{
	const sp_category *category = spi_page_category(request, ticket->category);
	int group = ticket->group ? sp_kb_group(request->config, ticket->group) : -1;
	int number = category ? (int)(category - request->config->categories) : -1;
	int service = sp_ticket_service(request->config, number, group, request->moment_utc_s);
	return sp_service_when(request->config, service, request->moment_utc_s, request->lang, request->arena);
}

static void put_earlier(const spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	int64_t earlier = 0;
	char number[24];
	if (sp_store_open_before(request->worker->store, ticket->number, &earlier, NULL) != SP_OK || !earlier)
		return;
	snprintf(number, sizeof number, "%" PRId64, earlier);
	sp_fill fills[] = {{"number", number}, {NULL, NULL}};
	spi_put_text(page, "earlier", sp_catalog_fill(request->lang, "ticket.earlier", fills, request->arena));
}

static void put_ticket(spi_request *request, spi_value *page, const sp_ticket *ticket)
{
	const sp_category *category = spi_page_category(request, ticket->category);
	int group = spi_known_group(request, ticket->group);
	const char *state = sp_ticket_state_name(ticket->state);
	spi_put_text(page, "title", spi_page_text(request, ticket->state == SP_TICKET_NEW ? "page.ticket.done.title" : "page.ticket.done.yours"));
	spi_put_bool(page, "noindex", true);
	spi_put_int(page, "number", ticket->number);
	spi_put_bool(page, "is_open", ticket->state == SP_TICKET_NEW);
	spi_put_text(page, "when", spi_ticket_page_when(request, ticket));
	spi_put_text(page, "state", spi_page_text(request, sp_arena_printf(request->arena, "page.ticket.state.%s", state)));
	spi_put_text(page, "sent", spi_page_time(request, ticket->created_utc_s));
	spi_put_text(page, "category_name", category ? sp_texts_get(&category->name, request->lang) : "");
	spi_put_text(
		page, "group_name", group >= 0 ? sp_texts_get(&request->config->groups[group].name, request->lang) : "");
	put_earlier(request, page, ticket);
}

/* ---- its files ---- */

static const char *address(const spi_request *request, const sp_ticket *ticket, const char *path)
{
	spi_pair pairs[] = {{"key", ticket->secret}, {0}};
	return spi_page_url(request, sp_arena_printf(request->arena, "/ticket/%" PRId64 "%s", ticket->number, path), pairs);
}

static void put_file(const spi_request *request, spi_value *list, const sp_ticket *ticket, const sp_attachment *file)
{
	spi_value *item = spi_put_attached(request, list, file, ticket->secret);
	spi_put_text(item, "remove", address(request, ticket, sp_arena_printf(request->arena, "/attachments/%s/remove", file->id)));
}

/* How long: as kb.yaml says it for files, else for the whole ticket. */
static const char *how_long(const spi_request *request)
{
	uint32_t days = request->config->keep.attachments ? request->config->keep.attachments : request->config->keep.tickets;
	char number[16];
	snprintf(number, sizeof number, "%u", days);
	sp_fill fills[] = {{"days", number}, {NULL, NULL}};
	const char *key = request->config->keep.attachments ? "page.files.days" : days ? "page.files.days.ticket" : "page.files.as-ticket";
	return sp_catalog_fill(request->lang, key, fills, request->arena);
}

/* Whether more are taken. */
static bool put_files(const spi_request *request, spi_value *page, const sp_ticket *ticket, const char *wrong)
{
	sp_attachment *files = NULL;
	size_t count = 0;
	uint32_t max = request->config->attachments.max;
	if (sp_store_attachments(request->worker->store, ticket->number, request->arena, &files, &count, NULL) != SP_OK)
		count = 0;
	spi_value *list = spi_put_list(page, "files");
	for (size_t i = 0; i < count; i++)
		put_file(request, list, ticket, &files[i]);
	char *key = sp_arena_alloc(request->arena, SP_CONVERSATION_ID_LEN + 1);
	if (key)
		sp_store_new_id(key);
	bool takes_more = count < max && ticket->state != SP_TICKET_CLOSED;
	spi_put_bool(page, "files_any", count > 0);
	spi_put_bool(page, "files_shown", count > 0 || takes_more || wrong);
	spi_put_bool(page, "takes_files", takes_more);
	spi_put_text(page, "files_error", wrong ? wrong : "");
	spi_put_text(page, "files_action", address(request, ticket, "/attachments"));
	spi_put_text(page, "files_call", sp_arena_printf(request->arena, "/v1/tickets/%" PRId64 "/attachments", ticket->number));
	spi_put_text(page, "files_secret", ticket->secret);
	spi_put_text(page, "files_types", sp_attachment_types());
	spi_put_int(page, "files_bytes", request->config->attachments.max_bytes);
	spi_put_text(page, "files_limit", spi_attachment_text(request, "page.files.limit"));
	spi_put_text(page, "files_heavy", spi_attachment_text(request, "attachment.heavy"));
	spi_put_text(page, "files_long", how_long(request));
	spi_put_text(page, "files_key", key);
	return takes_more;
}

/* ---- what was sent with a mistake ---- */

bool spi_ticket_page_keep(spi_request *request, const sp_ticket *ticket, const char *param, const char *sent, size_t len)
{
	char name[SP_CONVERSATION_ID_LEN + 1];
	if (!spi_unsent_keep(request->worker->server->unsent, ticket->secret, sent, len, request->clock_utc_s, name))
		return false;
	spi_pair pairs[] = {{"key", ticket->secret}, {param, name}, {0}};
	spi_reply_redirect(request, 303, spi_page_url(request, sp_arena_printf(request->arena, "/ticket/%" PRId64, ticket->number), pairs));
	return true;
}

bool spi_ticket_page_kept(spi_request *request, const sp_ticket *ticket, const char *param, sp_buffer *ret)
{
	const char *name = spi_request_query(request, param);
	char key[SP_CONVERSATION_ID_LEN + 1];
	sp_buffer_clear(ret);
	if (!name || !spi_unsent_read(request->worker->server->unsent, name, request->clock_utc_s, ret, key))
		return false;
	bool is_of_ticket = strcmp(key, ticket->secret) == 0;
	if (!is_of_ticket)
		sp_buffer_clear(ret);
	return is_of_ticket;
}

/* What is wrong stands at its field, and first on the page with the way there. A page that has no address leads to the ticket's. */
static void put_error(const spi_request *request, spi_value *page, const sp_ticket *ticket, const char *field, const char *label, const char *wrong,
	int status)
{
	spi_value *item = spi_list_add(spi_put_list(page, "errors"));
	spi_put_bool(page, "errors_any", true);
	spi_put_text(page, "back", status == 200 ? "" : address(request, ticket, ""));
	spi_put_text(item, "href", field);
	spi_put_text(item, "label", spi_page_text(request, label));
	spi_put_text(item, "message", wrong);
}

void spi_ticket_page_state(spi_request *request, const sp_ticket *ticket, const spi_ticket_wrong *wrong, int status)
{
	const char *done = spi_request_query(request, "done");
	const spi_pair query[] = {{"key", ticket->secret}};
	spi_value *page = spi_page_new_at(request, sp_arena_printf(request->arena, "/ticket/%" PRId64, ticket->number), query, 1);
	put_ticket(request, page, ticket);
	spi_ticket_page_put_talk(request, page, ticket);
	bool takes_more = put_files(request, page, ticket, wrong->file);
	spi_put_bool(page, "no_bubble", true);
	spi_put_text(page, "wrong", wrong->answer ? wrong->answer : "");
	spi_put_text(page, "written", wrong->written ? wrong->written : "");
	if (wrong->file)
		put_error(request, page, ticket, takes_more ? "#file" : "#files", takes_more ? "page.files.label" : "page.files.title", wrong->file, status);
	if (wrong->answer)
		put_error(request, page, ticket, "#answer", ticket->state == SP_TICKET_SOLVED ? "page.ticket.answer.reopen.label" : "page.ticket.answer.label",
			wrong->answer, status);
	if (done)
		spi_put_text(page, "told",
			spi_page_text(request, strcmp(done, "solved") == 0 ? "page.ticket.answer.thanks" : "page.ticket.answer.sent"));
	spi_page_send(request, "ticket-done", page, status);
}

/* Only who has the secret, agents too: the page holds it in its links. */
static bool read_own(spi_request *request, sp_ticket *ret)
{
	const char *key = spi_request_query(request, "key");
	if (spi_ticket_access(request, ret) == SPI_TICKET_NOBODY)
		return false;
	if (key && spi_same_secret(key, ret->secret))
		return true;
	spi_problem(request, SPI_NOT_FOUND, "there is no such ticket");
	return false;
}

void spi_h_page_ticket_state(spi_request *request)
{
	sp_ticket ticket;
	spi_ticket_wrong wrong = {0};
	sp_buffer *file = &request->worker->scratch;
	if (!read_own(request, &ticket) || !spi_ticket_page_unsent(request, &ticket, &wrong))
		return;
	if (!wrong.answer && spi_ticket_page_kept(request, &ticket, "file", file))
		wrong.file = sp_arena_strndup(request->arena, sp_buffer_text(file), file->len);
	spi_ticket_page_state(request, &ticket, &wrong, 200);
}

/* ---- what is done there ---- */

static void go_back(spi_request *request, const sp_ticket *ticket)
{
	const char *to = address(request, ticket, "");
	spi_reply_redirect(request, 303, sp_arena_printf(request->arena, "%s#files", to ? to : ""));
}

typedef struct adding { sp_ticket ticket; spi_attaching *attaching; const sp_write *removal; } adding;

/* The file itself is not kept: only what is wrong with it. */
static void refused(spi_request *request, const sp_ticket *ticket, const char *text, int status)
{
	const spi_ticket_wrong wrong = {.file = text};
	if (!spi_ticket_page_keep(request, ticket, "file", text, strlen(text)))
		spi_ticket_page_state(request, ticket, &wrong, status);
}

static void added(spi_request *request)
{
	const adding *a = request->data;
	spi_attachment_stored(request, a->attaching);
	sp_status status = a->attaching->write.status;
	if (status == SP_OK)
		go_back(request, &a->ticket);
	else if (a->attaching->wrong || status == SP_ERR_CONFLICT)
		refused(request, &a->ticket, a->attaching->wrong ? a->attaching->wrong : spi_page_text(request, "page.files.again"), 409);
	else
		spi_reply_error(request, status, &a->attaching->write.error);
}

/* The form's language and key: it is a multipart form, which spi_page_form_lang() cannot read. */
static void read_fields(spi_request *request, const spi_upload *upload, const char **ret_key)
{
	const char *lang = spi_upload_field(upload, "lang"), *key = spi_upload_field(upload, "idempotency");
	sp_lang wanted = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	if (wanted != SP_LANG_NONE && request->config->langs & 1u << wanted && wanted != request->lang) {
		request->lang = wanted;
		request->lang_asked = true;
	}
	*ret_key = key && spi_is_conversation(key) ? key : NULL;
}

void spi_h_page_file_add(spi_request *request)
{
	adding *a = sp_arena_calloc(request->arena, 1, sizeof *a);
	const char *key;
	spi_upload upload;
	if (!a || !read_own(request, &a->ticket) || !spi_upload_read(request, &upload))
		return;
	read_fields(request, &upload, &key);
	a->attaching = spi_attachment_prepare(request, &a->ticket, &upload, key);
	if (!a->attaching)
		return;
	request->data = a;
	if (a->attaching->wrong)
		refused(request, &a->ticket, a->attaching->wrong, 422);
	else
		spi_request_write(request, &a->attaching->write, added);
}

static void removed(spi_request *request)
{
	const adding *a = request->data;
	if (a->removal->status == SP_OK || a->removal->status == SP_ERR_NOT_FOUND)
		go_back(request, &a->ticket);
	else
		spi_reply_error(request, a->removal->status, &a->removal->error);
}

void spi_h_page_file_remove(spi_request *request)
{
	adding *a = sp_arena_calloc(request->arena, 1, sizeof *a);
	spi_page_form_lang(request);
	if (!a || !read_own(request, &a->ticket))
		return;
	sp_write *write = spi_attachment_removal(request, &a->ticket, request->params[1]);
	if (!write)
		return;
	a->removal = write;
	request->data = a;
	spi_request_write(request, write, removed);
}
