#include "kb/questions_add.h"

#include "kb/lines.h"
#include "kb/write.h"

#include <string.h>
#include <yaml.h>

/* Where the list stands in the front matter; places are counted in characters, as libyaml counts them. */
typedef struct place {
	int depth;            /* of the event that is read: 0 = the root */
	bool is_value;        /* the next node of the root is a value */
	bool inside;          /* of the value of `questions` */
	bool found, unusable; /* unusable: it is there, and is neither a list nor empty */
	bool is_list, root_is_flow, is_flow, ends_in_block;
	size_t items;
	size_t first_key, begin, begin_end, last_end; /* the root's first key; the value's start; its opening; its last item */
} place;

static void open_value(place *p, const yaml_event_t *event)
{
	p->inside = p->found = true;
	p->begin = event->start_mark.index;
	p->begin_end = p->last_end = event->end_mark.index;
	p->is_list = event->type == YAML_SEQUENCE_START_EVENT;
	p->is_flow = p->is_list && event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	bool is_empty = event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
		event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	p->unusable = !p->is_list && !is_empty;
}

static void take_item(place *p, const yaml_event_t *event)
{
	p->items++;
	p->last_end = event->end_mark.index;
	p->ends_in_block = event->type == YAML_SCALAR_EVENT &&
		(event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE || event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE);
	p->unusable |= event->type != YAML_SCALAR_EVENT;
}

/* A node of the root map begins: a key or its value. */
static void take_of_root(place *p, const yaml_event_t *event)
{
	static const char wanted[] = "questions";
	bool is_scalar = event->type == YAML_SCALAR_EVENT;
	if (p->is_value) {
		if (p->inside)
			open_value(p, event);
		return;
	}
	if (p->first_key == SIZE_MAX)
		p->first_key = event->start_mark.index;
	p->inside = is_scalar && !p->found && event->data.scalar.length == sizeof wanted - 1 &&
		memcmp(event->data.scalar.value, wanted, sizeof wanted - 1) == 0;
}

static void take_event(place *p, const yaml_event_t *event)
{
	bool opens = event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
	bool closes = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
	bool stands = event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT;
	if (!opens && !closes && !stands)
		return;
	p->depth -= closes;
	if (p->depth == 0 && event->type == YAML_MAPPING_START_EVENT)
		p->root_is_flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	if (p->depth == 1 && !closes)
		take_of_root(p, event);
	if (p->depth == 2 && p->inside && p->is_list && !closes)
		take_item(p, event);
	if (p->depth == 1 && !opens) {
		p->inside = p->inside && !p->is_value;
		p->is_value = !p->is_value;
	}
	p->depth += opens;
}

static bool find_place(const char *text, size_t len, place *ret)
{
	yaml_parser_t parser;
	yaml_event_t event;
	*ret = (place){.first_key = SIZE_MAX};
	if (!yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	bool more = true, ok = true;
	while (more && (ok = yaml_parser_parse(&parser, &event) != 0)) {
		more = event.type != YAML_STREAM_END_EVENT;
		take_event(ret, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return ok;
}

/* The byte where a character of the front matter begins. */
static size_t byte_of(const char *text, size_t len, size_t character)
{
	size_t at = 0;
	while (at < len && (((unsigned char)text[at] & 0xc0) == 0x80 || character-- > 0))
		at++;
	return at;
}

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
	const spi_lines *lines; /* of the whole file */
	const char *bytes;
	size_t len;
	size_t start, end;      /* the front matter, between its fences */
	const char *line_end;
	const sp_strings *more;
} addition;

static size_t place_in_file(const addition *a, size_t character)
{
	return a->start + byte_of(a->bytes + a->start, a->end - a->start, character);
}

/* The blanks before a byte on its line. */
static const char *indent_of(const addition *a, size_t at, size_t *ret_len)
{
	const char *line = a->bytes + spi_line_start(a->lines, spi_line_of(a->lines, at));
	*ret_len = strspn(line, " ");
	return line;
}

/* Where the line after the one that holds a byte begins. */
static size_t next_line(const addition *a, size_t at)
{
	return spi_line_start(a->lines, spi_line_of(a->lines, at) + 1);
}

/* Write what is added, and say where; false when the front matter gives no place for it. */
static bool compose(const addition *a, const place *p, sp_buffer *text, size_t *ret_at)
{
	size_t indent_len = 0;
	const char *indent = "";
	if (p->unusable || p->root_is_flow || p->first_key == SIZE_MAX)
		return false;
	if (p->is_flow) {
		*ret_at = place_in_file(a, p->items ? p->last_end : p->begin_end);
		add_flow(text, a->more, p->items > 0);
		return true;
	}
	if (p->is_list) {
		size_t last = place_in_file(a, p->last_end);
		bool at_start = p->ends_in_block && last > a->start && a->bytes[last - 1] == '\n';
		*ret_at = at_start ? last : next_line(a, last);
		indent = indent_of(a, place_in_file(a, p->begin), &indent_len);
		add_block(text, a->more, indent, indent_len, "", a->line_end);
		return indent[indent_len] == '-';
	}
	indent = indent_of(a, place_in_file(a, p->first_key), &indent_len);
	*ret_at = p->found ? next_line(a, place_in_file(a, p->begin)) : a->end;
	if (!p->found) {
		sp_buffer_add(text, indent, indent_len);
		sp_buffer_printf(text, "questions:%s", a->line_end);
	}
	add_block(text, a->more, indent, indent_len, "  ", a->line_end);
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
	place p;
	size_t at = 0;
	sp_article *now = NULL;
	sp_buffer text = SP_BUFFER_INIT;
	bool placed = find_place(a->bytes + a->start, a->end - a->start, &p) && compose(a, &p, &text, &at);
	if (placed) {
		sp_buffer_clear(out);
		sp_buffer_add(out, a->bytes, at);
		sp_buffer_add(out, sp_buffer_text(&text), text.len);
		sp_buffer_add(out, a->bytes + at, a->len - at);
	}
	bool is_whole = sp_buffer_ok(&text) && sp_buffer_ok(out);
	sp_buffer_release(&text);
	if (!is_whole)
		return sp_error_set(err, SP_ERR_NOMEM, old->path, 0, "not enough memory to write it");
	if (placed)
		placed = sp_article_parse(old->path, out->data, out->len, config, old->path, NULL, &now, NULL) == SP_OK &&
			is_grown(old, now, a->more);
	sp_article_free(now);
	return placed ? SP_OK : refuse(old->path, p.found ? spi_line_of(a->lines, place_in_file(a, p.begin)) : 1, err);
}

sp_status spi_questions_add(const char *path, const char *bytes, size_t len, const sp_kb_config *config,
	const sp_strings *more, sp_buffer *out, sp_error *err)
{
	sp_article *old = NULL;
	spi_lines lines;
	sp_status status = sp_article_parse(path, bytes, len, config, path, NULL, &old, err);
	if (status != SP_OK)
		return status;
	if (spi_lines_read(&lines, bytes, len, old->arena)) {
		size_t first_end = spi_line_end(&lines, 1);
		addition a = {.lines = &lines, .bytes = bytes, .len = len, .more = more,
			.start = spi_line_start(&lines, 2), .end = spi_line_start(&lines, old->body_line - 1)};
		a.line_end = sp_arena_strndup(old->arena, bytes + first_end, a.start - first_end);
		status = a.line_end ? add(old, &a, config, out, err) : SP_ERR_NOMEM;
	} else {
		status = SP_ERR_NOMEM;
	}
	sp_article_free(old);
	return status == SP_ERR_NOMEM ? sp_error_set(err, status, path, 0, "not enough memory to read it") : status;
}
