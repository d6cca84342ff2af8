/* What learning and reading share. */
#ifndef INDEX_WORDING_PRIVATE_H
#define INDEX_WORDING_PRIVATE_H

#include "index/wording.h"
#include "sportello/vectors.h"

/* Rows that hold the idf of a language come after all documents. */
static inline uint32_t spi_wording_idf_owner(sp_lang lang)
{
	return UINT32_MAX - (uint32_t)SP_LANG_COUNT + 1 + (uint32_t)lang;
}

static inline bool spi_wording_is_idf(uint32_t owner)
{
	return owner > UINT32_MAX - (uint32_t)SP_LANG_COUNT;
}

/* Words and groups of letters are not taken for one another. */
static inline uint16_t spi_wording_feature_of_stem(uint32_t hash)
{
	return (uint16_t)(hash * 2654435761u >> (32 - SPI_WORDING_BITS));
}

static inline uint16_t spi_wording_feature_of_gram(uint32_t gram)
{
	return (uint16_t)((gram ^ 0x9e3779b9u) * 2654435761u >> (32 - SPI_WORDING_BITS));
}

/* The bias is written so much larger: rounded as the weights are, it would be too coarse. */
#define SPI_WORDING_BIAS_SCALE 8.0f

/* The document's row; false: it has none. */
bool spi_wording_find(const sp_vectors *rows, uint32_t docid, size_t *ret);

#endif
