/* What the calls and the pages of training share: whose modules, how far they are, and the marking of what was answered. */
#ifndef HTTP_TRAINING_H
#define HTTP_TRAINING_H

#include "http/request.h"
#include "sportello/training.h"

/* A caller's modules, in the arena. */
typedef struct spi_training {
	sp_training_view view;
	sp_training_module *modules; size_t count;
} spi_training;

/* Read the module of this id, or all (NULL), as the caller's audience has them, and how far the caller is. SP_ERR_NOT_FOUND: there is no such
   module for it. To be called from spi_with_index(). */
sp_status spi_training_load(spi_request *request, sp_index *index, const char *id, spi_training *ret, sp_error *err);
/* The same from the index as it is now. False with the reply in place. */
bool spi_training_read(spi_request *request, const char *id, spi_training *ret);
/* View of the index of an audience. */
sp_training_view spi_training_view(const spi_request *request, sp_index *index, int audience);

/* What somebody answered about one article of a module. */
typedef struct spi_training_given {
	const char *article;
	const char *version;         /* that they read; NULL = not said */
	sp_training_answer *answers; size_t count;
} spi_training_given;

typedef struct spi_training_result {
	sp_training_module *module;
	sp_training_part *part;
	bool *right; size_t right_count; /* by question, in the order of the part */
	bool passed;                 /* all of them are; the part says so already */
	sp_write *write;             /* of this; NULL when it was not passed */
} spi_training_result;

/* Mark them. Every question about the article must have an answer, and no other one: what is right is not told before. False with an
   error in place. */
bool spi_training_mark(spi_request *request, sp_training_module *module, const spi_training_given *given, spi_training_result *ret);

/* Address of a module's page in the console; article: of its quiz there, NULL = none. In the arena. */
const char *spi_training_url(const spi_request *request, const char *module, const char *article);
/* Address of the passage that a question is about. In the arena. */
const char *spi_training_passage_url(const spi_request *request, const sp_training_part *part, const sp_quiz_question *question);

#endif
