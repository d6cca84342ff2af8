/* JSON written straight into a buffer (RFC 8259). */
#include "base/utf8.h"
#include "sportello/buffer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void add_escaped(sp_buffer *buf, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t from = 0, i = 0;
	sp_buffer_add_char(buf, '"');
	while (i < len) {
		unsigned char c = (unsigned char)text[i];
		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
			i++;
			continue;
		}
		uint32_t point = c;
		size_t n = c < 0x80 ? 1 : spi_utf8_decode(text + i, len - i, &point);
		if (c >= 0x80 && !(n == 1 && point == 0xFFFD)) {
			i += n;
			continue;
		}
		sp_buffer_add(buf, text + from, i - from);
		if (c == '"' || c == '\\') {
			char two[2] = {'\\', (char)c};
			sp_buffer_add(buf, two, 2);
		} else if (c == '\n') {
			sp_buffer_add(buf, "\\n", 2);
		} else if (c < 0x20) {
			char six[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
			sp_buffer_add(buf, six, 6);
		} else {
			sp_buffer_add(buf, "\xEF\xBF\xBD", 3);
		}
		i += n;
		from = i;
	}
	sp_buffer_add(buf, text + from, len - from);
	sp_buffer_add_char(buf, '"');
}

static void begin(sp_json *json, const char *name)
{
	uint64_t bit = (uint64_t)1 << json->depth;
	if (json->has_item & bit)
		sp_buffer_add_char(json->buf, ',');
	json->has_item |= bit;
	if (name) {
		add_escaped(json->buf, name, strlen(name));
		sp_buffer_add_char(json->buf, ':');
	}
}

static void enter(sp_json *json, const char *name, char open)
{
	begin(json, name);
	sp_buffer_add_char(json->buf, open);
	assert(json->depth < 63);
	json->depth++;
	json->has_item &= ~((uint64_t)1 << json->depth);
}

static void leave(sp_json *json, char close)
{
	assert(json->depth > 0);
	json->depth--;
	sp_buffer_add_char(json->buf, close);
}

void sp_json_init(sp_json *json, sp_buffer *buf)
{
	*json = (sp_json){.buf = buf};
}

void sp_json_object(sp_json *json, const char *name)
{
	enter(json, name, '{');
}

void sp_json_object_end(sp_json *json)
{
	leave(json, '}');
}

void sp_json_array(sp_json *json, const char *name)
{
	enter(json, name, '[');
}

void sp_json_array_end(sp_json *json)
{
	leave(json, ']');
}

void sp_json_string_len(sp_json *json, const char *name, const char *text, size_t len)
{
	begin(json, name);
	add_escaped(json->buf, text, len);
}

void sp_json_string(sp_json *json, const char *name, const char *text)
{
	if (text)
		sp_json_string_len(json, name, text, strlen(text));
	else
		sp_json_null(json, name);
}

void sp_json_raw(sp_json *json, const char *name, const char *text, size_t len)
{
	begin(json, name);
	sp_buffer_add(json->buf, text, len);
}

void sp_json_int(sp_json *json, const char *name, int64_t value)
{
	char text[24];
	int len = snprintf(text, sizeof text, "%" PRId64, value);
	sp_json_raw(json, name, text, (size_t)len);
}

void sp_json_number(sp_json *json, const char *name, double value, int digits)
{
	char text[64];
	if (!isfinite(value)) {
		sp_json_null(json, name);
		return;
	}
	int len = snprintf(text, sizeof text, "%.*f", digits, value);
	if (len < 0 || (size_t)len >= sizeof text)
		sp_json_null(json, name);
	else
		sp_json_raw(json, name, text, (size_t)len);
}

void sp_json_bool(sp_json *json, const char *name, bool value)
{
	sp_json_raw(json, name, value ? "true" : "false", value ? 4 : 5);
}

void sp_json_null(sp_json *json, const char *name)
{
	sp_json_raw(json, name, "null", 4);
}
