#include "sportello/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX ((size_t)64 * 1024 * 1024)

void sp_buffer_release(sp_buffer *buf)
{
	if (!buf)
		return;
	free(buf->data);
	*buf = (sp_buffer){.max = buf->max};
}

void sp_buffer_clear(sp_buffer *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

char *sp_buffer_detach(sp_buffer *buf, size_t *ret_len)
{
	if (!buf->data)
		sp_buffer_add(buf, "", 0);
	if (buf->failed)
		return NULL;
	char *data = buf->data;
	if (ret_len)
		*ret_len = buf->len;
	*buf = (sp_buffer){.max = buf->max};
	return data;
}

bool sp_buffer_ok(const sp_buffer *buf)
{
	return !buf->failed;
}

bool sp_buffer_reserve(sp_buffer *buf, size_t more)
{
	size_t max = buf->max ? buf->max : DEFAULT_MAX;
	if (buf->failed)
		return false;
	if (more > max || buf->len > max - more) {
		buf->failed = true;
		return false;
	}
	size_t need = buf->len + more + 1;
	if (need <= buf->cap)
		return true;
	size_t cap = buf->cap + buf->cap / 2;
	if (cap < need)
		cap = need < 64 ? 64 : need;
	char *data = realloc(buf->data, cap);
	if (!data) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

const char *sp_buffer_text(const sp_buffer *buf)
{
	return buf->data ? buf->data : "";
}

void sp_buffer_add(sp_buffer *buf, const void *bytes, size_t len)
{
	if (!sp_buffer_reserve(buf, len))
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void sp_buffer_add_text(sp_buffer *buf, const char *text)
{
	if (text)
		sp_buffer_add(buf, text, strlen(text));
}

void sp_buffer_add_char(sp_buffer *buf, char c)
{
	sp_buffer_add(buf, &c, 1);
}

void sp_buffer_printf(sp_buffer *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !sp_buffer_reserve(buf, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}

static const char *entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

void sp_buffer_add_html(sp_buffer *buf, const char *text, size_t len)
{
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		const char *written = entity(text[i]);
		if (!written)
			continue;
		sp_buffer_add(buf, text + from, i - from);
		sp_buffer_add_text(buf, written);
		from = i + 1;
	}
	if (len > from)
		sp_buffer_add(buf, text + from, len - from);
}
