/* What of a knowledge base may not be read is named, and the rest goes on. */
#include "cmd/cmd.h"

#include <errno.h>
#include <unistd.h>

static bool is_closed(const char *kb, const char *path, sp_arena *arena)
{
	const char *full = sp_arena_printf(arena, "%s/%s", kb, path);
	return full && access(full, R_OK) != 0 && errno == EACCES;
}

bool spi_tell_closed(const char *kb, const char *key)
{
	sp_kb_files files = {0};
	sp_strings closed = {0};
	sp_arena *arena = sp_arena_new(0);
	bool whole = arena && sp_kb_scan_open(kb, arena, &files, &closed, NULL) == SP_OK && closed.count == 0;
	for (size_t i = 0; i < closed.count; i++)
		fprintf(stderr, "sportello: %s: %s\n", closed.items[i], spi_say(key));
	for (size_t i = 0; i < files.count; i++)
		if (is_closed(kb, files.items[i].path, arena)) {
			fprintf(stderr, "sportello: %s: %s\n", files.items[i].path, spi_say(key));
			whole = false;
		}
	sp_arena_free(arena);
	return whole;
}

static bool is_broken(const char *kb, const char *path, const sp_kb_config *config, sp_arena *arena)
{
	const char *bytes;
	size_t len;
	sp_article *article = NULL;
	sp_arena_reset(arena);
	sp_status status = sp_kb_read(kb, path, SP_ARTICLE_MAX_BYTES, arena, &bytes, &len, NULL);
	if (status != SP_OK)
		return status == SP_ERR_TOO_LARGE; /* else told above */
	bool broken = sp_article_parse(path, bytes, len, config, path, NULL, &article, NULL) == SP_ERR_INVALID;
	sp_article_free(article);
	return broken;
}

bool spi_tell_broken(const char *kb, const char *key)
{
	sp_kb_files files = {0};
	sp_strings closed;
	sp_kb_config *config = NULL;
	sp_arena *arena = sp_arena_new(0), *scratch = sp_arena_new(0);
	bool whole = arena && scratch && sp_kb_config_load(kb, NULL, &config, NULL) == SP_OK && sp_kb_scan_open(kb, arena, &files, &closed, NULL) == SP_OK;
	for (size_t i = 0; i < files.count; i++)
		if (!sp_kb_is_waiting(files.items[i].path) && is_broken(kb, files.items[i].path, config, scratch)) {
			fprintf(stderr, "sportello: %s: %s\n", files.items[i].path, spi_say(key));
			whole = false;
		}
	sp_kb_config_free(config);
	sp_arena_free(scratch);
	sp_arena_free(arena);
	return whole;
}
