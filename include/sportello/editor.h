/**
 * @file editor.h
 * Questions asked for the editors: what an edit does to the answers before it is published, and which of an article's own
 * questions another article answers better.
 *
 * The effect of an edit: the same questions are asked of the knowledge base before and now (sp_replay), each pair of outcomes is
 * judged (sp_effect_judge). Folders are compared by their files (sp_edit_compare).
 */
#ifndef SPORTELLO_EDITOR_H
#define SPORTELLO_EDITOR_H

#include "sportello/answer.h"
#include "sportello/encoder.h"
#include "sportello/kb.h"
#include "sportello/publish.h"
#include "sportello/vectors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what was edited ---- */

typedef enum sp_edit_kind { SP_EDIT_CHANGED, SP_EDIT_ADDED, SP_EDIT_REMOVED, SP_EDIT_RENAMED, SP_EDIT_KINDS } sp_edit_kind;
/** "changed", "added", "removed", "renamed". */
const char *sp_edit_kind_name(sp_edit_kind kind);

typedef struct sp_edit_file {
	sp_edit_kind kind;
	const char *path;   /**< relative to the folder; as it is now, of a removed one as it was */
	const char *before; /**< renamed: its path before; else NULL */
	const char *id;     /**< of an article that could be read, else NULL */
	const char *id_before; /**< renamed, with another id; else NULL */
} sp_edit_file;

typedef struct sp_edit {
	sp_edit_file *files; size_t count; /**< by path; kb.yaml is one of them */
	bool config;            /**< kb.yaml is among them */
	size_t articles;        /**< files of articles that there are now */
	char before[SP_VERSION_HEX + 1], now[SP_VERSION_HEX + 1]; /**< hash of all that each folder holds */
} sp_edit;

/**
 * Compare two folders of one knowledge base. A removed and an added article of one language count as renamed when they have the same
 * body or title, or half of their questions. What is in a folder that one of them may not read is not compared.
 * @param arena  owns the result
 * @return SP_OK; SP_ERR_NOT_FOUND, SP_ERR_INVALID (kb.yaml of one of them); SP_ERR_IO; SP_ERR_NOMEM
 */
sp_status sp_edit_compare(const char *before_dir, const char *now_dir, sp_arena *arena, sp_edit *ret, sp_error *err);

/* ---- asking again ---- */

typedef struct sp_replay_question {
	const char *text;      /**< personal data masked, where it comes from people */
	sp_lang lang;          /**< SP_LANG_NONE: found out from the text */
	bool is_labelled;      /**< what is right is known: */
	sp_decision_kind expect;
	sp_strings right;      /**< ids, for an answer */
	uint32_t times;        /**< how often it was asked; 1 for a labelled one */
	const char *file; int line; /**< where it stands; NULL: people asked it */
} sp_replay_question;

typedef struct sp_outcome {
	sp_decision_kind kind;
	sp_reason reason;
	double confidence;
	const char *article;   /**< id of the best candidate, whatever the kind; NULL = none */
	sp_strings offered;    /**< clarify: ids */
	sp_strings also;       /**< answer: ids of what answers further questions of the message */
} sp_outcome;

/** Of whom questions are asked. All borrowed for the call. */
typedef struct sp_replay {
	sp_publisher *publisher;
	sp_encode_queue *queue; /**< NULL = words only */
	const char *audience;   /**< key */
	sp_date day;
	/** Folder in which outcomes are kept, so that the same state (@ref state, of sp_edit) is not asked the same twice, and a
	 *  hash of all else that decides; NULL = nowhere. The last few states are kept. */
	const char *memory;
	const char *state;
	void (*progress)(size_t done, size_t total, void *arg); /**< may be NULL; called in the calling thread */
	void *arg;
} sp_replay;

/**
 * Ask all questions, on all processors.
 * @param ret  one for each; texts are owned by @p arena
 * @return SP_OK; SP_ERR_USAGE (no such audience); SP_ERR_INVALID, SP_ERR_TOO_LARGE (a question cannot be asked); SP_ERR_CHANGED;
 *         SP_ERR_CORRUPT; SP_ERR_NOMEM
 */
sp_status sp_replay_ask(const sp_replay *replay, const sp_replay_question *questions, size_t count, sp_arena *arena, sp_outcome *ret,
	sp_error *err);

/* ---- what came of it ---- */

typedef enum sp_effect_kind {
	SP_EFFECT_LOST,    /**< labelled: was right, is not any more */
	SP_EFFECT_WON,     /**< labelled: is right, was not */
	SP_EFFECT_TAKEN,   /**< else: was answered with one article, is with another */
	SP_EFFECT_CHANGED, /**< else: is decided otherwise */
	/** Is decided otherwise (so maybe right no more) only because it stood at the edge: the same article is the best candidate, its
	 *  confidence moved by less than SP_EFFECT_EDGE_MOST, and it was not edited. A change of any article moves the rarity of words a
	 *  little, and by that a few such questions. */
	SP_EFFECT_EDGE,
	SP_EFFECT_NONE,
	SP_EFFECT_KINDS
} sp_effect_kind;
#define SP_EFFECT_EDGE_MOST 0.03
/** "lost", "won", "taken-over", "changed", "edge", "none". */
const char *sp_effect_name(sp_effect_kind kind);

/** Whether an outcome is what the label wants: the right article answers; or the kind of decision, where no answer is expected. */
bool sp_outcome_is_right(const sp_replay_question *question, const sp_outcome *outcome);

typedef struct sp_effect {
	sp_effect_kind kind;
	const sp_replay_question *question;
	const sp_outcome *before, *now;
} sp_effect;

typedef struct sp_effects {
	sp_effect *items; size_t count;   /**< those that are not SP_EFFECT_NONE, by kind, then by the articles before and now */
	size_t counts[SP_EFFECT_KINDS];   /**< questions */
	size_t labelled, asked;           /**< questions of each sort */
	size_t right_before, right_now;   /**< of the labelled */
	size_t answered_before, answered_now; /**< of all */
} sp_effects;

/**
 * Judge all pairs. A renamed article is the same before and now, in labels too.
 * @param ret  owned by @p arena; borrows questions and outcomes
 * @return SP_OK; SP_ERR_NOMEM
 */
sp_status sp_effect_judge(const sp_edit *edit, const sp_replay_question *questions, const sp_outcome *before, const sp_outcome *now,
	size_t count, sp_arena *arena, sp_effects *ret, sp_error *err);

/* ---- questions that another article answers better ---- */

/** Of whom an article's questions are asked. All borrowed. */
typedef struct sp_contest {
	sp_index *index;
	const sp_kb_config *config;
	int audience;              /**< the index's, one of the article's (number in the configuration) */
	sp_analyser *analyser;
	sp_date day;
	sp_vector_store *vectors;  /**< vectors that were made already count too; none are made. NULL = words only */
} sp_contest;

/** A question of an article that would be answered with another one, for the same readers, if the article did not have that very
 *  phrasing. */
typedef struct sp_contested {
	size_t question;       /**< its number in sp_article.questions */
	const char *id, *title; /**< the other article */
	const char *phrase;    /**< its phrasing, or title, that is nearest */
	double confidence;     /**< that the other one answers it */
	bool compared;         /**< by meaning too: */
	double near;           /**< cosine with the other's nearest phrasing less that with the article's own */
	double near_text;      /**< the same with pieces of their texts */
} sp_contested;

/**
 * Find them. The index may hold the article or an earlier version of it.
 * @param ret  owned by @p arena
 * @return SP_OK; SP_ERR_CHANGED; SP_ERR_CORRUPT; SP_ERR_IO; SP_ERR_NOMEM
 */
sp_status sp_contested_find(const sp_contest *contest, const sp_article *article, sp_arena *arena, sp_contested **ret,
	size_t *ret_count, sp_error *err);

/** How the second pass of `sportello check` asks. All borrowed for the call. */
typedef struct sp_check_asked {
	const char *kb_dir, *data_dir; /**< data folder of an index of words, brought up to date first */
	sp_vector_store *vectors;  /**< as in sp_contest */
	/** Whether an article's questions (@p question NULL), and then each of them, are to be asked; NULL = all. */
	bool (*wants)(const char *path, const char *question, void *arg);
	void *arg;
} sp_check_asked;

/** Asks every article's questions and adds what the rule better-elsewhere finds; nothing where kb.yaml switches it off.
 *  @return SP_OK; as sp_publisher_open(), sp_contested_find() */
sp_status sp_check_asked_add(const sp_check_asked *options, sp_findings *findings, sp_error *err);
/**
 * The same for one file's text, which need not be what is published, asked of indexes that are open; drafts are asked too.
 * @param file  how findings name the file
 * @return SP_OK; as sp_reader_index(), sp_contested_find()
 */
sp_status sp_check_asked_text(sp_reader *reader, sp_analyser *analyser, sp_date day, const char *path, const char *bytes, size_t len,
	const char *file, sp_arena *arena, sp_findings *findings, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
