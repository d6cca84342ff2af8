/* Zendesk Help Center, as its API gives it (developer.zendesk.com, Help Center: Articles, Sections, Categories, Translations), one page or
   a list of pages: {"articles": […], "sections": […], "categories": […], "translations": […]}. */
#include "convert/records.h"

#include <string.h>

typedef struct names {
	spi_map sections, categories; /* id → the json object */
	spi_map articles; /* id → number of the record, from 1 */
} names;

/* Each object of a list, in every page of the file. */
typedef sp_status visit(spi_reading *r, names *n, const json_t *object);

static sp_status each(spi_reading *r, names *n, const json_t *root, const char *list, visit *take)
{
	sp_status status = SP_OK;
	for (size_t p = 0; status == SP_OK && p < (json_is_array(root) ? json_array_size(root) : 1); p++) {
		const json_t *page = json_is_array(root) ? json_array_get(root, p) : root, *items = json_object_get(page, list);
		for (size_t i = 0; status == SP_OK && i < json_array_size(items); i++)
			status = take(r, n, json_array_get(items, i));
	}
	return status;
}

static sp_status keep(spi_reading *r, spi_map *map, const json_t *object)
{
	const char *id = spi_json_text_of(r, object, "id");
	return !id || spi_name(map, id, object) ? SP_OK : SP_ERR_NOMEM;
}

static sp_status keep_section(spi_reading *r, names *n, const json_t *object)
{
	return keep(r, &n->sections, object);
}

static sp_status keep_category(spi_reading *r, names *n, const json_t *object)
{
	return keep(r, &n->categories, object);
}

static const json_t *named(const spi_reading *r, const spi_map *map, const json_t *object, const char *member)
{
	const char *id = spi_json_text_of(r, object, member);
	return id ? spi_named(map, id) : NULL;
}

/* The category that the article's section is in; the section where it says nothing of one. */
static const char *category_of(const spi_reading *r, const names *n, const json_t *article)
{
	const json_t *section = named(r, &n->sections, article, "section_id");
	const json_t *category = section ? named(r, &n->categories, section, "category_id") : NULL;
	const char *name = category ? spi_json_text_of(r, category, "name") : NULL;
	return name ? name : section ? spi_json_text_of(r, section, "name") : NULL;
}

/* user_segment_id null: everybody. A list where an article has several. */
static sp_strings segments_of(const spi_reading *r, const json_t *article)
{
	sp_strings list = spi_json_list_of(r, article, "user_segment_ids");
	const char *one = list.count ? NULL : spi_json_text_of(r, article, "user_segment_id");
	if (one && (list.items = sp_arena_alloc(r->arena, sizeof *list.items)))
		list.items[list.count++] = one;
	return list;
}

static void fill(const spi_reading *r, spi_found *found, const json_t *text)
{
	const char *day = spi_json_text_of(r, text, "edited_at"), *lang = spi_json_text_of(r, text, "locale");
	found->title = spi_plain_of(r, spi_json_text_of(r, text, "title"));
	found->html = spi_json_text_of(r, text, "body");
	found->lang = lang ? lang : found->lang;
	if (!day)
		day = spi_json_text_of(r, text, "updated_at");
	found->updated = day ? spi_day_of(day) : found->updated;
	found->status = spi_json_true(text, "draft") ? "draft" : "published";
	if (spi_json_true(text, "outdated")) { /* the original changed since: somebody must look before it answers */
		found->status = "draft";
		spi_reading_tell(r, found->record, "outdated", "outdated", "");
	}
}

static sp_status take_translations(spi_reading *r, const json_t *article, const spi_found *original)
{
	const json_t *list = json_object_get(article, "translations");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *text = json_array_get(list, i);
		const char *lang = spi_json_text_of(r, text, "locale");
		if (!lang || (original->lang && strcmp(lang, original->lang) == 0))
			continue;
		spi_found *found = spi_reading_add(r);
		if (!found)
			return SP_ERR_NOMEM;
		*found = *original;
		found->record = sp_arena_printf(r->arena, "%s (%s)", original->record, lang);
		fill(r, found, text);
	}
	return SP_OK;
}

static sp_status take_article(spi_reading *r, names *n, const json_t *article)
{
	const char *id = spi_json_text_of(r, article, "id");
	spi_found *found = spi_reading_add(r);
	if (!found)
		return SP_ERR_NOMEM;
	found->native = id;
	if (id && !spi_name(&n->articles, id, (void *)(uintptr_t)r->count))
		return SP_ERR_NOMEM;
	found->record = sp_arena_printf(r->arena, "article %s", id ? id : "?");
	found->category = category_of(r, n, article);
	found->keywords = spi_json_list_of(r, article, "label_names");
	found->segments = segments_of(r, article);
	found->source = spi_json_text_of(r, article, "html_url");
	fill(r, found, article);
	spi_found original = *found; /* adding may move the list */
	return take_translations(r, article, &original);
}

/* Translations beside the articles name theirs by source_id. */
static sp_status take_translation(spi_reading *r, names *n, const json_t *text)
{
	const char *of = spi_json_text_of(r, text, "source_id"), *lang = spi_json_text_of(r, text, "locale");
	size_t number = of && lang ? (size_t)(uintptr_t)spi_named(&n->articles, of) : 0;
	if (!number || (r->items[number - 1].lang && strcmp(r->items[number - 1].lang, lang) == 0))
		return SP_OK;
	spi_found original = r->items[number - 1], *found = spi_reading_add(r);
	if (!found)
		return SP_ERR_NOMEM;
	*found = original;
	found->record = sp_arena_printf(r->arena, "%s (%s)", original.record, lang);
	fill(r, found, text);
	return SP_OK;
}

sp_status spi_read_zendesk(spi_reading *r)
{
	names n = {.sections.arena = r->arena, .categories.arena = r->arena, .articles.arena = r->arena};
	json_t *root = spi_reading_json(r);
	if (!root)
		return SP_ERR_INVALID;
	sp_status status = each(r, &n, root, "sections", keep_section);
	if (status == SP_OK)
		status = each(r, &n, root, "categories", keep_category);
	if (status == SP_OK)
		status = each(r, &n, root, "articles", take_article);
	if (status == SP_OK)
		status = each(r, &n, root, "translations", take_translation);
	json_decref(root);
	return status == SP_OK && r->count == 0 ? spi_reading_bad(r, "it has no list \"articles\"") : status;
}
