/* Whose requests are counted together, and whether there is one left (budget.h): who gives no token or session is its address; who gives one
   is a person, wherever from, and an address that gives bad ones is counted apart, so that nobody who shares it is shut out of what
   others may do. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "http/request.h"

/* When the headers are there. False with a 429 in place. */
bool spi_client_may_ask(spi_request *request);
/* When it is known who asks. False with a 429 in place. */
bool spi_client_may_go_on(spi_request *request);
/* Who asked with a token that is none, or a session that is over. */
void spi_client_was_refused(spi_request *request);

#endif
