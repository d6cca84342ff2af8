/* Outcomes of questions that were asked of one state of a knowledge base, in a file: asking is the slow part, and the same state,
   day, audience, encoder and program give the same outcomes. */
#ifndef EDITOR_MEMORY_H
#define EDITOR_MEMORY_H

#include "kb/map.h"
#include "sportello/editor.h"

/* So many states are remembered in a folder. */
#define SPI_MEMORY_STATES 6

typedef struct spi_memory {
	const char *path; /* NULL = nothing is remembered */
	sp_arena *arena;
	spi_map known;    /* name of a question → its sp_outcome */
	sp_buffer fresh;  /* lines to be added */
} spi_memory;

/* What cannot be read is not remembered. replay: memory, state and what else decides. False when memory is out. */
bool spi_memory_open(spi_memory *memory, const sp_replay *replay, sp_arena *arena);
/* NULL = not known. */
const sp_outcome *spi_memory_find(const spi_memory *memory, const sp_replay_question *question);
void spi_memory_add(spi_memory *memory, const sp_replay_question *question, const sp_outcome *outcome);
/* Writes what is new; what cannot be written is asked again next time. Forgets the states that were not used for longest. */
void spi_memory_close(spi_memory *memory);

#endif
