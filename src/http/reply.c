#include "http/reply.h"

#include "base/hash.h"
#include "http/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define JSON_TYPE "application/json; charset=utf-8"
#define HTML_TYPE "text/html; charset=utf-8"

static void set(spi_request *request, int status, const char *type)
{
	request->reply.status = status;
	request->reply.type = type;
}

void spi_reply_json(spi_request *request, int status)
{
	set(request, status, JSON_TYPE);
}

void spi_reply_html(spi_request *request, int status)
{
	set(request, status, HTML_TYPE);
	request->reply.is_page = true;
}

void spi_reply_text(spi_request *request, int status, const char *type)
{
	set(request, status, type);
}

void spi_reply_header(spi_request *request, const char *name, const char *value)
{
	spi_reply *reply = &request->reply;
	if (!value || reply->headers_count == SPI_REPLY_HEADERS_MAX)
		return;
	reply->headers[reply->headers_count].name = name;
	reply->headers[reply->headers_count++].value = value;
}

void spi_reply_cache(spi_request *request, int cache)
{
	request->reply.has_cache = true;
	request->reply.cache = cache;
}

void spi_reply_empty(spi_request *request)
{
	sp_buffer_clear(&request->out);
	set(request, 204, NULL);
}

void spi_reply_redirect(spi_request *request, int status, const char *location)
{
	sp_buffer_clear(&request->out);
	set(request, status, NULL);
	spi_reply_header(request, "Location", sp_arena_strdup(request->arena, location));
}

/* ---- entity tags ---- */

static size_t skip_weak(const char *etag)
{
	return strncmp(etag, "W/", 2) == 0 ? 2 : 0;
}

bool spi_etag_listed(const char *list, const char *etag)
{
	const char *wanted = etag + skip_weak(etag);
	size_t wanted_len = strlen(wanted);
	while (list && *list) {
		list += strspn(list, ", \t");
		if (*list == '*')
			return true;
		list += skip_weak(list);
		if (strncmp(list, wanted, wanted_len) == 0)
			return true;
		const char *close = *list == '"' ? strchr(list + 1, '"') : NULL;
		list = close ? close + 1 : list + strcspn(list, ",");
	}
	return false;
}

bool spi_reply_not_modified(spi_request *request, const char *etag)
{
	request->reply.etag = etag;
	if (!spi_etag_listed(spi_request_header(request, "If-None-Match"), etag))
		return false;
	sp_buffer_clear(&request->out);
	request->reply.data = NULL;
	request->reply.gzip = NULL;
	set(request, 304, NULL);
	return true;
}

uint64_t spi_reply_hash(const spi_request *request)
{
	return spi_hash64(sp_buffer_text(&request->out), request->out.len);
}

void spi_reply_json_tagged(spi_request *request)
{
	spi_reply_tagged_as(request, JSON_TYPE, spi_reply_hash(request));
}

void spi_reply_tagged_as(spi_request *request, const char *type, uint64_t hash)
{
	const char *etag = sp_arena_printf(request->arena, "W/\"%016" PRIx64 "\"", hash);
	if (etag && spi_reply_not_modified(request, etag))
		return;
	set(request, 200, type);
	request->reply.is_page = strncmp(type, "text/html", 9) == 0;
}

void spi_reply_static(spi_request *request, const char *type, const void *data, size_t len, const void *gzip,
	size_t gzip_len, const char *etag)
{
	/* Weak: one tag stands for the plain and the compressed form. */
	const char *tag = !etag || skip_weak(etag) ? etag : sp_arena_printf(request->arena, "W/%s", etag);
	if (tag && spi_reply_not_modified(request, tag))
		return;
	set(request, 200, type);
	request->reply.data = data;
	request->reply.len = len;
	request->reply.gzip = gzip;
	request->reply.gzip_len = gzip_len;
}

const char *spi_type_of(const char *name)
{
	static const struct { const char *ending, *type; } types[] = {
		{".html", HTML_TYPE}, {".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
		{".mjs", "text/javascript; charset=utf-8"}, {".json", JSON_TYPE}, {".svg", "image/svg+xml"},
		{".png", "image/png"}, {".webp", "image/webp"}, {".ico", "image/x-icon"}, {".woff2", "font/woff2"},
		{".woff", "font/woff"}, {".txt", "text/plain; charset=utf-8"}, {".webmanifest", "application/manifest+json"},
		{".xml", "application/xml; charset=utf-8"}, {".map", JSON_TYPE},
	};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
		if (strcmp(dot, types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}
