/* GET /agent/: the agents' search, and the frame of all pages of the console. */
#include "http/agent.h"

#include "http/search_more.h"
#include "http/walks.h"
#include "sportello/catalog.h"

#include <stdlib.h>
#include <string.h>

#define QUERY_MAX_CHARS 200

/* ---- frame ---- */

void spi_agent_put_frame(const spi_request *request, spi_value *page, spi_agent_part at, const char *title)
{
	static const char *const parts[] = {"at_search", "at_tickets", "at_training", "at_receipts", "at_gaps"};
	const spi_caller *caller = &request->caller;
	spi_put_text(page, "title", title);
	spi_put_bool(page, parts[at], true);
	spi_put_bool(page, "is_manager", spi_caller_has(request, SPI_IS(MANAGER) | SPI_IS(ADMIN)));
	spi_put_bool(page, "curates", spi_caller_has(request, SPI_IS(EDITOR) | SPI_IS(MANAGER) | SPI_IS(ADMIN)));
	spi_put_bool(page, "edits", request->worker->server->options.kb_dir && spi_caller_has(request, SPI_IS(EDITOR) | SPI_IS(ADMIN)));
	if (!caller->subject || caller->audience < 0)
		return;
	spi_value *who = spi_put_object(page, "who");
	spi_put_text(who, "subject", caller->subject);
	spi_put_text(who, "audience_name", sp_texts_get(&request->config->audiences[caller->audience].name, request->lang));
}

/* ---- what all pages tell of an article ---- */

/* PRODUCT names the audiences of those who work here. */
bool spi_agent_is_inside(const spi_request *request, int audience)
{
	return audience >= 0 && strncmp(request->config->audiences[audience].key, "agent-", 6) == 0;
}

static const char *audience_name(const spi_request *request, const char *key, size_t len)
{
	char *copy = sp_arena_strndup(request->arena, key, len);
	int audience = copy ? sp_kb_audience(request->config, copy) : -1;
	return audience < 0 ? (copy ? copy : "") : sp_texts_get(&request->config->audiences[audience].name, request->lang);
}

const char *spi_agent_mark_blocks(const spi_request *request, const char *html, size_t len, size_t *ret_len)
{
	static const char mark[] = "<blockquote class=\"audience\" data-audience=\"";
	const char *end = html + len;
	sp_buffer out = SP_BUFFER_INIT;
	for (const char *at; (at = memmem(html, (size_t)(end - html), mark, sizeof mark - 1));) {
		const char *key = at + sizeof mark - 1, *quote = memchr(key, '"', (size_t)(end - key));
		const char *close = quote ? memchr(quote, '>', (size_t)(end - quote)) : NULL;
		if (!close)
			break;
		const char *name = audience_name(request, key, (size_t)(quote - key));
		sp_fill fills[] = {{"audience", name}, {0}};
		const char *label = sp_catalog_fill(request->lang, "agent.block.only", fills, request->arena);
		sp_buffer_add(&out, html, (size_t)(close + 1 - html));
		sp_buffer_printf(&out, "<p class=\"ag-only\" lang=\"%s\">", sp_lang_code(request->lang));
		sp_buffer_add_html(&out, label ? label : name, strlen(label ? label : name));
		sp_buffer_add_text(&out, "</p>");
		html = close + 1;
	}
	sp_buffer_add(&out, html, (size_t)(end - html));
	const char *text = sp_buffer_ok(&out) ? sp_arena_strndup(request->arena, sp_buffer_text(&out), out.len) : NULL;
	*ret_len = text ? out.len : 0;
	sp_buffer_release(&out);
	return text;
}

void spi_agent_put_state(const spi_request *request, spi_value *into, const sp_record *record)
{
	const sp_kb_config *config = request->config;
	const char *readers = "";
	bool outside = false;
	for (size_t i = 0; i < config->audiences_count; i++) {
		if (!(record->audience >> i & 1))
			continue;
		outside |= !spi_agent_is_inside(request, (int)i);
		readers = sp_arena_printf(request->arena, "%s%s%s", readers, *readers ? ", " : "", sp_texts_get(&config->audiences[i].name, request->lang));
	}
	bool is_now = spi_request_may_show(request, record);
	bool has_blocks = outside && record->has_blocks;
	spi_put_bool(into, "inside", !outside);
	spi_put_bool(into, "mixed", has_blocks);
	spi_put_bool(into, "outside", outside && is_now && !has_blocks);
	spi_put_bool(into, "outside_mixed", is_now && has_blocks);
	spi_put_bool(into, "sayable", outside && is_now);
	spi_put_bool(into, "is_now", is_now);
	spi_put_text(into, "readers", readers);
	if (record->valid_from > request->day)
		spi_put_text(into, "upcoming", spi_page_date(request, record->valid_from));
	else if (record->valid_until && record->valid_until < request->day && !record->ended)
		spi_put_text(into, "over", spi_page_date(request, record->valid_until));
	spi_put_bool(into, "ended", record->ended);
}

/* ---- search ---- */

static const char *query_text(const spi_request *request, const char *name)
{
	const char *text = spi_request_query(request, name);
	return text ? text + strspn(text, " \t\r\n") : "";
}

/* Only for who handles tickets; one that is not there is none. */
static void read_ticket(spi_request *request, spi_agent *a)
{
	int64_t number = strtoll(a->ticket, NULL, 10);
	bool may = spi_caller_has(request, SPI_DESK) && request->worker->store;
	if (number <= 0 || !may || sp_store_ticket(request->worker->store, number, request->arena, &a->about, NULL) != SP_OK ||
		!spi_caller_sees(request, a->about.group)) {
		a->ticket = "";
		a->about = (sp_ticket){0};
	}
}

/* A code that a person reads out: as what is looked for, or as the walk that an article is shown with. */
static void read_walk(spi_request *request, spi_agent *a)
{
	char code[SP_WALK_CODE_LEN + 1];
	const char *text = *a->walk ? a->walk : a->q;
	if (!sp_walk_code_read(text, strlen(text), code))
		return;
	sp_walk *walk = sp_arena_calloc(request->arena, 1, sizeof *walk);
	if (walk && spi_walk_find(request, &request->worker->server->agents_guesses, code, walk, NULL) == SP_OK)
		a->walked = walk;
	else
		a->no_walk = true;
}

static spi_agent *read_address(spi_request *request)
{
	spi_agent *a = sp_arena_calloc(request->arena, 1, sizeof *a);
	if (!a)
		return NULL;
	*a = (spi_agent){
		.q = query_text(request, "q"), .type = query_text(request, "type"), .category = query_text(request, "category"),
		.service = query_text(request, "service"), .in = query_text(request, "in"), .audience = query_text(request, "audience"),
		.validity = query_text(request, "validity"), .id = query_text(request, "id"), .of = query_text(request, "of"),
		.walk = query_text(request, "walk"), .ticket = query_text(request, "ticket"),
		.reads_aloud = *query_text(request, "read") != '\0', .typing = *query_text(request, "part") != '\0',
		.number = spi_page_number(request),
	};
	read_ticket(request, a);
	read_walk(request, a);
	return a;
}

const char *spi_agent_url(const spi_request *request, const spi_agent *a, const char *id, sp_lang of, bool reads_aloud)
{
	bool has_id = id && *id;
	const spi_pair pairs[] = {{"q", a->q}, {"type", a->type}, {"category", a->category}, {"service", a->service}, {"in", a->in},
		{"audience", a->audience}, {"validity", a->validity}, {"page", a->number > 1 ? sp_arena_printf(request->arena, "%u", a->number) : ""},
		{"ticket", a->ticket}, {"id", has_id ? id : ""}, {"of", has_id && of != SP_LANG_NONE ? sp_lang_code(of) : ""},
		{"read", reads_aloud ? "1" : ""}, {0}};
	return spi_page_url(request, "/agent/", pairs);
}

static void put_ticket(const spi_request *request, const spi_agent *a, spi_value *page)
{
	if (!a->about.number)
		return;
	spi_value *ticket = spi_put_object(page, "ticket");
	spi_put_int(ticket, "number", a->about.number);
	spi_put_text(ticket, "url", spi_page_url(request, sp_arena_printf(request->arena, "/agent/tickets/%lld", (long long)a->about.number), NULL));
}

static sp_status compose(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	const spi_agent *a = request->data;
	const char *part = query_text(request, "part");
	sp_status status = SP_OK;
	spi_agent_put_frame(request, page, SPI_AGENT_SEARCH, spi_page_text(request, "agent.search.title"));
	put_ticket(request, a, page);
	if (strcmp(part, "article") != 0)
		status = spi_agent_put_list(request, index, a, page, err);
	if (status == SP_OK && strcmp(part, "list") != 0)
		status = spi_agent_put_article(request, index, a, page, err);
	return status;
}

void spi_h_page_agent(spi_request *request)
{
	const char *part = query_text(request, "part"), *q = query_text(request, "q");
	if (sp_text_count_chars(q, strlen(q)) > QUERY_MAX_CHARS) {
		spi_problem_field(request, SPI_MESSAGE_TOO_LONG, "q", "q may have up to %d characters", QUERY_MAX_CHARS);
		return;
	}
	request->data = read_address(request);
	if (!request->data)
		spi_reply_error(request, SP_ERR_NOMEM, NULL);
	else if (strcmp(part, "list") == 0)
		spi_page_serve(request, "agent-part-list", compose);
	else
		spi_page_serve(request, strcmp(part, "article") == 0 ? "agent-article" : "agent", compose);
}
