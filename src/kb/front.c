#include "kb/front.h"

#include "kb/facts.h"
#include "kb/write.h"

#include <string.h>
#include <yaml.h>

/* ---- finding a field ---- */

/* Places are counted in characters here, as libyaml counts them. */
typedef struct finder {
	const char *wanted;
	int depth;     /* of the event that is read: 0 = the root */
	bool is_value; /* the next node of the root is a value */
	bool inside;   /* of the value that is wanted */
	spi_front_field field;
} finder;

/* Anchors and tags would be lost, or be of the new text. */
static bool has_more(const yaml_event_t *event)
{
	return event->type == YAML_ALIAS_EVENT || event->type == YAML_MAPPING_START_EVENT ||
		(event->type == YAML_SCALAR_EVENT && (event->data.scalar.anchor || event->data.scalar.tag)) ||
		(event->type == YAML_SEQUENCE_START_EVENT && (event->data.sequence_start.anchor || event->data.sequence_start.tag));
}

static bool is_block(const yaml_event_t *event)
{
	return event->type == YAML_SCALAR_EVENT &&
		(event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE || event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE);
}

static char quote_of(const yaml_event_t *event)
{
	if (event->type != YAML_SCALAR_EVENT)
		return 0;
	yaml_scalar_style_t style = event->data.scalar.style;
	return style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? '"' : style == YAML_SINGLE_QUOTED_SCALAR_STYLE ? '\'' : 0;
}

static void open_value(spi_front_field *f, const yaml_event_t *event)
{
	f->found = true;
	f->begin = event->start_mark.index;
	f->begin_end = f->last_end = event->end_mark.index;
	f->is_list = event->type == YAML_SEQUENCE_START_EVENT;
	f->is_flow = f->is_list && event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	f->is_empty = event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
		event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	f->quote = quote_of(event);
	f->in_block = is_block(event);
	f->odd |= has_more(event);
}

static void take_item(spi_front_field *f, const yaml_event_t *event)
{
	f->items++;
	f->last_end = event->end_mark.index;
	f->in_block = is_block(event);
	f->odd |= event->type != YAML_SCALAR_EVENT;
}

/* A node of the root map begins: a key or its value. */
static void take_of_root(finder *s, const yaml_event_t *event)
{
	spi_front_field *f = &s->field;
	size_t len = strlen(s->wanted);
	if (s->is_value) {
		if (s->inside)
			open_value(f, event);
		return;
	}
	if (f->first_key == SIZE_MAX)
		f->first_key = event->start_mark.index;
	s->inside = event->type == YAML_SCALAR_EVENT && !f->found && event->data.scalar.length == len &&
		memcmp(event->data.scalar.value, s->wanted, len) == 0;
	if (s->inside)
		f->key = event->start_mark.index;
}

static void take_event(finder *s, const yaml_event_t *event)
{
	bool opens = event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
	bool closes = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
	bool stands = event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT;
	if (!opens && !closes && !stands)
		return;
	s->depth -= closes;
	if (s->depth == 0 && event->type == YAML_MAPPING_START_EVENT)
		s->field.odd |= event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	if (s->depth == 1 && !closes)
		take_of_root(s, event);
	if (s->depth == 2 && s->inside && s->field.is_list && !closes)
		take_item(&s->field, event);
	if (s->depth == 1 && !opens) {
		s->inside = s->inside && !s->is_value;
		s->is_value = !s->is_value;
	}
	s->depth += opens;
}

static bool read_events(finder *s, const char *text, size_t len)
{
	yaml_parser_t parser;
	yaml_event_t event;
	if (!yaml_parser_initialize(&parser))
		return false;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	bool more = true, ok = true;
	while (more && (ok = yaml_parser_parse(&parser, &event) != 0)) {
		more = event.type != YAML_STREAM_END_EVENT;
		take_event(s, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return ok;
}

/* The byte of the file where a character of the front matter begins. */
static size_t byte_of(const spi_front *front, size_t character)
{
	size_t at = front->start;
	while (at < front->end && (((unsigned char)front->bytes[at] & 0xc0) == 0x80 || character-- > 0))
		at++;
	return at;
}

bool spi_front_find(const spi_front *front, const char *key, spi_front_field *ret)
{
	finder s = {.wanted = key, .field.first_key = SIZE_MAX};
	if (!read_events(&s, front->bytes + front->start, front->end - front->start))
		return false;
	*ret = s.field;
	ret->odd |= ret->first_key == SIZE_MAX;
	size_t *const places[] = {&ret->first_key, &ret->key, &ret->begin, &ret->begin_end, &ret->last_end};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		*places[i] = *places[i] == SIZE_MAX ? SIZE_MAX : byte_of(front, *places[i]);
	return true;
}

/* ---- the file around it ---- */

bool spi_front_open(spi_front *front, const char *bytes, size_t len, sp_arena *arena)
{
	spi_report quiet = {0};
	*front = (spi_front){.bytes = bytes, .len = len};
	if (!spi_lines_read(&front->lines, bytes, len, arena))
		return false;
	int fence = spi_front_matter_end(&front->lines, &quiet);
	size_t first_end = spi_line_end(&front->lines, 1);
	front->start = spi_line_start(&front->lines, 2);
	front->end = fence ? spi_line_start(&front->lines, fence) : front->start;
	front->line_end = sp_arena_strndup(arena, bytes + first_end, front->start - first_end);
	return fence && front->line_end;
}

size_t spi_front_behind(const spi_front *front, const spi_front_field *field)
{
	size_t last = field->last_end;
	if (field->in_block && last > front->start && front->bytes[last - 1] == '\n')
		return last;
	return spi_line_start(&front->lines, spi_line_of(&front->lines, last) + 1);
}

const char *spi_front_indent(const spi_front *front, size_t at, size_t *ret_len)
{
	const char *line = front->bytes + spi_line_start(&front->lines, spi_line_of(&front->lines, at));
	*ret_len = strspn(line, " ");
	return line;
}

/* ---- setting one ---- */

static void write_value(sp_buffer *out, const char *value, char quote)
{
	size_t start = out->len;
	if (!quote && sp_date_parse(value, strlen(value))) { /* a date needs none */
		sp_buffer_add_text(out, value);
		return;
	}
	if (quote != '\'') {
		spi_yaml_write(out, value);
		if (quote && sp_buffer_ok(out) && out->data[start] != '"') {
			out->len = start; /* a plain one has nothing to escape */
			sp_buffer_printf(out, "\"%s\"", value);
		}
		return;
	}
	sp_buffer_add_char(out, '\'');
	for (; *value; value++)
		sp_buffer_add(out, *value == '\'' ? "''" : value, *value == '\'' ? 2 : 1);
	sp_buffer_add_char(out, '\'');
}

/* Where the root's keys stand. */
static void write_new(const spi_front *front, const spi_front_field *field, const spi_front_edit *edit, sp_buffer *out)
{
	size_t indent_len;
	const char *indent = spi_front_indent(front, field->first_key, &indent_len);
	sp_buffer_add(out, indent, indent_len);
	sp_buffer_printf(out, "%s: ", edit->key);
	write_value(out, edit->value, 0);
	sp_buffer_add_text(out, front->line_end);
}

/* What takes the place of the bytes from..to; false when that cannot be done safely. */
static bool compose(const spi_front *front, const spi_front_edit *edit, sp_buffer *text, size_t *ret_from, size_t *ret_to, int *ret_line)
{
	spi_front_field field, before;
	if (!spi_front_find(front, edit->key, &field))
		return false;
	*ret_line = field.found ? spi_line_of(&front->lines, field.key) : 1;
	*ret_from = *ret_to = front->end;
	if (field.odd || (field.found && edit->value && (field.is_list || field.in_block)))
		return false;
	if (!field.found) {
		if (edit->value && edit->after && spi_front_find(front, edit->after, &before) && before.found && !before.odd)
			*ret_from = *ret_to = spi_front_behind(front, &before);
		if (edit->value)
			write_new(front, &field, edit, text);
		return true;
	}
	*ret_from = edit->value ? field.begin : spi_line_start(&front->lines, *ret_line);
	*ret_to = edit->value ? field.last_end : spi_front_behind(front, &field);
	if (edit->value && field.is_empty)
		sp_buffer_add_char(text, ' ');
	if (edit->value)
		write_value(text, edit->value, field.quote);
	return true;
}

static sp_status set_one(const char *path, const spi_front *front, const spi_front_edit *edit, sp_arena *arena, const char **ret,
	size_t *ret_len, sp_error *err)
{
	size_t from, to;
	int line = 1;
	sp_buffer out = SP_BUFFER_INIT;
	sp_buffer text = SP_BUFFER_INIT;
	bool placed = compose(front, edit, &text, &from, &to, &line);
	if (placed) {
		sp_buffer_add(&out, front->bytes, from);
		sp_buffer_add(&out, sp_buffer_text(&text), text.len);
		sp_buffer_add(&out, front->bytes + to, front->len - to);
	}
	bool ok = sp_buffer_ok(&text) && sp_buffer_ok(&out);
	*ret = ok && placed ? sp_arena_strndup(arena, sp_buffer_text(&out), out.len) : NULL;
	*ret_len = out.len;
	sp_buffer_release(&text);
	sp_buffer_release(&out);
	if (*ret)
		return SP_OK;
	return placed ? sp_error_set(err, SP_ERR_NOMEM, path, 0, "not enough memory to write it")
				  : sp_error_set(err, SP_ERR_UNSUPPORTED, path, line,
						"\"%s\" is written in a way that cannot be changed safely; write it as one line, \"%s: value\"", edit->key,
						edit->key);
}

sp_status spi_front_set(const char *path, const char *bytes, size_t len, const spi_front_edit *edits, size_t count, sp_arena *arena,
	const char **ret, size_t *ret_len, sp_error *err)
{
	spi_front front;
	sp_status status = SP_OK;
	*ret = bytes;
	*ret_len = len;
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		if (!spi_front_open(&front, *ret, *ret_len, arena))
			return sp_error_set(err, SP_ERR_INVALID, path, 1, "has no front matter");
		status = set_one(path, &front, &edits[i], arena, ret, ret_len, err);
	}
	return status;
}
