#include "kb/map.h"

#include "base/siphash.h"

#include <string.h>

/* The slot that holds the key, or the free one where it belongs. */
static spi_map_slot *find(const spi_map *map, const char *key, size_t len)
{
	size_t i = (size_t)spi_siphash(map->secret, key, len) & (map->cap - 1);
	while (map->slots[i].key && (map->slots[i].len != len || memcmp(map->slots[i].key, key, len) != 0))
		i = (i + 1) & (map->cap - 1);
	return &map->slots[i];
}

void *spi_map_get(const spi_map *map, const char *key, size_t len)
{
	return map->cap ? find(map, key, len)->value : NULL;
}

static int grow(spi_map *map)
{
	spi_map bigger = {.arena = map->arena, .cap = map->cap ? map->cap * 4 : 16, .count = map->count};
	if (map->cap)
		memcpy(bigger.secret, map->secret, sizeof bigger.secret);
	else
		spi_siphash_secret(bigger.secret);
	bigger.slots = sp_arena_calloc(map->arena, bigger.cap, sizeof *bigger.slots);
	if (!bigger.slots)
		return 0;
	for (size_t i = 0; i < map->cap; i++) {
		if (map->slots[i].key)
			*find(&bigger, map->slots[i].key, map->slots[i].len) = map->slots[i];
	}
	*map = bigger;
	return 1;
}

void **spi_map_put(spi_map *map, const char *key, size_t len)
{
	if (map->count * 2 >= map->cap && !grow(map))
		return NULL;
	spi_map_slot *slot = find(map, key, len);
	if (!slot->key) {
		slot->key = key;
		slot->len = len;
		map->count++;
	}
	return &slot->value;
}
