/* What the words of a question tell, as learned from the articles' phrasings: a linear classifier a document (svm.h), over stems and
   character 4-grams of words, hashed (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"), tf-idf, of unit
   length. Where the words of two articles are much the same, it knows which of them tell the two apart.
   Without sentence vectors too.

   File `wording/classes-<n>` of the index, named in the Xapian database in the same transaction as the documents: rows of vectors.h, a
   row a document that is classified, by number, its bias last; then the idf of each language's phrasings. */
#ifndef INDEX_WORDING_H
#define INDEX_WORDING_H

#include "index/card.h"
#include "index/features.h"
#include "sportello/index.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Hashed features. */
#define SPI_WORDING_BITS 12
#define SPI_WORDING_DIMENSIONS (1u << SPI_WORDING_BITS)

/* In an index of more, learning would take longer than indexing, and the file that is written with each change would be large: nothing is
   learned. */
#define SPI_WORDING_DOCUMENTS_MOST 4096

void spi_wording_path(const char *folder, uint64_t revision, char *ret, size_t size);

/* ---- learning ---- */

typedef struct spi_wording_learner spi_wording_learner;

/* NULL when memory is out. */
spi_wording_learner *spi_wording_learner_new(void);
void spi_wording_learner_free(spi_wording_learner *learner);
/* A document's phrasings, documents by number. changed: since the file before was written. False when memory is out. */
bool spi_wording_learner_add(
	spi_wording_learner *learner, uint32_t docid, const spi_card *card, bool changed, sp_analyser *analyser, sp_arena *scratch);
/**
 * Learn, and write the file, durable. A few documents that changed are learned alone, and what is known of the others
 * stays, until one in eight changed since all was learned; so what an index has learned depends a little on how it came about.
 * @param before   file of the revision before; NULL = none
 * @param changes  documents that had changed by then since all was learned; ret_changes: those that have by now
 * @return SP_OK; SP_ERR_NOT_FOUND: articles have too few phrasings to learn from, or are fewer than 50, and nothing was written; sp_vectors_write()'s errors
 * Works on all processors.
 */
sp_status spi_wording_learn(spi_wording_learner *learner, const char *before, size_t changes, const char *path, size_t *ret_changes, sp_error *err);

/* ---- reading ---- */

typedef struct spi_wording spi_wording;

/* SP_OK; SP_ERR_NOT_FOUND; SP_ERR_CORRUPT; SP_ERR_NEWER; SP_ERR_NOMEM; SP_ERR_IO. Threads: any, once open. */
sp_status spi_wording_open(const char *path, spi_wording **ret, sp_error *err);
void spi_wording_close(spi_wording *wording);

#define SPI_WORDING_FEATURES_MAX (SPI_BITS * (SPI_GRAMS_MAX + 1))

/* A question's features, as they are to be held against documents of each language. */
typedef struct spi_wording_asked {
	size_t count;
	uint16_t features[SPI_WORDING_FEATURES_MAX + 1]; /* the bias after them */
	float counts[SPI_WORDING_FEATURES_MAX];
	float shares[SP_LANG_COUNT]; /* that one of them has in the whole */
	float values[SPI_WORDING_FEATURES_MAX + 1]; /* room */
} spi_wording_asked;

void spi_wording_ask(const spi_wording *wording, const spi_question *question, spi_wording_asked *ret);
/* How much it is a question that the document answers: above 0, rather so; at least -2, at most 2. 0 where nothing is known of documents
   of its language, -1 where others of them are classified but this one is not yet. */
float spi_wording_score(const spi_wording *wording, spi_wording_asked *asked, uint32_t docid, sp_lang lang);

#ifdef __cplusplus
}
#endif
#endif
