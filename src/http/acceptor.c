#include "http/acceptor.h"

#include "base/clock.h"
#include "http/crowd.h"
#include "http/log.h"
#include "http/worker.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAUSE_US 2000
/* When none begins for so long, those that were handed over and have not begun are counted no more: memory was out, and they were closed. */
#define PAUSES_MAX 500

/* So often the log is told of one that has too many. */
#define TELL_EVERY_US (60 * 1000000ll)

struct spi_acceptor {
	struct sp_server *server;
	int fd;
	unsigned most;
	unsigned handed;     /* connections, so far; wraps, as server->begun does */
	pthread_t thread;
	atomic_bool stopping;
};

/* Connections that are open, and those that were handed over and have not begun. One that was given up and begins after all is not made
   up for by a place that nobody has. */
static unsigned taken(spi_acceptor *a)
{
	unsigned begun = atomic_load(&a->server->begun);
	if ((int)(a->handed - begun) < 0)
		a->handed = begun;
	return atomic_load(&a->server->connections) + (a->handed - begun);
}

static void wait_for_room(spi_acceptor *a)
{
	unsigned before = atomic_load(&a->server->begun);
	for (int pauses = 0; taken(a) >= a->most && !atomic_load(&a->stopping); pauses++) {
		usleep(PAUSE_US);
		unsigned begun = atomic_load(&a->server->begun);
		if (begun != before)
			pauses = 0;
		else if (pauses >= PAUSES_MAX)
			a->handed = begun;
		before = begun;
	}
}

/* Those that were handed over are begun, and what they ask for is answered: they were not refused when the listening ended. libmicrohttpd
   closes what has not begun, and that without its lock. */
static void wait_for_begun(spi_acceptor *a)
{
	unsigned before = atomic_load(&a->server->begun);
	for (int pauses = 0; (int)(a->handed - before) > 0 && pauses < PAUSES_MAX; pauses++) {
		usleep(PAUSE_US);
		unsigned begun = atomic_load(&a->server->begun);
		if (begun != before)
			pauses = 0;
		before = begun;
	}
}

/* ---- connections of one address ---- */

static bool counts(const struct sp_server *server, const struct sockaddr *from, spi_address *ret)
{
	return server->crowd && from && spi_address_of(from, ret) && !spi_network_has(server->proxies, server->proxies_count, ret) &&
		(server->options.limit_local || !spi_address_is_loopback(ret));
}

/* Whose address it is is nobody's to read; that there is one is for whoever forgot to name a proxy. */
static bool refuse(struct sp_server *server)
{
	int64_t now_us = spi_now_us(), told_us = atomic_load(&server->crowd_told_us);
	sp_metrics_count(server->metrics, SP_COUNT_CONNECTIONS_REFUSED);
	if ((told_us == 0 || now_us - told_us > TELL_EVERY_US) && atomic_compare_exchange_strong(&server->crowd_told_us, &told_us, now_us))
		spi_log_server(server, "warning", "an address has as many connections open as --client-connections allows; further ones are closed. "
			"If it is a proxy of yours, name it with --trusted-proxy");
	return false;
}

bool spi_acceptor_enter(struct sp_server *server, const struct sockaddr *from)
{
	spi_address address;
	return !counts(server, from, &address) || spi_crowd_enter(server->crowd, &address) || refuse(server);
}

void spi_acceptor_leave(struct sp_server *server, const struct sockaddr *from)
{
	spi_address address;
	if (counts(server, from, &address))
		spi_crowd_leave(server->crowd, &address);
}

static bool may_come(struct sp_server *server, const struct sockaddr *from)
{
	spi_address address;
	return !counts(server, from, &address) || !spi_crowd_is_full(server->crowd, &address) || refuse(server);
}

/* ---- the thread ---- */

static void accept_one(spi_acceptor *a)
{
	union {
		struct sockaddr any;
		struct sockaddr_storage room;
	} from;
	socklen_t len = sizeof from;
	int client = accept4(a->fd, &from.any, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client >= 0 && !may_come(a->server, &from.any))
		close(client);
	else if (client >= 0)
		a->handed += MHD_add_connection(a->server->daemon, client, &from.any, len) == MHD_YES; /* closed, if not */
	else if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN)
		usleep(PAUSE_US); /* files or memory are out for a moment, or all is at its end */
}

static void *accept_on(void *arg)
{
	spi_acceptor *a = arg;
	struct pollfd listening = {.fd = a->fd, .events = POLLIN};
	while (!atomic_load(&a->stopping)) {
		wait_for_room(a);
		if (poll(&listening, 1, -1) > 0)
			accept_one(a);
	}
	return NULL;
}

static int start_thread(spi_acceptor *a)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int problem = pthread_create(&a->thread, NULL, accept_on, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return problem;
}

int spi_acceptor_nothing(void)
{
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

sp_status spi_acceptor_start(struct sp_server *server, unsigned most, spi_acceptor **ret, sp_error *err)
{
	spi_acceptor *a = calloc(1, sizeof *a);
	if (!a)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the HTTP server");
	a->server = server;
	a->most = most;
	a->fd = server->listen_fd;
	int problem = start_thread(a);
	if (problem) {
		free(a);
		return sp_error_errno(err, problem, "threads", "start");
	}
	*ret = a;
	return SP_OK;
}

void spi_acceptor_stop(spi_acceptor *acceptor)
{
	if (!acceptor)
		return;
	atomic_store(&acceptor->stopping, true);
	shutdown(acceptor->fd, SHUT_RDWR); /* new clients are refused now rather than left waiting; wakes the thread */
	pthread_join(acceptor->thread, NULL);
	wait_for_begun(acceptor);
	close(acceptor->fd);
	free(acceptor);
}
