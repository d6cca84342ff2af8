/* Checks of a ticket's fields, one a kind. */
#ifndef TICKET_FIELDS_H
#define TICKET_FIELDS_H

#include "sportello/ticket.h"

/* Each takes what a person wrote, trimmed and without invisible marks, and gives its normal form (owned by the arena):
   SP_OK; SP_ERR_INVALID; SP_ERR_NOMEM. */
typedef sp_status (*spi_field_check)(const char *text, size_t len, sp_arena *arena, const char **ret);

sp_status spi_field_date(const char *text, size_t len, sp_arena *arena, const char **ret);
sp_status spi_field_amount(const char *text, size_t len, sp_arena *arena, const char **ret);
/* Catalogue key of what is wrong with an amount that was refused, where more can be told than that it is none; else NULL. Static. */
const char *spi_field_amount_wrong(const char *text, size_t len);
sp_status spi_field_iuv(const char *text, size_t len, sp_arena *arena, const char **ret);

#endif
