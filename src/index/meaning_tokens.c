#include "index/meaning_tokens.h"

#include <stdlib.h>
#include <string.h>

/* Passages by document, and their rows one after the other: of a file, or made here. */
typedef struct token_rows {
	const sp_token_passage *passages;
	const signed char *rows;
	size_t count, bytes;
} token_rows;

/* Those that are being made. */
typedef struct making {
	sp_token_passage *passages;
	signed char *rows;
	size_t count, bytes, row_bytes;
} making;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static void release(making *m)
{
	free(m->passages);
	free(m->rows);
	*m = (making){0};
}

static bool take_room(making *m, size_t count, size_t bytes, size_t row_bytes)
{
	*m = (making){malloc((count + 1) * sizeof *m->passages), malloc(bytes + 1), 0, 0, row_bytes};
	return m->passages && m->rows;
}

static token_rows made(const making *m)
{
	return (token_rows){m->passages, m->rows, m->count, m->bytes};
}

static void add_passage(making *to, uint32_t owner, size_t count, const signed char *rows)
{
	to->passages[to->count++] = (sp_token_passage){owner, (uint32_t)count};
	if (count > 0)
		memcpy(to->rows + to->bytes, rows, count * to->row_bytes);
	to->bytes += count * to->row_bytes;
}

/* A document that has none stands there all the same, so that those which it had do not count. */
static sp_status take_changes(const spi_token_change *changes, size_t count, size_t row_bytes, making *ret, sp_error *err)
{
	size_t passages = 0, bytes = 0;
	for (size_t k = 0; k < count; k++) {
		const sp_token_table *tokens = changes[k].tokens;
		passages += tokens->count + 1;
		bytes += tokens->count ? tokens->starts[tokens->count] * row_bytes : 0;
	}
	if (!take_room(ret, passages, bytes, row_bytes))
		return no_memory(err);
	for (size_t k = 0; k < count; k++) {
		const sp_token_table *tokens = changes[k].tokens;
		for (size_t i = 0; i < tokens->count; i++)
			add_passage(ret, changes[k].docid, tokens->starts[i + 1] - tokens->starts[i], tokens->rows + tokens->starts[i] * row_bytes);
		if (tokens->count == 0)
			add_passage(ret, changes[k].docid, 0, tokens->rows);
	}
	return SP_OK;
}

/* Both are in the order of documents; where both have one, the newer counts. */
static sp_status merge(const token_rows *older, const token_rows *newer, size_t row_bytes, making *ret, sp_error *err)
{
	const signed char *old_rows = older->rows, *rows = newer->rows;
	size_t i = 0, k = 0;
	if (!take_room(ret, older->count + newer->count, older->bytes + newer->bytes, row_bytes))
		return no_memory(err);
	while (i < older->count || k < newer->count) {
		const sp_token_passage *old = &older->passages[i], *next = &newer->passages[k];
		if (k == newer->count || (i < older->count && old->owner < next->owner)) {
			add_passage(ret, old->owner, old->count, old_rows);
			old_rows += old->count * row_bytes;
			i++;
			continue;
		}
		uint32_t owner = next->owner;
		for (; i < older->count && older->passages[i].owner == owner; i++)
			old_rows += older->passages[i].count * row_bytes;
		for (; k < newer->count && newer->passages[k].owner == owner; k++) {
			add_passage(ret, owner, newer->passages[k].count, rows);
			rows += newer->passages[k].count * row_bytes;
		}
	}
	return SP_OK;
}

static sp_status open_before(const char *path, size_t row_bytes, sp_token_file **ret, token_rows *ret_rows, sp_error *err)
{
	if (!path)
		return SP_OK;
	sp_status status = sp_token_file_open(path, ret, err);
	if (status == SP_ERR_NOT_FOUND || (*ret && row_bytes && sp_token_file_row_bytes(*ret) != row_bytes))
		return sp_error_set(err, SP_ERR_CORRUPT, path, 0, "is missing, or of another encoder; the index is built again from the articles");
	if (status != SP_OK)
		return status;
	ret_rows->passages = sp_token_file_passages(*ret, &ret_rows->count, &ret_rows->rows);
	for (size_t i = 0; i < ret_rows->count; i++)
		ret_rows->bytes += ret_rows->passages[i].count * row_bytes;
	return SP_OK;
}

/* Without the documents that have none. */
static void leave_out_empty(making *m)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->count; i++)
		if (m->passages[i].count > 0)
			m->passages[kept++] = m->passages[i];
	m->count = kept;
}

static sp_status write_made(const making *m, const char *path, size_t row_bytes, sp_error *err)
{
	return sp_token_file_write(path, m->passages, m->count, m->rows, row_bytes ? row_bytes : 1, err);
}

/* What changed since the base, with the changes; and all of it where that is wanted. */
static sp_status write_merged(const spi_token_paths *before, const char *path, bool whole, const token_rows *changes, size_t row_bytes,
	sp_error *err)
{
	sp_token_file *files[2] = {NULL, NULL};
	token_rows base = {0}, since = {0};
	making newer = {0}, all = {0};
	sp_status status = open_before(before->since, row_bytes, &files[0], &since, err);
	if (status == SP_OK)
		status = merge(&since, changes, row_bytes, &newer, err);
	if (status == SP_OK && whole)
		status = open_before(before->base, row_bytes, &files[1], &base, err);
	if (status == SP_OK && whole) {
		token_rows made_newer = made(&newer);
		status = merge(&base, &made_newer, row_bytes, &all, err);
		if (status == SP_OK)
			leave_out_empty(&all);
	}
	if (status == SP_OK)
		status = write_made(whole ? &all : &newer, path, row_bytes, err);
	sp_token_file_close(files[0]);
	sp_token_file_close(files[1]);
	release(&newer);
	release(&all);
	return status;
}

sp_status spi_meaning_tokens_write(const spi_token_paths *before, const char *path, bool whole, const spi_token_change *changes,
	size_t count, size_t row_bytes, sp_error *err)
{
	making m = {0};
	sp_status status = take_changes(changes, count, row_bytes, &m, err);
	token_rows rows = made(&m);
	if (status == SP_OK)
		status = write_merged(before, path, whole, &rows, row_bytes, err);
	release(&m);
	return status;
}
