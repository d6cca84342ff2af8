/* What was talked of before, and a message read in its light. */
#ifndef ANSWER_CONTEXT_H
#define ANSWER_CONTEXT_H

#include "answer/decide.h"

/* Find what a message is read after: the last turn that was about something, and the article that was shown last. Into d->topic. */
sp_status spi_topic_find(spi_deciding *d, sp_error *err);

/* Whether an article was answered with in this dialogue, and the message does not say that it is about something else. */
bool spi_topic_is_known(const spi_deciding *d);

/* Whether the message is read together with what was said before. */
bool spi_leans_on_topic(const spi_deciding *d);

/* Candidates of the message alone are in d->found; with those of the message read after its topic, the nearness to what was shown and
   to the choices that were offered, they are ranked anew. */
sp_status spi_look_in_context(spi_deciding *d, sp_error *err);

/* Whether an article was shown in this dialogue. */
bool spi_topic_was_shown(const spi_deciding *d, const char *id);
/* "android", "ho un samsung a12": nothing but what it happens on. */
bool spi_tells_device(const spi_deciding *d);
/* "quanto costa?", "e se non ce l'ho?": asked right after an answer, with no thing of its own. */
bool spi_asks_of_it(const spi_deciding *d);
/* Whether the article that was shown last names it as related. */
bool spi_topic_is_related(const spi_deciding *d, const char *id);

#endif
