/* What a signed token says, once its signature is right. */
#ifndef ACCESS_CLAIMS_H
#define ACCESS_CLAIMS_H

#include "access/config.h"
#include "sportello/identity.h"

#include <jansson.h>

typedef struct spi_expected {
	const char *issuer, *audience;
	const char *nonce;   /* NULL = not looked at */
	bool is_id_token;    /* iat must be there, azp must be us */
	int64_t now_utc_s, skew_s;
} spi_expected;

/* SP_ERR_DENIED with what is wrong. */
sp_status spi_claims_check(const json_t *claims, const spi_expected *expected, sp_error *err);
/* The claim of a name; where there is none and the name has dots, along them ("realm_access.roles"). NULL when not there. */
const json_t *spi_claim(const json_t *claims, const char *name);
/* What each row gives that one of the claim's values has, into ret's grants; the list is in the arena. SP_ERR_NOT_FOUND when none has. */
sp_status spi_claims_map(const json_t *claims, const char *name, const spi_grants *rules, sp_arena *arena, sp_identified *ret, sp_error *err);
/* Who it is, in front of it whose word it is. In the arena; SP_ERR_DENIED when the claim is no name. */
sp_status spi_claims_subject(const json_t *claims, const char *name, const char *prefix, sp_arena *arena, const char **ret, sp_error *err);

#endif
