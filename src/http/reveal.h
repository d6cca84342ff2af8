/* Showing a value that is masked: noted first (audit.h), shown then. h_ticket_reveal.c */
#ifndef HTTP_REVEAL_H
#define HTTP_REVEAL_H

#include "http/request.h"

/* The value of a field; NULL when the ticket has none. */
const char *spi_reveal_value(const sp_ticket *ticket, const char *field);
/* Note that the caller is shown it, then go on with `then`. Keep the write. NULL, with a 503 in place, when that cannot be. */
sp_write *spi_reveal_note(spi_request *request, const sp_ticket *ticket, const char *field, spi_handler *then);
/* In `then`: counts. False, with an error in place, when it could not be noted: show nothing. */
bool spi_reveal_noted(spi_request *request, const sp_write *write);

#endif
