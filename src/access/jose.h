/* Signed tokens (JWT) and the keys that they are checked with (JWKS). The JOSE library stays in jose.c. */
#ifndef ACCESS_JOSE_H
#define ACCESS_JOSE_H

#include "sportello/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct spi_keys spi_keys;

/* The keys of a set that are for signatures and strong enough; others are passed over. NULL when memory is out. */
spi_keys *spi_keys_read(const json_t *set);
void spi_keys_free(spi_keys *keys); /* NULL is accepted */
size_t spi_keys_count(const spi_keys *keys);

typedef struct spi_token spi_token;

/* Take a token apart: three parts, a known algorithm (RS256, PS256, ES256; never none, never one with a shared secret), nothing critical that is
   not understood, claims that are an object. Nothing of it may be believed yet. NULL with why. */
spi_token *spi_token_read(const char *text, size_t len, sp_error *err);
void spi_token_free(spi_token *token); /* NULL is accepted */
const json_t *spi_token_claims(const spi_token *token);

/* Whether one of the keys signed it. SP_OK; SP_ERR_NOT_FOUND: there is no such key; SP_ERR_DENIED: it did not. */
sp_status spi_token_verify(spi_token *token, const spi_keys *keys, sp_error *err);

#endif
