#include "fake_encoder.h"

#include "base/hash.h"
#include "encode/maker.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint64_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 40;
}

void fake_vector(sp_encode_role role, const char *text, size_t len, size_t dimensions, float *ret)
{
	uint64_t state = spi_hash64(text, len) + (uint64_t)role;
	double sum = 0;
	for (size_t i = 0; i < dimensions; i++) {
		ret[i] = len ? (float)((double)next(&state) / (1 << 24) - 0.5) : 0;
		sum += (double)ret[i] * ret[i];
	}
	for (size_t i = 0; i < dimensions && sum > 0; i++)
		ret[i] = (float)(ret[i] / sqrt(sum));
}

void fake_tokens(sp_encode_role role, const char *text, size_t len, size_t token_bytes, sp_token_rows *ret)
{
	uint64_t state = spi_hash64(text, len) + (uint64_t)role;
	ret->count = len < SP_ENCODE_TOKENS_MAX ? len : SP_ENCODE_TOKENS_MAX;
	for (size_t i = 0; i < ret->count * token_bytes; i++)
		ret->rows[i] = (signed char)((int)(next(&state) % 255) - 127);
}

static void fake_close(void *state)
{
	(void)state;
}

static const char *fake_name(const void *state)
{
	return ((const fake_encoder *)state)->name;
}

static size_t fake_dimensions(const void *state)
{
	return ((const fake_encoder *)state)->dimensions;
}

static size_t fake_token_bytes(const void *state)
{
	return ((const fake_encoder *)state)->token_bytes;
}

static void note_call(fake_encoder *f, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count)
{
	f->calls++;
	f->largest = count > f->largest ? (unsigned)count : f->largest;
	f->role = role;
	snprintf(f->last, sizeof f->last, "%.*s", (int)lens[count - 1], texts[count - 1]);
	for (size_t i = 1; i < count; i++)
		f->is_unsorted = f->is_unsorted || lens[i] > lens[i - 1];
}

static sp_status fake_encode(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err)
{
	fake_encoder *f = state;
	pthread_mutex_lock(&f->lock);
	note_call(f, role, texts, lens, count);
	f->at_gate++;
	pthread_cond_broadcast(&f->change);
	while (f->is_shut)
		pthread_cond_wait(&f->change, &f->lock);
	f->at_gate--;
	sp_status fails = f->calls == f->fails_at ? SP_ERR_IO : f->fails;
	f->texts += fails == SP_OK ? (unsigned)count : 0;
	bool gives_nan = f->gives_nan;
	pthread_mutex_unlock(&f->lock);
	if (f->text_us)
		usleep(f->text_us * (unsigned)count);
	if (fails != SP_OK)
		return sp_error_set(err, fails, "fake", 0, "does not feel like it");
	for (size_t i = 0; i < count; i++) {
		fake_vector(role, texts[i], lens[i], f->dimensions, ret_vectors + i * f->dimensions);
		if (ret_tokens && f->token_bytes)
			fake_tokens(role, texts[i], lens[i], f->token_bytes, &ret_tokens[i]);
	}
	if (gives_nan)
		ret_vectors[count * f->dimensions - 1] = NAN;
	return SP_OK;
}

static const spi_maker maker = {.close = fake_close, .name = fake_name, .dimensions = fake_dimensions, .encode = fake_encode,
	.token_bytes = fake_token_bytes};

sp_status fake_encoder_open(fake_encoder *fake, sp_encoder **ret, sp_error *err)
{
	if (!fake->name)
		fake->name = "fake one";
	if (!fake->dimensions)
		fake->dimensions = DIMENSIONS;
	pthread_mutex_init(&fake->lock, NULL);
	pthread_cond_init(&fake->change, NULL);
	return spi_encoder_of_maker(&maker, fake, ret, err);
}

void fake_encoder_end(fake_encoder *fake)
{
	pthread_cond_destroy(&fake->change);
	pthread_mutex_destroy(&fake->lock);
}
