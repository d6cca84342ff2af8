/* The vocabulary of a few hundred articles is small: most words that it lacks are right, and short ones have right
   neighbours ("marito", "merito"). So a short word is only corrected where fingers slip: a letter too many, one
   missing, two swapped, or the key beside it. */
#include "index/slip.h"

#include "sportello/text.h"

#include <string.h>

#define SHORT_CHARS 6
#define ONE_EDIT_CHARS 7

unsigned spi_slip_edits(size_t chars)
{
	return chars <= ONE_EDIT_CHARS ? 1 : 2;
}

/* Where a key lies, in half keys from the left; the rows are shifted by half a key. */
static bool find_key(char c, int *ret_row, int *ret_x)
{
	static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm"};
	for (int row = 0; row < 3; row++) {
		const char *at = strchr(rows[row], c);
		if (at && c) {
			*ret_row = row;
			*ret_x = (int)(at - rows[row]) * 2 + row;
			return true;
		}
	}
	return false;
}

static bool are_neighbours(char a, char b)
{
	int row_a, row_b, x_a, x_b;
	/* What is not on these keys (an accent) is easily mistaken. */
	if (!find_key(a, &row_a, &x_a) || !find_key(b, &row_b, &x_b))
		return true;
	int rows = row_a > row_b ? row_a - row_b : row_b - row_a, xs = x_a > x_b ? x_a - x_b : x_b - x_a;
	return rows <= 1 && xs <= 2;
}

bool spi_is_slip(const char *typed, size_t typed_len, const char *better, size_t better_len)
{
	if (sp_text_count_chars(typed, typed_len) > SHORT_CHARS || typed_len != better_len)
		return true;
	size_t first = 0, differing = 0;
	for (size_t i = typed_len; i-- > 0;)
		if (typed[i] != better[i])
			first = i, differing++;
	return differing != 1 || are_neighbours(typed[first], better[first]);
}
