/* Walks through procedures over HTTP: their codes, and what a ticket tells of them. */
#ifndef HTTP_WALKS_H
#define HTTP_WALKS_H

#include "http/turn.h"

/* Whether the message is a walk's code: then turn->joined, or turn->no_code. */
void spi_walk_look_up(spi_request *request, spi_turn *turn);
/* The code of the walk in a decision, and how long it is good. */
void spi_walk_give_code(spi_request *request, sp_walk *walk);
/* What was tried before a ticket, in the words of those who get it: the knowledge base's first language. NULL = nothing. */
const char *spi_walk_note(spi_request *request, const sp_walk *walk);
/* Read the walk of a code. SP_ERR_NOT_FOUND; SP_ERR_BUSY when too many were tried. */
sp_status spi_walk_find(spi_request *request, spi_limit *limit, const char *code, sp_walk *ret, sp_error *err);

#endif
