/* Typed reading of YAML values: each mistake is a finding at its place. */
#include "kb/yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a value is called in findings: its key, or its text for a list's item. */
static const char *name_of(const spi_yaml *node)
{
	return node->key ? node->key : node->text ? node->text : "-";
}

bool spi_yaml_is(const spi_yaml *node, spi_yaml_kind kind, spi_report *report)
{
	static const char *const variants[] = {"text", "list", "map"};
	if (!node)
		return false;
	if (node->kind == kind)
		return true;
	SPI_REPORT(report, SPI_RULE_WRONG_TYPE, node->place, variants[kind], {"key", name_of(node)});
	return false;
}

const char *spi_yaml_text(const spi_yaml *node, spi_report *report)
{
	if (!spi_yaml_is(node, SPI_YAML_SCALAR, report) || node->is_null)
		return NULL;
	if (node->text[strspn(node->text, " \t\n")])
		return node->text;
	SPI_REPORT(report, SPI_RULE_WRONG_TYPE, node->place, "empty", {"key", name_of(node)});
	return NULL;
}

static void bad_value(const spi_yaml *node, const char *variant, spi_report *report)
{
	SPI_REPORT(report, SPI_RULE_BAD_VALUE, node->place, variant, {"key", name_of(node)}, {"value", node->text});
}

bool spi_yaml_bool(const spi_yaml *node, spi_report *report)
{
	const char *text = spi_yaml_text(node, report);
	if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		bad_value(node, "bool", report);
	return text && strcmp(text, "true") == 0;
}

sp_date spi_yaml_date(const spi_yaml *node, spi_report *report)
{
	const char *text = spi_yaml_text(node, report);
	sp_date date = text ? sp_date_parse(text, node->len) : 0;
	if (text && !date)
		SPI_REPORT(report, SPI_RULE_BAD_DATE, node->place, NULL, {"key", name_of(node)}, {"value", text});
	return date;
}

int64_t spi_yaml_duration_s(const spi_yaml *node, spi_report *report)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
	const char *text = spi_yaml_text(node, report);
	if (!text)
		return -1;
	size_t digits = strspn(text, "0123456789");
	for (size_t i = 0; digits > 0 && digits < 6 && i < sizeof units / sizeof *units; i++) {
		if (text[digits] == units[i].unit && !text[digits + 1])
			return strtol(text, NULL, 10) * units[i].seconds;
	}
	bad_value(node, "duration", report);
	return -1;
}

int64_t spi_yaml_days(const spi_yaml *node, spi_report *report)
{
	int64_t seconds = spi_yaml_duration_s(node, report);
	if (seconds >= 0 && seconds % 86400) {
		bad_value(node, "days", report);
		return -1;
	}
	return seconds < 0 ? -1 : seconds / 86400;
}

long spi_yaml_integer(const spi_yaml *node, long min, long max, long fallback, spi_report *report)
{
	const char *text = spi_yaml_text(node, report);
	if (!text)
		return fallback;
	char *end;
	long value = strtol(text, &end, 10);
	if (*end || strlen(text) > 9 || value < min || value > max) {
		char low[24], high[24];
		snprintf(low, sizeof low, "%ld", min);
		snprintf(high, sizeof high, "%ld", max);
		SPI_REPORT(report, SPI_RULE_BAD_VALUE, node->place, "integer", {"key", name_of(node)}, {"value", text},
			{"min", low}, {"max", high});
		return fallback;
	}
	return value;
}

sp_strings spi_yaml_strings(const spi_yaml *node, sp_arena *arena, spi_report *report)
{
	sp_strings list = {0};
	if (!spi_yaml_is(node, SPI_YAML_LIST, report) || !node->count)
		return list;
	list.items = sp_arena_calloc(arena, node->count, sizeof *list.items);
	for (const spi_yaml *item = node->first; list.items && item; item = item->next) {
		if (item->kind != SPI_YAML_SCALAR || item->is_null || !item->text[strspn(item->text, " \t\n")])
			SPI_REPORT(report, SPI_RULE_WRONG_TYPE, item->place, "item", {"key", name_of(node)});
		else
			list.items[list.count++] = item->text;
	}
	return list;
}
