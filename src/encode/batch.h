/* Questions that are encoded at once: what the encoder is given and what it gave. */
#ifndef ENCODE_BATCH_H
#define ENCODE_BATCH_H

#include "sportello/encoder.h"

typedef struct spi_batch {
	size_t count;
	const char **texts;
	size_t *lens;
	size_t dimensions;
	float *vectors;
	sp_token_rows *tokens; /* NULL: the encoder makes none */
	signed char *rows;     /* of all of them */
} spi_batch;

/* Room for max questions. False: no memory; what was taken is to be released all the same. */
bool spi_batch_open(spi_batch *batch, const sp_encoder *encoder, size_t max);
void spi_batch_release(spi_batch *batch);
/* Encode what texts and lens say; vectors as they will be found when they are remembered. SP_ERR_INVALID: one has what is no number. */
sp_status spi_batch_encode(spi_batch *batch, sp_encoder *encoder, sp_error *err);
/* What was made of one of them. */
const float *spi_batch_vector(const spi_batch *batch, size_t number);
const sp_token_rows *spi_batch_tokens(const spi_batch *batch, size_t number);

/* From the encoder's or the queue's room to the caller's. to: NULL = not wanted; from: NULL = there are none. */
void spi_token_rows_copy(sp_token_rows *to, const sp_token_rows *from, size_t token_bytes);

#endif
