#include "kb/yaml.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

typedef struct frame {
	spi_yaml *node, *last;
	const char *key; /* waiting for its value */
	spi_place key_place;
} frame;

typedef struct builder {
	yaml_parser_t parser;
	sp_arena *arena;
	spi_report *report;
	frame frames[SPI_YAML_DEPTH_MAX];
	int depth;
	size_t nodes;
	int first_line;
	spi_yaml *root;
} builder;

static spi_place place_of(const builder *b, const yaml_mark_t *mark)
{
	return (spi_place){b->first_line + (int)mark->line, (int)mark->column + 1};
}

static bool refuse(builder *b, spi_rule rule, const yaml_mark_t *mark, const char *variant)
{
	spi_report_add(b->report, rule, place_of(b, mark), variant, NULL);
	return false;
}

/* Refuses keys that are no text, and notes those that come twice (the first one counts). */
static bool take_key(builder *b, const yaml_event_t *event)
{
	frame *top = &b->frames[b->depth - 1];
	if (event->type != YAML_SCALAR_EVENT)
		return refuse(b, SPI_RULE_YAML_SYNTAX, &event->start_mark, "key");
	top->key = sp_arena_strndup(b->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
	top->key_place = place_of(b, &event->start_mark);
	for (const spi_yaml *child = top->node->first; top->key && child; child = child->next) {
		if (strcmp(child->key, top->key) == 0)
			SPI_REPORT(b->report, SPI_RULE_DUPLICATE_KEY, top->key_place, NULL, {"key", top->key});
	}
	return top->key;
}

static bool is_nothing(const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		(!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static spi_yaml *new_node(builder *b, const yaml_event_t *event)
{
	spi_yaml *node = sp_arena_calloc(b->arena, 1, sizeof *node);
	if (!node)
		return NULL;
	node->place = place_of(b, &event->start_mark);
	if (event->type == YAML_SCALAR_EVENT) {
		node->kind = SPI_YAML_SCALAR;
		node->text = sp_arena_strndup(b->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
		node->len = node->text ? strlen(node->text) : 0;
		node->is_null = is_nothing(event);
		return node->text ? node : NULL;
	}
	node->kind = event->type == YAML_MAPPING_START_EVENT ? SPI_YAML_MAP : SPI_YAML_LIST;
	node->is_flow = node->kind == SPI_YAML_MAP ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
											   : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	return node;
}

static void append(frame *parent, spi_yaml *node)
{
	node->key = parent->key;
	node->key_place = parent->key_place;
	parent->key = NULL;
	if (parent->last)
		parent->last->next = node;
	else
		parent->node->first = node;
	parent->last = node;
	parent->node->count++;
}

static bool has_anchor(const yaml_event_t *event)
{
	return (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
		(event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
		(event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

static bool take_value(builder *b, const yaml_event_t *event)
{
	frame *top = b->depth ? &b->frames[b->depth - 1] : NULL;
	if (event->type == YAML_ALIAS_EVENT || has_anchor(event))
		return refuse(b, SPI_RULE_YAML_ALIAS, &event->start_mark, NULL);
	if (top && top->node->kind == SPI_YAML_MAP && !top->key)
		return take_key(b, event);
	bool is_scalar = event->type == YAML_SCALAR_EVENT;
	if ((!is_scalar && b->depth == SPI_YAML_DEPTH_MAX) || ++b->nodes > SPI_YAML_NODES_MAX ||
		(top && top->node->count == SPI_YAML_CHILDREN_MAX))
		return refuse(b, SPI_RULE_YAML_LIMIT, &event->start_mark, NULL);
	spi_yaml *node = new_node(b, event);
	if (!node)
		return false;
	if (top)
		append(top, node);
	else
		b->root = node;
	if (!is_scalar)
		b->frames[b->depth++] = (frame){.node = node};
	return true;
}

/* Bytes that YAML does not take come with an offset instead of a line. */
static spi_place place_of_byte(const builder *b, const char *text, size_t len, size_t offset)
{
	spi_place place = {b->first_line, 1};
	for (size_t i = 0; i < offset && i < len; i++) {
		if (text[i] == '\n')
			place = (spi_place){place.line + 1, 1};
		else if (((unsigned char)text[i] & 0xc0) != 0x80)
			place.column++;
	}
	return place;
}

/* Editors' programs put tabs where YAML takes blanks alone; libyaml's words for it help nobody. */
static bool is_indented_by_tab(const char *text, size_t len, size_t line)
{
	size_t at = 0;
	for (; line > 0 && at < len; at++)
		line -= text[at] == '\n';
	while (at < len && text[at] == ' ')
		at++;
	return at < len && text[at] == '\t';
}

static void report_syntax(builder *b, const char *text, size_t len)
{
	const yaml_parser_t *parser = &b->parser;
	if (parser->error == YAML_MEMORY_ERROR)
		return;
	spi_place place = parser->error == YAML_READER_ERROR ? place_of_byte(b, text, len, parser->problem_offset)
														 : place_of(b, &parser->problem_mark);
	const char *what = is_indented_by_tab(text, len, parser->problem_mark.line) ? "tab" : NULL;
	SPI_REPORT(b->report, SPI_RULE_YAML_SYNTAX, place, what, {"problem", parser->problem ? parser->problem : "?"});
}

/* Handle one event; false ends the reading. */
static bool take_event(builder *b, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return !b->root || refuse(b, SPI_RULE_YAML_SYNTAX, &event->start_mark, "document");
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return true;
	case YAML_ALIAS_EVENT:
	case YAML_SCALAR_EVENT:
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return take_value(b, event);
	default:
		return true;
	}
}

static bool build(builder *b, const char *text, size_t len)
{
	for (bool more = true; more;) {
		yaml_event_t event;
		if (!yaml_parser_parse(&b->parser, &event)) {
			report_syntax(b, text, len);
			return false;
		}
		more = event.type != YAML_STREAM_END_EVENT;
		bool ok = take_event(b, &event);
		yaml_event_delete(&event);
		if (!ok)
			return false;
	}
	return true;
}

spi_yaml *spi_yaml_read(const char *text, size_t len, int first_line, sp_arena *arena, spi_report *report)
{
	builder b = {.arena = arena, .report = report, .first_line = first_line};
	static const char mark[] = "\xEF\xBB\xBF"; /* editors of Windows put it in front; told that it is UTF-8, libyaml does not expect it */
	if (len >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0) {
		text += sizeof mark - 1;
		len -= sizeof mark - 1;
	}
	if (!yaml_parser_initialize(&b.parser))
		return NULL;
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)text, len);
	bool ok = build(&b, text, len);
	yaml_parser_delete(&b.parser);
	if (!ok)
		return NULL;
	if (!b.root || (b.root->kind == SPI_YAML_SCALAR && b.root->is_null)) {
		b.root = sp_arena_calloc(arena, 1, sizeof *b.root);
		if (b.root)
			*b.root = (spi_yaml){.kind = SPI_YAML_MAP, .place = {first_line, 1}};
	}
	if (b.root && b.root->kind != SPI_YAML_MAP) {
		spi_report_add(report, SPI_RULE_YAML_SYNTAX, b.root->place, "root", NULL);
		return NULL;
	}
	return b.root;
}

spi_yaml *spi_yaml_get(const spi_yaml *map, const char *key)
{
	for (spi_yaml *child = map ? map->first : NULL; child; child = child->next) {
		if (child->key && strcmp(child->key, key) == 0)
			return child->kind == SPI_YAML_SCALAR && child->is_null ? NULL : child;
	}
	return NULL;
}
