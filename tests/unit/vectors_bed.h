/* For tests of vectors: a store over a fake encoder, files to damage. */
#ifndef TESTS_VECTORS_BED_H
#define TESTS_VECTORS_BED_H

#include "fake_encoder.h"

#include "sportello/vectors.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAD_BYTES 512
/* Of one without tokens. */
#define RECORD_BYTES (28 + 2 * DIMENSIONS + 4)

double dot_of(const float *a, const float *b, size_t n);

/* ---- a store to try ---- */

typedef struct bed {
	char folder[512];
	fake_encoder fake;
	sp_encoder *encoder;
	sp_vector_store *store;
	sp_vector_store_found found;
	sp_error err;
} bed;

bool open_store_bed(bed *b, const char *name);
void close_store_bed(bed *b);
void close_store(bed *b);
sp_status reopen(bed *b);

#define TEXTS_MOST 400

/* "<what> <first>" and so on, of several lengths. */
typedef struct some_texts {
	char room[TEXTS_MOST][64];
	const char *texts[TEXTS_MOST];
	size_t lens[TEXTS_MOST], count;
} some_texts;

void write_texts(some_texts *t, const char *what, int first, size_t count);
/* As questions. */
sp_status get(bed *b, const some_texts *t, float *ret);
size_t missing(const bed *b, const some_texts *t);

/* ---- files ---- */

/* Path of the store's only file with that ending; false when there is none or several. */
bool find_file(const bed *b, const char *ending, char ret[1024]);
long size_of(const char *path);
/* Change a byte of a file. */
bool flip(const char *path, long at);
bool same_files(const char *a, const char *b);

#endif
