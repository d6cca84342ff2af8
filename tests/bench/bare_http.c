/* The limit of our HTTP path: libmicrohttpd with the same threads and flags, that parses the same JSON and returns JSON of the same
   size, and does nothing else; to a GET it returns so many bytes that lie ready. usage: bare_http THREADS REPLY_BYTES; prints
   `listening on 127.0.0.1:PORT`. */
#include <jansson.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX 65536

struct body {
	size_t len;
	char bytes[BODY_MAX];
};

static size_t reply_bytes;
static char *page;

static enum MHD_Result reply_page(struct MHD_Connection *connection)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(reply_bytes, page, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "text/html");
	enum MHD_Result result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result reply(struct MHD_Connection *connection, const struct body *body)
{
	json_error_t problem;
	json_t *in = json_loadb(body->bytes, body->len, 0, &problem);
	const char *message = in ? json_string_value(json_object_get(in, "message")) : NULL;
	char *filler = malloc(reply_bytes + 1);
	memset(filler, 'x', reply_bytes);
	filler[reply_bytes] = '\0';
	json_t *out = json_pack("{s:s, s:i}", "text", filler, "len", (int)(message ? strlen(message) : 0));
	char *text = json_dumps(out, JSON_COMPACT);
	struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
	MHD_add_response_header(response, "Content-Type", "application/json");
	enum MHD_Result result = MHD_queue_response(connection, in ? 200 : 400, response);
	MHD_destroy_response(response);
	json_decref(out);
	json_decref(in);
	free(filler);
	return result;
}

static enum MHD_Result on_access(void *cls, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
	const char *upload, size_t *upload_len, void **context)
{
	(void)cls, (void)url, (void)version;
	struct body *body = *context;
	if (!body) {
		*context = body = malloc(sizeof *body);
		body->len = 0;
		return MHD_YES;
	}
	if (*upload_len > 0) {
		size_t room = BODY_MAX - body->len, take = *upload_len < room ? *upload_len : room;
		memcpy(body->bytes + body->len, upload, take);
		body->len += take;
		*upload_len = 0;
		return MHD_YES;
	}
	return strcmp(method, "GET") == 0 ? reply_page(connection) : reply(connection, body);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
	(void)cls, (void)connection, (void)code;
	free(*context);
	*context = NULL;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	reply_bytes = (size_t)atol(argv[2]);
	page = malloc(reply_bytes + 1);
	memset(page, 'x', reply_bytes);
	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_access, NULL,
		MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)atoi(argv[1]),
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
	if (!daemon)
		return 3;
	printf("listening on 127.0.0.1:%u\n", (unsigned)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	int number;
	sigwait(&signals, &number);
	MHD_stop_daemon(daemon);
	free(page);
	return 0;
}
