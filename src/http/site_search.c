/* What the search of a static site looks through: a script that sets one list, for a page of the disk may not fetch. */
#include "http/site.h"

#include <string.h>

static void add_strings(sp_json *json, const char *name, const sp_strings *strings)
{
	sp_json_array(json, name);
	for (size_t i = 0; i < strings->count; i++)
		sp_json_string(json, NULL, strings->items[i]);
	sp_json_array_end(json);
}

static const char *one_line(const sp_record *record, sp_arena *arena)
{
	char *text = sp_arena_strndup(arena, record->plain, record->plain_len), *out = text;
	for (char *at = text; at && *at; at++) {
		char c = *at == '\n' || *at == '\t' ? ' ' : *at;
		if (c != ' ' || (out > text && out[-1] != ' '))
			*out++ = c;
	}
	if (text)
		*out = '\0';
	return text;
}

static void add_article(spi_site *site, sp_json *json, const sp_record *record, sp_lang lang)
{
	sp_arena *arena = site->request.arena;
	const sp_category *category = spi_page_category(&site->request, record->category);
	sp_json_object(json, NULL);
	sp_json_string(json, "url", spi_site_article_path(record->id, arena));
	sp_json_string(json, "title", record->title);
	add_strings(json, "questions", &record->questions);
	add_strings(json, "keywords", &record->keywords);
	sp_json_string(json, "topic", category ? sp_texts_get(&category->name, lang) : "");
	sp_json_string(json, "text", one_line(record, arena));
	if (record->lang != lang) {
		sp_json_string(json, "lang", sp_lang_code(record->lang));
		sp_json_string(json, "language",
			spi_page_text(&site->request, sp_arena_printf(arena, "page.lang.%s", sp_lang_code(record->lang))));
	}
	sp_json_object_end(json);
}

sp_status spi_site_search_data(spi_site *site, sp_lang lang, sp_buffer *out, sp_error *err)
{
	sp_json json;
	sp_buffer_add_text(out, "window.sportelloSearch = ");
	sp_json_init(&json, out);
	sp_json_array(&json, NULL);
	for (size_t i = 0; i < site->ids_count; i++) {
		sp_record record;
		sp_arena_reset(site->request.arena);
		sp_status status = spi_site_get(site, site->ids[i], lang, &record, err);
		if (status != SP_OK)
			return status;
		add_article(site, &json, &record, lang);
		sp_buffer_add_char(out, '\n');
	}
	sp_json_array_end(&json);
	sp_buffer_add_char(out, '\n');
	return sp_buffer_ok(out) ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, "search-data.js", 0, "out of memory");
}
