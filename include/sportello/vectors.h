/**
 * @file vectors.h
 * Vectors on disk: those that were made once (by what they were made of), and those of one sealed index, compared exactly.
 *
 * Folder `vectors/` of the data folder: one file an encoder, of all vectors that it ever made and that are still in use, those of
 * passages with their tokens, found by a hash of role and text: a rebuild, a moved article, a second audience encode nothing again.
 * It holds no text.
 * Folder `vectors/` of an index: the vectors of that audience alone, and the tokens.
 */
#ifndef SPORTELLO_VECTORS_H
#define SPORTELLO_VECTORS_H

#include "sportello/encoder.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most numbers in a vector. */
#define SP_VECTORS_DIMENSIONS_MAX 8192

/** Most bytes in the row of a token. */
#define SP_TOKEN_BYTES_MAX 1024

/* ---- made once ---- */

typedef struct sp_vector_store sp_vector_store;

/** What was there when a store was opened. */
typedef enum sp_vector_store_found {
	SP_STORE_GOOD,    /**< its vectors are in use, or there was none */
	SP_STORE_DAMAGED, /**< renamed to "<file>.aside", a new one begun: its vectors are made again */
	SP_STORE_OLD,     /**< of an older version of the program, or with other tokens: replaced, its vectors are made again */
} sp_vector_store_found;

/**
 * Open the store of an encoder in a folder; made when missing, closed to other users. What a crash left half written at its
 * end (of the last 32 vectors) is cut off; one that is damaged elsewhere, or old, is not in use any more.
 * @param encoder    borrowed, lives longer
 * @param ret_found  to be told to people: vectors are made again, which takes time; NULL = not wanted
 * @return SP_OK; SP_ERR_BUSY (another process writes it, or another handle); SP_ERR_UNSUPPORTED (the encoder makes no vectors,
 *         or too long ones, or tokens of too many bytes); SP_ERR_NEWER; SP_ERR_FULL; SP_ERR_IO; SP_ERR_DENIED; SP_ERR_NOMEM
 * Threads: one thread at a time per handle.
 */
sp_status sp_vector_store_open(const char *folder, sp_encoder *encoder, sp_vector_store **ret, sp_vector_store_found *ret_found,
	sp_error *err);
/** NULL is accepted. */
void sp_vector_store_close(sp_vector_store *store);
/** Its encoder. */
sp_encoder *sp_vector_store_encoder(const sp_vector_store *store);

/** Tokens of many texts: those of text i are rows starts[i] to starts[i + 1]. */
typedef struct sp_token_table {
	size_t count;      /**< texts */
	size_t *starts;    /**< count + 1 */
	signed char *rows;
} sp_token_table;
/** NULL and a zeroed one are accepted. */
void sp_token_table_release(sp_token_table *table);

/** Called after each batch that had to be encoded and is on the disk; @p done of @p total texts that were missing. */
typedef void sp_vectors_progress(void *arg, size_t done, size_t total);

/**
 * Vectors of texts: from the store, the missing ones encoded in batches of 32 (texts of like length together, the longest
 * first) and put into the store as they are made: a build that is broken off, by a crash too, loses one batch. A text that is
 * there several times is encoded once. Numbers are rounded to 16 bits (a dot product changes by less than 0.001): a vector is
 * the same when it was made just now and when it is read years later.
 * @param ret_vectors  row i is text i's; written on SP_OK
 * @param ret_tokens   tokens of all texts, rows of sp_encoder_token_bytes(); zeroed on failure; free with sp_token_table_release().
 *                     NULL = not wanted: those of a passage are made and kept with its vector all the same. A question has none here
 * @return SP_OK; SP_ERR_FULL (what was made before stays; go on when there is room); SP_ERR_INVALID (the encoder gave what is
 *         no number); SP_ERR_CORRUPT (damaged since it was opened: open it again); SP_ERR_IO; SP_ERR_NOMEM; the encoder's error
 */
sp_status sp_vector_store_get(sp_vector_store *store, sp_encode_role role, const char *const *texts, const size_t *lens,
	size_t count, float *ret_vectors, sp_token_table *ret_tokens, sp_vectors_progress *progress, void *arg, sp_error *err);
/** Of these texts, how many are not in the store yet. */
size_t sp_vector_store_missing(
	const sp_vector_store *store, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count);
/** Number of vectors in the store, with or without tokens. */
size_t sp_vector_store_count(const sp_vector_store *store);
/** Forget vectors that were not got since the store was opened, when they are more than half. On failure all are kept. */
sp_status sp_vector_store_sweep(sp_vector_store *store, sp_error *err);

/* ---- of one index ---- */

/**
 * Rows of numbers, quantised to 8 bits with a scale a row, memory-mapped; each row carries an owner (an article's number) and a
 * kind. A number changes by at most 1/250 of the largest in its row.
 */
typedef struct sp_vectors sp_vectors;

typedef struct sp_vector_row { uint32_t owner; uint32_t kind; } sp_vector_row;

/**
 * Write rows to a new file, durable, or nothing: @p rows is count × dimensions.
 * @return SP_OK; SP_ERR_INVALID (what is no number); SP_ERR_TOO_LARGE; SP_ERR_FULL; SP_ERR_IO; SP_ERR_DENIED; SP_ERR_NOMEM
 */
sp_status sp_vectors_write(
	const char *path, const float *rows, const sp_vector_row *labels, size_t count, size_t dimensions, sp_error *err);
/** Gives one row of those to be written. */
typedef void sp_vectors_source(const void *arg, size_t row, float *ret);
/** The same, with rows that do not stand in one place: they are asked for one by one, in order. */
sp_status sp_vectors_write_from(const char *path, sp_vectors_source *source, const void *arg, const sp_vector_row *labels, size_t count,
	size_t dimensions, sp_error *err);
/**
 * Map a file of rows. Sizes and a checksum are looked at.
 * @return SP_OK; SP_ERR_NOT_FOUND; SP_ERR_CORRUPT; SP_ERR_NEWER; SP_ERR_NOMEM; SP_ERR_IO
 * Threads: any, once open.
 */
sp_status sp_vectors_open(const char *path, sp_vectors **ret, sp_error *err);
/** NULL is accepted. */
void sp_vectors_close(sp_vectors *vectors);
size_t sp_vectors_count(const sp_vectors *vectors);
size_t sp_vectors_dimensions(const sp_vectors *vectors);
/** Labels of all rows; owned by the vectors. */
const sp_vector_row *sp_vectors_labels(const sp_vectors *vectors);
/** One row as numbers again: writing them gives the same row. */
void sp_vectors_get_row(const sp_vectors *vectors, size_t row, float *ret);
/**
 * Dot product of a query with every row, exactly: the rows as stored, the query as given (in 32-bit floats).
 * @param query  dimensions numbers
 * @param ret    count numbers; equal rows give equal numbers, bit for bit
 */
void sp_vectors_dot(const sp_vectors *vectors, const float *query, float *ret);
/**
 * The same with one row, of a query that is mostly zeros.
 * @param at      which numbers are not, each below the row's dimensions
 * @param values  those
 */
float sp_vectors_dot_some(const sp_vectors *vectors, size_t row, const uint16_t *at, const float *values, size_t count);
/** Name of the kernel that was chosen for this CPU: "vnni", "avx512", "avx2", "neon" or "scalar". */
const char *sp_vectors_kernel(void);

/* ---- tokens of one index ---- */

/** Rows of the tokens of an index's passages, memory-mapped; each passage has an owner (an article's number). */
typedef struct sp_token_file sp_token_file;

typedef struct sp_token_passage { uint32_t owner; uint32_t count; /**< rows */ } sp_token_passage;

/**
 * Write them to a new file, durable, or nothing.
 * @param passages  by owner, ascending; one owner's stand together
 * @param rows      of all passages, one after the other; @p row_bytes each (1..SP_TOKEN_BYTES_MAX)
 * @return SP_OK; SP_ERR_INVALID (owners out of order); SP_ERR_TOO_LARGE; SP_ERR_FULL; SP_ERR_IO; SP_ERR_DENIED; SP_ERR_NOMEM
 */
sp_status sp_token_file_write(const char *path, const sp_token_passage *passages, size_t passages_count, const signed char *rows,
	size_t row_bytes, sp_error *err);
/**
 * Map a file of them. Sizes and a checksum are looked at.
 * @return SP_OK; SP_ERR_NOT_FOUND; SP_ERR_CORRUPT; SP_ERR_NEWER; SP_ERR_NOMEM; SP_ERR_IO
 * Threads: any, once open.
 */
sp_status sp_token_file_open(const char *path, sp_token_file **ret, sp_error *err);
/** NULL is accepted. */
void sp_token_file_close(sp_token_file *tokens);
size_t sp_token_file_row_bytes(const sp_token_file *tokens);
/** Passages of all owners, in order, and the rows of the first of them; owned by the tokens: for the next revision of an index. */
const sp_token_passage *sp_token_file_passages(const sp_token_file *tokens, size_t *ret_count, const signed char **ret_rows);
/** A question's tokens, made ready to be compared with many owners. */
typedef struct sp_token_question sp_token_question;

/** Empty, with room that is used again for each question. NULL when memory is out. */
sp_token_question *sp_token_question_new(void);
/** NULL is accepted. */
void sp_token_question_free(sp_token_question *question);
/**
 * The next question. Copied.
 * @param rows   of @p row_bytes numbers (1..SP_TOKEN_BYTES_MAX), -127..127 (never -128)
 * @param count  of rows; those past SP_ENCODE_TOKENS_MAX are left out
 * @return SP_OK; SP_ERR_NOMEM: it has no rows then
 */
sp_status sp_token_question_set(sp_token_question *question, const signed char *rows, size_t count, size_t row_bytes, sp_error *err);
/**
 * How well an owner's passages answer a question: of each passage, the sum over the question's tokens of the largest dot product with
 * one of its tokens (MaxSim); ret_best the best passage's, ret_all the same with all of the owner's passages taken as one. Passages
 * without tokens are left out; when all are, both are 0.
 * Divided by 127 times the sum of the lengths of the question's rows: a weighted mean of cosines, in which a shorter row counts less.
 * @param question  with rows as long as the owner's, which are of length 127; without rows, or with others: both are 0
 * @return false: the owner has no passages here, and both are 0
 */
bool sp_token_file_compare(const sp_token_file *tokens, uint32_t owner, const sp_token_question *question, float *ret_best, float *ret_all);

#ifdef __cplusplus
}
#endif
#endif
