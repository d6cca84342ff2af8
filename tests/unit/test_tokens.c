/* Tokens of one index: their file, and the comparison of a question's with an owner's. */
#include "harness.h"
#include "vectors_bed.h"

#include "base/file.h"
#include "base/hash.h"
#include "vectors/kernels.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- numbers ---- */

/* From -127 to 127 (with_least: from -128), the ends often. */
static void fill(signed char *ret, size_t n, uint64_t seed, bool with_least)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		int number = (int)(seed >> 33) % 255 - 127, kind = (int)(seed >> 20 & 7);
		ret[i] = (signed char)(kind == 0 ? 127 : kind == 1 ? (with_least ? -128 : -127) : number);
	}
}

static int32_t dot(const signed char *a, const signed char *b, size_t n)
{
	int32_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static double length(const signed char *row, size_t n)
{
	return sqrt(dot(row, row, n));
}

/* The sum of the largest products of each of the question's rows with one of the others; the plain way. */
static double max_sim(const signed char *question, size_t count, const signed char *rows, size_t rows_count, size_t n)
{
	double sum = 0;
	for (size_t q = 0; q < count; q++) {
		int32_t best = INT32_MIN;
		for (size_t r = 0; r < rows_count; r++)
			best = dot(question + q * n, rows + r * n, n) > best ? dot(question + q * n, rows + r * n, n) : best;
		sum += best;
	}
	return sum;
}

static double of_lengths(const signed char *question, size_t count, size_t n)
{
	double sum = 0;
	for (size_t q = 0; q < count; q++)
		sum += length(question + q * n, n);
	return 127 * sum;
}

/* ---- kernels ---- */

/* The question's rows again and again, of every number that is asked at once; what is behind the result stays. */
static void check_fours(const spi_token_kernel *kernel, const int8_t *rows, size_t width, size_t count, const signed char *question,
	const int32_t plain[SPI_QUESTIONS_AT_ONCE])
{
	enum { MOST = SPI_FOURS_AT_ONCE * SPI_FOUR };
	int8_t *fours = aligned_alloc(SPI_FOUR_BYTES, SPI_FOURS_AT_ONCE * spi_four_bytes(width));
	signed char *asked = malloc(MOST * width);
	int32_t got[MOST + 1];
	REQUIRE(fours && asked);
	for (size_t i = 0; i < MOST; i++)
		memcpy(asked + i * width, question + i % SPI_QUESTIONS_AT_ONCE * width, width);
	for (size_t times = 1; times <= SPI_FOURS_AT_ONCE; times++)
		for (size_t last = 1; last <= SPI_FOUR; last++) {
			size_t n = (times - 1) * SPI_FOUR + last;
			spi_lay_fours(asked, n, width, fours);
			got[times * SPI_FOUR] = 12345;
			kernel->max_fours(rows, width, count, fours, times, got);
			CHECK_INT(got[times * SPI_FOUR], 12345);
			for (size_t i = 0; i < n; i++)
				if (got[i] != plain[i % SPI_QUESTIONS_AT_ONCE])
					harness_fail(__FILE__, __LINE__, "%s, %zu rows of %zu, token %zu of %zu: %d, scalar %d", kernel->name, count, width, i, n,
						got[i], plain[i % SPI_QUESTIONS_AT_ONCE]);
		}
	free(fours), free(asked);
}

/* Rows of every width that has an end of another kind, at the end of the room, with what is not zero behind them. */
static void check_kernel(const spi_token_kernel *kernel, size_t width, size_t count, bool extreme)
{
	const size_t stride = (width + SPI_TOKEN_STEP - 1) / SPI_TOKEN_STEP * SPI_TOKEN_STEP;
	size_t size = width * count + SPI_TOKEN_STEP;
	int8_t *rows = malloc(size), *padded = calloc(SPI_QUESTIONS_AT_ONCE, stride);
	signed char *question = malloc(SPI_QUESTIONS_AT_ONCE * width);
	const int8_t *at[SPI_QUESTIONS_AT_ONCE];
	int32_t got[SPI_QUESTIONS_AT_ONCE], plain[SPI_QUESTIONS_AT_ONCE];
	REQUIRE(rows && padded && question);
	fill(rows, size, width * 131 + count, true);
	fill(question, SPI_QUESTIONS_AT_ONCE * width, width, false);
	for (size_t k = 0; k < SPI_QUESTIONS_AT_ONCE; k++) {
		if (extreme) /* the largest sums of each sign */
			memset(question + k * width, k & 1 ? 127 : -127, width);
		memcpy(padded + k * stride, question + k * width, width);
		at[k] = padded + k * stride;
	}
	if (extreme)
		memset(rows, count & 1 ? -128 : 127, size);
	spi_max_dot_scalar(rows, width, count, at, plain);
	memcpy(got, plain, sizeof got);
	if (kernel->max_dot)
		kernel->max_dot(rows, width, count, at, got);
	for (size_t k = 0; k < SPI_QUESTIONS_AT_ONCE; k++) {
		double want = max_sim(question + k * width, 1, rows, count, width);
		if (got[k] != (int32_t)want || plain[k] != got[k])
			harness_fail(__FILE__, __LINE__, "%s, %zu rows of %zu, question %zu: %d, scalar %d, wanted %.0f", kernel->name, count,
				width, k, got[k], plain[k], want);
	}
	if (kernel->max_fours)
		check_fours(kernel, rows, width, count, question, plain);
	free(rows), free(padded), free(question);
}

TEST(test_tokens_kernels_agree)
{
	static const size_t widths[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 95, 96, 97, 100, 127, 128, 129, 383, 1000, 1023, 1024};
	static const size_t counts[] = {1, 2, 3, 7, 80};
	size_t kernels_count, supported = 0;
	const spi_token_kernel *kernels = spi_token_kernels(&kernels_count);
	CHECK_STR(kernels[kernels_count - 1].name, "scalar");
	for (size_t k = 0; k < kernels_count; k++) {
		if (!kernels[k].is_supported())
			continue;
		if (supported++ == 0)
			CHECK_STR(spi_token_kernel_choose()->name, kernels[k].name);
		for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
			for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
				check_kernel(&kernels[k], widths[w], counts[c], false);
				check_kernel(&kernels[k], widths[w], counts[c], true);
			}
	}
	CHECK(supported >= 1);
}

/* ---- an index ---- */

typedef struct sample {
	char path[600];
	sp_token_passage passages[40];
	signed char *rows;
	size_t count, rows_count, width;
	sp_token_file *tokens;
} sample;

/* Owners 2, 5, 8…, of 1 to 4 passages; passage i of i % 9 rows: some have none, and owner 2 has a single one with none. */
static void make_sample(sample *s, const char *name, size_t width)
{
	*s = (sample){.width = width, .count = sizeof s->passages / sizeof *s->passages};
	snprintf(s->path, sizeof s->path, "%s/%s-%zu", harness_folder(), name, width);
	uint32_t owner = 2;
	for (size_t i = 0, left = 1; i < s->count; i++) {
		s->passages[i] = (sp_token_passage){owner, (uint32_t)i % 9};
		s->rows_count += i % 9;
		if (--left == 0)
			owner += 3, left = i % 4 + 1;
	}
	s->rows = malloc(s->rows_count * width);
	fill(s->rows, s->rows_count * width, width, false);
}

static bool open_sample(sample *s, const char *name, size_t width)
{
	make_sample(s, name, width);
	return sp_token_file_write(s->path, s->passages, s->count, s->rows, width, NULL) == SP_OK &&
		   sp_token_file_open(s->path, &s->tokens, NULL) == SP_OK;
}

static void close_sample(sample *s)
{
	sp_token_file_close(s->tokens);
	free(s->rows);
}

/* What compare is to give, by the plain way; false when the owner is not there. */
static bool expect(const sample *s, uint32_t owner, const signed char *question, size_t count, double *ret_best, double *ret_all)
{
	size_t row = 0, first = 0, all = 0;
	bool is_there = false, has_rows = false;
	double lengths = of_lengths(question, count, s->width);
	*ret_best = *ret_all = 0;
	for (size_t i = 0; i < s->count; row += s->passages[i++].count) {
		if (s->passages[i].owner != owner)
			continue;
		first = is_there ? first : row;
		is_there = true;
		all += s->passages[i].count;
		if (s->passages[i].count == 0)
			continue;
		double sum = max_sim(question, count, s->rows + row * s->width, s->passages[i].count, s->width);
		*ret_best = !has_rows || sum > *ret_best ? sum : *ret_best;
		has_rows = true;
	}
	if (has_rows)
		*ret_all = max_sim(question, count, s->rows + first * s->width, all, s->width);
	*ret_best = lengths > 0 ? *ret_best / lengths : 0;
	*ret_all = lengths > 0 ? *ret_all / lengths : 0;
	return is_there;
}

/* One question is held against files of rows of different lengths in turn: its room is used again. */
static bool compare(const sp_token_file *tokens, uint32_t owner, const signed char *rows, size_t count, float *ret_best, float *ret_all)
{
	static sp_token_question *question;
	if (!question)
		question = sp_token_question_new();
	return question && sp_token_question_set(question, rows, count, sp_token_file_row_bytes(tokens), NULL) == SP_OK &&
		sp_token_file_compare(tokens, owner, question, ret_best, ret_all);
}

static void check_compare(size_t width)
{
	static const size_t counts[] = {0, 1, 3, 4, 5, 15, SP_ENCODE_TOKENS_MAX};
	static signed char question[SP_ENCODE_TOKENS_MAX * SP_TOKEN_BYTES_MAX];
	sample s;
	size_t owners = 0;
	REQUIRE(open_sample(&s, "compare", width));
	fill(question, sizeof question, 99, false);
	for (size_t i = 0; i < width; i++) /* a token that says little, and one that says nothing */
		question[width + i] /= 16, question[2 * width + i] = 0;
	for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
		for (uint32_t owner = 0; owner < 60; owner++) {
			double best, all;
			float got_best = 7, got_all = 7;
			bool want = expect(&s, owner, question, counts[c], &best, &all);
			bool got = compare(s.tokens, owner, question, counts[c], &got_best, &got_all);
			owners += want;
			if (got != want || fabs((double)got_best - best) > 1e-6 * (1 + fabs(best)) || fabs((double)got_all - all) > 1e-6 * (1 + fabs(all)))
				harness_fail(__FILE__, __LINE__, "width %zu, %zu rows, owner %u: %d %g %g, wanted %d %g %g", width, counts[c], owner,
					got, (double)got_best, (double)got_all, want, best, all);
		}
	CHECK(owners >= 7 * 10);
	close_sample(&s);
}

TEST(test_tokens_compare)
{
	static const size_t widths[] = {1, 3, 31, 32, 64, 96, 100, 128, 1023, 1024};
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
		check_compare(widths[i]);
}

/* A passage of the question's own words in it is 1; of their opposites, -1; the best of both, 1. */
TEST(test_tokens_compare_by_hand)
{
	/* Two words, then their opposites; the second alone; nothing. */
	static const sp_token_passage passages[] = {{7, 2}, {7, 2}, {9, 1}, {10, 0}};
	static const signed char rows[] = {127, 0, 0, 127, -127, 0, 0, -127, 0, 127};
	/* One word in each of two passages; the first's opposite beside a passage of nothing. */
	static const sp_token_passage apart[] = {{1, 1}, {1, 1}, {2, 1}, {2, 0}};
	static const signed char words[] = {127, 0, 0, 127, -127, 0};
	static const signed char question[] = {127, 0, 0, 127}, weak[] = {127, 0, 0, 64}, none[] = {0, 0};
	char path[600];
	sp_token_file *tokens = NULL;
	float best, all;
	snprintf(path, sizeof path, "%s/by-hand", harness_folder());
	REQUIRE(sp_token_file_write(path, passages, 4, rows, 2, NULL) == SP_OK && sp_token_file_open(path, &tokens, NULL) == SP_OK);
	CHECK(compare(tokens, 7, question, 2, &best, &all) && best == 1 && all == 1);
	CHECK(compare(tokens, 9, question, 2, &best, &all) && best == 0.5f && all == 0.5f);
	CHECK(compare(tokens, 9, weak, 2, &best, &all) && fabsf(best - 64.0f / (127 + 64)) < 1e-6f && all == best);
	CHECK(compare(tokens, 10, question, 2, &best, &all) && best == 0 && all == 0);
	CHECK(compare(tokens, 7, none, 1, &best, &all) && best == 0 && all == 0);
	CHECK(!compare(tokens, 8, question, 2, &best, &all) && best == 0 && all == 0);
	sp_token_file_close(tokens);
	REQUIRE(sp_token_file_write(path, apart, 4, words, 2, NULL) == SP_OK && sp_token_file_open(path, &tokens, NULL) == SP_OK);
	CHECK(compare(tokens, 1, question, 2, &best, &all) && best == 0.5f && all == 1);
	CHECK(compare(tokens, 2, question, 1, &best, &all) && best == -1 && all == -1);
	sp_token_file_close(tokens);
}

/* ---- the file ---- */

/* What is read is what was written; written again it is the same file. */
TEST(test_tokens_come_back)
{
	static const size_t widths[] = {1, 96, 100, 1024};
	for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
		sample s;
		char again[640];
		size_t count = 0;
		const signed char *rows = NULL;
		REQUIRE(open_sample(&s, "back", widths[i]));
		const sp_token_passage *passages = sp_token_file_passages(s.tokens, &count, &rows);
		CHECK(sp_token_file_row_bytes(s.tokens) == widths[i] && count == s.count);
		CHECK(memcmp(passages, s.passages, sizeof s.passages) == 0 && memcmp(rows, s.rows, s.rows_count * widths[i]) == 0);
		snprintf(again, sizeof again, "%s-again", s.path);
		CHECK(sp_token_file_write(again, passages, count, rows, widths[i], NULL) == SP_OK && same_files(s.path, again));
		close_sample(&s);
	}
}

TEST(test_tokens_none)
{
	static const sp_token_passage empty = {3, 0};
	static const signed char question[96] = {127};
	char path[600];
	float best, all;
	snprintf(path, sizeof path, "%s/none", harness_folder());
	for (size_t passages = 0; passages < 2; passages++) {
		sp_token_file *tokens = NULL;
		size_t count = 9;
		const signed char *rows;
		REQUIRE(sp_token_file_write(path, &empty, passages, NULL, 96, NULL) == SP_OK && sp_token_file_open(path, &tokens, NULL) == SP_OK);
		(void)sp_token_file_passages(tokens, &count, &rows);
		CHECK_INT(count, passages);
		CHECK(compare(tokens, 3, question, 1, &best, &all) == (passages == 1) && best == 0 && all == 0);
		sp_token_file_close(tokens);
	}
	sp_token_file_close(NULL);
}

/* Rows of another length than the owner's are no rows. */
TEST(test_tokens_of_another_length)
{
	static const sp_token_passage one = {3, 1};
	static const signed char row[] = {127, 0}, question[] = {127, 0, 0};
	char path[600];
	sp_token_file *tokens = NULL;
	sp_token_question *q = sp_token_question_new();
	float best = 7, all = 7;
	snprintf(path, sizeof path, "%s/length", harness_folder());
	REQUIRE(q && sp_token_file_write(path, &one, 1, row, 2, NULL) == SP_OK && sp_token_file_open(path, &tokens, NULL) == SP_OK);
	CHECK(sp_token_file_compare(tokens, 3, q, &best, &all) && best == 0 && all == 0);
	REQUIRE(sp_token_question_set(q, question, 1, 3, NULL) == SP_OK);
	CHECK(sp_token_file_compare(tokens, 3, q, &best, &all) && best == 0 && all == 0);
	REQUIRE(sp_token_question_set(q, question, 1, 2, NULL) == SP_OK);
	CHECK(sp_token_file_compare(tokens, 3, q, &best, &all) && best == 1 && all == 1);
	sp_token_file_close(tokens);
	sp_token_question_free(q);
	sp_token_question_free(NULL);
}

TEST(test_tokens_refused)
{
	static const sp_token_passage order[] = {{1, 1}, {3, 1}, {2, 1}}, apart[] = {{1, 1}, {2, 1}, {1, 1}}, many[] = {{1, UINT32_MAX}, {1, 1}};
	static const signed char rows[3 * SP_TOKEN_BYTES_MAX];
	char path[600];
	sp_token_file *tokens = NULL;
	sp_error err = {0};
	snprintf(path, sizeof path, "%s/tokens-refused", harness_folder());
	CHECK_INT(sp_token_file_open(path, &tokens, NULL), SP_ERR_NOT_FOUND);
	CHECK_INT(sp_token_file_write(path, order, 3, rows, 4, &err), SP_ERR_INVALID);
	CHECK_HAS(err.text, "passage 2 is of article 2");
	CHECK_INT(sp_token_file_write(path, apart, 3, rows, 4, NULL), SP_ERR_INVALID);
	CHECK_INT(sp_token_file_write(path, order, 1, rows, 0, NULL), SP_ERR_TOO_LARGE);
	CHECK_INT(sp_token_file_write(path, order, 1, rows, SP_TOKEN_BYTES_MAX + 1, NULL), SP_ERR_TOO_LARGE);
	CHECK_INT(sp_token_file_write(path, many, 2, rows, 1, NULL), SP_ERR_TOO_LARGE);
	CHECK(!spi_exists(path));
	CHECK_INT(sp_token_file_open(harness_folder(), &tokens, NULL), SP_ERR_CORRUPT);
	/* The other kind of file. */
	float row[4] = {1};
	sp_vector_row label = {1, 0};
	sp_vectors *vectors = NULL;
	CHECK(sp_vectors_write(path, row, &label, 1, 4, NULL) == SP_OK && sp_token_file_open(path, &tokens, NULL) == SP_ERR_CORRUPT);
	CHECK(sp_token_file_write(path, order, 1, rows, 4, NULL) == SP_OK && sp_vectors_open(path, &vectors, NULL) == SP_ERR_CORRUPT);
	CHECK(tokens == NULL && vectors == NULL);
}

/* Every byte counts, and every length but the right one is wrong. */
TEST(test_tokens_damaged)
{
	static const sp_token_passage passages[] = {{1, 2}, {4, 1}};
	signed char rows[3 * 40];
	char path[600];
	sp_token_file *tokens = NULL;
	fill(rows, sizeof rows, 1, false);
	snprintf(path, sizeof path, "%s/tokens-damaged", harness_folder());
	REQUIRE(sp_token_file_write(path, passages, 2, rows, 40, NULL) == SP_OK);
	long size = size_of(path);
	for (long at = 0; at < size; at++) {
		REQUIRE(flip(path, at));
		sp_status status = sp_token_file_open(path, &tokens, NULL);
		if (status != (at >= 8 && at < 12 ? SP_ERR_NEWER : SP_ERR_CORRUPT))
			harness_fail(__FILE__, __LINE__, "byte %ld: %s", at, sp_status_name(status));
		REQUIRE(flip(path, at));
	}
	CHECK_INT(sp_token_file_open(path, &tokens, NULL), SP_OK);
	sp_token_file_close(tokens);
	CHECK(truncate(path, size + 1) == 0 && sp_token_file_open(path, &tokens, NULL) == SP_ERR_CORRUPT);
	for (long cut = size - 1; cut >= 0; cut--)
		CHECK(truncate(path, cut) == 0 && sp_token_file_open(path, &tokens, NULL) == SP_ERR_CORRUPT);
}
