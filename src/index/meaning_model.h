/* What is learned from an index's vectors, and how it stands in the file model-<n>. */
#ifndef INDEX_MEANING_MODEL_H
#define INDEX_MEANING_MODEL_H

#include "index/meaning_rows.h"
#include "sportello/buffer.h"
#include "sportello/vectors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Label of a row: its kind and its article's language. */
static inline uint32_t spi_row_label(spi_row_kind kind, sp_lang lang)
{
	return (uint32_t)kind | (uint32_t)lang << 8;
}
static inline spi_row_kind spi_row_kind_of(uint32_t label)
{
	return (spi_row_kind)(label & 0xff);
}
static inline sp_lang spi_row_lang_of(uint32_t label)
{
	return (sp_lang)(label >> 8);
}

typedef struct spi_meaning_means {
	size_t dimensions;
	float *numbers; /* [language][kind, or SPI_ROW_KINDS for questions that people ask][dimension] */
} spi_meaning_means;

#define SPI_MEAN_ASKED SPI_ROW_KINDS
#define SPI_MEANS_COUNT ((size_t)SP_LANG_COUNT * (SPI_ROW_KINDS + 1))

static inline float *spi_mean(const spi_meaning_means *means, sp_lang lang, int kind)
{
	return means->numbers + ((size_t)lang * (SPI_ROW_KINDS + 1) + (size_t)kind) * means->dimensions;
}

/* Documents with a classifier of a language, in the order of the rows of classes-<n>. */
typedef struct spi_meaning_classes {
	uint32_t *docids;
	float *biases;
	size_t count;
} spi_meaning_classes;

typedef struct spi_meaning_model {
	spi_meaning_means means;
	float *lengths; /* of each row once its mean is taken away */
	size_t rows_count;
	spi_meaning_classes classes;
	bool turns; /* questions are turned before they are compared (asked.h) */
	float kinds[SP_LANG_COUNT][SP_KINDS]; /* from where on a message is more of a kind than what is asked here usually is */
	float phrasings[SP_LANG_COUNT]; /* titles and questions a document */
	uint64_t base;    /* revision in which all was learned and all tokens were written; */
	uint32_t changes; /* documents that changed since: none in that revision itself */
} spi_meaning_model;

/* What the revision before had learned, and how many documents have changed since. */
typedef struct spi_model_before {
	const spi_meaning_model *model;
	const sp_vectors *classes;
	size_t changes;
} spi_model_before;

/**
 * Learn it. In a large index a few changed documents move no mean that matters: means and kinds stay, and only the classes that
 * changed or that are nearest to one are learned again, until one document in fifty has changed. Then, and in a small index with every
 * change, all is learned again. So what an index has learned depends a little on the way that it came about; a build from the articles
 * learns all.
 * @param before      NULL = learn all
 * @param ret_weights classifier's weights, classes × dimensions; free with free()
 * @param ret         free with spi_model_release(); its base is 0 when all was learned
 */
sp_status spi_model_learn(const char *encoder_name, const spi_rows *rows, const spi_model_before *before, spi_meaning_model *ret,
	float **ret_weights, sp_error *err);
void spi_model_release(spi_meaning_model *model);

sp_status spi_model_write(const spi_meaning_model *model, const char *path, sp_error *err);
/* SP_OK; SP_ERR_NOT_FOUND; SP_ERR_CORRUPT; SP_ERR_NOMEM */
sp_status spi_model_read(const char *path, spi_meaning_model *ret, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
