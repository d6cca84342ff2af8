/* The file tokens-<n>: that of the revision before, with the documents that changed. */
#ifndef INDEX_MEANING_TOKENS_H
#define INDEX_MEANING_TOKENS_H

#include "sportello/vectors.h"

/* A document's tokens, a text a passage; without any the document has none any more. */
typedef struct spi_token_change {
	uint32_t docid;
	const sp_token_table *tokens;
} spi_token_change;

/**
 * @param old        path of the file before; NULL = there is none
 * @param changes    by docid, each once
 * @param row_bytes  0 = the encoder makes no tokens: an empty file
 */
sp_status spi_meaning_tokens_write(const char *old, const char *path, const spi_token_change *changes, size_t count, size_t row_bytes,
	sp_error *err);

#endif
