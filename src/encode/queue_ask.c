#include "encode/queue_private.h"

#include "base/clock.h"
#include "encode/normal.h"

#include <string.h>

/* Whether one more could be encoded in time after all that wait: who could not is better told now than at the deadline,
   and its turn is for those who can. With nobody waiting one is let in all the same, if only to learn what a text takes. */
static bool comes_in_time(const sp_encode_queue *queue, size_t count, int64_t now_us, int64_t deadline_us)
{
	int64_t begins_us = queue->ready_us > now_us ? queue->ready_us : now_us;
	int64_t ends_us = begins_us + (int64_t)(queue->stats.waiting_now + count) * queue->text_us;
	return (!queue->first && count == 1) || ends_us - now_us <= SPI_PLANNED(deadline_us - now_us);
}

static bool takes(const sp_encode_queue *queue, size_t count, int64_t now_us, int64_t deadline_us)
{
	return queue->stats.waiting_now + count <= queue->waiting_max && comes_in_time(queue, count, now_us, deadline_us);
}

static bool wait_until(sp_encode_queue *queue, spi_waiter *w, int64_t deadline_us)
{
	bool in_time = true;
	while (!w->is_done && in_time)
		in_time = spi_line_wait(queue, &w->done, deadline_us);
	return w->is_done;
}

static void join(spi_question *q, spi_waiter *w, int64_t deadline_us)
{
	w->next = q->waiters;
	q->waiters = w;
	if (deadline_us > q->deadline_us)
		q->deadline_us = deadline_us;
}

static void leave(spi_question *q, const spi_waiter *w)
{
	spi_waiter **link = &q->waiters;
	while (*link != w)
		link = &(*link)->next;
	*link = w->next;
}

static spi_question *enter(sp_encode_queue *queue, const spi_question_key *key, const char *text, size_t len)
{
	spi_question *q = queue->free_ones;
	queue->free_ones = q->next;
	q->key = *key;
	q->len = len;
	q->deadline_us = 0;
	q->waiters = NULL;
	memcpy(q->text, text, len + 1);
	spi_line_append(queue, q);
	pthread_cond_signal(&queue->work);
	return q;
}

/* One text that somebody asks about, alone or with others. */
typedef struct asking {
	char normal[SP_ENCODE_TEXT_MAX + 1];
	size_t len;
	spi_question_key key;
	bool has_vector;
	spi_question *in;
	spi_waiter w;
} asking;

static void prepare_asking(asking *a, const char *text, size_t len)
{
	a->len = spi_encode_normal_form(text, len, a->normal);
	a->key = spi_question_key_of(a->normal, a->len);
	a->in = NULL;
	a->has_vector = false;
}

/* Those that need no waiting; returns how many are new to the queue. */
static size_t look_up(sp_encode_queue *queue, asking *all, size_t count, float *ret_vectors, sp_token_rows *ret_tokens)
{
	size_t new_ones = 0;
	for (size_t i = 0; i < count; i++) {
		float *vector = ret_vectors + i * queue->dimensions;
		sp_token_rows *tokens = ret_tokens ? &ret_tokens[i] : NULL;
		if (tokens)
			tokens->count = 0;
		if (all[i].len == 0)
			memset(vector, 0, queue->dimensions * sizeof *vector);
		all[i].has_vector = all[i].len == 0 || spi_remembered_find(queue->remembered, &all[i].key, vector, tokens);
		new_ones += !all[i].has_vector && !spi_line_find(queue, &all[i].key);
	}
	return new_ones;
}

static void begin(sp_encode_queue *queue, asking *a, int64_t deadline_us, spi_waiter w)
{
	spi_question *q = spi_line_find(queue, &a->key);
	a->in = q ? q : enter(queue, &a->key, a->normal, a->len);
	a->w = w;
	pthread_cond_init(&a->w.done, &queue->steady);
	join(a->in, &a->w, deadline_us);
}

static sp_status wait_for(sp_encode_queue *queue, asking *a, int64_t deadline_us)
{
	if (!wait_until(queue, &a->w, deadline_us)) {
		leave(a->in, &a->w);
		if (!a->in->waiters)
			spi_line_drop(queue, a->in);
		queue->stats.late++;
		a->w.status = SP_ERR_BUSY;
	}
	pthread_cond_destroy(&a->w.done);
	return a->w.status;
}

/* The caller has the lock. */
static sp_status ask_all(sp_encode_queue *queue, asking *all, size_t count, float *ret_vectors, sp_token_rows *ret_tokens,
	int64_t deadline_us, sp_error *err)
{
	sp_status status = SP_OK;
	for (size_t i = 0; i < count; i++)
		if (!all[i].has_vector)
			begin(queue, &all[i], deadline_us, (spi_waiter){.ret_vector = ret_vectors + i * queue->dimensions,
				.ret_tokens = ret_tokens ? &ret_tokens[i] : NULL, .err = err});
	for (size_t i = 0; i < count; i++) {
		sp_status one = all[i].in ? wait_for(queue, &all[i], deadline_us) : SP_OK;
		status = status == SP_OK ? one : status;
	}
	return status;
}

sp_status sp_encode_queue_ask_together(sp_encode_queue *queue, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, size_t *ret_count, sp_error *err)
{
	asking all[SP_ENCODE_TOGETHER_MAX];
	if (queue->dimensions == 0)
		return sp_error_set(err, SP_ERR_UNSUPPORTED, NULL, 0, "the encoder \"%.100s\" makes no vectors",
			sp_encoder_name(queue->encoder));
	int64_t now_us = spi_now_us(), deadline_us = now_us + queue->deadline_us;
	count = count < SP_ENCODE_TOGETHER_MAX ? count : SP_ENCODE_TOGETHER_MAX;
	for (size_t i = 0; i < count; i++)
		prepare_asking(&all[i], texts[i], lens[i]);
	pthread_mutex_lock(&queue->lock);
	size_t new_ones = look_up(queue, all, count, ret_vectors, ret_tokens);
	/* Where there is no room for all, the first is what matters. */
	if (count > 1 && new_ones > 0 && !takes(queue, new_ones, now_us, deadline_us)) {
		count = 1;
		new_ones = look_up(queue, all, count, ret_vectors, ret_tokens);
	}
	bool full = new_ones > 0 && !takes(queue, new_ones, now_us, deadline_us);
	queue->stats.asked += count;
	queue->stats.full += full;
	for (size_t i = 0; i < count; i++)
		queue->stats.remembered += all[i].has_vector;
	sp_status status = full ? SP_ERR_BUSY : ask_all(queue, all, count, ret_vectors, ret_tokens, deadline_us, err);
	pthread_mutex_unlock(&queue->lock);
	if (status == SP_OK)
		*ret_count = count;
	if (status == SP_ERR_BUSY)
		return sp_error_set(err, status, NULL, 0,
			full ? "too many questions wait for the encoder" : "the encoder took too long");
	return status;
}

sp_status sp_encode_queue_ask(sp_encode_queue *queue, const char *text, size_t len, float *ret_vector,
	sp_token_rows *ret_tokens, sp_error *err)
{
	size_t count;
	return sp_encode_queue_ask_together(queue, &text, &len, 1, ret_vector, ret_tokens, &count, err);
}
