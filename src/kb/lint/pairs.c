/* Which files of a folder differ from how they were. */
#include "kb/lint/since.h"

#include "kb/config.h"

#include <string.h>

/* A file's text and lines into one side of a pair; one that cannot be read has none, and differs. */
static bool load(const spi_pairs *pairs, spi_pair *pair, bool is_now)
{
	const char *path = is_now ? pair->now : pair->then;
	const char **text = is_now ? &pair->now_text : &pair->then_text;
	size_t *len = is_now ? &pair->now_len : &pair->then_len;
	size_t max = strcmp(path, SPI_CONFIG_FILE) == 0 ? SPI_CONFIG_MAX : SP_ARTICLE_MAX_BYTES;
	if (sp_kb_read(is_now ? pairs->dir : pairs->before, path, max, pairs->arena, text, len, NULL) != SP_OK) {
		*text = NULL;
		return true;
	}
	return spi_lines_read(is_now ? &pair->now_lines : &pair->then_lines, *text, *len, pairs->arena);
}

/* Whether both folders have these bytes under the name. Texts that are the same are not kept. */
static bool is_same(const spi_pairs *pairs, const sp_kb_file *now, const sp_kb_file *then, sp_arena *scratch)
{
	const char *a, *b;
	size_t a_len, b_len;
	sp_arena_reset(scratch);
	return now->size == then->size &&
		sp_kb_read(pairs->dir, now->path, SP_ARTICLE_MAX_BYTES, scratch, &a, &a_len, NULL) == SP_OK &&
		sp_kb_read(pairs->before, then->path, SP_ARTICLE_MAX_BYTES, scratch, &b, &b_len, NULL) == SP_OK && a_len == b_len &&
		memcmp(a, b, a_len) == 0;
}

static bool add(spi_pairs *pairs, const char *now, const char *then)
{
	spi_pair *pair = &pairs->items[pairs->count++];
	pair->now = now;
	pair->then = then;
	return (!now || load(pairs, pair, true)) && (!then || load(pairs, pair, false));
}

static bool pair_files(spi_pairs *pairs, const sp_kb_files *now, const sp_kb_files *then, sp_arena *scratch)
{
	size_t i = 0, j = 0;
	bool ok = true;
	while (ok && (i < now->count || j < then->count)) {
		const sp_kb_file *a = i < now->count ? &now->items[i] : NULL, *b = j < then->count ? &then->items[j] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);
		if (order || !is_same(pairs, a, b, scratch))
			ok = add(pairs, a && order <= 0 ? a->path : NULL, b && order >= 0 ? b->path : NULL);
		i += order <= 0;
		j += order >= 0;
	}
	return ok;
}

/* "it otp": the language and the id of an article's text; NULL when it cannot be told. */
static const char *identity(const spi_pairs *pairs, const char *path, const char *text, size_t len)
{
	const char *found = len > 3 ? strstr(text, "\nid:") : NULL, *end = found ? strstr(text, "\n---") : NULL;
	if (!found || !end || found > end)
		return NULL;
	found += 4;
	found += strspn(found, " \t\"'");
	return sp_arena_printf(
		pairs->arena, "%.*s %s%.*s", (int)strcspn(path, "/"), path, sp_kb_is_waiting(path) ? "waiting " : "", (int)strcspn(found, " \t\r\n\"'#"), found);
}

/* One file that went and one that came with the same identity are one. */
static bool join_renamed(spi_pairs *pairs)
{
	spi_map gone = {.arena = pairs->arena};
	for (size_t i = 0; i < pairs->count; i++) {
		spi_pair *pair = &pairs->items[i];
		const char *name = !pair->now && pair->then_text
			? identity(pairs, pair->then, pair->then_text, pair->then_len) : NULL;
		void **slot = name ? spi_map_put(&gone, name, strlen(name)) : NULL;
		if (slot)
			*slot = pair;
		else if (name)
			return false;
	}
	for (size_t i = 0; gone.count && i < pairs->count; i++) {
		spi_pair *pair = &pairs->items[i];
		const char *name = !pair->then && pair->now && pair->now_text ? identity(pairs, pair->now, pair->now_text, pair->now_len) : NULL;
		spi_pair *old = name ? spi_map_get(&gone, name, strlen(name)) : NULL;
		if (!old || !old->then || old->now)
			continue;
		pair->then = old->then;
		pair->then_text = old->then_text;
		pair->then_len = old->then_len;
		pair->then_lines = old->then_lines;
		old->then = NULL; /* nothing is left of it */
	}
	return true;
}

static bool map_pairs(spi_pairs *pairs)
{
	pairs->by_now.arena = pairs->by_then.arena = pairs->arena;
	for (size_t i = 0; i < pairs->count; i++) {
		spi_pair *pair = &pairs->items[i];
		void **now = pair->now ? spi_map_put(&pairs->by_now, pair->now, strlen(pair->now)) : NULL;
		if (now)
			*now = pair;
		void **then = pair->then ? spi_map_put(&pairs->by_then, pair->then, strlen(pair->then)) : NULL;
		if (then)
			*then = pair;
		if ((pair->now && !now) || (pair->then && !then))
			return false;
	}
	return true;
}

sp_status spi_pairs_read(spi_pairs *pairs, sp_error *err)
{
	sp_kb_files now = {0}, then = {0};
	sp_strings closed = {0};
	sp_arena *scratch = sp_arena_new(1 << 20);
	sp_status status = scratch ? sp_kb_scan_open(pairs->dir, pairs->arena, &now, &closed, err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = sp_kb_scan(pairs->before, pairs->arena, &then, err);
	if (status == SP_OK) {
		sp_kb_leave_out(&then, &closed); /* what cannot be read is not gone */
		pairs->items = sp_arena_calloc(pairs->arena, now.count + then.count + 1, sizeof *pairs->items);
		if (!pairs->items || !pair_files(pairs, &now, &then, scratch) || !add(pairs, SPI_CONFIG_FILE, SPI_CONFIG_FILE) ||
			!join_renamed(pairs) || !map_pairs(pairs))
			status = SP_ERR_NOMEM;
	}
	sp_arena_free(scratch);
	return status;
}

spi_pair *spi_pair_of(const spi_pairs *pairs, const char *path, bool is_now)
{
	return spi_map_get(is_now ? &pairs->by_now : &pairs->by_then, path, strlen(path));
}

const char *spi_pair_line(const spi_pairs *pairs, const spi_pair *pair, bool is_now, int line)
{
	const spi_lines *lines = is_now ? &pair->now_lines : &pair->then_lines;
	if (!lines->text || line < 1 || line > lines->count)
		return NULL;
	size_t start = spi_line_start(lines, line), end = spi_line_end(lines, line);
	while (start < end && strchr(" \t", lines->text[start]))
		start++;
	while (end > start && strchr(" \t", lines->text[end - 1]))
		end--;
	return sp_arena_strndup(pairs->arena, lines->text + start, end - start);
}
