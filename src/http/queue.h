/* The queue of tickets at the desk: what waits for whom, since when, and until when it is to be answered, by the opening hours of each
   group. Shared by GET /v1/queue and the page. */
#ifndef HTTP_QUEUE_H
#define HTTP_QUEUE_H

#include "http/tasks.h"

/* X(enum, name): who has to do something next */
#define SPI_WAIT_LIST(X) X(SPI_WAIT_US, "us") X(SPI_WAIT_CITIZEN, "citizen") X(SPI_WAIT_PARTNER, "partner") X(SPI_WAIT_NOBODY, "nobody")
typedef enum spi_wait {
#define SPI_WAIT_ENUM(name, text) name,
	SPI_WAIT_LIST(SPI_WAIT_ENUM)
#undef SPI_WAIT_ENUM
	SPI_WAITS
} spi_wait;
const char *spi_wait_name(spi_wait wait);
spi_wait spi_wait_of(sp_ticket_state state, int level);

typedef struct spi_queued {
	sp_queue_item item;
	spi_wait wait;
	int64_t since_utc_s;     /* the person's last word that is not answered yet; else of the ticket's last change */
	int64_t age_min, open_min; /* open minutes since the ticket was made, and since `since` */
	int64_t due_utc_s;       /* 0 = none: no target, or it is not us who are waited for */
	bool overdue;
	const char *about;       /* in a few words; "" = nothing is known */
} spi_queued;

typedef struct spi_queue_view {
	/* in: from the query */
	const char *group, *state, *category, *who; /* who: "me", "nobody", NULL = anyone */
	const char *wait;        /* NULL = any */
	bool overdue, all_groups;
	uint32_t page, per_page;
	/* out */
	spi_queued *items; size_t count; /* of the page */
	uint32_t total, overdue_total, mine_total;
	bool cut;                /* there are more than are looked at */
} spi_queue_view;

/* Filters out of the query; false with a 400 in place (a page passes over what it does not know). */
bool spi_queue_read_query(spi_request *request, spi_queue_view *view);
sp_status spi_queue_fill(spi_request *request, spi_queue_view *view, sp_error *err);

#endif
