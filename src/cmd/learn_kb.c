/* The articles as the editors have them: any that can be read, whoever may read it. */
#include "cmd/learn.h"

#include "base/clock.h"
#include "gaps/wording.h"

#include <stdlib.h>
#include <string.h>

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static bool know(spi_learn_kb *kb, const sp_article *article, const char *text)
{
	size_t len;
	const char *form = spi_wording_form(text, strlen(text), kb->arena, &len);
	void **slot = form ? spi_map_put(&kb->known[article->lang], form, len) : NULL;
	if (slot && !*slot)
		*slot = (void *)article;
	return slot;
}

static bool know_all(spi_learn_kb *kb, const sp_article *article)
{
	bool known = know(kb, article, article->title);
	for (size_t i = 0; known && i < article->questions.count; i++)
		known = know(kb, article, article->questions.items[i]);
	return known;
}

static sp_status read_one(spi_learn_kb *kb, const char *path, sp_arena *scratch, sp_error *err)
{
	const char *bytes;
	size_t len;
	sp_article *article;
	sp_status status = sp_kb_read(kb->dir, path, SP_ARTICLE_MAX_BYTES, scratch, &bytes, &len, NULL);
	if (status == SP_OK)
		status = sp_article_parse(path, bytes, len, kb->config, path, NULL, &article, NULL);
	if (status == SP_ERR_NOMEM)
		return no_memory(err);
	if (status != SP_OK) { /* `check` says why */
		kb->unreadable++;
		return SP_OK;
	}
	kb->articles[kb->count++] = article;
	return know_all(kb, article) ? SP_OK : no_memory(err);
}

static int compare(const char *id, sp_lang lang, const sp_article *article)
{
	int order = strcmp(id, article->id);
	return order ? order : (lang > article->lang) - (lang < article->lang);
}

static int by_id(const void *left, const void *right)
{
	const sp_article *a = *(sp_article *const *)left, *b = *(sp_article *const *)right;
	int order = compare(a->id, a->lang, b);
	return order ? order : strcmp(a->path, b->path);
}

static sp_status read_all(spi_learn_kb *kb, sp_arena *scratch, sp_error *err)
{
	sp_kb_files files;
	sp_strings closed; /* as a file that cannot be read; the command names them */
	sp_status status = sp_kb_config_load(kb->dir, NULL, &kb->config, err);
	if (status == SP_OK)
		status = sp_kb_scan_open(kb->dir, kb->arena, &files, &closed, err);
	if (status != SP_OK)
		return status;
	kb->day = sp_date_of(spi_now_utc_s(), kb->config->timezone);
	kb->articles = sp_arena_calloc(kb->arena, files.count + 1, sizeof(sp_article *));
	if (!kb->articles)
		return no_memory(err);
	for (size_t i = 0; status == SP_OK && i < files.count; i++) {
		if (sp_kb_is_waiting(files.items[i].path))
			continue;
		sp_arena_reset(scratch);
		status = read_one(kb, files.items[i].path, scratch, err);
	}
	if (status == SP_OK && kb->count > 1)
		qsort(kb->articles, kb->count, sizeof(sp_article *), by_id);
	return status;
}

sp_status spi_learn_kb_open(const char *dir, spi_learn_kb *ret, sp_error *err)
{
	*ret = (spi_learn_kb){.dir = dir, .arena = sp_arena_new(0)};
	sp_arena *scratch = sp_arena_new(0);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		ret->known[lang].arena = ret->arena;
	sp_status status = ret->arena && scratch ? read_all(ret, scratch, err) : no_memory(err);
	sp_arena_free(scratch);
	return status;
}

void spi_learn_kb_close(spi_learn_kb *kb)
{
	for (size_t i = 0; i < kb->count; i++)
		sp_article_free(kb->articles[i]);
	if (kb->config)
		sp_kb_config_free(kb->config);
	sp_arena_free(kb->arena);
	*kb = (spi_learn_kb){0};
}

const sp_article *spi_learn_article(const spi_learn_kb *kb, const char *id, sp_lang lang)
{
	size_t low = 0, high = kb->count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (compare(id, lang, kb->articles[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < kb->count && compare(id, lang, kb->articles[low]) == 0 ? kb->articles[low] : NULL;
}
