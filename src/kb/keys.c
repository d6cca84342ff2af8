#include "kb/keys.h"

#include <string.h>

const char *const spi_article_types[] = {"use-case", "qa", "procedure", "training", "notice", NULL};
const char *const spi_article_statuses[] = {"draft", "published", "retired", NULL};
const char *const spi_field_checks[] = {
	"text", "email", "phone", "date", "amount", "codice-fiscale", "iban", "notice-number", "iuv", "choice", NULL};

/* ---- front matter, in the order to write it ---- */

const spi_key spi_keys_window[] = {
	{"from", SPI_KEY_TEXT, true, NULL}, {"wait", SPI_KEY_DURATION, false, NULL}, {"until", SPI_KEY_DURATION, false, NULL}, {0}};
const spi_key spi_keys_ticket[] = {{"group", SPI_KEY_GROUP, false, NULL}, {"fields", SPI_KEY_FIELDS, false, NULL}, {0}};
const spi_key spi_keys_covers[] = {{"articles", SPI_KEY_IDS, false, NULL}, {"categories", SPI_KEY_CATEGORIES, false, NULL},
	{"codes", SPI_KEY_TEXTS, false, NULL}, {0}};
const spi_key spi_keys_article[] = {
	{"id", SPI_KEY_ID, true, NULL},
	{"type", SPI_KEY_TYPE, true, NULL},
	{"title", SPI_KEY_TEXT, true, NULL},
	{"category", SPI_KEY_CATEGORY, true, NULL},
	{"audience", SPI_KEY_AUDIENCES, true, NULL},
	{"questions", SPI_KEY_TEXTS, false, NULL},
	{"keywords", SPI_KEY_TEXTS, false, NULL},
	{"codes", SPI_KEY_TEXTS, false, NULL},
	{"status", SPI_KEY_STATUS, true, NULL},
	{"valid_from", SPI_KEY_DATE, false, NULL},
	{"valid_until", SPI_KEY_DATE, false, NULL},
	{"replaced_by", SPI_KEY_ID, false, NULL},
	{"ended", SPI_KEY_BOOL, false, NULL},
	{"updated", SPI_KEY_DATE, true, NULL},
	{"owner", SPI_KEY_TEXT, false, NULL},
	{"review_by", SPI_KEY_DATE, false, NULL},
	{"related", SPI_KEY_IDS, false, NULL},
	{"competence", SPI_KEY_BODY, false, NULL},
	{"window", SPI_KEY_MAP, false, spi_keys_window},
	{"ticket", SPI_KEY_MAP, false, spi_keys_ticket},
	{"starts", SPI_KEY_MOMENT, false, NULL},
	{"ends", SPI_KEY_MOMENT, false, NULL},
	{"covers", SPI_KEY_MAP, false, spi_keys_covers},
	{"source", SPI_KEY_TEXTS, false, NULL},
	{0},
};

/* ---- kb.yaml ---- */

const spi_key spi_keys_service_name[] = {{"name", SPI_KEY_NAME, false, NULL}, {0}};
const spi_key spi_keys_audience[] = {{"name", SPI_KEY_NAME, false, NULL}, {"reads", SPI_KEY_TEXTS, false, NULL}, {0}};
const spi_key spi_keys_service[] = {{"name", SPI_KEY_NAME, false, NULL}, {"hours", SPI_KEY_TEXT, false, NULL}, {0}};
const spi_key spi_keys_category[] = {{"name", SPI_KEY_NAME, false, NULL}, {"description", SPI_KEY_NAME, false, NULL},
	{"service", SPI_KEY_TEXT, false, NULL}, {"group", SPI_KEY_TEXT, false, NULL}, {"fields", SPI_KEY_TEXTS, false, NULL},
	{"order", SPI_KEY_WHOLE, false, NULL}, {0}};
const spi_key spi_keys_group[] = {{"name", SPI_KEY_NAME, false, NULL}, {"level", SPI_KEY_LEVEL, false, NULL},
	{"service", SPI_KEY_TEXT, false, NULL}, {0}};
const spi_key spi_keys_field[] = {{"label", SPI_KEY_NAME, false, NULL}, {"why", SPI_KEY_NAME, false, NULL},
	{"validate", SPI_KEY_VALIDATE, false, NULL}, {"options", SPI_KEY_TEXTS, false, NULL}, {"max", SPI_KEY_WHOLE, false, NULL},
	{"keep", SPI_KEY_DURATION, false, NULL}, {0}};
const spi_key spi_keys_body[] = {{"name", SPI_KEY_NAME, false, NULL}, {"contact", SPI_KEY_NAME, false, NULL}, {0}};
const spi_key spi_keys_check[] = {{"rules", SPI_KEY_RULES, false, NULL}, {0}};
const spi_key spi_keys_config[] = {
	{"service", SPI_KEY_MAP, false, spi_keys_service_name},
	{"languages", SPI_KEY_LANGUAGES, true, NULL},
	{"timezone", SPI_KEY_TEXT, false, NULL},
	{"answer_precision", SPI_KEY_SHARE, false, NULL},
	{"resolved_window", SPI_KEY_DURATION, false, NULL},
	{"audiences", SPI_KEY_EACH, true, spi_keys_audience},
	{"services", SPI_KEY_EACH, false, spi_keys_service},
	{"hours", SPI_KEY_OPENING, false, NULL},
	{"holidays", SPI_KEY_HOLIDAYS, false, NULL},
	{"categories", SPI_KEY_EACH, true, spi_keys_category},
	{"groups", SPI_KEY_EACH, false, spi_keys_group},
	{"fields", SPI_KEY_EACH, false, spi_keys_field},
	{"bodies", SPI_KEY_EACH, false, spi_keys_body},
	{"synonyms", SPI_KEY_SYNONYMS, false, NULL},
	{"check", SPI_KEY_MAP, false, spi_keys_check},
	{0},
};

static const spi_key *find(const spi_key *keys, const char *name)
{
	while (keys->name && strcmp(keys->name, name) != 0)
		keys++;
	return keys->name ? keys : NULL;
}

void spi_yaml_check_keys(const spi_yaml *map, const spi_key *keys, spi_report *report)
{
	size_t count = 0;
	while (keys[count].name)
		count++;
	for (const spi_yaml *child = map->first; child; child = child->next)
		if (!find(keys, child->key))
			SPI_REPORT(report, SPI_RULE_UNKNOWN_KEY, child->key_place, NULL, {"key", child->key},
				{"suggestion", spi_nearest(child->key, keys, count, sizeof *keys)});
}
