/* What changed in an article since somebody passed its quiz. */
#include "training/module.h"

#include "text/line_diff.h"

#include <string.h>

enum { CONTEXT = 1, LINES_MAX = 60 }; /* more than these is told as a new article */

typedef struct telling {
	sp_training_line *lines;
	size_t count;
	sp_arena *arena;
	bool failed;
} telling;

static void add(telling *t, char mark, const char *text, size_t len)
{
	const char *copy = sp_arena_strndup(t->arena, text, len);
	t->failed |= !copy;
	if (t->count < LINES_MAX && copy)
		t->lines[t->count++] = (sp_training_line){mark, copy};
}

static void add_run(telling *t, const spi_diff_run *run)
{
	for (const char *at = run->text, *end = run->text + run->len; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((stop ? stop : end) - at);
		add(t, run->mark, at, len);
		at += len + 1;
	}
}

/* The text as a page says it, a block a line, under its title. */
static const char *as_read(const char *title, const char *plain, size_t len, sp_arena *arena)
{
	return sp_arena_printf(arena, "%s\n%.*s\n", title, (int)len, plain);
}

static sp_status compare(const char *old, const char *now, sp_arena *arena, sp_training_line **ret, size_t *ret_count)
{
	const spi_diff_hunk *hunks;
	size_t count;
	telling t = {.lines = sp_arena_calloc(arena, LINES_MAX, sizeof *t.lines), .arena = arena};
	if (!t.lines || !old || !now || !spi_line_diff(old, strlen(old), now, strlen(now), CONTEXT, arena, &hunks, &count))
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			add(&t, 0, "", 0);
		for (size_t k = 0; k < hunks[i].count; k++)
			add_run(&t, &hunks[i].runs[k]);
	}
	*ret = t.lines;
	*ret_count = t.count;
	return t.failed ? SP_ERR_NOMEM : SP_OK;
}

sp_status sp_training_changes(const sp_training_view *view, const sp_training_part *part, sp_arena *arena, sp_training_line **ret,
	size_t *ret_count, sp_error *err)
{
	sp_article *text = NULL;
	sp_view old;
	*ret = NULL;
	*ret_count = 0;
	if (!part->pass)
		return SP_OK;
	sp_status status = spi_training_text(view, part->pass->version, &text, arena, NULL);
	if (status == SP_ERR_NOT_FOUND || status == SP_ERR_INVALID)
		return SP_OK;
	/* What was not for these readers then is not told now. */
	sp_audiences reads = view->config->audiences[view->audience].reads;
	bool may_read = status == SP_OK && (text->audience & reads);
	if (may_read)
		status = sp_article_view(text, reads, arena, &old, NULL);
	if (may_read && status == SP_OK)
		status = compare(as_read(text->title, old.plain, old.plain_len, arena),
			as_read(part->article.title, part->article.plain, part->article.plain_len, arena), arena, ret, ret_count);
	sp_article_free(text);
	return status ? sp_error_set(err, status, part->article.id, 0, "what changed cannot be told") : SP_OK;
}
