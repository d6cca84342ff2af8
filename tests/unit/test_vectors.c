#include "harness.h"
#include "vectors_bed.h"

#include "base/file.h"
#include "base/hash.h"
#include "vectors/kernels.h"
#include "vectors/sum.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- rows of one index ---- */

static void random_rows(float *rows, sp_vector_row *labels, size_t count, size_t dimensions)
{
	for (size_t i = 0; i < count; i++) {
		char text[32];
		snprintf(text, sizeof text, "row %zu of %zu", i, dimensions);
		fake_vector(SP_ENCODE_PASSAGE, text, i % 7 == 5 ? 0 : strlen(text), dimensions, rows + i * dimensions);
		labels[i] = (sp_vector_row){(uint32_t)i / 3 + 1, (uint32_t)i % 3};
	}
}

static void read_rows(const sp_vectors *vectors, float *ret)
{
	for (size_t i = 0; i < sp_vectors_count(vectors); i++)
		sp_vectors_get_row(vectors, i, ret + i * sp_vectors_dimensions(vectors));
}

/* Rows of each number and length come back, near what they were, and are the same when they are written again. */
static void check_rows(size_t count, size_t dimensions)
{
	char path[600], again[620];
	float *rows = malloc((count * dimensions + 1) * sizeof *rows), *back = malloc((count * dimensions + 1) * sizeof *back);
	float *query = malloc(dimensions * sizeof *query), *dots = malloc((count + 1) * sizeof *dots);
	sp_vector_row *labels = calloc(count + 1, sizeof *labels);
	sp_vectors *vectors = NULL;
	sp_error err = {0};
	snprintf(path, sizeof path, "%s/rows-%zu-%zu", harness_folder(), count, dimensions);
	snprintf(again, sizeof again, "%s-again", path);
	random_rows(rows, labels, count, dimensions);
	fake_vector(SP_ENCODE_QUESTION, "query", 5, dimensions, query);
	CHECK_INT(sp_vectors_write(path, rows, labels, count, dimensions, &err), SP_OK);
	CHECK_INT(sp_vectors_open(path, &vectors, &err), SP_OK);
	REQUIRE(vectors);
	CHECK(sp_vectors_count(vectors) == count && sp_vectors_dimensions(vectors) == dimensions);
	CHECK(memcmp(sp_vectors_labels(vectors), labels, count * sizeof *labels) == 0);
	read_rows(vectors, back);
	dots[count] = 12345;
	sp_vectors_dot(vectors, query, dots);
	CHECK(dots[count] == 12345.0f);
	for (size_t i = 0; i < count; i++) {
		CHECK(fabs(dot_of(query, back + i * dimensions, dimensions) - (double)dots[i]) < 1e-5);
		for (size_t k = 0; k < dimensions; k++)
			CHECK(fabsf(rows[i * dimensions + k] - back[i * dimensions + k]) <= 1.0f / 250);
	}
	CHECK(sp_vectors_write(again, back, labels, count, dimensions, &err) == SP_OK && same_files(path, again));
	sp_vectors_close(vectors);
	free(rows), free(back), free(query), free(dots), free(labels);
}

TEST(test_vectors_rows_come_back)
{
	static const size_t counts[] = {0, 1, 2, 3, 4, 5, 9, 64, 333};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		check_rows(counts[i], DIMENSIONS);
	for (size_t dimensions = 1; dimensions < 200; dimensions += 9)
		check_rows(6, dimensions);
	check_rows(3, SP_VECTORS_DIMENSIONS_MAX);
}

/* What was quantised quantises to itself, for any size of numbers. */
TEST(test_vectors_quantised_again)
{
	enum { COUNT = 4000, WIDTH = 16 };
	static float rows[COUNT * WIDTH], back[COUNT * WIDTH];
	static sp_vector_row labels[COUNT];
	char path[600], again[600];
	sp_vectors *vectors;
	snprintf(path, sizeof path, "%s/stable", harness_folder());
	snprintf(again, sizeof again, "%s/stable-again", harness_folder());
	random_rows(rows, labels, COUNT, WIDTH);
	for (size_t i = 0; i < COUNT * WIDTH; i++)
		rows[i] *= ldexpf(1 + (float)(i / WIDTH) / COUNT, (int)(i / WIDTH % 80) - 40);
	REQUIRE(sp_vectors_write(path, rows, labels, COUNT, WIDTH, NULL) == SP_OK && sp_vectors_open(path, &vectors, NULL) == SP_OK);
	read_rows(vectors, back);
	sp_vectors_close(vectors);
	CHECK(sp_vectors_write(again, back, labels, COUNT, WIDTH, NULL) == SP_OK && same_files(path, again));
	for (size_t i = 0; i < COUNT; i++) {
		float most = 0;
		for (size_t k = 0; k < WIDTH; k++)
			most = fmaxf(most, fabsf(rows[i * WIDTH + k]));
		for (size_t k = 0; k < WIDTH; k++)
			CHECK(fabsf(rows[i * WIDTH + k] - back[i * WIDTH + k]) <= most / 253);
	}
}

TEST(test_vectors_rows_refused)
{
	float rows[6] = {1, 2, 3, 4, NAN, 6};
	sp_vector_row labels[2] = {{1, 0}, {2, 0}};
	char path[600];
	sp_vectors *vectors = NULL;
	sp_error err = {0};
	snprintf(path, sizeof path, "%s/refused", harness_folder());
	CHECK_INT(sp_vectors_open(path, &vectors, &err), SP_ERR_NOT_FOUND);
	sp_error_clear(&err);
	CHECK_INT(sp_vectors_write(path, rows, labels, 2, 3, &err), SP_ERR_INVALID);
	CHECK_HAS(err.text, "vector 1");
	CHECK(!spi_exists(path));
	rows[4] = -INFINITY;
	CHECK_INT(sp_vectors_write(path, rows, labels, 2, 3, NULL), SP_ERR_INVALID);
	CHECK_INT(sp_vectors_write(path, rows, labels, 0, 0, NULL), SP_ERR_TOO_LARGE);
	CHECK_INT(sp_vectors_write(path, rows, labels, 0, SP_VECTORS_DIMENSIONS_MAX + 1, NULL), SP_ERR_TOO_LARGE);
	CHECK_INT(sp_vectors_open(harness_folder(), &vectors, NULL), SP_ERR_CORRUPT);
	CHECK(vectors == NULL);
}

/* Every byte counts, and every length but the right one is wrong. */
TEST(test_vectors_rows_damaged)
{
	float rows[3 * 40];
	sp_vector_row labels[3];
	char path[600];
	sp_vectors *vectors = NULL;
	snprintf(path, sizeof path, "%s/rows-damaged", harness_folder());
	random_rows(rows, labels, 3, 40);
	REQUIRE(sp_vectors_write(path, rows, labels, 3, 40, NULL) == SP_OK);
	long size = size_of(path);
	CHECK_INT(size, 64 + 64 + 3 * 64);
	for (long at = 0; at < size; at++) {
		REQUIRE(flip(path, at));
		sp_status status = sp_vectors_open(path, &vectors, NULL);
		if (status != (at >= 8 && at < 12 ? SP_ERR_NEWER : SP_ERR_CORRUPT))
			harness_fail(__FILE__, __LINE__, "byte %ld: %s", at, sp_status_name(status));
		REQUIRE(flip(path, at));
	}
	CHECK_INT(sp_vectors_open(path, &vectors, NULL), SP_OK);
	sp_vectors_close(vectors);
	CHECK(truncate(path, size + 1) == 0 && sp_vectors_open(path, &vectors, NULL) == SP_ERR_CORRUPT);
	for (long cut = size - 1; cut >= 0; cut -= 13)
		CHECK(truncate(path, cut) == 0 && sp_vectors_open(path, &vectors, NULL) == SP_ERR_CORRUPT);
}

/* ---- kernels ---- */

/* All give what the plain one gives; a row's product is the same bits wherever it stands. */
TEST(test_vectors_kernels_agree)
{
	enum { COUNT = 23, STRIDE = 384, ROOM = 16 };
	static _Alignas(SPI_ROW_ALIGNMENT) int8_t rows[COUNT * STRIDE];
	static float query[STRIDE], scales[COUNT], want[COUNT], got[COUNT + ROOM];
	size_t kernels_count, chosen = 0;
	const spi_kernel *kernels = spi_kernels(&kernels_count);
	fake_vector(SP_ENCODE_QUESTION, "query", 5, STRIDE, query);
	for (size_t i = 0; i < sizeof rows; i++)
		rows[i] = (int8_t)((int)(spi_hash64(&i, sizeof i) % 255) - 127);
	memcpy(rows + 20 * STRIDE, rows + 1 * STRIDE, STRIDE);
	for (size_t i = 0; i < COUNT; i++)
		scales[i] = 1.0f / (float)(900 + i);
	scales[20] = scales[1];
	CHECK_STR(kernels[kernels_count - 1].name, "scalar");
	for (size_t k = 0; k < kernels_count; k++) {
		if (!kernels[k].is_supported())
			continue;
		chosen++;
		for (size_t stride = 64; stride <= STRIDE; stride += 64)
			for (size_t count = 0; count <= COUNT; count++) {
				memset(got, 0x55, sizeof got);
				const spi_row_run run = {rows, stride, scales, count};
				spi_dot_all(&kernels[kernels_count - 1], &run, query, want);
				spi_dot_all(&kernels[k], &run, query, got);
				for (size_t i = 0; i < count; i++)
					if (!(fabsf(want[i] - got[i]) < 1e-4f))
						harness_fail(__FILE__, __LINE__, "%s, row %zu of %zu: %g, wanted %g", kernels[k].name, i, count,
							(double)got[i], (double)want[i]);
				CHECK(memcmp(&got[count], "UUUUUUUU", 8) == 0);
				CHECK(stride < STRIDE || count < 21 || memcmp(&got[1], &got[20], sizeof *got) == 0);
			}
	}
	CHECK(chosen >= 1);
	for (size_t i = 0; i < COUNT; i++)
		CHECK(fabsf(want[i]) > 0);
	CHECK_STR(sp_vectors_kernel(), spi_kernel_choose()->name);
}

/* Against sums in doubles: what is the largest there is, of both signs; nothing at all; one large number beside small ones. */
static void check_extreme(const spi_kernel *kernel, const int8_t *rows, size_t stride, const float *query, const char *what)
{
	enum { COUNT = 3 };
	static const float scales[COUNT] = {1, 1, 1};
	const spi_row_run run = {rows, stride, scales, COUNT};
	float got[COUNT];
	spi_dot_all(kernel, &run, query, got);
	for (size_t i = 0; i < COUNT; i++) {
		double want = 0, sizes = 0;
		for (size_t k = 0; k < stride; k++) {
			want += (double)rows[i * stride + k] * (double)query[k];
			sizes += fabs((double)rows[i * stride + k] * (double)query[k]);
		}
		if (!(fabs(want - (double)got[i]) <= 4e-6 * sizes))
			harness_fail(__FILE__, __LINE__, "%s, %s, row %zu of %zu numbers: %.9g, wanted %.9g", kernel->name, what, i, stride, (double)got[i], want);
	}
}

TEST(test_vectors_kernels_at_the_ends)
{
	enum { MOST = SP_VECTORS_DIMENSIONS_MAX };
	static _Alignas(SPI_ROW_ALIGNMENT) int8_t rows[3 * MOST];
	static float query[MOST];
	size_t kernels_count;
	const spi_kernel *kernels = spi_kernels(&kernels_count);
	for (size_t k = 0; k < kernels_count; k++)
		for (size_t stride = SPI_ROW_ALIGNMENT; kernels[k].is_supported() && stride <= MOST; stride += stride < 448 ? 64 : MOST - 448) {
			memset(rows, 127, stride);
			memset(rows + stride, -127, stride);
			for (size_t i = 0; i < stride; i++)
				rows[2 * stride + i] = (int8_t)(i % 255 - 127);
			for (size_t i = 0; i < stride; i++)
				query[i] = 1;
			check_extreme(&kernels[k], rows, stride, query, "ones");
			for (size_t i = 0; i < stride; i++)
				query[i] = i % 3 ? -0.25f : 0.25f;
			check_extreme(&kernels[k], rows, stride, query, "both signs");
			for (size_t i = 0; i < stride; i++)
				query[i] = i == 5 ? -3 : 1e-3f * (float)i / (float)stride;
			check_extreme(&kernels[k], rows, stride, query, "one large");
			memset(query, 0, sizeof query);
			check_extreme(&kernels[k], rows, stride, query, "nothing");
		}
}

/* Test vectors of the algorithm's author. */
TEST(test_vectors_sum)
{
	CHECK(spi_vectors_sum(0, "", 0) == 0xEF46DB3751D8E999u);
	CHECK(spi_vectors_sum(0, "a", 1) == 0xD24EC4F1A98C6E5Bu);
	CHECK(spi_vectors_sum(0, "abc", 3) == 0x44BC2CF5AD770999u);
	CHECK(spi_vectors_sum(0, "Nobody inspects the spammish repetition", 39) == 0xFBCEA83C8A378BF1u);
}
