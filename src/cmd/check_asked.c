#include "cmd/check_asked.h"

#include "base/file.h"
#include "cmd/cmd.h"
#include "sportello/editor.h"
#include "sportello/history.h"

#include <string.h>

/* Vectors that were made before; NULL when there are none, or somebody writes them now. */
static void open_vectors(const char *cache, sp_arena *arena, sp_encoder **ret_encoder, sp_vector_store **ret)
{
	const sp_encoder_settings settings = {.name = "e5"};
	const char *folder = sp_arena_printf(arena, "%s/vectors", cache);
	*ret_encoder = NULL;
	*ret = NULL;
	if (!folder || !sp_encoder_has_e5() || !spi_exists(folder) || sp_encoder_new(&settings, ret_encoder, NULL) != SP_OK)
		return;
	if (sp_vector_store_open(folder, *ret_encoder, ret, NULL, NULL) != SP_OK)
		*ret = NULL;
}

/* ---- only what a change brought ---- */

typedef struct since {
	sp_history *history;
	sp_changes changes;
	sp_arena *arena;
	const char *path; /* of the text */
	const char *text; /* of an article as it was; "" when it was not there */
} since;

static bool is_changed(const since *s, const char *path)
{
	for (size_t i = 0; i < s->changes.count; i++)
		if (strcmp(s->changes.items[i].path, path) == 0)
			return true;
	return false;
}

/* Questions of one article come one after the other. */
static bool wants(const char *path, const char *question, void *arg)
{
	since *s = arg;
	size_t len;
	if (!question)
		return is_changed(s, path);
	if (!s->path || strcmp(s->path, path) != 0) {
		s->path = sp_arena_strdup(s->arena, path);
		if (sp_history_read(s->history, path, SP_ARTICLE_MAX_BYTES, s->arena, &s->text, &len, NULL) != SP_OK)
			s->text = "";
	}
	return !strstr(s->text, question);
}

static sp_status open_since(since *s, const char *kb, const char *rev, sp_error *err)
{
	sp_status status = sp_history_open(kb, rev, &s->history, err);
	return status == SP_OK ? sp_history_changes(s->history, s->arena, &s->changes, err) : status;
}

/* ---- the pass ---- */

static sp_status run(const char *kb, const char *rev, sp_findings *findings, sp_arena *arena, sp_error *err)
{
	const char *cache;
	sp_encoder *encoder = NULL;
	since s = {.arena = arena};
	sp_check_asked options = {.kb_dir = kb, .wants = rev ? wants : NULL, .arg = &s};
	sp_status status = spi_cache_folder(kb, arena, &cache, err);
	if (status == SP_OK && rev)
		status = open_since(&s, kb, rev, err);
	if (status == SP_OK && !(options.data_dir = sp_arena_printf(arena, "%s/words", cache)))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK && (!rev || s.changes.count > 0)) {
		open_vectors(cache, arena, &encoder, &options.vectors);
		status = sp_check_asked_add(&options, findings, err);
	}
	sp_vector_store_close(options.vectors);
	sp_encoder_free(encoder);
	sp_history_close(s.history);
	return status;
}

sp_status spi_check_asked(const char *kb, const char *rev, size_t articles, bool asked, sp_findings *findings, sp_error *err)
{
	sp_error why = {0};
	if (!asked && !rev && articles > SPI_CHECK_ASKED_ARTICLES)
		return SP_OK;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? run(kb, rev, findings, arena, &why) : sp_error_set(&why, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_arena_free(arena);
	if (status != SP_OK && asked) {
		sp_error_copy(err, &why);
		return status;
	}
	if (status != SP_OK)
		fprintf(stderr, "sportello: %s: %s%s%s\n", spi_say("cmd.check.not-asked"), why.source, why.source[0] ? ": " : "", why.text);
	return SP_OK;
}
