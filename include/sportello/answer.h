/**
 * @file answer.h
 * The responder: one question, in the light of a conversation, to exactly one decision; and the decision to a reply.
 *
 * Flow: question → cues (is a person asked for, a greeting, an individual case…) → retrievers (words; sentence vectors
 * when there is an encoder) → ranker → confidence → the one place that decides. No sockets, no SQL; the same input gives the same
 * output.
 */
#ifndef SPORTELLO_ANSWER_H
#define SPORTELLO_ANSWER_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/encoder.h"
#include "sportello/index.h"
#include "sportello/kb.h"
#include "sportello/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SP_MESSAGE_MAX_CHARS 2000
#define SP_CHOICES_MAX 4
#define SP_DIALOGUE_MAX 8 /* turns that are looked back on */

typedef enum sp_decision_kind { SP_DECIDE_ANSWER, SP_DECIDE_CLARIFY, SP_DECIDE_TICKET, SP_DECIDE_NONE, SP_DECIDE_COUNT } sp_decision_kind;
/** "answer", "clarify", "ticket", "none". */
const char *sp_decision_name(sp_decision_kind kind);
/** The kind of a name; SP_DECIDE_COUNT when it is none. */
sp_decision_kind sp_decision_of(const char *name);

/* Why it was decided so; the short name keys the reply's text (`reply.<name>`). */
#define SP_REASON_LIST(X) \
	X(SP_REASON_KNOWN_PHRASING, "known-phrasing") \
	X(SP_REASON_CODE, "code") \
	X(SP_REASON_SURE, "sure") \
	X(SP_REASON_NEXT_BEST, "next-best")   /* what was shown did not help: another article about it, once */ \
	X(SP_REASON_CHOICES, "choices") \
	X(SP_REASON_TOO_VAGUE, "too-vague") \
	X(SP_REASON_TICKET_STATE, "ticket-state") /* how far a ticket is: told on its own page, to who has its address */ \
	X(SP_REASON_NO_ANSWER, "no-answer") \
	X(SP_REASON_CASE, "case") \
	X(SP_REASON_PERSON, "person") \
	X(SP_REASON_NOT_SOLVED, "not-solved") \
	X(SP_REASON_DETAILS, "details")       /* more about a ticket that was just offered */ \
	X(SP_REASON_GREETING, "greeting") \
	X(SP_REASON_THANKS, "thanks") \
	X(SP_REASON_GOODBYE, "goodbye") \
	X(SP_REASON_SMALLTALK, "smalltalk") \
	X(SP_REASON_ABUSE, "abuse") \
	X(SP_REASON_GIBBERISH, "gibberish") \
	X(SP_REASON_OFF_TOPIC, "off-topic") \
	X(SP_REASON_LANGUAGE, "language")     /* in a language that the knowledge base does not have */ \
	X(SP_REASON_STEP, "step")             /* the step of a procedure that was asked for */ \
	X(SP_REASON_STEP_AGAIN, "step-again") /* "where was I", or back to it after something else */ \
	X(SP_REASON_STEP_CHANGED, "step-changed") /* the procedure changed and has this step no more: it starts again */ \
	X(SP_REASON_STEP_UNCLEAR, "step-unclear") /* what was said is none of the step's choices */ \
	X(SP_REASON_STEP_CODE, "step-code")   /* gone on with from another window */ \
	X(SP_REASON_STEP_WAIT, "step-wait")   /* "one moment": the step stays as it is */ \
	X(SP_REASON_STEP_ALL, "step-all")     /* all steps at once */ \
	X(SP_REASON_NO_CODE, "no-code")       /* a step's code that is none, or none any more */ \
	X(SP_REASON_WINDOW_ASKED, "window-asked") /* answered, and asked for the day that the article's window counts from */ \
	X(SP_REASON_WINDOW_AGAIN, "window-again") /* that day is still to come, or in no calendar: asked once more */ \
	X(SP_REASON_WINDOW, "window")         /* the day was told: too early, in time or too late; or the times were asked for */ \
	X(SP_REASON_COMPETENCE, "competence") /* a case, and another body decides on it: what to tell it, and not a ticket here */ \
	X(SP_REASON_CHOSEN, "chosen")         /* "the second": one of the choices that were offered */ \
	X(SP_REASON_UNKNOWN_CODE, "unknown-code") /* an error code that no article explains */ \
	X(SP_REASON_STEP_END, "step-end")     /* "done", at the last step of a procedure: it is over */ \
	X(SP_REASON_DAY_TOLD, "day-told")     /* nothing but a day, that was not asked for: a detail of what is talked of */ \
	X(SP_REASON_ACCEPTED, "accepted")     /* "yes", to the offer of a ticket: its form */ \
	X(SP_REASON_DECLINED, "declined")     /* "no": the offer is taken back */ \
	X(SP_REASON_NUMBER_TOLD, "number-told") /* nothing but a number of somebody's, that was not asked for: what about it? */ \
	X(SP_REASON_STEP_GONE, "step-gone")   /* said on the way through a procedure that is not there any more */
typedef enum sp_reason {
#define SP_REASON_ENUM(name, text) name,
	SP_REASON_LIST(SP_REASON_ENUM)
#undef SP_REASON_ENUM
	SP_REASON_COUNT
} sp_reason;
const char *sp_reason_name(sp_reason reason);
/** Whether it was only said which way to go in a procedure. */
static inline bool sp_reason_is_step(sp_reason reason)
{
	return (reason >= SP_REASON_STEP && reason <= SP_REASON_STEP_ALL) || reason == SP_REASON_STEP_END;
}

/** One turn of the conversation so far. */
typedef struct sp_turn {
	const char *question;   /**< masked text of the person */
	sp_decision_kind decision;
	sp_reason reason;
	const char *article;    /**< id answered with, NULL = none */
	const char *category;   /**< key, NULL = unknown */
	sp_strings offered;     /**< ids offered as choices */
	sp_lang lang;
	int64_t at_utc_s;
	const char *step;       /**< anchor of the procedure's step that was shown ("" = the introduction), NULL = none */
} sp_turn;

/* X(enum, name) */
#define SP_WALK_STATE_LIST(X) \
	X(SP_WALK_GOING, "going") \
	X(SP_WALK_ENDED, "ended")   /* a step that is an end was shown */ \
	X(SP_WALK_FAILED, "failed") /* the person said that it does not work */
typedef enum sp_walk_state {
#define SP_WALK_ENUM(name, text) name,
	SP_WALK_STATE_LIST(SP_WALK_ENUM)
#undef SP_WALK_ENUM
	SP_WALK_STATES
} sp_walk_state;
const char *sp_walk_state_name(sp_walk_state state);

#define SP_WALK_CODE_LEN 6
#define SP_WALK_CODE_ALPHABET "ACDEFGHJKMNPQRTUVWXY234679" /**< none looks like another */
#define SP_WALK_CODE_VALID_S (2 * 60 * 60)                  /**< from the last step on */
#define SP_WALK_STEPS_KEPT 64

/** Somebody's walk through a procedure, one step at a time. */
typedef struct sp_walk {
	int64_t number;         /**< in the store; 0 = not stored yet */
	const char *article;    /**< id */
	sp_lang lang;           /**< of the article */
	const char *version;    /**< of the article when the step was shown */
	const char *step;       /**< anchor of where it is; "" = the introduction */
	sp_strings way;         /**< anchors from the first step to this one: "back" goes this way */
	sp_strings seen;        /**< anchors in the order in which they were shown, each once */
	sp_walk_state state;
	char code[SP_WALK_CODE_LEN + 1]; /**< by which somebody else finds it; "" = none */
	int64_t code_until_utc_s;
	int64_t at_utc_s;       /**< when the step was shown */
} sp_walk;
/** Read a code as people write it (small letters, blanks, hyphens, "codice" before it); false when it cannot be one. */
bool sp_walk_code_read(const char *text, size_t len, char ret[SP_WALK_CODE_LEN + 1]);

/** What came before, oldest first; at most the last SP_DIALOGUE_MAX turns. */
typedef struct sp_dialogue {
	const sp_turn *turns; size_t count;
	/** Of a longer one: the request that it began with, and the last one before `turns` that was more than which way to go in a procedure: the
	 *  question that a procedure began with. Oldest first; of what is told, never of what is decided. */
	const sp_turn *began; size_t began_count;
	bool ticket_open;       /**< a ticket was opened in this conversation */
	const sp_walk *walk;    /**< the procedure that was walked last, NULL = none */
	const sp_walk *earlier; /**< the one that it came in between of, NULL = none */
	uint32_t places;        /**< turns and feedback of the conversation so far, all of them */
} sp_dialogue;

/** All turns that are known, oldest first: those of the beginning, then the last ones. NULL: none. */
static inline size_t sp_dialogue_known(const sp_dialogue *dialogue)
{
	return dialogue ? dialogue->began_count + dialogue->count : 0;
}
static inline const sp_turn *sp_dialogue_turn(const sp_dialogue *dialogue, size_t number)
{
	return number < dialogue->began_count ? &dialogue->began[number] : &dialogue->turns[number - dialogue->began_count];
}

/** What the encoder was asked for one question. */
typedef struct sp_asking sp_asking;

typedef struct sp_question {
	const char *text; size_t len; /**< UTF-8, 1..SP_MESSAGE_MAX_CHARS characters */
	sp_lang lang;           /**< language asked for; SP_LANG_NONE: found out from the text and the dialogue */
	unsigned likely_lang;   /**< bit (1 << sp_lang) of the reader's own, as a browser tells: taken where neither the text nor the dialogue says any; 0: unknown */
	sp_date day;            /**< the knowledge base as valid on this day */
	const sp_dialogue *dialogue; /**< NULL = first message */
	const char *category;   /**< the screen it comes from, NULL = unknown: a prior */
	sp_asking *asking;      /**< NULL: sp_decide() waits for the encoder in its thread */
	bool walk;              /**< lead through procedures step by step; else they are given whole */
	bool talks;             /**< a reply can be answered: a day that is needed is asked for; else its window is told in words */
	int64_t now_utc_s;      /**< the clock, as in sp_turn.at_utc_s; 0 = unknown: no message is read as the end of another */
	int join_s;             /**< a message that comes within so many seconds may be the end of the one before; 0 = never */
	const sp_walk *joined;  /**< the message is the code of this walk: go on with it here; NULL = it is not */
	bool no_code;           /**< the message looks like a walk's code, and is none */
} sp_question;

/**
 * For who has other things to do while the encoder works. sp_decide() then returns SP_ERR_LATER instead of waiting; when the encoder
 * is done (or its time is over) @p done is called by another thread, maybe before sp_decide() returned, and sp_decide() is to be
 * called again, with the same question and arena; by any thread, responder and state of the index. That may happen more than once.
 * @param done  must not wait for anything
 * @return lives in the arena; NULL when memory is out
 */
sp_asking *sp_asking_new(sp_arena *arena, void (*done)(void *arg), void *arg);
/** So much of the time that the encoder is waited for goes to other things that the person waits for: it is asked only where it will be
 *  done in the rest. NULL is accepted. */
void sp_asking_spend(sp_asking *asking, int64_t us);

/** Where the time of a chat's turn goes. */
#define SP_STAGES_LIST(X) \
	X(WORDS, "words")     /* articles that words find */ \
	X(ENCODER, "encoder") /* waiting for the question's vector and tokens */ \
	X(COMPARE, "compare") /* articles that words, vectors and tokens find */ \
	X(DECIDE, "decide")   /* the rest of the decision: language, cues, rules */ \
	X(REPLY, "reply")     /* composing and writing it */ \
	X(STORE, "store")     /* until the turn is on disk */
typedef enum sp_stage {
#define SP_STAGE_ENUM(name, text) SP_STAGE_##name,
	SP_STAGES_LIST(SP_STAGE_ENUM)
#undef SP_STAGE_ENUM
	SP_STAGE_COUNT
} sp_stage;
/** Microseconds of the clock; 0: this stage was not needed. */
typedef struct sp_stage_times { int64_t us[SP_STAGE_COUNT]; } sp_stage_times;

typedef struct sp_decision {
	sp_decision_kind kind;
	sp_reason reason;
	double confidence;      /**< probability that the first candidate is a right answer */
	sp_lang lang;           /**< of the reply */
	sp_candidate *candidates; size_t count; /**< ranked, best first, up to 10, whatever the kind */
	size_t choices;         /**< clarify: how many of the first candidates are offered (0: an open question back) */
	sp_candidate *also; size_t also_count; /**< answer: what answers the message's further questions, in their order */
	const char *category;   /**< for the ticket and the ledger, NULL = unknown */
	const char *masked;     /**< the question with personal data masked */
	const char *corrected;  /**< NULL = nothing corrected */
	bool used_vectors;      /**< sentence vectors were compared: words alone were not sure */
	bool encoder_busy;      /**< they would have been, but the encoder could not be asked in time */
	sp_stage_times times;   /**< up to DECIDE */
	sp_question_stats stats; /**< what is known of the question's words and meaning */
	double choice_confidence; /**< probability that a right answer is among the first SP_CHOICES_MAX */
	double threshold;       /**< confidence from which on an answer may be given, for the precision that kb.yaml asks for */
	double case_score;      /**< how much the message speaks of one matter of one person; from 2 on a person must look into it */
	const char *searched; size_t searched_len; /**< part of the question that was looked for; borrowed from the question or of the arena */
	bool in_context;        /**< it was read together with what was said before, */
	const char *earlier;    /**< this: the title of the article that was shown, or the question before */
	sp_walk *walk;          /**< as it is after this decision, which shows its step (or ends it: kind ticket); NULL = not walked */
	const sp_walk *back_to; /**< a walk that can be gone on with, NULL = none */
	const sp_steps *steps;  /**< of the walk's procedure; NULL: sp_reply_compose() cuts it */
	const sp_dialogue *before; /**< what came before, NULL = nothing; borrowed from the question */
	bool joined;            /**< read as the end of @ref earlier, which was sent just before */
} sp_decision;

/** Holds one thread's analyser and scratch memory. */
typedef struct sp_responder sp_responder;
/** @p queue borrowed; NULL = words only. NULL when memory is out. */
sp_responder *sp_responder_new(sp_encode_queue *queue);
void sp_responder_free(sp_responder *responder);
/** This thread's analyser (owned by the responder). */
sp_analyser *sp_responder_analyser(sp_responder *responder);

/** Whether it can be asked at all, which is known without an index. SP_OK; SP_ERR_INVALID (empty, not UTF-8); SP_ERR_TOO_LARGE. Any thread. */
sp_status sp_question_check(const sp_question *question, sp_error *err);

/**
 * Decide.
 * @param index   sealed index of the asker's audience
 * @param arena   owns the result
 * @return SP_OK; SP_ERR_LATER (question->asking); sp_question_check()'s errors; SP_ERR_CHANGED; SP_ERR_CORRUPT; SP_ERR_NOMEM
 * Threads: one thread at a time per responder.
 */
sp_status sp_decide(sp_responder *responder, sp_index *index, const sp_kb_config *config, const sp_question *question,
	sp_arena *arena, sp_decision *ret, sp_error *err);

/* ---- why it was decided so: for editors and agents ---- */

#define SP_EXPLAINED_MAX 5 /* candidates that are told about */

/** What sentence vectors had to do with a decision. */
#define SP_VECTORS_LIST(X) \
	X(ABSENT, "absent")         /* this index has none */ \
	X(NOT_NEEDED, "not-needed") /* words left no doubt */ \
	X(USED, "used") \
	X(BUSY, "busy")             /* wanted, but the encoder could not be asked in time */
typedef enum sp_vectors_part {
#define SP_VECTORS_ENUM(name, text) SP_VECTORS_##name,
	SP_VECTORS_LIST(SP_VECTORS_ENUM)
#undef SP_VECTORS_ENUM
	SP_VECTORS_PARTS
} sp_vectors_part;
const char *sp_vectors_part_name(sp_vectors_part part);

/** Something that the message shows by itself: a greeting, that a person is asked for. */
typedef struct sp_told_cue { const char *name; sp_strings words; } sp_told_cue;

typedef struct sp_told_candidate {
	const sp_candidate *candidate; /**< score, features, nearest phrasing */
	double share;                  /**< of the scores of all candidates of the decision (softmax): theirs together is 1 */
	const sp_word_match *words; size_t words_count; /**< words of the question that it has */
} sp_told_candidate;

typedef struct sp_explanation {
	const sp_decision *decision; /**< borrowed; reason, confidence and threshold are there */
	const char *why;         /**< one sentence: what decided, with its numbers */
	double precision;        /**< that kb.yaml asks of answers */
	sp_vectors_part vectors;
	const char *searched;    /**< the part of the message that was looked for, personal data masked */
	const char *earlier;     /**< what the message was read after (sp_decision.earlier); NULL = it stands alone */
	sp_told_cue *cues; size_t cues_count;
	const sp_known_word *words; size_t words_count; /**< synonyms as the editors wrote them; borrowed from the configuration */
	size_t words_now;        /**< words before this byte of the text are of this message, the others of the earlier one */
	sp_told_candidate candidates[SP_EXPLAINED_MAX]; size_t count;
} sp_explanation;

/**
 * Tell why a decision came out as it did. To be called after sp_decide(), with the same responder, index and question;
 * all that it tells is of that index, so of what its audience may read. Nothing is done for it before it is called.
 * @param lang   of sp_explanation.why
 * @param arena  owns the result
 * @return SP_OK; SP_ERR_CHANGED; SP_ERR_CORRUPT; SP_ERR_NOMEM
 */
sp_status sp_explain(sp_responder *responder, sp_index *index, const sp_kb_config *config, const sp_question *question,
	const sp_decision *decision, sp_lang lang, sp_arena *arena, sp_explanation *ret, sp_error *err);
/** Write it as a JSON object ("explain" in web/openapi.json). */
void sp_explanation_write(const sp_explanation *explanation, sp_json *json, const char *name);
/** "title", "questions"…; "typed", "corrected", "synonym". */
const char *sp_place_name(sp_place place);
const char *sp_form_name(sp_form form);
/** Name of a feature, as in SP_FEATURES_LIST; of a kind of message: "off-topic", "case", "person", "abuse", "smalltalk". */
const char *sp_feature_name(sp_feature feature);
const char *sp_message_kind_name(sp_message_kind kind);

/* X(enum, name) */
#define SP_CHOICE_KIND_LIST(X) \
	X(SP_CHOICE_ANSWER, "")          /* an article, a category, nothing of these */ \
	X(SP_CHOICE_STEP, "step")        /* of a procedure's step */ \
	X(SP_CHOICE_NEXT, "next")        /* done: the step after it */ \
	X(SP_CHOICE_FAILED, "failed")    /* it does not work */ \
	X(SP_CHOICE_BACK, "back") \
	X(SP_CHOICE_RETURN, "return")    /* to the procedure that was left */ \
	X(SP_CHOICE_PERSON, "person")
typedef enum sp_choice_kind {
#define SP_CHOICE_ENUM(name, text) name,
	SP_CHOICE_KIND_LIST(SP_CHOICE_ENUM)
#undef SP_CHOICE_ENUM
	SP_CHOICE_KINDS
} sp_choice_kind;
const char *sp_choice_kind_name(sp_choice_kind kind);

/** Where in a procedure a reply is. */
typedef struct sp_step_shown {
	size_t number, of;      /**< 0 = the introduction */
	const char *anchor, *title;
	const char *code;       /**< "" = none */
	bool last;              /**< an end: nothing follows it */
} sp_step_shown;

typedef struct sp_choice {
	const char *label;  /**< what the person taps; where the article is in another language it begins with the value, and says so after it */
	const char *value;  /**< what is sent as the next message when tapped */
	const char *article; /**< id behind it, NULL = none */
	sp_lang lang;       /**< of the value */
	sp_choice_kind kind;
} sp_choice;

/* X(enum, name): what is said of an article's window. */
#define SP_WINDOW_LIST(X) \
	X(SP_WINDOW_TOLD, "told")     /* in words: no day is known */ \
	X(SP_WINDOW_ASKED, "asked")   /* the day is asked for */ \
	X(SP_WINDOW_EARLY, "early") \
	X(SP_WINDOW_OPEN, "open") \
	X(SP_WINDOW_LATE, "late") \
	X(SP_WINDOW_UNSURE, "unsure") /* it depends on which day it was */
typedef enum sp_window_state {
#define SP_WINDOW_ENUM(name, text) name,
	SP_WINDOW_LIST(SP_WINDOW_ENUM)
#undef SP_WINDOW_ENUM
	SP_WINDOW_STATES
} sp_window_state;
const char *sp_window_state_name(sp_window_state state);

/** Too early before, too late after: an article's window, counted from a day. */
typedef struct sp_window_shown {
	sp_window_state state;
	const char *from;       /**< what it counts from, in the article's words */
	uint32_t wait_days, until_days; /**< until_days 0 = no end */
	sp_date first, last;    /**< the day that was told, or the range it lies in; 0 = none */
	bool no_such_day;       /**< asked again: the day that was told is in no calendar */
	sp_date opens, closes;  /**< of the day that was told (of a range: what holds for all of it); 0 = none */
} sp_window_shown;

/** What to write to the body that decides: the editors' words, and what the person said, without personal data. */
typedef struct sp_letter { const char *to, *text; } sp_letter;

#define SP_REPLY_CHOICES_MAX 12

typedef struct sp_link { const char *id, *title; sp_lang lang; } sp_link;

/** What the person said of the matter already, so that a form does not ask for it again. Personal data are not in it: they are not kept. */
typedef struct sp_said {
	const char *text;       /**< "" = nothing */
	const char *amount;     /**< as it was written; NULL: none was named, or several */
	sp_date day;            /**< 0: none was named, or several, or it is still to come */
	bool left_out;          /**< personal data were said with it */
} sp_said;
/**
 * Of a whole dialogue, from where it turned to @p category (NULL = all of it). Texts owned by @p arena.
 * @return SP_OK; SP_ERR_NOMEM
 */
sp_status sp_said_find(const sp_kb_config *config, const sp_dialogue *dialogue, const char *category, sp_arena *arena, sp_said *ret);
/** Whether a turn says something of the matter: not "I want a person", "thanks", "not solved" or which way to go in a procedure.
 *  @param arena  scratch */
bool sp_turn_tells(const sp_turn *turn, sp_arena *arena);
/** The same by what was decided, whatever its words: "non ho risolto" that was taken for a question says little, but more than nothing. */
bool sp_turn_tells_little(const sp_turn *turn);

/** What the person is told. All texts are the editors' or the catalogue's. */
typedef struct sp_reply {
	const char *markdown; size_t markdown_len;
	const char *html; size_t html_len;
	const char *speech; size_t speech_len;
	const sp_record *article;  /**< answer: the article, NULL otherwise */
	sp_link related[3]; size_t related_count;
	sp_choice choices[SP_REPLY_CHOICES_MAX]; size_t choices_count;
	sp_step_shown *step;       /**< one step of a procedure is shown, NULL = not */
	sp_window_shown *window;   /**< answer: of an article that has one, NULL = none */
	sp_letter *letter;         /**< answer: where another body decides, NULL = none */
	size_t notices;            /**< known faults that this conversation was told of for the first time */
	const int *fields; size_t fields_count; /**< ticket: what to ask for (indexes in the config) */
	sp_said said;              /**< ticket: what is known already */
	int group;                 /**< ticket: who gets it, -1 = unknown */
	const char *when;          /**< ticket: when somebody is there, in words; NULL otherwise */
	const char *receipt;       /**< answer: code naming article, version and time, NULL otherwise */
	sp_lang lang;              /**< of what the service says itself; sp_record.lang is the article's */
	int64_t until_utc_s;       /**< before this moment (from @p now_utc_s on) the same decision is put into the same words, but for the receipt: no
	                                notice begins or ends, where hours are told nobody comes or goes, and it is the same day */
} sp_reply;

/**
 * Put a decision into words.
 * @param now_utc_s  for opening hours, notices and the receipt
 */
sp_status sp_reply_compose(sp_index *index, const sp_kb_config *config, const sp_decision *decision, int64_t now_utc_s,
	sp_arena *arena, sp_reply *ret, sp_error *err);

/** The moment in a receipt: what it ends with. Returns its length. */
#define SP_RECEIPT_TIME_MAX 16
size_t sp_receipt_time(int64_t at_utc_s, char ret[SP_RECEIPT_TIME_MAX]);
/** Receipt: `S1-<article>-<lang>-<first 12 hex of the version>-<time in base 36>`. Owned by @p arena. */
char *sp_receipt_make(const char *article, sp_lang lang, const char *version, int64_t at_utc_s, sp_arena *arena);
/** Read one; false when it is none. Texts owned by @p arena. */
bool sp_receipt_read(const char *receipt, sp_arena *arena, const char **ret_article, sp_lang *ret_lang, const char **ret_version12, int64_t *ret_at_utc_s);

#ifdef __cplusplus
}
#endif
#endif
