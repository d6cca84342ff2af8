/* Slips of one letter. */
#include "kb/fix/mend.h"

#include <string.h>

enum { SHORT = 5 }; /* bytes; below that anything is a letter away from something */

static bool has_digit(const char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			return true;
	}
	return false;
}

/* Whether what the two do not share has a digit in it. */
static bool differ_by_digit(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t head = 0, tail = 0, least = a_len < b_len ? a_len : b_len;
	while (head < least && a[head] == b[head])
		head++;
	while (tail < least - head && a[a_len - 1 - tail] == b[b_len - 1 - tail])
		tail++;
	return has_digit(a, head, a_len - tail) || has_digit(b, head, b_len - tail);
}

const char *spi_only_near(const char *text, const void *candidates, size_t count, size_t stride)
{
	const char *only = NULL;
	size_t len = strlen(text);
	if (len < SHORT || len > 64)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const char *candidate = *(const char *const *)((const char *)candidates + i * stride);
		size_t its_len = strlen(candidate);
		if (its_len + 4 < len || len + 4 < its_len) /* a letter has four bytes at most */
			continue;
		if (sp_text_edit_distance(text, len, candidate, its_len, 1) > 1)
			continue;
		if (only && strcmp(only, candidate) != 0)
			return NULL;
		only = candidate;
	}
	return only && !differ_by_digit(text, len, only, strlen(only)) ? only : NULL;
}
