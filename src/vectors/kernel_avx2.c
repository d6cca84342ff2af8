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

#else
typedef int spi_no_avx2; /* ISO C wants something in every file */
#endif
