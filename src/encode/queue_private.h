/* The queue in front of an encoder, shared by who asks (queue_ask.c), the worker (queue_work.c) and what is between them
   (queue_line.c). */
#ifndef ENCODE_QUEUE_PRIVATE_H
#define ENCODE_QUEUE_PRIVATE_H

#include "encode/batch.h"
#include "encode/remembered.h"
#include "sportello/encoder.h"

#include <pthread.h>

/* Of the time that is left, so much is planned: what a text takes is only known from those before. */
#define SPI_PLANNED(us) ((us) * 3 / 4)

/* Who waits, on its own stack. */
typedef struct spi_waiter {
	struct spi_waiter *next;
	pthread_cond_t done;
	float *ret_vector;
	sp_token_rows *ret_tokens; /* NULL = not wanted */
	sp_error *err;
	sp_status status;
	bool is_done;
} spi_waiter;

/* A question from its first asker until it is encoded or nobody waits for it any more. */
typedef struct spi_question {
	struct spi_question *next; /* in the queue, or of the free ones */
	spi_question_key key;
	int64_t deadline_us;   /* of the last who came */
	spi_waiter *waiters;
	size_t len;
	char text[SP_ENCODE_TEXT_MAX + 1];
} spi_question;

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
	spi_question *questions;   /* waiting_max + batch_max of them: who finds a place in the queue finds a free one */
	spi_question *free_ones;
	spi_question *first, **last;
	spi_question **taken;      /* what is encoded now: batch.count of them. The rest of the batch is the worker's own */
	spi_batch batch;
	int64_t text_us;           /* what a text took lately; 0 = none so far */
	int64_t ready_us;          /* when the batch should be done; 0 = there is none */
	uint64_t gather_count;     /* the next batch waits for so many, */
	int64_t gather_until_us;   /* until then */
	sp_encode_queue_stats stats;
	bool stopping;
};

/* ---- the line of those that wait; the caller has the lock ---- */

void spi_line_put_back(sp_encode_queue *queue, spi_question *q);
void spi_line_append(sp_encode_queue *queue, spi_question *q);
spi_question *spi_line_take_first(sp_encode_queue *queue);
/* Take a question out of the queue, if it is still in it. */
void spi_line_drop(sp_encode_queue *queue, spi_question *q);
/* In the queue or in work; NULL: in neither. */
spi_question *spi_line_find(const sp_encode_queue *queue, const spi_question_key *key);
/* False when the time is over. */
bool spi_line_wait(sp_encode_queue *queue, pthread_cond_t *cond, int64_t until_us);
/* Tell all who wait for a question (vector and tokens when it went well); returns how many they are. */
uint64_t spi_line_tell(const sp_encode_queue *queue, spi_question *q, sp_status status, const float *vector, const sp_token_rows *tokens,
	const sp_error *why);

/* ---- the worker's thread ---- */

/* Encodes until the queue is stopping and empty; arg: the queue. */
void *spi_encode_queue_work(void *arg);

#endif
