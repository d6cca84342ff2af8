#include "index/meaning_tokens.h"

#include <stdlib.h>
#include <string.h>

typedef struct token_rows {
	sp_token_passage *passages;
	size_t count;
	signed char *rows;
	size_t bytes;
} token_rows;

/* Both sides of a merge: what was there, and what changed. */
typedef struct merging {
	const sp_token_passage *passages;
	size_t count;
	const signed char *rows;
	const spi_token_change *changes;
	size_t changes_count;
	size_t row_bytes;
} merging;

static size_t bytes_of(const sp_token_passage *passages, size_t count, size_t row_bytes)
{
	size_t rows = 0;
	for (size_t i = 0; i < count; i++)
		rows += passages[i].count;
	return rows * row_bytes;
}

static void add_passage(token_rows *to, uint32_t owner, size_t count, const signed char *rows, size_t row_bytes)
{
	to->passages[to->count++] = (sp_token_passage){owner, (uint32_t)count};
	memcpy(to->rows + to->bytes, rows, count * row_bytes);
	to->bytes += count * row_bytes;
}

static void add_change(token_rows *to, const spi_token_change *change, size_t row_bytes)
{
	const sp_token_table *tokens = change->tokens;
	for (size_t i = 0; i < tokens->count; i++)
		add_passage(to, change->docid, tokens->starts[i + 1] - tokens->starts[i], tokens->rows + tokens->starts[i] * row_bytes, row_bytes);
}

/* Both are in the order of documents; where both have one, the change counts. */
static void merge(const merging *m, token_rows *ret)
{
	const signed char *rows = m->rows;
	size_t i = 0;
	for (size_t k = 0; k <= m->changes_count; k++) {
		bool is_last = k == m->changes_count;
		for (; i < m->count && (is_last || m->passages[i].owner <= m->changes[k].docid); i++) {
			if (is_last || m->passages[i].owner < m->changes[k].docid)
				add_passage(ret, m->passages[i].owner, m->passages[i].count, rows, m->row_bytes);
			rows += m->passages[i].count * m->row_bytes;
		}
		if (!is_last)
			add_change(ret, &m->changes[k], m->row_bytes);
	}
}

static bool take_room(const merging *m, token_rows *ret)
{
	size_t count = m->count, bytes = bytes_of(m->passages, m->count, m->row_bytes);
	for (size_t k = 0; k < m->changes_count; k++) {
		const sp_token_table *tokens = m->changes[k].tokens;
		count += tokens->count;
		bytes += tokens->count ? tokens->starts[tokens->count] * m->row_bytes : 0;
	}
	*ret = (token_rows){malloc((count + 1) * sizeof *ret->passages), 0, malloc(bytes + 1), 0};
	return ret->passages && ret->rows;
}

sp_status spi_meaning_tokens_write(const char *old, const char *path, const spi_token_change *changes, size_t count, size_t row_bytes,
	sp_error *err)
{
	sp_token_file *before = NULL;
	token_rows all = {0};
	merging m = {.changes = changes, .changes_count = count, .row_bytes = row_bytes};
	sp_status status = old ? sp_token_file_open(old, &before, err) : SP_OK;
	if (status == SP_ERR_NOT_FOUND || (before && row_bytes && sp_token_file_row_bytes(before) != row_bytes))
		status = sp_error_set(err, SP_ERR_CORRUPT, old, 0, "is missing, or of another encoder; the index is built again from the articles");
	if (status == SP_OK && before)
		m.passages = sp_token_file_passages(before, &m.count, &m.rows);
	if (status == SP_OK && !take_room(&m, &all))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK) {
		merge(&m, &all);
		status = sp_token_file_write(path, all.passages, all.count, all.rows, row_bytes ? row_bytes : 1, err);
	}
	sp_token_file_close(before);
	free(all.passages);
	free(all.rows);
	return status;
}
