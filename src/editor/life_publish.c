/* Publishing: the text is checked as it will be, in the folder as it will be; then it takes its place at once. */
#include "editor/life.h"

#include "base/file.h"
#include "kb/front.h"
#include "kb/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- which text ---- */

/* What is to be published of an article; NULL = nothing. */
static const spi_life_text *text_of(const spi_life_article *found)
{
	if (found->waiting.path)
		return &found->waiting;
	bool is_draft = found->live.path && (!found->live.article || found->live.article->status == SP_STATUS_DRAFT);
	return is_draft ? &found->live : NULL;
}

static sp_status choose(const spi_living *living, const spi_life_article **ret, sp_error *err)
{
	*ret = NULL;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		const spi_life_article *found = &living->found[lang];
		if (!spi_living_has(living, lang) || !text_of(found))
			continue;
		if (*ret)
			return sp_error_set(err, SP_ERR_USAGE, living->life->id, 0,
				"waits to be published in several languages; say which one: --lang %s or --lang %s", sp_lang_code((*ret)->lang),
				sp_lang_code(found->lang));
		*ret = found;
	}
	if (*ret)
		return SP_OK;
	return sp_error_set(err, SP_ERR_CONFLICT, living->life->id, 0,
		"nothing of it waits to be published; \"sportello edit\" begins an edit of a published article");
}

/* ---- whether it may be ---- */

static sp_status check_place(const spi_life_article *found, sp_error *err)
{
	const sp_article *live = found->live.article, *waiting = found->waiting.article;
	if (!waiting || !found->live.path)
		return SP_OK;
	if (live && live->status != SP_STATUS_PUBLISHED)
		return sp_error_set(err, SP_ERR_CONFLICT, found->live.full, 0, "is not published any more; keep one of the two files");
	if (live && waiting->updated < live->updated)
		return sp_error_set(err, SP_ERR_CONFLICT, found->waiting.full, 0,
			"the published text was updated on %d-%02d-%02d, after this edit was begun; take over what changed there, write that day "
			"as \"updated\" here, and publish again",
			(int)(live->updated / 10000), (int)(live->updated / 100 % 100), (int)(live->updated % 100));
	return SP_OK;
}

static sp_status check_reviewer(const spi_life_text *text, const char *given, sp_error *err)
{
	const char *reviewer = given ? given : text->article->reviewed_by;
	if (given && !*given)
		return sp_error_set(err, SP_ERR_USAGE, "--reviewed-by", 0, "needs a name");
	if (!reviewer || !text->article->owner || strcasecmp(reviewer, text->article->owner) != 0)
		return SP_OK;
	return sp_error_set(err, SP_ERR_CONFLICT, text->full, 0, "its owner, %s, cannot be who reviewed it; let somebody else read it", reviewer);
}

static bool is_of(const sp_finding *finding, const char *full)
{
	return strcmp(finding->file, full) == 0;
}

static bool is_known(const sp_finding *finding, const sp_finding *before, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (before[i].severity == SP_SEVERITY_ERROR && strcmp(before[i].rule, finding->rule) == 0 &&
			strcmp(before[i].file, finding->file) == 0 && strcmp(before[i].message, finding->message) == 0)
			return true;
	return false;
}

/* The file's own, and errors elsewhere that are not there now. */
static sp_status keep_findings(const char *dir, const char *full, sp_findings *after, sp_findings *ret, sp_error *err)
{
	size_t count, before_count = 0, elsewhere = 0;
	const sp_finding *items = sp_findings_items(after, &count), *before_items = NULL;
	sp_findings *before = sp_findings_new(spi_findings_lang(ret));
	for (size_t i = 0; i < count; i++)
		elsewhere += items[i].severity == SP_SEVERITY_ERROR && !is_of(&items[i], full);
	sp_status status = !before ? no_memory(err) : elsewhere ? sp_kb_check(dir, before, NULL, err) : SP_OK;
	if (status == SP_OK && elsewhere)
		before_items = sp_findings_items(before, &before_count);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		bool kept = is_of(&items[i], full) ||
					(items[i].severity == SP_SEVERITY_ERROR && !is_known(&items[i], before_items, before_count));
		if (kept && !spi_findings_add(ret, &items[i]))
			status = no_memory(err);
	}
	sp_findings_free(before);
	return status;
}

static sp_status check_text(const spi_living *living, const sp_kb_overlay *overlay, const char *full, sp_findings *findings, sp_error *err)
{
	sp_findings *after = sp_findings_new(spi_findings_lang(findings));
	sp_status status = after ? sp_kb_check_with(living->life->dir, overlay, after, NULL, err) : no_memory(err);
	if (status == SP_OK)
		status = keep_findings(living->life->dir, full, after, findings, err);
	sp_findings_free(after);
	if (status == SP_OK && sp_findings_count(findings, SP_SEVERITY_ERROR) > 0)
		status = sp_error_set(err, SP_ERR_INVALID, full, 0, "is not published: there are errors; nothing was changed");
	return status;
}

/* ---- taking its place ---- */

/* The text is finished where it waits; then one rename puts it into its place. */
static sp_status take_place(const spi_life_text *text, const char *full, const char *bytes, size_t len, sp_error *err)
{
	char folder[PATH_MAX];
	sp_status status = spi_file_rewrite(text->full, bytes, len, err);
	if (status != SP_OK || strcmp(text->full, full) == 0)
		return status;
	if (rename(text->full, full) != 0)
		return sp_error_errno(err, errno, full, "replace");
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(full, '/') - full), full);
	return spi_sync_folder(folder, err);
}

static sp_status compose(const spi_living *living, const spi_life_text *text, const sp_life_publish *options, const char **ret,
	size_t *ret_len, sp_error *err)
{
	spi_front_edit edits[3] = {{.key = "status", .value = "published"}};
	size_t count = 1;
	if (!options->as_is)
		edits[count++] = (spi_front_edit){.key = "updated", .value = spi_life_today(living)};
	if (options->reviewed_by)
		edits[count++] = (spi_front_edit){.key = "reviewed_by", .value = options->reviewed_by, .after = "updated"};
	return spi_life_rewrite(living, text, edits, count, ret, ret_len, err);
}

/* One that cannot be read: the linter says where and why. */
static sp_status tell_broken(const spi_living *living, const spi_life_text *text, sp_findings *findings, sp_error *err)
{
	const sp_kb_overlay as_it_is = {text->path, text->bytes, text->len};
	sp_status status = text->bytes ? check_text(living, &as_it_is, text->full, findings, err) : SP_OK;
	return status == SP_OK ? spi_life_unreadable(text, err) : status;
}

static sp_status publish(const spi_living *living, const sp_life_publish *options, sp_findings *findings, const char **ret_path, sp_error *err)
{
	const spi_life_article *found;
	sp_kb_overlay overlay;
	sp_arena *arena = living->life->arena;
	sp_status status = choose(living, &found, err);
	const spi_life_text *text = status == SP_OK && found ? text_of(found) : NULL;
	if (!text)
		return status;
	if (!text->article)
		return tell_broken(living, text, findings, err);
	status = check_place(found, err);
	if (status == SP_OK)
		status = check_reviewer(text, options->reviewed_by, err);
	if (status == SP_OK)
		status = compose(living, text, options, &overlay.bytes, &overlay.len, err);
	if (status != SP_OK)
		return status;
	bool waits = text == &found->waiting;
	overlay.path = waits ? sp_kb_waiting_other(text->path, arena) : text->path;
	*ret_path = waits ? sp_kb_waiting_other(text->full, arena) : text->full;
	if (!overlay.path || !*ret_path)
		return no_memory(err);
	status = check_text(living, &overlay, *ret_path, findings, err);
	return status == SP_OK ? take_place(text, *ret_path, overlay.bytes, overlay.len, err) : status;
}

sp_status sp_life_make_public(const sp_life *life, const sp_life_publish *options, sp_findings *findings, const char **ret_path,
	sp_error *err)
{
	spi_living living;
	sp_status status = spi_living_open(&living, life, err);
	if (status == SP_OK)
		status = publish(&living, options, findings, ret_path, err);
	spi_living_close(&living);
	return status;
}
