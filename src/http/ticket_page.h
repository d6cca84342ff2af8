/* The page of a ticket for the person who opened it, by its number and secret. */
#ifndef HTTP_TICKET_PAGE_H
#define HTTP_TICKET_PAGE_H

#include "http/pages.h"

/* What was said, and the form to answer (h_page_ticket_talk.c). */
void spi_ticket_page_put_talk(spi_request *request, spi_value *page, const sp_ticket *ticket);
/* What is wrong with what was sent there; all may be NULL. */
typedef struct spi_ticket_wrong {
	const char *answer, *written; /* what is wrong with the person's words, and they */
	const char *file;             /* what is wrong with a file */
} spi_ticket_wrong;
/* The page, on its own address or, with a status that is not 200, on that of what was sent (h_page_ticket_state.c). */
void spi_ticket_page_state(spi_request *request, const sp_ticket *ticket, const spi_ticket_wrong *wrong, int status);
/* Keep what was sent with a mistake, and lead to the page that tells it and can be got again, by the name of what is kept; false: there is no
   room. param: of the address (h_page_ticket_state.c). */
bool spi_ticket_page_keep(spi_request *request, const sp_ticket *ticket, const char *param, const char *sent, size_t len);
/* What was kept so of this ticket takes the place of what is in a buffer; false: nothing, or not any more. */
bool spi_ticket_page_kept(spi_request *request, const sp_ticket *ticket, const char *param, sp_buffer *ret);
/* What is wrong with the person's words that were kept, or nothing (h_page_ticket_talk.c). False where an error reply is in place. */
bool spi_ticket_page_unsent(spi_request *request, const sp_ticket *ticket, spi_ticket_wrong *ret);
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
