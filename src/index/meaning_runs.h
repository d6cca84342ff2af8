/* Rows of an index that are of one document, one kind and one language, one after the other: what is done with all of them alike. */
#ifndef INDEX_MEANING_RUNS_H
#define INDEX_MEANING_RUNS_H

#include "index/passages.h"
#include "sportello/vectors.h"

/* How much nearer texts of one article outweigh the others when all are taken together. Measured on public sets, as is the root of
   their number by which long articles are kept from gaining. */
#define SPI_SHARPNESS 10.0f

typedef struct spi_run {
	uint32_t owner;
	sp_lang lang;
	spi_row_kind kind;
	size_t first, count;
} spi_run;

typedef struct spi_runs {
	spi_run *items;
	size_t count;
} spi_runs;

/* SP_OK; SP_ERR_CORRUPT (a kind or a language that there is not); SP_ERR_NOMEM. Free with spi_runs_release(). */
sp_status spi_runs_find(const sp_vector_row *labels, size_t count, spi_runs *ret, sp_error *err);
void spi_runs_release(spi_runs *runs);

typedef struct spi_run_near {
	float most;
	float all; /* e to the SPI_SHARPNESS times what each lacks of 1, added up */
} spi_run_near;

/* Questions that are nearest to one: so many of them, as a single one may be odd. */
#define SPI_HIGHEST 5

/* The highest of these and of those that stand there, the highest first. Whatever comes, it takes the same steps: which of a run's are
   among the highest no processor can foresee. */
void spi_run_highest(const float *near, size_t count, float highest[SPI_HIGHEST]);

/* Dot products with a run's rows as they are stored, to cosines with the rows' mean taken away: of_mean is its dot product. */
spi_run_near spi_run_centre(float *dots, const float *lengths, size_t count, float of_mean);

#endif
