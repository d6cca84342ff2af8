/* A connector's settings file. Everything lives in the arena that it was read into. */
#ifndef CONNECT_SETTINGS_H
#define CONNECT_SETTINGS_H

#include "sportello/arena.h"
#include "sportello/kb.h"
#include "sportello/status.h"
#include "sportello/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPI_SECRET_MAX 4096
#define SPI_SECRETS_MAX 4

/* Where a secret stands; it is read when it is needed, so that another one is taken over without a restart. */
typedef struct spi_secret { const char *env, *file; } spi_secret; /* both NULL = none */

typedef struct spi_mapping_row { const char *key, *value; } spi_mapping_row;
typedef struct spi_mapping { const spi_mapping_row *rows; size_t count; } spi_mapping;
/* Value of a key; NULL when it has none. */
const char *spi_mapping_get(const spi_mapping *map, const char *key);

typedef struct spi_connect_settings {
	const char *file;
	uint64_t hash;          /* of what stood in it */
	const char *kind, *name;
	const char *url;        /* without final slash */
	bool is_local;          /* this machine */
	const char *ca_file;    /* NULL = the system's authorities */
	const char *user;       /* NULL with a token */
	spi_secret password, api_token, token;
	spi_secret secrets[SPI_SECRETS_MAX]; size_t secrets_count;
	const char *table, *display;
	const char *prefix;     /* in front of the ticket's number, "" = none */
	sp_lang lang;           /* of what people there read; SP_LANG_NONE = each ticket's own */
	const sp_kb_config *names; /* what categories, groups, fields are called: the connector's, never in the file; NULL = by their keys */
	const char *requester;  /* field with the e-mail address of who asked; NULL = who we are */
	bool public_notes;
	const char *category_field, *priority_field, *group_field;
	spi_mapping groups, categories, priorities, fields, set, set_solved, states_in, states_out;
	int64_t timeout_ms, first_ms, most_ms, settle_ms, poll_ms, pause_ms, give_up_s;
} spi_connect_settings;

/* SP_ERR_INVALID with the line. */
sp_status spi_connect_settings_read(const char *file, sp_arena *arena, spi_connect_settings *ret, sp_error *err);

/* Whether the file is another one now, or gone. */
bool spi_connect_settings_differ(const spi_connect_settings *settings);

/* The secret itself, trimmed, into ret (SPI_SECRET_MAX + 1 bytes). */
sp_status spi_secret_read(const spi_secret *secret, char *ret, sp_error *err);
static inline bool spi_secret_is_set(const spi_secret *secret) { return secret->env || secret->file; }

#endif
