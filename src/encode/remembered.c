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

spi_remembered *spi_remembered_new(size_t max, size_t dimensions)
{
	spi_remembered *remembered = calloc(1, sizeof *remembered);
	size_t heads = 16;
	if (!remembered || max == 0 || max > UINT32_MAX / 4 || dimensions > SIZE_MAX / sizeof(int16_t)) {
		free(remembered);
		return NULL;
	}
	while (heads < max)
		heads *= 2;
	*remembered = (spi_remembered){.dimensions = dimensions, .max = (uint32_t)max, .mask = (uint32_t)heads - 1};
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
	free(remembered->heads);
	free(remembered->rows);
	free(remembered->numbers);
	free(remembered);
}

size_t spi_remembered_count(const spi_remembered *remembered)
{
	return remembered->count;
}

uint64_t spi_remembered_added(const spi_remembered *remembered)
{
	return remembered->added;
}

void spi_remembered_clear(spi_remembered *remembered)
{
	memset(remembered->heads, 0, ((size_t)remembered->mask + 1) * sizeof *remembered->heads);
	remembered->count = remembered->hand = 0;
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

bool spi_remembered_find(spi_remembered *remembered, const spi_question_key *key, float *ret_vector)
{
	uint32_t at = find(remembered, key);
	if (!at)
		return false;
	spi_remembered_row *row = &remembered->rows[at - 1];
	const int16_t *numbers = remembered->numbers + (at - 1) * remembered->dimensions;
	row->asked_again = true;
	for (size_t i = 0; i < remembered->dimensions; i++)
		ret_vector[i] = (float)numbers[i] * row->scale;
	return true;
}

static void unlink_row(spi_remembered *remembered, uint32_t number)
{
	uint32_t *link = head_of(remembered, &remembered->rows[number].key);
	while (*link != number + 1)
		link = &remembered->rows[*link - 1].next;
	*link = remembered->rows[number].next;
}

/* Who was asked for again since the last round gets a second one. */
static uint32_t forget_one(spi_remembered *remembered)
{
	uint32_t number = remembered->hand;
	while (remembered->rows[number].asked_again) {
		remembered->rows[number].asked_again = false;
		number = (number + 1) % remembered->max;
	}
	remembered->hand = (number + 1) % remembered->max;
	unlink_row(remembered, number);
	return number;
}

uint32_t spi_remembered_place(spi_remembered *remembered, const spi_question_key *key)
{
	uint32_t number = remembered->count < remembered->max ? remembered->count++ : forget_one(remembered);
	uint32_t *head = head_of(remembered, key);
	remembered->rows[number] = (spi_remembered_row){.key = *key, .next = *head};
	*head = number + 1;
	return number;
}

void spi_remembered_add(spi_remembered *remembered, const spi_question_key *key, const float *vector)
{
	if (find(remembered, key))
		return;
	uint32_t number = spi_remembered_place(remembered, key);
	pack(vector, remembered->dimensions, remembered->numbers + number * remembered->dimensions, &remembered->rows[number].scale);
	remembered->added++;
}
