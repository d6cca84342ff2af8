/* The editors' rules, a file a group. */
#ifndef KB_LINT_LINT_H
#define KB_LINT_LINT_H

#include "kb/facts.h"

#define SPI_ARTICLE_MAX (1u << 20)
/* Fewer phrasings than this are an advice. */
#define SPI_QUESTIONS_WANTED 3

/* Rules about one article's front matter. */
void spi_lint_article(
	const sp_article *article, const spi_facts *facts, const sp_kb_config *config, spi_report *report);
/* Rules about one article's body. */
void spi_lint_body(const sp_article *article, const spi_facts *facts, spi_report *report);
/* What a skeleton left for its editor to write, anywhere in a file. */
void spi_lint_placeholders(const sp_article *article, const spi_lines *file, spi_report *report);
/* Whether a procedure can be walked. */
void spi_lint_procedure(const spi_facts *facts, spi_report *report);
/* Personal data in what everybody will read. */
void spi_lint_personal(const sp_article *article, const spi_facts *facts, spi_report *report);
/* Rules about one article on a day. */
void spi_lint_validity(const sp_article *article, const spi_facts *facts, sp_date today, spi_report *report);

/* What is kept of an article while the others are read. All texts live in the check's arena. */
typedef struct spi_entry {
	const char *file, *path, *id, *replaced_by;
	sp_lang lang;
	sp_audiences audience;
	sp_article_status status;
	spi_facts facts; /* of it: outline.articles, related_list, covers_list, question_list, id, replaced_by */
	const char **anchors;
	size_t anchors_count;
	int mark;            /* scratch of the search for circles of successors */
} spi_entry;

typedef struct spi_checker {
	const sp_kb_config *config;
	sp_findings *findings;
	sp_arena *arena;
	spi_entry **entries;
	size_t count, cap;
	spi_map by_id[SP_LANG_COUNT]; /* id → spi_entry */
	spi_map ids;                  /* id → the spi_entry in any language */
	spi_map questions[SP_LANG_COUNT]; /* normal form → spi_entry */
	size_t marks;                 /* searches for circles so far */
} spi_checker;

/* Note the article; a finding when its id is taken in its language. */
void spi_lint_identity(spi_checker *c, spi_entry *entry);
/* Questions that another article has too. */
void spi_lint_questions(spi_checker *c, spi_entry *entry);
/* Links, related, successors, covers: run when all articles are known. */
void spi_lint_links(spi_checker *c, spi_entry *entry);
/* Translations without an original. */
void spi_lint_translation(spi_checker *c, spi_entry *entry);

#endif
