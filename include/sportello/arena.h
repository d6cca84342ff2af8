/**
 * @file arena.h
 * Memory that lives as long as one request (or one file being read) and goes away in one step.
 *
 * An arena hands out memory from chunks; nothing is freed one by one. sp_arena_reset() makes all of it
 * empty and keeps the first chunk, so that a worker's requests allocate nothing in the steady state.
 * Never keep a pointer from an arena in something that outlives it.
 * Threads: one thread at a time per arena.
 */
#ifndef SPORTELLO_ARENA_H
#define SPORTELLO_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sp_arena sp_arena;

/** A new arena whose first chunk holds @p first_chunk bytes (0: 16 KiB). NULL when memory is out.
 *  Free with sp_arena_free(). */
sp_arena *sp_arena_new(size_t first_chunk);
/** Free the arena and all that it handed out. NULL is accepted. */
void sp_arena_free(sp_arena *arena);
/** Make all that it handed out invalid; keeps the first chunk for the next use. */
void sp_arena_reset(sp_arena *arena);
/** Bytes handed out since the last reset. */
size_t sp_arena_used(const sp_arena *arena);

/** @p size bytes, aligned for any type, not cleared. NULL when memory is out. */
void *sp_arena_alloc(sp_arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));
/** The same, cleared, for @p count items of @p size bytes; NULL on overflow too. */
void *sp_arena_calloc(sp_arena *arena, size_t count, size_t size) __attribute__((malloc, alloc_size(2, 3)));
/** A copy of @p len bytes with a final zero. NULL when memory is out. */
char *sp_arena_strndup(sp_arena *arena, const char *text, size_t len);
/** A copy of a zero-terminated text; NULL for NULL. */
char *sp_arena_strdup(sp_arena *arena, const char *text);
/** A formatted text. NULL when memory is out. */
char *sp_arena_printf(sp_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#ifdef __cplusplus
}
#endif
#endif
