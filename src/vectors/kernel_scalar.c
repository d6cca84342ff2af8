/* Plain C, for any processor. */
#include "vectors/kernels.h"

#define LANES 8

static float dot_row(const int8_t *row, const float *query, size_t n)
{
	float lanes[LANES] = {0}, sum = 0;
	for (size_t i = 0; i < n; i += LANES)
		for (size_t k = 0; k < LANES; k++)
			lanes[k] += (float)row[i + k] * query[i + k];
	for (size_t k = 0; k < LANES; k++)
		sum += lanes[k];
	return sum;
}

void spi_dot_scalar(const int8_t *rows, size_t stride, const float *scales, size_t count, const float *query, float *ret)
{
	for (size_t i = 0; i < count; i++)
		ret[i] = dot_row(rows + i * stride, query, stride) * scales[i];
}
