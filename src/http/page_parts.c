/* Pieces that several pages share. */
#include "base/zone.h"
#include "http/pages.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_NUMBER_MAX 1000

const char *spi_page_text(const spi_request *request, const char *key)
{
	return sp_catalog_text(request->lang, key ? key : "");
}

/* ---- dates ---- */

const char *spi_page_date(const spi_request *request, sp_date date)
{
	char day[16], year[16], month[32];
	if (!date)
		return "";
	/* The first of a month is "1º" in Italian. */
	bool is_first = date % 100 == 1 && request->lang == SP_LANG_IT;
	snprintf(day, sizeof day, "%d%s", date % 100, is_first ? "º" : "");
	snprintf(year, sizeof year, "%d", date / 10000);
	snprintf(month, sizeof month, "page.month.%d", date / 100 % 100);
	sp_fill fills[] = {{"day", day}, {"month", sp_catalog_text(request->lang, month)}, {"year", year}, {0}};
	const char *text = sp_catalog_fill(request->lang, "page.date", fills, request->arena);
	return text ? text : "";
}

const char *spi_page_iso_date(const spi_request *request, sp_date date)
{
	const char *text =
		date ? sp_arena_printf(request->arena, "%04d-%02d-%02d", date / 10000, date / 100 % 100, date % 100) : "";
	return text ? text : "";
}

const char *spi_page_time(const spi_request *request, int64_t utc_s)
{
	spi_local local = spi_zone_local(request->config->timezone, utc_s);
	char time[16];
	snprintf(time, sizeof time, "%d:%02d", local.minute / 60, local.minute % 60);
	sp_fill fills[] = {
		{"date", spi_page_date(request, local.year * 10000 + local.month * 100 + local.day)}, {"time", time}, {0}};
	const char *text = sp_catalog_fill(request->lang, "page.time", fills, request->arena);
	return text ? text : "";
}

/* ---- addresses ---- */

void spi_page_form_lang(spi_request *request)
{
	const char *code = spi_request_form(request, "lang");
	sp_lang lang = code ? sp_lang_of(code, strlen(code)) : SP_LANG_NONE;
	if (lang == SP_LANG_NONE || lang == request->lang || !(request->config->langs & 1u << lang))
		return;
	request->lang = lang;
	request->lang_asked = true;
}

static void add_encoded(sp_buffer *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c))
			sp_buffer_add_char(out, (char)c);
		else if (c == ' ')
			sp_buffer_add_char(out, '+');
		else
			sp_buffer_printf(out, "%%%02X", c);
	}
}

const char *spi_page_url(const spi_request *request, const char *path, const spi_pair *pairs)
{
	sp_buffer out = SP_BUFFER_INIT;
	bool has_lang = false;
	char before = '?';
	sp_buffer_add_text(&out, path);
	for (; pairs && pairs->name; pairs++) {
		if (!pairs->value || !*pairs->value)
			continue;
		has_lang = has_lang || strcmp(pairs->name, "lang") == 0;
		sp_buffer_add_char(&out, before);
		add_encoded(&out, pairs->name);
		sp_buffer_add_char(&out, '=');
		add_encoded(&out, pairs->value);
		before = '&';
	}
	if (request->lang_asked && !has_lang)
		sp_buffer_printf(&out, "%clang=%s", before, sp_lang_code(request->lang));
	const char *url = sp_buffer_ok(&out) ? sp_arena_strndup(request->arena, sp_buffer_text(&out), out.len) : NULL;
	sp_buffer_release(&out);
	return url ? url : "";
}

/* ---- articles ---- */

static void put_lang(const spi_request *request, spi_value *into, sp_lang lang)
{
	if (lang == request->lang)
		return;
	spi_put_text(into, "other_lang", sp_lang_code(lang));
	spi_put_text(
		into, "language", spi_page_text(request, sp_arena_printf(request->arena, "page.lang.%s", sp_lang_code(lang))));
}

void spi_page_put_article(const spi_request *request, spi_value *into, const sp_record *record)
{
	spi_put_text(into, "title", record->title);
	spi_put_text(into, "url", spi_article_url(request, record->id, record->lang));
	put_lang(request, into, record->lang);
}

/* The article in the page's language, or in the first that has it. */
static bool get_shown(spi_request *request, sp_index *index, const char *id, sp_record *ret)
{
	sp_status status = sp_index_get(index, id, request->lang, request->arena, ret, NULL);
	if (status == SP_ERR_NOT_FOUND)
		status = sp_index_get(index, id, SP_LANG_NONE, request->arena, ret, NULL);
	return status == SP_OK && spi_request_may_show(request, ret);
}

bool spi_page_put_links(spi_request *request, sp_index *index, spi_value *list, const sp_strings *ids, size_t limit)
{
	size_t count = 0;
	for (size_t i = 0; i < ids->count && count < limit; i++) {
		sp_record record;
		if (!get_shown(request, index, ids->items[i], &record))
			continue;
		spi_page_put_article(request, spi_list_add(list), &record);
		count++;
	}
	return count > 0;
}

static bool holds(const sp_strings *list, const char *text)
{
	for (size_t i = 0; text && i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static bool covers(const sp_record *notice, const sp_record *article, const char *category)
{
	if (category && holds(&notice->covers.categories, category))
		return true;
	if (!article)
		return false;
	for (size_t i = 0; i < article->codes.count; i++)
		if (holds(&notice->covers.codes, article->codes.items[i]))
			return true;
	return strcmp(notice->id, article->id) != 0 && holds(&notice->covers.articles, article->id);
}

/* With the hour, which is what matters of a fault today; but for the one that only says that it is the whole of the day. */
static const char *until_text(const spi_request *request, int64_t ends_utc_s)
{
	const char *timezone = request->config->timezone;
	int minute = spi_zone_local(timezone, ends_utc_s).minute;
	if (minute == 0) /* the end of the day before */
		return spi_page_date(request, sp_date_of(ends_utc_s - 1, timezone));
	return minute == 24 * 60 - 1 ? spi_page_date(request, sp_date_of(ends_utc_s, timezone)) : spi_page_time(request, ends_utc_s);
}

sp_status spi_page_put_notices(spi_request *request, sp_index *index, spi_value *page, const sp_record *article,
	const char *category, sp_error *err)
{
	sp_record *notices;
	size_t count;
	sp_status status =
		sp_index_notices(index, request->moment_utc_s, request->lang, request->arena, &notices, &count, err);
	if (status != SP_OK)
		return status;
	spi_value *list = spi_put_list(page, "notices");
	for (size_t i = 0; i < count; i++) {
		if ((article || category) && !covers(&notices[i], article, category))
			continue;
		spi_value *item = spi_list_add(list);
		spi_page_put_article(request, item, &notices[i]);
		if (notices[i].ends_utc_s) {
			spi_put_bool(item, "until", true);
			spi_put_text(item, "date", until_text(request, notices[i].ends_utc_s));
		}
	}
	return SP_OK;
}

/* ---- categories ---- */

const sp_category *spi_page_category(const spi_request *request, const char *key)
{
	int index = key && *key ? sp_kb_category(request->config, key) : -1;
	return index < 0 ? NULL : &request->config->categories[index];
}

const char *spi_page_service(const spi_request *request, const sp_category *category)
{
	return category && category->service >= 0
			   ? sp_texts_get(&request->config->services[category->service].name, request->lang)
			   : "";
}

void spi_page_put_crumb(const spi_request *request, spi_value *page, const sp_category *category)
{
	if (!category)
		return;
	spi_value *crumb = spi_put_object(page, "crumb");
	spi_put_text(crumb, "name", sp_texts_get(&category->name, request->lang));
	if (request->editor)
		spi_put_text(crumb, "url", sp_arena_printf(request->arena, "#c-%s", category->key));
	else
		spi_put_text(crumb, "url", spi_page_url(request, sp_arena_printf(request->arena, "/c/%s", category->key), NULL));
}

/* ---- lists ---- */

void spi_page_put_results(const spi_request *request, spi_value *page, const sp_result *result, bool with_category)
{
	spi_value *list = spi_put_list(page, "results");
	spi_put_int(page, "count", result->total);
	spi_put_bool(page, "count_any", result->total > 0);
	spi_put_bool(page, "one", result->total == 1);
	for (size_t i = 0; i < result->hits_count; i++) {
		const sp_record *record = &result->hits[i].record;
		const sp_category *category = with_category ? spi_page_category(request, record->category) : NULL;
		spi_value *item = spi_list_add(list);
		spi_page_put_article(request, item, record);
		spi_put_text(item, "snippet", result->hits[i].snippet);
		spi_put_text(item, "type_name",
			spi_page_text(
				request, sp_arena_printf(request->arena, "page.type.%s", sp_article_type_name(record->type))));
		spi_put_text(item, "category_name", category ? sp_texts_get(&category->name, request->lang) : "");
	}
}

static const char *page_url(const spi_request *request, const char *path, const spi_pair *pairs, uint32_t number)
{
	spi_pair all[SPI_QUERY_MAX + 2] = {0};
	size_t count = 0;
	for (; pairs && pairs->name && count < SPI_QUERY_MAX; pairs++)
		all[count++] = *pairs;
	if (number > 1)
		all[count] = (spi_pair){"page", sp_arena_printf(request->arena, "%u", number)};
	return spi_page_url(request, path, all);
}

void spi_page_put_pager(const spi_request *request, spi_value *page, const char *path, const spi_pair *pairs,
	uint32_t number, uint32_t total, uint32_t per_page)
{
	uint32_t pages = (total + per_page - 1) / per_page;
	if (pages < 2)
		return;
	spi_value *pager = spi_put_object(page, "pager");
	spi_put_int(pager, "page", number);
	spi_put_int(pager, "pages", pages);
	spi_put_text(pager, "previous", number > 1 ? page_url(request, path, pairs, number - 1) : "");
	spi_put_text(pager, "next", number < pages ? page_url(request, path, pairs, number + 1) : "");
}

uint32_t spi_page_number(const spi_request *request)
{
	const char *text = spi_request_query(request, "page");
	unsigned long number = text ? strtoul(text, NULL, 10) : 1;
	return number >= 1 && number <= PAGE_NUMBER_MAX ? (uint32_t)number : 1;
}
