/* Every text that was ever published, by its SHA-256: versions/xx/<sha256>. The first line is the path that it had, the
   rest its bytes. */
#ifndef PUBLISH_VERSIONS_H
#define PUBLISH_VERSIONS_H

#include "sportello/arena.h"
#include "sportello/status.h"

#include <stdbool.h>

/* Keep a text. Nothing to do when it is there. When not durable at once: after spi_versions_sync(). */
sp_status spi_version_store(const char *data_dir, const char *version, const char *path, const char *bytes, size_t len,
	bool durable, sp_error *err);
/* Make all that was stored durable. */
sp_status spi_versions_sync(const char *data_dir, sp_error *err);
/* Read one back, by its whole name or its first 12 digits or more. SP_ERR_NOT_FOUND; SP_ERR_CORRUPT. */
sp_status spi_version_load(const char *data_dir, const char *version, sp_arena *arena, const char **ret_path,
	const char **ret, size_t *ret_len, sp_error *err);

#endif
