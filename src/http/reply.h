/* Replies: all of them go through here, so that headers, errors, ETags and compression are the same everywhere.
   A handler writes the body into request->out and calls one of these once; access.c sends what they leave. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "sportello/buffer.h"
#include "sportello/status.h"

#include <stdbool.h>
#include <stddef.h>

struct spi_request;

#define SPI_REPLY_HEADERS_MAX 12

typedef struct spi_reply {
	int status;            /* 0 = no reply yet */
	const char *type;      /* Content-Type; NULL without a body */
	const char *etag;      /* with quotes, W/ in front when weak; NULL = none */
	const char *data;      /* NULL = request->out */
	size_t len;
	const char *gzip;      /* the same, compressed beforehand; NULL = none */
	size_t gzip_len;
	bool is_page;          /* gets the pages' Content-Security-Policy */
	bool has_cache;        /* says its own cache rule instead of the route's */
	int cache;             /* spi_cache */
	struct { const char *name, *value; } headers[SPI_REPLY_HEADERS_MAX];
	size_t headers_count;
} spi_reply;

/* The body is what stands in request->out: JSON, an HTML page, or any other type (static text). HEAD needs no care: the
   body is composed as for GET and not sent. Textual bodies of 1 kB or more are compressed when the client takes gzip. */
void spi_reply_json(struct spi_request *request, int status);
void spi_reply_html(struct spi_request *request, int status);
void spi_reply_text(struct spi_request *request, int status, const char *type);
/* JSON with an ETag made from the body: 304 when the client has this very body already. Only for 200. */
void spi_reply_json_tagged(struct spi_request *request);
/* The same of any type, where the body's hash is known. */
void spi_reply_tagged_as(struct spi_request *request, const char *type, uint64_t hash);
uint64_t spi_reply_hash(const struct spi_request *request);
/* A body that lives as long as the program (or, in the arena, as the request). gzip: the same compressed, or NULL.
   etag with quotes; 304 when the client has it. The name says the type: spi_type_of(). */
void spi_reply_static(struct spi_request *request, const char *type, const void *data, size_t len, const void *gzip,
	size_t gzip_len, const char *etag);
/* Content-Type for a file name's ending; "application/octet-stream" when unknown. Static. */
const char *spi_type_of(const char *name);
/* 303 (after a form), 301, 302, 307, 308. location is copied into the arena. */
void spi_reply_redirect(struct spi_request *request, int status, const char *location);
/* 204. */
void spi_reply_empty(struct spi_request *request);
/* One more header; name static, value in the arena or static. Before or after the call that leaves the reply. */
void spi_reply_header(struct spi_request *request, const char *name, const char *value);
/* Another cache rule than the route's (spi_cache). */
void spi_reply_cache(struct spi_request *request, int cache);
/* Note the ETag; true, with a 304 in place, when If-None-Match has it. */
bool spi_reply_not_modified(struct spi_request *request, const char *etag);
/* Whether a list of entity tags (If-Match, If-None-Match) holds one, or *; weak and strong ones count as the same. */
bool spi_etag_listed(const char *list, const char *etag);

/* ---- errors: RFC 9457 ---- */

/* X(enum, HTTP status, last part of urn:sportello:problem:…, title) */
#define SPI_PROBLEM_LIST(X) \
	X(SPI_BAD_REQUEST, 400, "bad-request", "The request cannot be understood") \
	X(SPI_MALFORMED_JSON, 400, "malformed-json", "The body is not well-formed JSON") \
	X(SPI_WRONG_TYPE, 400, "wrong-type", "A member has the wrong type") \
	X(SPI_MISSING_MEMBER, 400, "missing-member", "A member is missing") \
	X(SPI_UNKNOWN_MEMBER, 400, "unknown-member", "The body has a member that this call does not know") \
	X(SPI_BAD_VALUE, 400, "bad-value", "A value is not one that this call takes") \
	X(SPI_UNKNOWN_LANGUAGE, 400, "unknown-language", "The language is not one of this service") \
	X(SPI_MESSAGE_TOO_LONG, 400, "message-too-long", "The message is too long") \
	X(SPI_EMPTY_MESSAGE, 400, "empty-message", "The message is empty") \
	X(SPI_UNAUTHORIZED, 401, "unauthorized", "A valid token is needed") \
	X(SPI_FORBIDDEN, 403, "forbidden", "This token may not do that") \
	X(SPI_NOT_FOUND, 404, "not-found", "There is nothing here") \
	X(SPI_METHOD_NOT_ALLOWED, 405, "method-not-allowed", "This address does not take this method") \
	X(SPI_CONFLICT, 409, "conflict", "That is not possible in the present state") \
	X(SPI_GONE, 410, "gone", "It was here and is not any more") \
	X(SPI_PRECONDITION_FAILED, 412, "precondition-failed", "It was changed by somebody else in the meantime") \
	X(SPI_BODY_TOO_LARGE, 413, "body-too-large", "The body is too large") \
	X(SPI_URL_TOO_LONG, 414, "url-too-long", "The address is too long") \
	X(SPI_WRONG_CONTENT_TYPE, 415, "wrong-content-type", "The body has another content type than this call takes") \
	X(SPI_INVALID_FIELDS, 422, "invalid-fields", "Some fields are not right") \
	X(SPI_INTERNAL_TEXT, 422, "internal-text", "The text holds what is not for the person") \
	X(SPI_KEY_REUSED, 422, "idempotency-key-reused", "This Idempotency-Key was used with another body") \
	X(SPI_TOO_MANY_REQUESTS, 429, "too-many-requests", "Too many requests") \
	X(SPI_TOO_MANY_HEADERS, 431, "too-many-headers", "The request has too many headers") \
	X(SPI_INTERNAL, 500, "internal", "Something went wrong on our side") \
	X(SPI_UNSUPPORTED, 501, "unsupported", "This build cannot do that") \
	X(SPI_UNAVAILABLE, 503, "unavailable", "The service cannot do that right now")
typedef enum spi_problem_kind {
#define SPI_PROBLEM_ENUM(name, status, slug, title) name,
	SPI_PROBLEM_LIST(SPI_PROBLEM_ENUM)
#undef SPI_PROBLEM_ENUM
	SPI_PROBLEM_COUNT
} spi_problem_kind;

/* Leave an error: {type, title, status, detail}. detail says what is wrong and the remedy. */
void spi_problem(struct spi_request *request, spi_problem_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same about one member or parameter: {…, "field": field}. */
void spi_problem_field(struct spi_request *request, spi_problem_kind kind, const char *field, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same with more members: write them with the writer that comes back, then call spi_problem_end(). For a page the
   members go nowhere. */
sp_json *spi_problem_begin(struct spi_request *request, spi_problem_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void spi_problem_end(struct spi_request *request);
/* What a call of the library reported; its text is told for 4xx, and only logged for 5xx. */
void spi_reply_error(struct spi_request *request, sp_status status, const sp_error *err);

#endif
