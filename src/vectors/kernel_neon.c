/* Advanced SIMD of 64-bit ARM: 4 numbers at once, loaded by 16. */
#include "vectors/kernels.h"

#ifdef __aarch64__

#include <arm_neon.h>

typedef struct sums {
	float32x4_t a, b;
} sums;

static inline float32x4_t widen_low(int16x8_t x)
{
	return vcvtq_f32_s32(vmovl_s16(vget_low_s16(x)));
}

static inline float32x4_t widen_high(int16x8_t x)
{
	return vcvtq_f32_s32(vmovl_high_s16(x));
}

static inline sums add_16(sums s, const int8_t *row, const float32x4_t q[4])
{
	int8x16_t bytes = vld1q_s8(row);
	int16x8_t low = vmovl_s8(vget_low_s8(bytes)), high = vmovl_high_s8(bytes);
	s.a = vfmaq_f32(s.a, widen_low(low), q[0]);
	s.b = vfmaq_f32(s.b, widen_high(low), q[1]);
	s.a = vfmaq_f32(s.a, widen_low(high), q[2]);
	s.b = vfmaq_f32(s.b, widen_high(high), q[3]);
	return s;
}

void spi_dot_neon(const int8_t *const row[SPI_ROWS_AT_ONCE], const float *query, size_t n, float ret[SPI_ROWS_AT_ONCE])
{
	sums s[SPI_ROWS_AT_ONCE];
	for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
		s[k] = (sums){vdupq_n_f32(0), vdupq_n_f32(0)};
	for (size_t i = 0; i < n; i += 16) {
		const float32x4_t q[4] = {
			vld1q_f32(query + i), vld1q_f32(query + i + 4), vld1q_f32(query + i + 8), vld1q_f32(query + i + 12)};
#pragma GCC unroll 4
		for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
			s[k] = add_16(s[k], row[k] + i, q);
	}
	for (int k = 0; k < SPI_ROWS_AT_ONCE; k++)
		ret[k] = vaddvq_f32(vaddq_f32(s[k].a, s[k].b));
}

/* Two products fit in 16 bits: 2 x 128 x 127 = 32512. */
static inline int32x4_t add_tokens(int32x4_t sum, int8x16_t row, int8x16_t question)
{
	int16x8_t products = vmlal_high_s8(vmull_s8(vget_low_s8(row), vget_low_s8(question)), row, question);
	return vpadalq_s16(sum, products);
}

void spi_max_dot_neon(const int8_t *rows, size_t row_bytes, size_t count, const int8_t *const question[SPI_QUESTIONS_AT_ONCE],
	int32_t ret[SPI_QUESTIONS_AT_ONCE])
{
	int32x4_t best = vdupq_n_s32(INT32_MIN);
	for (const int8_t *row = rows, *end = rows + count * row_bytes; row < end; row += row_bytes) {
		int32x4_t sums[SPI_QUESTIONS_AT_ONCE];
		for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++)
			sums[k] = vdupq_n_s32(0);
		for (size_t i = 0; i < row_bytes; i += 16) {
			int8x16_t numbers = vld1q_s8(row + i);
#pragma GCC unroll 4
			for (int k = 0; k < SPI_QUESTIONS_AT_ONCE; k++)
				sums[k] = add_tokens(sums[k], numbers, vld1q_s8(question[k] + i));
		}
		best = vmaxq_s32(best, vpaddq_s32(vpaddq_s32(sums[0], sums[1]), vpaddq_s32(sums[2], sums[3])));
	}
	vst1q_s32(ret, best);
}

#else
typedef int spi_no_neon; /* ISO C wants something in every file */
#endif
