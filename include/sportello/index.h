/**
 * @file index.h
 * One sealed full-text index: all that one audience may read, and nothing else, in one folder.
 *
 * Xapian (glass) behind a C interface. No exception leaves it. An index holds for each article its search terms
 * (stems, weighted by field), its filters (language, type, category, validity), what is needed to rank it
 * (features), and the article's own record: texts as that audience reads them. Word lists for spelling and
 * completion are of that audience's own vocabulary, because they stand in the same files.
 *
 * Folder: `words/` (the Xapian database), `SEAL` (format, encoder, sizes: what must be there), `vectors/` (sentence
 * vectors, and what is learned from them; absent without an encoder).
 */
#ifndef SPORTELLO_INDEX_H
#define SPORTELLO_INDEX_H

#include "sportello/arena.h"
#include "sportello/kb.h"
#include "sportello/status.h"
#include "sportello/text.h"
#include "sportello/vectors.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Changes when an older program could not read the files, or would read them wrongly; or this one would miss in older files what it weighs. */
#define SP_INDEX_FORMAT 12
#define SP_INDEX_QUERY_MAX_TERMS 64

/* ---- writing ---- */

/** An article as one audience sees it, ready to be indexed. All borrowed for the call. */
typedef struct sp_document {
	const sp_article *article;
	const sp_kb_config *config; /**< names of category, audiences, synonyms */
	const sp_view *view;
	sp_strings related;    /**< ids that this audience may read too */
	sp_strings also;       /**< phrasings of ended articles that it replaces, labelled questions: it is found by them too, nobody is shown them */
	sp_audiences readable; /**< what this audience reads: no other audience of the article is recorded; 0 = all */
} sp_document;

typedef struct sp_index_writer sp_index_writer;

/**
 * Open an index for writing; made when missing.
 * @param store  vectors of texts, and the encoder that makes them; borrowed. NULL = words only
 * @return SP_OK; SP_ERR_BUSY (another process writes it); SP_ERR_CORRUPT; SP_ERR_NEWER; SP_ERR_INVALID (another encoder,
 *         or an older format: build it again); SP_ERR_FULL; SP_ERR_IO; SP_ERR_DENIED
 * Threads: one thread at a time per handle.
 */
sp_status sp_index_writer_open(const char *folder, sp_vector_store *store, sp_index_writer **ret, sp_error *err);
/** Add the article, or replace the one of the same id and language. */
sp_status sp_index_writer_put(sp_index_writer *writer, const sp_document *document, sp_error *err);
/** Take an article out. SP_OK also when it is not there. */
sp_status sp_index_writer_remove(sp_index_writer *writer, const char *id, sp_lang lang, sp_error *err);
/**
 * Questions that no article answers, all of them, in the place of those that were: what is near to one is less surely answered by an
 * article (sp_question_stats.unanswered). Shown to nobody, and found by no word. Copied.
 * @param questions  by language
 * @param hash       of all; nothing is done when those that the index has were put with the same, or when it has no sentence vectors. 0 = none
 */
sp_status sp_index_writer_put_unanswered(sp_index_writer *writer, const sp_strings questions[SP_LANG_COUNT], uint64_t hash, sp_error *err);
/** Make the sentence vectors that are missing for what was put; the slow part of a commit. Writers that share a store do this one after the
 *  other, and may then commit side by side. */
sp_status sp_index_writer_encode(sp_index_writer *writer, sp_vectors_progress *progress, void *arg, sp_error *err);
/** Make the sentence vectors of a document only, so that they are there when it is put. */
sp_status sp_document_encode(const sp_document *document, sp_vector_store *store, sp_arena *arena, sp_error *err);
/** Make all changes since the last commit visible and durable, all or none; renews the seal. */
sp_status sp_index_writer_commit(sp_index_writer *writer, sp_error *err);
/** Whether a commit takes time for more than words: sentence vectors, or what is learned of the phrasings. */
bool sp_index_writer_learns(const sp_index_writer *writer);
/** Make the words of what was put visible at once; its sentence vectors and what is learned of it follow with sp_index_writer_commit(), until then an article has
 *  those that it had. Not after sp_index_writer_remove(). */
sp_status sp_index_writer_commit_words(sp_index_writer *writer, sp_error *err);
/** Close; what was not committed is dropped. NULL is accepted. */
void sp_index_writer_close(sp_index_writer *writer);

/**
 * Begin a part of an index, in a folder of its own: words only, not durable, read by nobody. Parts are filled side by side
 * (sp_index_writer_put, sp_index_writer_commit), then joined; the same article is in one part at most. What was there is overwritten.
 * Threads: one thread at a time per handle; different parts together.
 */
sp_status sp_index_part_open(const char *folder, sp_index_writer **ret, sp_error *err);
/**
 * Join parts, and maybe an index before them, into a new index: documents in the order of the parts, as if one writer had put them
 * all. It is to be opened for writing, sp_index_writer_configure() called and committed before anybody reads it; what of it no commit
 * writes is not durable until its folder is synced.
 * @param folder   of the new index; holds none yet
 * @param sources  folders of parts that were committed and closed; left as they are
 */
sp_status sp_index_join(const char *folder, const char *const *sources, size_t count, sp_error *err);
/** Take over the configuration, as putting a document for these readers does. */
sp_status sp_index_writer_configure(sp_index_writer *writer, const sp_kb_config *config, sp_audiences readable, sp_error *err);

/* ---- reading ---- */

typedef struct sp_index sp_index;

/**
 * Open a sealed index for reading.
 * @return SP_OK; SP_ERR_NOT_FOUND; SP_ERR_CORRUPT (the seal does not agree with the files: cut short, changed by hand);
 *         SP_ERR_NEWER (made by a newer version); SP_ERR_INVALID (made by an older one: rebuild); SP_ERR_NOMEM
 * Threads: one thread at a time per handle; different handles may run together without a lock.
 */
sp_status sp_index_open(const char *folder, sp_index **ret, sp_error *err);
/** See the latest commit. Cheap when there is none. */
sp_status sp_index_reopen(sp_index *index, sp_error *err);
void sp_index_close(sp_index *index);
/** Number of articles in it. */
uint32_t sp_index_count(const sp_index *index);

/** An article's record, as this audience reads it. Texts are owned by the arena it was read into. */
typedef struct sp_record {
	uint32_t docid;
	const char *id, *title, *version, *owner;
	sp_lang lang;
	sp_article_type type;
	const char *category;   /**< key */
	const char *competence; /**< key of a body, "" = ours */
	const char *ticket_group; /**< key, "" = the category's */
	const char *replaced_by; /**< "" = none */
	sp_audiences audience;
	sp_date updated, valid_from, valid_until;
	bool ended;
	bool has_blocks;        /**< some of its text is for some audiences only */
	int64_t starts_utc_s, ends_utc_s;
	sp_strings questions, keywords, codes, related, ticket_fields, source;
	struct { sp_strings articles, categories, codes; } covers;
	const char *window_from; uint32_t window_wait_days, window_until_days;
	const char *markdown, *html, *plain, *speech;
	size_t markdown_len, html_len, plain_len, speech_len;
} sp_record;

/** Read one record by id; @p lang SP_LANG_NONE: the first language that has it, in the order of sp_lang.
 *  SP_ERR_NOT_FOUND when this audience has no such article. Validity is not looked at. */
sp_status sp_index_get(sp_index *index, const char *id, sp_lang lang, sp_arena *arena, sp_record *ret, sp_error *err);
/** Read one record by its number (of a hit of this handle, since the last reopen). */
sp_status sp_index_get_docid(sp_index *index, uint32_t docid, sp_arena *arena, sp_record *ret, sp_error *err);
/** Languages that have this id (bit per sp_lang). */
unsigned sp_index_langs_of(sp_index *index, const char *id);
/** What an article's `ticket:` names. */
typedef enum sp_index_named { SP_NAMED_FIELD, SP_NAMED_GROUP } sp_index_named;
/** Whether some article of this index names the field or group of that key for its tickets. */
bool sp_index_names(sp_index *index, sp_index_named what, const char *key);

#define SP_SOLVERS_WINDOW 100
#define SP_SOLVERS_BOOST 0.5
#define SP_SOLVERS_HALF 5.0

typedef enum sp_sort { SP_SORT_RELEVANCE, SP_SORT_TITLE, SP_SORT_UPDATED } sp_sort;

/** Which articles by their days; what is not for readers on the day is for those only who may know of it. */
#define SP_VALIDITY_LIST(X) \
	X(SHOWN, "shown")       /* what readers see on the day: what is in force, and what ended and says so */ \
	X(CURRENT, "current")   /* in force on the day */ \
	X(ENDED, "ended")       /* over by then, whether readers still see it or not */ \
	X(UPCOMING, "upcoming") /* not yet in force */
typedef enum sp_validity {
#define SP_VALIDITY_ENUM(name, text) SP_VALIDITY_##name,
	SP_VALIDITY_LIST(SP_VALIDITY_ENUM)
#undef SP_VALIDITY_ENUM
	SP_VALIDITIES
} sp_validity;

/** How many tickets an article solved. */
typedef struct sp_solved { const char *article; uint32_t tickets; } sp_solved;
typedef struct sp_solvers {
	uint64_t number;  /**< another one for other contents: what is found out about them is kept by it */
	const sp_solved *items; size_t count;
} sp_solvers;

/** What to look for. */
typedef struct sp_query {
	const char *text; size_t text_len; /**< "" or NULL: everything that the filters leave */
	sp_lang lang;          /**< language to analyse the text in; its articles come first */
	bool only_lang;        /**< leave out articles in other languages */
	sp_date day;           /**< articles valid on that day; required */
	const char *type;      /**< "qa"… or NULL */
	const char *category;  /**< key or NULL */
	const char *const *categories; size_t categories_count; /**< only of these; none = of any */
	sp_validity validity;
	bool partial;          /**< the text is being typed: its last word may go on */
	bool wide_facets;      /**< a filter's own facet counts as if it were not set, so that one can change it; slower */
	const sp_solvers *solvers; /**< what solved tickets comes before what fits as well; NULL = nothing is known */
	int audience;          /**< only articles for this audience (index in the config), -1 = any that this index holds */
	uint32_t offset, limit; /**< limit 1..100 */
	sp_sort sort;
	bool want_facets, want_snippets, want_correction;
} sp_query;

typedef struct sp_hit {
	uint32_t docid;
	double score;          /**< 0..1 relative to the best possible */
	sp_record record;      /**< without markdown, html and speech ("", 0): sp_index_get_docid() has them */
	const char *snippet;   /**< HTML: escaped text with <mark>…</mark>; "" without want_snippets */
	const char *why;       /**< fields that matched, "title questions body"; "" for none */
	sp_strings words, missing; /**< words of the text that say something, as typed: in the article, maybe in another form; not in it */
	const char *phrase;    /**< the known question that is nearest, "" when the text is not near any */
	uint32_t solved;       /**< tickets, of sp_query.solvers */
} sp_hit;

typedef struct sp_facet { const char *value; uint32_t count; } sp_facet;
typedef struct sp_facets { sp_facet *items; size_t count; } sp_facets;

typedef struct sp_result {
	uint32_t total;        /**< exact */
	sp_hit *hits; size_t hits_count;
	sp_facets types, categories, langs, audiences;
	sp_facets validities;  /**< with wide_facets only */
	const char *corrected; /**< the text with misspelled words corrected, NULL when there is nothing to correct */
	bool used_correction;  /**< the hits are those of @ref corrected, as the text itself found nothing */
} sp_result;

/**
 * Search. All words are wanted first; when nothing has them all, the best that has some. Of the first SP_SOLVERS_WINDOW those that
 * solved tickets move up: an article's fit counts for up to SP_SOLVERS_BOOST more, half of it with SP_SOLVERS_HALF tickets.
 * @param analyser  this thread's; borrowed
 * @param arena     owns the result
 * @return SP_OK; SP_ERR_INVALID (limits); SP_ERR_CHANGED (kept changing; try again); SP_ERR_CORRUPT; SP_ERR_NOMEM
 */
sp_status sp_index_search(sp_index *index, sp_analyser *analyser, const sp_query *query, sp_arena *arena, sp_result *ret,
	sp_error *err);

/** Completions of what is being typed: titles and known questions, best first. */
typedef struct sp_suggestion { const char *text; const char *id; sp_lang lang; } sp_suggestion;
sp_status sp_index_suggest(sp_index *index, sp_analyser *analyser, const char *text, size_t len, sp_lang lang,
	sp_date day, uint32_t limit, sp_arena *arena, sp_suggestion **ret, size_t *ret_count, sp_error *err);

/* ---- candidates for a decision ---- */

/** How one article fits a question, from words. The features are what the decision is learned from. */
#define SP_FEATURES_LIST(X) \
	X(BM25, "bm25")                     /* weighted BM25 over all fields as a share of the most that the question can have */ \
	X(TITLE_COVER, "title-cover")       /* share of the question's idf in the title or a phrasing (the best one) */ \
	X(ANY_COVER, "any-cover")           /* share of the question's idf anywhere in the article */ \
	X(REVERSE_COVER, "reverse-cover")   /* share of the best phrasing's idf in the question */ \
	X(PHRASE_COSINE, "phrase-cosine")   /* cosine of the best phrasing (title or question), idf weighted */ \
	X(GRAM_COSINE, "gram-cosine")       /* the same over character 4-grams of words */ \
	X(TAG_COVER, "tag-cover")           /* share of the question's idf in the keywords */ \
	X(BIGRAM_COVER, "bigram-cover")     /* share of neighbouring word pairs of the question in the best phrasing */ \
	X(EXACT, "exact")                   /* 1: the question is a known phrasing, to the normal form */ \
	X(CODE, "code")                     /* 1: names a code of the article */ \
	/* sentence vectors, cosines after the mean is taken away; 0 without */ \
	X(NEAR_PHRASE, "near-phrase")       /* nearest phrasing, or the title */ \
	X(NEAR_TITLE, "near-title") \
	X(NEAR_PASSAGE, "near-passage")     /* nearest passage */ \
	X(NEAR_ALL, "near-all")             /* all of the article's texts together */ \
	X(CLASSIFIER, "classifier")         /* linear classifier over the vectors; 0 where articles have few phrasings */ \
	/* token by token (MaxSim), cosines after the mean is taken away; 0 where the encoder makes no tokens */ \
	X(TOKENS, "tokens")                 /* the passage that has what the question's tokens mean */ \
	X(TOKENS_ALL, "tokens-all")         /* all passages taken as one */ \
	X(NEAR_FEW, "near-few")             /* mean of the five nearest phrasings, or of as many as there are: one alone may be odd */ \
	/* how much more usual its words are in what is asked of the article than in all that is asked: log-odds, over all phrasings */ \
	X(WORD_ODDS, "word-odds")           /* word by word */ \
	X(PAIR_ODDS, "pair-odds")           /* of any two words in one phrasing, as far as the article has them */ \
	X(WORDING, "wording")               /* linear classifier over words and their 4-grams, -2 to 2; 0 where articles have few phrasings */

typedef enum sp_feature {
#define SP_FEATURE_ENUM(name, text) SP_FEATURE_##name,
	SP_FEATURES_LIST(SP_FEATURE_ENUM)
#undef SP_FEATURE_ENUM
	SP_FEATURE_COUNT
} sp_feature;

typedef struct sp_candidate {
	uint32_t docid;
	const char *id, *title, *category;
	sp_lang lang;
	bool is_foreign;     /**< in another language than the question: the question's does not have the article */
	sp_article_type type;
	float features[SP_FEATURE_COUNT];
	const char *phrase;  /**< the nearest phrasing (title or question) */
	double score;        /**< BM25 as found, for the ranker in answer/ to fill */
} sp_candidate;

/** Kinds of messages that no article answers, as their sentence vectors tell. */
typedef enum sp_message_kind {
	SP_KIND_OFF_TOPIC, /**< nothing that a public service is asked */
	SP_KIND_CASE,      /**< one matter of one person */
	SP_KIND_PERSON,    /**< wants a human being */
	SP_KIND_ABUSE,
	SP_KIND_SMALLTALK, /**< greetings, thanks, fillers */
	SP_KINDS
} sp_message_kind;

/** What is known of the question's own words, from this audience's vocabulary. Each different word counts once (of a
 *  long message the first 44); personal data counts nowhere. */
typedef struct sp_question_stats {
	uint32_t words, content_words; /**< all; without function words */
	uint32_t known_words;       /**< content words that the index has, maybe after correction, or as a synonym */
	double idf_sum, idf_known;  /**< sum of term weights; of those that the index knows */
	uint32_t articles;          /**< of the question's language in this index: with few, that a word is in none says little */
	bool has_vector;            /**< sentence vectors were compared */
	bool has_tokens;            /**< tokens too */
	double nearest_phrase, nearest_passage, nearest_all; /**< the highest of all articles', of NEAR_PHRASE and so on */
	double nearest_tokens;      /**< the highest TOKENS of all candidates */
	double class_margin;        /**< the classifier's highest score less its second highest */
	bool has_unanswered;        /**< the index knows questions of this language that no article answers, and sentence vectors were compared */
	double unanswered;          /**< cosine of the nearest of those, less that of the nearest phrasings (means of a few); 0 without */
	double kinds[SP_KINDS];     /**< how much it is of each kind: above 0, rather so; 0 without sentence vectors */
	double near_kinds[SP_KINDS]; /**< the same of the phrasings that are nearest to it, on average; 0 without */
	uint32_t readable;          /**< articles that it could be answered with, in other languages too; 0 without sentence vectors */
	double phrasings;           /**< phrasings an article of this language has, on average; 0 without sentence vectors */
	bool has_wording;           /**< a candidate has a WORDING */
	const char *corrected;      /**< NULL = nothing corrected */
} sp_question_stats;

/** What a question's words found, held against each article: what it means is compared with that when its vector is there. */
typedef struct sp_word_finds sp_word_finds;

/** What candidates are looked for. */
typedef struct sp_ask {
	const char *text; size_t len;
	const float *vector;   /**< the question's, of the index's encoder; NULL = words only */
	const sp_token_rows *tokens; /**< the question's, of the same encoder; NULL or none = not compared. Looked at only with a vector */
	sp_lang lang;
	bool only_lang;        /**< leave out articles in other languages; otherwise those are candidates too that this language does not have */
	sp_date day;           /**< articles valid on that day */
	uint32_t limit;        /**< most candidates wanted, 1..50 */
	/** Id of an article whose phrasing the text is: its words (not its vectors) count as if it did not have that phrasing; its
	 *  title stays. NULL = none */
	const char *left_out_of;
	/** Where a call without a vector leaves what it found, in its arena, for one with the vector of the same question; set to NULL before
	 *  the first. What is of another index, or of what this one was before, is not used. NULL = not wanted */
	sp_word_finds **by_words;
} sp_ask;

/**
 * The retriever: articles that could answer, with their features; those that words find and those whose meaning is near.
 * Spelling is used softly: a correction adds a term, it never replaces what was typed.
 * @param ret, ret_count, stats  set on success; owned by @p arena
 */
sp_status sp_index_candidates(sp_index *index, sp_analyser *analyser, const sp_ask *ask, sp_arena *arena, sp_candidate **ret,
	size_t *ret_count, sp_question_stats *stats, sp_error *err);
/* ---- why a candidate fits ---- */

/** Fields of an article that a word can stand in. BODY (headings and text) is told only where no other field has the word. */
#define SP_PLACES_LIST(X) X(TITLE, "title") X(QUESTIONS, "questions") X(KEYWORDS, "keywords") X(CODES, "codes") X(BODY, "body")
typedef enum sp_place {
#define SP_PLACE_ENUM(name, text) SP_PLACE_##name,
	SP_PLACES_LIST(SP_PLACE_ENUM)
#undef SP_PLACE_ENUM
	SP_PLACES
} sp_place;

/** How a word of the question was met. */
#define SP_FORMS_LIST(X) X(TYPED, "typed") X(CORRECTED, "corrected") X(SYNONYM, "synonym")
typedef enum sp_form {
#define SP_FORM_ENUM(name, text) SP_FORM_##name,
	SP_FORMS_LIST(SP_FORM_ENUM)
#undef SP_FORM_ENUM
	SP_FORMS
} sp_form;

/** A word of the question and what this audience's vocabulary knows of it. */
typedef struct sp_known_word {
	const char *word;      /**< as typed, case folded */
	const char *term;      /**< what is looked for: its stem */
	uint32_t start;        /**< where it was typed first, in bytes */
	uint32_t articles;     /**< that have it as typed */
	bool is_function;      /**< counts for less */
	bool is_known;         /**< as typed, after correction, or as a synonym */
	double rarity, weight; /**< inverse document frequency; the same, less for a function word */
	const char *corrected; /**< word of this index that it was taken for, NULL = none */
	sp_strings synonyms;   /**< the editors' that count too: their stems, with blanks between */
} sp_known_word;

/** A word of the question in one article. */
typedef struct sp_word_match {
	size_t word;           /**< its number among the words */
	sp_form form;          /**< the one that counts most */
	unsigned places;       /**< bit per sp_place */
	double weight;         /**< its rarity, by how well it stands there; the sum, as a share of all rarities, is SP_FEATURE_BM25 */
} sp_word_match;
typedef struct sp_word_matches { sp_word_match *items; size_t count; } sp_word_matches;

typedef struct sp_told_words {
	sp_known_word *words; size_t count; /**< each different word once; those that say something first */
	sp_word_matches *articles;          /**< one for each that was asked about; empty where this index has no such article */
} sp_told_words;

/**
 * Tell what sp_index_candidates() saw in a question's words: how rare each is, how it may be meant, and where the articles have
 * it. Much slower than that: for people who want to know.
 * @param ask         as it was asked for; vector and limit are not looked at
 * @param candidates  of it: articles to tell about, by id and language
 * @param ret         owned by @p arena
 * @return SP_OK; SP_ERR_CHANGED; SP_ERR_CORRUPT; SP_ERR_NOMEM
 */
sp_status sp_index_explain(sp_index *index, sp_analyser *analyser, const sp_ask *ask, const sp_candidate *candidates,
	size_t count, sp_arena *arena, sp_told_words *ret, sp_error *err);

/** Numbers in a sentence vector of this index; 0 = it has none. */
size_t sp_index_dimensions(const sp_index *index);
/** Name of the encoder that made them, "none" for none. */
const char *sp_index_encoder(const sp_index *index);

/** Notices that are in force at @p now_utc_s, newest first. */
sp_status sp_index_notices(sp_index *index, int64_t now_utc_s, sp_lang lang, sp_arena *arena, sp_record **ret,
	size_t *ret_count, sp_error *err);
/** What is asked from now on is asked about that moment: a notice is found only while it is in force, not on the whole of its first and last
 *  day. 0 = of days alone, as at first. The @c day of what is asked is that of the moment. */
void sp_index_at(sp_index *index, int64_t moment_utc_s);
/** When, after @p now_utc_s, a notice comes into force or ceases to be; 0 = never. */
sp_status sp_index_notices_change(sp_index *index, int64_t now_utc_s, int64_t *ret_utc_s, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
