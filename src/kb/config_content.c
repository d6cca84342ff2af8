/* kb.yaml: ticket fields, categories, competent bodies, synonyms. */
#include "kb/config.h"

#include "kb/slug.h"
#include "sportello/text.h"

#include <stdlib.h>
#include <string.h>

enum { FIELD_MAX_DEFAULT = 200, FIELD_MAX = 10000 };

static sp_field_check read_validate(spi_loader *l, const spi_yaml *node)
{
	const char *text = spi_yaml_text(node, l->report);
	size_t count = 0;
	while (spi_field_checks[count])
		count++;
	for (size_t i = 0; text && i < count; i++) {
		if (strcmp(text, spi_field_checks[i]) == 0)
			return (sp_field_check)i;
	}
	if (text)
		SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, node->place, "validate", {"key", "validate"}, {"value", text},
			{"suggestion", spi_nearest(text, spi_field_checks, count, sizeof *spi_field_checks)});
	return SP_FIELD_TEXT;
}

static void read_field(spi_loader *l, const spi_yaml *node, sp_field *field)
{
	spi_yaml_check_keys(node, spi_keys_field, l->report);
	field->label = spi_config_texts(l, spi_yaml_get(node, "label"));
	field->why = spi_config_texts(l, spi_yaml_get(node, "why"));
	field->check = read_validate(l, spi_yaml_get(node, "validate"));
	sp_strings options = spi_yaml_strings(spi_yaml_get(node, "options"), l->arena, l->report);
	field->options = options.items;
	field->options_count = options.count;
	if (field->check == SP_FIELD_CHOICE && !options.count)
		SPI_REPORT(l->report, SPI_RULE_MISSING_FIELD, node->key_place, NULL, {"key", "options"});
	field->max_chars = (uint32_t)spi_yaml_integer(
		spi_yaml_get(node, "max"), 1, FIELD_MAX, FIELD_MAX_DEFAULT, l->report);
	int64_t days = spi_yaml_days(spi_yaml_get(node, "keep"), l->report);
	field->keep_days = days > 0 ? (uint32_t)days : 0;
}

void spi_config_fields(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	config->fields = spi_config_items(l, map, sizeof *config->fields, &config->fields_count);
	sp_field *field = config->fields;
	for (const spi_yaml *child = field ? map->first : NULL; child; child = child->next, field++) {
		*field = (sp_field){.key = child->key, .max_chars = FIELD_MAX_DEFAULT};
		if (spi_yaml_is(child, SPI_YAML_MAP, l->report))
			read_field(l, child, field);
	}
}

/* Indexes of the fields that a list names; how many. */
static size_t read_asked_fields(spi_loader *l, const spi_yaml *list, int **ret)
{
	sp_kb_config *config = l->config;
	size_t count = 0;
	if (!spi_yaml_is(list, SPI_YAML_LIST, l->report) || !list->count)
		return 0;
	int *fields = *ret = sp_arena_calloc(l->arena, list->count, sizeof *fields);
	for (const spi_yaml *item = list->first; fields && item; item = item->next) {
		int field = spi_config_reference(
			l, item, config->fields, config->fields_count, sizeof *config->fields, SPI_RULE_UNKNOWN_FIELD);
		if (field >= 0)
			fields[count++] = field;
	}
	return count;
}

void spi_config_ticket(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	config->ticket.group = -1;
	if (!map || !spi_yaml_is(map, SPI_YAML_MAP, l->report))
		return;
	spi_yaml_check_keys(map, spi_keys_ticket, l->report);
	config->ticket.group = spi_config_reference(l, spi_yaml_get(map, "group"), config->groups, config->groups_count, sizeof *config->groups,
		SPI_RULE_UNKNOWN_GROUP);
	config->ticket.fields_count = read_asked_fields(l, spi_yaml_get(map, "fields"), &config->ticket.fields);
}

/* Its place in the list, from 1; 0 = not said. */
static int read_priority(spi_loader *l, const spi_yaml *node)
{
	const char *text = spi_yaml_text(node, l->report);
	int count = 0;
	while (spi_priorities[count])
		count++;
	for (int i = 0; text && i < count; i++)
		if (strcmp(text, spi_priorities[i]) == 0)
			return i + 1;
	if (text)
		SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, node->place, "priority", {"key", "priority"}, {"value", text},
			{"suggestion", spi_nearest(text, spi_priorities, (size_t)count, sizeof *spi_priorities)});
	return 0;
}

static void read_category(spi_loader *l, const spi_yaml *node, sp_category *category)
{
	sp_kb_config *config = l->config;
	spi_yaml_check_keys(node, spi_keys_category, l->report);
	category->name = spi_config_texts(l, spi_yaml_get(node, "name"));
	category->description = spi_config_texts(l, spi_yaml_get(node, "description"));
	category->service = spi_config_reference(l, spi_yaml_get(node, "service"), config->services, config->services_count,
		sizeof *config->services, SPI_RULE_UNKNOWN_SERVICE);
	category->group = spi_config_reference(l, spi_yaml_get(node, "group"), config->groups, config->groups_count,
		sizeof *config->groups, SPI_RULE_UNKNOWN_GROUP);
	category->fields_count = read_asked_fields(l, spi_yaml_get(node, "fields"), &category->fields);
	category->priority = read_priority(l, spi_yaml_get(node, "priority"));
	category->order = (int)spi_yaml_integer(spi_yaml_get(node, "order"), 0, 1000000, category->order, l->report);
}

static int by_order(const void *left, const void *right)
{
	const sp_category *a = left, *b = right;
	return a->order != b->order ? (a->order > b->order) - (a->order < b->order) : strcmp(a->key, b->key);
}

void spi_config_categories(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	config->categories = spi_config_items(l, map, sizeof *config->categories, &config->categories_count);
	sp_category *category = config->categories;
	for (const spi_yaml *child = category ? map->first : NULL; child; child = child->next, category++) {
		*category = (sp_category){
			.key = child->key, .service = -1, .group = -1, .order = 1000001 + (int)(category - config->categories)};
		if (!spi_is_folder_key(child->key, strlen(child->key)))
			SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, child->key_place, "category-key", {"key", "categories"},
				{"value", child->key});
		if (spi_yaml_is(child, SPI_YAML_MAP, l->report))
			read_category(l, child, category);
	}
	if (config->categories)
		qsort(config->categories, config->categories_count, sizeof *config->categories, by_order);
}

void spi_config_bodies(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	config->bodies = spi_config_items(l, map, sizeof *config->bodies, &config->bodies_count);
	sp_body *body = config->bodies;
	for (const spi_yaml *child = body ? map->first : NULL; child; child = child->next, body++) {
		body->key = child->key;
		if (!spi_yaml_is(child, SPI_YAML_MAP, l->report))
			continue;
		spi_yaml_check_keys(child, spi_keys_body, l->report);
		body->name = spi_config_texts(l, spi_yaml_get(child, "name"));
		body->contact = spi_config_texts(l, spi_yaml_get(child, "contact"));
		body->letter = spi_config_texts(l, spi_yaml_get(child, "letter"));
	}
}

static const char **normal_forms(const spi_loader *l, const sp_strings *words)
{
	const char **ret = sp_arena_alloc(l->arena, words->count * sizeof *ret);
	for (size_t i = 0; ret && i < words->count; i++)
		if (!(ret[i] = sp_text_normal_form(words->items[i], strlen(words->items[i]), l->arena, NULL)))
			return NULL;
	return ret;
}

static void read_synonyms(spi_loader *l, const spi_yaml *list, sp_lang lang)
{
	for (const spi_yaml *item = list->first; item; item = item->next) {
		sp_strings words = spi_yaml_strings(item, l->arena, l->report);
		const char **normal = words.count > 1 ? normal_forms(l, &words) : NULL;
		if (normal)
			l->config->synonyms[l->config->synonyms_count++] = (sp_synonyms){lang, words.items, words.count, normal};
		else if (item->kind == SPI_YAML_LIST)
			SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, item->place, "synonyms", {"key", "synonyms"},
				{"value", words.count ? words.items[0] : ""});
	}
}

void spi_config_synonyms(spi_loader *l, const spi_yaml *map)
{
	size_t count = 0;
	if (!spi_yaml_is(map, SPI_YAML_MAP, l->report))
		return;
	for (const spi_yaml *child = map->first; child; child = child->next)
		count += child->count;
	l->config->synonyms = sp_arena_calloc(l->arena, count + 1, sizeof *l->config->synonyms);
	for (const spi_yaml *child = map->first; l->config->synonyms && child; child = child->next) {
		sp_lang lang = strlen(child->key) == 2 ? sp_lang_of(child->key, 2) : SP_LANG_NONE;
		if (lang == SP_LANG_NONE)
			SPI_REPORT(l->report, SPI_RULE_UNKNOWN_LANGUAGE, child->key_place, NULL, {"value", child->key});
		else if (!child->is_null && spi_yaml_is(child, SPI_YAML_LIST, l->report))
			read_synonyms(l, child, lang);
	}
}
