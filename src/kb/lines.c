#include "kb/lines.h"

#include <string.h>

/* Behind the line that starts at i. Most texts have no CR, and then memchr is quick. */
static size_t next_line(const char *text, size_t len, size_t i, bool has_cr)
{
	if (!has_cr) {
		const char *end = memchr(text + i, '\n', len - i);
		return end ? (size_t)(end - text) + 1 : len;
	}
	while (i < len && text[i] != '\n' && text[i] != '\r')
		i++;
	if (i + 1 < len && text[i] == '\r' && text[i + 1] == '\n')
		i++;
	return i < len ? i + 1 : len;
}

bool spi_lines_read(spi_lines *lines, const char *text, size_t len, sp_arena *arena)
{
	int count = 0;
	bool has_cr = len && memchr(text, '\r', len);
	for (size_t i = 0; i < len; i = next_line(text, len, i, has_cr))
		count++;
	size_t *starts = sp_arena_calloc(arena, (size_t)count + 1, sizeof *starts);
	if (!starts)
		return false;
	size_t at = 0;
	for (int line = 0; line < count; line++, at = next_line(text, len, at, has_cr))
		starts[line] = at;
	starts[count] = len;
	*lines = (spi_lines){text, len, starts, count};
	return true;
}

size_t spi_line_start(const spi_lines *lines, int line)
{
	return line < 1 ? 0 : line > lines->count ? lines->len : lines->starts[line - 1];
}

size_t spi_line_end(const spi_lines *lines, int line)
{
	size_t start = spi_line_start(lines, line), end = spi_line_start(lines, line + 1);
	while (end > start && (lines->text[end - 1] == '\n' || lines->text[end - 1] == '\r'))
		end--;
	return end;
}

int spi_line_of(const spi_lines *lines, size_t offset)
{
	int low = 0, high = lines->count;
	while (high - low > 1) {
		int middle = (low + high) / 2;
		if (lines->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low + 1;
}

int spi_column_of(const spi_lines *lines, size_t offset)
{
	size_t start = spi_line_start(lines, spi_line_of(lines, offset));
	return (int)sp_text_count_chars(lines->text + start, offset > start ? offset - start : 0) + 1;
}

static bool is_mark(const spi_lines *lines, int line, const char *mark)
{
	size_t start = spi_line_start(lines, line), len = strlen(mark);
	return spi_line_end(lines, line) - start > len && memcmp(lines->text + start, mark, len) == 0;
}

int spi_line_of_conflict(const spi_lines *lines)
{
	int first = 0;
	for (int line = 1; line <= lines->count; line++) {
		if (!first && is_mark(lines, line, "<<<<<<< "))
			first = line;
		else if (first && is_mark(lines, line, ">>>>>>> "))
			return first;
	}
	return 0;
}
