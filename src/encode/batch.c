#include "encode/batch.h"

#include "encode/remembered.h"

#include <stdlib.h>
#include <string.h>

bool spi_batch_open(spi_batch *batch, const sp_encoder *encoder, size_t max)
{
	size_t row_bytes = SP_ENCODE_TOKENS_MAX * sp_encoder_token_bytes(encoder);
	*batch = (spi_batch){.dimensions = sp_encoder_dimensions(encoder)};
	batch->texts = calloc(max, sizeof *batch->texts);
	batch->lens = calloc(max, sizeof *batch->lens);
	batch->vectors = calloc(max, batch->dimensions * sizeof *batch->vectors);
	if (!batch->texts || !batch->lens || !batch->vectors)
		return false;
	if (row_bytes == 0)
		return true;
	batch->tokens = calloc(max, sizeof *batch->tokens);
	batch->rows = calloc(max, row_bytes);
	for (size_t i = 0; batch->tokens && batch->rows && i < max; i++)
		batch->tokens[i].rows = batch->rows + i * row_bytes;
	return batch->tokens && batch->rows;
}

void spi_batch_release(spi_batch *batch)
{
	free(batch->texts);
	free(batch->lens);
	free(batch->vectors);
	free(batch->tokens);
	free(batch->rows);
}

sp_status spi_batch_encode(spi_batch *batch, sp_encoder *encoder, sp_error *err)
{
	sp_status status = sp_encoder_encode(
		encoder, SP_ENCODE_QUESTION, batch->texts, batch->lens, batch->count, batch->vectors, batch->tokens, err);
	for (size_t i = 0; i < batch->count && status == SP_OK; i++)
		if (!spi_remembered_round(batch->vectors + i * batch->dimensions, batch->dimensions))
			status = sp_error_set(err, SP_ERR_INVALID, sp_encoder_name(encoder), 0,
				"the encoder gave a vector with something that is no number");
	return status;
}

const float *spi_batch_vector(const spi_batch *batch, size_t number)
{
	return batch->vectors + number * batch->dimensions;
}

const sp_token_rows *spi_batch_tokens(const spi_batch *batch, size_t number)
{
	return batch->tokens ? &batch->tokens[number] : NULL;
}

void spi_token_rows_copy(sp_token_rows *to, const sp_token_rows *from, size_t token_bytes)
{
	if (!to)
		return;
	to->count = from ? from->count : 0;
	if (to->count > 0)
		memcpy(to->rows, from->rows, to->count * token_bytes);
}
