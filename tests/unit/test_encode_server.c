/* The encoder that asks a server: what it asks, whom, and what it makes of the replies. */
#include "harness.h"
#include "server_bed.h"

#include <math.h>
#include <stdlib.h>

#define MANY 70

TEST(test_server_says_what_it_is)
{
	bed b = {.settings.model = "BAAI/bge-m3"};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	CHECK_STR(sp_encoder_name(b.encoder), "openai BAAI/bge-m3 (64)");
	CHECK_INT(sp_encoder_dimensions(b.encoder), DIMENSIONS);
	CHECK_INT(b.fake.requests, 1);
	CHECK_STR(b.fake.asked_model, "BAAI/bge-m3");
	CHECK(b.fake.wants_floats);
	CHECK_HAS(b.fake.head, "Content-Type: application/json");
	CHECK(!strcasestr(b.fake.head, "authorization"));
	close_server_bed(&b);
}

TEST(test_server_gives_vectors_of_unit_length_in_any_order)
{
	static const char *const texts[] = {"il codice non arriva", "", "ho già pagato", "dove trovo la ricevuta\n\"subito\"\t€"};
	size_t lens[4];
	for (int backwards = 0; backwards < 2; backwards++) {
		float rows[4 * DIMENSIONS];
		bed b = {.fake.backwards = backwards};
		for (size_t i = 0; i < 4; i++)
			lens[i] = strlen(texts[i]);
		memset(rows, 0x7f, sizeof rows);
		REQUIRE(open_server_bed(&b, "") == SP_OK);
		CHECK_INT(sp_encoder_encode(b.encoder, SP_ENCODE_PASSAGE, texts, lens, 4, rows, NULL, &b.err), SP_OK);
		CHECK_STR(b.err.text, "");
		for (size_t i = 0; i < 4; i++) {
			double sum = 0;
			for (size_t k = 0; k < DIMENSIONS; k++)
				sum += (double)rows[i * DIMENSIONS + k] * rows[i * DIMENSIONS + k];
			CHECK(fabs(sum - (*texts[i] ? 1 : 0)) < 1e-5);
			CHECK(!*texts[i] || distance(rows + i * DIMENSIONS, texts[i]) < 1e-6);
		}
		CHECK_INT(b.fake.texts, 4); /* one to learn from; the empty one was not asked for */
		close_server_bed(&b);
	}
}

TEST(test_server_is_asked_for_a_few_at_once)
{
	char words[MANY][16];
	const char *texts[MANY];
	size_t lens[MANY];
	bed b = {0};
	float *rows = malloc(MANY * DIMENSIONS * sizeof *rows);
	for (int i = 0; i < MANY; i++) {
		snprintf(words[i], sizeof words[i], "testo %d", i);
		texts[i] = words[i];
		lens[i] = i == 7 ? 0 : strlen(words[i]);
	}
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	CHECK_INT(sp_encoder_encode(b.encoder, SP_ENCODE_QUESTION, texts, lens, MANY, rows, NULL, &b.err), SP_OK);
	CHECK_INT(b.fake.requests, 1 + 3);
	CHECK_INT(b.fake.largest, 32);
	CHECK_INT(b.fake.texts, 1 + MANY - 1);
	for (int i = 0; i < MANY; i++)
		CHECK(i == 7 ? rows[i * DIMENSIONS] == 0 : distance(rows + i * DIMENSIONS, words[i]) < 1e-6);
	CHECK_INT(sp_encoder_encode(b.encoder, SP_ENCODE_QUESTION, texts, lens, 0, rows, NULL, &b.err), SP_OK);
	CHECK_INT(b.fake.requests, 1 + 3);
	free(rows);
	close_server_bed(&b);
}

TEST(test_server_gets_long_texts_cut_at_a_character)
{
	char text[4001] = "a";
	float vector[DIMENSIONS];
	bed b = {0};
	for (size_t i = 1; i + 1 < 4000; i += 2)
		memcpy(text + i, "è", 2);
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	CHECK_INT(encode_one(&b, SP_ENCODE_PASSAGE, text, vector), SP_OK);
	CHECK_INT(strlen(b.fake.last), SP_ENCODE_TEXT_MAX - 1);
	text[SP_ENCODE_TEXT_MAX - 1] = '\0';
	CHECK_STR(b.fake.last, text);
	close_server_bed(&b);
}

TEST(test_server_address_may_be_given_short_or_whole)
{
	static const char *const cases[][2] = {{"", "/v1/embeddings"}, {"/", "/v1/embeddings"}, {"/v1", "/v1/embeddings"},
		{"/v1/", "/v1/embeddings"}, {"/v1/embeddings", "/v1/embeddings"}, {"/v3/embeddings/", "/v3/embeddings"},
		{"/tei/it", "/tei/it/v1/embeddings"}, {"/a%20b?tenant=7#x", "/a%20b/v1/embeddings?tenant=7"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char want[64];
		bed b = {0};
		snprintf(want, sizeof want, "POST %s HTTP/1.1\r\n", cases[i][1]);
		CHECK_INT(open_server_bed(&b, cases[i][0]), SP_OK);
		CHECK_HAS(b.fake.head, want);
		close_server_bed(&b);
	}
}

TEST(test_server_address_that_means_nothing)
{
	static const char *const cases[] = {"http://", "http://ugo:segreto@a:99999", "https://ugo:segreto@[::1", "http://a b/"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sp_error err = {0};
		sp_encoder *encoder = NULL;
		CHECK_INT(sp_encoder_new(&(sp_encoder_settings){.name = cases[i]}, &encoder, &err), SP_ERR_USAGE);
		CHECK_STR(err.source, "--encoder");
		CHECK_HAS(err.text, "write it as http://host:port");
		CHECK(!strstr(err.text, "segreto"));
	}
}

TEST(test_server_that_is_not_there)
{
	bed b = {0};
	start_server(&b.fake);
	stop_server(&b.fake);
	snprintf(b.address, sizeof b.address, "HTTP://ugo:segreto@127.0.0.1:%u/?key=segreto", b.fake.port);
	b.settings.name = b.address;
	CHECK_INT(open_server_bed(&b, ""), SP_ERR_IO);
	CHECK_HAS(b.err.source, "http://127.0.0.1:");
	CHECK_HAS(b.err.source, "/v1/embeddings");
	CHECK_HAS(b.err.text, "cannot be reached");
	CHECK_HAS(b.err.text, "--encoder");
	CHECK(!strstr(b.err.source, "segreto") && !strstr(b.err.text, "segreto"));
}

/* ---- the model ---- */

TEST(test_server_without_a_model_named_is_known_by_its_own)
{
	float vector[DIMENSIONS];
	bed b = {.fake.model = "intfloat/multilingual-e5-large"};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	CHECK_STR(sp_encoder_name(b.encoder), "openai intfloat/multilingual-e5-large (64)");
	CHECK_STR(b.fake.asked_model, "");
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK_STR(b.fake.last, "query: otp");
	b.fake.model = "other";
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_IO);
	CHECK_HAS(b.err.text, "other");
	CHECK_HAS(b.err.text, "start this program again");
	close_server_bed(&b);
	bed silent = {.fake.model = ""};
	CHECK_INT(open_server_bed(&silent, ""), SP_OK);
	CHECK_STR(silent.encoder ? sp_encoder_name(silent.encoder) : "", "openai default (64)");
	close_server_bed(&silent);
}

TEST(test_server_with_a_model_named_may_call_it_otherwise)
{
	float vector[DIMENSIONS];
	bed b = {.settings.model = "bge", .fake.model = "one"};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	b.fake.model = "two";
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK_STR(sp_encoder_name(b.encoder), "openai bge (64)");
	close_server_bed(&b);
}

TEST(test_server_model_names)
{
	static const struct { const char *model, *question, *passage; } cases[] = {
		{"intfloat/e5-base-v2", "query: otp", "passage: otp"}, {"Multilingual-E5-Small", "query: otp", "passage: otp"},
		{"e5", "query: otp", "passage: otp"}, {"BAAI/bge-m3", "otp", "otp"}, {"model-3e57", "otp", "otp"},
		{"3e5 e5_large", "query: otp", "passage: otp"}, {"intfloat/multilingual-e5-large-instruct", "otp", "otp"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		float vector[DIMENSIONS];
		bed b = {.settings.model = cases[i].model};
		REQUIRE(open_server_bed(&b, "") == SP_OK);
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
		CHECK_STR(b.fake.last, cases[i].question);
		CHECK_INT(encode_one(&b, SP_ENCODE_PASSAGE, "otp", vector), SP_OK);
		CHECK_STR(b.fake.last, cases[i].passage);
		close_server_bed(&b);
	}
}

TEST(test_server_model_with_a_long_name_fits_the_index)
{
	char one[200], other[200], name[128];
	memset(one, 'm', sizeof one - 1);
	one[sizeof one - 1] = '\0';
	memcpy(other, one, sizeof other);
	other[198] = 'n';
	bed a = {.settings.model = one}, b = {.settings.model = other};
	REQUIRE(open_server_bed(&a, "") == SP_OK);
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	snprintf(name, sizeof name, "%s", sp_encoder_name(a.encoder));
	CHECK_STR(name, sp_encoder_name(a.encoder));
	CHECK(strcmp(name, sp_encoder_name(b.encoder)) != 0);
	close_server_bed(&a);
	close_server_bed(&b);
	bed bad = {.settings.model = "a\nb"}, none = {.settings.model = ""};
	CHECK_INT(open_server_bed(&bad, ""), SP_ERR_USAGE);
	CHECK_INT(open_server_bed(&none, ""), SP_ERR_USAGE);
	CHECK_STR(none.err.source, "--encoder-model");
	close_server_bed(&bad);
	close_server_bed(&none);
}

/* ---- the key ---- */

static const char *key_file(const char *text)
{
	static char path[512];
	harness_write(harness_folder(), "key", text);
	snprintf(path, sizeof path, "%s/key", harness_folder());
	return path;
}

TEST(test_server_gets_the_key_and_nobody_else)
{
	float vector[DIMENSIONS];
	bed b = {.settings.key_file = key_file("  sk-very/secret=1\r\n")};
	REQUIRE(open_server_bed(&b, "") == SP_OK);
	CHECK_HAS(b.fake.head, "\r\nAuthorization: Bearer sk-very/secret=1\r\n");
	CHECK(!strstr(sp_encoder_name(b.encoder), "secret"));
	b.fake.status = 401;
	b.fake.body = "{\"error\": {\"message\": \"Incorrect key sk-very\\/secret=1 given: (sk-very/secret=1)\", \"code\": 401}}";
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_DENIED);
	CHECK_HAS(b.err.text, "401: Incorrect key * given: (*)");
	CHECK_HAS(b.err.text, "--encoder-key-file");
	b.fake.body = "no: sk-very/secret=1";
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_DENIED);
	CHECK_HAS(b.err.text, "401: no: *;");
	close_server_bed(&b);
}

TEST(test_server_key_files_that_hold_none)
{
	static const char *const cases[] = {"", "\n", "one\ntwo\n", "two words", "à"};
	bed b = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		b.settings.key_file = key_file(cases[i]);
		CHECK_INT(open_server_bed(&b, ""), SP_ERR_INVALID);
		CHECK_STR(b.err.source, b.settings.key_file);
	}
	b.settings.key_file = "/nowhere/at/all";
	CHECK_INT(open_server_bed(&b, ""), SP_ERR_NOT_FOUND);
	CHECK_STR(b.err.source, "/nowhere/at/all");
	CHECK_INT(b.fake.requests, 0);
	close_server_bed(&b);
}
