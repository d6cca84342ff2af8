#include "http/upload.h"

#include "base/clock.h"
#include "http/tickets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BOUNDARY_MAX 70

/* ---- before the body ---- */

/* A place among those that hold a file in memory. */
static bool take_place(spi_request *request)
{
	atomic_uint *uploads = &request->worker->server->uploads;
	if (atomic_fetch_add(uploads, 1) < SPI_UPLOADS_MAX) {
		request->uploads = true;
		return true;
	}
	atomic_fetch_sub(uploads, 1);
	spi_problem(request, SPI_UNAVAILABLE, "too many files are being sent right now; try again in a moment");
	return false;
}

/* So many a minute of all citizens together. */
static bool is_in_time(spi_request *request)
{
	spi_limit *limit = &request->worker->server->files;
	if (request->caller.subject)
		return true;
	if (!spi_limit_open(limit, request->began_us)) {
		spi_problem(request, SPI_TOO_MANY_REQUESTS, "too many files in a short time; try again in a minute");
		spi_reply_header(request, "Retry-After", "30");
		return false;
	}
	spi_limit_spend(limit, request->began_us);
	return true;
}

bool spi_upload_gate(spi_request *request)
{
	sp_ticket ticket;
	const char *length = spi_request_header(request, "Content-Length");
	if (spi_ticket_access(request, &ticket) == SPI_TICKET_NOBODY)
		return false;
	const sp_kb_config *config = request->config;
	request->body_max = config->attachments.max_bytes + SPI_UPLOAD_OVERHEAD;
	request->body.max = request->body_max + 1;
	if (config->attachments.max == 0) {
		spi_problem(request, SPI_CONFLICT, "this service takes no files");
		return false;
	}
	if (length && strtoull(length, NULL, 10) > request->body_max) {
		spi_problem(request, SPI_BODY_TOO_LARGE, "a file may have up to %u bytes", config->attachments.max_bytes);
		return false;
	}
	return is_in_time(request) && take_place(request);
}

void spi_upload_end(spi_request *request)
{
	if (request->uploads)
		atomic_fetch_sub(&request->worker->server->uploads, 1);
	request->uploads = false;
}

/* ---- parameters of headers ---- */

/* `name="value"` or name=value of a header like Content-Disposition; the text within the quotes. False when it is not there. */
static bool parameter(const char *header, const char *name, const char **ret, size_t *ret_len)
{
	size_t name_len = strlen(name);
	for (const char *at = strchr(header, ';'); at; at = strchr(at, ';')) {
		at += 1 + strspn(at + 1, " \t");
		if (strncasecmp(at, name, name_len) != 0 || at[name_len] != '=')
			continue;
		at += name_len + 1;
		bool quoted = *at == '"';
		*ret = at + quoted;
		*ret_len = quoted ? strcspn(*ret, "\"") : strcspn(*ret, "; \t\r\n");
		return true;
	}
	return false;
}

/* The name of a file: filename*=UTF-8''… (RFC 6266), else filename="…". NULL when there is none. */
static const char *file_name(const char *disposition, sp_arena *arena)
{
	const char *text;
	size_t len;
	if (parameter(disposition, "filename*", &text, &len) && len > 7 && strncasecmp(text, "UTF-8''", 7) == 0)
		return spi_percent_decode(text + 7, len - 7, false, arena);
	return parameter(disposition, "filename", &text, &len) ? sp_arena_strndup(arena, text, len) : NULL;
}

/* ---- multipart/form-data ---- */

typedef struct part { const char *headers, *data; size_t len; } part;

static bool bad_form(spi_request *request)
{
	spi_problem(request, SPI_BAD_REQUEST, "the form cannot be read");
	return false;
}

/* One part's headers as a text, lines by CRLF; its data. */
static bool read_part(spi_request *request, const char *from, const char *end, part *ret)
{
	/* A mark that follows at once upon another one leaves no line end between them. */
	const char *blank = from <= end ? memmem(from, (size_t)(end - from), "\r\n\r\n", 4) : NULL;
	if (!blank)
		return false;
	ret->headers = sp_arena_strndup(request->arena, from, (size_t)(blank - from));
	ret->data = blank + 4;
	ret->len = (size_t)(end - ret->data);
	return ret->headers != NULL;
}

static bool take_part(spi_request *request, const part *p, spi_upload *ret)
{
	const char *disposition = strcasestr(p->headers, "Content-Disposition:"), *name;
	size_t len;
	char *line = disposition ? sp_arena_strndup(request->arena, disposition, strcspn(disposition, "\r\n")) : NULL;
	if (!line || !parameter(line, "name", &name, &len))
		return false;
	if (len == 4 && memcmp(name, "file", 4) == 0) {
		if (ret->data && ret->len > 0) /* one file a request; empty choosers do not count */
			return p->len == 0;
		ret->data = p->data;
		ret->len = p->len;
		ret->name = file_name(line, request->arena);
		return true;
	}
	if (ret->fields_count == SPI_UPLOAD_FIELDS)
		return false;
	const char *key = sp_arena_strndup(request->arena, name, len), *value = sp_arena_strndup(request->arena, p->data, p->len);
	ret->fields[ret->fields_count++] = (spi_pair){key ? key : "", value ? value : ""};
	return key && value;
}

static bool read_form(spi_request *request, const char *type, spi_upload *ret)
{
	const char *text, *body = sp_buffer_text(&request->body), *end = body + request->body.len;
	size_t len;
	char mark[BOUNDARY_MAX + 8];
	if (!parameter(type, "boundary", &text, &len) || len == 0 || len > BOUNDARY_MAX)
		return bad_form(request);
	size_t mark_len = (size_t)snprintf(mark, sizeof mark, "\r\n--%.*s", (int)len, text);
	/* The first one stands at the very beginning, without its line end. */
	if ((size_t)(end - body) < mark_len || memcmp(body, mark + 2, mark_len - 2) != 0)
		return bad_form(request);
	for (const char *at = body + mark_len - 2; end - at >= 2 && memcmp(at, "--", 2) != 0;) {
		part p;
		const char *next = memmem(at, (size_t)(end - at), mark, mark_len);
		if (!next || memcmp(at, "\r\n", 2) != 0 || !read_part(request, at + 2, next, &p) || !take_part(request, &p, ret))
			return bad_form(request);
		at = next + mark_len;
	}
	return true;
}

bool spi_upload_read(spi_request *request, spi_upload *ret)
{
	const char *type = spi_request_header(request, "Content-Type");
	*ret = (spi_upload){0};
	if (type && strncasecmp(type, "multipart/form-data", 19) == 0)
		return read_form(request, type, ret);
	const char *disposition = spi_request_header(request, "Content-Disposition");
	ret->data = sp_buffer_text(&request->body);
	ret->len = request->body.len;
	ret->name = disposition ? file_name(disposition, request->arena) : NULL;
	return true;
}

const char *spi_upload_field(const spi_upload *upload, const char *name)
{
	for (size_t i = 0; i < upload->fields_count; i++)
		if (strcmp(upload->fields[i].name, name) == 0)
			return upload->fields[i].value;
	return NULL;
}
