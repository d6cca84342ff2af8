/* Restricted Damerau-Levenshtein distance (optimal string alignment) between two words. */
#include "sportello/text.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64

/* Code points of a word; -1 when it is longer than WORD_MAX. */
static int decode(const char *text, size_t len, uint32_t chars[WORD_MAX])
{
	int count = 0;
	for (size_t pos = 0; pos < len; count++) {
		if (count == WORD_MAX)
			return -1;
		pos += spi_utf8_decode(text + pos, len - pos, &chars[count]);
	}
	return count;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* Three rows of the usual table, only the band that can stay within limit; what lies outside counts as limit + 1. */
static int distance(const uint32_t *a, int a_count, const uint32_t *b, int b_count, int limit)
{
	int rows[3][WORD_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2];
	for (int j = 0; j <= b_count; j++)
		before[j] = last[j] = least(j, limit + 1);
	for (int i = 1; i <= a_count; i++) {
		int best = limit + 1;
		int from = i > limit ? i - limit : 1, to = least(b_count, i + limit);
		for (int j = 0; j <= b_count; j++)
			row[j] = limit + 1;
		row[0] = least(i, limit + 1);
		for (int j = from; j <= to; j++) {
			int cost = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost = least(cost, before[j - 2] + 1);
			row[j] = least(cost, limit + 1);
			best = least(best, row[j]);
		}
		if (best > limit && row[0] > limit)
			return limit + 1;
		int *free_row = before;
		before = last;
		last = row;
		row = free_row;
	}
	return last[b_count];
}

int sp_text_edit_distance(const char *a, size_t a_len, const char *b, size_t b_len, int limit)
{
	uint32_t a_chars[WORD_MAX], b_chars[WORD_MAX];
	if (limit < 0)
		limit = 0;
	else if (limit > WORD_MAX)
		limit = WORD_MAX;
	if (a_len == b_len && (!a_len || memcmp(a, b, a_len) == 0))
		return 0;
	int a_count = decode(a, a_len, a_chars), b_count = decode(b, b_len, b_chars);
	if (a_count < 0 || b_count < 0 || abs(a_count - b_count) > limit)
		return limit + 1;
	return distance(a_chars, a_count, b_chars, b_count, limit);
}
