#include "http/handlers.h"
#include "http/route.h"
#include "http/upload.h"

#include <stdio.h>
#include <string.h>

#define FILE_BODY .body = SPI_BODY_FILE, .gate = spi_upload_gate
#define JSON_BODY .body = SPI_BODY_JSON, .body_max = SPI_BODY_MAX

/* In the order of PRODUCT "HTTP". For two patterns that fit the same path the first wins. */
const spi_route spi_api_routes[] = {
	{"POST", "/v1/chat", spi_h_chat, JSON_BODY, .cors = true, .replay = true, .metric = "chat"},
	{"POST", "/v1/chat/{conversation}/feedback", spi_h_feedback, JSON_BODY, .cors = true, .replay = true, .metric = "feedback"},
	{"GET", "/v1/walks/{code}", spi_h_walk, .who = SPI_AGENTS, .metric = "walk"},
	{"GET", "/v1/receipts/{code}", spi_h_receipt, .who = SPI_STAFF, .metric = "receipt"},
	{"GET", "/v1/search", spi_h_search, .cors = true, .metric = "search"},
	{"GET", "/v1/suggest", spi_h_suggest, .cors = true, .metric = "suggest"},
	{"GET", "/v1/articles", spi_h_articles, .cache = SPI_CACHE_CHECK, .metric = "articles"},
	{"GET", "/v1/articles/{id}", spi_h_article, .cache = SPI_CACHE_CHECK, .metric = "article"},
	{"POST", "/v1/tickets", spi_h_ticket_open, JSON_BODY, .cors = true, .replay = true, .metric = "ticket-open"},
	{"GET", "/v1/tickets", spi_h_tickets, .who = SPI_AGENTS, .metric = "tickets"},
	{"GET", "/v1/tickets/{number}", spi_h_ticket, .metric = "ticket"},
	{"PATCH", "/v1/tickets/{number}", spi_h_ticket_change, .who = SPI_AGENTS, JSON_BODY, .replay = true, .metric = "ticket-change"},
	{"DELETE", "/v1/tickets/{number}", spi_h_ticket_forget, .who = SPI_ADMINS, .metric = "ticket-forget"},
	{"POST", "/v1/tickets/{number}/attachments", spi_h_attachment_add, FILE_BODY, .metric = "attachment-add"},
	{"GET", "/v1/tickets/{number}/attachments/{id}", spi_h_attachment, .metric = "attachment"},
	{"DELETE", "/v1/tickets/{number}/attachments/{id}", spi_h_attachment_remove, .metric = "attachment-remove"},
	{"POST", "/v1/forget", spi_h_forget, .who = SPI_ADMINS, JSON_BODY, .metric = "forget"},
	{"GET", "/v1/training", spi_h_trainings, .who = SPI_AGENTS, .metric = "trainings"},
	{"GET", "/v1/training/report", spi_h_training_report, .who = SPI_MANAGERS, .metric = "training-report"},
	{"GET", "/v1/training/{id}", spi_h_training, .who = SPI_AGENTS, .metric = "training"},
	{"POST", "/v1/training/{id}/answers", spi_h_training_answers, .who = SPI_AGENTS, JSON_BODY, .metric = "training-answers"},
	{"POST", "/v1/tickets/{number}/take", spi_h_ticket_take, .who = SPI_AGENTS, .metric = "ticket-take"},
	{"POST", "/v1/tickets/{number}/replies", spi_h_ticket_reply, JSON_BODY, .metric = "ticket-reply"},
	{"POST", "/v1/tickets/{number}/escalate", spi_h_ticket_escalate, .who = SPI_AGENTS, JSON_BODY, .metric = "ticket-escalate"},
	{"POST", "/v1/tickets/{number}/return", spi_h_ticket_return, .who = SPI_AGENTS, JSON_BODY, .metric = "ticket-return"},
	{"POST", "/v1/tickets/{number}/reveal", spi_h_ticket_reveal, .who = SPI_AGENTS, JSON_BODY, .metric = "ticket-reveal"},
	{"GET", "/v1/tickets/{number}/history", spi_h_ticket_history, .who = SPI_AGENTS, .metric = "ticket-history"},
	{"GET", "/v1/tickets/{number}/dossier", spi_h_ticket_dossier, .who = SPI_AGENTS, .metric = "ticket-dossier"},
	{"GET", "/v1/tickets/{number}/suggestions", spi_h_ticket_suggestions, .who = SPI_AGENTS, .metric = "ticket-suggestions"},
	{"GET", "/v1/tickets/{number}/draft", spi_h_ticket_draft, .who = SPI_AGENTS, .metric = "ticket-draft"},
	{"GET", "/v1/queue", spi_h_queue, .who = SPI_AGENTS, .cache = SPI_CACHE_CHECK, .metric = "queue"},
	{"POST", "/v1/flags", spi_h_flag, .who = SPI_STAFF, JSON_BODY, .metric = "flag"},
	{"GET", "/v1/flags", spi_h_flags, .who = SPI_EDITORS, .metric = "flags"},
	{"PATCH", "/v1/flags/{id}", spi_h_flag_done, .who = SPI_EDITORS, JSON_BODY, .metric = "flag-done"},
	{"GET", "/v1/deflection", spi_h_deflection, .who = SPI_MANAGERS, .metric = "deflection"},
	{"GET", "/v1/deflection/definitions", spi_h_deflection_definitions, .who = SPI_MANAGERS, .metric = "deflection-definitions"},
	{"GET", "/v1/gaps", spi_h_gaps, .who = SPI_CURATORS, .metric = "gaps"},
	{"GET", "/v1/gaps/patch", spi_h_gaps_patch, .who = SPI_EDITORS, .metric = "gaps-patch"},
	{"GET", "/figures.csv", spi_h_figures_csv, .cache = SPI_CACHE_CHECK, .metric = "figures-csv"},
	{"GET", "/figures.jsonld", spi_h_figures_catalogue, .cache = SPI_CACHE_CHECK, .metric = "figures-catalogue"},
	{"POST", "/v1/replay", spi_h_replay, .who = SPI_ADMINS, JSON_BODY, .metric = "replay"},
	{"GET", "/v1/audit", spi_h_audit, .who = SPI_ADMINS, .metric = "audit"},
	{"GET", "/healthz", spi_h_healthz, .always = true, .metric = "healthz"},
	{"GET", "/readyz", spi_h_readyz, .always = true, .metric = "readyz"},
	{"GET", "/metrics", spi_h_metrics, .always = true, .metric = "metrics"},
	{"GET", "/openapi.json", spi_h_openapi, .always = true, .cache = SPI_CACHE_CHECK, .metric = "openapi"},
	{0},
};

static size_t count_rows(const spi_route *rows)
{
	size_t count = 0;
	while (rows[count].method)
		count++;
	return count;
}

size_t spi_routes_count(void)
{
	return count_rows(spi_api_routes) + count_rows(spi_page_routes);
}

const spi_route *spi_routes_at(size_t number)
{
	size_t api = count_rows(spi_api_routes);
	return number < api ? &spi_api_routes[number] : &spi_page_routes[number - api];
}

/* Whether a path has the shape of a pattern; notes what stands in the places of {name}. */
static bool fits(const char *pattern, const char *path, size_t path_len, spi_match *match)
{
	const char *end = path + path_len;
	match->params_count = 0;
	while (*pattern) {
		if (*pattern != '{') {
			if (path == end || *path != *pattern)
				return false;
			path++, pattern++;
			continue;
		}
		const char *close = strchr(pattern, '}');
		bool takes_rest = close - pattern > 3 && memcmp(close - 3, "...", 3) == 0;
		const char *stop = takes_rest ? NULL : memchr(path, '/', (size_t)(end - path));
		if (!stop)
			stop = end;
		if (stop == path || match->params_count == SPI_PARAMS_MAX)
			return false;
		match->params[match->params_count].text = path;
		match->params[match->params_count++].len = (size_t)(stop - path);
		path = stop;
		pattern = close + 1;
	}
	return path == end;
}

spi_match spi_routes_match(const char *method, const char *path, size_t path_len)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	const spi_route *tables[] = {spi_api_routes, spi_page_routes};
	spi_match match = {0};
	size_t number = 0;
	for (size_t t = 0; t < 2; t++)
		for (const spi_route *route = tables[t]; route->method; route++, number++) {
			if (!fits(route->pattern, path, path_len, &match))
				continue;
			match.path_known = true;
			if (strcmp(route->method, wanted) == 0) {
				match.route = route;
				match.number = number;
				return match;
			}
		}
	match.number = number;
	match.params_count = 0;
	return match;
}

void spi_routes_allow(const char *path, size_t path_len, char *ret, size_t ret_size)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
	size_t used = 0;
	ret[0] = '\0';
	for (size_t m = 0; m < sizeof methods / sizeof *methods; m++)
		if (spi_routes_match(methods[m], path, path_len).route && used < ret_size)
			used += (size_t)snprintf(ret + used, ret_size - used, "%s%s, ", methods[m], m == 0 ? ", HEAD" : "");
	if (used < ret_size)
		snprintf(ret + used, ret_size - used, "OPTIONS");
}
