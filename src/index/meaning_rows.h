/* The rows of an index's next revision: those of the file before, with the documents that changed. No row is copied: at 10,000
   articles all of them as numbers would take 180 MB. */
#ifndef INDEX_MEANING_ROWS_H
#define INDEX_MEANING_ROWS_H

#include "index/passages.h"
#include "sportello/vectors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A document's texts and their vectors; without any the document has none any more. */
typedef struct spi_row_change {
	uint32_t docid;
	sp_lang lang;
	const spi_passage *passages;
	const float *vectors;
	size_t count;
} spi_row_change;

/* By document; a document's stand together. */
typedef struct spi_rows {
	const sp_vectors *old;
	sp_vector_row *labels;
	const float **fresh; /* of each row; NULL = it stands in the file before, */
	uint32_t *places;    /* there */
	size_t count, dimensions;
} spi_rows;

/**
 * @param old      file before; NULL = there is none. Borrowed, as are the changes
 * @param changes  by docid, each once
 * @param ret      free with spi_rows_release()
 */
sp_status spi_rows_merge(const sp_vectors *old, const spi_row_change *changes, size_t count, size_t dimensions, spi_rows *ret, sp_error *err);
void spi_rows_release(spi_rows *rows);
/* A row as the encoder made it; one from the file before as it stands there. An sp_vectors_source, of spi_rows. */
void spi_rows_get(const void *rows, size_t row, float *ret);

#ifdef __cplusplus
}
#endif
#endif
