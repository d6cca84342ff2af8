#include "encode/queue_private.h"

#include <errno.h>
#include <string.h>

void spi_line_put_back(sp_encode_queue *queue, spi_question *q)
{
	q->next = queue->free_ones;
	queue->free_ones = q;
}

void spi_line_append(sp_encode_queue *queue, spi_question *q)
{
	q->next = NULL;
	*queue->last = q;
	queue->last = &q->next;
	queue->stats.waiting_now++;
}

spi_question *spi_line_take_first(sp_encode_queue *queue)
{
	spi_question *q = queue->first;
	queue->first = q->next;
	if (!queue->first)
		queue->last = &queue->first;
	queue->stats.waiting_now--;
	return q;
}

void spi_line_drop(sp_encode_queue *queue, spi_question *q)
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
	spi_line_put_back(queue, q);
}

spi_question *spi_line_find(const sp_encode_queue *queue, const spi_question_key *key)
{
	for (size_t i = 0; i < queue->batch.count; i++)
		if (memcmp(&queue->taken[i]->key, key, sizeof *key) == 0)
			return queue->taken[i];
	for (spi_question *q = queue->first; q; q = q->next)
		if (memcmp(&q->key, key, sizeof *key) == 0)
			return q;
	return NULL;
}

bool spi_line_wait(sp_encode_queue *queue, pthread_cond_t *cond, int64_t until_us)
{
	struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
	return pthread_cond_timedwait(cond, &queue->lock, &until) != ETIMEDOUT;
}

uint64_t spi_line_tell(const sp_encode_queue *queue, spi_question *q, sp_status status, const float *vector, const sp_token_rows *tokens,
	const sp_error *why)
{
	uint64_t told = 0;
	for (spi_waiter *w = q->waiters, *next; w; w = next, told++) {
		next = w->next;
		w->status = status;
		w->is_done = true;
		if (vector)
			memcpy(w->ret_vector, vector, queue->dimensions * sizeof *vector);
		spi_token_rows_copy(w->ret_tokens, tokens, queue->token_bytes);
		sp_error_copy(w->err, why);
		pthread_cond_signal(&w->done);
	}
	q->waiters = NULL;
	return told;
}
