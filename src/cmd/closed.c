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
