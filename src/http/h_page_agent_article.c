/* The article beside the list: what the caller may read of it, what is only for some marked; a procedure as a list to tick off. */
#include "http/agent.h"
#include "http/audit.h"
#include "sportello/catalog.h"

#include <stdint.h>
#include <string.h>

#define RELATED 5
#define VERSION_SHOWN 12

typedef struct shown {
	const sp_record *record;
	sp_steps steps; /* none: it is no procedure */
} shown;

/* ---- what is known of it ---- */

static void put_days(const spi_request *request, spi_value *into, const sp_record *record)
{
	if (record->updated) {
		spi_put_text(into, "updated", spi_page_date(request, record->updated));
		spi_put_text(into, "updated_iso", spi_page_iso_date(request, record->updated));
	}
	if (record->valid_from)
		spi_put_text(into, "valid_from", spi_page_date(request, record->valid_from));
	if (record->valid_until)
		spi_put_text(into, "valid_until", spi_page_date(request, record->valid_until));
}

static void put_facts(const spi_request *request, const spi_agent *a, spi_value *into, const sp_record *record)
{
	const sp_category *category = spi_page_category(request, record->category);
	const char *service = spi_page_service(request, category);
	spi_put_text(into, "id", record->id);
	spi_put_text(into, "of", sp_lang_code(record->lang));
	spi_put_text(into, "name", record->title);
	if (record->lang != request->lang)
		spi_put_text(into, "other_lang", sp_lang_code(record->lang));
	spi_put_text(into, "type_name", spi_page_text(request, sp_arena_printf(request->arena, "page.type.%s", sp_article_type_name(record->type))));
	spi_put_text(into, "category_name", category ? sp_texts_get(&category->name, request->lang) : "");
	spi_put_text(into, "service_name", service);
	spi_put_text(into, "owner", record->owner);
	spi_put_text(into, "version", sp_arena_strndup(request->arena, record->version, strnlen(record->version, VERSION_SHOWN)));
	spi_put_text(into, "link", spi_article_url(request, record->id, record->lang));
	spi_put_text(into, "url", spi_agent_url(request, a, record->id, record->lang, false));
	spi_put_text(into, "read_url", spi_agent_url(request, a, record->id, record->lang, true));
	spi_put_text(into, "back_url", spi_agent_url(request, a, NULL, SP_LANG_NONE, false));
	put_days(request, into, record);
	spi_agent_put_state(request, into, record);
}

/* Also one that is not in force: what it says is marked as that. Links stay in the console. */
static void put_links(spi_request *request, sp_index *index, const spi_agent *a, spi_value *into, const sp_record *record)
{
	spi_value *list = spi_put_list(into, "related");
	size_t count = 0;
	for (size_t i = 0; i < record->related.count && count < RELATED; i++) {
		sp_record other;
		sp_status status = sp_index_get(index, record->related.items[i], record->lang, request->arena, &other, NULL);
		if (status == SP_ERR_NOT_FOUND)
			status = sp_index_get(index, record->related.items[i], SP_LANG_NONE, request->arena, &other, NULL);
		if (status != SP_OK || !spi_request_may_show(request, &other))
			continue;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "name", other.title);
		spi_put_text(item, "url", spi_agent_url(request, a, other.id, other.lang, false));
		count++;
	}
	spi_put_bool(into, "has_related", count > 0);
}

static void put_languages(const spi_request *request, sp_index *index, const spi_agent *a, spi_value *into, const sp_record *record)
{
	unsigned langs = sp_index_langs_of(index, record->id) & ~(1u << record->lang);
	spi_value *list = spi_put_list(into, "translations");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		if (!(langs & 1u << lang))
			continue;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "code", sp_lang_code((sp_lang)lang));
		spi_put_text(item, "name", sp_catalog_text((sp_lang)lang, "page.lang.self"));
		spi_put_text(item, "url", spi_agent_url(request, a, record->id, (sp_lang)lang, false));
	}
	spi_put_bool(into, "has_translations", langs != 0);
}

static void put_html(const spi_request *request, spi_value *into, const char *html, size_t len)
{
	size_t marked_len;
	const char *marked = spi_agent_mark_blocks(request, html, len, &marked_len);
	spi_put_len(into, "html", marked, marked_len);
}

/* ---- a procedure ---- */

static bool has(const sp_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static void put_choices(const spi_request *request, const shown *s, const sp_step *step, spi_value *into)
{
	spi_value *list = spi_put_list(into, "choices");
	for (size_t i = 0; i < step->choices_count; i++) {
		size_t to = sp_steps_find(&s->steps, step->choices[i].anchor);
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "label", step->choices[i].label);
		spi_put_text(item, "anchor", step->choices[i].anchor);
		spi_put_text(item, "number", to <= s->steps.count ? sp_arena_printf(request->arena, "%zu", to) : "");
	}
	spi_put_bool(into, "has_choices", step->choices_count > 0);
}

/* The walk of somebody on the phone is told where it is one of this article. */
static const sp_walk *walk_here(const spi_agent *a, const sp_record *record)
{
	return a->walked && strcmp(a->walked->article, record->id) == 0 ? a->walked : NULL;
}

/* A step's text begins with its heading, which stands above it here. */
static void put_below_heading(const spi_request *request, spi_value *into, const sp_step *step)
{
	static const char end[] = "</h2>";
	const char *below = memmem(step->html, step->html_len, end, sizeof end - 1);
	size_t from = below ? (size_t)(below - step->html) + sizeof end - 1 : 0;
	put_html(request, into, step->html + from, step->html_len - from);
}

static void put_step(const spi_request *request, const spi_agent *a, const shown *s, size_t number, spi_value *list)
{
	const sp_step *step = &s->steps.items[number];
	const sp_walk *walk = walk_here(a, s->record);
	spi_value *item = spi_list_add(list);
	spi_put_int(item, "number", (int64_t)number);
	spi_put_text(item, "anchor", step->anchor);
	spi_put_text(item, "title", step->title);
	spi_put_bool(item, "has_key", number <= 9);
	spi_put_bool(item, "seen", walk && has(&walk->seen, step->anchor));
	spi_put_bool(item, "here", walk && strcmp(walk->step, step->anchor) == 0);
	put_below_heading(request, item, step);
	put_choices(request, s, step, item);
}

static void put_walk(const spi_request *request, const spi_agent *a, const shown *s, spi_value *into)
{
	const sp_walk *walk = walk_here(a, s->record);
	size_t at = walk ? sp_steps_find(&s->steps, walk->step) : SIZE_MAX;
	if (!walk)
		return;
	spi_value *person = spi_put_object(into, "person");
	spi_put_text(person, "code", walk->code);
	spi_put_text(person, "step", at <= s->steps.count && *walk->step ? s->steps.items[at].title : s->record->title);
	if (at <= s->steps.count)
		spi_put_text(person, "anchor", walk->step);
	spi_put_bool(person, "changed", strcmp(walk->version, s->record->version) != 0);
	spi_put_text(person, "when", spi_page_time(request, walk->at_utc_s));
}

static void put_steps(const spi_request *request, const spi_agent *a, const shown *s, spi_value *into)
{
	spi_value *procedure = spi_put_object(into, "procedure"), *intro = spi_put_object(procedure, "intro");
	put_html(request, intro, s->steps.items[0].html, s->steps.items[0].html_len);
	put_choices(request, s, &s->steps.items[0], intro);
	spi_value *list = spi_put_list(procedure, "steps");
	for (size_t i = 1; i <= s->steps.count; i++)
		put_step(request, a, s, i, list);
	spi_put_int(procedure, "of", (int64_t)s->steps.count);
	put_walk(request, a, s, procedure);
}

/* ---- the article ---- */

static void put_text(spi_request *request, const spi_agent *a, const sp_record *record, spi_value *into)
{
	shown s = {.record = record};
	sp_procedure source = {record->id, record->lang, record->markdown, record->markdown_len, record->html};
	bool is_procedure = record->type == SP_TYPE_PROCEDURE && sp_procedure_steps(&source, request->arena, &s.steps) == SP_OK && s.steps.count > 1;
	if (a->reads_aloud)
		spi_put_bool(into, spi_agent_put_speech(request, record, into) ? "spoken" : "unspoken", true);
	else if (is_procedure)
		put_steps(request, a, &s, into);
	else
		put_html(request, spi_put_object(into, "whole"), record->html, record->html_len);
}

static sp_status find(spi_request *request, sp_index *index, const spi_agent *a, sp_record *ret)
{
	sp_lang of = sp_lang_of(a->of, strlen(a->of));
	sp_status status = sp_index_get(index, a->id, of == SP_LANG_NONE ? request->lang : of, request->arena, ret, NULL);
	return status == SP_ERR_NOT_FOUND ? sp_index_get(index, a->id, SP_LANG_NONE, request->arena, ret, NULL) : status;
}

sp_status spi_agent_put_article(spi_request *request, sp_index *index, const spi_agent *a, spi_value *page, sp_error *err)
{
	sp_record record;
	if (!*a->id)
		return spi_page_put_notices(request, index, page, NULL, NULL, err);
	sp_status status = find(request, index, a, &record);
	if (status != SP_OK) {
		spi_put_bool(page, "missing_article", true);
		return status == SP_ERR_NOT_FOUND ? SP_OK : status;
	}
	if (!spi_audit_article(request, &record))
		return SP_OK;
	spi_value *article = spi_put_object(page, "article");
	put_facts(request, a, article, &record);
	put_text(request, a, &record, article);
	put_links(request, index, a, article, &record);
	put_languages(request, index, a, article, &record);
	return spi_page_put_notices(request, index, article, &record, record.category, err);
}
