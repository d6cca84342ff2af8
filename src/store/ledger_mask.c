/* Small cells of a table that leaves the house. */
#include "store/ledger.h"

#include <stdlib.h>

typedef struct table { const uint64_t *cells; size_t rows, columns; bool *masked; } table;

/* One line: every step-th cell from first on. */
typedef struct line { size_t first, step, count; } line;

/* The smallest one that is not masked yet; SIZE_MAX when all are. */
static size_t smallest(const table *t, const line *l)
{
	size_t best = SIZE_MAX;
	for (size_t i = 0; i < l->count; i++) {
		size_t at = l->first + i * l->step;
		if (!t->masked[at] && (best == SIZE_MAX || t->cells[at] < t->cells[best]))
			best = at;
	}
	return best;
}

/* Whether the line's total tells what is masked in it. */
static bool is_told(const table *t, const line *l)
{
	size_t masked = 0;
	uint64_t sum = 0;
	for (size_t i = 0; i < l->count; i++) {
		size_t at = l->first + i * l->step;
		masked += t->masked[at];
		sum += t->masked[at] ? t->cells[at] : 0;
	}
	return masked == 1 || (masked > 1 && sum < SP_SMALL_CELL);
}

/* True where something was masked. */
static bool cover(table *t, const line *l)
{
	bool any = false;
	while (l->count > 1 && is_told(t, l)) {
		size_t at = smallest(t, l);
		if (at == SIZE_MAX)
			break;
		t->masked[at] = any = true;
	}
	return any;
}

void sp_mask_small(const uint64_t *cells, size_t rows, size_t columns, bool *masked)
{
	table t = {cells, rows, columns, masked};
	for (size_t i = 0; i < rows * columns; i++)
		masked[i] |= cells[i] > 0 && cells[i] < SP_SMALL_CELL;
	for (bool again = true; again;) {
		again = false;
		for (size_t r = 0; r < rows; r++)
			again |= cover(&t, &(line){r * columns, 1, columns});
		for (size_t c = 0; c < columns; c++)
			again |= cover(&t, &(line){c, columns, rows});
	}
}
