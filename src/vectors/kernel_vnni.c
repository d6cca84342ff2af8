/* The multiply-and-add of bytes that came with AVX-512, 32 at once: rows of tokens are often no multiple of 64. */
#include "vectors/kernels.h"

#ifdef __x86_64__

#include <immintrin.h>

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

#else
typedef int spi_no_vnni; /* ISO C wants something in every file */
#endif
