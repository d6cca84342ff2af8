#include "sportello/server.h"

#include "base/clock.h"
#include "http/acceptor.h"
#include "http/access.h"
#include "http/backlog.h"
#include "http/budget.h"
#include "http/crowd.h"
#include "http/editor.h"
#include "http/shown.h"
#include "http/gaps.h"
#include "http/listen.h"
#include "http/epoll_rounds.h"
#include "http/log.h"
#include "http/pages.h"
#include "http/patience.h"
#include "http/openings.h"
#include "http/retold.h"
#include "http/unsent.h"
#include "http/route.h"
#include "http/solvers.h"
#include "http/tls.h"
#include "http/worker.h"

#include <jansson.h>
#include <limits.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 4096
#define IDLE_TIMEOUT_S 30
#define REQUEST_TIMEOUT_S 60
#define BURST_S 4
#define THREADS_MAX 64
/* Each of libmicrohttpd's threads has its share of this limit, and counts a connection when it begins, not when it is handed over: of many
   that come at once a thread may be given more than its share. 0.9.75 refuses such a connection and leaves its lock held, for which it
   then waits for ever. So this limit is never met: the acceptor alone says how many connections there are. */
#define DAEMON_CONNECTIONS INT_MAX
/* What one connection may take for its request line, headers and the body's pieces. */
#define CONNECTION_MEMORY ((size_t)32 * 1024)
#define POLL_US 5000
#define FILES_KEPT 256

static char *copy(const char *text, bool *ok)
{
	char *copied = text ? strdup(text) : NULL;
	*ok = *ok && (!text || copied);
	return copied;
}

/* What is put behind an address begins with one. */
static void end_without_slash(char *url)
{
	for (size_t len = url ? strlen(url) : 0; len && url[len - 1] == '/'; len--)
		url[len - 1] = '\0';
}

static bool copy_options(sp_server *server, const sp_server_options *options)
{
	bool ok = true;
	server->options = *options;
	server->options.listen = copy(options->listen, &ok);
	server->options.web_dir = copy(options->web_dir, &ok);
	server->options.public_url = copy(options->public_url, &ok);
	end_without_slash((char *)server->options.public_url);
	server->options.replay_dir = copy(options->replay_dir, &ok);
	server->options.kb_dir = copy(options->kb_dir, &ok);
	return ok;
}

static void server_free(sp_server *server)
{
	spi_patience_stop(server->patience);
	spi_budget_free(server->budget);
	spi_crowd_free(server->crowd);
	spi_backlog_free(server->backlog);
	spi_shown_free(server->shown);
	spi_openings_free(server->openings);
	spi_retold_free(server->retold);
	spi_unsent_free(server->unsent);
	sp_metrics_free(server->metrics);
	free(server->route_names);
	spi_pages_close(server->pages);
	free((char *)server->options.listen);
	free((char *)server->options.web_dir);
	free((char *)server->options.public_url);
	spi_tls_close(server->tls);
	free((char *)server->options.replay_dir);
	free((char *)server->options.kb_dir);
	pthread_mutex_destroy(&server->replay.lock);
	sp_workbench_close(server->desk.workbench);
	pthread_mutex_destroy(&server->desk.lock);
	spi_order_end(&server->order);
	free(server);
}

static void on_lost(size_t count, void *server)
{
	char text[128];
	snprintf(text, sizeof text, "%zu entries of the audit log could not be written; who read what is not complete", count);
	spi_log_server(server, "error", text);
}

static sp_server *server_new(const sp_server_options *options)
{
	sp_server *server = calloc(1, sizeof *server);
	if (!server)
		return NULL;
	size_t count = spi_routes_count();
	spi_order_init(&server->order);
	pthread_mutex_init(&server->replay.lock, NULL);
	pthread_mutex_init(&server->desk.lock, NULL);
	server->route_names = calloc(count + 1, sizeof *server->route_names);
	for (size_t i = 0; server->route_names && i < count; i++)
		server->route_names[i] = spi_routes_at(i)->metric;
	server->metrics = server->route_names ? sp_metrics_new(server->route_names, count) : NULL;
	if (!copy_options(server, options) || !server->metrics ||
	    pthread_key_create(&server->worker_key, spi_worker_free) != 0) {
		server_free(server);
		return NULL;
	}
	server->started_utc_s = spi_now_utc_s();
	server->openings = spi_openings_new();
	server->retold = spi_retold_new();
	server->unsent = spi_unsent_new();
	if (options->store && (!(server->backlog = spi_backlog_new(options->store, on_lost, server)) || !(server->shown = spi_shown_new()))) {
		pthread_key_delete(server->worker_key);
		server_free(server);
		return NULL;
	}
	return server;
}

/* Connections never take the files that the index and the store need. */
static unsigned most_connections(unsigned wanted)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
		return wanted;
	rlim_t left = files.rlim_cur > 2 * FILES_KEPT ? files.rlim_cur - FILES_KEPT : files.rlim_cur / 2;
	return left < wanted ? (unsigned)left : wanted;
}

static unsigned idle_s(const sp_server_options *options)
{
	return options->idle_timeout_s ? options->idle_timeout_s : IDLE_TIMEOUT_S;
}

static unsigned connections_max(const sp_server *server)
{
	return most_connections(server->options.connections ? server->options.connections : CONNECTIONS);
}

/* What clients may ask for, and how long they may take. */
static sp_status set_limits(sp_server *server, sp_error *err)
{
	const sp_server_options *o = &server->options;
	if (o->client_rate && !(server->budget = spi_budget_new(o->client_rate, o->client_burst ? o->client_burst : o->client_rate * BURST_S)))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the HTTP server");
	if (o->client_connections) {
		unsigned half = connections_max(server) / 2;
		if (half == 0)
			half = 1; /* one place is somebody's */
		server->crowd = spi_crowd_new(o->client_connections < half ? o->client_connections : half);
		if (!server->crowd)
			return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the HTTP server");
	}
	return spi_patience_start(idle_s(o) + (o->request_timeout_s ? o->request_timeout_s : REQUEST_TIMEOUT_S), &server->patience, err);
}

/* libmicrohttpd has a limit of its own, but none that spares a proxy of ours. */
static void begin_connection(sp_server *server, struct MHD_Connection *connection, void **context)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	int fd = info ? info->connect_fd : -1;
	atomic_fetch_add(&server->connections, 1);
	atomic_fetch_add(&server->begun, 1);
	*context = info ? spi_patience_enter(server->patience, fd) : NULL;
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info && !spi_acceptor_enter(server, info->client_addr))
		shutdown(fd, SHUT_RDWR); /* it came in the same moment as those before it */
}

static void end_connection(sp_server *server, struct MHD_Connection *connection, void **context)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (info)
		spi_acceptor_leave(server, info->client_addr);
	atomic_fetch_sub(&server->connections, 1);
	spi_access_closed(server, connection, *context);
	spi_patience_leave(server->patience, *context);
	*context = NULL;
}

static void count_connection(void *server, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		begin_connection(server, connection, context);
	else
		end_connection(server, connection, context);
}

/* "10.0.0.0/8,192.0.2.1", as a setting may be given. */
static sp_status read_proxies(sp_server *server, sp_error *err)
{
	const sp_server_options *options = &server->options;
	for (size_t i = 0; i < options->trusted_proxies_count; i++)
		for (const char *at = options->trusted_proxies[i], *end; *at; at = *end ? end + 1 : end) {
			end = at + strcspn(at, ",");
			if (server->proxies_count == SP_TRUSTED_PROXIES_MAX)
				return sp_error_set(err, SP_ERR_USAGE, "trusted-proxy", 0, "at most %d proxies can be named; name their network", SP_TRUSTED_PROXIES_MAX);
			if (!spi_network_parse(at, (size_t)(end - at), &server->proxies[server->proxies_count++]))
				return sp_error_set(err, SP_ERR_USAGE, "trusted-proxy", 0, "\"%.*s\" is no address; write it as 192.0.2.1 or 10.0.0.0/8",
					(int)(end - at), at);
			if (spi_network_is_everybody(&server->proxies[server->proxies_count - 1]))
				return sp_error_set(err, SP_ERR_USAGE, "trusted-proxy", 0,
					"%.*s is everybody, who could then say to be anybody and has no limits; name the address or the network that the proxy asks from",
					(int)(end - at), at);
		}
	server->options.trusted_proxies = NULL; /* the caller's */
	return SP_OK;
}

static sp_status open_tls(sp_server *server, sp_error *err)
{
	const char *cert = server->options.tls_cert, *key = server->options.tls_key;
	if (!cert && !key)
		return SP_OK;
	if (!cert || !key)
		return sp_error_set(err, SP_ERR_USAGE, cert ? "tls-key" : "tls-cert", 0, "certificate and key go together: give both");
	if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES || MHD_is_feature_supported(MHD_FEATURE_HTTPS_CERT_CALLBACK) != MHD_YES)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, "tls-cert", 0, "this libmicrohttpd was built without TLS; put a proxy with TLS in front");
	sp_status status = spi_tls_open(cert, key, &server->tls, err);
	server->options.tls_cert = server->options.tls_key = NULL; /* the caller's */
	return status;
}

static struct MHD_Daemon *start_daemon(sp_server *server)
{
	const sp_server_options *options = &server->options;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = options->threads ? options->threads : processors > 0 ? (unsigned)processors : 1;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	struct MHD_OptionItem more[] = {
		{MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL}, {MHD_OPTION_END, 0, NULL},
	};
	size_t count = 0;
	int nothing = spi_acceptor_nothing();
	if (nothing < 0)
		return NULL;
	if (threads > 1)
		more[count++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL};
	if (server->tls) {
		more[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK, 0, spi_tls_callback()};
		more[count++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)SPI_TLS_PRIORITIES};
	}
#if MHD_VERSION >= 0x01000000 /* before that access.c looks at the ends of lines */
	more[count++] = (struct MHD_OptionItem){MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL};
#endif
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_TURBO | (server->tls ? MHD_USE_TLS : 0);
	return MHD_start_daemon(flags, 0,
		NULL, NULL, spi_access_handle, server,
		MHD_OPTION_LISTEN_SOCKET, nothing,
		MHD_OPTION_URI_LOG_CALLBACK, spi_access_begin, server,
		MHD_OPTION_NOTIFY_COMPLETED, spi_access_end, server,
		MHD_OPTION_NOTIFY_CONNECTION, count_connection, server,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)DAEMON_CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, idle_s(options),
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
		MHD_OPTION_ARRAY, more,
		MHD_OPTION_END);
}

static sp_status open_and_listen(sp_server *server, sp_error *err)
{
	const char *address = server->options.listen;
	sp_status status = read_proxies(server, err);
	if (!status)
		status = open_tls(server, err);
	if (!status)
		status = spi_pages_open(&server->options, &server->pages, err);
	if (!status)
		status = set_limits(server, err);
	if (!status)
		status = spi_listen(address, &server->listen_fd, &server->port, err);
	if (status)
		return status;
	if (server->options.store)
		status = spi_solvers_start(server->options.store, &server->solvers, err);
	if (!status && server->options.store)
		status = spi_gaps_start(&server->options, &server->gaps, err);
	spi_epoll_rounds();
	server->daemon = status ? NULL : start_daemon(server);
	if (server->daemon) {
		status = spi_acceptor_start(server, connections_max(server), &server->acceptor, err);
		if (!status)
			return SP_OK;
		MHD_stop_daemon(server->daemon);
	}
	close(server->listen_fd);
	spi_gaps_stop(server->gaps);
	spi_solvers_stop(server->solvers);
	return status ? status : sp_error_set(err, SP_ERR_IO, address, 0,
		"libmicrohttpd could not start; look at the limit of open files (ulimit -n) and of threads");
}

sp_status sp_server_start(const sp_server_options *options, sp_server **ret, sp_error *err)
{
	sp_server *server = server_new(options);
	if (!server)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the HTTP server");
	/* jansson must have its hash seed before threads use it. */
	json_object_seed(0);
	sp_status status = open_and_listen(server, err);
	if (status) {
		pthread_key_delete(server->worker_key);
		server_free(server);
		return status;
	}
	*ret = server;
	return SP_OK;
}

sp_status sp_server_reload(sp_server *server, sp_error *err)
{
	return server->tls ? spi_tls_reload(server->tls, err) : SP_OK;
}

unsigned sp_server_port(const sp_server *server)
{
	return server->port;
}

/* Wait until a count is zero; at most so many microseconds, for ever when negative. */
static bool wait_for_none(atomic_uint *count, int64_t most_us)
{
	int64_t until_us = spi_now_us() + most_us;
	while (atomic_load(count) > 0) {
		if (most_us >= 0 && spi_now_us() >= until_us)
			return false;
		usleep(POLL_US);
	}
	return true;
}

void sp_server_stop(sp_server *server, unsigned grace_s)
{
	if (!server)
		return;
	atomic_store(&server->stopping, true);
	if (server->options.workbench)
		sp_workbench_hurry(server->options.workbench);
	spi_editor_hurry(server);
	spi_acceptor_stop(server->acceptor);
	if (!wait_for_none(&server->in_flight, (int64_t)grace_s * 1000000))
		spi_log_server(server, "warning", "some requests were not finished in the time given; they are cut off");
	/* A connection that waits for the encoder or the store may not be stopped; both always report back. A client that kept its
	   connection may ask for something at this very moment: it is told to come again. */
	atomic_store(&server->closing, true);
	wait_for_none(&server->asking, -1);
	wait_for_none(&server->writing, -1);
	MHD_stop_daemon(server->daemon);
	spi_gaps_stop(server->gaps);
	spi_solvers_stop(server->solvers);
	pthread_key_delete(server->worker_key);
	server_free(server);
}
