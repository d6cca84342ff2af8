#include "sportello/skeleton.h"

#include "base/clock.h"
#include "base/embed.h"
#include "base/file.h"
#include "kb/report.h"
#include "kb/slug.h"
#include "kb/write.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DAY_S 86400
#define HOUR_S 3600
#define NOTICE_HOURS 8
#define FILES_MAX 64

typedef struct fill {
	const char *name, *value;
} fill;

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static const char *value_of(const fill *fills, const char *name, size_t len)
{
	for (; fills->name; fills++)
		if (strlen(fills->name) == len && memcmp(fills->name, name, len) == 0)
			return fills->value;
	return NULL;
}

/* The skeleton's {{names}} filled; those that are not ours ({{ vars… }} of a CI recipe) stay. */
static void fill_in(const char *text, size_t len, const fill *fills, sp_buffer *out)
{
	for (size_t i = 0; i < len;) {
		const char *end = i + 4 < len && text[i] == '{' && text[i + 1] == '{' ? memmem(text + i, len - i, "}}", 2) : NULL;
		const char *value = end ? value_of(fills, text + i + 2, (size_t)(end - text) - i - 2) : NULL;
		if (value) {
			sp_buffer_add_text(out, value);
			i = (size_t)(end - text) + 2;
		} else {
			sp_buffer_add_char(out, text[i++]);
		}
	}
}

static const char *day_text(int64_t utc_s, sp_arena *arena)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(utc_s / DAY_S, &year, &month, &day);
	return sp_arena_printf(arena, "%04d-%02u-%02u", year, month, day);
}

/* The next full hour and so many later. */
static const char *hour_text(int64_t utc_s, int hours, sp_arena *arena)
{
	char text[32];
	spi_rfc3339((utc_s / HOUR_S + 1 + hours) * HOUR_S, text);
	return sp_arena_strdup(arena, text);
}

typedef struct days {
	const char *today, *next_year, *starts, *ends;
} days;

static bool find_days(int64_t now_utc_s, sp_arena *arena, days *ret)
{
	ret->today = day_text(now_utc_s, arena);
	ret->next_year = day_text(now_utc_s + 365 * (int64_t)DAY_S, arena);
	ret->starts = hour_text(now_utc_s, 0, arena);
	ret->ends = hour_text(now_utc_s, NOTICE_HOURS, arena);
	return ret->today && ret->next_year && ret->starts && ret->ends;
}

/* ---- an article ---- */

static sp_status unknown(
	const char *what, const char *value, const void *items, size_t count, size_t size, sp_error *err)
{
	const char *near = spi_nearest(value, items, count, size);
	return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "kb.yaml knows no %s \"%.100s\"%s%s%s", what, value,
		*near ? "; did you mean \"" : "", near, *near ? "\"?" : "");
}

static sp_status check_audience(const sp_kb_config *config, const char *list, sp_arena *arena, const char **ret, sp_error *err)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_status status = SP_OK;
	while (status == SP_OK && list && *list) {
		size_t skip = strspn(list, " ,"), len = strcspn(list + skip, " ,");
		char *key = sp_arena_strndup(arena, list + skip, len);
		list += skip + len;
		if (!key || !*key)
			continue;
		if (sp_kb_audience(config, key) < 0)
			status = unknown("audience", key, config->audiences, config->audiences_count, sizeof *config->audiences, err);
		sp_buffer_printf(&out, "%s%s", out.len ? ", " : "", key);
	}
	*ret = sp_arena_strdup(arena, sp_buffer_text(&out));
	sp_buffer_release(&out);
	return status == SP_OK && !*ret ? no_memory(err) : status;
}

/* All that there are, behind an empty list: what the editor may choose from. */
static const char *audience_note(const sp_kb_config *config, sp_arena *arena)
{
	sp_buffer out = SP_BUFFER_INIT;
	for (size_t i = 0; i < config->audiences_count; i++)
		sp_buffer_printf(&out, "%s%s", i ? ", " : " # ", config->audiences[i].key);
	const char *note = sp_arena_strdup(arena, sp_buffer_text(&out));
	sp_buffer_release(&out);
	return note;
}

/* A text as YAML; without one, the mark of the language. */
static const char *yaml_text(const char *text, sp_lang lang, sp_arena *arena)
{
	sp_buffer out = SP_BUFFER_INIT;
	if (!text)
		text = sp_arena_printf(arena, "%s …]", sp_catalog_text(lang, "placeholder.mark"));
	spi_yaml_write(&out, text ? text : "");
	const char *written = sp_buffer_ok(&out) ? sp_arena_strdup(arena, sp_buffer_text(&out)) : NULL;
	sp_buffer_release(&out);
	return written;
}

/* A file of this name in any category of the language: an id is there once. */
static const char *find_id(const char *dir, sp_lang lang, const char *name, sp_arena *arena)
{
	const char *folder = sp_arena_printf(arena, "%s/%s", dir, sp_lang_code(lang)), *found = NULL;
	DIR *entries = folder ? opendir(folder) : NULL;
	for (struct dirent *entry; entries && !found && (entry = readdir(entries));) {
		const char *path =
			entry->d_name[0] == '.' ? NULL : sp_arena_printf(arena, "%s/%s/%s.md", folder, entry->d_name, name);
		found = path && spi_exists(path) ? path : NULL;
	}
	if (entries)
		closedir(entries);
	return found;
}

static sp_status check_place(
	const char *dir, const sp_kb_config *config, const sp_skeleton *what, sp_lang lang, sp_arena *arena, sp_error *err)
{
	if (!sp_kb_is_id(what->id, strlen(what->id)))
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0,
			"\"%.100s\" can be no id: a letter or digit, then letters, digits, '.', '_' and '-'", what->id);
	if (sp_kb_category(config, what->category) < 0)
		return unknown("category", what->category, config->categories, config->categories_count, sizeof *config->categories, err);
	if (!(config->langs >> lang & 1))
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "kb.yaml has no language \"%s\"; add it to languages:", sp_lang_code(lang));
	const char *name = spi_id_file_name(what->id, arena), *old = name ? find_id(dir, lang, name, arena) : NULL;
	if (old)
		return sp_error_set(err, SP_ERR_CONFLICT, old, 0, "this id is taken; choose another");
	return name ? SP_OK : no_memory(err);
}

static sp_status write_file(const char *path, const sp_buffer *text, sp_arena *arena, sp_error *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = sp_arena_strndup(arena, path, slash ? (size_t)(slash - path) : 0);
	if (!folder || !sp_buffer_ok(text))
		return no_memory(err);
	sp_status status = *folder ? spi_mkdirs(folder, err) : SP_OK;
	return status == SP_OK ? spi_file_write(path, sp_buffer_text(text), text->len, err) : status;
}

static sp_status write_article(
	const char *dir, const sp_kb_config *config, const sp_skeleton *what, sp_arena *arena, const char **ret_path, sp_error *err)
{
	sp_lang lang = what->lang == SP_LANG_NONE ? config->default_lang : what->lang;
	const char *audience = "", *skeleton_name = sp_arena_printf(arena, "articles/%s/%s.md", sp_lang_code(lang), what->type);
	const spi_embedded *skeleton = skeleton_name ? spi_embedded_find(spi_embedded_skeletons, skeleton_name) : NULL;
	days at;
	if (!skeleton)
		return sp_error_set(err, SP_ERR_INVALID, NULL, 0, "there is no skeleton for the type \"%.40s\"", what->type);
	sp_status status = check_place(dir, config, what, lang, arena, err);
	if (status == SP_OK)
		status = check_audience(config, what->audience, arena, &audience, err);
	if (status != SP_OK)
		return status;
	const char *path = sp_arena_printf(
		arena, "%s/%s/%s/%s.md", dir, sp_lang_code(lang), what->category, spi_id_file_name(what->id, arena));
	if (!path || !find_days(what->now_utc_s, arena, &at))
		return no_memory(err);
	const fill fills[] = {{"id", what->id}, {"title", yaml_text(what->title, lang, arena)}, {"category", what->category},
		{"audience", audience}, {"audience_note", *audience ? "" : audience_note(config, arena)},
		{"owner", yaml_text(what->owner, lang, arena)}, {"today", at.today}, {"next_year", at.next_year},
		{"starts", at.starts}, {"ends", at.ends}, {NULL, NULL}};
	sp_buffer text = SP_BUFFER_INIT;
	fill_in(skeleton->data, (size_t)(skeleton->end - skeleton->data), fills, &text);
	status = write_file(path, &text, arena, err);
	sp_buffer_release(&text);
	if (status == SP_OK)
		*ret_path = path;
	return status;
}

sp_status sp_skeleton_article(const char *dir, const sp_skeleton *what, sp_arena *arena, const char **ret_path, sp_error *err)
{
	sp_kb_config *config = NULL;
	sp_status status = sp_kb_config_load(dir, NULL, &config, err);
	if (status == SP_OK)
		status = write_article(dir, config, what, arena, ret_path, err);
	sp_kb_config_free(config);
	return status;
}

/* ---- a knowledge base ---- */

typedef struct starter {
	const char *dir;
	sp_lang lang;
	sp_arena *arena;
	sp_error *err;
	sp_strings files;
} starter;

/* Path below the new folder of a skeleton's file; NULL when it is none of this language. */
static const char *path_below(const starter *s, const char *name)
{
	static const char common[] = "kb/common/";
	char own[16];
	int len = snprintf(own, sizeof own, "kb/%s/", sp_lang_code(s->lang));
	if (strncmp(name, common, sizeof common - 1) == 0)
		return name + sizeof common - 1;
	return strncmp(name, own, (size_t)len) == 0 ? name + len : NULL;
}

static sp_status write_one(starter *s, const char *below, const sp_buffer *text)
{
	const char *path = sp_arena_printf(s->arena, "%s/%s", s->dir, below);
	if (!path)
		return no_memory(s->err);
	sp_status status = write_file(path, text, s->arena, s->err);
	if (status == SP_OK && strncmp(below, ".githooks/", 10) == 0 && chmod(path, 0755) != 0)
		status = sp_error_errno(s->err, errno, path, "make executable");
	if (status == SP_OK && s->files.count < FILES_MAX)
		s->files.items[s->files.count++] = below;
	return status;
}

static sp_status write_skeletons(starter *s, const fill *fills)
{
	sp_status status = SP_OK;
	for (const spi_embedded *file = spi_embedded_skeletons; status == SP_OK && file->name; file++) {
		const char *below = path_below(s, file->name);
		sp_buffer text = SP_BUFFER_INIT;
		if (!below)
			continue;
		fill_in(file->data, (size_t)(file->end - file->data), fills, &text);
		status = write_one(s, below, &text);
		sp_buffer_release(&text);
	}
	return status;
}

static const char article_schema[] = ".vscode/sportello-article.schema.json", kb_schema[] = ".vscode/sportello-kb.schema.json";

static sp_status write_schemas(starter *s)
{
	sp_kb_config *config = NULL;
	sp_buffer article = SP_BUFFER_INIT, kb = SP_BUFFER_INIT;
	sp_status status = sp_kb_config_load(s->dir, NULL, &config, s->err);
	if (status == SP_OK)
		status = sp_kb_schema_article(config, s->lang, &article);
	if (status == SP_OK)
		status = sp_kb_schema_config(s->lang, &kb);
	if (status == SP_OK)
		status = write_one(s, article_schema, &article);
	if (status == SP_OK)
		status = write_one(s, kb_schema, &kb);
	sp_kb_config_free(config);
	sp_buffer_release(&article);
	sp_buffer_release(&kb);
	return status;
}

/* Nothing that is there is ever overwritten. */
static sp_status check_free(const starter *s)
{
	for (const spi_embedded *file = spi_embedded_skeletons; file->name; file++) {
		const char *below = path_below(s, file->name);
		const char *path = below ? sp_arena_printf(s->arena, "%s/%s", s->dir, below) : NULL;
		if (path && spi_exists(path))
			return sp_error_set(s->err, SP_ERR_CONFLICT, path, 0, "it is there already; nothing was written");
	}
	return SP_OK;
}

sp_status sp_skeleton_kb(const char *dir, sp_lang lang, int64_t now_utc_s, sp_arena *arena, sp_strings *ret_files, sp_error *err)
{
	starter s = {.dir = dir, .lang = lang, .arena = arena, .err = err};
	days at;
	s.files.items = sp_arena_calloc(arena, FILES_MAX, sizeof *s.files.items);
	if (!s.files.items || !find_days(now_utc_s, arena, &at))
		return no_memory(err);
	const fill fills[] = {{"today", at.today}, {"next_year", at.next_year}, {"starts", at.starts}, {"ends", at.ends}, {NULL, NULL}};
	sp_status status = check_free(&s);
	if (status == SP_OK)
		status = spi_mkdirs(dir, err);
	if (status == SP_OK)
		status = write_skeletons(&s, fills);
	if (status == SP_OK)
		status = write_schemas(&s);
	if (status == SP_OK)
		*ret_files = s.files;
	return status;
}
