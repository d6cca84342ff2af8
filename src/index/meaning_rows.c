#include "index/meaning_rows.h"

#include "index/meaning_model.h"

#include <stdlib.h>
#include <string.h>

static void add_old(spi_rows *rows, size_t place)
{
	rows->labels[rows->count] = sp_vectors_labels(rows->old)[place];
	rows->fresh[rows->count] = NULL;
	rows->places[rows->count++] = (uint32_t)place;
}

static void add_change(spi_rows *rows, const spi_row_change *change)
{
	for (size_t i = 0; i < change->count; i++) {
		rows->labels[rows->count] = (sp_vector_row){change->docid, spi_row_label(change->passages[i].kind, change->lang)};
		rows->fresh[rows->count] = change->vectors + i * rows->dimensions;
		rows->places[rows->count++] = 0;
	}
}

/* Both are in the order of documents; where both have one, the change counts. */
static void merge(spi_rows *rows, const spi_row_change *changes, size_t count)
{
	const sp_vector_row *labels = rows->old ? sp_vectors_labels(rows->old) : NULL;
	size_t old_count = labels ? sp_vectors_count(rows->old) : 0, i = 0;
	for (size_t k = 0; k < count; k++) {
		for (; i < old_count && labels[i].owner < changes[k].docid; i++)
			add_old(rows, i);
		while (i < old_count && labels[i].owner == changes[k].docid)
			i++;
		add_change(rows, &changes[k]);
	}
	for (; i < old_count; i++)
		add_old(rows, i);
}

sp_status spi_rows_merge(const sp_vectors *old, const spi_row_change *changes, size_t count, size_t dimensions, spi_rows *ret, sp_error *err)
{
	size_t most = old ? sp_vectors_count(old) : 0;
	for (size_t i = 0; i < count; i++)
		most += changes[i].count;
	*ret = (spi_rows){old, malloc((most + 1) * sizeof *ret->labels), malloc((most + 1) * sizeof *ret->fresh),
		malloc((most + 1) * sizeof *ret->places), 0, dimensions};
	if (!ret->labels || !ret->fresh || !ret->places) {
		spi_rows_release(ret);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	merge(ret, changes, count);
	return SP_OK;
}

void spi_rows_release(spi_rows *rows)
{
	free(rows->labels);
	free(rows->fresh);
	free(rows->places);
	*rows = (spi_rows){0};
}

void spi_rows_get(const void *arg, size_t row, float *ret)
{
	const spi_rows *rows = arg;
	if (rows->fresh[row])
		memcpy(ret, rows->fresh[row], rows->dimensions * sizeof *ret);
	else
		sp_vectors_get_row(rows->old, rows->places[row], ret);
}
