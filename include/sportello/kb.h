/**
 * @file kb.h
 * The knowledge base on disk: kb.yaml, articles, what each reader may see of them, and what is wrong with them.
 *
 * Markdown is CommonMark 0.29 with GitHub tables (cmark-gfm), YAML 1.1 by libyaml. HTML comes out safe: raw HTML
 * and javascript:, vbscript:, file: and data: links are dropped (cmark's safe mode).
 */
#ifndef SPORTELLO_KB_H
#define SPORTELLO_KB_H

#include "sportello/arena.h"
#include "sportello/buffer.h"
#include "sportello/status.h"
#include "sportello/text.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A day as the number 20210315; 0 = none. */
typedef int32_t sp_date;
/** Read "2021-03-15"; 0 when it is not a real day. */
sp_date sp_date_parse(const char *text, size_t len);
/** Days since 1970-01-01. */
int64_t sp_date_days(sp_date date);
/** The day of a moment (seconds since 1970 UTC) in a time zone of the system's database; UTC when unknown. */
sp_date sp_date_of(int64_t utc_s, const char *timezone);

/** One text in several languages. */
typedef struct sp_texts {
	const char *by_lang[SP_LANG_COUNT]; /**< NULL where missing */
} sp_texts;
/** The text in @p lang, else in the first language that has one, else "". */
const char *sp_texts_get(const sp_texts *texts, sp_lang lang);

typedef struct sp_strings { const char **items; size_t count; } sp_strings;

/** A set of audiences: bit n is sp_kb_config.audiences[n]. */
typedef uint32_t sp_audiences;
#define SP_AUDIENCES_MAX 32

typedef struct sp_audience {
	const char *key;
	sp_texts name;
	sp_audiences reads; /**< itself, and those whose content it sees too (transitive) */
} sp_audience;

/** Opening hours of one week: minutes of the day, [0] Monday. close 0 = closed that day. */
typedef struct sp_hours {
	const char *key;
	struct { uint16_t open_min, close_min; } days[7];
} sp_hours;

typedef struct sp_service {
	const char *key;
	sp_texts name;
	int hours; /**< index in sp_kb_config.hours, -1 = always open */
} sp_service;

typedef enum sp_group_level { SP_LEVEL_1 = 1, SP_LEVEL_2 = 2, SP_LEVEL_PARTNER = 3 } sp_group_level;

typedef struct sp_group {
	const char *key;
	sp_texts name;
	sp_group_level level;
	int service; /**< index, -1 = none named */
	int64_t target_s; /**< open time within which a person hears from it; 0 = none */
	bool is_bound;    /**< it passes tickets only to those that it names */
	uint64_t passes_to; /**< bits by index of groups; of a bound one */
} sp_group;

#define SP_GROUPS_MAX 64

typedef enum sp_field_check {
	SP_FIELD_TEXT, SP_FIELD_EMAIL, SP_FIELD_PHONE, SP_FIELD_DATE,
	SP_FIELD_PAST_DATE, /* of what has happened: today or before */
	SP_FIELD_AMOUNT, SP_FIELD_CODICE_FISCALE, SP_FIELD_IBAN, SP_FIELD_NOTICE_NUMBER, SP_FIELD_IUV, SP_FIELD_CHOICE,
} sp_field_check;

typedef struct sp_field {
	const char *key;
	sp_texts label, why;
	sp_field_check check;
	const char **options; /**< for a choice */
	size_t options_count;
	uint32_t max_chars;
	uint32_t keep_days; /**< how long it is kept; 0 = as long as the ticket */
} sp_field;

typedef struct sp_category {
	const char *key;
	sp_texts name, description;
	int service; /**< index, -1 = none */
	int group;   /**< index, -1 = none */
	int *fields; /**< indexes in sp_kb_config.fields */
	size_t fields_count;
	int priority; /**< of its tickets as they are opened: an sp_priority, 0 = not said, normal */
	int order;
} sp_category;

/** A body that decides where we do not (identity provider, issuer, Consap…). */
typedef struct sp_body {
	const char *key;
	sp_texts name, contact; /**< contact is Markdown; in a list whose items begin with a name in bold, each is one of them */
	sp_texts letter;        /**< what to write to it; {said} is what the person wrote. Plain text, "" = none */
} sp_body;

/** One group of words that mean the same. */
typedef struct sp_synonyms {
	sp_lang lang;
	const char **words; /**< each a word or a short phrase */
	size_t count;
	const char **normal; /**< the same words in normal form (sp_text_normal_form()) */
} sp_synonyms;

/** What kb.yaml says. Immutable once read; may be shared between threads. */
typedef struct sp_kb_config {
	sp_texts name;
	sp_lang default_lang;
	unsigned langs; /**< bit per sp_lang */
	const char *timezone;
	double answer_precision; /**< 0.5 to 0.999, default 0.86 */
	int64_t resolved_window_s;
	/** Days that people's data are kept; 0 = for as long as what they belong to, and at the top for ever (keep.h). */
	struct { uint32_t conversations, feedback, tickets, comments, attachments; } keep;
	struct { uint32_t max, max_bytes; } attachments; /**< files of a ticket, bytes of each; default 5 and 5 MB; max 0 = none are taken */
	bool open_data; /**< the figures of complete months are published: /figures */
	sp_audience *audiences; size_t audiences_count;
	sp_hours *hours; size_t hours_count;
	const char **holidays; size_t holidays_count; /**< "MM-DD", "YYYY-MM-DD", "easter-monday" */
	sp_service *services; size_t services_count;
	sp_category *categories; size_t categories_count; /**< in the order to show them */
	sp_group *groups; size_t groups_count;
	sp_field *fields; size_t fields_count;
	/** A ticket that it is not known of what it is about: index of its group, -1 = none; and what it asks for */
	struct { int group; int *fields; size_t fields_count; } ticket;
	sp_body *bodies; size_t bodies_count;
	sp_synonyms *synonyms; size_t synonyms_count;
	struct sp_rule_setting { const char *rule; int severity; } *rules; size_t rules_count;
	double readability[SP_LANG_COUNT]; /**< a citizens' article that scores less is hard to read: 0 to 100 (sp_text_readability()) */
	sp_strings acronyms;   /**< that every reader knows */
	uint64_t hash; /**< of the file's bytes */
	sp_arena *arena; /**< owns all of it */
} sp_kb_config;

int sp_kb_audience(const sp_kb_config *config, const char *key);  /**< index or -1 */
int sp_kb_category(const sp_kb_config *config, const char *key);  /**< index or -1 */
int sp_kb_group(const sp_kb_config *config, const char *key);     /**< index or -1 */
int sp_kb_field(const sp_kb_config *config, const char *key);     /**< index or -1 */
/** Whether a group (index, -1 = none) may pass tickets to another: one of level 2 or a partner's; where kb.yaml says to whom, one of those. */
bool sp_kb_passes(const sp_kb_config *config, int from, int to);
int sp_kb_body(const sp_kb_config *config, const char *key);      /**< index or -1 */

typedef enum sp_severity { SP_SEVERITY_OFF, SP_SEVERITY_ADVICE, SP_SEVERITY_WARNING, SP_SEVERITY_ERROR } sp_severity;

/** One thing that is wrong, as an editor reads it. */
typedef struct sp_finding {
	const char *file;   /**< path as given, relative to the working folder or absolute */
	int line, column;   /**< 1-based */
	sp_severity severity;
	const char *rule;   /**< "unknown-key", "broken-link"… static */
	const char *message; /**< in the language of the collector: what, and the remedy */
	double measure;     /**< of rules that weigh a text, so that two versions of it can be compared; 0 = none. "readability": the
	                         score, 0 to 100, higher is better. "unexplained-acronym": how many the article has, lower is better.
	                         "few-questions": how many it has */
} sp_finding;

/**
 * The id of the article of Sportello's own guide (kb/it/sportello/) that explains a rule; several rules may share one.
 * NULL when there is no such rule. Static.
 */
const char *sp_rule_article(const char *rule);

/** A rule of the editors' linter, as it is unless kb.yaml says otherwise. */
typedef struct sp_rule {
	const char *name;
	sp_severity severity;
	const char *article; /**< as sp_rule_article() */
} sp_rule;
/** All rules, in a fixed order. Static. */
const sp_rule *sp_rules(size_t *ret_count);
/** "off", "advice", "warning", "error". Static. */
const char *sp_severity_name(sp_severity severity);

/** Collects findings; owns their texts. One thread at a time. */
typedef struct sp_findings sp_findings;
sp_findings *sp_findings_new(sp_lang lang);
void sp_findings_free(sp_findings *findings);
size_t sp_findings_count(const sp_findings *findings, sp_severity at_least);
/** Sorted by file, line, column. Owned by the collector. */
const sp_finding *sp_findings_items(sp_findings *findings, size_t *ret_count);

/**
 * Read kb.yaml.
 * @param dir       folder that holds it
 * @param findings  receives what is wrong, errors and warnings (unknown key with a suggestion…); may be NULL
 * @param ret       set on success; free with sp_kb_config_free()
 * @return SP_OK; SP_ERR_NOT_FOUND (no folder, or no kb.yaml in it); SP_ERR_INVALID (@p err says file, line and what); SP_ERR_NOMEM
 */
sp_status sp_kb_config_load(const char *dir, sp_findings *findings, sp_kb_config **ret, sp_error *err);
void sp_kb_config_free(sp_kb_config *config);

typedef enum sp_article_type { SP_TYPE_USE_CASE, SP_TYPE_QA, SP_TYPE_PROCEDURE, SP_TYPE_TRAINING, SP_TYPE_NOTICE, SP_TYPE_COUNT } sp_article_type;
const char *sp_article_type_name(sp_article_type type); /**< "use-case", "qa"… */
typedef enum sp_article_status { SP_STATUS_DRAFT, SP_STATUS_PUBLISHED, SP_STATUS_RETIRED } sp_article_status;

#define SP_VERSION_HEX 64
/** One article in one language, as its file says. Immutable; may be shared between threads. */
typedef struct sp_article {
	char version[SP_VERSION_HEX + 1]; /**< SHA-256 of the file's bytes, hex */
	const char *path;      /**< relative to the kb folder: it/accesso-spid/spid-otp.md */
	const char *id, *title, *owner;
	sp_lang lang;
	sp_article_type type;
	sp_article_status status;
	int category;          /**< index in the config */
	sp_audiences audience; /**< 0 = nobody */
	sp_strings questions, keywords, codes, related, source;
	sp_date valid_from, valid_until, updated, review_by;
	const char *replaced_by; /**< id or NULL */
	const char *reviewed_by; /**< who read it before it was published; NULL = nobody that is known of */
	unsigned languages;    /**< bit per sp_lang: in which ones a reader must find it, besides its own; the original says so */
	bool ended;            /**< says itself what has ended: found past valid_until */
	int competence;        /**< index of a body, -1 = ours */
	struct { const char *from; uint32_t wait_days, until_days; } window; /**< from NULL = none */
	int ticket_group;      /**< index, -1 = the category's */
	int *ticket_fields; size_t ticket_fields_count; /**< over the category's own */
	struct { sp_strings articles, categories, codes; } covers; /**< notice */
	int64_t starts_utc_s, ends_utc_s; /**< notice; 0 = none */
	sp_strings articles;   /**< training: ids of what its module is made of */
	const char *body; size_t body_len; /**< Markdown after the front matter; without the quiz */
	int body_line;         /**< line of the file where the body starts, 1-based */
	const char *quiz; size_t quiz_len; /**< training: Markdown of its quiz, from the heading on (quiz.h); NULL = none. No view holds it */
	int quiz_line;         /**< line of the file where the quiz starts */
	const struct spi_blocks *blocks; /**< its blocks for one audience, as sp_article_view() needs them */
	sp_arena *arena;       /**< owns all of it, itself too */
} sp_article;

/**
 * Read one article.
 * @param path      relative to the kb folder (names the language and the category); copied
 * @param bytes     the file; borrowed for the call; at most 1 MiB
 * @param findings  receives every finding of the file by itself (schema, types, unknown keys, UTF-8…); may be NULL
 * @param file      how findings and @p err name the file (what the user would open)
 * @param ret       set on SP_OK; free with sp_article_free()
 * @return SP_OK (there may be warnings, and errors that only concern links and steps); SP_ERR_INVALID (it must not be
 * served); SP_ERR_NOMEM
 * Threads: any.
 */
sp_status sp_article_parse(const char *path, const char *bytes, size_t len, const sp_kb_config *config,
	const char *file, sp_findings *findings, sp_article **ret, sp_error *err);
void sp_article_free(sp_article *article); /**< NULL is accepted */

/**
 * Who may read an article as far as its front matter says so, whatever else is wrong with it: a text that may not be served can still
 * take back what an earlier one allowed. Names that kb.yaml does not have do not count; a draft and a retired one are for nobody.
 * @param bytes  the file; borrowed for the call
 * @param ret    set in any case: the audiences; all of them when its front matter cannot be read, so that nothing is known; none when memory
 *               is out: what could not be looked at allows nothing
 * @return SP_OK; SP_ERR_NOMEM
 * Threads: any.
 */
sp_status sp_article_readers(const char *bytes, size_t len, const sp_kb_config *config, sp_audiences *ret);

/** What one set of readers sees of an article. */
typedef struct sp_view {
	const char *markdown; size_t markdown_len; /**< body without the blocks that are not for them, block markers dropped */
	const char *html; size_t html_len;         /**< safe HTML; headings carry ids; links to articles are /a/<id>?lang=xx */
	const char *plain; size_t plain_len;       /**< text without markup, for search and snippets */
	const char *speech; size_t speech_len;     /**< to be read aloud: no links, no tables' rulers, short pauses as full stops */
	sp_strings headings;
} sp_view;

/**
 * Render an article for readers who see @p readable.
 * An audience's block is in the view when its audience is in @p readable; everything else of the block is nowhere in it.
 * @param arena  owns the result
 * Threads: any (calls into cmark are serialised inside: it keeps global state).
 */
sp_status sp_article_view(const sp_article *article, sp_audiences readable, sp_arena *arena, sp_view *ret, sp_error *err);

/**
 * A number for what of an article only some of its readers see, and who: the same of two texts (with the same kb.yaml) when no block for an
 * audience came, went or changed in between, whatever else did; never 0.
 * Threads: any.
 */
uint64_t sp_article_hidden(const sp_article *article);

/** What a choice of a procedure says, and where it leads. */
typedef struct sp_step_choice { const char *label, *anchor; } sp_step_choice;

/** One step of a procedure: a level-2 heading and what is below it, its choices apart. */
typedef struct sp_step {
	const char *anchor, *title; /**< "" of the introduction */
	const char *markdown; size_t markdown_len;
	const char *html; size_t html_len; /**< links to other headings of the article lead to its page */
	const char *speech; size_t speech_len;
	sp_step_choice *choices; size_t choices_count; /**< only such that lead to a step */
	size_t next;                /**< the step that it goes on with; 0 = it has choices, or is an end */
} sp_step;

/** A procedure cut into its steps: items[0] is what stands before the first one, items[1] to items[count] are the steps. */
typedef struct sp_steps { sp_step *items; size_t count; } sp_steps;
/** Place of an anchor; 0 is the introduction's (""); SIZE_MAX when no step has it. */
size_t sp_steps_find(const sp_steps *steps, const char *anchor);
/** Where a walk begins: 1, or 0 where the introduction has choices itself. */
size_t sp_steps_first(const sp_steps *steps);

/** Texts of a procedure, as one set of readers sees them (of an sp_view, or of an index's record). */
typedef struct sp_procedure {
	const char *id; sp_lang lang;
	const char *markdown; size_t markdown_len;
	const char *html;           /**< says which quotes are for one audience */
} sp_procedure;
/**
 * Cut a procedure into its steps. A step without choices goes on with the one after it, unless a choice of an earlier step leads to
 * that one (then it is a branch of its own) or there is none: then it is an end.
 * @param arena  owns the result
 * @return SP_OK, also when there is no step (count 0); SP_ERR_NOMEM
 * Threads: any.
 */
sp_status sp_procedure_steps(const sp_procedure *procedure, sp_arena *arena, sp_steps *ret);

/**
 * The body's Markdown without the blocks that are not for readers who see @p readable, and without comments; the markers of the blocks
 * that they see stay, so that it can be written to a file again. Owned by @p arena.
 */
sp_status sp_article_source(
	const sp_article *article, sp_audiences readable, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err);

/** Render a fragment of Markdown (a body's contact, a reply's text) to safe HTML, appended to @p out. */
sp_status sp_markdown_html(const char *markdown, size_t len, sp_buffer *out);
/** The same to text for reading aloud. */
sp_status sp_markdown_speech(const char *markdown, size_t len, sp_buffer *out);

/** One file found in the folder. */
typedef struct sp_kb_file {
	const char *path; /**< relative to the folder */
	int64_t size;
	int64_t mtime_ns;
} sp_kb_file;
typedef struct sp_kb_files { sp_kb_file *items; size_t count; } sp_kb_files;

/** All `<lang>/<category>/<slug>.md` below @p dir, sorted by path. Hidden files, editors' back-ups (~, .swp, #) and links
 *  that lead out of the folder are passed over. */
sp_status sp_kb_scan(const char *dir, sp_arena *arena, sp_kb_files *ret, sp_error *err);
/** The same, going on where a folder in it may not be read, which is an error of sp_kb_scan(). @p ret_closed: those folders, relative;
 *  owned by @p arena. */
sp_status sp_kb_scan_open(const char *dir, sp_arena *arena, sp_kb_files *ret, sp_strings *ret_closed, sp_error *err);
/** Take out of @p files those below any of @p folders, the order kept: what one side of a comparison cannot read is not gone. */
void sp_kb_leave_out(sp_kb_files *files, const sp_strings *folders);
#define SP_KB_FINGERPRINT 64
/** A SHA-256, in hex, over all that is served: names and texts of the articles, kb.yaml, labelled questions. Reads every file. */
sp_status sp_kb_fingerprint(const char *dir, char ret[SP_KB_FINGERPRINT + 1], sp_error *err);
#define SP_KB_WAITING ".draft.md"
/** Whether a path is that of an edit that waits, `<id>.draft.md`: the text that will take the place of `<id>.md` beside it, which
 *  stays live meanwhile. Nobody is served it, whatever status it names. */
bool sp_kb_is_waiting(const char *path);
/** The path whose place it will take; of a path that is none, the one where an edit of it waits. NULL when memory is out. */
char *sp_kb_waiting_other(const char *path, sp_arena *arena);
/** A larger file is no article. */
#define SP_ARTICLE_MAX_BYTES ((size_t)1 << 20)
/** Read a whole file of at most @p max bytes into @p arena. */
sp_status sp_kb_read(const char *dir, const char *path, size_t max, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err);

/**
 * The editors' linter over the whole folder: each file's own findings and those that need all files
 * (duplicate ids, broken links and anchors, unknown related, missing successor, procedures that cannot be walked…).
 * @return SP_OK when it could run (look at the findings), else why it could not
 */
sp_status sp_kb_check(const char *dir, sp_findings *findings, size_t *ret_articles, sp_error *err);

/** A text in place of a file's. */
typedef struct sp_kb_overlay {
	const char *path;      /**< relative to the folder; it need not be there */
	const char *bytes; size_t len;
} sp_kb_overlay;
/** sp_kb_check() of the folder as it will be with the overlay's text in its file, and no edit waiting for it. */
sp_status sp_kb_check_with(
	const char *dir, const sp_kb_overlay *overlay, sp_findings *findings, size_t *ret_articles, sp_error *err);

/**
 * JSON Schema (2020-12) of an article's front matter, for editors' programs: names of this knowledge base as choices, with
 * what they are called; all explained in @p lang. Appended to @p out.
 * @return SP_OK; SP_ERR_NOMEM
 */
sp_status sp_kb_schema_article(const sp_kb_config *config, sp_lang lang, sp_buffer *out);
/** The same of kb.yaml. */
sp_status sp_kb_schema_config(sp_lang lang, sp_buffer *out);
/**
 * Only what a change brought: the findings of @p dir that @p before, an earlier state of it, had not. The same finding is one
 * of the same rule and message in the same file, on whatever line; a file that has another name now is known by its language
 * and id. Rules that weigh a text (sp_finding.measure) say something only when it got worse, and then "readability" and
 * "unexplained-acronym" are errors. Adds "updated-not-moved".
 * @param before  a whole folder of a knowledge base, with its kb.yaml; only read
 */
sp_status sp_kb_check_since(const char *dir, const char *before, sp_findings *findings, size_t *ret_articles, sp_error *err);

typedef enum sp_fix_flags {
	SP_FIX_LOOK = 1 << 0, /**< write nothing: only say what would be mended first */
} sp_fix_flags;
/**
 * Mend in the folder's files what only one thing can be meant by, and leave all else as it is, byte for byte: byte order mark,
 * line ends, blanks at the ends of lines (not in code, not Markdown's line break), a missing last line end; a field's name, a
 * link, an anchor or an id in `related` that is a letter away from the only one it can be; a question that its article has
 * twice; a first-level heading in a body (not in a procedure, where it would become a step). Never what decides who reads an
 * article and when: audience, status, dates, its own id. Each file is written whole or not at all and keeps its mode. Where
 * nothing is to mend, nothing is written; a second call mends nothing.
 * @param before  an earlier state of the folder; files that are as they were there are left alone. May be NULL
 * @param flags   of sp_fix_flags
 * @param mended  receives what was mended, by file and line as the file was then; rule is the rule's name, or
 *                "byte-order-mark", "line-ends", "trailing-blanks", "final-line-end"
 * @return SP_OK; else what of the file system; files mended before that stay mended
 */
sp_status sp_kb_fix(const char *dir, const char *before, unsigned flags, sp_findings *mended, sp_error *err);

#define SP_ID_MAX 128
/** Whether a text can be an article's id: a letter or digit, then letters, digits, '.', '_', '-' or '?', at most SP_ID_MAX.
 *  ('?' is for ids that come from elsewhere: in file names and addresses it is written %3F.) */
bool sp_kb_is_id(const char *text, size_t len);

typedef enum sp_import_flags {
	SP_IMPORT_REPLACE = 1 << 0, /**< overwrite an article that exists with other content */
	SP_IMPORT_LOOK = 1 << 1,    /**< write nothing: only say what would happen */
} sp_import_flags;

/** An article that comes from elsewhere. All but id, title, language and audience may be left out (NULL, 0, empty). */
typedef struct sp_import_record {
	const char *id, *title, *answer, *category; /**< category NULL: @ref default_category */
	const char *default_category;
	sp_lang lang;
	sp_strings questions, keywords, audience;
	sp_date updated;
	bool is_markdown;          /**< the answer is Markdown, to be kept as it is; else plain text */
	const char *type, *status; /**< NULL: "qa", "published" */
	const char *owner, *reviewed_by, *replaced_by, *competence;
	sp_strings languages;
	sp_date valid_from, valid_until, review_by;
	bool ended;
	sp_strings codes, related, source;
	struct { const char *from; uint32_t wait_days, until_days; } window; /**< from NULL = none */
	struct { const char *group; sp_strings fields; } ticket;
	struct { sp_strings articles, categories, codes; } covers;
	const char *starts, *ends; /**< RFC 3339 */
} sp_import_record;
/**
 * Write one article file from an imported record.
 * @param flags  of sp_import_flags
 * @param ret_changed  whether the file was (or would be) written; may be NULL
 * @return SP_OK; SP_ERR_CONFLICT (it exists with other content, and SP_IMPORT_REPLACE is not given); SP_ERR_INVALID; SP_ERR_TOO_LARGE;
 *         SP_ERR_FULL and others of the file system
 */
sp_status sp_kb_write_article(const char *dir, const sp_import_record *record, unsigned flags, bool *ret_changed, sp_error *err);
/** Make sure that kb.yaml exists and knows the category and the languages; writes a minimal one for a new folder. */
sp_status sp_kb_prepare(const char *dir, const sp_strings *categories, unsigned langs, sp_error *err);

#ifdef __cplusplus
}
#endif
#endif
