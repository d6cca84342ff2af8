/* Days, texts in several languages, and looking up what kb.yaml names. */
#include "sportello/kb.h"

#include "base/clock.h"
#include "base/zone.h"
#include "kb/keys.h"

#include <string.h>

static int digits(const char *text, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int64_t sp_date_days(sp_date date)
{
	return spi_days_of_civil(date / 10000, (unsigned)(date / 100 % 100), (unsigned)(date % 100));
}

sp_date sp_date_parse(const char *text, size_t len)
{
	if (len != 10 || text[4] != '-' || text[7] != '-')
		return 0;
	int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
	if (year < 1 || month < 1 || day < 1)
		return 0;
	int real_year;
	unsigned real_month, real_day;
	spi_civil_of_days(spi_days_of_civil(year, (unsigned)month, (unsigned)day), &real_year, &real_month, &real_day);
	if (month > 12 || real_month != (unsigned)month || real_day != (unsigned)day)
		return 0; /* 30 February becomes another day on the way */
	return year * 10000 + month * 100 + day;
}

sp_date sp_date_of(int64_t utc_s, const char *timezone)
{
	spi_local local = spi_zone_local(timezone, utc_s);
	return local.year * 10000 + (int)local.month * 100 + (int)local.day;
}

const char *sp_texts_get(const sp_texts *texts, sp_lang lang)
{
	if (lang > SP_LANG_NONE && lang < SP_LANG_COUNT && texts->by_lang[lang])
		return texts->by_lang[lang];
	for (int other = 0; other < SP_LANG_COUNT; other++) {
		if (texts->by_lang[other])
			return texts->by_lang[other];
	}
	return "";
}

/* All things of the configuration start with their key. */
static int find(const void *items, size_t count, size_t size, const char *key)
{
	for (size_t i = 0; key && i < count; i++) {
		if (strcmp(*(const char *const *)((const char *)items + i * size), key) == 0)
			return (int)i;
	}
	return -1;
}

int sp_kb_audience(const sp_kb_config *config, const char *key)
{
	return find(config->audiences, config->audiences_count, sizeof *config->audiences, key);
}

int sp_kb_category(const sp_kb_config *config, const char *key)
{
	return find(config->categories, config->categories_count, sizeof *config->categories, key);
}

int sp_kb_group(const sp_kb_config *config, const char *key)
{
	return find(config->groups, config->groups_count, sizeof *config->groups, key);
}

int sp_kb_field(const sp_kb_config *config, const char *key)
{
	return find(config->fields, config->fields_count, sizeof *config->fields, key);
}

int sp_kb_body(const sp_kb_config *config, const char *key)
{
	return find(config->bodies, config->bodies_count, sizeof *config->bodies, key);
}

const char *sp_article_type_name(sp_article_type type)
{
	return type < SP_TYPE_COUNT ? spi_article_types[type] : "";
}
