/**
 * @file quiz.h
 * The quiz of a training module, as its article says it: the last section, `## Quiz`. Each level-3 heading is a question, the list
 * below it (`- [x]` right, `- [ ]` wrong) its choices, and what follows the explanation, with one link: to the article that it asks
 * about. An article's views (kb.h) never hold any of it: what is right is known to nobody before it was answered.
 */
#ifndef SPORTELLO_QUIZ_H
#define SPORTELLO_QUIZ_H

#include "sportello/arena.h"
#include "sportello/kb.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SP_QUIZ_ID_LEN 12

typedef struct sp_quiz_choice {
	char id[SP_QUIZ_ID_LEN + 1]; /**< of the question and the choice's text; says nothing of whether it is right */
	const char *text;            /**< plain */
	bool is_right;
} sp_quiz_choice;

typedef struct sp_quiz_question {
	char id[SP_QUIZ_ID_LEN + 1]; /**< of what is asked: stays while nothing of that changes */
	const char *article;         /**< id of the article that it asks about */
	const char *anchor;          /**< of the passage there, "" = all of it */
	const char *title;           /**< plain */
	const char *html;            /**< what stands between heading and choices, safe HTML; "" = nothing */
	sp_quiz_choice *choices; size_t choices_count; /**< in the editor's order */
	size_t right;                /**< how many of them are right, 1 or more */
	const char *explanation;     /**< safe HTML */
} sp_quiz_question;

typedef struct sp_quiz { sp_quiz_question *questions; size_t count; } sp_quiz;

/**
 * The quiz of an article; none of an article that has no quiz. Questions that are not well formed are left out (the linter tells).
 * @param arena  owns the result
 * @return SP_OK; SP_ERR_NOMEM
 * Threads: any.
 */
sp_status sp_article_quiz(const sp_article *article, sp_arena *arena, sp_quiz *ret);

#ifdef __cplusplus
}
#endif
#endif
