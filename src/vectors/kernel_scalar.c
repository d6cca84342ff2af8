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

static int32_t dot_token(const int8_t *row, const int8_t *question, size_t n)
{
	int32_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += row[i] * question[i];
	return sum;
}

void spi_max_dot_scalar(const int8_t *rows, size_t row_bytes, size_t count, const int8_t *const question[SPI_QUESTIONS_AT_ONCE],
	int32_t ret[SPI_QUESTIONS_AT_ONCE])
{
	for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++)
		ret[k] = INT32_MIN;
	for (size_t r = 0; r < count; r++)
		for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++) {
			int32_t dot = dot_token(rows + r * row_bytes, question[k], row_bytes);
			ret[k] = dot > ret[k] ? dot : ret[k];
		}
}
