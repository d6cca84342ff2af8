#include "base/embed.h"
#include "base/file.h"
#include "http/template.h"
#include "http/template_nodes.h"
#include "sportello/catalog.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define NESTING_MAX 32
#define TEMPLATES_MAX 128
#define TEMPLATE_MAX_BYTES (1 << 20)

typedef struct compiler {
	spi_templates *set;
	template *now;
	sp_error *err;
	size_t open[NESTING_MAX];
	int depth, line;
} compiler;

static sp_status wrong(compiler *c, const char *what, const char *tag, size_t len)
{
	return sp_error_set(
		c->err, SP_ERR_INVALID, c->now->name, c->line, "%s: {{%.*s}}", what, (int)(len < 60 ? len : 60), tag);
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
		if (ret->count == SPI_PATH_MAX || stop == at)
			return false;
		ret->parts[ret->count].name = at;
		ret->parts[ret->count].len = (size_t)(stop - at);
		ret->parts[ret->count++].hash = spi_name_hash(at, (size_t)(stop - at));
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
	case '!':
		return SP_OK;
	case '#':
		return open_section(c, tag + 1, len - 1, false);
	case '^':
		return open_section(c, tag + 1, len - 1, true);
	case '/':
		return close_section(c, tag + 1, len - 1);
	case '>':
		return add_partial(c, tag + 1, len - 1);
	default:
		return add_value(c, tag, len, false);
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

static sp_status load_folder(spi_templates *set, const char *dir, sp_error *err)
{
	char *folder = sp_arena_printf(set->arena, "%s/pages", dir);
	DIR *handle = folder ? opendir(folder) : NULL;
	if (!handle)
		return sp_error_errno(err, folder ? errno : ENOMEM, folder ? folder : dir, "open the pages' folder");
	sp_status status = SP_OK;
	for (struct dirent *entry; status == SP_OK && set->count < TEMPLATES_MAX && (entry = readdir(handle));) {
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
	spi_templates *set = set_new(TEMPLATES_MAX);
	if (!set)
		return sp_error_set(err, SP_ERR_NOMEM, "pages", 0, "out of memory");
	sp_status status = SP_OK;
	if (dir)
		status = load_folder(set, dir, err);
	else
		for (const spi_embedded *file = spi_embedded_web; file->name && set->count < TEMPLATES_MAX; file++)
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
