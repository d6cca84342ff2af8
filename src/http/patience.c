#include "http/patience.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct spi_exchange {
	spi_exchange *next, *before;
	int socket;
	_Atomic int64_t began_us;
	_Atomic size_t bytes;
	atomic_bool ours;   /* the request is there, the reply is not: the client waits for us */
	bool cut;
	void *held;
};

struct spi_patience {
	int64_t most_us;
	pthread_mutex_t lock; /* of the list: a socket in it is open */
	pthread_cond_t ending;
	pthread_t thread;
	bool stopping;
	spi_exchange *first;
};

static bool is_over(const spi_patience *patience, const spi_exchange *exchange, int64_t now_us)
{
	int64_t more_us = (int64_t)(atomic_load(&exchange->bytes) / SPI_PATIENCE_BYTES) * 1000000;
	return !exchange->cut && !atomic_load(&exchange->ours) && now_us - atomic_load(&exchange->began_us) > patience->most_us + more_us;
}

static void look(spi_patience *patience)
{
	int64_t now_us = spi_now_us();
	for (spi_exchange *e = patience->first; e; e = e->next)
		if (is_over(patience, e, now_us)) {
			e->cut = true;
			shutdown(e->socket, SHUT_RDWR); /* libmicrohttpd sees it, and closes it in its own time */
		}
}

static void *watch(void *arg)
{
	spi_patience *patience = arg;
	pthread_mutex_lock(&patience->lock);
	while (!patience->stopping) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&patience->ending, &patience->lock, &until);
		look(patience);
	}
	pthread_mutex_unlock(&patience->lock);
	return NULL;
}

sp_status spi_patience_start(unsigned most_s, spi_patience **ret, sp_error *err)
{
	spi_patience *patience = calloc(1, sizeof *patience);
	pthread_condattr_t steady;
	if (!patience)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the HTTP server");
	patience->most_us = (int64_t)most_s * 1000000;
	pthread_mutex_init(&patience->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&patience->ending, &steady);
	pthread_condattr_destroy(&steady);
	int problem = pthread_create(&patience->thread, NULL, watch, patience);
	if (problem) {
		pthread_cond_destroy(&patience->ending);
		pthread_mutex_destroy(&patience->lock);
		free(patience);
		return sp_error_errno(err, problem, "threads", "start");
	}
	*ret = patience;
	return SP_OK;
}

void spi_patience_stop(spi_patience *patience)
{
	if (!patience)
		return;
	pthread_mutex_lock(&patience->lock);
	patience->stopping = true;
	pthread_cond_signal(&patience->ending);
	pthread_mutex_unlock(&patience->lock);
	pthread_join(patience->thread, NULL);
	pthread_cond_destroy(&patience->ending);
	pthread_mutex_destroy(&patience->lock);
	free(patience);
}

spi_exchange *spi_patience_enter(spi_patience *patience, int socket)
{
	spi_exchange *exchange = calloc(1, sizeof *exchange);
	if (!exchange)
		return NULL;
	exchange->socket = socket;
	atomic_store(&exchange->began_us, spi_now_us());
	pthread_mutex_lock(&patience->lock);
	exchange->next = patience->first;
	if (patience->first)
		patience->first->before = exchange;
	patience->first = exchange;
	pthread_mutex_unlock(&patience->lock);
	return exchange;
}

void spi_patience_leave(spi_patience *patience, spi_exchange *exchange)
{
	if (!exchange)
		return;
	pthread_mutex_lock(&patience->lock);
	if (exchange->before)
		exchange->before->next = exchange->next;
	else
		patience->first = exchange->next;
	if (exchange->next)
		exchange->next->before = exchange->before;
	pthread_mutex_unlock(&patience->lock);
	free(exchange);
}

void spi_exchange_begin(spi_exchange *exchange, size_t bytes)
{
	if (!exchange)
		return;
	atomic_store(&exchange->bytes, bytes);
	atomic_store(&exchange->began_us, spi_now_us());
	atomic_store(&exchange->ours, false);
}

void spi_exchange_moved(spi_exchange *exchange, size_t bytes)
{
	if (exchange)
		atomic_fetch_add(&exchange->bytes, bytes);
}

void spi_exchange_ours(spi_exchange *exchange)
{
	if (exchange)
		atomic_store(&exchange->ours, true);
}

void spi_exchange_hold(spi_exchange *exchange, void *what)
{
	if (exchange)
		exchange->held = what;
}

void *spi_exchange_held(const spi_exchange *exchange)
{
	return exchange ? exchange->held : NULL;
}
