#include "sportello/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN alignof(max_align_t)
#define FIRST_CHUNK ((size_t)16 * 1024)


typedef struct chunk {
	struct chunk *next; /* older */
	size_t size, used;
	alignas(max_align_t) char bytes[];
} chunk;

struct sp_arena {
	chunk *last;  /* the one we hand out from */
	chunk *first; /* kept over a reset */
	size_t used;
};

static chunk *chunk_new(size_t size)
{
	chunk *c = malloc(sizeof *c + size);
	if (c)
		*c = (chunk){.size = size};
	return c;
}

sp_arena *sp_arena_new(size_t first_chunk)
{
	sp_arena *arena = malloc(sizeof *arena);
	chunk *first = chunk_new(first_chunk ? first_chunk : FIRST_CHUNK);
	if (!arena || !first) {
		free(arena);
		free(first);
		return NULL;
	}
	*arena = (sp_arena){.last = first, .first = first};
	return arena;
}

static void free_after_first(sp_arena *arena)
{
	for (chunk *c = arena->last; c != arena->first;) {
		chunk *next = c->next;
		free(c);
		c = next;
	}
	arena->last = arena->first;
}

void sp_arena_free(sp_arena *arena)
{
	if (!arena)
		return;
	free_after_first(arena);
	free(arena->first);
	free(arena);
}

void sp_arena_reset(sp_arena *arena)
{
	free_after_first(arena);
	arena->first->used = 0;
	arena->used = 0;
}

size_t sp_arena_used(const sp_arena *arena)
{
	return arena->used;
}

/* Grow by half of what there is, so that the number of chunks stays small. */
static chunk *add_chunk(sp_arena *arena, size_t size)
{
	size_t wanted = arena->last->size + arena->last->size / 2;
	chunk *c = chunk_new(size > wanted ? size : wanted);
	if (c) {
		c->next = arena->last;
		arena->last = c;
	}
	return c;
}

void *sp_arena_alloc(sp_arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	chunk *c = arena->last;
	if (c->size - c->used < size && !(c = add_chunk(arena, size)))
		return NULL;
	void *result = c->bytes + c->used;
	c->used += size;
	arena->used += size;
	return result;
}

void *sp_arena_calloc(sp_arena *arena, size_t count, size_t size)
{
	size_t total;
	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	void *result = sp_arena_alloc(arena, total);
	return result ? memset(result, 0, total) : NULL;
}

char *sp_arena_strndup(sp_arena *arena, const char *text, size_t len)
{
	char *copy = sp_arena_alloc(arena, len + 1);
	if (!copy)
		return NULL;
	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *sp_arena_strdup(sp_arena *arena, const char *text)
{
	return text ? sp_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *sp_arena_printf(sp_arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = len < 0 ? NULL : sp_arena_alloc(arena, (size_t)len + 1);
	if (!text)
		return NULL;
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}
