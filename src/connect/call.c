#include "connect/call.h"

#include "base/clock.h"
#include "sportello/personal.h"
#include "sportello/version.h"

#include <curl/curl.h>
#include <ctype.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SAID_MAX 160
#define RETRY_AFTER_MAX_S 86400

struct spi_call {
	CURL *curl;
	const spi_connect_settings *settings;
	char error[CURL_ERROR_SIZE];
	atomic_int_fast64_t stop_us; /* steady clock; 0 = goes on */
};

static pthread_once_t ready = PTHREAD_ONCE_INIT;

static void get_ready(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	/* jansson must have its hash seed before threads use it. */
	json_object_seed(0);
}

static size_t on_body(char *bytes, size_t one, size_t len, void *arg)
{
	sp_buffer *reply = arg;
	sp_buffer_add(reply, bytes, one * len);
	return sp_buffer_ok(reply) ? len : 0;
}

static int on_progress(void *arg, curl_off_t to_come, curl_off_t came, curl_off_t to_go, curl_off_t gone)
{
	spi_call *call = arg;
	int64_t stop_us = atomic_load(&call->stop_us);
	(void)to_come, (void)came, (void)to_go, (void)gone;
	return stop_us != 0 && spi_now_us() >= stop_us;
}

/* Certificates are verified, redirects are not followed: curl's own way. */
sp_status spi_call_new(const spi_connect_settings *settings, spi_call **ret, sp_error *err)
{
	pthread_once(&ready, get_ready);
	spi_call *call = calloc(1, sizeof *call);
	if (!call || !(call->curl = curl_easy_init())) {
		free(call);
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	}
	call->settings = settings;
	curl_easy_setopt(call->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(call->curl, CURLOPT_USERAGENT, "sportello");
	curl_easy_setopt(call->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(call->curl, CURLOPT_ERRORBUFFER, call->error);
	curl_easy_setopt(call->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(call->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(call->curl, CURLOPT_XFERINFODATA, call);
	curl_easy_setopt(call->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(call->curl, CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms);
	curl_easy_setopt(call->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->timeout_ms);
	if (settings->ca_file)
		curl_easy_setopt(call->curl, CURLOPT_CAINFO, settings->ca_file);
	/* No proxy stands between a program and its own machine, whatever the environment says of proxies. */
	if (settings->is_local)
		curl_easy_setopt(call->curl, CURLOPT_PROXY, "");
	*ret = call;
	return SP_OK;
}

void spi_call_free(spi_call *call)
{
	if (!call)
		return;
	curl_easy_cleanup(call->curl);
	free(call);
}

void spi_call_stop(spi_call *call, int64_t grace_ms)
{
	atomic_store(&call->stop_us, spi_now_us() + grace_ms * 1000);
}

void spi_call_escape(const char *text, sp_buffer *out)
{
	for (; *text; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text))
			sp_buffer_add_char(out, *text);
		else
			sp_buffer_printf(out, "%%%02X", (unsigned char)*text);
	}
}

void spi_answer_clear(spi_answer *answer)
{
	json_decref(answer->json);
	answer->json = NULL;
}

/* ---- what it came to ---- */

/* What the other system said, on one line, cut, without personal data: it may have repeated what it was sent. */
static void quote(const sp_buffer *reply, char ret[SAID_MAX])
{
	char line[2 * SAID_MAX];
	sp_buffer masked = SP_BUFFER_INIT;
	size_t len = 0;
	for (const char *at = sp_buffer_text(reply); *at && len + 1 < sizeof line; at++)
		if (!isspace((unsigned char)*at) || (len > 0 && line[len - 1] != ' '))
			line[len++] = isspace((unsigned char)*at) || iscntrl((unsigned char)*at) ? ' ' : *at;
	line[len] = '\0';
	sp_personal_mask(line, len, &masked);
	snprintf(ret, SAID_MAX, "%s", sp_buffer_ok(&masked) ? sp_buffer_text(&masked) : "");
	sp_buffer_release(&masked);
}

/* Nothing of the request can have got there. */
static bool never_arrived(CURLcode code)
{
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_OUT_OF_MEMORY:
		return true;
	default:
		return false;
	}
}

static sp_cause cause_of_failure(CURLcode code)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		return SP_CAUSE_SILENT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return SP_CAUSE_CERTIFICATE;
	case CURLE_OUT_OF_MEMORY:
		return SP_CAUSE_UNKNOWN;
	case CURLE_WRITE_ERROR: /* more than anybody would say */
		return SP_CAUSE_ODD;
	default:
		return SP_CAUSE_NETWORK;
	}
}

static sp_cause cause_of_status(long status)
{
	static const struct { int status; sp_cause cause; } known[] = {{400, SP_CAUSE_VALUE}, {422, SP_CAUSE_VALUE}, {401, SP_CAUSE_CREDENTIALS},
		{403, SP_CAUSE_DENIED}, {404, SP_CAUSE_GONE}, {410, SP_CAUSE_GONE}, {408, SP_CAUSE_BUSY}, {409, SP_CAUSE_BUSY}, {423, SP_CAUSE_BUSY},
		{425, SP_CAUSE_BUSY}, {429, SP_CAUSE_BUSY}, {413, SP_CAUSE_LARGE}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].status == status)
			return known[i].cause;
	return status >= 500 ? SP_CAUSE_FAULT : status >= 400 ? SP_CAUSE_REFUSED : status >= 300 ? SP_CAUSE_MOVED : SP_CAUSE_ODD;
}

static void tell_failure(const spi_call *call, CURLcode code, bool changes, spi_answer *ret)
{
	const char *why = call->error[0] ? call->error : curl_easy_strerror(code);
	ret->outcome = changes && !never_arrived(code) ? SPI_UNSURE : SPI_AGAIN;
	ret->cause = cause_of_failure(code);
	if (ret->cause == SP_CAUSE_SILENT)
		snprintf(ret->why, sizeof ret->why, "no answer within %lld s", (long long)(call->settings->timeout_ms / 1000));
	else if (ret->cause == SP_CAUSE_CERTIFICATE)
		snprintf(ret->why, sizeof ret->why, "the certificate cannot be verified (%.200s); ca_file names an authority of your own", why);
	else
		snprintf(ret->why, sizeof ret->why, "%s", why);
}

/* 429 says that nothing was done; of 5xx, that can be somebody in between who did not wait for the end. 409 and 423: two wanted the same
   row at the same time (Zendesk: DatabaseConflict), one of which may have been an attempt of ours that took long. */
static void tell_status(long status, bool changes, const sp_buffer *reply, spi_answer *ret)
{
	char said[SAID_MAX];
	quote(reply, said);
	ret->status = status;
	ret->cause = cause_of_status(status);
	if (status < 400) {
		/* Of no request is that the fault: the address, a sign-on in front of it, or work on the other system. */
		ret->outcome = SPI_AGAIN;
		snprintf(ret->why, sizeof ret->why, "HTTP %ld: it leads elsewhere, and redirects are not followed; see that `url` is the address itself", status);
		return;
	}
	if (status == 401 || status == 403 || status == 410)
		ret->outcome = SPI_DENIED;
	else if (status == 408 || status == 425 || status == 429)
		ret->outcome = status == 408 && changes ? SPI_UNSURE : SPI_AGAIN;
	else if (status >= 500 || status == 409 || status == 423)
		ret->outcome = changes ? SPI_UNSURE : SPI_AGAIN;
	else
		ret->outcome = SPI_REFUSED;
	snprintf(ret->why, sizeof ret->why, "HTTP %ld%s%s", status, *said ? ": " : "", said);
}

static void read_json(const sp_buffer *reply, bool changes, spi_answer *ret)
{
	json_error_t error;
	ret->json = json_loadb(sp_buffer_text(reply), reply->len, JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(ret->json))
		return;
	spi_answer_clear(ret);
	ret->outcome = changes ? SPI_UNSURE : SPI_AGAIN;
	ret->cause = SP_CAUSE_ODD;
	snprintf(ret->why, sizeof ret->why, "HTTP %ld, and what came is no JSON object", ret->status);
}

/* ---- a request ---- */

static bool add_header(struct curl_slist **list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(*list, header);
	if (longer)
		*list = longer;
	return longer != NULL;
}

static bool set_request(spi_call *call, const spi_call_request *request, struct curl_slist **headers)
{
	bool changes = strcmp(request->method, "GET") != 0;
	bool ok = add_header(headers, "Accept: application/json") && add_header(headers, "Expect:");
	if (request->body) {
		char type[80];
		snprintf(type, sizeof type, "Content-Type: %s", request->type ? request->type : "application/json");
		ok = ok && add_header(headers, type);
	}
	for (size_t i = 0; request->headers && request->headers[i]; i++)
		ok = ok && add_header(headers, request->headers[i]);
	curl_easy_setopt(call->curl, CURLOPT_URL, request->url);
	curl_easy_setopt(call->curl, CURLOPT_HTTPHEADER, *headers);
	if (request->body) {
		curl_easy_setopt(call->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body->len);
		curl_easy_setopt(call->curl, CURLOPT_POSTFIELDS, request->body->data);
	} else {
		curl_easy_setopt(call->curl, CURLOPT_HTTPGET, 1L);
	}
	curl_easy_setopt(call->curl, CURLOPT_CUSTOMREQUEST, changes ? request->method : NULL);
	/* Where a kept connection breaks before an answer, curl repeats the request by itself, a POST too: what it asked for would be
	   there twice. On a fresh connection it never does. */
	curl_easy_setopt(call->curl, CURLOPT_FRESH_CONNECT, changes ? 1L : 0L);
	curl_easy_setopt(call->curl, CURLOPT_FORBID_REUSE, changes ? 1L : 0L);
	return ok;
}

void spi_call_run(spi_call *call, const spi_call_request *request, spi_answer *ret)
{
	bool changes = strcmp(request->method, "GET") != 0;
	struct curl_slist *headers = NULL;
	sp_buffer reply = {.max = SPI_REPLY_MAX};
	curl_off_t retry_after_s = 0;
	*ret = (spi_answer){.outcome = SPI_AGAIN, .why = "out of memory"};
	if (set_request(call, request, &headers)) {
		call->error[0] = '\0';
		curl_easy_setopt(call->curl, CURLOPT_WRITEDATA, &reply);
		CURLcode code = curl_easy_perform(call->curl);
		curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &ret->status);
		curl_easy_getinfo(call->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
		ret->retry_after_s = retry_after_s < 0 ? 0 : retry_after_s > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : retry_after_s;
		ret->outcome = SPI_DONE;
		ret->why[0] = '\0';
		if (code != CURLE_OK)
			tell_failure(call, code, changes, ret);
		else if (ret->status < 200 || ret->status > 299)
			tell_status(ret->status, changes, &reply, ret);
		else if (!request->any_reply)
			read_json(&reply, changes, ret);
	}
	curl_slist_free_all(headers);
	sp_buffer_release(&reply);
}
