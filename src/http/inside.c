/* Text for the person must not hold what is written for us. Each sentence of it is looked for in the indexes of those who read more than
   the person does; where a run of its words stands there and nowhere in what the person may read of these articles, it is refused.

   Words are compared case folded and without marks, in runs of RUN words (a shorter sentence as a whole, from SHORTEST on): somebody who
   copies half a sentence is told, somebody who writes "try again in an hour" as an article does is not held up by it for long. */
#include "http/tasks.h"

#include "base/hash.h"
#include "sportello/text.h"

#include <stdlib.h>
#include <string.h>

#define RUN 7
#define SHORTEST 4
#define HITS 8
#define SENTENCES_MAX 120
#define WORDS_MAX 4000

/* ---- words ---- */

typedef struct words { uint64_t *items; size_t count; } words;

/* Letters and digits in lower case without accents make words; all else parts them. */
static bool add_words(const char *text, size_t len, size_t most, sp_arena *arena, words *ret)
{
	ret->items = sp_arena_calloc(arena, most + 1, sizeof *ret->items);
	ret->count = 0;
	sp_buffer folded = SP_BUFFER_INIT;
	sp_text_fold(text, len, &folded);
	bool ok = ret->items && sp_buffer_ok(&folded);
	const char *at = sp_buffer_text(&folded), *end = at + folded.len;
	while (ok && at < end && ret->count < most) {
		const char *from = at;
		while (at < end && (((unsigned char)*at & 0x80) || (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9')))
			at++;
		if (at > from)
			ret->items[ret->count++] = spi_hash64(from, (size_t)(at - from));
		else
			at++;
	}
	sp_buffer_release(&folded);
	return ok;
}

/* Whether a run of words stands in a text. */
static bool holds_run(const words *in, const uint64_t *run, size_t count)
{
	for (size_t i = 0; i + count <= in->count; i++)
		if (in->items[i] == run[0] && memcmp(in->items + i, run, count * sizeof *run) == 0)
			return true;
	return false;
}
