/* The questions of `sportello diff`: labelled ones from files, and those that people asked. */
#include "cmd/diff.h"

#include "base/clock.h"
#include "cmd/lines.h"
#include "sportello/store.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Different questions of people; the rarer ones are left out. */
#define ASKED_MAX 2000
#define DAY_S 86400

static sp_status no_memory(sp_error *err)
{
	return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static sp_status add(spi_diff_questions *to, const sp_replay_question *question, sp_error *err)
{
	sp_buffer_add(&to->bytes, question, sizeof *question);
	to->items = (sp_replay_question *)(void *)to->bytes.data;
	to->count = to->bytes.len / sizeof *question;
	return sp_buffer_ok(&to->bytes) ? SP_OK : no_memory(err);
}

void spi_diff_questions_release(spi_diff_questions *questions)
{
	sp_buffer_release(&questions->bytes);
	*questions = (spi_diff_questions){0};
}

/* ---- labelled ---- */

typedef struct reading {
	const char *path;
	sp_arena *arena;
	spi_diff_questions *to;
} reading;

static sp_status read_line(json_t *object, int line, void *arg, sp_error *err)
{
	reading *r = arg;
	const char *lang = NULL, *expect = NULL;
	sp_replay_question question = {.is_labelled = true, .times = 1, .file = r->path, .line = line};
	sp_status status = spi_line_text(object, "question", true, r->path, line, r->arena, &question.text, err);
	if (status == SP_OK)
		status = spi_line_text(object, "lang", false, r->path, line, r->arena, &lang, err);
	if (status == SP_OK)
		status = spi_line_text(object, "expect", true, r->path, line, r->arena, &expect, err);
	if (status == SP_OK)
		status = spi_line_texts(object, "articles", r->path, line, r->arena, &question.right, err);
	if (status != SP_OK)
		return status;
	question.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	question.expect = sp_decision_of(expect);
	if (question.expect == SP_DECIDE_COUNT)
		return sp_error_set(err, SP_ERR_INVALID, r->path, line, "\"expect\" is \"%s\"; known are answer, clarify, ticket, none", expect);
	return add(r->to, &question, err);
}

sp_status spi_diff_read_file(const char *path, sp_arena *arena, spi_diff_questions *ret, sp_error *err)
{
	reading r = {sp_arena_strdup(arena, path), arena, ret};
	return r.path ? spi_json_lines_read(r.path, read_line, &r, err) : no_memory(err);
}

/* A folder's name with what means something to glob() in it escaped. */
static const char *pattern_of(const char *folder, sp_arena *arena)
{
	sp_buffer out = SP_BUFFER_INIT;
	for (const char *c = folder; *c; c++) {
		if (strchr("*?[\\", *c))
			sp_buffer_add_char(&out, '\\');
		sp_buffer_add_char(&out, *c);
	}
	const char *pattern = sp_buffer_ok(&out) ? sp_arena_printf(arena, "%s/corpus/questions.*.jsonl", sp_buffer_text(&out)) : NULL;
	sp_buffer_release(&out);
	return pattern;
}

sp_status spi_diff_read_corpus(const char *kb, sp_arena *arena, spi_diff_questions *ret, sp_error *err)
{
	char real[PATH_MAX];
	glob_t found = {0};
	if (!realpath(kb, real))
		return sp_error_set(err, SP_ERR_NOT_FOUND, kb, 0, "there is no such folder; --kb names the one with kb.yaml in it");
	*strrchr(real, '/') = '\0';
	const char *pattern = pattern_of(real, arena);
	if (!pattern)
		return no_memory(err);
	sp_status status = SP_OK;
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; status == SP_OK && i < found.gl_pathc; i++)
			status = spi_diff_read_file(found.gl_pathv[i], arena, ret, err);
	globfree(&found);
	return status;
}

/* ---- asked by people ---- */

sp_status spi_diff_read_asked(const char *data, const char *audience, unsigned days, sp_arena *arena, spi_diff_questions *ret,
	sp_error *err)
{
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_asked *asked;
	size_t count = 0;
	int64_t now = spi_now_utc_s();
	sp_status status = sp_store_open(data, SP_STORE_READ, &store, err);
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, err);
	if (status == SP_OK)
		status = sp_store_asked(reader, audience, now - (int64_t)days * DAY_S, now + 1, ASKED_MAX, arena, &asked, &count, err);
	for (size_t i = 0; status == SP_OK && i < count; i++) {
		/* The language that it was read in then: what it is about has not changed. */
		sp_replay_question question = {.text = asked[i].question, .lang = asked[i].lang, .times = asked[i].times};
		status = add(ret, &question, err);
	}
	sp_store_reader_close(reader);
	sp_store_close(store);
	return status;
}
