/* What of a message's text is the question. */
#ifndef GAPS_WORDING_H
#define GAPS_WORDING_H

#include "answer/cues.h"
#include "sportello/arena.h"
#include "sportello/status.h"
#include "sportello/text.h"

/* One line of what is seen, with single blanks, and masked by what this program knows today. NULL: memory is out, as below. */
const char *spi_wording_clean(const char *text, sp_arena *arena);
/* Without the greeting before it (as the responder reads it) and the thanks behind it. */
const char *spi_wording_without_courtesy(const char *text, const sp_tokens *tokens, const spi_cues *cues, sp_arena *arena);
/* Whether anything is left that says what is asked: a word of content, or an error's code. */
sp_status spi_wording_says_something(const char *text, sp_lang lang, sp_analyser *analyser, sp_arena *arena, bool *ret, sp_error *err);
/* What two spellings of one question have in common: the encoder's normal form, in the normal form of the linter. */
const char *spi_wording_form(const char *text, size_t len, sp_arena *arena, size_t *ret_len);

#endif
