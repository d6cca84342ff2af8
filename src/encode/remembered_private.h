/* How the table lies in memory; shared by remembered.c (asking) and remembered_file.c (keeping). */
#ifndef ENCODE_REMEMBERED_PRIVATE_H
#define ENCODE_REMEMBERED_PRIVATE_H

#include "encode/remembered.h"

typedef struct spi_remembered_row {
	spi_question_key key;
	uint32_t next;    /* of those with the same head: its number + 1; 0 = none */
	float scale;      /* one of the whole numbers counts this much */
	bool asked_again; /* since the hand last came by */
} spi_remembered_row;

struct spi_remembered {
	size_t dimensions;
	uint32_t max, count;
	uint32_t hand;    /* the next to be forgotten, unless it was asked for again */
	uint32_t mask;    /* heads - 1 */
	uint32_t *heads;  /* number of the first row + 1; 0 = none */
	spi_remembered_row *rows;
	int16_t *numbers; /* dimensions for each row */
	uint64_t added;
};

/* A new row for a key that is not there, linked, its vector still to be written. */
uint32_t spi_remembered_place(spi_remembered *remembered, const spi_question_key *key);
bool spi_remembered_has(const spi_remembered *remembered, const spi_question_key *key);
void spi_remembered_clear(spi_remembered *remembered);

#endif
