/*
 * Many rows and one query by the multiply-and-add of bytes that came with AVX-512. The query is taken as integers of 24 bits, in three digits
 * of a byte each: a number moves by less than 1/16,000,000 of the largest, which is less than adding up in floats loses.
 */
#include "vectors/kernels.h"

#ifdef __x86_64__

#include "sportello/vectors.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#define VNNI __attribute__((target("avx2,fma,avx512f,avx512vl,avx512vnni")))
#define VNNI_INLINE VNNI __attribute__((always_inline)) static inline

#define DIGITS 3
#define BASE 256
/* The largest integer that has three digits of -128..127, and its negative too. */
#define LARGEST (127.0f * BASE * BASE)
#define STEP 64
/* Numbers in the sentence vectors that are usual: all digits stay in registers. */
#define USUAL 384

typedef struct digits {
	__m512i at[SP_VECTORS_DIMENSIONS_MAX / STEP][DIGITS];
	__m512i begin[DIGITS]; /* sums begin here: what 128 more in each of a row's numbers adds to them, taken away */
	float step;            /* worth of 1 */
} digits;

static float largest_of(const float *query, size_t n)
{
	float largest = 0;
	for (size_t i = 0; i < n; i++)
		largest = fmaxf(largest, fabsf(query[i]));
	return largest;
}

/* The lowest digit first; each is the nearest to what is left, so that the others make up for it. */
VNNI static void take_digits(const float *query, size_t n, digits *ret)
{
	const __m512i all_128 = _mm512_set1_epi8(-128);
	float largest = largest_of(query, n);
	int8_t bytes[DIGITS][STEP];
	ret->step = largest / LARGEST;
	memset(ret->begin, 0, sizeof ret->begin);
	for (size_t i = 0; i < n; i += STEP) {
		for (size_t k = 0; k < STEP; k++) {
			int32_t left = largest > 0 ? (int32_t)lrintf(query[i + k] / largest * LARGEST) : 0;
			for (int d = 0; d < DIGITS; d++) {
				bytes[d][k] = (int8_t)left;
				left = (left - bytes[d][k]) / BASE;
			}
		}
		for (int d = 0; d < DIGITS; d++) {
			__m512i digit = _mm512_loadu_si512(bytes[d]);
			ret->at[i / STEP][d] = digit;
			ret->begin[d] = _mm512_sub_epi32(ret->begin[d], _mm512_dpbusd_epi32(_mm512_setzero_si512(), all_128, digit));
		}
	}
}

/* One row's products, to be added up. One row after the other is one stream from memory, which the processor sees coming: four at once, or
   rows asked for ahead, take longer. */
VNNI_INLINE __m512 dot_row(const int8_t *row, const digits *query, size_t n)
{
	const __m512i sign = _mm512_set1_epi8(-128);
	__m512i sums[DIGITS];
	for (int d = 0; d < DIGITS; d++)
		sums[d] = query->begin[d];
#pragma GCC unroll 6
	for (size_t i = 0; i < n; i += STEP) {
		__m512i numbers = _mm512_xor_si512(_mm512_loadu_si512(row + i), sign);
#pragma GCC unroll 3
		for (int d = 0; d < DIGITS; d++)
			sums[d] = _mm512_dpbusd_epi32(sums[d], numbers, query->at[i / STEP][d]);
	}
	__m512 low = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[1]), _mm512_set1_ps(BASE), _mm512_cvtepi32_ps(sums[0]));
	return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[2]), _mm512_set1_ps(BASE * BASE), low);
}

VNNI_INLINE __m512 pairs_of(__m512 a, __m512 b)
{
	return _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
}

/* The sums of four registers, in the order of the registers; all are added up alike. */
VNNI_INLINE __m128 add_up_4(const __m512 x[SPI_ROWS_AT_ONCE])
{
	__m512d low = _mm512_castps_pd(pairs_of(x[0], x[1])), high = _mm512_castps_pd(pairs_of(x[2], x[3]));
	__m512 sums = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(low, high)), _mm512_castpd_ps(_mm512_unpackhi_pd(low, high)));
	__m256 upper = _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(sums), 1));
	__m256 half = _mm256_add_ps(_mm512_castps512_ps256(sums), upper);
	return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

VNNI_INLINE void dot_rows(const spi_row_run *run, const digits *query, size_t n, float *ret)
{
	const __m128 step = _mm_set1_ps(query->step);
	for (size_t i = 0; i < run->count; i += SPI_ROWS_AT_ONCE) {
		__m512 products[SPI_ROWS_AT_ONCE];
		float sums[SPI_ROWS_AT_ONCE];
#pragma GCC unroll 4
		for (size_t k = 0; k < SPI_ROWS_AT_ONCE; k++)
			products[k] = dot_row(spi_row_of(run, i + k), query, n);
		_mm_storeu_ps(sums, _mm_mul_ps(add_up_4(products), step));
		spi_scale_dots(run, i, sums, ret);
	}
}

VNNI void spi_dot_rows_vnni(const spi_row_run *run, const float *query, float *ret)
{
	digits taken;
	take_digits(query, run->stride, &taken);
	if (run->stride == USUAL)
		dot_rows(run, &taken, USUAL, ret);
	else
		dot_rows(run, &taken, run->stride, ret);
}

#else
typedef int spi_no_vnni_rows; /* ISO C wants something in every file */
#endif
