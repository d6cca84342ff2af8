/* The agents' console, /agent/…: pages for who signed in to work here. A page of it is a template between {{>agent-top}} and
   {{>agent-bottom}}, served by a route with who = SPI_STAFF or SPI_AGENTS, whose values begin with spi_agent_put_frame(); its own script, where it
   has one, is named by a <script src="/static/agent-….js" defer> before the end (web/build.mjs builds what a page names). Pages
   are of one agent: they are not kept.

   The search is one page, /agent/, whose address says all: what is looked for (q, type, category, service, in, audience, validity, page),
   for which ticket (ticket), and what is read beside the list (id, of, walk, read). It works without scripts; web/scripts/agent.js asks
   for its pieces (part=list, part=article) as one types. */
#ifndef HTTP_AGENT_H
#define HTTP_AGENT_H

#include "http/pages.h"

typedef enum spi_agent_part { SPI_AGENT_SEARCH, SPI_AGENT_TICKETS, SPI_AGENT_TRAINING, SPI_AGENT_RECEIPTS, SPI_AGENT_GAPS } spi_agent_part;

/* Title, who is signed in, and which part of the navigation is the current one. */
void spi_agent_put_frame(const spi_request *request, spi_value *page, spi_agent_part at, const char *title);
/* Whether an audience is of those who work here: what is written for it is never said to others. */
bool spi_agent_is_inside(const spi_request *request, int audience);
/* An article's HTML, its blocks for one audience with a line above that says for whom. In the arena. */
const char *spi_agent_mark_blocks(const spi_request *request, const char *html, size_t len, size_t *ret_len);
/* {inside, mixed, outside | outside_mixed (in force, and for people outside: all of it, or but for some blocks), sayable, is_now, readers, ended?, over?,
   upcoming?}: who may read an article, and whether it is in force. */
void spi_agent_put_state(const spi_request *request, spi_value *into, const sp_record *record);

/* ---- the search ---- */

typedef struct spi_agent {
	/* what the address says; "" = not said */
	const char *q, *type, *category, *service, *in, *audience, *validity, *id, *of, *walk, *ticket;
	bool reads_aloud;
	uint32_t number;       /* of the list's page */
	bool typing;           /* the list is asked for with each key */
	sp_ticket about;       /* the ticket; number 0 = none */
	sp_walk *walked;       /* that of a code in q or walk; NULL = none */
	bool no_walk;          /* q has the form of a code, and there is none */
} spi_agent;

/* The same address with another article; id NULL or "" = none. In the arena. */
const char *spi_agent_url(const spi_request *request, const spi_agent *agent, const char *id, sp_lang of, bool reads_aloud);
/* A page of the console with the state of the search; in the arena. */
sp_status spi_agent_put_list(spi_request *request, sp_index *index, const spi_agent *agent, spi_value *page, sp_error *err); /* h_page_agent_list.c */
sp_status spi_agent_put_article(spi_request *request, sp_index *index, const spi_agent *agent, spi_value *page, sp_error *err); /* h_page_agent_article.c */
/* The article as it is read to a person on the phone: sentences, of the part that is for people outside. False: it has none. */
bool spi_agent_put_speech(spi_request *request, const sp_record *record, spi_value *into); /* h_page_agent_read.c */

#endif
