#include "http/template.h"

#include "http/template_nodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- values ---- */

typedef enum value_kind { VALUE_OBJECT, VALUE_LIST, VALUE_TEXT, VALUE_BOOL } value_kind;

struct spi_value {
	value_kind kind;
	bool yes;
	uint32_t hash; /* of the name, for a member */
	const char *name;
	const char *text;
	size_t len;
	sp_arena *arena;
	spi_value *first, *last; /* members or items */
	spi_value *next;
};

static spi_value *value_new(sp_arena *arena, value_kind kind)
{
	spi_value *value = sp_arena_calloc(arena, 1, sizeof *value);
	if (value) {
		value->kind = kind;
		value->arena = arena;
	}
	return value;
}

static void append(spi_value *parent, spi_value *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

static spi_value *put(spi_value *object, const char *name, value_kind kind)
{
	spi_value *member = object ? value_new(object->arena, kind) : NULL;
	if (!member)
		return NULL;
	member->name = name;
	member->hash = spi_name_hash(name, strlen(name));
	append(object, member);
	return member;
}

spi_value *spi_object_new(sp_arena *arena)
{
	return value_new(arena, VALUE_OBJECT);
}

void spi_put_len(spi_value *object, const char *name, const char *text, size_t len)
{
	spi_value *member = text ? put(object, name, VALUE_TEXT) : NULL;
	if (member) {
		member->text = text;
		member->len = len;
	}
}

void spi_put_text(spi_value *object, const char *name, const char *text)
{
	if (text)
		spi_put_len(object, name, text, strlen(text));
}

void spi_put_int(spi_value *object, const char *name, int64_t number)
{
	if (object)
		spi_put_text(object, name, sp_arena_printf(object->arena, "%" PRId64, number));
}

void spi_put_bool(spi_value *object, const char *name, bool yes)
{
	spi_value *member = put(object, name, VALUE_BOOL);
	if (member)
		member->yes = yes;
}

spi_value *spi_put_object(spi_value *object, const char *name)
{
	return put(object, name, VALUE_OBJECT);
}

spi_value *spi_put_list(spi_value *object, const char *name)
{
	return put(object, name, VALUE_LIST);
}

spi_value *spi_list_add(spi_value *list)
{
	spi_value *item = list ? value_new(list->arena, VALUE_OBJECT) : NULL;
	if (item)
		append(list, item);
	return item;
}

static const spi_value *member_of(const spi_value *object, const char *name, size_t len, uint32_t hash)
{
	if (object->kind != VALUE_OBJECT)
		return NULL;
	for (const spi_value *member = object->first; member; member = member->next)
		if (member->hash == hash && strncmp(member->name, name, len) == 0 && member->name[len] == '\0')
			return member;
	return NULL;
}

const spi_value *spi_get_member(const spi_value *object, const char *name)
{
	size_t len = strlen(name);
	return object ? member_of(object, name, len, spi_name_hash(name, len)) : NULL;
}

const char *spi_get_text(const spi_value *object, const char *name)
{
	const spi_value *member = spi_get_member(object, name);
	return member && member->kind == VALUE_TEXT ? member->text : NULL;
}

static bool is_true(const spi_value *value)
{
	if (!value)
		return false;
	switch (value->kind) {
	case VALUE_OBJECT:
		return true;
	case VALUE_LIST:
		return value->first != NULL;
	case VALUE_TEXT:
		return value->len > 0;
	case VALUE_BOOL:
		return value->yes;
	}
	return false;
}

/* ---- rendering ---- */

typedef struct scope {
	const spi_value *value;
	const struct scope *outer;
} scope;

typedef struct renderer {
	const spi_templates *set;
	sp_lang lang;
	sp_buffer *out;
} renderer;

static const spi_value *find(const scope *in, const path *p)
{
	const spi_value *found = NULL;
	for (; in && !found; in = in->outer)
		found = member_of(in->value, p->parts[0].name, p->parts[0].len, p->parts[0].hash);
	for (int i = 1; i < p->count && found; i++)
		found = member_of(found, p->parts[i].name, p->parts[i].len, p->parts[i].hash);
	return found;
}

static void write_value(const renderer *r, const spi_value *value, bool raw)
{
	if (!value || value->kind != VALUE_TEXT)
		return;
	if (raw)
		sp_buffer_add(r->out, value->text, value->len);
	else
		sp_buffer_add_html(r->out, value->text, value->len);
}

static void write_phrase(const renderer *r, const phrase *words, const scope *in)
{
	for (size_t i = 0; i < words->count; i++) {
		const piece *p = &words->pieces[i];
		if (p->name.count > 0)
			write_value(r, find(in, &p->name), false);
		else
			sp_buffer_add(r->out, p->text, p->len);
	}
}

static void render_nodes(const renderer *r, size_t from, size_t to, const scope *in);

static void render_section(const renderer *r, size_t index, const scope *in)
{
	const node *n = &r->set->nodes[index];
	const spi_value *value = find(in, &n->path);
	if (n->kind == NODE_INVERTED) {
		if (!is_true(value))
			render_nodes(r, index + 1, n->end, in);
	} else if (value && value->kind == VALUE_LIST) {
		for (const spi_value *item = value->first; item; item = item->next)
			render_nodes(r, index + 1, n->end, &(scope){item, in});
	} else if (value && value->kind == VALUE_OBJECT) {
		render_nodes(r, index + 1, n->end, &(scope){value, in});
	} else if (is_true(value)) {
		render_nodes(r, index + 1, n->end, in);
	}
}

static void render_nodes(const renderer *r, size_t from, size_t to, const scope *in)
{
	for (size_t i = from; i < to;) {
		const node *n = &r->set->nodes[i];
		switch (n->kind) {
		case NODE_TEXT:
			sp_buffer_add(r->out, n->text, n->len);
			break;
		case NODE_VALUE:
			write_value(r, find(in, &n->path), n->raw);
			break;
		case NODE_CATALOG:
			write_phrase(r, &n->phrases[r->lang], in);
			break;
		case NODE_PARTIAL:
			render_nodes(r, r->set->items[n->end].first, r->set->items[n->end].end, in);
			break;
		case NODE_SECTION:
		case NODE_INVERTED:
			render_section(r, i, in);
			i = n->end;
			continue;
		}
		i++;
	}
}

sp_status spi_templates_render(const spi_templates *templates, const char *name, const spi_value *values, sp_lang lang,
	sp_buffer *out, sp_error *err)
{
	if (!values)
		return sp_error_set(err, SP_ERR_NOMEM, name, 0, "out of memory");
	for (size_t i = 0; i < templates->count; i++) {
		const template *item = &templates->items[i];
		if (strcmp(item->name, name) != 0)
			continue;
		renderer r = {templates, lang == SP_LANG_NONE ? SP_LANG_IT : lang, out};
		render_nodes(&r, item->first, item->end, &(scope){values, NULL});
		return sp_buffer_ok(out) ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, name, 0, "out of memory");
	}
	return sp_error_set(err, SP_ERR_NOT_FOUND, name, 0, "there is no such template");
}
