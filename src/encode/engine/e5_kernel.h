/* Products of matrices for the engine's 4-bit weights (Q4_0: blocks of 32, each with a scale), with AVX2 or AVX-512 VNNI. The weights are laid
   out anew so that a lane of a register is a row: a block of ROWS rows is ROWS scales, then four times ROWS x 4 bytes; byte k of row r in
   the i-th of them holds weight 4i + k in its low half and weight 16 + 4i + k in its high one. What the engine adds up across a register
   for each number stays in its lane here, which takes an eighth of the instructions. Included by e5_tokens.c after the engine. */
#ifndef ENCODE_ENGINE_E5_KERNEL_H
#define ENCODE_ENGINE_E5_KERNEL_H

#if defined(__AVX512VNNI__)
#define ROWS 16
typedef __m512 lanes;
typedef __m512i bytes;
#else
#define ROWS 8
typedef __m256 lanes;
typedef __m256i bytes;
#endif
#define PARTS (QK / 8)                       /* registers of a block, two weights a byte */
#define TILE 8                               /* tokens that are multiplied with a block while it is there */
#define BLOCK_BYTES (ROWS * sizeof(block_q4_0)) /* as many as the engine's */

/* A matrix of rows x columns, laid out so. */
typedef struct packed {
	unsigned char *blocks;
	int rows, columns;
} packed;

/* Activations as the engine quantises them, each block of 32 with its scale; offsets: what weights of 0 to 15 count too much. */
typedef struct quantised {
	int8_t *values;
	float *scales;
	int32_t *offsets;
} quantised;

static void pack_block(const block_q4_0 *from, size_t row_blocks, unsigned char *to)
{
	for (int row = 0; row < ROWS; row++) {
		const block_q4_0 *block = from + (size_t)row * row_blocks;
		memcpy(to + row * sizeof block->d, &block->d, sizeof block->d);
		for (int part = 0; part < PARTS; part++)
			memcpy(to + ROWS * sizeof block->d + (size_t)(part * ROWS + row) * 4, block->qs + part * 4, 4);
	}
}

/* Puts a matrix of the engine's below those that are there. */
static void pack(packed *m, int first_row, int rows, const block_q4_0 *weights)
{
	size_t row_blocks = (size_t)m->columns / QK;
	for (int row = 0; row < rows; row += ROWS)
		for (size_t b = 0; b < row_blocks; b++)
			pack_block(weights + (size_t)row * row_blocks + b, row_blocks,
				m->blocks + ((size_t)(first_row + row) / ROWS * row_blocks + b) * BLOCK_BYTES);
}

static int open_packed(packed *m, int rows, int columns)
{
	*m = (packed){malloc((size_t)rows / ROWS * ((size_t)columns / QK) * BLOCK_BYTES), rows, columns};
	return m->blocks ? 0 : -1;
}

static void close_packed(packed *m)
{
	free(m->blocks);
}

#define MOST 127

/* A block to whole numbers, half to even as lrintf() does; gives their sum. */
#if defined(__AVX512VNNI__)
static inline int32_t quantise_block(const float *x, float inverse, int8_t *to)
{
	const __m512i most = _mm512_set1_epi32(MOST), least = _mm512_set1_epi32(-MOST);
	__m512i sum = _mm512_setzero_si512();
	for (int i = 0; i < QK; i += 16) {
		__m512i values = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + i), _mm512_set1_ps(inverse)));
		values = _mm512_max_epi32(_mm512_min_epi32(values, most), least);
		_mm_storeu_si128((__m128i *)(to + i), _mm512_cvtepi32_epi8(values));
		sum = _mm512_add_epi32(sum, values);
	}
	return _mm512_reduce_add_epi32(sum);
}
#else
static inline int32_t quantise_block(const float *x, float inverse, int8_t *to)
{
	const __m256i most = _mm256_set1_epi32(MOST), least = _mm256_set1_epi32(-MOST);
	__m256i values[QK / 8], sum = _mm256_setzero_si256();
	for (int i = 0; i < QK / 8; i++) {
		values[i] = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i * 8), _mm256_set1_ps(inverse)));
		values[i] = _mm256_max_epi32(_mm256_min_epi32(values[i], most), least);
		sum = _mm256_add_epi32(sum, values[i]);
	}
	/* Packing goes by halves of registers: fours of numbers come out of order. */
	__m256i packed = _mm256_packs_epi16(_mm256_packs_epi32(values[0], values[1]), _mm256_packs_epi32(values[2], values[3]));
	_mm256_storeu_si256((__m256i *)to, _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7)));
	__m128i four = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
	four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
	return _mm_cvtsi128_si32(_mm_add_epi32(four, _mm_shuffle_epi32(four, 0xb1)));
}
#endif

/* Of one token; the next block of it stands step blocks on. */
static void quantise_token(const float *from, int row_blocks, size_t at, size_t step, quantised *to)
{
	for (int b = 0; b < row_blocks; b++, at += step) {
		const float *x = from + b * QK;
		float most = 0;
		for (int i = 0; i < QK; i++)
			most = fmaxf(most, fabsf(x[i]));
		float scale = most / 127.f, inverse = scale > 0 ? 1.f / scale : 0.f;
		to->scales[at] = scale;
		to->offsets[at] = -8 * quantise_block(x, inverse, to->values + at * QK);
	}
}

/* Tile by tile, and there block by block: those that are multiplied with the same weights stand side by side. */
static void quantise(const float *from, int count, int columns, quantised *to)
{
	size_t row_blocks = (size_t)columns / QK;
	for (int t = 0; t < count; t++) {
		int first = t / TILE * TILE, tile = count - first < TILE ? count - first : TILE;
		quantise_token(from + (size_t)t * columns, (int)row_blocks, first * row_blocks + (t - first), (size_t)tile, to);
	}
}

static inline int32_t four_at(const int8_t *values)
{
	int32_t four;
	memcpy(&four, values, sizeof four);
	return four;
}

/* Of ROWS rows, one block of each and of so many tokens is added to what there is: they stand in a row from the one at "at". The loops over
   tokens have a constant number of them and are laid out one after the other, so that sums stay in registers. */
#if defined(__AVX512VNNI__)
static inline __attribute__((always_inline)) void add_block(lanes *sums, const unsigned char *block, const quantised *in, size_t at, const int count)
{
	const bytes low = _mm512_set1_epi8(0x0f);
	const lanes scales = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)block));
	bytes weights[2 * PARTS];
	for (int i = 0; i < PARTS; i++) {
		bytes both = _mm512_loadu_si512(block + ROWS * sizeof(uint16_t) + i * sizeof both);
		weights[i] = _mm512_and_si512(both, low);
		weights[PARTS + i] = _mm512_and_si512(_mm512_srli_epi16(both, 4), low);
	}
#pragma GCC unroll 8
	for (int t = 0; t < count; t++) {
		size_t own = at + t;
		bytes dots = _mm512_set1_epi32(in->offsets[own]);
		for (int i = 0; i < 2 * PARTS; i++)
			dots = _mm512_dpbusd_epi32(dots, weights[i], _mm512_set1_epi32(four_at(in->values + own * QK + 4 * i)));
		sums[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(dots), _mm512_mul_ps(scales, _mm512_set1_ps(in->scales[own])), sums[t]);
	}
}

#define load_lanes _mm512_loadu_ps
#define store_lanes _mm512_storeu_ps
#else
/* Half of a block at a time: its weights and the pairs of all tokens have room in sixteen registers. Eight times two products of at most
   15 x 127 stay within 16 bits. */
static inline __attribute__((always_inline)) void add_half(bytes *pairs, const unsigned char *block, int shift, const int8_t *values, const int count)
{
	const bytes low = _mm256_set1_epi8(0x0f);
	bytes weights[PARTS];
	for (int i = 0; i < PARTS; i++) {
		bytes both = _mm256_loadu_si256((const bytes *)(block + ROWS * sizeof(uint16_t) + i * sizeof both));
		weights[i] = _mm256_and_si256(_mm256_srli_epi16(both, shift), low);
	}
#pragma GCC unroll 8
	for (int t = 0; t < count; t++) {
		for (int i = 0; i < PARTS; i++)
			pairs[t] = _mm256_add_epi16(pairs[t], _mm256_maddubs_epi16(weights[i], _mm256_set1_epi32(four_at(values + t * QK + 4 * i))));
		/* Added up here and now: the compiler would keep all products, which have no room, and add them up at the end. */
		__asm__("" : "+x"(pairs[t]));
	}
}

static inline __attribute__((always_inline)) void add_block(lanes *sums, const unsigned char *block, const quantised *in, size_t at, const int count)
{
	const lanes scales = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)block));
	bytes pairs[TILE];
#pragma GCC unroll 8
	for (int t = 0; t < count; t++)
		pairs[t] = _mm256_setzero_si256();
	add_half(pairs, block, 0, in->values + at * QK, count);
	add_half(pairs, block, 4, in->values + at * QK + QK / 2, count);
#pragma GCC unroll 8
	for (int t = 0; t < count; t++) {
		size_t own = at + t;
		bytes dots = _mm256_add_epi32(_mm256_madd_epi16(pairs[t], _mm256_set1_epi16(1)), _mm256_set1_epi32(in->offsets[own]));
		sums[t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots), _mm256_mul_ps(scales, _mm256_set1_ps(in->scales[own])), sums[t]);
	}
}

#define load_lanes _mm256_loadu_ps
#define store_lanes _mm256_storeu_ps
#endif

/* ROWS rows for so many tokens. */
static inline __attribute__((always_inline)) void multiply_tile(const packed *m, const float *bias, int row, const quantised *in, int first,
	float *ret, const int count)
{
	int row_blocks = m->columns / QK;
	const unsigned char *block = m->blocks + (size_t)row / ROWS * row_blocks * BLOCK_BYTES;
	lanes sums[TILE];
#pragma GCC unroll 8
	for (int t = 0; t < count; t++)
		sums[t] = load_lanes(bias + row);
	size_t at = (size_t)first * row_blocks;
	for (int b = 0; b < row_blocks; b++, block += BLOCK_BYTES, at += count)
		add_block(sums, block, in, at, count);
#pragma GCC unroll 8
	for (int t = 0; t < count; t++)
		store_lanes(ret + (size_t)(first + t) * m->rows + row, sums[t]);
}

/* ret[count][rows] = in[count][columns] times the matrix, and its bias. */
static void multiply(const packed *m, const float *bias, const quantised *in, int count, float *ret)
{
	for (int row = 0; row < m->rows; row += ROWS) {
		int t = 0;
		for (; t + TILE <= count; t += TILE)
			multiply_tile(m, bias, row, in, t, ret, TILE);
		switch (count - t) {
		case 7: multiply_tile(m, bias, row, in, t, ret, 7); break;
		case 6: multiply_tile(m, bias, row, in, t, ret, 6); break;
		case 5: multiply_tile(m, bias, row, in, t, ret, 5); break;
		case 4: multiply_tile(m, bias, row, in, t, ret, 4); break;
		case 3: multiply_tile(m, bias, row, in, t, ret, 3); break;
		case 2: multiply_tile(m, bias, row, in, t, ret, 2); break;
		case 1: multiply_tile(m, bias, row, in, t, ret, 1); break;
		default: break;
		}
	}
}

#endif
