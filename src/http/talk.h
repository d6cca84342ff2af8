/* What the person of a ticket and we said to each other after it was opened: replies, answers, and comments of the other system, as one
   list, oldest first. It is what the person sees; nothing of ours is in it. */
#ifndef HTTP_TALK_H
#define HTTP_TALK_H

#include "http/request.h"
#include "sportello/desk.h"

typedef struct spi_said {
	int64_t at_utc_s;
	bool by_person;
	const char *text; /* Markdown of replies, plain text of answers and comments */
	bool is_markdown;
	const char *actor, *article; /* for agents only; NULL = unknown, none */
} spi_said;

/* SP_OK also when nothing was said. In the arena. */
sp_status spi_talk_read(spi_request *request, int64_t number, spi_said **ret, size_t *ret_count, sp_error *err);
/* Safe HTML of one. In the arena; NULL when memory is out. */
const char *spi_said_html(spi_request *request, const spi_said *said);
/* Whether a secret is the ticket's, in a time that says nothing about how much of it is right. */
bool spi_is_secret(const char *given, const char *secret);

#endif
