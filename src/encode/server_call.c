#include "encode/server_call.h"

#include "base/clock.h"
#include "base/file.h"
#include "encode/server_reply.h"

#include <curl/curl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TIMEOUT_MS 5000
#define KEY_FILE_MAX 4096
#define BEARER "Authorization: Bearer "
/* A server that says for how long it is busy is asked again after up to so long; one that does not say, after a moment. */
#define WAIT_MAX_MS 1000
#define WAIT_MS 100

/* A handle keeps its connection open, so that the next call finds it made. */
typedef struct line {
	struct line *next; /* of the free ones */
	CURL *curl;
	char error[CURL_ERROR_SIZE];
} line;

struct spi_server_call {
	char *url;     /* with what the address holds of user and password */
	char *address; /* without */
	char *key;     /* NULL = none */
	bool is_local;
	unsigned timeout_ms;
	atomic_bool stops;
	struct curl_slist *headers;
	pthread_mutex_t lock;
	line *free_lines; /* as many as were ever in use at once; under lock */
};

/* ---- address and key ---- */

static bool ends_with(const char *text, size_t len, const char *end)
{
	size_t end_len = strlen(end);
	return len >= end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

/* People give the server, its /v1 or the whole path. */
static CURLUcode complete_path(CURLU *url)
{
	char *path = NULL;
	sp_buffer whole = SP_BUFFER_INIT;
	CURLUcode code = curl_url_get(url, CURLUPART_PATH, &path, 0);
	if (code != CURLUE_OK)
		return code;
	size_t len = strlen(path);
	while (len > 0 && path[len - 1] == '/')
		len--;
	sp_buffer_add(&whole, path, len);
	if (!ends_with(path, len, "/embeddings"))
		sp_buffer_add_text(&whole, ends_with(path, len, "/v1") ? "/embeddings" : "/v1/embeddings");
	curl_free(path);
	code = sp_buffer_ok(&whole) ? curl_url_set(url, CURLUPART_PATH, sp_buffer_text(&whole), 0) : CURLUE_OUT_OF_MEMORY;
	sp_buffer_release(&whole);
	return code;
}

static CURLUcode copy_url(CURLU *url, char **ret)
{
	char *text = NULL;
	CURLUcode code = curl_url_get(url, CURLUPART_URL, &text, 0);
	if (code != CURLUE_OK)
		return code;
	*ret = strdup(text);
	curl_free(text);
	return *ret ? CURLUE_OK : CURLUE_OUT_OF_MEMORY;
}

/* No proxy stands between a program and its own machine, whatever the environment says of proxies. */
static CURLUcode look_at_host(CURLU *url, bool *ret_local)
{
	char *host = NULL;
	CURLUcode code = curl_url_get(url, CURLUPART_HOST, &host, 0);
	if (code == CURLUE_OK)
		*ret_local = strncmp(host, "127.", 4) == 0 || strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0;
	curl_free(host);
	return code;
}

static CURLUcode read_url(spi_server_call *call, CURLU *url, const char *given)
{
	static const CURLUPart hidden[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY};
	CURLUcode code = curl_url_set(url, CURLUPART_URL, given, 0);
	if (code == CURLUE_OK)
		code = curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
	if (code == CURLUE_OK)
		code = complete_path(url);
	if (code == CURLUE_OK)
		code = look_at_host(url, &call->is_local);
	if (code == CURLUE_OK)
		code = copy_url(url, &call->url);
	for (size_t i = 0; code == CURLUE_OK && i < sizeof hidden / sizeof *hidden; i++)
		code = curl_url_set(url, hidden[i], NULL, 0);
	return code == CURLUE_OK ? copy_url(url, &call->address) : code;
}

static sp_status read_address(spi_server_call *call, const char *given, sp_error *err)
{
	CURLU *url = curl_url();
	CURLUcode code = url ? read_url(call, url, given) : CURLUE_OUT_OF_MEMORY;
	curl_url_cleanup(url);
	if (code == CURLUE_OUT_OF_MEMORY)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	/* Not the address itself: it may hold a password. */
	if (code != CURLUE_OK)
		return sp_error_set(err, SP_ERR_USAGE, "--encoder", 0,
			"the address of the embeddings server cannot be read (%s); write it as http://host:port", curl_url_strerror(code));
	return SP_OK;
}

static bool is_key(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return len > 0;
}

static sp_status read_key(spi_server_call *call, const char *path, sp_error *err)
{
	const char *text = "";
	size_t len = 0;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? spi_file_read(path, KEY_FILE_MAX, arena, &text, &len, err)
	                         : sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK) {
		while (len > 0 && strchr(" \t\r\n", *text))
			text++, len--;
		while (len > 0 && strchr(" \t\r\n", text[len - 1]))
			len--;
		if (!is_key(text, len))
			status = sp_error_set(err, SP_ERR_INVALID, path, 0,
				"this is not the key of an embeddings server: one line of letters, digits and signs is needed, and nothing else");
		else if (!(call->key = strndup(text, len)))
			status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	sp_arena_free(arena);
	return status;
}

/* ---- making and ending ---- */

static pthread_once_t ready = PTHREAD_ONCE_INIT;

static void get_ready(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	/* jansson must have its hash seed before threads use it. */
	json_object_seed(0);
}

static bool add_header(spi_server_call *call, const char *header)
{
	struct curl_slist *longer = curl_slist_append(call->headers, header);
	if (longer)
		call->headers = longer;
	return longer != NULL;
}

static bool add_headers(spi_server_call *call)
{
	char bearer[sizeof BEARER + KEY_FILE_MAX];
	snprintf(bearer, sizeof bearer, BEARER "%s", call->key ? call->key : "");
	/* curl may wait for leave to send what is longer; not every server gives it. */
	return add_header(call, "Content-Type: application/json") && add_header(call, "Accept: application/json") &&
	       add_header(call, "Expect:") && (!call->key || add_header(call, bearer));
}

sp_status spi_server_call_new(const sp_encoder_settings *settings, spi_server_call **ret, sp_error *err)
{
	pthread_once(&ready, get_ready);
	spi_server_call *call = calloc(1, sizeof *call);
	if (!call)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	pthread_mutex_init(&call->lock, NULL);
	call->timeout_ms = settings->timeout_ms ? settings->timeout_ms : TIMEOUT_MS;
	sp_status status = read_address(call, settings->name, err);
	if (status == SP_OK && settings->key_file)
		status = read_key(call, settings->key_file, err);
	if (status == SP_OK && !add_headers(call))
		status = sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (status == SP_OK)
		*ret = call;
	else
		spi_server_call_free(call);
	return status;
}

void spi_server_call_free(spi_server_call *call)
{
	for (line *l = call->free_lines, *next; l; l = next) {
		next = l->next;
		curl_easy_cleanup(l->curl);
		free(l);
	}
	curl_slist_free_all(call->headers);
	pthread_mutex_destroy(&call->lock);
	free(call->url);
	free(call->address);
	free(call->key);
	free(call);
}

void spi_server_call_stop(spi_server_call *call)
{
	atomic_store(&call->stops, true);
}

const char *spi_server_call_address(const spi_server_call *call)
{
	return call->address;
}

/* ---- lines ---- */

static size_t on_body(char *bytes, size_t one, size_t len, void *arg)
{
	sp_buffer *reply = arg;
	sp_buffer_add(reply, bytes, one * len);
	return sp_buffer_ok(reply) ? len : 0;
}

/* curl asks at least once a second, while nothing comes too. Anything but 0 ends the call. */
static int on_progress(void *arg, curl_off_t to_come, curl_off_t came, curl_off_t to_go, curl_off_t gone)
{
	const spi_server_call *call = arg;
	(void)to_come, (void)came, (void)to_go, (void)gone;
	return atomic_load(&call->stops);
}

/* All that is the same for every call. Certificates are verified, redirects are not followed: curl's own way. */
static void prepare(spi_server_call *call, line *l)
{
	CURL *curl = l->curl;
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "sportello");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, l->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, call);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	if (call->is_local)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

static line *take_line(spi_server_call *call)
{
	pthread_mutex_lock(&call->lock);
	line *l = call->free_lines;
	if (l)
		call->free_lines = l->next;
	pthread_mutex_unlock(&call->lock);
	if (l)
		return l;
	l = calloc(1, sizeof *l);
	if (!l || !(l->curl = curl_easy_init())) {
		free(l);
		return NULL;
	}
	prepare(call, l);
	return l;
}

static void put_back(spi_server_call *call, line *l)
{
	pthread_mutex_lock(&call->lock);
	l->next = call->free_lines;
	call->free_lines = l;
	pthread_mutex_unlock(&call->lock);
}

/* ---- a call ---- */

typedef struct attempt {
	CURLcode code;
	long status; /* 0 = none came */
	curl_off_t retry_after_s;
} attempt;

static int64_t left_ms(int64_t until_us)
{
	return (until_us - spi_now_us()) / 1000;
}

/* A connection that the server closed while it was kept is made anew by curl itself. */
static attempt try_once(line *l, const sp_buffer *body, sp_buffer *reply, int64_t until_us)
{
	attempt a = {0};
	int64_t left = left_ms(until_us);
	long timeout_ms = left > 1 ? (long)left : 1; /* 0 would be for ever */
	l->error[0] = '\0';
	sp_buffer_clear(reply);
	curl_easy_setopt(l->curl, CURLOPT_TIMEOUT_MS, timeout_ms);
	curl_easy_setopt(l->curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
	curl_easy_setopt(l->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
	curl_easy_setopt(l->curl, CURLOPT_POSTFIELDS, body->data);
	curl_easy_setopt(l->curl, CURLOPT_WRITEDATA, reply);
	a.code = curl_easy_perform(l->curl);
	curl_easy_getinfo(l->curl, CURLINFO_RESPONSE_CODE, &a.status);
	curl_easy_getinfo(l->curl, CURLINFO_RETRY_AFTER, &a.retry_after_s);
	return a;
}

/* After how many milliseconds another try is worth it; -1 = it is not. */
static int64_t wait_of(const attempt *a, int64_t until_us)
{
	if (a->code != CURLE_OK || (a->status != 429 && a->status != 503) || a->retry_after_s > WAIT_MAX_MS / 1000)
		return -1;
	int64_t wait_ms = a->retry_after_s > 0 ? a->retry_after_s * 1000 : WAIT_MS;
	return wait_ms < left_ms(until_us) ? wait_ms : -1;
}

static sp_status tell_status(const spi_server_call *call, long number, const sp_buffer *reply, sp_error *err)
{
	char said[SPI_SERVER_SAID_MAX];
	bool is_denied = number == 401 || number == 403;
	const char *remedy = is_denied                          ? "give a key that it takes with --encoder-key-file"
	                     : number == 429 || number == 503   ? "it has too much to do, or still reads its model; try again later"
	                     : number >= 300 && number < 400    ? "give --encoder the address that it sends to"
	                                                        : "look at the address, at --encoder-model and at its log";
	spi_server_error_text(sp_buffer_text(reply), reply->len, call->key, said);
	return sp_error_set(err, is_denied ? SP_ERR_DENIED : SP_ERR_IO, call->address, 0,
		"the embeddings server answered %ld%s%s; %s", number, *said ? ": " : "", said, remedy);
}

static sp_status tell_failure(const spi_server_call *call, const line *l, CURLcode code, const sp_buffer *reply, sp_error *err)
{
	char said[SPI_SERVER_SAID_MAX];
	const char *why = l->error[0] ? l->error : curl_easy_strerror(code);
	spi_server_clean(why, strlen(why), call->key, said);
	switch (code) {
	case CURLE_OUT_OF_MEMORY:
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
		return sp_error_set(err, SP_ERR_IO, call->address, 0,
			"the embeddings server cannot be reached (%s); start it, or correct the address after --encoder", said);
	case CURLE_OPERATION_TIMEDOUT:
		return sp_error_set(err, SP_ERR_IO, call->address, 0,
			"the embeddings server took longer than %u ms; is it still reading its model? else raise --encoder-timeout",
			call->timeout_ms);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return sp_error_set(err, SP_ERR_IO, call->address, 0,
			"the embeddings server's certificate cannot be verified (%s); add its authority to those of this system", said);
	case CURLE_ABORTED_BY_CALLBACK:
		return sp_error_set(err, SP_ERR_BUSY, call->address, 0,
			"the embeddings server is not waited for any more, as this program ends");
	case CURLE_WRITE_ERROR:
		return sp_error_set(err, SP_ERR_IO, call->address, 0,
			"the reply of the embeddings server is longer than %zu bytes; does the address lead to /v1/embeddings?", reply->max);
	default:
		return sp_error_set(err, SP_ERR_IO, call->address, 0,
			"the embeddings server did not answer to the end (%s); look at the address and at its log", said);
	}
}

sp_status spi_server_call_post(spi_server_call *call, const sp_buffer *body, sp_buffer *reply, sp_error *err)
{
	int64_t until_us = spi_now_us() + (int64_t)call->timeout_ms * 1000;
	line *l = take_line(call);
	if (!l)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	attempt a = try_once(l, body, reply, until_us);
	int64_t wait_ms = wait_of(&a, until_us);
	if (wait_ms >= 0) {
		nanosleep(&(struct timespec){.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000}, NULL);
		a = try_once(l, body, reply, until_us);
	}
	sp_status status = SP_OK;
	/* Of an error, the beginning is enough. */
	if (a.status != 0 && a.status != 200 && (a.code == CURLE_OK || a.code == CURLE_WRITE_ERROR))
		status = tell_status(call, a.status, reply, err);
	else if (a.code != CURLE_OK)
		status = tell_failure(call, l, a.code, reply, err);
	put_back(call, l);
	return status;
}
