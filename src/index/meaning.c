#include "index/meaning.h"

#include "index/asked.h"
#include "index/meaning_model.h"
#include "index/meaning_runs.h"
#include "index/nearest.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The nearest of some, the first one most. */
typedef struct nearest {
	float near[SPI_HIGHEST];
	uint32_t rows[SPI_HIGHEST];
	size_t count;
} nearest;

static void note(nearest *n, float near, size_t row)
{
	n->count = spi_note_nearest(n->rows, n->near, n->count, SPI_HIGHEST, (uint32_t)row, near);
}

static float mean_of(const float *near, size_t count)
{
	float sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += near[i];
	return count ? sum / (float)count : 0;
}

struct spi_meaning {
	sp_vectors *rows, *classes;
	sp_token_file *tokens, *tokens_since; /* all of a revision's, and of what changed since; NULL = nothing did */
	bool has_tokens;
	sp_token_question *asked;
	spi_meaning_model model;
	float *question, *turned; /* centred; and turned towards what answers it */
	float *row_dots, *class_dots;
	float *row; /* room for one */
	spi_runs runs;      /* of all rows: those of documents, then questions that no article answers */
	spi_nearness *near; /* one a document */
	size_t documents;
	nearest phrasings;  /* of all documents, to the question compared last */
};

static sp_status open_file(const char *folder, const char *what, uint64_t revision, sp_vectors **ret, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/vectors/%s-%llu", folder, what, (unsigned long long)revision);
	return sp_vectors_open(path, ret, err);
}

static sp_status open_tokens(const char *folder, uint64_t revision, sp_token_file **ret, sp_error *err)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/vectors/tokens-%llu", folder, (unsigned long long)revision);
	return sp_token_file_open(path, ret, err);
}

static bool agree(const spi_meaning *m)
{
	size_t dimensions = m->model.means.dimensions;
	return sp_vectors_dimensions(m->rows) == dimensions && sp_vectors_dimensions(m->classes) == dimensions &&
		   sp_vectors_count(m->rows) == m->model.rows_count && sp_vectors_count(m->classes) == m->model.classes.count;
}

static bool has_passages(const sp_token_file *tokens)
{
	const signed char *rows;
	size_t passages;
	sp_token_file_passages(tokens, &passages, &rows);
	return passages > 0;
}

static sp_status prepare(spi_meaning *m, sp_error *err)
{
	sp_status status = spi_runs_find(sp_vectors_labels(m->rows), m->model.rows_count, &m->runs, err);
	if (status != SP_OK)
		return status;
	for (size_t i = 0; i < m->runs.count && !spi_is_nobody(m->runs.items[i].owner); i++)
		m->documents += i == 0 || m->runs.items[i].owner != m->runs.items[i - 1].owner;
	m->has_tokens = has_passages(m->tokens);
	m->question = malloc((m->model.means.dimensions + 1) * sizeof *m->question);
	m->turned = malloc((m->model.means.dimensions + 1) * sizeof *m->turned);
	m->row_dots = malloc((m->model.rows_count + 1) * sizeof *m->row_dots);
	m->class_dots = malloc((m->model.classes.count + 1) * sizeof *m->class_dots);
	m->row = malloc((m->model.means.dimensions + 1) * sizeof *m->row);
	m->near = calloc(m->documents + 1, sizeof *m->near);
	m->asked = sp_token_question_new();
	if (!m->asked || !m->question || !m->turned || !m->row_dots || !m->class_dots || !m->row || !m->near)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return SP_OK;
}

sp_status spi_meaning_open(const char *folder, uint64_t revision, spi_meaning **ret, sp_error *err)
{
	char path[PATH_MAX];
	spi_meaning *m = calloc(1, sizeof *m);
	if (!m)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	snprintf(path, sizeof path, "%s/vectors/model-%llu", folder, (unsigned long long)revision);
	sp_status status = spi_model_read(path, &m->model, err);
	if (status == SP_OK)
		status = open_file(folder, "rows", revision, &m->rows, err);
	if (status == SP_OK)
		status = open_file(folder, "classes", revision, &m->classes, err);
	if (status == SP_OK)
		status = open_tokens(folder, m->model.base, &m->tokens, err);
	if (status == SP_OK && m->model.base != revision)
		status = open_tokens(folder, revision, &m->tokens_since, err);
	if (status == SP_OK && !agree(m))
		status = sp_error_set(err, SP_ERR_CORRUPT, path, 0, "does not agree with the vectors beside it; the index is built again");
	if (status == SP_OK)
		status = prepare(m, err);
	if (status == SP_OK)
		*ret = m;
	else
		spi_meaning_close(m);
	return status == SP_ERR_NOT_FOUND ? SP_ERR_CHANGED : status;
}

void spi_meaning_close(spi_meaning *meaning)
{
	if (!meaning)
		return;
	sp_vectors_close(meaning->rows);
	sp_vectors_close(meaning->classes);
	sp_token_file_close(meaning->tokens);
	sp_token_file_close(meaning->tokens_since);
	spi_model_release(&meaning->model);
	sp_token_question_free(meaning->asked);
	free(meaning->question);
	free(meaning->turned);
	free(meaning->row_dots);
	free(meaning->class_dots);
	free(meaning->row);
	free(meaning->near);
	spi_runs_release(&meaning->runs);
	free(meaning);
}

static float dot(const float *a, const float *b, size_t n)
{
	float sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static void centre_question(spi_meaning *m, const float *vector, sp_lang lang)
{
	size_t n = m->model.means.dimensions;
	const float *mean = spi_mean(&m->model.means, lang, SPI_MEAN_ASKED);
	for (size_t i = 0; i < n; i++)
		m->question[i] = vector[i] - mean[i];
	float length = sqrtf(dot(m->question, m->question, n));
	for (size_t i = 0; length > 0 && i < n; i++)
		m->question[i] /= length;
	if (m->model.turns)
		spi_asked_turn(m->question, m->turned);
	else
		memcpy(m->turned, m->question, n * sizeof *m->turned);
}

/* A dot product with each of the rows' means. */
typedef struct mean_dots {
	float of[SP_LANG_COUNT][SPI_ROW_KINDS];
} mean_dots;

static mean_dots dots_of_means(const spi_meaning *m)
{
	const spi_meaning_means *means = &m->model.means;
	mean_dots ret;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		for (int kind = 0; kind < SPI_ROW_KINDS; kind++)
			ret.of[lang][kind] = dot(m->turned, spi_mean(means, (sp_lang)lang, kind), means->dimensions);
	return ret;
}

static spi_run_near centre(spi_meaning *m, const spi_run *run, const mean_dots *means)
{
	return spi_run_centre(m->row_dots + run->first, m->model.lengths + run->first, run->count, means->of[run->lang][run->kind]);
}

static void note_all(const spi_meaning *m, const spi_run *run, nearest *ret)
{
	const float *near = m->row_dots + run->first;
	float least = ret->count == SPI_HIGHEST ? ret->near[SPI_HIGHEST - 1] : -INFINITY;
	for (size_t i = 0; i < run->count; i++)
		if (near[i] > least) {
			note(ret, near[i], run->first + i);
			least = ret->count == SPI_HIGHEST ? ret->near[SPI_HIGHEST - 1] : -INFINITY;
		}
}

/* The runs from here on that belong to one document; the number of the next one's first. */
static size_t sum_up(spi_meaning *m, size_t r, const mean_dots *means, spi_nearness *ret)
{
	const spi_run *runs = m->runs.items;
	float best[SPI_ROW_KINDS] = {-1, -1, -1}, sum = 0;
	float few[SPI_HIGHEST] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY};
	size_t rows = 0, questions = 0;
	*ret = (spi_nearness){.docid = runs[r].owner, .lang = runs[r].lang};
	for (; r < m->runs.count && runs[r].owner == ret->docid; r++) {
		spi_run_near near = centre(m, &runs[r], means);
		best[runs[r].kind] = fmaxf(best[runs[r].kind], near.most);
		if (runs[r].kind == SPI_ROW_QUESTION) {
			spi_run_highest(m->row_dots + runs[r].first, runs[r].count, few);
			questions += runs[r].count;
			if (m->phrasings.count < SPI_HIGHEST || near.most > m->phrasings.near[SPI_HIGHEST - 1])
				note_all(m, &runs[r], &m->phrasings);
		}
		sum += near.all;
		rows += runs[r].count;
	}
	ret->title = best[SPI_ROW_TITLE];
	ret->phrase = fmaxf(best[SPI_ROW_TITLE], best[SPI_ROW_QUESTION]);
	ret->few = questions ? mean_of(few, questions < SPI_HIGHEST ? questions : SPI_HIGHEST) : ret->title;
	ret->passage = best[SPI_ROW_PASSAGE] > -1 ? best[SPI_ROW_PASSAGE] : ret->title;
	ret->all = logf(sum / sqrtf((float)rows)) / SPI_SHARPNESS + 1;
	return r;
}

static int by_docid(const void *a, const void *b)
{
	const spi_nearness *x = a, *y = b;
	return (x->docid > y->docid) - (x->docid < y->docid);
}

static void add_classes(spi_meaning *m)
{
	sp_vectors_dot(m->classes, m->question, m->class_dots);
	for (size_t i = 0; i < m->model.classes.count; i++) {
		spi_nearness key = {.docid = m->model.classes.docids[i]};
		spi_nearness *of = bsearch(&key, m->near, m->documents, sizeof *m->near, by_docid);
		if (of)
			of->class_score = m->class_dots[i] + m->model.classes.biases[i];
	}
}

size_t spi_meaning_compare(spi_meaning *meaning, const float *vector, sp_lang lang, const spi_nearness **ret)
{
	size_t count = 0;
	*ret = meaning->near;
	if (meaning->documents == 0)
		return 0;
	centre_question(meaning, vector, lang);
	sp_vectors_dot(meaning->rows, meaning->turned, meaning->row_dots);
	mean_dots means = dots_of_means(meaning);
	meaning->phrasings.count = 0;
	size_t r = 0;
	while (count < meaning->documents)
		r = sum_up(meaning, r, &means, &meaning->near[count++]);
	for (; r < meaning->runs.count; r++)
		centre(meaning, &meaning->runs.items[r], &means);
	add_classes(meaning);
	return count;
}

bool spi_meaning_unanswered(const spi_meaning *meaning, sp_lang lang, float *ret)
{
	nearest found = {0};
	for (size_t r = meaning->runs.count; r > 0 && spi_is_nobody(meaning->runs.items[r - 1].owner); r--)
		if (meaning->runs.items[r - 1].lang == lang)
			note_all(meaning, &meaning->runs.items[r - 1], &found);
	if (found.count == 0 || meaning->documents == 0)
		return false;
	*ret = mean_of(found.near, found.count) - mean_of(meaning->phrasings.near, meaning->phrasings.count);
	return true;
}

double spi_meaning_phrasings(const spi_meaning *meaning, sp_lang lang)
{
	return (double)meaning->model.phrasings[lang];
}

void spi_meaning_kinds(const spi_meaning *meaning, const float *vector, sp_lang lang, double ret[SP_KINDS])
{
	memset(ret, 0, SP_KINDS * sizeof *ret);
	if (!meaning->model.turns || lang == SP_LANG_NONE)
		return;
	spi_asked_kinds(vector, lang, ret);
	for (int kind = 0; kind < SP_KINDS; kind++)
		ret[kind] -= (double)meaning->model.kinds[lang][kind];
}

void spi_meaning_near_kinds(const spi_meaning *meaning, double ret[SP_KINDS])
{
	const nearest *near = &meaning->phrasings;
	memset(ret, 0, SP_KINDS * sizeof *ret);
	for (size_t i = 0; i < near->count; i++) {
		double kinds[SP_KINDS];
		sp_vectors_get_row(meaning->rows, near->rows[i], meaning->row);
		spi_meaning_kinds(meaning, meaning->row, spi_row_lang_of(sp_vectors_labels(meaning->rows)[near->rows[i]].kind), kinds);
		for (int kind = 0; kind < SP_KINDS; kind++)
			ret[kind] += kinds[kind] / (double)near->count;
	}
}

sp_status spi_meaning_ask_tokens(spi_meaning *meaning, const sp_token_rows *question, sp_error *err)
{
	return sp_token_question_set(meaning->asked, question->rows, question->count, sp_token_file_row_bytes(meaning->tokens), err);
}

bool spi_meaning_tokens(const spi_meaning *meaning, uint32_t docid, float *ret_best, float *ret_all)
{
	/* A document that changed has a passage there, be it an empty one. */
	if (meaning->tokens_since && sp_token_file_compare(meaning->tokens_since, docid, meaning->asked, ret_best, ret_all))
		return true;
	return sp_token_file_compare(meaning->tokens, docid, meaning->asked, ret_best, ret_all);
}

bool spi_meaning_has_tokens(const spi_meaning *meaning)
{
	return meaning->has_tokens;
}

size_t spi_meaning_dimensions(const spi_meaning *meaning)
{
	return meaning->model.means.dimensions;
}
