/**
 * @file training.h
 * Training of those who answer people: a module is an article of type training, with the articles that it is made of and a short quiz
 * about each of them. Who passed the quiz about an article keeps it until the text that they read changes; then this one is open again,
 * and no other.
 *
 * Everything is seen through the sealed index of the readers' audience: a module, or an article of one, that is not there for them
 * does not exist. What is right is never in an index; it is read from the module's text, as it was published.
 */
#ifndef SPORTELLO_TRAINING_H
#define SPORTELLO_TRAINING_H

#include "sportello/index.h"
#include "sportello/publish.h"
#include "sportello/quiz.h"
#include "sportello/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where modules are read. All borrowed. */
typedef struct sp_training_view {
	sp_index *index;           /**< of the readers' audience */
	int audience;              /**< which that is: index in the configuration */
	const sp_kb_config *config;
	sp_publisher *publisher;   /**< has the texts as they were published */
	sp_analyser *analyser;     /**< this thread's */
	sp_date day;               /**< what is valid on this day */
} sp_training_view;

#define SP_TRAINING_STATES(X) \
	X(SP_TRAINING_NEW, "new")           /* nothing of it was passed */ \
	X(SP_TRAINING_STARTED, "started")   /* a module: something of it was; something is new */ \
	X(SP_TRAINING_PASSED, "passed")     /* as it is now */ \
	X(SP_TRAINING_REOPENED, "reopened") /* it was passed, and what it asks about has changed since; a module: something of it */ \
	X(SP_TRAINING_READING, "reading")   /* nothing is asked about it */
typedef enum sp_training_state {
#define SP_TRAINING_STATE_ENUM(name, text) name,
	SP_TRAINING_STATES(SP_TRAINING_STATE_ENUM)
#undef SP_TRAINING_STATE_ENUM
	SP_TRAINING_STATE_COUNT
} sp_training_state;
/** "new", "started"… Static. */
const char *sp_training_state_name(sp_training_state state);

/** An article of a module, and what is asked about it. */
typedef struct sp_training_part {
	sp_record article;         /**< as its readers see it */
	char content[SP_VERSION_HEX + 1];   /**< hash of its title and text, blanks apart: another one opens the quiz again */
	char asked[SP_VERSION_HEX + 1];     /**< hash of the questions and of what is right */
	sp_quiz_question *questions; size_t count; /**< 0: only to read */
	sp_training_state state;   /**< by sp_training_apply() */
	const sp_training_pass *pass; /**< when it was passed last; NULL = never. Borrowed from what was applied */
} sp_training_part;

typedef struct sp_training_module {
	sp_record article;
	sp_training_part *parts; size_t count; /**< in the editors' order */
	size_t quizzes;            /**< parts that something is asked about */
	size_t passed, reopened;   /**< of these; by sp_training_apply(), as @ref state */
	sp_training_state state;
} sp_training_module;

/**
 * Read modules.
 * @param id     of one; NULL: all that these readers have, by title
 * @param arena  owns the result
 * @return SP_OK; SP_ERR_NOT_FOUND (no such module for these readers); SP_ERR_CHANGED (the index; again with a new one); SP_ERR_NOMEM;
 *         others of index and files
 * Threads: those of the index.
 */
sp_status sp_training_read(const sp_training_view *view, const char *id, sp_arena *arena, sp_training_module **ret, size_t *ret_count,
	sp_error *err);

/** Say of a module how far a subject is; what was passed of other modules does not matter. */
void sp_training_apply(sp_training_module *module, const sp_training_pass *passes, size_t count);
/** One more quiz of it was passed just now. */
void sp_training_note(sp_training_module *module, sp_training_part *part, const sp_training_pass *pass);
/** Part of a module that is about an article; NULL when there is none. */
sp_training_part *sp_training_find(const sp_training_module *module, const char *article);
/** How much of a module is passed, 0 to 100; 100 only when all is. */
unsigned sp_training_percent(const sp_training_module *module);

/** Put questions and choices in an order that is this subject's for this version of the article: who sits beside sees another one, who
 *  looks again the same. */
void sp_training_shuffle(const sp_training_part *part, const char *subject);

/** What somebody chose in a question: ids of choices. */
typedef struct sp_training_answer { const char *question; const char *const *choices; size_t count; } sp_training_answer;
/** Whether the choices are those that are right, all of them and no other. NULL answer: not. */
bool sp_training_is_right(const sp_quiz_question *question, const sp_training_answer *answer);

/** A line of a text: as it was ('-'), as it is ('+'), in both (' '), or 0 where lines are left out. */
typedef struct sp_training_line { char mark; const char *text; } sp_training_line;
/**
 * What changed in an article since it was passed, line by line, as readers of it see the text.
 * @param ret_count  0: its words are the same (a link, a heading), or the old text is not there any more
 */
sp_status sp_training_changes(const sp_training_view *view, const sp_training_part *part, sp_arena *arena, sp_training_line **ret,
	size_t *ret_count, sp_error *err);

/** Somebody who is trained. */
typedef struct sp_trainee {
	const char *subject, *audience;
	sp_strings groups; /**< that the token names */
} sp_trainee;
/** Who that is: subjects of agents' tokens that are in force at @p now_utc_s, and whoever passed something and has no token at all
 *  (signed in another way), by subject. */
sp_status sp_training_people(const sp_token_info *tokens, size_t tokens_count, const sp_training_pass *passes, size_t passes_count,
	int64_t now_utc_s, sp_arena *arena, sp_trainee **ret, size_t *ret_count);

#ifdef __cplusplus
}
#endif
#endif
