/* Modules, as the index of an audience and the texts that were published tell them. */
#include "training/module.h"

#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 100 }; /* modules at a time */

bool spi_training_is_current(const sp_record *record, sp_date day)
{
	return (!record->valid_from || day >= record->valid_from) &&
		(!record->valid_until || day <= record->valid_until || record->ended);
}

/* ---- what was read ---- */

/* Where lines are broken and how far they stand in changes nothing for who reads them. */
static void add_squeezed(spi_sha256 *sha, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t word = i;
		while (word < len && !strchr(" \t\r\n", text[word]))
			word++;
		spi_sha256_add(sha, text + i, word - i);
		if (word < len)
			spi_sha256_add(sha, " ", 1);
		for (i = word; i < len && strchr(" \t\r\n", text[i]);)
			i++;
	}
}

static void write_hex(spi_sha256 *sha, char ret[SP_VERSION_HEX + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[32];
	spi_sha256_end(sha, hash);
	for (size_t i = 0; i < sizeof hash; i++) {
		ret[2 * i] = digits[hash[i] >> 4];
		ret[2 * i + 1] = digits[hash[i] & 15];
	}
	ret[SP_VERSION_HEX] = '\0';
}

static size_t without_blanks(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	return len;
}

/* Of the Markdown, not of what it is rendered to: a new version of the program reopens nothing. */
static void hash_content(sp_training_part *part)
{
	const sp_record *article = &part->article;
	size_t skip = strspn(article->markdown, " \t\r\n");
	spi_sha256 sha;
	spi_sha256_init(&sha);
	add_squeezed(&sha, article->title, strlen(article->title));
	spi_sha256_add(&sha, "\n", 1);
	if (skip < article->markdown_len)
		add_squeezed(&sha, article->markdown + skip, without_blanks(article->markdown + skip, article->markdown_len - skip));
	write_hex(&sha, part->content);
}

static void hash_questions(sp_training_part *part)
{
	spi_sha256 sha;
	spi_sha256_init(&sha);
	for (size_t i = 0; i < part->count; i++) {
		spi_sha256_add(&sha, part->questions[i].id, SP_QUIZ_ID_LEN);
		for (size_t k = 0; k < part->questions[i].choices_count; k++)
			spi_sha256_add(&sha, part->questions[i].choices[k].is_right ? "x" : " ", 1);
	}
	write_hex(&sha, part->asked);
}

/* ---- one module ---- */

sp_status spi_training_text(const sp_training_view *view, const char *version, sp_article **ret, sp_arena *arena, sp_error *err)
{
	const char *path, *bytes;
	size_t len;
	sp_status status = sp_publisher_version(view->publisher, version, arena, &path, &bytes, &len, err);
	return status ? status : sp_article_parse(path, bytes, len, view->config, path, NULL, ret, err);
}

/* An article that these readers have and that is valid; else it is no part of their module. */
static sp_status read_part(
	const sp_training_view *view, const char *id, sp_lang lang, sp_arena *arena, sp_training_part *part, bool *ret_is, sp_error *err)
{
	sp_status status = sp_index_get(view->index, id, lang, arena, &part->article, NULL);
	if (status == SP_ERR_NOT_FOUND)
		status = sp_index_get(view->index, id, SP_LANG_NONE, arena, &part->article, NULL);
	*ret_is = status == SP_OK && part->article.type != SP_TYPE_TRAINING && spi_training_is_current(&part->article, view->day);
	if (status == SP_OK || status == SP_ERR_NOT_FOUND)
		return SP_OK;
	return sp_error_set(err, status, id, 0, "the article cannot be read from the index");
}

static bool take_questions(const sp_quiz *quiz, sp_training_part *part, sp_arena *arena)
{
	part->questions = sp_arena_calloc(arena, quiz->count + 1, sizeof *part->questions);
	for (size_t i = 0; part->questions && i < quiz->count; i++)
		if (strcmp(quiz->questions[i].article, part->article.id) == 0)
			part->questions[part->count++] = quiz->questions[i];
	return part->questions;
}

static bool is_there(const sp_training_module *module, const char *id)
{
	return sp_training_find(module, id) != NULL;
}

static sp_status read_parts(const sp_training_view *view, const sp_article *text, sp_arena *arena, sp_training_module *module, sp_error *err)
{
	sp_quiz quiz;
	sp_status status = sp_article_quiz(text, arena, &quiz);
	module->parts = sp_arena_calloc(arena, text->articles.count + 1, sizeof *module->parts);
	if (status || !module->parts)
		return sp_error_set(err, SP_ERR_NOMEM, module->article.id, 0, "not enough memory to read the module");
	for (size_t i = 0; status == SP_OK && i < text->articles.count; i++) {
		sp_training_part *part = &module->parts[module->count];
		bool is_part = false;
		*part = (sp_training_part){.state = SP_TRAINING_READING};
		if (is_there(module, text->articles.items[i]))
			continue;
		status = read_part(view, text->articles.items[i], module->article.lang, arena, part, &is_part, err);
		if (status || !is_part)
			continue;
		if (!take_questions(&quiz, part, arena))
			return sp_error_set(err, SP_ERR_NOMEM, module->article.id, 0, "not enough memory to read the module");
		hash_content(part);
		hash_questions(part);
		part->state = part->count ? SP_TRAINING_NEW : SP_TRAINING_READING;
		module->quizzes += part->count > 0;
		module->count++;
	}
	return status;
}

/* A module whose text is not kept (the folder of versions was cleared) is read without articles: nothing can be asked. */
static sp_status read_module(const sp_training_view *view, sp_arena *arena, sp_training_module *module, sp_error *err)
{
	sp_article *text = NULL;
	sp_status status = spi_training_text(view, module->article.version, &text, arena, NULL);
	if (status == SP_OK)
		status = read_parts(view, text, arena, module, err);
	else if (status == SP_ERR_NOT_FOUND || status == SP_ERR_INVALID)
		status = SP_OK;
	else
		sp_error_set(err, status, module->article.id, 0, "the text of the module cannot be read");
	sp_article_free(text);
	sp_training_apply(module, NULL, 0);
	return status;
}

/* ---- all of them ---- */

static int by_title(const void *left, const void *right)
{
	const sp_training_module *a = left, *b = right;
	int order = strcmp(a->article.title, b->article.title);
	return order ? order : strcmp(a->article.id, b->article.id);
}

static bool is_listed(const sp_training_module *modules, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(modules[i].article.id, id) == 0)
			return true;
	return false;
}

/* A module with a translation is one module: the language that comes first is the one that everybody is asked in. */
static sp_status read_all(const sp_training_view *view, sp_arena *arena, sp_training_module **ret, size_t *ret_count, sp_error *err)
{
	sp_query query = {.lang = view->config->default_lang, .day = view->day, .type = sp_article_type_name(SP_TYPE_TRAINING),
		.audience = -1, .limit = PAGE, .sort = SP_SORT_TITLE};
	sp_result result;
	sp_training_module *modules = NULL;
	size_t count = 0, room = 0;
	sp_status status;
	do {
		status = sp_index_search(view->index, view->analyser, &query, arena, &result, err);
		if (status == SP_OK && !modules) {
			room = result.total + PAGE; /* there may be some more on a later page, when articles were published in between */
			modules = sp_arena_calloc(arena, room, sizeof *modules);
		}
		if (status == SP_OK && !modules) {
			status = SP_ERR_NOMEM;
			sp_error_set(err, status, "training", 0, "not enough memory to read the modules");
		}
		for (size_t i = 0; status == SP_OK && i < result.hits_count && count < room; i++) {
			if (is_listed(modules, count, result.hits[i].record.id))
				continue;
			status = sp_index_get(view->index, result.hits[i].record.id, SP_LANG_NONE, arena, &modules[count].article, err);
			if (status == SP_OK)
				status = read_module(view, arena, &modules[count++], err);
		}
		query.offset += PAGE;
	} while (status == SP_OK && result.hits_count == PAGE);
	if (status == SP_OK && count)
		qsort(modules, count, sizeof *modules, by_title);
	*ret = modules;
	*ret_count = status == SP_OK ? count : 0;
	return status;
}

sp_status sp_training_read(const sp_training_view *view, const char *id, sp_arena *arena, sp_training_module **ret, size_t *ret_count,
	sp_error *err)
{
	if (!id)
		return read_all(view, arena, ret, ret_count, err);
	sp_training_module *module = sp_arena_calloc(arena, 1, sizeof *module);
	if (!module)
		return sp_error_set(err, SP_ERR_NOMEM, id, 0, "not enough memory to read the module");
	sp_status status = sp_index_get(view->index, id, SP_LANG_NONE, arena, &module->article, err);
	if (status == SP_OK && (module->article.type != SP_TYPE_TRAINING || !spi_training_is_current(&module->article, view->day)))
		status = sp_error_set(err, SP_ERR_NOT_FOUND, id, 0, "there is no such module");
	if (status == SP_OK)
		status = read_module(view, arena, module, err);
	if (status == SP_OK) {
		*ret = module;
		*ret_count = 1;
	}
	return status;
}
