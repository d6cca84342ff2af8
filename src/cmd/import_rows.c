/* Rows of our own formats, one a line: jsonl and csv. */
#include "cmd/import.h"

#include "base/file.h"
#include "cmd/csv.h"
#include "cmd/lines.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)256 * 1024 * 1024)

sp_status spi_import_take(spi_importing *im, const sp_import_record *record, int line, sp_error *err)
{
	if (im->count == im->cap) {
		size_t cap = im->cap ? im->cap * 2 : 256;
		struct spi_import_row *rows = realloc(im->rows, cap * sizeof *rows);
		if (!rows)
			return sp_error_set(err, SP_ERR_NOMEM, im->path, line, "out of memory");
		im->rows = rows;
		im->cap = cap;
	}
	im->rows[im->count++] = (struct spi_import_row){*record, line};
	return SP_OK;
}

/* Fill what a record leaves out, and check what it says. */
static sp_status complete(spi_importing *im, sp_import_record *record, const char *lang, int line, sp_error *err)
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
	return spi_import_take(im, record, line, err);
}

static sp_status read_audience(spi_importing *im, json_t *object, int line, sp_strings *ret, sp_error *err)
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

/* ---- a row, of either format ---- */

typedef struct row {
	spi_importing *im;
	int line;
	json_t *object; /* of jsonl, else NULL */
	const char **names, **fields; /* of csv */
	size_t names_count, count;
} row;

/* A spreadsheet takes what begins so for a formula; an apostrophe in front of it says that it is none (sportello export writes it). */
static const char *without_guard(const char *text)
{
	return text[0] == '\'' && text[1] && strchr("=+-@\t\r", text[1]) ? text + 1 : text;
}

static const char *column(const row *r, const char *name)
{
	for (size_t i = 0; i < r->names_count && i < r->count; i++)
		if (strcmp(r->names[i], name) == 0 && *r->fields[i])
			return without_guard(r->fields[i]);
	return NULL;
}

static sp_status get_text(const row *r, const char *name, const char **ret, sp_error *err)
{
	if (r->object)
		return spi_line_text(r->object, name, false, r->im->path, r->line, r->im->arena, ret, err);
	*ret = column(r, name);
	return SP_OK;
}

static sp_status get_list(const row *r, const char *name, sp_strings *ret, sp_error *err)
{
	if (r->object)
		return spi_line_texts(r->object, name, r->im->path, r->line, r->im->arena, ret, err);
	const char *text = column(r, name);
	*ret = divided(text ? text : "", r->im->arena);
	return SP_OK;
}

static sp_status get_date(const row *r, const char *name, sp_date *ret, sp_error *err)
{
	const char *text = NULL;
	sp_status status = get_text(r, name, &text, err);
	*ret = text ? sp_date_parse(text, strlen(text)) : 0;
	return status == SP_OK && text && !*ret
		? sp_error_set(err, SP_ERR_INVALID, r->im->path, r->line, "\"%s\" is \"%.40s\"; a day is written 2026-01-31", name, text)
		: status;
}

/* Days as a number, or as front matter has them (3d). */
static sp_status get_days(const row *r, const char *name, uint32_t *ret, sp_error *err)
{
	const char *text = NULL;
	char *end = NULL;
	sp_status status = get_text(r, name, &text, err);
	unsigned long days = text ? strtoul(text, &end, 10) : 0;
	*ret = (uint32_t)days;
	return status == SP_OK && text && (end == text || (*end && strcmp(end, "d") != 0) || days > 99999)
		? sp_error_set(err, SP_ERR_INVALID, r->im->path, r->line, "\"%s\" is \"%.40s\"; days are written 3d", name, text)
		: status;
}

static sp_status get_flag(const row *r, const char *name, bool *ret, sp_error *err)
{
	const char *text = NULL;
	if (r->object && json_is_boolean(json_object_get(r->object, name))) {
		*ret = json_is_true(json_object_get(r->object, name));
		return SP_OK;
	}
	sp_status status = get_text(r, name, &text, err);
	*ret = text && strcmp(text, "true") == 0;
	return status;
}

/* What `sportello export` writes over the first eight members. */
static sp_status read_more(const row *r, sp_import_record *record, sp_error *err)
{
	const struct { const char *name; const char **target; } texts[] = {{"type", &record->type}, {"status", &record->status},
		{"owner", &record->owner}, {"reviewed_by", &record->reviewed_by}, {"replaced_by", &record->replaced_by}, {"competence", &record->competence},
		{"window_from", &record->window.from}, {"ticket_group", &record->ticket.group}, {"starts", &record->starts}, {"ends", &record->ends}};
	const struct { const char *name; sp_strings *target; } lists[] = {{"languages", &record->languages}, {"codes", &record->codes}, {"related", &record->related},
		{"source", &record->source}, {"ticket_fields", &record->ticket.fields}, {"covers_articles", &record->covers.articles},
		{"covers_categories", &record->covers.categories}, {"covers_codes", &record->covers.codes}};
	const struct { const char *name; sp_date *target; } dates[] = {{"updated", &record->updated}, {"valid_from", &record->valid_from},
		{"valid_until", &record->valid_until}, {"review_by", &record->review_by}};
	const char *format = NULL;
	sp_status status = get_text(r, "format", &format, err);
	record->is_markdown = format && strcmp(format, "markdown") == 0;
	for (size_t i = 0; status == SP_OK && i < sizeof texts / sizeof *texts; i++)
		status = get_text(r, texts[i].name, texts[i].target, err);
	for (size_t i = 0; status == SP_OK && i < sizeof lists / sizeof *lists; i++)
		status = get_list(r, lists[i].name, lists[i].target, err);
	for (size_t i = 0; status == SP_OK && i < sizeof dates / sizeof *dates; i++)
		status = get_date(r, dates[i].name, dates[i].target, err);
	if (status == SP_OK)
		status = get_days(r, "window_wait", &record->window.wait_days, err);
	if (status == SP_OK)
		status = get_days(r, "window_until", &record->window.until_days, err);
	return status == SP_OK ? get_flag(r, "ended", &record->ended, err) : status;
}

static sp_status take_json(json_t *object, int line, void *arg, sp_error *err)
{
	spi_importing *im = arg;
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
	if (status == SP_OK)
		status = read_more(&(row){.im = im, .line = line, .object = object}, &record, err);
	return status == SP_OK ? complete(im, &record, lang, line, err) : status;
}

sp_status spi_import_jsonl(spi_importing *im, sp_error *err)
{
	return spi_json_lines_read(im->path, take_json, im, err);
}

static sp_status take_csv(spi_importing *im, const row *r, sp_error *err)
{
	static const char *const needed[] = {"id", "title"};
	for (size_t i = 0; i < 2; i++)
		if (!column(r, needed[i]))
			return sp_error_set(err, SP_ERR_INVALID, im->path, r->line, "the column \"%s\" is missing or empty", needed[i]);
	sp_import_record record = {.id = column(r, "id"), .title = column(r, "title"), .answer = column(r, "answer"),
		.category = column(r, "category")};
	sp_status status = get_list(r, "questions", &record.questions, err);
	if (status == SP_OK)
		status = get_list(r, "tags", &record.keywords, err);
	if (status == SP_OK)
		status = get_list(r, "audience", &record.audience, err);
	if (status == SP_OK)
		status = read_more(r, &record, err);
	return status == SP_OK ? complete(im, &record, column(r, "lang"), r->line, err) : status;
}

sp_status spi_import_csv(spi_importing *im, sp_error *err)
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
		const row r = {.im = im, .line = csv.line, .names = names, .fields = fields, .names_count = names_count, .count = count};
		if ((status = take_csv(im, &r, err)) != SP_OK)
			return status;
	}
}

