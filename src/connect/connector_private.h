/* The connector's inside, shared by its files: connector.c (life), send.c (outbox), receive.c (what comes back), export.c. */
#ifndef CONNECT_CONNECTOR_PRIVATE_H
#define CONNECT_CONNECTOR_PRIVATE_H

#include "connect/maker.h"
#include "connect/names.h"

#include <pthread.h>

/* An entry that was forbidden, and how many had been taken then. */
typedef struct spi_forbidden { int64_t id; uint64_t taken; } spi_forbidden;
#define SPI_FORBIDDEN_KEPT 16

struct sp_connector {
	const spi_connect_maker *maker;
	spi_connect_settings settings;
	sp_arena *arena;          /* the settings' */
	spi_names names;
	sp_arena *work;           /* of one entry or poll */
	spi_call *call;
	sp_store *store;
	sp_store_reader *reader;
	void (*log)(const char *line, void *arg);
	void (*notice)(const char *text, void *arg);
	void *arg;
	pthread_t thread;
	pthread_mutex_t lock;     /* of the five below */
	pthread_cond_t work_came;
	bool woken, at_once, stopping;
	sp_connector_state state;
	/* The thread's own. */
	uint64_t random;
	unsigned failures;        /* in a row */
	uint64_t taken;           /* since the start */
	unsigned forbidden_in_a_row;
	char forbidden_why[SPI_WHY_MAX]; /* of several in a row, while others are still to be tried; "" = none */
	spi_forbidden forbidden[SPI_FORBIDDEN_KEPT];
	bool lost_track;          /* an outcome could not be stored: what was begun is unsure */
	int64_t hold_until_ms;    /* nothing is asked of the other system before; UTC, like those below */
	int64_t next_poll_ms, soonest_ms;
	bool poll_failing;
};

/* connector.c */

bool spi_connector_is_stopping(sp_connector *connector);
uint64_t spi_connector_random(sp_connector *connector);
/* One line; ticket 0 = about none. */
void spi_connector_log(sp_connector *connector, const char *level, int64_t ticket, const char *text, const char *why);
/* Write to the store; logs when it cannot. */
sp_status spi_connector_write(sp_connector *connector, sp_outbox_write *write);

/* send.c */

/* How the other system is, as the last answer tells: after some failures in a row, or a refusal of our credentials, nothing is asked
   of it for a while. */
void spi_connector_works(sp_connector *connector);
void spi_connector_failed(sp_connector *connector, const spi_answer *answer);
void spi_connector_denied(sp_connector *connector, const spi_answer *answer);

/* What a crash cut off, or an outcome that could not be stored: it is looked for before it is sent again. */
void spi_connector_recover(sp_connector *connector);
/* Send what is due, until nothing is or the other system needs a rest. */
void spi_connector_send(sp_connector *connector);

/* receive.c */

void spi_connector_poll(sp_connector *connector);
/* News of one record: false when they could not be taken in. */
bool spi_connector_take_in(sp_connector *connector, const spi_news *news, spi_answer *ret);

#endif
