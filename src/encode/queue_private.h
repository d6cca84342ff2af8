/* What waits in front of an encoder, shared by queue.c (asking, encoding), queue_calls.c (who waits for what, and for how long) and
   queue_open.c (beginning, end, what is kept). */
#ifndef ENCODE_QUEUE_PRIVATE_H
#define ENCODE_QUEUE_PRIVATE_H

#include "encode/batch.h"
#include "encode/remembered.h"
#include "sportello/encoder.h"

#include <pthread.h>
#include <stdbool.h>

/* A question from its first asker until it is encoded or nobody waits for it any more. */
typedef struct spi_question {
	struct spi_question *next;  /* in the queue, or of the free ones */
	spi_question_key key;
	int64_t deadline_us;        /* of the last who came */
	sp_encode_waiter *waiters;
	size_t len;
	char text[SP_ENCODE_TEXT_MAX + 1];
} spi_question;

struct sp_encode_queue {
	sp_encoder *encoder;
	size_t dimensions, token_bytes;
	unsigned waiting_max, batch_max;
	int64_t deadline_us;
	char *file;
	pthread_mutex_t save_lock;  /* one save at a time */
	uint64_t saved;             /* of spi_remembered_added(); under save_lock */
	pthread_t thread, watcher;  /* encodes; tells those whose time is over */
	bool has_thread, has_watcher;
	pthread_condattr_t steady;
	pthread_mutex_t lock;       /* of all below */
	pthread_cond_t work, watch;
	spi_remembered *remembered;
	spi_question *questions;    /* waiting_max + batch_max of them: who finds a place in the queue finds a free one */
	spi_question *free_ones;
	spi_question *first, **last;
	spi_question **taken;       /* what is encoded now: batch.count of them. The rest of the batch is the worker's own */
	spi_batch batch;
	sp_encode_call *first_call, *last_call; /* those that wait, by deadline */
	bool watcher_sleeps;        /* it waits for a call */
	int64_t text_us;            /* what a text took lately; 0 = none so far */
	int64_t ready_us;           /* when the batch should be done; 0 = there is none */
	int64_t learned_us;         /* when text_us was learnt last */
	uint64_t gather_count;      /* the next batch waits for so many, */
	int64_t gather_until_us;    /* until then */
	sp_encode_queue_stats stats;
	bool stopping;
};

/* All of these: the caller has the lock. */

/* Into the queue, from a free one. The worker is to be told when the lock is given back: told before, it would wake up to wait for that. */
spi_question *spi_question_enter(sp_encode_queue *queue, const spi_question_key *key, const char *text, size_t len);
spi_question *spi_question_take_first(sp_encode_queue *queue);
void spi_question_put_back(sp_encode_queue *queue, spi_question *question);
/* In the queue or in work; NULL: neither. */
spi_question *spi_question_find(const sp_encode_queue *queue, const spi_question_key *key);

/* Calls that are done, to be told when the lock is given back. */
typedef struct spi_calls {
	sp_encode_call *first, **last;
} spi_calls;

/* A call's i-th text waits for a question. */
void spi_call_join(sp_encode_call *call, size_t i, spi_question *question);
/* Among those that wait. */
void spi_call_enter(sp_encode_queue *queue, sp_encode_call *call);
/* Tell all who wait for a question (vector and tokens when it went well), how it went; returns how many they are. */
uint64_t spi_question_tell(sp_encode_queue *queue, spi_question *question, sp_status status, const float *vector,
	const sp_token_rows *tokens, const sp_error *why, spi_calls *done);
/* Without the lock. */
void spi_calls_tell(const spi_calls *done);

/* False when the time is over. */
bool spi_queue_wait(sp_encode_queue *queue, pthread_cond_t *cond, int64_t until_us);
/* Thread: encodes what waits, until the queue stops and nothing waits any more. */
void *spi_queue_encode(void *queue);
/* Thread: ends calls whose time is over, until the queue stops. */
void *spi_queue_watch(void *queue);

#endif
