/* Labelled dialogues: {"id", "lang", "turns": [{"say", "expect", "articles"}]}, played turn by turn. */
#ifndef CMD_DIALOGUES_H
#define CMD_DIALOGUES_H

#include "cmd/cmd.h"

#include <jansson.h>

typedef struct spi_dialogue_score {
	size_t dialogues, turns;
	size_t decided;   /* turns with just the decision expected */
	size_t right;     /* and, where that is an answer, a right article */
} spi_dialogue_score;

/* Play one line of such a file. Turns that went otherwise are printed to `wrong` (NULL = not). */
sp_status spi_dialogue_play(spi_session *session, const sp_kb_config *config, json_t *object, const char *path, int line,
	sp_arena *arena, FILE *wrong, spi_dialogue_score *score, sp_error *err);

#endif
