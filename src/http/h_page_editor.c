/* GET /editor/ and GET /editor/changes. */
#include "http/editor.h"

#include "http/parts.h"
#include "sportello/catalog.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Shorter than what proxies and browsers cut off. */
#define PATIENCE_MS 20000

/* ---- who may ask ---- */

/* The host of "name:port", "[::1]:port" or either without a port, into ret; false when it is none. */
static bool host_of(const char *text, char *ret, size_t size)
{
	bool in_brackets = *text == '[';
	const char *from = text + in_brackets;
	size_t len = strcspn(from, in_brackets ? "]" : ":");
	const char *rest = from + len + (in_brackets && from[len] == ']');
	if (len == 0 || len >= size || (*rest && (*rest != ':' || strspn(rest + 1, "0123456789") != strlen(rest + 1))))
		return false;
	memcpy(ret, from, len);
	ret[len] = '\0';
	return true;
}

static bool is_address(const char *host)
{
	struct in6_addr any;
	return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

static bool names_this_machine(const spi_request *request)
{
	char host[256], listen[256];
	const char *named = spi_request_header(request, "Host");
	if (!named || !host_of(named, host, sizeof host))
		return false;
	return is_address(host) || strcasecmp(host, "localhost") == 0 ||
		   (host_of(request->worker->server->options.listen, listen, sizeof listen) && strcasecmp(host, listen) == 0);
}

bool spi_editor_gate(spi_request *request, spi_match *match)
{
	bool has_editor = request->worker->server->options.workbench != NULL;
	if (!has_editor && request->worker->server->options.kb_dir)
		return true;
	if (has_editor && !names_this_machine(request)) {
		spi_problem(request, SPI_FORBIDDEN, "ask for this service by its address or as localhost");
		return false;
	}
	const char *path = sp_buffer_text(&request->uri);
	size_t len = strcspn(path, "?");
	if (has_editor && ((len == 1 && *path == '/') || (len == 7 && memcmp(path, "/editor", 7) == 0))) {
		spi_reply_redirect(request, 302, "/editor/");
		return false;
	}
	bool is_editors = strncmp(path, "/editor/", 8) == 0;
	const spi_route *route = match->route;
	if (has_editor ? is_editors || (route && route->always && !route->cors) : !is_editors)
		return true;
	*match = (spi_match){.number = spi_routes_count()};
	request->route = NULL;
	request->route_number = match->number;
	return true;
}

/* ---- addresses ---- */

static const char *url_of(const spi_request *request, const char *id, sp_lang lang, const char *find, const char *ask)
{
	const spi_editor *e = request->editor;
	const spi_pair pairs[] = {{"id", id}, {"as", strcmp(e->as, "citizen") == 0 ? "" : e->as}, {"on", e->on},
		{"lang", sp_lang_code(lang)}, {"q", find}, {"ask", ask}, {0}};
	return spi_page_url(request, "/editor/", pairs);
}

const char *spi_editor_url(const spi_request *request, const char *id, sp_lang lang, const char *ask)
{
	return url_of(request, id, lang, NULL, ask);
}

/* "/a/<id>?lang=xx" up to the quote: as sp_article_view() writes it. */
static bool add_link(const spi_request *request, sp_buffer *out, const char *link, size_t len)
{
	char *address = sp_arena_strndup(request->arena, link, len);
	char *query = address ? strchr(address, '?') : NULL;
	char *anchor = address ? strchr(address, '#') : NULL;
	if (!address)
		return false;
	if (anchor)
		*anchor++ = '\0';
	if (query && (!anchor || query < anchor))
		*query++ = '\0';
	const char *id = spi_percent_decode(address + 3, strlen(address + 3), false, request->arena);
	sp_lang lang = query && strncmp(query, "lang=", 5) == 0 ? sp_lang_of(query + 5, strlen(query + 5)) : SP_LANG_NONE;
	if (!id)
		return false;
	for (const char *at = spi_editor_url(request, id, lang == SP_LANG_NONE ? request->lang : lang, NULL); *at; at++)
		if (*at == '&')
			sp_buffer_add_text(out, "&amp;");
		else
			sp_buffer_add_char(out, *at);
	if (anchor)
		sp_buffer_printf(out, "#%s", anchor);
	return true;
}

const char *spi_editor_links(const spi_request *request, const char *html, size_t len, size_t *ret_len)
{
	static const char mark[] = "href=\"/a/";
	sp_buffer out = SP_BUFFER_INIT;
	const char *end = html + len;
	for (const char *link; (link = memmem(html, (size_t)(end - html), mark, sizeof mark - 1));) {
		link += strlen("href=\"");
		sp_buffer_add(&out, html, (size_t)(link - html));
		const char *quote = memchr(link, '"', (size_t)(end - link));
		html = quote && add_link(request, &out, link, (size_t)(quote - link)) ? quote : link;
	}
	sp_buffer_add(&out, html, (size_t)(end - html));
	const char *text = sp_buffer_ok(&out) ? sp_arena_strndup(request->arena, sp_buffer_text(&out), out.len) : NULL;
	*ret_len = text ? out.len : 0;
	sp_buffer_release(&out);
	return text;
}

/* ---- what the address says ---- */

static const char *query_text(const spi_request *request, const char *name)
{
	const char *text = spi_request_query(request, name);
	return text ? text + strspn(text, " \t\r\n") : "";
}

/* Whether all that an audience reads is the editor's to see. */
static bool may_look_as(const spi_request *request, int audience)
{
	return audience >= 0 && !(request->config->audiences[audience].reads & ~request->editor->sees);
}

/* A preview shows everything to whoever sits before it; a service what the token's audience may read, as kb.yaml is now. */
static void find_sight(const spi_request *request, spi_editor *e)
{
	sp_audiences all = 0;
	for (size_t i = 0; i < request->config->audiences_count; i++)
		all |= (sp_audiences)1 << i;
	int own = sp_kb_audience(request->config, e->own);
	bool is_preview = request->worker->server->options.workbench != NULL;
	e->sees = is_preview ? all : own >= 0 ? request->config->audiences[own].reads : 0;
	e->sees_all = e->sees == all;
}

/* As whom it is looked at; false: not as the one it was until now. */
static bool find_reader(spi_request *request)
{
	spi_editor *e = request->editor;
	find_sight(request, e);
	bool may = may_look_as(request, sp_kb_audience(request->config, e->as));
	if (!may)
		e->as = may_look_as(request, sp_kb_audience(request->config, "citizen")) ? "citizen" : e->own;
	request->caller.audience_key = e->as;
	request->caller.audience = sp_kb_audience(request->config, e->as);
	return may;
}

/* People follow old links and cut addresses: who does not exist is a citizen, a day that is none is today. */
static bool read_address(spi_request *request)
{
	spi_editor *e = sp_arena_calloc(request->arena, 1, sizeof *e);
	if (!e)
		return false;
	e->id = query_text(request, "id");
	e->find = query_text(request, "q");
	e->on = query_text(request, "on");
	e->as = query_text(request, "as");
	e->own = request->caller.audience_key;
	request->editor = e;
	find_reader(request);
	sp_date day = sp_date_parse(e->on, strlen(e->on));
	if (day && day != request->day)
		spi_request_set_day(request, day);
	else
		e->on = "";
	e->turn = (spi_turn){.message = query_text(request, "ask"), .lang = request->lang, .channel = "preview"};
	return true;
}

/* ---- the page ---- */

static void go_on(void *request)
{
	spi_request_go_on(request);
}

static void put_option(spi_value *list, const char *value, const char *name, bool chosen)
{
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "value", value);
	spi_put_text(item, "name", name);
	spi_put_bool(item, "chosen", chosen);
}

static void put_view(const spi_request *request, spi_value *page)
{
	const spi_editor *e = request->editor;
	const sp_kb_config *config = request->config;
	spi_value *audiences = spi_put_list(page, "audiences"), *langs = spi_put_list(page, "langs");
	for (size_t i = 0; i < config->audiences_count; i++)
		if (may_look_as(request, (int)i))
			put_option(audiences, config->audiences[i].key, sp_texts_get(&config->audiences[i].name, request->lang),
				strcmp(config->audiences[i].key, e->as) == 0);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (config->langs & 1u << lang)
			put_option(langs, sp_lang_code((sp_lang)lang), sp_catalog_text((sp_lang)lang, "page.lang.self"), lang == (int)request->lang);
	spi_put_text(page, "on", spi_page_iso_date(request, request->day));
	spi_put_text(page, "today", spi_page_iso_date(request, sp_date_of(request->now_utc_s, config->timezone)));
	spi_put_bool(page, "is_other_day", e->on[0] != '\0');
	spi_put_bool(page, "is_partial", !e->sees_all);
	spi_put_bool(page, "is_service", request->worker->server->options.workbench == NULL);
	spi_put_text(page, "wanted", e->id);
	spi_put_text(page, "find", e->find);
	spi_put_text(page, "asked", e->turn.message);
	spi_put_text(page, "home_url", url_of(request, NULL, request->lang, NULL, NULL));
	spi_put_text(page, "audience_name",
		config->audiences_count && request->caller.audience >= 0 ? sp_texts_get(&config->audiences[request->caller.audience].name, request->lang) : "");
	spi_put_text(page, "day_name", spi_page_date(request, request->day));
}

/* In the chosen language, else in the first that has it. */
static void find_row(spi_editor *e, sp_lang lang)
{
	e->row = e->id[0] ? sp_bench_find(e->bench, e->id, lang) : NULL;
	for (int other = 0; e->id[0] && !e->row && other < SP_LANG_COUNT; other++)
		e->row = sp_bench_find(e->bench, e->id, (sp_lang)other);
}

static sp_status compose(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	spi_editor *e = request->editor;
	if (!find_reader(request)) /* kb.yaml changed meanwhile */
		return SP_ERR_CHANGED;
	if (!(e->bench = spi_editor_narrow(request, e->whole)))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	e->reads = request->config->audiences[request->caller.audience].reads & e->sees;
	find_row(e, request->lang);
	spi_put_bool(page, "at_editor", true);
	spi_put_text(page, "number", sp_arena_printf(request->arena, "%" PRIu64, e->bench->number));
	put_view(request, page);
	sp_status status = spi_editor_put_article(request, index, page, err);
	if (status == SP_OK)
		status = spi_editor_put_answer(request, index, page, err);
	if (status != SP_OK)
		return status;
	spi_editor_put_list(request, page);
	spi_editor_put_findings(request, page);
	return SP_OK;
}

static void show(spi_request *request);

/* A service's other readers do not wait while all files are looked at. */
static bool waits_for_bench(spi_request *request, sp_workbench *workbench)
{
	spi_editor *e = request->editor;
	bool is_preview = request->worker->server->options.workbench != NULL;
	if (is_preview || e->waited || sp_workbench_is_made(workbench, request->lang))
		return false;
	sp_bench_waiter *waiter = sp_arena_calloc(request->arena, 1, sizeof *waiter);
	e->waited = true;
	if (!waiter || !spi_request_may_wait(request))
		return false;
	*waiter = (sp_bench_waiter){
		.wants_bench = true, .lang = request->lang, .patience_ms = PATIENCE_MS, .done = go_on, .arg = request};
	spi_request_wait(request, show);
	sp_workbench_wait(workbench, waiter);
	return true;
}

static void show(spi_request *request)
{
	spi_editor *e = request->editor;
	spi_value *page;
	e->workbench = spi_editor_workbench(request);
	if (!e->workbench || waits_for_bench(request, e->workbench))
		return;
	e->whole = sp_workbench_take(e->workbench, request->lang);
	if (!e->whole)
		spi_reply_error(request, SP_ERR_NOMEM, NULL);
	else if (spi_page_make(request, compose, &page))
		spi_page_send(request, "editor", page, 200);
	sp_workbench_give_back(e->whole);
	spi_reply_header(request, "Cross-Origin-Resource-Policy", "same-origin");
}

static void decide(spi_request *request)
{
	if (spi_turn_decide(request, &request->editor->turn, decide))
		show(request);
}

void spi_h_page_editor(spi_request *request)
{
	if (!read_address(request))
		spi_reply_error(request, SP_ERR_NOMEM, NULL);
	else if (request->editor->turn.message[0])
		decide(request);
	else
		show(request);
}

/* ---- changes ---- */

static void reply_number(spi_request *request)
{
	sp_json json;
	sp_workbench *workbench = spi_editor_workbench(request);
	if (!workbench)
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	/* A text: it is longer than what scripts count exactly. */
	char number[32];
	snprintf(number, sizeof number, "%" PRIu64, sp_workbench_number(workbench));
	sp_json_string(&json, "number", number);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
	spi_reply_header(request, "Cross-Origin-Resource-Policy", "same-origin");
}

void spi_h_editor_changes(spi_request *request)
{
	const char *seen = spi_request_query(request, "seen");
	sp_workbench *workbench = spi_editor_workbench(request);
	sp_bench_waiter *waiter = sp_arena_calloc(request->arena, 1, sizeof *waiter);
	if (!workbench)
		return;
	if (!seen || !waiter || !spi_request_may_wait(request)) {
		reply_number(request);
		return;
	}
	*waiter = (sp_bench_waiter){
		.seen = strtoull(seen, NULL, 10), .patience_ms = PATIENCE_MS, .done = go_on, .arg = request};
	spi_request_wait(request, reply_number);
	sp_workbench_wait(workbench, waiter);
}
