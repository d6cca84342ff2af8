/* Labelled questions: what people asked, each with the article that answers it. An article is found by them as by its own
   phrasings; those that no article answers are what an answer is less sure for. Nobody is shown them. */
#ifndef PUBLISH_LABELLED_H
#define PUBLISH_LABELLED_H

#include "sportello/kb.h"
#include "sportello/status.h"

typedef struct spi_labelled spi_labelled;

/* Read a file of one JSON object a line: question, expect, articles, perhaps lang (the format of `sportello eval`). A line that expects
   an answer counts for each article that it names; one that expects a ticket or nothing, and names none, for no article. Personal data is
   masked. SP_ERR_INVALID names file and line. */
sp_status spi_labelled_read(const char *path, spi_labelled **ret, sp_error *err);
void spi_labelled_free(spi_labelled *labelled); /* NULL is accepted */
/* Whether the file on the disk may be another than the one that was read. */
bool spi_labelled_is_stale(const spi_labelled *labelled);
/* The questions of an article; those that name no language are of each that it is written in. labelled NULL: none. False when
   memory is out. */
bool spi_labelled_of(const spi_labelled *labelled, const char *id, sp_lang lang, sp_arena *arena, sp_strings *ret);
/* Stands for the questions of an article; 0 = it has none. */
uint64_t spi_labelled_hash(const spi_labelled *labelled, const char *id, sp_lang lang);
/* By language, those that no article answers: a ticket or nothing is expected. One that names no language is of each. False when memory is
   out. */
bool spi_labelled_unanswered(const spi_labelled *labelled, sp_arena *arena, sp_strings ret[SP_LANG_COUNT]);
/* Stands for all of them; 0 = there are none. */
uint64_t spi_labelled_unanswered_hash(const spi_labelled *labelled);
/* Append to list those that neither known nor list holds yet, to the normal form. False when memory is out. */
bool spi_labelled_append(const sp_strings *questions, const sp_strings *known, sp_arena *arena, sp_strings *list);

#endif
