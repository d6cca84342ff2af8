/* The folder as it will be when all edits that wait are published. */
#include "base/file.h"
#include "kb/config.h"
#include "kb/front.h"
#include "sportello/life.h"

#include <string.h>

typedef struct laying {
	const char *from, *to;
	sp_arena *arena; /* for one file */
	sp_error *err;
} laying;

static sp_status write_file(const laying *l, const char *path, const char *bytes, size_t len)
{
	char *full = sp_arena_printf(l->arena, "%s/%s", l->to, path), *slash = full ? strrchr(full, '/') : NULL;
	if (!slash)
		return sp_error_set(l->err, SP_ERR_NOMEM, path, 0, "out of memory");
	*slash = '\0';
	sp_status status = spi_mkdirs(full, l->err);
	*slash = '/';
	return status == SP_OK ? spi_file_write(full, bytes, len, l->err) : status;
}

/* One that cannot be read is not there for an index either. */
static sp_status copy_as(const laying *l, const char *path, const char *as)
{
	const spi_front_edit edit = {.key = "status", .value = "published"};
	const char *bytes, *text;
	size_t len, text_len;
	size_t max = strcmp(path, SPI_CONFIG_FILE) == 0 ? SPI_CONFIG_MAX : SP_ARTICLE_MAX_BYTES;
	if (sp_kb_read(l->from, path, max, l->arena, &bytes, &len, NULL) != SP_OK)
		return SP_OK;
	if (strcmp(path, as) == 0)
		return write_file(l, path, bytes, len);
	sp_status status = spi_front_set(path, bytes, len, &edit, 1, l->arena, &text, &text_len, l->err);
	return status == SP_OK ? write_file(l, as, text, text_len) : status;
}

static bool has(const sp_kb_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->items[i].path, path) == 0)
			return true;
	return false;
}

static sp_status lay(laying *l, const sp_kb_files *files, size_t *ret_count)
{
	sp_status status = copy_as(l, SPI_CONFIG_FILE, SPI_CONFIG_FILE);
	for (size_t i = 0; status == SP_OK && i < files->count; i++) {
		const char *path = files->items[i].path;
		sp_arena_reset(l->arena);
		char *other = sp_kb_waiting_other(path, l->arena);
		bool waits = sp_kb_is_waiting(path);
		if (!other)
			return sp_error_set(l->err, SP_ERR_NOMEM, path, 0, "out of memory");
		*ret_count += waits;
		if (waits || !has(files, other))
			status = copy_as(l, path, waits ? other : path);
	}
	return status;
}

sp_status sp_life_lay_ahead(const char *dir, const char *to, size_t *ret_count, sp_error *err)
{
	sp_kb_files files = {0};
	sp_strings closed; /* missing on both sides */
	sp_arena *list = sp_arena_new(0);
	laying l = {.from = dir, .to = to, .arena = sp_arena_new(1 << 16), .err = err};
	*ret_count = 0;
	sp_status status = list && l.arena ? spi_remove_tree(to, err) : sp_error_set(err, SP_ERR_NOMEM, dir, 0, "out of memory");
	if (status == SP_OK)
		status = sp_kb_scan_open(dir, list, &files, &closed, err);
	if (status == SP_OK)
		status = lay(&l, &files, ret_count);
	sp_arena_free(l.arena);
	sp_arena_free(list);
	return status;
}
