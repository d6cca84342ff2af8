/* The engine's model as questions take it: the same weights, with biases and norms of their own (question_shift.h). Included by e5_tokens.c
   after the engine. */
#ifndef ENCODE_ENGINE_E5_ASKED_H
#define ENCODE_ENGINE_E5_ASKED_H

#include "encode/question_shift.h"

typedef struct asked_model {
	e5_model model;  /* as the engine's own in all but its layers */
	float *numbers;  /* what these point to: one block */
} asked_model;

static void close_asked(asked_model *a)
{
	free(a->model.layers);
	free(a->numbers);
}

/* One vector of a layer, shifted; gives where the next one goes. */
static float *shift(int layer, int which, const float **vector, int count, float *to)
{
	memcpy(to, *vector, (size_t)count * sizeof *to);
	spi_question_shift((size_t)layer, (spi_layer_vector)which, to, (size_t)count);
	*vector = to;
	return to + count;
}

static int open_asked(const e5_model *m, asked_model *ret)
{
	size_t each = (size_t)(SPI_LAYER_VECTORS - 1) * (size_t)m->H + (size_t)m->FF;
	*ret = (asked_model){*m, malloc((size_t)m->NL * each * sizeof(float))};
	ret->model.layers = malloc((size_t)m->NL * sizeof *ret->model.layers);
	if (!ret->numbers || !ret->model.layers) {
		close_asked(ret);
		return -1;
	}
	float *to = ret->numbers;
	for (int l = 0; l < m->NL; l++) {
		layer_t *y = &ret->model.layers[l];
		*y = m->layers[l];
		const float **vectors[SPI_LAYER_VECTORS] = {
			&y->qb, &y->kb, &y->vb, &y->aob, &y->fib, &y->fob, &y->aln_w, &y->aln_b, &y->oln_w, &y->oln_b};
		for (int i = 0; i < SPI_LAYER_VECTORS; i++)
			to = shift(l, i, vectors[i], i == SPI_LAYER_IN ? m->FF : m->H, to);
	}
	return 0;
}

#endif
