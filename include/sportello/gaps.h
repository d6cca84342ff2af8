/**
 * @file gaps.h
 * What to do about it: what people ask and get no answer to, grouped into topics; articles that are shown and do not solve; questions
 * answered by the wrong article; words that people use and no article has. And changes of the knowledge base that close such a gap,
 * as patches: this never writes into a kb folder.
 *
 * Found from the stored conversations (masked texts) and the sealed indexes. The same store, knowledge base and encoder give the
 * same result. A text or a word of people is told of only when two different people (by the keyed hash where it is known, else by
 * conversation) used it: what only one person said stays unsaid.
 *
 * Definitions.
 *  - A question is unanswered when the decision was "no answer", "unknown code", "off topic" or not understood, or choices were offered and nothing in
 *    that conversation was answered afterwards.
 *  - A conversation is lost when a ticket was opened in it, or its last request was not answered.
 *  - A month is 365.25 / 12 days. The period goes from its beginning, or the first conversation if that is later, to its end, or now if
 *    that is earlier; one that is shorter than a month counts as a month, so that nothing is extrapolated.
 *  - An article failed in a conversation when the person's last word on it was no, a ticket was opened after it, or the same person came
 *    back about the same category within the window of kb.yaml (resolved_window).
 *  - Expected effect: lost conversations of the kind in a month, times the share of answered conversations (of all, in the period)
 *    that had neither a no as the last word nor a ticket. For an article, or a wrong one: failures in a month, times that share.
 */
#ifndef SPORTELLO_GAPS_H
#define SPORTELLO_GAPS_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/encoder.h"
#include "sportello/happened.h"
#include "sportello/publish.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SP_GAP_EXAMPLES_MAX 5
#define SP_GAP_WORDS_MAX 6
#define SP_GAP_ID_LEN 12
/** Most rows of each list. */
#define SP_GAP_ROWS_MAX 50

typedef struct sp_gap_options {
	sp_store_reader *store;
	sp_reader *reader;         /**< refreshed; of this thread */
	sp_encode_queue *queue;    /**< asked for at most some hundred vectors; NULL = by words alone */
	sp_audiences readable;     /**< conversations of these audiences, and nothing of others */
	sp_lang lang;              /**< questions in this language; SP_LANG_NONE = in all */
	int64_t from_utc_s, until_utc_s, now_utc_s;
} sp_gap_options;

typedef struct sp_gap_count { int key; uint32_t conversations; } sp_gap_count;

/** An article, as readers of the audience know it. */
typedef struct sp_gap_article { const char *id, *title; sp_lang lang; } sp_gap_article;

typedef struct sp_topic {
	char id[SP_GAP_ID_LEN + 1];   /**< the same for the same questions */
	sp_lang lang;
	const char *audience;
	const char *name;             /**< its people's own characteristic words, "disdire, abbonamento"; of a topic without: "" */
	sp_strings words;
	uint32_t conversations;
	uint32_t lost;                /**< of them */
	sp_strings examples;          /**< masked; each asked in these words by at least two people */
	sp_gap_count *months; size_t months_count;   /**< key 202611; all months from the first to the last of the period */
	sp_gap_count *reasons; size_t reasons_count; /**< key sp_reason; the most frequent first */
	sp_gap_article nearest;       /**< id NULL = none */
	double near;                  /**< probability that it answers the topic's most frequent question */
	double a_month, effect;       /**< conversations; contacts that would not be any more */
} sp_topic;

typedef struct sp_unsolving {
	sp_gap_article article;
	const char *audience;
	uint32_t shown;               /**< conversations, like those below */
	uint32_t failed;              /**< at least one of: */
	uint32_t no, tickets, returned;
	double low;                   /**< lower end of Wilson's 95 % interval of failed / shown: rows are in its order */
	double a_month, effect;       /**< failures */
} sp_unsolving;

typedef struct sp_wrong {
	sp_gap_article shown, solved;
	const char *audience;
	uint32_t by_person, by_agent; /**< said no, then another one solved it; an agent linked another one to the ticket */
	sp_strings examples;
	double a_month, effect;
} sp_wrong;

typedef struct sp_missing_word {
	const char *word;
	sp_lang lang;
	const char *audience;
	uint32_t times, conversations;
	uint32_t lost;                /**< of the conversations */
	const char *known;            /**< nearest word that articles have; NULL = none found */
	bool by_meaning;              /**< found by vectors; else by its letters */
	const char *example;          /**< most frequent question with it that two people asked; NULL = none */
	sp_gap_article nearest;       /**< to that question, or to the word */
	double a_month, effect;
} sp_missing_word;

typedef struct sp_gaps {
	int64_t from_utc_s, until_utc_s; /**< of the period as it was counted */
	double months;
	uint32_t conversations, answered, solved, lost; /**< all of the period */
	double solved_share;          /**< solved / answered; 0 where nothing was */
	uint32_t unanswered;          /**< conversations with a question that was */
	uint32_t in_topics;           /**< of them */
	uint32_t passed_over;         /**< questions over the bounds of memory: the oldest */
	bool by_vectors;
	sp_topic *topics; size_t topics_count;          /**< the most effect first */
	sp_unsolving *unsolving; size_t unsolving_count;
	sp_wrong *wrong; size_t wrong_count;            /**< the most frequent first */
	sp_missing_word *words; size_t words_count;     /**< in the most conversations first */
} sp_gaps;

/**
 * Find them.
 * @param ret    owned by @p arena
 * @return SP_OK; SP_ERR_CHANGED; SP_ERR_CORRUPT; SP_ERR_IO; SP_ERR_NOMEM
 * Threads: one thread at a time per reader. Seconds for 100,000 turns: not for a thread that serves requests.
 */
sp_status sp_gaps_find(const sp_gap_options *options, sp_arena *arena, sp_gaps *ret, sp_error *err);

/** Write them as a JSON object ("Gaps" in web/openapi.json). */
void sp_gaps_json(const sp_gaps *gaps, sp_json *json);
/** For people at a terminal. */
void sp_gaps_text(const sp_gaps *gaps, sp_lang lang, sp_buffer *out);

/* ---- patches ---- */

typedef struct sp_gap_patch {
	const char *word, *known;     /**< these become synonyms in kb.yaml: of the group that has @ref known, or a new one; NULL = not that */
	sp_strings questions;         /**< these become phrasings of the article below */
	const char *article;
	sp_lang lang;
	sp_audiences readable;        /**< an article that has text for others is not there */
} sp_gap_patch;

/**
 * What a change would do to one file of the folder, as a unified diff that `git apply` and `patch -p1` take in that folder.
 * @return SP_OK, also when nothing is to change; SP_ERR_NOT_FOUND (no such article); SP_ERR_UNSUPPORTED (the file is written in
 *         a way that nothing can be added to safely); SP_ERR_INVALID (a text that cannot stand there); SP_ERR_IO; SP_ERR_NOMEM
 * Threads: any.
 */
sp_status sp_gaps_patch(const char *kb_dir, const sp_gap_patch *patch, sp_buffer *out, sp_error *err);
/**
 * All at once: the examples of topics and words whose nearest article is at least @p near as phrasings of it, those of wrong ones of the article
 * that solved them, and words found by their letters as synonyms. One diff a file.
 */
sp_status sp_gaps_patch_all(const char *kb_dir, const sp_gaps *gaps, sp_audiences readable, double near, sp_buffer *out, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
