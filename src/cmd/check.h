/* What the linter found, and the ways to write it: for people, for programs, for GitHub's pages, for SARIF's readers. */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "cmd/cmd.h"

typedef struct spi_check_result {
	const char *kb; /* as the user named it */
	sp_lang lang;
	size_t articles;
	const sp_finding *items;
	size_t count;
	bool has_mended; /* --fix */
	bool is_look;    /* --dry-run: nothing was written */
	const sp_finding *mended;
	size_t mended_count;
} spi_check_result;

typedef void spi_check_writer(const spi_check_result *result, sp_arena *arena);
spi_check_writer spi_check_text, spi_check_json, spi_check_github, spi_check_sarif;

/* Findings for people, a line each. */
void spi_check_lines(const sp_finding *items, size_t count, sp_lang lang);
/* And for programs: a list of this name. severity: said instead of each one's own; NULL = that. */
void spi_check_add(sp_json *out, const char *name, const sp_finding *items, size_t count, const char *severity);

/*
 * A finding's file as continuous integration names it: relative to the working folder, without links or dots; absolute where
 * the knowledge base is elsewhere, or when memory is out.
 */
const char *spi_check_path(const spi_check_result *result, const char *file, sp_arena *arena);

/*
 * Findings that the state at a git revision had not (sp_kb_check_since()); the old state is written into a temporary folder,
 * which is removed whatever happens.
 */
sp_status spi_check_since(
	const char *kb, const char *rev, sp_findings *findings, size_t *ret_articles, sp_error *err);

/* Mend (sp_kb_fix()), or with look only say what would be; with a revision only files that differ from it. */
sp_status spi_check_fix(const char *kb, const char *rev, bool look, sp_findings *mended, sp_error *err);

#endif
