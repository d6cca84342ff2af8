/* Opening the knowledge base for one command. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_progress(size_t done, size_t total, void *arg)
{
	spi_progress_step(&((spi_session *)arg)->progress, done, total);
}

static void on_notice(const char *line, void *arg)
{
	spi_progress_end(&((spi_session *)arg)->progress);
	fprintf(stderr, "sportello: %s\n", line);
}

sp_status spi_cache_folder(const char *kb, sp_arena *arena, const char **ret, sp_error *err)
{
	char real[PATH_MAX], hex[65];
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (!realpath(kb, real))
		return sp_error_set(err, SP_ERR_NOT_FOUND, kb, 0, "there is no such folder; --kb names the one with kb.yaml in it");
	spi_sha256_hex(real, strlen(real), hex);
	if (cache && *cache == '/')
		*ret = sp_arena_printf(arena, "%s/sportello/%.16s", cache, hex);
	else if (home && *home == '/')
		*ret = sp_arena_printf(arena, "%s/.cache/sportello/%.16s", home, hex);
	else
		*ret = sp_arena_printf(arena, "/tmp/sportello-%ld/%.16s", (long)getuid(), hex);
	return *ret ? spi_mkdirs(*ret, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static sp_status find_audience(spi_session *session, const char *key, sp_error *err)
{
	session->audience = sp_kb_audience(session->config, key);
	if (session->audience < 0)
		return sp_error_set(err, SP_ERR_USAGE, "--audience", 0, "kb.yaml knows no audience \"%s\"", key);
	return SP_OK;
}

static sp_status find_day(spi_session *session, const char *as_of, sp_error *err)
{
	session->day = as_of ? sp_date_parse(as_of, strlen(as_of)) : sp_date_of(spi_now_utc_s(), session->config->timezone);
	if (session->day == 0)
		return sp_error_set(err, SP_ERR_USAGE, "--as-of", 0, "\"%s\" is no day; write it as 2021-03-15", as_of);
	return SP_OK;
}

static sp_status open_all(spi_session *s, const spi_session_options *options, sp_error *err)
{
	const char *data = options->data;
	sp_status status = sp_encoder_new(options->encoder, &s->encoder, err);
	if (status == SP_OK && !data)
		status = spi_cache_folder(options->kb, s->arena, &data, err);
	if (status != SP_OK)
		return status;
	sp_publish_options publish = {.kb_dir = options->kb, .data_dir = data, .encoder = s->encoder, .progress = on_progress,
		.notice = options->quiet ? NULL : on_notice, .arg = s};
	status = sp_publisher_open(&publish, &s->publisher, err);
	spi_progress_end(&s->progress);
	if (status != SP_OK || (status = sp_reader_open(s->publisher, &s->reader, err)) != SP_OK)
		return status;
	if ((status = sp_reader_refresh(s->reader, err)) != SP_OK)
		return status;
	s->config = sp_reader_config(s->reader);
	if ((status = find_audience(s, options->audience, err)) != SP_OK || (status = find_day(s, options->as_of, err)) != SP_OK)
		return status;
	s->responder = sp_responder_new(s->encoder);
	if (!s->responder)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return sp_reader_index(s->reader, s->audience, &s->index, err);
}

int spi_session_open(spi_session *session, const spi_session_options *options)
{
	sp_error err = {0};
	*session = (spi_session){.arena = sp_arena_new(0)};
	if (!session->arena)
		return spi_fail(&err, SP_ERR_NOMEM);
	spi_progress_start(&session->progress, "cmd.indexing");
	sp_status status = open_all(session, options, &err);
	if (status == SP_OK)
		return SPI_EXIT_OK;
	spi_session_close(session);
	return spi_fail(&err, status);
}

void spi_session_close(spi_session *session)
{
	sp_responder_free(session->responder);
	sp_reader_close(session->reader);
	if (session->publisher)
		sp_publisher_close(session->publisher);
	sp_encoder_free(session->encoder);
	sp_arena_free(session->arena);
	*session = (spi_session){0};
}
