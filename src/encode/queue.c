#include "sportello/encoder.h"

#include "base/clock.h"
#include "encode/maker.h"
#include "encode/normal.h"
#include "encode/queue_private.h"

#include <string.h>

/* Of the time that is left, so much is planned: what a text takes is only known from those before. */
#define PLANNED(us) ((us) * 3 / 4)
/* Who is pressed for time has spent more than this of it on other things. */
#define MUCH(us) ((us) / 2)
/* Then one is let in all the same, and given so much, when nobody waits and nothing was learnt for so long: there may be more time now. */
#define LEARN_AGAIN_US 250000
/* Who finds no room goes on by words after that time, at most: see is_held(). */
#define HELD_US 100000
/* Of the time that a batch of several took, so much is given to those who come next to come together. */
#define GATHERING(us) ((us) / 50)

/* Whether one more could be encoded in time after all that wait: who could not is better told now than at the deadline,
   and its turn is for those who can. Those who just could are let in: words are cheap, and many who are turned away and ask
   again at once would take the processors from the encoder. With nobody waiting one is let in all the same, if only to learn what a text takes,
   but not where people wait for the processors that it would take. */
static bool comes_in_time(const sp_encode_queue *queue, size_t count, int64_t now_us, sp_encode_call *call)
{
	bool is_alone = !queue->first && count == 1, is_pressed = call->spent_us > MUCH(queue->deadline_us);
	int64_t begins_us = queue->ready_us > now_us ? queue->ready_us : now_us;
	int64_t ends_us = begins_us + (int64_t)(queue->stats.waiting_now + count) * queue->text_us;
	if (is_alone && is_pressed && queue->batch.count == 0 && now_us - queue->learned_us > LEARN_AGAIN_US)
		call->deadline_us = now_us + MUCH(queue->deadline_us);
	return (is_alone && !is_pressed) || ends_us <= call->deadline_us;
}

static bool takes(const sp_encode_queue *queue, size_t count, int64_t now_us, sp_encode_call *call)
{
	return queue->stats.waiting_now + count <= queue->waiting_max && comes_in_time(queue, count, now_us, call);
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
		in_time = spi_queue_wait(queue, &queue->work, queue->gather_until_us);
	queue->gather_count = 0;
}

/* The first ones in the queue, as many as may be encoded together. */
static void fill_batch(sp_encode_queue *queue, int64_t now_us, spi_calls *done)
{
	spi_batch *b = &queue->batch;
	while (queue->first && has_room(queue, now_us)) {
		spi_question *q = spi_question_take_first(queue);
		if (q->deadline_us > now_us) {
			queue->taken[b->count++] = q;
			continue;
		}
		/* The watcher has only not come to it yet. */
		queue->stats.late += spi_question_tell(queue, q, SP_ERR_BUSY, NULL, NULL, NULL, done);
		spi_question_put_back(queue, q);
	}
	queue->ready_us = now_us + (int64_t)b->count * queue->text_us;
}

/* The next batch into queue->batch: empty when it was too late for all that waited, who are told before anything else is
   waited for. False: nothing will come any more. */
static bool collect(sp_encode_queue *queue)
{
	spi_calls done = {.last = &done.first};
	pthread_mutex_lock(&queue->lock);
	gather(queue);
	while (!queue->first && !queue->stopping)
		pthread_cond_wait(&queue->work, &queue->lock);
	bool is_open = queue->first != NULL;
	if (is_open)
		fill_batch(queue, spi_now_us(), &done);
	pthread_mutex_unlock(&queue->lock);
	spi_calls_tell(&done);
	return is_open;
}

static void finish(sp_encode_queue *queue, sp_status status, const sp_error *why, int64_t took_us)
{
	spi_batch *b = &queue->batch;
	spi_calls done = {.last = &done.first};
	uint64_t told = 0;
	pthread_mutex_lock(&queue->lock);
	queue->stats.batches++;
	queue->stats.encode_us += (uint64_t)took_us;
	queue->text_us = (queue->text_us + took_us / (int64_t)b->count) / 2;
	queue->learned_us = spi_now_us();
	if (status == SP_OK)
		queue->stats.encoded += b->count;
	for (size_t i = 0; i < b->count; i++) {
		const float *vector = status == SP_OK ? spi_batch_vector(b, i) : NULL;
		const sp_token_rows *tokens = status == SP_OK ? spi_batch_tokens(b, i) : NULL;
		if (vector)
			spi_remembered_add(queue->remembered, &queue->taken[i]->key, vector, tokens);
		told += spi_question_tell(queue, queue->taken[i], status, vector, tokens, why, &done);
		spi_question_put_back(queue, queue->taken[i]);
	}
	if (status != SP_OK)
		queue->stats.failed += told;
	queue->gather_count = status == SP_OK && b->count > 1 ? b->count : 0;
	queue->gather_until_us = spi_now_us() + GATHERING(took_us);
	b->count = 0;
	queue->ready_us = 0;
	pthread_mutex_unlock(&queue->lock);
	spi_calls_tell(&done);
}

void *spi_queue_encode(void *arg)
{
	sp_encode_queue *queue = arg;
	spi_batch *b = &queue->batch;
	while (collect(queue)) {
		sp_error err = {0};
		if (b->count == 0)
			continue;
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

/* A call's text, as it is encoded. */
typedef struct asked {
	char normal[SP_ENCODE_TEXT_MAX + 1];
	size_t len;
	spi_question_key key;
	bool has_vector;
} asked;

static void prepare(asked *a, const char *text, size_t len)
{
	a->len = spi_encode_normal_form(text, len, a->normal);
	a->key = spi_question_key_of(a->normal, a->len);
	a->has_vector = false;
}

/* Those that need no waiting; returns how many are new to the queue. */
static size_t look_up(sp_encode_queue *queue, sp_encode_call *call, asked *all)
{
	size_t new_ones = 0;
	for (size_t i = 0; i < call->count; i++) {
		float *vector = call->vectors + i * queue->dimensions;
		sp_token_rows *tokens = call->tokens ? &call->tokens[i] : NULL;
		if (tokens)
			tokens->count = 0;
		if (all[i].len == 0)
			memset(vector, 0, queue->dimensions * sizeof *vector);
		all[i].has_vector = all[i].len == 0 || spi_remembered_find(queue->remembered, &all[i].key, vector, tokens);
		new_ones += !all[i].has_vector && !spi_question_find(queue, &all[i].key);
	}
	return new_ones;
}

/* False: there is no room for all of them in time. Where only the first fits, that is what matters. */
static bool find_room(sp_encode_queue *queue, sp_encode_call *call, asked *all, int64_t now_us)
{
	size_t new_ones = look_up(queue, call, all);
	if (call->count > 1 && new_ones > 0 && !takes(queue, new_ones, now_us, call)) {
		call->count = 1;
		new_ones = look_up(queue, call, all);
	}
	return new_ones == 0 || takes(queue, new_ones, now_us, call);
}

static void begin(sp_encode_queue *queue, sp_encode_call *call, const asked *all)
{
	for (size_t i = 0; i < call->count; i++) {
		if (all[i].has_vector)
			continue;
		spi_question *q = spi_question_find(queue, &all[i].key);
		spi_call_join(call, i, q ? q : spi_question_enter(queue, &all[i].key, all[i].normal, all[i].len));
	}
	if (call->left > 0)
		spi_call_enter(queue, call);
}

/*
 * Turned away at once, people who ask again at once ask so much by words alone that the encoder, on the same processors, makes half as many
 * vectors, for which the more are turned away: they wait as long as others do for theirs. Not for a server, whose processors are others.
 */
static bool is_held(sp_encode_queue *queue, sp_encode_call *call, int64_t now_us)
{
	int64_t until_us = now_us - call->spent_us + HELD_US;
	bool is_busy = queue->first || queue->batch.count > 0;
	if (!is_busy || until_us <= now_us || !spi_encoder_is_here(queue->encoder))
		return false;
	call->deadline_us = until_us < call->deadline_us ? until_us : call->deadline_us;
	spi_call_enter(queue, call);
	return true;
}

bool sp_encode_queue_begin(sp_encode_queue *queue, sp_encode_call *call)
{
	asked all[SP_ENCODE_TOGETHER_MAX];
	sp_error_clear(&call->error);
	call->status = SP_OK;
	call->left = 0;
	memset(call->waiters, 0, sizeof call->waiters);
	if (queue->dimensions == 0) {
		call->status = sp_error_set(&call->error, SP_ERR_UNSUPPORTED, NULL, 0, "the encoder \"%.100s\" makes no vectors",
			sp_encoder_name(queue->encoder));
		return false;
	}
	int64_t now_us = spi_now_us();
	call->count = call->count < SP_ENCODE_TOGETHER_MAX ? call->count : SP_ENCODE_TOGETHER_MAX;
	for (size_t i = 0; i < call->count; i++)
		prepare(&all[i], call->texts[i], call->lens[i]);
	pthread_mutex_lock(&queue->lock);
	/* Under the lock, so that most of them end in the order in which they come. */
	call->deadline_us = spi_now_us() + queue->deadline_us - call->spent_us;
	bool has_room = find_room(queue, call, all, now_us);
	queue->stats.asked += call->count;
	queue->stats.full += !has_room;
	for (size_t i = 0; i < call->count; i++)
		queue->stats.remembered += all[i].has_vector;
	if (has_room)
		begin(queue, call, all);
	else
		call->status = sp_error_set(&call->error, SP_ERR_BUSY, NULL, 0, "too many questions wait for the encoder");
	bool waits = call->left > 0, is_told_later = waits || (!has_room && is_held(queue, call, now_us));
	pthread_mutex_unlock(&queue->lock);
	if (waits)
		pthread_cond_signal(&queue->work);
	return is_told_later;
}

static bool is_idle(const sp_encode_queue *queue)
{
	return !queue->first && queue->batch.count == 0 && queue->gather_count == 0;
}

void sp_encode_queue_foresee(sp_encode_queue *queue, const char *text, size_t len, int64_t spent_us)
{
	asked a;
	if (queue->dimensions == 0 || spent_us > MUCH(queue->deadline_us) || !spi_encoder_is_here(queue->encoder))
		return;
	prepare(&a, text, len);
	pthread_mutex_lock(&queue->lock);
	bool begins = a.len > 0 && is_idle(queue) && !spi_remembered_has(queue->remembered, &a.key);
	if (begins)
		spi_question_enter(queue, &a.key, a.normal, a.len)->deadline_us = spi_now_us() + queue->deadline_us;
	pthread_mutex_unlock(&queue->lock);
	if (begins)
		pthread_cond_signal(&queue->work);
}

/* Who waits in its own thread. */
typedef struct sleeper {
	pthread_mutex_t lock;
	pthread_cond_t done;
	bool is_done;
} sleeper;

static void wake(sp_encode_call *call, void *arg)
{
	sleeper *s = arg;
	(void)call;
	pthread_mutex_lock(&s->lock);
	s->is_done = true;
	pthread_cond_signal(&s->done);
	pthread_mutex_unlock(&s->lock);
}

static void sleep_until_done(sleeper *s)
{
	pthread_mutex_lock(&s->lock);
	while (!s->is_done)
		pthread_cond_wait(&s->done, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

sp_status sp_encode_queue_ask_together(sp_encode_queue *queue, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, size_t *ret_count, sp_error *err)
{
	sleeper s = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};
	sp_encode_call call = {.texts = texts, .lens = lens, .count = count, .vectors = ret_vectors, .tokens = ret_tokens,
		.done = wake, .arg = &s};
	if (sp_encode_queue_begin(queue, &call))
		sleep_until_done(&s);
	pthread_mutex_destroy(&s.lock);
	pthread_cond_destroy(&s.done);
	if (call.status == SP_OK)
		*ret_count = call.count;
	else if (call.status == SP_ERR_BUSY && !call.error.text[0])
		sp_error_set(&call.error, SP_ERR_BUSY, NULL, 0, "the encoder took too long");
	sp_error_copy(err, &call.error);
	return call.status;
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

sp_encoder *sp_encode_queue_encoder(const sp_encode_queue *queue)
{
	return queue->encoder;
}
