/* What agents (and the person) do on a ticket, checked in one place for the JSON calls and for the pages' forms: take it, link an
   article, reply, escalate with a dossier, send it back, say that it is solved, flag an article.

   spi_task_check() reads the ticket and fills the write; then spi_request_write(), and spi_task_done() in what comes after. Where
   something is wrong, task->wrong says it to people in the language of the request; the calls make a problem of it
   (spi_task_refuse()), the pages show it beside what was written. */
#ifndef HTTP_TASKS_H
#define HTTP_TASKS_H

#include "http/request.h"
#include "sportello/desk.h"

typedef enum spi_task_kind {
	SPI_TASK_TAKE, SPI_TASK_LINK, SPI_TASK_REPLY, SPI_TASK_ESCALATE, SPI_TASK_RETURN, SPI_TASK_SOLVED, SPI_TASK_CLOSE,
	SPI_TASK_PRIORITY, SPI_TASK_FLAG,
	SPI_TASK_ANSWER, /* of the person: words, "it is solved", "it is not" */
} spi_task_kind;

typedef struct spi_task {
	/* in; texts must live in the arena */
	spi_task_kind kind;
	int64_t number;
	uint32_t revision;        /* the one that was seen; 0 = any */
	const char *text;         /* reply, dossier, reason; NULL = none */
	const char *article, *group, *state, *reason, *priority;
	int solved;               /* SPI_TASK_ANSWER: 1, 0; -1 = not said */
	/* out */
	sp_ticket ticket;         /* as it was before */
	sp_write write;
	sp_write_flag flag;
	bool is_refused;
	spi_problem_kind problem;
	const char *field;        /* the member that is wrong, NULL = none */
	const char *wrong;        /* what is wrong and the remedy */
	const char *sentence;     /* SPI_INTERNAL_TEXT: the one that is not for the person */
} spi_task;

#define SPI_POST_MAX_CHARS 6000

/* True: task->write is to be written. False: task->wrong, or an error reply in place (the store cannot be read, no such ticket). */
bool spi_task_check(spi_request *request, spi_task *task);
/* After the write: counts; false as above (somebody else was quicker, or it could not be stored). */
bool spi_task_done(spi_request *request, spi_task *task);
/* Make a problem of what is wrong; nothing where an error reply is in place. */
void spi_task_refuse(spi_request *request, const spi_task *task);

/* ---- inside.c ---- */

/* A sentence of a text for the person that stands in what is not for them (blocks and articles that the audience of the ticket does not
   read); NULL = none. SP_OK also then. In the arena. */
sp_status spi_inside_find(spi_request *request, const sp_ticket *ticket, const char *text, const char **ret_sentence, sp_error *err);
/* The index that the person of this ticket reads; NULL when it cannot be opened. */
sp_index *spi_public_index(spi_request *request, const sp_ticket *ticket);

/* ---- dossier.c ---- */

/* The dossier of a ticket as it is now, in the language of the request; NULL when memory is out. */
const char *spi_dossier(spi_request *request, const sp_ticket *ticket);

/* ---- what tickets and their pages share (story.c) ---- */

/* A text of the person for the person: what stands for hidden data said in words. In the arena; NULL when memory is out. */
const char *spi_masks_in_words(spi_request *request, const char *text);
/* What the ticket is about: its message, or the longest text field, personal data masked; "" = nothing. In the arena. */
const char *spi_ticket_story(spi_request *request, const sp_ticket *ticket);
/* A value as it is shown before somebody asks for it: personal data hidden but for the last characters. */
typedef struct spi_shown_value {
	const char *field, *label, *text;
	bool is_masked; /* the whole is to be asked for */
} spi_shown_value;
bool spi_show_value(spi_request *request, const sp_ticket_value *value, spi_shown_value *ret);
/* Name of a group in the language of the request; its key where it is in kb.yaml no more; NULL for none. */
const char *spi_group_name(const spi_request *request, const char *key);
/* Service whose hours count for a ticket; -1 = none. */
int spi_ticket_service(const spi_request *request, const char *category, const char *group);

#endif
