#include "sportello/encoder.h"

#include "encode/maker.h"

#include <stdlib.h>

static const spi_maker *const makers[] = {&spi_maker_none, &spi_maker_absent};

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

sp_status sp_encoder_new(const char *name, sp_encoder **ret, sp_error *err)
{
	const spi_maker *maker = find_maker(name);
	if (!maker)
		return sp_error_set(err, SP_ERR_USAGE, "--encoder", 0,
			"\"%.200s\" is no encoder; give none, e5 or the http(s) address of an embeddings server", name);
	void *state = NULL;
	sp_status status = maker->open(name, &state, err);
	if (status != SP_OK)
		return status;
	sp_encoder *encoder = malloc(sizeof *encoder);
	if (!encoder) {
		maker->close(state);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	*encoder = (sp_encoder){maker, state};
	*ret = encoder;
	return SP_OK;
}

void sp_encoder_free(sp_encoder *encoder)
{
	if (encoder)
		encoder->maker->close(encoder->state);
	free(encoder);
}

const char *sp_encoder_name(const sp_encoder *encoder)
{
	return encoder->maker->name(encoder->state);
}

size_t sp_encoder_dimensions(const sp_encoder *encoder)
{
	return encoder->maker->dimensions(encoder->state);
}

sp_status sp_encoder_encode(sp_encoder *encoder, sp_encode_role role, const char *const *texts, const size_t *lens,
	size_t count, float *ret_vectors, sp_error *err)
{
	return encoder->maker->encode(encoder->state, role, texts, lens, count, ret_vectors, err);
}
