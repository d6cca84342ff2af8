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

static size_t numbers_size(const spi_made_kind *kind)
{
	return kind->dimensions * sizeof(int16_t);
}

size_t spi_made_record_size(const spi_made_kind *kind, size_t tokens)
{
	return (offsetof(spi_made_record, numbers) + numbers_size(kind) + tokens * kind->token_bytes + 7) & ~(size_t)7;
}

static size_t tokens_most(const spi_made_kind *kind)
{
	return kind->token_bytes ? SP_ENCODE_TOKENS_MAX : 0;
}

size_t spi_made_record_most(const spi_made_kind *kind)
{
	return spi_made_record_size(kind, tokens_most(kind));
}

static uint32_t sum_of(const spi_made_kind *kind, const spi_made_record *record)
{
	size_t from = offsetof(spi_made_record, scale);
	uint64_t of_key = spi_vectors_sum(0, &record->key, sizeof record->key);
	return (uint32_t)spi_vectors_sum(of_key, (const char *)record + from, spi_made_record_size(kind, record->tokens) - from);
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

bool spi_made_pack(const spi_made_kind *kind, const spi_made_key *key, float *vector, const sp_token_rows *tokens, size_t place,
	spi_made_record *ret)
{
	size_t count = tokens ? tokens->count : 0;
	if (!spi_remembered_round(vector, kind->dimensions))
		return false;
	memset(ret, 0, spi_made_record_size(kind, count));
	ret->key = *key;
	ret->scale = scale_of(vector, kind->dimensions);
	ret->tokens = (uint16_t)count;
	ret->place = (uint16_t)place;
	for (size_t i = 0; i < kind->dimensions; i++)
		ret->numbers[i] = (int16_t)lrintf(vector[i] / ret->scale);
	if (count > 0)
		memcpy(ret->numbers + kind->dimensions, tokens->rows, count * kind->token_bytes);
	ret->sum = sum_of(kind, ret);
	return true;
}

void spi_made_unpack(const spi_made_kind *kind, const spi_made_record *record, float *ret_vector, signed char *ret_tokens)
{
	for (size_t i = 0; i < kind->dimensions; i++)
		ret_vector[i] = (float)record->numbers[i] * record->scale;
	if (ret_tokens)
		memcpy(ret_tokens, record->numbers + kind->dimensions, record->tokens * kind->token_bytes);
}

void spi_made_begin_batch(const spi_made_kind *kind, spi_made_record *record)
{
	record->place = 0;
	record->sum = sum_of(kind, record);
}

size_t spi_made_sound_size(const spi_made_kind *kind, const void *bytes, size_t len)
{
	const spi_made_record *record = bytes;
	if (len < spi_made_record_size(kind, 0) || record->tokens > tokens_most(kind))
		return 0;
	size_t size = spi_made_record_size(kind, record->tokens);
	return size <= len && record->sum == sum_of(kind, record) ? size : 0;
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
	while (made->slots[slot] && !same(&made->entries[made->slots[slot] - 1].key, key))
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
	made->used_count += !made->entries[record].is_used;
	made->entries[record].is_used = true;
}

static void fill_slots(spi_made *made)
{
	memset(made->slots, 0, made->slots_count * sizeof *made->slots);
	for (size_t i = 0; i < made->count; i++)
		made->slots[slot_of(made, &made->entries[i].key)] = (uint32_t)i + 1;
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

static bool grow_entries(spi_made *made, size_t records)
{
	size_t capacity = made->capacity * 2 > records ? made->capacity * 2 : records;
	if (records <= made->capacity)
		return true;
	spi_made_entry *entries = realloc(made->entries, capacity * sizeof *entries);
	if (!entries)
		return false;
	made->entries = entries;
	made->capacity = capacity;
	return true;
}

bool spi_made_reserve(spi_made *made, size_t more)
{
	if (more > RECORDS_MOST - made->count)
		return false;
	return grow_entries(made, made->count + more + 1) && grow_slots(made, made->count + more + 1);
}

void spi_made_note(spi_made *made, const spi_made_record *record)
{
	made->entries[made->count] = (spi_made_entry){.key = record->key, .at = made->end, .tokens = record->tokens};
	made->slots[slot_of(made, &record->key)] = (uint32_t)++made->count;
	made->end += spi_made_record_size(&made->kind, record->tokens);
}

void spi_made_forget_unused(spi_made *made, uint64_t start)
{
	size_t kept = 0;
	made->end = start;
	for (size_t i = 0; i < made->count; i++) {
		if (!made->entries[i].is_used)
			continue;
		made->entries[kept] = made->entries[i];
		made->entries[kept++].at = made->end;
		made->end += spi_made_record_size(&made->kind, made->entries[i].tokens);
	}
	made->count = made->used_count = kept;
	fill_slots(made);
}

void spi_made_forget_all(spi_made *made)
{
	made->count = made->used_count = 0;
	fill_slots(made);
}
