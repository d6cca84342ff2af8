#include "http/template.h"

#include "base/embed.h"
#include "base/file.h"
#include "sportello/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH_MAX_PARTS 4
#define NESTING_MAX 32
#define TEMPLATE_MAX_BYTES (1 << 20)

/* ---- values ---- */

typedef enum value_kind { VALUE_OBJECT, VALUE_LIST, VALUE_TEXT, VALUE_BOOL } value_kind;

struct spi_value {
	value_kind kind;
	bool yes;
	uint32_t hash;     /* of the name, for a member */
	const char *name;
	const char *text;
	size_t len;
	sp_arena *arena;
	spi_value *first, *last; /* members or items */
	spi_value *next;
};

/* FNV-1a: names are ours, nobody chooses them to collide. */
static uint32_t name_hash(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)name[i]) * 16777619u;
	return hash;
}

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
	member->hash = name_hash(name, strlen(name));
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

const char *spi_get_text(const spi_value *object, const char *name)
{
	size_t len = strlen(name);
	const spi_value *member = object ? member_of(object, name, len, name_hash(name, len)) : NULL;
	return member && member->kind == VALUE_TEXT ? member->text : NULL;
}

static bool is_true(const spi_value *value)
{
	if (!value)
		return false;
	switch (value->kind) {
	case VALUE_OBJECT: return true;
	case VALUE_LIST: return value->first != NULL;
	case VALUE_TEXT: return value->len > 0;
	case VALUE_BOOL: return value->yes;
	}
	return false;
}

/* ---- compiled form ---- */

/* Templates are one flat list of nodes; a section knows where it ends, so that rendering is a walk with a cursor. */
typedef enum node_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION, NODE_INVERTED, NODE_PARTIAL, NODE_CATALOG } node_kind;

typedef struct path {
	struct { const char *name; size_t len; uint32_t hash; } parts[PATH_MAX_PARTS];
	int count;
} path;

/* A catalogue text cut at its placeholders: pieces of text and names in turn. */
typedef struct piece {
	const char *text;
	size_t len;
	path name; /* count 0: a text */
} piece;

typedef struct phrase { piece *pieces; size_t count; } phrase;

typedef struct node {
	node_kind kind;
	bool raw;
	size_t end;      /* section: index of the node behind it; partial: index of the template */
	const char *text;
	size_t len;
	int line;
	path path;
	phrase phrases[SP_LANG_COUNT];
} node;

typedef struct template {
	const char *name, *source;
	size_t first, end;
	int visit; /* while looking for circles: 0 not seen, 1 on the way, 2 done */
} template;

struct spi_templates {
	sp_arena *arena;
	template *items;
	size_t count;
	node *nodes;
	size_t nodes_count, nodes_cap;
};

typedef struct compiler {
	spi_templates *set;
	template *now;
	sp_error *err;
	size_t open[NESTING_MAX];
	int depth, line;
} compiler;

static sp_status wrong(compiler *c, const char *what, const char *tag, size_t len)
{
	return sp_error_set(c->err, SP_ERR_INVALID, c->now->name, c->line, "%s: {{%.*s}}", what, (int)(len < 60 ? len : 60), tag);
}

static node *add_node(compiler *c, node_kind kind)
{
	spi_templates *set = c->set;
	if (set->nodes_count == set->nodes_cap) {
		size_t cap = set->nodes_cap ? set->nodes_cap * 2 : 512;
		node *grown = sp_arena_calloc(set->arena, cap, sizeof *grown);
		if (!grown)
			return NULL;
		if (set->nodes_count > 0)
			memcpy(grown, set->nodes, set->nodes_count * sizeof *grown);
		set->nodes = grown;
		set->nodes_cap = cap;
	}
	node *made = &set->nodes[set->nodes_count++];
	made->kind = kind;
	made->line = c->line;
	return made;
}

static bool is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-.", text[i]))
			return false;
	return len > 0;
}

static bool read_path(const char *name, size_t len, path *ret)
{
	*ret = (path){0};
	if (!is_name(name, len))
		return false;
	for (const char *at = name, *end = name + len; at <= end;) {
		const char *dot = memchr(at, '.', (size_t)(end - at));
		const char *stop = dot ? dot : end;
		if (ret->count == PATH_MAX_PARTS || stop == at)
			return false;
		ret->parts[ret->count].name = at;
		ret->parts[ret->count].len = (size_t)(stop - at);
		ret->parts[ret->count++].hash = name_hash(at, (size_t)(stop - at));
		at = stop + 1;
	}
	return true;
}

static const char *escaped(sp_arena *arena, const char *text, size_t len, size_t *ret_len)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_buffer_add_html(&out, text, len);
	const char *copy = sp_buffer_ok(&out) ? sp_arena_strndup(arena, sp_buffer_text(&out), out.len) : NULL;
	*ret_len = out.len;
	sp_buffer_release(&out);
	return copy;
}

static bool add_piece(spi_templates *set, phrase *to, const char *text, size_t len, bool raw)
{
	piece *made = &to->pieces[to->count];
	*made = (piece){.text = text, .len = len};
	if (!raw)
		made->text = escaped(set->arena, text, len, &made->len);
	to->count++;
	return made->text != NULL;
}

/* A brace pair that holds no name is text as it stands. */
static bool cut_phrase(spi_templates *set, const char *text, bool raw, phrase *ret)
{
	size_t braces = 0;
	for (const char *at = text; (at = strchr(at, '{')); at++)
		braces++;
	ret->pieces = sp_arena_calloc(set->arena, 2 * braces + 1, sizeof *ret->pieces);
	if (!ret->pieces)
		return false;
	const char *from = text;
	for (const char *at = text; (at = strchr(at, '{'));) {
		const char *close = strchr(at, '}');
		piece named = {0};
		if (!close || !read_path(at + 1, (size_t)(close - at - 1), &named.name)) {
			at++;
			continue;
		}
		if (at > from && !add_piece(set, ret, from, (size_t)(at - from), raw))
			return false;
		ret->pieces[ret->count++] = named;
		from = at = close + 1;
	}
	return *from ? add_piece(set, ret, from, strlen(from), raw) : true;
}

static sp_status add_catalog(compiler *c, const char *key, size_t len, bool raw)
{
	char *name = sp_arena_strndup(c->set->arena, key, len);
	node *made = name ? add_node(c, NODE_CATALOG) : NULL;
	if (!made)
		return SP_ERR_NOMEM;
	if (!sp_catalog_find(SP_LANG_IT, name))
		return wrong(c, "the catalogue (web/texts) has no such text", key, len);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (!cut_phrase(c->set, sp_catalog_text((sp_lang)lang, name), raw, &made->phrases[lang]))
			return SP_ERR_NOMEM;
	return SP_OK;
}

static sp_status add_text(compiler *c, const char *from, const char *to)
{
	if (from == to)
		return SP_OK;
	node *made = add_node(c, NODE_TEXT);
	if (!made)
		return SP_ERR_NOMEM;
	made->text = from;
	made->len = (size_t)(to - from);
	for (; from < to; from++)
		c->line += *from == '\n';
	return SP_OK;
}

static sp_status add_partial(compiler *c, const char *name, size_t len)
{
	for (size_t i = 0; i < c->set->count; i++) {
		if (strncmp(c->set->items[i].name, name, len) != 0 || c->set->items[i].name[len] != '\0')
			continue;
		node *made = add_node(c, NODE_PARTIAL);
		if (!made)
			return SP_ERR_NOMEM;
		made->end = i;
		return SP_OK;
	}
	return wrong(c, "there is no such template", name, len);
}

static sp_status close_section(compiler *c, const char *name, size_t len)
{
	const node *open = c->depth > 0 ? &c->set->nodes[c->open[c->depth - 1]] : NULL;
	if (!open || open->len != len || strncmp(open->text, name, len) != 0)
		return wrong(c, "this does not close the section that is open", name, len);
	c->set->nodes[c->open[--c->depth]].end = c->set->nodes_count;
	return SP_OK;
}

static sp_status open_section(compiler *c, const char *name, size_t len, bool inverted)
{
	node *made = add_node(c, inverted ? NODE_INVERTED : NODE_SECTION);
	if (!made)
		return SP_ERR_NOMEM;
	if (!read_path(name, len, &made->path))
		return wrong(c, "not a name", name, len);
	if (c->depth == NESTING_MAX)
		return wrong(c, "sections nested too deep", name, len);
	made->text = name;
	made->len = len;
	c->open[c->depth++] = c->set->nodes_count - 1;
	return SP_OK;
}

static sp_status add_value(compiler *c, const char *name, size_t len, bool raw)
{
	if (len > 2 && strncmp(name, "t.", 2) == 0)
		return add_catalog(c, name + 2, len - 2, raw);
	node *made = add_node(c, NODE_VALUE);
	if (!made)
		return SP_ERR_NOMEM;
	made->raw = raw;
	return read_path(name, len, &made->path) ? SP_OK : wrong(c, "not a name", name, len);
}

static sp_status add_tag(compiler *c, const char *tag, size_t len, bool raw)
{
	if (raw)
		return add_value(c, tag, len, true);
	switch (len > 0 ? tag[0] : '\0') {
	case '!': return SP_OK;
	case '#': return open_section(c, tag + 1, len - 1, false);
	case '^': return open_section(c, tag + 1, len - 1, true);
	case '/': return close_section(c, tag + 1, len - 1);
	case '>': return add_partial(c, tag + 1, len - 1);
	default: return add_value(c, tag, len, false);
	}
}

static sp_status compile_one(compiler *c)
{
	const char *at = c->now->source;
	c->line = 1;
	c->depth = 0;
	c->now->first = c->set->nodes_count;
	for (;;) {
		const char *open = strstr(at, "{{");
		sp_status status = add_text(c, at, open ? open : at + strlen(at));
		if (status != SP_OK || !open)
			break;
		bool raw = open[2] == '{';
		const char *tag = open + (raw ? 3 : 2), *close = strstr(tag, raw ? "}}}" : "}}");
		if (!close)
			return wrong(c, "a tag that does not end", tag, strcspn(tag, "\n"));
		status = add_tag(c, tag, (size_t)(close - tag), raw);
		if (status != SP_OK)
			return status;
		for (; open < close; open++)
			c->line += *open == '\n';
		at = close + (raw ? 3 : 2);
	}
	c->now->end = c->set->nodes_count;
	if (c->depth > 0) {
		const node *left = &c->set->nodes[c->open[c->depth - 1]];
		c->line = left->line;
		return wrong(c, "this section is not closed", left->text, left->len);
	}
	return SP_OK;
}

/* Templates that hold each other would never end. */
static sp_status find_circle(compiler *c, template *item)
{
	if (item->visit == 2)
		return SP_OK;
	if (item->visit == 1)
		return sp_error_set(c->err, SP_ERR_INVALID, item->name, 0, "this template holds itself");
	item->visit = 1;
	for (size_t i = item->first; i < item->end; i++) {
		const node *n = &c->set->nodes[i];
		sp_status status = n->kind == NODE_PARTIAL ? find_circle(c, &c->set->items[n->end]) : SP_OK;
		if (status != SP_OK)
			return status;
	}
	item->visit = 2;
	return SP_OK;
}

static sp_status compile_all(spi_templates *set, sp_error *err)
{
	compiler c = {.set = set, .err = err};
	sp_status status = SP_OK;
	for (size_t i = 0; i < set->count && status == SP_OK; i++) {
		c.now = &set->items[i];
		status = compile_one(&c);
	}
	for (size_t i = 0; i < set->count && status == SP_OK; i++)
		status = find_circle(&c, &set->items[i]);
	return status == SP_ERR_NOMEM ? sp_error_set(err, status, "pages", 0, "out of memory") : status;
}

/* ---- loading ---- */

static spi_templates *set_new(size_t cap)
{
	sp_arena *arena = sp_arena_new(64 * 1024);
	spi_templates *set = arena ? sp_arena_calloc(arena, 1, sizeof *set) : NULL;
	template *items = set ? sp_arena_calloc(arena, cap, sizeof *items) : NULL;
	if (!items) {
		sp_arena_free(arena);
		return NULL;
	}
	set->arena = arena;
	set->items = items;
	return set;
}

static bool add_template(spi_templates *set, const char *name, size_t name_len, const char *source)
{
	template *item = &set->items[set->count];
	item->name = sp_arena_strndup(set->arena, name, name_len);
	item->source = source;
	if (!item->name || !source)
		return false;
	set->count++;
	return true;
}

static sp_status finish(spi_templates *set, sp_status status, spi_templates **ret, sp_error *err)
{
	if (status == SP_OK)
		status = compile_all(set, err);
	if (status == SP_OK)
		*ret = set;
	else
		spi_templates_free(set);
	return status;
}

sp_status spi_templates_compile(const char *const (*sources)[2], spi_templates **ret, sp_error *err)
{
	size_t count = 0;
	while (sources[count][0])
		count++;
	spi_templates *set = set_new(count + 1);
	sp_status status = set ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, "pages", 0, "out of memory");
	for (size_t i = 0; i < count && status == SP_OK; i++)
		if (!add_template(set, sources[i][0], strlen(sources[i][0]), sp_arena_strdup(set->arena, sources[i][1])))
			status = sp_error_set(err, SP_ERR_NOMEM, "pages", 0, "out of memory");
	return finish(set, status, ret, err);
}

/* Length of the template's name in "home.html"; 0 when it is no template. */
static size_t stem_len(const char *file)
{
	size_t len = strlen(file);
	return len > 5 && file[0] != '.' && strcmp(file + len - 5, ".html") == 0 ? len - 5 : 0;
}

static sp_status load_folder(spi_templates *set, size_t cap, const char *dir, sp_error *err)
{
	char *folder = sp_arena_printf(set->arena, "%s/pages", dir);
	DIR *handle = folder ? opendir(folder) : NULL;
	if (!handle)
		return sp_error_errno(err, folder ? errno : ENOMEM, folder ? folder : dir, "open the pages' folder");
	sp_status status = SP_OK;
	for (struct dirent *entry; status == SP_OK && set->count < cap && (entry = readdir(handle));) {
		size_t len = stem_len(entry->d_name), bytes = 0;
		const char *source = NULL;
		if (len == 0)
			continue;
		char *file = sp_arena_printf(set->arena, "%s/%s", folder, entry->d_name);
		status = file ? spi_file_read(file, TEMPLATE_MAX_BYTES, set->arena, &source, &bytes, err) : SP_ERR_NOMEM;
		if (status == SP_OK && !add_template(set, entry->d_name, len, source))
			status = SP_ERR_NOMEM;
	}
	closedir(handle);
	return status;
}

sp_status spi_templates_load(const char *dir, spi_templates **ret, sp_error *err)
{
	const size_t cap = 128;
	spi_templates *set = set_new(cap);
	if (!set)
		return sp_error_set(err, SP_ERR_NOMEM, "pages", 0, "out of memory");
	sp_status status = SP_OK;
	if (dir)
		status = load_folder(set, cap, dir, err);
	else
		for (const spi_embedded *file = spi_embedded_web; file->name && set->count < cap; file++)
			if (strncmp(file->name, "pages/", 6) == 0 && stem_len(file->name + 6) > 0 &&
				!add_template(set, file->name + 6, stem_len(file->name + 6), file->data))
				status = sp_error_set(err, SP_ERR_NOMEM, "pages", 0, "out of memory");
	return finish(set, status, ret, err);
}

void spi_templates_free(spi_templates *templates)
{
	if (templates)
		sp_arena_free(templates->arena);
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
		case NODE_TEXT: sp_buffer_add(r->out, n->text, n->len); break;
		case NODE_VALUE: write_value(r, find(in, &n->path), n->raw); break;
		case NODE_CATALOG: write_phrase(r, &n->phrases[r->lang], in); break;
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
