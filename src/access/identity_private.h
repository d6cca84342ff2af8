/* What the identity's files share: one thread asks the provider, everybody checks tokens with the keys that it brought. */
#ifndef ACCESS_IDENTITY_PRIVATE_H
#define ACCESS_IDENTITY_PRIVATE_H

#include "access/claims.h"
#include "access/config.h"
#include "access/jose.h"
#include "connect/call.h"
#include "sportello/identity.h"

#include <pthread.h>

/* Keys of an issuer, and when they were asked for. */
typedef struct spi_key_source {
	const char *url, *file;   /* one of them; of the provider the url comes with its description */
	spi_keys *keys;           /* NULL = none yet */
	int64_t tried_us;         /* steady clock; 0 = never */
	bool wanted;              /* a key was asked for that is not among them */
} spi_key_source;

/* What the provider says of itself. */
typedef struct spi_description {
	char *authorize, *token, *keys, *end; /* end NULL = it has no such */
	bool says_issuer;         /* it names itself when it sends the browser back (RFC 9207) */
	int64_t tried_us;
	bool known;
} spi_description;

struct sp_identity {
	sp_arena *arena;          /* of the settings */
	spi_access_config config;
	spi_connect_settings line; /* how it is asked: time, authorities */
	spi_call *call;           /* the thread's own, but for spi_call_stop() */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t keys_lock; /* of the sources' keys; a signature is checked with it, one at a time */
	spi_key_source provider_keys, issuer_keys[SPI_ISSUERS_MAX];
	spi_description description; /* the thread's own */
	pthread_mutex_t lock;     /* of all below */
	pthread_cond_t work;
	sp_identity_job *first, **last;
	size_t waiting;
	bool stopping;
};

/* provider.c, on the identity's thread */

/* Ask for JSON; NULL with why (SP_ERR_BUSY). */
json_t *spi_identity_get(sp_identity *identity, const char *url, sp_error *err);
/* Bring a source's keys, where they are wanted and were not asked for a moment ago. */
void spi_identity_bring(sp_identity *identity, spi_key_source *source);
sp_status spi_provider_begin(sp_identity *identity, sp_identity_job *job);
sp_status spi_provider_finish(sp_identity *identity, sp_identity_job *job);
sp_status spi_provider_end(sp_identity *identity, sp_identity_job *job);
void spi_description_release(spi_description *description);

#endif
