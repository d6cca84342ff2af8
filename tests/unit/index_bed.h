/* For tests of the sealed index: one to write, and one with a few articles. */
#ifndef INDEX_BED_H
#define INDEX_BED_H

#include "harness.h"

#include "sportello/index.h"

#define TODAY 20261123

typedef struct index_bed {
	char folder[512];
	sp_kb_config *config;
	sp_analyser *analyser;
	sp_arena *arena;
	sp_index_writer *writer;
	sp_index *index;
	sp_error err;
} index_bed;

/* Empty, open for writing. */
bool open_index_bed(index_bed *f);
void close_index_bed(index_bed *f);
/* Front matter lines over the usual ones, then the body. */
sp_status put_article(index_bed *f, const char *path, const char *title, const char *more, const char *body);
/* A few articles. */
void put_usual(index_bed *f);
/* One that has them, open for reading. */
bool open_usual(index_bed *f);

#define USUAL                                                                                                          \
	(sp_query)                                                                                                         \
	{                                                                                                                  \
		.lang = SP_LANG_IT, .only_lang = true, .audience = -1                                                          \
	}
/* Where the query says nothing else: today, ten of them. */
sp_result search_for(index_bed *f, const char *text, sp_query query);
sp_candidate *ask_for(index_bed *f, const char *text, size_t *ret_count, sp_question_stats *stats);

#endif
