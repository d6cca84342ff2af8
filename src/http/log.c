#include "http/log.h"

#include "base/clock.h"
#include "http/request.h"

static void begin(sp_json *json, sp_buffer *line, const char *level)
{
	char time[32];
	spi_rfc3339(spi_now_utc_s(), time);
	sp_json_init(json, line);
	sp_json_object(json, NULL);
	sp_json_string(json, "time", time);
	sp_json_string(json, "level", level);
}

static void end(sp_json *json, const sp_server *server)
{
	sp_json_object_end(json);
	if (sp_buffer_ok(json->buf))
		server->options.log(sp_buffer_text(json->buf), server->options.arg);
	sp_buffer_release(json->buf);
}

static void add_request(sp_json *json, const spi_request *request)
{
	sp_json_string(json, "id", request->id);
	sp_json_string(json, "method", request->is_head ? "HEAD" : request->method);
	sp_json_string(json, "route", request->route ? request->route->pattern : "-");
}

void spi_log_access(const spi_request *request, int status, size_t bytes)
{
	const sp_server *server = request->worker->server;
	sp_buffer line = SP_BUFFER_INIT;
	sp_json json;
	if (!server->options.log)
		return;
	begin(&json, &line, "info");
	add_request(&json, request);
	sp_json_int(&json, "status", status);
	sp_json_int(&json, "bytes", (int64_t)bytes);
	sp_json_int(&json, "us", request->took_us);
	end(&json, server);
}

void spi_log_error(const spi_request *request, sp_status status, const sp_error *err)
{
	const sp_server *server = request->worker->server;
	sp_buffer line = SP_BUFFER_INIT;
	sp_json json;
	if (!server->options.log)
		return;
	begin(&json, &line, "error");
	add_request(&json, request);
	sp_json_string(&json, "cause", sp_status_name(status));
	if (err && err->text[0])
		sp_json_string(&json, "text", err->text);
	if (err && err->source[0])
		sp_json_string(&json, "source", err->source);
	end(&json, server);
}

void spi_log_server(const sp_server *server, const char *level, const char *text)
{
	sp_buffer line = SP_BUFFER_INIT;
	sp_json json;
	if (!server->options.log)
		return;
	begin(&json, &line, level);
	sp_json_string(&json, "text", text);
	end(&json, server);
}
