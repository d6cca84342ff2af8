#include "editor/life.h"

#include "base/clock.h"
#include "base/file.h"
#include "kb/front.h"
#include "kb/slug.h"

#include <string.h>

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- the files of an article ---- */

static bool is_named(const char *path, const char *name, const char *ending)
{
	const char *file = strrchr(path, '/');
	size_t len = strlen(name);
	file = file ? file + 1 : path;
	return strncmp(file, name, len) == 0 && strcmp(file + len, ending) == 0;
}

static sp_status read_text(const spi_living *living, const char *path, spi_life_text *ret, sp_error *err)
{
	const sp_life *life = living->life;
	if (ret->path)
		return sp_error_set(err, SP_ERR_CONFLICT, path, 0, "there is %s too; the id must be that of one article", ret->path);
	size_t dir_len = strlen(life->dir);
	*ret = (spi_life_text){.path = path};
	ret->full = sp_arena_printf(life->arena, "%s%s%s", life->dir, dir_len && life->dir[dir_len - 1] == '/' ? "" : "/", path);
	if (!ret->full)
		return no_memory(err);
	sp_status status = sp_kb_read(life->dir, path, SP_ARTICLE_MAX_BYTES, life->arena, &ret->bytes, &ret->len, &ret->problem);
	if (status == SP_OK)
		status = sp_article_parse(path, ret->bytes, ret->len, living->config, ret->full, NULL, &ret->article, &ret->problem);
	if (status != SP_OK)
		ret->article = NULL;
	return status == SP_ERR_NOMEM ? no_memory(err) : SP_OK;
}

/* The id in it tells, whatever it is called; of what cannot be read, its name. */
static bool is_of(const spi_living *living, const char *path, const char *name)
{
	const sp_life *life = living->life;
	const char *bytes;
	size_t len;
	sp_article *article = NULL;
	bool is_it = is_named(path, name, ".md") || is_named(path, name, SP_KB_WAITING);
	sp_arena *arena = sp_arena_new(0);
	if (arena && sp_kb_read(life->dir, path, SP_ARTICLE_MAX_BYTES, arena, &bytes, &len, NULL) == SP_OK &&
		(is_it || memmem(bytes, len, life->id, strlen(life->id))) &&
		sp_article_parse(path, bytes, len, living->config, path, NULL, &article, NULL) == SP_OK)
		is_it = strcmp(article->id, life->id) == 0;
	sp_article_free(article);
	sp_arena_free(arena);
	return is_it;
}

static sp_status read_files(spi_living *living, sp_error *err)
{
	const sp_life *life = living->life;
	sp_kb_files files = {0};
	sp_strings closed = {0};
	bool any = false;
	const char *name = spi_id_file_name(life->id, life->arena);
	sp_status status = name ? sp_kb_scan_open(life->dir, life->arena, &files, &closed, err) : no_memory(err);
	for (size_t i = 0; status == SP_OK && i < files.count; i++) {
		const char *path = files.items[i].path;
		if (!is_of(living, path, name))
			continue;
		sp_lang lang = sp_lang_of(path, 2);
		living->found[lang].lang = lang;
		any |= life->lang == SP_LANG_NONE || life->lang == lang;
		status = read_text(living, path, sp_kb_is_waiting(path) ? &living->found[lang].waiting : &living->found[lang].live, err);
	}
	if (status == SP_OK && !any)
		return sp_error_set(err, SP_ERR_NOT_FOUND, life->dir, 0, "there is no file %s.md%s%s%s%s%s", name,
			life->lang == SP_LANG_NONE ? "" : " in the language ", life->lang == SP_LANG_NONE ? "" : sp_lang_code(life->lang),
			closed.count ? " where one may look: " : "", closed.count ? closed.items[0] : "", closed.count ? " cannot be read" : "");
	return status;
}

sp_status spi_living_open(spi_living *living, const sp_life *life, sp_error *err)
{
	*living = (spi_living){.life = life};
	if (!sp_kb_is_id(life->id, strlen(life->id))) {
		sp_error_set(err, SP_ERR_USAGE, life->id, 0, "is no id; it is the name of the article's file without .md");
		return SP_ERR_USAGE;
	}
	sp_status status = sp_kb_config_load(life->dir, NULL, &living->config, err);
	if (status != SP_OK) {
		living->config = NULL;
		return status;
	}
	living->today = sp_date_of(spi_now_utc_s(), living->config->timezone);
	return read_files(living, err);
}

void spi_living_close(spi_living *living)
{
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		sp_article_free(living->found[lang].live.article);
		sp_article_free(living->found[lang].waiting.article);
	}
	sp_kb_config_free(living->config);
}

bool spi_living_has(const spi_living *living, int lang)
{
	const spi_life_article *found = &living->found[lang];
	return (living->life->lang == SP_LANG_NONE || (int)living->life->lang == lang) && (found->live.path || found->waiting.path);
}

sp_status spi_life_unreadable(const spi_life_text *text, sp_error *err)
{
	sp_error_copy(err, &text->problem);
	return text->problem.status;
}

const char *spi_life_today(const spi_living *living)
{
	sp_date day = living->today;
	const char *text = sp_arena_printf(
		living->life->arena, "%04d-%02d-%02d", (int)(day / 10000), (int)(day / 100 % 100), (int)(day % 100));
	return text ? text : "";
}

/* ---- editing ---- */

static bool is_same_article(const sp_article *a, const sp_article *b)
{
	return strcmp(a->id, b->id) == 0 && strcmp(a->title, b->title) == 0 && a->audience == b->audience &&
		   a->questions.count == b->questions.count && a->body_len == b->body_len && memcmp(a->body, b->body, a->body_len) == 0;
}

sp_status spi_life_rewrite(const spi_living *living, const spi_life_text *text, const struct spi_front_edit *edits, size_t count,
	const char **ret, size_t *ret_len, sp_error *err)
{
	sp_article *now = NULL;
	if (!text->article)
		return spi_life_unreadable(text, err);
	sp_status status = spi_front_set(text->full, text->bytes, text->len, edits, count, living->life->arena, ret, ret_len, err);
	if (status != SP_OK)
		return status;
	if (sp_article_parse(text->path, *ret, *ret_len, living->config, text->full, NULL, &now, NULL) != SP_OK ||
		!is_same_article(text->article, now))
		status = sp_error_set(err, SP_ERR_UNSUPPORTED, text->full, 1,
			"its front matter is written in a way that cannot be changed safely; write each field on a line of its own");
	sp_article_free(now);
	return status;
}

/* ---- an edit ---- */

static const spi_life_article *choose(const spi_living *living)
{
	int own = (int)living->config->default_lang;
	if (spi_living_has(living, own))
		return &living->found[own];
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (spi_living_has(living, lang))
			return &living->found[lang];
	return NULL;
}

static sp_status write_copy(const spi_living *living, const spi_life_text *live, const char *path, sp_error *err)
{
	/* Who reviewed the published text has not seen the new one. */
	const spi_front_edit edits[] = {{.key = "status", .value = "draft"}, {.key = "reviewed_by"}};
	const char *text = NULL;
	size_t len = 0;
	sp_status status = spi_life_rewrite(living, live, edits, 2, &text, &len, err);
	return status == SP_OK && text ? spi_file_write(path, text, len, err) : status;
}

static sp_status edit(const spi_living *living, const char **ret_path, sp_error *err)
{
	const spi_life_article *found = choose(living);
	const spi_life_text *live = &found->live;
	if (found->waiting.path)
		return sp_error_set(err, SP_ERR_CONFLICT, found->waiting.full, 0, "waits already; go on with it, publish it or remove it");
	if (!live->article)
		return spi_life_unreadable(live, err);
	if (live->article->status != SP_STATUS_PUBLISHED)
		return sp_error_set(err, SP_ERR_CONFLICT, live->full, 0,
			live->article->status == SP_STATUS_DRAFT ? "is a draft that was never published; write in the file itself"
													 : "is retired; to bring it back, set its status to draft and publish it");
	*ret_path = sp_kb_waiting_other(live->full, living->life->arena);
	return *ret_path ? write_copy(living, live, *ret_path, err) : no_memory(err);
}

sp_status sp_life_edit(const sp_life *life, const char **ret_path, sp_error *err)
{
	spi_living living;
	sp_status status = spi_living_open(&living, life, err);
	if (status == SP_OK)
		status = edit(&living, ret_path, err);
	spi_living_close(&living);
	return status;
}
