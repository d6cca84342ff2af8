/* From the reply that a handler left to libmicrohttpd's response: headers that are the same everywhere, compression. */
#include "http/access.h"
#include "http/request.h"

#include <string.h>

#define GZIP_FROM 1024

static const char page_policy[] =
	"default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static const char *const cache_rules[] = {
	[SPI_CACHE_NEVER] = "no-store",
	[SPI_CACHE_CHECK] = "no-cache",
	[SPI_CACHE_HOUR] = "public, max-age=3600",
	[SPI_CACHE_FOREVER] = "public, max-age=31536000, immutable",
};

static bool is_textual(const char *type)
{
	return type && (strncmp(type, "text/", 5) == 0 || strstr(type, "json") || strstr(type, "xml") ||
		strstr(type, "javascript"));
}

static bool takes_gzip(const spi_request *request)
{
	const char *header = spi_request_header(request, "Accept-Encoding");
	const char *gzip = header ? strcasestr(header, "gzip") : NULL;
	if (!gzip)
		return false;
	gzip += 4 + strspn(gzip + 4, " ");
	return !(strncmp(gzip, ";q=0", 4) == 0 && strspn(gzip + 3, "=0.") == strcspn(gzip + 3, ", "));
}

/* Choose the bytes to send. True when they are compressed. */
static bool choose_body(spi_request *request)
{
	spi_reply *reply = &request->reply;
	sp_buffer *packed = &request->body; /* not needed any more, and it lives as long as the reply */
	if (!reply->data) {
		reply->data = sp_buffer_text(&request->out);
		reply->len = request->out.len;
	}
	if (reply->len < GZIP_FROM || !is_textual(reply->type) || !takes_gzip(request))
		return false;
	if (reply->gzip) {
		reply->data = reply->gzip;
		reply->len = reply->gzip_len;
		return true;
	}
	/* A strong tag names these very bytes. */
	if (reply->etag && strncmp(reply->etag, "W/", 2) != 0)
		return false;
	packed->max = 0;
	if (!spi_worker_gzip(request->worker, reply->data, reply->len, packed))
		return false;
	reply->data = packed->data;
	reply->len = packed->len;
	return true;
}

static void add(struct MHD_Response *response, const char *name, const char *value)
{
	if (value)
		MHD_add_response_header(response, name, value);
}

static void add_cache(const spi_request *request, struct MHD_Response *response)
{
	const spi_reply *reply = &request->reply;
	const spi_route *route = request->route;
	int cache = reply->has_cache ? reply->cache : route ? (int)route->cache : SPI_CACHE_NEVER;
	if (request->caller.session && !(route && route->always))
		cache = SPI_CACHE_NEVER; /* machines are shared: what was read must not be there after signing out */
	add(response, "Cache-Control", cache_rules[cache]);
	if (cache == SPI_CACHE_CHECK)
		add(response, "Vary", "Accept-Encoding, Accept-Language, Authorization, Cookie");
	else if (is_textual(reply->type))
		add(response, "Vary", "Accept-Encoding");
}

static void add_security(const spi_request *request, struct MHD_Response *response)
{
	add(response, "X-Content-Type-Options", "nosniff");
	/* Addresses of conversations and tickets carry their secret. */
	add(response, "Referrer-Policy", "same-origin");
	if (request->worker->server->tls)
		add(response, "Strict-Transport-Security", "max-age=31536000");
	add(response, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
	if (!request->reply.is_page)
		return;
	add(response, "Content-Security-Policy", page_policy);
	/* A page of another site that opened this one has no hold on it. */
	add(response, "Cross-Origin-Opener-Policy", "same-origin");
}

/* Pages of other sites may read what anybody may read: never with a token. */
static void add_cors(const spi_request *request, struct MHD_Response *response)
{
	if (!request->route || !request->route->cors || request->caller.subject || spi_request_header(request, "Authorization"))
		return;
	add(response, "Access-Control-Allow-Origin", "*");
	add(response, "Access-Control-Expose-Headers", "X-Request-Id, Location, Retry-After, Idempotency-Replayed");
}

enum MHD_Result spi_send(spi_request *request, struct MHD_Connection *connection)
{
	spi_reply *reply = &request->reply;
	bool packed = choose_body(request);
	/* The bytes live in the request or in the program until spi_access_end(). */
	struct MHD_Response *response = MHD_create_response_from_buffer(reply->len, (void *)reply->data,
		MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	add(response, "Content-Type", reply->type);
	add(response, "X-Request-Id", request->id);
	add(response, "ETag", reply->etag);
	if (packed)
		add(response, "Content-Encoding", "gzip");
	add_cache(request, response);
	add_security(request, response);
	add_cors(request, response);
	for (size_t i = 0; i < reply->headers_count; i++)
		add(response, reply->headers[i].name, reply->headers[i].value);
	if (atomic_load(&request->worker->server->stopping))
		add(response, "Connection", "close");
	enum MHD_Result queued = MHD_queue_response(connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return queued;
}
