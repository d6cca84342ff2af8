/* A set of short texts that numbers them in the order they came, with a count each. Memory from an arena. */
#ifndef INDEX_TERMSET_H
#define INDEX_TERMSET_H

#include "sportello/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spi_term {
	const char *text; /* owned by the arena, or borrowed if it lives as long */
	uint32_t len;
	uint32_t hash;
	uint32_t count; /* the caller's: weight so far */
	uint32_t extra; /* the caller's */
} spi_term;

typedef struct spi_termset {
	sp_arena *arena;
	spi_term *items;
	size_t count, cap;
	uint32_t *table; /* number + 1, 0 = free; size is a power of two */
	size_t table_size;
} spi_termset;

void spi_termset_init(spi_termset *set, sp_arena *arena);
/* The term's number, added with count 0 when new; -1 when memory is out. The text is borrowed. */
long spi_termset_add(spi_termset *set, const char *text, size_t len, bool *ret_is_new);
/* The term's number or -1. */
long spi_termset_find(const spi_termset *set, const char *text, size_t len);
/* Hash of a term as cards and questions use it; never 0. */
uint32_t spi_term_hash(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif
