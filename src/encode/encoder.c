#include "sportello/encoder.h"

#include "encode/maker.h"

#include <stdlib.h>

/* The Makefile says whether the engine could be had. */
#ifndef SPI_WITH_E5
#define SPI_WITH_E5 0
#endif

static const spi_maker *const makers[] = {&spi_maker_none,
#if SPI_WITH_E5
	&spi_maker_e5,
#endif
	&spi_maker_server, &spi_maker_absent};

struct sp_encoder {
	const spi_maker *maker;
	void *state;
};

static const spi_maker *find_maker(const char *name)
{
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		if (makers[i]->is_meant(name))
			return makers[i];
	return NULL;
}

size_t spi_encode_cut(const char *text, size_t len)
{
	if (len <= SP_ENCODE_TEXT_MAX)
		return len;
	for (len = SP_ENCODE_TEXT_MAX; len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80;)
		len--;
	return len;
}

sp_status spi_encoder_of_maker(const spi_maker *maker, void *state, sp_encoder **ret, sp_error *err)
{
	sp_encoder *encoder = malloc(sizeof *encoder);
	if (!encoder)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	*encoder = (sp_encoder){maker, state};
	*ret = encoder;
	return SP_OK;
}

sp_status sp_encoder_new(const sp_encoder_settings *settings, sp_encoder **ret, sp_error *err)
{
	sp_encoder_settings given = *settings;
	if (!given.name)
		given.name = "none";
	const spi_maker *maker = find_maker(given.name);
	if (!maker)
		return sp_error_set(err, SP_ERR_USAGE, "--encoder", 0,
			"\"%.200s\" is no encoder; give none, e5 or the http(s) address of an embeddings server", given.name);
	void *state = NULL;
	sp_status status = maker->open(&given, &state, err);
	if (status != SP_OK)
		return status;
	status = spi_encoder_of_maker(maker, state, ret, err);
	if (status != SP_OK)
		maker->close(state);
	return status;
}

void sp_encoder_free(sp_encoder *encoder)
{
	if (encoder)
		encoder->maker->close(encoder->state);
	free(encoder);
}

void sp_encoder_stop(sp_encoder *encoder)
{
	if (encoder->maker->stop)
		encoder->maker->stop(encoder->state);
}

bool spi_encoder_is_here(const sp_encoder *encoder)
{
	return !encoder->maker->stop;
}

bool sp_encoder_has_e5(void)
{
	return SPI_WITH_E5;
}

const char *sp_encoder_name(const sp_encoder *encoder)
{
	return encoder->maker->name(encoder->state);
}

size_t sp_encoder_dimensions(const sp_encoder *encoder)
{
	return encoder->maker->dimensions(encoder->state);
}

size_t sp_encoder_token_bytes(const sp_encoder *encoder)
{
	return encoder->maker->token_bytes ? encoder->maker->token_bytes(encoder->state) : 0;
}

sp_status sp_encoder_encode(sp_encoder *encoder, sp_encode_role role, const char *const *texts, const size_t *lens,
	size_t count, float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err)
{
	if (sp_encoder_token_bytes(encoder) == 0)
		for (size_t i = 0; ret_tokens && i < count; i++)
			ret_tokens[i].count = 0;
	return encoder->maker->encode(encoder->state, role, texts, lens, count, ret_vectors, ret_tokens, err);
}
