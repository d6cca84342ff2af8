#include "conf/settings.h"

#include "base/file.h"
#include "sportello/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

/* Links are made of it, by putting an address behind it. */
static bool is_url(const char *value)
{
	size_t len = strncasecmp(value, "https://", 8) == 0 ? 8 : strncasecmp(value, "http://", 7) == 0 ? 7 : 0;
	size_t host = strcspn(value + len, "/");
	return len && host && value[len] != ':' && !value[len + strcspn(value + len, " \t\r\n\"'<>?#@\\")];
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
	case SPI_SETTING_URL:
		if (!is_url(value))
			return sp_error_set(err, file ? SP_ERR_INVALID : SP_ERR_USAGE, file, line,
				"\"%s\" is no value for %s: an address such as https://help.example.org is needed", value, setting->name);
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

typedef struct reading {
	const spi_setting *settings;
	const char *path;
	int line;
	int given[SPI_SETTINGS_MAX]; /* the line that each setting is on; 0 none yet */
	sp_error *err;
} reading;

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static char *trim(char *from, char *end)
{
	while (from < end && is_blank(*from))
		from++;
	while (end > from && is_blank(end[-1]))
		end--;
	*end = '\0';
	return from;
}

/* What stands after the colon, without its quotes and a comment behind it. NULL: a quote that does not end. */
static char *value_of(char *text)
{
	char *end, *behind;
	text = trim(text, text + strlen(text));
	if (*text == '"' || *text == '\'') {
		end = strchr(text + 1, *text);
		behind = end ? trim(end + 1, end + strlen(end)) : NULL;
		if (!behind || (*behind && *behind != '#'))
			return NULL;
		*end = '\0';
		return text + 1;
	}
	for (end = text; *end && !(*end == '#' && (end == text || is_blank(end[-1]))); end++)
		continue;
	return trim(text, end);
}

static sp_status read_line(reading *r, char *line, char *end)
{
	char *text = trim(line, end);
	if (*text == '\0' || *text == '#')
		return SP_OK;
	char *colon = strchr(text, ':');
	if (!colon)
		return sp_error_set(r->err, SP_ERR_INVALID, r->path, r->line, "a line is `name: value`; here the colon is missing");
	char *value = value_of(colon + 1);
	const char *name = trim(text, colon);
	const spi_setting *setting = find(r->settings, name, strlen(name));
	if (setting && !setting->in_file)
		return sp_error_set(r->err, SP_ERR_INVALID, r->path, r->line, "%s does not stand in this file: type it, as --%s", name, name);
	if (!setting)
		return unknown(r->settings, name, strlen(name), r->path, r->line, r->err);
	if (!value)
		return sp_error_set(r->err, SP_ERR_INVALID, r->path, r->line, "the value of %s: a quotation mark begins it, and none ends it", name);
	if (*value == '\0')
		return sp_error_set(r->err, SP_ERR_INVALID, r->path, r->line, "%s has no value; to leave it out, put # in front of the line", name);
	int *given = &r->given[setting - r->settings];
	if (*given && setting->type != SPI_SETTING_LIST)
		return sp_error_set(r->err, SP_ERR_INVALID, r->path, r->line, "%s is on line %d already; keep one of the two", name, *given);
	*given = r->line;
	return set(setting, value, r->path, r->line, r->err);
}

sp_status spi_settings_read_file(const spi_setting *settings, const char *path, sp_arena *arena, sp_error *err)
{
	static const char mark[] = "\xEF\xBB\xBF"; /* editors of Windows put it in front of UTF-8 */
	reading r = {.settings = settings, .path = path, .err = err};
	const char *bytes;
	size_t len;
	sp_status status = spi_file_read(path, FILE_MAX, arena, &bytes, &len, err);
	if (status != SP_OK)
		return status;
	if (memchr(bytes, '\0', len))
		return sp_error_set(err, SP_ERR_INVALID, path, 0, "is no plain text; save it as UTF-8");
	char *text = sp_arena_strndup(arena, bytes, len);
	if (!text)
		return sp_error_set(err, SP_ERR_NOMEM, path, 0, "out of memory");
	char *at = text + (strncmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0);
	for (char *stop = text + len; at <= stop && status == SP_OK;) {
		char *end = memchr(at, '\n', (size_t)(stop - at));
		if (!end)
			end = stop;
		r.line++;
		status = read_line(&r, at, end);
		at = end + 1;
	}
	return status;
}

static bool is_same_text(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool is_same_list(const spi_setting_list *one, const spi_setting_list *other)
{
	bool same = one->count == other->count;
	for (size_t i = 0; same && i < one->count; i++)
		same = is_same_text(one->values[i], other->values[i]);
	return same;
}

bool spi_setting_is_same(const spi_setting *one, const spi_setting *other)
{
	switch (one->type) {
	case SPI_SETTING_NUMBER:
		return *(unsigned *)one->target == *(unsigned *)other->target;
	case SPI_SETTING_SHARE:
		return memcmp(one->target, other->target, sizeof(double)) == 0;
	case SPI_SETTING_FLAG:
		return *(bool *)one->target == *(bool *)other->target;
	case SPI_SETTING_LIST:
		return is_same_list(one->target, other->target);
	default:
		return is_same_text(*(const char **)one->target, *(const char **)other->target);
	}
}
