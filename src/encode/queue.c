#include "sportello/encoder.h"

#include "base/clock.h"
#include "encode/batch.h"
#include "encode/normal.h"
#include "encode/remembered.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX 64
#define BATCH_MAX 16
#define DEADLINE_MS 400
#define REMEMBERED_MAX 20000
/* Of the time that is left, so much is planned: what a text takes is only known from those before. */
#define PLANNED(us) ((us) * 3 / 4)
/* Of the time that a batch of several took, so much is given to those who come next to come together. */
#define GATHERING(us) ((us) / 50)

/* Who waits, on its own stack. */
typedef struct waiter {
	struct waiter *next;
	pthread_cond_t done;
	float *ret_vector;
	sp_token_rows *ret_tokens; /* NULL = not wanted */
	sp_error *err;
	sp_status status;
	bool is_done;
} waiter;

/* A question from its first asker until it is encoded or nobody waits for it any more. */
typedef struct question {
	struct question *next; /* in the queue, or of the free ones */
	spi_question_key key;
	int64_t deadline_us;   /* of the last who came */
	waiter *waiters;
	size_t len;
	char text[SP_ENCODE_TEXT_MAX + 1];
} question;

struct sp_encode_queue {
	sp_encoder *encoder;
	size_t dimensions, token_bytes;
	unsigned waiting_max, batch_max;
	int64_t deadline_us;
	char *file;
	pthread_mutex_t save_lock; /* one save at a time */
	uint64_t saved;            /* of spi_remembered_added(); under save_lock */
	pthread_t thread;
	bool has_thread;
	pthread_condattr_t steady;
	pthread_mutex_t lock;      /* of all below */
	pthread_cond_t work;
	spi_remembered *remembered;
	question *questions;       /* waiting_max + batch_max of them: who finds a place in the queue finds a free one */
	question *free_ones;
	question *first, **last;
	question **taken;          /* what is encoded now: batch.count of them. The rest of the batch is the worker's own */
	spi_batch batch;
	int64_t text_us;           /* what a text took lately; 0 = none so far */
	int64_t ready_us;          /* when the batch should be done; 0 = there is none */
	uint64_t gather_count;     /* the next batch waits for so many, */
	int64_t gather_until_us;   /* until then */
	sp_encode_queue_stats stats;
	bool stopping;
};

/* ---- the queue; the caller has the lock ---- */

static void put_back(sp_encode_queue *queue, question *q)
{
	q->next = queue->free_ones;
	queue->free_ones = q;
}

static void append(sp_encode_queue *queue, question *q)
{
	q->next = NULL;
	*queue->last = q;
	queue->last = &q->next;
	queue->stats.waiting_now++;
}

static question *take_first(sp_encode_queue *queue)
{
	question *q = queue->first;
	queue->first = q->next;
	if (!queue->first)
		queue->last = &queue->first;
	queue->stats.waiting_now--;
	return q;
}

/* Take a question out of the queue, if it is still in it. */
static void drop(sp_encode_queue *queue, question *q)
{
	question **link = &queue->first;
	while (*link && *link != q)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = q->next;
	if (!q->next)
		queue->last = link;
	queue->stats.waiting_now--;
	put_back(queue, q);
}

static question *find_in_work(const sp_encode_queue *queue, const spi_question_key *key)
{
	for (size_t i = 0; i < queue->batch.count; i++)
		if (memcmp(&queue->taken[i]->key, key, sizeof *key) == 0)
			return queue->taken[i];
	for (question *q = queue->first; q; q = q->next)
		if (memcmp(&q->key, key, sizeof *key) == 0)
			return q;
	return NULL;
}

/* False when the time is over. */
static bool wait_on(sp_encode_queue *queue, pthread_cond_t *cond, int64_t until_us)
{
	struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
	return pthread_cond_timedwait(cond, &queue->lock, &until) != ETIMEDOUT;
}

/* Tell all who wait for a question (vector and tokens when it went well); returns how many they are. */
static uint64_t tell(const sp_encode_queue *queue, question *q, sp_status status, const float *vector, const sp_token_rows *tokens,
	const sp_error *why)
{
	uint64_t told = 0;
	for (waiter *w = q->waiters, *next; w; w = next, told++) {
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

/* Whether one more could be encoded in time after all that wait: who could not is better told now than at the deadline,
   and its turn is for those who can. With nobody waiting one is let in all the same, if only to learn what a text takes. */
static bool comes_in_time(const sp_encode_queue *queue, size_t count, int64_t now_us, int64_t deadline_us)
{
	int64_t begins_us = queue->ready_us > now_us ? queue->ready_us : now_us;
	int64_t ends_us = begins_us + (int64_t)(queue->stats.waiting_now + count) * queue->text_us;
	return (!queue->first && count == 1) || ends_us - now_us <= PLANNED(deadline_us - now_us);
}

static bool takes(const sp_encode_queue *queue, size_t count, int64_t now_us, int64_t deadline_us)
{
	return queue->stats.waiting_now + count <= queue->waiting_max && comes_in_time(queue, count, now_us, deadline_us);
}

/* ---- the worker ---- */

/* All of a batch wait for its last text: no more of them than the first has time for. */
static bool has_room(const sp_encode_queue *queue, int64_t now_us)
{
	const spi_batch *b = &queue->batch;
	return b->count == 0 || (b->count < queue->batch_max &&
		(int64_t)(b->count + 1) * queue->text_us <= PLANNED(queue->taken[0]->deadline_us - now_us));
}

/* Who got a vector from a batch of several asks the next question at once, when there is a load: were the first of them
   taken alone, batches of one and of all others would take turns, and small ones are the dear ones. */
static void gather(sp_encode_queue *queue)
{
	bool in_time = true;
	while (queue->stats.waiting_now < queue->gather_count && !queue->stopping && in_time)
		in_time = wait_on(queue, &queue->work, queue->gather_until_us);
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
			question *q = take_first(queue);
			if (q->deadline_us > now_us) {
				queue->taken[b->count++] = q;
				continue;
			}
			/* Who waits has only not noticed yet that it is too late. */
			queue->stats.late += tell(queue, q, SP_ERR_BUSY, NULL, NULL, NULL);
			put_back(queue, q);
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
		told += tell(queue, queue->taken[i], status, vector, tokens, why);
		put_back(queue, queue->taken[i]);
	}
	if (status != SP_OK)
		queue->stats.failed += told;
	queue->gather_count = status == SP_OK && b->count > 1 ? b->count : 0;
	queue->gather_until_us = spi_now_us() + GATHERING(took_us);
	b->count = 0;
	queue->ready_us = 0;
	pthread_mutex_unlock(&queue->lock);
}

static void *run(void *arg)
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

/* ---- asking ---- */

static bool wait_until(sp_encode_queue *queue, waiter *w, int64_t deadline_us)
{
	bool in_time = true;
	while (!w->is_done && in_time)
		in_time = wait_on(queue, &w->done, deadline_us);
	return w->is_done;
}

static void join(question *q, waiter *w, int64_t deadline_us)
{
	w->next = q->waiters;
	q->waiters = w;
	if (deadline_us > q->deadline_us)
		q->deadline_us = deadline_us;
}

static void leave(question *q, const waiter *w)
{
	waiter **link = &q->waiters;
	while (*link != w)
		link = &(*link)->next;
	*link = w->next;
}

static question *enter(sp_encode_queue *queue, const spi_question_key *key, const char *text, size_t len)
{
	question *q = queue->free_ones;
	queue->free_ones = q->next;
	q->key = *key;
	q->len = len;
	q->deadline_us = 0;
	q->waiters = NULL;
	memcpy(q->text, text, len + 1);
	append(queue, q);
	pthread_cond_signal(&queue->work);
	return q;
}

/* One text that somebody asks about, alone or with others. */
typedef struct asking {
	char normal[SP_ENCODE_TEXT_MAX + 1];
	size_t len;
	spi_question_key key;
	bool has_vector;
	question *in;
	waiter w;
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
		new_ones += !all[i].has_vector && !find_in_work(queue, &all[i].key);
	}
	return new_ones;
}

static void begin(sp_encode_queue *queue, asking *a, int64_t deadline_us, waiter w)
{
	question *q = find_in_work(queue, &a->key);
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
			drop(queue, a->in);
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
			begin(queue, &all[i], deadline_us, (waiter){.ret_vector = ret_vectors + i * queue->dimensions,
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

void sp_encode_queue_get_stats(sp_encode_queue *queue, sp_encode_queue_stats *ret)
{
	pthread_mutex_lock(&queue->lock);
	*ret = queue->stats;
	pthread_mutex_unlock(&queue->lock);
}

size_t sp_encode_queue_waiting_max(const sp_encode_queue *queue)
{
	return queue->dimensions ? (size_t)queue->waiting_max + queue->batch_max : 0;
}

sp_encoder *sp_encode_queue_encoder(const sp_encode_queue *queue)
{
	return queue->encoder;
}

/* ---- making, keeping, ending ---- */

sp_status sp_encode_queue_save(sp_encode_queue *queue, sp_error *err)
{
	sp_status status = SP_OK;
	if (!queue->file || !queue->remembered)
		return SP_OK;
	pthread_mutex_lock(&queue->save_lock);
	pthread_mutex_lock(&queue->lock);
	uint64_t added = spi_remembered_added(queue->remembered);
	pthread_mutex_unlock(&queue->lock);
	if (added != queue->saved)
		status = spi_remembered_write(queue->remembered, &queue->lock, queue->file, sp_encoder_name(queue->encoder),
			err);
	if (status == SP_OK)
		queue->saved = added;
	pthread_mutex_unlock(&queue->save_lock);
	return status;
}

static void release(sp_encode_queue *queue)
{
	spi_remembered_free(queue->remembered);
	free(queue->questions);
	free(queue->taken);
	spi_batch_release(&queue->batch);
	free(queue->file);
	pthread_cond_destroy(&queue->work);
	pthread_mutex_destroy(&queue->lock);
	pthread_mutex_destroy(&queue->save_lock);
	pthread_condattr_destroy(&queue->steady);
	free(queue);
}

static bool take_memory(sp_encode_queue *queue, const sp_encode_queue_settings *settings)
{
	size_t questions = (size_t)queue->waiting_max + queue->batch_max;
	size_t most_remembered = settings->remembered_max ? settings->remembered_max : REMEMBERED_MAX;
	queue->remembered = spi_remembered_new(most_remembered, queue->dimensions, queue->token_bytes);
	queue->questions = calloc(questions, sizeof *queue->questions);
	queue->taken = calloc(queue->batch_max, sizeof(question *));
	queue->file = settings->file ? strdup(settings->file) : NULL;
	if (!spi_batch_open(&queue->batch, queue->encoder, queue->batch_max) || !queue->remembered || !queue->questions || !queue->taken ||
	    (settings->file && !queue->file))
		return false;
	for (size_t i = 0; i < questions; i++)
		put_back(queue, &queue->questions[i]);
	return true;
}

static sp_status start(sp_encode_queue *queue, sp_error *err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failed = pthread_create(&queue->thread, NULL, run, queue);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return sp_error_errno(err, failed, NULL, "start the encoder's thread");
	queue->has_thread = true;
	return SP_OK;
}

/* All but an encoder that makes no vectors needs. */
static sp_status open_all(sp_encode_queue *queue, const sp_encode_queue_settings *settings, sp_error *err)
{
	if (!take_memory(queue, settings))
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the encoder's queue");
	sp_status status = SP_OK;
	if (queue->file)
		status = spi_remembered_read(queue->remembered, queue->file, sp_encoder_name(queue->encoder), err);
	return status == SP_OK ? start(queue, err) : status;
}

static unsigned or_default(unsigned value, unsigned otherwise)
{
	return value ? value : otherwise;
}

sp_status sp_encode_queue_new(sp_encoder *encoder, const sp_encode_queue_settings *settings, sp_encode_queue **ret,
	sp_error *err)
{
	sp_encode_queue *queue = calloc(1, sizeof *queue);
	if (!queue)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the encoder's queue");
	queue->encoder = encoder;
	queue->dimensions = sp_encoder_dimensions(encoder);
	queue->token_bytes = sp_encoder_token_bytes(encoder);
	queue->waiting_max = or_default(settings->waiting_max, WAITING_MAX);
	queue->batch_max = or_default(settings->batch_max, BATCH_MAX);
	queue->deadline_us = (int64_t)or_default(settings->deadline_ms, DEADLINE_MS) * 1000;
	queue->last = &queue->first;
	pthread_mutex_init(&queue->lock, NULL);
	pthread_mutex_init(&queue->save_lock, NULL);
	pthread_condattr_init(&queue->steady);
	pthread_condattr_setclock(&queue->steady, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->work, &queue->steady);
	sp_status status = queue->dimensions ? open_all(queue, settings, err) : SP_OK;
	if (status == SP_OK)
		*ret = queue;
	else
		release(queue);
	return status;
}

void sp_encode_queue_free(sp_encode_queue *queue)
{
	if (!queue)
		return;
	if (queue->has_thread) {
		pthread_mutex_lock(&queue->lock);
		queue->stopping = true;
		pthread_cond_signal(&queue->work);
		pthread_mutex_unlock(&queue->lock);
		pthread_join(queue->thread, NULL);
	}
	(void)sp_encode_queue_save(queue, NULL);
	release(queue);
}
