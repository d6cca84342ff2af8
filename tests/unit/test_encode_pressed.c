/* The queue in front of an encoder where people wait for other things besides: what is begun early, and what is not begun at all. */
#include "harness.h"

#include "base/clock.h"
#include "encode_bed.h"

#include <unistd.h>

static void set_gate(bed *b, bool is_shut)
{
	pthread_mutex_lock(&b->fake.lock);
	b->fake.is_shut = is_shut;
	pthread_cond_broadcast(&b->fake.change);
	pthread_mutex_unlock(&b->fake.lock);
}

static void wait_at_gate(bed *b)
{
	pthread_mutex_lock(&b->fake.lock);
	while (b->fake.at_gate == 0)
		pthread_cond_wait(&b->fake.change, &b->fake.lock);
	pthread_mutex_unlock(&b->fake.lock);
}

static void foresee(bed *b, const char *text, int64_t spent_us)
{
	sp_encode_queue_foresee(b->queue, text, strlen(text), spent_us);
}

/* A call, and when it was told. */
typedef struct told {
	sp_encode_call call;
	float vector[DIMENSIONS];
	pthread_mutex_t lock;
	int64_t at_us; /* 0 = not yet */
} told;

static void note(sp_encode_call *call, void *arg)
{
	told *t = arg;
	(void)call;
	pthread_mutex_lock(&t->lock);
	t->at_us = spi_now_us();
	pthread_mutex_unlock(&t->lock);
}

static int64_t told_at(told *t)
{
	pthread_mutex_lock(&t->lock);
	int64_t at_us = t->at_us;
	pthread_mutex_unlock(&t->lock);
	return at_us;
}

/* Whether it waits. */
static bool begin(bed *b, told *t, const char *text, int64_t spent_us)
{
	size_t len = strlen(text);
	*t = (told){.lock = PTHREAD_MUTEX_INITIALIZER};
	t->call = (sp_encode_call){.texts = &text, .lens = &len, .count = 1, .vectors = t->vector, .done = note, .arg = t, .spent_us = spent_us};
	return sp_encode_queue_begin(b->queue, &t->call);
}

static int64_t wait_for(told *t)
{
	while (!told_at(t))
		usleep(1000);
	return told_at(t);
}

/* ---- what is foreseen ---- */

TEST(test_encode_pressed_foreseen)
{
	bed b = {0};
	float vector[DIMENSIONS];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	foresee(&b, "Come PAGO?", 0);
	foresee(&b, " ?! ", 0);
	wait_for_encoded(&b, 1);
	CHECK_INT(stats_of(&b).asked, 0);
	CHECK_INT(ask(&b, "come pago", vector), SP_OK);
	CHECK(is_vector_of(vector, "come pago"));
	foresee(&b, "come pago", 0); /* it is known */
	CHECK_INT(ask(&b, "altro", vector), SP_OK);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 2 && stats.remembered == 1 && stats.encoded == 2 && stats.batches == 2);
	CHECK_INT(b.fake.calls, 2);
	close_bed(&b);
}

/* Who asks while it is encoded gets that vector; while the encoder has something to do, nothing is begun. */
TEST(test_encode_pressed_foreseen_is_joined)
{
	bed b = {.fake.is_shut = true};
	told t;
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	foresee(&b, "prima", 0);
	wait_at_gate(&b);
	foresee(&b, "seconda", 0);
	CHECK_INT(stats_of(&b).waiting_now, 0);
	CHECK(begin(&b, &t, "prima", 0));
	set_gate(&b, false);
	wait_for(&t);
	CHECK_INT(t.call.status, SP_OK);
	CHECK(is_vector_of(t.vector, "prima"));
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 1 && stats.remembered == 0 && stats.encoded == 1);
	close_bed(&b);
}

/* ---- who has less time ---- */

TEST(test_encode_pressed_ends_sooner)
{
	bed b = {.fake.is_shut = true};
	told first, pressed, last;
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = 3000}));
	int64_t began_us = spi_now_us();
	CHECK(begin(&b, &first, "prima", 0));
	wait_at_gate(&b);
	CHECK(begin(&b, &pressed, "di fretta", 2900000)); /* came later, is told first */
	CHECK(begin(&b, &last, "ultima", 1000000));
	int64_t at_us = wait_for(&pressed) - began_us;
	CHECK_INT(pressed.call.status, SP_ERR_BUSY);
	CHECK(at_us >= 100000 && at_us < 1900000);
	at_us = wait_for(&last) - began_us;
	CHECK(at_us >= 2000000 && at_us < 2900000);
	CHECK(!told_at(&first));
	set_gate(&b, false);
	wait_for(&first);
	CHECK_INT(first.call.status, SP_OK);
	CHECK_INT(stats_of(&b).late, 2);
	close_bed(&b);
}

/* Where people wait for the processors, one is let in now and then, to learn whether there is time again. */
TEST(test_encode_pressed_lets_few_in)
{
	bed b = {.fake.text_us = 1000};
	told t;
	unsigned in = 0, asked = 0;
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = 1000}));
	foresee(&b, "niente", 900000);
	CHECK_INT(stats_of(&b).waiting_now, 0);
	for (int64_t until_us = spi_now_us() + 1100000; spi_now_us() < until_us; asked++, usleep(2000)) {
		char text[64];
		snprintf(text, sizeof text, "domanda %u", asked);
		if (!begin(&b, &t, text, 1000000))
			continue;
		wait_for(&t);
		CHECK_INT(t.call.status, SP_OK);
		in++;
	}
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(in >= 1 && in <= 5 && asked > in);
	CHECK(stats.asked == asked && stats.full == asked - in && stats.encoded == in && stats.late == 0);
	CHECK(begin(&b, &t, "con tempo", 0));
	wait_for(&t);
	CHECK_INT(t.call.status, SP_OK);
	close_bed(&b);
}
