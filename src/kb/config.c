#include "kb/config.h"
#include "kb/lines.h"

#include "base/hash.h"
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sp_texts spi_config_texts(spi_loader *l, const spi_yaml *node)
{
	sp_texts texts = {{NULL}};
	if (node && node->kind == SPI_YAML_SCALAR) {
		const char *text = spi_yaml_text(node, l->report);
		for (int lang = 0; lang < SP_LANG_COUNT; lang++)
			texts.by_lang[lang] = text;
		return texts;
	}
	if (!node || !spi_yaml_is(node, SPI_YAML_MAP, l->report))
		return texts;
	for (const spi_yaml *child = node->first; child; child = child->next) {
		sp_lang lang = strlen(child->key) == 2 ? sp_lang_of(child->key, 2) : SP_LANG_NONE;
		if (lang == SP_LANG_NONE)
			SPI_REPORT(l->report, SPI_RULE_UNKNOWN_LANGUAGE, child->key_place, NULL, {"value", child->key});
		else if (!child->is_null)
			texts.by_lang[lang] = spi_yaml_text(child, l->report);
	}
	return texts;
}

int spi_config_reference(
	spi_loader *l, const spi_yaml *node, const void *items, size_t count, size_t size, spi_rule rule)
{
	const char *text = spi_yaml_text(node, l->report);
	for (size_t i = 0; text && i < count; i++) {
		if (strcmp(*(const char *const *)((const char *)items + i * size), text) == 0)
			return (int)i;
	}
	if (text)
		SPI_REPORT(
			l->report, rule, node->place, NULL, {"value", text}, {"suggestion", spi_nearest(text, items, count, size)});
	return -1;
}

void *spi_config_items(spi_loader *l, const spi_yaml *map, size_t size, size_t *ret_count)
{
	*ret_count = 0;
	if (!spi_yaml_is(map, SPI_YAML_MAP, l->report) || !map->count)
		return NULL;
	void *items = sp_arena_calloc(l->arena, map->count, size);
	*ret_count = items ? map->count : 0;
	return items;
}

static void missing(spi_loader *l, spi_place place, const char *key)
{
	SPI_REPORT(l->report, SPI_RULE_MISSING_FIELD, place, NULL, {"key", key});
}

static void read_languages(spi_loader *l, const spi_yaml *root)
{
	sp_kb_config *config = l->config;
	const spi_yaml *list = spi_yaml_get(root, "languages");
	config->default_lang = SP_LANG_NONE;
	if (!list)
		missing(l, root->place, "languages");
	else if (spi_yaml_is(list, SPI_YAML_LIST, l->report)) {
		for (const spi_yaml *item = list->first; item; item = item->next) {
			const char *code = spi_yaml_text(item, l->report);
			sp_lang lang = code && strlen(code) == 2 ? sp_lang_of(code, 2) : SP_LANG_NONE;
			if (code && lang == SP_LANG_NONE)
				SPI_REPORT(l->report, SPI_RULE_UNKNOWN_LANGUAGE, item->place, NULL, {"value", code});
			if (lang == SP_LANG_NONE)
				continue;
			config->langs |= 1u << lang;
			if (config->default_lang == SP_LANG_NONE)
				config->default_lang = lang;
		}
		if (!config->langs)
			missing(l, list->place, "languages");
	}
	if (config->default_lang == SP_LANG_NONE)
		config->default_lang = SP_LANG_IT;
}

static void read_precision(spi_loader *l, const spi_yaml *node)
{
	const char *text = spi_yaml_text(node, l->report);
	if (!text)
		return;
	char *end;
	double value = strtod(text, &end);
	if (*end || text[strspn(text, "0123456789.")] || value < 0.5 || value > 0.999)
		SPI_REPORT(
			l->report, SPI_RULE_BAD_VALUE, node->place, "precision", {"key", "answer_precision"}, {"value", text});
	else
		l->config->answer_precision = value;
}

static void read_timezone(spi_loader *l, const spi_yaml *node)
{
	const char *text = spi_yaml_text(node, l->report);
	if (!text)
		return;
	if (spi_zone_is_known(text))
		l->config->timezone = text;
	else
		SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, node->place, "timezone", {"key", "timezone"}, {"value", text});
}

static bool is_holiday(const char *text, size_t len)
{
	char day[11];
	if (strcmp(text, "easter-monday") == 0)
		return true;
	if (len == 5) { /* each year; 2000 has a 29 February */
		snprintf(day, sizeof day, "2000-%s", text);
		return sp_date_parse(day, 10) != 0;
	}
	return sp_date_parse(text, len) != 0;
}

static void read_holidays(spi_loader *l, const spi_yaml *node)
{
	size_t count = 0;
	if (!spi_yaml_is(node, SPI_YAML_LIST, l->report) || !node->count)
		return;
	const char **days = sp_arena_calloc(l->arena, node->count, sizeof *days);
	for (const spi_yaml *item = node->first; days && item; item = item->next) {
		const char *text = spi_yaml_text(item, l->report);
		if (text && is_holiday(text, item->len))
			days[count++] = text;
		else if (text)
			SPI_REPORT(l->report, SPI_RULE_BAD_DATE, item->place, "holiday", {"key", "holidays"}, {"value", text});
	}
	l->config->holidays = days;
	l->config->holidays_count = count;
}

static int severity_of(const char *text)
{
	for (int severity = SP_SEVERITY_OFF; text && severity <= SP_SEVERITY_ERROR; severity++) {
		if (strcmp(text, sp_severity_name((sp_severity)severity)) == 0)
			return severity;
	}
	return -1;
}

static void read_rule(spi_loader *l, const spi_yaml *node)
{
	const char *text = spi_yaml_text(node, l->report);
	int severity = severity_of(text);
	spi_rule rule = spi_rule_of(node->key);
	if (rule == SPI_RULE_COUNT) {
		SPI_REPORT(l->report, SPI_RULE_UNKNOWN_RULE, node->key_place, NULL, {"value", node->key},
			{"suggestion", spi_rule_nearest(node->key)});
	} else if (severity < 0) {
		if (text)
			SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, node->place, "severity", {"key", node->key}, {"value", text});
	} else if (spi_rule_weight_of(rule) == SPI_RULE_FIXED) {
		SPI_REPORT(l->report, SPI_RULE_UNKNOWN_RULE, node->key_place, "fixed", {"value", node->key});
	} else {
		l->config->rules[l->config->rules_count++] = (struct sp_rule_setting){spi_rule_name(rule), severity};
	}
}

static void read_readability(spi_loader *l, const spi_yaml *map)
{
	if (!spi_yaml_is(map, SPI_YAML_MAP, l->report))
		return;
	for (const spi_yaml *child = map->first; child; child = child->next) {
		sp_lang lang = strlen(child->key) == 2 ? sp_lang_of(child->key, 2) : SP_LANG_NONE;
		if (lang == SP_LANG_NONE)
			SPI_REPORT(l->report, SPI_RULE_UNKNOWN_LANGUAGE, child->key_place, NULL, {"value", child->key});
		else
			l->config->readability[lang] =
				(double)spi_yaml_integer(child, 0, 100, (long)l->config->readability[lang], l->report);
	}
}

static void read_check(spi_loader *l, const spi_yaml *node)
{
	size_t count;
	if (!spi_yaml_is(node, SPI_YAML_MAP, l->report))
		return;
	spi_yaml_check_keys(node, spi_keys_check, l->report);
	read_readability(l, spi_yaml_get(node, "readability"));
	l->config->acronyms = spi_yaml_strings(spi_yaml_get(node, "acronyms"), l->arena, l->report);
	const spi_yaml *rules = spi_yaml_get(node, "rules");
	l->config->rules = spi_config_items(l, rules, sizeof *l->config->rules, &count);
	for (const spi_yaml *rule = l->config->rules ? rules->first : NULL; rule; rule = rule->next)
		read_rule(l, rule);
}

static void read_service(spi_loader *l, const spi_yaml *node)
{
	if (!spi_yaml_is(node, SPI_YAML_MAP, l->report))
		return;
	spi_yaml_check_keys(node, spi_keys_service_name, l->report);
	l->config->name = spi_config_texts(l, spi_yaml_get(node, "name"));
}

static void read_all(spi_loader *l, const spi_yaml *root)
{
	spi_yaml_check_keys(root, spi_keys_config, l->report);
	read_check(l, spi_yaml_get(root, "check"));
	read_service(l, spi_yaml_get(root, "service"));
	read_languages(l, root);
	read_timezone(l, spi_yaml_get(root, "timezone"));
	read_precision(l, spi_yaml_get(root, "answer_precision"));
	int64_t window = spi_yaml_duration_s(spi_yaml_get(root, "resolved_window"), l->report);
	if (window > 0)
		l->config->resolved_window_s = window;
	read_holidays(l, spi_yaml_get(root, "holidays"));
	spi_config_audiences(l, spi_yaml_get(root, "audiences"));
	spi_config_hours(l, spi_yaml_get(root, "hours"));
	spi_config_services(l, spi_yaml_get(root, "services"));
	spi_config_groups(l, spi_yaml_get(root, "groups"));
	spi_config_fields(l, spi_yaml_get(root, "fields"));
	spi_config_ticket(l, spi_yaml_get(root, "ticket"));
	spi_config_categories(l, spi_yaml_get(root, "categories"));
	spi_config_bodies(l, spi_yaml_get(root, "bodies"));
	spi_config_synonyms(l, spi_yaml_get(root, "synonyms"));
	spi_config_retention(l, spi_yaml_get(root, "retention"));
	spi_config_attachments(l, spi_yaml_get(root, "attachments"));
	l->config->open_data = spi_yaml_bool(spi_yaml_get(root, "open_data"), l->report);
	if (!l->config->audiences_count)
		missing(l, root->place, "audiences");
	if (!l->config->categories_count)
		missing(l, root->place, "categories");
}

sp_kb_config *spi_config_read(const char *text, size_t len, spi_report *report)
{
	sp_arena *arena = sp_arena_new(len * 4 + 4096);
	sp_kb_config *config = arena ? sp_arena_calloc(arena, 1, sizeof *config) : NULL;
	if (!config)
		goto out;
	if (!sp_text_is_utf8(text, len)) {
		spi_report_add(report, SPI_RULE_NOT_UTF8, (spi_place){1, 1}, NULL, NULL);
		goto out;
	}
	spi_lines lines;
	int conflict = spi_lines_read(&lines, text, len, arena) ? spi_line_of_conflict(&lines) : 0;
	if (conflict) {
		spi_report_add(report, SPI_RULE_MERGE_CONFLICT, (spi_place){conflict, 1}, NULL, NULL);
		goto out;
	}
	*config = (sp_kb_config){.arena = arena,
		.timezone = "Europe/Rome",
		.answer_precision = 0.86,
		.resolved_window_s = 86400,
		.attachments = {.max = 5, .max_bytes = 5u << 20},
		.readability = {[SP_LANG_IT] = 55, [SP_LANG_EN] = 60, [SP_LANG_DE] = 50},
		.hash = spi_hash64(text, len)};
	spi_yaml *root = spi_yaml_read(text, len, 1, arena, report);
	if (!root)
		goto out;
	report->config = config; /* from here on its own severities hold */
	read_all(&(spi_loader){config, arena, report}, root);
	report->config = NULL;
	return config;
out:
	sp_arena_free(arena);
	return NULL;
}

static sp_status load(const char *dir, sp_findings *findings, sp_arena *arena, sp_kb_config **ret, sp_error *err)
{
	const char *file = sp_arena_printf(
		arena, "%s%s" SPI_CONFIG_FILE, dir, *dir && dir[strlen(dir) - 1] == '/' ? "" : "/");
	const char *text;
	size_t len;
	sp_error cause = {0};
	if (!file)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to read " SPI_CONFIG_FILE);
	sp_status status = spi_config_bytes(dir, arena, &text, &len, err);
	if (status != SP_OK)
		return status;
	spi_report report = {.findings = findings, .file = file, .err = &cause};
	sp_kb_config *config = spi_config_read(text, len, &report);
	if (config && !report.broken) {
		*ret = config;
		return SP_OK;
	}
	sp_kb_config_free(config);
	if (!cause.status)
		sp_error_set(&cause, SP_ERR_NOMEM, file, 0, "not enough memory to read it");
	sp_error_copy(err, &cause);
	return cause.status;
}

sp_status sp_kb_config_load(const char *dir, sp_findings *findings, sp_kb_config **ret, sp_error *err)
{
	sp_arena *arena = sp_arena_new(0);
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to read " SPI_CONFIG_FILE);
	sp_status status = load(dir, findings, arena, ret, err);
	sp_arena_free(arena);
	return status;
}

void sp_kb_config_free(sp_kb_config *config)
{
	if (config)
		sp_arena_free(config->arena);
}
