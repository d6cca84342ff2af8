#include "connect/names.h"

#include "sportello/catalog.h"

#include <stdio.h>

static const sp_texts *texts_of(const sp_kb_config *config, spi_key_kind what, const char *key)
{
	int number;
	switch (what) {
	case SPI_NAMED_CATEGORY:
		return (number = sp_kb_category(config, key)) >= 0 ? &config->categories[number].name : NULL;
	case SPI_NAMED_GROUP:
		return (number = sp_kb_group(config, key)) >= 0 ? &config->groups[number].name : NULL;
	case SPI_NAMED_FIELD:
		return (number = sp_kb_field(config, key)) >= 0 ? &config->fields[number].label : NULL;
	case SPI_NAMED_AUDIENCE:
		return (number = sp_kb_audience(config, key)) >= 0 ? &config->audiences[number].name : NULL;
	default:
		return NULL;
	}
}

static const char *said(spi_key_kind what, const char *key, sp_lang lang)
{
	static const char *const begins[] = {[SPI_NAMED_CHANNEL] = "dashboard.channel", [SPI_NAMED_LANG] = "page.lang",
		[SPI_NAMED_STATE] = "agent-ticket.state"};
	char whole[96];
	int len = snprintf(whole, sizeof whole, "%s.%s", begins[what], key);
	return len > 0 && (size_t)len < sizeof whole ? sp_catalog_find(lang, whole) : NULL;
}

const char *spi_called(const sp_kb_config *config, spi_key_kind what, const char *key, sp_lang lang)
{
	const char *found = NULL;
	if (!key || !*key)
		return key;
	if (what >= SPI_NAMED_CHANNEL) {
		found = said(what, key, lang);
	} else if (config) {
		const sp_texts *texts = texts_of(config, what, key);
		found = texts ? sp_texts_get(texts, lang) : NULL;
	}
	return found && *found ? found : key;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

const sp_kb_config *spi_names_now(spi_names *names)
{
	struct stat now;
	sp_kb_config *config = NULL;
	if (!names->file || stat(names->file, &now) != 0 || is_same(&now, &names->seen))
		return names->config;
	names->seen = now;
	if (sp_kb_config_load(names->dir, NULL, &config, NULL) == SP_OK) {
		sp_kb_config_free(names->config);
		names->config = config;
	}
	return names->config;
}

void spi_names_clear(spi_names *names)
{
	sp_kb_config_free(names->config);
	names->config = NULL;
}
