/* Lists that several pages show: the most useful articles, the categories that a reader sees. */
#include "base/zone.h"
#include "http/page_cache.h"
#include "http/pages.h"
#include "sportello/ledger.h"

#include <stdlib.h>
#include <string.h>

#define USEFUL_DAYS 30
#define USEFUL_KEPT_S 900 /* how long the ledger is not asked again */
#define FRESH 50

/* ---- most useful articles ---- */

static uint64_t helped(const sp_measures *m)
{
	return 2 * m->confirmed + m->assumed;
}

static int by_resolved(const void *a, const void *b)
{
	const sp_ledger_row *x = a, *y = b;
	uint64_t of_x = helped(&x->m), of_y = helped(&y->m);
	return of_x < of_y ? 1 : of_x > of_y ? -1 : strcmp(x->key, y->key);
}

/* The articles that solved most lately, by the ledger. Asked for now and then only. */
static void count_useful(spi_request *request, spi_page_cache *cache)
{
	const sp_kb_config *config = request->config;
	int64_t today = spi_zone_local(config->timezone, request->now_utc_s).days;
	const sp_ledger_query query = {.from_day = today - USEFUL_DAYS, .until_day = today + 1, .by = SP_DIM_ARTICLE,
		.window_s = config->resolved_window_s, .timezone = config->timezone, .now_utc_s = request->now_utc_s};
	sp_ledger_figures figures = {0};
	cache->counted_utc_s = request->now_utc_s;
	if (!request->worker->store || sp_ledger_figures_of(request->worker->store, &query, request->arena, &figures, NULL) != SP_OK)
		return;
	spi_page_cache_forget_useful(cache);
	if (figures.count > 1)
		qsort(figures.rows, figures.count, sizeof *figures.rows, by_resolved);
	for (size_t i = 0; i < figures.count && cache->count < SPI_PAGE_USEFUL_MAX; i++) {
		const sp_ledger_row *row = &figures.rows[i];
		if (!*row->key || helped(&row->m) == 0)
			continue;
		char *id = strdup(row->key);
		if (id)
			cache->ids[cache->count++] = id;
	}
}

static sp_strings useful_ids(spi_request *request)
{
	spi_page_cache *cache = spi_page_cache_of(request);
	if (!cache)
		return (sp_strings){0};
	if (request->now_utc_s - cache->counted_utc_s >= USEFUL_KEPT_S)
		count_useful(request, cache);
	return (sp_strings){(const char **)cache->ids, cache->count};
}

typedef struct chosen {
	const char *ids[SPI_PAGE_USEFUL_MAX];
	const char *categories[SPI_PAGE_USEFUL_MAX];
	size_t count;
} chosen;

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
static sp_status choose_fresh(
	spi_request *request, sp_index *index, spi_value *list, chosen *c, size_t limit, sp_error *err)
{
	sp_query query = {.lang = request->lang,
		.only_lang = true,
		.day = request->day,
		.audience = -1,
		.limit = FRESH,
		.sort = SP_SORT_UPDATED};
	sp_result found;
	sp_status status =
		sp_index_search(index, sp_responder_analyser(request->worker->responder), &query, request->arena, &found, err);
	if (status == SP_OK && found.total == 0) {
		query.only_lang = false;
		status = sp_index_search(
			index, sp_responder_analyser(request->worker->responder), &query, request->arena, &found, err);
	}
	if (status != SP_OK)
		return status;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < found.hits_count && c->count < limit; i++) {
			const sp_record *record = &found.hits[i].record;
			bool fits = record->type != SP_TYPE_NOTICE && !record->ended && !*record->replaced_by;
			if (fits && !is_chosen(c->ids, c->count, record->id) &&
				(round > 0 || !is_chosen(c->categories, c->count, record->category)))
				choose(request, list, c, record);
		}
	return SP_OK;
}

sp_status spi_page_put_useful(
	spi_request *request, sp_index *index, spi_value *page, const char *name, size_t limit, sp_error *err)
{
	chosen c = {0};
	spi_value *list = spi_put_list(page, name);
	if (limit > SPI_PAGE_USEFUL_MAX)
		limit = SPI_PAGE_USEFUL_MAX;
	choose_counted(request, index, list, &c, limit);
	return c.count < limit ? choose_fresh(request, index, list, &c, limit, err) : SP_OK;
}

/* ---- categories ---- */

static sp_status find_seen(spi_request *request, sp_index *index, uint64_t *ret, sp_error *err)
{
	sp_query query = {.lang = request->lang, .day = request->day, .audience = -1, .limit = 1, .want_facets = true};
	sp_result found;
	sp_status status =
		sp_index_search(index, sp_responder_analyser(request->worker->responder), &query, request->arena, &found, err);
	if (status != SP_OK)
		return status;
	*ret = 0;
	for (size_t i = 0; i < found.categories.count; i++) {
		int category = sp_kb_category(request->config, found.categories.items[i].value);
		if (category >= 0 && category < SPI_PAGE_CATEGORIES_MAX && found.categories.items[i].count > 0)
			*ret |= UINT64_C(1) << category;
	}
	return SP_OK;
}

sp_status spi_page_categories(spi_request *request, sp_index *index, uint64_t *ret, sp_error *err)
{
	spi_page_cache *cache = spi_page_cache_of(request);
	uint64_t generation = sp_reader_generation(request->worker->reader);
	if (!cache)
		return SP_ERR_NOMEM;
	if (!cache->is_seen_known || cache->generation != generation || cache->audience != request->caller.audience ||
		cache->day != request->day) {
		sp_status status = find_seen(request, index, &cache->seen, err);
		if (status != SP_OK)
			return status;
		cache->is_seen_known = true;
		cache->generation = generation;
		cache->audience = request->caller.audience;
		cache->day = request->day;
	}
	*ret = cache->seen;
	return SP_OK;
}
