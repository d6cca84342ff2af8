/* A map from texts to pointers inside an arena, for looking up ids, questions and anchors without searching lists. */
#ifndef KB_MAP_H
#define KB_MAP_H

#include "sportello/arena.h"

#include <stdint.h>

typedef struct spi_map_slot {
	const char *key; /* NULL = free */
	size_t len;
	void *value;
} spi_map_slot;

typedef struct spi_map {
	sp_arena *arena;
	spi_map_slot *slots;
	size_t count, cap; /* cap is 0 or a power of two */
	uint64_t secret[2]; /* keys are texts of people, too: nobody can choose many for one place */
} spi_map;

/* The value of a key; NULL when it is not there. */
void *spi_map_get(const spi_map *map, const char *key, size_t len);
/*
 * Where the value of a key is kept, NULL in it when the key is new. The key's bytes are borrowed for the life of the
 * map. The place is good until the next call. NULL when memory is out.
 */
void **spi_map_put(spi_map *map, const char *key, size_t len);

#endif
