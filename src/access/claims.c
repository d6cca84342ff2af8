#include "access/claims.h"

#include "base/hash.h"

#include <string.h>

#define SUBJECT_MAX 200
#define DEPTH_MAX 8
/* An ID token is made while the browser waits. */
#define ID_TOKEN_AGE_S 600

static const char *text_of(const json_t *claims, const char *name)
{
	return json_string_value(json_object_get(claims, name));
}

static bool is_text(const json_t *claims, const char *name, const char *wanted)
{
	const char *text = text_of(claims, name);
	return text && strcmp(text, wanted) == 0;
}

static sp_status deny(sp_error *err, const char *claim, const char *why)
{
	return sp_error_set(err, SP_ERR_DENIED, claim, 0, "%s", why);
}

/* One text, or a list of texts. */
static bool has_value(const json_t *claim, const char *wanted)
{
	if (json_is_string(claim))
		return strcmp(json_string_value(claim), wanted) == 0;
	for (size_t i = 0; json_is_array(claim) && i < json_array_size(claim); i++) {
		const char *text = json_string_value(json_array_get(claim, i));
		if (text && strcmp(text, wanted) == 0)
			return true;
	}
	return false;
}

/* ---- whether it holds ---- */

/* Seconds since 1970, whole or not; numbers that no clock shows are none. */
static bool time_of(const json_t *claims, const char *name, double *ret)
{
	const json_t *claim = json_object_get(claims, name);
	*ret = json_number_value(claim);
	return json_is_number(claim) && *ret > 0 && *ret < 1e12;
}

static sp_status check_times(const json_t *claims, const spi_expected *e, sp_error *err)
{
	double now = (double)e->now_utc_s, skew = (double)e->skew_s, at;
	if (!time_of(claims, "exp", &at) || at + skew <= now)
		return deny(err, "exp", "it has expired, or does not say when it does");
	if (json_object_get(claims, "nbf") && (!time_of(claims, "nbf", &at) || at - skew > now))
		return deny(err, "nbf", "it does not hold yet");
	bool has_iat = time_of(claims, "iat", &at);
	if ((json_object_get(claims, "iat") || e->is_id_token) && (!has_iat || at - skew > now))
		return deny(err, "iat", "it was made in the future, or does not say when");
	if (e->is_id_token && at + skew + ID_TOKEN_AGE_S < now)
		return deny(err, "iat", "it was made too long ago");
	return SP_OK;
}

static sp_status check_audience(const json_t *claims, const spi_expected *e, sp_error *err)
{
	const json_t *audience = json_object_get(claims, "aud");
	if (!has_value(audience, e->audience))
		return deny(err, "aud", "it is not for us");
	if (!e->is_id_token)
		return SP_OK;
	if (json_object_get(claims, "azp") ? !is_text(claims, "azp", e->audience) : json_array_size(audience) > 1)
		return deny(err, "azp", "it was made for somebody else");
	return SP_OK;
}

sp_status spi_claims_check(const json_t *claims, const spi_expected *e, sp_error *err)
{
	const char *nonce = text_of(claims, "nonce");
	if (!is_text(claims, "iss", e->issuer))
		return deny(err, "iss", "it is of another issuer");
	sp_status status = check_audience(claims, e, err);
	if (status == SP_OK)
		status = check_times(claims, e, err);
	if (status == SP_OK && e->nonce && !(nonce && spi_same_secret(nonce, e->nonce)))
		status = deny(err, "nonce", "it answers another request");
	return status;
}

/* ---- whom it speaks of ---- */

const json_t *spi_claim(const json_t *claims, const char *name)
{
	const json_t *claim = json_object_get(claims, name);
	char part[128];
	if (claim || !strchr(name, '.'))
		return claim;
	claim = claims;
	for (int depth = 0; claim && depth < DEPTH_MAX; depth++) {
		size_t len = strcspn(name, ".");
		if (len >= sizeof part)
			return NULL;
		memcpy(part, name, len);
		part[len] = '\0';
		claim = json_object_get(claim, part);
		if (!name[len])
			return claim;
		name += len + 1;
	}
	return NULL;
}

sp_status spi_claims_map(const json_t *claims, const char *name, const spi_grants *rules, sp_arena *arena, sp_identified *ret, sp_error *err)
{
	const json_t *claim = spi_claim(claims, name);
	const sp_grant **grants = sp_arena_calloc(arena, rules->count + 1, sizeof *grants);
	if (!grants)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	ret->grants = grants;
	ret->grants_count = 0;
	for (size_t i = 0; claim && i < rules->count; i++)
		if (has_value(claim, rules->rows[i].value))
			grants[ret->grants_count++] = &rules->rows[i].gives;
	return ret->grants_count ? SP_OK : sp_error_set(err, SP_ERR_NOT_FOUND, name, 0, "nothing of it is in the mapping");
}

sp_status spi_claims_subject(const json_t *claims, const char *name, const char *prefix, sp_arena *arena, const char **ret, sp_error *err)
{
	const char *subject = json_string_value(spi_claim(claims, name));
	if (!subject || !*subject || strlen(subject) > SUBJECT_MAX)
		return deny(err, name, "it does not say of whom it speaks");
	for (const char *at = subject; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return deny(err, name, "it does not say of whom it speaks");
	*ret = sp_arena_printf(arena, "%s%s", prefix, subject);
	return *ret ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}
