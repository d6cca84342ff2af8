#include "kb/keys.h"

#include "kb/fix/mend.h"

#include <string.h>

const char *const spi_article_types[] = {"use-case", "qa", "procedure", "training", "notice", NULL};
const char *const spi_article_statuses[] = {"draft", "published", "retired", NULL};
const char *const spi_field_checks[] = {
	"text", "email", "phone", "date", "past-date", "amount", "codice-fiscale", "iban", "notice-number", "iuv", "choice", NULL};

const char *const spi_priorities[] = {"high", "normal", "low", NULL};

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
	{"reviewed_by", SPI_KEY_TEXT, false, NULL},
	{"languages", SPI_KEY_LANGUAGES, false, NULL},
	{"related", SPI_KEY_IDS, false, NULL},
	{"competence", SPI_KEY_BODY, false, NULL},
	{"window", SPI_KEY_MAP, false, spi_keys_window},
	{"ticket", SPI_KEY_MAP, false, spi_keys_ticket},
	{"starts", SPI_KEY_MOMENT, false, NULL},
	{"ends", SPI_KEY_MOMENT, false, NULL},
	{"covers", SPI_KEY_MAP, false, spi_keys_covers},
	{"articles", SPI_KEY_IDS, false, NULL},
	{"source", SPI_KEY_TEXTS, false, NULL},
	{0},
};

/* ---- kb.yaml ---- */

const spi_key spi_keys_service_name[] = {{"name", SPI_KEY_NAME, false, NULL}, {0}};
const spi_key spi_keys_audience[] = {{"name", SPI_KEY_NAME, false, NULL}, {"reads", SPI_KEY_TEXTS, false, NULL}, {0}};
const spi_key spi_keys_service[] = {{"name", SPI_KEY_NAME, false, NULL}, {"hours", SPI_KEY_TEXT, false, NULL}, {0}};
const spi_key spi_keys_category[] = {{"name", SPI_KEY_NAME, false, NULL}, {"description", SPI_KEY_NAME, false, NULL},
	{"service", SPI_KEY_TEXT, false, NULL}, {"group", SPI_KEY_TEXT, false, NULL}, {"fields", SPI_KEY_TEXTS, false, NULL},
	{"priority", SPI_KEY_PRIORITY, false, NULL}, {"order", SPI_KEY_WHOLE, false, NULL}, {0}};
const spi_key spi_keys_group[] = {{"name", SPI_KEY_NAME, false, NULL}, {"level", SPI_KEY_LEVEL, false, NULL},
	{"service", SPI_KEY_TEXT, false, NULL}, {"target", SPI_KEY_DURATION, false, NULL},
	{"passes_to", SPI_KEY_TEXTS, false, NULL}, {0}};
const spi_key spi_keys_field[] = {{"label", SPI_KEY_NAME, false, NULL}, {"why", SPI_KEY_NAME, false, NULL},
	{"validate", SPI_KEY_VALIDATE, false, NULL}, {"options", SPI_KEY_TEXTS, false, NULL}, {"max", SPI_KEY_WHOLE, false, NULL},
	{"keep", SPI_KEY_DURATION, false, NULL}, {0}};
const spi_key spi_keys_body[] = {{"name", SPI_KEY_NAME, false, NULL}, {"contact", SPI_KEY_NAME, false, NULL},
	{"letter", SPI_KEY_NAME, false, NULL}, {0}};
const spi_key spi_keys_check[] = {{"rules", SPI_KEY_RULES, false, NULL}, {"readability", SPI_KEY_READABILITY, false, NULL},
	{"acronyms", SPI_KEY_TEXTS, false, NULL}, {0}};
const spi_key spi_keys_retention[] = {{"conversations", SPI_KEY_DURATION, false, NULL}, {"feedback", SPI_KEY_DURATION, false, NULL},
	{"tickets", SPI_KEY_DURATION, false, NULL}, {"comments", SPI_KEY_DURATION, false, NULL},
	{"attachments", SPI_KEY_DURATION, false, NULL}, {0}};
const spi_key spi_keys_attachments[] = {{"max", SPI_KEY_WHOLE, false, NULL}, {"max_mb", SPI_KEY_WHOLE, false, NULL}, {0}};
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
	{"ticket", SPI_KEY_MAP, false, spi_keys_ticket},
	{"bodies", SPI_KEY_EACH, false, spi_keys_body},
	{"retention", SPI_KEY_MAP, false, spi_keys_retention},
	{"attachments", SPI_KEY_MAP, false, spi_keys_attachments},
	{"open_data", SPI_KEY_BOOL, false, NULL},
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

/* Fields whose name may be mended: none that decides who reads an article, and when. */
static bool is_harmless(const char *key)
{
	static const char *const keys[] = {"type", "title", "category", "questions", "keywords", "owner", "related", "codes", "source",
		"ticket", "group", "fields", "covers", "articles", "categories"};
	for (size_t i = 0; key && i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(key, keys[i]) == 0)
			return true;
	}
	return false;
}

/* The field that is meant, if it is not there and no other field may mean it too. */
static void propose_key(
	const spi_yaml *map, const spi_yaml *wrong, const spi_key *keys, size_t count, spi_report *report)
{
	const char *meant = spi_findings_wants_mends(report->findings) ? spi_only_near(wrong->key, keys, count, sizeof *keys) : NULL;
	if (!meant || !is_harmless(meant))
		return;
	for (const spi_yaml *child = map->first; child; child = child->next) {
		if (child != wrong && sp_text_edit_distance(child->key, strlen(child->key), meant, strlen(meant), 1) <= 1)
			return;
	}
	spi_propose(report, SPI_RULE_UNKNOWN_KEY, wrong->key_place, SPI_MEND_REPLACE, wrong->key, meant);
}

void spi_yaml_check_keys(const spi_yaml *map, const spi_key *keys, spi_report *report)
{
	size_t count = 0;
	while (keys[count].name)
		count++;
	for (const spi_yaml *child = map->first; child; child = child->next)
		if (!find(keys, child->key)) {
			SPI_REPORT(report, SPI_RULE_UNKNOWN_KEY, child->key_place, NULL, {"key", child->key},
				{"suggestion", spi_nearest(child->key, keys, count, sizeof *keys)});
			propose_key(map, child, keys, count, report);
		}
}
