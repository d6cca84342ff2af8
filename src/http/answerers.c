#include "http/answerers.h"

#include "base/clock.h"
#include "http/request.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#define STACK_BYTES ((size_t)1 << 20)
#define IDLE_US ((int64_t)20 * 1000000)

struct spi_answerers {
	sp_server *server;
	unsigned most, kept;
	spi_answer_request *answer;
	pthread_attr_t thread;
	pthread_condattr_t steady;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work, gone;
	spi_request *first, **last;
	unsigned count, idle, waiting; /* threads; of them without work; requests in the queue */
	bool stopping;
};

/* The caller has the lock. False: no work came. */
static bool wait_for_work(spi_answerers *a)
{
	int64_t until_us = spi_now_us() + IDLE_US;
	struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
	a->idle++;
	while (!a->first && !a->stopping)
		if (pthread_cond_timedwait(&a->work, &a->lock, &until) == ETIMEDOUT && a->count > a->kept)
			break;
	a->idle--;
	return a->first != NULL;
}

static spi_request *take_first(spi_answerers *a)
{
	spi_request *request = a->first;
	a->first = request->next;
	if (!a->first)
		a->last = &a->first;
	a->waiting--;
	request->next = NULL;
	return request;
}

static void *run(void *arg)
{
	spi_answerers *a = arg;
	pthread_mutex_lock(&a->lock);
	while (wait_for_work(a)) {
		spi_request *request = take_first(a);
		pthread_mutex_unlock(&a->lock);
		a->answer(request, spi_worker_of_thread(a->server));
		pthread_mutex_lock(&a->lock);
	}
	pthread_mutex_unlock(&a->lock);
	/* Here rather than by the thread's slot: the server may be gone when that is looked at. */
	spi_worker_free(pthread_getspecific(a->server->worker_key));
	pthread_setspecific(a->server->worker_key, NULL);
	pthread_mutex_lock(&a->lock);
	a->count--;
	pthread_cond_signal(&a->gone);
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* The caller has the lock. */
static void add_thread(spi_answerers *a)
{
	pthread_t thread;
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, &a->thread, run, a) == 0)
		a->count++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

spi_answerers *spi_answerers_new(sp_server *server, unsigned most, unsigned kept, spi_answer_request *answer)
{
	spi_answerers *a = calloc(1, sizeof *a);
	if (!a)
		return NULL;
	*a = (spi_answerers){.server = server, .most = most, .kept = kept, .answer = answer, .last = &a->first};
	pthread_attr_init(&a->thread);
	pthread_attr_setdetachstate(&a->thread, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&a->thread, STACK_BYTES);
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&a->steady);
	pthread_condattr_setclock(&a->steady, CLOCK_MONOTONIC);
	pthread_cond_init(&a->work, &a->steady);
	pthread_cond_init(&a->gone, NULL);
	return a;
}

void spi_answerers_free(spi_answerers *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
	pthread_cond_broadcast(&a->work);
	while (a->count > 0)
		pthread_cond_wait(&a->gone, &a->lock);
	pthread_mutex_unlock(&a->lock);
	pthread_cond_destroy(&a->work);
	pthread_cond_destroy(&a->gone);
	pthread_condattr_destroy(&a->steady);
	pthread_mutex_destroy(&a->lock);
	pthread_attr_destroy(&a->thread);
	free(a);
}

bool spi_answerers_take(spi_answerers *a, spi_request *request)
{
	pthread_mutex_lock(&a->lock);
	if (a->idle <= a->waiting && a->count < a->most)
		add_thread(a);
	bool taken = a->count > 0;
	if (taken) {
		request->next = NULL;
		*a->last = request;
		a->last = &request->next;
		a->waiting++;
		pthread_cond_signal(&a->work);
	}
	pthread_mutex_unlock(&a->lock);
	return taken;
}
