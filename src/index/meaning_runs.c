#include "index/meaning_runs.h"

#include "index/meaning_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool continues(const sp_vector_row *labels, size_t i)
{
	return i > 0 && labels[i].owner == labels[i - 1].owner && labels[i].kind == labels[i - 1].kind;
}

sp_status spi_runs_find(const sp_vector_row *labels, size_t count, spi_runs *ret, sp_error *err)
{
	size_t runs = 0;
	for (size_t i = 0; i < count; i++)
		runs += !continues(labels, i);
	*ret = (spi_runs){.items = calloc(runs + 1, sizeof *ret->items)};
	if (!ret->items)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < count; i++) {
		if (!continues(labels, i))
			ret->items[ret->count++] = (spi_run){
				.owner = labels[i].owner, .lang = spi_row_lang_of(labels[i].kind), .kind = spi_row_kind_of(labels[i].kind), .first = i};
		spi_run *run = &ret->items[ret->count - 1];
		run->count++;
		if ((unsigned)run->lang >= SP_LANG_COUNT || (unsigned)run->kind >= SPI_ROW_KINDS)
			return sp_error_set(err, SP_ERR_CORRUPT, NULL, 0, "a vector is of what this version does not know; the index is built again");
	}
	return SP_OK;
}

void spi_runs_release(spi_runs *runs)
{
	free(runs->items);
	*runs = (spi_runs){0};
}

/* Four side by side: a run's are enough of them that the time for one after the other counts. */
#define BESIDE 4
typedef float four __attribute__((vector_size(BESIDE * sizeof(float))));
typedef int32_t four_int __attribute__((vector_size(BESIDE * sizeof(int32_t))));

static inline four select_four(four_int which, four a, four b)
{
	return (four)((which & (four_int)a) | (~which & (four_int)b));
}

/* Side by side, each x where it is more than what stands there, and what stood there goes down. */
static inline void sift_four(four x, four highest[SPI_HIGHEST])
{
#pragma GCC unroll 5
	for (int k = 0; k < SPI_HIGHEST; k++) {
		four_int changed = ((four_int)x ^ (four_int)highest[k]) & (x > highest[k]);
		highest[k] = (four)((four_int)highest[k] ^ changed);
		x = (four)((four_int)x ^ changed);
	}
}

static inline void sift(float x, float highest[SPI_HIGHEST])
{
#pragma GCC unroll 5
	for (int k = 0; k < SPI_HIGHEST; k++) {
		float was = highest[k];
		highest[k] = x > was ? x : was;
		x = x > was ? was : x;
	}
}

void spi_run_highest(const float *near, size_t count, float highest[SPI_HIGHEST])
{
	four beside[SPI_HIGHEST];
	size_t whole = count / BESIDE * BESIDE;
	for (int k = 0; k < SPI_HIGHEST; k++)
		beside[k] = (four){0} - INFINITY;
	for (size_t i = 0; i < whole; i += BESIDE) {
		four x;
		memcpy(&x, near + i, sizeof x);
		sift_four(x, beside);
	}
	for (int k = 0; k < SPI_HIGHEST && whole > 0; k++)
		for (int lane = 0; lane < BESIDE; lane++)
			sift(beside[k][lane], highest);
	for (size_t i = whole; i < count; i++)
		sift(near[i], highest);
}

static inline four most_of(four a, four b)
{
	return select_four(a > b, a, b);
}

/* To within two of the last bit, as expf(). Two to a whole number is a float's exponent; the rest is a series. */
#define LOG2_E 1.44269504f
#define SMALLEST (-80.0f)
#define LARGEST 80.0f
static inline four exp_four(four x)
{
	const four none = {0}, to_whole = none + 0x1.8p23f; /* adding this leaves no bits behind the point */
	x = select_four(x < SMALLEST, none + SMALLEST, x);
	x = select_four(x > LARGEST, none + LARGEST, x);
	four shifted = x * LOG2_E + to_whole, whole = shifted - to_whole;
	four rest = (x - whole * 0x1.62e4p-1f) - whole * 0x1.7f7d1cp-20f; /* log 2 in two parts: the first one's products are exact */
	four series = rest * (1.0f / 720) + 1.0f / 120;
	series = series * rest + 1.0f / 24;
	series = series * rest + 1.0f / 6;
	series = series * rest + 0.5f;
	series = series * rest + 1.0f;
	series = series * rest + 1.0f;
	return (four)((four_int)series + (((four_int)shifted - (four_int)to_whole) << 23));
}

typedef struct sums {
	four most, all;
} sums;

static inline sums add_four(sums s, const float *lengths, float of_mean, float *dots)
{
	four near, length;
	memcpy(&near, dots, sizeof near);
	memcpy(&length, lengths, sizeof length);
	near = (near - of_mean) / length;
	memcpy(dots, &near, sizeof near);
	s.most = most_of(near, s.most);
	s.all += exp_four((near - 1) * SPI_SHARPNESS);
	return s;
}

spi_run_near spi_run_centre(float *dots, const float *lengths, size_t count, float of_mean)
{
	sums s = {.most = (four){0} - INFINITY, .all = {0}};
	size_t whole = count / BESIDE * BESIDE, rest = count - whole;
	for (size_t i = 0; i < whole; i += BESIDE)
		s = add_four(s, lengths + i, of_mean, dots + i);
	if (rest > 0) { /* those that are not there are as far as can be: they add next to nothing */
		float last[BESIDE] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY}, last_lengths[BESIDE] = {1, 1, 1, 1};
		memcpy(last, dots + whole, rest * sizeof *last);
		memcpy(last_lengths, lengths + whole, rest * sizeof *last);
		s = add_four(s, last_lengths, of_mean, last);
		memcpy(dots + whole, last, rest * sizeof *last);
	}
	return (spi_run_near){fmaxf(fmaxf(s.most[0], s.most[1]), fmaxf(s.most[2], s.most[3])), s.all[0] + s.all[1] + (s.all[2] + s.all[3])};
}
