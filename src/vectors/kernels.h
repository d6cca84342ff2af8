/* Dot products of one query with many rows of 8-bit numbers: one way for each kind of processor. */
#ifndef VECTORS_KERNELS_H
#define VECTORS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row takes a multiple of so many bytes, zeros at its end, and starts at one: no kernel needs a special end. */
#define SPI_ROW_ALIGNMENT 64
/* So many rows are worked on at once: each is a stream from memory of its own, and the query is loaded once for all. */
#define SPI_ROWS_AT_ONCE 4

/*
 * stride   bytes, and numbers, of a row: multiple of SPI_ROW_ALIGNMENT
 * scales   of the rows
 * query    stride numbers, zeros at the end as in the rows
 * A row's product does not depend on the rows beside it, bit for bit.
 */
typedef void spi_dot(const int8_t *rows, size_t stride, const float *scales, size_t count, const float *query, float *ret);

typedef struct spi_kernel {
	const char *name;
	spi_dot *dot;
	bool (*is_supported)(void);
} spi_kernel;

/* Those in this program, best first; the last runs everywhere. */
const spi_kernel *spi_kernels(size_t *ret_count);
/* The best that this processor can. */
const spi_kernel *spi_kernel_choose(void);

spi_dot spi_dot_scalar, spi_dot_avx2, spi_dot_avx512, spi_dot_neon;

/* Four rows, of which the last may be there several times: so the rows at the end are added up as all others. */
static inline void spi_rows_from(
	const int8_t *rows, size_t stride, size_t first, size_t count, const int8_t *ret[SPI_ROWS_AT_ONCE])
{
	for (size_t k = 0; k < SPI_ROWS_AT_ONCE; k++)
		ret[k] = rows + (first + k < count ? first + k : count - 1) * stride;
}

#endif
