#include "harness.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "encode/maker.h"
#include "encode/normal.h"
#include "encode/remembered.h"
#include "sportello/arena.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIMENSIONS 384
#define PATIENT_MS 60000

/* ---- an encoder that does as it is told ---- */

typedef struct fake {
	pthread_mutex_t lock;
	pthread_cond_t change;
	const char *name;
	size_t dimensions;
	bool is_shut;      /* who encodes waits at the gate */
	sp_status fails;
	bool gives_nan;
	unsigned text_us;  /* time that it takes for each text */
	unsigned calls, texts, largest, at_gate;
	sp_encode_role role;
	char last[SP_ENCODE_TEXT_MAX + 1];
} fake;

/* A vector of unit length that depends on the text alone. */
static void vector_of(const char *text, size_t len, size_t dimensions, float *ret)
{
	uint64_t state = spi_hash64(text, len);
	double sum = 0;
	for (size_t i = 0; i < dimensions; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		ret[i] = (float)((double)(state >> 40) / (1 << 24) - 0.5);
		sum += (double)ret[i] * ret[i];
	}
	for (size_t i = 0; i < dimensions; i++)
		ret[i] = (float)(ret[i] / sqrt(sum));
}

static void fake_close(void *state)
{
	(void)state;
}

static const char *fake_name(const void *state)
{
	return ((const fake *)state)->name;
}

static size_t fake_dimensions(const void *state)
{
	return ((const fake *)state)->dimensions;
}

static sp_status fake_encode(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_error *err)
{
	fake *f = state;
	pthread_mutex_lock(&f->lock);
	f->calls++;
	f->texts += (unsigned)count;
	f->largest = count > f->largest ? (unsigned)count : f->largest;
	f->role = role;
	snprintf(f->last, sizeof f->last, "%.*s", (int)lens[count - 1], texts[count - 1]);
	f->at_gate++;
	pthread_cond_broadcast(&f->change);
	while (f->is_shut)
		pthread_cond_wait(&f->change, &f->lock);
	f->at_gate--;
	sp_status fails = f->fails;
	bool gives_nan = f->gives_nan;
	pthread_mutex_unlock(&f->lock);
	if (f->text_us)
		usleep(f->text_us * (unsigned)count);
	if (fails != SP_OK)
		return sp_error_set(err, fails, "fake", 0, "does not feel like it");
	for (size_t i = 0; i < count; i++)
		vector_of(texts[i], lens[i], f->dimensions, ret_vectors + i * f->dimensions);
	if (gives_nan)
		ret_vectors[f->dimensions - 1] = NAN;
	return SP_OK;
}

static const spi_maker fake_maker = {
	.close = fake_close, .name = fake_name, .dimensions = fake_dimensions, .encode = fake_encode};

typedef struct bed {
	fake fake;
	sp_encoder *encoder;
	sp_encode_queue *queue;
	sp_error err;
} bed;

static bool open_bed(bed *b, const sp_encode_queue_settings *settings)
{
	if (!b->fake.name)
		b->fake.name = "fake one";
	if (!b->fake.dimensions)
		b->fake.dimensions = DIMENSIONS;
	pthread_mutex_init(&b->fake.lock, NULL);
	pthread_cond_init(&b->fake.change, NULL);
	return spi_encoder_of_maker(&fake_maker, &b->fake, &b->encoder, &b->err) == SP_OK &&
	       sp_encode_queue_new(b->encoder, settings, &b->queue, &b->err) == SP_OK;
}

static void close_bed(bed *b)
{
	sp_encode_queue_free(b->queue);
	sp_encoder_free(b->encoder);
	pthread_cond_destroy(&b->fake.change);
	pthread_mutex_destroy(&b->fake.lock);
}

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

static sp_encode_queue_stats stats_of(const bed *b)
{
	sp_encode_queue_stats stats;
	sp_encode_queue_get_stats(b->queue, &stats);
	return stats;
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

static sp_status ask(bed *b, const char *text, float *ret_vector)
{
	sp_error_clear(&b->err);
	return sp_encode_queue_ask(b->queue, text, strlen(text), ret_vector, &b->err);
}

static sp_status ask_number(bed *b, const char *what, int number, float *ret_vector)
{
	char text[64];
	snprintf(text, sizeof text, "%s %d", what, number);
	return ask(b, text, ret_vector);
}

/* One of several threads that ask. */
typedef struct asker {
	bed *bed;
	char text[64];
	sp_status status;
	float vector[DIMENSIONS];
	sp_error err;
	int64_t took_us;
	pthread_t thread;
} asker;

static void *run_asker(void *arg)
{
	asker *a = arg;
	int64_t began_us = spi_now_us();
	a->status = sp_encode_queue_ask(a->bed->queue, a->text, strlen(a->text), a->vector, &a->err);
	a->took_us = spi_now_us() - began_us;
	return NULL;
}

static void start_asker(asker *a, bed *b, const char *what, int number)
{
	memset(a, 0, sizeof *a);
	a->bed = b;
	snprintf(a->text, sizeof a->text, "%s %d", what, number);
	pthread_create(&a->thread, NULL, run_asker, a);
}

/* Whether a vector is that of a normal form, as near as 16 bits go. */
static bool is_vector_of(const float *vector, const char *normal)
{
	float want[DIMENSIONS];
	double dot = 0;
	vector_of(normal, strlen(normal), DIMENSIONS, want);
	for (size_t i = 0; i < DIMENSIONS; i++)
		dot += (double)vector[i] * want[i];
	return fabs(dot - 1) < 1e-4;
}

static bool same_vector(const float *a, const float *b)
{
	return memcmp(a, b, DIMENSIONS * sizeof *a) == 0;
}

/* ---- normal form ---- */

TEST(test_encode_queue_normal_form)
{
	static const struct { const char *text, *want; } rows[] = {
		{"Come pago?", "come pago"},
		{"  come \t\r\n pago \xC2\xA0 ?!?… ", "come pago"},
		{"COME PAGO", "come pago"},
		{"Perché l’app non va?", "perché l'app non va"},
		{"perche\xCC\x81 l`app non va...", "perché l'app non va"},
		{"PERCHÉ", "perché"},
		{"perche", "perche"},
		{"Straße", "straße"},
		{"ÄRGER  Über", "ärger über"},
		{"Zah\xC2\xADlung\xE2\x80\x8B", "zahlung"},
		{"\xEF\xBB\xBF" "Ciao\x01mondo", "ciao mondo"},
		{"che cos'è il 50%", "che cos'è il 50%"},
		{"e poi? dopo", "e poi? dopo"},
		{"PAA_PAGAMENTO_DUPLICATO.", "paa_pagamento_duplicato"},
		{"10 m²", "10 m²"},
		{"a\xFFz", "a\xEF\xBF\xBDz"},
		{"\xED\x95\x9C\xEA\xB5\xAD", "\xED\x95\x9C\xEA\xB5\xAD"}, /* Hangul, taken apart and composed again */
		{"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C"},
		{"\xF0\x9F\x98\xA1", "\xF0\x9F\x98\xA1"},
		{"???", ""},
		{" . ", ""},
		{"", ""},
	};
	char got[SP_ENCODE_TEXT_MAX + 1];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = spi_encode_normal_form(rows[i].text, strlen(rows[i].text), got);
		CHECK_STR(got, rows[i].want);
		CHECK_INT(len, strlen(rows[i].want));
	}
}

/* The normal form of a normal form is itself, for every code point in any surroundings. */
TEST(test_encode_queue_normal_form_is_stable)
{
	static const char *const around[] = {"a%sb", "%s", "%s.", "e%s\xCC\x81", " '%s' "};
	char text[64], bytes[5], once[SP_ENCODE_TEXT_MAX + 1], twice[SP_ENCODE_TEXT_MAX + 1];
	int unstable = 0;
	for (uint32_t c = 1; c < 0x20000; c++)
		for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
			const char *at = strchr(around[i], '%');
			bytes[spi_utf8_encode(c, bytes)] = '\0';
			snprintf(text, sizeof text, "%.*s%s%s", (int)(at - around[i]), around[i], bytes, at + 2);
			size_t len = spi_encode_normal_form(text, strlen(text), once);
			spi_encode_normal_form(once, len, twice);
			if (strcmp(once, twice) != 0 && ++unstable < 5)
				harness_fail(__FILE__, __LINE__, "U+%04X in \"%s\": \"%s\" becomes \"%s\"", c, around[i], once, twice);
		}
	CHECK_INT(unstable, 0);
}

TEST(test_encode_queue_normal_form_is_cut)
{
	static char text[20000], got[SP_ENCODE_TEXT_MAX + 1], again[SP_ENCODE_TEXT_MAX + 1];
	static const char *const units[] = {"a", "à", "e\xCC\x81", "\xF0\x9F\x98\xA1", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB",
		"a. ", "          a"};
	for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
		text[0] = '\0';
		for (size_t len = 0; len + 16 < sizeof text; len += strlen(units[u]))
			snprintf(text + len, 16, "%s", units[u]);
		size_t len = spi_encode_normal_form(text, strlen(text), got);
		CHECK(len > SP_ENCODE_TEXT_MAX - 8 || u == 6); /* much white space is cut with less text */
		CHECK(len <= SP_ENCODE_TEXT_MAX && len == strlen(got));
		CHECK_INT(spi_encode_normal_form(got, len, again), len);
		CHECK_STR(again, got);
	}
}

/* ---- what is remembered ---- */

TEST(test_encode_queue_rounding)
{
	double most = 0;
	for (int n = 0; n < 400; n++) {
		float a[1024], b[1024], rounded[1024], twice[1024];
		size_t dimensions = n % 2 ? 1024 : DIMENSIONS;
		double exact = 0, got = 0;
		vector_of((char *)&n, sizeof n, dimensions, a);
		int other = n + 100000;
		vector_of((char *)&other, sizeof other, dimensions, b);
		memcpy(rounded, a, dimensions * sizeof *a);
		REQUIRE(spi_remembered_round(rounded, dimensions));
		memcpy(twice, rounded, sizeof twice);
		REQUIRE(spi_remembered_round(twice, dimensions));
		CHECK(memcmp(twice, rounded, dimensions * sizeof *twice) == 0);
		for (size_t i = 0; i < dimensions; i++) {
			const float *with = n % 4 < 2 ? a : b; /* the worst is a vector with itself */
			exact += (double)a[i] * with[i];
			got += (double)rounded[i] * with[i];
		}
		most = fmax(most, fabs(exact - got));
	}
	CHECK(most < 0.0001);
	float odd[3] = {1, -1, 0.99999f}, zeros[3] = {0, 0, -0.0f}, bad[3] = {0, INFINITY, 0};
	CHECK(spi_remembered_round(odd, 3) && fabsf(odd[0] - 1) < 1e-4f && odd[1] == -odd[0]);
	CHECK(spi_remembered_round(zeros, 3) && zeros[0] == 0 && zeros[2] == 0);
	CHECK(!spi_remembered_round(bad, 3));
}

static spi_question_key key_of(int number)
{
	return spi_question_key_of((const char *)&number, sizeof number);
}

TEST(test_encode_queue_table_is_bounded)
{
	spi_remembered *table = spi_remembered_new(100, 4);
	float vector[4];
	int kept = 0;
	REQUIRE(table != NULL);
	for (int i = 0; i < 5000; i++) {
		spi_question_key key = key_of(i), favourite = key_of(7);
		spi_remembered_add(table, &key, (float[4]){(float)i / 8192, 0, 0, 0.5f});
		if (i >= 7)
			CHECK(spi_remembered_find(table, &favourite, vector)); /* asked for again and again: never forgotten */
	}
	CHECK_INT(spi_remembered_count(table), 100);
	CHECK_INT(spi_remembered_added(table), 5000);
	for (int i = 0; i < 5000; i++) {
		spi_question_key key = key_of(i);
		if (!spi_remembered_find(table, &key, vector))
			continue;
		kept++;
		CHECK(vector[0] == (float)i / 8192 && vector[3] == 0.5f);
		CHECK(i == 7 || i >= 4800);
	}
	CHECK_INT(kept, 100);
	spi_remembered_free(table);
}

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

TEST(test_encode_queue_forgets)
{
	bed b = {0};
	float vector[DIMENSIONS];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .remembered_max = 10}));
	for (int i = 0; i < 30; i++)
		CHECK_INT(ask_number(&b, "domanda", i, vector), SP_OK);
	for (int i = 20; i < 30; i++)
		CHECK_INT(ask_number(&b, "domanda", i, vector), SP_OK);
	CHECK_INT(b.fake.texts, 30);
	CHECK_INT(ask_number(&b, "domanda", 0, vector), SP_OK);
	CHECK_INT(b.fake.texts, 31);
	CHECK(is_vector_of(vector, "domanda 0"));
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
	CHECK_INT(sp_encode_queue_ask(queue, "ciao", 4, &vector, &err), SP_ERR_UNSUPPORTED);
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

/* ---- the queue ---- */

TEST(test_encode_queue_batches)
{
	bed b = {.fake.is_shut = true};
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
		CHECK(is_vector_of(askers[i].vector, askers[i].text));
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
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 5, vectors[0], &count, &err), SP_OK);
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
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 5, vectors[0], &count, &err), SP_OK);
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
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 3, vectors[0], &count, &err), SP_OK);
	CHECK_INT(count, 1);
	CHECK(is_vector_of(vectors[0], "prima"));
	CHECK_INT(b.fake.texts, 1);
	/* With that one remembered there is room for the others. */
	CHECK_INT(sp_encode_queue_ask_together(b.queue, texts, lens, 3, vectors[0], &count, &err), SP_OK);
	CHECK_INT(count, 3);
	CHECK(is_vector_of(vectors[2], "terza"));
	set_failure(&b, SP_ERR_IO, false);
	CHECK_INT(sp_encode_queue_ask_together(b.queue, (const char *[]){"quarta", "quinta"}, (size_t[]){6, 6}, 2, vectors[0], &count, &err), SP_ERR_IO);
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
	bed b = {.fake.is_shut = true};
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
	while (stats_of(&b).encoded < 1)
		usleep(1000);
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
	CHECK(spi_now_us() - began_us < 10000000);
	CHECK_HAS(b.err.text, "too many");
	CHECK_INT(stats_of(&b).full, 1);
	start_asker(&joins, &b, "domanda", 2); /* needs no place */
	CHECK(wait_for_waiting(&b, 2, 5));
	set_gate(&b, false);
	for (int i = 0; i < 3; i++)
		pthread_join(askers[i].thread, NULL);
	pthread_join(joins.thread, NULL);
	CHECK(askers[0].status == SP_OK && askers[1].status == SP_OK && askers[2].status == SP_OK && joins.status == SP_OK);
	CHECK_INT(ask(&b, "una di troppo", vector), SP_OK);
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(stats.asked == 6 && stats.full == 1 && stats.encoded == 4 && stats.late == 0);
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
	CHECK_INT(ask(&b, "lenta", vector), SP_ERR_BUSY);
	set_gate(&b, false);
	close_bed(&b);
	CHECK(spi_exists(path));
}

typedef struct pressure {
	bed *bed;
	int number;
	int64_t until_us;
	unsigned good, busy;
} pressure;

static void *press_on(void *arg)
{
	pressure *p = arg;
	for (int i = 0; spi_now_us() < p->until_us; i++) {
		char text[64];
		float vector[DIMENSIONS];
		snprintf(text, sizeof text, "domanda %d di %d", i, p->number);
		bool good = sp_encode_queue_ask(p->bed->queue, text, strlen(text), vector, NULL) == SP_OK;
		p->good += good;
		p->busy += !good;
		usleep(good ? 0 : 20000); /* it answers with words, and the next one comes */
	}
	return NULL;
}

/* More questions than the encoder can do: what it does is in time for who asked; the rest is told at once. A whole batch,
   or the whole queue, would take past everybody's deadline. */
TEST(test_encode_queue_overload)
{
	bed b = {.fake.text_us = 20000};
	pressure crowd[16], sum = {0};
	pthread_t threads[16];
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = 200}));
	for (int i = 0; i < 16; i++) {
		crowd[i] = (pressure){.bed = &b, .number = i, .until_us = spi_now_us() + 3000000};
		pthread_create(&threads[i], NULL, press_on, &crowd[i]);
	}
	for (int i = 0; i < 16; i++) {
		pthread_join(threads[i], NULL);
		sum.good += crowd[i].good;
		sum.busy += crowd[i].busy;
	}
	sp_encode_queue_stats stats = stats_of(&b);
	CHECK(sum.good * 2 > stats.encoded); /* most of what was encoded was of use */
	CHECK(stats.late < sum.good / 2);
	CHECK(stats.full > 0 && stats.full + stats.late == sum.busy);
	close_bed(&b);
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
		c->seed = c->seed * 1103515245 + 12345;
		snprintf(text, sizeof text, "domanda %u", (c->seed >> 16) % 60);
		sp_status status = sp_encode_queue_ask(c->bed->queue, text, strlen(text), vector, NULL);
		c->asked++;
		c->good += status == SP_OK;
		c->busy += status == SP_ERR_BUSY;
		c->bad += status == SP_ERR_IO;
		c->wrong += status == SP_OK && !is_vector_of(vector, text);
		if (i % 100 == 50)
			set_failure(c->bed, i == 50 ? SP_ERR_IO : SP_OK, false);
		if (i % 64 == 0)
			sp_encode_queue_save(c->bed->queue, NULL);
	}
	return NULL;
}

TEST(test_encode_queue_crowd)
{
	bed b = {0};
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

/* ---- over restarts ---- */

#define KEPT 12

static void kept_path(char *ret, size_t size, const char *name)
{
	snprintf(ret, size, "%s/%s", harness_folder(), name);
}

/* A file of KEPT questions; their vectors into ret. */
static bool write_kept(const char *path, float ret[KEPT][DIMENSIONS])
{
	bed b = {0};
	if (!open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path}))
		return false;
	bool ok = true;
	for (int i = 0; i < KEPT; i++)
		ok = ask_number(&b, "Segreta", i, ret[i]) == SP_OK && ok;
	close_bed(&b);
	return ok;
}

/* Open a queue on the file and ask again: how many had to be encoded. */
static int encoded_again(const char *path, const char *name, size_t dimensions, float want[KEPT][DIMENSIONS])
{
	bed b = {.fake = {.name = name, .dimensions = dimensions}};
	float vector[DIMENSIONS];
	if (!open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path})) {
		harness_fail(__FILE__, __LINE__, "does not open: %s", b.err.text);
		return -1;
	}
	for (int i = 0; i < KEPT; i++) {
		CHECK_INT(ask_number(&b, "segreta", i, vector), SP_OK);
		if (dimensions == DIMENSIONS)
			CHECK(same_vector(vector, want[i]));
	}
	int encoded = (int)stats_of(&b).encoded;
	close_bed(&b);
	return encoded;
}

TEST(test_encode_queue_restart)
{
	static float want[KEPT][DIMENSIONS];
	char path[600], aside[620];
	struct stat st;
	sp_arena *arena = sp_arena_new(0);
	const char *bytes = NULL;
	size_t len = 0;
	kept_path(path, sizeof path, "restart");
	snprintf(aside, sizeof aside, "%s.aside", path);
	REQUIRE(arena && write_kept(path, want));
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	REQUIRE(spi_file_read(path, 1 << 20, arena, &bytes, &len, NULL) == SP_OK);
	CHECK(memmem(bytes, len, "segreta", 7) == NULL && memmem(bytes, len, "Segreta", 7) == NULL);
	CHECK(memmem(bytes, len, "fake one", 8) != NULL);
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), 0);
	CHECK(!spi_exists(aside));
	CHECK_INT(encoded_again(path, "fake two", DIMENSIONS, want), KEPT);
	CHECK(spi_exists(aside));
	CHECK_INT(encoded_again(path, "fake two", DIMENSIONS, want), 0);
	CHECK_INT(encoded_again(path, "fake two", 32, want), KEPT);
	CHECK_INT(encoded_again(path, "fake two", 32, want), 0);
	sp_arena_free(arena);
}

static bool put_file(const char *path, const char *bytes, size_t len)
{
	return spi_file_write(path, bytes, len, NULL) == SP_OK;
}

TEST(test_encode_queue_damaged_files)
{
	static float want[KEPT][DIMENSIONS];
	char path[600];
	sp_arena *arena = sp_arena_new(0);
	const char *bytes = NULL;
	size_t len = 0;
	kept_path(path, sizeof path, "damaged");
	REQUIRE(arena && write_kept(path, want));
	REQUIRE(spi_file_read(path, 1 << 20, arena, &bytes, &len, NULL) == SP_OK);
	char *copy = sp_arena_alloc(arena, len + 1);
	REQUIRE(copy != NULL);
	for (size_t at = 0; at < len; at += at < 100 ? 1 : 97) { /* one bit wrong */
		memcpy(copy, bytes, len);
		copy[at] ^= 0x10;
		REQUIRE(put_file(path, copy, len));
		CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	}
	for (size_t cut = 0; cut < len; cut += cut < 100 ? 7 : 509) {
		REQUIRE(put_file(path, bytes, cut));
		CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	}
	memcpy(copy, bytes, len);
	copy[len] = 'x';
	REQUIRE(put_file(path, copy, len + 1));
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	memcpy(copy, bytes, len);
	memset(copy + 16, 0xFF, 8); /* a count beyond all sense */
	REQUIRE(put_file(path, copy, len));
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), KEPT);
	REQUIRE(put_file(path, bytes, len));
	CHECK_INT(encoded_again(path, "fake one", DIMENSIONS, want), 0);
	sp_arena_free(arena);
}

TEST(test_encode_queue_smaller_after_restart)
{
	static float want[KEPT][DIMENSIONS];
	bed b = {0};
	float vector[DIMENSIONS];
	char path[600];
	kept_path(path, sizeof path, "smaller");
	REQUIRE(write_kept(path, want));
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path, .remembered_max = 5}));
	for (int i = KEPT - 5; i < KEPT; i++) { /* the latest are kept */
		CHECK_INT(ask_number(&b, "segreta", i, vector), SP_OK);
		CHECK(same_vector(vector, want[i]));
	}
	CHECK_INT(stats_of(&b).encoded, 0);
	CHECK_INT(ask_number(&b, "segreta", 0, vector), SP_OK);
	CHECK_INT(stats_of(&b).encoded, 1);
	close_bed(&b);
}

TEST(test_encode_queue_save)
{
	bed b = {0};
	float vector[DIMENSIONS];
	char path[600];
	struct stat before, after;
	kept_path(path, sizeof path, "save");
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = path}));
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	CHECK(!spi_exists(path)); /* nothing to tell */
	CHECK_INT(ask(&b, "una", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &before) == 0);
	CHECK_INT(ask(&b, "una", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &after) == 0);
	CHECK(before.st_ino == after.st_ino); /* nothing new: not written again */
	CHECK_INT(ask(&b, "due", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(b.queue, &b.err), SP_OK);
	REQUIRE(stat(path, &after) == 0);
	CHECK(after.st_size > before.st_size);
	close_bed(&b);

	bed nowhere = {0};
	REQUIRE(open_bed(&nowhere, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .file = "/nowhere/at/all"}));
	CHECK_INT(ask(&nowhere, "una", vector), SP_OK);
	CHECK_INT(sp_encode_queue_save(nowhere.queue, &nowhere.err), SP_ERR_NOT_FOUND);
	CHECK_HAS(nowhere.err.source, "/nowhere/at/all");
	close_bed(&nowhere);
}
