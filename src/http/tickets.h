/* What the calls on tickets that exist share. */
#ifndef HTTP_TICKETS_H
#define HTTP_TICKETS_H

#include "http/request.h"

/* Number in the path; 0, with a 404 in place, when it cannot be one. */
int64_t spi_ticket_number(spi_request *request);
/* Read a ticket; false with an error reply in place. */
bool spi_ticket_read(spi_request *request, int64_t number, sp_ticket *ret);
/* After a change that was the caller's to make: also where the ticket went out of their sight with it. */
bool spi_ticket_read_again(spi_request *request, int64_t number, sp_ticket *ret);
typedef enum spi_ticket_who { SPI_TICKET_NOBODY, SPI_TICKET_CITIZEN, SPI_TICKET_AGENT } spi_ticket_who;
/* Whether a ticket that was read is the caller's own: they have its secret (X-Ticket-Secret, ?secret, ?key), or the token that it was opened
   with (another one of that subject and audience is the same). */
bool spi_ticket_is_theirs(spi_request *request, const sp_ticket *ticket);
/* Read the ticket in the path (its first parameter), for whom it is: an agent, or whose own it is.
   For anybody else there is none: SPI_TICKET_NOBODY, with a 404 or an error in place; also where its data are gone. */
spi_ticket_who spi_ticket_access(spi_request *request, sp_ticket *ret);
/* Who does something to it, as its history and the store name them. */
const char *spi_ticket_actor(const spi_request *request);
/* Where a ticket goes back to: the last group of level 1 that had it, and who there (NULL = nobody). One that was opened above level 1: its category's
   group, or one of level 1 that passes to where it is, of the same service rather than of another. NULL where there is none. False with an error
   reply in place. */
bool spi_ticket_level1(spi_request *request, const sp_ticket *ticket, const char **ret_group, const char **ret_who);
/* Its files, an array of this name, left out when there are none. */
void spi_json_attachments(const spi_request *request, sp_json *json, const char *name, int64_t number);
/* An agent's view of it: everything. */
void spi_json_ticket(spi_request *request, sp_json *json, const char *name, const sp_ticket *ticket);
/* Leave the agent's view as the reply, with the revision as ETag. */
void spi_reply_ticket(spi_request *request, const sp_ticket *ticket);
/* The same for the person who opened it: where it stands and what was said, nothing that was written about it. */
void spi_reply_ticket_person(spi_request *request, const sp_ticket *ticket);
/* The secret that came with the request; NULL = none. */
const char *spi_ticket_secret(const spi_request *request);
/* Whether the caller works on tickets. */
bool spi_is_agent(const spi_request *request);
/* `"r3"`: the entity tag of a revision. In the arena. */
const char *spi_ticket_tag(spi_request *request, uint32_t revision);

#endif
