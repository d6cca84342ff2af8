/* A change of one file as a unified diff. Without git's own header line: so the paths are those below the folder in which
   it is applied, also when that is not the repository's top. */
#include "cmd/learn.h"

#include <string.h>

#define CONTEXT 3

/* A run of whole lines; a file's last line counts also without its end. */
typedef struct part {
	const char *text;
	size_t len;
} part;

static size_t count_lines(part p)
{
	size_t count = 0;
	for (size_t i = 0; i < p.len; i++)
		count += p.text[i] == '\n';
	return count + (p.len > 0 && p.text[p.len - 1] != '\n');
}

/* Length of the first line with its end. */
static size_t line_len(part p)
{
	const char *end = memchr(p.text, '\n', p.len);
	return end ? (size_t)(end - p.text) + 1 : p.len;
}

static void write_lines(sp_buffer *out, char mark, part p)
{
	while (p.len > 0) {
		size_t len = line_len(p);
		sp_buffer_add_char(out, mark);
		sp_buffer_add(out, p.text, len);
		if (p.text[len - 1] != '\n')
			sp_buffer_add_text(out, "\n\\ No newline at end of file\n");
		p = (part){p.text + len, p.len - len};
	}
}

/* Bytes of the lines that both begin with. */
static size_t same_head(part a, part b)
{
	size_t same = 0, line = 0;
	while (same < a.len && same < b.len && a.text[same] == b.text[same])
		if (a.text[same++] == '\n')
			line = same;
	return line;
}

/* Bytes of the lines that both end with. */
static size_t same_tail(part a, part b)
{
	size_t same = 0, line = 0;
	while (same < a.len && same < b.len && a.text[a.len - same - 1] == b.text[b.len - same - 1]) {
		same++;
		bool starts_a = same == a.len || a.text[a.len - same - 1] == '\n';
		bool starts_b = same == b.len || b.text[b.len - same - 1] == '\n';
		if (starts_a && starts_b)
			line = same;
	}
	return line;
}

/* The last lines of a part, or its first ones. */
static part last_lines(part p, int lines)
{
	size_t at = p.len;
	for (; at > 0; at--)
		if (at < p.len && p.text[at - 1] == '\n' && --lines == 0)
			break;
	return (part){p.text + at, p.len - at};
}

static part first_lines(part p, int lines)
{
	size_t at = 0;
	for (; at < p.len && lines > 0; lines--)
		at += line_len((part){p.text + at, p.len - at});
	return (part){p.text, at};
}

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

static void write_range(sp_buffer *out, char mark, size_t first, size_t count)
{
	sp_buffer_printf(out, "%c%zu,%zu", mark, count ? first + 1 : first, count);
}

void spi_diff_write(sp_buffer *out, const char *path, const char *old, size_t old_len, const char *now, size_t now_len)
{
	part a = {old, old_len}, b = {now, now_len};
	size_t head = same_head(a, b);
	if (head == a.len && head == b.len)
		return;
	part gone = {old + head, old_len - head}, come = {now + head, now_len - head};
	size_t tail = same_tail(gone, come);
	gone.len -= tail;
	come.len -= tail;
	part before = last_lines((part){old, head}, CONTEXT), behind = first_lines((part){gone.text + gone.len, tail}, CONTEXT);
	size_t first = count_lines((part){old, head - before.len}), around = count_lines(before) + count_lines(behind);
	write_name(out, "---", "a", path);
	write_name(out, "+++", "b", path);
	sp_buffer_add_text(out, "@@ ");
	write_range(out, '-', first, around + count_lines(gone));
	sp_buffer_add_char(out, ' ');
	write_range(out, '+', first, around + count_lines(come));
	sp_buffer_add_text(out, " @@\n");
	write_lines(out, ' ', before);
	write_lines(out, '-', gone);
	write_lines(out, '+', come);
	write_lines(out, ' ', behind);
}
