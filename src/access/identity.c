#include "access/identity_private.h"

#include "base/clock.h"
#include "base/file.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOBS_MAX 64
/* Keys are looked at anew so often, so that one that will sign soon is known when it does. */
#define KEYS_EVERY_S 900

/* ---- the thread ---- */

static bool is_due(sp_identity *identity, const spi_key_source *source)
{
	pthread_mutex_lock(&identity->keys_lock);
	bool due = source->wanted || !source->keys || spi_now_us() - source->tried_us > (int64_t)KEYS_EVERY_S * 1000000;
	pthread_mutex_unlock(&identity->keys_lock);
	return due;
}

static void bring_all(sp_identity *identity)
{
	for (size_t i = 0; i < identity->config.issuers_count; i++)
		if (is_due(identity, &identity->issuer_keys[i]))
			spi_identity_bring(identity, &identity->issuer_keys[i]);
}

static void work(sp_identity *identity, sp_identity_job *job)
{
	switch (job->kind) {
	case SP_IDENTITY_KEYS:
		bring_all(identity);
		job->status = SP_OK;
		break;
	case SP_IDENTITY_BEGIN:
		job->status = spi_provider_begin(identity, job);
		break;
	case SP_IDENTITY_FINISH:
		job->status = spi_provider_finish(identity, job);
		break;
	case SP_IDENTITY_END:
		job->status = spi_provider_end(identity, job);
		break;
	}
}

/* The next job; NULL after a while without one, or when nothing will come any more. */
static sp_identity_job *take(sp_identity *identity, bool *ret_stopping)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += KEYS_EVERY_S;
	pthread_mutex_lock(&identity->lock);
	while (!identity->first && !identity->stopping && pthread_cond_timedwait(&identity->work, &identity->lock, &until) == 0)
		;
	sp_identity_job *job = identity->first;
	if (job) {
		identity->first = job->next;
		identity->waiting--;
		if (!identity->first)
			identity->last = &identity->first;
	}
	*ret_stopping = identity->stopping;
	pthread_mutex_unlock(&identity->lock);
	return job;
}

static void *run(void *arg)
{
	sp_identity *identity = arg;
	bool stopping = false;
	bring_all(identity);
	for (;;) {
		sp_identity_job *job = take(identity, &stopping);
		if (!job && stopping)
			return NULL;
		if (!job) {
			bring_all(identity);
			continue;
		}
		if (stopping)
			job->status = sp_error_set(&job->error, SP_ERR_BUSY, NULL, 0, "the service stops");
		else
			work(identity, job);
		job->done(job->arg);
	}
}

static sp_status start_thread(sp_identity *identity, sp_error *err)
{
	/* Signals are for the program's main thread. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&identity->thread, NULL, run, identity);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return sp_error_errno(err, failed, NULL, "start the thread that asks the identity provider");
	identity->has_thread = true;
	pthread_setname_np(identity->thread, "identity");
	return SP_OK;
}

/* ---- open and close ---- */

/* A file of keys is there at once, and a mistake in it is told. */
static sp_status read_key_files(sp_identity *identity, sp_error *err)
{
	for (size_t i = 0; i < identity->config.issuers_count; i++) {
		spi_key_source *source = &identity->issuer_keys[i];
		source->url = identity->config.issuers[i].keys_url;
		source->file = identity->config.issuers[i].keys_file;
		if (!source->file)
			continue;
		spi_identity_bring(identity, source);
		if (spi_keys_count(source->keys) == 0)
			return sp_error_set(err, SP_ERR_INVALID, source->file, 0,
				"this is no set of keys (JWKS) with one for RS256, PS256 or ES256, public, of 2048 bits or P-256");
	}
	return SP_OK;
}

sp_status sp_identity_open(const char *file, const sp_kb_config *config, sp_identity **ret, sp_error *err)
{
	sp_identity *identity = calloc(1, sizeof *identity);
	if (!identity || !(identity->arena = sp_arena_new(0))) {
		free(identity);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	identity->last = &identity->first;
	pthread_mutex_init(&identity->lock, NULL);
	pthread_mutex_init(&identity->keys_lock, NULL);
	pthread_cond_init(&identity->work, NULL);
	sp_status status = spi_access_config_read(file, config, identity->arena, &identity->config, err);
	identity->line = (spi_connect_settings){.timeout_ms = identity->config.timeout_ms, .ca_file = identity->config.ca_file};
	if (status == SP_OK)
		status = spi_call_new(&identity->line, &identity->call, err);
	if (status == SP_OK)
		status = read_key_files(identity, err);
	if (status == SP_OK)
		status = start_thread(identity, err);
	if (status != SP_OK) {
		sp_identity_close(identity);
		return status;
	}
	*ret = identity;
	return SP_OK;
}

void sp_identity_files(const char *file, void (*visit)(const char *path, bool is_secret, void *arg), void *arg)
{
	sp_arena *arena = sp_arena_new(0);
	spi_access_config config = {0};
	if (arena && spi_access_config_read(file, NULL, arena, &config, NULL) == SP_OK) {
		if (config.ca_file)
			visit(config.ca_file, false, arg);
		if (config.provider.client_secret.file)
			visit(config.provider.client_secret.file, true, arg);
		for (size_t i = 0; i < config.issuers_count; i++)
			if (config.issuers[i].keys_file)
				visit(config.issuers[i].keys_file, false, arg);
	}
	sp_arena_free(arena);
}

void sp_identity_close(sp_identity *identity)
{
	if (!identity)
		return;
	if (identity->has_thread) {
		pthread_mutex_lock(&identity->lock);
		identity->stopping = true;
		pthread_cond_signal(&identity->work);
		pthread_mutex_unlock(&identity->lock);
		spi_call_stop(identity->call, 0);
		pthread_join(identity->thread, NULL);
	}
	for (size_t i = 0; i < SPI_ISSUERS_MAX; i++)
		spi_keys_free(identity->issuer_keys[i].keys);
	spi_keys_free(identity->provider_keys.keys);
	spi_description_release(&identity->description);
	spi_call_free(identity->call);
	pthread_cond_destroy(&identity->work);
	pthread_mutex_destroy(&identity->lock);
	pthread_mutex_destroy(&identity->keys_lock);
	sp_arena_free(identity->arena);
	free(identity);
}

const char *sp_identity_provider(const sp_identity *identity)
{
	return identity && identity->config.provider.issuer ? identity->config.provider.name : NULL;
}

bool sp_identity_has_issuers(const sp_identity *identity)
{
	return identity && identity->config.issuers_count > 0;
}

bool sp_identity_has_several_issuers(const sp_identity *identity)
{
	return identity && identity->config.issuers_count > 1;
}

sp_status sp_identity_submit(sp_identity *identity, sp_identity_job *job)
{
	pthread_mutex_lock(&identity->lock);
	bool room = identity->waiting < JOBS_MAX && !identity->stopping;
	if (room) {
		job->next = NULL;
		*identity->last = job;
		identity->last = &job->next;
		identity->waiting++;
		pthread_cond_signal(&identity->work);
	}
	pthread_mutex_unlock(&identity->lock);
	return room ? SP_OK : SP_ERR_BUSY;
}

/* ---- an app's tokens ---- */

/* What costs nothing is looked at before the signature. */
static sp_status check(sp_identity *identity, spi_token *token, int64_t now_utc_s, sp_arena *arena, sp_identified *ret, sp_error *err)
{
	const json_t *claims = spi_token_claims(token);
	const char *issuer = json_string_value(json_object_get(claims, "iss"));
	size_t i = 0;
	while (i < identity->config.issuers_count && !(issuer && strcmp(identity->config.issuers[i].issuer, issuer) == 0))
		i++;
	if (i == identity->config.issuers_count)
		return sp_error_set(err, SP_ERR_DENIED, "iss", 0, "it is of no issuer that is known");
	const spi_issuer_config *config = &identity->config.issuers[i];
	spi_key_source *source = &identity->issuer_keys[i];
	spi_expected expected = {.issuer = config->issuer, .audience = config->audience, .now_utc_s = now_utc_s, .skew_s = identity->config.skew_s};
	sp_status status = spi_claims_check(claims, &expected, err);
	if (status != SP_OK)
		return status;
	pthread_mutex_lock(&identity->keys_lock);
	status = spi_token_verify(token, source->keys, err);
	bool may_ask = status == SP_ERR_NOT_FOUND && source->url &&
		(source->tried_us == 0 || spi_now_us() - source->tried_us > identity->config.refetch_s * 1000000);
	source->wanted = source->wanted || may_ask;
	pthread_mutex_unlock(&identity->keys_lock);
	if (status == SP_ERR_NOT_FOUND)
		return may_ask ? SP_ERR_LATER : SP_ERR_DENIED;
	if (status == SP_OK)
		status = spi_claims_map(claims, config->claim, &config->rules, arena, ret, err);
	if (status == SP_OK)
		status = spi_claims_subject(claims, "sub", SP_SUBJECT_OF_APP, arena, &ret->subject, err);
	return status == SP_OK || status == SP_ERR_NOMEM ? status : SP_ERR_DENIED;
}

sp_status sp_identity_check(sp_identity *identity, const char *text, size_t len, int64_t now_utc_s, sp_arena *arena, sp_identified *ret,
	sp_error *err)
{
	if (len > SP_JWT_MAX)
		return sp_error_set(err, SP_ERR_DENIED, "token", 0, "it is longer than %d bytes", SP_JWT_MAX);
	spi_token *token = spi_token_read(text, len, err);
	if (!token)
		return SP_ERR_DENIED;
	sp_status status = check(identity, token, now_utc_s, arena, ret, err);
	spi_token_free(token);
	return status;
}
