/* A card's phrasings, taken apart once: most of them have no word of a question, and are passed over. */
#ifndef INDEX_PHRASES_H
#define INDEX_PHRASES_H

#include "index/card.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a question is held against first: close together, as more is looked at of few. */
typedef struct spi_phrase_key {
	uint64_t normal_hash;
	float sum, norm; /* of the weights of its stems: all together, and the length of their vector */
} spi_phrase_key;

typedef struct spi_phrases {
	spi_phrase_key *keys;
	spi_phrase *items; /* borrow the card's bytes */
	size_t count;
	uint32_t *from; /* a stem's phrasings are of[from[stem]] to of[from[stem + 1] - 1] */
	uint16_t *of;
	size_t size;    /* bytes of all this */
} spi_phrases;

/* weights: of the card's stems. One block, the caller's (spi_phrases_free()). SP_ERR_CORRUPT: the card is damaged; SP_ERR_NOMEM. */
sp_status spi_phrases_new(const spi_card *card, const float *weights, spi_phrases **ret);
void spi_phrases_free(spi_phrases *phrases);

#ifdef __cplusplus
}
#endif
#endif
