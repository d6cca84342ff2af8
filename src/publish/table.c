#include "publish/table.h"

#include <stdlib.h>
#include <string.h>

#define FILE_ARENA 512

spi_file *spi_file_new(const char *path)
{
	sp_arena *arena = sp_arena_new(FILE_ARENA);
	spi_file *file = arena ? sp_arena_calloc(arena, 1, sizeof *file) : NULL;
	char *copy = file ? sp_arena_strdup(arena, path) : NULL;
	if (!copy) {
		sp_arena_free(arena);
		return NULL;
	}
	*file = (spi_file){.arena = arena, .refs = 1, .path = copy, .is_waiting = sp_kb_is_waiting(copy), .id = "", .lang = SP_LANG_NONE, .replaced_by = ""};
	return file;
}

spi_file *spi_file_ref(spi_file *file)
{
	file->refs++;
	return file;
}

void spi_file_unref(spi_file *file)
{
	if (file && --file->refs == 0)
		sp_arena_free(file->arena);
}

static bool add_strings(sp_arena *arena, const sp_strings *from, sp_strings *to)
{
	for (size_t i = 0; i < from->count; i++)
		if (!(to->items[to->count++] = sp_arena_strdup(arena, from->items[i])))
			return false;
	return true;
}

static bool describe_related(spi_file *file, const sp_article *article)
{
	size_t count = article->related.count + article->covers.articles.count;
	file->related = (sp_strings){.items = sp_arena_calloc(file->arena, count + 1, sizeof *file->related.items)};
	return file->related.items && add_strings(file->arena, &article->related, &file->related) &&
		   add_strings(file->arena, &article->covers.articles, &file->related);
}

bool spi_file_describe(spi_file *file, const sp_article *article)
{
	memcpy(file->version, article->version, sizeof file->version);
	file->id = sp_arena_strdup(file->arena, article->id);
	file->lang = article->lang;
	file->status = article->status;
	file->audience = article->audience;
	file->valid_until = article->valid_until;
	file->has_blocks = memmem(article->body, article->body_len, "[!", 2) != NULL;
	file->hidden = sp_article_hidden(article);
	file->replaced_by = sp_arena_strdup(file->arena, article->replaced_by ? article->replaced_by : "");
	return file->id && file->replaced_by && describe_related(file, article);
}

bool spi_file_break(spi_file *file, int line, const char *text)
{
	file->broken_line = line;
	file->broken = sp_arena_strdup(file->arena, text);
	return file->broken != NULL;
}

spi_file *spi_file_ghost(const spi_file *file)
{
	spi_file *ghost = spi_file_new(file->path);
	if (!ghost)
		return NULL;
	ghost->is_gone = true;
	ghost->lang = file->lang;
	ghost->put = file->put;
	ghost->put_audience = file->put_audience;
	ghost->id = sp_arena_strdup(ghost->arena, file->id);
	if (!ghost->id) {
		spi_file_unref(ghost);
		return NULL;
	}
	return ghost;
}

bool spi_table_add(spi_table *table, spi_file *file)
{
	if (table->count == table->cap) {
		size_t cap = table->cap ? table->cap + table->cap / 2 : 64;
		spi_file **items = realloc(table->items, cap * sizeof(spi_file *));
		if (!items) {
			spi_file_unref(file);
			return false;
		}
		table->items = items;
		table->cap = cap;
	}
	table->items[table->count++] = file;
	return true;
}

/* Files that are there come before ghosts of the same path. */
static int by_path(const void *a, const void *b)
{
	const spi_file *left = *(spi_file *const *)a, *right = *(spi_file *const *)b;
	int order = strcmp(left->path, right->path);
	return order ? order : left->is_gone - right->is_gone;
}

void spi_table_sort(spi_table *table)
{
	if (table->count)
		qsort(table->items, table->count, sizeof(spi_file *), by_path);
}

spi_file *spi_table_find(const spi_table *table, const char *path)
{
	size_t from = 0, to = table->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(table->items[middle]->path, path) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == table->count || strcmp(table->items[from]->path, path) != 0 || table->items[from]->is_gone)
		return NULL;
	return table->items[from];
}

void spi_table_sweep(spi_table *table)
{
	size_t kept = 0;
	for (size_t i = 0; i < table->count; i++) {
		if (table->items[i]->is_gone && !table->items[i]->put)
			spi_file_unref(table->items[i]);
		else
			table->items[kept++] = table->items[i];
	}
	table->count = kept;
}

void spi_table_release(spi_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		spi_file_unref(table->items[i]);
	free(table->items);
	*table = (spi_table){0};
}
