#include "index/termset.h"

#include "base/hash.h"

#include <string.h>

uint32_t spi_term_hash(const char *text, size_t len)
{
	uint32_t hash = (uint32_t)spi_hash64(text, len);
	return hash ? hash : 1;
}

void spi_termset_init(spi_termset *set, sp_arena *arena)
{
	*set = (spi_termset){.arena = arena};
}

static bool grow_items(spi_termset *set)
{
	size_t cap = set->cap ? set->cap * 2 : 32;
	spi_term *items = sp_arena_alloc(set->arena, cap * sizeof *items);
	if (!items)
		return false;
	if (set->count)
		memcpy(items, set->items, set->count * sizeof *items);
	set->items = items;
	set->cap = cap;
	return true;
}

/* At most half full, so that looking for what is not there ends soon. */
static bool grow_table(spi_termset *set)
{
	size_t size = set->table_size ? set->table_size * 2 : 64;
	uint32_t *table = sp_arena_calloc(set->arena, size, sizeof *table);
	if (!table)
		return false;
	for (size_t i = 0; i < set->count; i++) {
		size_t at = set->items[i].hash & (size - 1);
		while (table[at])
			at = (at + 1) & (size - 1);
		table[at] = (uint32_t)i + 1;
	}
	set->table = table;
	set->table_size = size;
	return true;
}

/* Where the term stands in the table, or the free place where it would. */
static size_t place_of(const spi_termset *set, const char *text, size_t len, uint32_t hash)
{
	size_t at = hash & (set->table_size - 1);
	for (; set->table[at]; at = (at + 1) & (set->table_size - 1)) {
		const spi_term *item = &set->items[set->table[at] - 1];
		if (item->hash == hash && item->len == len && memcmp(item->text, text, len) == 0)
			break;
	}
	return at;
}

long spi_termset_find(const spi_termset *set, const char *text, size_t len)
{
	if (!set->table_size)
		return -1;
	return (long)set->table[place_of(set, text, len, spi_term_hash(text, len))] - 1;
}

long spi_termset_add(spi_termset *set, const char *text, size_t len, bool *ret_is_new)
{
	if (set->count * 2 >= set->table_size && !grow_table(set))
		return -1;
	uint32_t hash = spi_term_hash(text, len);
	size_t at = place_of(set, text, len, hash);
	*ret_is_new = !set->table[at];
	if (set->table[at])
		return (long)set->table[at] - 1;
	if (set->count == set->cap && !grow_items(set))
		return -1;
	set->items[set->count] = (spi_term){.text = text, .len = (uint32_t)len, .hash = hash};
	set->table[at] = (uint32_t)++set->count;
	return (long)set->count - 1;
}
