/* What is known beforehand of questions in people's own words, for the encoder "e5": where their vectors lie, and which way
   articles that answer them lie from there. Learned by tests/answers/fit_asked.py; nothing of it is of one knowledge base. */
#ifndef INDEX_ASKED_H
#define INDEX_ASKED_H

#include "sportello/index.h"

#include <stdbool.h>
#include <stddef.h>

/* Mean of the questions that people ask in a language, over services of this kind, as an encoder's vector; NULL when none is known for this
   encoder. dimensions: of the encoder. */
const float *spi_asked_mean(const char *encoder_name, sp_lang lang, size_t dimensions);

/* How much a question, as the encoder made it, is of each kind: above 0, rather so. */
void spi_asked_kinds(const float *vector, sp_lang lang, double ret[SP_KINDS]);
/* Whether spi_asked_turn() and spi_asked_kinds() are for this encoder. */
bool spi_asked_turns(const char *encoder_name, size_t dimensions);
/* Turn a question's vector, centred and of unit length, towards what answers it: (I + sum of outer products) q, of unit length
   again. Both of the encoder's dimensions. */
void spi_asked_turn(const float *question, float *ret);

#endif
