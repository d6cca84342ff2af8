/* Opening the knowledge base for one command. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/zone.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Nobody waits in a chat for a command. */
#define PATIENT_MS 60000

static void on_progress(sp_publish_stage stage, size_t done, size_t total, void *arg)
{
	spi_progress_publish(&((spi_session *)arg)->progress, stage, done, total);
}

static void on_notice(const char *line, void *arg)
{
	spi_progress_end(&((spi_session *)arg)->progress);
	spi_tell("notice", line);
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
	const char *timezone = session->config->timezone;
	int minute = SPI_NOON;
	session->moment_utc_s = spi_now_utc_s();
	session->day = sp_date_of(session->moment_utc_s, timezone);
	if (!as_of)
		return SP_OK;
	if (!spi_read_moment(as_of, &session->day, &minute))
		return sp_error_set(err, SP_ERR_USAGE, "--as-of", 0, SPI_NO_MOMENT, as_of);
	session->moment_utc_s = spi_zone_utc_s(timezone, sp_date_days(session->day), minute);
	return SP_OK;
}

/* Questions' vectors are kept beside the index: a set that is asked again is not encoded again. */
static sp_status open_queue(spi_session *s, const char *data, sp_error *err)
{
	sp_encode_queue_settings settings = {.deadline_ms = PATIENT_MS};
	if (sp_encoder_dimensions(s->encoder) == 0)
		return SP_OK;
	settings.file = sp_arena_printf(s->arena, "%s/" SPI_REMEMBERED_FILE, data);
	if (!settings.file)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return sp_encode_queue_new(s->encoder, &settings, &s->queue, err);
}

static sp_status open_index(spi_session *s, const spi_session_options *options, const char *data, sp_error *err)
{
	sp_date day = 0;
	int minute;
	/* A folder that was named may be a service's, which goes on serving today. */
	if (options->as_of && !options->data && !spi_read_moment(options->as_of, &day, &minute))
		return sp_error_set(err, SP_ERR_USAGE, "--as-of", 0, SPI_NO_MOMENT, options->as_of);
	sp_publish_options publish = {.kb_dir = options->kb, .data_dir = data, .encoder = s->encoder, .force = options->anew,
		.only_audience = options->index ? options->audience : NULL, .labelled = options->labelled, .as_of = day, .progress = on_progress, .notice = options->quiet ? NULL : on_notice, .arg = s};
	sp_status status = sp_publisher_open(&publish, &s->publisher, err);
	spi_progress_end(&s->progress);
	if (status != SP_OK || (status = sp_reader_open(s->publisher, &s->reader, err)) != SP_OK)
		return status;
	if ((status = sp_reader_refresh(s->reader, err)) != SP_OK)
		return status;
	s->config = sp_reader_config(s->reader);
	if ((status = find_audience(s, options->audience, err)) != SP_OK || (status = find_day(s, options->as_of, err)) != SP_OK)
		return status;
	status = sp_reader_index(s->reader, s->audience, &s->index, err);
	if (status == SP_OK)
		sp_index_at(s->index, s->moment_utc_s);
	return status;
}

static void close_index(spi_session *s)
{
	sp_reader_close(s->reader);
	if (s->publisher)
		sp_publisher_close(s->publisher);
	s->reader = NULL;
	s->publisher = NULL;
	s->index = NULL;
	s->config = NULL;
}

sp_status spi_session_move(spi_session *session, const spi_session_options *options, sp_error *err)
{
	close_index(session);
	spi_progress_start(&session->progress, "cmd.indexing");
	return open_index(session, options, options->data, err);
}

static sp_status open_all(spi_session *s, const spi_session_options *options, sp_error *err)
{
	sp_status status = spi_encoder_open(&options->encoder, &s->encoder, err);
	s->data = options->data;
	if (status == SP_OK && !s->data)
		status = spi_cache_folder(options->kb, s->arena, &s->data, err);
	if (status == SP_OK)
		status = options->without_index ? spi_mkdirs(s->data, err) :
			open_index(s, options, options->index ? options->index : s->data, err);
	if (status == SP_OK)
		status = open_queue(s, s->data, err);
	if (status != SP_OK)
		return status;
	s->responder = sp_responder_new(s->queue);
	return s->responder ? SP_OK : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
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
	close_index(session);
	sp_encode_queue_free(session->queue);
	sp_encoder_free(session->encoder);
	sp_arena_free(session->arena);
	*session = (spi_session){0};
}
