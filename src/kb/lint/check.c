/* The linter over a whole folder: each file by itself (read.c), then what they say of each other. */
#include "kb/lint/lint.h"

#include "kb/config.h"
#include "kb/scan.h"

#include <stdlib.h>
#include <string.h>

const char *spi_join(sp_arena *arena, const char *dir, const char *path)
{
	size_t len = strlen(dir);
	return sp_arena_printf(arena, "%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/", path);
}

typedef struct odd_arg {
	spi_checker *c;
	const char *dir;
} odd_arg;

static void report_odd(void *arg, spi_odd what, const char *path)
{
	const odd_arg *odd = arg;
	spi_report report = {
		.findings = odd->c->findings, .config = odd->c->config, .file = spi_join(odd->c->arena, odd->dir, path)};
	spi_place place = {1, 1};
	if (!report.file)
		return;
	switch (what) {
	case SPI_ODD_PLACE:
		SPI_REPORT(&report, SPI_RULE_MISPLACED_FILE, place, NULL, {"file", path});
		break;
	case SPI_ODD_NAME:
		spi_report_add(&report, SPI_RULE_FILE_NAME, place, NULL, NULL);
		break;
	case SPI_ODD_LANGUAGE:
		SPI_REPORT(&report, SPI_RULE_MISPLACED_FILE, place, "folder", {"file", path});
		break;
	case SPI_ODD_OUTSIDE:
		SPI_REPORT(&report, SPI_RULE_MISPLACED_FILE, place, "outside", {"file", path});
		break;
	case SPI_ODD_NOTHING:
		SPI_REPORT(&report, SPI_RULE_MISPLACED_FILE, place, "nothing", {"file", path});
		break;
	case SPI_ODD_NO_FILE:
		SPI_REPORT(&report, SPI_RULE_MISPLACED_FILE, place, "no-file", {"file", path});
		break;
	case SPI_ODD_CLOSED:
		SPI_REPORT(&report, SPI_RULE_UNREADABLE, place, "folder", {"file", path});
		break;
	}
}

static bool check_files(spi_checker *c, const char *dir, const sp_kb_files *files)
{
	if (!spi_lint_read(c, dir, files))
		return false;
	/* Edits that wait last: what they are compared with is then known. */
	for (int waits = 0; waits < 2; waits++) {
		for (size_t i = 0; i < c->count; i++) {
			if (c->entries[i]->waits != waits)
				continue;
			if (waits)
				spi_lint_waiting(c, c->entries[i]);
			else
				spi_lint_identity(c, c->entries[i]);
			spi_lint_questions(c, c->entries[i]);
		}
	}
	for (size_t i = 0; i < c->count; i++) {
		spi_lint_links(c, c->entries[i]);
		spi_lint_successor(c, c->entries[i]);
		spi_lint_module(c, c->entries[i]);
		if (!c->entries[i]->waits)
			spi_lint_translation(c, c->entries[i]);
	}
	spi_lint_duplicates(c);
	spi_lint_statements(c);
	spi_lint_answers(c);
	spi_lint_unused(c);
	return true;
}

/* As much of kb.yaml as can be read: its own mistakes must not hide those of the articles. */
static sp_status read_config(spi_checker *c, const char *dir, sp_kb_config **ret, sp_error *err)
{
	sp_status status = spi_config_bytes(dir, c->arena, &c->config_text, &c->config_len, err);
	spi_report report = {.findings = c->findings, .file = spi_join(c->arena, dir, SPI_CONFIG_FILE)};
	if (status != SP_OK)
		return status;
	sp_kb_config *config = *ret = spi_config_read(c->config_text, c->config_len, &report);
	c->config_file = report.file;
	c->used_bodies = config ? sp_arena_calloc(c->arena, config->bodies_count + 1, sizeof(bool)) : NULL;
	c->used_fields = config ? sp_arena_calloc(c->arena, config->fields_count + 1, sizeof(bool)) : NULL;
	return SP_OK;
}

static int by_path(const void *left, const void *right)
{
	return strcmp(((const sp_kb_file *)left)->path, ((const sp_kb_file *)right)->path);
}

/* The files as they will be. */
static bool lay_over(spi_checker *c, sp_kb_files *files)
{
	const char *waiting = sp_kb_waiting_other(c->overlay->path, c->arena);
	sp_kb_file *items = sp_arena_calloc(c->arena, files->count + 1, sizeof *items);
	size_t count = 0;
	if (!waiting || !items)
		return false;
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->items[i].path, waiting) != 0 && strcmp(files->items[i].path, c->overlay->path) != 0)
			items[count++] = files->items[i];
	items[count++] = (sp_kb_file){.path = c->overlay->path, .size = (int64_t)c->overlay->len};
	qsort(items, count, sizeof *items, by_path);
	*files = (sp_kb_files){items, count};
	return true;
}

static size_t count_articles(const sp_kb_files *files)
{
	size_t count = 0;
	for (size_t i = 0; i < files->count; i++)
		count += !sp_kb_is_waiting(files->items[i].path);
	return count;
}

static sp_status check(spi_checker *c, const char *dir, size_t *ret_articles, sp_error *err)
{
	sp_kb_config *config = NULL;
	sp_kb_files files = {0};
	odd_arg odd = {c, dir};
	sp_status status = read_config(c, dir, &config, err);
	c->config = config;
	if (status == SP_OK)
		status = spi_scan(dir, c->arena, true, report_odd, &odd, &files, err);
	if (status == SP_OK && config && ((c->overlay && !lay_over(c, &files)) || !check_files(c, dir, &files)))
		status = sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to check it");
	if (status == SP_OK && ret_articles)
		*ret_articles = count_articles(&files);
	sp_kb_config_free(config);
	return status;
}

sp_status sp_kb_check(const char *dir, sp_findings *findings, size_t *ret_articles, sp_error *err)
{
	return sp_kb_check_with(dir, NULL, findings, ret_articles, err);
}

sp_status sp_kb_check_with(
	const char *dir, const sp_kb_overlay *overlay, sp_findings *findings, size_t *ret_articles, sp_error *err)
{
	spi_checker c = {.findings = findings, .overlay = overlay, .arena = sp_arena_new(1 << 20)};
	if (!c.arena)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to check it");
	c.ids.arena = c.arena;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		c.by_id[lang].arena = c.questions[lang].arena = c.arena;
	sp_status status = check(&c, dir, ret_articles, err);
	for (size_t i = 0; i < SPI_READERS_MAX; i++)
		sp_arena_free(c.reader_arenas[i]);
	sp_arena_free(c.arena);
	return status;
}
