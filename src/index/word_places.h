/* Where each word of an article's text stands, stored with its record: a snippet marks those of the question, and to take a text apart anew for
   each search costs more than all the rest of it. */
#ifndef INDEX_WORD_PLACES_H
#define INDEX_WORD_PLACES_H

#include "index/bytes.h"
#include "index/features.h"
#include "sportello/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Longer texts are looked at only this far. */
#define SPI_PLACES_TEXT_MAX UINT16_MAX

/* A word of the text that is one of the question's. */
typedef struct spi_place {
	uint32_t start, end; /* its bytes */
	int bit;			 /* of the question */
} spi_place;

/* Append those of a text that was taken apart. False when memory is out. */
bool spi_places_encode(const sp_tokens *tokens, sp_arena *arena, sp_buffer *out);
/* Those that a question has, in the text's order, from the arena; a word that it has in two forms once. SP_ERR_CORRUPT when the bytes are no
   places of a text of so many; SP_ERR_NOMEM. */
sp_status spi_places_met(spi_bytes places, size_t text_len, const spi_question *question, sp_arena *arena, spi_place **ret, size_t *ret_count);

#ifdef __cplusplus
}
#endif
#endif
