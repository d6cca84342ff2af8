/* A message taken apart: sentences, and questions with what is told about each. */
#ifndef ANSWER_PARTS_H
#define ANSWER_PARTS_H

#include "answer/cues.h"

#define SPI_PARTS_MAX 4

/* Bytes of the message. */
typedef struct spi_part {
	size_t start, end;
} spi_part;

/**
 * Questions of a message: each sentence that asks begins one; what is told before the first belongs to it, what is told after one to
 * that, unless it is led over to something else ("e poi…"). A sentence that speaks of "this" begins none. Greetings and what leads over are left out at the beginning of a part.
 * Sentences end at . ! ? ; and new lines, and before what leads over to another question.
 * @return how many; 1 also where there are more than SPI_PARTS_MAX (then all of it is one)
 */
/* Whether a message asks: a question mark, or a question word at the beginning of it or of a sentence or clause. */
bool spi_asks(const char *text, size_t len, const sp_tokens *tokens, const spi_cues *cues);
size_t spi_questions_find(const char *text, size_t len, const sp_tokens *tokens, const spi_cues *cues, spi_part ret[SPI_PARTS_MAX]);

/* Pieces of a long message: sentences, long ones cut at a comma or after so many words; very short ones go with the next. Up to max, the rest
   is left out. */
size_t spi_pieces_find(const char *text, size_t len, const sp_tokens *tokens, spi_part *ret, size_t max);

#endif
