/* kb.yaml: audiences, opening hours, services, groups. */
#include "kb/config.h"

#include <string.h>

/* Everyone reads himself and, in turn, what those read whom he reads. */
static void close_reads(sp_kb_config *config)
{
	for (size_t round = 0; round < config->audiences_count; round++) {
		for (size_t i = 0; i < config->audiences_count; i++) {
			for (size_t j = 0; j < config->audiences_count; j++) {
				if (config->audiences[i].reads >> j & 1)
					config->audiences[i].reads |= config->audiences[j].reads;
			}
		}
	}
}

static void read_reads(spi_loader *l, const spi_yaml *list, sp_audience *audience)
{
	sp_kb_config *config = l->config;
	if (!spi_yaml_is(list, SPI_YAML_LIST, l->report))
		return;
	for (const spi_yaml *item = list->first; item; item = item->next) {
		int other = spi_config_reference(
			l, item, config->audiences, config->audiences_count, sizeof *config->audiences, SPI_RULE_UNKNOWN_AUDIENCE);
		if (other >= 0)
			audience->reads |= (sp_audiences)1 << other;
	}
}

void spi_config_audiences(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	size_t i = 0;
	config->audiences = spi_config_items(l, map, sizeof *config->audiences, &config->audiences_count);
	if (config->audiences_count > SP_AUDIENCES_MAX) {
		spi_report_add(l->report, SPI_RULE_YAML_LIMIT, map->place, "audiences", NULL);
		config->audiences_count = SP_AUDIENCES_MAX;
	}
	for (const spi_yaml *child = map ? map->first : NULL; child && i < config->audiences_count; child = child->next, i++)
		config->audiences[i] = (sp_audience){.key = child->key, .reads = (sp_audiences)1 << i};
	i = 0;
	for (const spi_yaml *child = map ? map->first : NULL; child && i < config->audiences_count; child = child->next, i++) {
		if (!spi_yaml_is(child, SPI_YAML_MAP, l->report))
			continue;
		spi_yaml_check_keys(child, spi_keys_audience, l->report);
		config->audiences[i].name = spi_config_texts(l, spi_yaml_get(child, "name"));
		read_reads(l, spi_yaml_get(child, "reads"), &config->audiences[i]);
	}
	close_reads(config);
}

static int day_of(const char *text, size_t len)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	for (int i = 0; i < 7; i++) {
		if (len == 3 && memcmp(days[i], text, 3) == 0)
			return i;
	}
	return -1;
}

/* "mon-fri" or "sat" */
static bool read_days(const char *key, int *ret_first, int *ret_last)
{
	size_t len = strcspn(key, "-");
	*ret_first = day_of(key, len);
	*ret_last = key[len] ? day_of(key + len + 1, strlen(key + len + 1)) : *ret_first;
	return *ret_first >= 0 && *ret_last >= *ret_first;
}

static int minute_of(const char *text)
{
	for (int i = 0; i < 5; i++) {
		if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9')
			return -1;
	}
	int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
	return minute > 59 || hour * 60 + minute > 24 * 60 ? -1 : hour * 60 + minute;
}

static void read_opening(spi_loader *l, const spi_yaml *node, sp_hours *hours)
{
	int first, last;
	const char *text = spi_yaml_text(node, l->report);
	if (!text)
		return;
	bool closed = strcmp(text, "closed") == 0;
	int open = 0, close = 0;
	if (!closed && strlen(text) == 11 && text[5] == '-') {
		open = minute_of(text);
		close = minute_of(text + 6);
	}
	if (!read_days(node->key, &first, &last))
		SPI_REPORT(
			l->report, SPI_RULE_BAD_VALUE, node->key_place, "weekdays", {"key", hours->key}, {"value", node->key});
	else if (!closed && (open < 0 || close <= open))
		SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, node->place, "hours", {"key", node->key}, {"value", text});
	else {
		for (int day = first; day <= last; day++) {
			hours->days[day].open_min = (uint16_t)open;
			hours->days[day].close_min = (uint16_t)close;
		}
	}
}

void spi_config_hours(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	config->hours = spi_config_items(l, map, sizeof *config->hours, &config->hours_count);
	sp_hours *hours = config->hours;
	for (const spi_yaml *child = hours ? map->first : NULL; child; child = child->next, hours++) {
		hours->key = child->key;
		if (!spi_yaml_is(child, SPI_YAML_MAP, l->report))
			continue;
		for (const spi_yaml *opening = child->first; opening; opening = opening->next)
			read_opening(l, opening, hours);
	}
}

void spi_config_services(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	config->services = spi_config_items(l, map, sizeof *config->services, &config->services_count);
	sp_service *service = config->services;
	for (const spi_yaml *child = service ? map->first : NULL; child; child = child->next, service++) {
		*service = (sp_service){.key = child->key, .hours = -1};
		if (!spi_yaml_is(child, SPI_YAML_MAP, l->report))
			continue;
		spi_yaml_check_keys(child, spi_keys_service, l->report);
		service->name = spi_config_texts(l, spi_yaml_get(child, "name"));
		service->hours = spi_config_reference(l, spi_yaml_get(child, "hours"), config->hours, config->hours_count,
			sizeof *config->hours, SPI_RULE_UNKNOWN_HOURS);
	}
}

static sp_group_level read_level(spi_loader *l, const spi_yaml *node)
{
	const char *text = spi_yaml_text(node, l->report);
	if (text && strcmp(text, "partner") == 0)
		return SP_LEVEL_PARTNER;
	if (text && strcmp(text, "2") == 0)
		return SP_LEVEL_2;
	if (text && strcmp(text, "1") != 0)
		SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, node->place, "level", {"key", "level"}, {"value", text});
	return SP_LEVEL_1;
}

/* Once all groups have their keys. */
static void read_passes(spi_loader *l, const spi_yaml *node, sp_group *group)
{
	sp_kb_config *config = l->config;
	group->is_bound = node != NULL;
	if (!node || !spi_yaml_is(node, SPI_YAML_LIST, l->report))
		return;
	for (const spi_yaml *item = node->first; item; item = item->next) {
		int other = spi_config_reference(l, item, config->groups, config->groups_count, sizeof *config->groups, SPI_RULE_UNKNOWN_GROUP);
		if (other >= 0)
			group->passes_to |= UINT64_C(1) << other;
	}
}

static void read_all_passes(spi_loader *l, const spi_yaml *map)
{
	sp_group *group = l->config->groups;
	for (const spi_yaml *child = group ? map->first : NULL; child; child = child->next, group++)
		if (child->kind == SPI_YAML_MAP)
			read_passes(l, spi_yaml_get(child, "passes_to"), group);
}

bool sp_kb_passes(const sp_kb_config *config, int from, int to)
{
	if (to < 0 || config->groups[to].level < SP_LEVEL_2)
		return false;
	return from < 0 || !config->groups[from].is_bound || config->groups[from].passes_to >> to & 1;
}

void spi_config_groups(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	config->groups = spi_config_items(l, map, sizeof *config->groups, &config->groups_count);
	if (config->groups_count > SP_GROUPS_MAX) {
		spi_report_add(l->report, SPI_RULE_YAML_LIMIT, map->place, "groups", NULL);
		config->groups_count = 0;
		return;
	}
	sp_group *group = config->groups;
	for (const spi_yaml *child = group ? map->first : NULL; child; child = child->next, group++) {
		*group = (sp_group){.key = child->key, .level = SP_LEVEL_1, .service = -1};
		if (!spi_yaml_is(child, SPI_YAML_MAP, l->report))
			continue;
		spi_yaml_check_keys(child, spi_keys_group, l->report);
		group->name = spi_config_texts(l, spi_yaml_get(child, "name"));
		group->level = read_level(l, spi_yaml_get(child, "level"));
		group->service = spi_config_reference(l, spi_yaml_get(child, "service"), config->services,
			config->services_count, sizeof *config->services, SPI_RULE_UNKNOWN_SERVICE);
		int64_t target_s = spi_yaml_duration_s(spi_yaml_get(child, "target"), l->report);
		group->target_s = target_s > 0 ? target_s : 0;
	}
	read_all_passes(l, map);
}
