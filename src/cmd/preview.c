/* sportello preview: the editors' page, on this machine. An index of its own holds drafts as if they were published; nothing is
   recorded. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "sportello/server.h"
#include "sportello/workbench.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#define GRACE_S 1
/* An editor waits a little longer than a citizen. */
#define DEADLINE_MS 1000

typedef struct previewing {
	const char *kb, *data, *listen, *web;
	spi_encoder_options encoder;
	bool json;
	sp_arena *arena;
	sp_encoder *sentence_encoder;
	sp_encode_queue *queue;
	sp_publisher *publisher;
	sp_workbench *workbench;
	sp_server *server;
	spi_progress progress;
} previewing;

static void on_progress(sp_publish_stage stage, size_t done, size_t total, void *arg)
{
	spi_progress_publish(&((previewing *)arg)->progress, stage, done, total);
}

static void on_notice(const char *line, void *arg)
{
	spi_progress_end(&((previewing *)arg)->progress);
	spi_tell("notice", line);
}

/* Beside what other commands keep of this knowledge base, never in a service's folder. */
static sp_status find_folder(previewing *p, sp_error *err)
{
	const char *cache;
	sp_status status = spi_cache_folder(p->kb, p->arena, &cache, err);
	if (status != SP_OK)
		return status;
	p->data = sp_arena_printf(p->arena, "%s/preview", cache);
	return p->data ? spi_mkdirs(p->data, err) : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
}

static sp_status open_queue(previewing *p, sp_error *err)
{
	sp_encode_queue_settings settings = {.deadline_ms = DEADLINE_MS};
	settings.file = sp_arena_printf(p->arena, "%s/" SPI_REMEMBERED_FILE, p->data);
	if (!settings.file)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return sp_encode_queue_new(p->sentence_encoder, &settings, &p->queue, err);
}

static sp_status publish(previewing *p, sp_error *err)
{
	sp_publish_options options = {.kb_dir = p->kb, .data_dir = p->data, .encoder = p->sentence_encoder, .words_first = true,
		.drafts = true, .progress = on_progress, .notice = on_notice, .arg = p};
	spi_progress_start(&p->progress, "cmd.indexing");
	sp_status status = sp_publisher_open(&options, &p->publisher, err);
	spi_progress_end(&p->progress);
	if (status == SP_OK)
		status = sp_publisher_watch(p->publisher, err);
	return status == SP_OK ? sp_workbench_open(p->publisher, p->kb, &p->workbench, err) : status;
}

static sp_status start(previewing *p, sp_error *err)
{
	sp_status status = find_folder(p, err);
	if (status == SP_OK)
		status = spi_encoder_open(&p->encoder, &p->sentence_encoder, err);
	if (status == SP_OK)
		status = open_queue(p, err);
	if (status == SP_OK)
		status = publish(p, err);
	sp_server_options options = {.listen = p->listen, .web_dir = p->web, .publisher = p->publisher, .workbench = p->workbench,
		.encoder = p->sentence_encoder, .queue = p->queue};
	return status == SP_OK ? sp_server_start(&options, &p->server, err) : status;
}

static bool is_exposed(const char *listen)
{
	return strncmp(listen, "127.", 4) != 0 && strncmp(listen, "[::1]", 5) != 0 && strncmp(listen, "localhost", 9) != 0;
}

static void announce(const previewing *p)
{
	const char *colon = strrchr(p->listen, ':');
	int host_len = colon ? (int)(colon - p->listen) : (int)strlen(p->listen);
	printf(p->json ? "{\"listening\":\"http://%.*s:%u\"}\n" : "listening on http://%.*s:%u\n", host_len, p->listen, sp_server_port(p->server));
	if (!p->json)
		printf("%s http://%.*s:%u/editor/\n", spi_say("cmd.preview.open"), host_len, p->listen, sp_server_port(p->server));
	fflush(stdout);
}

static void close_all(previewing *p)
{
	if (p->server)
		sp_server_stop(p->server, GRACE_S);
	if (p->sentence_encoder)
		sp_encoder_stop(p->sentence_encoder);
	sp_workbench_close(p->workbench);
	if (p->publisher)
		sp_publisher_close(p->publisher);
	sp_encode_queue_free(p->queue);
	sp_encoder_free(p->sentence_encoder);
	sp_arena_free(p->arena);
}

static int run(previewing *p)
{
	sp_error err = {0};
	sigset_t signals;
	int number;
	/* Blocked before any thread starts, so that only sigwait sees them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	sp_status status = start(p, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (is_exposed(p->listen))
		fprintf(stderr, "sportello: %s\n", spi_say("cmd.preview.exposed"));
	announce(p);
	sigwait(&signals, &number);
	return SPI_EXIT_OK;
}

int spi_cmd_preview(int argc, char **argv)
{
	previewing p = {.listen = "127.0.0.1:8090"};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &p.kb},
		{.name = "listen", .type = SPI_SETTING_TEXT, .target = &p.listen},
		SPI_ENCODER_SETTINGS(p.encoder, false),
		{.name = "web", .type = SPI_SETTING_TEXT, .target = &p.web},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &p.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("preview", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!p.kb)
		return spi_missing("preview", "kb");
	p.arena = sp_arena_new(0);
	int code = p.arena ? run(&p) : SPI_EXIT_FAILED;
	close_all(&p);
	return code;
}
