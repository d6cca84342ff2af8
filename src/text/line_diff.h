/* What differs between two texts, line by line. */
#ifndef TEXT_LINE_DIFF_H
#define TEXT_LINE_DIFF_H

#include "sportello/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Whole lines that follow each other: in both (' '), only in the old text ('-'), only in the new one ('+'). The last line of a text
   may lack its end. */
typedef struct spi_diff_run {
	char mark;
	const char *text; /* borrowed from the texts */
	size_t len, lines;
} spi_diff_run;

/* A place that changed, with the lines around it. */
typedef struct spi_diff_hunk {
	size_t old_first, new_first; /* number of the first line, from 1; of an empty side the line before */
	size_t old_lines, new_lines;
	const spi_diff_run *runs;    /* where lines are replaced, '-' comes first */
	size_t count;
} spi_diff_hunk;

/* The hunks, in order; none when the texts are the same. context: lines that are shown before and after. Texts of very many different
   lines are told as one change. False when memory is out. */
bool spi_line_diff(const char *old, size_t old_len, const char *now, size_t now_len, size_t context, sp_arena *arena,
	const spi_diff_hunk **ret, size_t *ret_count);

#endif
