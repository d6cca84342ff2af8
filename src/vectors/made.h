/* The file of vectors that were made once, and the table over it: records are put at its end and found by a key. */
#ifndef VECTORS_MADE_H
#define VECTORS_MADE_H

#include "sportello/encoder.h"
#include "sportello/status.h"
#include "sportello/vectors.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first 128 bits of a SHA-256: nobody can make two texts that share one. */
typedef struct spi_made_key {
	uint64_t words[2];
} spi_made_key;

/* So many records are put at once, at most, and are on the disk before the next are: a crash can leave no more than these
   half written. */
#define SPI_MADE_AT_ONCE 32

/* What is in a file; the encoder's. */
typedef struct spi_made_kind {
	const char *encoder; /* its name; borrowed */
	size_t dimensions;
	size_t token_bytes;  /* 0: no tokens */
} spi_made_kind;

/* Where a record stands in the file, and how many tokens it has. */
typedef struct spi_made_entry {
	spi_made_key key;
	uint64_t at;
	uint16_t tokens;
	bool is_used; /* got or made since it was opened */
} spi_made_entry;

/*
 * The file: head (magic, format, dimensions, sum, bytes of a token's row, name of the encoder), then records, each as long as its
 * tokens make it: key, sum, scale, numbers, rows of tokens. Numbers are 16-bit integers with a scale for each vector, a power of
 * two, as in the questions that are remembered (encode/remembered.h): rounding what was rounded changes nothing, and a dot product
 * of two vectors of unit length changes by at most sqrt(dimensions) / 32768, as a rule by a hundredth of that. In this machine's
 * byte order; a file of another counts as damaged.
 *
 * A record that is not sound can be what a crash left of the last batch, or damage. It was left by a crash when no batch begins
 * after it: so each record tells its place in its batch.
 */
typedef struct spi_made {
	char path[PATH_MAX];
	spi_made_kind kind;
	int fd;
	uint64_t end;            /* of the last record */
	size_t count, capacity;
	spi_made_entry *entries; /* in the order of the file */
	size_t used_count;
	uint32_t *slots;         /* entry + 1, 0 = free; at least twice as many as entries, a power of two */
	size_t slots_count;
} spi_made;

#define SPI_MADE_NONE SIZE_MAX

/* Open the file, or make it. On failure nothing is left open. */
sp_status spi_made_open(
	spi_made *made, const char *path, const spi_made_kind *kind, sp_vector_store_found *ret_found, sp_error *err);
void spi_made_close(spi_made *made);
/* The record's number, or SPI_MADE_NONE. */
size_t spi_made_find(const spi_made *made, const spi_made_key *key);
void spi_made_use(spi_made *made, size_t record);
/* At most SPI_MADE_AT_ONCE records that are not there yet: all are on the disk afterwards, or none is there. Rounds the
   vectors to what will be read. tokens: NULL for none. SP_ERR_INVALID when a vector has what is no number. */
sp_status spi_made_append(spi_made *made, const spi_made_key *keys, float *vectors, const sp_token_rows *tokens, size_t count,
	sp_error *err);
/* The vector as rounded. ret_tokens: room for the record's tokens; NULL = not wanted. */
sp_status spi_made_read(const spi_made *made, size_t record, float *ret_vector, signed char *ret_tokens, sp_error *err);
/* Write the file again with what was used alone. On failure all is as it was. */
sp_status spi_made_shrink(spi_made *made, sp_error *err);

/* ---- among the files of this part ---- */

typedef struct spi_made_record {
	spi_made_key key;
	uint32_t sum; /* of key and of all that follows */
	float scale;
	uint16_t tokens;   /* number of them */
	uint16_t place;    /* in its batch; 0 = it begins one */
	int16_t numbers[]; /* of the dimensions; then the tokens' rows; zeros until the size is a multiple of 8 */
} spi_made_record;

size_t spi_made_record_size(const spi_made_kind *kind, size_t tokens);
/* The largest. */
size_t spi_made_record_most(const spi_made_kind *kind);
/* Rounds the vector. False when it has what is no number. */
bool spi_made_pack(const spi_made_kind *kind, const spi_made_key *key, float *vector, const sp_token_rows *tokens, size_t place,
	spi_made_record *ret);
void spi_made_unpack(const spi_made_kind *kind, const spi_made_record *record, float *ret_vector, signed char *ret_tokens);
/* Let it begin a batch. */
void spi_made_begin_batch(const spi_made_kind *kind, spi_made_record *record);
/* Size of the sound record that the bytes begin with; 0 when they do not. */
size_t spi_made_sound_size(const spi_made_kind *kind, const void *bytes, size_t len);

/* Room in the table for so many records more. */
bool spi_made_reserve(spi_made *made, size_t more);
/* Take in the record that follows the last one. There is room. */
void spi_made_note(spi_made *made, const spi_made_record *record);
/* Number anew what was used, in the same order, places too, the first at start; all is used then. */
void spi_made_forget_unused(spi_made *made, uint64_t start);
void spi_made_forget_all(spi_made *made);

#endif
