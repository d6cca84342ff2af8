/* A server with OpenAI's /v1/embeddings: Text Embeddings Inference, vLLM, llama.cpp, Ollama. */
#include "base/hash.h"
#include "encode/maker.h"
#include "encode/server_call.h"
#include "encode/server_reply.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Room for a reply: what stands around the vectors, and a number as the most wordy server writes it. */
#define REPLY_BYTES (64 << 10)
#define NUMBER_BYTES 64
/* What an index has room for, with the rest of the name. */
#define MODEL_MAX 96
#define PREFIX_MAX 16

typedef struct server {
	spi_server_call *call;
	char *model;    /* as it is asked for; NULL = the server has but one, or its own choice */
	char answering[SPI_SERVER_SAID_MAX]; /* the model that the server names; looked at when none is asked for */
	bool is_e5;
	size_t dimensions;
	char name[MODEL_MAX + 64];
} server;

/* Texts of one request. */
typedef struct batch {
	size_t count;
	const char *texts[SPI_SERVER_TEXTS_MAX];
	size_t lens[SPI_SERVER_TEXTS_MAX];
	float *rows[SPI_SERVER_TEXTS_MAX]; /* where their vectors go */
} batch;

static bool is_meant(const char *name)
{
	return strncasecmp(name, "http://", 7) == 0 || strncasecmp(name, "https://", 8) == 0;
}

/* ---- a request ---- */

/* E5 was trained with these in front, and no server puts them there. */
static const char *prefix_of(const server *s, sp_encode_role role)
{
	if (!s->is_e5)
		return "";
	return role == SP_ENCODE_QUESTION ? "query: " : "passage: ";
}

static void write_request(const server *s, sp_encode_role role, const batch *b, sp_buffer *body)
{
	char text[PREFIX_MAX + SP_ENCODE_TEXT_MAX];
	size_t prefix_len = (size_t)snprintf(text, sizeof text, "%s", prefix_of(s, role));
	sp_json json;
	sp_json_init(&json, body);
	sp_json_object(&json, NULL);
	/* Without the name vLLM, llama.cpp and TEI take the model that they have; a made-up one is refused by most. */
	if (s->model)
		sp_json_string(&json, "model", s->model);
	sp_json_array(&json, "input");
	for (size_t i = 0; i < b->count; i++) {
		memcpy(text + prefix_len, b->texts[i], b->lens[i]);
		sp_json_string_len(&json, NULL, text, prefix_len + b->lens[i]);
	}
	sp_json_array_end(&json);
	sp_json_string(&json, "encoding_format", "float");
	sp_json_object_end(&json);
}

static size_t reply_max(const server *s, size_t count)
{
	return REPLY_BYTES + count * (s->dimensions ? s->dimensions : SPI_SERVER_DIMENSIONS_MAX) * NUMBER_BYTES;
}

static sp_status ask(const server *s, sp_encode_role role, const batch *b, spi_server_reply *ret, sp_error *err)
{
	sp_buffer body = SP_BUFFER_INIT, reply = {.max = reply_max(s, b->count)};
	write_request(s, role, b, &body);
	sp_status status = sp_buffer_ok(&body) ? spi_server_call_post(s->call, &body, &reply, err)
	                                       : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK)
		status = spi_server_reply_read(sp_buffer_text(&reply), reply.len, spi_server_call_address(s->call), b->count,
			s->dimensions, b->rows, ret, err);
	sp_buffer_release(&body);
	sp_buffer_release(&reply);
	return status;
}

/* ---- making ---- */

static bool has_control(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

static bool is_word_at(const char *text, const char *at, size_t len)
{
	return (at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[len]);
}

/* "intfloat/multilingual-e5-large", not "e5-mistral-7b-instruct", which wants instructions instead. */
static bool is_e5(const char *model)
{
	for (const char *at = model; (at = strcasestr(at, "e5")); at++)
		if (is_word_at(model, at, 2))
			return !strcasestr(model, "instruct");
	return false;
}

/* Model and length, not the machine: a server that moves gives the same vectors. A long name is told by its hash. */
static void make_name(server *s)
{
	const char *model = s->model ? s->model : *s->answering ? s->answering : "default";
	size_t len = strlen(model);
	if (len <= MODEL_MAX)
		snprintf(s->name, sizeof s->name, "openai %.*s (%zu)", MODEL_MAX, model, s->dimensions);
	else
		snprintf(s->name, sizeof s->name, "openai %016llx (%zu)", (unsigned long long)spi_hash64(model, len), s->dimensions);
}

/* A first text tells that the server works, and how long its vectors are. */
static sp_status learn(server *s, sp_error *err)
{
	static const char text[] = "sportello";
	spi_server_reply reply = {0};
	float *vector = malloc(SPI_SERVER_DIMENSIONS_MAX * sizeof *vector);
	batch b = {.count = 1, .texts = {text}, .lens = {sizeof text - 1}, .rows = {vector}};
	if (!vector)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = ask(s, SP_ENCODE_QUESTION, &b, &reply, err);
	free(vector);
	if (status != SP_OK)
		return status;
	memcpy(s->answering, reply.model, sizeof s->answering);
	s->dimensions = reply.dimensions;
	s->is_e5 = is_e5(s->model ? s->model : s->answering);
	make_name(s);
	return SP_OK;
}

static void close_server(void *state)
{
	server *s = state;
	if (s->call)
		spi_server_call_free(s->call);
	free(s->model);
	free(s);
}

static sp_status open_server(const sp_encoder_settings *settings, void **ret_state, sp_error *err)
{
	if (settings->model && (!*settings->model || has_control(settings->model)))
		return sp_error_set(err, SP_ERR_USAGE, "--encoder-model", 0,
			"this is no name of a model; give it as the embeddings server knows it");
	server *s = calloc(1, sizeof *s);
	if (!s || (settings->model && !(s->model = strdup(settings->model)))) {
		free(s);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	sp_status status = spi_server_call_new(settings, &s->call, err);
	if (status == SP_OK)
		status = learn(s, err);
	if (status == SP_OK)
		*ret_state = s;
	else
		close_server(s);
	return status;
}

static const char *name_of(const void *state)
{
	return ((const server *)state)->name;
}

static size_t dimensions(const void *state)
{
	return ((const server *)state)->dimensions;
}

/* ---- encoding ---- */

static sp_status run(const server *s, sp_encode_role role, batch *b, sp_error *err)
{
	spi_server_reply reply = {0};
	sp_status status = b->count ? ask(s, role, b, &reply, err) : SP_OK;
	/* Vectors of two models are never mixed. Who names the model has the server's word for it. */
	if (status == SP_OK && b->count && !s->model && strcmp(reply.model, s->answering) != 0)
		status = sp_error_set(err, SP_ERR_IO, spi_server_call_address(s->call), 0,
			"the embeddings server has the model \"%.100s\" now and had \"%.100s\"; start this program again, "
			"or name one with --encoder-model",
			reply.model, s->answering);
	b->count = 0;
	return status;
}

static sp_status encode(void *state, sp_encode_role role, const char *const *texts, const size_t *lens, size_t count,
	float *ret_vectors, sp_token_rows *ret_tokens, sp_error *err)
{
	const server *s = state;
	batch b = {0};
	sp_status status = SP_OK;
	(void)ret_tokens; /* of tokens servers tell nothing */
	for (size_t i = 0; i < count && status == SP_OK; i++) {
		float *row = ret_vectors + i * s->dimensions;
		size_t len = spi_encode_cut(texts[i], lens[i]);
		if (len == 0) {
			memset(row, 0, s->dimensions * sizeof *row);
			continue;
		}
		b.texts[b.count] = texts[i];
		b.lens[b.count] = len;
		b.rows[b.count++] = row;
		if (b.count == SPI_SERVER_TEXTS_MAX)
			status = run(s, role, &b, err);
	}
	return status == SP_OK ? run(s, role, &b, err) : status;
}

static void stop(void *state)
{
	spi_server_call_stop(((server *)state)->call);
}

const spi_maker spi_maker_server = {.is_meant = is_meant, .open = open_server, .close = close_server, .name = name_of,
	.dimensions = dimensions, .encode = encode, .stop = stop};
