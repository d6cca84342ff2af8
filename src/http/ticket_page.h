/* The page of a ticket for the person who opened it, by its number and secret. */
#ifndef HTTP_TICKET_PAGE_H
#define HTTP_TICKET_PAGE_H

#include "http/pages.h"

/* What was said, and the form to answer (h_page_ticket_talk.c). */
void spi_ticket_page_put_talk(spi_request *request, spi_value *page, const sp_ticket *ticket);
/* The page, with what is wrong and what was written; both may be NULL (h_page_ticket_state.c). */
void spi_ticket_page_state(spi_request *request, const sp_ticket *ticket, const char *wrong, const char *written);
/* When somebody is there who reads it; NULL = unknown (h_page_ticket_state.c). */
const char *spi_ticket_page_when(const spi_request *request, const sp_ticket *ticket);

/* The tickets that were opened in a conversation, and where among its turns (h_page_chat_tickets.c). */
typedef struct spi_chat_tickets {
	const sp_ticket *list;
	size_t count;
} spi_chat_tickets;
sp_status spi_chat_tickets_read(spi_request *request, const char *conversation, const sp_dialogue *dialogue, spi_chat_tickets *ret, sp_error *err);
/* Those that were opened after turns[at] and before the next one; at -1: before all of them. True where there are some. */
bool spi_chat_tickets_put(const spi_request *request, spi_value *into, const spi_chat_tickets *tickets, const sp_dialogue *dialogue, ptrdiff_t at);
/* The form of one, into a turn that offers it (h_page_chat_tickets.c). */
void spi_chat_ticket_form_put(spi_request *request, sp_index *index, spi_value *turn, const sp_reply *reply, const char *category);

#endif
