/* Files: read whole, write atomically, folders. Every failure names the file. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "sportello/arena.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The whole of a regular file of at most max bytes, with a final zero behind it; SP_ERR_TOO_LARGE over that. */
sp_status spi_file_read(const char *path, size_t max, sp_arena *arena, const char **ret, size_t *ret_len, sp_error *err);
/* Write beside it, sync, rename over it, sync the folder: the old content or the new, never a mixture. */
sp_status spi_file_write(const char *path, const void *data, size_t len, sp_error *err);
/* The same for a file that is there: keeps its mode and owner; of a link, what it leads to is written. */
sp_status spi_file_rewrite(const char *path, const void *data, size_t len, sp_error *err);
/* The end of such a write: rename what was written beside over the path and sync the folder; after a problem (an errno) remove it. */
sp_status spi_file_replace(const char *beside, const char *path, int problem, sp_error *err);
/* The folder and all above it; fine when it is there. */
sp_status spi_mkdirs(const char *path, sp_error *err);
/* The same; a folder that was not there is closed to all but its owner. */
sp_status spi_mkdirs_closed(const char *path, sp_error *err);
/* Remove a file or a folder with all in it; fine when it is not there. Follows no links. */
sp_status spi_remove_tree(const char *path, sp_error *err);
/* Make a rename or a new file in this folder durable. */
sp_status spi_sync_folder(const char *path, sp_error *err);
/* Make a folder and all that is below it durable: files and their names. Follows no links. */
sp_status spi_sync_tree(const char *path, sp_error *err);
bool spi_exists(const char *path);

#ifdef __cplusplus
}
#endif
#endif
