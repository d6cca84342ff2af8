/* Lists among the cues that are no patterns: a line is a word or sign, a space, and what it stands for; `#` starts a comment. */
#ifndef ANSWER_PAIRS_H
#define ANSWER_PAIRS_H

#include "base/embed.h"

#include <stdbool.h>
#include <string.h>

typedef struct spi_pair {
	const char *text, *word; /* in the file */
	size_t len, word_len;
} spi_pair;

/* The next pair of the file (NULL: it has none) from *at on, which begins as NULL and moves behind it; false: there is none any more. */
static inline bool spi_next_pair(const spi_embedded *file, const char **at, spi_pair *ret)
{
	for (const char *line = *at ? *at : file ? file->data : NULL, *stop; file && line < file->end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(file->end - line));
		stop = stop ? stop : file->end;
		const char *space = *line != '#' ? memchr(line, ' ', (size_t)(stop - line)) : NULL;
		if (!space)
			continue;
		*ret = (spi_pair){line, space + 1, (size_t)(space - line), (size_t)(stop - space - 1)};
		*at = stop + 1;
		return true;
	}
	return false;
}

#endif
