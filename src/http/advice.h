/* Articles that may solve a ticket, found by its own words as the chat finds them, in the eyes of the agent who reads it. */
#ifndef HTTP_ADVICE_H
#define HTTP_ADVICE_H

#include "http/tasks.h"
#include "sportello/answer.h"

#define SPI_ADVICE_MAX 5

typedef struct spi_suggested {
	const char *id, *title, *url, *category, *updated;
	sp_lang lang;
	sp_article_type type;
	double score;            /* 0..1, of the candidates together 1 */
	const char *phrase;      /* the nearest known question or title; "" = none */
	const char *words;       /* of the ticket that it has, "otp, sms"; "" = none */
	uint32_t solved;         /* tickets of this category that it solved */
	const char *insert;      /* what the person may read of it, Markdown; NULL = nothing: it is internal */
	bool linked;             /* to this ticket already */
} spi_suggested;

typedef struct spi_advice {
	sp_ticket ticket;        /* in */
	const char *question;    /* what was looked for; "" = the ticket says nothing */
	double confidence;       /* that the first one is right */
	const char *why;         /* one sentence of the responder */
	bool is_sure;             /* the chat would have answered with the first */
	spi_suggested items[SPI_ADVICE_MAX]; size_t count;
	sp_asking *asking;
	sp_ticket_event *events; size_t events_count; /* of the ticket */
} spi_advice;

/* False: an error reply is in place, or the request waits for the encoder; then `then` runs and calls this again. */
bool spi_advice_find(spi_request *request, spi_advice *advice, spi_handler *then);
/* What the person of a ticket may read of an article, Markdown; NULL = nothing. In the arena. */
const char *spi_advice_public_text(spi_request *request, const sp_ticket *ticket, const char *article, sp_lang lang);

#endif
