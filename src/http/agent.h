/* The agents' console, /agent/…: pages for who signed in as an agent. A page of it is a template between {{>agent-top}} and
   {{>agent-bottom}}, served by a route with who = SPI_STAFF or SPI_AGENTS, whose values begin with spi_agent_put_frame(); its own script, where it
   has one, is named by a <script src="/static/agent-….js" defer> before the end (web/build.mjs builds what a page names). Pages
   are of one agent: they are not kept. */
#ifndef HTTP_AGENT_H
#define HTTP_AGENT_H

#include "http/pages.h"

typedef enum spi_agent_part { SPI_AGENT_SEARCH, SPI_AGENT_TICKETS, SPI_AGENT_TRAINING, SPI_AGENT_RECEIPTS } spi_agent_part;

/* Title, who is signed in, and which part of the navigation is the current one. */
void spi_agent_put_frame(const spi_request *request, spi_value *page, spi_agent_part at, const char *title);

#endif
