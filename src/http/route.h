/* The table of routes: one row says all there is to say about a call. It feeds dispatch, 404 and 405 with Allow,
   OPTIONS and CORS, limits, caching, metrics, and the test that compares it with web/openapi.json. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spi_request;

/* Does the call: reads the request, leaves a reply in it (reply.h), or asks for a write (request.h) and returns. */
typedef void spi_handler(struct spi_request *request);

typedef enum spi_who {
	SPI_ANYONE,
	SPI_AGENTS,   /* role agent or admin */
	SPI_EDITORS,  /* role editor or admin */
	SPI_MANAGERS, /* role manager or admin */
	SPI_CURATORS, /* role editor, manager or admin */
	SPI_STAFF,    /* any role but reader */
	SPI_ADMINS,   /* role admin */
} spi_who;

typedef enum spi_body {
	SPI_BODY_NONE, /* a body is read past and dropped */
	SPI_BODY_JSON, /* application/json */
	SPI_BODY_FORM, /* application/x-www-form-urlencoded */
	SPI_BODY_FILE, /* a file, of any type, or a form with one (upload.h); its gate says how large */
} spi_body;

typedef enum spi_cache {
	SPI_CACHE_NEVER,   /* no-store: personal, or true only now */
	SPI_CACHE_CHECK,   /* no-cache: may be kept, must be asked for again (ETag) */
	SPI_CACHE_HOUR,    /* public, max-age=3600 */
	SPI_CACHE_FOREVER, /* public, max-age=31536000, immutable: the name changes with the content */
} spi_cache;

#define SPI_BODY_MAX (64 * 1024)
#define SPI_PARAMS_MAX 4

typedef struct spi_route {
	const char *method;  /* "GET" (HEAD goes with it), "POST", "PATCH" */
	const char *pattern; /* "/v1/articles/{id}"; a last segment "{name...}" takes the rest of the path, slashes too */
	spi_handler *handle;
	spi_who who;
	spi_body body;
	uint32_t body_max;   /* most bytes; 0 with SPI_BODY_NONE */
	/* Asked when the headers are there and the caller is known, before the body is read. False with a reply in place. NULL = none */
	bool (*gate)(struct spi_request *request);
	spi_cache cache;
	bool cors;           /* other sites' pages may call it, without a token (widget.js) */
	bool replay;         /* can be a replay's (replay.h) */
	bool form_token;     /* its form needs a form token from who is signed in (those of routes that are not for anyone always do) */
	bool page;           /* for people: errors are pages (spi_page_problem), an unknown ?lang falls back */
	bool always;         /* works while the knowledge base cannot be read: no config, no caller is looked up */
	const char *metric;  /* name in /metrics and in the log: "chat", "page-article" */
} spi_route;

/* Both end with a row whose method is NULL. */
extern const spi_route spi_api_routes[];  /* routes.c */
extern const spi_route spi_page_routes[]; /* pages.c */

/* An error as a page, in the language of the request; status, title and detail as for problem+json. Leaves an HTML
   reply (spi_reply_html). Called in the place of problem+json for routes with `page`, and for unknown paths outside /v1/ when
   the client accepts text/html. request->config may be NULL. In pages.c. */
void spi_page_problem(struct spi_request *request, int status, const char *title, const char *detail);

/* All rows of both tables; number is the place in both, API first. */
size_t spi_routes_count(void);
const spi_route *spi_routes_at(size_t number);

typedef struct spi_match {
	const spi_route *route; /* NULL: no such path, or not with this method */
	size_t number;
	bool path_known;        /* some method has this path */
	struct { const char *text; size_t len; } params[SPI_PARAMS_MAX]; /* still percent-encoded */
	size_t params_count;
} spi_match;

/* Find the route of a method ("HEAD" finds GET's) and a path as it stands in the request line, without the query. */
spi_match spi_routes_match(const char *method, const char *path, size_t path_len);
/* Methods that some path takes. */
#define SPI_METHODS "GET, HEAD, POST, PATCH, DELETE, OPTIONS"
/* Methods that a path takes, "GET, HEAD, POST, OPTIONS", into ret. */
void spi_routes_allow(const char *path, size_t path_len, char *ret, size_t ret_size);

#endif
