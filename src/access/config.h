/* The settings file of who signs in and whose tokens count. Everything lives in the arena that it was read into. */
#ifndef ACCESS_CONFIG_H
#define ACCESS_CONFIG_H

#include "connect/settings.h"
#include "sportello/identity.h"
#include "sportello/kb.h"

/* Who has this value in the claim gets in, as this. */
typedef struct spi_grant {
	const char *value;
	sp_grant gives;
} spi_grant;
typedef struct spi_grants { const spi_grant *rows; size_t count; } spi_grants;

typedef struct spi_provider_config {
	const char *issuer;       /* NULL = no provider */
	const char *name;         /* what the button says */
	const char *client_id;
	spi_secret client_secret; /* not set: a public client */
	const char *scope;
	const char *subject_claim, *groups_claim;
	spi_grants rules;
} spi_provider_config;

typedef struct spi_issuer_config {
	const char *issuer;
	const char *keys_url, *keys_file; /* one of them */
	const char *audience;     /* that the token must be meant for */
	const char *claim;        /* what is mapped */
	spi_grants rules;
} spi_issuer_config;

#define SPI_ISSUERS_MAX 8

typedef struct spi_access_config {
	const char *file;
	spi_provider_config provider;
	spi_issuer_config issuers[SPI_ISSUERS_MAX]; size_t issuers_count;
	const char *ca_file;
	int64_t timeout_ms;
	int64_t refetch_s;        /* a key that is not known is asked for at most so often */
	int64_t skew_s;           /* clocks may differ by so much */
} spi_access_config;

sp_status spi_access_config_read(const char *file, const sp_kb_config *kb, sp_arena *arena, spi_access_config *ret, sp_error *err);
/* Whether an address may be asked: https, or http on this machine. */
bool spi_access_is_safe(const char *url, bool *ret_local);

#endif
