/* Dot products with many rows of 8-bit numbers, of one query, and of the tokens of a question: one way for each kind of processor. */
#ifndef VECTORS_KERNELS_H
#define VECTORS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row takes a multiple of so many bytes, zeros at its end, and starts at one: no kernel needs a special end. */
#define SPI_ROW_ALIGNMENT 64
/* So many rows are worked on at once: each is a stream from memory of its own, and the query is loaded once for all. */
#define SPI_ROWS_AT_ONCE 4

/* Rows, one after the other. */
typedef struct spi_row_run {
	const int8_t *rows;
	size_t stride; /* bytes, and numbers, of a row: multiple of SPI_ROW_ALIGNMENT */
	const float *scales;
	size_t count;
} spi_row_run;

/* At the end the last row stands in for those that are not there: all are added up alike. */
static inline const int8_t *spi_row_of(const spi_row_run *run, size_t i)
{
	return run->rows + (i < run->count ? i : run->count - 1) * run->stride;
}

/* What was added up of rows i and following, to their products; those that are not there are left out. */
static inline void spi_scale_dots(const spi_row_run *run, size_t i, const float sums[SPI_ROWS_AT_ONCE], float *ret)
{
	for (size_t k = 0; k < SPI_ROWS_AT_ONCE && i + k < run->count; k++)
		ret[i + k] = sums[k] * run->scales[i + k];
}

/* Products of some rows of n numbers, a multiple of SPI_ROW_ALIGNMENT. */
typedef void spi_dot(const int8_t *const row[SPI_ROWS_AT_ONCE], const float *query, size_t n, float ret[SPI_ROWS_AT_ONCE]);
/* Of all of them, where the query is made ready first. */
typedef void spi_dot_rows(const spi_row_run *run, const float *query, float *ret);

typedef struct spi_kernel {
	const char *name;
	spi_dot *dot;
	spi_dot_rows *dot_rows; /* NULL: dot is all there is; else dot is NULL */
	bool (*is_supported)(void);
} spi_kernel;

/* Those in this program, best first; the last runs everywhere. */
const spi_kernel *spi_kernels(size_t *ret_count);
/* The best that this processor can. */
const spi_kernel *spi_kernel_choose(void);

spi_dot spi_dot_scalar, spi_dot_avx2, spi_dot_avx512, spi_dot_neon;
spi_dot_rows spi_dot_rows_vnni;

/*
 * Products of all rows.
 * query    stride numbers, none of them infinite, zeros at the end as in the rows
 * A row's product does not depend on the rows beside it, bit for bit.
 */
void spi_dot_all(const spi_kernel *kernel, const spi_row_run *run, const float *query, float *ret);

/* ---- tokens ---- */

/* So many of a question's rows are compared at once: a passage's row is loaded once for all. */
#define SPI_QUESTIONS_AT_ONCE 4
/* Kernels read rows in steps of so many bytes: past the end of a row that is no multiple, into what follows it, where a question's
   row has zeros. So many bytes are to be there behind the last row. */
#define SPI_TOKEN_STEP 32

/*
 * Of each of the question's rows, the largest dot product with one of the rows; exactly, so that all kernels give the same.
 * rows      count (1 or more) of row_bytes (1..SP_TOKEN_BYTES_MAX), one after the other, of any numbers
 * question  rows of numbers -127..127, zeros from row_bytes to the next multiple of SPI_TOKEN_STEP
 */
typedef void spi_max_dot(const int8_t *rows, size_t row_bytes, size_t count, const int8_t *const question[SPI_QUESTIONS_AT_ONCE],
	int32_t ret[SPI_QUESTIONS_AT_ONCE]);

/* The same for more of the question's rows at once, where a register holds a number of each: theirs stand side by side (lanes). */
#define SPI_LANES 16
/* The last lane is of zeros: what the rows' numbers add to every lane is read there. */
#define SPI_LANES_ASKED (SPI_LANES - 1)
/* Numbers of a row that stand together. */
#define SPI_LANE_STEP 4
#define SPI_LANE_GROUPS(row_bytes) (((row_bytes) + SPI_LANE_STEP - 1) / SPI_LANE_STEP)

/*
 * lanes  for each SPI_LANE_STEP numbers of a row those of each lane: SPI_LANE_GROUPS(row_bytes) times SPI_LANES x SPI_LANE_STEP bytes, each
 *        number plus 128, 128 where there is none; aligned to 64 bytes
 */
typedef void spi_max_lanes(const int8_t *rows, size_t row_bytes, size_t count, const uint8_t *lanes, int32_t ret[SPI_LANES]);

typedef struct spi_token_kernel {
	const char *name;
	spi_max_dot *max_dot;
	spi_max_lanes *max_lanes; /* NULL: max_dot is all there is */
	bool (*is_supported)(void);
} spi_token_kernel;

/* As above. */
const spi_token_kernel *spi_token_kernels(size_t *ret_count);
const spi_token_kernel *spi_token_kernel_choose(void);

spi_max_dot spi_max_dot_scalar, spi_max_dot_avx2, spi_max_dot_vnni, spi_max_dot_neon;
spi_max_lanes spi_max_lanes_vnni;

#endif
