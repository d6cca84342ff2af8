/* An article turned into what the index stores of it: terms with weights, values, record. No Xapian here. */
#ifndef INDEX_DOCUMENT_H
#define INDEX_DOCUMENT_H

#include "index/termset.h"
#include "sportello/buffer.h"
#include "sportello/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All of it is owned by the arena, but the buffers: spi_indexed_release(). */
typedef struct spi_indexed {
	const char *key;	/* Q<lang>:<id> */
	spi_termset ranked; /* count = weight */
	spi_termset marks;	/* terms that only filter */
	spi_termset words;	/* for the spelling dictionary; count = how often */
	sp_buffer card, stems, facets, words_text, places, record;
	char validity[24]; /* "" = always */
	const char *sort_title;
	size_t sort_title_len;
	char sort_updated[12];
} spi_indexed;

/* SP_OK; SP_ERR_NOMEM; SP_ERR_TOO_LARGE. Release it whatever came out. */
sp_status spi_index_document(
	sp_analyser *analyser, const sp_document *document, sp_arena *arena, spi_indexed *ret, sp_error *err);
void spi_indexed_release(spi_indexed *indexed);

/* Key of an article in a language, owned by the arena; NULL when memory is out. */
char *spi_document_key(const char *id, sp_lang lang, sp_arena *arena);
/* Days on which an article answers: 0 = no limit. */
void spi_validity(const sp_article *article, const char *timezone, sp_date *ret_from, sp_date *ret_until);

#ifdef __cplusplus
}
#endif
#endif
