/* Where the lines of a text are; lines end as CommonMark ends them (LF, CR LF, CR). */
#ifndef KB_LINES_H
#define KB_LINES_H

#include "sportello/arena.h"
#include "sportello/text.h"

typedef struct spi_lines {
	const char *text;
	size_t len;
	size_t *starts; /* of each line, and one more: the end */
	int count;
} spi_lines;

/* False when memory is out. text is borrowed. */
bool spi_lines_read(spi_lines *lines, const char *text, size_t len, sp_arena *arena);
/* Byte where a line (1-based) starts, and where its text ends, before the line end. Lines outside: the text's end. */
size_t spi_line_start(const spi_lines *lines, int line);
size_t spi_line_end(const spi_lines *lines, int line);
/* The line that holds a byte, 1-based. */
int spi_line_of(const spi_lines *lines, size_t offset);
/* The column of a byte, in characters, 1-based. */
int spi_column_of(const spi_lines *lines, size_t offset);

/* The line where git left both sides of a merge for a person to choose (<<<<<<< … >>>>>>>); 0 = none. */
int spi_line_of_conflict(const spi_lines *lines);

#endif
