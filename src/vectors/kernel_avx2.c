/* AVX2 with fused multiply-add: 8 numbers at once. */
#include "vectors/kernels.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))

AVX2 static inline __m256 widen(const int8_t *at)
{
	return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)at)));
}

AVX2 static inline float add_up(__m256 x)
{
	__m128 sum = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
	sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
	return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

/* Two sums a row: an addition takes some cycles, and the next one need not wait for it. */
AVX2 void spi_dot_avx2(const int8_t *const row[SPI_ROWS_AT_ONCE], const float *query, size_t n, float ret[SPI_ROWS_AT_ONCE])
{
	__m256 even[SPI_ROWS_AT_ONCE], odd[SPI_ROWS_AT_ONCE];
	for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
		even[k] = odd[k] = _mm256_setzero_ps();
	for (size_t i = 0; i < n; i += 16) {
		__m256 q0 = _mm256_loadu_ps(query + i), q1 = _mm256_loadu_ps(query + i + 8);
#pragma GCC unroll 4
		for (int k = 0; k < SPI_ROWS_AT_ONCE; k++) {
			even[k] = _mm256_fmadd_ps(widen(row[k] + i), q0, even[k]);
			odd[k] = _mm256_fmadd_ps(widen(row[k] + i + 8), q1, odd[k]);
		}
	}
	for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
		ret[k] = add_up(_mm256_add_ps(even[k], odd[k]));
}

/* The sums of four registers' 32-bit numbers, in the order of the registers. */
AVX2 static inline __m128i add_up_4(const __m256i x[SPI_QUESTIONS_AT_ONCE])
{
	__m256i sums = _mm256_hadd_epi32(_mm256_hadd_epi32(x[0], x[1]), _mm256_hadd_epi32(x[2], x[3]));
	return _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}

/*
 * Bytes are multiplied without sign times with sign: the row loses its sign (-128 becomes 128) and the question's number takes it.
 * Two products fit in 16 bits: 2 x 128 x 127 = 32512.
 */
AVX2 void spi_max_dot_avx2(const int8_t *rows, size_t row_bytes, size_t count, const int8_t *const question[SPI_QUESTIONS_AT_ONCE],
	int32_t ret[SPI_QUESTIONS_AT_ONCE])
{
	const __m256i ones = _mm256_set1_epi16(1);
	__m128i best = _mm_set1_epi32(INT32_MIN);
	for (const int8_t *row = rows, *end = rows + count * row_bytes; row < end; row += row_bytes) {
		__m256i sums[SPI_QUESTIONS_AT_ONCE];
		for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++)
			sums[k] = _mm256_setzero_si256();
		for (size_t i = 0; i < row_bytes; i += SPI_TOKEN_STEP) {
			__m256i numbers = _mm256_loadu_si256((const __m256i *)(row + i)), sizes = _mm256_abs_epi8(numbers);
#pragma GCC unroll 4
			for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++) {
				__m256i q = _mm256_sign_epi8(_mm256_loadu_si256((const __m256i *)(question[k] + i)), numbers);
				sums[k] = _mm256_add_epi32(sums[k], _mm256_madd_epi16(_mm256_maddubs_epi16(sizes, q), ones));
			}
		}
		best = _mm_max_epi32(best, add_up_4(sums));
	}
	_mm_storeu_si128((__m128i *)ret, best);
}

#else
typedef int spi_no_avx2; /* ISO C wants something in every file */
#endif
