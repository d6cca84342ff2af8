#include "encode/remembered_private.h"

#include "base/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Less than this is nothing in a vector of unit length. */
#define NOTHING 1e-30f
#define NUMBER_BITS 15

spi_question_key spi_question_key_of(const char *normal_form, size_t len)
{
	spi_sha256 sha;
	unsigned char digest[32];
	spi_question_key key;
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, normal_form, len);
	spi_sha256_end(&sha, digest);
	memcpy(&key, digest, sizeof key);
	return key;
}

spi_remembered *spi_remembered_new(size_t max, size_t dimensions, size_t token_bytes)
{
	spi_remembered *remembered = calloc(1, sizeof *remembered);
	size_t heads = 16;
	if (!remembered || max == 0 || max > UINT32_MAX / 4 || dimensions > SIZE_MAX / sizeof(int16_t)) {
		free(remembered);
		return NULL;
	}
	while (heads < max)
		heads *= 2;
	*remembered = (spi_remembered){.dimensions = dimensions, .token_bytes = token_bytes, .max = (uint32_t)max,
		.mask = (uint32_t)heads - 1, .tokens_max = (uint64_t)max * SPI_REMEMBERED_TOKENS_MEAN};
	if (remembered->tokens_max < SP_ENCODE_TOKENS_MAX)
		remembered->tokens_max = SP_ENCODE_TOKENS_MAX; /* room for one question, whatever it is */
	remembered->heads = calloc(heads, sizeof *remembered->heads);
	remembered->rows = calloc(max, sizeof *remembered->rows);
	remembered->numbers = calloc(max, dimensions * sizeof *remembered->numbers);
	if (remembered->heads && remembered->rows && remembered->numbers)
		return remembered;
	spi_remembered_free(remembered);
	return NULL;
}

void spi_remembered_free(spi_remembered *remembered)
{
	if (!remembered)
		return;
	for (uint32_t i = 0; i < remembered->used; i++)
		free(remembered->rows[i].tokens);
	free(remembered->heads);
	free(remembered->rows);
	free(remembered->numbers);
	free(remembered);
}

size_t spi_remembered_count(const spi_remembered *remembered)
{
	return remembered->count;
}

size_t spi_remembered_tokens(const spi_remembered *remembered)
{
	return remembered->tokens_count;
}

uint64_t spi_remembered_added(const spi_remembered *remembered)
{
	return remembered->added;
}

void spi_remembered_clear(spi_remembered *remembered)
{
	memset(remembered->heads, 0, ((size_t)remembered->mask + 1) * sizeof *remembered->heads);
	for (uint32_t i = 0; i < remembered->used; i++) {
		free(remembered->rows[i].tokens);
		remembered->rows[i] = (spi_remembered_row){0};
	}
	remembered->count = remembered->used = remembered->free_one = remembered->hand = 0;
	remembered->tokens_count = 0;
}

/* ---- numbers ---- */

/* The exponent of the largest number; false when the numbers are none. */
static bool largest(const float *vector, size_t dimensions, int *ret_exponent)
{
	float most = 0;
	for (size_t i = 0; i < dimensions; i++) {
		float size = fabsf(vector[i]);
		if (!isfinite(size))
			return false;
		most = size > most ? size : most;
	}
	*ret_exponent = -NUMBER_BITS;
	if (most >= NOTHING)
		(void)frexpf(most, ret_exponent);
	return true;
}

static int16_t whole(float value)
{
	long rounded = lrintf(value);
	return (int16_t)(rounded > INT16_MAX ? INT16_MAX : rounded < -INT16_MAX ? -INT16_MAX : rounded);
}

bool spi_remembered_round(float *vector, size_t dimensions)
{
	int exponent;
	if (!largest(vector, dimensions, &exponent))
		return false;
	float scale = ldexpf(1, exponent - NUMBER_BITS), times = ldexpf(1, NUMBER_BITS - exponent);
	for (size_t i = 0; i < dimensions; i++)
		vector[i] = (float)whole(vector[i] * times) * scale;
	return true;
}

static void pack(const float *vector, size_t dimensions, int16_t *ret_numbers, float *ret_scale)
{
	int exponent = 0;
	(void)largest(vector, dimensions, &exponent);
	float times = ldexpf(1, NUMBER_BITS - exponent);
	for (size_t i = 0; i < dimensions; i++)
		ret_numbers[i] = whole(vector[i] * times);
	*ret_scale = ldexpf(1, exponent - NUMBER_BITS);
}

/* ---- the table ---- */

static uint32_t *head_of(const spi_remembered *remembered, const spi_question_key *key)
{
	return &remembered->heads[key->words[0] & remembered->mask];
}

static bool same(const spi_question_key *a, const spi_question_key *b)
{
	return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

/* Its number + 1; 0 = not there. */
static uint32_t find(const spi_remembered *remembered, const spi_question_key *key)
{
	uint32_t at = *head_of(remembered, key);
	while (at && !same(&remembered->rows[at - 1].key, key))
		at = remembered->rows[at - 1].next;
	return at;
}

bool spi_remembered_has(const spi_remembered *remembered, const spi_question_key *key)
{
	return find(remembered, key) > 0;
}

int16_t *spi_remembered_numbers(const spi_remembered *remembered, const spi_remembered_row *row)
{
	return remembered->numbers + (size_t)(row - remembered->rows) * remembered->dimensions;
}

bool spi_remembered_find(spi_remembered *remembered, const spi_question_key *key, float *ret_vector, sp_token_rows *ret_tokens)
{
	uint32_t at = find(remembered, key);
	if (!at)
		return false;
	spi_remembered_row *row = &remembered->rows[at - 1];
	const int16_t *numbers = spi_remembered_numbers(remembered, row);
	row->asked_again = true;
	for (size_t i = 0; i < remembered->dimensions; i++)
		ret_vector[i] = (float)numbers[i] * row->scale;
	if (!ret_tokens)
		return true;
	ret_tokens->count = row->tokens_count;
	if (row->tokens)
		memcpy(ret_tokens->rows, row->tokens, row->tokens_count * remembered->token_bytes);
	return true;
}

/* ---- places ---- */

static void give_back(spi_remembered *remembered, uint32_t number)
{
	spi_remembered_row *row = &remembered->rows[number];
	uint32_t *link = head_of(remembered, &row->key);
	while (*link != number + 1)
		link = &remembered->rows[*link - 1].next;
	*link = row->next;
	remembered->count--;
	remembered->tokens_count -= row->tokens_count;
	free(row->tokens);
	*row = (spi_remembered_row){.next = remembered->free_one};
	remembered->free_one = number + 1;
}

/* Who was asked for again since the last round gets a second one. One is there. */
static void forget_one(spi_remembered *remembered)
{
	uint32_t number;
	bool stays = true;
	while (stays) {
		spi_remembered_row *row = &remembered->rows[number = remembered->hand];
		stays = !row->is_taken || row->asked_again;
		row->asked_again = false;
		remembered->hand = (number + 1) % remembered->used;
	}
	give_back(remembered, number);
}

/* The one that was given back last lies right behind the hand: it comes by there last. */
static uint32_t take_free(spi_remembered *remembered)
{
	uint32_t number = remembered->used;
	if (remembered->free_one) {
		number = remembered->free_one - 1;
		remembered->free_one = remembered->rows[number].next;
	} else {
		remembered->used++;
	}
	remembered->count++;
	return number;
}

spi_remembered_row *spi_remembered_place(
	spi_remembered *remembered, const spi_question_key *key, const signed char *tokens, size_t tokens_count)
{
	size_t bytes = tokens_count * remembered->token_bytes;
	signed char *copy = bytes ? malloc(bytes) : NULL;
	if (bytes && !copy)
		return NULL;
	if (copy)
		memcpy(copy, tokens, bytes);
	while (remembered->count == remembered->max ||
		(remembered->count > 0 && remembered->tokens_count + tokens_count > remembered->tokens_max))
		forget_one(remembered);
	uint32_t number = take_free(remembered), *head = head_of(remembered, key);
	spi_remembered_row *row = &remembered->rows[number];
	*row = (spi_remembered_row){
		.key = *key, .next = *head, .tokens = copy, .tokens_count = (uint16_t)tokens_count, .is_taken = true};
	remembered->tokens_count += tokens_count;
	*head = number + 1;
	return row;
}

void spi_remembered_add(spi_remembered *remembered, const spi_question_key *key, const float *vector, const sp_token_rows *tokens)
{
	if (find(remembered, key))
		return;
	spi_remembered_row *row = spi_remembered_place(remembered, key, tokens ? tokens->rows : NULL, tokens ? tokens->count : 0);
	if (!row)
		return;
	pack(vector, remembered->dimensions, spi_remembered_numbers(remembered, row), &row->scale);
	remembered->added++;
}
