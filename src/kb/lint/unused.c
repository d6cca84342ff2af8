/* What kb.yaml defines and nothing uses. Groups are not among it: agents forward tickets to any of them. */
#include "kb/lint/lint.h"

#include "kb/yaml.h"

#include <string.h>

static void report_unused(const spi_yaml *map, int number, const char *key, spi_report *report)
{
	const spi_yaml *child = map ? map->first : NULL;
	for (int i = 0; child && i < number; i++)
		child = child->next;
	if (child)
		SPI_REPORT(report, SPI_RULE_UNUSED_NAME, child->key_place, NULL, {"value", child->key}, {"key", key});
}

static bool has_category_field(const sp_kb_config *config, int field)
{
	for (size_t i = 0; i < config->categories_count; i++) {
		for (size_t j = 0; j < config->categories[i].fields_count; j++) {
			if (config->categories[i].fields[j] == field)
				return true;
		}
	}
	return false;
}

static bool is_service_used(const sp_kb_config *config, int service)
{
	for (size_t i = 0; i < config->categories_count; i++) {
		if (config->categories[i].service == service)
			return true;
	}
	for (size_t i = 0; i < config->groups_count; i++) {
		if (config->groups[i].service == service)
			return true;
	}
	return false;
}

static bool are_hours_used(const sp_kb_config *config, int hours)
{
	for (size_t i = 0; i < config->services_count; i++) {
		if (config->services[i].hours == hours)
			return true;
	}
	return false;
}

void spi_note_used(spi_checker *c, const sp_article *article)
{
	if (article->competence >= 0 && c->used_bodies)
		c->used_bodies[article->competence] = true;
	for (size_t i = 0; c->used_fields && i < article->ticket_fields_count; i++)
		c->used_fields[article->ticket_fields[i]] = true;
}

void spi_lint_unused(spi_checker *c)
{
	const sp_kb_config *config = c->config;
	spi_report silent = {.config = config, .file = c->config_file}, report = silent;
	report.findings = c->findings;
	const spi_yaml *root = spi_yaml_read(c->config_text, c->config_len, 1, c->arena, &silent);
	if (!root)
		return;
	for (int i = 0; i < (int)config->services_count; i++) {
		if (!is_service_used(config, i))
			report_unused(spi_yaml_get(root, "services"), i, "services", &report);
	}
	for (int i = 0; i < (int)config->hours_count; i++) {
		if (!are_hours_used(config, i))
			report_unused(spi_yaml_get(root, "hours"), i, "hours", &report);
	}
	for (int i = 0; i < (int)config->fields_count; i++) {
		if (!has_category_field(config, i) && !(c->used_fields && c->used_fields[i]))
			report_unused(spi_yaml_get(root, "fields"), i, "fields", &report);
	}
	for (int i = 0; i < (int)config->bodies_count; i++) {
		if (!(c->used_bodies && c->used_bodies[i]))
			report_unused(spi_yaml_get(root, "bodies"), i, "bodies", &report);
	}
}
