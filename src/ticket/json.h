/* A ticket for machines: the calls' replies and what leaves for other systems tell it alike. */
#ifndef TICKET_JSON_H
#define TICKET_JSON_H

#include "sportello/buffer.h"
#include "sportello/store.h"

/* Into an open object: state, created, category, group, level, channel, audience, lang, message, article, assignee, note and fields. */
void spi_json_ticket_members(sp_json *json, const sp_ticket *ticket);

#endif
