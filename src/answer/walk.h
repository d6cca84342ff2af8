/* Guided procedures: what is said on the way, and where it leads. Pure: steps, the walk and a message in, the next state out. */
#ifndef ANSWER_WALK_H
#define ANSWER_WALK_H

#include "answer/decide.h"

typedef enum spi_move_kind {
	SPI_MOVE_NONE,    /* nothing about the walk */
	SPI_MOVE_STEP,    /* to a step: by a choice, or on to the next */
	SPI_MOVE_BACK,
	SPI_MOVE_RESTART,
	SPI_MOVE_AGAIN,   /* the same step again */
	SPI_MOVE_ALL,     /* all steps at once */
	SPI_MOVE_WAIT,    /* "one moment" */
	SPI_MOVE_END,     /* "done", and nothing follows */
	SPI_MOVE_UNCLEAR, /* yes or no, where no choice is either */
	SPI_MOVE_FAILED,  /* it does not work, and no choice says what then */
} spi_move_kind;

typedef struct spi_move {
	spi_move_kind kind;
	size_t step; /* where to */
} spi_move;

/* What is listened to. */
typedef struct spi_hearing {
	sp_analyser *analyser;
	sp_arena *arena;
	const sp_steps *steps;
	size_t at;         /* the step that was shown */
	sp_lang lang;      /* of the procedure */
	const char *title; /* of the procedure: the choice "back to …" names it */
	const char *text; size_t len;
	bool is_here;      /* the step is what was shown last; else only what speaks of the walk is heard */
	bool is_going;     /* the walk did not end yet */
	bool is_over;      /* it came to its end: "done" is no way on */
	bool wants_person; /* then no more than a choice's very words */
	bool is_last_try;  /* nothing else answers it: one telling word that only one choice has is enough */
} spi_hearing;
/* SP_ERR_NOMEM. */
sp_status spi_walk_hear(const spi_hearing *hearing, spi_move *ret);

/* Whether nothing follows a step. */
bool spi_step_is_end(const sp_step *step);

/* A walk at its beginning. Texts are borrowed; NULL when memory is out. */
sp_walk *spi_walk_new(const sp_record *article, const sp_steps *steps, sp_arena *arena);
/* A copy that may be changed; lists in the arena. NULL when memory is out. */
sp_walk *spi_walk_copy(const sp_walk *walk, sp_arena *arena);
/* Make it a walk through the steps as they are now: what is there no more is forgotten. False: where it was is not there. */
bool spi_walk_fit(sp_walk *walk, const sp_record *article, const sp_steps *steps);
/* Go to a step; back one; to the first. All set walk->state by what the step is. */
void spi_walk_go(sp_walk *walk, const sp_steps *steps, size_t step);
void spi_walk_back(sp_walk *walk, const sp_steps *steps);
void spi_walk_restart(sp_walk *walk, const sp_steps *steps);

/* ---- in a decision (walk_decide.c) ---- */

/* Before anything is looked for: whether the message is a step of the walk that the dialogue is in; then it is decided. *ret false:
   it is not. */
sp_status spi_decide_by_walk(spi_deciding *d, bool *ret, sp_error *err);
/* After a decision: begin a walk where a procedure answers, offer to go back to the one that was left, and so on. */
sp_status spi_walk_follow(spi_deciding *d, sp_error *err);
/* The turn whose question a message may lean on: not one that only said which way to go. NULL = none. */
const sp_turn *spi_walk_context(const spi_deciding *d);
/* Cut a procedure's record. */
sp_status spi_walk_cut(const sp_record *article, sp_arena *arena, sp_steps **ret);

#endif
