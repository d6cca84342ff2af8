/* The editors' synonyms (kb.yaml) as the index keeps them: already taken apart into stems, so that asking needs no
   other file. A synonym may be several words: all of them, in that order, function words passed over. */
#ifndef INDEX_SYNONYMS_H
#define INDEX_SYNONYMS_H

#include "sportello/buffer.h"
#include "sportello/kb.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPI_SYNONYM_WORDS 5 /* most words of one */

typedef struct spi_synonym {
	size_t count;
	struct {
		const char *text;
		size_t len;
		uint32_t hash;
	} stems[SPI_SYNONYM_WORDS];
} spi_synonym;

typedef struct spi_synonym_group {
	sp_lang lang;
	spi_synonym *items;
	size_t count;
} spi_synonym_group;

typedef struct spi_synonym_groups {
	spi_synonym_group *items;
	size_t count;
} spi_synonym_groups;

/* Append the groups of the configuration: all of them, for spi_synonyms_put() to choose from. SP_OK; SP_ERR_NOMEM. */
sp_status spi_synonyms_write(
	sp_analyser *analyser, const sp_kb_config *config, sp_arena *arena, sp_buffer *out, sp_error *err);
/* Read them back; texts are owned by the arena. SP_ERR_CORRUPT; SP_ERR_NOMEM. */
sp_status spi_synonyms_read(const void *bytes, size_t len, sp_arena *arena, spi_synonym_groups *ret, sp_error *err);

/* Append those that are wanted, as spi_synonyms_write() does. */
void spi_synonyms_put(
	const spi_synonym_groups *groups, bool (*wanted)(const spi_synonym_group *group, void *arg), void *arg, sp_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
