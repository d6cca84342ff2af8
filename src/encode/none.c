/* Words only: makes no vectors. */
#include "encode/maker.h"

#include <string.h>

static bool is_meant(const char *name)
{
	return strcmp(name, "none") == 0;
}

static sp_status open_none(const sp_encoder_settings *settings, void **ret_state, sp_error *err)
{
	(void)settings, (void)err;
	*ret_state = NULL;
	return SP_OK;
}

static void close_none(void *state)
{
	(void)state;
}

static const char *name_of(const void *state)
{
	(void)state;
	return "none";
}

static size_t dimensions(const void *state)
{
	(void)state;
	return 0;
}

/* No dimensions, so there is nothing to write. */
static sp_status encode(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err)
{
	(void)state, (void)role, (void)texts, (void)lens, (void)count, (void)ret_vectors, (void)ret_tokens, (void)err;
	return SP_OK;
}

const spi_maker spi_maker_none = {is_meant, open_none, close_none, name_of, dimensions, encode, NULL, NULL};
