/* Reading kb.yaml, part by part. */
#ifndef KB_CONFIG_H
#define KB_CONFIG_H

#include "kb/keys.h"

#define SPI_CONFIG_FILE "kb.yaml"
#define SPI_CONFIG_MAX (1u << 20)

typedef struct spi_loader {
	sp_kb_config *config;
	sp_arena *arena;
	spi_report *report;
} spi_loader;

/*
 * Read the text of a kb.yaml as far as it can be read; what is wrong goes to the report (report->broken: it must not be
 * used). Returns NULL when nothing of it could be read. Free with sp_kb_config_free().
 */
sp_kb_config *spi_config_read(const char *text, size_t len, spi_report *report);

/* The bytes of the folder's kb.yaml; says so when folder or file is missing. */
sp_status spi_config_bytes(const char *dir, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err);

/* A text in several languages: a map from language to text, or one text for all. */
sp_texts spi_config_texts(spi_loader *l, const spi_yaml *node);
/* The index of what a node names, -1 when it is missing or unknown (a finding). */
int spi_config_reference(
	spi_loader *l, const spi_yaml *node, const void *items, size_t count, size_t size, spi_rule rule);
/* A cleared array for the children of a map; NULL when there are none (or it is no map, which is a finding). */
void *spi_config_items(spi_loader *l, const spi_yaml *map, size_t size, size_t *ret_count);

void spi_config_audiences(spi_loader *l, const spi_yaml *map);
void spi_config_hours(spi_loader *l, const spi_yaml *map);
void spi_config_services(spi_loader *l, const spi_yaml *map);
void spi_config_groups(spi_loader *l, const spi_yaml *map);
void spi_config_fields(spi_loader *l, const spi_yaml *map);
void spi_config_ticket(spi_loader *l, const spi_yaml *map);
void spi_config_categories(spi_loader *l, const spi_yaml *map);
void spi_config_bodies(spi_loader *l, const spi_yaml *map);
void spi_config_synonyms(spi_loader *l, const spi_yaml *map);
void spi_config_retention(spi_loader *l, const spi_yaml *map);
void spi_config_attachments(spi_loader *l, const spi_yaml *map);

#endif
