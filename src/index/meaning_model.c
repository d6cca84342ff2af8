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

/* So many documents are learned anew in a second. */
#define ALL_AGAIN_DOCUMENTS 256
/* Of so many documents, one may have changed before all is learned again. */
#define CHANGED_SHARE 50

typedef struct learning {
	const char *encoder_name;
	const spi_rows *rows;
	const spi_model_before *before; /* NULL = all is learned */
	size_t count, dimensions, documents;
	spi_meaning_model *model;
	float *row; /* room for one */
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

static sp_lang lang_of(const learning *l, size_t row)
{
	return spi_row_lang_of(l->rows->labels[row].kind);
}

static spi_row_kind kind_of(const learning *l, size_t row)
{
	return spi_row_kind_of(l->rows->labels[row].kind);
}

/* Of a question that no article answers: nothing is learned of it. */
static bool is_nobodys(const learning *l, size_t row)
{
	return spi_is_nobody(l->rows->labels[row].owner);
}

static bool begins_document(const learning *l, size_t row)
{
	return row == 0 || l->rows->labels[row].owner != l->rows->labels[row - 1].owner;
}

static void learn_means(const learning *l)
{
	const spi_meaning_means *means = &l->model->means;
	float counts[SP_LANG_COUNT][SPI_ROW_KINDS + 1] = {0};
	for (size_t i = 0; i < l->count; i++) {
		sp_lang lang = lang_of(l, i);
		spi_row_kind kind = kind_of(l, i);
		if (is_nobodys(l, i))
			continue;
		spi_rows_get(l->rows, i, l->row);
		add(spi_mean(means, lang, (int)kind), l->row, 1, l->dimensions);
		counts[lang][kind]++;
		if (kind == SPI_ROW_QUESTION) {
			add(spi_mean(means, lang, SPI_MEAN_ASKED), l->row, 1, l->dimensions);
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

/* A row without its mean; its length then. */
static float take_mean(const learning *l, size_t i, float *ret)
{
	const float *mean = spi_mean(&l->model->means, lang_of(l, i), (int)kind_of(l, i));
	float squares = 0;
	spi_rows_get(l->rows, i, ret);
	for (size_t k = 0; k < l->dimensions; k++) {
		ret[k] -= mean[k];
		squares += ret[k] * ret[k];
	}
	return fmaxf(sqrtf(squares), 1e-6f);
}

static void learn_lengths(const learning *l)
{
	for (size_t i = 0; i < l->count; i++)
		l->model->lengths[i] =
			l->before && !l->rows->fresh[i] ? l->before->model->lengths[l->rows->places[i]] : take_mean(l, i, l->row);
}

/* A service may be asked every day for what others call off topic: what its own phrasings look like is nothing special. */
static void learn_kinds(const learning *l)
{
	double sums[SP_LANG_COUNT][SP_KINDS] = {0}, squares[SP_LANG_COUNT][SP_KINDS] = {0}, kinds[SP_KINDS];
	double counts[SP_LANG_COUNT] = {0};
	for (size_t i = 0; i < l->count && l->model->turns; i++) {
		sp_lang lang = lang_of(l, i);
		if (kind_of(l, i) == SPI_ROW_PASSAGE || is_nobodys(l, i))
			continue;
		spi_rows_get(l->rows, i, l->row);
		spi_asked_kinds(l->row, lang, kinds);
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

static void count_phrasings(learning *l)
{
	size_t phrasings[SP_LANG_COUNT] = {0}, documents[SP_LANG_COUNT] = {0};
	for (size_t i = 0; i < l->count; i++) {
		if (is_nobodys(l, i))
			continue;
		phrasings[lang_of(l, i)] += kind_of(l, i) != SPI_ROW_PASSAGE;
		documents[lang_of(l, i)] += begins_document(l, i);
	}
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		l->documents += documents[lang];
		l->model->phrasings[lang] = documents[lang] ? (float)phrasings[lang] / (float)documents[lang] : 0;
	}
}

/* ---- classes ---- */

typedef struct place {
	uint32_t docid, class;
} place;

/* Examples of one language: documents of another are never mistaken for them. */
typedef struct examples {
	const learning *l;
	place *places;          /* of the classes before, by docid */
	size_t places_count;
	uint32_t *rows, *classes;
	unsigned char *changed; /* of each class */
	float *weights;         /* of all languages' classes */
} examples;

static void get_example(const void *arg, size_t example, float *ret)
{
	const examples *e = arg;
	size_t row = e->rows[example];
	take_mean(e->l, row, ret);
	scale(ret, 1 / e->l->model->lengths[row], e->l->dimensions);
}

static int by_docid(const void *a, const void *b)
{
	const place *x = a, *y = b;
	return (x->docid > y->docid) - (x->docid < y->docid);
}

static bool find_places(examples *e)
{
	const spi_model_before *before = e->l->before;
	e->places_count = before ? before->model->classes.count : 0;
	e->places = malloc((e->places_count + 1) * sizeof *e->places);
	for (size_t i = 0; e->places && i < e->places_count; i++)
		e->places[i] = (place){before->model->classes.docids[i], (uint32_t)i};
	if (e->places_count > 0 && e->places)
		qsort(e->places, e->places_count, sizeof *e->places, by_docid);
	return e->places != NULL;
}

/* What is known of the class already; one that is new is learned like one that changed. */
static void begin_class(const examples *e, size_t first, uint32_t docid)
{
	spi_meaning_classes *all = &e->l->model->classes;
	place key = {docid, 0}, *at = bsearch(&key, e->places, e->places_count, sizeof key, by_docid);
	e->changed[all->count - first] = !at;
	if (at) {
		all->biases[all->count] = e->l->before->model->classes.biases[at->class];
		sp_vectors_get_row(e->l->before->classes, at->class, e->weights + all->count * e->l->dimensions);
	}
	all->docids[all->count++] = docid;
}

static sp_status classify(const examples *e, sp_lang lang)
{
	const learning *l = e->l;
	spi_meaning_classes *all = &l->model->classes;
	size_t first = all->count;
	spi_examples some = {.get = get_example, .arg = e, .classes = e->classes, .dimensions = l->dimensions, .changed = e->changed};
	for (size_t i = 0; i < l->count; i++) {
		if (lang_of(l, i) != lang || is_nobodys(l, i))
			continue;
		if (some.count == 0 || all->docids[all->count - 1] != l->rows->labels[i].owner)
			begin_class(e, first, l->rows->labels[i].owner);
		size_t class = all->count - first - 1;
		e->changed[class] |= l->rows->fresh[i] != NULL;
		e->classes[some.count] = (uint32_t)class;
		e->rows[some.count++] = (uint32_t)i;
	}
	some.classes_count = all->count - first;
	if (some.classes_count < 2) {
		all->count = first;
		return SP_OK;
	}
	if (!l->before)
		some.changed = NULL;
	return spi_classify_train(&some, e->weights + first * l->dimensions, all->biases + first, l->err);
}

static sp_status learn_classes(const learning *l, float **ret_weights)
{
	spi_meaning_classes *all = &l->model->classes;
	examples e = {.l = l, .rows = malloc((l->count + 1) * sizeof *e.rows), .classes = malloc((l->count + 1) * sizeof *e.classes),
		.changed = malloc(l->documents + 1), .weights = malloc((l->documents * l->dimensions + 1) * sizeof *e.weights)};
	all->docids = malloc((l->documents + 1) * sizeof *all->docids);
	all->biases = malloc((l->documents + 1) * sizeof *all->biases);
	bool ok = find_places(&e) && e.rows && e.classes && e.changed && e.weights && all->docids && all->biases;
	sp_status status = ok ? SP_OK : no_memory(l->err);
	for (int lang = 0; status == SP_OK && lang < SP_LANG_COUNT; lang++)
		if (l->model->phrasings[lang] >= CLASSIFIED_PHRASINGS)
			status = classify(&e, (sp_lang)lang);
	free(e.places);
	free(e.rows);
	free(e.classes);
	free(e.changed);
	if (status == SP_OK)
		*ret_weights = e.weights;
	else
		free(e.weights);
	return status;
}

/* ---- all of it ---- */

/* Whether little enough changed since all was learned, and the same languages have a classifier. */
static bool builds_on(const learning *l, const spi_model_before *before)
{
	if (!before || l->documents < ALL_AGAIN_DOCUMENTS || before->changes * CHANGED_SHARE > l->documents)
		return false;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if ((before->model->phrasings[lang] >= CLASSIFIED_PHRASINGS) != (l->model->phrasings[lang] >= CLASSIFIED_PHRASINGS))
			return false;
	return true;
}

/* What few changes do not move. */
static void keep(const learning *l)
{
	const spi_meaning_model *before = l->before->model;
	memcpy(l->model->means.numbers, before->means.numbers, SPI_MEANS_COUNT * l->dimensions * sizeof(float));
	memcpy(l->model->kinds, before->kinds, sizeof before->kinds);
	l->model->base = before->base;
	l->model->changes = (uint32_t)l->before->changes;
}

sp_status spi_model_learn(const char *encoder_name, const spi_rows *rows, const spi_model_before *before, spi_meaning_model *ret,
	float **ret_weights, sp_error *err)
{
	*ret = (spi_meaning_model){.means = {rows->dimensions, calloc(SPI_MEANS_COUNT * rows->dimensions, sizeof(float))},
		.lengths = malloc((rows->count + 1) * sizeof *ret->lengths), .rows_count = rows->count};
	learning l = {.encoder_name = encoder_name, .rows = rows, .count = rows->count, .dimensions = rows->dimensions, .model = ret,
		.row = malloc((rows->dimensions + 1) * sizeof *l.row), .err = err};
	*ret_weights = NULL;
	sp_status status = SP_ERR_NOMEM;
	if (ret->means.numbers && ret->lengths && l.row) {
		ret->turns = spi_asked_turns(encoder_name, l.dimensions);
		count_phrasings(&l);
		l.before = builds_on(&l, before) ? before : NULL;
		if (l.before) {
			keep(&l);
		} else {
			learn_means(&l);
			learn_kinds(&l);
		}
		learn_lengths(&l);
		status = learn_classes(&l, ret_weights);
	} else {
		no_memory(err);
	}
	free(l.row);
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
