#include "http/body.h"

#include "base/utf8.h"
#include "sportello/text.h"

#include <stdio.h>
#include <string.h>

static json_t *parse(spi_request *request)
{
	json_error_t error;
	const char *text = sp_buffer_text(&request->body);
	/* Some libraries put a byte order mark before what they send; it may be passed over (RFC 8259, 8.1). */
	size_t mark = spi_utf8_mark(text, request->body.len);
	json_t *json = json_loadb(text + mark, request->body.len - mark, JSON_REJECT_DUPLICATES, &error);
	if (json)
		return json;
	error.position += (int)mark;
	sp_json *writer = spi_problem_begin(request, SPI_MALFORMED_JSON, "%s, at line %d, column %d (byte %d)",
		error.text, error.line, error.column, error.position);
	sp_json_int(writer, "line", error.line);
	sp_json_int(writer, "column", error.column);
	sp_json_int(writer, "offset", error.position);
	spi_problem_end(request);
	return NULL;
}

static const spi_member *find(const spi_member *members, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(members[i].name, name) == 0)
			return &members[i];
	return NULL;
}

/* The member that a typing mistake was likeliest meant for; NULL when none is near. */
static const char *nearest(const spi_member *members, size_t count, const char *name)
{
	const char *best = NULL;
	int best_distance = 3;
	for (size_t i = 0; i < count; i++) {
		int distance = sp_text_edit_distance(members[i].name, strlen(members[i].name), name, strlen(name), 3);
		if (distance < best_distance) {
			best = members[i].name;
			best_distance = distance;
		}
	}
	return best;
}

static void refuse_unknown(spi_request *request, const spi_member *members, size_t count, const char *name)
{
	char known[256] = "";
	const char *near = nearest(members, count, name);
	for (size_t i = 0, used = 0; i < count && used < sizeof known; i++)
		used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", members[i].name);
	sp_json *json = near ?
		spi_problem_begin(request, SPI_UNKNOWN_MEMBER, "there is no member \"%.64s\"; did you mean \"%s\"?",
			name, near) :
		spi_problem_begin(request, SPI_UNKNOWN_MEMBER, "there is no member \"%.64s\"; the members are %s", name, known);
	sp_json_string(json, "field", name);
	if (near)
		sp_json_string(json, "nearest", near);
	spi_problem_end(request);
}

static bool is_strings(const json_t *value)
{
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return false;
	return json_is_array(value);
}

static bool has_type(const json_t *value, spi_member_type type)
{
	switch (type) {
	case SPI_STRING: return json_is_string(value);
	case SPI_BOOL: return json_is_boolean(value);
	case SPI_OBJECT: return json_is_object(value);
	case SPI_INTEGER: return json_is_integer(value);
	case SPI_STRINGS: return is_strings(value);
	}
	return false;
}

static bool check_value(spi_request *request, const spi_member *member, const json_t *value)
{
	static const char *const names[] = {
		[SPI_STRING] = "a string", [SPI_BOOL] = "true or false", [SPI_OBJECT] = "an object",
		[SPI_INTEGER] = "a whole number", [SPI_STRINGS] = "an array of strings",
	};
	if (!has_type(value, member->type)) {
		spi_problem_field(request, SPI_WRONG_TYPE, member->name, "%s must be %s", member->name, names[member->type]);
		return false;
	}
	if (member->type != SPI_STRING || !member->max_chars)
		return true;
	size_t chars = sp_text_count_chars(json_string_value(value), json_string_length(value));
	if (chars <= member->max_chars)
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, member->name, "%s has %zu characters; it may have up to %u",
		member->name, chars, member->max_chars);
	return false;
}

static bool check(spi_request *request, json_t *body, const spi_member *members, size_t count)
{
	const char *name;
	json_t *value;
	if (!json_is_object(body)) {
		spi_problem(request, SPI_WRONG_TYPE, "the body must be a JSON object");
		return false;
	}
	json_object_foreach(body, name, value) {
		const spi_member *member = find(members, count, name);
		if (!member && strncmp(name, "x-", 2) != 0) {
			refuse_unknown(request, members, count, name);
			return false;
		}
		if (member && !json_is_null(value) && !check_value(request, member, value))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		value = json_object_get(body, members[i].name);
		if (members[i].required && (!value || json_is_null(value))) {
			spi_problem_field(request, SPI_MISSING_MEMBER, members[i].name, "%s is missing", members[i].name);
			return false;
		}
	}
	return true;
}

const json_t *spi_body_read(spi_request *request, const spi_member *members, size_t count)
{
	spi_body_release(request);
	request->json = parse(request);
	if (!request->json || !check(request, request->json, members, count))
		return NULL;
	return request->json;
}

const char *spi_body_text(const json_t *body, const char *name)
{
	return json_string_value(json_object_get(body, name));
}

void spi_problem_lang(spi_request *request)
{
	char known[SP_LANG_COUNT * 8 + 1] = "";
	size_t used = 0;
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if ((request->config->langs & 1u << lang) && used < sizeof known)
			used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "",
				sp_lang_code((sp_lang)lang));
	spi_problem_field(request, SPI_UNKNOWN_LANGUAGE, "lang", "the languages of this service are %s", known);
}

bool spi_body_texts(spi_request *request, const json_t *body, const char *name, sp_strings *ret)
{
	const json_t *array = json_object_get(body, name);
	const char **items = sp_arena_calloc(request->arena, json_array_size(array) + 1, sizeof *items);
	for (size_t i = 0; items && i < json_array_size(array); i++)
		items[i] = json_string_value(json_array_get(array, i));
	*ret = (sp_strings){items, json_array_size(array)};
	return items != NULL;
}

bool spi_body_lang(spi_request *request, const json_t *body, sp_lang fallback, sp_lang *ret)
{
	const char *text = spi_body_text(body, "lang");
	sp_lang lang = text ? sp_lang_of(text, strlen(text)) : fallback;
	if (text && (lang == SP_LANG_NONE || !(request->config->langs & 1u << lang))) {
		spi_problem_lang(request);
		return false;
	}
	*ret = lang;
	return true;
}

void spi_body_release(spi_request *request)
{
	json_decref(request->json);
	request->json = NULL;
}
