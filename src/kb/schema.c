/* JSON Schema (2020-12) of front matter and kb.yaml, from the reader's own list of keys. */
#include "kb/keys.h"

#include "sportello/catalog.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define DATE_PATTERN "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
#define MOMENT_PATTERN "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?$"
#define DURATION_PATTERN "^[0-9]{1,5}[dhms]$"
#define ID_PATTERN "^[A-Za-z0-9][A-Za-z0-9._?-]{0,127}$"
#define FOLDER_PATTERN "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
#define DAYS_PATTERN "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$"
#define OPENING_PATTERN "^([0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}|closed)$"
#define HOLIDAY_PATTERN "^(([0-9]{4}-)?[0-9]{2}-[0-9]{2}|easter-monday)$"

typedef struct writer {
	sp_json json;
	const sp_kb_config *config; /* NULL: names are not limited */
	sp_lang lang;
} writer;

static void put_map(writer *w, const spi_key *keys, const char *path);

/* A scalar that is a text to the reader: editors' programs may take 2021 for a number. */
static void put_text(writer *w, const char *pattern)
{
	sp_json *j = &w->json;
	if (pattern) {
		sp_json_string(j, "type", "string");
		sp_json_string(j, "pattern", pattern);
		return;
	}
	sp_json_array(j, "type");
	sp_json_string(j, NULL, "string");
	sp_json_string(j, NULL, "number");
	sp_json_array_end(j);
	sp_json_int(j, "minLength", 1);
}

static void list_of(writer *w, void (*item)(writer *w, const char *pattern), const char *pattern)
{
	sp_json_string(&w->json, "type", "array");
	sp_json_object(&w->json, "items");
	item(w, pattern);
	sp_json_object_end(&w->json);
}

static void put_choice(writer *w, const char *const *values)
{
	sp_json_array(&w->json, "enum");
	for (; *values; values++)
		sp_json_string(&w->json, NULL, *values);
	sp_json_array_end(&w->json);
}

/* Choices that are explained one by one: texts schema.<what>.<value>. */
static void put_told_choice(writer *w, const char *const *values, const char *what)
{
	put_choice(w, values);
	sp_json_array(&w->json, "enumDescriptions");
	for (; *values; values++) {
		char key[80];
		snprintf(key, sizeof key, "schema.%s.%s", what, *values);
		sp_json_string(&w->json, NULL, sp_catalog_text(w->lang, key));
	}
	sp_json_array_end(&w->json);
}

/* Names of kb.yaml with what they are called. All of them start with their key. */
static void put_names(writer *w, const void *items, size_t count, size_t size, size_t name_at)
{
	sp_json *j = &w->json;
	if (count == 0) {
		put_text(w, NULL);
		return;
	}
	sp_json_array(j, "enum");
	for (size_t i = 0; i < count; i++)
		sp_json_string(j, NULL, *(const char *const *)((const char *)items + i * size));
	sp_json_array_end(j);
	sp_json_array(j, "enumDescriptions");
	for (size_t i = 0; i < count; i++)
		sp_json_string(j, NULL, sp_texts_get((const sp_texts *)((const char *)items + i * size + name_at), w->lang));
	sp_json_array_end(j);
}

#define PUT_NAMES(w, list, type, member) \
	put_names(w, (w)->config->list, (w)->config->list##_count, sizeof(type), offsetof(type, member))

static void put_category(writer *w, const char *pattern)
{
	(void)pattern;
	if (w->config)
		PUT_NAMES(w, categories, sp_category, name);
	else
		put_text(w, NULL);
}

static void put_audience(writer *w, const char *pattern)
{
	(void)pattern;
	if (w->config)
		PUT_NAMES(w, audiences, sp_audience, name);
	else
		put_text(w, NULL);
}

static void put_field(writer *w, const char *pattern)
{
	(void)pattern;
	if (w->config)
		PUT_NAMES(w, fields, sp_field, label);
	else
		put_text(w, NULL);
}

static void put_langs(writer *w, bool are_keys)
{
	sp_json *j = &w->json;
	if (!are_keys) {
		sp_json_array(j, "enum");
		for (int lang = 0; lang < SP_LANG_COUNT; lang++)
			sp_json_string(j, NULL, sp_lang_code((sp_lang)lang));
		sp_json_array_end(j);
		return;
	}
	sp_json_object(j, "properties");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		sp_json_object(j, sp_lang_code((sp_lang)lang));
		put_text(w, NULL);
		sp_json_object_end(j);
	}
	sp_json_object_end(j);
	sp_json_bool(j, "additionalProperties", false);
}

/* One text for all languages, or one a language. */
static void put_name(writer *w)
{
	sp_json *j = &w->json;
	sp_json_array(j, "anyOf");
	sp_json_object(j, NULL);
	put_text(w, NULL);
	sp_json_object_end(j);
	sp_json_object(j, NULL);
	sp_json_string(j, "type", "object");
	put_langs(w, true);
	sp_json_object_end(j);
	sp_json_array_end(j);
}

static void put_each(writer *w, const spi_key *key, const char *path)
{
	sp_json *j = &w->json;
	sp_json_string(j, "type", "object");
	if (strcmp(key->name, "categories") == 0) {
		sp_json_object(j, "propertyNames");
		put_text(w, FOLDER_PATTERN);
		sp_json_object_end(j);
	}
	if (key->is_required)
		sp_json_int(j, "minProperties", 1);
	sp_json_object(j, "additionalProperties");
	put_map(w, key->inside, path);
	sp_json_object_end(j);
}

/* name → days → hours */
static void put_opening(writer *w)
{
	sp_json *j = &w->json;
	sp_json_string(j, "type", "object");
	sp_json_object(j, "additionalProperties");
	sp_json_string(j, "type", "object");
	sp_json_object(j, "propertyNames");
	put_text(w, DAYS_PATTERN);
	sp_json_object_end(j);
	sp_json_object(j, "additionalProperties");
	put_text(w, OPENING_PATTERN);
	sp_json_object_end(j);
	sp_json_object_end(j);
}

static void put_synonyms(writer *w)
{
	sp_json *j = &w->json;
	sp_json_string(j, "type", "object");
	sp_json_object(j, "properties");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		sp_json_object(j, sp_lang_code((sp_lang)lang));
		sp_json_string(j, "type", "array");
		sp_json_object(j, "items");
		list_of(w, put_text, NULL);
		sp_json_int(j, "minItems", 2);
		sp_json_object_end(j);
		sp_json_object_end(j);
	}
	sp_json_object_end(j);
	sp_json_bool(j, "additionalProperties", false);
}

static void put_number(writer *w, const char *type, double min, double max, int digits)
{
	sp_json_string(&w->json, "type", type);
	sp_json_number(&w->json, "minimum", min, digits);
	sp_json_number(&w->json, "maximum", max, digits);
}

static void put_readability(writer *w)
{
	sp_json *j = &w->json;
	sp_json_string(j, "type", "object");
	sp_json_object(j, "properties");
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		sp_json_object(j, sp_lang_code((sp_lang)lang));
		put_number(w, "integer", 0, 100, 0);
		sp_json_object_end(j);
	}
	sp_json_object_end(j);
	sp_json_bool(j, "additionalProperties", false);
}

static void put_rules(writer *w)
{
	static const char *const severities[] = {"off", "advice", "warning", "error", NULL};
	sp_json *j = &w->json;
	sp_json_string(j, "type", "object");
	sp_json_object(j, "properties");
	for (int rule = 0; rule < SPI_RULE_COUNT; rule++) {
		if (spi_rule_weight_of((spi_rule)rule) == SPI_RULE_FIXED)
			continue;
		sp_json_object(j, spi_rule_name((spi_rule)rule));
		put_choice(w, severities);
		sp_json_object_end(j);
	}
	sp_json_object_end(j);
	sp_json_bool(j, "additionalProperties", false);
}

static void put_level(writer *w)
{
	sp_json *j = &w->json;
	sp_json_array(j, "enum");
	sp_json_int(j, NULL, 1);
	sp_json_int(j, NULL, 2);
	sp_json_string(j, NULL, "1");
	sp_json_string(j, NULL, "2");
	sp_json_string(j, NULL, "partner");
	sp_json_array_end(j);
}

static void put_languages_list(writer *w)
{
	sp_json *j = &w->json;
	sp_json_string(j, "type", "array");
	sp_json_int(j, "minItems", 1);
	sp_json_object(j, "items");
	put_langs(w, false);
	sp_json_object_end(j);
}

static void put_audiences(writer *w)
{
	list_of(w, put_audience, NULL);
	sp_json_int(&w->json, "minItems", 1);
}

static void put_names_of(writer *w, const spi_key *key)
{
	switch (key->kind) {
	case SPI_KEY_CATEGORY: put_category(w, NULL); break;
	case SPI_KEY_CATEGORIES: list_of(w, put_category, NULL); break;
	case SPI_KEY_AUDIENCES: put_audiences(w); break;
	case SPI_KEY_FIELDS: list_of(w, put_field, NULL); break;
	case SPI_KEY_GROUP:
		if (w->config)
			PUT_NAMES(w, groups, sp_group, name);
		break;
	case SPI_KEY_BODY:
		if (w->config)
			PUT_NAMES(w, bodies, sp_body, name);
		break;
	default: break;
	}
}

static void put_value(writer *w, const spi_key *key, const char *path)
{
	switch (key->kind) {
	case SPI_KEY_TEXT: put_text(w, NULL); break;
	case SPI_KEY_TEXTS: list_of(w, put_text, NULL); break;
	case SPI_KEY_ID: put_text(w, ID_PATTERN); break;
	case SPI_KEY_IDS: list_of(w, put_text, ID_PATTERN); break;
	case SPI_KEY_BOOL: sp_json_string(&w->json, "type", "boolean"); break;
	case SPI_KEY_DATE: put_text(w, DATE_PATTERN); break;
	case SPI_KEY_MOMENT: put_text(w, MOMENT_PATTERN); break;
	case SPI_KEY_DURATION: put_text(w, DURATION_PATTERN); break;
	case SPI_KEY_HOLIDAYS: list_of(w, put_text, HOLIDAY_PATTERN); break;
	case SPI_KEY_OPENING: put_opening(w); break;
	case SPI_KEY_WHOLE: put_number(w, "integer", 0, 1000000, 0); break;
	case SPI_KEY_SHARE: put_number(w, "number", 0.5, 0.999, 3); break;
	case SPI_KEY_NAME: put_name(w); break;
	case SPI_KEY_LANGUAGES: put_languages_list(w); break;
	case SPI_KEY_TYPE: put_told_choice(w, spi_article_types, "type"); break;
	case SPI_KEY_STATUS: put_told_choice(w, spi_article_statuses, "status"); break;
	case SPI_KEY_LEVEL: put_level(w); break;
	case SPI_KEY_PRIORITY: put_choice(w, spi_priorities); break;
	case SPI_KEY_VALIDATE: put_choice(w, spi_field_checks); break;
	case SPI_KEY_MAP: put_map(w, key->inside, path); break;
	case SPI_KEY_EACH: put_each(w, key, path); break;
	case SPI_KEY_SYNONYMS: put_synonyms(w); break;
	case SPI_KEY_RULES: put_rules(w); break;
	case SPI_KEY_READABILITY: put_readability(w); break;
	default: put_names_of(w, key); break;
	}
}

static void put_required(writer *w, const spi_key *keys)
{
	bool any = false;
	for (; keys->name; keys++) {
		if (!keys->is_required)
			continue;
		if (!any)
			sp_json_array(&w->json, "required");
		any = true;
		sp_json_string(&w->json, NULL, keys->name);
	}
	if (any)
		sp_json_array_end(&w->json);
}

/* path: "article.window": its keys are explained by the texts schema.article.window.<key>. */
static void put_map(writer *w, const spi_key *keys, const char *path)
{
	sp_json *j = &w->json;
	sp_json_string(j, "type", "object");
	put_required(w, keys);
	sp_json_bool(j, "additionalProperties", false);
	sp_json_object(j, "properties");
	for (const spi_key *key = keys; key->name; key++) {
		char below[64], text[80];
		snprintf(below, sizeof below, "%s.%s", path, key->name);
		snprintf(text, sizeof text, "schema.%s", below);
		sp_json_object(j, key->name);
		sp_json_string(j, "description", sp_catalog_text(w->lang, text));
		put_value(w, key, below);
		sp_json_object_end(j);
	}
	sp_json_object_end(j);
}

/* A notice has a beginning and an end. */
static void put_notice(writer *w)
{
	static const char text[] = "[{\"if\":{\"properties\":{\"type\":{\"const\":\"notice\"}},\"required\":[\"type\"]},"
		"\"then\":{\"required\":[\"starts\",\"ends\"]}}]";
	sp_json_raw(&w->json, "allOf", text, sizeof text - 1);
}

static sp_status put_document(const sp_kb_config *config, sp_lang lang, const spi_key *keys, const char *path, sp_buffer *out)
{
	writer w = {.config = config, .lang = lang};
	char title[40];
	sp_json_init(&w.json, out);
	sp_json_object(&w.json, NULL);
	snprintf(title, sizeof title, "schema.%s", path);
	sp_json_string(&w.json, "$schema", "https://json-schema.org/draft/2020-12/schema");
	sp_json_string(&w.json, "title", sp_catalog_text(lang, title));
	put_map(&w, keys, path);
	if (keys == spi_keys_article)
		put_notice(&w);
	sp_json_object_end(&w.json);
	sp_buffer_add_char(out, '\n');
	return sp_buffer_ok(out) ? SP_OK : SP_ERR_NOMEM;
}

sp_status sp_kb_schema_article(const sp_kb_config *config, sp_lang lang, sp_buffer *out)
{
	return put_document(config, lang, spi_keys_article, "article", out);
}

sp_status sp_kb_schema_config(sp_lang lang, sp_buffer *out)
{
	return put_document(NULL, lang, spi_keys_config, "config", out);
}
