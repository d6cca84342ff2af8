#include "publish/labelled.h"

#include "base/sorted.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "sportello/personal.h"
#include "sportello/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define FILE_MAX ((size_t)256 * 1024 * 1024)
/* A question is asked with at most so many. */
#define QUESTION_MAX_CHARS 2000
/* A file that was written this shortly before it was read may be written again without its time changing. */
#define RACY_NS 50000000

/* No article's id is empty. */
#define NOBODYS ""

typedef struct labelled_question {
	const char *article, *text; /* article "": none answers it */
	sp_lang lang; /* SP_LANG_NONE = every one that the article is written in */
	int line;
} labelled_question;

typedef struct file_state {
	dev_t device;
	ino_t inode;
	off_t size;
	int64_t mtime_ns;
} file_state;

struct spi_labelled {
	sp_arena *arena; /* owns all of it */
	const char *path;
	file_state state;         /* as it was read; mtime 0 = read it again */
	labelled_question *items; /* by article, line */
	size_t count, cap;
};

static sp_status no_memory(sp_error *err)
{
	sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return SP_ERR_NOMEM;
}

/* ---- one line ---- */

typedef struct reading {
	spi_labelled *into;
	int line;
	sp_error *err;
} reading;

static sp_status wrong(const reading *r, const char *what)
{
	return sp_error_set(r->err, SP_ERR_INVALID, r->into->path, r->line, "%s", what);
}

static sp_status take_text(const reading *r, json_t *object, const char *name, bool required, const char **ret)
{
	json_t *value = json_object_get(object, name);
	*ret = NULL;
	if (json_is_string(value)) {
		*ret = json_string_value(value);
		return SP_OK;
	}
	bool is_missing = !value || json_is_null(value);
	if (is_missing && !required)
		return SP_OK;
	sp_error_set(r->err, SP_ERR_INVALID, r->into->path, r->line, is_missing ? "the member \"%s\" is missing" : "\"%s\" must be a text", name);
	return SP_ERR_INVALID;
}

static bool is_decision(const char *name)
{
	return strcmp(name, "answer") == 0 || strcmp(name, "clarify") == 0 || strcmp(name, "ticket") == 0 || strcmp(name, "none") == 0;
}

/* *ret NULL: it names none. */
static sp_status take_articles(const reading *r, json_t *object, json_t **ret)
{
	json_t *list = json_object_get(object, "articles");
	*ret = NULL;
	if (!list || json_is_null(list))
		return SP_OK;
	for (size_t i = 0; json_is_array(list) && i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			return wrong(r, "\"articles\" must be a list of texts");
	if (!json_is_array(list))
		return wrong(r, "\"articles\" must be a list of texts");
	*ret = list;
	return SP_OK;
}

static sp_status take_lang(const reading *r, json_t *object, sp_lang *ret)
{
	const char *code;
	sp_status status = take_text(r, object, "lang", false, &code);
	*ret = status == SP_OK && code ? sp_lang_of(code, strlen(code)) : SP_LANG_NONE;
	if (status == SP_OK && code && *ret == SP_LANG_NONE)
		return sp_error_set(r->err, SP_ERR_INVALID, r->into->path, r->line, "\"lang\" is \"%s\"; known are it, en, de", code);
	return status;
}

static sp_status check_question(const reading *r, const char *text)
{
	size_t chars = sp_text_count_chars(text, strlen(text));
	if (text[strspn(text, " \t\r\n")] == '\0')
		return wrong(r, "\"question\" is empty");
	if (chars > QUESTION_MAX_CHARS)
		return sp_error_set(r->err, SP_ERR_INVALID, r->into->path, r->line, "\"question\" has %zu characters; at most %d are read",
			chars, QUESTION_MAX_CHARS);
	return SP_OK;
}

static labelled_question *next_item(spi_labelled *labelled)
{
	if (labelled->count == labelled->cap) {
		size_t cap = labelled->cap ? labelled->cap * 2 : 256;
		labelled_question *items = sp_arena_calloc(labelled->arena, cap, sizeof *items);
		if (!items)
			return NULL;
		if (labelled->count)
			memcpy(items, labelled->items, labelled->count * sizeof *items);
		labelled->items = items;
		labelled->cap = cap;
	}
	return &labelled->items[labelled->count++];
}

/* One that several articles answer is a phrasing of each: measured better than of the first alone, or of none. */
static sp_status add_question(const reading *r, json_t *articles, sp_lang lang, const char *text)
{
	spi_labelled *into = r->into;
	sp_buffer buf = SP_BUFFER_INIT;
	sp_personal_mask(text, strlen(text), &buf);
	const char *masked = sp_buffer_ok(&buf) ? sp_arena_strdup(into->arena, sp_buffer_text(&buf)) : NULL;
	sp_buffer_release(&buf);
	size_t count = json_array_size(articles);
	for (size_t i = 0; i < count || i == 0; i++) {
		labelled_question *item = next_item(into);
		const char *article = count ? sp_arena_strdup(into->arena, json_string_value(json_array_get(articles, i))) : NOBODYS;
		if (!item || !article || !masked)
			return no_memory(r->err);
		*item = (labelled_question){.article = article, .text = masked, .lang = lang, .line = r->line};
	}
	return SP_OK;
}

/* A question back, or one that an article answers though a person is needed, teaches nothing of either. */
static bool counts(const char *expect, const json_t *articles)
{
	bool is_answer = strcmp(expect, "answer") == 0, names = articles && json_array_size(articles) > 0;
	return is_answer == names && strcmp(expect, "clarify") != 0;
}

static sp_status take_object(const reading *r, json_t *object)
{
	const char *expect, *text;
	json_t *articles;
	sp_lang lang;
	sp_status status = take_text(r, object, "expect", true, &expect);
	if (status != SP_OK)
		return status;
	if (!is_decision(expect))
		return sp_error_set(r->err, SP_ERR_INVALID, r->into->path, r->line,
			"\"expect\" is \"%s\"; known are answer, clarify, ticket, none", expect);
	status = take_articles(r, object, &articles);
	if (status == SP_OK && !counts(expect, articles))
		return SP_OK;
	if (status == SP_OK)
		status = take_lang(r, object, &lang);
	if (status == SP_OK)
		status = take_text(r, object, "question", true, &text);
	if (status == SP_OK)
		status = check_question(r, text);
	return status == SP_OK ? add_question(r, articles, lang, text) : status;
}

static sp_status take_line(const reading *r, const char *text, size_t len)
{
	json_error_t problem;
	if (strspn(text, " \t\r\n") >= len)
		return SP_OK;
	json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
	if (!object)
		return sp_error_set(r->err, SP_ERR_INVALID, r->into->path, r->line, "column %d: no JSON object: %s", problem.column,
			problem.text);
	sp_status status = json_is_object(object) ? take_object(r, object) : wrong(r, "a JSON object is needed in each line");
	json_decref(object);
	return status;
}

/* ---- the file ---- */

static bool look_at(const char *path, file_state *ret)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return false;
	*ret = (file_state){st.st_dev, st.st_ino, st.st_size, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec};
	return true;
}

static int by_article(const void *a, const void *b)
{
	const labelled_question *left = a, *right = b;
	int order = strcmp(left->article, right->article);
	return order ? order : (left->line > right->line) - (left->line < right->line);
}

static sp_status read_lines(spi_labelled *labelled, sp_arena *scratch, sp_error *err)
{
	const char *text = "";
	size_t len = 0;
	reading r = {.into = labelled, .err = err};
	sp_status status = spi_file_read(labelled->path, FILE_MAX, scratch, &text, &len, err);
	const char *at = text + spi_utf8_mark(text, len), *end = text + len;
	while (status == SP_OK && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t line_len = (size_t)((stop ? stop : end) - at);
		r.line++;
		status = take_line(&r, at, line_len);
		at += line_len + 1;
	}
	if (status == SP_OK && labelled->count)
		qsort(labelled->items, labelled->count, sizeof *labelled->items, by_article);
	return status;
}

sp_status spi_labelled_read(const char *path, spi_labelled **ret, sp_error *err)
{
	struct timespec now;
	sp_arena *arena = sp_arena_new(0), *scratch = sp_arena_new(0);
	spi_labelled *labelled = arena ? sp_arena_calloc(arena, 1, sizeof *labelled) : NULL;
	const char *copy = labelled ? sp_arena_strdup(arena, path) : NULL;
	sp_status status = copy && scratch ? SP_OK : no_memory(err);
	if (status == SP_OK) {
		*labelled = (spi_labelled){.arena = arena, .path = copy};
		clock_gettime(CLOCK_REALTIME, &now);
		if (look_at(path, &labelled->state) && (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - labelled->state.mtime_ns < RACY_NS)
			labelled->state.mtime_ns = 0;
		status = read_lines(labelled, scratch, err);
	}
	sp_arena_free(scratch);
	if (status == SP_OK)
		*ret = labelled;
	else
		sp_arena_free(arena);
	return status;
}

void spi_labelled_free(spi_labelled *labelled)
{
	if (labelled)
		sp_arena_free(labelled->arena);
}

bool spi_labelled_is_stale(const spi_labelled *labelled)
{
	file_state now = {0};
	return !look_at(labelled->path, &now) || now.device != labelled->state.device || now.inode != labelled->state.inode ||
		   now.size != labelled->state.size || now.mtime_ns != labelled->state.mtime_ns;
}

/* ---- looking up ---- */

static const char *id_of(const void *list, size_t item)
{
	return ((const spi_labelled *)list)->items[item].article;
}

static size_t first_of(const spi_labelled *labelled, const char *id)
{
	return spi_first_from(labelled, labelled->count, id_of, id);
}

static bool is_of(const labelled_question *item, sp_lang lang)
{
	return item->lang == lang || item->lang == SP_LANG_NONE;
}

bool spi_labelled_of(const spi_labelled *labelled, const char *id, sp_lang lang, sp_arena *arena, sp_strings *ret)
{
	*ret = (sp_strings){0};
	if (!labelled)
		return true;
	size_t from = first_of(labelled, id), to = from;
	while (to < labelled->count && strcmp(labelled->items[to].article, id) == 0)
		to++;
	ret->items = sp_arena_calloc(arena, to - from + 1, sizeof *ret->items);
	for (size_t i = from; ret->items && i < to; i++)
		if (is_of(&labelled->items[i], lang))
			ret->items[ret->count++] = labelled->items[i].text;
	return ret->items != NULL;
}

uint64_t spi_labelled_hash(const spi_labelled *labelled, const char *id, sp_lang lang)
{
	uint64_t hash = 0;
	for (size_t i = labelled ? first_of(labelled, id) : 0; labelled && i < labelled->count; i++) {
		const labelled_question *item = &labelled->items[i];
		if (strcmp(item->article, id) != 0)
			break;
		if (is_of(item, lang)) /* with the final zero: where one ends and the next begins */
			hash = spi_hash64_more(hash ? hash : SPI_HASH64_SEED, item->text, strlen(item->text) + 1);
	}
	return hash;
}

bool spi_labelled_unanswered(const spi_labelled *labelled, sp_arena *arena, sp_strings ret[SP_LANG_COUNT])
{
	bool ok = true;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		ok = spi_labelled_of(labelled, NOBODYS, (sp_lang)lang, arena, &ret[lang]) && ok;
	return ok;
}

uint64_t spi_labelled_unanswered_hash(const spi_labelled *labelled)
{
	uint64_t hash = SPI_HASH64_SEED;
	bool is_any = false;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		uint64_t one = spi_labelled_hash(labelled, NOBODYS, (sp_lang)lang);
		is_any |= one != 0;
		hash = spi_hash64_more(hash, &one, sizeof one);
	}
	return is_any ? hash : 0;
}

static uint64_t normal_hash(const char *text, sp_arena *arena)
{
	size_t len = 0;
	const char *normal = sp_text_normal_form(text, strlen(text), arena, &len);
	return normal ? spi_hash64(normal, len) : 0;
}

static bool is_new(uint64_t hash, uint64_t *seen, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (seen[i] == hash)
			return false;
	seen[(*count)++] = hash;
	return true;
}

bool spi_labelled_append(const sp_strings *questions, const sp_strings *known, sp_arena *arena, sp_strings *list)
{
	size_t most = questions->count + known->count + list->count, seen_count = 0;
	if (questions->count == 0)
		return true;
	uint64_t *seen = sp_arena_calloc(arena, most, sizeof *seen);
	const char **items = sp_arena_calloc(arena, list->count + questions->count, sizeof *items);
	if (!seen || !items)
		return false;
	for (size_t i = 0; i < known->count; i++)
		is_new(normal_hash(known->items[i], arena), seen, &seen_count);
	for (size_t i = 0; i < list->count; i++) {
		is_new(normal_hash(list->items[i], arena), seen, &seen_count);
		items[i] = list->items[i];
	}
	size_t count = list->count;
	for (size_t i = 0; i < questions->count; i++)
		if (is_new(normal_hash(questions->items[i], arena), seen, &seen_count))
			items[count++] = questions->items[i];
	*list = (sp_strings){items, count};
	return true;
}
