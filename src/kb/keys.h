/* Every key that an article's front matter and kb.yaml may have: one list for the reader, which knows from it what is
   unknown, and for the JSON Schema, which tells editors' programs what may be written. */
#ifndef KB_KEYS_H
#define KB_KEYS_H

#include "kb/yaml.h"

typedef enum spi_key_kind {
	SPI_KEY_TEXT, SPI_KEY_TEXTS, SPI_KEY_ID, SPI_KEY_IDS, SPI_KEY_BOOL,
	SPI_KEY_DATE, SPI_KEY_MOMENT, SPI_KEY_DURATION, SPI_KEY_HOLIDAYS, SPI_KEY_OPENING,
	SPI_KEY_WHOLE, SPI_KEY_SHARE,
	SPI_KEY_NAME,      /* one text, or one a language */
	SPI_KEY_LANGUAGES,
	/* one of a fixed set */
	SPI_KEY_TYPE, SPI_KEY_STATUS, SPI_KEY_LEVEL, SPI_KEY_PRIORITY, SPI_KEY_VALIDATE,
	/* names of kb.yaml, one or a list of them */
	SPI_KEY_CATEGORY, SPI_KEY_CATEGORIES, SPI_KEY_AUDIENCES, SPI_KEY_GROUP, SPI_KEY_FIELDS, SPI_KEY_BODY,
	/* maps */
	SPI_KEY_MAP,       /* of the keys inside */
	SPI_KEY_EACH,      /* any names, each with a map of the keys inside */
	SPI_KEY_SYNONYMS, SPI_KEY_RULES, SPI_KEY_READABILITY,
} spi_key_kind;

typedef struct spi_key spi_key;
struct spi_key {
	const char *name; /* NULL ends a list */
	spi_key_kind kind;
	bool is_required;
	const spi_key *inside;
};

extern const spi_key spi_keys_article[], spi_keys_window[], spi_keys_ticket[], spi_keys_covers[];
extern const spi_key spi_keys_config[], spi_keys_service_name[], spi_keys_audience[], spi_keys_service[], spi_keys_category[],
	spi_keys_group[], spi_keys_field[], spi_keys_body[], spi_keys_check[],
	spi_keys_retention[], spi_keys_attachments[];

/* Values that some keys are limited to; each list ends with NULL. Their order is that of the enum they are read into. */
extern const char *const spi_article_types[], *const spi_article_statuses[], *const spi_field_checks[],
	*const spi_priorities[];

/* Findings for keys of a map that are not in the list. */
void spi_yaml_check_keys(const spi_yaml *map, const spi_key *keys, spi_report *report);

#endif
