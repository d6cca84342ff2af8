/* The multiply-and-add of bytes that came with AVX-512, 32 at once: rows of tokens are often no multiple of 64. */
#include "vectors/kernels.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <string.h>

#define VNNI __attribute__((target("avx2,avx512f,avx512vl,avx512vnni")))

/* The sums of four registers' 32-bit numbers, in the order of the registers. */
VNNI static inline __m128i add_up_4(const __m256i x[SPI_QUESTIONS_AT_ONCE])
{
	__m256i sums = _mm256_hadd_epi32(_mm256_hadd_epi32(x[0], x[1]), _mm256_hadd_epi32(x[2], x[3]));
	return _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}

/* 128 times the sum of each of the question's rows. */
VNNI static inline __m128i added_to(const int8_t *const question[SPI_QUESTIONS_AT_ONCE], size_t row_bytes)
{
	const __m256i all_128 = _mm256_set1_epi8(-128);
	__m256i sums[SPI_QUESTIONS_AT_ONCE];
	for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++) {
		sums[k] = _mm256_setzero_si256();
		for (size_t i = 0; i < row_bytes; i += SPI_TOKEN_STEP)
			sums[k] = _mm256_dpbusd_epi32(sums[k], all_128, _mm256_loadu_si256((const __m256i *)(question[k] + i)));
	}
	return add_up_4(sums);
}

/* Bytes are multiplied without sign times with sign: to the row's numbers 128 is added. What that adds to the products is the same for all
   rows, and is taken away at the end. */
VNNI void spi_max_dot_vnni(const int8_t *rows, size_t row_bytes, size_t count, const int8_t *const question[SPI_QUESTIONS_AT_ONCE],
	int32_t ret[SPI_QUESTIONS_AT_ONCE])
{
	const __m256i sign = _mm256_set1_epi8(-128);
	__m128i best = _mm_set1_epi32(INT32_MIN);
	for (const int8_t *row = rows, *end = rows + count * row_bytes; row < end; row += row_bytes) {
		__m256i sums[SPI_QUESTIONS_AT_ONCE];
		for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++)
			sums[k] = _mm256_setzero_si256();
		for (size_t i = 0; i < row_bytes; i += SPI_TOKEN_STEP) {
			__m256i numbers = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(row + i)), sign);
#pragma GCC unroll 4
			for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++)
				sums[k] = _mm256_dpbusd_epi32(sums[k], numbers, _mm256_loadu_si256((const __m256i *)(question[k] + i)));
		}
		best = _mm_max_epi32(best, add_up_4(sums));
	}
	_mm_storeu_si128((__m128i *)ret, _mm_sub_epi32(best, added_to(question, row_bytes)));
}

#define WIDE __attribute__((target("avx512f,avx512vl,avx512vnni")))
#define USUAL_GROUPS 24 /* of rows of 96 bytes: all lanes stay in registers */

/* What 128 more in each of the question's numbers adds to a row's products is the same in all lanes, and stands alone in the last one. */
WIDE static inline __m512i best_of(__m512i best, __m512i products)
{
	return _mm512_max_epi32(best, _mm512_sub_epi32(products, _mm512_permutexvar_epi32(_mm512_set1_epi32(SPI_LANES - 1), products)));
}

WIDE static inline __m512i four_of(const int8_t *row, size_t group)
{
	int32_t four;
	memcpy(&four, row + group * SPI_LANE_STEP, sizeof four);
	return _mm512_set1_epi32(four);
}

WIDE static __m512i max_usual(const int8_t *rows, size_t row_bytes, size_t count, const __m512i *lanes)
{
	__m512i held[USUAL_GROUPS], best = _mm512_set1_epi32(INT32_MIN);
#pragma GCC unroll 24
	for (int g = 0; g < USUAL_GROUPS; g++)
		held[g] = _mm512_load_si512(lanes + g);
	for (const int8_t *row = rows, *end = rows + count * row_bytes; row < end; row += row_bytes) {
		__m512i even = _mm512_setzero_si512(), odd = even;
#pragma GCC unroll 24
		for (int g = 0; g < USUAL_GROUPS; g += 2) {
			even = _mm512_dpbusd_epi32(even, held[g], four_of(row, (size_t)g));
			odd = _mm512_dpbusd_epi32(odd, held[g + 1], four_of(row, (size_t)g + 1));
		}
		best = best_of(best, _mm512_add_epi32(even, odd));
	}
	return best;
}

WIDE void spi_max_lanes_vnni(const int8_t *rows, size_t row_bytes, size_t count, const uint8_t *lanes, int32_t ret[SPI_LANES])
{
	const __m512i *of = (const __m512i *)lanes;
	size_t groups = SPI_LANE_GROUPS(row_bytes);
	__m512i best = _mm512_set1_epi32(INT32_MIN);
	if (groups == USUAL_GROUPS) {
		_mm512_storeu_si512(ret, max_usual(rows, row_bytes, count, of));
		return;
	}
	for (const int8_t *row = rows, *end = rows + count * row_bytes; row < end; row += row_bytes) {
		__m512i products = _mm512_setzero_si512();
		for (size_t g = 0; g < groups; g++)
			products = _mm512_dpbusd_epi32(products, _mm512_load_si512(of + g), four_of(row, g));
		best = best_of(best, products);
	}
	_mm512_storeu_si512(ret, best);
}

#else
typedef int spi_no_vnni; /* ISO C wants something in every file */
#endif
