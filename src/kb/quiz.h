/* A quiz as it is read, with what is wrong in it: for those who answer it (sportello/quiz.h) and for the linter. */
#ifndef KB_QUIZ_H
#define KB_QUIZ_H

#include "kb/facts.h"
#include "sportello/quiz.h"

typedef struct spi_quiz_item {
	sp_quiz_question question;
	int line;         /* of its heading, in the quiz; from 1 */
	const char *flaw; /* why it cannot be asked: variant of the rule "quiz-form"; NULL = nothing is wrong */
} spi_quiz_item;

typedef struct spi_quiz {
	spi_quiz_item *items;
	size_t count;
	int stray_line; /* of a heading that ends the quiz before its end; 0 = none */
} spi_quiz;

/* False when memory is out. lang: of the links to articles. */
bool spi_quiz_read(const char *markdown, size_t len, sp_lang lang, sp_arena *arena, spi_quiz *ret);

/* The heading that a quiz begins with; NULL when there is none. */
cmark_node *spi_quiz_heading(cmark_node *root);

/* Whether an item of a list is marked as right or wrong. */
bool spi_is_marked_item(cmark_node *item, bool *ret_right);

#endif
