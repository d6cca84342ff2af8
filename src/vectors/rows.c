/* The file of one index's vectors: head, labels, scales, rows. In this machine's byte order; a file of another counts as
   damaged or newer, and is made again from the articles. */
#include "sportello/vectors.h"

#include "base/file.h"
#include "vectors/kernels.h"
#include "vectors/sum.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "SPVECROW"
#define FORMAT 1
#define MOST 127 /* symmetric: -128 is not used, so that a row and its negative are the same numbers */
/* Less than this is nothing in a vector of unit length; more is none. */
#define NOTHING 1e-30f
#define TOO_MUCH 1e30f
typedef struct head {
	char magic[8];
	uint32_t format, dimensions;
	uint64_t count;
	uint64_t unused[4];
	uint64_t sum; /* of all before and all after */
} head;
_Static_assert(sizeof(head) == SPI_ROW_ALIGNMENT, "labels and rows are aligned");

/* Where things stand in the file, from its start. */
typedef struct layout {
	size_t stride, scales, rows, size;
} layout;

struct sp_vectors {
	void *map;
	size_t count, dimensions;
	layout at;
	const spi_kernel *kernel;
};

static size_t aligned(size_t n)
{
	return (n + SPI_ROW_ALIGNMENT - 1) & ~(size_t)(SPI_ROW_ALIGNMENT - 1);
}

static bool lay_out(uint64_t count, uint64_t dimensions, layout *ret)
{
	if (dimensions == 0 || dimensions > SP_VECTORS_DIMENSIONS_MAX || count > UINT32_MAX)
		return false;
	ret->stride = aligned(dimensions);
	ret->scales = sizeof(head) + count * sizeof(sp_vector_row);
	ret->rows = aligned(ret->scales + count * sizeof(float));
	ret->size = ret->rows + count * ret->stride;
	return true;
}

static uint64_t sum_of(const void *file, size_t size)
{
	const char *bytes = file;
	uint64_t of_head = spi_vectors_sum(0, bytes, offsetof(head, sum));
	return spi_vectors_sum(of_head, bytes + sizeof(head), size - sizeof(head));
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

static sp_status fill(char *file, const layout *at, const char *path, const float *rows, const sp_vector_row *labels,
	size_t count, size_t dimensions, sp_error *err)
{
	head *h = (head *)file;
	float *scales = (float *)(file + at->scales);
	*h = (head){.format = FORMAT, .dimensions = (uint32_t)dimensions, .count = count};
	memcpy(h->magic, MAGIC, sizeof h->magic);
	if (count > 0)
		memcpy(file + sizeof *h, labels, count * sizeof *labels);
	for (size_t i = 0; i < count; i++)
		if (!quantise(rows + i * dimensions, dimensions, (int8_t *)(file + at->rows + i * at->stride), &scales[i]))
			return sp_error_set(err, SP_ERR_INVALID, path, 0, "vector %zu has what is no number; encode its text again", i);
	h->sum = sum_of(file, at->size);
	return SP_OK;
}

sp_status sp_vectors_write(
	const char *path, const float *rows, const sp_vector_row *labels, size_t count, size_t dimensions, sp_error *err)
{
	layout at;
	if (!lay_out(count, dimensions, &at))
		return sp_error_set(err, SP_ERR_TOO_LARGE, path, 0, "%zu vectors of %zu numbers; at most %u of 1 to %d are kept",
			count, dimensions, UINT32_MAX, SP_VECTORS_DIMENSIONS_MAX);
	char *file = calloc(1, at.size); /* what is between the parts is zero */
	if (!file)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = fill(file, &at, path, rows, labels, count, dimensions, err);
	if (status == SP_OK)
		status = spi_file_write(path, file, at.size, err);
	free(file);
	return status;
}

/* ---- reading ---- */

static sp_status damaged(const char *path, const char *what, sp_error *err)
{
	return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "%s; the index is to be built again from the articles", what);
}

static sp_status look_at(const char *path, const void *map, size_t size, sp_vectors *ret, sp_error *err)
{
	const head *h = map;
	if (memcmp(h->magic, MAGIC, sizeof h->magic) != 0)
		return damaged(path, "is no file of vectors", err);
	if (h->format > FORMAT)
		return sp_error_set(err, SP_ERR_NEWER, path, 0,
			"was written by a newer version of the program (format %u, this one reads %d); use that, or build the index again",
			h->format, FORMAT);
	layout at;
	if (!lay_out(h->count, h->dimensions, &at) || at.size != size)
		return damaged(path, "is cut off or damaged", err);
	if (h->sum != sum_of(map, size))
		return damaged(path, "is damaged", err);
	ret->at = at;
	ret->count = h->count;
	ret->dimensions = h->dimensions;
	return SP_OK;
}

static sp_status map_file(int fd, const char *path, void **ret, size_t *ret_size, sp_error *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return sp_error_errno(err, errno, path, "look at");
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < sizeof(head))
		return damaged(path, "is cut off", err);
	*ret_size = (size_t)st.st_size;
	*ret = mmap(NULL, *ret_size, PROT_READ, MAP_SHARED, fd, 0);
	return *ret == MAP_FAILED ? sp_error_errno(err, errno, path, "map") : SP_OK;
}

sp_status sp_vectors_open(const char *path, sp_vectors **ret, sp_error *err)
{
	sp_vectors *vectors = calloc(1, sizeof *vectors);
	size_t size = 0;
	if (!vectors)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	/* O_NONBLOCK: a FIFO of that name must not hold us up. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	sp_status status = fd < 0 ? sp_error_errno(err, errno, path, "open") : map_file(fd, path, &vectors->map, &size, err);
	if (fd >= 0)
		close(fd);
	if (status != SP_OK) {
		free(vectors);
		return status;
	}
	vectors->at.size = size;
	status = look_at(path, vectors->map, size, vectors, err);
	if (status == SP_OK) {
		vectors->kernel = spi_kernel_choose();
		*ret = vectors;
	} else {
		sp_vectors_close(vectors);
	}
	return status;
}

void sp_vectors_close(sp_vectors *vectors)
{
	if (!vectors)
		return;
	munmap(vectors->map, vectors->at.size);
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
	return (const sp_vector_row *)((const char *)vectors->map + sizeof(head));
}

static const int8_t *rows_of(const sp_vectors *vectors)
{
	return (const int8_t *)vectors->map + vectors->at.rows;
}

static const float *scales_of(const sp_vectors *vectors)
{
	return (const float *)((const char *)vectors->map + vectors->at.scales);
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
	spi_dot_all(vectors->kernel, rows_of(vectors), vectors->at.stride, scales_of(vectors), vectors->count, padded, ret);
}

const char *sp_vectors_kernel(void)
{
	return spi_kernel_choose()->name;
}
