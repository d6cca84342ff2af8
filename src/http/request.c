/* What happens to every request before its handler: route, limits, configuration, caller, language. */
#include "http/request.h"

#include "base/clock.h"
#include "base/zone.h"
#include "http/body.h"
#include "http/caller.h"
#include "http/editor.h"
#include "http/log.h"
#include "http/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NOON (12 * 60)

/* ---- route ---- */

static bool has_type(const char *header, const char *type)
{
	size_t len = strlen(type);
	if (!header || strncasecmp(header, type, len) != 0)
		return false;
	header += len + strspn(header + len, " \t");
	return *header == '\0' || *header == ';';
}

static bool check_content(spi_request *request)
{
	static const char *const types[] = {
		[SPI_BODY_JSON] = "application/json", [SPI_BODY_FORM] = "application/x-www-form-urlencoded",
	};
	const spi_route *route = request->route;
	const char *length = spi_request_header(request, "Content-Length");
	if (route->body == SPI_BODY_NONE || route->body == SPI_BODY_FILE)
		return true;
	if (!has_type(spi_request_header(request, "Content-Type"), types[route->body])) {
		spi_problem(request, SPI_WRONG_CONTENT_TYPE, "send the body with Content-Type: %s", types[route->body]);
		return false;
	}
	const char *encoding = spi_request_header(request, "Content-Encoding");
	if (encoding && *encoding && strcasecmp(encoding, "identity") != 0) { /* what is small as it comes may be huge unpacked */
		spi_problem(request, SPI_WRONG_CONTENT_TYPE, "send the body as it is, without Content-Encoding: %.32s", encoding);
		spi_reply_header(request, "Accept-Encoding", "identity");
		return false;
	}
	if (length && strtoull(length, NULL, 10) > route->body_max) {
		spi_problem(request, SPI_BODY_TOO_LARGE, "the body may have up to %u bytes", route->body_max);
		return false;
	}
	return true;
}

static void reply_options(spi_request *request, const char *path, size_t path_len, const char *allow)
{
	const char *wanted = spi_request_header(request, "Access-Control-Request-Method");
	const spi_route *route = wanted ? spi_routes_match(wanted, path, path_len).route : NULL;
	spi_reply_empty(request);
	spi_reply_header(request, "Allow", allow);
	if (!route || !route->cors)
		return;
	spi_reply_header(request, "Access-Control-Allow-Origin", "*");
	spi_reply_header(request, "Access-Control-Allow-Methods", route->method);
	spi_reply_header(request, "Access-Control-Allow-Headers", "Content-Type, Accept-Language, Idempotency-Key");
	spi_reply_header(request, "Access-Control-Max-Age", "86400");
}

/* "/agent" for "/agent/": people type addresses without the stroke at the end. True when the way there was told. */
static bool redirect_to_folder(spi_request *request, const char *path, size_t path_len)
{
	const char *folder = sp_arena_printf(request->arena, "%.*s/", (int)path_len, path);
	const spi_route *route = folder && path_len > 1 ? spi_routes_match("GET", folder, path_len + 1).route : NULL;
	bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
	bool is_there = !folder || strcmp(folder, "/editor/") != 0 || request->worker->server->options.kb_dir;
	if (!reads || !route || !route->page || strchr(route->pattern, '{') || !is_there)
		return false;
	spi_reply_redirect(request, 308, sp_arena_printf(request->arena, "%s%s", folder, path + path_len));
	return true;
}

bool spi_request_find_route(spi_request *request)
{
	const char *path = sp_buffer_text(&request->uri);
	size_t path_len = strcspn(path, "?");
	char allow[64];
	spi_match match = spi_routes_match(request->method, path, path_len);
	request->route = match.route;
	request->route_number = match.number;
	if (!spi_editor_gate(request, &match))
		return false;
	if (strcmp(request->method, "OPTIONS") == 0 && path_len == 1 && *path == '*') {
		reply_options(request, path, path_len, SPI_METHODS); /* of the service as a whole (RFC 9110, 9.3.7) */
		return false;
	}
	if (!match.path_known) {
		if (!redirect_to_folder(request, path, path_len))
			spi_problem(request, SPI_NOT_FOUND, "there is nothing at this address");
		return false;
	}
	if (!match.route) {
		spi_routes_allow(path, path_len, allow, sizeof allow);
		const char *methods = sp_arena_strdup(request->arena, allow);
		if (strcmp(request->method, "OPTIONS") == 0) {
			reply_options(request, path, path_len, methods);
			return false;
		}
		spi_problem(request, SPI_METHOD_NOT_ALLOWED, "this address takes %s", allow);
		spi_reply_header(request, "Allow", methods);
		return false;
	}
	for (size_t i = 0; i < match.params_count; i++) {
		request->params[i] = spi_percent_decode(match.params[i].text, match.params[i].len, false, request->arena);
		if (!request->params[i]) {
			spi_problem(request, SPI_BAD_REQUEST, "the path must be percent-encoded UTF-8");
			return false;
		}
	}
	return check_content(request);
}

/* ---- language, day, configuration ---- */

static void find_lang(spi_request *request)
{
	const char *asked = spi_request_choice(request, "lang");
	unsigned langs = request->config->langs;
	sp_lang lang = asked ? sp_lang_of(asked, strlen(asked)) : SP_LANG_NONE;
	request->lang_asked = lang != SP_LANG_NONE && (langs & 1u << lang);
	request->lang_unknown = asked && !request->lang_asked;
	if (!request->lang_asked)
		lang = spi_accept_language(spi_request_header(request, "Accept-Language"), langs);
	request->lang = lang == SP_LANG_NONE ? request->config->default_lang : lang;
}

static int64_t moment_of(sp_date day, int minute, const char *timezone)
{
	int64_t days = sp_date_days(day);
	return spi_zone_utc_s(timezone, days, minute);
}

void spi_request_set_day(spi_request *request, sp_date day)
{
	request->day = day;
	request->moment_utc_s = moment_of(day, NOON, request->config->timezone);
}

static void find_day(spi_request *request)
{
	sp_date as_of = request->worker->server->options.as_of;
	request->day = sp_date_of(request->now_utc_s, request->config->timezone);
	if (as_of)
		spi_request_set_day(request, as_of);
	int minute = request->worker->server->options.as_of_minute;
	if (as_of && minute > 0)
		request->moment_utc_s = moment_of(as_of, minute - 1, request->config->timezone);
}

/* A proxy on this machine that nobody named: limits do not hold for those behind it, as for who is here. */
static void tell_of_proxy(const spi_request *request)
{
	sp_server *server = request->worker->server;
	bool told = server->proxies_count > 0 || server->options.limit_local;
	if (!told && !atomic_exchange(&server->proxy_told, true))
		spi_log_server(server, "warning", "a proxy on this machine passes on what others ask, and no --trusted-proxy is named: whom it stands for is not "
			"known, and --client-rate holds for nobody behind it. Name its address (127.0.0.1), and let it add X-Forwarded-For");
}

/* Who asks from this machine: its operator, or a proxy for others. Each proxy says one of these. */
static void find_peer(spi_request *request)
{
	static const char *const of_proxies[] = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"};
	request->caller.local = request->peer_is_loopback;
	for (size_t i = 0; i < sizeof of_proxies / sizeof *of_proxies && request->caller.local; i++)
		request->caller.local = !spi_request_header(request, of_proxies[i]);
	if (request->peer_is_loopback && !request->caller.local)
		tell_of_proxy(request);
}

/* The configuration as it is now. A reader that could not take over the latest state goes on with the one it has. */
static void refresh(spi_request *request)
{
	sp_error err = {0};
	sp_status status = spi_worker_refresh(request->worker, &err);
	if (status)
		spi_log_error(request, status, &err);
	request->config = request->worker->reader ? sp_reader_config(request->worker->reader) : NULL;
}

static bool check_lang(spi_request *request)
{
	if (!request->lang_unknown || request->route->page)
		return true;
	spi_problem_lang(request);
	return false;
}

bool spi_request_bind(spi_request *request)
{
	refresh(request);
	request->now_utc_s = request->moment_utc_s = request->clock_utc_s = spi_now_utc_s();
	request->lang = SP_LANG_IT;
	request->caller.audience = -1;
	find_peer(request);
	if (!request->config) {
		if (!request->route->always)
			spi_problem(request, SPI_UNAVAILABLE, "the knowledge base cannot be read right now");
		return request->route->always;
	}
	find_day(request);
	find_lang(request);
	bool caller_known = spi_caller_find(request);
	if (request->route->always) {
		request->reply = (spi_reply){0}; /* these answer whoever asks */
		sp_buffer_clear(&request->out);
		return true;
	}
	return caller_known && spi_caller_may_call(request) && spi_replay_bind(request) && check_lang(request);
}

bool spi_request_rebind(spi_request *request)
{
	refresh(request);
	if (!request->config) {
		spi_problem(request, SPI_UNAVAILABLE, "the knowledge base cannot be read right now");
		return false;
	}
	request->caller.audience = sp_kb_audience(request->config, request->caller.audience_key);
	return true;
}

/* ---- for the handlers ---- */

sp_status spi_request_index_of(const spi_request *request, int audience, sp_index **ret, sp_error *err)
{
	sp_status status = sp_reader_index(request->worker->reader, audience, ret, err);
	if (status == SP_OK)
		sp_index_at(*ret, request->moment_utc_s);
	return status;
}

sp_index *spi_request_index(spi_request *request)
{
	sp_index *index = NULL;
	sp_error err = {0};
	if (request->caller.audience < 0) {
		spi_problem(request, SPI_UNAVAILABLE, "kb.yaml has no audience \"%s\"", request->caller.audience_key);
		return NULL;
	}
	sp_status status = spi_request_index_of(request, request->caller.audience, &index, &err);
	if (!status)
		return index;
	if (status == SP_ERR_CORRUPT)
		sp_reader_report_damage(request->worker->reader);
	spi_log_error(request, status, &err);
	spi_problem(request, SPI_UNAVAILABLE, "the index cannot be read right now (%s)", sp_status_name(status));
	return NULL;
}

bool spi_request_may_show(const spi_request *request, const sp_record *record)
{
	if (record->valid_from && request->day < record->valid_from)
		return false;
	if (record->valid_until && request->day > record->valid_until && !record->ended)
		return false;
	if (record->type != SP_TYPE_NOTICE)
		return true;
	return (!record->starts_utc_s || request->moment_utc_s >= record->starts_utc_s) &&
		(!record->ends_utc_s || request->moment_utc_s < record->ends_utc_s);
}

const char *spi_id_in_address(const spi_request *request, const char *id)
{
	sp_buffer out = SP_BUFFER_INIT;
	for (; *id; id++)
		sp_buffer_add(&out, *id == '?' ? "%3F" : id, *id == '?' ? 3 : 1);
	const char *text = sp_arena_strdup(request->arena, sp_buffer_text(&out));
	sp_buffer_release(&out);
	return text ? text : "";
}

const char *spi_article_url(const spi_request *request, const char *id, sp_lang lang)
{
	if (request->editor)
		return spi_editor_url(request, id, lang, NULL);
	const char *base = request->worker->server->options.public_url;
	const char *url = sp_arena_printf(request->arena, "%s/a/%s?lang=%s", base ? base : "", spi_id_in_address(request, id), sp_lang_code(lang));
	return url ? url : "";
}

/* First counted, then looked: sp_server_stop() first says that it closes, then looks at the count. */
bool spi_request_may_wait(spi_request *request)
{
	sp_server *server = request->worker->server;
	atomic_fetch_add(&server->asking, 1);
	if (!atomic_load(&server->closing))
		return true;
	atomic_fetch_sub(&server->asking, 1);
	return false;
}

void spi_request_wait_not(spi_request *request)
{
	atomic_fetch_sub(&request->worker->server->asking, 1);
}

void spi_request_wait(spi_request *request, spi_handler *then)
{
	request->waits = true;
	request->then = then;
}

void spi_request_write(spi_request *request, sp_write *write, spi_handler *then)
{
	request->write = write;
	request->then = then;
}
