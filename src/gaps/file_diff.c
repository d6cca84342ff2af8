/* A change of one file as a unified diff. Without git's own header line: so the paths are those below the folder in which
   it is applied, also when that is not the repository's top. */
#include "gaps/file_diff.h"
#include "text/line_diff.h"

#include <string.h>

#define CONTEXT 3

/* As git writes names: in quotes when there is something in them that a reader could take for another thing. */
static void write_name(sp_buffer *out, const char *mark, const char *side, const char *path)
{
	bool quoted = strpbrk(path, "\"\\") != NULL;
	sp_buffer_printf(out, "%s %s%s/", mark, quoted ? "\"" : "", side);
	for (const char *c = path; *c; c++) {
		if (*c == '"' || *c == '\\')
			sp_buffer_add_char(out, '\\');
		sp_buffer_add_char(out, *c);
	}
	sp_buffer_add_text(out, quoted ? "\"\n" : strchr(path, ' ') ? "\t\n" : "\n");
}

static void write_run(sp_buffer *out, const spi_diff_run *run)
{
	const char *text = run->text, *end = text + run->len;
	while (text < end) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		size_t len = line_end ? (size_t)(line_end - text) + 1 : (size_t)(end - text);
		sp_buffer_add_char(out, run->mark);
		sp_buffer_add(out, text, len);
		if (!line_end)
			sp_buffer_add_text(out, "\n\\ No newline at end of file\n");
		text += len;
	}
}

bool spi_diff_write(
	sp_buffer *out, const char *path, const char *old, size_t old_len, const char *now, size_t now_len, sp_arena *arena)
{
	const spi_diff_hunk *hunks;
	size_t count;
	if (!spi_line_diff(old, old_len, now, now_len, CONTEXT, arena, &hunks, &count))
		return false;
	if (count == 0)
		return true;
	write_name(out, "---", "a", path);
	write_name(out, "+++", "b", path);
	for (size_t i = 0; i < count; i++) {
		const spi_diff_hunk *hunk = &hunks[i];
		sp_buffer_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", hunk->old_first, hunk->old_lines, hunk->new_first, hunk->new_lines);
		for (size_t r = 0; r < hunk->count; r++)
			write_run(out, &hunk->runs[r]);
	}
	return true;
}
