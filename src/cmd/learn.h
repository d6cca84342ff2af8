/* What `sportello learn` is made of: the articles as the editors have them, the questions that people confirmed, and
   which of them are proposed. */
#ifndef CMD_LEARN_H
#define CMD_LEARN_H

#include "gaps/file_diff.h"
#include "gaps/spellings.h"
#include "kb/map.h"
#include "sportello/kb.h"
#include "sportello/store.h"

#define SPI_LEARN_CHARS_MAX 200   /* a longer message is a letter, not a phrasing */
#define SPI_LEARN_ARTICLE_MAX 5   /* proposals for an article in one run: an editor reads each */

/* ---- learn_kb.c: the articles ---- */

typedef struct spi_learn_kb {
	const char *dir;
	sp_kb_config *config;
	sp_date day;              /* today, in the knowledge base's time zone */
	sp_article **articles;    /* by id and language */
	size_t count, unreadable;
	spi_map known[SP_LANG_COUNT]; /* forms of all titles and questions → the article */
	sp_arena *arena;          /* owns all of it but the articles and the configuration */
} spi_learn_kb;

/* Close it also when it could not be opened. */
sp_status spi_learn_kb_open(const char *dir, spi_learn_kb *ret, sp_error *err);
void spi_learn_kb_close(spi_learn_kb *kb);
/* NULL when there is none. */
const sp_article *spi_learn_article(const spi_learn_kb *kb, const char *id, sp_lang lang);

/* ---- learn_question.c: what was asked ---- */

typedef enum spi_learn_fate {
	SPI_LEARN_KEPT,
	SPI_LEARN_GONE,      /* the article is not there in this language, or not published */
	SPI_LEARN_READERS,   /* the article is not one of the asker's own */
	SPI_LEARN_LONG,
	SPI_LEARN_EMPTY,     /* nothing of it says what is asked */
	SPI_LEARN_LEANS,     /* not to be understood without what was said before */
	SPI_LEARN_KNOWN,     /* a phrasing or a title already */
	SPI_LEARN_FATES,
} spi_learn_fate;

typedef struct spi_learn_question {
	const char *text;    /* one line, masked, without greetings; nothing in it that is not seen */
	const char *form; size_t form_len;
	const sp_article *article;
} spi_learn_question;

/* The question that a confirmed answer was for. ret is set when it is kept; texts are owned by arena. */
sp_status spi_learn_read(const spi_learn_kb *kb, sp_analyser *analyser, const sp_confirmed *confirmed, sp_arena *arena,
	spi_learn_question *ret, spi_learn_fate *ret_fate, sp_error *err);

/* ---- learn_propose.c: what comes of it ---- */

typedef struct spi_learned { /* one confirmed question */
	spi_spelling *spelling;
	const sp_article *article;
	int64_t conversation, at_utc_s;
} spi_learned;

typedef struct spi_proposal {
	const spi_spelling *spelling; /* and those that follow it */
	const sp_article *article;
	size_t conversations;
	int64_t first_utc_s, last_utc_s;
} spi_proposal;

typedef struct spi_proposals {
	spi_proposal *items; size_t count;         /* by the article's path, the most frequent first */
	spi_proposal *contradicted; size_t contradicted_count; /* all of one question come together */
	size_t few, over; /* asked too rarely; left for the next run */
} spi_proposals;

/* items are sorted anew. False when memory is out. */
bool spi_learn_propose(spi_learned *items, size_t count, size_t min, sp_arena *arena, spi_proposals *ret);

#endif
