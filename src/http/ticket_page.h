/* The page of a ticket for the person who opened it, by its number and secret. */
#ifndef HTTP_TICKET_PAGE_H
#define HTTP_TICKET_PAGE_H

#include "http/pages.h"

/* What was said, and the form to answer (h_page_ticket_talk.c). */
void spi_ticket_page_put_talk(spi_request *request, spi_value *page, const sp_ticket *ticket);
/* The page, with what is wrong and what was written; both may be NULL (h_page_ticket_state.c). */
void spi_ticket_page_state(spi_request *request, const sp_ticket *ticket, const char *wrong, const char *written);

#endif
