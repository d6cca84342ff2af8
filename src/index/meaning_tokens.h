/* The files tokens-<n>: all tokens, written when all is learned again, and in later revisions those of the documents that changed
   since. Tokens are most of what an index holds by bytes: an edit does not write them all. */
#ifndef INDEX_MEANING_TOKENS_H
#define INDEX_MEANING_TOKENS_H

#include "sportello/vectors.h"

/* A document's tokens, a text a passage; without any the document has none any more. */
typedef struct spi_token_change {
	uint32_t docid;
	const sp_token_table *tokens;
} spi_token_change;

/* What is there: paths; NULL = there is none. */
typedef struct spi_token_paths {
	const char *base;  /* all tokens of a revision */
	const char *since; /* of what changed after it; a document without tokens has an empty passage here */
} spi_token_paths;

/**
 * @param path       to be written
 * @param whole      all tokens; or what changed since the base, these changes with it
 * @param changes    by docid, each once
 * @param row_bytes  0 = the encoder makes no tokens: an empty file
 */
sp_status spi_meaning_tokens_write(const spi_token_paths *before, const char *path, bool whole, const spi_token_change *changes,
	size_t count, size_t row_bytes, sp_error *err);

#endif
