/* /healthz, /readyz, /metrics and /openapi.json: for operators and their tools. */
#include "base/embed.h"
#include "base/hash.h"
#include "http/backlog.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/session.h"
#include "http/tls.h"
#include "sportello/version.h"

#include <inttypes.h>
#include <string.h>

/* An id that no conversation has: asking for it tells whether the store can be read. */
#define NO_CONVERSATION "aaaaaaaaaaaaaaaaaaaaaaaaaa"

void spi_h_healthz(spi_request *request)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "status", "alive");
	sp_json_string(&json, "version", sp_version());
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

/* ---- readiness ---- */

static sp_status store_state(spi_request *request)
{
	sp_dialogue dialogue;
	if (!request->worker->server->options.store)
		return SP_OK; /* a preview keeps nothing */
	if (!request->worker->store)
		return SP_ERR_IO;
	sp_status status = sp_store_dialogue(request->worker->store, NO_CONVERSATION, request->arena, &dialogue, NULL);
	return status == SP_ERR_NOT_FOUND ? SP_OK : status;
}

static sp_status index_state(spi_request *request)
{
	sp_index *index = NULL;
	if (!request->config)
		return SP_ERR_IO;
	if (request->caller.audience < 0)
		return SP_ERR_NOT_FOUND;
	return spi_request_index_of(request, request->caller.audience, &index, NULL);
}

/* What a system of ours says of itself: for who runs the service or works with it. */
static bool is_staff(const spi_request *request)
{
	return request->caller.local || spi_caller_has(request, SPI_WORKS_HERE);
}

/* Names and numbers of files tell of articles that not everybody may read: for who runs the service, and who works on all of its content. */
static bool may_see_content(const spi_request *request)
{
	return is_staff(request) && request->caller.roles != SPI_IS(AGENT);
}

static void write_content(sp_json *json, const sp_publish_state *state)
{
	sp_json_int(json, "generation", (int64_t)state->generation);
	sp_json_int(json, "articles", (int64_t)state->articles);
	spi_json_time(json, "published", state->published_utc_s);
}

static void write_broken(sp_json *json, const sp_publish_state *state)
{
	sp_json_int(json, "broken_count", (int64_t)state->broken_count);
	sp_json_array(json, "broken");
	for (size_t i = 0; i < state->broken_count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "file", state->broken[i].file);
		if (state->broken[i].line > 0)
			sp_json_int(json, "line", state->broken[i].line);
		sp_json_string(json, "message", state->broken[i].text);
		sp_json_bool(json, "last_good_serves", state->broken[i].last_good_serves);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
}

static void write_encoder(const spi_request *request, sp_json *json, const sp_publish_state *state)
{
	const sp_encoder *encoder = request->worker->server->options.encoder;
	sp_json_string(json, "encoder", encoder ? sp_encoder_name(encoder) : "none");
	sp_json_bool(json, "words_only", state->words_only);
	if (!state->words_only)
		return;
	if (!encoder || sp_encoder_dimensions(encoder) == 0) {
		sp_json_string(json, "notice", "no sentence encoder: questions are matched by their words only");
		return;
	}
	sp_json_string(json, "notice", "sentence vectors are being made: questions are matched by their words only until they are there");
	if (!may_see_content(request))
		return;
	sp_json_object(json, "encoding");
	sp_json_int(json, "done", (int64_t)state->encoded);
	sp_json_int(json, "articles", (int64_t)state->to_encode);
	sp_json_object_end(json);
}

/* Answers go on when nothing can be written (a full disk), tickets do not: told, but no reason to take the service
   away. */
static void write_store(const spi_request *request, sp_json *json, sp_status readable)
{
	sp_status written = (sp_status)atomic_load(&request->worker->server->last_write);
	bool writes = written == SP_OK || sp_status_http(written) < 500;
	sp_json_object(json, "store");
	sp_json_string(json, "read", sp_status_name(readable));
	sp_json_string(json, "write", writes ? "ok" : sp_status_name(written));
	sp_json_object_end(json);
}

/* A system that tickets are sent to may be down for days: told, but no reason to take the service away. */
static void write_connector(spi_request *request, sp_json *json)
{
	sp_connector *connector = request->worker->server->options.connector;
	sp_connector_state state;
	sp_outbox_counts counts = {0};
	if (!connector)
		return;
	sp_connector_get_state(connector, &state);
	if (request->worker->store)
		(void)sp_store_outbox_counts(request->worker->store, state.name, &counts, NULL);
	sp_json_object(json, "connector");
	sp_json_string(json, "name", state.name);
	sp_json_string(json, "kind", state.kind);
	sp_json_string(json, "state", sp_connector_condition_name(state.condition));
	spi_json_time(json, "since", state.since_utc_s);
	sp_json_int(json, "waiting", (int64_t)counts.waiting);
	sp_json_int(json, "dead", (int64_t)counts.dead);
	if (counts.oldest_utc_s)
		spi_json_time(json, "oldest", counts.oldest_utc_s);
	if (state.next_utc_s)
		spi_json_time(json, "next", state.next_utc_s);
	if (state.why[0] && is_staff(request))
		sp_json_string(json, "cause", state.why);
	sp_json_object_end(json);
}

void spi_h_readyz(spi_request *request)
{
	sp_publish_state state = {0};
	sp_status index = index_state(request), store = store_state(request);
	bool ready = !index && !store;
	sp_json json;
	(void)sp_publisher_state(request->worker->server->options.publisher, request->arena, &state);
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "status", ready ? "ready" : "not ready");
	sp_json_string(&json, "version", sp_version());
	sp_json_string(&json, "index", sp_status_name(index));
	bool with_content = may_see_content(request);
	if (with_content)
		write_content(&json, &state);
	write_encoder(request, &json, &state);
	write_store(request, &json, store);
	write_connector(request, &json);
	if (with_content)
		write_broken(&json, &state);
	sp_json_object_end(&json);
	spi_reply_json(request, ready ? 200 : 503);
	if (!ready)
		spi_reply_header(request, "Retry-After", "2");
}

/* ---- metrics, description ---- */

/* How busy the desk is, and how large the store, is not for anyone. */
static void write_desk(spi_request *request)
{
	sp_server *server = request->worker->server;
	sp_status written = (sp_status)atomic_load(&server->last_write);
	sp_desk_gauges desk = {.last_write_ok = written == SP_OK || sp_status_http(written) < 500, .audit_waiting = spi_backlog_waiting(server->backlog)};
	if (!is_staff(request) || !request->worker->store)
		return;
	if (sp_store_health_get(request->worker->store, request->now_utc_s, spi_session_idle_s(request), &desk.health, NULL) == SP_OK)
		sp_metrics_write_desk(&desk, &request->out);
}

void spi_h_metrics(spi_request *request)
{
	sp_server *server = request->worker->server;
	sp_publish_state state = {0};
	(void)sp_publisher_state(server->options.publisher, request->arena, &state);
	sp_gauges gauges = {
		.with_content = may_see_content(request),
		.generation = state.generation,
		.articles = state.articles,
		.broken_articles = state.broken_count,
		.published_utc_s = state.published_utc_s,
		.started_utc_s = server->started_utc_s,
		.now_utc_s = request->now_utc_s,
		.build_s = state.build_s,
		.requests_in_flight = atomic_load(&server->in_flight),
		.store_writes_waiting = atomic_load(&server->writing),
		.connections = atomic_load(&server->connections),
		.words_only = state.words_only,
	};
	sp_metrics_write(server->metrics, &gauges, &request->out);
	if (server->options.queue) {
		sp_encode_queue_stats stats;
		sp_encode_queue_get_stats(server->options.queue, &stats);
		sp_metrics_write_encoder(&stats, &request->out);
	}
	if (server->options.connector && is_staff(request)) { /* it has a name of ours */
		sp_connector_state connector;
		sp_outbox_counts counts = {0};
		sp_connector_get_state(server->options.connector, &connector);
		if (request->worker->store)
			(void)sp_store_outbox_counts(request->worker->store, connector.name, &counts, NULL);
		sp_connector_write_metrics(server->options.connector, &counts, request->now_utc_s, &request->out);
	}
	if (server->tls)
		sp_metrics_write_certificate(spi_tls_until_utc_s(), &request->out);
	if (server->options.sandbox && is_staff(request))
		sp_metrics_write_sandbox(server->options.sandbox->files, server->options.sandbox->network, server->options.sandbox->calls, &request->out);
	write_desk(request);
	spi_reply_text(request, 200, "text/plain; version=0.0.4; charset=utf-8");
}

void spi_h_openapi(spi_request *request)
{
	const spi_embedded *file = spi_embedded_find(spi_embedded_web, "openapi.json");
	if (!file) {
		spi_problem(request, SPI_NOT_FOUND, "this build was made without openapi.json");
		return;
	}
	size_t len = (size_t)(file->end - file->data);
	const char *etag = sp_arena_printf(request->arena, "\"%016" PRIx64 "\"", spi_hash64(file->data, len));
	spi_reply_static(request, spi_type_of(file->name), file->data, len, NULL, 0, etag);
}
