/* Two messages sent in a row that are one: "ho un problema", "con lo spid", "non mi arriva il codice". */
#ifndef ANSWER_JOIN_H
#define ANSWER_JOIN_H

#include "answer/decide.h"

/* What a message may be the end of. */
typedef struct spi_joining {
	const char *said;   /* the messages before it, as one text; NULL: it stands alone */
	const char *text;   /* all of it with the message */
	sp_dialogue before; /* what came before them */
} spi_joining;

/* After the message was decided alone (d): whether it may be the end of those sent just before. SP_ERR_NOMEM. */
sp_status spi_join_find(const spi_deciding *d, spi_joining *ret);
/* Whether what was decided of all of it together is the better one. */
bool spi_join_is_better(const sp_dialogue *dialogue, const sp_decision *alone, const sp_decision *together);

#endif
