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

/*
 * The same for more of the question's rows, side by side by fours: of each four rows, for every SPI_FOUR_STEP numbers, those of each row, and
 * at the end where the sums of every four of these numbers begin: less 128 times the question's, as 128 is added to the rows' numbers.
 * Rows are read in steps of SPI_FOUR_STEP, as above.
 */
#define SPI_FOUR 4
#define SPI_FOUR_STEP 16
#define SPI_FOUR_STEPS(row_bytes) (((row_bytes) + SPI_FOUR_STEP - 1) / SPI_FOUR_STEP)
#define SPI_FOUR_BYTES ((size_t)SPI_FOUR * SPI_FOUR_STEP)
#define SPI_FOURS_AT_ONCE 8

size_t spi_four_bytes(size_t row_bytes);
/* ret: as many bytes for each begun four, aligned to SPI_FOUR_BYTES; where the last has fewer rows, zeros stand in. */
void spi_lay_fours(const signed char *rows, size_t count, size_t row_bytes, int8_t *ret);

/* fours_count: 1..SPI_FOURS_AT_ONCE; ret: SPI_FOUR for each */
typedef void spi_max_fours(const int8_t *rows, size_t row_bytes, size_t count, const int8_t *fours, size_t fours_count, int32_t *ret);

typedef struct spi_token_kernel {
	const char *name;
	spi_max_dot *max_dot;
	spi_max_fours *max_fours; /* NULL: max_dot is all there is; else max_dot is NULL */
	bool (*is_supported)(void);
} spi_token_kernel;

/* As above. */
const spi_token_kernel *spi_token_kernels(size_t *ret_count);
const spi_token_kernel *spi_token_kernel_choose(void);

spi_max_dot spi_max_dot_scalar, spi_max_dot_avx2, spi_max_dot_neon;
spi_max_fours spi_max_fours_vnni;

#endif
