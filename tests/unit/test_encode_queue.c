/* The queue in front of an encoder: who waits, for how long, and what they get. */
#include "harness.h"

#include "base/clock.h"
#include "base/file.h"
#include "encode_bed.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_gate(bed *b, bool is_shut)
{
	pthread_mutex_lock(&b->fake.lock);
	b->fake.is_shut = is_shut;
	pthread_cond_broadcast(&b->fake.change);
	pthread_mutex_unlock(&b->fake.lock);
}

static void set_failure(bed *b, sp_status fails, bool gives_nan)
{
	pthread_mutex_lock(&b->fake.lock);
	b->fake.fails = fails;
	b->fake.gives_nan = gives_nan;
	pthread_mutex_unlock(&b->fake.lock);
}

static void wait_at_gate(bed *b)
{
	pthread_mutex_lock(&b->fake.lock);
	while (b->fake.at_gate == 0)
		pthread_cond_wait(&b->fake.change, &b->fake.lock);
	pthread_mutex_unlock(&b->fake.lock);
}

static bool is_at_gate(bed *b)
{
	pthread_mutex_lock(&b->fake.lock);
	bool is = b->fake.at_gate > 0;
	pthread_mutex_unlock(&b->fake.lock);
	return is;
}

static bool wait_for_waiting(const bed *b, uint64_t waiting, uint64_t asked)
{
	for (int i = 0; i < 10000; i++, usleep(1000)) {
		sp_encode_queue_stats stats = stats_of(b);
		if (stats.waiting_now == waiting && stats.asked == asked)
			return true;
	}
	return false;
}

/* One of several threads that ask. */
typedef struct asker {
	bed *bed;
	char text[64];
	sp_status status;
	float vector[DIMENSIONS];
	room room;
	sp_error err;
	int64_t took_us;
	pthread_t thread;
} asker;

static void *run_asker(void *arg)
{
	asker *a = arg;
	int64_t began_us = spi_now_us();
	a->status = sp_encode_queue_ask(a->bed->queue, a->text, strlen(a->text), a->vector, &a->room.tokens, &a->err);
	a->took_us = spi_now_us() - began_us;
	return NULL;
}

static void start_asker(asker *a, bed *b, const char *what, int number)
{
	memset(a, 0, sizeof *a);
	a->bed = b;
	a->room.tokens.rows = a->room.rows;
	snprintf(a->text, sizeof a->text, "%s %d", what, number);
	pthread_create(&a->thread, NULL, run_asker, a);
}

/* ---- the queue ---- */

TEST(test_encode_queue_hit_and_miss)
{
	bed b = {0};
	float first[DIMENSIONS], again[DIMENSIONS];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	CHECK(sp_encode_queue_encoder(b.queue) == b.encoder);
	CHECK_INT(ask(&b, "Come PAGO il bollo?", first), SP_OK);
	CHECK_STR(b.fake.last, "come pago il bollo");
	CHECK_INT(b.fake.role, SP_ENCODE_QUESTION);
	CHECK(is_vector_of(first, "come pago il bollo"));
	CHECK_INT(ask(&b, "come pago  il bollo", again), SP_OK);
	CHECK(same_vector(first, again));
	CHECK_INT(b.fake.calls, 1);
	CHECK_INT(ask(&b, "come pagò il bollo", again), SP_OK);
	CHECK(!same_vector(first, again));
	CHECK_INT(b.fake.calls, 2);
	CHECK_INT(ask(&b, " ?! ", again), SP_OK);
	CHECK(again[0] == 0 && again[DIMENSIONS - 1] == 0);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 4 && stats.remembered == 2 && stats.encoded == 2 && stats.batches == 2 && stats.waiting_now == 0);
	CHECK(stats.full == 0 && stats.late == 0 && stats.failed == 0);
	close_bed(&b);
}

TEST(test_encode_queue_without_vectors)
{
	sp_encoder *encoder = NULL;
	sp_encode_queue *queue = NULL;
	sp_error err = {0};
	float vector;
	char path[600];
	snprintf(path, sizeof path, "%s/never", harness_folder());
	REQUIRE(sp_encoder_new(&(sp_encoder_settings){.name = "none"}, &encoder, &err) == SP_OK);
	REQUIRE(sp_encode_queue_new(encoder, &(sp_encode_queue_settings){.file = path}, &queue, &err) == SP_OK);
	CHECK_INT(sp_encode_queue_ask(queue, "ciao", 4, &vector, NULL, &err), SP_ERR_UNSUPPORTED);
	CHECK_HAS(err.text, "\"none\"");
	CHECK_INT(sp_encode_queue_save(queue, NULL), SP_OK);
	sp_encode_queue_stats stats;
	sp_encode_queue_get_stats(queue, &stats);
	CHECK_INT(stats.asked, 0);
	sp_encode_queue_free(queue);
	sp_encoder_free(encoder);
	CHECK(!spi_exists(path));
	sp_encode_queue_free(NULL);
}

TEST(test_encode_queue_batches)
{
	bed b = {.fake = {.is_shut = true, .token_bytes = TOKEN_ROW}};
	asker askers[17];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	start_asker(&askers[0], &b, "domanda", 0);
	wait_at_gate(&b); /* the first is encoded at once, alone */
	for (int i = 1; i < 17; i++)
		start_asker(&askers[i], &b, "domanda", i);
	CHECK(wait_for_waiting(&b, 16, 17));
	set_gate(&b, false);
	for (int i = 0; i < 17; i++) {
		pthread_join(askers[i].thread, NULL);
		CHECK_INT(askers[i].status, SP_OK);
		CHECK(is_vector_of(askers[i].vector, askers[i].text) && are_tokens_of(&askers[i].room, askers[i].text));
	}
	CHECK_INT(b.fake.calls, 2);
	CHECK_INT(b.fake.largest, 16);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 17 && stats.encoded == 17 && stats.batches == 2 && stats.remembered == 0 && stats.waiting_now == 0);
	close_bed(&b);
}

TEST(test_encode_queue_together)
{
	static const char *const texts[] = {"prima", "seconda", "prima", "", "terza"};
	static const size_t lens[] = {5, 7, 5, 0, 5};
	float vectors[5][DIMENSIONS];
	size_t count = 0;
	sp_error err = {0};
	bed b = {.fake.is_shut = false};
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 5, vectors[0], NULL, &count, &err), SP_OK);
	CHECK_INT(count, 5);
	CHECK(is_vector_of(vectors[0], "prima") && is_vector_of(vectors[1], "seconda") && is_vector_of(vectors[4], "terza"));
	CHECK(same_vector(vectors[0], vectors[2]));
	CHECK(vectors[3][0] == 0 && vectors[3][DIMENSIONS - 1] == 0);
	/* In one batch, each text once. */
	CHECK_INT(b.fake.calls, 1);
	CHECK_INT(b.fake.texts, 3);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 5 && stats.remembered == 1 && stats.encoded == 3 && stats.full == 0);
	/* Again: remembered. */
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 5, vectors[0], NULL, &count, &err), SP_OK);
	CHECK_INT(b.fake.calls, 1);
	close_bed(&b);
}

TEST(test_encode_queue_together_without_room)
{
	static const char *const texts[] = {"prima", "seconda", "terza"};
	static const size_t lens[] = {5, 7, 5};
	float vectors[3][DIMENSIONS];
	size_t count = 0;
	sp_error err = {0};
	bed b = {.fake.is_shut = false};
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.waiting_max = 2, .deadline_ms = PATIENT_MS}));
	/* The first is what matters. */
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 3, vectors[0], NULL, &count, &err), SP_OK);
	CHECK_INT(count, 1);
	CHECK(is_vector_of(vectors[0], "prima"));
	CHECK_INT(b.fake.texts, 1);
	/* With that one remembered there is room for the others. */
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 3, vectors[0], NULL, &count, &err), SP_OK);
	CHECK_INT(count, 3);
	CHECK(is_vector_of(vectors[2], "terza"));
	set_failure(&b, SP_ERR_IO, false);
	CHECK_INT(sp_encode_queue_ask_together(b.queue, (const char *[]){"quarta", "quinta"}, (size_t[]){6, 6}, 2, vectors[0], NULL, &count, &err), SP_ERR_IO);
	CHECK_INT(stats_of(&b).failed, 2);
	close_bed(&b);
}

TEST(test_encode_queue_batch_is_bounded)
{
	bed b = {.fake.is_shut = true};
	asker askers[11];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .batch_max = 4}));
	for (int i = 0; i < 11; i++)
		start_asker(&askers[i], &b, "domanda", i);
	wait_at_gate(&b);
	set_gate(&b, false);
	for (int i = 0; i < 11; i++)
		pthread_join(askers[i].thread, NULL);
	CHECK(b.fake.largest <= 4 && b.fake.calls >= 3);
	CHECK_INT(b.fake.texts, 11);
	close_bed(&b);
}

TEST(test_encode_queue_same_question_at_once)
{
	bed b = {.fake = {.is_shut = true, .token_bytes = TOKEN_ROW}};
	asker askers[8];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	start_asker(&askers[0], &b, "domanda", 0);
	wait_at_gate(&b);
	for (int i = 1; i < 4; i++) /* being encoded already */
		start_asker(&askers[i], &b, "Domanda", 0);
	for (int i = 4; i < 8; i++) /* waiting still */
		start_asker(&askers[i], &b, "DOMANDA", 1);
	CHECK(wait_for_waiting(&b, 1, 8));
	set_gate(&b, false);
	for (int i = 0; i < 8; i++) {
		pthread_join(askers[i].thread, NULL);
		CHECK_INT(askers[i].status, SP_OK);
		CHECK(is_vector_of(askers[i].vector, i < 4 ? "domanda 0" : "domanda 1"));
		CHECK(same_vector(askers[i].vector, askers[i < 4 ? 0 : 4].vector));
		CHECK(are_tokens_of(&askers[i].room, i < 4 ? "domanda 0" : "domanda 1"));
	}
	CHECK_INT(b.fake.texts, 2);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 8 && stats.encoded == 2 && stats.remembered == 0);
	close_bed(&b);
}

TEST(test_encode_queue_deadline)
{
	bed b = {.fake.is_shut = true};
	float vector[DIMENSIONS];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = 60}));
	int64_t began_us = spi_now_us();
	CHECK_INT(ask(&b, "lenta", vector), SP_ERR_BUSY); /* the encoder has it when its time is over */
	int64_t took_us = spi_now_us() - began_us;
	CHECK(took_us >= 60000 && took_us < 10000000);
	CHECK_HAS(b.err.text, "too long");
	CHECK_INT(ask(&b, "mai", vector), SP_ERR_BUSY);   /* this one waits in vain */
	CHECK_INT(stats_of(&b).waiting_now, 0);           /* and is not kept for nobody */
	set_gate(&b, false);
	wait_for_encoded(&b, 1);
	CHECK_INT(ask(&b, "lenta", vector), SP_OK);       /* it came too late, but it came */
	CHECK(is_vector_of(vector, "lenta"));
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 3 && stats.late == 2 && stats.remembered == 1 && stats.encoded == 1);
	CHECK_INT(b.fake.texts, 1);
	close_bed(&b);
}

/* Who joins a question later has a deadline of its own, and keeps the question in the queue for as long. */
TEST(test_encode_queue_deadline_of_each)
{
	bed b = {.fake.is_shut = true};
	asker first, second, blocked;
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = 1500}));
	start_asker(&blocked, &b, "davanti", 0);
	wait_at_gate(&b);
	start_asker(&first, &b, "insieme", 0);
	CHECK(wait_for_waiting(&b, 1, 2));
	usleep(1000000);
	start_asker(&second, &b, "insieme", 0);
	pthread_join(first.thread, NULL);
	pthread_join(blocked.thread, NULL);
	CHECK_INT(first.status, SP_ERR_BUSY);
	if (stats_of(&b).waiting_now == 1) { /* else this machine was too slow to start the second in time */
		set_gate(&b, false);
		pthread_join(second.thread, NULL);
		CHECK_INT(second.status, SP_OK);
		CHECK(is_vector_of(second.vector, "insieme 0"));
	} else {
		set_gate(&b, false);
		pthread_join(second.thread, NULL);
	}
	close_bed(&b);
}

/* No room, for who waited so long before. */
static bool is_told_at_once(bed *b, const char *text, int64_t spent_us)
{
	float vector[DIMENSIONS];
	size_t len = strlen(text);
	sp_encode_call call = {.texts = &text, .lens = &len, .count = 1, .vectors = vector, .spent_us = spent_us};
	return !sp_encode_queue_begin(b->queue, &call) && call.status == SP_ERR_BUSY;
}

/* Who finds no room is told after a tenth of a second: at once, when they waited so long before. */
TEST(test_encode_queue_full)
{
	bed b = {.fake.is_shut = true};
	asker askers[3], joins;
	float vector[DIMENSIONS];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .waiting_max = 2}));
	start_asker(&askers[0], &b, "domanda", 0);
	wait_at_gate(&b);
	start_asker(&askers[1], &b, "domanda", 1);
	start_asker(&askers[2], &b, "domanda", 2);
	CHECK(wait_for_waiting(&b, 2, 3));
	int64_t began_us = spi_now_us();
	CHECK_INT(ask(&b, "una di troppo", vector), SP_ERR_BUSY);
	int64_t took_us = spi_now_us() - began_us;
	CHECK(took_us >= 100000 && took_us < 10000000);
	CHECK_HAS(b.err.text, "too many");
	CHECK_INT(stats_of(&b).full, 1);
	CHECK(is_told_at_once(&b, "una di troppo", 100000));
	start_asker(&joins, &b, "domanda", 2); /* needs no place */
	CHECK(wait_for_waiting(&b, 2, 6));
	set_gate(&b, false);
	for (int i = 0; i < 3; i++)
		pthread_join(askers[i].thread, NULL);
	pthread_join(joins.thread, NULL);
	CHECK(askers[0].status == SP_OK && askers[1].status == SP_OK && askers[2].status == SP_OK && joins.status == SP_OK);
	CHECK_INT(ask(&b, "una di troppo", vector), SP_OK);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 7 && stats.full == 2 && stats.encoded == 4 && stats.late == 0);
	close_bed(&b);
}

TEST(test_encode_queue_errors)
{
	bed b = {.fake.is_shut = true};
	asker askers[3];
	float vector[DIMENSIONS];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	set_failure(&b, SP_ERR_IO, false);
	for (int i = 0; i < 3; i++)
		start_asker(&askers[i], &b, "domanda", i / 2);
	wait_at_gate(&b);
	set_gate(&b, false);
	for (int i = 0; i < 3; i++) {
		pthread_join(askers[i].thread, NULL);
		CHECK_INT(askers[i].status, SP_ERR_IO);
		CHECK_STR(askers[i].err.text, "does not feel like it");
	}
	CHECK_INT(stats_of(&b).failed, 3);
	set_failure(&b, SP_ERR_BUSY, false); /* the encoder's own, not ours */
	CHECK_INT(ask(&b, "domanda 0", vector), SP_ERR_BUSY);
	CHECK_STR(b.err.text, "does not feel like it");
	set_failure(&b, SP_OK, true);
	CHECK_INT(ask(&b, "domanda 0", vector), SP_ERR_INVALID);
	CHECK_HAS(b.err.text, "no number");
	set_failure(&b, SP_OK, false);
	CHECK_INT(ask(&b, "domanda 0", vector), SP_OK); /* an error is not remembered */
	CHECK(is_vector_of(vector, "domanda 0"));
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 6 && stats.failed == 5 && stats.late == 0 && stats.encoded == 1);
	close_bed(&b);
}

/* What nobody waits for any more is finished before the end, and remembered. */
TEST(test_encode_queue_ends_while_encoding)
{
	bed b = {.fake.is_shut = true};
	float vector[DIMENSIONS];
	char path[600];
	snprintf(path, sizeof path, "%s/ends", harness_folder());
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = 20, .file = path}));
	do { /* until the encoder had taken it before its time was over */
		CHECK_INT(ask(&b, "lenta", vector), SP_ERR_BUSY);
	} while (!is_at_gate(&b));
	set_gate(&b, false);
	close_bed(&b);
	CHECK(spi_exists(path));
}

typedef struct pressure {
	bed *bed;
	int number;
	int64_t until_us;
	unsigned pause_us; /* it answers with words, and the next one comes */
	unsigned good, busy;
} pressure;

static void *press_on(void *arg)
{
	pressure *p = arg;
	for (int i = 0; spi_now_us() < p->until_us; i++) {
		char text[64];
		float vector[DIMENSIONS];
		snprintf(text, sizeof text, "domanda %d di %d", i, p->number);
		bool good = sp_encode_queue_ask(p->bed->queue, text, strlen(text), vector, NULL, NULL) == SP_OK;
		p->good += good;
		p->busy += !good;
		usleep(good ? 0 : p->pause_us);
	}
	return NULL;
}

/* Sixteen that ask for longer than the encoder can serve them; each time is so many times as long. */
static bool overload_is_told_at_once(unsigned scale)
{
	bed b = {.fake.text_us = 20000 * scale};
	pressure crowd[16], sum = {0};
	pthread_t threads[16];
	if (!open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = 200 * scale}))
		return false;
	for (int i = 0; i < 16; i++) {
		crowd[i] = (pressure){.bed = &b, .number = i, .until_us = spi_now_us() + 3000000 * (int64_t)scale, .pause_us = 20000 * scale};
		pthread_create(&threads[i], NULL, press_on, &crowd[i]);
	}
	for (int i = 0; i < 16; i++) {
		pthread_join(threads[i], NULL);
		sum.good += crowd[i].good;
		sum.busy += crowd[i].busy;
	}
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.full > 0 && stats.full + stats.late == sum.busy);
	close_bed(&b);
	/* Most of what was encoded was of use. */
	return sum.good * 2 > stats.encoded && stats.late < sum.good / 2;
}

/* More questions than the encoder can do: what it does is in time for who asked; the rest is told before. A whole batch,
   or the whole queue, would take past everybody's deadline, however long that is; what else the machine does does not. */
TEST(test_encode_queue_overload)
{
	bool is_good = false;
	for (unsigned scale = 1; scale <= 16 && !is_good; scale *= 2)
		is_good = overload_is_told_at_once(scale);
	CHECK(is_good);
}

/* ---- many at once ---- */

typedef struct crowd {
	bed *bed;
	unsigned seed;
	uint64_t asked, good, busy, bad, wrong;
} crowd;

static void *run_crowd(void *arg)
{
	crowd *c = arg;
	for (int i = 0; i < 400; i++) {
		char text[64];
		float vector[DIMENSIONS];
		room got;
		c->seed = c->seed * 1103515245 + 12345;
		snprintf(text, sizeof text, "domanda %u", (c->seed >> 16) % 60);
		got.tokens.rows = got.rows;
		sp_status status = sp_encode_queue_ask(c->bed->queue, text, strlen(text), vector, i % 3 ? &got.tokens : NULL, NULL);
		c->asked++;
		c->good += status == SP_OK;
		c->busy += status == SP_ERR_BUSY;
		c->bad += status == SP_ERR_IO;
		c->wrong += status == SP_OK && (!is_vector_of(vector, text) || (i % 3 && !are_tokens_of(&got, text)));
		if (i % 100 == 50)
			set_failure(c->bed, i == 50 ? SP_ERR_IO : SP_OK, false);
		if (i % 64 == 0)
			sp_encode_queue_save(c->bed->queue, NULL);
	}
	return NULL;
}

TEST(test_encode_queue_crowd)
{
	bed b = {.fake.token_bytes = TOKEN_ROW};
	crowd crowds[12] = {0}, sum = {0};
	pthread_t threads[12];
	char path[600];
	snprintf(path, sizeof path, "%s/crowd", harness_folder());
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){
		.deadline_ms = 1, .waiting_max = 4, .batch_max = 3, .remembered_max = 40, .file = path}));
	for (int i = 0; i < 12; i++) {
		crowds[i] = (crowd){.bed = &b, .seed = (unsigned)i};
		pthread_create(&threads[i], NULL, run_crowd, &crowds[i]);
	}
	for (int i = 0; i < 12; i++) {
		pthread_join(threads[i], NULL);
		sum.asked += crowds[i].asked;
		sum.good += crowds[i].good;
		sum.busy += crowds[i].busy;
		sum.bad += crowds[i].bad;
		sum.wrong += crowds[i].wrong;
	}
	CHECK_INT(sum.wrong, 0);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK_INT(stats.asked, sum.asked);
	CHECK_INT(stats.full + stats.late, sum.busy);
	CHECK_INT(stats.failed, sum.bad);
	CHECK(stats.remembered > 0 && stats.remembered <= sum.good);
	CHECK_INT(stats.asked - stats.full - stats.late - stats.failed, sum.good);
	CHECK_INT(stats.waiting_now, 0);
	close_bed(&b);
}
