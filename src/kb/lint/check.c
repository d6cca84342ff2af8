/* The linter over a whole folder: every file is read and parsed once; what the rules over all files need is kept. */
#include "kb/lint/lint.h"

#include "base/clock.h"
#include "kb/config.h"
#include "kb/scan.h"

#include <string.h>

static const char *join(sp_arena *arena, const char *dir, const char *path)
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
		.findings = odd->c->findings, .config = odd->c->config, .file = join(odd->c->arena, odd->dir, path)};
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
	}
}

static spi_refs keep_refs(const spi_refs *refs, sp_arena *arena)
{
	spi_refs kept = {.items = refs->count ? sp_arena_calloc(arena, refs->count, sizeof *kept.items) : NULL};
	for (size_t i = 0; kept.items && i < refs->count; i++) {
		kept.items[i] = refs->items[i];
		kept.items[i].text = sp_arena_strdup(arena, refs->items[i].text);
		kept.items[i].anchor = sp_arena_strdup(arena, refs->items[i].anchor);
		if (!kept.items[i].text)
			break;
		kept.count++;
	}
	return kept;
}

/* Copy what the rules over all files need, so that the article itself can go. */
static spi_entry *keep_entry(spi_checker *c, const char *file, const sp_article *article, const spi_facts *facts)
{
	spi_entry *entry = sp_arena_calloc(c->arena, 1, sizeof *entry);
	const spi_outline *outline = &facts->outline;
	if (!entry)
		return NULL;
	entry->file = file;
	entry->path = sp_arena_strdup(c->arena, article->path);
	entry->id = sp_arena_strdup(c->arena, article->id);
	entry->replaced_by = sp_arena_strdup(c->arena, article->replaced_by);
	entry->lang = article->lang;
	entry->audience = article->audience;
	entry->status = article->status;
	entry->valid_from = article->valid_from;
	entry->valid_until = article->valid_until;
	entry->updated = article->updated;
	entry->languages = article->languages;
	entry->facts.id = facts->id;
	entry->facts.title = facts->title;
	entry->facts.updated = facts->updated;
	entry->facts.languages = facts->languages;
	entry->facts.replaced_by = facts->replaced_by;
	entry->facts.question_list = keep_refs(&facts->question_list, c->arena);
	entry->facts.related_list = keep_refs(&facts->related_list, c->arena);
	entry->facts.covers_list = keep_refs(&facts->covers_list, c->arena);
	entry->facts.outline.articles = keep_refs(&outline->articles, c->arena);
	entry->anchors = sp_arena_calloc(c->arena, outline->headings_count + 1, sizeof *entry->anchors);
	for (size_t i = 0; entry->anchors && i < outline->headings_count; i++)
		entry->anchors[entry->anchors_count++] = sp_arena_strdup(c->arena, outline->headings[i].anchor);
	spi_keep_text(&entry->text, article, facts, c->arena);
	spi_note_used(c, article);
	return entry->id && entry->path ? entry : NULL;
}

static bool add_entry(spi_checker *c, spi_entry *entry)
{
	if (!entry)
		return false;
	c->entries[c->count++] = entry;
	spi_lint_identity(c, entry);
	spi_lint_questions(c, entry);
	return true;
}

static bool check_file(spi_checker *c, const char *dir, const char *path, sp_date today, sp_arena *scratch)
{
	spi_report report = {.findings = c->findings, .config = c->config, .file = join(c->arena, dir, path)};
	spi_facts *facts;
	const char *bytes;
	size_t len;
	sp_error cause = {0};
	bool ok = true;
	if (!report.file)
		return false;
	sp_status status = sp_kb_read(dir, path, SPI_ARTICLE_MAX, scratch, &bytes, &len, &cause);
	if (status == SP_ERR_TOO_LARGE)
		spi_report_add(&report, SPI_RULE_TOO_LARGE, (spi_place){1, 1}, NULL, NULL);
	else if (status != SP_OK)
		SPI_REPORT(&report, SPI_RULE_UNREADABLE, ((spi_place){1, 1}), NULL, {"problem", cause.text});
	if (status != SP_OK)
		return status != SP_ERR_NOMEM;
	sp_article *article = spi_article_read(path, bytes, len, c->config, &report, &facts);
	if (article) {
		spi_lint_validity(article, facts, today, &report);
		ok = add_entry(c, keep_entry(c, report.file, article, facts));
	}
	sp_article_free(article);
	return ok;
}

static bool check_files(spi_checker *c, const char *dir, const sp_kb_files *files)
{
	sp_date today = sp_date_of(spi_now_utc_s(), c->config->timezone);
	sp_arena *scratch = sp_arena_new(0);
	c->entries = sp_arena_calloc(c->arena, files->count + 1, sizeof(spi_entry *));
	bool ok = scratch && c->entries;
	for (size_t i = 0; ok && i < files->count; i++) {
		sp_arena_reset(scratch);
		ok = check_file(c, dir, files->items[i].path, today, scratch);
	}
	for (size_t i = 0; ok && i < c->count; i++) {
		spi_lint_links(c, c->entries[i]);
		spi_lint_translation(c, c->entries[i]);
	}
	if (ok) {
		spi_lint_duplicates(c);
		spi_lint_statements(c);
		spi_lint_answers(c);
		spi_lint_unused(c);
	}
	sp_arena_free(scratch);
	return ok;
}

/* As much of kb.yaml as can be read: its own mistakes must not hide those of the articles. */
static sp_status read_config(spi_checker *c, const char *dir, sp_kb_config **ret, sp_error *err)
{
	sp_status status = spi_config_bytes(dir, c->arena, &c->config_text, &c->config_len, err);
	spi_report report = {.findings = c->findings, .file = join(c->arena, dir, SPI_CONFIG_FILE)};
	if (status != SP_OK)
		return status;
	sp_kb_config *config = *ret = spi_config_read(c->config_text, c->config_len, &report);
	c->config_file = report.file;
	c->used_bodies = config ? sp_arena_calloc(c->arena, config->bodies_count + 1, sizeof(bool)) : NULL;
	c->used_fields = config ? sp_arena_calloc(c->arena, config->fields_count + 1, sizeof(bool)) : NULL;
	return SP_OK;
}

static sp_status check(spi_checker *c, const char *dir, size_t *ret_articles, sp_error *err)
{
	sp_kb_config *config = NULL;
	sp_kb_files files = {0};
	odd_arg odd = {c, dir};
	sp_status status = read_config(c, dir, &config, err);
	c->config = config;
	if (status == SP_OK)
		status = spi_scan(dir, c->arena, report_odd, &odd, &files, err);
	if (status == SP_OK && config && !check_files(c, dir, &files))
		status = sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to check it");
	if (status == SP_OK && ret_articles)
		*ret_articles = files.count;
	sp_kb_config_free(config);
	return status;
}

sp_status sp_kb_check(const char *dir, sp_findings *findings, size_t *ret_articles, sp_error *err)
{
	spi_checker c = {.findings = findings, .arena = sp_arena_new(1 << 20)};
	if (!c.arena)
		return sp_error_set(err, SP_ERR_NOMEM, dir, 0, "not enough memory to check it");
	c.ids.arena = c.arena;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		c.by_id[lang].arena = c.questions[lang].arena = c.arena;
	sp_status status = check(&c, dir, ret_articles, err);
	sp_arena_free(c.arena);
	return status;
}
