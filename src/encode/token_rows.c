#include "encode/token_rows.h"

#include <math.h>

/* state x projection, without the mean. */
static void project(const float *state, const float *mean, float ret[TOKEN_BYTES])
{
	float length = 0;
	float centred[TOKEN_STATE];
	for (int i = 0; i < TOKEN_STATE; i++) {
		centred[i] = state[i] - mean[i];
		length += centred[i] * centred[i];
	}
	length = length > 0 ? 1 / sqrtf(length) : 0;
	for (int r = 0; r < TOKEN_BYTES; r++) {
		float sum = 0;
		for (int i = 0; i < TOKEN_STATE; i++)
			sum += (float)token_directions[r][i] * centred[i];
		ret[r] = sum * length * token_scales[r];
	}
}

void spi_token_rows(sp_encode_role role, const float *hidden, size_t count, signed char *ret)
{
	for (size_t t = 0; t < count; t++) {
		float row[TOKEN_BYTES], squares = 0;
		project(hidden + t * TOKEN_STATE, token_means[role], row);
		for (int r = 0; r < TOKEN_BYTES; r++)
			squares += row[r] * row[r];
		float scale = squares > 0 ? 127 / sqrtf(squares) : 0;
		for (int r = 0; r < TOKEN_BYTES; r++)
			ret[t * TOKEN_BYTES + (size_t)r] = (signed char)lrintf(row[r] * scale);
	}
}
