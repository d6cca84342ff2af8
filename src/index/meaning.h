/* What the articles of one index mean, as sentence vectors: the rows of all titles, phrasings and passages, and what is
   learned from them.

   Folder `vectors/` of the index, four files a revision, named in the Xapian database in the same transaction as the
   documents, so that rows and documents are never of two revisions:
	 rows-<n>     a vector a text (vectors.h); owner = document, kind = what text, in which language
	 classes-<n>  a linear classifier's weights a document (classify.h); empty where documents have few phrasings
	 tokens-<n>   a row a token of each passage; empty where the encoder makes none. Where model-<n> names an earlier revision as its
	              base: of the documents that changed since, the others' are in tokens-<base>, which is kept
	 model-<n>    means, lengths, biases

   Vectors of one encoder all point into much the same direction (Ethayarajh 2019, "How Contextual are Contextualized
   Word Representations?"), so cosines are taken after the mean is removed: of titles, of phrasings, of passages, each in its
   language; of questions that of people's own phrasings. */
#ifndef INDEX_MEANING_H
#define INDEX_MEANING_H

#include "index/passages.h"
#include "sportello/vectors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- writing ---- */

typedef struct spi_meaning_writer spi_meaning_writer;

/**
 * @param folder    of the index
 * @param revision  of the files that hold what the index holds now; 0 = none yet
 * @param store     borrowed
 */
sp_status spi_meaning_writer_open(
	const char *folder, uint64_t revision, sp_vector_store *store, spi_meaning_writer **ret, sp_error *err);
void spi_meaning_writer_close(spi_meaning_writer *writer);
/* The document's texts take the place of those that it had. Copied. */
sp_status spi_meaning_put(spi_meaning_writer *writer, uint32_t docid, const sp_document *document, sp_error *err);
sp_status spi_meaning_remove(spi_meaning_writer *writer, uint32_t docid, sp_error *err);
/* Questions in one language that no article answers, in the place of those that were. Copied. */
sp_status spi_meaning_put_unanswered(spi_meaning_writer *writer, sp_lang lang, const sp_strings *questions, sp_error *err);
/* Make the vectors that are missing: the slow part, one writer at a time, as they share the store. */
sp_status spi_meaning_encode(spi_meaning_writer *writer, sp_vectors_progress *progress, void *arg, sp_error *err);
/* Write the files of the next revision, durable; encodes what was not yet. ret_revision: the one before when nothing
   changed. */
sp_status spi_meaning_write(spi_meaning_writer *writer, uint64_t *ret_revision, sp_error *err);
/* After the database named the new revision: remove the files of others. */
void spi_meaning_sweep(spi_meaning_writer *writer);

/* ---- reading ---- */

typedef struct spi_meaning spi_meaning;

/* SP_OK; SP_ERR_CHANGED (these files are gone: a newer revision is there); SP_ERR_CORRUPT; SP_ERR_NOMEM. */
sp_status spi_meaning_open(const char *folder, uint64_t revision, spi_meaning **ret, sp_error *err);
void spi_meaning_close(spi_meaning *meaning);

/* How near one document is to a question. Cosines, centred: 0 = as any two texts, 1 = the same. */
typedef struct spi_nearness {
	uint32_t docid;
	sp_lang lang;
	float title, phrase, passage; /* the best of each; phrase: the title too */
	float few;                    /* mean of the nearest phrasings; of one without any, the title */
	float all;                    /* all together, near ones counting most */
	float class_score;            /* the classifier's; 0 = there is none */
} spi_nearness;

/**
 * Compare a question with all documents.
 * @param vector  as the encoder made it
 * @param ret     by docid; valid until the next call
 * Threads: one at a time.
 */
size_t spi_meaning_compare(spi_meaning *meaning, const float *vector, sp_lang lang, const spi_nearness **ret);
/* By the last comparison: how near the nearest questions of a language are that no article answers, less how near the nearest phrasings are.
   False: there are none. */
bool spi_meaning_unanswered(const spi_meaning *meaning, sp_lang lang, float *ret);
/* Phrasings a document, titles included, in that language: how much the classifier had to learn from. */
double spi_meaning_phrasings(const spi_meaning *meaning, sp_lang lang);
/* How much a question is of each kind: above 0, rather so; 0 where that is not known for the encoder. */
void spi_meaning_kinds(const spi_meaning *meaning, const float *vector, sp_lang lang, double ret[SP_KINDS]);
/* The same of the phrasings that were nearest in the last comparison, on average; 0 without any. */
void spi_meaning_near_kinds(const spi_meaning *meaning, double ret[SP_KINDS]);
/* The question that documents are held against token by token. Copied. Threads: one at a time, as below. */
sp_status spi_meaning_ask_tokens(spi_meaning *meaning, const sp_token_rows *question, sp_error *err);
/* How well a document answers it (sp_token_file_compare in vectors.h). False: nothing to compare. */
bool spi_meaning_tokens(const spi_meaning *meaning, uint32_t docid, float *ret_best, float *ret_all);
/* Whether its passages have tokens. */
bool spi_meaning_has_tokens(const spi_meaning *meaning);
size_t spi_meaning_dimensions(const spi_meaning *meaning);

#ifdef __cplusplus
}
#endif
#endif
