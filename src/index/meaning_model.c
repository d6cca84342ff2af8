#include "index/meaning_model.h"

#include "index/asked.h"
#include "index/classify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A mean of few vectors says more of them than of their kind: so many of what is known of people's questions in general are
   counted with it. */
#define ASKED_WEIGHT 500.0f
#define KIND_WEIGHT 30.0f
/* From so many phrasings a document on, a classifier knows more than the nearest phrasing. */
#define CLASSIFIED_PHRASINGS 5.0f

/* So many standard deviations above the mean, nine of ten phrasings are below. */
#define USUAL_SPREADS 1.28

typedef struct learning {
	const char *encoder_name;
	const float *rows;
	const sp_vector_row *labels;
	size_t count, dimensions;
	spi_meaning_model *model;
	float *centred; /* rows without their means, of unit length */
	sp_error *err;
} learning;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static void add(float *to, const float *from, float factor, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] += factor * from[i];
}

static void scale(float *numbers, float factor, size_t n)
{
	for (size_t i = 0; i < n; i++)
		numbers[i] *= factor;
}

/* What is known beforehand counts as so many vectors. */
static void blend(float *mean, float count, const float *known, float weight, size_t n)
{
	if (known)
		add(mean, known, weight, n);
	if (count + weight > 0)
		scale(mean, 1 / (count + weight), n);
}

static void learn_means(const learning *l)
{
	const spi_meaning_means *means = &l->model->means;
	float counts[SP_LANG_COUNT][SPI_ROW_KINDS + 1] = {0};
	for (size_t i = 0; i < l->count; i++) {
		sp_lang lang = spi_row_lang_of(l->labels[i].kind);
		spi_row_kind kind = spi_row_kind_of(l->labels[i].kind);
		const float *row = l->rows + i * l->dimensions;
		add(spi_mean(means, lang, (int)kind), row, 1, l->dimensions);
		counts[lang][kind]++;
		if (kind == SPI_ROW_QUESTION) {
			add(spi_mean(means, lang, SPI_MEAN_ASKED), row, 1, l->dimensions);
			counts[lang][SPI_MEAN_ASKED]++;
		}
	}
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		const float *known = spi_asked_mean(l->encoder_name, (sp_lang)lang, l->dimensions);
		for (int kind = 0; kind < SPI_ROW_KINDS; kind++)
			blend(spi_mean(means, (sp_lang)lang, kind), counts[lang][kind], known, KIND_WEIGHT, l->dimensions);
		/* Without anything better, people are taken to ask as the titles do. */
		if (!known)
			known = spi_mean(means, (sp_lang)lang, SPI_ROW_TITLE);
		blend(spi_mean(means, (sp_lang)lang, SPI_MEAN_ASKED), counts[lang][SPI_MEAN_ASKED], known, ASKED_WEIGHT, l->dimensions);
	}
}

static void centre_rows(const learning *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const float *mean = spi_mean(&l->model->means, spi_row_lang_of(l->labels[i].kind), (int)spi_row_kind_of(l->labels[i].kind));
		float *row = l->centred + i * l->dimensions, squares = 0;
		for (size_t k = 0; k < l->dimensions; k++) {
			row[k] = l->rows[i * l->dimensions + k] - mean[k];
			squares += row[k] * row[k];
		}
		l->model->lengths[i] = fmaxf(sqrtf(squares), 1e-6f);
		scale(row, 1 / l->model->lengths[i], l->dimensions);
	}
}

/* A service may be asked every day for what others call off topic: what its own phrasings look like is nothing special. */
static void learn_kinds(const learning *l)
{
	double sums[SP_LANG_COUNT][SP_KINDS] = {0}, squares[SP_LANG_COUNT][SP_KINDS] = {0}, kinds[SP_KINDS];
	double counts[SP_LANG_COUNT] = {0};
	for (size_t i = 0; i < l->count && l->model->turns; i++) {
		sp_lang lang = spi_row_lang_of(l->labels[i].kind);
		if (spi_row_kind_of(l->labels[i].kind) == SPI_ROW_PASSAGE)
			continue;
		spi_asked_kinds(l->rows + i * l->dimensions, lang, kinds);
		counts[lang]++;
		for (int kind = 0; kind < SP_KINDS; kind++) {
			sums[lang][kind] += kinds[kind];
			squares[lang][kind] += kinds[kind] * kinds[kind];
		}
	}
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		for (int kind = 0; kind < SP_KINDS && counts[lang] > 0; kind++) {
			double mean = sums[lang][kind] / counts[lang];
			double spread = sqrt(fmax(squares[lang][kind] / counts[lang] - mean * mean, 0));
			l->model->kinds[lang][kind] = (float)fmax(mean + USUAL_SPREADS * spread, 0);
		}
}

static void count_phrasings(const learning *l)
{
	size_t phrasings[SP_LANG_COUNT] = {0}, documents[SP_LANG_COUNT] = {0};
	for (size_t i = 0; i < l->count; i++) {
		sp_lang lang = spi_row_lang_of(l->labels[i].kind);
		phrasings[lang] += spi_row_kind_of(l->labels[i].kind) != SPI_ROW_PASSAGE;
		documents[lang] += i == 0 || l->labels[i].owner != l->labels[i - 1].owner;
	}
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		l->model->phrasings[lang] = documents[lang] ? (float)phrasings[lang] / (float)documents[lang] : 0;
}

/* Classes of one language: documents of another are never mistaken for them. */
static sp_status classify(const learning *l, sp_lang lang, float *rows, uint32_t *classes, float *weights)
{
	spi_meaning_classes *all = &l->model->classes;
	size_t first = all->count;
	spi_examples examples = {.rows = rows, .classes = classes, .dimensions = l->dimensions};
	for (size_t i = 0; i < l->count; i++) {
		if (spi_row_lang_of(l->labels[i].kind) != lang)
			continue;
		if (examples.count == 0 || all->docids[all->count - 1] != l->labels[i].owner)
			all->docids[all->count++] = l->labels[i].owner;
		classes[examples.count] = (uint32_t)(all->count - first - 1);
		memcpy(rows + examples.count++ * l->dimensions, l->centred + i * l->dimensions, l->dimensions * sizeof *rows);
	}
	examples.classes_count = all->count - first;
	if (examples.classes_count < 2) {
		all->count = first;
		return SP_OK;
	}
	return spi_classify_train(&examples, weights + first * l->dimensions, all->biases + first, l->err);
}

static sp_status learn_classes(const learning *l, float **ret_weights)
{
	size_t documents = 0;
	for (size_t i = 0; i < l->count; i++)
		documents += i == 0 || l->labels[i].owner != l->labels[i - 1].owner;
	float *weights = malloc((documents * l->dimensions + 1) * sizeof *weights);
	float *rows = malloc((l->count * l->dimensions + 1) * sizeof *rows);
	uint32_t *classes = malloc((l->count + 1) * sizeof *classes);
	l->model->classes.docids = malloc((documents + 1) * sizeof *l->model->classes.docids);
	l->model->classes.biases = malloc((documents + 1) * sizeof *l->model->classes.biases);
	bool ok = weights && rows && classes && l->model->classes.docids && l->model->classes.biases;
	sp_status status = ok ? SP_OK : no_memory(l->err);
	for (int lang = 0; status == SP_OK && lang < SP_LANG_COUNT; lang++)
		if (l->model->phrasings[lang] >= CLASSIFIED_PHRASINGS)
			status = classify(l, (sp_lang)lang, rows, classes, weights);
	free(rows);
	free(classes);
	if (status != SP_OK) {
		free(weights);
		weights = NULL;
	}
	*ret_weights = weights;
	return status;
}

sp_status spi_model_learn(const char *encoder_name, const float *rows, const sp_vector_row *labels, size_t count, size_t dimensions,
	spi_meaning_model *ret, float **ret_weights, sp_error *err)
{
	*ret = (spi_meaning_model){.means = {dimensions, calloc(SPI_MEANS_COUNT * dimensions, sizeof(float))},
		.lengths = malloc((count + 1) * sizeof *ret->lengths), .rows_count = count};
	learning l = {encoder_name, rows, labels, count, dimensions, ret, malloc((count * dimensions + 1) * sizeof *rows), err};
	*ret_weights = NULL;
	sp_status status = SP_ERR_NOMEM;
	if (ret->means.numbers && ret->lengths && l.centred) {
		ret->turns = spi_asked_turns(encoder_name, dimensions);
		learn_means(&l);
		centre_rows(&l);
		count_phrasings(&l);
		learn_kinds(&l);
		status = learn_classes(&l, ret_weights);
	} else {
		no_memory(err);
	}
	free(l.centred);
	if (status != SP_OK)
		spi_model_release(ret);
	return status;
}

void spi_model_release(spi_meaning_model *model)
{
	free(model->means.numbers);
	free(model->lengths);
	free(model->classes.docids);
	free(model->classes.biases);
	*model = (spi_meaning_model){0};
}
