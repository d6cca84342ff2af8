/* Agglomerative clustering by average linkage (UPGMA, Sokal and Michener 1958). Ties go to the items that come first, so the same
   items in the same order always give the same groups. */
#include "gaps/gaps.h"

typedef struct linkage {
	float *near;
	size_t n;
	double *size;
	size_t *best;  /* of each group that is there, the nearest one behind it; n = none */
	bool *gone;
} linkage;

static void find_best(linkage *l, size_t i)
{
	l->best[i] = l->n;
	for (size_t j = i + 1; j < l->n; j++)
		if (!l->gone[j] && (l->best[i] == l->n || l->near[i * l->n + j] > l->near[i * l->n + l->best[i]]))
			l->best[i] = j;
}

static bool find_pair(const linkage *l, double threshold, size_t *ret_a, size_t *ret_b)
{
	double most = threshold;
	bool found = false;
	for (size_t i = 0; i < l->n; i++) {
		if (l->gone[i] || l->best[i] == l->n)
			continue;
		double near = l->near[i * l->n + l->best[i]];
		if (near > most || (near == most && !found)) {
			most = near;
			found = true;
			*ret_a = i;
			*ret_b = l->best[i];
		}
	}
	return found;
}

static void merge(linkage *l, size_t a, size_t b)
{
	double all = l->size[a] + l->size[b];
	for (size_t k = 0; k < l->n; k++) {
		if (l->gone[k] || k == a || k == b)
			continue;
		float near = (float)((l->size[a] * l->near[a * l->n + k] + l->size[b] * l->near[b * l->n + k]) / all);
		l->near[a * l->n + k] = l->near[k * l->n + a] = near;
	}
	l->size[a] = all;
	l->gone[b] = true;
	find_best(l, a);
	for (size_t k = 0; k < b; k++)
		if (!l->gone[k] && k != a && (l->best[k] == a || l->best[k] == b || (k < a && l->near[k * l->n + a] > l->near[k * l->n + l->best[k]])))
			find_best(l, k);
}

bool spi_gap_linkage(float *near, const double *weights, size_t n, double threshold, size_t *ret_group, sp_arena *arena)
{
	linkage l = {.near = near, .n = n, .size = sp_arena_calloc(arena, n + 1, sizeof(double)),
		.best = sp_arena_calloc(arena, n + 1, sizeof(size_t)), .gone = sp_arena_calloc(arena, n + 1, sizeof(bool))};
	size_t a, b;
	if (!l.size || !l.best || !l.gone)
		return false;
	for (size_t i = 0; i < n; i++) {
		l.size[i] = weights[i];
		ret_group[i] = i;
		find_best(&l, i);
	}
	while (find_pair(&l, threshold, &a, &b)) {
		merge(&l, a, b);
		for (size_t i = 0; i < n; i++)
			if (ret_group[i] == b)
				ret_group[i] = a;
	}
	return true;
}
