/* What gaps are found in: the conversations of each audience and language as they were read, with nothing left of a conversation
   but what is counted. */
#ifndef GAPS_GAPS_H
#define GAPS_GAPS_H

#include "gaps/spellings.h"
#include "kb/map.h"
#include "sportello/gaps.h"

/* Bounds of memory: some 60 MB. */
#define SPI_GAP_UNANSWERED_MAX 200000
#define SPI_GAP_SPELLINGS_MAX 60000
#define SPI_GAP_VOCABULARY_MAX 60000
#define SPI_GAP_CHARS_MAX 200 /* a longer message is a letter: it counts, and is no example */

/* Who: the hash of a person, or a conversation's number. */
typedef uint64_t spi_asker;

/* A spelling and whether two people used it. */
typedef struct spi_gap_spelling {
	spi_spelling spelling;  /* first: the groups of spellings are lists of these */
	spi_asker first;
	bool by_two, is_short;
} spi_gap_spelling;

/* One question that was not answered. */
typedef struct spi_unanswered {
	spi_gap_spelling *spelling;
	int64_t conversation;
	spi_asker asker;
	int32_t month;
	sp_reason reason;
	bool lost;
} spi_unanswered;

/* A word of people. */
typedef struct spi_gap_word {
	const char *word;
	spi_asker first;
	int64_t last_conversation;
	uint32_t times, conversations, lost;
	bool by_two;
	const spi_gap_spelling *example; /* with it, used by two */
} spi_gap_word;

/* What came of an article's being shown, or of one in another's place. */
typedef struct spi_gap_shown {
	const char *id; sp_lang lang;
	int64_t last_conversation;
	uint32_t shown, failed, no, tickets, returned;
} spi_gap_shown;

typedef struct spi_gap_pair {
	const char *shown, *solved; sp_lang lang;
	uint32_t by_person, by_agent;
	spi_gap_spelling *examples[SP_GAP_EXAMPLES_MAX * 4]; size_t examples_count;
} spi_gap_pair;

/* All of one audience and language. */
typedef struct spi_gap_part {
	int audience;
	const char *audience_key;
	sp_lang lang;
	spi_map texts;         /* as they were stored → what was read in them */
	spi_map spellings, words, shown, pairs; /* → spi_gap_spelling, spi_gap_word, spi_gap_shown, spi_gap_pair */
	sp_buffer unanswered;  /* spi_unanswered */
	sp_buffer word_list;   /* spi_gap_word * */
	sp_buffer shown_list, pair_list;
} spi_gap_part;

typedef struct spi_gap_reading {
	const sp_gap_options *options;
	const sp_kb_config *config;
	sp_responder *responder;
	sp_analyser *analyser; /* the responder's */
	sp_arena *arena, *scratch, *result; /* of the search; of one conversation; what is handed out */
	spi_gap_part *parts[SP_AUDIENCES_MAX][SP_LANG_COUNT];
	spi_map returns;       /* person and category → moment of the later conversation */
	size_t unanswered, spellings, vocabulary;
	sp_gaps *gaps;
	int64_t first_utc_s;   /* of all conversations; 0 = none */
	size_t topics_room, unsolving_room, wrong_room, words_room;
} spi_gap_reading;

sp_status spi_gap_no_memory(sp_error *err);
/* read.c */
sp_status spi_gap_read(spi_gap_reading *r, sp_error *err);
void spi_gap_parts_release(spi_gap_reading *r);

/* topics.c: topics of one part, added to r->gaps. */
sp_status spi_gap_topics(spi_gap_reading *r, spi_gap_part *part, sp_error *err);
/* words.c, articles.c */
sp_status spi_gap_words(spi_gap_reading *r, spi_gap_part *part, sp_error *err);
sp_status spi_gap_articles(spi_gap_reading *r, spi_gap_part *part, sp_error *err);
/* An article as the part's readers know it; false: they do not. */
bool spi_gap_article(spi_gap_reading *r, const spi_gap_part *part, const char *id, sp_lang lang, sp_gap_article *ret);
/* The article that is nearest to a text, and the probability that it answers it; id NULL = none. */
sp_status spi_gap_nearest(spi_gap_reading *r, const spi_gap_part *part, const char *text, sp_gap_article *ret, double *ret_near, sp_error *err);
/* Room for one more of a list in r->result; NULL when memory is out. */
void *spi_gap_add(spi_gap_reading *r, void **items, size_t *count, size_t *room, size_t size);
/* Vectors of texts, of unit length, where there is an encoder that gives all of them. False: by words. */
bool spi_gap_vectors(spi_gap_reading *r, const char *const *texts, size_t count, float **ret, size_t *ret_dimensions);

/* linkage.c */
/* Group n items by average linkage: pairs merge while their mean similarity is at least the threshold. near: n × n, symmetric, changed.
   weights: of each. ret_group[i]: number of the first item of its group. */
bool spi_gap_linkage(float *near, const double *weights, size_t n, double threshold, size_t *ret_group, sp_arena *arena);

#endif
