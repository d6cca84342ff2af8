#include "kb/questions_add.h"

#include "kb/front.h"
#include "kb/write.h"

#include <string.h>

/* ---- the text that is added ---- */

/* In a flow list always with quotes: what ends a plain text there is more than elsewhere. */
static void add_flow(sp_buffer *out, const sp_strings *more, bool follows)
{
	for (size_t i = 0; i < more->count; i++) {
		size_t start;
		sp_buffer_add_text(out, follows || i > 0 ? ", " : "");
		start = out->len;
		spi_yaml_write(out, more->items[i]);
		if (!sp_buffer_ok(out) || out->data[start] == '"')
			continue;
		out->len = start; /* a plain one has nothing to escape */
		sp_buffer_printf(out, "\"%s\"", more->items[i]);
	}
}

static void add_block(sp_buffer *out, const sp_strings *more, const char *indent, size_t indent_len, const char *deeper,
	const char *line_end)
{
	for (size_t i = 0; i < more->count; i++) {
		sp_buffer_add(out, indent, indent_len);
		sp_buffer_printf(out, "%s- ", deeper);
		spi_yaml_write(out, more->items[i]);
		sp_buffer_add_text(out, line_end);
	}
}

typedef struct addition {
	spi_front front;
	const sp_strings *more;
} addition;

/* Write what is added, and say where; false when the front matter gives no place for it. */
static bool compose(const addition *a, const spi_front_field *p, sp_buffer *text, size_t *ret_at)
{
	size_t indent_len = 0;
	const char *indent = "";
	const spi_front *front = &a->front;
	if ((!p->is_list && !p->is_empty && p->found) || p->odd)
		return false;
	if (p->is_flow) {
		*ret_at = p->items ? p->last_end : p->begin_end;
		add_flow(text, a->more, p->items > 0);
		return true;
	}
	if (p->is_list) {
		*ret_at = spi_front_behind(front, p);
		indent = spi_front_indent(front, p->begin, &indent_len);
		add_block(text, a->more, indent, indent_len, "", front->line_end);
		return indent[indent_len] == '-';
	}
	indent = spi_front_indent(front, p->first_key, &indent_len);
	*ret_at = p->found ? spi_front_behind(front, p) : front->end;
	if (!p->found) {
		sp_buffer_add(text, indent, indent_len);
		sp_buffer_printf(text, "questions:%s", front->line_end);
	}
	add_block(text, a->more, indent, indent_len, "  ", front->line_end);
	return true;
}

/* ---- the whole ---- */

static bool same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* Whether it is the old article with the new phrasings behind its own. */
static bool is_grown(const sp_article *old, const sp_article *now, const sp_strings *more)
{
	if (now->questions.count != old->questions.count + more->count || now->body_len != old->body_len ||
		memcmp(now->body, old->body, old->body_len) != 0 || !same(now->id, old->id) || !same(now->title, old->title) ||
		now->audience != old->audience || now->status != old->status || now->keywords.count != old->keywords.count)
		return false;
	for (size_t i = 0; i < now->questions.count; i++) {
		size_t n = old->questions.count;
		if (!same(now->questions.items[i], i < n ? old->questions.items[i] : more->items[i - n]))
			return false;
	}
	return true;
}

static sp_status refuse(const char *path, int line, sp_error *err)
{
	return sp_error_set(err, SP_ERR_UNSUPPORTED, path, line,
		"its questions are written in a way that nothing can be added to safely; make them a list, one \"- \" a line");
}

static sp_status add(const sp_article *old, const addition *a, const sp_kb_config *config, sp_buffer *out, sp_error *err)
{
	spi_front_field p = {0};
	const spi_front *front = &a->front;
	size_t at = 0;
	sp_article *now = NULL;
	sp_buffer text = SP_BUFFER_INIT;
	bool placed = spi_front_find(front, "questions", &p) && compose(a, &p, &text, &at);
	if (placed) {
		sp_buffer_clear(out);
		sp_buffer_add(out, front->bytes, at);
		sp_buffer_add(out, sp_buffer_text(&text), text.len);
		sp_buffer_add(out, front->bytes + at, front->len - at);
	}
	bool is_whole = sp_buffer_ok(&text) && sp_buffer_ok(out);
	sp_buffer_release(&text);
	if (!is_whole)
		return sp_error_set(err, SP_ERR_NOMEM, old->path, 0, "not enough memory to write it");
	if (placed)
		placed = sp_article_parse(old->path, out->data, out->len, config, old->path, NULL, &now, NULL) == SP_OK &&
			is_grown(old, now, a->more);
	sp_article_free(now);
	return placed ? SP_OK : refuse(old->path, p.found ? spi_line_of(&front->lines, p.begin) : 1, err);
}

sp_status spi_questions_add(const char *path, const char *bytes, size_t len, const sp_kb_config *config,
	const sp_strings *more, sp_buffer *out, sp_error *err)
{
	sp_article *old = NULL;
	addition a = {.more = more};
	sp_status status = sp_article_parse(path, bytes, len, config, path, NULL, &old, err);
	if (status != SP_OK)
		return status;
	status = spi_front_open(&a.front, bytes, len, old->arena) ? add(old, &a, config, out, err) : SP_ERR_NOMEM;
	sp_article_free(old);
	return status == SP_ERR_NOMEM ? sp_error_set(err, status, path, 0, "not enough memory to read it") : status;
}
