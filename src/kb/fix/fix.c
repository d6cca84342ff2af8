/* Mending what only one thing can be meant by: rounds of looking and writing, until nothing is left to mend. */
#include "kb/fix/edits.h"

#include "base/file.h"
#include "kb/config.h"
#include "kb/lint/lint.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 6 }; /* a mended key can show what was not looked at before; more than this nothing leads to */

typedef struct fixer {
	const char *dir, *before; /* before: files that are as there are left alone; may be NULL */
	bool look;
	sp_findings *mended;
	sp_kb_config *config; /* NULL when it cannot be used */
	const spi_mend *mends;
	size_t mends_count;
	sp_arena *arena; /* of the round */
	sp_error *err;
	bool changed;
} fixer;

static const char *full_path(const fixer *f, const char *dir, const char *path)
{
	size_t len = strlen(dir);
	return sp_arena_printf(f->arena, "%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/", path);
}

/* ---- whether the mended text is as good ---- */

typedef struct worth {
	bool is_article, is_broken;
	size_t questions;
} worth;

static worth worth_of(const fixer *f, const char *path, const char *text, size_t len)
{
	spi_report report = {.file = path};
	worth ret = {0};
	if (strcmp(path, SPI_CONFIG_FILE) == 0) {
		sp_kb_config *config = spi_config_read(text, len, &report);
		ret = (worth){config, report.broken, 0};
		sp_kb_config_free(config);
	} else if (f->config) {
		sp_article *article = spi_article_read(path, text, len, f->config, &report, NULL);
		ret = (worth){article, report.broken, article ? article->questions.count : 0};
		sp_article_free(article);
	}
	return ret;
}

static size_t dropped(const spi_edits *edits)
{
	size_t count = 0;
	for (size_t i = 0; i < edits->count; i++)
		count += edits->items[i].is_done && edits->items[i].mend && edits->items[i].mend->kind == SPI_MEND_ITEM;
	return count;
}

/* Nothing may be lost but the questions that were there twice. */
static bool is_as_good(const fixer *f, const char *path, const spi_edits *edits, const char *text, size_t len)
{
	worth old = worth_of(f, path, edits->text, edits->len), new = worth_of(f, path, text, len);
	return new.is_article >= old.is_article && new.is_broken <= old.is_broken &&
		new.questions + dropped(edits) >= old.questions;
}

/* ---- saying what was done ---- */

static bool tell(
	fixer *f, const char *file, spi_place place, const char *kind, const char *key, const sp_fill *fills)
{
	sp_finding finding = {.file = file, .line = place.line, .column = place.column, .severity = SP_SEVERITY_ADVICE, .rule = kind,
		.message = sp_catalog_fill(spi_findings_lang(f->mended), key, fills, f->arena)};
	return finding.message && spi_findings_add(f->mended, &finding);
}

static bool tell_mend(fixer *f, const char *file, const spi_mend *mend)
{
	static const char *const keys[] = {"mended.replaced", "mended.question", "mended.heading"};
	const sp_fill fills[] = {{"old", mend->old}, {"new", mend->new ? mend->new : ""}, {NULL, NULL}};
	return tell(f, file, mend->place, spi_rule_name(mend->rule), keys[mend->kind], fills);
}

/* Of each kind once a file: the first line, and how many. */
static bool tell_all(fixer *f, const char *file, const spi_edits *edits)
{
	static const char *const kinds[] = {"byte-order-mark", "line-ends", "trailing-blanks", "final-line-end"};
	size_t counts[SPI_EDIT_KINDS] = {0};
	int lines[SPI_EDIT_KINDS] = {0};
	bool ok = true;
	for (size_t i = 0; ok && i < edits->count; i++) {
		const spi_edit *edit = &edits->items[i];
		if (edit->is_done && !counts[edit->kind]++)
			lines[edit->kind] = spi_line_of(&edits->lines, edit->start);
		if (edit->is_done && edit->mend)
			ok = tell_mend(f, file, edit->mend);
	}
	for (int kind = 0; ok && kind < SPI_EDIT_MEND; kind++) {
		char key[64], count[24];
		snprintf(key, sizeof key, "mended.%s", kinds[kind]);
		snprintf(count, sizeof count, "%zu", counts[kind]);
		const sp_fill fills[] = {{"count", count}, {NULL, NULL}};
		ok = !counts[kind] || tell(f, file, (spi_place){lines[kind], 1}, kinds[kind], key, fills);
	}
	return ok;
}

/* ---- one file ---- */

static sp_status no_memory(const fixer *f)
{
	return sp_error_set(f->err, SP_ERR_NOMEM, f->dir, 0, "not enough memory to mend it");
}

static void add_mends(const fixer *f, const char *file, spi_edits *edits)
{
	size_t low = 0, high = f->mends_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(f->mends[middle].file, file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < f->mends_count && strcmp(f->mends[low].file, file) == 0; low++)
		spi_edits_mend(edits, &f->mends[low]);
}

static bool is_as_before(const fixer *f, const char *path, const char *text, size_t len, sp_arena *arena)
{
	const char *old;
	size_t old_len;
	return f->before && sp_kb_read(f->before, path, SP_ARTICLE_MAX_BYTES, arena, &old, &old_len, NULL) == SP_OK &&
		old_len == len && memcmp(old, text, len) == 0;
}

static sp_status write_mended(fixer *f, const char *path, spi_edits *edits)
{
	size_t len;
	const char *file = full_path(f, f->dir, path), *text = spi_edits_apply(edits, &len);
	if (!file || !text)
		return no_memory(f);
	if (!is_as_good(f, path, edits, text, len))
		return SP_OK;
	sp_status status = f->look ? SP_OK : spi_file_rewrite(file, text, len, f->err);
	f->changed = true;
	if (status == SP_OK && !tell_all(f, file, edits))
		status = no_memory(f);
	return status;
}

static sp_status fix_file(fixer *f, const char *path, sp_arena *scratch)
{
	const char *text, *file = full_path(f, f->dir, path);
	size_t len;
	spi_edits edits;
	bool is_config = strcmp(path, SPI_CONFIG_FILE) == 0;
	sp_arena_reset(scratch);
	if (!file)
		return no_memory(f);
	/* What cannot be read is a finding, and nothing to mend. */
	if (sp_kb_read(f->dir, path, SP_ARTICLE_MAX_BYTES, scratch, &text, &len, NULL) != SP_OK || !sp_text_is_utf8(text, len) ||
		is_as_before(f, path, text, len, scratch))
		return SP_OK;
	if (!spi_edits_init(&edits, text, len, scratch))
		return no_memory(f);
	spi_edits_blanks(&edits, is_config);
	if (!is_config)
		add_mends(f, file, &edits);
	if (edits.failed)
		return no_memory(f);
	return edits.count ? write_mended(f, path, &edits) : SP_OK;
}

/* ---- all files ---- */

static sp_status fix_files(fixer *f)
{
	sp_kb_files files = {0};
	sp_strings closed; /* a finding, and nothing to mend */
	sp_arena *scratch = sp_arena_new(1 << 18);
	sp_status status = scratch ? sp_kb_scan_open(f->dir, f->arena, &files, &closed, f->err) : no_memory(f);
	if (status == SP_OK)
		status = fix_file(f, SPI_CONFIG_FILE, scratch);
	for (size_t i = 0; status == SP_OK && i < files.count; i++)
		status = fix_file(f, files.items[i].path, scratch);
	sp_arena_free(scratch);
	return status;
}

static sp_status fix_round(fixer *f)
{
	sp_findings *findings = sp_findings_new(spi_findings_lang(f->mended));
	f->arena = sp_arena_new(0);
	f->config = NULL;
	f->changed = false;
	sp_status status = findings && f->arena ? SP_OK : no_memory(f);
	if (status == SP_OK) {
		spi_findings_want_mends(findings);
		status = sp_kb_check(f->dir, findings, NULL, f->err);
	}
	if (status == SP_OK) {
		f->mends = spi_findings_mends(findings, &f->mends_count);
		sp_kb_config_load(f->dir, NULL, &f->config, NULL);
		status = fix_files(f);
	}
	sp_kb_config_free(f->config);
	if (findings)
		sp_findings_free(findings);
	sp_arena_free(f->arena);
	return status;
}

sp_status sp_kb_fix(const char *dir, const char *before, unsigned flags, sp_findings *mended, sp_error *err)
{
	fixer f = {.dir = dir, .before = before, .look = flags & SP_FIX_LOOK, .mended = mended, .err = err};
	sp_status status = SP_OK;
	f.changed = true;
	for (int round = 0; status == SP_OK && f.changed && round < (f.look ? 1 : ROUNDS); round++)
		status = fix_round(&f);
	return status;
}
