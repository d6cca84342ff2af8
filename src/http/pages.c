#include "http/agent.h"
#include "http/pages.h"

#include "http/parts.h"

#include "http/dashboard.h"
#include "http/page_cache.h"
#include "http/reply.h"
#include "http/route.h"
#include "http/upload.h"
#include "http/session.h"
#include "http/worker.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The index may change while it is asked; the page is then composed anew. */
#define FORM .body = SPI_BODY_FORM, .body_max = SPI_BODY_MAX, .page = true
#define PAGE .page = true, .cache = SPI_CACHE_CHECK

const spi_route spi_page_routes[] = {
	{"GET", "/", spi_h_page_home, PAGE, .metric = "page-home"},
	{"GET", "/c/{category}", spi_h_page_category, PAGE, .metric = "page-category"},
	{"GET", "/search", spi_h_page_search, PAGE, .metric = "page-search"},
	{"GET", "/a/{id}", spi_h_page_article, PAGE, .metric = "page-article"},
	{"POST", "/a/{id}/feedback", spi_h_page_article_feedback, FORM, .metric = "page-article-feedback"},
	{"GET", "/chat", spi_h_page_chat, PAGE, .metric = "page-chat"},
	{"POST", "/chat", spi_h_page_chat_say, FORM, .metric = "page-chat-say"},
	{"GET", "/chat/{conversation}", spi_h_page_chat, .page = true, .metric = "page-chat-conversation"},
	{"POST", "/chat/{conversation}/feedback", spi_h_page_chat_feedback, FORM, .metric = "page-chat-feedback"},
	{"GET", "/ticket", spi_h_page_ticket, .page = true, .metric = "page-ticket"},
	{"POST", "/ticket", spi_h_page_ticket_open, FORM, .metric = "page-ticket-open"},
	{"POST", "/ticket/{number}", spi_h_page_ticket_say, FORM, .metric = "page-ticket-say"},
	{"GET", "/ticket/{number}", spi_h_page_ticket_state, .page = true, .metric = "page-ticket-state"},
	{"POST", "/ticket/{number}/attachments", spi_h_page_file_add, .body = SPI_BODY_FILE, .gate = spi_upload_gate, .page = true,
		.metric = "page-file-add"},
	{"POST", "/ticket/{number}/attachments/{id}/remove", spi_h_page_file_remove, FORM, .metric = "page-file-remove"},
	{"GET", "/agent/sign-in", spi_h_page_sign_in, .page = true, .metric = "page-sign-in"},
	{"POST", "/agent/sign-in", spi_h_page_sign_in_token, FORM, .metric = "page-sign-in-token"},
	{"GET", "/agent/sign-in/provider", spi_h_page_sign_in_provider, .page = true, .metric = "page-sign-in-provider"},
	{"GET", "/agent/sign-in/callback", spi_h_page_sign_in_callback, .page = true, .metric = "page-sign-in-callback"},
	{"POST", "/agent/sign-out", spi_h_page_sign_out, FORM, .form_token = true, .metric = "page-sign-out"},
	{"GET", "/agent/tickets", spi_h_page_agent_tickets, .who = SPI_AGENTS, .page = true, .metric = "page-agent-tickets"},
	{"GET", "/agent/tickets/{number}", spi_h_page_agent_ticket, .who = SPI_AGENTS, .page = true, .metric = "page-agent-ticket"},
	{"POST", "/agent/tickets/{number}", spi_h_page_agent_ticket_do, FORM, .who = SPI_AGENTS, .metric = "page-agent-ticket-do"},
	{"GET", "/agent/tickets/{number}/suggestions", spi_h_page_agent_suggestions, .who = SPI_AGENTS, .page = true,
		.metric = "page-agent-suggestions"},
	{"GET", "/agent/outbox", spi_h_page_agent_outbox, .who = SPI_ADMINS, .page = true, .metric = "page-agent-outbox"},
	{"POST", "/agent/outbox", spi_h_page_agent_outbox_resend, FORM, .who = SPI_ADMINS, .metric = "page-agent-outbox-resend"},
	{"GET", "/agent/", spi_h_page_agent, .who = SPI_STAFF, .page = true, .metric = "page-agent"},
	{"GET", "/agent/training", spi_h_page_trainings, .who = SPI_STAFF, .page = true, .metric = "page-trainings"},
	{"GET", "/agent/training/report", spi_h_page_training_report, .who = SPI_MANAGERS, .page = true, .metric = "page-training-report"},
	{"GET", "/agent/training/{id}", spi_h_page_training, .who = SPI_AGENTS, .page = true, .metric = "page-training"},
	{"POST", "/agent/training/{id}", spi_h_page_training_answers, FORM, .who = SPI_AGENTS, .metric = "page-training-answers"},
	{"GET", "/agent/receipts", spi_h_page_agent_receipts, .who = SPI_STAFF, .page = true, .metric = "page-agent-receipts"},
	{"GET", "/dashboard/gaps", spi_h_page_gaps, .who = SPI_CURATORS, .page = true, .metric = "page-gaps"},
	{"GET", "/dashboard/", spi_h_page_dashboard, .who = SPI_MANAGERS, .page = true, .metric = "page-dashboard"},
	{"GET", "/dashboard/{view}", spi_h_page_dashboard_view, .who = SPI_MANAGERS, .page = true, .metric = "page-dashboard-view"},
	{"GET", "/dashboard/csv/{figure}", spi_h_dashboard_csv, .who = SPI_MANAGERS, .page = true, .metric = "dashboard-csv"},
	{"GET", "/figures", spi_h_page_figures, PAGE, .metric = "page-figures"},
	{"GET", "/editor/", spi_h_page_editor, .who = SPI_EDITORS, .page = true, .metric = "page-editor"},
	{"GET", "/editor/changes", spi_h_editor_changes, .who = SPI_EDITORS, .metric = "editor-changes"},
	{"GET", "/static/{name...}", spi_h_static, .always = true, .cache = SPI_CACHE_FOREVER, .metric = "static"},
	{"GET", "/widget.js", spi_h_widget, .always = true, .cors = true, .cache = SPI_CACHE_HOUR, .metric = "widget"},
	{0},
};

/* ---- what threads share ---- */

sp_status spi_pages_open(const sp_server_options *options, spi_pages **ret, sp_error *err)
{
	sp_arena *arena = sp_arena_new(64 * 1024);
	spi_pages *pages = arena ? sp_arena_calloc(arena, 1, sizeof *pages) : NULL;
	if (!pages) {
		sp_arena_free(arena);
		return sp_error_set(err, SP_ERR_NOMEM, "pages", 0, "out of memory");
	}
	pages->arena = arena;
	sp_status status = spi_templates_load(options->web_dir, &pages->templates, err);
	if (status == SP_OK)
		status = spi_assets_load(options->web_dir, arena, &pages->assets, err);
	if (status == SP_OK)
		*ret = pages;
	else
		spi_pages_close(pages);
	return status;
}

void spi_pages_close(spi_pages *pages)
{
	if (!pages)
		return;
	spi_templates_free(pages->templates);
	sp_arena_free(pages->arena);
}

/* ---- a page ---- */

/* The same page in another language: path and query as they are, but for lang. */
static const char *in_language(const spi_request *request, const char *path, const spi_pair *query, size_t query_count, sp_lang lang)
{
	spi_pair pairs[SPI_QUERY_MAX + 2] = {0};
	size_t count = 0;
	for (size_t i = 0; i < query_count && count < SPI_QUERY_MAX; i++)
		if (strcmp(query[i].name, "lang") != 0 && query[i].value)
			pairs[count++] = query[i];
	size_t len = strcspn(path, "\r\n");
	sp_buffer raw = SP_BUFFER_INIT;
	for (size_t i = 0; i < len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/", path[i]))
			sp_buffer_add_char(&raw, path[i]);
		else
			sp_buffer_printf(&raw, "%%%02X", (unsigned char)path[i]);
	pairs[count] = (spi_pair){"lang", sp_lang_code(lang)};
	const char *copy = sp_arena_strdup(request->arena, sp_buffer_text(&raw));
	sp_buffer_release(&raw);
	return copy ? spi_page_url(request, copy, pairs) : "";
}

static void put_languages(const spi_request *request, spi_value *page, const char *path, const spi_pair *query, size_t query_count)
{
	unsigned langs = request->config ? request->config->langs : 1u << request->lang;
	spi_value *list = spi_put_list(page, "languages");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (!(langs & 1u << lang))
			continue;
		spi_value *item = spi_list_add(list);
		char *short_name = sp_arena_strdup(request->arena, sp_lang_code((sp_lang)lang));
		for (char *at = short_name; at && *at; at++)
			*at = (char)(*at - 'a' + 'A');
		spi_put_text(item, "code", sp_lang_code((sp_lang)lang));
		spi_put_text(item, "short", short_name);
		spi_put_text(item, "name", sp_catalog_text((sp_lang)lang, "page.lang.self"));
		spi_put_text(item, "url", in_language(request, path, query, query_count, (sp_lang)lang));
		spi_put_bool(item, "current", lang == (int)request->lang);
	}
}

spi_value *spi_page_new(spi_request *request)
{
	return spi_page_new_at(request, request->path, request->query, request->query_count);
}

spi_value *spi_page_new_at(spi_request *request, const char *path, const spi_pair *query, size_t query_count)
{
	spi_value *page = spi_object_new(request->arena);
	const char *code = sp_lang_code(request->lang);
	const char *service = request->config ? sp_texts_get(&request->config->name, request->lang) : "Sportello";
	spi_put_text(page, "lang", code);
	spi_put_text(page, "service", service);
	spi_put_bool(page, "explicit_lang", request->lang_asked);
	spi_put_text(page, "lang_query", request->lang_asked ? sp_arena_printf(request->arena, "?lang=%s", code) : "");
	spi_put_text(page, "lang_more", request->lang_asked ? sp_arena_printf(request->arena, "&lang=%s", code) : "");
	spi_put_text(page, "suggestions_count", spi_page_text(request, "page.search.suggestions.count"));
	spi_put_bool(page, "open_data", request->config && request->config->open_data);
	put_languages(request, page, path ? path : "/", query, query_count);
	if (request->caller.session) {
		spi_put_text(page, "signed_in", request->caller.subject);
		spi_put_text(page, "form_token", spi_session_form_token(request));
	}
	return page;
}

bool spi_page_render(spi_request *request, const char *name, const spi_value *page)
{
	sp_error err = {0};
	sp_buffer_clear(&request->out);
	sp_status status =
		spi_templates_render(request->worker->server->pages->templates, name, page, request->lang, &request->out, &err);
	if (status == SP_OK)
		return true;
	spi_reply_error(request, status, &err);
	return false;
}

static bool is_tagged(const spi_request *request, int status)
{
	return status == 200 && request->route && request->route->cache == SPI_CACHE_CHECK;
}

/* hash: of request->out, where it is tagged. */
static void leave(spi_request *request, int status, uint64_t hash)
{
	spi_reply_header(request, "Vary", "Accept-Language");
	if (is_tagged(request, status))
		spi_reply_tagged_as(request, "text/html; charset=utf-8", hash);
	else
		spi_reply_html(request, status);
}

/* The search form stands on many pages, with a label of its own on some. */
void spi_page_put_search_label(const spi_request *request, spi_value *page)
{
	if (page && !spi_get_text(page, "search_label"))
		spi_put_text(page, "search_label", spi_page_text(request, "page.search.label"));
}

void spi_page_send(spi_request *request, const char *name, spi_value *page, int status)
{
	spi_page_put_search_label(request, page);
	if (spi_page_render(request, name, page))
		leave(request, status, is_tagged(request, status) ? spi_reply_hash(request) : 0);
}

typedef struct composing {
	spi_page_compose *compose;
	spi_value *page;
} composing;

static sp_status compose_once(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	composing *c = arg;
	c->page = spi_page_new(request);
	return c->compose(request, index, c->page, err);
}

bool spi_page_make(spi_request *request, spi_page_compose *compose, spi_value **ret)
{
	sp_error err = {0};
	composing c = {.compose = compose};
	sp_status status = spi_with_index(request, compose_once, &c, &err);
	*ret = c.page;
	if (request->reply.status)
		return false;
	if (status == SP_ERR_NOT_FOUND)
		spi_problem(request, SPI_NOT_FOUND, "there is no such page");
	else if (status)
		spi_reply_error(request, status, &err);
	return !request->reply.status;
}

void spi_page_serve(spi_request *request, const char *name, spi_page_compose *compose)
{
	spi_value *page;
	if (spi_page_make(request, compose, &page))
		spi_page_send(request, name, page, 200);
}

void spi_page_serve_kept(spi_request *request, const char *name, spi_page_compose *compose)
{
	spi_value *page;
	uint64_t hash;
	if (!spi_page_recall(request, &hash)) {
		if (!spi_page_make(request, compose, &page))
			return;
		spi_page_put_search_label(request, page);
		if (!spi_page_render(request, name, page))
			return;
		hash = spi_reply_hash(request);
		spi_page_remember(request, hash);
	}
	leave(request, 200, hash);
}

/* ---- errors ---- */

/* A request that was refused early has not been looked at for its language yet. */
static void learn_reader(spi_request *request)
{
	const char *asked = spi_request_query(request, "lang");
	if (request->config)
		return;
	if (spi_worker_refresh(request->worker, NULL) == SP_OK)
		request->config = sp_reader_config(request->worker->reader);
	unsigned langs = request->config ? request->config->langs : (1u << SP_LANG_COUNT) - 1;
	sp_lang lang = asked ? sp_lang_of(asked, strlen(asked)) : SP_LANG_NONE;
	request->lang_asked = lang != SP_LANG_NONE && (langs & 1u << lang);
	if (!request->lang_asked)
		lang = spi_accept_language(spi_request_header(request, "Accept-Language"), langs);
	if (lang == SP_LANG_NONE)
		lang = request->config ? request->config->default_lang : SP_LANG_IT;
	request->lang = lang;
}

/* Who works in the console stays in it: the citizens' page would lead them out. */
static bool is_in_console(const spi_request *request)
{
	return request->config && request->path && strncmp(request->path, "/agent/", 7) == 0 && request->caller.audience >= 0 && spi_caller_has(request, SPI_WORKS_HERE);
}

static void put_console(spi_request *request, spi_value *page, int status)
{
	spi_agent_put_frame(request, page, SPI_AGENT_TICKETS, spi_page_text(request, sp_arena_printf(request->arena, "page.error.%d.title", status)));
	if (status == 404)
		spi_put_text(page, "text", spi_page_text(request, "agent.error.404"));
}

void spi_page_problem(spi_request *request, int status, const char *title, const char *detail)
{
	static const int told[] = {400, 403, 404, 405, 410, 413, 422, 429, 500, 503};
	int nearest = status >= 500 ? 500 : 400;
	(void)title, (void)detail; /* in English, for programs; people get the catalogue's words */
	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (told[i] == status)
			nearest = status;
	if (status == 401)
		nearest = 403;
	learn_reader(request);
	spi_value *page = spi_page_new(request);
	spi_put_text(
		page, "title", spi_page_text(request, sp_arena_printf(request->arena, "page.error.%d.title", nearest)));
	spi_put_text(page, "text", spi_page_text(request, sp_arena_printf(request->arena, "page.error.%d.text", nearest)));
	spi_put_bool(page, "noindex", true);
	spi_page_put_search_label(request, page);
	sp_error err = {0};
	sp_buffer_clear(&request->out);
	bool in_console = is_in_console(request);
	if (in_console)
		put_console(request, page, nearest);
	spi_templates_render(request->worker->server->pages->templates, in_console ? "agent-error" : "error", page, request->lang, &request->out, &err);
	spi_reply_html(request, status);
}
