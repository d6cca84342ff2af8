#include "cmd/lines.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)16 * 1024 * 1024)

static sp_status read_line(const char *path, char *text, size_t len, int line, spi_line_visit *visit, void *arg, sp_error *err)
{
	json_error_t problem;
	size_t mark = line == 1 ? spi_utf8_mark(text, len) : 0;
	text += mark;
	len -= mark;
	if (strspn(text, " \t\r\n") == len)
		return SP_OK;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
	if (!object)
		return sp_error_set(err, SP_ERR_INVALID, path, line, "column %d: no JSON object: %s", problem.column, problem.text);
	sp_status status = json_is_object(object) ? visit(object, line, arg, err) :
		sp_error_set(err, SP_ERR_INVALID, path, line, "a JSON object is needed in each line");
	json_decref(object);
	return status;
}

sp_status spi_json_lines_read(const char *path, spi_line_visit *visit, void *arg, sp_error *err)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return sp_error_errno(err, errno, path, "open");
	char *text = NULL;
	size_t cap = 0;
	sp_status status = SP_OK;
	ssize_t len;
	for (int line = 1; status == SP_OK && (len = getline(&text, &cap, file)) >= 0; line++) {
		if ((size_t)len > LINE_MAX_BYTES)
			status = sp_error_set(err, SP_ERR_TOO_LARGE, path, line, "the line is longer than %zu bytes", LINE_MAX_BYTES);
		else
			status = read_line(path, text, (size_t)len, line, visit, arg, err);
	}
	if (status == SP_OK && ferror(file))
		status = sp_error_errno(err, errno, path, "read");
	free(text);
	fclose(file);
	return status;
}

sp_status spi_line_text(json_t *object, const char *member, bool required, const char *path, int line, sp_arena *arena,
	const char **ret, sp_error *err)
{
	json_t *value = json_object_get(object, member);
	*ret = NULL;
	if (!value || json_is_null(value))
		return required ? sp_error_set(err, SP_ERR_INVALID, path, line, "the member \"%s\" is missing", member) : SP_OK;
	if (json_is_string(value))
		*ret = sp_arena_strndup(arena, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		*ret = sp_arena_printf(arena, "%lld", (long long)json_integer_value(value));
	else
		return sp_error_set(err, SP_ERR_INVALID, path, line, "\"%s\" must be a text", member);
	return *ret ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, path, line, "out of memory");
}

sp_status spi_line_texts(json_t *object, const char *member, const char *path, int line, sp_arena *arena, sp_strings *ret,
	sp_error *err)
{
	json_t *list = json_object_get(object, member);
	*ret = (sp_strings){0};
	if (!list || json_is_null(list))
		return SP_OK;
	if (!json_is_array(list))
		return sp_error_set(err, SP_ERR_INVALID, path, line, "\"%s\" must be a list of texts", member);
	size_t count = json_array_size(list);
	ret->items = sp_arena_calloc(arena, count ? count : 1, sizeof *ret->items);
	if (!ret->items)
		return sp_error_set(err, SP_ERR_NOMEM, path, line, "out of memory");
	for (size_t i = 0; i < count; i++) {
		json_t *item = json_array_get(list, i);
		if (!json_is_string(item))
			return sp_error_set(err, SP_ERR_INVALID, path, line, "\"%s\" must be a list of texts", member);
		ret->items[ret->count++] = sp_arena_strndup(arena, json_string_value(item), json_string_length(item));
	}
	return SP_OK;
}
