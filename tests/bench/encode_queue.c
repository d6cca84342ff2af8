/* What stands in front of the encoder, beside the encoder alone. usage: encode_queue QUESTIONS SECONDS [MODEL]
   QUESTIONS: a file with one question a line; the encoder is e5 where the build has it (MODEL: its file), else one that keeps a
   processor as busy for each text and each batch. Tokens are made and asked for too, where the encoder makes them. Prints one JSON
   object:
   hit_ns, hit_crowd_ns   a question that was asked before, from one thread and from AT_ONCE (processor time that passes a question)
   direct_rate            questions a second, the encoder alone in batches of AT_ONCE
   queue_rate             the same through the queue, AT_ONCE threads, each asking its next question when it has its vector
   burst_ratio            time of a batch of AT_ONCE by the encoder alone / time for AT_ONCE that come together to an idle queue */
#include "base/clock.h"
#include "base/hash.h"
#include "encode/maker.h"
#include "encode/normal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 16
#define QUESTIONS_MAX 4096
#define DIMENSIONS_MAX 4096
#define HITS 200000

/* ---- an encoder that is busy ---- */

#define BUSY_DIMENSIONS 384
#define BUSY_BATCH_US 2000
#define BUSY_TEXT_US 2500

static void busy_close(void *state)
{
	(void)state;
}

static const char *busy_name(const void *state)
{
	(void)state;
	return "busy (2 ms a batch, 2.5 ms a text)";
}

static size_t busy_dimensions(const void *state)
{
	(void)state;
	return BUSY_DIMENSIONS;
}

static sp_status busy_encode(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err)
{
	int64_t until_us = spi_now_us() + BUSY_BATCH_US + (int64_t)count * BUSY_TEXT_US;
	(void)state, (void)role, (void)ret_tokens, (void)err;
	for (size_t i = 0; i < count * BUSY_DIMENSIONS; i++)
		ret_vectors[i] = (float)(spi_hash64(texts[i / BUSY_DIMENSIONS], lens[i / BUSY_DIMENSIONS]) >> (i % 48) & 0xFF) / 4096;
	while (spi_now_us() < until_us)
		;
	return SP_OK;
}

static const spi_maker busy = {.close = busy_close, .name = busy_name, .dimensions = busy_dimensions, .encode = busy_encode};

/* ---- what is asked ---- */

typedef struct questions {
	char *items[QUESTIONS_MAX];
	size_t lens[QUESTIONS_MAX];
	size_t count;
} questions;

static questions all;

static bool is_there(const char *text)
{
	for (size_t i = 0; i < all.count; i++)
		if (strcmp(all.items[i], text) == 0)
			return true;
	return false;
}

static bool read_questions(const char *path)
{
	char line[SP_ENCODE_TEXT_MAX], normal[SP_ENCODE_TEXT_MAX + 1];
	FILE *file = fopen(path, "r");
	while (file && all.count < QUESTIONS_MAX && fgets(line, sizeof line, file)) {
		/* As the queue hands them on: both ways encode the same. */
		size_t len = spi_encode_normal_form(line, strlen(line), normal);
		if (len == 0 || is_there(normal)) /* asked again, it would not be encoded again */
			continue;
		all.items[all.count] = strndup(normal, len);
		all.lens[all.count++] = len;
	}
	if (file)
		fclose(file);
	return all.count >= 2 * AT_ONCE;
}

static void fail(const sp_error *err)
{
	fprintf(stderr, "encode_queue: %s %s\n", err->source, err->text);
	exit(3);
}

static sp_encode_queue *open_queue(sp_encoder *encoder, size_t remembered)
{
	sp_error err = {0};
	sp_encode_queue *queue;
	sp_encode_queue_settings settings = {.deadline_ms = 60000, .batch_max = AT_ONCE, .remembered_max = remembered};
	if (sp_encode_queue_new(encoder, &settings, &queue, &err) != SP_OK)
		fail(&err);
	return queue;
}

/* Room for the tokens of count texts. Free with free_tokens(). */
static sp_token_rows *room_for_tokens(const sp_encoder *encoder, size_t count)
{
	size_t row_bytes = SP_ENCODE_TOKENS_MAX * sp_encoder_token_bytes(encoder);
	sp_token_rows *tokens = calloc(count, sizeof *tokens);
	signed char *rows = calloc(count, row_bytes + 1);
	if (!tokens || !rows)
		exit(3);
	for (size_t i = 0; i < count; i++)
		tokens[i].rows = rows + i * row_bytes;
	return tokens;
}

static void free_tokens(sp_token_rows *tokens)
{
	free(tokens[0].rows);
	free(tokens);
}

/* ---- threads that ask ---- */

typedef struct crowd {
	sp_encode_queue *queue;
	pthread_barrier_t together;
	atomic_size_t next;
	size_t each;      /* questions of each thread; 0: until the time is over */
	int64_t until_us;
	atomic_size_t asked;
} crowd;

static void *ask_on(void *arg)
{
	crowd *c = arg;
	float vector[DIMENSIONS_MAX];
	sp_token_rows *tokens = room_for_tokens(sp_encode_queue_encoder(c->queue), 1);
	size_t asked = 0;
	pthread_barrier_wait(&c->together);
	while (c->each ? asked < c->each : spi_now_us() < c->until_us) {
		size_t i = atomic_fetch_add(&c->next, 1) % all.count;
		sp_error err = {0};
		if (sp_encode_queue_ask(c->queue, all.items[i], all.lens[i], vector, tokens, &err) != SP_OK)
			fail(&err);
		asked++;
	}
	atomic_fetch_add(&c->asked, asked);
	free_tokens(tokens);
	return NULL;
}

/* Questions a second; goes on with the first that was not asked. */
static double run_crowd(sp_encode_queue *queue, size_t threads, size_t each, double seconds, size_t *first)
{
	crowd c = {.queue = queue, .each = each};
	pthread_t ids[AT_ONCE];
	pthread_barrier_init(&c.together, NULL, (unsigned)threads + 1);
	atomic_store(&c.next, *first);
	for (size_t i = 0; i < threads; i++)
		pthread_create(&ids[i], NULL, ask_on, &c);
	int64_t began_us = spi_now_us();
	c.until_us = began_us + (int64_t)(seconds * 1e6);
	pthread_barrier_wait(&c.together);
	for (size_t i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	double took_s = (double)(spi_now_us() - began_us) / 1e6;
	pthread_barrier_destroy(&c.together);
	*first = atomic_load(&c.next);
	return (double)atomic_load(&c.asked) / took_s;
}

/* ---- what is measured ---- */

/* Seconds of one batch. */
static double one_batch(sp_encoder *encoder, size_t first, float *vectors)
{
	const char *texts[AT_ONCE];
	size_t lens[AT_ONCE];
	sp_error err = {0};
	sp_token_rows *tokens = room_for_tokens(encoder, AT_ONCE);
	for (size_t i = 0; i < AT_ONCE; i++) {
		texts[i] = all.items[(first + i) % all.count];
		lens[i] = all.lens[(first + i) % all.count];
	}
	int64_t began_us = spi_now_us();
	if (sp_encoder_encode(encoder, SP_ENCODE_QUESTION, texts, lens, AT_ONCE, vectors, tokens, &err) != SP_OK)
		fail(&err);
	double took_s = (double)(spi_now_us() - began_us) / 1e6;
	free_tokens(tokens);
	return took_s;
}

static double direct_rate(sp_encoder *encoder, double seconds, size_t *first, float *vectors)
{
	double took_s = 0;
	size_t batches = 0;
	for (; took_s < seconds; batches++, *first += AT_ONCE)
		took_s += one_batch(encoder, *first, vectors);
	return (double)(batches * AT_ONCE) / took_s;
}

static double burst_ratio(sp_encoder *encoder, double seconds, float *vectors)
{
	sp_encode_queue *queue = open_queue(encoder, AT_ONCE);
	double direct_s = 0, queue_s = 0;
	for (size_t first = 0; direct_s + queue_s < seconds;) {
		direct_s += one_batch(encoder, first, vectors);
		queue_s += AT_ONCE / run_crowd(queue, AT_ONCE, 1, 0, &first);
	}
	sp_encode_queue_free(queue);
	return direct_s / queue_s;
}

static void measure_hits(sp_encoder *encoder, double *ret_one_ns, double *ret_crowd_ns)
{
	sp_encode_queue *queue = open_queue(encoder, 0);
	size_t count = all.count, first = 0;
	all.count = 64;
	run_crowd(queue, 1, all.count, 0, &first);
	*ret_one_ns = 1e9 / run_crowd(queue, 1, HITS, 0, &first);
	*ret_crowd_ns = 1e9 / run_crowd(queue, AT_ONCE, HITS / AT_ONCE, 0, &first);
	all.count = count;
	sp_encode_queue_free(queue);
}

/* Direct and queue in turn, so that both see the same machine. */
static void measure(sp_encoder *encoder, double seconds)
{
	float *vectors = calloc(AT_ONCE, sp_encoder_dimensions(encoder) * sizeof *vectors);
	double one_ns, crowd_ns, direct = 0, through = 0;
	size_t first = 0, next = 0;
	int rounds = 8;
	if (!vectors)
		exit(3);
	one_batch(encoder, 0, vectors); /* what is done once */
	measure_hits(encoder, &one_ns, &crowd_ns);
	sp_encode_queue *queue = open_queue(encoder, AT_ONCE);
	for (int i = 0; i < rounds; i++) {
		direct += direct_rate(encoder, seconds / rounds, &first, vectors) / rounds;
		through += run_crowd(queue, AT_ONCE, 0, seconds / rounds, &next) / rounds;
	}
	sp_encode_queue_stats stats;
	sp_encode_queue_get_stats(queue, &stats);
	sp_encode_queue_free(queue);
	printf("{\"encoder\":\"%s\",\"hit_ns\":%.0f,\"hit_crowd_ns\":%.0f,\"direct_rate\":%.1f,\"queue_rate\":%.1f,\"batch_mean\":%.1f,"
		"\"burst_ratio\":%.3f}\n", sp_encoder_name(encoder), one_ns, crowd_ns, direct, through,
		(double)stats.encoded / (double)stats.batches, burst_ratio(encoder, seconds, vectors));
	free(vectors);
}

int main(int argc, char **argv)
{
	sp_encoder *encoder;
	sp_error err = {0};
	sp_encoder_settings settings = {.name = "e5", .model = argc > 3 ? argv[3] : NULL};
	if (argc < 3 || !read_questions(argv[1])) {
		fprintf(stderr, "usage: encode_queue QUESTIONS SECONDS [MODEL]; QUESTIONS has at least %d lines\n", 2 * AT_ONCE);
		return 2;
	}
	sp_status status = sp_encoder_has_e5() ? sp_encoder_new(&settings, &encoder, &err) :
		spi_encoder_of_maker(&busy, NULL, &encoder, &err);
	if (status != SP_OK || sp_encoder_dimensions(encoder) > DIMENSIONS_MAX)
		fail(&err);
	measure(encoder, atof(argv[2]));
	sp_encoder_free(encoder);
	for (size_t i = 0; i < all.count; i++)
		free(all.items[i]);
	return 0;
}
