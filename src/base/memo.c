#include "base/memo.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROWS 64 /* a power of two */

typedef struct row {
	spi_memo_key key;
	void *item; /* NULL where is_used: it was taken out again */
	size_t bytes;
	bool is_used;
} row;

#define ROW_BYTES (2 * sizeof(row)) /* as every second one is free */

typedef struct half {
	row *rows; /* open addressing, at most half full */
	size_t room, used, bytes;
} half;

struct spi_memo {
	half lately, before;
	size_t half_max;
	void (*release)(void *item);
};

spi_memo *spi_memo_new(size_t half_max, void (*release)(void *item))
{
	spi_memo *memo = malloc(sizeof *memo);
	if (memo)
		*memo = (spi_memo){.half_max = half_max, .release = release};
	return memo;
}

static void empty(spi_memo *memo, half *of)
{
	for (size_t i = 0; i < of->room; i++)
		if (of->rows[i].item)
			memo->release(of->rows[i].item);
	free(of->rows);
	*of = (half){0};
}

void spi_memo_clear(spi_memo *memo)
{
	empty(memo, &memo->lately);
	empty(memo, &memo->before);
}

void spi_memo_free(spi_memo *memo)
{
	if (!memo)
		return;
	spi_memo_clear(memo);
	free(memo);
}

/* The row of a key, or the free one where it belongs; there is one. */
static row *place(const half *in, const spi_memo_key *key)
{
	uint64_t hash;
	memcpy(&hash, key->bytes, sizeof hash);
	size_t at = (size_t)hash & (in->room - 1);
	while (in->rows[at].is_used && memcmp(&in->rows[at].key, key, sizeof *key) != 0)
		at = (at + 1) & (in->room - 1);
	return &in->rows[at];
}

static bool make_room(half *in)
{
	if (in->used * 2 < in->room)
		return true;
	half larger = {.room = in->room ? in->room * 2 : FIRST_ROWS, .used = in->used, .bytes = in->bytes};
	larger.rows = calloc(larger.room, sizeof *larger.rows);
	if (!larger.rows)
		return false;
	for (size_t i = 0; i < in->room; i++)
		if (in->rows[i].is_used)
			*place(&larger, &in->rows[i].key) = in->rows[i];
	free(in->rows);
	*in = larger;
	return true;
}

static row *find(const half *in, const spi_memo_key *key)
{
	row *found = in->room ? place(in, key) : NULL;
	return found && found->item ? found : NULL;
}

/* Out of a half; its place stays taken, so that others are found behind it. */
static void *take_out(half *of, row *r)
{
	void *item = r->item;
	r->item = NULL;
	of->bytes -= r->bytes;
	return item;
}

void *spi_memo_recall(spi_memo *memo, const spi_memo_key *key)
{
	row *found = find(&memo->lately, key);
	if (found)
		return found->item;
	found = find(&memo->before, key);
	if (!found)
		return NULL;
	size_t bytes = found->bytes - ROW_BYTES;
	void *item = take_out(&memo->before, found);
	return spi_memo_keep_take(memo, key, item, bytes) ? item : NULL;
}

static void forget(spi_memo *memo, half *of, const spi_memo_key *key)
{
	row *known = find(of, key);
	if (known)
		memo->release(take_out(of, known));
}

bool spi_memo_keep_take(spi_memo *memo, const spi_memo_key *key, void *item, size_t bytes)
{
	bytes += ROW_BYTES;
	forget(memo, &memo->lately, key);
	forget(memo, &memo->before, key);
	if (memo->lately.bytes + bytes > memo->half_max) {
		empty(memo, &memo->before);
		memo->before = memo->lately;
		memo->lately = (half){0};
	}
	if (bytes > memo->half_max || !make_room(&memo->lately)) {
		memo->release(item);
		return false;
	}
	row *r = place(&memo->lately, key);
	memo->lately.used += !r->is_used;
	memo->lately.bytes += bytes;
	*r = (row){*key, item, bytes, true};
	return true;
}
