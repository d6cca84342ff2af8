/* Reading what came in the request line and the headers: percent-encoding, query, languages. */
#include "http/request.h"
#include "sportello/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *spi_percent_decode(const char *text, size_t len, bool plus, sp_arena *arena)
{
	char *decoded = sp_arena_alloc(arena, len + 1);
	size_t n = 0;
	if (!decoded)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '%') {
			int high = i + 1 < len ? hex_digit(text[i + 1]) : -1, low = i + 2 < len ? hex_digit(text[i + 2]) : -1;
			if (high < 0 || low < 0)
				return NULL;
			decoded[n++] = (char)(high << 4 | low);
			i += 2;
		} else {
			decoded[n++] = plus && text[i] == '+' ? ' ' : text[i];
		}
	}
	decoded[n] = '\0';
	return sp_text_is_utf8(decoded, n) ? decoded : NULL;
}

/* Split "a=b&c=d" into decoded pairs; names without = have the value "". */
static bool read_pairs(const char *text, size_t len, sp_arena *arena, spi_pair *ret, size_t *ret_count)
{
	const char *end = text + len;
	size_t count = 0;
	while (text < end) {
		const char *stop = memchr(text, '&', (size_t)(end - text));
		if (!stop)
			stop = end;
		const char *equals = memchr(text, '=', (size_t)(stop - text));
		const char *name_end = equals ? equals : stop, *value = equals ? equals + 1 : stop;
		if (stop > text) {
			if (count == SPI_QUERY_MAX)
				return false;
			ret[count].name = spi_percent_decode(text, (size_t)(name_end - text), true, arena);
			ret[count].value = spi_percent_decode(value, (size_t)(stop - value), true, arena);
			if (!ret[count].name || !ret[count].value)
				return false;
			count++;
		}
		text = stop + 1;
	}
	*ret_count = count;
	return true;
}

static const char *find_pair(const spi_pair *pairs, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

bool spi_request_parse_target(spi_request *request)
{
	const char *target = sp_buffer_text(&request->uri);
	size_t path_len = strcspn(target, "?");
	if (request->uri_too_long) {
		spi_problem(request, SPI_URL_TOO_LONG, "the address may have up to %d bytes", SPI_URL_MAX);
		return false;
	}
	request->path = spi_percent_decode(target, path_len, false, request->arena);
	if (!request->path) {
		request->path = "";
		spi_problem(request, SPI_BAD_REQUEST, "the path must be percent-encoded UTF-8");
		return false;
	}
	if (target[path_len] == '?' && !read_pairs(target + path_len + 1, request->uri.len - path_len - 1, request->arena,
			request->query, &request->query_count)) {
		spi_problem(request, SPI_BAD_REQUEST, "the query must be percent-encoded UTF-8 with at most %d parameters",
			SPI_QUERY_MAX);
		return false;
	}
	return true;
}

const char *spi_request_query(const spi_request *request, const char *name)
{
	return find_pair(request->query, request->query_count, name);
}

const char *spi_request_choice(const spi_request *request, const char *name)
{
	const char *text = spi_request_query(request, name);
	return text && *text ? text : NULL;
}

const char *spi_request_header(const spi_request *request, const char *name)
{
	for (size_t i = 0; i < request->headers_count; i++)
		if (strcasecmp(request->headers[i].name, name) == 0)
			return request->headers[i].value;
	return NULL;
}

bool spi_request_form_all(spi_request *request, const spi_pair **ret, size_t *ret_count)
{
	if (!request->form_read && !read_pairs(sp_buffer_text(&request->body), request->body.len, request->arena,
		request->form, &request->form_count))
		return false;
	request->form_read = true;
	*ret = request->form;
	*ret_count = request->form_count;
	return true;
}

const char *spi_request_form(spi_request *request, const char *name)
{
	const spi_pair *pairs;
	size_t count;
	return spi_request_form_all(request, &pairs, &count) ? find_pair(pairs, count, name) : NULL;
}

bool spi_request_number(spi_request *request, const char *name, uint32_t min, uint32_t max, uint32_t fallback,
	uint32_t *ret)
{
	const char *text = spi_request_query(request, name);
	uint64_t value = 0;
	if (!text || !*text) {
		*ret = fallback;
		return true;
	}
	size_t digits = strspn(text, "0123456789");
	if (digits > 0 && digits < 11 && text[digits] == '\0')
		value = strtoull(text, NULL, 10);
	else
		digits = 0;
	if (digits == 0 || value < min || value > max) {
		spi_problem_field(request, SPI_BAD_VALUE, name, "%s must be a whole number from %u to %u", name, min, max);
		return false;
	}
	*ret = (uint32_t)value;
	return true;
}

/* ---- lists in headers: items with ;q= ---- */

/* 0, 0.5, 0.125, 1 in thousandths (RFC 9110, 12.4.2); more than one is one, what is no number is nothing. */
static int weight_of(const char *text)
{
	int weight = 0;
	if (*text != '0')
		return *text >= '1' && *text <= '9' ? 1000 : 0;
	if (*++text != '.')
		return 0;
	for (int unit = 100; unit > 0 && isdigit((unsigned char)*++text); unit /= 10)
		weight += (*text - '0') * unit;
	return weight;
}

/* The next item of a comma-separated header: its text without parameters, and its weight in thousandths. */
static bool next_item(const char **at, const char **ret_item, size_t *ret_len, int *ret_weight)
{
	while (**at == ',' || **at == ' ' || **at == '\t')
		(*at)++;
	if (!**at)
		return false;
	const char *stop = *at + strcspn(*at, ",");
	size_t len = strcspn(*at, ";,");
	*ret_item = *at;
	*ret_weight = 1000;
	const char *q = *at + len;
	while (q < stop && !(*q == ';' && strncasecmp(q + 1 + strspn(q + 1, " \t"), "q=", 2) == 0))
		q++;
	if (q < stop)
		*ret_weight = weight_of(strchr(q, '=') + 1);
	while (len > 0 && ((*at)[len - 1] == ' ' || (*at)[len - 1] == '\t'))
		len--;
	*ret_len = len;
	*at = stop;
	return true;
}

sp_lang spi_accept_language(const char *header, unsigned langs)
{
	sp_lang best = SP_LANG_NONE;
	int best_weight = 0, weight;
	const char *item;
	size_t len;
	while (header && next_item(&header, &item, &len, &weight)) {
		sp_lang lang = sp_lang_of(item, len);
		if (lang != SP_LANG_NONE && (langs & 1u << lang) && weight > best_weight) {
			best = lang;
			best_weight = weight;
		}
	}
	return best;
}

bool spi_request_accepts(const spi_request *request, const char *type)
{
	const char *header = spi_request_header(request, "Accept"), *item;
	size_t len;
	int weight;
	while (header && next_item(&header, &item, &len, &weight))
		if (len == strlen(type) && strncasecmp(item, type, len) == 0)
			return weight > 0;
	return false;
}
