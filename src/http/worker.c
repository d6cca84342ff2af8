#include "http/worker.h"

#include "base/clock.h"
#include "base/hash.h"
#include "http/body.h"
#include "http/gzip.h"
#include "http/pages.h"
#include "http/request.h"
#include "http/solvers.h"
#include "http/unsent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Requests kept for reuse; more than these are freed. */
#define FREE_REQUESTS_MAX 64
/* Buffers that grew over this are not kept. */
#define KEEP_BYTES_MAX (256 * 1024)

spi_worker *spi_worker_of_thread(sp_server *server)
{
	spi_worker *worker = pthread_getspecific(server->worker_key);
	if (worker)
		return worker;
	worker = calloc(1, sizeof *worker);
	if (!worker)
		return NULL;
	worker->server = server;
	if (getrandom(&worker->id_state, sizeof worker->id_state, 0) != sizeof worker->id_state)
		worker->id_state = (uint64_t)(uintptr_t)worker;
	if (pthread_setspecific(server->worker_key, worker) != 0) {
		free(worker);
		return NULL;
	}
	return worker;
}

static void request_free(spi_request *request)
{
	spi_body_release(request);
	sp_buffer_release(&request->body);
	sp_buffer_release(&request->out);
	sp_buffer_release(&request->uri);
	sp_arena_free(request->arena);
	free(request);
}

void spi_worker_free(void *data)
{
	spi_worker *worker = data;
	if (!worker)
		return;
	for (spi_request *request = worker->free_requests, *next; request; request = next) {
		next = request->next;
		request_free(request);
	}
	sp_responder_free(worker->responder);
	sp_reader_close(worker->reader);
	sp_store_reader_close(worker->store);
	spi_deflater_free(worker->deflater);
	spi_page_cache_free(worker->page_cache);
	spi_solvers_give_back(worker->solvers);
	sp_buffer_release(&worker->scratch);
	free(worker);
}

sp_status spi_worker_refresh(spi_worker *worker, sp_error *err)
{
	const sp_server_options *options = &worker->server->options;
	sp_status status = SP_OK;
	spi_unsent_tidy(worker->server->unsent, spi_now_utc_s());
	if (!worker->responder)
		worker->responder = sp_responder_new(options->queue);
	if (!worker->responder)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "no memory for the responder");
	if (options->store && !worker->store && sp_store_reader_open(options->store, &worker->store, NULL) != SP_OK)
		worker->store = NULL;
	if (worker->reader)
		return sp_reader_refresh(worker->reader, err);
	status = sp_reader_open(options->publisher, &worker->reader, err);
	if (status)
		worker->reader = NULL;
	return status;
}

spi_request *spi_worker_take(spi_worker *worker)
{
	spi_request *request = worker->free_requests;
	if (request) {
		worker->free_requests = request->next;
		worker->free_count--;
		request->next = NULL;
	} else {
		request = calloc(1, sizeof *request);
	}
	if (request)
		request->worker = worker;
	return request;
}

static void clear_buffer(sp_buffer *buf)
{
	if (buf->cap > KEEP_BYTES_MAX)
		sp_buffer_release(buf);
	sp_buffer_clear(buf);
	buf->max = 0;
}

void spi_worker_give_back(spi_worker *worker, spi_request *request)
{
	if (worker->free_count >= FREE_REQUESTS_MAX) {
		request_free(request);
		return;
	}
	spi_body_release(request);
	clear_buffer(&request->body);
	clear_buffer(&request->out);
	clear_buffer(&request->uri);
	if (request->arena)
		sp_arena_reset(request->arena);
	spi_request kept = {.body = request->body, .out = request->out, .uri = request->uri, .arena = request->arena};
	*request = kept;
	request->next = worker->free_requests;
	worker->free_requests = request;
	worker->free_count++;
}

/* SplitMix64 (Steele, Lea, Flood 2014) over a random start. */
void spi_worker_new_id(spi_worker *worker, char ret[17])
{
	uint64_t z = worker->id_state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	snprintf(ret, 17, "%016" PRIx64, z ^ z >> 31);
}

bool spi_worker_gzip(spi_worker *worker, const void *data, size_t len, sp_buffer *out)
{
	if (!worker->deflater)
		worker->deflater = spi_deflater_new();
	return worker->deflater && spi_deflate(worker->deflater, data, len, out);
}
