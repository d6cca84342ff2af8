/* Records and the table over them. */
#include "vectors/made.h"

#include "encode/remembered.h"
#include "vectors/sum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_BITS 15
#define SLOTS_LEAST 64
#define RECORDS_MOST (UINT32_MAX / 4)

/* ---- records ---- */

size_t spi_made_record_size(size_t dimensions)
{
	return (sizeof(spi_made_record) + dimensions * sizeof(int16_t) + 7) & ~(size_t)7;
}

static uint32_t sum_of(const spi_made *made, const spi_made_record *record)
{
	size_t from = offsetof(spi_made_record, scale);
	uint64_t of_key = spi_vectors_sum(0, &record->key, sizeof record->key);
	return (uint32_t)spi_vectors_sum(of_key, (const char *)record + from, made->record_size - from);
}

/* After rounding, each number is a 16-bit integer times this. */
static float scale_of(const float *vector, size_t n)
{
	float most = 0;
	int exponent = 0;
	for (size_t i = 0; i < n; i++)
		most = fmaxf(most, fabsf(vector[i]));
	(void)frexpf(most, &exponent);
	return ldexpf(1, exponent - NUMBER_BITS);
}

bool spi_made_pack(const spi_made *made, const spi_made_key *key, float *vector, spi_made_record *ret)
{
	if (!spi_remembered_round(vector, made->dimensions))
		return false;
	memset(ret, 0, made->record_size);
	ret->key = *key;
	ret->scale = scale_of(vector, made->dimensions);
	for (size_t i = 0; i < made->dimensions; i++)
		ret->numbers[i] = (int16_t)lrintf(vector[i] / ret->scale);
	ret->sum = sum_of(made, ret);
	return true;
}

void spi_made_unpack(const spi_made *made, const spi_made_record *record, float *ret_vector)
{
	for (size_t i = 0; i < made->dimensions; i++)
		ret_vector[i] = (float)record->numbers[i] * record->scale;
}

bool spi_made_is_sound(const spi_made *made, const spi_made_record *record)
{
	return record->sum == sum_of(made, record);
}

/* ---- the table ---- */

static bool same(const spi_made_key *a, const spi_made_key *b)
{
	return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/* Where the key is, or the free slot that it would take. Keys are hashes: one after the other is as good as anything. */
static size_t slot_of(const spi_made *made, const spi_made_key *key)
{
	size_t mask = made->slots_count - 1, slot = key->words[0] & mask;
	while (made->slots[slot] && !same(&made->keys[made->slots[slot] - 1], key))
		slot = (slot + 1) & mask;
	return slot;
}

size_t spi_made_find(const spi_made *made, const spi_made_key *key)
{
	uint32_t at = made->slots[slot_of(made, key)];
	return at ? at - 1 : SPI_MADE_NONE;
}

void spi_made_use(spi_made *made, size_t record)
{
	made->used_count += !made->used[record];
	made->used[record] = true;
}

static void fill_slots(spi_made *made)
{
	memset(made->slots, 0, made->slots_count * sizeof *made->slots);
	for (size_t i = 0; i < made->count; i++)
		made->slots[slot_of(made, &made->keys[i])] = (uint32_t)i + 1;
}

static bool grow_slots(spi_made *made, size_t records)
{
	size_t count = made->slots_count ? made->slots_count : SLOTS_LEAST;
	while (count < 2 * records)
		count *= 2;
	if (count == made->slots_count)
		return true;
	uint32_t *slots = malloc(count * sizeof *slots);
	if (!slots)
		return false;
	free(made->slots);
	made->slots = slots;
	made->slots_count = count;
	fill_slots(made);
	return true;
}

static bool grow_records(spi_made *made, size_t records)
{
	size_t capacity = made->capacity * 2 > records ? made->capacity * 2 : records;
	if (records <= made->capacity)
		return true;
	spi_made_key *keys = realloc(made->keys, capacity * sizeof *keys);
	if (!keys)
		return false;
	made->keys = keys;
	bool *used = realloc(made->used, capacity * sizeof *used);
	if (!used)
		return false;
	made->used = used;
	made->capacity = capacity;
	return true;
}

bool spi_made_reserve(spi_made *made, size_t more)
{
	if (more > RECORDS_MOST - made->count)
		return false;
	return grow_records(made, made->count + more + 1) && grow_slots(made, made->count + more + 1);
}

void spi_made_note(spi_made *made, const spi_made_key *key)
{
	made->keys[made->count] = *key;
	made->used[made->count] = false;
	made->slots[slot_of(made, key)] = (uint32_t)++made->count;
}

void spi_made_forget_unused(spi_made *made)
{
	size_t kept = 0;
	for (size_t i = 0; i < made->count; i++)
		if (made->used[i])
			made->keys[kept++] = made->keys[i];
	for (size_t i = 0; i < kept; i++)
		made->used[i] = true;
	made->count = made->used_count = kept;
	fill_slots(made);
}

void spi_made_forget_all(spi_made *made)
{
	made->count = made->used_count = 0;
	fill_slots(made);
}
