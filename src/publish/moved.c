#include "publish/moved.h"

#include "base/hash.h"
#include "base/sorted.h"

#include <stdlib.h>
#include <string.h>

struct spi_moved {
	sp_arena *arena; /* owns itself too */
	spi_moved_entry *items; /* by id, retired ones first, by language */
	size_t count;
	uint64_t hash;
};

static bool is_moved(const spi_file *file)
{
	if (file->is_gone || file->is_waiting || file->rival || !file->version[0])
		return false;
	return file->status == SP_STATUS_RETIRED || (file->status == SP_STATUS_PUBLISHED && file->replaced_by[0] && file->valid_until);
}

static int by_id(const void *a, const void *b)
{
	const spi_moved_entry *left = a, *right = b;
	int order = strcmp(left->id, right->id);
	if (!order)
		order = right->retired - left->retired;
	return order ? order : (int)left->lang - (int)right->lang;
}

static bool add(spi_moved *moved, const spi_file *file)
{
	spi_moved_entry *entry = &moved->items[moved->count++];
	*entry = (spi_moved_entry){.id = sp_arena_strdup(moved->arena, file->id),
		.replaced_by = sp_arena_strdup(moved->arena, file->replaced_by),
		.lang = file->lang,
		.audience = file->audience,
		.valid_until = file->valid_until,
		.retired = file->status == SP_STATUS_RETIRED};
	return entry->id && entry->replaced_by;
}

static uint64_t hash_of(const spi_moved *moved)
{
	uint64_t hash = SPI_HASH64_SEED;
	for (size_t i = 0; i < moved->count; i++) {
		const spi_moved_entry *entry = &moved->items[i];
		const uint32_t facts[] = {(uint32_t)entry->lang, entry->audience, entry->retired, (uint32_t)entry->valid_until};
		hash = spi_hash64_more(hash, entry->id, strlen(entry->id) + 1);
		hash = spi_hash64_more(hash, entry->replaced_by, strlen(entry->replaced_by) + 1);
		hash = spi_hash64_more(hash, facts, sizeof facts);
	}
	return hash;
}

spi_moved *spi_moved_make(const spi_table *table)
{
	size_t count = 0;
	sp_arena *arena = sp_arena_new(1024);
	spi_moved *moved = arena ? sp_arena_calloc(arena, 1, sizeof *moved) : NULL;
	for (size_t i = 0; i < table->count; i++)
		count += is_moved(table->items[i]);
	bool ok = moved && (moved->items = sp_arena_calloc(arena, count + 1, sizeof *moved->items));
	if (moved)
		moved->arena = arena;
	for (size_t i = 0; ok && i < table->count; i++)
		ok = !is_moved(table->items[i]) || add(moved, table->items[i]);
	if (!ok) {
		sp_arena_free(arena);
		return NULL;
	}
	qsort(moved->items, moved->count, sizeof *moved->items, by_id);
	moved->hash = hash_of(moved);
	return moved;
}

void spi_moved_free(spi_moved *moved)
{
	if (moved)
		sp_arena_free(moved->arena);
}

uint64_t spi_moved_hash(const spi_moved *moved)
{
	return moved->hash;
}

static const char *id_of(const void *list, size_t item)
{
	return ((const spi_moved *)list)->items[item].id;
}

static size_t first_of(const spi_moved *moved, const char *id)
{
	return spi_first_from(moved, moved->count, id_of, id);
}

const spi_moved_entry *spi_moved_find(const spi_moved *moved, const char *id, sp_lang lang, sp_audiences reads)
{
	for (size_t i = first_of(moved, id); i < moved->count && strcmp(moved->items[i].id, id) == 0; i++)
		if ((moved->items[i].audience & reads) && (lang == SP_LANG_NONE || moved->items[i].lang == lang))
			return &moved->items[i];
	return NULL;
}
