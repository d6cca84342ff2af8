/* Small counts of what leaves the house. */
#include "metrics/figures_private.h"

#include <stdlib.h>
#include <string.h>

#define OUTCOMES 4

/* Place of a row's second key among all that there are, in the order in which they come. */
static size_t place_of(const char **keys, size_t *count, const char *key)
{
	size_t i = 0;
	while (i < *count && strcmp(keys[i], key) != 0)
		i++;
	if (i == *count)
		keys[(*count)++] = key;
	return i;
}

/* Contacts by both keys: each one's sums are figures of their own. */
static bool mask_contacts(const sp_ledger_figures *f, bool *contacts)
{
	size_t rows = 0, columns = 0, n = f->count;
	const char **left = calloc(n + 1, sizeof *left), **top = calloc(n + 1, sizeof *top);
	size_t *at = calloc(n + 1, sizeof *at);
	for (size_t i = 0; left && top && at && i < n; i++)
		at[i] = place_of(left, &rows, f->rows[i].key) * (n + 1) + place_of(top, &columns, f->rows[i].key2);
	uint64_t *cells = calloc(rows * columns + 1, sizeof *cells);
	bool *masked = calloc(rows * columns + 1, sizeof *masked), good = left && top && at && cells && masked;
	for (size_t i = 0; good && i < n; i++)
		cells[at[i] / (n + 1) * columns + at[i] % (n + 1)] = f->rows[i].m.contacts;
	if (good)
		sp_mask_small(cells, rows, columns, masked);
	for (size_t i = 0; good && i < n; i++)
		contacts[i] = masked[at[i] / (n + 1) * columns + at[i] % (n + 1)];
	free(left);
	free(top);
	free(at);
	free(cells);
	free(masked);
	return good;
}

bool sp_figures_mask(const sp_figures *figures, bool *contacts, bool *outcomes)
{
	const sp_ledger_figures *f = figures->now;
	uint64_t *cells = calloc(f->count * OUTCOMES + 1, sizeof *cells);
	bool good = cells && mask_contacts(f, contacts);
	for (size_t i = 0; good && i < f->count; i++) {
		const sp_measures *m = &f->rows[i].m;
		const uint64_t row[OUTCOMES] = {m->confirmed, m->assumed, m->ticketed, m->abandoned};
		memcpy(&cells[i * OUTCOMES], row, sizeof row);
		for (size_t k = 0; contacts[i] && k < OUTCOMES; k++)
			outcomes[i * OUTCOMES + k] = true;
	}
	if (good)
		sp_mask_small(cells, f->count, OUTCOMES, outcomes);
	free(cells);
	return good;
}

bool spi_mask_all(const sp_figures *figures, spi_masked **ret)
{
	size_t n = figures->now->count;
	bool *contacts = calloc(n + 1, sizeof *contacts), *outcomes = calloc(n * OUTCOMES + 1, sizeof *outcomes);
	spi_masked *all = calloc(n + 1, sizeof *all);
	bool good = contacts && outcomes && all && (!figures->is_public || sp_figures_mask(figures, contacts, outcomes));
	for (size_t i = 0; good && i < n; i++) {
		all[i].contacts = contacts[i];
		memcpy(all[i].outcomes, &outcomes[i * OUTCOMES], sizeof all[i].outcomes);
	}
	free(contacts);
	free(outcomes);
	if (!good) {
		free(all);
		all = NULL;
	}
	*ret = all;
	return good;
}

void spi_mask_total(const sp_figures *figures, const sp_measures *m, spi_masked *ret)
{
	const uint64_t cells[OUTCOMES] = {m->confirmed, m->assumed, m->ticketed, m->abandoned};
	*ret = (spi_masked){0};
	if (!figures->is_public)
		return;
	ret->contacts = m->contacts > 0 && m->contacts < SP_SMALL_CELL;
	for (size_t i = 0; ret->contacts && i < OUTCOMES; i++)
		ret->outcomes[i] = true;
	bool masked[OUTCOMES];
	memcpy(masked, ret->outcomes, sizeof masked);
	sp_mask_small(cells, 1, OUTCOMES, masked);
	memcpy(ret->outcomes, masked, sizeof masked);
}
