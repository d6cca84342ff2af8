/* What a service forgets by itself: once at the start, then each night, and what a command or a call left to be done. */
#ifndef CMD_SERVE_KEEP_H
#define CMD_SERVE_KEEP_H

#include "sportello/encoder.h"
#include "sportello/publish.h"
#include "sportello/store.h"

#define SPI_KEEP_LOOK_S 10 /* spi_keeper_look() is to be called so often */

typedef struct spi_keeper {
	sp_publisher *publisher; /* borrowed, as all here */
	sp_store *store;
	sp_encode_queue *queue;
	const char *vectors;     /* the queue's file */
	void (*log)(const char *line, void *arg);
	void *arg;
	sp_reader *config;       /* its own, like those below */
	sp_store_reader *reader;
	int64_t next_utc_s;      /* when what is due is forgotten; 0 = now */
	int64_t scrub_utc_s;     /* when it is tried again to take away what bytes are left */
} spi_keeper;

void spi_keeper_look(spi_keeper *keeper);
void spi_keeper_close(spi_keeper *keeper);

#endif
