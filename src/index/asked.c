#include "index/asked.h"

#include "encode/e5_model.h"
#include "index/asked_means.h"
#include "index/asked_kinds.h"
#include "index/asked_turn.h"
#include "vectors/kernels.h"

#include <math.h>
#include <string.h>

static bool is_known(const char *encoder_name, size_t dimensions)
{
	return strcmp(encoder_name, "e5 " SPI_E5_MODEL_NAME) == 0 && dimensions == ASKED_DIMENSIONS;
}

const float *spi_asked_mean(const char *encoder_name, sp_lang lang, size_t dimensions)
{
	return is_known(encoder_name, dimensions) && lang >= 0 && lang < SP_LANG_COUNT ? asked_means[lang] : NULL;
}

void spi_asked_kinds(const float *vector, sp_lang lang, double ret[SP_KINDS])
{
	for (int kind = 0; kind < SP_KINDS; kind++) {
		float sum = kind_biases[kind][lang];
		for (int i = 0; i < ASKED_DIMENSIONS; i++)
			sum += kind_weights[kind][i] * vector[i];
		ret[kind] = (double)sum;
	}
}

bool spi_asked_turns(const char *encoder_name, size_t dimensions)
{
	return is_known(encoder_name, dimensions);
}

/* Steps of several at once: what is added to has no other name. */
static void add_along(const float along[ASKED_TURN_RANK], float to[ASKED_DIMENSIONS])
{
	float sums[ASKED_DIMENSIONS];
	memcpy(sums, to, sizeof sums);
	for (int r = 0; r < ASKED_TURN_RANK; r++)
		for (int i = 0; i < ASKED_DIMENSIONS; i++)
			sums[i] += along[r] * (float)turn_to[r][i];
	memcpy(to, sums, sizeof sums);
}

void spi_asked_turn(const float *question, float *ret)
{
	const spi_row_run from = {*turn_from, ASKED_DIMENSIONS, turn_scales, ASKED_TURN_RANK};
	float along[ASKED_TURN_RANK], length = 0;
	spi_dot_all(spi_kernel_choose(), &from, question, along);
	memcpy(ret, question, ASKED_DIMENSIONS * sizeof *ret);
	add_along(along, ret);
	for (int i = 0; i < ASKED_DIMENSIONS; i++)
		length += ret[i] * ret[i];
	length = length > 0 ? 1 / sqrtf(length) : 0;
	for (int i = 0; i < ASKED_DIMENSIONS; i++)
		ret[i] *= length;
}
_Static_assert(ASKED_DIMENSIONS % SPI_ROW_ALIGNMENT == 0, "its rows are as kernels want them");
