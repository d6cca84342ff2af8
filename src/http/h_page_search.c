/* GET /search: the help centre's search with its filters. */
#include "http/audit.h"
#include "http/known.h"
#include "http/pages.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <string.h>

#define PER_PAGE 10
#define QUERY_MAX_CHARS 200

typedef struct filters {
	const char *words, *category, *type;
} filters;

static bool is_type(const char *text)
{
	for (int type = 0; text && type < SP_TYPE_COUNT; type++)
		if (strcmp(text, sp_article_type_name((sp_article_type)type)) == 0)
			return true;
	return false;
}

/* People follow old links and cut addresses: a filter that does not exist filters nothing. */
static filters read_filters(spi_request *request)
{
	filters f = {
		spi_request_query(request, "q"), spi_request_query(request, "category"), spi_request_query(request, "type")};
	f.words = f.words ? f.words + strspn(f.words, " \t\r\n") : "";
	if (spi_known_category(request, f.category) < 0)
		f.category = NULL;
	if (!is_type(f.type))
		f.type = NULL;
	return f;
}

static const char *search_url(const spi_request *request, const char *words, const char *category, const char *type)
{
	spi_pair pairs[] = {{"q", words}, {"category", category}, {"type", type}, {0}};
	return spi_page_url(request, "/search", pairs);
}

static void put_value(spi_value *values, const char *label, const char *url, const sp_facet *facet, bool active)
{
	spi_value *item = spi_list_add(values);
	spi_put_text(item, "label", label);
	spi_put_text(item, "url", url);
	if (facet)
		spi_put_int(item, "count", facet->count);
	else
		spi_put_text(item, "count", "");
	spi_put_bool(item, "active", active);
}

static spi_value *put_facet(
	const spi_request *request, spi_value *facets, const char *name, const char *url_of_all, bool any_active)
{
	spi_value *facet = spi_list_add(facets);
	spi_put_text(facet, "name", spi_page_text(request, name));
	spi_value *values = spi_put_list(facet, "values");
	put_value(values, spi_page_text(request, "page.search.filter.all"), url_of_all, NULL, !any_active);
	return values;
}

static void put_facets(const spi_request *request, spi_value *page, const filters *f, const sp_result *found)
{
	spi_value *facets = spi_put_list(page, "facets");
	spi_put_bool(page, "facets_any", found->total > 0 || f->category || f->type);
	spi_value *values = put_facet(request, facets, "page.search.filter.category",
		search_url(request, f->words, NULL, f->type), f->category != NULL);
	for (size_t i = 0; i < found->categories.count; i++) {
		const sp_facet *facet = &found->categories.items[i];
		const sp_category *category = spi_page_category(request, facet->value);
		if (category)
			put_value(values, sp_texts_get(&category->name, request->lang),
				search_url(request, f->words, facet->value, f->type), facet,
				f->category && strcmp(f->category, facet->value) == 0);
	}
	values = put_facet(
		request, facets, "page.search.filter.type", search_url(request, f->words, f->category, NULL), f->type != NULL);
	for (size_t i = 0; i < found->types.count; i++) {
		const sp_facet *facet = &found->types.items[i];
		put_value(values, spi_page_text(request, sp_arena_printf(request->arena, "page.type.%s", facet->value)),
			search_url(request, f->words, f->category, facet->value), facet,
			f->type && strcmp(f->type, facet->value) == 0);
	}
}

static void put_correction(const spi_request *request, spi_value *page, const filters *f, const sp_result *found)
{
	if (!found->corrected)
		return;
	spi_value *corrected = spi_put_object(page, "corrected");
	spi_put_text(corrected, "corrected", found->corrected);
	spi_put_text(corrected, "url", search_url(request, found->corrected, f->category, f->type));
	spi_put_bool(corrected, "used", found->used_correction);
}

/* First in the reader's language; where that has nothing, in any. */
static sp_status search(
	spi_request *request, sp_index *index, const filters *f, uint32_t number, sp_result *ret, sp_error *err)
{
	sp_query query = {
		.text = f->words,
		.text_len = strlen(f->words),
		.lang = request->lang,
		.only_lang = true,
		.day = request->day,
		.type = f->type,
		.category = f->category,
		.audience = -1,
		.offset = (number - 1) * PER_PAGE,
		.limit = PER_PAGE,
		.want_facets = true,
		.want_snippets = true,
		.want_correction = true,
	};
	sp_analyser *analyser = sp_responder_analyser(request->worker->responder);
	sp_status status = sp_index_search(index, analyser, &query, request->arena, ret, err);
	if (status != SP_OK || (ret->total > 0 && !ret->used_correction))
		return status;
	sp_result any;
	query.only_lang = false;
	status = sp_index_search(index, analyser, &query, request->arena, &any, err);
	if (status == SP_OK && (ret->total == 0 || (any.total > 0 && !any.used_correction)))
		*ret = any;
	return status;
}

static sp_status compose(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	filters f = read_filters(request);
	uint32_t number = spi_page_number(request);
	spi_put_text(page, "query", f.words);
	spi_put_bool(page, "noindex", true);
	if (!*f.words) {
		spi_put_text(page, "title", spi_page_text(request, "page.search.title"));
		return SP_OK;
	}
	sp_result found;
	sp_status status = search(request, index, &f, number, &found, err);
	if (status != SP_OK)
		return status;
	if (!spi_audit_hits(request, found.hits, found.hits_count))
		return SP_OK; /* a refusal is in place */
	sp_metrics_count(request->worker->server->metrics, SP_COUNT_SEARCHES);
	if (found.total == 0)
		sp_metrics_count(request->worker->server->metrics, SP_COUNT_SEARCHES_EMPTY);
	sp_fill fills[] = {{"query", f.words}, {0}};
	spi_put_text(page, "title", sp_catalog_fill(request->lang, "page.search.results.title", fills, request->arena));
	put_facets(request, page, &f, &found);
	put_correction(request, page, &f, &found);
	spi_page_put_results(request, page, &found, true);
	spi_pair pairs[] = {{"q", f.words}, {"category", f.category}, {"type", f.type}, {0}};
	spi_page_put_pager(request, page, "/search", pairs, number, found.total, PER_PAGE);
	return SP_OK;
}

void spi_h_page_search(spi_request *request)
{
	const char *words = spi_request_query(request, "q");
	if (words && sp_text_count_chars(words, strlen(words)) > QUERY_MAX_CHARS)
		spi_problem_field(request, SPI_MESSAGE_TOO_LONG, "q", "q may have up to %d characters", QUERY_MAX_CHARS);
	else
		spi_page_serve(request, "search", compose);
}
