/* Folders of the knowledge base that cannot be read: what is in them is not gone. */
#include "publish/publisher.h"

#include "kb/scan.h"

#include <stdlib.h>
#include <string.h>

typedef struct listing {
	const spi_table *table;
	sp_arena *arena;
	sp_kb_file *closed; /* such folders, and the files that were known in them */
	size_t count, cap;
	bool ok;
} listing;

/* It is looked at like a file that cannot be read: that is told, and its last good version goes on. */
static void add(listing *l, const char *path)
{
	if (l->count == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 16;
		sp_kb_file *more = sp_arena_calloc(l->arena, cap, sizeof *more);
		if (!more) {
			l->ok = false;
			return;
		}
		if (l->count)
			memcpy(more, l->closed, l->count * sizeof *more);
		l->closed = more;
		l->cap = cap;
	}
	l->closed[l->count++] = (sp_kb_file){.path = path, .size = -1};
}

static void take(void *arg, spi_odd what, const char *path)
{
	listing *l = arg;
	size_t len = strlen(path);
	if (what != SPI_ODD_CLOSED)
		return;
	add(l, path);
	for (size_t i = 0; i < l->table->count; i++) {
		const spi_file *file = l->table->items[i];
		if (!file->is_gone && strncmp(file->path, path, len) == 0 && file->path[len] == '/')
			add(l, file->path);
	}
}

static int by_path(const void *left, const void *right)
{
	return strcmp(((const sp_kb_file *)left)->path, ((const sp_kb_file *)right)->path);
}

static bool join(const listing *l, sp_kb_files *files)
{
	sp_kb_file *all = sp_arena_calloc(l->arena, files->count + l->count, sizeof *all);
	if (!all)
		return false;
	if (files->count)
		memcpy(all, files->items, files->count * sizeof *all);
	memcpy(all + files->count, l->closed, l->count * sizeof *all);
	*files = (sp_kb_files){all, files->count + l->count};
	qsort(all, files->count, sizeof *all, by_path);
	return true;
}

sp_status spi_list_files(sp_publisher *publisher, sp_arena *arena, sp_kb_files *ret, sp_error *err)
{
	listing l = {.table = &publisher->table, .arena = arena, .ok = true};
	sp_status status = spi_scan(publisher->kb_dir, arena, false, take, &l, ret, err);
	if (status == SP_OK && l.ok && l.count > 0)
		l.ok = join(&l, ret);
	return status == SP_OK && !l.ok ? sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory") : status;
}
