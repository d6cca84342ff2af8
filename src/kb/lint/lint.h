/* The editors' rules, a file a group. */
#ifndef KB_LINT_LINT_H
#define KB_LINT_LINT_H

#include "kb/facts.h"
#include "kb/fix/mend.h"
#include "kb/lint/texts.h"

/* Fewer phrasings than this are an advice. */
#define SPI_QUESTIONS_WANTED 5

/* Rules about one article's front matter. */
void spi_lint_article(
	const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report);
/* Rules about one article's body. */
void spi_lint_body(const sp_article *article, const spi_facts *facts, spi_report *report);
/* What a skeleton left for its editor to write, anywhere in a file. */
void spi_lint_placeholders(const sp_article *article, const spi_lines *file, spi_report *report);
/* Propose the heading that a link to one of the article's own must mean. */
void spi_lint_propose_anchor(const spi_outline *outline, spi_rule rule, const char *anchor, spi_place place, spi_report *report);
/* Whether a procedure can be walked. */
void spi_lint_procedure(const spi_facts *facts, spi_report *report);
/* A quiz by itself: its form, and what it names into the facts. False when memory is out. In quiz.c. */
bool spi_lint_quiz(const sp_article *article, spi_facts *facts, const sp_kb_config *config, spi_report *report);
/* A training's article: that it has a module, and no answers where they are read. In quiz.c. */
void spi_lint_training(const sp_article *article, const spi_facts *facts, spi_report *report);
/* Personal data in what everybody will read. */
void spi_lint_personal(const sp_article *article, const spi_facts *facts, spi_report *report);
/* How easy it is to read, for citizens. */
void spi_lint_readability(
	const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report);
/* Words of capitals that nobody explains. */
void spi_lint_acronyms(
	const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report);
/* "2026-03-15" */
const char *spi_write_date(sp_date date, char text[16]);
/* Rules about one article on a day. */
void spi_lint_validity(const sp_article *article, const spi_facts *facts, sp_date today, spi_report *report);

/* What is kept of an article while the others are read. All texts live in the check's arena. */
typedef struct spi_entry {
	const char *file, *path, *id, *replaced_by;
	sp_lang lang;
	sp_article_type type;
	sp_audiences audience;
	sp_article_status status;
	sp_date valid_from, valid_until, updated;
	int64_t starts_utc_s, ends_utc_s; /* a notice's */
	bool ended;
	unsigned languages;
	spi_kept_text text;
	spi_facts facts; /* of it: outline.articles, related_list, covers_list, question_list,
	                    module_list, quiz_articles, module, id, replaced_by, title, updated,
	                    status, languages, ends */
	const char **anchors;
	size_t anchors_count;
	int mark;            /* scratch of the search for circles of successors */
	bool waits;          /* an edit that waits; its status is then draft, whatever it names: */
	sp_article_status named_status;
} spi_entry;

#define SPI_READERS_MAX 8

typedef struct spi_checker {
	const sp_kb_config *config;
	sp_findings *findings;
	sp_arena *arena;
	const sp_kb_overlay *overlay;  /* NULL = the folder as it is */
	const char *config_file, *config_text; /* kb.yaml */
	size_t config_len;
	spi_entry **entries;
	size_t count, cap;
	spi_map by_id[SP_LANG_COUNT]; /* id → spi_entry */
	spi_map ids;                  /* id → the spi_entry in any language */
	spi_map questions[SP_LANG_COUNT]; /* normal form → spi_entry */
	sp_date today;
	size_t marks;                 /* searches for circles so far */
	bool *used_bodies, *used_fields; /* by index: some article names it */
	sp_arena *reader_arenas[SPI_READERS_MAX]; /* what entries are made of */
} spi_checker;

/* A file as the user would open it. NULL when memory is out. */
const char *spi_join(sp_arena *arena, const char *dir, const char *path);
/* Read all files: their own findings, and the entries in the files' order. False when memory is out. */
bool spi_lint_read(spi_checker *c, const char *dir, const sp_kb_files *files);
/* Note the article; a finding when its id is taken in its language. */
void spi_lint_identity(spi_checker *c, spi_entry *entry);
/* An edit that waits, when the published texts are known: the one that it replaces is there and did not move on. */
void spi_lint_waiting(spi_checker *c, spi_entry *entry);
/* Questions that another article has too; of edits that wait, after all others. */
void spi_lint_questions(spi_checker *c, spi_entry *entry);
/* Links, related, covers: run when all articles are known. */
void spi_lint_links(spi_checker *c, spi_entry *entry);
/* The article that takes this one's place: it is there, and who reads this one gets on to it. In successor.c. */
void spi_lint_successor(spi_checker *c, spi_entry *entry);
/* What the modules of trainings are made of, and what their quizzes ask about. In module.c. */
void spi_lint_module(spi_checker *c, spi_entry *entry);
/* The article that an entry names: in its language, else in the default one, else in any. NULL when there is none. In links.c. */
spi_entry *spi_lint_find(const spi_checker *c, const spi_entry *entry, const char *id);
/* Whether all who can read an article of these audiences can read one of those. */
bool spi_all_can_read(const sp_kb_config *config, sp_audiences from, sp_audiences to);
/* "… is not there", with what was meant. */
void spi_lint_missing(spi_checker *c, const spi_entry *entry, const spi_ref *ref, spi_rule rule, const char *variant);
/* Translations: missing, without an original, older than it, with other values. */
void spi_lint_translation(spi_checker *c, spi_entry *entry);

/* Whether there is a day on which both are served. */
bool spi_entries_overlap(const spi_entry *a, const spi_entry *b);
/* Texts that are nearly the same. */
void spi_lint_duplicates(spi_checker *c);
/* The same sentence with other values. */
void spi_lint_statements(spi_checker *c);
/* The same question with other values in its answers. */
void spi_lint_answers(spi_checker *c);

/* Remember what an article names of kb.yaml. */
void spi_note_used(spi_checker *c, const sp_article *article);
/* What kb.yaml has and nothing names. */
void spi_lint_unused(spi_checker *c);

#endif
