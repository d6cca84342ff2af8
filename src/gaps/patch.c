/* What closes a gap, as a change of the knowledge base's files that an editor applies: nothing is written here. */
#include "sportello/gaps.h"

#include "gaps/file_diff.h"
#include "gaps/spellings.h"
#include "gaps/synonyms.h"
#include "gaps/wording.h"
#include "kb/config.h"
#include "kb/map.h"
#include "kb/questions_add.h"

#include <stdlib.h>
#include <string.h>

#define QUESTIONS_MAX 5 /* for an article at once: an editor reads each */

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

/* ---- kb.yaml ---- */

typedef struct synonym { const char *word, *known; sp_lang lang; } synonym;

static sp_status write_synonyms(const char *kb_dir, const synonym *items, size_t count, sp_arena *arena, sp_buffer *out, sp_error *err)
{
	const char *was, *now;
	size_t was_len, now_len;
	sp_status status = spi_config_bytes(kb_dir, arena, &was, &was_len, err);
	now = was;
	now_len = was_len;
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		sp_buffer text = SP_BUFFER_INIT;
		status = spi_synonyms_add(now, now_len, items[i].lang, items[i].word, items[i].known, &text, err);
		if (status == SP_OK) {
			now = sp_arena_strndup(arena, sp_buffer_text(&text), text.len);
			now_len = text.len;
		}
		sp_buffer_release(&text);
		if (status == SP_OK && !now)
			status = no_memory(err);
		if (count > 1 && (status == SP_ERR_INVALID || status == SP_ERR_UNSUPPORTED))
			status = SP_OK; /* the others are not kept from it */
	}
	return status == SP_OK && !spi_diff_write(out, SPI_CONFIG_FILE, was, was_len, now, now_len, arena) ? no_memory(err) : status;
}

/* ---- articles ---- */

typedef struct phrasing { const char *article, *text; sp_lang lang; } phrasing;

/* The folder's files, read once. */
typedef struct folder {
	const char *dir;
	sp_kb_config *config;
	sp_kb_files files;
	sp_arena *arena, *scratch;
	sp_audiences readable;
} folder;

static sp_status open_folder(folder *f, sp_error *err)
{
	f->arena = sp_arena_new(0);
	f->scratch = sp_arena_new(0);
	if (!f->arena || !f->scratch)
		return no_memory(err);
	sp_strings closed; /* nothing is proposed for what cannot be read */
	sp_status status = sp_kb_config_load(f->dir, NULL, &f->config, err);
	return status == SP_OK ? sp_kb_scan_open(f->dir, f->arena, &f->files, &closed, err) : status;
}

static void close_folder(folder *f)
{
	if (f->config)
		sp_kb_config_free(f->config);
	sp_arena_free(f->arena);
	sp_arena_free(f->scratch);
}

/* A diff shows lines around the change: all of them must be for who asks. */
static bool is_for(const folder *f, const sp_article *article)
{
	const char *all, *own;
	size_t all_len, own_len;
	if (!(article->audience & f->readable))
		return false;
	if (sp_article_source(article, ~(sp_audiences)0, f->scratch, &all, &all_len, NULL) != SP_OK ||
		sp_article_source(article, f->readable, f->scratch, &own, &own_len, NULL) != SP_OK)
		return false;
	return all_len == own_len && memcmp(all, own, all_len) == 0;
}

static bool is_known(const sp_article *article, const char *text, sp_arena *arena)
{
	size_t len, other_len;
	const char *form = spi_wording_form(text, strlen(text), arena, &len), *other;
	for (size_t i = 0; form && i < article->questions.count; i++) {
		other = spi_wording_form(article->questions.items[i], strlen(article->questions.items[i]), arena, &other_len);
		if (other && len == other_len && memcmp(form, other, len) == 0)
			return true;
	}
	return !form;
}

static bool may_stand(const char *text)
{
	size_t chars = sp_text_count_chars(text, strlen(text));
	return chars > 0 && chars <= 200 && sp_text_is_utf8(text, strlen(text)) && !strpbrk(text, "\r\n\t");
}

static sp_status write_article(folder *f, const char *path, const char *bytes, size_t len, const sp_article *article, const phrasing *items, size_t count,
	sp_buffer *out, sp_error *err)
{
	const char *texts[QUESTIONS_MAX];
	sp_strings more = {texts, 0};
	sp_buffer now = SP_BUFFER_INIT;
	for (size_t i = 0; i < count && more.count < QUESTIONS_MAX; i++) {
		bool again = is_known(article, items[i].text, f->scratch);
		for (size_t k = 0; k < more.count; k++)
			again |= strcmp(texts[k], items[i].text) == 0;
		if (!again && may_stand(items[i].text))
			texts[more.count++] = items[i].text;
	}
	sp_status status = more.count ? spi_questions_add(path, bytes, len, f->config, &more, &now, err) : SP_OK;
	if (status == SP_OK && more.count && !spi_diff_write(out, path, bytes, len, now.data, now.len, f->scratch))
		status = no_memory(err);
	sp_buffer_release(&now);
	return status;
}

/* Those for one file; the items are by article and language. */
static sp_status write_file(folder *f, const char *path, const phrasing *items, size_t count, size_t *found, sp_buffer *out, sp_error *err)
{
	const char *bytes;
	size_t len, first = 0, end;
	sp_article *article;
	sp_arena_reset(f->scratch);
	if (sp_kb_is_waiting(path) || sp_kb_read(f->dir, path, SP_ARTICLE_MAX_BYTES, f->scratch, &bytes, &len, NULL) != SP_OK ||
		sp_article_parse(path, bytes, len, f->config, path, NULL, &article, NULL) != SP_OK)
		return SP_OK;
	while (first < count && (strcmp(items[first].article, article->id) != 0 || items[first].lang != article->lang))
		first++;
	for (end = first; end < count && strcmp(items[end].article, article->id) == 0 && items[end].lang == article->lang;)
		end++;
	sp_status status = SP_OK;
	if (end > first && article->status == SP_STATUS_PUBLISHED && is_for(f, article)) {
		++*found;
		status = write_article(f, path, bytes, len, article, items + first, end - first, out, err);
	}
	sp_article_free(article);
	return status;
}

static int by_article(const void *left, const void *right)
{
	const phrasing *a = left, *b = right;
	int order = strcmp(a->article, b->article);
	return order ? order : (a->lang > b->lang) - (a->lang < b->lang);
}

static sp_status write_phrasings(const char *kb_dir, phrasing *items, size_t count, sp_audiences readable, bool is_one, sp_buffer *out, sp_error *err)
{
	folder f = {.dir = kb_dir, .readable = readable};
	size_t found = 0;
	if (count == 0)
		return SP_OK;
	if (!is_one)
		qsort(items, count, sizeof *items, by_article);
	sp_status status = open_folder(&f, err);
	for (size_t i = 0; status == SP_OK && i < f.files.count; i++) {
		status = write_file(&f, f.files.items[i].path, items, count, &found, out, err);
		if (status == SP_ERR_UNSUPPORTED && !is_one)
			status = SP_OK;
	}
	if (status == SP_OK && is_one && found == 0)
		status = sp_error_set(err, SP_ERR_NOT_FOUND, NULL, 0, "there is no such article");
	close_folder(&f);
	return status;
}

/* ---- the calls ---- */

sp_status sp_gaps_patch(const char *kb_dir, const sp_gap_patch *patch, sp_buffer *out, sp_error *err)
{
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? SP_OK : no_memory(err);
	if (status == SP_OK && patch->word && patch->known)
		status = write_synonyms(kb_dir, &(synonym){patch->word, patch->known, patch->lang}, 1, arena, out, err);
	phrasing *items = status == SP_OK ? sp_arena_calloc(arena, patch->questions.count + 1, sizeof *items) : NULL;
	for (size_t i = 0; items && patch->article && i < patch->questions.count; i++) {
		items[i] = (phrasing){patch->article, patch->questions.items[i], patch->lang};
		if (!may_stand(items[i].text))
			status = sp_error_set(err, SP_ERR_INVALID, NULL, 0, "a question is one line of at most 200 characters");
	}
	if (status == SP_OK && patch->article)
		status = items ? write_phrasings(kb_dir, items, patch->questions.count, patch->readable, true, out, err) : no_memory(err);
	sp_arena_free(arena);
	return status;
}

static void add_phrasings(sp_buffer *list, const sp_gap_article *article, const sp_strings *texts)
{
	for (size_t i = 0; article->id && i < texts->count; i++)
		sp_buffer_add(list, &(phrasing){article->id, texts->items[i], article->lang}, sizeof(phrasing));
}

sp_status sp_gaps_patch_all(const char *kb_dir, const sp_gaps *gaps, sp_audiences readable, double near, sp_buffer *out, sp_error *err)
{
	sp_buffer list = {.max = (size_t)1 << 28}, words = {.max = (size_t)1 << 28};
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < gaps->topics_count; i++)
		if (gaps->topics[i].near >= near && gaps->topics[i].nearest.lang == gaps->topics[i].lang)
			add_phrasings(&list, &gaps->topics[i].nearest, &gaps->topics[i].examples);
	for (size_t i = 0; i < gaps->wrong_count; i++)
		add_phrasings(&list, &gaps->wrong[i].solved, &gaps->wrong[i].examples);
	for (size_t i = 0; i < gaps->words_count; i++)
		if (gaps->words[i].known && !gaps->words[i].by_meaning)
			sp_buffer_add(&words, &(synonym){gaps->words[i].word, gaps->words[i].known, gaps->words[i].lang}, sizeof(synonym));
	sp_status status = arena && sp_buffer_ok(&list) && sp_buffer_ok(&words) ? SP_OK : no_memory(err);
	if (status == SP_OK && words.len)
		status = write_synonyms(kb_dir, (const synonym *)(const void *)words.data, words.len / sizeof(synonym), arena, out, err);
	if (status == SP_OK)
		status = write_phrasings(kb_dir, (phrasing *)(void *)list.data, list.len / sizeof(phrasing), readable, false, out, err);
	sp_buffer_release(&list);
	sp_buffer_release(&words);
	sp_arena_free(arena);
	return status;
}
