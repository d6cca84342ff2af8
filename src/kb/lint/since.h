/* Two states of a folder: which files differ, and which of the one is which of the other. */
#ifndef KB_LINT_SINCE_H
#define KB_LINT_SINCE_H

#include "kb/lint/lint.h"

/* A file that differs: in both under one name, or (by its language and id) under two; in one only, the other is NULL. */
typedef struct spi_pair {
	const char *now, *then;       /* paths relative to the folders */
	const char *now_text, *then_text;
	size_t now_len, then_len;
	spi_lines now_lines, then_lines;
} spi_pair;

typedef struct spi_pairs {
	const char *dir, *before; /* the folder, and as it was */
	sp_arena *arena;
	spi_pair *items;
	size_t count;
	spi_map by_now, by_then; /* path → spi_pair */
} spi_pairs;

/* Compare the folders; dir, before and arena are set. Files that are the same are in no pair. */
sp_status spi_pairs_read(spi_pairs *pairs, sp_error *err);
/* The pair of a path of now (or then); NULL when the file is the same, or none of the folder. */
spi_pair *spi_pair_of(const spi_pairs *pairs, const char *path, bool is_now);
/* The text of a line of the file, blanks around it dropped; NULL when it is not there. */
const char *spi_pair_line(const spi_pairs *pairs, const spi_pair *pair, bool is_now, int line);

/* Articles whose text changed while `updated` did not. False when memory is out. */
bool spi_lint_updated(const spi_pairs *pairs, sp_findings *findings);

#endif
