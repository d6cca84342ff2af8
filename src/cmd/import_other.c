/* Articles of other systems: who may read them, and under which category, is told by --audience and --category or by a file (--map):
   {"audience": {"public": ["citizen"], "<segment>": ["agent-l1"]}, "category": {"<their name>": "<our key>"}}. */
#include "cmd/cmd.h"
#include "cmd/import.h"

#include "base/file.h"
#include "base/utf8.h"

#include <jansson.h>
#include <string.h>

#define MAP_MAX_BYTES ((size_t)1024 * 1024)

static void note(const char *record, const char *field, const char *what, const char *value, void *arg)
{
	spi_importing *im = arg;
	char key[64];
	snprintf(key, sizeof key, "convert.%s", what);
	const sp_fill fills[] = {{"value", value}, {NULL, NULL}};
	const char *text = sp_catalog_fill(spi_terminal_lang(), key, fills, im->arena);
	fprintf(stderr, "%s: %s: %s: %s\n", im->path, record, field, text ? text : key);
	im->notes++;
}

static sp_status read_map(const spi_importing *im, json_t **ret, sp_error *err)
{
	const char *text;
	size_t len;
	json_error_t problem;
	*ret = NULL;
	if (!im->map)
		return SP_OK;
	sp_status status = spi_file_read(im->map, MAP_MAX_BYTES, im->arena, &text, &len, err);
	if (status != SP_OK)
		return status;
	size_t mark = spi_utf8_mark(text, len);
	*ret = json_loadb(text + mark, len - mark, JSON_REJECT_DUPLICATES, &problem);
	if (!*ret)
		return sp_error_set(err, SP_ERR_INVALID, im->map, problem.line, "%s", problem.text);
	return json_is_object(*ret) ? SP_OK : sp_error_set(err, SP_ERR_INVALID, im->map, 1, "an object is needed: {\"audience\": {…}}");
}

/* Add what the map says of one group of users; false when it says nothing. */
static bool add_mapped(const spi_importing *im, const json_t *map, const char *segment, sp_strings *audience)
{
	const json_t *value = json_object_get(json_object_get(map, "audience"), segment);
	size_t count = json_is_array(value) ? json_array_size(value) : value != NULL;
	const char **items = count ? sp_arena_calloc(im->arena, audience->count + count, sizeof *items) : NULL;
	if (!items)
		return false;
	for (size_t i = 0; i < audience->count; i++)
		items[i] = audience->items[i];
	audience->items = items;
	for (size_t i = 0; i < count; i++) {
		const char *key = json_string_value(json_is_array(value) ? json_array_get(value, i) : value);
		if (key)
			audience->items[audience->count++] = sp_arena_strdup(im->arena, key);
	}
	return audience->count > 0;
}

/* Default deny: an article that not everybody may read there is brought in only when the map says who may read it here. */
static bool find_audience(spi_importing *im, const json_t *map, const sp_converted *article, sp_strings *ret)
{
	*ret = (sp_strings){0};
	for (size_t i = 0; i < article->segments.count; i++)
		if (!add_mapped(im, map, article->segments.items[i], ret)) {
			note(article->record, "audience", "segment", article->segments.items[i], im);
			return false;
		}
	if (ret->count > 0 || add_mapped(im, map, "public", ret))
		return true;
	if (!im->audience) {
		note(article->record, "audience", "public", "", im);
		return false;
	}
	ret->items = sp_arena_alloc(im->arena, sizeof *ret->items);
	if (ret->items)
		ret->items[ret->count++] = im->audience;
	return ret->count > 0;
}

static const char *category_of(const spi_importing *im, const json_t *map, const sp_converted *article)
{
	const char *mapped = article->category ? json_string_value(json_object_get(json_object_get(map, "category"), article->category)) : NULL;
	return mapped ? sp_arena_strdup(im->arena, mapped) : article->category;
}

static sp_status take(spi_importing *im, const json_t *map, const sp_converted *article, sp_error *err)
{
	sp_import_record record = {.id = article->id, .title = article->title, .answer = article->markdown, .is_markdown = true,
		.category = category_of(im, map, article), .default_category = im->category,
		.lang = article->lang == SP_LANG_NONE ? im->lang : article->lang, .status = article->status, .keywords = article->keywords,
		.updated = article->updated, .valid_until = article->valid_until};
	if (!find_audience(im, map, article, &record.audience)) {
		im->left_out++;
		return SP_OK;
	}
	record.source.items = article->source ? sp_arena_alloc(im->arena, sizeof *record.source.items) : NULL;
	if (record.source.items)
		record.source.items[record.source.count++] = article->source;
	return spi_import_take(im, &record, 0, err);
}

sp_status spi_import_other(spi_importing *im, sp_convert_format format, sp_error *err)
{
	const char *text;
	size_t len, count = 0;
	sp_converted *articles = NULL;
	json_t *map = NULL;
	sp_status status = read_map(im, &map, err);
	if (status == SP_OK)
		status = spi_file_read(im->path, SP_CONVERT_MAX_BYTES, im->arena, &text, &len, err);
	if (status == SP_OK)
		status = sp_convert_read(format, im->path, text, len, note, im, im->arena, &articles, &count, err);
	for (size_t i = 0; status == SP_OK && i < count; i++)
		status = take(im, map, &articles[i], err);
	json_decref(map);
	return status;
}
