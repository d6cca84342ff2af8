/* Lines that both begin and end with are set apart; of the rest the longest common subsequence stays (the table of lengths; articles
   are short). */
#include "text/line_diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Cells of the table: 16 MB. */
#define CELLS_MAX ((size_t)4 * 1024 * 1024)

typedef struct line {
	const char *text;
	size_t len; /* with its end */
} line;

typedef struct side {
	line *lines;
	size_t count;
} side;

typedef struct differ {
	side old, now;
	size_t head, tail; /* lines that both have at the beginning and the end */
	sp_arena *arena;
	spi_diff_run *runs;
	size_t runs_count;
} differ;

static bool split(const char *text, size_t len, sp_arena *arena, side *ret)
{
	size_t count = 0;
	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	*ret = (side){.lines = sp_arena_calloc(arena, count + 2, sizeof *ret->lines)};
	while (ret->lines && len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line_len = end ? (size_t)(end - text) + 1 : len;
		ret->lines[ret->count++] = (line){text, line_len};
		text += line_len, len -= line_len;
	}
	return ret->lines;
}

static bool is_same(const line *a, const line *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static void trim(differ *d)
{
	size_t most = d->old.count < d->now.count ? d->old.count : d->now.count;
	while (d->head < most && is_same(&d->old.lines[d->head], &d->now.lines[d->head]))
		d->head++;
	while (d->tail < most - d->head &&
		   is_same(&d->old.lines[d->old.count - d->tail - 1], &d->now.lines[d->now.count - d->tail - 1]))
		d->tail++;
}

/* ---- runs ---- */

static void add(differ *d, char mark, const line *at)
{
	spi_diff_run *last = d->runs_count ? &d->runs[d->runs_count - 1] : NULL;
	/* What comes stands behind what goes: "-" after "+" is put before it. */
	if (last && last->mark == mark) {
		last->len += at->len;
		last->lines++;
		return;
	}
	if (last && mark == '-' && last->mark == '+') {
		spi_diff_run *before = d->runs_count > 1 ? last - 1 : NULL;
		if (before && before->mark == '-') {
			before->len += at->len;
			before->lines++;
			return;
		}
		d->runs[d->runs_count++] = *last;
		*last = (spi_diff_run){'-', at->text, at->len, 1};
		return;
	}
	d->runs[d->runs_count++] = (spi_diff_run){mark, at->text, at->len, 1};
}

/* Lengths of the common subsequences of the lines from i and from j on; NULL when there are too many, or memory is out. */
static uint32_t *lengths(const differ *d, size_t rows, size_t columns)
{
	if (rows == 0 || columns == 0 || (rows + 1) > CELLS_MAX / (columns + 1))
		return NULL;
	uint32_t *table = calloc((rows + 1) * (columns + 1), sizeof *table);
	for (size_t i = rows; table && i-- > 0;) {
		for (size_t j = columns; j-- > 0;) {
			uint32_t *cell = &table[i * (columns + 1) + j];
			uint32_t down = cell[columns + 1], right = cell[1];
			bool same = is_same(&d->old.lines[d->head + i], &d->now.lines[d->head + j]);
			*cell = same ? cell[columns + 2] + 1 : down > right ? down : right;
		}
	}
	return table;
}

static void compare(differ *d)
{
	size_t rows = d->old.count - d->head - d->tail, columns = d->now.count - d->head - d->tail, i = 0, j = 0;
	const line *old = d->old.lines + d->head, *now = d->now.lines + d->head;
	uint32_t *table = lengths(d, rows, columns);
	while (table && i < rows && j < columns) {
		const uint32_t *cell = &table[i * (columns + 1) + j];
		if (is_same(&old[i], &now[j]))
			add(d, ' ', &old[i++]), j++;
		else if (cell[columns + 1] >= cell[1])
			add(d, '-', &old[i++]);
		else
			add(d, '+', &now[j++]);
	}
	while (i < rows)
		add(d, '-', &old[i++]);
	while (j < columns)
		add(d, '+', &now[j++]);
	free(table);
}

static bool make_runs(differ *d)
{
	d->runs = sp_arena_calloc(d->arena, d->old.count + d->now.count + 2, sizeof *d->runs);
	if (!d->runs)
		return false;
	for (size_t i = 0; i < d->head; i++)
		add(d, ' ', &d->old.lines[i]);
	compare(d);
	for (size_t i = d->old.count - d->tail; i < d->old.count; i++)
		add(d, ' ', &d->old.lines[i]);
	return true;
}

/* ---- hunks ---- */

/* The first or the last lines of a run. */
static spi_diff_run part(const spi_diff_run *run, size_t lines, bool first)
{
	size_t from = first ? 0 : run->lines - lines, at = 0, start = 0, number = 0;
	for (; number < from + lines; number++) {
		if (number == from)
			start = at;
		const char *end = memchr(run->text + at, '\n', run->len - at);
		at = end ? (size_t)(end - run->text) + 1 : run->len;
	}
	return (spi_diff_run){run->mark, run->text + start, lines ? at - start : 0, lines};
}

typedef struct cutting {
	spi_diff_hunk *hunks;
	spi_diff_run *runs;
	size_t count, runs_count;
	size_t old_line, new_line; /* lines that are behind */
} cutting;

static void put(cutting *c, spi_diff_run run)
{
	spi_diff_hunk *hunk = &c->hunks[c->count - 1];
	if (run.lines == 0)
		return;
	c->runs[c->runs_count++] = run;
	hunk->count++;
	hunk->old_lines += run.mark != '+' ? run.lines : 0;
	hunk->new_lines += run.mark != '-' ? run.lines : 0;
}

static void begin(cutting *c, const spi_diff_run *before, size_t context)
{
	size_t lines = before ? (before->lines < context ? before->lines : context) : 0;
	c->hunks[c->count++] = (spi_diff_hunk){
		.old_first = c->old_line - lines + 1, .new_first = c->new_line - lines + 1, .runs = &c->runs[c->runs_count]};
	if (before)
		put(c, part(before, lines, false));
}

static void cut(const differ *d, size_t context, cutting *c)
{
	bool is_open = false;
	for (size_t i = 0; i < d->runs_count; i++) {
		const spi_diff_run *run = &d->runs[i];
		if (run->mark != ' ') {
			if (!is_open)
				begin(c, i ? &d->runs[i - 1] : NULL, context);
			put(c, *run);
			is_open = true;
		} else if (is_open) {
			is_open = i + 1 < d->runs_count && run->lines <= 2 * context;
			put(c, is_open || run->lines <= context ? *run : part(run, context, true));
		}
		c->old_line += run->mark != '+' ? run->lines : 0;
		c->new_line += run->mark != '-' ? run->lines : 0;
	}
	for (size_t i = 0; i < c->count; i++) {
		c->hunks[i].old_first -= c->hunks[i].old_lines == 0;
		c->hunks[i].new_first -= c->hunks[i].new_lines == 0;
	}
}

bool spi_line_diff(const char *old, size_t old_len, const char *now, size_t now_len, size_t context, sp_arena *arena,
	const spi_diff_hunk **ret, size_t *ret_count)
{
	differ d = {.arena = arena};
	if (!split(old, old_len, arena, &d.old) || !split(now, now_len, arena, &d.now))
		return false;
	trim(&d);
	if (!make_runs(&d))
		return false;
	cutting c = {.hunks = sp_arena_calloc(arena, d.runs_count + 1, sizeof *c.hunks),
		.runs = sp_arena_calloc(arena, 2 * d.runs_count + 2, sizeof *c.runs)};
	if (!c.hunks || !c.runs)
		return false;
	cut(&d, context, &c);
	*ret = c.hunks;
	*ret_count = c.count;
	return true;
}
