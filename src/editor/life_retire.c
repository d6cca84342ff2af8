/* Retiring: nobody is served it any more; its address leads to the successor, or says that it is gone. */
#include "editor/life.h"

#include "base/file.h"
#include "kb/front.h"
#include "kb/naming.h"

#include <string.h>

/* Successors that are followed, as readers are led. */
#define STEPS 16

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- the successor ---- */

static const sp_article *published_in(const spi_living *living)
{
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		const sp_article *article = living->found[lang].live.article;
		if (article && article->status == SP_STATUS_PUBLISHED)
			return article;
	}
	return NULL;
}

/* Follow the successors of the successor: none may be the article itself. */
static sp_status check_way(const sp_life *life, const char *id, int step, sp_audiences *ret_readers, sp_error *err)
{
	spi_living next;
	sp_life other = *life;
	other.id = id;
	other.lang = SP_LANG_NONE;
	if (strcmp(id, life->id) == 0 || step == STEPS)
		return sp_error_set(err, SP_ERR_CONFLICT, life->id, 0, step ? "is what its successor leads back to; name another one" : "cannot take its own place");
	sp_status status = spi_living_open(&next, &other, err);
	const sp_article *article = status == SP_OK ? published_in(&next) : NULL;
	if (status == SP_OK && !article && step == 0)
		status = sp_error_set(err, SP_ERR_CONFLICT, id, 0, "is not published; name an article that readers can open");
	if (article && step == 0)
		*ret_readers = article->audience;
	char *behind = article && article->replaced_by ? sp_arena_strdup(life->arena, article->replaced_by) : NULL;
	spi_living_close(&next);
	if (status == SP_ERR_NOT_FOUND && step > 0) { /* the linter tells of it */
		sp_error_clear(err);
		return SP_OK;
	}
	return status == SP_OK && behind ? check_way(life, behind, step + 1, ret_readers, err) : status;
}

static bool hides(const sp_kb_config *config, sp_audiences from, sp_audiences to)
{
	for (size_t i = 0; i < config->audiences_count; i++)
		if ((config->audiences[i].reads & from) && !(config->audiences[i].reads & to))
			return true;
	return false;
}

/* ---- the article ---- */

static sp_status check_one(const spi_life_article *found, sp_error *err)
{
	if (found->waiting.path)
		return sp_error_set(err, SP_ERR_CONFLICT, found->waiting.full, 0, "an edit of it waits; publish it or remove it first");
	if (!found->live.article)
		return spi_life_unreadable(&found->live, err);
	if (found->live.article->status == SP_STATUS_DRAFT)
		return sp_error_set(err, SP_ERR_CONFLICT, found->live.full, 0, "was never published; remove the file");
	return SP_OK;
}

static sp_status retire_one(const spi_living *living, const spi_life_text *text, const char *replaced_by, sp_error *err)
{
	const spi_front_edit edits[] = {{.key = "status", .value = "retired"},
		{.key = "replaced_by", .value = replaced_by, .after = "status"}, {.key = "updated", .value = spi_life_today(living)}};
	const char *bytes;
	size_t len;
	sp_status status = spi_life_rewrite(living, text, edits, 3, &bytes, &len, err);
	return status == SP_OK ? spi_file_rewrite(text->full, bytes, len, err) : status;
}

/* First whether all can be, then each. */
static sp_status retire_all(const spi_living *living, const char *replaced_by, sp_audiences to, sp_life_retired *ret, sp_error *err)
{
	sp_status status = SP_OK;
	for (int lang = 0; status == SP_OK && lang < SP_LANG_COUNT; lang++)
		if (spi_living_has(living, lang))
			status = check_one(&living->found[lang], err);
	ret->files.items = sp_arena_calloc(living->life->arena, SP_LANG_COUNT, sizeof *ret->files.items);
	if (!ret->files.items)
		return no_memory(err);
	for (int lang = 0; status == SP_OK && lang < SP_LANG_COUNT; lang++) {
		const spi_life_text *text = &living->found[lang].live;
		if (!spi_living_has(living, lang))
			continue;
		ret->is_hidden |= replaced_by && hides(living->config, text->article->audience, to);
		ret->files.items[ret->files.count++] = text->full;
		status = retire_one(living, text, replaced_by, err);
	}
	return status;
}

static sp_status find_links(const spi_living *living, sp_life_retired *ret, sp_error *err)
{
	spi_naming *found;
	size_t count;
	const sp_life *life = living->life;
	size_t dir_len = strlen(life->dir);
	sp_status status = spi_naming_find(life->dir, living->config, life->id, life->arena, &found, &count, err);
	if (status != SP_OK)
		return status;
	ret->links = sp_arena_calloc(life->arena, count + 1, sizeof *ret->links);
	for (size_t i = 0; ret->links && i < count; i++) {
		const char *file = sp_arena_printf(
			life->arena, "%s%s%s", life->dir, dir_len && life->dir[dir_len - 1] == '/' ? "" : "/", found[i].path);
		if (!file)
			return no_memory(err);
		ret->links[ret->links_count++] = (sp_life_link){file, found[i].line};
	}
	return ret->links ? SP_OK : no_memory(err);
}

sp_status sp_life_retire(const sp_life *life, const char *replaced_by, sp_life_retired *ret, sp_error *err)
{
	spi_living living;
	sp_audiences to = 0;
	*ret = (sp_life_retired){0};
	sp_status status = spi_living_open(&living, life, err);
	if (status == SP_OK && replaced_by)
		status = check_way(life, replaced_by, 0, &to, err);
	if (status == SP_OK)
		status = retire_all(&living, replaced_by, to, ret, err);
	if (status == SP_OK)
		status = find_links(&living, ret, err);
	spi_living_close(&living);
	return status;
}
