/* The list of the agents' search: what was found, why, in which order, and the filters with what each would leave. */
#include "http/agent.h"
#include "http/audit.h"
#include "http/parts.h"
#include "http/search_more.h"
#include "sportello/catalog.h"

#include <string.h>

#define PER_PAGE 15

/* ---- looking ---- */

static bool is_type(const char *name)
{
	for (int type = 0; type < SP_TYPE_COUNT; type++)
		if (strcmp(name, sp_article_type_name((sp_article_type)type)) == 0)
			return true;
	return false;
}

/* One whose content the caller sees; any other does not exist. */
static int audience_of(const spi_request *request, const char *key)
{
	int audience = sp_kb_audience(request->config, key), caller = request->caller.audience;
	return audience >= 0 && caller >= 0 && (request->config->audiences[caller].reads | 1u << caller) & 1u << audience ? audience : -1;
}

/* One of which the caller sees an article; any other does not exist. */
static const char *category_of(spi_request *request, sp_index *index, const char *key)
{
	const sp_category *category = *key ? spi_page_category(request, key) : NULL;
	uint64_t seen = 0;
	if (!category || spi_page_categories(request, index, &seen, NULL) != SP_OK)
		return NULL;
	return seen >> (category - request->config->categories) & 1 ? category->key : NULL;
}

/* What does not exist filters nothing: people follow old links. */
static sp_query read_query(spi_request *request, sp_index *index, const spi_agent *a)
{
	sp_lang in = sp_lang_of(a->in, strlen(a->in));
	sp_query query = {
		.text = a->q, .text_len = strlen(a->q), .lang = in == SP_LANG_NONE ? request->lang : in, .only_lang = in != SP_LANG_NONE,
		.day = request->day, .type = is_type(a->type) ? a->type : NULL, .category = category_of(request, index, a->category),
		.audience = *a->audience ? audience_of(request, a->audience) : -1, .validity = spi_search_validity(a->validity),
		.offset = (a->number - 1) * PER_PAGE, .limit = PER_PAGE, .sort = *a->q ? SP_SORT_RELEVANCE : SP_SORT_UPDATED,
		.want_facets = true, .want_snippets = *a->q != '\0', .want_correction = true, .partial = true, .wide_facets = true,
	};
	if (query.validity == SP_VALIDITIES)
		query.validity = SP_VALIDITY_SHOWN;
	if (*a->service)
		spi_search_of_service(request, a->service, &query);
	spi_search_rank(request, &query, query.category ? query.category : a->about.category, a->about.group);
	return query;
}

/* ---- hits ---- */

static const char *joined(const spi_request *request, const sp_strings *words)
{
	const char *text = "";
	for (size_t i = 0; i < words->count; i++)
		text = sp_arena_printf(request->arena, "%s%s%s", text, i ? ", " : "", words->items[i]);
	return text;
}

/* "title questions" → "nel titolo, nelle domande". */
static const char *places(const spi_request *request, const char *why)
{
	const char *text = "";
	while (*why) {
		size_t len = strcspn(why, " ");
		const char *place = spi_page_text(request, sp_arena_printf(request->arena, "agent.why.%.*s", (int)len, why));
		text = sp_arena_printf(request->arena, "%s%s%s", text, *text ? ", " : "", place);
		why += len + (why[len] == ' ');
	}
	return text;
}

static void put_why(const spi_request *request, spi_value *item, const sp_hit *hit)
{
	spi_put_text(item, "words", joined(request, &hit->words));
	spi_put_text(item, "missing", joined(request, &hit->missing));
	spi_put_text(item, "places", places(request, hit->why));
	spi_put_text(item, "phrase", hit->phrase);
	spi_put_bool(item, "any_why", hit->words.count || *hit->phrase || hit->missing.count);
	if (hit->solved == 0)
		return;
	spi_value *solved = spi_put_object(item, "solved");
	spi_put_int(solved, "tickets", hit->solved);
	spi_put_bool(solved, "one", hit->solved == 1);
}

static void put_hit(const spi_request *request, const spi_agent *a, spi_value *list, const sp_hit *hit)
{
	const sp_record *record = &hit->record;
	const sp_category *category = spi_page_category(request, record->category);
	spi_value *item = spi_list_add(list);
	spi_put_text(item, "name", record->title);
	spi_put_text(item, "url", spi_agent_url(request, a, record->id, record->lang, false));
	spi_put_bool(item, "current", strcmp(a->id, record->id) == 0);
	if (record->lang != request->lang)
		spi_put_text(item, "other_lang", sp_lang_code(record->lang));
	spi_put_text(item, "type_name", spi_page_text(request, sp_arena_printf(request->arena, "page.type.%s", sp_article_type_name(record->type))));
	spi_put_text(item, "category_name", category ? sp_texts_get(&category->name, request->lang) : "");
	spi_put_text(item, "snippet", hit->snippet);
	spi_agent_put_state(request, item, record);
	put_why(request, item, hit);
}

/* ---- filters ---- */

static spi_value *put_filter(const spi_request *request, spi_value *filters, const char *name, const char *chosen)
{
	spi_value *filter = spi_list_add(filters);
	spi_put_text(filter, "name", name);
	spi_put_text(filter, "label", spi_page_text(request, sp_arena_printf(request->arena, "agent.filter.%s", name)));
	spi_put_text(filter, "all", spi_page_text(request, sp_arena_printf(request->arena, "agent.filter.%s.all", name)));
	spi_put_bool(filter, "active", *chosen != '\0');
	return spi_put_list(filter, "options");
}

static void put_option(spi_value *options, const char *value, const char *label, uint32_t count, const char *chosen)
{
	spi_value *option = spi_list_add(options);
	spi_put_text(option, "value", value);
	spi_put_text(option, "label", label);
	spi_put_int(option, "count", count);
	spi_put_bool(option, "chosen", strcmp(value, chosen) == 0);
}

static const char *service_name(const spi_request *request, const char *key)
{
	for (size_t i = 0; i < request->config->services_count; i++)
		if (strcmp(request->config->services[i].key, key) == 0)
			return sp_texts_get(&request->config->services[i].name, request->lang);
	return key;
}

static const char *value_name(const spi_request *request, const char *filter, const char *value)
{
	const sp_kb_config *config = request->config;
	if (strcmp(filter, "type") == 0)
		return spi_page_text(request, sp_arena_printf(request->arena, "page.type.%s", value));
	if (strcmp(filter, "in") == 0)
		return spi_page_text(request, sp_arena_printf(request->arena, "page.lang.%s", value));
	if (strcmp(filter, "validity") == 0)
		return spi_page_text(request, sp_arena_printf(request->arena, "agent.validity.%s", value));
	if (strcmp(filter, "service") == 0)
		return service_name(request, value);
	int number = strcmp(filter, "audience") == 0 ? sp_kb_audience(config, value) : sp_kb_category(config, value);
	if (number < 0)
		return value;
	return sp_texts_get(strcmp(filter, "audience") == 0 ? &config->audiences[number].name : &config->categories[number].name, request->lang);
}

/* A chosen value stays, also where nothing is left of it. */
static void put_values(const spi_request *request, spi_value *filters, const char *name, const sp_facets *facets, const char *chosen)
{
	spi_value *options = put_filter(request, filters, name, chosen);
	bool is_there = *chosen == '\0';
	for (size_t i = 0; i < facets->count; i++) {
		put_option(options, facets->items[i].value, value_name(request, name, facets->items[i].value), facets->items[i].count, chosen);
		is_there = is_there || strcmp(facets->items[i].value, chosen) == 0;
	}
	if (!is_there)
		put_option(options, chosen, value_name(request, name, chosen), 0, chosen);
}

/* Those of the service that was chosen, where one was. */
static sp_facets of_service(const spi_request *request, const sp_query *query, const sp_facets *categories)
{
	sp_facets ret = {sp_arena_calloc(request->arena, categories->count + 1, sizeof *ret.items), 0};
	for (size_t i = 0; ret.items && i < categories->count; i++) {
		bool takes = query->categories_count == 0;
		for (size_t k = 0; !takes && k < query->categories_count; k++)
			takes = strcmp(query->categories[k], categories->items[i].value) == 0;
		if (takes)
			ret.items[ret.count++] = categories->items[i];
	}
	return ret;
}

static void put_filters(spi_request *request, const spi_agent *a, const sp_query *query, const sp_result *found, spi_value *page)
{
	spi_value *filters = spi_put_list(page, "filters");
	sp_facets services = spi_search_services(request, &found->categories), categories = of_service(request, query, &found->categories);
	put_values(request, filters, "type", &found->types, query->type ? query->type : "");
	put_values(request, filters, "service", &services, query->categories_count ? a->service : "");
	put_values(request, filters, "category", &categories, query->category ? query->category : "");
	put_values(request, filters, "in", &found->langs, query->only_lang ? a->in : "");
	put_values(request, filters, "audience", &found->audiences, query->audience >= 0 ? a->audience : "");
	put_values(request, filters, "validity", &found->validities, query->validity != SP_VALIDITY_SHOWN ? a->validity : "");
	int active = (query->type != NULL) + (query->categories_count > 0) + (query->category != NULL) + query->only_lang + (query->audience >= 0) +
		(query->validity != SP_VALIDITY_SHOWN);
	if (active)
		spi_put_int(page, "filtered", active);
}

/* ---- codes that people read out ---- */

static void put_walk(const spi_request *request, sp_index *index, const spi_agent *a, spi_value *page)
{
	sp_record record;
	if (*a->walk || (!a->walked && !a->no_walk))
		return;
	spi_value *walk = spi_put_object(page, "code_walk");
	if (!a->walked || sp_index_get(index, a->walked->article, a->walked->lang, request->arena, &record, NULL) != SP_OK) {
		spi_put_bool(walk, "none", true);
		return;
	}
	const spi_pair pairs[] = {{"q", a->q}, {"ticket", a->ticket}, {"id", record.id}, {"of", sp_lang_code(record.lang)}, {"walk", a->walked->code}, {0}};
	spi_put_text(walk, "name", record.title);
	spi_put_text(walk, "url", spi_page_url(request, "/agent/", pairs));
}

static void put_receipt(const spi_request *request, const spi_agent *a, spi_value *page)
{
	if (strncmp(a->q, "S1-", 3) != 0 && strncmp(a->q, "s1-", 3) != 0)
		return;
	const spi_pair pairs[] = {{"code", a->q}, {0}};
	spi_put_text(spi_put_object(page, "receipt"), "url", spi_page_url(request, "/agent/receipts", pairs));
}

/* ---- the list ---- */

static void put_words(spi_value *page, const spi_request *request, const spi_agent *a, const sp_result *found)
{
	spi_put_text(page, "q", a->q);
	spi_put_int(page, "count", found->total);
	spi_put_bool(page, "count_any", found->total > 0);
	spi_put_bool(page, "one", found->total == 1);
	spi_put_bool(page, "recent", !*a->q);
	if (!found->corrected || (a->typing && !found->used_correction))
		return;
	spi_value *corrected = spi_put_object(page, "corrected");
	spi_agent other = *a;
	other.q = found->corrected;
	other.number = 1;
	spi_put_text(corrected, "corrected", found->corrected);
	spi_put_text(corrected, "url", spi_agent_url(request, &other, NULL, SP_LANG_NONE, false));
	spi_put_bool(corrected, "used", found->used_correction);
}

static void put_pager(const spi_request *request, const spi_agent *a, const sp_result *found, spi_value *page)
{
	const spi_pair pairs[] = {{"q", a->q}, {"type", a->type}, {"category", a->category}, {"service", a->service}, {"in", a->in},
		{"audience", a->audience}, {"validity", a->validity}, {"ticket", a->ticket}, {0}};
	spi_page_put_pager(request, page, "/agent/", pairs, a->number, found->total, PER_PAGE);
}

sp_status spi_agent_put_list(spi_request *request, sp_index *index, const spi_agent *a, spi_value *page, sp_error *err)
{
	sp_result found;
	sp_query query = read_query(request, index, a);
	sp_status status = sp_index_search(index, sp_responder_analyser(request->worker->responder), &query, request->arena, &found, err);
	if (status != SP_OK)
		return status;
	if (!spi_audit_hits(request, found.hits, found.hits_count))
		return SP_OK; /* a refusal is in place */
	if (!a->typing)
		sp_metrics_count(request->worker->server->metrics, SP_COUNT_SEARCHES);
	put_words(page, request, a, &found);
	spi_value *hits = spi_put_list(page, "hits");
	for (size_t i = 0; i < found.hits_count; i++)
		put_hit(request, a, hits, &found.hits[i]);
	put_filters(request, a, &query, &found, page);
	put_pager(request, a, &found, page);
	put_walk(request, index, a, page);
	put_receipt(request, a, page);
	return SP_OK;
}
