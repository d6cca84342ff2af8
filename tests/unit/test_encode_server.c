/* The encoder that asks a server, against a server in this program that does as it is told. */
#include "harness.h"

#include "base/clock.h"
#include "base/hash.h"
#include "sportello/buffer.h"
#include "sportello/encoder.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <math.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define DIMENSIONS 64
#define REQUEST_MAX (256 << 10)
#define CONNECTIONS_MAX 64
#define MANY 70

/* ---- the server ---- */

typedef struct fake fake;
typedef struct connection { fake *server; int fd; pthread_t thread; } connection;

struct fake {
	int listener;
	unsigned port;
	pthread_t thread;
	connection connections[CONNECTIONS_MAX];
	pthread_mutex_t lock; /* of all below */
	size_t connections_count;
	/* what it does */
	unsigned spared;      /* so many requests first are answered as they should be */
	unsigned busy;        /* then so many with that status; all, when a body is given */
	int status;
	const char *headers, *body;
	size_t dimensions;
	const char *model;    /* NULL = what was asked for */
	unsigned delay_ms;
	bool backwards, closes, drops_next, breaks_off;
	/* what it saw */
	unsigned requests, texts, largest;
	char head[4096], last[4096]; /* of the last request: its head, its last text */
	char asked_model[128];       /* "" = none */
	bool wants_floats;
};

/* What the server gives for a text: of no particular length. */
static void raw_vector(const char *text, size_t len, size_t dimensions, double *ret)
{
	uint64_t state = spi_hash64(text, len);
	for (size_t i = 0; i < dimensions; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		ret[i] = round(((double)(state >> 40) / (1 << 24) - 0.5) * 6e6) / 1e6;
	}
}

static void write_vectors(const fake *f, const json_t *input, const char *model, sp_buffer *out)
{
	sp_json json;
	double *vector = malloc(f->dimensions * sizeof *vector);
	sp_json_init(&json, out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "object", "list");
	sp_json_string(&json, "model", f->model ? f->model : model);
	sp_json_array(&json, "data");
	for (size_t i = 0, count = json_array_size(input); i < count; i++) {
		size_t at = f->backwards ? count - 1 - i : i;
		const json_t *text = json_array_get(input, at);
		raw_vector(json_string_value(text), json_string_length(text), f->dimensions, vector);
		sp_json_object(&json, NULL);
		sp_json_array(&json, "embedding");
		for (size_t k = 0; k < f->dimensions; k++)
			sp_json_number(&json, NULL, vector[k], 6);
		sp_json_array_end(&json);
		sp_json_int(&json, "index", (int64_t)at);
		sp_json_object_end(&json);
	}
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	free(vector);
}

static void note(fake *f, const char *head, const json_t *root)
{
	const json_t *input = json_object_get(root, "input"), *model = json_object_get(root, "model");
	const json_t *format = json_object_get(root, "encoding_format");
	size_t count = json_array_size(input);
	f->requests++;
	f->texts += (unsigned)count;
	f->largest = count > f->largest ? (unsigned)count : f->largest;
	snprintf(f->head, sizeof f->head, "%s", head);
	snprintf(f->asked_model, sizeof f->asked_model, "%s", model ? json_string_value(model) : "");
	f->wants_floats = json_is_string(format) && strcmp(json_string_value(format), "float") == 0;
	if (count)
		snprintf(f->last, sizeof f->last, "%s", json_string_value(json_array_get(input, count - 1)));
}

static void send_all(int fd, const char *data, size_t len)
{
	for (ssize_t n; len > 0 && (n = send(fd, data, len, MSG_NOSIGNAL)) > 0; data += n)
		len -= (size_t)n;
}

/* False: the connection ends. */
static bool reply(connection *c, const char *head, const char *body)
{
	fake *f = c->server;
	sp_buffer out = SP_BUFFER_INIT, whole = SP_BUFFER_INIT;
	json_t *root = json_loads(body, 0, NULL);
	pthread_mutex_lock(&f->lock);
	note(f, head, root);
	bool spared = f->spared > 0, drops = f->drops_next;
	bool is_bad = !spared && (f->body || f->busy > 0);
	f->spared -= spared;
	f->busy -= is_bad && !f->body;
	f->drops_next = false;
	if (is_bad)
		sp_buffer_add_text(&out, f->body);
	else
		write_vectors(f, json_object_get(root, "input"), f->asked_model, &out);
	sp_buffer_printf(&whole, "HTTP/1.1 %d Said\r\n%sContent-Length: %zu\r\n\r\n", is_bad && f->status ? f->status : 200,
		is_bad && f->headers ? f->headers : "", out.len + (f->breaks_off && !spared ? 100 : 0));
	sp_buffer_add(&whole, out.data, out.len);
	bool ends = drops || f->closes || f->breaks_off;
	unsigned delay_ms = spared ? 0 : f->delay_ms;
	pthread_mutex_unlock(&f->lock);
	usleep(delay_ms * 1000);
	if (!drops)
		send_all(c->fd, whole.data, whole.len);
	json_decref(root);
	sp_buffer_release(&out);
	sp_buffer_release(&whole);
	return !ends;
}

/* Read one request. False: the other side has gone. */
static bool take_request(connection *c, char *text)
{
	size_t have = 0, want = 0;
	for (char *end = NULL; !end || have < want;) {
		ssize_t n = recv(c->fd, text + have, REQUEST_MAX - 1 - have, 0);
		if (n <= 0)
			return false;
		have += (size_t)n;
		text[have] = '\0';
		const char *length = strcasestr(text, "content-length:");
		if ((end = strstr(text, "\r\n\r\n")))
			want = (size_t)(end + 4 - text) + (length ? strtoul(length + 15, NULL, 10) : 0);
	}
	return true;
}

static void *serve(void *arg)
{
	connection *c = arg;
	char *text = malloc(REQUEST_MAX);
	while (take_request(c, text)) {
		char *body = strstr(text, "\r\n\r\n");
		*body = '\0';
		if (!reply(c, text, body + 4))
			break;
	}
	free(text);
	shutdown(c->fd, SHUT_RDWR);
	return NULL;
}

static void *listen_on(void *arg)
{
	fake *f = arg;
	for (int fd; (fd = accept(f->listener, NULL, NULL)) >= 0;) {
		pthread_mutex_lock(&f->lock);
		bool has_room = f->connections_count < CONNECTIONS_MAX;
		connection *c = &f->connections[f->connections_count];
		if (has_room) {
			*c = (connection){.server = f, .fd = fd};
			f->connections_count++;
			pthread_create(&c->thread, NULL, serve, c);
		} else {
			close(fd);
		}
		pthread_mutex_unlock(&f->lock);
	}
	return NULL;
}

static void start(fake *f)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	pthread_mutex_init(&f->lock, NULL);
	if (!f->dimensions)
		f->dimensions = DIMENSIONS;
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK_INT(bind(f->listener, (struct sockaddr *)&at, sizeof at), 0);
	CHECK_INT(listen(f->listener, 16), 0);
	CHECK_INT(getsockname(f->listener, (struct sockaddr *)&at, &len), 0);
	f->port = ntohs(at.sin_port);
	pthread_create(&f->thread, NULL, listen_on, f);
}

static void stop(fake *f)
{
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
	for (size_t i = 0; i < f->connections_count; i++) {
		shutdown(f->connections[i].fd, SHUT_RDWR);
		pthread_join(f->connections[i].thread, NULL);
		close(f->connections[i].fd);
	}
	pthread_mutex_destroy(&f->lock);
}

/* ---- server and encoder ---- */

typedef struct bed {
	fake fake;
	sp_encoder_settings settings;
	char address[128];
	sp_encoder *encoder;
	sp_error err;
} bed;

/* path: what follows host and port. */
static sp_status open_bed(bed *b, const char *path)
{
	if (!b->fake.port)
		start(&b->fake);
	if (!b->settings.name)
		snprintf(b->address, sizeof b->address, "http://127.0.0.1:%u%s", b->fake.port, path);
	b->settings.name = b->address;
	sp_error_clear(&b->err);
	return sp_encoder_new(&b->settings, &b->encoder, &b->err);
}

static void close_bed(bed *b)
{
	sp_encoder_free(b->encoder);
	stop(&b->fake);
}

static sp_status encode_one(bed *b, sp_encode_role role, const char *text, float *ret)
{
	size_t len = strlen(text);
	sp_error_clear(&b->err);
	return sp_encoder_encode(b->encoder, role, &text, &len, 1, ret, NULL, &b->err);
}

/* How far a vector is from what this text's should be. */
static double distance(const float *vector, const char *text)
{
	double raw[DIMENSIONS], sum = 0, far = 0;
	raw_vector(text, strlen(text), DIMENSIONS, raw);
	for (size_t i = 0; i < DIMENSIONS; i++)
		sum += raw[i] * raw[i];
	for (size_t i = 0; i < DIMENSIONS; i++)
		far = fmax(far, fabs(vector[i] - raw[i] / sqrt(sum)));
	return far;
}

TEST(test_server_says_what_it_is)
{
	bed b = {.settings.model = "BAAI/bge-m3"};
	REQUIRE(open_bed(&b, "") == SP_OK);
	CHECK_STR(sp_encoder_name(b.encoder), "openai BAAI/bge-m3 (64)");
	CHECK_INT(sp_encoder_dimensions(b.encoder), DIMENSIONS);
	CHECK_INT(b.fake.requests, 1);
	CHECK_STR(b.fake.asked_model, "BAAI/bge-m3");
	CHECK(b.fake.wants_floats);
	CHECK_HAS(b.fake.head, "Content-Type: application/json");
	CHECK(!strcasestr(b.fake.head, "authorization"));
	close_bed(&b);
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
		REQUIRE(open_bed(&b, "") == SP_OK);
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
		close_bed(&b);
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
	REQUIRE(open_bed(&b, "") == SP_OK);
	CHECK_INT(sp_encoder_encode(b.encoder, SP_ENCODE_QUESTION, texts, lens, MANY, rows, NULL, &b.err), SP_OK);
	CHECK_INT(b.fake.requests, 1 + 3);
	CHECK_INT(b.fake.largest, 32);
	CHECK_INT(b.fake.texts, 1 + MANY - 1);
	for (int i = 0; i < MANY; i++)
		CHECK(i == 7 ? rows[i * DIMENSIONS] == 0 : distance(rows + i * DIMENSIONS, words[i]) < 1e-6);
	CHECK_INT(sp_encoder_encode(b.encoder, SP_ENCODE_QUESTION, texts, lens, 0, rows, NULL, &b.err), SP_OK);
	CHECK_INT(b.fake.requests, 1 + 3);
	free(rows);
	close_bed(&b);
}

TEST(test_server_gets_long_texts_cut_at_a_character)
{
	char text[4001] = "a";
	float vector[DIMENSIONS];
	bed b = {0};
	for (size_t i = 1; i + 1 < 4000; i += 2)
		memcpy(text + i, "è", 2);
	REQUIRE(open_bed(&b, "") == SP_OK);
	CHECK_INT(encode_one(&b, SP_ENCODE_PASSAGE, text, vector), SP_OK);
	CHECK_INT(strlen(b.fake.last), SP_ENCODE_TEXT_MAX - 1);
	text[SP_ENCODE_TEXT_MAX - 1] = '\0';
	CHECK_STR(b.fake.last, text);
	close_bed(&b);
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
		CHECK_INT(open_bed(&b, cases[i][0]), SP_OK);
		CHECK_HAS(b.fake.head, want);
		close_bed(&b);
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
	start(&b.fake);
	stop(&b.fake);
	snprintf(b.address, sizeof b.address, "HTTP://ugo:segreto@127.0.0.1:%u/?key=segreto", b.fake.port);
	b.settings.name = b.address;
	CHECK_INT(open_bed(&b, ""), SP_ERR_IO);
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
	REQUIRE(open_bed(&b, "") == SP_OK);
	CHECK_STR(sp_encoder_name(b.encoder), "openai intfloat/multilingual-e5-large (64)");
	CHECK_STR(b.fake.asked_model, "");
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK_STR(b.fake.last, "query: otp");
	b.fake.model = "other";
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_IO);
	CHECK_HAS(b.err.text, "other");
	CHECK_HAS(b.err.text, "start this program again");
	close_bed(&b);
	bed silent = {.fake.model = ""};
	CHECK_INT(open_bed(&silent, ""), SP_OK);
	CHECK_STR(silent.encoder ? sp_encoder_name(silent.encoder) : "", "openai default (64)");
	close_bed(&silent);
}

TEST(test_server_with_a_model_named_may_call_it_otherwise)
{
	float vector[DIMENSIONS];
	bed b = {.settings.model = "bge", .fake.model = "one"};
	REQUIRE(open_bed(&b, "") == SP_OK);
	b.fake.model = "two";
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK_STR(sp_encoder_name(b.encoder), "openai bge (64)");
	close_bed(&b);
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
		REQUIRE(open_bed(&b, "") == SP_OK);
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
		CHECK_STR(b.fake.last, cases[i].question);
		CHECK_INT(encode_one(&b, SP_ENCODE_PASSAGE, "otp", vector), SP_OK);
		CHECK_STR(b.fake.last, cases[i].passage);
		close_bed(&b);
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
	REQUIRE(open_bed(&a, "") == SP_OK);
	REQUIRE(open_bed(&b, "") == SP_OK);
	snprintf(name, sizeof name, "%s", sp_encoder_name(a.encoder));
	CHECK_STR(name, sp_encoder_name(a.encoder));
	CHECK(strcmp(name, sp_encoder_name(b.encoder)) != 0);
	close_bed(&a);
	close_bed(&b);
	bed bad = {.settings.model = "a\nb"}, none = {.settings.model = ""};
	CHECK_INT(open_bed(&bad, ""), SP_ERR_USAGE);
	CHECK_INT(open_bed(&none, ""), SP_ERR_USAGE);
	CHECK_STR(none.err.source, "--encoder-model");
	close_bed(&bad);
	close_bed(&none);
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
	REQUIRE(open_bed(&b, "") == SP_OK);
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
	close_bed(&b);
}

TEST(test_server_key_files_that_hold_none)
{
	static const char *const cases[] = {"", "\n", "one\ntwo\n", "two words", "à"};
	bed b = {0};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		b.settings.key_file = key_file(cases[i]);
		CHECK_INT(open_bed(&b, ""), SP_ERR_INVALID);
		CHECK_STR(b.err.source, b.settings.key_file);
	}
	b.settings.key_file = "/nowhere/at/all";
	CHECK_INT(open_bed(&b, ""), SP_ERR_NOT_FOUND);
	CHECK_STR(b.err.source, "/nowhere/at/all");
	CHECK_INT(b.fake.requests, 0);
	close_bed(&b);
}

/* ---- replies that are none ---- */

static sp_status told(const char *body, int status, bed *b)
{
	float vector[DIMENSIONS];
	*b = (bed){.fake = {.spared = 1, .body = body, .status = status}};
	if (open_bed(b, "") != SP_OK)
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
		close_bed(&b);
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
	close_bed(&b);
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
		close_bed(&b);
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
		close_bed(&b);
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
	REQUIRE(open_bed(&b, "") == SP_OK);
	CHECK_INT(sp_encoder_encode(b.encoder, SP_ENCODE_QUESTION, texts, lens, 2, rows, NULL, &b.err), SP_ERR_IO);
	CHECK_HAS(b.err.text, "two vectors for one text");
	close_bed(&b);
}

TEST(test_server_vectors_have_a_bound)
{
	bed most = {.fake.dimensions = 8192}, more = {.fake.dimensions = 8193};
	REQUIRE(open_bed(&most, "") == SP_OK);
	CHECK_INT(sp_encoder_dimensions(most.encoder), 8192);
	CHECK_INT(open_bed(&more, ""), SP_ERR_IO);
	CHECK_HAS(more.err.text, "8193 numbers, where 1 to 8192 are possible");
	close_bed(&most);
	close_bed(&more);
}

TEST(test_server_replies_have_a_bound)
{
	char *body = malloc(200001);
	memset(body, ' ', 200000);
	body[200000] = '\0';
	bed b;
	CHECK_INT(told(body, 200, &b), SP_ERR_IO);
	CHECK_HAS(b.err.text, "is longer than");
	close_bed(&b);
	CHECK_INT(told(body, 500, &b), SP_ERR_IO);
	CHECK_HAS(b.err.text, "answered 500");
	close_bed(&b);
	free(body);
}

TEST(test_server_that_sends_elsewhere_is_not_followed)
{
	bed target = {0}, b = {.fake = {.status = 307, .body = "moved"}};
	char header[128];
	start(&target.fake);
	snprintf(header, sizeof header, "Location: http://127.0.0.1:%u/v1/embeddings\r\n", target.fake.port);
	b.fake.headers = header;
	CHECK_INT(open_bed(&b, ""), SP_ERR_IO);
	CHECK_HAS(b.err.text, "answered 307: moved; give --encoder the address that it sends to");
	CHECK_INT(target.fake.requests, 0);
	close_bed(&b);
	stop(&target.fake);
}

/* ---- time and connections ---- */

TEST(test_server_that_is_slow_is_not_waited_for)
{
	float vector[DIMENSIONS];
	bed b = {.fake = {.spared = 1, .delay_ms = 1500}, .settings.timeout_ms = 200};
	REQUIRE(open_bed(&b, "") == SP_OK);
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
	close_bed(&b);
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
	REQUIRE(open_bed(&b, "") == SP_OK);
	int64_t began_us = spi_now_us();
	pthread_create(&thread, NULL, encode_until_it_ends, &b);
	usleep(100000);
	sp_encoder_stop(b.encoder);
	pthread_join(thread, NULL);
	CHECK(spi_now_us() - began_us < 3000000);
	CHECK_HAS(b.err.text, "this program ends");
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "ricevuta", vector), SP_ERR_BUSY);
	close_bed(&b);
}

TEST(test_server_that_is_busy_is_asked_once_more)
{
	static const struct { int status; const char *headers; unsigned busy, requests; sp_status want; } cases[] = {
		{503, NULL, 1, 2, SP_OK}, {429, "Retry-After: 1\r\n", 1, 2, SP_OK}, {429, "Retry-After: 2\r\n", 1, 1, SP_ERR_IO},
		{503, NULL, 2, 2, SP_ERR_IO}, {500, NULL, 1, 1, SP_ERR_IO}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		float vector[DIMENSIONS];
		bed b = {.fake = {.spared = 1, .status = cases[i].status, .headers = cases[i].headers, .busy = cases[i].busy}};
		REQUIRE(open_bed(&b, "") == SP_OK);
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), cases[i].want);
		CHECK_INT(b.fake.requests, 1 + cases[i].requests);
		CHECK(cases[i].want != SP_OK || distance(vector, "otp") < 1e-6);
		close_bed(&b);
	}
}

TEST(test_server_that_is_busy_is_not_asked_again_past_the_timeout)
{
	float vector[DIMENSIONS];
	bed b = {.fake = {.spared = 1, .status = 429, .headers = "Retry-After: 1\r\n", .busy = 1}, .settings.timeout_ms = 500};
	REQUIRE(open_bed(&b, "") == SP_OK);
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_IO);
	CHECK_HAS(b.err.text, "answered 429; it has too much to do");
	CHECK_INT(b.fake.requests, 2);
	close_bed(&b);
}

TEST(test_server_connection_is_kept)
{
	float vector[DIMENSIONS];
	bed b = {0};
	REQUIRE(open_bed(&b, "") == SP_OK);
	for (int i = 0; i < 5; i++)
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK_INT(b.fake.requests, 6);
	CHECK_INT(b.fake.connections_count, 1);
	close_bed(&b);
}

TEST(test_server_that_closes_between_calls_is_called_again)
{
	float vector[DIMENSIONS];
	bed b = {.fake.closes = true};
	REQUIRE(open_bed(&b, "") == SP_OK);
	for (int i = 0; i < 3; i++) {
		usleep(i * 20000); /* it may close before or while it is asked */
		CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
		CHECK(distance(vector, "otp") < 1e-6);
	}
	CHECK_INT(b.fake.connections_count, 4);
	close_bed(&b);
}

TEST(test_server_that_closes_instead_of_answering_is_called_again)
{
	float vector[DIMENSIONS];
	bed b = {0};
	REQUIRE(open_bed(&b, "") == SP_OK);
	b.fake.drops_next = true;
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_OK);
	CHECK(distance(vector, "otp") < 1e-6);
	CHECK_INT(b.fake.requests, 3);
	CHECK_INT(b.fake.connections_count, 2);
	close_bed(&b);
}

TEST(test_server_that_breaks_off)
{
	float vector[DIMENSIONS];
	bed b = {.fake = {.spared = 1}};
	REQUIRE(open_bed(&b, "") == SP_OK);
	b.fake.breaks_off = true;
	CHECK_INT(encode_one(&b, SP_ENCODE_QUESTION, "otp", vector), SP_ERR_IO);
	CHECK_HAS(b.err.source, "http://127.0.0.1:");
	CHECK_HAS(b.err.text, "did not answer to the end");
	close_bed(&b);
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
	REQUIRE(open_bed(&b, "") == SP_OK);
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
	close_bed(&b);
}
