/* What was replied to messages that open a conversation: many people ask the same in the same words. A reply is remembered as it was written,
   with what the store and the metrics are told of it, under all that it depends on: the state of configuration and indexes (its number), the
   reader's audience, the day, the message, its language and category, whether procedures are walked and whether a question back can be
   answered; and for as long as its words hold (sp_reply.until_utc_s: notices, opening hours). Whatever else it told of would be somebody's:
   so not where personal data was masked, a procedure was begun (it has a code), the reading is noted in the audit log, or the encoder had
   no time; nor with a dialogue before it. One for all threads. */
#ifndef HTTP_OPENINGS_H
#define HTTP_OPENINGS_H

#include "http/turn.h"

typedef struct spi_openings spi_openings;

/* NULL when memory is out. */
spi_openings *spi_openings_new(void);
void spi_openings_free(spi_openings *openings); /* NULL is accepted */

/* Whether the reply to this message is known: then turn->told, and of turn->decision and turn->reply what spi_turn_record() and
   spi_turn_recorded() look at. */
bool spi_openings_recall(spi_request *request, spi_turn *turn);
/* Keep what was written after the member "conversation", where it may be. */
void spi_openings_keep(spi_request *request, const spi_turn *turn, const char *told, size_t told_len);

#endif
