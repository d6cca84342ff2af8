/* The tickets' pages of the agents' console: what their handlers share. */
#ifndef HTTP_AGENT_TICKET_H
#define HTTP_AGENT_TICKET_H

#include "http/advice.h"
#include "http/agent.h"
#include "http/tasks.h"

/* One ticket as its page shows it: with what was written but did not go through, what was asked to be seen, what was done. */
typedef struct spi_ticket_page {
	sp_ticket ticket;
	const char *done;         /* last part of agent-ticket.done.…; NULL = nothing was done */
	const char *wrong;        /* NULL = nothing */
	const char *opened;       /* part that stands open: "escalate", "return", "flag"; NULL = none */
	const char *text, *state, *group, *article, *reason; /* as written; NULL = nothing */
	const char *remark;       /* what was written to a return or a flag, whichever is opened; NULL = nothing */
	const char *dossier;      /* as written; NULL = made of what is known */
	const char *revealed, *value; /* field, and what it holds */
	spi_advice *advice;       /* NULL: asked for later */
	int status;
} spi_ticket_page;

/* Render and reply. */
void spi_ticket_page_show(spi_request *request, spi_ticket_page *page);
/* How many deliveries to another system were given up (those of all systems), for who may send them again (`outbox_url`, `unsent`): nothing for
   others, and where there is neither a system nor any of them (h_page_agent_outbox.c). */
void spi_agent_put_unsent(const spi_request *request, spi_value *page);
/* The suggested articles of a page, as its template names them. */
void spi_ticket_page_put_advice(spi_request *request, spi_value *page, const spi_advice *advice);
/* "2 h 5 min" of opening time. In the arena. */
const char *spi_page_open_time(const spi_request *request, int64_t minutes);
/* "Alta" and the like; "" for what is usual. */
const char *spi_ticket_state_text(const spi_request *request, sp_ticket_state state);
/* Title of an article in the caller's eyes; its id where it is not there. In the arena. */
const char *spi_title_of(spi_request *request, const char *id);

#endif
