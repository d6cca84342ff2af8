/* GET /v1/search and GET /v1/suggest. */
#include "base/clock.h"
#include "http/audit.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/search_more.h"
#include "sportello/text.h"

#include <string.h>

#define SUGGESTIONS 8
#define SUGGESTIONS_MAX 20

/* The words looked for, as who types them sees them; what is made of marks alone stays. NULL, with a reply in place, when they are too many. */
static const char *read_words(spi_request *request)
{
	const char *q = spi_request_query(request, "q");
	size_t len;
	if (!q)
		return "";
	if (!spi_check_length(request, "q", q, strlen(q)))
		return NULL;
	const char *seen = sp_text_as_seen(q, strlen(q), request->arena, &len);
	if (!seen)
		spi_reply_error(request, SP_ERR_NOMEM, NULL);
	return seen && len == 0 ? q : seen;
}

/* Audience filter: one whose content the caller sees. Any other does not exist. */
static bool read_audience(spi_request *request, int *ret)
{
	const char *key = spi_request_choice(request, "audience");
	int caller = request->caller.audience;
	*ret = -1;
	if (!key)
		return true;
	int audience = sp_kb_audience(request->config, key);
	if (audience >= 0 && caller >= 0 && (request->config->audiences[caller].reads | 1u << caller) & 1u << audience) {
		*ret = audience;
		return true;
	}
	spi_problem_field(request, SPI_BAD_VALUE, "audience", "there is no audience of this name");
	return false;
}

/* What is not in force is nobody's business but of those who work here: for others such values do not exist. */
static bool read_validity(spi_request *request, sp_query *query)
{
	const char *name = spi_request_choice(request, "validity");
	if (!name)
		return true;
	query->validity = spi_search_validity(name);
	bool is_staff = spi_search_is_staff(request);
	if (query->validity == SP_VALIDITY_SHOWN || query->validity == SP_VALIDITY_CURRENT || (query->validity != SP_VALIDITIES && is_staff))
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "validity", is_staff ? "validity must be one of shown, current, ended, upcoming" :
		"validity must be one of shown, current");
	return false;
}

static bool read_more(spi_request *request, sp_query *query)
{
	const char *service = spi_request_choice(request, "service"), *partial = spi_request_query(request, "partial");
	if (service && !spi_search_of_service(request, service, query)) {
		spi_problem_field(request, SPI_BAD_VALUE, "service", "there is no service of this name");
		return false;
	}
	if (partial && strcmp(partial, "true") != 0 && strcmp(partial, "false") != 0) {
		spi_problem_field(request, SPI_BAD_VALUE, "partial", "partial is true or false");
		return false;
	}
	query->partial = partial && strcmp(partial, "true") == 0;
	spi_search_rank(request, query, query->category, NULL);
	return read_validity(request, query);
}

typedef struct searching {
	const sp_query *query;
	sp_result *result;
} searching;

static sp_status search_once(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	searching *s = arg;
	return sp_index_search(index, sp_responder_analyser(request->worker->responder), s->query, request->arena, s->result, err);
}

/* Whether it could be asked; else a reply is in place. */
static bool ask_index(spi_request *request, spi_index_use *use, void *arg)
{
	sp_error err = {0};
	sp_status status = spi_with_index(request, use, arg, &err);
	if (status && !request->reply.status)
		spi_reply_error(request, status, &err);
	return !status;
}

static bool search(spi_request *request, const sp_query *query, sp_result *ret)
{
	searching s = {query, ret};
	return ask_index(request, search_once, &s);
}

static void write_hit(const spi_request *request, sp_json *json, const sp_hit *hit)
{
	const sp_record *record = &hit->record;
	sp_json_object(json, NULL);
	spi_json_summary(request, json, record);
	sp_json_string(json, "snippet", hit->snippet);
	sp_json_number(json, "score", hit->score, 4);
	spi_json_text(json, "why", hit->why);
	if (hit->words.count || hit->missing.count) {
		spi_json_strings(json, "words", &hit->words);
		spi_json_strings(json, "missing", &hit->missing);
	}
	spi_json_text(json, "phrase", *hit->phrase ? hit->phrase : NULL);
	if (hit->solved)
		sp_json_int(json, "solved", hit->solved);
	sp_json_object_end(json);
}

static void write_facet(sp_json *json, const char *name, const sp_facets *facets)
{
	sp_json_array(json, name);
	for (size_t i = 0; i < facets->count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "value", facets->items[i].value);
		sp_json_int(json, "count", facets->items[i].count);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void write_result(spi_request *request, const sp_result *result, uint32_t page, uint32_t per_page,
	int64_t began_us)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_int(&json, "total", result->total);
	sp_json_int(&json, "page", page);
	sp_json_int(&json, "per_page", per_page);
	sp_json_array(&json, "results");
	for (size_t i = 0; i < result->hits_count; i++)
		write_hit(request, &json, &result->hits[i]);
	sp_json_array_end(&json);
	sp_json_object(&json, "facets");
	write_facet(&json, "type", &result->types);
	write_facet(&json, "category", &result->categories);
	write_facet(&json, "lang", &result->langs);
	write_facet(&json, "audience", &result->audiences);
	sp_facets services = spi_search_services(request, &result->categories);
	write_facet(&json, "service", &services);
	sp_json_object_end(&json);
	if (result->corrected) {
		sp_json_string(&json, "corrected", result->corrected);
		sp_json_bool(&json, "used_correction", result->used_correction);
	}
	sp_json_int(&json, "took_us", spi_now_us() - began_us);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

void spi_h_search(spi_request *request)
{
	int64_t began_us = spi_now_us();
	uint32_t page;
	sp_result result = {0};
	sp_query query = {
		.lang = request->lang, .only_lang = request->lang_asked, .day = request->day, .want_facets = true,
		.want_snippets = true, .want_correction = true,
	};
	query.text = read_words(request);
	if (!query.text || !spi_read_filters(request, &query, &page) || !read_audience(request, &query.audience) ||
	    !read_more(request, &query))
		return;
	query.text_len = strlen(query.text);
	if (query.text_len == 0)
		query.sort = SP_SORT_TITLE;
	if (!search(request, &query, &result))
		return;
	sp_metrics *metrics = request->worker->server->metrics;
	sp_metrics_count(metrics, SP_COUNT_SEARCHES);
	if (result.total == 0)
		sp_metrics_count(metrics, SP_COUNT_SEARCHES_EMPTY);
	if (spi_audit_hits(request, result.hits, result.hits_count))
		write_result(request, &result, page, query.limit, began_us);
}

/* ---- completions ---- */

typedef struct suggesting {
	const char *q;
	uint32_t limit;
	sp_suggestion **suggestions;
	size_t *count;
} suggesting;

static sp_status suggest_once(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	suggesting *s = arg;
	return sp_index_suggest(index, sp_responder_analyser(request->worker->responder), s->q, strlen(s->q), request->lang, request->day,
		s->limit, request->arena, s->suggestions, s->count, err);
}

static bool suggest(spi_request *request, const char *q, uint32_t limit, sp_suggestion **ret, size_t *ret_count)
{
	suggesting s = {q, limit, ret, ret_count};
	return ask_index(request, suggest_once, &s);
}

void spi_h_suggest(spi_request *request)
{
	sp_suggestion *suggestions = NULL;
	size_t count = 0;
	uint32_t limit;
	sp_json json;
	const char *q = read_words(request);
	if (!q || !spi_request_number(request, "limit", 1, SUGGESTIONS_MAX, SUGGESTIONS, &limit))
		return;
	if (*q && !suggest(request, q, limit, &suggestions, &count))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_array(&json, "suggestions");
	for (size_t i = 0; i < count; i++) {
		sp_json_object(&json, NULL);
		sp_json_string(&json, "text", suggestions[i].text);
		sp_json_string(&json, "id", suggestions[i].id);
		sp_json_string(&json, "lang", sp_lang_code(suggestions[i].lang));
		sp_json_string(&json, "url", spi_article_url(request, suggestions[i].id, suggestions[i].lang));
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}
