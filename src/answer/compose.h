/* What the parts of a reply share: texts grow in three forms side by side. */
#ifndef ANSWER_COMPOSE_H
#define ANSWER_COMPOSE_H

#include "sportello/answer.h"

typedef struct spi_composing {
	sp_index *index;
	const sp_kb_config *config;
	const sp_decision *decision;
	int64_t now_utc_s;
	sp_arena *arena;
	sp_reply *reply;
	sp_error *err;
	sp_buffer markdown;
	sp_buffer html;
	sp_buffer speech;
} spi_composing;

/* A text in its three forms, rendered already. */
typedef struct spi_rendered {
	const char *markdown, *html, *speech;
	size_t markdown_len, html_len, speech_len;
} spi_rendered;

/* Add Markdown that has still to be rendered. */
sp_status spi_compose_markdown(spi_composing *c, const char *markdown);
/* Add a text of an article, under a title (NULL: none). */
void spi_compose_text(spi_composing *c, sp_lang lang, const char *title, const spi_rendered *text);
/* Known faults speak first: notices in force about this article (NULL: none), its category or one of its codes. */
sp_status spi_compose_notices(spi_composing *c, const sp_record *article);
/* Say that an article is in another language. */
sp_status spi_compose_other_language(spi_composing *c, const sp_record *article);
/* The contact of who decides where we do not. */
sp_status spi_compose_competence(spi_composing *c, const sp_record *article);
/* An article's window (reply_window.c): what the day that was told means comes first; the question for it, or the window in words, last.
   *ret_whole: whether the article's own words are to follow. */
sp_status spi_compose_window_first(spi_composing *c, const sp_record *article, bool *ret_whole);
sp_status spi_compose_window_last(spi_composing *c);
/* A day, or the range, in words; NULL when memory is out. Days since 1970-01-01. */
const char *spi_compose_days(const spi_composing *c, int64_t first, int64_t last);
/* A day that was told by itself (reply_day.c). *ret_topics: nothing was talked of, so topics are to be offered. */
sp_status spi_compose_day_told(spi_composing *c, bool *ret_topics);
/* A number that was told by itself (reply_number.c). *ret_topics: as above. */
sp_status spi_compose_number_told(spi_composing *c, bool *ret_topics);
/* What was shown when a day or a number was told; false: nothing. */
bool spi_compose_shown_before(const spi_composing *c, sp_record *ret);
/* A question back that stays open: its choices. */
sp_status spi_compose_offered_again(spi_composing *c, const sp_turn *before);
void spi_compose_related(spi_composing *c, const sp_record *article);
/* Add a choice; dropped where there is no room. */
void spi_compose_choice(spi_composing *c, sp_choice choice);

/* The same of an article's title (or of something else of which article is NULL), with its language where that is another. */
sp_status spi_compose_article_choice(spi_composing *c, const char *label, const char *article, sp_lang lang);

/* One step of a procedure (reply_walk.c): decision->walk says which. */
bool spi_shows_step(const sp_decision *decision);
sp_status spi_compose_step(spi_composing *c, const sp_record *article);
/* An answer that was given before (reply_again.c): a line that says so where there is one to say; and what is said instead of giving it whole
   again. *ret: whether it is. */
sp_status spi_compose_why_again(spi_composing *c, const sp_record *article);
sp_status spi_compose_again(spi_composing *c, const sp_record *article, bool *ret);
/* The way back to a procedure that was left, where there is one. */
sp_status spi_compose_return(spi_composing *c);

#endif
