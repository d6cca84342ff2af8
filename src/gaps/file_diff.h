/* A change of a file as editors' tools take it. */
#ifndef GAPS_FILE_DIFF_H
#define GAPS_FILE_DIFF_H

#include "sportello/arena.h"
#include "sportello/buffer.h"

#include <stdbool.h>

/* One file's change as a unified diff, paths a/… and b/…, as git and patch take it. Nothing when there is no change. False when
   memory is out. */
bool spi_diff_write(
	sp_buffer *out, const char *path, const char *old, size_t old_len, const char *now, size_t now_len, sp_arena *arena);

#endif
