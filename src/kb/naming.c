#include "kb/naming.h"

#include "kb/facts.h"
#include "kb/lint/lint.h"

#include <stdlib.h>
#include <string.h>

typedef struct finder {
	const char *id;
	sp_arena *arena;
	spi_naming *items;
	size_t count, cap;
	bool failed; /* memory is out */
} finder;

static void add(finder *f, const char *path, int line)
{
	if (f->count && strcmp(f->items[f->count - 1].path, path) == 0 && f->items[f->count - 1].line == line)
		return;
	if (f->count == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 16;
		spi_naming *items = sp_arena_calloc(f->arena, cap, sizeof *items);
		if (!items) {
			f->failed = true;
			return;
		}
		if (f->count)
			memcpy(items, f->items, f->count * sizeof *items);
		f->items = items;
		f->cap = cap;
	}
	f->items[f->count++] = (spi_naming){path, line};
}

static void look_in(finder *f, const char *path, const spi_refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		if (strcmp(refs->items[i].text, f->id) == 0)
			add(f, path, refs->items[i].place.line);
}

static void look_at(finder *f, const char *path, const sp_article *article, const spi_facts *facts)
{
	if (strcmp(article->id, f->id) == 0)
		return;
	look_in(f, path, &facts->related_list);
	look_in(f, path, &facts->covers_list);
	look_in(f, path, &facts->module_list);
	if (article->replaced_by && strcmp(article->replaced_by, f->id) == 0)
		add(f, path, facts->replaced_by.line);
	look_in(f, path, &facts->outline.articles);
}

static int by_place(const void *left, const void *right)
{
	const spi_naming *a = left, *b = right;
	int order = strcmp(a->path, b->path);
	return order ? order : a->line - b->line;
}

sp_status spi_naming_find(const char *dir, const sp_kb_config *config, const char *id, sp_arena *arena, spi_naming **ret,
	size_t *ret_count, sp_error *err)
{
	sp_kb_files files = {0};
	sp_strings closed; /* as of files below: who asks tells of what cannot be read */
	finder f = {.id = id, .arena = arena};
	sp_arena *scratch = sp_arena_new(0);
	sp_status status = scratch ? sp_kb_scan_open(dir, arena, &files, &closed, err) : SP_ERR_NOMEM;
	for (size_t i = 0; status == SP_OK && i < files.count; i++) {
		const char *bytes, *path = files.items[i].path;
		size_t len;
		spi_facts *facts;
		spi_report quiet = {.config = config, .file = path};
		sp_arena_reset(scratch);
		if (sp_kb_read(dir, path, SP_ARTICLE_MAX_BYTES, scratch, &bytes, &len, NULL) != SP_OK)
			continue;
		sp_article *article = spi_article_read(path, bytes, len, config, &quiet, &facts);
		if (article)
			look_at(&f, path, article, facts);
		sp_article_free(article);
	}
	sp_arena_free(scratch);
	if (status == SP_ERR_NOMEM || f.failed)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to look for links");
	if (f.count)
		qsort(f.items, f.count, sizeof *f.items, by_place);
	*ret = f.items;
	*ret_count = f.count;
	return status;
}
