#include "encode/queue_private.h"

#include "base/clock.h"

/* Of the time that a batch of several took, so much is given to those who come next to come together. */
#define GATHERING(us) ((us) / 50)

/* All of a batch wait for its last text: no more of them than the first has time for. */
static bool has_room(const sp_encode_queue *queue, int64_t now_us)
{
	const spi_batch *b = &queue->batch;
	return b->count == 0 || (b->count < queue->batch_max &&
		(int64_t)(b->count + 1) * queue->text_us <= SPI_PLANNED(queue->taken[0]->deadline_us - now_us));
}

/* Who got a vector from a batch of several asks the next question at once, when there is a load: were the first of them
   taken alone, batches of one and of all others would take turns, and small ones are the dear ones. */
static void gather(sp_encode_queue *queue)
{
	bool in_time = true;
	while (queue->stats.waiting_now < queue->gather_count && !queue->stopping && in_time)
		in_time = spi_line_wait(queue, &queue->work, queue->gather_until_us);
	queue->gather_count = 0;
}

/* The next batch into queue->batch. False: nothing will come any more. */
static bool collect(sp_encode_queue *queue)
{
	spi_batch *b = &queue->batch;
	pthread_mutex_lock(&queue->lock);
	gather(queue);
	while (b->count == 0) {
		while (!queue->first && !queue->stopping)
			pthread_cond_wait(&queue->work, &queue->lock);
		if (!queue->first)
			break;
		int64_t now_us = spi_now_us();
		while (queue->first && has_room(queue, now_us)) {
			spi_question *q = spi_line_take_first(queue);
			if (q->deadline_us > now_us) {
				queue->taken[b->count++] = q;
				continue;
			}
			/* Who waits has only not noticed yet that it is too late. */
			queue->stats.late += spi_line_tell(queue, q, SP_ERR_BUSY, NULL, NULL, NULL);
			spi_line_put_back(queue, q);
		}
		queue->ready_us = now_us + (int64_t)b->count * queue->text_us;
	}
	pthread_mutex_unlock(&queue->lock);
	return b->count > 0;
}

static void finish(sp_encode_queue *queue, sp_status status, const sp_error *why, int64_t took_us)
{
	spi_batch *b = &queue->batch;
	uint64_t told = 0;
	pthread_mutex_lock(&queue->lock);
	queue->stats.batches++;
	queue->stats.encode_us += (uint64_t)took_us;
	queue->text_us = (queue->text_us + took_us / (int64_t)b->count) / 2;
	if (status == SP_OK)
		queue->stats.encoded += b->count;
	for (size_t i = 0; i < b->count; i++) {
		const float *vector = status == SP_OK ? spi_batch_vector(b, i) : NULL;
		const sp_token_rows *tokens = status == SP_OK ? spi_batch_tokens(b, i) : NULL;
		if (vector)
			spi_remembered_add(queue->remembered, &queue->taken[i]->key, vector, tokens);
		told += spi_line_tell(queue, queue->taken[i], status, vector, tokens, why);
		spi_line_put_back(queue, queue->taken[i]);
	}
	if (status != SP_OK)
		queue->stats.failed += told;
	queue->gather_count = status == SP_OK && b->count > 1 ? b->count : 0;
	queue->gather_until_us = spi_now_us() + GATHERING(took_us);
	b->count = 0;
	queue->ready_us = 0;
	pthread_mutex_unlock(&queue->lock);
}

void *spi_encode_queue_work(void *arg)
{
	sp_encode_queue *queue = arg;
	spi_batch *b = &queue->batch;
	while (collect(queue)) {
		sp_error err = {0};
		for (size_t i = 0; i < b->count; i++) {
			b->texts[i] = queue->taken[i]->text;
			b->lens[i] = queue->taken[i]->len;
		}
		int64_t began_us = spi_now_us();
		sp_status status = spi_batch_encode(b, queue->encoder, &err);
		finish(queue, status, &err, spi_now_us() - began_us);
	}
	return NULL;
}
