#include "index/classify.h"

#include "index/nearest.h"
#include "index/svm.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COST 2.0f          /* C of the papers; chosen on public sets, by cross-validation */
#define PASSES 40
#define VIOLATION 0.05f
#define NEAR_CLASSES 32    /* whose examples stand for the rest */
#define SPREAD_ROWS 2000   /* of all others */

typedef struct training {
	const spi_examples *examples;
	size_t *starts;     /* first row of each class, and one past the last */
	float *means;       /* of each class */
	uint32_t *near;     /* the nearest to one class */
	uint32_t *rows;     /* the examples of one problem, */
	float *numbers;     /* in that order, */
	size_t room;        /* for so many */
	uint32_t *order;    /* in which they are gone through */
	float *alphas, *norms; /* of each of them */
	unsigned char *labels, *wanted; /* of examples; of classes */
	float *weights; /* of the class that is being learned */
} training;

static float dot(const float *a, const float *b, size_t n)
{
	float sums[8] = {0};
	size_t i = 0;
	for (; i + 8 <= n; i += 8)
		for (size_t k = 0; k < 8; k++)
			sums[k] += a[i + k] * b[i + k];
	float sum = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
	for (; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static void add_scaled(float *to, const float *from, float factor, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += factor * from[i];
}

static void get(const training *t, size_t row, float *ret)
{
	t->examples->get(t->examples->arg, row, ret);
}

static void learn_means(training *t, float *row)
{
	const spi_examples *e = t->examples;
	for (size_t i = 0; i < e->count; i++) {
		t->starts[e->classes[i] + 1] = i + 1;
		get(t, i, row);
		add_scaled(t->means + e->classes[i] * e->dimensions, row, 1, e->dimensions);
	}
	for (size_t c = 0; c < e->classes_count; c++) {
		float *mean = t->means + c * e->dimensions, norm = sqrtf(dot(mean, mean, e->dimensions));
		for (size_t k = 0; norm > 0 && k < e->dimensions; k++)
			mean[k] /= norm;
	}
}

static bool prepare(training *t)
{
	const spi_examples *e = t->examples;
	t->starts = calloc(e->classes_count + 1, sizeof *t->starts);
	t->means = calloc(e->classes_count * e->dimensions, sizeof *t->means);
	t->near = malloc(NEAR_CLASSES * sizeof *t->near);
	t->rows = malloc(e->count * sizeof *t->rows);
	t->alphas = malloc(e->count * sizeof *t->alphas);
	t->norms = malloc(e->count * sizeof *t->norms);
	t->order = malloc(e->count * sizeof *t->order);
	t->labels = malloc(e->count);
	t->wanted = calloc(e->classes_count, 1);
	float *row = malloc(e->dimensions * sizeof *row);
	bool ok = t->starts && t->means && t->near && t->rows && t->alphas && t->norms && t->order && t->labels && t->wanted && row;
	if (ok)
		learn_means(t, row);
	free(row);
	return ok;
}

static void release(training *t)
{
	free(t->starts);
	free(t->means);
	free(t->near);
	free(t->rows);
	free(t->alphas);
	free(t->norms);
	free(t->order);
	free(t->numbers);
	free(t->labels);
	free(t->wanted);
}

/* The nearest classes. */
static size_t find_near(training *t, size_t class)
{
	const spi_examples *e = t->examples;
	float nearness[NEAR_CLASSES];
	size_t count = 0;
	for (size_t c = 0; c < e->classes_count; c++)
		if (c != class)
			count = spi_note_nearest(t->near, nearness, count, NEAR_CLASSES, (uint32_t)c,
				dot(t->means + class * e->dimensions, t->means + c * e->dimensions, e->dimensions));
	return count;
}

static size_t add_class(training *t, size_t count, size_t class, unsigned char label)
{
	for (size_t i = t->starts[class]; i < t->starts[class + 1]; i++) {
		t->labels[count] = label;
		t->rows[count++] = (uint32_t)i;
	}
	return count;
}

/* 0: not among the examples yet; the spread must not take one twice. */
static bool is_near(const training *t, size_t near, size_t class, size_t row)
{
	uint32_t of = t->examples->classes[row];
	if (of == class)
		return true;
	for (size_t i = 0; i < near; i++)
		if (t->near[i] == of)
			return true;
	return false;
}

static size_t gather(training *t, size_t class)
{
	const spi_examples *e = t->examples;
	size_t near = find_near(t, class), count = add_class(t, 0, class, 1);
	for (size_t i = 0; i < near; i++)
		count = add_class(t, count, t->near[i], 0);
	size_t step = e->count / SPREAD_ROWS + 1;
	for (size_t row = class % step; row < e->count; row += step)
		if (!is_near(t, near, class, row)) {
			t->labels[count] = 0;
			t->rows[count++] = (uint32_t)row;
		}
	return count;
}

/* False: no memory. */
static bool fetch(training *t, size_t count)
{
	size_t dimensions = t->examples->dimensions;
	if (count > t->room) {
		free(t->numbers);
		t->room = 0;
		t->numbers = malloc(count * dimensions * sizeof *t->numbers);
		if (!t->numbers)
			return false;
		t->room = count;
	}
	for (size_t i = 0; i < count; i++) {
		float *row = t->numbers + i * dimensions;
		get(t, t->rows[i], row);
		t->norms[i] = dot(row, row, dimensions);
	}
	return true;
}

static float dot_example(const void *arg, size_t example)
{
	const training *t = arg;
	size_t dimensions = t->examples->dimensions;
	return dot(t->weights, t->numbers + example * dimensions, dimensions);
}

static void add_example(void *arg, size_t example, float factor)
{
	training *t = arg;
	size_t dimensions = t->examples->dimensions;
	add_scaled(t->weights, t->numbers + example * dimensions, factor, dimensions);
}

static bool train_one(training *t, size_t class, float *weights, float *bias)
{
	size_t count = gather(t, class);
	if (!fetch(t, count))
		return false;
	t->weights = weights;
	memset(weights, 0, t->examples->dimensions * sizeof *weights);
	const spi_svm svm = {.count = count, .labels = t->labels, .norms = t->norms, .cost = COST, .passes = PASSES, .violation = VIOLATION, .seed = (uint32_t)class + 1,
		.alphas = t->alphas, .order = t->order, .dot = dot_example, .add = add_example, .arg = t};
	*bias = spi_svm_train(&svm);
	return true;
}

/* A class learns of the others' examples as far as they are near. */
static void find_wanted(training *t)
{
	const spi_examples *e = t->examples;
	memset(t->wanted, !e->changed, e->classes_count);
	for (size_t c = 0; e->changed && c < e->classes_count; c++) {
		if (!e->changed[c])
			continue;
		t->wanted[c] = 1;
		for (size_t near = find_near(t, c); near > 0; near--)
			t->wanted[t->near[near - 1]] = 1;
	}
}

sp_status spi_classify_train(const spi_examples *examples, float *weights, float *biases, sp_error *err)
{
	training t = {.examples = examples};
	bool ok = prepare(&t);
	if (ok)
		find_wanted(&t);
	for (size_t c = 0; ok && c < examples->classes_count; c++)
		if (t.wanted[c])
			ok = train_one(&t, c, weights + c * examples->dimensions, biases + c);
	release(&t);
	return ok ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}
