#include "index/wording_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct spi_wording {
	sp_vectors *rows;
	float *idf[SP_LANG_COUNT]; /* NULL = nothing was learned in that language */
};

void spi_wording_path(const char *folder, uint64_t revision, char *ret, size_t size)
{
	snprintf(ret, size, "%s/wording/classes-%llu", folder, (unsigned long long)revision);
}

static sp_status read_idf(spi_wording *w, const char *path, sp_error *err)
{
	const sp_vector_row *labels = sp_vectors_labels(w->rows);
	size_t count = sp_vectors_count(w->rows), numbers = sp_vectors_dimensions(w->rows);
	if (numbers != SPI_WORDING_DIMENSIONS + 1)
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is damaged; the index is built again from the articles");
	for (size_t i = count; i > 0 && spi_wording_is_idf(labels[i - 1].owner); i--) {
		float *row = malloc(numbers * sizeof *row);
		if (!row)
			return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
		sp_vectors_get_row(w->rows, i - 1, row);
		uint32_t lang = labels[i - 1].owner - spi_wording_idf_owner((sp_lang)0);
		free(w->idf[lang]);
		w->idf[lang] = row;
	}
	return SP_OK;
}

sp_status spi_wording_open(const char *path, spi_wording **ret, sp_error *err)
{
	spi_wording *w = calloc(1, sizeof *w);
	if (!w)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	sp_status status = sp_vectors_open(path, &w->rows, err);
	if (status == SP_OK)
		status = read_idf(w, path, err);
	if (status == SP_OK)
		*ret = w;
	else
		spi_wording_close(w);
	return status;
}

void spi_wording_close(spi_wording *wording)
{
	if (!wording)
		return;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		free(wording->idf[lang]);
	sp_vectors_close(wording->rows);
	free(wording);
}

static void add(spi_wording_asked *asked, uint16_t feature)
{
	for (size_t i = 0; i < asked->count; i++)
		if (asked->features[i] == feature) {
			asked->counts[i]++;
			return;
		}
	asked->features[asked->count] = feature;
	asked->counts[asked->count++] = 1;
}

void spi_wording_ask(const spi_wording *wording, const spi_question *question, spi_wording_asked *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < question->words_count; i++) {
		add(ret, spi_wording_feature_of_stem(question->words[i].hash));
		for (size_t k = 0; k < question->word_grams[i].count; k++)
			add(ret, spi_wording_feature_of_gram(question->word_grams[i].items[k]));
	}
	ret->features[ret->count] = SPI_WORDING_DIMENSIONS;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		float squares = 0;
		for (size_t i = 0; wording->idf[lang] && i < ret->count; i++) {
			float value = ret->counts[i] * wording->idf[lang][ret->features[i]];
			squares += value * value;
		}
		ret->shares[lang] = squares > 0 ? 1 / sqrtf(squares) : 0;
	}
}

bool spi_wording_find(const sp_vectors *rows, uint32_t docid, size_t *ret)
{
	const sp_vector_row *labels = sp_vectors_labels(rows);
	size_t from = 0, to = sp_vectors_count(rows);
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (labels[middle].owner < docid)
			from = middle + 1;
		else
			to = middle;
	}
	*ret = from;
	return from < sp_vectors_count(rows) && labels[from].owner == docid;
}

float spi_wording_score(const spi_wording *wording, spi_wording_asked *asked, uint32_t docid, sp_lang lang)
{
	size_t row;
	if (lang >= SP_LANG_COUNT || !wording->idf[lang] || asked->shares[lang] == 0)
		return 0;
	if (!spi_wording_find(wording->rows, docid, &row))
		return -1;
	for (size_t i = 0; i < asked->count; i++)
		asked->values[i] = asked->counts[i] * asked->shares[lang];
	asked->values[asked->count] = 1 / SPI_WORDING_BIAS_SCALE;
	float score = sp_vectors_dot_some(wording->rows, row, asked->features, asked->values, asked->count + 1);
	return fminf(fmaxf(score, -2), 2);
}
