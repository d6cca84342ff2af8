#include "access/jose.h"

#include <cjose/cjose.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 64
#define RSA_BITS_MIN 2048

typedef struct key {
	cjose_jwk_t *jwk;
	char *kid;       /* NULL = none */
	char alg[8];     /* that it is for; "" = any of its kind */
	bool is_rsa;
} key;

struct spi_keys {
	key keys[KEYS_MAX];
	size_t count;
};

struct spi_token {
	cjose_jws_t *jws;
	json_t *claims;
	const char *alg; /* one of algorithms[] */
	char *kid;
};

/* What a token may be signed with. That the list is ours, and not the token's, is what keeps "none" and shared secrets out. */
static const struct { const char *name; bool is_rsa; } algorithms[] = {{"RS256", true}, {"PS256", true}, {"ES256", false}};

/* Base64url without padding (RFC 7515), whole groups of it. cjose takes other input for our own mistake and ends the program (assert), so
   it is given none. */
static bool is_base64url(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_')
			return false;
	return len > 0 && len % 4 != 1;
}

/* ---- keys ---- */

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Numbers are base64url. */
static bool has_numbers(const json_t *jwk, const char *one, const char *other)
{
	const char *a = text_of(jwk, one), *b = text_of(jwk, other);
	return a && b && is_base64url(a, strlen(a)) && is_base64url(b, strlen(b));
}

/* For signatures, of a kind and strength that we take. */
static bool is_fit(const json_t *jwk, const char **ret_alg)
{
	const char *kty = text_of(jwk, "kty"), *use = text_of(jwk, "use"), *alg = text_of(jwk, "alg"), *crv = text_of(jwk, "crv");
	bool is_rsa = kty && strcmp(kty, "RSA") == 0, is_ec = kty && strcmp(kty, "EC") == 0 && crv && strcmp(crv, "P-256") == 0;
	*ret_alg = "";
	if ((!is_rsa && !is_ec) || (use && strcmp(use, "sig") != 0) || json_object_get(jwk, "d"))
		return false;
	if (!has_numbers(jwk, is_rsa ? "n" : "x", is_rsa ? "e" : "y"))
		return false;
	for (size_t i = 0; alg && i < sizeof algorithms / sizeof *algorithms; i++)
		if (strcmp(alg, algorithms[i].name) == 0 && algorithms[i].is_rsa == is_rsa) {
			*ret_alg = algorithms[i].name;
			return true;
		}
	return !alg;
}

static void add_key(spi_keys *keys, const json_t *jwk)
{
	const char *alg, *kid = text_of(jwk, "kid");
	if (keys->count == KEYS_MAX || !is_fit(jwk, &alg))
		return;
	char *text = json_dumps(jwk, JSON_COMPACT);
	key *k = &keys->keys[keys->count];
	*k = (key){.jwk = text ? cjose_jwk_import(text, strlen(text), NULL) : NULL, .kid = kid ? strdup(kid) : NULL,
		.is_rsa = strcmp(text_of(jwk, "kty"), "RSA") == 0};
	free(text);
	if (!k->jwk || (kid && !k->kid) || (k->is_rsa && cjose_jwk_get_keysize(k->jwk, NULL) < RSA_BITS_MIN)) {
		cjose_jwk_release(k->jwk);
		free(k->kid);
		return;
	}
	memcpy(k->alg, alg, strlen(alg) + 1);
	keys->count++;
}

spi_keys *spi_keys_read(const json_t *set)
{
	spi_keys *keys = calloc(1, sizeof *keys);
	const json_t *list = json_object_get(set, "keys");
	for (size_t i = 0; keys && i < json_array_size(list); i++)
		add_key(keys, json_array_get(list, i));
	return keys;
}

void spi_keys_free(spi_keys *keys)
{
	for (size_t i = 0; keys && i < keys->count; i++) {
		cjose_jwk_release(keys->keys[i].jwk);
		free(keys->keys[i].kid);
	}
	free(keys);
}

size_t spi_keys_count(const spi_keys *keys)
{
	return keys ? keys->count : 0;
}

/* ---- a token ---- */

static bool read_header(spi_token *token, sp_error *err)
{
	cjose_header_t *header = cjose_jws_get_protected(token->jws);
	const char *alg = header ? cjose_header_get(header, CJOSE_HDR_ALG, NULL) : NULL;
	const char *kid = header ? cjose_header_get(header, CJOSE_HDR_KID, NULL) : NULL;
	char *critical = header ? cjose_header_get_raw(header, "crit", NULL) : NULL;
	for (size_t i = 0; alg && i < sizeof algorithms / sizeof *algorithms; i++)
		if (strcmp(alg, algorithms[i].name) == 0)
			token->alg = algorithms[i].name;
	token->kid = kid ? strdup(kid) : NULL;
	bool ok = token->alg && !critical && (!kid || token->kid);
	if (!ok)
		sp_error_set(err, SP_ERR_DENIED, "alg", 0, critical ? "its header wants what is not understood" : "it is not signed with RS256, PS256 or ES256");
	cjose_get_dealloc()(critical);
	return ok;
}

static bool read_claims(spi_token *token, sp_error *err)
{
	uint8_t *text = NULL;
	size_t len = 0;
	if (cjose_jws_get_plaintext(token->jws, &text, &len, NULL))
		token->claims = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(token->claims))
		return true;
	sp_error_set(err, SP_ERR_DENIED, "claims", 0, "its claims are no JSON object");
	return false;
}

/* header.claims.signature */
static bool has_three_parts(const char *text, size_t len)
{
	const char *end = text + len, *first = memchr(text, '.', len), *second = first ? memchr(first + 1, '.', (size_t)(end - first - 1)) : NULL;
	return second && is_base64url(text, (size_t)(first - text)) && is_base64url(first + 1, (size_t)(second - first - 1)) &&
		is_base64url(second + 1, (size_t)(end - second - 1));
}

spi_token *spi_token_read(const char *text, size_t len, sp_error *err)
{
	spi_token *token = calloc(1, sizeof *token);
	if (!token)
		return NULL;
	token->jws = has_three_parts(text, len) ? cjose_jws_import(text, len, NULL) : NULL;
	if (!token->jws)
		sp_error_set(err, SP_ERR_DENIED, "token", 0, "it is no signed token");
	if (token->jws && read_header(token, err) && read_claims(token, err))
		return token;
	spi_token_free(token);
	return NULL;
}

void spi_token_free(spi_token *token)
{
	if (!token)
		return;
	cjose_jws_release(token->jws);
	json_decref(token->claims);
	free(token->kid);
	free(token);
}

const json_t *spi_token_claims(const spi_token *token)
{
	return token->claims;
}

static bool is_for(const key *k, const spi_token *token)
{
	bool is_rsa = strcmp(token->alg, "ES256") != 0;
	return k->is_rsa == is_rsa && (!k->alg[0] || strcmp(k->alg, token->alg) == 0) &&
		(!token->kid || (k->kid && strcmp(k->kid, token->kid) == 0));
}

sp_status spi_token_verify(spi_token *token, const spi_keys *keys, sp_error *err)
{
	const key *found = NULL;
	size_t fit = 0;
	for (size_t i = 0; keys && i < keys->count; i++)
		if (is_for(&keys->keys[i], token)) {
			found = &keys->keys[i];
			fit++;
		}
	if (fit == 0)
		return sp_error_set(err, SP_ERR_NOT_FOUND, "kid", 0, "no key of this name is known");
	/* Without a name only one key can be meant; which of several is not tried out. */
	if (fit > 1)
		return sp_error_set(err, SP_ERR_DENIED, "kid", 0, "several keys could be meant");
	return cjose_jws_verify(token->jws, found->jwk, NULL) ? SP_OK : sp_error_set(err, SP_ERR_DENIED, "signature", 0, "the signature is wrong");
}
