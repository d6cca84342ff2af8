/* Signed tokens, the keys of a provider, and what a token claims. The first byte says which. */
#include "fuzz.h"

#include "access/claims.h"
#include "access/jose.h"

#include <stdlib.h>
#include <string.h>

/* Keys that nobody here has the other half of (the first of RFC 7515's examples, the second's was thrown away): no token may be found
   signed by them. */
static const char keys_json[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k\",\"use\":\"sig\","
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
	"{\"kty\":\"RSA\",\"kid\":\"r\",\"e\":\"AQAB\",\"n\":\""
	"q4f2rpJitunntayOoRRxwGrZ_0n2uOAX6NpO4k8wAMRlhp6losFPbZHySE1-d9xhchnXCnnT96SL5BNOUD6kjcDQkyxbqAlW9N-HHTco-VB0V5g0FA7mElfjd2n3aB6jQz"
	"uh6UBRanM9uBfV8LNorFVOjQ2yNEupfJRsuUByh65R6xfyXWJd2-95JETMCe3eNhQ7XAnwg0JZrHQSTZtmXmKC9AYOfk7hg25xhXna_MvLc9tSXaB2SgJc1EByAZMdpIsd"
	"vyocU4F5tlzKohtz-5ufRQiLgVSkg_NsFyUSqwh92nzLbTUYIQQmOxvZ01M4ltT7rXcJm4Uxd_78ZzuoFw\"}]}";

static spi_keys *known_keys(void)
{
	static spi_keys *keys;
	if (!keys) {
		json_t *set = json_loads(keys_json, 0, NULL);
		keys = spi_keys_read(set);
		json_decref(set);
		FUZZ_HOLDS(spi_keys_count(keys) == 2, NULL, 0);
	}
	return keys;
}

static void read_token(const char *text, size_t len)
{
	spi_token *token = spi_token_read(text, len, NULL);
	if (!token)
		return;
	FUZZ_HOLDS(json_is_object(spi_token_claims(token)), text, len);
	FUZZ_HOLDS(spi_token_verify(token, known_keys(), NULL) != SP_OK, text, len);
	spi_token_free(token);
}

static void read_claims(const json_t *claims)
{
	static const spi_grant rows[] = {{.value = "operatori"}};
	static const spi_grants rules = {rows, 1};
	static const spi_expected expected = {.issuer = "https://id.example", .audience = "sportello", .now_utc_s = FUZZ_NOW_UTC_S, .skew_s = 60};
	sp_arena *arena = sp_arena_new(0);
	sp_identified granted = {0};
	const char *subject;
	spi_claims_check(claims, &expected, NULL);
	spi_claims_map(claims, "realm_access.roles", &rules, arena, &granted, NULL);
	if (spi_claims_subject(claims, "sub", "app:", arena, &subject, NULL) == SP_OK)
		FUZZ_HOLDS(sp_text_is_utf8(subject, strlen(subject)), NULL, 0);
	sp_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned kind = fuzz_byte(&data, &size) % 3;
	char *text = fuzz_copy(data, size);
	json_t *json = kind == 0 ? NULL : json_loadb(text, size, 0, NULL);
	if (kind == 0)
		read_token(text, size);
	else if (kind == 1 && json)
		spi_keys_free(spi_keys_read(json));
	else if (json_is_object(json))
		read_claims(json);
	json_decref(json);
	free(text);
	return 0;
}
