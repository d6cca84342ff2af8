/* Tokens by the multiply-and-add of bytes that came with AVX-512: a register has 16 numbers of four of the question's tokens, and 16 of a
   row four times. */
#include "vectors/kernels.h"

#ifdef __x86_64__

#include <immintrin.h>

#define VNNI __attribute__((target("avx512f,avx512vl,avx512vnni")))
#define VNNI_INLINE VNNI __attribute__((always_inline)) static inline

#define USUAL_STEPS 6 /* rows of 96 bytes */

/* Sums of four registers' quarters: those of register k at the numbers k of the quarters. */
VNNI_INLINE __m512i pairs_of(__m512i a, __m512i b)
{
	return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}
VNNI_INLINE __m512i add_up_quarters(const __m512i x[4])
{
	__m512i low = pairs_of(x[0], x[1]), high = pairs_of(x[2], x[3]);
	return _mm512_add_epi32(_mm512_unpacklo_epi64(low, high), _mm512_unpackhi_epi64(low, high));
}

/* The largest of each of the question's rows; those of several rows that were worked on at once stand one behind the other. */
static void take_best(const int32_t *found, size_t fours, size_t used, int32_t *ret)
{
	for (size_t f = 0; f < fours; f++)
		for (size_t q = 0; q < SPI_FOUR; q++) {
			int32_t most = INT32_MIN;
			for (size_t at = f; at < used; at += fours) {
				int32_t one = found[at / 4 * 16 + q * 4 + at % 4];
				most = one > most ? one : most;
			}
			ret[f * SPI_FOUR + q] = most;
		}
}

/*
 * Bytes are multiplied without sign times with sign: to the row's numbers 128 is added, and sums begin with what that adds to them taken away.
 * fours, steps  known where this is put in, but for rows that are not usual
 * Of few fours, several rows are worked on at once, so that nothing is empty where quarters are added up.
 */
VNNI_INLINE void max_of(const int8_t *rows, size_t row_bytes, size_t count, const __m512i *question, const size_t fours, size_t steps,
	int32_t *ret)
{
	const size_t together = fours == 1 ? 4 : fours == 2 ? 2 : 1, used = fours * together, filled = (used + 3) / 4;
	const __m512i sign = _mm512_set1_epi8(-128);
	__m512i best[SPI_FOURS_AT_ONCE / 4], sums[SPI_FOURS_AT_ONCE];
	for (size_t k = 0; k < filled; k++)
		best[k] = _mm512_set1_epi32(INT32_MIN);
#pragma GCC unroll 8
	for (size_t k = used; k < 4 * filled; k++)
		sums[k] = _mm512_setzero_si512();
	for (size_t i = 0; i < count; i += together) {
#pragma GCC unroll 4
		for (size_t r = 0; r < together; r++) {
			/* At the end the last row stands in for those that are not there. */
			const int8_t *row = rows + (i + r < count ? i + r : count - 1) * row_bytes;
#pragma GCC unroll 8
			for (size_t f = 0; f < fours; f++)
				sums[r * fours + f] = question[f * (steps + 1) + steps];
#pragma GCC unroll 6
			for (size_t s = 0; s < steps; s++) {
				__m128i some = _mm_loadu_si128((const __m128i *)(row + s * SPI_FOUR_STEP));
				__m512i numbers = _mm512_xor_si512(_mm512_broadcast_i32x4(some), sign);
#pragma GCC unroll 8
				for (size_t f = 0; f < fours; f++)
					sums[r * fours + f] = _mm512_dpbusd_epi32(sums[r * fours + f], numbers, question[f * (steps + 1) + s]);
			}
		}
		for (size_t k = 0; k < filled; k++)
			best[k] = _mm512_max_epi32(best[k], add_up_quarters(sums + 4 * k));
	}
	take_best((const int32_t *)best, fours, used, ret);
}

#define USUAL(fours)                                                              \
	case fours:                                                                   \
		max_of(rows, row_bytes, count, question, fours, USUAL_STEPS, ret);        \
		return

VNNI static void max_usual(const int8_t *rows, size_t row_bytes, size_t count, const __m512i *question, size_t fours, int32_t *ret)
{
	switch (fours) {
		USUAL(1);
		USUAL(2);
		USUAL(3);
		USUAL(4);
		USUAL(5);
		USUAL(6);
		USUAL(7);
		USUAL(8);
	}
}
_Static_assert(SPI_FOURS_AT_ONCE == 8, "there is a case for each number of fours");

VNNI void spi_max_fours_vnni(const int8_t *rows, size_t row_bytes, size_t count, const int8_t *fours, size_t fours_count, int32_t *ret)
{
	const __m512i *question = (const __m512i *)fours;
	size_t steps = SPI_FOUR_STEPS(row_bytes);
	if (steps == USUAL_STEPS) {
		max_usual(rows, row_bytes, count, question, fours_count, ret);
		return;
	}
	for (size_t f = 0; f < fours_count; f++)
		max_of(rows, row_bytes, count, question + f * (steps + 1), 1, steps, ret + f * SPI_FOUR);
}

#else
typedef int spi_no_vnni; /* ISO C wants something in every file */
#endif
