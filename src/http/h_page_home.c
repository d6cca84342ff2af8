/* GET / and GET /c/{category}. */
#include "http/pages.h"
#include "sportello/catalog.h"

#include <string.h>

#define USEFUL 8
#define PER_PAGE 30
#define UNTRANSLATED 100

/* ---- home ---- */

static void put_categories(const spi_request *request, spi_value *page, uint64_t seen)
{
	spi_value *list = spi_put_list(page, "categories");
	for (size_t i = 0; i < request->config->categories_count && i < SPI_PAGE_CATEGORIES_MAX; i++) {
		if (!(seen >> i & 1))
			continue;
		const sp_category *category = &request->config->categories[i];
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "name", sp_texts_get(&category->name, request->lang));
		spi_put_text(item, "description", sp_texts_get(&category->description, request->lang));
		spi_put_text(item, "service_name", spi_page_service(request, category));
		spi_put_text(item, "url", spi_page_url(request, sp_arena_printf(request->arena, "/c/%s", category->key), NULL));
	}
}

sp_status spi_page_compose_home(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	sp_fill fills[] = {{"service", spi_get_text(page, "service")}, {0}};
	spi_put_text(page, "description", sp_catalog_fill(request->lang, "page.home.description", fills, request->arena));
	spi_put_bool(page, "at_home", true);
	uint64_t seen = 0;
	sp_status status = spi_page_categories(request, index, &seen, err);
	put_categories(request, page, seen);
	if (status == SP_OK)
		status = spi_page_put_notices(request, index, page, NULL, NULL, err);
	if (status == SP_OK)
		status = spi_page_put_useful(request, index, page, "useful", USEFUL, err);
	spi_put_bool(page, "has_useful", sp_index_count(index) > 0);
	return status;
}

void spi_h_page_home(spi_request *request)
{
	spi_page_serve_kept(request, "home", spi_page_compose_home);
}

/* ---- category ---- */

static sp_status list_articles(spi_request *request, sp_index *index, const char *category, sp_lang lang,
	uint32_t offset, uint32_t limit, sp_result *ret, sp_error *err)
{
	sp_query query = {
		.lang = lang,
		.only_lang = true,
		.day = request->day,
		.audience = -1,
		.category = category,
		.offset = offset,
		.limit = limit,
		.sort = SP_SORT_TITLE,
	};
	return sp_index_search(index, sp_responder_analyser(request->worker->responder), &query, request->arena, ret, err);
}

/* Behind the articles of the reader's language those that are there in the default language only. */
static sp_status add_untranslated(
	spi_request *request, sp_index *index, const char *category, sp_result *list, sp_error *err)
{
	sp_result more;
	sp_lang other = request->config->default_lang;
	if (other == request->lang)
		return SP_OK;
	sp_status status = list_articles(request, index, category, other, 0, UNTRANSLATED, &more, err);
	sp_hit *all =
		status == SP_OK ? sp_arena_calloc(request->arena, list->hits_count + more.hits_count + 1, sizeof *all) : NULL;
	if (!all)
		return status != SP_OK ? status : SP_ERR_NOMEM;
	if (list->hits_count > 0)
		memcpy(all, list->hits, list->hits_count * sizeof *all);
	for (size_t i = 0; i < more.hits_count; i++)
		if (!(sp_index_langs_of(index, more.hits[i].record.id) & 1u << request->lang)) {
			all[list->hits_count++] = more.hits[i];
			list->total++;
		}
	list->hits = all;
	return SP_OK;
}

sp_status spi_page_compose_category(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	const sp_category *category = spi_page_category(request, request->params[0]);
	uint32_t number = spi_page_number(request);
	sp_result list;
	uint64_t seen = 0;
	sp_status status = category ? spi_page_categories(request, index, &seen, err) : SP_ERR_NOT_FOUND;
	if (status == SP_OK && !(seen >> (category - request->config->categories) & 1))
		status = SP_ERR_NOT_FOUND;
	if (status != SP_OK)
		return status;
	status = list_articles(request, index, category->key, request->lang, (number - 1) * PER_PAGE, PER_PAGE, &list, err);
	uint32_t total = list.total;
	if (status == SP_OK && number * PER_PAGE >= total)
		status = add_untranslated(request, index, category->key, &list, err);
	if (status == SP_OK)
		status = spi_page_put_notices(request, index, page, NULL, category->key, err);
	if (status != SP_OK)
		return status;
	spi_put_text(page, "title", sp_texts_get(&category->name, request->lang));
	spi_put_text(page, "description", sp_texts_get(&category->description, request->lang));
	spi_put_text(page, "service_name", spi_page_service(request, category));
	spi_put_text(page, "category", category->key);
	spi_put_text(page, "search_label", spi_page_text(request, "page.category.search"));
	spi_put_text(page, "search_category", category->key);
	spi_page_put_results(request, page, &list, false);
	spi_page_put_pager(
		request, page, sp_arena_printf(request->arena, "/c/%s", category->key), NULL, number, total, PER_PAGE);
	return SP_OK;
}

void spi_h_page_category(spi_request *request)
{
	spi_page_serve_kept(request, "category", spi_page_compose_category);
}
