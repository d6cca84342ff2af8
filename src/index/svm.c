#include "index/svm.h"

#include <math.h>
#include <stdbool.h>

#define AHEAD 4 /* examples whose memory is asked for */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

typedef struct state {
	uint32_t random;
	size_t active; /* the first of order that are looked at; the others were right by far, and are looked at once more at the end */
	float bias, bound, most, least; /* projected gradients: from where on one is right by far; of this pass */
} state;

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t other = *a;
	*a = *b;
	*b = other;
}

static void shuffle(const spi_svm *svm, state *s)
{
	for (size_t i = s->active; i > 1; i--)
		swap(&svm->order[i - 1], &svm->order[next_random(&s->random) % i]);
}

/* One example. False: it is right by far. */
static bool step(const spi_svm *svm, size_t i, state *s)
{
	const float diagonal = 0.5f / svm->cost;
	float y = svm->labels[i] ? 1.0f : -1.0f, before = svm->alphas[i];
	float gradient = y * (svm->dot(svm->arg, i) + s->bias) - 1 + before * diagonal;
	if (before == 0 && gradient > s->bound)
		return false;
	float projected = before > 0 ? gradient : fminf(gradient, 0);
	s->most = fmaxf(s->most, projected);
	s->least = fminf(s->least, projected);
	if (fabsf(projected) < 1e-6f)
		return true;
	svm->alphas[i] = fmaxf(before - gradient / (svm->norms[i] + 1 + diagonal), 0);
	svm->add(svm->arg, i, (svm->alphas[i] - before) * y);
	s->bias += (svm->alphas[i] - before) * y;
	return true;
}

static void pass(const spi_svm *svm, state *s)
{
	s->most = -INFINITY;
	s->least = INFINITY;
	shuffle(svm, s);
	for (size_t k = 0; k < s->active; k++) {
		if (svm->fetch && k + AHEAD < s->active)
			svm->fetch(svm->arg, svm->order[k + AHEAD]);
		if (!step(svm, svm->order[k], s))
			swap(&svm->order[k--], &svm->order[--s->active]);
	}
}

float spi_svm_train(const spi_svm *svm)
{
	state s = {.random = svm->seed, .active = svm->count, .bound = INFINITY};
	for (size_t i = 0; i < svm->count; i++) {
		svm->order[i] = (uint32_t)i;
		svm->alphas[i] = 0;
	}
	for (int i = 0; i < svm->passes; i++) {
		pass(svm, &s);
		bool is_done = s.most - s.least <= svm->violation;
		if (is_done && s.active == svm->count)
			break;
		if (is_done)
			s.active = svm->count;
		s.bound = is_done || s.most <= 0 ? INFINITY : s.most;
	}
	return s.bias;
}
