#include "encode/server_reply.h"

#include "base/utf8.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* ---- texts ---- */

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

void spi_server_clean(const char *text, size_t len, const char *key, char ret[SPI_SERVER_SAID_MAX])
{
	size_t key_len = key ? strlen(key) : 0, out = 0;
	bool after_space = true; /* none at the beginning, one between words */
	for (size_t at = 0, chars = 0; at < len && chars < SPI_SERVER_SAID_CHARS; chars++) {
		uint32_t c;
		char bytes[4];
		if (key_len && len - at >= key_len && memcmp(text + at, key, key_len) == 0) {
			c = '*';
			at += key_len;
		} else {
			at += spi_utf8_decode(text + at, len - at, &c);
		}
		c = is_control(c) ? ' ' : c;
		if (c == ' ' && after_space)
			continue;
		after_space = c == ' ';
		size_t bytes_len = spi_utf8_encode(c, bytes);
		if (out + bytes_len >= SPI_SERVER_SAID_MAX)
			break;
		memcpy(ret + out, bytes, bytes_len);
		out += bytes_len;
	}
	ret[out > 0 && ret[out - 1] == ' ' ? out - 1 : out] = '\0';
}

static const json_t *first_text(const json_t *value)
{
	static const char *const names[] = {"error", "message", "detail", "msg"};
	for (int depth = 0; depth < 4 && value && !json_is_string(value); depth++) {
		const json_t *inner = json_array_get(value, 0);
		for (size_t i = 0; !inner && i < sizeof names / sizeof *names; i++)
			inner = json_object_get(value, names[i]);
		value = inner;
	}
	return json_is_string(value) ? value : NULL;
}

void spi_server_error_text(const char *body, size_t len, const char *key, char ret[SPI_SERVER_SAID_MAX])
{
	json_t *root = json_loadb(body, len, 0, NULL);
	const json_t *text = first_text(root);
	if (text)
		spi_server_clean(json_string_value(text), json_string_length(text), key, ret);
	else
		spi_server_clean(body, len, key, ret);
	json_decref(root);
}

/* ---- vectors ---- */

typedef struct reading {
	const char *address;
	size_t count, dimensions;
	float *const *rows;
	sp_error *err;
} reading;

static sp_status refuse(const reading *r, const char *what)
{
	return sp_error_set(r->err, SP_ERR_IO, r->address, 0,
		"the embeddings server gave %s; look at --encoder-model and at its log", what);
}

static sp_status refuse_length(const reading *r, size_t length)
{
	if (r->dimensions)
		return sp_error_set(r->err, SP_ERR_IO, r->address, 0,
			"the embeddings server gave a vector of %zu numbers after one of %zu; has it another model now? "
			"start this program again", length, r->dimensions);
	return sp_error_set(r->err, SP_ERR_IO, r->address, 0,
		"the embeddings server gave a vector of %zu numbers, where 1 to %d are possible; choose another --encoder-model", length,
		SPI_SERVER_DIMENSIONS_MAX);
}

/* Servers write what is no number as null. */
static sp_status read_vector(reading *r, const json_t *list, float *ret)
{
	double sum = 0;
	size_t length = json_array_size(list);
	if (!json_is_array(list))
		return refuse(r, "a vector that is no list of numbers");
	if (r->dimensions ? length != r->dimensions : length < 1 || length > SPI_SERVER_DIMENSIONS_MAX)
		return refuse_length(r, length);
	for (size_t i = 0; i < length; i++) {
		const json_t *number = json_array_get(list, i);
		double value = json_number_value(number);
		if (!json_is_number(number))
			return refuse(r, "a vector with something in it that is no number");
		sum += value * value;
	}
	double scale = 1 / sqrt(sum);
	/* Too small or too large to be squared: no model's work. */
	if (!isnormal(sum) || !isfinite(scale))
		return refuse(r, "a vector without a direction");
	for (size_t i = 0; i < length; i++)
		ret[i] = (float)(json_number_value(json_array_get(list, i)) * scale);
	r->dimensions = length;
	return SP_OK;
}

static sp_status read_item(reading *r, const json_t *item, bool *seen)
{
	const json_t *index = json_object_get(item, "index");
	json_int_t row = json_integer_value(index);
	if (!json_is_integer(index) || row < 0 || (size_t)row >= r->count)
		return refuse(r, "a vector without the number of its text");
	if (seen[row])
		return refuse(r, "two vectors for one text");
	seen[row] = true;
	return read_vector(r, json_object_get(item, "embedding"), r->rows[row]);
}

static sp_status read_items(reading *r, const json_t *root)
{
	bool seen[SPI_SERVER_TEXTS_MAX] = {false};
	const json_t *data = json_object_get(root, "data");
	if (!json_is_array(data))
		return refuse(r, "a reply without \"data\"");
	if (json_array_size(data) != r->count)
		return sp_error_set(r->err, SP_ERR_IO, r->address, 0,
			"the embeddings server gave %zu vectors for %zu texts; look at its log", json_array_size(data), r->count);
	sp_status status = SP_OK;
	for (size_t i = 0; i < r->count && status == SP_OK; i++)
		status = read_item(r, json_array_get(data, i), seen);
	return status;
}

sp_status spi_server_reply_read(const char *body, size_t len, const char *address, size_t count, size_t dimensions,
	float *const *rows, spi_server_reply *ret, sp_error *err)
{
	reading r = {address, count, dimensions, rows, err};
	json_t *root = json_loadb(body, len, 0, NULL);
	if (!root)
		return sp_error_set(err, SP_ERR_IO, address, 0, "the embeddings server gave %s; does the address lead to /v1/embeddings?",
			len ? "something that is no JSON" : "an empty reply");
	sp_status status = read_items(&r, root);
	if (status == SP_OK) {
		const json_t *model = json_object_get(root, "model");
		ret->dimensions = r.dimensions;
		spi_server_clean(model ? json_string_value(model) : "", json_string_length(model), NULL, ret->model);
	}
	json_decref(root);
	return status;
}
