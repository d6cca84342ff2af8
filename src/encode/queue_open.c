/* A queue's beginning and end, and what it keeps on disk. */
#include "encode/queue_private.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define WAITING_MAX 64
#define BATCH_MAX 16
#define DEADLINE_MS 150
#define REMEMBERED_MAX 20000


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

void sp_encode_queue_forget(sp_encode_queue *queue)
{
	if (!queue->remembered)
		return;
	pthread_mutex_lock(&queue->save_lock);
	pthread_mutex_lock(&queue->lock);
	spi_remembered_clear(queue->remembered);
	pthread_mutex_unlock(&queue->lock);
	queue->saved = UINT64_MAX; /* the file is another, though nothing was added */
	pthread_mutex_unlock(&queue->save_lock);
}

static void release(sp_encode_queue *queue)
{
	spi_remembered_free(queue->remembered);
	free(queue->questions);
	free(queue->taken);
	spi_batch_release(&queue->batch);
	free(queue->file);
	pthread_cond_destroy(&queue->work);
	pthread_cond_destroy(&queue->watch);
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
	queue->taken = calloc(queue->batch_max, sizeof(spi_question *));
	queue->file = settings->file ? strdup(settings->file) : NULL;
	if (!spi_batch_open(&queue->batch, queue->encoder, queue->batch_max) || !queue->remembered || !queue->questions || !queue->taken ||
	    (settings->file && !queue->file))
		return false;
	for (size_t i = 0; i < questions; i++)
		spi_question_put_back(queue, &queue->questions[i]);
	return true;
}

static bool start_thread(sp_encode_queue *queue, pthread_t *thread, void *(*what)(void *), int *ret_failed)
{
	if (*ret_failed == 0)
		*ret_failed = pthread_create(thread, NULL, what, queue);
	return *ret_failed == 0;
}

static sp_status start(sp_encode_queue *queue, sp_error *err)
{
	sigset_t all, before;
	int failed = 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	queue->has_thread = start_thread(queue, &queue->thread, spi_queue_encode, &failed);
	queue->has_watcher = start_thread(queue, &queue->watcher, spi_queue_watch, &failed);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed ? sp_error_errno(err, failed, NULL, "start the encoder's threads") : SP_OK;
}

static void stop(sp_encode_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->stopping = true;
	pthread_cond_signal(&queue->work);
	pthread_cond_signal(&queue->watch);
	pthread_mutex_unlock(&queue->lock);
	if (queue->has_thread)
		pthread_join(queue->thread, NULL);
	if (queue->has_watcher)
		pthread_join(queue->watcher, NULL);
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
	pthread_cond_init(&queue->watch, &queue->steady);
	sp_status status = queue->dimensions ? open_all(queue, settings, err) : SP_OK;
	if (status == SP_OK) {
		*ret = queue;
	} else {
		stop(queue);
		release(queue);
	}
	return status;
}

void sp_encode_queue_free(sp_encode_queue *queue)
{
	if (!queue)
		return;
	stop(queue);
	(void)sp_encode_queue_save(queue, NULL);
	release(queue);
}
