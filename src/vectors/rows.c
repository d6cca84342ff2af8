/* The file of one index's vectors: head, labels, scales, rows. */
#include "sportello/vectors.h"

#include "vectors/kernels.h"
#include "vectors/mapped.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC "SPVECROW"
#define FORMAT 1
#define MOST 127 /* symmetric: -128 is not used, so that a row and its negative are the same numbers */
/* Less than this is nothing in a vector of unit length; more is none. */
#define NOTHING 1e-30f
#define TOO_MUCH 1e30f
_Static_assert(SPI_MAPPED_ALIGNMENT % SPI_ROW_ALIGNMENT == 0, "rows begin where kernels want them");

/* Where things stand in the file, from its start. */
typedef struct layout {
	size_t stride, scales, rows, size;
} layout;

struct sp_vectors {
	spi_mapped mapped;
	size_t count, dimensions;
	layout at;
	const spi_kernel *kernel;
};

static bool lay_out(uint64_t count, uint64_t dimensions, layout *ret)
{
	if (dimensions == 0 || dimensions > SP_VECTORS_DIMENSIONS_MAX || count > UINT32_MAX)
		return false;
	ret->stride = (dimensions + SPI_ROW_ALIGNMENT - 1) & ~(size_t)(SPI_ROW_ALIGNMENT - 1);
	ret->scales = sizeof(spi_mapped_head) + count * sizeof(sp_vector_row);
	ret->rows = spi_mapped_aligned(ret->scales + count * sizeof(float));
	ret->size = ret->rows + count * ret->stride;
	return true;
}

/* ---- writing ---- */

/*
 * What was quantised quantises to itself: scale × 127 / 127, each rounded, is scale again for each scale that came of such a
 * division. (All 2^23 were tried: a scale for which it is not so is no float divided by 127.)
 * False when the row has what is no number.
 */
static bool quantise(const float *row, size_t n, int8_t *ret, float *ret_scale)
{
	float most = 0;
	for (size_t i = 0; i < n; i++) {
		float size = fabsf(row[i]);
		if (!(size < TOO_MUCH))
			return false;
		most = size > most ? size : most;
	}
	*ret_scale = most < NOTHING ? 0 : most / MOST;
	for (size_t i = 0; i < n; i++)
		ret[i] = (int8_t)(*ret_scale > 0 ? lrintf(row[i] / *ret_scale) : 0);
	return true;
}

/* Where the rows to be written come from. */
typedef struct origin {
	sp_vectors_source *source;
	const void *arg;
	const sp_vector_row *labels;
	size_t count, dimensions;
} origin;

static sp_status fill(char *file, const layout *at, const char *path, const origin *from, sp_error *err)
{
	spi_mapped_head *head = (spi_mapped_head *)file;
	float row[SP_VECTORS_DIMENSIONS_MAX], scale;
	*head = (spi_mapped_head){.format = FORMAT, .width = (uint32_t)from->dimensions, .count = from->count};
	if (from->count > 0)
		memcpy(file + sizeof *head, from->labels, from->count * sizeof *from->labels);
	for (size_t i = 0; i < from->count; i++) {
		from->source(from->arg, i, row);
		if (!quantise(row, from->dimensions, (int8_t *)(file + at->rows + i * at->stride), &scale))
			return sp_error_set(err, SP_ERR_INVALID, path, 0, "vector %zu has what is no number; encode its text again", i);
		memcpy(file + at->scales + i * sizeof scale, &scale, sizeof scale);
	}
	return SP_OK;
}

sp_status sp_vectors_write_from(const char *path, sp_vectors_source *source, const void *arg, const sp_vector_row *labels, size_t count,
	size_t dimensions, sp_error *err)
{
	layout at;
	if (!lay_out(count, dimensions, &at))
		return sp_error_set(err, SP_ERR_TOO_LARGE, path, 0, "%zu vectors of %zu numbers; at most %u of 1 to %d are kept",
			count, dimensions, UINT32_MAX, SP_VECTORS_DIMENSIONS_MAX);
	char *file = calloc(1, at.size); /* what is between the parts is zero */
	if (!file)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = fill(file, &at, path, &(origin){source, arg, labels, count, dimensions}, err);
	if (status == SP_OK)
		status = spi_mapped_write(path, MAGIC, file, at.size, err);
	free(file);
	return status;
}

/* Rows that stand in one place. */
typedef struct table {
	const float *rows;
	size_t dimensions;
} table;

static void take_row(const void *arg, size_t row, float *ret)
{
	const table *t = arg;
	memcpy(ret, t->rows + row * t->dimensions, t->dimensions * sizeof *ret);
}

sp_status sp_vectors_write(
	const char *path, const float *rows, const sp_vector_row *labels, size_t count, size_t dimensions, sp_error *err)
{
	return sp_vectors_write_from(path, take_row, &(table){rows, dimensions}, labels, count, dimensions, err);
}

/* ---- reading ---- */

sp_status sp_vectors_open(const char *path, sp_vectors **ret, sp_error *err)
{
	sp_vectors *vectors = calloc(1, sizeof *vectors);
	if (!vectors)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = spi_mapped_open(path, MAGIC, FORMAT, &vectors->mapped, err);
	const spi_mapped_head *head = vectors->mapped.head;
	if (status == SP_OK && (!lay_out(head->count, head->width, &vectors->at) || vectors->at.size != vectors->mapped.size))
		status = spi_mapped_damaged(path, "is damaged", err);
	if (status != SP_OK) {
		sp_vectors_close(vectors);
		return status;
	}
	vectors->count = head->count;
	vectors->dimensions = head->width;
	vectors->kernel = spi_kernel_choose();
	*ret = vectors;
	return SP_OK;
}

void sp_vectors_close(sp_vectors *vectors)
{
	if (!vectors)
		return;
	spi_mapped_close(&vectors->mapped);
	free(vectors);
}

size_t sp_vectors_count(const sp_vectors *vectors)
{
	return vectors->count;
}

size_t sp_vectors_dimensions(const sp_vectors *vectors)
{
	return vectors->dimensions;
}

const sp_vector_row *sp_vectors_labels(const sp_vectors *vectors)
{
	return spi_mapped_at(&vectors->mapped, sizeof(spi_mapped_head));
}

static const int8_t *rows_of(const sp_vectors *vectors)
{
	return spi_mapped_at(&vectors->mapped, vectors->at.rows);
}

static const float *scales_of(const sp_vectors *vectors)
{
	return spi_mapped_at(&vectors->mapped, vectors->at.scales);
}

void sp_vectors_get_row(const sp_vectors *vectors, size_t row, float *ret)
{
	const int8_t *numbers = rows_of(vectors) + row * vectors->at.stride;
	float scale = scales_of(vectors)[row];
	for (size_t i = 0; i < vectors->dimensions; i++)
		ret[i] = (float)numbers[i] * scale;
}

void sp_vectors_dot(const sp_vectors *vectors, const float *query, float *ret)
{
	_Alignas(SPI_ROW_ALIGNMENT) float padded[SP_VECTORS_DIMENSIONS_MAX];
	memcpy(padded, query, vectors->dimensions * sizeof *query);
	memset(padded + vectors->dimensions, 0, (vectors->at.stride - vectors->dimensions) * sizeof *padded);
	spi_dot_all(vectors->kernel, &(spi_row_run){rows_of(vectors), vectors->at.stride, scales_of(vectors), vectors->count}, padded, ret);
}

float sp_vectors_dot_some(const sp_vectors *vectors, size_t row, const uint16_t *at, const float *values, size_t count)
{
	const int8_t *numbers = rows_of(vectors) + row * vectors->at.stride;
	float sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += (float)numbers[at[i]] * values[i];
	return sum * scales_of(vectors)[row];
}

const char *sp_vectors_kernel(void)
{
	return spi_kernel_choose()->name;
}
