/* kb.yaml: how long people's data are kept, and the files that a ticket takes. */
#include "kb/config.h"

#define FILES_MAX 20
#define MEGABYTES_MAX 20 /* SP_ATTACHMENT_BYTES_MAX */
#define MEGABYTE (1u << 20)

void spi_config_retention(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	const struct { const char *key; uint32_t *days; } kinds[] = {
		{"conversations", &config->keep.conversations}, {"feedback", &config->keep.feedback}, {"tickets", &config->keep.tickets},
		{"comments", &config->keep.comments}, {"attachments", &config->keep.attachments},
	};
	if (!map || !spi_yaml_is(map, SPI_YAML_MAP, l->report))
		return;
	spi_yaml_check_keys(map, spi_keys_retention, l->report);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const spi_yaml *node = spi_yaml_get(map, kinds[i].key);
		int64_t days = spi_yaml_days(node, l->report);
		if (days == 0)
			SPI_REPORT(l->report, SPI_RULE_BAD_VALUE, node->place, "days", {"key", kinds[i].key}, {"value", node->text});
		*kinds[i].days = days > 0 ? (uint32_t)days : 0;
	}
}

void spi_config_attachments(spi_loader *l, const spi_yaml *map)
{
	sp_kb_config *config = l->config;
	if (!map || !spi_yaml_is(map, SPI_YAML_MAP, l->report))
		return;
	spi_yaml_check_keys(map, spi_keys_attachments, l->report);
	config->attachments.max = (uint32_t)spi_yaml_integer(spi_yaml_get(map, "max"), 0, FILES_MAX, config->attachments.max, l->report);
	config->attachments.max_bytes = MEGABYTE *
		(uint32_t)spi_yaml_integer(spi_yaml_get(map, "max_mb"), 1, MEGABYTES_MAX, config->attachments.max_bytes / MEGABYTE, l->report);
}
