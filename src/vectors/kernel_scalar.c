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

void spi_dot_scalar(const int8_t *const row[SPI_ROWS_AT_ONCE], const float *query, size_t n, float ret[SPI_ROWS_AT_ONCE])
{
	for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
		ret[k] = dot_row(row[k], query, n);
}
