/* The provider that people sign in with: OpenID Connect Discovery 1.0, authorization code with PKCE (RFC 7636), Core 1.0 for the ID token,
   RP-Initiated Logout 1.0. Everything here runs on the identity's thread. */
#include "access/identity_private.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "connect/sign.h"

#include <stdlib.h>
#include <string.h>

/* What the provider says of itself is asked for anew so often; and after a failure, so soon. */
#define KNOWN_S 3600
#define FAILED_S 2
#define FILE_MAX ((size_t)1024 * 1024)

/* ---- asking ---- */

json_t *spi_identity_get(sp_identity *identity, const char *url, sp_error *err)
{
	bool local;
	spi_answer answer;
	spi_call_request request = {.method = "GET", .url = url};
	if (!spi_access_is_safe(url, &local)) {
		sp_error_set(err, SP_ERR_DENIED, url, 0, "this address is not asked: it is not https");
		return NULL;
	}
	spi_call_run(identity->call, &request, &answer);
	if (answer.outcome == SPI_DONE)
		return answer.json;
	sp_error_set(err, SP_ERR_BUSY, url, 0, "%s", answer.why);
	spi_answer_clear(&answer);
	return NULL;
}

static json_t *read_file(const char *path)
{
	const char *bytes;
	size_t len;
	sp_arena *arena = sp_arena_new(0);
	json_t *json = NULL;
	if (arena && spi_file_read(path, FILE_MAX, arena, &bytes, &len, NULL) == SP_OK)
		json = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	sp_arena_free(arena);
	return json;
}

void spi_identity_bring(sp_identity *identity, spi_key_source *source)
{
	json_t *set = source->file ? read_file(source->file) : spi_identity_get(identity, source->url, NULL);
	spi_keys *keys = set ? spi_keys_read(set) : NULL, *old = NULL;
	json_decref(set);
	pthread_mutex_lock(&identity->keys_lock);
	source->tried_us = spi_now_us();
	source->wanted = false;
	/* An answer without a key is none: what was known goes on. */
	if (spi_keys_count(keys) > 0) {
		old = source->keys;
		source->keys = keys;
		keys = NULL;
	}
	pthread_mutex_unlock(&identity->keys_lock);
	spi_keys_free(keys);
	spi_keys_free(old);
}

/* ---- what it says of itself ---- */

void spi_description_release(spi_description *description)
{
	free(description->authorize);
	free(description->token);
	free(description->keys);
	free(description->end);
	*description = (spi_description){.tried_us = description->tried_us};
}

static char *address_of(const json_t *json, const char *name)
{
	const char *url = json_string_value(json_object_get(json, name));
	bool local;
	return url && spi_access_is_safe(url, &local) ? strdup(url) : NULL;
}

static bool is_same_issuer(const json_t *json, const char *issuer)
{
	const char *said = json_string_value(json_object_get(json, "issuer"));
	return said && strcmp(said, issuer) == 0;
}

static sp_status describe(sp_identity *identity, sp_error *err)
{
	spi_description *d = &identity->description;
	const char *issuer = identity->config.provider.issuer;
	size_t len = strlen(issuer);
	sp_buffer url = SP_BUFFER_INIT;
	int64_t age_us = spi_now_us() - d->tried_us;
	if (d->known && age_us < (int64_t)KNOWN_S * 1000000)
		return SP_OK;
	if (!d->known && d->tried_us && age_us < (int64_t)FAILED_S * 1000000)
		return sp_error_set(err, SP_ERR_BUSY, issuer, 0, "the provider could not be reached a moment ago");
	sp_buffer_printf(&url, "%.*s/.well-known/openid-configuration", (int)(len > 0 && issuer[len - 1] == '/' ? len - 1 : len), issuer);
	json_t *json = spi_identity_get(identity, sp_buffer_text(&url), err);
	sp_buffer_release(&url);
	d->tried_us = spi_now_us();
	if (!json)
		return d->known ? SP_OK : SP_ERR_BUSY; /* what was known an hour ago goes on being tried */
	bool same = is_same_issuer(json, issuer);
	spi_description_release(d);
	d->authorize = address_of(json, "authorization_endpoint");
	d->token = address_of(json, "token_endpoint");
	d->keys = address_of(json, "jwks_uri");
	d->end = address_of(json, "end_session_endpoint");
	d->says_issuer = json_is_true(json_object_get(json, "authorization_response_iss_parameter_supported"));
	d->known = same && d->authorize && d->token && d->keys;
	json_decref(json);
	return d->known ? SP_OK : sp_error_set(err, SP_ERR_BUSY, issuer, 0, "the provider's description %s",
		same ? "lacks an https address" : "is of another issuer than the settings name");
}

/* ---- what comes from the browser's secret ---- */

#define DERIVED_LEN 64 /* hex of 256 bits */

/* State, nonce and the code's proof are three hashes of one secret that only that browser keeps: nothing is kept here meanwhile. */
static void derive(const char *secret, const char *what, char ret[DERIVED_LEN + 1])
{
	spi_sha256 sha;
	unsigned char digest[32];
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, what, strlen(what) + 1);
	spi_sha256_add(&sha, secret, strlen(secret));
	spi_sha256_end(&sha, digest);
	spi_hex(digest, sizeof digest, ret);
}

/* RFC 7636: base64url, without "=", of the verifier's hash. */
static void put_challenge(const char *verifier, sp_buffer *ret)
{
	spi_sha256 sha;
	unsigned char digest[32];
	spi_sha256_init(&sha);
	spi_sha256_add(&sha, verifier, strlen(verifier));
	spi_sha256_end(&sha, digest);
	spi_base64(digest, sizeof digest, ret);
	for (size_t i = 0; sp_buffer_ok(ret) && i < ret->len; i++)
		ret->data[i] = ret->data[i] == '+' ? '-' : ret->data[i] == '/' ? '_' : ret->data[i];
	while (ret->len > 0 && ret->data[ret->len - 1] == '=')
		ret->data[--ret->len] = '\0';
}

/* ---- to the provider ---- */

static void add(sp_buffer *out, const char *name, const char *value)
{
	sp_buffer_printf(out, "%s%s=", out->len > 0 ? "&" : "", name);
	spi_call_escape(value, out);
}

static sp_status put_url(sp_identity_job *job, const char *base, const sp_buffer *query)
{
	job->url = sp_arena_printf(job->arena, "%s%s%s", base, strchr(base, '?') ? "&" : "?", sp_buffer_text(query));
	return job->url && sp_buffer_ok(query) ? SP_OK : sp_error_set(&job->error, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

sp_status spi_provider_begin(sp_identity *identity, sp_identity_job *job)
{
	const spi_provider_config *config = &identity->config.provider;
	char state[DERIVED_LEN + 1], nonce[DERIVED_LEN + 1], verifier[DERIVED_LEN + 1];
	sp_buffer query = SP_BUFFER_INIT, challenge = SP_BUFFER_INIT;
	sp_status status = describe(identity, &job->error);
	if (status != SP_OK)
		return status;
	derive(job->secret, "state", state);
	derive(job->secret, "nonce", nonce);
	derive(job->secret, "verifier", verifier);
	put_challenge(verifier, &challenge);
	add(&query, "response_type", "code");
	add(&query, "client_id", config->client_id);
	add(&query, "redirect_uri", job->return_url);
	add(&query, "scope", config->scope);
	add(&query, "state", state);
	add(&query, "nonce", nonce);
	add(&query, "code_challenge", sp_buffer_text(&challenge));
	add(&query, "code_challenge_method", "S256");
	status = put_url(job, identity->description.authorize, &query);
	sp_buffer_release(&query);
	sp_buffer_release(&challenge);
	return status;
}

sp_status spi_provider_end(sp_identity *identity, sp_identity_job *job)
{
	sp_buffer query = SP_BUFFER_INIT;
	sp_status status = describe(identity, &job->error);
	if (status == SP_OK && !identity->description.end)
		return sp_error_set(&job->error, SP_ERR_UNSUPPORTED, NULL, 0, "the provider has no address where its session ends");
	if (status != SP_OK)
		return status;
	add(&query, "client_id", identity->config.provider.client_id);
	add(&query, "post_logout_redirect_uri", job->return_url);
	status = put_url(job, identity->description.end, &query);
	sp_buffer_release(&query);
	return status;
}

/* ---- and back ---- */

/* RFC 6749, 2.3.1: name and secret are form-encoded before they are put together. */
static bool put_basic(const char *id, const char *secret, sp_buffer *ret)
{
	sp_buffer plain = SP_BUFFER_INIT;
	spi_call_escape(id, &plain);
	sp_buffer_add_char(&plain, ':');
	spi_call_escape(secret, &plain);
	sp_buffer_add_text(ret, "Authorization: Basic ");
	spi_base64(sp_buffer_text(&plain), plain.len, ret);
	bool ok = sp_buffer_ok(&plain) && sp_buffer_ok(ret);
	if (plain.data)
		explicit_bzero(plain.data, plain.len);
	sp_buffer_release(&plain);
	return ok;
}

static sp_status post_code(sp_identity *identity, sp_identity_job *job, const char *basic, json_t **ret)
{
	char verifier[DERIVED_LEN + 1];
	const char *headers[] = {basic, NULL};
	sp_buffer body = SP_BUFFER_INIT;
	spi_answer answer;
	derive(job->secret, "verifier", verifier);
	add(&body, "grant_type", "authorization_code");
	add(&body, "code", job->code);
	add(&body, "redirect_uri", job->return_url);
	add(&body, "code_verifier", verifier);
	if (!basic)
		add(&body, "client_id", identity->config.provider.client_id);
	spi_call_request request = {.method = "POST", .url = identity->description.token, .headers = headers, .body = &body,
		.type = "application/x-www-form-urlencoded"};
	spi_call_run(identity->call, &request, &answer);
	sp_buffer_release(&body);
	*ret = answer.json;
	if (answer.outcome == SPI_DONE)
		return SP_OK;
	spi_answer_clear(&answer);
	*ret = NULL;
	return sp_error_set(&job->error, answer.status >= 400 && answer.status < 500 ? SP_ERR_DENIED : SP_ERR_BUSY, "token_endpoint", 0, "%s", answer.why);
}

static sp_status exchange(sp_identity *identity, sp_identity_job *job, json_t **ret)
{
	const spi_provider_config *config = &identity->config.provider;
	char secret[SPI_SECRET_MAX + 1];
	sp_buffer basic = SP_BUFFER_INIT;
	if (!spi_secret_is_set(&config->client_secret))
		return post_code(identity, job, NULL, ret);
	sp_status status = spi_secret_read(&config->client_secret, secret, &job->error);
	if (status == SP_OK)
		status = put_basic(config->client_id, secret, &basic) ? post_code(identity, job, sp_buffer_text(&basic), ret)
			: sp_error_set(&job->error, SP_ERR_NOMEM, NULL, 0, "out of memory");
	explicit_bzero(secret, sizeof secret);
	if (basic.data)
		explicit_bzero(basic.data, basic.len);
	sp_buffer_release(&basic);
	return status;
}

/* With the keys that are known, then with those that are published now. */
static sp_status verify(sp_identity *identity, spi_token *token, sp_error *err)
{
	spi_key_source *source = &identity->provider_keys;
	source->url = identity->description.keys;
	sp_status status = source->keys ? spi_token_verify(token, source->keys, NULL) : SP_ERR_NOT_FOUND;
	bool may_ask = !source->keys || spi_now_us() - source->tried_us > identity->config.refetch_s * 1000000;
	if (status == SP_ERR_NOT_FOUND && may_ask)
		spi_identity_bring(identity, source);
	if (!source->keys)
		return sp_error_set(err, SP_ERR_BUSY, source->url, 0, "the provider's keys cannot be had");
	status = spi_token_verify(token, source->keys, err);
	return status == SP_ERR_NOT_FOUND ? SP_ERR_DENIED : status;
}

static sp_status read_id_token(sp_identity *identity, sp_identity_job *job, spi_token *token)
{
	const spi_provider_config *config = &identity->config.provider;
	const json_t *claims = spi_token_claims(token);
	char nonce[DERIVED_LEN + 1];
	derive(job->secret, "nonce", nonce);
	spi_expected expected = {.issuer = config->issuer, .audience = config->client_id, .nonce = nonce, .is_id_token = true,
		.now_utc_s = job->now_utc_s, .skew_s = identity->config.skew_s};
	sp_status status = verify(identity, token, &job->error);
	if (status == SP_OK)
		status = spi_claims_check(claims, &expected, &job->error);
	if (status == SP_OK)
		status = spi_claims_subject(claims, config->subject_claim, "", job->arena, &job->who.subject, &job->error);
	if (status == SP_OK)
		status = spi_claims_map(claims, config->groups_claim, &config->rules, job->arena, &job->who, &job->error);
	return status;
}

static bool is_answer_to(const sp_identity *identity, const sp_identity_job *job)
{
	char state[DERIVED_LEN + 1];
	derive(job->secret, "state", state);
	if (!job->state || !spi_same_secret(job->state, state))
		return false;
	return job->issuer ? strcmp(job->issuer, identity->config.provider.issuer) == 0 : !identity->description.says_issuer;
}

sp_status spi_provider_finish(sp_identity *identity, sp_identity_job *job)
{
	json_t *answer = NULL;
	sp_status status = describe(identity, &job->error);
	if (status != SP_OK)
		return status;
	if (!is_answer_to(identity, job) || !job->code)
		return sp_error_set(&job->error, SP_ERR_DENIED, "state", 0, "the answer is not to what this browser asked for");
	status = exchange(identity, job, &answer);
	const char *text = json_string_value(json_object_get(answer, "id_token"));
	spi_token *token = text ? spi_token_read(text, strlen(text), &job->error) : NULL;
	if (status == SP_OK && !token)
		status = sp_error_set(&job->error, SP_ERR_DENIED, "id_token", 0, "there is none");
	if (status == SP_OK)
		status = read_id_token(identity, job, token);
	spi_token_free(token);
	json_decref(answer);
	return status;
}
