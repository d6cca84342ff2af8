/* GET / and GET /c/{category}. */
#include "http/pages.h"
#include "sportello/catalog.h"
#include "sportello/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USEFUL 8
#define USEFUL_MAX 24          /* remembered: some may not be there for this reader or day */
#define USEFUL_DAYS 30
#define USEFUL_KEPT_S 900      /* how long the ledger is not asked again */
#define FRESH 50
#define PER_PAGE 30
#define UNTRANSLATED 100

/* ---- most useful articles ---- */

struct spi_page_cache {
	int64_t counted_utc_s;
	char *ids[USEFUL_MAX];
	size_t count;
};

static void forget(spi_page_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		free(cache->ids[i]);
	cache->count = 0;
}

void spi_page_cache_free(spi_page_cache *cache)
{
	if (!cache)
		return;
	forget(cache);
	free(cache);
}

static int by_resolved(const void *a, const void *b)
{
	const sp_report_row *x = a, *y = b;
	uint64_t of_x = 2 * x->resolved_confirmed + x->resolved_assumed, of_y = 2 * y->resolved_confirmed + y->resolved_assumed;
	return of_x < of_y ? 1 : of_x > of_y ? -1 : strcmp(x->key ? x->key : "", y->key ? y->key : "");
}

/* The articles that solved most lately, by the ledger. Asked for now and then only: it looks at every conversation of weeks. */
static void count_useful(spi_request *request, spi_page_cache *cache)
{
	sp_report report = {0};
	int64_t now = request->now_utc_s;
	cache->counted_utc_s = now;
	if (!request->worker->store || sp_store_report(request->worker->store, now - USEFUL_DAYS * 86400, now, SP_BY_ARTICLE,
		request->config->resolved_window_s, now, request->config->timezone, request->arena, &report, NULL) != SP_OK)
		return;
	forget(cache);
	if (report.count > 0)
		qsort(report.rows, report.count, sizeof *report.rows, by_resolved);
	for (size_t i = 0; i < report.count && cache->count < USEFUL_MAX; i++) {
		const sp_report_row *row = &report.rows[i];
		if (!row->key || !*row->key || row->resolved_confirmed + row->resolved_assumed == 0)
			continue;
		char *id = strdup(row->key);
		if (id)
			cache->ids[cache->count++] = id;
	}
}

static sp_strings useful_ids(spi_request *request)
{
	spi_page_cache *cache = request->worker->page_cache;
	if (!cache)
		cache = request->worker->page_cache = calloc(1, sizeof *cache);
	if (!cache)
		return (sp_strings){0};
	if (request->now_utc_s - cache->counted_utc_s >= USEFUL_KEPT_S)
		count_useful(request, cache);
	return (sp_strings){(const char **)cache->ids, cache->count};
}

typedef struct chosen { const char *ids[USEFUL_MAX]; const char *categories[USEFUL_MAX]; size_t count; } chosen;

static bool is_chosen(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

static void choose(const spi_request *request, spi_value *list, chosen *c, const sp_record *record)
{
	c->ids[c->count] = record->id;
	c->categories[c->count++] = record->category;
	spi_page_put_article(request, spi_list_add(list), record);
}

static void choose_counted(spi_request *request, sp_index *index, spi_value *list, chosen *c, size_t limit)
{
	sp_strings ids = useful_ids(request);
	for (size_t i = 0; i < ids.count && c->count < limit; i++) {
		sp_record record;
		sp_status status = sp_index_get(index, ids.items[i], request->lang, request->arena, &record, NULL);
		if (status == SP_ERR_NOT_FOUND)
			status = sp_index_get(index, ids.items[i], SP_LANG_NONE, request->arena, &record, NULL);
		if (status == SP_OK && spi_request_may_show(request, &record) && record.type != SP_TYPE_NOTICE)
			choose(request, list, c, &record);
	}
}

/* Before anybody has said what helped: the freshest, one a category first. */
static sp_status choose_fresh(spi_request *request, sp_index *index, spi_value *list, chosen *c, size_t limit, sp_error *err)
{
	sp_query query = {.lang = request->lang, .only_lang = true, .day = request->day, .audience = -1, .limit = FRESH, .sort = SP_SORT_UPDATED};
	sp_result found;
	sp_status status = sp_index_search(index, sp_responder_analyser(request->worker->responder), &query, request->arena, &found, err);
	if (status == SP_OK && found.total == 0) {
		query.only_lang = false;
		status = sp_index_search(index, sp_responder_analyser(request->worker->responder), &query, request->arena, &found, err);
	}
	if (status != SP_OK)
		return status;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < found.hits_count && c->count < limit; i++) {
			const sp_record *record = &found.hits[i].record;
			bool fits = record->type != SP_TYPE_NOTICE && !record->ended && !*record->replaced_by;
			if (fits && !is_chosen(c->ids, c->count, record->id) && (round > 0 || !is_chosen(c->categories, c->count, record->category)))
				choose(request, list, c, record);
		}
	return SP_OK;
}

sp_status spi_page_put_useful(spi_request *request, sp_index *index, spi_value *page, const char *name, size_t limit, sp_error *err)
{
	chosen c = {0};
	spi_value *list = spi_put_list(page, name);
	if (limit > USEFUL_MAX)
		limit = USEFUL_MAX;
	choose_counted(request, index, list, &c, limit);
	return c.count < limit ? choose_fresh(request, index, list, &c, limit, err) : SP_OK;
}

/* ---- home ---- */

static void put_categories(const spi_request *request, spi_value *page)
{
	spi_value *list = spi_put_list(page, "categories");
	for (size_t i = 0; i < request->config->categories_count; i++) {
		const sp_category *category = &request->config->categories[i];
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "name", sp_texts_get(&category->name, request->lang));
		spi_put_text(item, "description", sp_texts_get(&category->description, request->lang));
		spi_put_text(item, "service_name", spi_page_service(request, category));
		spi_put_text(item, "url", spi_page_url(request, sp_arena_printf(request->arena, "/c/%s", category->key), NULL));
	}
}

static sp_status compose_home(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	sp_fill fills[] = {{"service", spi_get_text(page, "service")}, {0}};
	spi_put_text(page, "description", sp_catalog_fill(request->lang, "page.home.description", fills, request->arena));
	spi_put_bool(page, "at_home", true);
	put_categories(request, page);
	sp_status status = spi_page_put_notices(request, index, page, NULL, NULL, err);
	if (status == SP_OK)
		status = spi_page_put_useful(request, index, page, "useful", USEFUL, err);
	spi_put_bool(page, "has_useful", sp_index_count(index) > 0);
	return status;
}

void spi_h_page_home(spi_request *request)
{
	spi_page_serve(request, "home", compose_home);
}

/* ---- category ---- */

static sp_status list_articles(spi_request *request, sp_index *index, const char *category, sp_lang lang, uint32_t offset, uint32_t limit,
	sp_result *ret, sp_error *err)
{
	sp_query query = {
		.lang = lang, .only_lang = true, .day = request->day, .audience = -1, .category = category, .offset = offset, .limit = limit,
		.sort = SP_SORT_TITLE,
	};
	return sp_index_search(index, sp_responder_analyser(request->worker->responder), &query, request->arena, ret, err);
}

/* Behind the articles of the reader's language those that are there in the default language only. */
static sp_status add_untranslated(spi_request *request, sp_index *index, const char *category, sp_result *list, sp_error *err)
{
	sp_result more;
	sp_lang other = request->config->default_lang;
	if (other == request->lang)
		return SP_OK;
	sp_status status = list_articles(request, index, category, other, 0, UNTRANSLATED, &more, err);
	sp_hit *all = status == SP_OK ? sp_arena_calloc(request->arena, list->hits_count + more.hits_count + 1, sizeof *all) : NULL;
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

static sp_status compose_category(spi_request *request, sp_index *index, spi_value *page, sp_error *err)
{
	const sp_category *category = spi_page_category(request, request->params[0]);
	uint32_t number = spi_page_number(request);
	sp_result list;
	if (!category)
		return SP_ERR_NOT_FOUND;
	sp_status status = list_articles(request, index, category->key, request->lang, (number - 1) * PER_PAGE, PER_PAGE, &list, err);
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
	spi_page_put_pager(request, page, sp_arena_printf(request->arena, "/c/%s", category->key), NULL, number, total, PER_PAGE);
	return SP_OK;
}

void spi_h_page_category(spi_request *request)
{
	spi_page_serve(request, "category", compose_category);
}
