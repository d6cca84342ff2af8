#include "store/queue.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct spi_queue {
	const spi_engine *engine;
	void *db;
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work;
	sp_write *first, **last;
	size_t count;
	bool stopping;
	bool taken; /* somebody is at the database: the writer thread, or who writes alone */
};

/* ---- the writer thread ---- */

/* Take what waits, at most a batch. NULL: nothing will come any more. */
static sp_write *take(spi_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	while (queue->taken || (!queue->first && !queue->stopping))
		pthread_cond_wait(&queue->work, &queue->lock);
	queue->taken = true;
	sp_write *batch = queue->first, **end = &queue->first;
	size_t taken = 0;
	bool together = false; /* with the one before: not to be cut there */
	for (; *end && (taken < SPI_BATCH_MAX || together); taken++) {
		together = (*end)->with_next;
		end = &(*end)->next;
	}
	queue->first = *end;
	if (batch)
		*end = NULL;
	if (!queue->first)
		queue->last = &queue->first;
	queue->count -= taken;
	pthread_mutex_unlock(&queue->lock);
	return batch;
}

/* The database, for who would wait for the writer thread anyway: where nothing else is to be written, two changes of threads are saved. */
static bool take_alone(spi_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	bool is_free = !queue->taken && !queue->first && !queue->stopping;
	queue->taken |= is_free;
	pthread_mutex_unlock(&queue->lock);
	return is_free;
}

static void give_back(spi_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->taken = false;
	if (queue->first || queue->stopping)
		pthread_cond_signal(&queue->work);
	pthread_mutex_unlock(&queue->lock); /* the queue may be gone from here on */
}

/* What a write that came to nothing may have been given already. */
static void forget_results(sp_write *write)
{
	switch (write->kind) {
	case SP_WRITE_TICKET:
		write->as.ticket.ticket.number = 0;
		write->as.ticket.ticket.secret[0] = '\0';
		write->as.ticket.ticket.revision = 0;
		write->as.ticket.replayed = false;
		write->as.ticket.open_before = 0;
		break;
	case SP_WRITE_TICKET_CHANGE:
		write->as.ticket_change.revision = 0;
		break;
	case SP_WRITE_TOKEN:
		explicit_bzero(write->as.token.secret, sizeof write->as.token.secret);
		write->as.token.id = 0;
		break;
	case SP_WRITE_TURN:
	case SP_WRITE_FEEDBACK:
	case SP_WRITE_TOKEN_REVOKE:
	case SP_WRITE_DETACH:
	case SP_WRITE_SCRUB:
	case SP_WRITE_VECTORS_DONE:
	case SP_WRITE_TRAINING:
	case SP_WRITE_TRAINING_FORGET:
	case SP_WRITE_SESSION_SEEN:
	case SP_WRITE_SESSION_END:
	case SP_WRITE_AUDIT:
	case SP_WRITE_LEDGER:
		break;
	case SP_WRITE_SESSION:
		explicit_bzero(write->as.session.id, sizeof write->as.session.id);
		break;
	case SP_WRITE_OUTBOX:
		write->as.outbox->changed = 0;
		break;
	case SP_WRITE_ATTACHMENT: /* its id stays: the file is removed by it */
		write->as.attachment->replayed = false;
		break;
	case SP_WRITE_FORGET:
		write->as.forget->forgotten = (sp_forgotten){0};
		break;
	case SP_WRITE_FLAG:
		write->as.flag->flag.id = 0;
		break;
	case SP_WRITE_FLAG_DONE:
		break;
	}
}

static void fail(sp_write *write, sp_status status, const sp_error *why)
{
	write->status = status;
	sp_error_clear(&write->error);
	sp_error_copy(&write->error, why);
	forget_results(write);
}

/* Every write from first up to (not with) end that had gone well, fails after all. */
static void fail_applied(sp_write *first, const sp_write *end, sp_status status, const sp_error *why)
{
	for (sp_write *write = first; write != end; write = write->next)
		if (write->status == SP_OK)
			fail(write, status, why);
}

/* Apply writes in one transaction. Returns the first one that is not in it: NULL, or the one after that which broke
   it. */
static sp_write *apply_all(spi_queue *queue, sp_write *first)
{
	for (sp_write *write = first; write; write = write->next) {
		sp_error err = {0};
		sp_status status = queue->engine->apply(queue->db, write, &err);
		write->status = SP_OK;
		if (status == SP_OK)
			continue;
		fail(write, status, &err);
		if (!queue->engine->in_batch(queue->db)) {
			fail_applied(first, write, status, &err);
			return write->next;
		}
	}
	sp_error err = {0};
	sp_status status = queue->engine->commit(queue->db, &err);
	if (status != SP_OK) {
		queue->engine->rollback(queue->db);
		fail_applied(first, NULL, status, &err);
	}
	return NULL;
}

static void write_batch(spi_queue *queue, sp_write *batch)
{
	sp_write *rest = batch;
	while (rest) {
		sp_error err = {0};
		sp_status status = queue->engine->begin(queue->db, &err);
		if (status != SP_OK) {
			for (sp_write *write = rest; write; write = write->next)
				fail(write, status, &err);
			return;
		}
		rest = apply_all(queue, rest);
	}
}

static void rest(spi_queue *queue)
{
	if (queue->engine->rest)
		queue->engine->rest(queue->db);
	give_back(queue);
}

static void *run(void *arg)
{
	spi_queue *queue = arg;
	sp_write *batch;
	pthread_setname_np(pthread_self(), "store-writer"); /* by itself: where the program is shut in, nobody else may */
	while ((batch = take(queue))) {
		write_batch(queue, batch);
		while (batch) {
			sp_write *next = batch->next; /* done() may free the write */
			queue->engine->after(queue->db, batch);
			if (batch->done)
				batch->done(batch, batch->arg);
			batch = next;
		}
		rest(queue);
	}
	return NULL;
}

static void write_alone(spi_queue *queue, sp_write *write)
{
	write->with_next = false;
	write->next = NULL;
	write_batch(queue, write);
	queue->engine->after(queue->db, write);
	rest(queue);
}

/* ---- for everybody else ---- */

sp_status spi_queue_start(const spi_engine *engine, void *db, spi_queue **ret, sp_error *err)
{
	spi_queue *queue = calloc(1, sizeof *queue);
	if (!queue)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	queue->engine = engine;
	queue->db = db;
	queue->last = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_cond_init(&queue->work, NULL);
	/* Signals are for the program's main thread. */
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&queue->thread, NULL, run, queue);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed) {
		pthread_cond_destroy(&queue->work);
		pthread_mutex_destroy(&queue->lock);
		free(queue);
		return sp_error_errno(err, failed, NULL, "start the store's writer thread");
	}
	*ret = queue;
	return SP_OK;
}

void spi_queue_stop(spi_queue *queue)
{
	if (!queue)
		return;
	pthread_mutex_lock(&queue->lock);
	queue->stopping = true;
	pthread_cond_signal(&queue->work);
	pthread_mutex_unlock(&queue->lock);
	pthread_join(queue->thread, NULL);
	pthread_cond_destroy(&queue->work);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

sp_status spi_queue_submit_all(spi_queue *queue, sp_write *writes, size_t count)
{
	if (count == 0)
		return SP_OK;
	for (size_t i = 0; i < count; i++) {
		writes[i].with_next = i + 1 < count;
		writes[i].next = i + 1 < count ? &writes[i + 1] : NULL;
	}
	pthread_mutex_lock(&queue->lock);
	bool room = queue->count < SPI_QUEUE_MAX && !queue->stopping;
	if (room) {
		*queue->last = writes;
		queue->last = &writes[count - 1].next;
		queue->count += count;
		if (!queue->taken) /* else it is looked for more when the database is given back */
			pthread_cond_signal(&queue->work);
	}
	pthread_mutex_unlock(&queue->lock);
	return room ? SP_OK : SP_ERR_BUSY;
}

sp_status spi_queue_submit(spi_queue *queue, sp_write *write)
{
	return spi_queue_submit_all(queue, write, 1);
}

typedef struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t finished;
	bool is_finished;
} waiter;

static void wake(sp_write *write, void *arg)
{
	(void)write;
	waiter *w = arg;
	pthread_mutex_lock(&w->lock);
	w->is_finished = true;
	pthread_cond_signal(&w->finished);
	pthread_mutex_unlock(&w->lock);
}

sp_status spi_queue_write(spi_queue *queue, sp_write *write, sp_error *err)
{
	if (pthread_equal(pthread_self(), queue->thread))
		return sp_error_set(err, SP_ERR_USAGE, NULL, 0, "the store's writer thread cannot wait for itself");
	if (take_alone(queue)) {
		write_alone(queue, write);
		sp_error_copy(err, &write->error);
		return write->status;
	}
	waiter w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
	write->done = wake;
	/* cppcheck-suppress autoVariables ; w is waited for below */
	write->arg = &w;
	sp_status status = spi_queue_submit(queue, write);
	if (status != SP_OK)
		return sp_error_set(err, status, NULL, 0, "%d writes are waiting for the disk already; try again in a moment",
			SPI_QUEUE_MAX);
	pthread_mutex_lock(&w.lock);
	while (!w.is_finished)
		pthread_cond_wait(&w.finished, &w.lock);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.finished);
	pthread_mutex_destroy(&w.lock);
	sp_error_copy(err, &write->error);
	return write->status;
}
