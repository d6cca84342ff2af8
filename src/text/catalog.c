#include "sportello/catalog.h"

#include "base/embed.h"
#include "sportello/buffer.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
	const char *key, *text;
} entry;

typedef struct table {
	entry *entries;
	size_t count, cap;
} table;

/* Filled once, before the first look-up returns; never changed after. */
static table tables[SP_LANG_COUNT];
static pthread_once_t loaded = PTHREAD_ONCE_INIT;

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Copy one value: `\n` is a line end, a line that goes on is joined by one blank. */
static char *unescape(const char *from, const char *end)
{
	char *text = malloc((size_t)(end - from) + 1), *out = text;
	if (!text)
		return NULL;
	while (from < end) {
		if (*from == '\\' && from + 1 < end) {
			*out++ = from[1] == 'n' ? '\n' : from[1];
			from += 2;
		} else if (*from == '\n' || *from == '\r') {
			while (from < end && (*from == '\n' || is_blank(*from)))
				from++;
			if (from < end)
				*out++ = ' ';
		} else {
			*out++ = *from++;
		}
	}
	while (out > text && is_blank(out[-1]))
		out--;
	*out = '\0';
	return text;
}

static void add_entry(table *t, const char *key, size_t key_len, const char *value, const char *value_end)
{
	if (t->count == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 256;
		entry *grown = realloc(t->entries, cap * sizeof *grown);
		if (!grown)
			return;
		t->entries = grown;
		t->cap = cap;
	}
	char *k = strndup(key, key_len), *v = unescape(value, value_end);
	if (!k || !v) {
		free(k);
		free(v);
		return;
	}
	t->entries[t->count++] = (entry){k, v};
}

/* The end of an entry's lines: lines that begin with white space go on with the one before. */
static const char *entry_end(const char *at, const char *end)
{
	for (;;) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		if (!line_end)
			return end;
		if (line_end + 1 >= end || !is_blank(line_end[1]))
			return line_end;
		at = line_end + 1;
	}
}

static void load_file(table *t, const char *at, const char *end)
{
	while (at < end) {
		const char *stop = entry_end(at, end);
		const char *equals = memchr(at, '=', (size_t)(stop - at));
		if (*at != '#' && equals && equals > at) {
			const char *key_end = equals, *value = equals + 1;
			while (key_end > at && is_blank(key_end[-1]))
				key_end--;
			while (value < stop && is_blank(*value))
				value++;
			add_entry(t, at, (size_t)(key_end - at), value, stop);
		}
		at = stop + 1;
	}
}

static int by_key(const void *a, const void *b)
{
	return strcmp(((const entry *)a)->key, ((const entry *)b)->key);
}

static void load(void)
{
	for (const spi_embedded *file = spi_embedded_texts; file->name; file++) {
		sp_lang lang = sp_lang_of(file->name, strcspn(file->name, "/"));
		if (lang != SP_LANG_NONE)
			load_file(&tables[lang], file->data, file->end);
	}
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (tables[lang].count > 0)
			qsort(tables[lang].entries, tables[lang].count, sizeof(entry), by_key);
}

static const char *look_up(sp_lang lang, const char *key)
{
	entry wanted = {key, NULL};
	const table *t = &tables[lang];
	const entry *found = t->count ? bsearch(&wanted, t->entries, t->count, sizeof(entry), by_key) : NULL;
	return found ? found->text : NULL;
}

const char *sp_catalog_find(sp_lang lang, const char *key)
{
	pthread_once(&loaded, load);
	const char *text = lang == SP_LANG_NONE ? NULL : look_up(lang, key);
	return text ? text : look_up(SP_LANG_IT, key);
}

const char *sp_catalog_text(sp_lang lang, const char *key)
{
	const char *text = sp_catalog_find(lang, key);
	return text ? text : key;
}

static const char *value_of(const sp_fill *fills, const char *name, size_t len)
{
	for (; fills && fills->name; fills++)
		if (strncmp(fills->name, name, len) == 0 && fills->name[len] == '\0')
			return fills->value ? fills->value : "";
	return NULL;
}

const char *sp_catalog_fill(sp_lang lang, const char *key, const sp_fill *fills, sp_arena *arena)
{
	const char *at = sp_catalog_text(lang, key);
	sp_buffer out = SP_BUFFER_INIT;
	while (*at) {
		const char *open = strchr(at, '{'), *close = open ? strchr(open, '}') : NULL;
		if (!close) {
			sp_buffer_add_text(&out, at);
			break;
		}
		const char *value = value_of(fills, open + 1, (size_t)(close - open - 1));
		sp_buffer_add(&out, at, (size_t)(open - at));
		if (value)
			sp_buffer_add_text(&out, value);
		else
			sp_buffer_add(&out, open, (size_t)(close + 1 - open));
		at = close + 1;
	}
	const char *text = sp_buffer_ok(&out) ? sp_arena_strndup(arena, sp_buffer_text(&out), out.len) : NULL;
	sp_buffer_release(&out);
	return text;
}

size_t sp_catalog_each(sp_lang lang, void (*visit)(const char *key, const char *text, void *arg), void *arg)
{
	pthread_once(&loaded, load);
	if (lang == SP_LANG_NONE)
		return 0;
	for (size_t i = 0; i < tables[lang].count && visit; i++)
		visit(tables[lang].entries[i].key, tables[lang].entries[i].text, arg);
	return tables[lang].count;
}
