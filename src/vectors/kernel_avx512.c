/* AVX-512: 16 numbers at once. */
#include "vectors/kernels.h"

#ifdef __x86_64__

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f")))

AVX512 static inline __m512 widen(const int8_t *at)
{
	return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)at)));
}

/* Rows are asked for from memory so many before they are worked on: tens of thousands of them are in no cache when a question comes. */
#define AHEAD 8

/* Two sums a row: an addition takes some cycles, and the next one need not wait for it. */
AVX512 void spi_dot_avx512(const int8_t *const row[SPI_ROWS_AT_ONCE], const float *query, size_t n, float ret[SPI_ROWS_AT_ONCE])
{
	__m512 even[SPI_ROWS_AT_ONCE], odd[SPI_ROWS_AT_ONCE];
	for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
		even[k] = odd[k] = _mm512_setzero_ps();
	for (size_t i = 0; i < n; i += 32) {
#pragma GCC unroll 4
		for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
			_mm_prefetch((const char *)row[k] + AHEAD * n + i, _MM_HINT_T0);
		__m512 q0 = _mm512_loadu_ps(query + i), q1 = _mm512_loadu_ps(query + i + 16);
#pragma GCC unroll 4
		for (int k = 0; k < SPI_ROWS_AT_ONCE; k++) {
			even[k] = _mm512_fmadd_ps(widen(row[k] + i), q0, even[k]);
			odd[k] = _mm512_fmadd_ps(widen(row[k] + i + 16), q1, odd[k]);
		}
	}
	for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
		ret[k] = _mm512_reduce_add_ps(_mm512_add_ps(even[k], odd[k]));
}

#else
typedef int spi_no_avx512; /* ISO C wants something in every file */
#endif
