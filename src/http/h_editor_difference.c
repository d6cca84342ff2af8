/* What an edit that waits changes in the published text: front matter and body, line by line. */
#include "http/editor.h"

#include "text/line_diff.h"

#include <stdio.h>
#include <string.h>

#define CONTEXT 2
/* More lines than these nobody reads; that there are more is told. */
#define LINES_MAX 1000

typedef struct telling {
	const spi_request *request;
	spi_value *list;
	size_t count;
} telling;

/* What is not UTF-8 is not put into the page. */
static void put_line(telling *t, char mark, const char *text, size_t len)
{
	spi_value *item = spi_list_add(t->list);
	while (len > 0 && strchr("\r\n", text[len - 1]))
		len--;
	spi_put_bool(item, "gone", mark == '-');
	spi_put_bool(item, "come", mark == '+');
	spi_put_text(item, "text", sp_text_is_utf8(text, len) ? sp_arena_strndup(t->request->arena, text, len) : "�");
	t->count++;
}

static void put_run(telling *t, const spi_diff_run *run)
{
	const char *text = run->text, *end = text + run->len;
	while (text < end && t->count < LINES_MAX) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((stop ? stop + 1 : end) - text);
		put_line(t, run->mark, text, len);
		text += len;
	}
}

static void put_hunks(telling *t, const spi_diff_hunk *hunks, size_t count)
{
	for (size_t i = 0; i < count && t->count < LINES_MAX; i++) {
		if (i > 0)
			spi_put_bool(spi_list_add(t->list), "skipped", true);
		for (size_t r = 0; r < hunks[i].count; r++)
			put_run(t, &hunks[i].runs[r]);
	}
}

void spi_editor_put_difference(const spi_request *request, spi_value *page)
{
	const spi_editor *e = request->editor;
	const char *dir = sp_workbench_dir(e->workbench), *live;
	const char *path = sp_kb_waiting_other(e->row->path, request->arena);
	const spi_diff_hunk *hunks;
	size_t len, count;
	spi_put_bool(page, "is_waiting", true);
	spi_put_text(page, "live_path", path);
	if (!e->sees_all || !path || !e->source || sp_kb_read(dir, path, SP_ARTICLE_MAX_BYTES, request->arena, &live, &len, NULL) != SP_OK ||
		!spi_line_diff(live, len, e->source, e->source_len, CONTEXT, request->arena, &hunks, &count))
		return;
	spi_value *difference = spi_put_object(page, "difference");
	telling t = {.request = request, .list = spi_put_list(difference, "lines")};
	put_hunks(&t, hunks, count);
	spi_put_bool(difference, "is_none", count == 0);
	spi_put_bool(difference, "is_cut", t.count == LINES_MAX);
}
