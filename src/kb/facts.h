/* What the linter wants to know beyond the article: where things stand in its file, and what is in its body. */
#ifndef KB_FACTS_H
#define KB_FACTS_H

#include "kb/blocks.h"
#include "kb/map.h"
#include "kb/prose.h"

/* Something that an article names, and where. */
typedef struct spi_ref {
	const char *text;
	const char *anchor; /* of a link to a heading of another article; NULL = none */
	spi_place place;
	sp_audiences only;  /* of a link: the readers of the block that it is in; all bits when it is in none */
} spi_ref;

typedef struct spi_refs {
	spi_ref *items;
	size_t count, cap;
} spi_refs;
/* NULL when memory is out. */
spi_ref *spi_refs_add(spi_refs *refs, const char *text, spi_place place, sp_arena *arena);

typedef struct spi_heading {
	int level;
	const char *text, *anchor;
	spi_place place;
	size_t step; /* the procedure's step that it begins or is in; 0 = before the first */
	bool begins_step;
} spi_heading;

/* One choice of a procedure: a link to a heading in a list that is nothing else. */
typedef struct spi_choice {
	size_t step;        /* that it stands in */
	const char *anchor; /* where it leads */
	spi_place place;
} spi_choice;

/* What is in a body. */
typedef struct spi_outline {
	spi_heading *headings;
	size_t headings_count, headings_cap;
	spi_map anchors;    /* anchor → its spi_heading's index + 1 */
	size_t steps;
	spi_choice *choices; /* in a procedure */
	size_t choices_count, choices_cap;
	spi_refs articles;  /* links to articles: the id, and the heading */
	spi_refs headings_named; /* links to headings of this article that are no choice */
	spi_refs unsafe, nowhere, images, html;
	bool has_text;
} spi_outline;

typedef struct spi_facts {
	spi_place id, category, audience, questions, keys_end, valid_from, valid_until, starts, ends, title;
	spi_place related, replaced_by, review_by, covers, window, languages, updated, status;
	spi_refs question_list, related_list, covers_list;
	spi_refs module_list;    /* training: what its module is made of */
	spi_refs quiz_articles;  /* training: what the questions of its quiz ask about; each at its heading */
	spi_place module;        /* where the list stands, else the front matter's start */
	spi_outline outline;
	spi_prose prose;  /* of the body; empty when nobody reads the findings */
	spi_lines lines; /* of the body */
} spi_facts;

/*
 * Read one article with all that is to be known of it.
 * ret_facts lives in the article's arena; may be NULL.
 * Returns NULL when there is no article at all (report->broken, or memory is out). An article comes back even when
 * report->broken: it must then not be served, but the linter can still compare it with others.
 */
sp_article *spi_article_read(const char *path, const char *bytes, size_t len, const sp_kb_config *config,
	spi_report *report, spi_facts **ret_facts);

/* The line that closes the front matter; 0 (a finding) when it is not there. */
int spi_front_matter_end(const spi_lines *lines, spi_report *report);

/* Whether a list is a procedure's choice: every item of it is a link to a heading of the same article. */
bool spi_is_choice_list(cmark_node *list);

/* Look through a parsed body. blocks: as spi_blocks_find() left them. prose: NULL: its words are not wanted. */
bool spi_outline_read(spi_outline *outline, spi_prose *prose, cmark_node *root, const struct spi_blocks *blocks,
	const sp_article *article, const spi_lines *lines, sp_arena *arena);

#endif
