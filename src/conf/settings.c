#include "conf/settings.h"

#include "base/file.h"
#include "sportello/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)64 * 1024)

static const spi_setting *find(const spi_setting *settings, const char *name, size_t len)
{
	for (; settings->name; settings++)
		if (strlen(settings->name) == len && memcmp(settings->name, name, len) == 0)
			return settings;
	return NULL;
}

static const char *nearest(const spi_setting *settings, const char *name, size_t len, bool in_file)
{
	const char *best = NULL;
	int least = 3;
	for (; settings->name; settings++) {
		int edits = sp_text_edit_distance(name, len, settings->name, strlen(settings->name), 2);
		if (edits < least && (settings->in_file || !in_file)) {
			least = edits;
			best = settings->name;
		}
	}
	return best;
}

static bool is_choice(const char *choices, const char *value)
{
	size_t len = strcspn(value, "|");
	if (len == 0 || value[len])
		return false;
	for (const char *at = choices; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
		if (strncmp(at, value, len) == 0 && (at[len] == '|' || at[len] == '\0'))
			return true;
	return false;
}

static sp_status set_number(const spi_setting *setting, const char *value, const char *file, int line, sp_error *err)
{
	char *end;
	errno = 0;
	unsigned long number = strtoul(value, &end, 10);
	if (errno || end == value || *end || *value == '-' || number < setting->min || number > setting->max)
		return sp_error_set(err, file ? SP_ERR_INVALID : SP_ERR_USAGE, file, line,
			"\"%s\" is no value for %s: a number from %u to %u is needed", value, setting->name, setting->min, setting->max);
	*(unsigned *)setting->target = (unsigned)number;
	return SP_OK;
}

static sp_status set_share(const spi_setting *setting, const char *value, const char *file, int line, sp_error *err)
{
	char *end;
	double number = strtod(value, &end);
	if (end == value || *end || !(number >= 0 && number <= 1))
		return sp_error_set(err, file ? SP_ERR_INVALID : SP_ERR_USAGE, file, line,
			"\"%s\" is no value for %s: a number from 0 to 1 is needed", value, setting->name);
	*(double *)setting->target = number;
	return SP_OK;
}

static sp_status add(const spi_setting *setting, const char *value, const char *file, int line, sp_error *err)
{
	spi_setting_list *list = setting->target;
	if (list->count == SPI_LIST_MAX)
		return sp_error_set(err, file ? SP_ERR_INVALID : SP_ERR_USAGE, file, line, "%s may be given %d times", setting->name, SPI_LIST_MAX);
	list->values[list->count++] = value;
	return SP_OK;
}

static sp_status set(const spi_setting *setting, const char *value, const char *file, int line, sp_error *err)
{
	switch (setting->type) {
	case SPI_SETTING_NUMBER:
		return set_number(setting, value, file, line, err);
	case SPI_SETTING_SHARE:
		return set_share(setting, value, file, line, err);
	case SPI_SETTING_FLAG:
		if (!is_choice("true|false|yes|no|on|off", value))
			return sp_error_set(err, file ? SP_ERR_INVALID : SP_ERR_USAGE, file, line, "%s takes true or false, not \"%s\"",
				setting->name, value);
		*(bool *)setting->target = is_choice("true|yes|on", value);
		return SP_OK;
	case SPI_SETTING_LIST:
		return add(setting, value, file, line, err);
	case SPI_SETTING_CHOICE:
		if (!is_choice(setting->choices, value))
			return sp_error_set(err, file ? SP_ERR_INVALID : SP_ERR_USAGE, file, line, "%s takes one of %s, not \"%s\"",
				setting->name, setting->choices, value);
		break;
	default:
		break;
	}
	*(const char **)setting->target = value;
	return SP_OK;
}

static sp_status unknown(const spi_setting *settings, const char *name, size_t len, const char *file, int line, sp_error *err)
{
	const char *like = nearest(settings, name, len, file != NULL), *dashes = file ? "" : "--";
	sp_status status = file ? SP_ERR_INVALID : SP_ERR_USAGE;
	if (like)
		return sp_error_set(err, status, file, line, "unknown setting %s%.*s; did you mean %s%s?", dashes, (int)len, name, dashes, like);
	return sp_error_set(err, status, file, line, "unknown setting %s%.*s", dashes, (int)len, name);
}

sp_status spi_settings_read_args(const spi_setting *settings, int argc, char **argv, const char **ret_words, size_t *ret_count,
	sp_error *err)
{
	size_t words = 0;
	bool only_words = false;
	for (int i = 0; i < argc; i++) {
		const char *arg = argv[i];
		if (!only_words && strcmp(arg, "--") == 0) {
			only_words = true;
			continue;
		}
		if (only_words || strncmp(arg, "--", 2) != 0) {
			if (words == SPI_WORDS_MAX)
				return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "more than %d words; put quotes around a question", SPI_WORDS_MAX);
			ret_words[words++] = arg;
			continue;
		}
		size_t len = strcspn(arg + 2, "=");
		const char *value = arg[2 + len] ? arg + 2 + len + 1 : NULL;
		const spi_setting *setting = find(settings, arg + 2, len);
		if (!setting)
			return unknown(settings, arg + 2, len, NULL, 0, err);
		if (!value && setting->type == SPI_SETTING_FLAG)
			value = "true";
		else if (!value && ++i < argc)
			value = argv[i];
		if (!value)
			return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "--%s needs a value", setting->name);
		sp_status status = set(setting, value, NULL, 0, err);
		if (status != SP_OK)
			return status;
	}
	*ret_count = words;
	return SP_OK;
}

static const char *trim(char *from, char *end)
{
	while (from < end && (*from == ' ' || *from == '\t'))
		from++;
	while (end > from && strchr(" \t\r", end[-1]))
		end--;
	*end = '\0';
	return from;
}

static sp_status read_line(const spi_setting *settings, char *line, char *end, const char *path, int number, bool running,
	sp_error *err)
{
	const char *text = trim(line, end);
	if (*text == '\0' || *text == '#')
		return SP_OK;
	const char *colon = strchr(text, ':');
	if (!colon)
		return sp_error_set(err, SP_ERR_INVALID, path, number, "a line is `name: value`; here the colon is missing");
	const spi_setting *setting = find(settings, text, (size_t)(colon - text));
	if (!setting || !setting->in_file)
		return unknown(settings, text, (size_t)(colon - text), path, number, err);
	char *value = line + (colon + 1 - line);
	return running && !setting->while_running ? SP_OK : set(setting, trim(value, value + strlen(value)), path, number, err);
}

sp_status spi_settings_read_file(const spi_setting *settings, const char *path, bool running, sp_arena *arena, sp_error *err)
{
	const char *bytes;
	size_t len;
	sp_status status = spi_file_read(path, FILE_MAX, arena, &bytes, &len, err);
	if (status != SP_OK)
		return status;
	char *text = sp_arena_strndup(arena, bytes, len);
	if (!text)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	int number = 1;
	for (char *at = text, *stop = text + len; at <= stop && status == SP_OK; number++) {
		char *end = memchr(at, '\n', (size_t)(stop - at));
		if (!end)
			end = stop;
		status = read_line(settings, at, end, path, number, running, err);
		at = end + 1;
	}
	return status;
}
