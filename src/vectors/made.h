/* The file of vectors that were made once, and the table over it: records are put at its end and found by a key. */
#ifndef VECTORS_MADE_H
#define VECTORS_MADE_H

#include "sportello/status.h"

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

/*
 * The file: head (magic, format, dimensions, sum, name of the encoder), then records of one size: key,
 * sum, scale, numbers. Numbers are 16-bit integers with a scale for each vector, a power of two, as in the questions that
 * are remembered (encode/remembered.h): rounding what was rounded changes nothing, and a dot product of two vectors of unit
 * length changes by at most sqrt(dimensions) / 32768, as a rule by a hundredth of that. In this machine's byte order; a file
 * of another counts as damaged.
 */
typedef struct spi_made {
	char path[PATH_MAX];
	const char *encoder; /* its name; borrowed */
	size_t dimensions, record_size;
	int fd;
	size_t count, capacity;
	spi_made_key *keys; /* in the order of the file */
	bool *used;         /* got or made since it was opened */
	size_t used_count;
	uint32_t *slots;    /* record + 1, 0 = free; at least twice as many as records, a power of two */
	size_t slots_count;
} spi_made;

#define SPI_MADE_NONE SIZE_MAX

/* Open the file, or make it. On failure nothing is left open. */
sp_status spi_made_open(
	spi_made *made, const char *path, const char *encoder, size_t dimensions, bool *ret_damaged, sp_error *err);
void spi_made_close(spi_made *made);
/* The record's number, or SPI_MADE_NONE. */
size_t spi_made_find(const spi_made *made, const spi_made_key *key);
void spi_made_use(spi_made *made, size_t record);
/* At most SPI_MADE_AT_ONCE records that are not there yet: all are on the disk afterwards, or none is there. Rounds the
   vectors to what will be read. SP_ERR_INVALID when one has what is no number. */
sp_status spi_made_append(spi_made *made, const spi_made_key *keys, float *vectors, size_t count, sp_error *err);
/* The vector as rounded. */
sp_status spi_made_read(const spi_made *made, size_t record, float *ret_vector, sp_error *err);
/* Write the file again with what was used alone. On failure all is as it was. */
sp_status spi_made_shrink(spi_made *made, sp_error *err);

/* ---- among the files of this part ---- */

typedef struct spi_made_record {
	spi_made_key key;
	uint32_t sum; /* of key and of all that follows */
	float scale;
	int16_t numbers[]; /* of the dimensions; zeros until the size is a multiple of 8 */
} spi_made_record;

size_t spi_made_record_size(size_t dimensions);
/* Rounds the vector. False when it has what is no number. */
bool spi_made_pack(const spi_made *made, const spi_made_key *key, float *vector, spi_made_record *ret);
void spi_made_unpack(const spi_made *made, const spi_made_record *record, float *ret_vector);
bool spi_made_is_sound(const spi_made *made, const spi_made_record *record);

/* Room in the table for so many records more. */
bool spi_made_reserve(spi_made *made, size_t more);
/* Take in the record that follows the last one. There is room. */
void spi_made_note(spi_made *made, const spi_made_key *key);
/* Number anew what was used, in the same order; all is used then. */
void spi_made_forget_unused(spi_made *made);
void spi_made_forget_all(spi_made *made);

#endif
