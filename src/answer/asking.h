/* What a decision asked the encoder. */
#ifndef ANSWER_ASKING_H
#define ANSWER_ASKING_H

#include "sportello/answer.h"

/* One question, with its pieces where it is long. */
typedef struct spi_asked {
	struct spi_asked *next;
	const char *text;
	size_t len;
	sp_lang lang;      /* its words were looked for in */
	size_t count;      /* the question, and pieces of it */
	size_t word_count; /* articles that words found */
	sp_word_finds *by_words;
	int64_t since_us;  /* when it was asked; 0 = the wait is counted */
	sp_encode_call call;
} spi_asked;

struct sp_asking {
	void (*done)(void *arg);
	void *arg;
	spi_asked *first;
	sp_stage_times times; /* of all tries */
	int64_t began_us;     /* the first one */
	int64_t spent_us;     /* of the encoder's deadline */
};

/* What was asked about this text, read in this language; NULL = nothing yet. asking may be NULL. */
spi_asked *spi_asked_find(const sp_asking *asking, const char *text, size_t len, sp_lang lang);
/* With room for vectors and tokens; NULL when memory is out. */
spi_asked *spi_asked_new(sp_arena *arena, const sp_encoder *encoder, size_t count);
/* Ask. With asking, it is noted there, and SP_ERR_LATER when its done() will be called. */
sp_status spi_asked_begin(sp_asking *asking, spi_asked *asked, sp_encode_queue *queue);

#endif
