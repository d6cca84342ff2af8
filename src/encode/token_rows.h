/* A token's state, as the model's last layer has it, to the row that stands for it: the mean of its role taken away, cut to the
   directions that tell answers apart (learned: tests/answers/fit_tokens.py), scaled to 127. Of a question, tokens that say little are
   shorter. */
#ifndef ENCODE_TOKEN_ROWS_H
#define ENCODE_TOKEN_ROWS_H

#include "encode/token_projection.h"
#include "sportello/encoder.h"

/* hidden: count states of TOKEN_STATE numbers; ret: count rows of TOKEN_BYTES; count: at most SP_ENCODE_TOKENS_MAX. */
void spi_token_rows(sp_encode_role role, const float *hidden, size_t count, signed char *ret);

#endif
