#include "encode/token_rows.h"

#include <math.h>

/* So many tokens side by side: each step is the same for all of them, and their sums fit into the registers of any processor (a sum
   over the numbers of one token could not be made in steps of several, without leave to round otherwise). Of one token the order of
   steps is the same whatever stands beside it. */
#define BESIDE 16
typedef float four __attribute__((vector_size(16)));

/* The same number of each of them. */
typedef union beside {
	four fours[BESIDE / 4];
	float of[BESIDE];
} beside;

/* States without the mean; of a token that is not there, zeros. */
static void gather(const float *restrict hidden, size_t count, const float *restrict mean, beside *restrict ret)
{
	for (size_t t = 0; t < BESIDE; t++)
		for (size_t i = 0; i < TOKEN_STATE; i++)
			ret[i].of[t] = t < count ? hidden[t * TOKEN_STATE + i] - mean[i] : 0;
}

/* One number of each token's row. */
static beside project(const beside *restrict states, const signed char *restrict direction, float scale)
{
	float wide[TOKEN_STATE];
	four a = {0}, b = {0}, c = {0}, d = {0};
	for (size_t i = 0; i < TOKEN_STATE; i++)
		wide[i] = (float)direction[i] * scale;
	for (size_t i = 0; i < TOKEN_STATE; i++) {
		a += wide[i] * states[i].fours[0];
		b += wide[i] * states[i].fours[1];
		c += wide[i] * states[i].fours[2];
		d += wide[i] * states[i].fours[3];
	}
	return (beside){.fours = {a, b, c, d}};
}

/* What a question's token counts beside its others: 1 for the one that counts most. */
static void weigh(const float *hidden, size_t count, float ret[SP_ENCODE_TOKENS_MAX])
{
	float most = 0;
	for (size_t t = 0; t < count; t++) {
		float sum = 0, squares = 0;
		for (size_t i = 0; i < TOKEN_STATE; i++) {
			float number = hidden[t * TOKEN_STATE + i] - token_means[SP_ENCODE_QUESTION][i];
			sum += number * token_counts[i];
			squares += number * number;
		}
		ret[t] = log1pf(expf(sum / sqrtf(squares + 1e-12f) + token_counts_more));
		most = fmaxf(most, ret[t]);
	}
	for (size_t t = 0; t < count; t++)
		ret[t] /= most;
}

/* Rows to whole numbers, of these shares of 127. */
static void scale(const beside *restrict rows, size_t count, const float *lengths, signed char *restrict ret)
{
	beside squares = {0};
	for (size_t r = 0; r < TOKEN_BYTES; r++)
		for (size_t t = 0; t < BESIDE; t++)
			squares.of[t] += rows[r].of[t] * rows[r].of[t];
	for (size_t t = 0; t < count; t++) {
		float times = squares.of[t] > 0 ? 127 * lengths[t] / sqrtf(squares.of[t]) : 0;
		for (size_t r = 0; r < TOKEN_BYTES; r++) /* half up; all are positive once 128 is added, so the cast rounds down */
			ret[t * TOKEN_BYTES + r] = (signed char)((int)(rows[r].of[t] * times + 128.5F) - 128);
	}
}

void spi_token_rows(sp_encode_role role, const float *hidden, size_t count, signed char *ret)
{
	beside states[TOKEN_STATE], rows[TOKEN_BYTES];
	float lengths[SP_ENCODE_TOKENS_MAX];
	for (size_t t = 0; t < SP_ENCODE_TOKENS_MAX; t++)
		lengths[t] = 1;
	if (role == SP_ENCODE_QUESTION)
		weigh(hidden, count, lengths);
	for (size_t first = 0; first < count; first += BESIDE) {
		size_t some = count - first < BESIDE ? count - first : BESIDE;
		gather(hidden + first * TOKEN_STATE, some, token_means[role], states);
		for (size_t r = 0; r < TOKEN_BYTES; r++)
			rows[r] = project(states, token_directions[r], token_scales[r]);
		scale(rows, some, lengths + first, ret + first * TOKEN_BYTES);
	}
}
