/* What is remembered of questions: the table, its file, and both seen through the queue. */
#include "harness.h"

#include "base/file.h"
#include "base/hash.h"
#include "encode/remembered.h"
#include "encode_bed.h"

#include <math.h>
#include <pthread.h>
#include <stdint.h>

TEST(test_encode_remembered_rounding)
{
	double most = 0;
	for (int n = 0; n < 400; n++) {
		float a[1024], b[1024], rounded[1024], twice[1024];
		size_t dimensions = n % 2 ? 1024 : DIMENSIONS;
		double exact = 0, got = 0;
		fake_vector(SP_ENCODE_QUESTION, (char *)&n, sizeof n, dimensions, a);
		int other = n + 100000;
		fake_vector(SP_ENCODE_QUESTION, (char *)&other, sizeof other, dimensions, b);
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

TEST(test_encode_remembered_table_is_bounded)
{
	spi_remembered *table = spi_remembered_new(100, 4, 0);
	float vector[4];
	int kept = 0;
	REQUIRE(table != NULL);
	for (int i = 0; i < 5000; i++) {
		spi_question_key key = key_of(i), favourite = key_of(7);
		spi_remembered_add(table, &key, (float[4]){(float)i / 8192, 0, 0, 0.5f}, NULL);
		if (i >= 7)
			CHECK(spi_remembered_find(table, &favourite, vector, NULL)); /* asked for again and again: never forgotten */
	}
	CHECK_INT(spi_remembered_count(table), 100);
	CHECK_INT(spi_remembered_added(table), 5000);
	for (int i = 0; i < 5000; i++) {
		spi_question_key key = key_of(i);
		if (!spi_remembered_find(table, &key, vector, NULL))
			continue;
		kept++;
		CHECK(vector[0] == (float)i / 8192 && vector[3] == 0.5f);
		CHECK(i == 7 || i >= 4800);
	}
	CHECK_INT(kept, 100);
	spi_remembered_free(table);
}

/* ---- tokens in the table ---- */

#define ROW 8

/* As a question of that number has them: none, or as many as may be. */
static void tokens_of_number(int number, room *ret)
{
	ret->tokens = (sp_token_rows){.count = (size_t)(number * 37) % (SP_ENCODE_TOKENS_MAX + 1), .rows = ret->rows};
	for (size_t i = 0; i < ret->tokens.count * ROW; i++)
		ret->rows[i] = (signed char)(((size_t)number * 7 + i) % 255 - 127);
}

static void add_number(spi_remembered *table, int number)
{
	room r;
	spi_question_key key = key_of(number);
	tokens_of_number(number, &r);
	spi_remembered_add(table, &key, (float[4]){(float)number / 8192, 0, 0, 0.5f}, &r.tokens);
}

/* Whether it is there, and then as it was added. */
static bool has_number(spi_remembered *table, int number, size_t *ret_tokens)
{
	static room want, got;
	float vector[4];
	spi_question_key key = key_of(number);
	got.tokens.rows = got.rows;
	if (!spi_remembered_find(table, &key, vector, &got.tokens))
		return false;
	tokens_of_number(number, &want);
	CHECK(vector[0] == (float)number / 8192 && vector[3] == 0.5f);
	CHECK(got.tokens.count == want.tokens.count && memcmp(got.rows, want.rows, want.tokens.count * ROW) == 0);
	*ret_tokens = got.tokens.count;
	return true;
}

/* All that are there of the first so many; false: the table counts otherwise. */
static bool counts_well(spi_remembered *table, int numbers)
{
	size_t count = 0, tokens = 0, n;
	for (int i = 0; i < numbers; i++)
		if (has_number(table, i, &n)) {
			count++;
			tokens += n;
		}
	return count == spi_remembered_count(table) && tokens == spi_remembered_tokens(table);
}

TEST(test_encode_remembered_tokens_are_bounded)
{
	spi_remembered *table = spi_remembered_new(100, 4, ROW);
	size_t tokens, most = 0;
	REQUIRE(table != NULL);
	for (int i = 0; i < 3000; i++) {
		add_number(table, i);
		CHECK(has_number(table, i, &tokens));
		CHECK(i < 7 || has_number(table, 7, &tokens)); /* asked for again and again: never forgotten */
		CHECK(spi_remembered_count(table) <= 100 && spi_remembered_tokens(table) <= 100 * SPI_REMEMBERED_TOKENS_MEAN);
		most = spi_remembered_tokens(table) > most ? spi_remembered_tokens(table) : most;
	}
	CHECK(most > 100 * SPI_REMEMBERED_TOKENS_MEAN - SP_ENCODE_TOKENS_MAX);
	CHECK(spi_remembered_count(table) < 60); /* they have 64 tokens in the mean */
	CHECK(counts_well(table, 3000));
	for (int i = 10000; i < 10400; i++) { /* places of those that were forgotten are taken again */
		spi_question_key key = key_of(i);
		spi_remembered_add(table, &key, (float[4]){1}, &(sp_token_rows){.count = 1, .rows = (signed char[ROW]){1}});
	}
	CHECK_INT(spi_remembered_count(table), 100);
	CHECK(spi_remembered_tokens(table) >= 100 && spi_remembered_tokens(table) < 300);
	spi_remembered_free(table);

	table = spi_remembered_new(1, 4, ROW); /* one has its place, whatever it is */
	REQUIRE(table != NULL);
	for (int i = 0; i < 300; i++) {
		add_number(table, i);
		CHECK(has_number(table, i, &tokens));
		CHECK_INT(spi_remembered_count(table), 1);
	}
	spi_remembered_free(table);
}

TEST(test_encode_remembered_tokens_in_the_file)
{
	char path[600];
	size_t tokens;
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	spi_remembered *table = spi_remembered_new(100, 4, ROW), *again = spi_remembered_new(100, 4, ROW);
	spi_remembered *less = spi_remembered_new(20, 4, ROW);
	kept_path(path, sizeof path, "tokens");
	REQUIRE(table && again && less);
	for (int i = 0; i < 500; i++)
		add_number(table, i);
	CHECK_INT(spi_remembered_write(table, &lock, path, "fake", NULL), SP_OK);
	CHECK_INT(spi_remembered_read(again, path, "fake", NULL), SP_OK);
	CHECK_INT(spi_remembered_count(again), spi_remembered_count(table));
	CHECK_INT(spi_remembered_tokens(again), spi_remembered_tokens(table));
	CHECK(spi_remembered_count(table) > 20 && counts_well(again, 500));
	CHECK_INT(spi_remembered_read(less, path, "fake", NULL), SP_OK);
	CHECK(has_number(less, 499, &tokens) && spi_remembered_tokens(less) <= 20 * SPI_REMEMBERED_TOKENS_MEAN);
	CHECK(counts_well(less, 500));
	spi_remembered_free(table);
	spi_remembered_free(again);
	spi_remembered_free(less);
	pthread_mutex_destroy(&lock);
}

typedef struct adding {
	spi_remembered *table;
	pthread_mutex_t lock;
	bool ends;
} adding;

static void *add_on(void *arg)
{
	adding *a = arg;
	bool ends = false;
	for (int i = 0; !ends; i++) {
		pthread_mutex_lock(&a->lock);
		add_number(a->table, i % 8000);
		ends = a->ends;
		pthread_mutex_unlock(&a->lock);
	}
	return NULL;
}

/* Questions come and go while the file is written: it can be read, and what is in it is as it was added. */
TEST(test_encode_remembered_file_is_whole_while_questions_come)
{
	char path[600];
	pthread_t thread;
	adding a = {.table = spi_remembered_new(300, 4, ROW), .lock = PTHREAD_MUTEX_INITIALIZER};
	kept_path(path, sizeof path, "coming");
	REQUIRE(a.table != NULL);
	for (int i = 0; i < 300; i++)
		add_number(a.table, i);
	pthread_create(&thread, NULL, add_on, &a);
	for (int i = 0; i < 40; i++) {
		spi_remembered *read = spi_remembered_new(300, 4, ROW);
		CHECK_INT(spi_remembered_write(a.table, &a.lock, path, "fake", NULL), SP_OK);
		CHECK_INT(spi_remembered_read(read, path, "fake", NULL), SP_OK);
		CHECK(spi_remembered_count(read) > 0 && spi_exists(path));
		CHECK(i % 10 != 0 || counts_well(read, 8000));
		spi_remembered_free(read);
	}
	pthread_mutex_lock(&a.lock);
	a.ends = true;
	pthread_mutex_unlock(&a.lock);
	pthread_join(thread, NULL);
	spi_remembered_free(a.table);
	pthread_mutex_destroy(&a.lock);
}

/* ---- through the queue ---- */

TEST(test_encode_remembered_tokens_are_the_same_again)
{
	static const char *const texts[] = {"spid", "Come PAGO il bollo?", "come pago il bollo", "una una una una", " ?! "};
	static const char *const normal[] = {"spid", "come pago il bollo", "come pago il bollo", "una una una una", ""};
	bed b = {.fake.token_bytes = TOKEN_ROW};
	float vector[DIMENSIONS];
	room r;
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	CHECK_INT(ask(&b, "spid", vector), SP_OK); /* remembered with them, though nobody wanted them */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
			CHECK_INT(ask_tokens(&b, texts[i], vector, &r), SP_OK);
			CHECK(are_tokens_of(&r, normal[i]));
			CHECK(*normal[i] ? is_vector_of(vector, normal[i]) && r.tokens.count > 0 : r.tokens.count == 0);
		}
	CHECK_INT(b.fake.texts, 3);
	CHECK_INT(ask(&b, "Come pago il bollo", vector), SP_OK);
	CHECK(is_vector_of(vector, "come pago il bollo"));
	CHECK_INT(b.fake.texts, 3);
	close_bed(&b);

	bed without = {0}; /* an encoder that makes none */
	REQUIRE(open_bed(&without, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	for (int round = 0; round < 2; round++) {
		CHECK_INT(ask_tokens(&without, "spid", vector, &r), SP_OK);
		CHECK(r.tokens.count == 0 && is_vector_of(vector, "spid"));
	}
	close_bed(&without);
}

/* Words without end: as many tokens as there may be, and no room more. */
TEST(test_encode_remembered_most_tokens)
{
	static char text[SP_ENCODE_TEXT_MAX];
	bed b = {.fake.token_bytes = TOKEN_ROW};
	float vector[DIMENSIONS];
	room r;
	for (size_t i = 0; i + 1 < sizeof text; i++)
		text[i] = i % 2 ? ' ' : (char)('a' + i % 26);
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS, .remembered_max = 1}));
	for (int round = 0; round < 2; round++) {
		CHECK_INT(ask_tokens(&b, text, vector, &r), SP_OK);
		CHECK_INT(r.tokens.count, SP_ENCODE_TOKENS_MAX);
	}
	CHECK_INT(b.fake.texts, 1);
	close_bed(&b);
}

TEST(test_encode_remembered_no_tokens_on_failure)
{
	bed b = {.fake = {.token_bytes = TOKEN_ROW, .fails = SP_ERR_IO}};
	float vector[DIMENSIONS];
	room r;
	REQUIRE(open_bed(&b, &(sp_encode_queue_settings){.deadline_ms = PATIENT_MS}));
	CHECK_INT(ask_tokens(&b, "spid", vector, &r), SP_ERR_IO);
	CHECK_INT(r.tokens.count, 0);
	close_bed(&b);
}

TEST(test_encode_remembered_forgets)
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
