/* What is kept of the articles' texts, to compare them with one another when all are known. */
#ifndef KB_LINT_TEXTS_H
#define KB_LINT_TEXTS_H

#include "kb/facts.h"
#include "kb/lint/values.h"

/* One value of an article, and where. */
typedef struct spi_said {
	spi_value value;
	spi_place place;
	const char *as_written;
} spi_said;

/* A sentence with values in it. */
typedef struct spi_statement {
	uint32_t *words;        /* its other words of content, sorted, each once */
	uint32_t words_count;
	uint32_t first, count;  /* of its values in the article's */
	uint64_t values_key;    /* the same for the same values in any order */
	uint64_t shape;         /* the same for as many values of the same kinds */
} spi_statement;

typedef struct spi_kept_text {
	uint32_t *shingles;     /* hashes of each three words in a row */
	size_t shingles_count, words_count;
	bool sorted;            /* the shingles are, and each is there once: done when they are first compared */
	spi_said *said;
	size_t said_count, body_said_count; /* first those of the body, then those of title and questions */
	spi_statement *statements;
	size_t statements_count;
} spi_kept_text;

/* Sort numbers and keep each once; returns how many are left. */
size_t spi_sort_once(uint32_t *items, size_t count);
/* Take from an article what is compared later; all in arena. */
void spi_keep_text(spi_kept_text *ret, const sp_article *article, const spi_facts *facts, sp_arena *arena);

#endif
