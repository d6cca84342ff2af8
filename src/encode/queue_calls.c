/* Who waits for which question, and for how long. */
#include "encode/queue_private.h"

#include "base/clock.h"

#include <errno.h>
#include <string.h>

/* ---- questions ---- */

void spi_question_put_back(sp_encode_queue *queue, spi_question *q)
{
	q->next = queue->free_ones;
	queue->free_ones = q;
}

spi_question *spi_question_enter(sp_encode_queue *queue, const spi_question_key *key, const char *text, size_t len)
{
	spi_question *q = queue->free_ones;
	queue->free_ones = q->next;
	q->key = *key;
	q->len = len;
	q->deadline_us = 0;
	q->waiters = NULL;
	memcpy(q->text, text, len + 1);
	q->next = NULL;
	*queue->last = q;
	queue->last = &q->next;
	queue->stats.waiting_now++;
	return q;
}

spi_question *spi_question_take_first(sp_encode_queue *queue)
{
	spi_question *q = queue->first;
	queue->first = q->next;
	if (!queue->first)
		queue->last = &queue->first;
	queue->stats.waiting_now--;
	return q;
}

/* Take a question out of the queue, if it is still in it. */
static void drop(sp_encode_queue *queue, spi_question *q)
{
	spi_question **link = &queue->first;
	while (*link && *link != q)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = q->next;
	if (!q->next)
		queue->last = link;
	queue->stats.waiting_now--;
	spi_question_put_back(queue, q);
}

spi_question *spi_question_find(const sp_encode_queue *queue, const spi_question_key *key)
{
	for (size_t i = 0; i < queue->batch.count; i++)
		if (memcmp(&queue->taken[i]->key, key, sizeof *key) == 0)
			return queue->taken[i];
	for (spi_question *q = queue->first; q; q = q->next)
		if (memcmp(&q->key, key, sizeof *key) == 0)
			return q;
	return NULL;
}

/* ---- calls ---- */

void spi_call_join(sp_encode_call *call, size_t i, spi_question *q)
{
	sp_encode_waiter *w = &call->waiters[i];
	w->call = call;
	w->question = q;
	w->next = q->waiters;
	q->waiters = w;
	call->left++;
	if (call->deadline_us > q->deadline_us)
		q->deadline_us = call->deadline_us;
}

void spi_call_enter(sp_encode_queue *queue, sp_encode_call *call)
{
	sp_encode_call *before = queue->last_call;
	while (before && before->deadline_us > call->deadline_us)
		before = before->before;
	call->before = before;
	call->next = before ? before->next : queue->first_call;
	*(before ? &before->next : &queue->first_call) = call;
	*(call->next ? &call->next->before : &queue->last_call) = call;
	if (queue->watcher_sleeps || !before)
		pthread_cond_signal(&queue->watch);
}

static void leave(sp_encode_queue *queue, sp_encode_call *call, spi_calls *done)
{
	*(call->before ? &call->before->next : &queue->first_call) = call->next;
	*(call->next ? &call->next->before : &queue->last_call) = call->before;
	call->next = NULL;
	*done->last = call;
	done->last = &call->next;
}

uint64_t spi_question_tell(sp_encode_queue *queue, spi_question *q, sp_status status, const float *vector, const sp_token_rows *tokens,
	const sp_error *why, spi_calls *done)
{
	uint64_t told = 0;
	for (sp_encode_waiter *w = q->waiters, *next; w; w = next, told++) {
		sp_encode_call *call = w->call;
		size_t i = (size_t)(w - call->waiters);
		next = w->next;
		w->question = NULL;
		if (call->status == SP_OK)
			call->status = status;
		if (vector)
			memcpy(call->vectors + i * queue->dimensions, vector, queue->dimensions * sizeof *vector);
		spi_token_rows_copy(call->tokens ? &call->tokens[i] : NULL, tokens, queue->token_bytes);
		sp_error_copy(&call->error, why);
		if (--call->left == 0)
			leave(queue, call, done);
	}
	q->waiters = NULL;
	return told;
}

void spi_calls_tell(const spi_calls *done)
{
	for (sp_encode_call *call = done->first, *next; call; call = next) {
		next = call->next; /* the call is its owner's again when it is told */
		call->done(call, call->arg);
	}
}

/* ---- time ---- */

bool spi_queue_wait(sp_encode_queue *queue, pthread_cond_t *cond, int64_t until_us)
{
	struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
	return pthread_cond_timedwait(cond, &queue->lock, &until) != ETIMEDOUT;
}

static void forget(sp_encode_queue *queue, sp_encode_waiter *w)
{
	spi_question *q = w->question;
	sp_encode_waiter **link = &q->waiters;
	while (*link != w)
		link = &(*link)->next;
	*link = w->next;
	if (!q->waiters)
		drop(queue, q);
	queue->stats.late++;
}

static void give_up(sp_encode_queue *queue, sp_encode_call *call, spi_calls *done)
{
	for (size_t i = 0; i < call->count; i++)
		if (call->waiters[i].question)
			forget(queue, &call->waiters[i]);
	if (call->status == SP_OK)
		call->status = SP_ERR_BUSY;
	leave(queue, call, done);
}

void *spi_queue_watch(void *arg)
{
	sp_encode_queue *queue = arg;
	pthread_mutex_lock(&queue->lock);
	while (!queue->stopping) {
		spi_calls done = {.last = &done.first};
		int64_t now_us = spi_now_us();
		while (queue->first_call && queue->first_call->deadline_us <= now_us)
			give_up(queue, queue->first_call, &done);
		if (done.first) {
			pthread_mutex_unlock(&queue->lock);
			spi_calls_tell(&done);
			pthread_mutex_lock(&queue->lock);
		} else if (queue->first_call) {
			spi_queue_wait(queue, &queue->watch, queue->first_call->deadline_us);
		} else {
			queue->watcher_sleeps = true;
			pthread_cond_wait(&queue->watch, &queue->lock);
			queue->watcher_sleeps = false;
		}
	}
	pthread_mutex_unlock(&queue->lock);
	return NULL;
}
