#include "index/asked.h"

#include "encode/e5_model.h"
#include "index/asked_means.h"
#include "index/asked_kinds.h"
#include "index/asked_turn.h"

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

void spi_asked_turn(const float *question, float *ret)
{
	float length = 0;
	memcpy(ret, question, ASKED_DIMENSIONS * sizeof *ret);
	for (int r = 0; r < ASKED_TURN_RANK; r++) {
		float along = 0;
		for (int i = 0; i < ASKED_DIMENSIONS; i++)
			along += (float)turn_from[r][i] * question[i];
		along *= turn_scales[r];
		for (int i = 0; i < ASKED_DIMENSIONS; i++)
			ret[i] += along * (float)turn_to[r][i];
	}
	for (int i = 0; i < ASKED_DIMENSIONS; i++)
		length += ret[i] * ret[i];
	length = length > 0 ? 1 / sqrtf(length) : 0;
	for (int i = 0; i < ASKED_DIMENSIONS; i++)
		ret[i] *= length;
}
