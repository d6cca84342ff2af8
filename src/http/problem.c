/* Errors, as problem+json (RFC 9457) or as a page. */
#include "http/log.h"
#include "http/reply.h"
#include "http/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct { int status; const char *slug, *title; } kinds[] = {
#define SPI_PROBLEM_ROW(name, status, slug, title) [name] = {status, slug, title},
	SPI_PROBLEM_LIST(SPI_PROBLEM_ROW)
#undef SPI_PROBLEM_ROW
};

static sp_json *begin(spi_request *request, spi_problem_kind kind, const char *format, va_list args)
{
	char detail[SP_ERROR_TEXT_MAX + 256], urn[96];
	vsnprintf(detail, sizeof detail, format, args);
	request->problem_kind = (int)kind;
	request->problem_detail = sp_arena_strdup(request->arena, detail);
	request->reply = (spi_reply){0};
	sp_buffer_clear(&request->out);
	sp_json *json = &request->writer;
	sp_json_init(json, &request->out);
	sp_json_object(json, NULL);
	snprintf(urn, sizeof urn, "urn:sportello:problem:%s", kinds[kind].slug);
	sp_json_string(json, "type", urn);
	sp_json_string(json, "title", kinds[kind].title);
	sp_json_int(json, "status", kinds[kind].status);
	sp_json_string(json, "detail", detail);
	snprintf(urn, sizeof urn, "urn:sportello:request:%s", request->id);
	sp_json_string(json, "instance", urn);
	return json;
}

static bool wants_page(const spi_request *request)
{
	if (request->route)
		return request->route->page;
	return request->path && strncmp(request->path, "/v1/", 4) != 0 && spi_request_accepts(request, "text/html");
}

void spi_problem_end(spi_request *request)
{
	int status = kinds[request->problem_kind].status;
	spi_reply_cache(request, SPI_CACHE_NEVER);
	if (wants_page(request)) {
		sp_buffer_clear(&request->out);
		spi_page_problem(request, status, kinds[request->problem_kind].title,
			request->problem_detail ? request->problem_detail : "");
	} else {
		sp_json_object_end(&request->writer);
		spi_reply_text(request, status, "application/problem+json");
	}
	if (status == 503)
		spi_reply_header(request, "Retry-After", "2");
}

sp_json *spi_problem_begin(spi_request *request, spi_problem_kind kind, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	sp_json *json = begin(request, kind, format, args);
	va_end(args);
	return json;
}

void spi_problem(spi_request *request, spi_problem_kind kind, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	begin(request, kind, format, args);
	va_end(args);
	spi_problem_end(request);
}

void spi_problem_field(spi_request *request, spi_problem_kind kind, const char *field, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	sp_json_string(begin(request, kind, format, args), "field", field);
	va_end(args);
	spi_problem_end(request);
}

static spi_problem_kind kind_of(sp_status status)
{
	switch (status) {
	case SP_ERR_USAGE: case SP_ERR_INVALID: return SPI_BAD_VALUE;
	case SP_ERR_DENIED: return SPI_FORBIDDEN;
	case SP_ERR_NOT_FOUND: return SPI_NOT_FOUND;
	case SP_ERR_CONFLICT: return SPI_CONFLICT;
	case SP_ERR_TOO_LARGE: return SPI_BODY_TOO_LARGE;
	case SP_ERR_UNSUPPORTED: return SPI_UNSUPPORTED;
	case SP_ERR_CHANGED: case SP_ERR_BUSY: case SP_ERR_NOMEM: case SP_ERR_FULL: case SP_ERR_IO: case SP_ERR_CORRUPT:
	case SP_ERR_NEWER: return SPI_UNAVAILABLE;
	default: return SPI_INTERNAL;
	}
}

void spi_reply_error(spi_request *request, sp_status status, const sp_error *err)
{
	spi_problem_kind kind = kind_of(status);
	if (kinds[kind].status < 500) {
		spi_problem(request, kind, "%s", err && err->text[0] ? err->text : sp_status_name(status));
		return;
	}
	spi_log_error(request, status, err);
	if (status == SP_ERR_CORRUPT) /* waiting does not mend it */
		spi_problem(request, kind, "what is stored of this is damaged (corrupt); whoever runs the service can restore it from a backup");
	else
		spi_problem(request, kind, "try again in a moment (%s)", sp_status_name(status));
}
