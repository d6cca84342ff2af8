/* sportello serve: the service. Publisher, store and server are opened, then signals decide. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/slice.h"
#include "cmd/serve_guard.h"
#include "cmd/serve_keep.h"
#include "cmd/serve_manager.h"
#include "cmd/serve_settings.h"
#include "sportello/audit.h"
#include "sportello/connect.h"
#include "sportello/ledger.h"
#include "sportello/server.h"
#include "sportello/store.h"
#include "sportello/version.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define GRACE_S 10
#define SAVE_EVERY_S 300
#define DAY_S 86400

typedef struct serving {
	spi_serve_options o;
	int argc; /* as it was called: read again with the file */
	char **argv;
	int log_fd;
	unsigned closed_before; /* spi_write_closed() */
	sp_sandbox_state sandbox;
	sp_error unguarded; /* why it is not all on */
	int64_t audit_day;
	sp_arena *arena;
	sp_encoder *sentence_encoder;
	sp_encode_queue *queue;
	sp_publisher *publisher;
	sp_store *store;
	sp_connector *connector;
	sp_identity *identity;
	sp_server *server;
	atomic_bool serves; /* it listens: what is under way is brought to an end */
	spi_keeper keeper;
	spi_progress progress;
} serving;

static void on_log(const char *line, void *arg)
{
	const serving *s = arg;
	struct iovec parts[] = {{(char *)line, strlen(line)}, {(char[]){'\n'}, 1}};
	/* One write a line: lines of several threads do not mix. A log that cannot be written must not stop the service. */
	if (writev(s->log_fd, parts, 2) < 0)
		return;
}

static void on_notice(const char *line, void *arg)
{
	spi_progress_end(&((serving *)arg)->progress);
	spi_tell("notice", line);
}

/* The first index of a large knowledge base takes minutes, and the signals wait for their thread. Nobody is served yet: there is nothing to
   end in order, and what is half made is made anew at the next start, as after a crash. */
static void end_if_told(void)
{
	sigset_t waiting;
	if (sigpending(&waiting) == 0 && (sigismember(&waiting, SIGTERM) == 1 || sigismember(&waiting, SIGINT) == 1))
		_exit(SPI_EXIT_OK);
}

static void on_progress(sp_publish_stage stage, size_t done, size_t total, void *arg)
{
	serving *s = arg;
	spi_progress_publish(&s->progress, stage, done, total);
	if (!atomic_load(&s->serves))
		end_if_told();
}

/* The log's readers are others than the data's: a new one may be read by the group. */
static int open_log_file(const serving *s, const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		(void)fchmod(fd, 0640 & ~s->closed_before); /* where that fails it stays closed */
	return fd;
}

/* Opened again on a reload: the new file takes the old one's number in one step, under the threads that write. */
static sp_status open_log(serving *s, sp_error *err)
{
	const char *path = strcmp(s->o.log, "none") == 0 ? "/dev/null" : s->o.log;
	int fd = strcmp(s->o.log, "-") == 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) :
		open_log_file(s, path);
	if (fd < 0)
		return sp_error_errno(err, errno, s->o.log, "open the log");
	if (s->log_fd < 0) {
		s->log_fd = fd;
		return SP_OK;
	}
	int moved = dup3(fd, s->log_fd, O_CLOEXEC), why = errno;
	close(fd);
	return moved < 0 ? sp_error_errno(err, why, s->o.log, "open the log") : SP_OK;
}

/* A connection is a file handle: as many as the system allows. */
static void raise_file_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* The data folder is there and ours. */
static sp_status open_queue(serving *s, sp_error *err)
{
	const char *file = sp_arena_printf(s->arena, "%s/" SPI_REMEMBERED_FILE, s->o.data);
	sp_encode_queue_settings settings = {.deadline_ms = s->o.encoder_deadline_ms, .waiting_max = s->o.encoder_waiting, .file = file};
	if (!file)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	return sp_encode_queue_new(s->sentence_encoder, &settings, &s->queue, err);
}

static void on_connector(const char *text, void *arg)
{
	(void)arg;
	spi_tell("notice", text);
}

static void on_stranger(const char *map, const char *key, void *arg)
{
	const serving *s = arg;
	sp_buffer text = SP_BUFFER_INIT;
	sp_buffer_printf(&text, "%s: %s: %s: %s", s->o.connector_file, map, key, spi_say("cmd.serve.stranger"));
	spi_tell("warning", sp_buffer_text(&text));
	sp_buffer_release(&text);
}

/* Before anything is written: from then on tickets are put in its outbox. */
static sp_status open_connector(serving *s, sp_error *err)
{
	sp_connector_options options = {.file = s->o.connector_file, .kb = s->o.kb, .store = s->store, .log = on_log, .notice = on_connector, .arg = s};
	sp_kb_config *config = NULL;
	sp_status status = sp_connector_open(&options, &s->connector, err);
	if (status == SP_OK && sp_kb_config_load(s->o.kb, NULL, &config, NULL) == SP_OK)
		sp_connector_strangers(s->o.connector_file, config, on_stranger, s);
	sp_kb_config_free(config);
	return status;
}

/* Audiences and groups that kb.yaml does not have are a mistake that is told at the start. */
static sp_status open_identity(serving *s, sp_error *err)
{
	sp_kb_config *config = NULL;
	sp_status status = sp_kb_config_load(s->o.kb, NULL, &config, err);
	if (status == SP_OK)
		status = sp_identity_open(s->o.identity_file, config, &s->identity, err);
	sp_kb_config_free(config);
	return status;
}

/* Counted for the window and the time zone that kb.yaml has now. */
static sp_status keep_ledger(serving *s, sp_error *err)
{
	sp_kb_config *config = NULL;
	sp_status status = sp_kb_config_load(s->o.kb, NULL, &config, err);
	if (status == SP_OK)
		status = sp_ledger_keep(s->store, config->resolved_window_s, config->timezone, err);
	sp_kb_config_free(config);
	return status;
}

/* Made-up people at moments that are over must never come among real ones: --replay takes a folder that holds nothing, or a replay. */
static sp_status check_replay(serving *s, sp_error *err)
{
	const char *mark = sp_arena_printf(s->arena, "%s/" SPI_REPLAY_FILE, s->o.data);
	uint64_t conversations = 0, tickets = 0;
	sp_store_reader *reader = NULL;
	if (!mark)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (spi_exists(mark))
		return SP_OK;
	sp_status status = sp_store_reader_open(s->store, &reader, err);
	if (status == SP_OK)
		status = sp_store_count(reader, &conversations, &tickets, err);
	sp_store_reader_close(reader);
	if (status == SP_OK && (conversations || tickets))
		status = sp_error_set(err, SP_ERR_CONFLICT, s->o.data, 0, "%s", spi_say("replay.not-fresh"));
	return status;
}

/* day: of --as-of; 0 = today. */
static sp_status open_parts(serving *s, sp_date day, sp_error *err)
{
	raise_file_limit();
	/* Before the first thread: the encoder, the store and the publisher have theirs. */
	sp_status status = spi_guard_files(&s->o, s->arena, &s->sandbox, &s->unguarded, err);
	if (status == SP_OK)
		status = open_log(s, err);
	if (status == SP_OK)
		status = spi_encoder_open(&s->o.encoder, &s->sentence_encoder, err);
	/* Somebody waits for what is written, as for a reply (start()); what is made for later may take its time. */
	spi_slice_short();
	if (status == SP_OK)
		status = sp_store_open(s->o.data, SP_STORE_SERVE, &s->store, err);
	spi_slice_usual();
	if (status == SP_OK && s->o.replay)
		status = check_replay(s, err);
	if (status == SP_OK)
		status = keep_ledger(s, err);
	if (status == SP_OK && s->o.identity_file)
		status = open_identity(s, err);
	if (status == SP_OK && s->o.connector_file)
		status = open_connector(s, err);
	if (status == SP_OK)
		status = open_queue(s, err);
	if (status != SP_OK)
		return status;
	sp_publish_options publish = {.kb_dir = s->o.kb, .data_dir = s->o.data, .encoder = s->sentence_encoder, .labelled = s->o.labelled,
		.words_first = true, .as_of = day, .progress = on_progress, .notice = on_notice, .arg = s};
	spi_progress_start(&s->progress, "cmd.indexing");
	status = sp_publisher_open(&publish, &s->publisher, err);
	spi_progress_end(&s->progress);
	return status == SP_OK ? sp_publisher_watch(s->publisher, err) : status;
}

static sp_status start(serving *s, sp_error *err)
{
	sp_date day = 0;
	int minute = SPI_NOON;
	if (s->o.as_of && !spi_read_moment(s->o.as_of, &day, &minute))
		return sp_error_set(err, SP_ERR_USAGE, "--as-of", 0, SPI_NO_MOMENT, s->o.as_of);
	sp_status status = spi_need_apart(s->o.kb, s->o.data, err);
	if (status == SP_OK)
		status = open_parts(s, day, err);
	if (status != SP_OK)
		return status;
	sp_server_options options = {.listen = s->o.listen, .tls_cert = s->o.tls_cert, .tls_key = s->o.tls_key,
		.trusted_proxies = s->o.trusted_proxies.values, .trusted_proxies_count = s->o.trusted_proxies.count, .threads = s->o.threads, .connections = s->o.connections,
		.idle_timeout_s = s->o.idle_timeout_s, .request_timeout_s = s->o.request_timeout_s, .client_rate = s->o.client_rate,
		.client_burst = s->o.client_burst, .client_connections = s->o.client_connections, .limit_local = s->o.limit_local, .web_dir = s->o.web, .public_url = s->o.public_url, .as_of = day, .session_idle_s = s->o.session_idle_s, .session_limit_s = s->o.session_limit_s,
		.as_of_minute = minute + 1, .join_s = (int)s->o.join_s,
		.replay_dir = s->o.replay ? s->o.data : NULL, .kb_dir = s->o.kb,
		.publisher = s->publisher, .store = s->store, .connector = s->connector, .identity = s->identity, .encoder = s->sentence_encoder, .queue = s->queue,
		.sandbox = &s->sandbox, .log = on_log, .arg = s};
	spi_slice_short();
	atomic_store(&s->serves, true);
	status = sp_server_start(&options, &s->server, err);
	spi_slice_usual();
	if (status == SP_OK)
		status = spi_guard_calls(&s->o, &s->sandbox, &s->unguarded, err);
	if (status == SP_OK && s->unguarded.status != SP_OK)
		on_notice(s->unguarded.text, s);
	return status;
}

/* As root it could do what no service needs; in a container root is often nobody in particular outside, and its user is set by who runs it. */
static void say_if_root(serving *s, bool is_others)
{
	if (is_others)
		on_notice(spi_say("cmd.serve.root-data"), s);
	else if (geteuid() == 0 && !getenv("container") && !getenv("KUBERNETES_SERVICE_HOST") && !spi_exists("/.dockerenv") && !spi_exists("/run/.containerenv") && getpid() != 1)
		on_notice(spi_say("cmd.serve.root"), s);
}

static void announce(const serving *s)
{
	char base[128];
	const char *colon = strrchr(s->o.listen, ':');
	int host_len = colon ? (int)(colon - s->o.listen) : (int)strlen(s->o.listen);
	snprintf(base, sizeof base, "%s://%.*s:%u", s->o.tls_cert ? "https" : "http", host_len, s->o.listen, sp_server_port(s->server));
	if (s->o.json)
		printf("{\"listening\":\"%s\"}\n", base);
	else
		printf("listening on %s\n", base);
	if (!s->o.json && (isatty(STDOUT_FILENO) || getenv("SPORTELLO_BANNER"))) {
		printf("\n  %-18s %s/\n  %-18s %s/chat\n  %-18s %s/openapi.json\n  %-18s %s/readyz\n", spi_say("cmd.serve.help-centre"), base,
			spi_say("cmd.serve.chat"), base, spi_say("cmd.serve.calls"), base, spi_say("cmd.serve.state"), base);
		printf("\n%s\n  curl -s %s/v1/chat -H 'Content-Type: application/json' -d '{\"message\": \"%s\"}'\n\n",
			spi_say("cmd.serve.try"), base, "non mi arriva il codice otp di spid");
	}
	fflush(stdout);
}

/* Browsers refuse it, and nothing else here would tell. */
static void say_if_not_valid(serving *s)
{
	int64_t from_utc_s, until_utc_s, now = spi_now_utc_s();
	char when[32];
	if (!s->o.tls_cert || sp_tls_check(s->o.tls_cert, s->o.tls_key, &from_utc_s, &until_utc_s, NULL) != SP_OK || (from_utc_s <= now && now < until_utc_s))
		return;
	spi_rfc3339(now < from_utc_s ? from_utc_s : until_utc_s, when);
	sp_buffer text = SP_BUFFER_INIT;
	sp_buffer_printf(&text, "%s: %s %s; %s", s->o.tls_cert, spi_say(now < from_utc_s ? "cmd.serve.cert-early" : "cmd.serve.cert-ended"), when,
		spi_say("cmd.serve.cert-remedy"));
	spi_tell("warning", sp_buffer_text(&text));
	sp_buffer_release(&text);
}

/* What may change while it runs is taken over; of the rest it is said that it waits. */
static sp_status reread(serving *s, sp_buffer *waiting, sp_error *err)
{
	spi_serve_options now;
	sp_arena *arena = s->o.config ? sp_arena_new(0) : NULL;
	if (!s->o.config)
		return SP_OK;
	if (!arena)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = spi_serve_reread(&s->o, s->argc, s->argv, arena, &now, waiting, err);
	const char *log = status == SP_OK && strcmp(now.log, s->o.log) != 0 ? sp_arena_strdup(s->arena, now.log) : NULL;
	if (log)
		s->o.log = log;
	sp_arena_free(arena);
	return status;
}

/* One thing that is wrong holds up none of the others: above all not the log, that somebody has just moved away. */
static bool took(sp_status status, sp_error *err)
{
	if (status != SP_OK)
		spi_fail(err, status);
	*err = (sp_error){0};
	return status == SP_OK;
}

/* SIGHUP: the log is opened again (rotation), the file's settings that may change are taken over, the folder is looked at anew. */
static void reload(serving *s)
{
	sp_error err = {0};
	sp_buffer waiting = SP_BUFFER_INIT, text = SP_BUFFER_INIT;
	const char *log = s->o.log;
	bool all = took(reread(s, &waiting, &err), &err);
	if (!took(open_log(s, &err), &err)) {
		all = false;
		s->o.log = log; /* that one goes on */
	}
	all &= took(sp_server_reload(s->server, &err), &err);
	all &= took(sp_publisher_refresh(s->publisher, false, &err), &err);
	if (sp_connector_differs(s->connector))
		sp_buffer_printf(&waiting, "%s%s", waiting.len ? ", " : "", s->o.connector_file);
	sp_connector_retry(s->connector); /* its secret may be another one now */
	spi_tell("notice", spi_say(all ? "cmd.serve.reloaded" : "cmd.serve.not-reloaded"));
	if (waiting.len) {
		sp_buffer_printf(&text, "%s: %s", spi_say("cmd.serve.waiting"), sp_buffer_text(&waiting));
		spi_tell("notice", sp_buffer_text(&text));
	}
	say_if_not_valid(s);
	sp_buffer_release(&waiting);
	sp_buffer_release(&text);
}

/* A crash loses the vectors of some minutes' questions at most. */
static void save(serving *s)
{
	sp_error err = {0};
	sp_status status = sp_encode_queue_save(s->queue, &err);
	if (status != SP_OK)
		spi_fail(&err, status);
}

/* The audit log's head goes where the log goes: kept there, it shows whether the log was written anew since. Once a day, and at both ends. */
static void log_audit_head(serving *s, bool now)
{
	sp_audit_head head;
	sp_store_reader *reader = NULL;
	int64_t day = spi_now_utc_s() / DAY_S;
	if (!now && day == s->audit_day)
		return;
	s->audit_day = day;
	if (sp_store_reader_open(s->store, &reader, NULL) == SP_OK && sp_store_audit_head(reader, &head, NULL) == SP_OK) {
		char time[32], line[192];
		spi_rfc3339(spi_now_utc_s(), time);
		snprintf(line, sizeof line, "{\"time\":\"%s\",\"level\":\"info\",\"audit_head\":\"%lld:%s\"}", time, (long long)head.number, head.hash);
		on_log(line, s);
	}
	sp_store_reader_close(reader);
}

static void wait_for_end(serving *s, const sigset_t *signals)
{
	const struct timespec wait = {.tv_sec = SPI_KEEP_LOOK_S};
	int64_t saved_us = spi_now_us();
	for (;;) {
		if (!s->o.replay) /* whose contacts are all older than is kept */
			spi_keeper_look(&s->keeper);
		int number = sigtimedwait(signals, NULL, &wait);
		if (number == SIGHUP)
			reload(s);
		else if (number > 0)
			return;
		else if (errno == EAGAIN && spi_now_us() - saved_us >= SAVE_EVERY_S * 1000000ll) {
			save(s);
			log_audit_head(s, false);
			saved_us = spi_now_us();
		}
	}
}

static void close_all(serving *s)
{
	if (s->server) {
		sp_server_stop(s->server, GRACE_S);
		log_audit_head(s, true);
	}
	/* Nobody waits for a vector any more; the queue and who makes those of articles must not wait for a server that hangs. */
	if (s->sentence_encoder)
		sp_encoder_stop(s->sentence_encoder);
	sp_connector_close(s->connector);
	spi_keeper_close(&s->keeper);
	sp_identity_close(s->identity);
	if (s->store)
		sp_store_close(s->store);
	if (s->publisher)
		sp_publisher_close(s->publisher);
	sp_encode_queue_free(s->queue);
	sp_encoder_free(s->sentence_encoder);
	if (s->log_fd >= 0)
		close(s->log_fd);
	sp_arena_free(s->arena);
}

static int run(serving *s)
{
	sp_error err = {0};
	sp_status status = SP_OK;
	sigset_t signals;
	/* Blocked before any thread starts, so that only sigwait sees them. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	s->closed_before = spi_write_closed();
	if (s->o.config)
		status = spi_serve_read_config(&s->o, s->argc, s->argv, s->arena, &err);
	if (strcmp(s->o.log_format, "json") == 0)
		spi_tell_in_json();
	if (status == SP_OK && (!s->o.kb || !s->o.data))
		return spi_missing("serve", s->o.kb ? "data" : "kb");
	bool is_others = status == SP_OK && spi_owner_is_other(s->o.data); /* before there is anything of root's in it */
	if (status == SP_OK)
		status = start(s, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	say_if_root(s, is_others);
	say_if_not_valid(s);
	announce(s);
	spi_manager_tell("READY=1");
	s->keeper = (spi_keeper){.publisher = s->publisher, .store = s->store, .queue = s->queue, .log = on_log, .arg = s,
		.vectors = sp_arena_printf(s->arena, "%s/" SPI_REMEMBERED_FILE, s->o.data)};
	log_audit_head(s, true);
	wait_for_end(s, &signals);
	spi_manager_tell("STOPPING=1");
	return SPI_EXIT_OK;
}

int spi_cmd_serve(int argc, char **argv)
{
	serving s = {.o = SPI_SERVE_DEFAULTS, .argc = argc, .argv = argv, .log_fd = -1};
	spi_setting rows[SPI_SERVE_SETTINGS_COUNT];
	const char *words[SPI_WORDS_MAX];
	size_t count;
	spi_serve_settings(&s.o, rows);
	if (!spi_read_args("serve", rows, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	s.arena = sp_arena_new(0);
	int code = s.arena ? run(&s) : SPI_EXIT_FAILED;
	close_all(&s);
	return code;
}
