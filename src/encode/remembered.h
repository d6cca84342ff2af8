/* Vectors and tokens of questions that were asked before, by a hash of the question: a table of fixed size, and its file. */
#ifndef ENCODE_REMEMBERED_H
#define ENCODE_REMEMBERED_H

#include "sportello/encoder.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first 128 bits of a SHA-256: nobody can make two questions that share one. */
typedef struct spi_question_key {
	uint64_t words[2];
} spi_question_key;

spi_question_key spi_question_key_of(const char *normal_form, size_t len);

typedef struct spi_remembered spi_remembered;

/* Most questions have fewer tokens: so many rows of them are kept for each question that there is a place for, in all. */
#define SPI_REMEMBERED_TOKENS_MEAN 24

/*
 * A table of at most max questions; memory for their vectors is taken here (and becomes resident as it is filled), for
 * tokens as they come. NULL when there is none. Numbers of vectors are kept as 16-bit integers with a scale for each
 * vector, a power of two, so that rounding what was rounded changes nothing. A dot product of two vectors of unit length
 * changes by at most sqrt(dimensions) / 32768 (0.0006 for 384), as a rule by a hundredth of that. Tokens are kept as they are.
 * token_bytes: of a token's row; 0 = there are none.
 * Threads: one at a time; the caller has the lock.
 */
spi_remembered *spi_remembered_new(size_t max, size_t dimensions, size_t token_bytes);
void spi_remembered_free(spi_remembered *remembered);
/* Forget all of them. */
void spi_remembered_clear(spi_remembered *remembered);
size_t spi_remembered_count(const spi_remembered *remembered);
/* Rows of tokens of all questions. */
size_t spi_remembered_tokens(const spi_remembered *remembered);
/* Questions that were added (not read from the file) so far. */
uint64_t spi_remembered_added(const spi_remembered *remembered);

/* Make of a vector what will be found of it: to be given out the first time too, so that it is always the same. False
   when it has what is no number. */
bool spi_remembered_round(float *vector, size_t dimensions);
/* Whether it is there; does not count as asked for again. */
bool spi_remembered_has(const spi_remembered *remembered, const spi_question_key *key);
/* True when it is there. ret_tokens: NULL = not wanted. */
bool spi_remembered_find(spi_remembered *remembered, const spi_question_key *key, float *ret_vector, sp_token_rows *ret_tokens);
/* vector as rounded; tokens: NULL = none. Does nothing when it is there, or when there is no memory for its tokens. Where there
   is no place, or too many tokens would be there, it forgets as many as need be that were not asked for lately (CLOCK: Corbató 1968). */
void spi_remembered_add(spi_remembered *remembered, const spi_question_key *key, const float *vector, const sp_token_rows *tokens);

/*
 * The file: head (magic, format, dimensions, token_bytes, name of the encoder), rows (key, scale, count of tokens, numbers,
 * tokens) in the order in which they are to be forgotten, 64-bit hash of all before (against damage, not malice). In this
 * machine's byte order; a file of another counts as damaged. Mode 0600.
 */

/* Fill an empty table. A file that is damaged, cut, of another encoder or format is renamed to `path.aside`; the table
   stays empty then, as it does without a file. Fails only when memory is out. */
sp_status spi_remembered_read(spi_remembered *remembered, const char *path, const char *encoder, sp_error *err);
/* Replace the file, durable, or leave it as it was. The lock is taken for a few rows at a time, so that who asks does not
   wait for the disk: what is added meanwhile may be in it or not. One call at a time. */
sp_status spi_remembered_write(spi_remembered *remembered, pthread_mutex_t *lock, const char *path, const char *encoder,
	sp_error *err);

#endif
