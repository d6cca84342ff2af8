/* What people call what a ticket has a key of. The connector's thread alone. */
#ifndef CONNECT_NAMES_H
#define CONNECT_NAMES_H

#include "sportello/kb.h"

#include <sys/stat.h>

typedef enum spi_key_kind {
	SPI_NAMED_CATEGORY, SPI_NAMED_GROUP, SPI_NAMED_FIELD, SPI_NAMED_AUDIENCE, /* of kb.yaml */
	SPI_NAMED_CHANNEL, SPI_NAMED_LANG, SPI_NAMED_STATE                         /* of the catalogue */
} spi_key_kind;

/* The name of a key; the key itself where it has none (it was taken out of kb.yaml, or config is NULL). NULL for NULL. Lives as long as config and
   key. */
const char *spi_called(const sp_kb_config *config, spi_key_kind what, const char *key, sp_lang lang);

/* The configuration as it is now. */
typedef struct spi_names {
	const char *dir, *file; /* of the knowledge base; its kb.yaml. NULL = there is none */
	sp_kb_config *config;
	struct stat seen;       /* of the file that was read last, whatever came of it */
} spi_names;

/* Read anew where the file changed. While it is broken the last good one is it; NULL = there never was one. Until the next call. */
const sp_kb_config *spi_names_now(spi_names *names);
void spi_names_clear(spi_names *names);

#endif
