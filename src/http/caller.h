/* Who is asking: a token (Authorization: Bearer), a session (the cookie that signing in left), or nobody known: a citizen. */
#ifndef HTTP_CALLER_H
#define HTTP_CALLER_H

#include "http/request.h"

/* Fill request->caller. False with an error in place: a token that is not valid, a session of a call that is over, or a change that
   another site's page asks for in the name of who is signed in. */
bool spi_caller_find(spi_request *request);
/* Whether the route is for this caller. False with a reply in place; nobody known who wants a page is led to sign in. */
bool spi_caller_may_call(spi_request *request);
/* Roles by their names in the store, with commas between, as bits SPI_IS(); what is no name is no role. And back, in the arena. */
unsigned spi_roles_of(const char *text);
const char *spi_roles_text(sp_arena *arena, unsigned roles);
/* The level whose groups' queue is that of an audience; 0 = it is not one of agents. (The contract names them.) */
int spi_audience_level(const char *audience);
/* What spi_caller_serves() says of somebody who is such. */
bool spi_serves(unsigned roles, const char *audience, const sp_strings *groups, const sp_group *group);

#endif
