/* How the table lies in memory; shared by remembered.c (asking) and remembered_file.c (keeping). */
#ifndef ENCODE_REMEMBERED_PRIVATE_H
#define ENCODE_REMEMBERED_PRIVATE_H

#include "encode/remembered.h"

typedef struct spi_remembered_row {
	spi_question_key key;
	uint32_t next;         /* of those with the same head, or of the free ones: its number + 1; 0 = none */
	float scale;           /* one of the whole numbers counts this much */
	signed char *tokens;   /* tokens_count rows; NULL for none */
	uint16_t tokens_count;
	bool is_taken;
	bool asked_again;      /* since the hand last came by */
} spi_remembered_row;

struct spi_remembered {
	size_t dimensions, token_bytes;
	uint32_t max, count;
	uint32_t used;         /* rows that were taken once: none of those behind them is */
	uint32_t free_one;     /* the first of those that are free again, + 1; 0 = none */
	uint32_t hand;         /* the next to be forgotten, unless it was asked for again */
	uint32_t mask;         /* heads - 1 */
	uint64_t tokens_max, tokens_count; /* rows of them */
	uint32_t *heads;       /* number of the first row + 1; 0 = none */
	spi_remembered_row *rows;
	int16_t *numbers;      /* dimensions for each row */
	uint64_t added;
};

/* A new row for a key that is not there, linked, with its tokens (NULL when there are none); its vector is still to be written.
   NULL: no memory. */
spi_remembered_row *spi_remembered_place(
	spi_remembered *remembered, const spi_question_key *key, const signed char *tokens, size_t tokens_count);
/* Numbers of a row's vector. */
int16_t *spi_remembered_numbers(const spi_remembered *remembered, const spi_remembered_row *row);

#endif
