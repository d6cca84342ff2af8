#include "http/access.h"

#include "base/clock.h"
#include "http/budget.h"
#include "http/client.h"
#include "http/framing.h"
#include "http/log.h"
#include "http/patience.h"
#include "http/request.h"
#include "http/upload.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* A body that is refused is read past up to here, so that the client comes to read the reply; then the connection is
   cut. */
#define DROP_MAX (1024 * 1024)

/* libmicrohttpd keeps each parameter, beside the request line; of more than it has room for it makes a connection that nobody answers until
   its time is over, and whose request it does not end. */
#define PARAMETERS_MAX 256
#define PARAMETER_BYTES 64
#define LINE_BYTES_MAX (24 * 1024)

static bool has_too_many_parameters(const char *uri)
{
	size_t count = 0;
	for (const char *at = strchr(uri, '?'); at && count <= PARAMETERS_MAX; at = strchr(at + 1, '&'))
		count++;
	return count > PARAMETERS_MAX || (count > 0 && strlen(uri) + count * PARAMETER_BYTES > LINE_BYTES_MAX);
}

static void cut_off(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (info)
		shutdown(info->connect_fd, SHUT_RDWR);
}

static spi_exchange *exchange_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

/* "http://host/path" is asked of us as "/path" is (RFC 9112, 3.2.2). */
static const char *path_of(const char *uri)
{
	static const char *const schemes[] = {"http://", "https://"};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		if (strncasecmp(uri, schemes[i], strlen(schemes[i])) != 0)
			continue;
		const char *path = uri + strlen(schemes[i]);
		path += strcspn(path, "/?");
		return *path == '/' ? path : "/";
	}
	return uri;
}

void *spi_access_begin(void *data, const char *uri, struct MHD_Connection *connection)
{
	if (has_too_many_parameters(uri)) {
		cut_off(connection);
		return NULL;
	}
	spi_worker *worker = spi_worker_of_thread(data);
	spi_request *request = worker ? spi_worker_take(worker) : NULL;
	if (!request)
		return NULL;
	uri = path_of(uri);
	size_t len = strnlen(uri, SPI_URL_MAX + 1);
	request->uri_too_long = len > SPI_URL_MAX;
	sp_buffer_add(&request->uri, uri, request->uri_too_long ? SPI_URL_MAX : len);
	request->exchange = exchange_of(connection);
	spi_exchange_hold(request->exchange, request);
	return request;
}

static enum MHD_Result note_header(void *data, enum MHD_ValueKind kind, const char *name, size_t name_len, const char *value, size_t value_len)
{
	(void)kind;
	spi_request *request = data;
	if (request->headers_count == SPI_HEADERS_MAX) {
		request->too_many_headers = true;
		return MHD_NO;
	}
	request->bad_line = request->bad_line || name != request->line;
	request->line = value ? value + value_len + SPI_LINE_END : NULL;
	if (!spi_framing_is_header(name, name_len, value ? value : "", value ? value_len : 0))
		request->bad_header = true;
	request->headers[request->headers_count++] = (spi_pair){name, value ? value : ""};
	return MHD_YES;
}

/* libmicrohttpd before 1.0 ends a line at LF alone, too, and of a line that goes on in the next one it glues the rest to the header's name:
   "Content-Lengt: 67" and " h" are a Content-Length to it, which no proxy sees. What it hands out lies where it came, so that the places
   tell: each line begins CR and LF after the one before, and the head is as long as that makes. */
static void note_headers(spi_request *request, struct MHD_Connection *connection, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	request->line = version + strlen(version) + SPI_LINE_END;
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, note_header, request);
	bool is_whole = info && request->line && method + info->header_size == request->line + SPI_LINE_END;
	request->bad_line = (request->bad_line || !is_whole) && MHD_get_version()[0] == '0';
	request->line = NULL;
}

/* Who connected, and who it is: the same, but where a proxy of ours stands in between. */
static void find_client(spi_request *request, struct MHD_Connection *connection)
{
	const sp_server *server = request->worker->server;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *forwarded[SPI_HEADERS_MAX];
	size_t count = 0;
	spi_address peer = {0};
	if (!info || !info->client_addr || !spi_address_of(info->client_addr, &peer))
		return;
	request->peer_is_loopback = spi_address_is_loopback(&peer);
	for (size_t i = 0; i < request->headers_count && server->proxies_count > 0; i++)
		if (strcasecmp(request->headers[i].name, "X-Forwarded-For") == 0)
			forwarded[count++] = request->headers[i].value;
	spi_proxy_client(server->proxies, server->proxies_count, &peer, forwarded, count, &request->from);
}

/* Methods are told by constants, so that nothing a client makes up gets into logs. */
static const char *known_method(const char *method)
{
	static const char *const known[] = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], method) == 0)
			return known[i];
	return "OTHER";
}

static bool is_framed(spi_request *request, const char *version)
{
	const char *wrong = spi_framing_wrong(request, version);
	if (!wrong)
		return true;
	request->misframed = true;
	spi_problem(request, SPI_BAD_REQUEST, "%s", wrong);
	spi_reply_header(request, "Connection", "close");
	return false;
}

/* First call of a request: the headers are there, the body is not. */
static void begin(spi_request *request, struct MHD_Connection *connection, const char *method, const char *version)
{
	request->begun = true;
	request->connection = connection;
	request->began_us = spi_now_us();
	request->method = known_method(method);
	request->is_head = strcmp(request->method, "HEAD") == 0;
	request->body.max = SPI_BODY_MAX;
	atomic_fetch_add(&request->worker->server->in_flight, 1);
	spi_worker_new_id(request->worker, request->id);
	note_headers(request, connection, method, version);
	find_client(request, connection);
	if (request->too_many_headers)
		spi_problem(request, SPI_TOO_MANY_HEADERS, "a request may have up to %d headers", SPI_HEADERS_MAX);
	request->refused = request->too_many_headers || !is_framed(request, version) || !spi_request_parse_target(request) ||
		!spi_request_find_route(request);
	/* After the route, so that people are told by a page; before anything that costs. */
	if (!request->misframed && !spi_client_may_ask(request))
		request->refused = true;
	if (!request->refused) {
		request->body_max = request->route->body_max;
		request->refused = request->route->gate && !(spi_request_bind(request) && spi_client_may_go_on(request) && request->route->gate(request));
	}
	if (request->is_head)
		request->method = "GET";
}

/* Whether a refusal can wait until the body has been read past. */
static bool may_drop_body(const spi_request *request)
{
	const char *length = spi_request_header(request, "Content-Length");
	return !request->misframed && !spi_request_header(request, "Expect") && (!length || strtoull(length, NULL, 10) <= DROP_MAX);
}

static bool take_body(spi_request *request, const char *data, size_t len)
{
	if (!request->refused && request->route->body != SPI_BODY_NONE) {
		sp_buffer_add(&request->body, data, len);
		if (sp_buffer_ok(&request->body) && request->body.len <= request->body_max)
			return true;
		spi_problem(request, SPI_BODY_TOO_LARGE, "the body may have up to %u bytes", request->body_max);
		request->refused = true;
	}
	request->dropped += len;
	return request->dropped <= DROP_MAX;
}

/* How far a wait for the encoder, or for an identity provider, is. */
enum { NOT_WAITING, SUSPENDED, OVER };

void spi_request_go_on(spi_request *request)
{
	sp_server *server = request->worker->server;
	struct MHD_Connection *connection = request->connection;
	if (atomic_exchange(&request->wait, OVER) != SUSPENDED)
		return; /* whoever suspends it will see */
	request->resumed_us = spi_now_us();
	MHD_resume_connection(connection);
	atomic_fetch_sub(&server->asking, 1);
}

/* The encoder's queue always reports back: its deadline is short. */
static void wait_for_encoder(spi_request *request)
{
	sp_server *server = request->worker->server;
	struct MHD_Connection *connection = request->connection;
	MHD_suspend_connection(connection);
	if (atomic_exchange(&request->wait, SUSPENDED) != OVER)
		return; /* maybe another thread goes on with it already */
	request->resumed_us = spi_now_us();
	MHD_resume_connection(connection);
	atomic_fetch_sub(&server->asking, 1);
}

/* The writer thread's word that a write is certain; nothing of the request may be touched after the resume. */
static void write_done(sp_write *write, void *data)
{
	spi_request *request = data;
	sp_server *server = request->worker->server;
	struct MHD_Connection *connection = request->connection;
	atomic_store(&server->last_write, (int)write->status);
	request->resumed_us = spi_now_us();
	MHD_resume_connection(connection);
	atomic_fetch_sub(&server->writing, 1);
}

/* False, with the write's status set, when the server closes: a connection may not be left waiting then. */
static bool hand_over(spi_request *request)
{
	sp_server *server = request->worker->server;
	sp_write *write = request->write;
	write->done = write_done;
	write->arg = request;
	/* First counted, then looked: sp_server_stop() first says that it closes, then looks at the count. */
	atomic_fetch_add(&server->writing, 1);
	if (atomic_load(&server->closing)) {
		write->status = SP_ERR_BUSY;
		atomic_fetch_sub(&server->writing, 1);
		return false;
	}
	MHD_suspend_connection(request->connection);
	sp_status status = sp_store_submit(server->options.store, write);
	if (status) {
		write->status = status;
		write_done(write, request);
	}
	return true;
}

/* So many times a request waits for its thread to come round, and so long what was seen counts. A thread that serves nobody for GAP_US has
   come round. */
#define ROUNDS 3
#define SEEN_US 1000000
#define GAP_US 300
/* The encoder's deadline leaves a reply so much for all else. */
#define ALLOWED_US 40000

static void note_round(spi_request *request)
{
	spi_worker *worker = request->worker;
	int64_t now_us = spi_now_us();
	if (now_us - worker->left_us > GAP_US)
		worker->came_us = now_us;
	if (request->resumed_us > worker->came_us) /* those that can go on are looked up when a round begins */
		worker->came_us = request->resumed_us;
	if (request->resumed_us > 0) {
		int64_t waited_us = now_us - request->resumed_us;
		/* Who could go on in the middle of a round waits for half of it: the longest wait is a round. */
		worker->round_us = waited_us > worker->round_us ? waited_us : worker->round_us - (worker->round_us - waited_us) / 256;
		worker->round_at_us = now_us;
	}
	request->resumed_us = 0;
}

int64_t spi_request_rounds_us(const spi_request *request)
{
	const spi_worker *worker = request->worker;
	int64_t now_us = spi_now_us(), round_us = now_us - worker->came_us;
	if (now_us - worker->round_at_us < SEEN_US && worker->round_us > round_us)
		round_us = worker->round_us;
	return ROUNDS * round_us > ALLOWED_US ? ROUNDS * round_us - ALLOWED_US : 0;
}

/* Run the handler, or what comes after its write. */
static void step(spi_request *request)
{
	spi_handler *then = request->then;
	request->write = NULL;
	request->then = NULL;
	request->waits = false;
	note_round(request);
	atomic_store(&request->wait, NOT_WAITING);
	bool bound = then ? spi_request_rebind(request) : spi_request_bind(request) && spi_client_may_go_on(request);
	if (bound)
		(then ? then : request->route->handle)(request);
	request->worker->left_us = spi_now_us();
}

/* True when there is a reply to send, false when the request waits for the encoder or for the store. */
static bool run(spi_request *request)
{
	do {
		step(request);
		if (request->waits) {
			wait_for_encoder(request);
			return false;
		}
		if (request->write && hand_over(request))
			return false;
	} while (request->write);
	return true;
}

static enum MHD_Result answer(spi_request *request, struct MHD_Connection *connection)
{
	const spi_worker *worker = request->worker;
	bool in_chunks = spi_request_header(request, "Transfer-Encoding");
	if (!request->reply.status || !sp_buffer_ok(&request->out)) {
		spi_log_error(request, SP_ERR_INTERNAL, NULL);
		spi_problem(request, SPI_INTERNAL, "the reply could not be made");
	}
	spi_order_leave(&worker->server->order, request);
	spi_client_was_refused(request);
	if (in_chunks && !request->misframed)
		spi_reply_header(request, "Connection", "close"); /* framing.h */
	request->answered = true;
	enum MHD_Result sent = spi_send(request, connection);
	spi_exchange_begin(request->exchange, request->reply.len);
	request->took_us = spi_now_us() - request->began_us;
	sp_metrics_request(worker->server->metrics, request->route_number, request->reply.status, request->took_us);
	return sent;
}

enum MHD_Result spi_access_handle(void *data, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *upload_data, size_t *upload_data_size, void **context)
{
	spi_request *request = *context;
	(void)data, (void)url;
	if (!request)
		return MHD_NO;
	if (!request->arena && !(request->arena = sp_arena_new(0)))
		return MHD_NO;
	if (!request->begun) {
		begin(request, connection, method, version);
		return request->refused && !may_drop_body(request) ? answer(request, connection) : MHD_YES;
	}
	if (*upload_data_size > 0) {
		bool go_on = take_body(request, upload_data, *upload_data_size);
		spi_exchange_moved(request->exchange, *upload_data_size);
		*upload_data_size = 0;
		return go_on ? MHD_YES : MHD_NO;
	}
	spi_exchange_ours(request->exchange);
	if (!request->refused && !run(request))
		return MHD_YES;
	return answer(request, connection);
}

void spi_access_end(void *data, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
	spi_request *request = *context;
	sp_server *server = data;
	(void)connection;
	if (!request)
		return;
	*context = NULL;
	spi_exchange_hold(request->exchange, NULL);
	spi_exchange_begin(request->exchange, 0);
	spi_upload_end(request);
	spi_order_leave(&server->order, request);
	if (request->begun) {
		bool aborted = !request->answered || code == MHD_REQUEST_TERMINATED_WITH_ERROR ||
			code == MHD_REQUEST_TERMINATED_CLIENT_ABORT;
		if (aborted)
			sp_metrics_count(server->metrics, SP_COUNT_ABORTED);
		spi_log_access(request, request->answered ? request->reply.status : 499, request->reply.len);
		atomic_fetch_sub(&server->in_flight, 1);
	}
	spi_worker_give_back(request->worker, request);
}

void spi_access_closed(void *data, struct MHD_Connection *connection, spi_exchange *exchange)
{
	void *request = spi_exchange_held(exchange);
	if (request)
		spi_access_end(data, connection, &request, MHD_REQUEST_TERMINATED_WITH_ERROR);
}
