/* sportello import: other people's FAQs into Markdown. All is read and checked before the first file is written. */
#include "cmd/cmd.h"
#include "cmd/csv.h"
#include "cmd/lines.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)256 * 1024 * 1024)
#define DEFAULT_CATEGORY "imported"

typedef struct importing {
	const char *path, *audience, *category;
	sp_lang lang;
	sp_arena *arena;
	struct row { sp_import_record record; int line; } *rows;
	size_t count, cap;
} importing;

static sp_status take(importing *im, const sp_import_record *record, int line, sp_error *err)
{
	if (im->count == im->cap) {
		size_t cap = im->cap ? im->cap * 2 : 256;
		struct row *rows = realloc(im->rows, cap * sizeof *rows);
		if (!rows)
			return sp_error_set(err, SP_ERR_NOMEM, im->path, line, "out of memory");
		im->rows = rows;
		im->cap = cap;
	}
	im->rows[im->count++] = (struct row){*record, line};
	return SP_OK;
}

/* Fill what a record leaves out, and check what it says. */
static sp_status complete(importing *im, sp_import_record *record, const char *lang, int line, sp_error *err)
{
	record->lang = lang ? sp_lang_of(lang, strlen(lang)) : im->lang;
	if (record->lang == SP_LANG_NONE)
		return sp_error_set(err, SP_ERR_INVALID, im->path, line, "\"lang\" is \"%s\"; known are it, en, de", lang ? lang : "");
	if (!*record->title)
		return sp_error_set(err, SP_ERR_INVALID, im->path, line, "\"title\" is empty");
	if (!record->id || !sp_kb_is_id(record->id, strlen(record->id)))
		return sp_error_set(err, SP_ERR_INVALID, im->path, line, "the id \"%.128s\" must start with a letter or digit and have only "
			"letters, digits, '.', '_', '-' and '?' (at most 128)", record->id ? record->id : "");
	record->default_category = im->category;
	if (record->audience.count == 0) {
		record->audience.items = sp_arena_alloc(im->arena, sizeof *record->audience.items);
		if (!record->audience.items)
			return sp_error_set(err, SP_ERR_NOMEM, im->path, line, "out of memory");
		record->audience.items[record->audience.count++] = im->audience;
	}
	return take(im, record, line, err);
}

static sp_status read_audience(importing *im, json_t *object, int line, sp_strings *ret, sp_error *err)
{
	if (!json_is_string(json_object_get(object, "audience")))
		return spi_line_texts(object, "audience", im->path, line, im->arena, ret, err);
	const char *one;
	sp_status status = spi_line_text(object, "audience", false, im->path, line, im->arena, &one, err);
	ret->items = status == SP_OK ? sp_arena_alloc(im->arena, sizeof *ret->items) : NULL;
	if (ret->items)
		ret->items[ret->count++] = one;
	return status;
}

static sp_status take_json(json_t *object, int line, void *arg, sp_error *err)
{
	importing *im = arg;
	sp_import_record record = {0};
	const char *lang = NULL;
	const struct { const char *name; bool required; const char **target; } texts[] = {{"id", true, &record.id},
		{"title", true, &record.title}, {"answer", false, &record.answer}, {"category", false, &record.category}, {"lang", false, &lang}};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		sp_status status = spi_line_text(object, texts[i].name, texts[i].required, im->path, line, im->arena, texts[i].target, err);
		if (status != SP_OK)
			return status;
	}
	sp_status status = spi_line_texts(object, "questions", im->path, line, im->arena, &record.questions, err);
	if (status == SP_OK)
		status = spi_line_texts(object, "tags", im->path, line, im->arena, &record.keywords, err);
	if (status == SP_OK)
		status = read_audience(im, object, line, &record.audience, err);
	return status == SP_OK ? complete(im, &record, lang, line, err) : status;
}

/* "one|two" as a list. */
static sp_strings divided(const char *text, sp_arena *arena)
{
	sp_strings list = {0};
	size_t most = 1;
	for (const char *at = text; *at; at++)
		most += *at == '|';
	list.items = sp_arena_calloc(arena, most, sizeof *list.items);
	while (list.items && *text) {
		size_t len = strcspn(text, "|");
		if (len > 0)
			list.items[list.count++] = sp_arena_strndup(arena, text, len);
		text += len + (text[len] == '|');
	}
	return list;
}

static const char *column(const char **names, size_t names_count, const char **fields, size_t count, const char *name)
{
	for (size_t i = 0; i < names_count && i < count; i++)
		if (strcmp(names[i], name) == 0 && *fields[i])
			return fields[i];
	return NULL;
}

static sp_status take_csv(importing *im, const char **names, size_t names_count, const char **fields, size_t count, int line,
	sp_error *err)
{
	static const char *const needed[] = {"id", "title"};
	for (size_t i = 0; i < 2; i++)
		if (!column(names, names_count, fields, count, needed[i]))
			return sp_error_set(err, SP_ERR_INVALID, im->path, line, "the column \"%s\" is missing or empty", needed[i]);
	const char *questions = column(names, names_count, fields, count, "questions");
	const char *tags = column(names, names_count, fields, count, "tags");
	const char *audience = column(names, names_count, fields, count, "audience");
	sp_import_record record = {
		.id = column(names, names_count, fields, count, "id"),
		.title = column(names, names_count, fields, count, "title"),
		.answer = column(names, names_count, fields, count, "answer"),
		.category = column(names, names_count, fields, count, "category"),
		.questions = divided(questions ? questions : "", im->arena),
		.keywords = divided(tags ? tags : "", im->arena),
		.audience = divided(audience ? audience : "", im->arena),
	};
	return complete(im, &record, column(names, names_count, fields, count, "lang"), line, err);
}

static sp_status read_csv(importing *im, sp_error *err)
{
	const char *text, **names, **fields;
	size_t len, names_count, count;
	sp_status status = spi_file_read(im->path, FILE_MAX_BYTES, im->arena, &text, &len, err);
	if (status != SP_OK)
		return status;
	spi_csv csv;
	spi_csv_init(&csv, im->path, text, len);
	if ((status = spi_csv_next(&csv, im->arena, &names, &names_count, err)) != SP_OK)
		return status;
	for (;;) {
		status = spi_csv_next(&csv, im->arena, &fields, &count, err);
		if (status != SP_OK || count == 0)
			return status;
		if ((status = take_csv(im, names, names_count, fields, count, csv.line, err)) != SP_OK)
			return status;
	}
}

static bool has(const sp_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static sp_status gather_categories(importing *im, sp_strings *ret, unsigned *ret_langs, sp_error *err)
{
	*ret = (sp_strings){sp_arena_calloc(im->arena, im->count + 1, sizeof *ret->items), 0};
	if (!ret->items)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < im->count; i++) {
		const sp_import_record *record = &im->rows[i].record;
		const char *category = record->category ? record->category : record->default_category;
		*ret_langs |= 1u << record->lang;
		if (!has(ret, category))
			ret->items[ret->count++] = category;
	}
	return SP_OK;
}

/* Each record in turn; what is wrong names its line. */
static sp_status each(importing *im, const char *kb, unsigned flags, size_t *ret_changed, sp_error *err)
{
	*ret_changed = 0;
	for (size_t i = 0; i < im->count; i++) {
		bool changed = false;
		sp_error why = {0};
		sp_status status = sp_kb_write_article(kb, &im->rows[i].record, flags, &changed, &why);
		if (status != SP_OK)
			return sp_error_set(err, status, im->path, im->rows[i].line, "%s: %s", why.source, why.text);
		*ret_changed += changed;
	}
	return SP_OK;
}

static sp_status write_all(importing *im, const char *kb, bool replace, size_t *ret_changed, sp_error *err)
{
	sp_strings categories;
	unsigned langs = 0, flags = replace ? SP_IMPORT_REPLACE : 0;
	sp_status status = each(im, kb, flags | SP_IMPORT_LOOK, ret_changed, err);
	if (status == SP_OK)
		status = gather_categories(im, &categories, &langs, err);
	if (status == SP_OK)
		status = spi_mkdirs(kb, err);
	if (status == SP_OK)
		status = sp_kb_prepare(kb, &categories, langs, err);
	return status == SP_OK ? each(im, kb, flags, ret_changed, err) : status;
}

static int run(importing *im, const char *format, const char *kb, bool replace, bool json)
{
	sp_error err = {0};
	size_t changed = 0;
	sp_status status = strcmp(format, "csv") == 0 ? read_csv(im, &err) : spi_json_lines_read(im->path, take_json, im, &err);
	if (status == SP_OK)
		status = write_all(im, kb, replace, &changed, &err);
	if (status != SP_OK) {
		spi_fail(&err, status);
		return status == SP_ERR_INVALID || status == SP_ERR_CONFLICT ? SPI_EXIT_NO : SPI_EXIT_FAILED;
	}
	if (json)
		printf("{\"read\":%zu,\"written\":%zu}\n", im->count, changed);
	else
		printf("%s: %zu; %s: %zu\n", spi_say("cmd.import.read"), im->count, spi_say("cmd.import.written"), changed);
	return SPI_EXIT_OK;
}

int spi_cmd_import(int argc, char **argv)
{
	const char *kb = NULL, *format = "jsonl", *lang = "it";
	importing im = {.audience = "citizen", .category = DEFAULT_CATEGORY};
	bool replace = false, json = false;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &kb},
		{.name = "format", .type = SPI_SETTING_CHOICE, .target = &format, .choices = "jsonl|csv"},
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &im.audience},
		{.name = "category", .type = SPI_SETTING_TEXT, .target = &im.category},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "replace", .type = SPI_SETTING_FLAG, .target = &replace},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("import", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!kb)
		return spi_missing("import", "kb");
	im.path = words[0];
	im.lang = sp_lang_of(lang, strlen(lang));
	im.arena = sp_arena_new(0);
	if (!im.arena)
		return SPI_EXIT_FAILED;
	int code = run(&im, format, kb, replace, json);
	free(im.rows);
	sp_arena_free(im.arena);
	return code;
}
