/* Article files from records that come from elsewhere. */
#include "kb/write.h"

#include "base/clock.h"
#include "base/file.h"
#include "kb/keys.h"
#include "kb/lint/lint.h"
#include "kb/slug.h"

#include <dirent.h>
#include <string.h>

#define DEFAULT_CATEGORY "imported"

static bool is_blank(const char *text)
{
	return !text || !text[strspn(text, " \t\r\n")];
}

static sp_status check_text(const sp_import_record *record, const char *name, const char *text, sp_error *err)
{
	if (text && !sp_text_is_utf8(text, strlen(text)))
		return sp_error_set(err, SP_ERR_INVALID, record->id, 0,
			"record %s: the %s is not UTF-8; convert the file first", record->id, name);
	return SP_OK;
}

static sp_status check_list(const sp_import_record *record, const char *name, const sp_strings *list, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; status == SP_OK && i < list->count; i++)
		status = check_text(record, name, list->items[i], err);
	return status;
}

static bool is_one_of(const char *text, const char *const *names)
{
	while (text && *names && strcmp(*names, text) != 0)
		names++;
	return !text || *names;
}

/* What only some records have. */
static sp_status check_more(const sp_import_record *record, sp_error *err)
{
	const char *const texts[] = {record->owner, record->reviewed_by, record->replaced_by, record->competence, record->window.from, record->ticket.group,
		record->starts, record->ends};
	const sp_strings *const lists[] = {&record->languages, &record->codes, &record->related, &record->source, &record->ticket.fields,
		&record->covers.articles, &record->covers.categories, &record->covers.codes};
	sp_status status = SP_OK;
	if (!is_one_of(record->type, spi_article_types))
		return sp_error_set(err, SP_ERR_INVALID, record->id, 0, "record %s: there is no type \"%.40s\"", record->id, record->type);
	if (!is_one_of(record->status, spi_article_statuses))
		return sp_error_set(err, SP_ERR_INVALID, record->id, 0, "record %s: there is no status \"%.40s\"", record->id, record->status);
	for (size_t i = 0; status == SP_OK && i < sizeof texts / sizeof *texts; i++)
		status = check_text(record, "text", texts[i], err);
	for (size_t i = 0; status == SP_OK && i < sizeof lists / sizeof *lists; i++)
		status = check_list(record, "list", lists[i], err);
	return status;
}

static sp_status check_record(const sp_import_record *record, sp_error *err)
{
	if (!record->id || !sp_kb_is_id(record->id, strlen(record->id)))
		return sp_error_set(err, SP_ERR_INVALID, record->id, 0,
			"record \"%.100s\": the id must start with a letter or digit and have only letters, digits, '.', '_', '-' "
			"and '?' (at most %d)",
			record->id ? record->id : "", SP_ID_MAX);
	if (record->lang <= SP_LANG_NONE || record->lang >= SP_LANG_COUNT)
		return sp_error_set(
			err, SP_ERR_INVALID, record->id, 0, "record %s: unknown language; use it, en or de", record->id);
	if (is_blank(record->title))
		return sp_error_set(err, SP_ERR_INVALID, record->id, 0, "record %s: the title is empty", record->id);
	if (!record->audience.count)
		return sp_error_set(err, SP_ERR_INVALID, record->id, 0,
			"record %s: it names no audience, so nobody could read it; give one with --audience", record->id);
	sp_status status = check_text(record, "title", record->title, err);
	if (status == SP_OK)
		status = check_text(record, "answer", record->answer, err);
	if (status == SP_OK)
		status = check_text(record, "category", record->category, err);
	if (status == SP_OK)
		status = check_list(record, "question", &record->questions, err);
	if (status == SP_OK)
		status = check_list(record, "keyword", &record->keywords, err);
	if (status == SP_OK)
		status = check_list(record, "audience", &record->audience, err);
	return status == SP_OK ? check_more(record, err) : status;
}

/* The day that an existing file names, so that bringing the same record in again changes nothing. */
static sp_date updated_in(const char *text)
{
	const char *line = strstr(text, "\nupdated: ");
	return line && strlen(line) >= 20 ? sp_date_parse(line + 10, 10) : 0;
}

/* Another category's folder that has this article already; NULL = none. */
static const char *other_place(
	const char *dir, const sp_import_record *record, const char *category, const char *name, sp_arena *arena)
{
	const char *folder = sp_arena_printf(arena, "%s/%s", dir, sp_lang_code(record->lang)), *found = NULL;
	DIR *entries = folder ? opendir(folder) : NULL;
	for (struct dirent *entry; entries && !found && (entry = readdir(entries));) {
		if (entry->d_name[0] == '.' || strcmp(entry->d_name, category) == 0)
			continue;
		const char *path = sp_arena_printf(arena, "%s/%s/%s.md", folder, entry->d_name, name);
		found = path && spi_exists(path) ? path : NULL;
	}
	if (entries)
		closedir(entries);
	return found;
}

typedef struct target {
	const char *category, *path, *folder;
	const char *old; /* what is there; NULL = nothing */
	size_t old_len;
} target;

static sp_status find_target(
	const char *dir, const sp_import_record *record, sp_arena *arena, target *ret, sp_error *err)
{
	const char *category = !is_blank(record->category) ? record->category
		: !is_blank(record->default_category)		   ? record->default_category
													   : DEFAULT_CATEGORY;
	ret->category = spi_key_of(category, arena);
	const char *name = spi_id_file_name(record->id, arena);
	if (!ret->category || !name)
		return sp_error_set(err, SP_ERR_NOMEM, record->id, 0, "not enough memory to write it");
	if (!*ret->category)
		return sp_error_set(err, SP_ERR_INVALID, record->id, 0,
			"record %s: no folder can be named after the category \"%.100s\"", record->id, category);
	ret->folder = sp_arena_printf(arena, "%s/%s/%s", dir, sp_lang_code(record->lang), ret->category);
	ret->path = ret->folder ? sp_arena_printf(arena, "%s/%s.md", ret->folder, name) : NULL;
	if (!ret->path)
		return sp_error_set(err, SP_ERR_NOMEM, record->id, 0, "not enough memory to write it");
	const char *other = other_place(dir, record, ret->category, name, arena);
	if (other)
		return sp_error_set(err, SP_ERR_CONFLICT, other, 0,
			"record %s: this file has the same id in another category; remove it first, or change the category of the "
			"record",
			record->id);
	return spi_exists(ret->path) ? spi_file_read(ret->path, SP_ARTICLE_MAX_BYTES, arena, &ret->old, &ret->old_len, err)
								 : SP_OK;
}

static sp_status write_file(const target *t, const sp_buffer *text, const sp_import_record *record, unsigned flags,
	bool *ret_changed, sp_error *err)
{
	if (text->len > SP_ARTICLE_MAX_BYTES)
		return sp_error_set(
			err, SP_ERR_TOO_LARGE, record->id, 0, "record %s: the article would have more than 1 MiB", record->id);
	if (t->old && t->old_len == text->len && memcmp(t->old, text->data, text->len) == 0) {
		*ret_changed = false;
		return SP_OK;
	}
	if (t->old && !(flags & SP_IMPORT_REPLACE))
		return sp_error_set(err, SP_ERR_CONFLICT, t->path, 0,
			"record %s: the file is there already with other content; it stays as it is (--replace overwrites it)",
			record->id);
	*ret_changed = true;
	if (flags & SP_IMPORT_LOOK)
		return SP_OK;
	sp_status status = spi_mkdirs(t->folder, err);
	if (status == SP_OK)
		status = spi_file_write(t->path, text->data, text->len, err);
	return status;
}

static sp_status write_article(
	const char *dir, const sp_import_record *record, unsigned flags, sp_arena *arena, bool *ret_changed, sp_error *err)
{
	target t = {0};
	sp_buffer text = SP_BUFFER_INIT;
	sp_status status = find_target(dir, record, arena, &t, err);
	if (status != SP_OK)
		return status;
	sp_date updated = record->updated ? record->updated : t.old ? updated_in(t.old) : 0;
	spi_record_write(&text, record, t.category, updated ? updated : sp_date_of(spi_now_utc_s(), NULL), arena);
	status = sp_buffer_ok(&text) ? write_file(&t, &text, record, flags, ret_changed, err)
								 : sp_error_set(err, SP_ERR_NOMEM, record->id, 0, "not enough memory to write it");
	sp_buffer_release(&text);
	return status;
}

sp_status sp_kb_write_article(
	const char *dir, const sp_import_record *record, unsigned flags, bool *ret_changed, sp_error *err)
{
	sp_status status = check_record(record, err);
	sp_arena *arena = status == SP_OK ? sp_arena_new(0) : NULL;
	if (status != SP_OK)
		return status;
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, record->id, 0, "not enough memory to write it");
	bool changed = false;
	status = write_article(dir, record, flags, arena, &changed, err);
	if (status == SP_OK && ret_changed)
		*ret_changed = changed;
	sp_arena_free(arena);
	return status;
}
