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

/* Products of some rows of n numbers, a multiple of SPI_ROW_ALIGNMENT. */
typedef void spi_dot(const int8_t *const row[SPI_ROWS_AT_ONCE], const float *query, size_t n, float ret[SPI_ROWS_AT_ONCE]);

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

/*
 * Products of all rows.
 * stride   bytes, and numbers, of a row: multiple of SPI_ROW_ALIGNMENT
 * scales   of the rows
 * query    stride numbers, zeros at the end as in the rows
 * A row's product does not depend on the rows beside it, bit for bit.
 */
void spi_dot_all(const spi_kernel *kernel, const int8_t *rows, size_t stride, const float *scales, size_t count, const float *query,
	float *ret);

#endif
