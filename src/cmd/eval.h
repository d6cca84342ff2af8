/* Private to the command eval: what its files share. */
#ifndef CMD_EVAL_H
#define CMD_EVAL_H

#include "cmd/cmd.h"
#include "cmd/dialogues.h"
#include "cmd/eval_prices.h"
#include "cmd/score.h"

#include <stdio.h>

/* Labelled questions are divided into so many folds at most. */
#define SPI_FOLDS_MAX 100

/* Cross-validation of the labelled questions. */
typedef struct spi_folds {
	unsigned count, now; /* 0 = off; the one whose questions are asked */
	const char *folder;  /* of the folds' indexes, below the data folder */
	int lock_fd;         /* -1 = the folder is not ours */
} spi_folds;

typedef struct spi_eval {
	spi_session session;
	spi_session_options options;
	sp_kb_config config; /* the session's, with the precision asked for */
	double precision;    /* asked for; 0 = the configuration's */
	const char **paths;
	size_t paths_count;
	const char *path; /* file that is read */
	sp_arena *arena;  /* of one question */
	FILE *run, *features;
	bool dialogues, json;
	size_t done, asked, to_ask; /* of all; of one pass */
	int64_t spent_us;
	spi_folds folds;
	spi_score score;
	spi_prices prices;
	spi_dialogue_score dialogue_score;
	spi_progress progress;
} spi_eval;

/* A labelled question. */
typedef struct spi_eval_line {
	const char *id, *lang, *question, *expect, *kind;
	sp_strings articles;
} spi_eval_line;

/* ---- eval.c ---- */

/* One line of path; texts are owned by the evaluation's arena. */
sp_status spi_eval_read_line(spi_eval *e, json_t *object, int line, spi_eval_line *ret, sp_error *err);
/* Write what was gathered as a line; releases the buffer. */
sp_status spi_eval_print_line(FILE *file, sp_buffer *buf, const char *path, sp_error *err);
/* Ask the questions of all files, with folds those of the present one. */
sp_status spi_eval_ask_all(spi_eval *e, sp_error *err);

/* ---- eval_features.c ---- */

sp_status spi_eval_features(spi_eval *e, const spi_eval_line *l, const sp_question *question, sp_lang lang, sp_error *err);

/* ---- eval_folds.c ---- */

/* For each fold: an index that knows the labelled questions of the others, asked those of this one. */
sp_status spi_folds_run(spi_eval *e, sp_error *err);
/* Remove the folder of the folds; before the session, which owns its name, is closed. */
void spi_folds_end(spi_folds *folds);
/* The fold that a question is in: always the same, whatever else is in the file. */
unsigned spi_fold_of(const char *id, unsigned count);

#endif
