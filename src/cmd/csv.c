#include "cmd/csv.h"

#include "base/utf8.h"

#include <string.h>

#define FIELDS_MAX 64

void spi_csv_init(spi_csv *csv, const char *path, const char *text, size_t len)
{
	*csv = (spi_csv){.at = text, .end = text + len, .path = path, .next_line = 1};
	csv->at += spi_utf8_mark(text, len);
	const char *line_end = memchr(csv->at, '\n', (size_t)(csv->end - csv->at));
	size_t first = (size_t)((line_end ? line_end : csv->end) - csv->at);
	csv->separator = memchr(csv->at, ',', first) ? ',' : memchr(csv->at, ';', first) ? ';' : memchr(csv->at, '\t', first) ? '\t' : ',';
}

/* A field in quotes; two quotes are one. Leaves `at` behind the closing quote. */
static sp_status quoted(spi_csv *csv, sp_arena *arena, const char **ret, sp_error *err)
{
	const char *from = ++csv->at;
	char *text = NULL, *out = NULL;
	while (csv->at < csv->end && (*csv->at != '"' || (csv->at + 1 < csv->end && csv->at[1] == '"')))
		csv->at += *csv->at == '"' ? 2 : 1;
	if (csv->at >= csv->end)
		return sp_error_set(err, SP_ERR_INVALID, csv->path, csv->line, "a quote is opened here and never closed");
	text = out = sp_arena_alloc(arena, (size_t)(csv->at - from) + 1);
	if (!text)
		return sp_error_set(err, SP_ERR_NOMEM, csv->path, csv->line, "out of memory");
	for (; from < csv->at; from++) {
		csv->next_line += *from == '\n';
		*out++ = *from;
		from += *from == '"';
	}
	*out = '\0';
	csv->at++;
	*ret = text;
	return SP_OK;
}

static sp_status plain(spi_csv *csv, sp_arena *arena, const char **ret, sp_error *err)
{
	const char *from = csv->at;
	while (csv->at < csv->end && *csv->at != csv->separator && *csv->at != '\n')
		csv->at++;
	size_t len = (size_t)(csv->at - from);
	if (len > 0 && from[len - 1] == '\r')
		len--;
	*ret = sp_arena_strndup(arena, from, len);
	return *ret ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, csv->path, csv->line, "out of memory");
}

sp_status spi_csv_next(spi_csv *csv, sp_arena *arena, const char ***ret_fields, size_t *ret_count, sp_error *err)
{
	const char **fields = sp_arena_calloc(arena, FIELDS_MAX, sizeof *fields);
	size_t count = 0;
	if (!fields)
		return sp_error_set(err, SP_ERR_NOMEM, csv->path, csv->line, "out of memory");
	while (csv->at < csv->end && (*csv->at == '\n' || *csv->at == '\r'))
		csv->next_line += *csv->at++ == '\n';
	csv->line = csv->next_line;
	while (csv->at < csv->end) {
		if (count == FIELDS_MAX)
			return sp_error_set(err, SP_ERR_INVALID, csv->path, csv->line, "more than %d fields", FIELDS_MAX);
		sp_status status = *csv->at == '"' ? quoted(csv, arena, &fields[count], err) : plain(csv, arena, &fields[count], err);
		if (status != SP_OK)
			return status;
		count++;
		if (csv->at < csv->end && *csv->at == '\r')
			csv->at++;
		if (csv->at >= csv->end || *csv->at != csv->separator)
			break;
		csv->at++;
	}
	if (csv->at < csv->end && *csv->at != '\n')
		return sp_error_set(err, SP_ERR_INVALID, csv->path, csv->line, "text after a closing quote in field %zu", count);
	if (csv->at < csv->end) {
		csv->at++;
		csv->next_line++;
	}
	*ret_fields = fields;
	*ret_count = count;
	return SP_OK;
}
