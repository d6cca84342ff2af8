/* What `sportello diff` is made of: the questions, and how their effects are told. */
#ifndef CMD_DIFF_H
#define CMD_DIFF_H

#include "sportello/buffer.h"
#include "sportello/editor.h"

/* ---- diff_questions.c ---- */

typedef struct spi_diff_questions {
	sp_replay_question *items; size_t count;
	sp_buffer bytes; /* of the items */
} spi_diff_questions;

/* Add the labelled questions of a file. */
sp_status spi_diff_read_file(const char *path, sp_arena *arena, spi_diff_questions *ret, sp_error *err);
/* Add those of corpus/questions.*.jsonl beside the knowledge base, in the order of their names; there may be none. */
sp_status spi_diff_read_corpus(const char *kb, sp_arena *arena, spi_diff_questions *ret, sp_error *err);
/* Add what people asked a service with this data folder in the last days. */
sp_status spi_diff_read_asked(const char *data, const char *audience, unsigned days, sp_arena *arena, spi_diff_questions *ret,
	sp_error *err);
void spi_diff_questions_release(spi_diff_questions *questions);

/* ---- diff_print.c ---- */

typedef struct spi_diff_report {
	const char *since;  /* as it was named */
	const char *commit; /* NULL = a folder was compared */
	unsigned days;      /* of people's questions; 0 = they were not asked for */
	const sp_edit *edit;
	const sp_effects *effects;
} spi_diff_report;

/* limit: lines a group; 0 = all. */
void spi_diff_text(const spi_diff_report *report, size_t limit, sp_lang lang, sp_buffer *out);
void spi_diff_json(const spi_diff_report *report, sp_buffer *out);

#endif
