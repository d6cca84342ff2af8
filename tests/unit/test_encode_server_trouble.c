/* The encoder that asks a server: replies that are none, servers that are slow, busy, or gone. */
#include "harness.h"
#include "server_bed.h"

#include "base/clock.h"
#include "sportello/buffer.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- replies that are none ---- */

static sp_status told(const char *body, int status, bed *b)
{
	float vector[DIMENSIONS];
	*b = (bed){.fake = {.spared = 1, .body = body, .status = status}};
	if (open_server_bed(b, "") != SP_OK)
		return SP_OK;
	sp_status got = encode_one(b, SP_ENCODE_QUESTION, "otp", vector);
	CHECK_HAS(b->err.source, "http://127.0.0.1:");
	return got;
}

TEST(test_server_errors_are_told_as_the_server_puts_them)
{
	static const struct { int status; const char *body, *says; } cases[] = {
		{500, "{\"error\": {\"message\": \"out of\\n\\u001b[31mmemory\", \"type\": \"x\"}}", "answered 500: out of [31mmemory; "},
		{413, "{\"error\": \"`inputs` too long\", \"error_type\": \"Validation\"}", "413: `inputs` too long; "},
		{404, "{\"object\": \"error\", \"message\": \"The model `x` does not exist.\"}", "404: The model `x` does not exist.; "},
		{404, "{\"detail\": \"Not Found\"}", "404: Not Found; look at the address, at --encoder-model"},
		{422, "{\"detail\": [{\"loc\": [\"body\", \"model\"], \"msg\": \"field required\"}]}", "422: field required; "},
		{502, "<html>\r\n<h1>Bad\tgateway</h1>\xff", "502: <html> <h1>Bad gateway</h1>\xef\xbf\xbd; "},
		{500, "", "answered 500; "},
		{204, "", "answered 204; "}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bed b;
		CHECK_INT(told(cases[i].body, cases[i].status, &b), SP_ERR_IO);
		CHECK_HAS(b.err.text, cases[i].says);
		close_server_bed(&b);
	}
}

TEST(test_server_errors_are_cut)
{
	char body[1001] = "";
	bed b;
	for (size_t i = 0; i + 2 <= 1000; i += 2)
		memcpy(body + i, "è", 3);
	CHECK_INT(told(body, 500, &b), SP_ERR_IO);
	CHECK_HAS(b.err.text, "èè; look at");
	CHECK(strlen(b.err.text) < 450);
	close_server_bed(&b);
}

TEST(test_server_replies_that_are_no_vectors)
{
#define ITEM(list, index) "{\"data\": [{\"embedding\": [" list "], \"index\": " index "}]}"
	static const char *const cases[][2] = {{"welcome", "no JSON"}, {"", "an empty reply"}, {"[1]", "without \"data\""},
		{"{\"data\": {}}", "without \"data\""}, {"{\"data\": []}", "0 vectors for 1 texts"},
		{"{\"data\": [1, 2]}", "2 vectors for 1 texts"}, {"{\"data\": [{\"embedding\": [1]}]}", "without the number of its text"},
		{ITEM("1", "1"), "without the number of its text"}, {ITEM("1", "-1"), "without the number of its text"},
		{ITEM("1", "\"0\""), "without the number of its text"}, {ITEM("1, 2", "0"), "2 numbers after one of 64"},
		{ITEM("", "0"), "0 numbers after one of 64"},
		{"{\"data\": [{\"embedding\": \"AACAPw==\", \"index\": 0}]}", "no list of numbers"},
		{ITEM("1e999", "0"), "no JSON"}, {ITEM("NaN", "0"), "no JSON"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bed b;
		CHECK_INT(told(cases[i][0], 200, &b), SP_ERR_IO);
		CHECK_HAS(b.err.text, cases[i][1]);
		close_server_bed(&b);
	}
}

TEST(test_server_numbers_that_are_none)
{
	static const char *const cases[][2] = {{"null", "no number"}, {"\"1\"", "no number"}, {"0", "without a direction"},
		{"1e300", "without a direction"}, {"1e-300", "without a direction"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sp_buffer body = SP_BUFFER_INIT;
		bed b;
		sp_buffer_add_text(&body, "{\"data\": [{\"index\": 0, \"embedding\": [");
		for (int k = 0; k < DIMENSIONS; k++)
			sp_buffer_printf(&body, "%s%s", k ? "," : "", cases[i][0]);
		sp_buffer_add_text(&body, "]}]}");
		CHECK_INT(told(body.data, 200, &b), SP_ERR_IO);
		CHECK_HAS(b.err.text, cases[i][1]);
		close_server_bed(&b);
		sp_buffer_release(&body);
	}
}

TEST(test_server_two_vectors_for_one_text)
{
	const char *texts[] = {"a", "b"};
	size_t lens[] = {1, 1};
	float rows[2];
	bed b = {.fake = {.spared = 1, .dimensions = 1}};
	b.fake.body = "{\"data\": [{\"embedding\": [2], \"index\": 1}, {\"embedding\": [2], \"index\": 1}]}";
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	CHECK_INT(sp_encoder_encode(b.encoder, SP_ENCODE_QUESTION, texts, lens, 2, rows, NULL, &b.err), SP_ERR_IO);
	CHECK_HAS(b.err.text, "two vectors for one text");
	close_server_bed(&b);
}

TEST(test_server_vectors_have_a_bound)
{
	bed most = {.fake.dimensions = 8192}, more = {.fake.dimensions = 8193};
	REQUIRE(open_server_bed(&most, "") == SP_OK);
	CHECK_INT(sp_encoder_dimensions(most.encoder), 8192);
	CHECK_INT(open_server_bed(&more, ""), SP_ERR_IO);
	CHECK_HAS(more.err.text, "8193 numbers, where 1 to 8192 are possible");
	close_server_bed(&most);
	close_server_bed(&more);
}

TEST(test_server_replies_have_a_bound)
{
	char *body = malloc(200001);
	memset(body, ' ', 200000);
	body[200000] = '\0';
	bed b;
	CHECK_INT(told(body, 200, &b), SP_ERR_IO);
	CHECK_HAS(b.err.text, "is longer than");
	close_server_bed(&b);
	CHECK_INT(told(body, 500, &b), SP_ERR_IO);
	CHECK_HAS(b.err.text, "answered 500");
	close_server_bed(&b);
	free(body);
}

TEST(test_server_that_sends_elsewhere_is_not_followed)
{
	bed target = {0}, b = {.fake = {.status = 307, .body = "moved"}};
	char header[128];
	start_server(&target.fake);
	snprintf(header, sizeof header, "Location: http://127.0.0.1:%u/v1/embeddings\r\n", target.fake.port);
	b.fake.headers = header;
	CHECK_INT(open_server_bed(&b, ""), SP_ERR_IO);
	CHECK_HAS(b.err.text, "answered 307: moved; give --encoder the address that it sends to");
	CHECK_INT(target.fake.requests, 0);
	close_server_bed(&b);
	stop_server(&target.fake);
}

/* ---- time and connections ---- */

TEST(test_server_that_is_slow_is_not_waited_for)
{
	float vector[DIMENSIONS];
	bed b = {.fake = {.spared = 1, .delay_ms = 1500}, .settings.timeout_ms = 200};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	int64_t began_us = spi_now_us();
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_IO);
	int64_t took_us = spi_now_us() - began_us;
	CHECK(took_us >= 190000 && took_us < 1200000);
	CHECK_HAS(b.err.text, "longer than 200 ms");
	CHECK_HAS(b.err.text, "--encoder-timeout");
	/* The next call is not given the late reply to this one. */
	pthread_mutex_lock(&b.fake.lock);
	b.fake.delay_ms = 0;
	pthread_mutex_unlock(&b.fake.lock);
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "ricevuta", vector), SP_OK);
	CHECK(distance(vector, "ricevuta") < 1e-6);
	close_server_bed(&b);
}

static void *encode_until_it_ends(void *arg)
{
	float vector[DIMENSIONS];
	bed *b = arg;
	CHECK_INT(encode_one(b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_BUSY);
	return NULL;
}

TEST(test_server_that_hangs_is_not_waited_for_once_stopped)
{
	pthread_t thread;
	float vector[DIMENSIONS];
	bed b = {.fake = {.spared = 1, .delay_ms = 4000}, .settings.timeout_ms = 60000};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	int64_t began_us = spi_now_us();
	pthread_create(&thread, NULL, encode_until_it_ends, &b);
	usleep(100000);
	sp_encoder_stop(b.encoder);
	pthread_join(thread, NULL);
	CHECK(spi_now_us() - began_us < 3000000);
	CHECK_HAS(b.err.text, "this program ends");
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "ricevuta", vector), SP_ERR_BUSY);
	close_server_bed(&b);
}

TEST(test_server_that_is_busy_is_asked_once_more)
{
	static const struct { int status; const char *headers; unsigned busy, requests; sp_status want; } cases[] = {
		{503, NULL, 1, 2, SP_OK}, {429, "Retry-After: 1\r\n", 1, 2, SP_OK}, {429, "Retry-After: 2\r\n", 1, 1, SP_ERR_IO},
		{503, NULL, 2, 2, SP_ERR_IO}, {500, NULL, 1, 1, SP_ERR_IO}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		float vector[DIMENSIONS];
		bed b = {.fake = {.spared = 1, .status = cases[i].status, .headers = cases[i].headers, .busy = cases[i].busy}};
		REQUIRE(open_server_bed(&b, "") == SP_OK);
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), cases[i].want);
		CHECK_INT(b.fake.requests, 1 + cases[i].requests);
		CHECK(cases[i].want != SP_OK || distance(vector, "otp") < 1e-6);
		close_server_bed(&b);
	}
}

TEST(test_server_that_is_busy_is_not_asked_again_past_the_timeout)
{
	float vector[DIMENSIONS];
	bed b = {.fake = {.spared = 1, .status = 429, .headers = "Retry-After: 1\r\n", .busy = 1}, .settings.timeout_ms = 500};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_IO);
	CHECK_HAS(b.err.text, "answered 429; it has too much to do");
	CHECK_INT(b.fake.requests, 2);
	close_server_bed(&b);
}

TEST(test_server_connection_is_kept)
{
	float vector[DIMENSIONS];
	bed b = {0};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	for (int i = 0; i < 5; i++)
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK_INT(b.fake.requests, 6);
	CHECK_INT(b.fake.connections_count, 1);
	close_server_bed(&b);
}

TEST(test_server_that_closes_between_calls_is_called_again)
{
	float vector[DIMENSIONS];
	bed b = {.fake.closes = true};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	for (int i = 0; i < 3; i++) {
		usleep(i * 20000); /* it may close before or while it is asked */
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
		CHECK(distance(vector, "otp") < 1e-6);
	}
	CHECK_INT(b.fake.connections_count, 4);
	close_server_bed(&b);
}

TEST(test_server_that_closes_instead_of_answering_is_called_again)
{
	float vector[DIMENSIONS];
	bed b = {0};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	b.fake.drops_next = true;
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK(distance(vector, "otp") < 1e-6);
	CHECK_INT(b.fake.requests, 3);
	CHECK_INT(b.fake.connections_count, 2);
	close_server_bed(&b);
}

TEST(test_server_that_breaks_off)
{
	float vector[DIMENSIONS];
	bed b = {.fake = {.spared = 1}};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	b.fake.breaks_off = true;
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_IO);
	CHECK_HAS(b.err.source, "http://127.0.0.1:");
	CHECK_HAS(b.err.text, "did not answer to the end");
	close_server_bed(&b);
}

typedef struct asker { bed *bed; int number; bool well; } asker;

static void *ask_often(void *arg)
{
	asker *a = arg;
	float vector[DIMENSIONS];
	a->well = true;
	for (int i = 0; i < 20; i++) {
		char text[32];
		size_t len = (size_t)snprintf(text, sizeof text, "domanda %d di %d", i, a->number);
		const char *texts[] = {text};
		a->well = a->well && sp_encoder_encode(a->bed->encoder, SP_ENCODE_QUESTION, texts, &len, 1, vector, NULL, NULL) == SP_OK &&
			distance(vector, text) < 1e-6;
	}
	return NULL;
}

TEST(test_server_is_asked_by_many_threads)
{
	pthread_t threads[8];
	asker askers[8];
	bed b = {0};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	for (int i = 0; i < 8; i++) {
		askers[i] = (asker){.bed = &b, .number = i};
		pthread_create(&threads[i], NULL, ask_often, &askers[i]);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		CHECK(askers[i].well);
	}
	CHECK_INT(b.fake.requests, 1 + 160);
	CHECK(b.fake.connections_count <= 9);
	close_server_bed(&b);
}
