#include "cmd/serve_settings.h"

#include <string.h>

void spi_serve_settings(spi_serve_options *s, spi_setting rows[SPI_SERVE_SETTINGS_COUNT])
{
	const spi_setting all[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &s->kb, .in_file = true},
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &s->data, .in_file = true},
		{.name = "listen", .type = SPI_SETTING_TEXT, .target = &s->listen, .in_file = true},
		{.name = "tls-cert", .type = SPI_SETTING_TEXT, .target = &s->tls_cert, .in_file = true},
		{.name = "tls-key", .type = SPI_SETTING_TEXT, .target = &s->tls_key, .in_file = true},
		{.name = "trusted-proxy", .type = SPI_SETTING_LIST, .target = &s->trusted_proxies, .in_file = true},
		{.name = "sandbox", .type = SPI_SETTING_CHOICE, .target = &s->sandbox, .choices = "auto|on|off", .in_file = true},
		SPI_ENCODER_SETTINGS(s->encoder, true),
		{.name = "encoder-deadline", .type = SPI_SETTING_NUMBER, .target = &s->encoder_deadline_ms, .min = 1, .max = 60000,
			.in_file = true},
		{.name = "encoder-waiting", .type = SPI_SETTING_NUMBER, .target = &s->encoder_waiting, .min = 1, .max = 10000, .in_file = true},
		{.name = "labelled", .type = SPI_SETTING_TEXT, .target = &s->labelled, .in_file = true},
		{.name = "web", .type = SPI_SETTING_TEXT, .target = &s->web, .in_file = true},
		{.name = "public-url", .type = SPI_SETTING_URL, .target = &s->public_url, .in_file = true},
		{.name = "connector", .type = SPI_SETTING_TEXT, .target = &s->connector_file, .in_file = true},
		{.name = "identity", .type = SPI_SETTING_TEXT, .target = &s->identity_file, .in_file = true},
		{.name = "as-of", .type = SPI_SETTING_TEXT, .target = &s->as_of},
		{.name = "log", .type = SPI_SETTING_TEXT, .target = &s->log, .in_file = true, .while_running = true},
		{.name = "log-format", .type = SPI_SETTING_CHOICE, .target = &s->log_format, .choices = "text|json", .in_file = true},
		{.name = "threads", .type = SPI_SETTING_NUMBER, .target = &s->threads, .max = 256, .in_file = true},
		{.name = "connections", .type = SPI_SETTING_NUMBER, .target = &s->connections, .min = 16, .max = 1000000, .in_file = true},
		{.name = "idle-timeout", .type = SPI_SETTING_NUMBER, .target = &s->idle_timeout_s, .min = 1, .max = 3600, .in_file = true},
		{.name = "request-timeout", .type = SPI_SETTING_NUMBER, .target = &s->request_timeout_s, .min = 1, .max = 3600, .in_file = true},
		{.name = "client-rate", .type = SPI_SETTING_NUMBER, .target = &s->client_rate, .max = 1000000, .in_file = true},
		{.name = "client-burst", .type = SPI_SETTING_NUMBER, .target = &s->client_burst, .max = 1000000, .in_file = true},
		{.name = "client-connections", .type = SPI_SETTING_NUMBER, .target = &s->client_connections, .max = 1000000, .in_file = true},
		{.name = "limit-local", .type = SPI_SETTING_FLAG, .target = &s->limit_local, .in_file = true},
		{.name = "session-idle", .type = SPI_SETTING_NUMBER, .target = &s->session_idle_s, .min = 1, .max = 86400, .in_file = true},
		{.name = "session-limit", .type = SPI_SETTING_NUMBER, .target = &s->session_limit_s, .min = 1, .max = 604800, .in_file = true},
		{.name = "join-within", .type = SPI_SETTING_NUMBER, .target = &s->join_s, .max = 120, .in_file = true},
		{.name = "config", .type = SPI_SETTING_TEXT, .target = &s->config},
		{.name = "replay", .type = SPI_SETTING_FLAG, .target = &s->replay},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &s->json},
		{.name = NULL},
	};
	_Static_assert(sizeof all / sizeof *all == SPI_SERVE_SETTINGS_COUNT, "SPI_SERVE_SETTINGS_COUNT is how many rows there are");
	memcpy(rows, all, sizeof all);
}

sp_status spi_serve_read_config(spi_serve_options *options, int argc, char **argv, sp_arena *arena, sp_error *err)
{
	spi_setting rows[SPI_SERVE_SETTINGS_COUNT];
	const char *words[SPI_WORDS_MAX];
	size_t count;
	spi_serve_settings(options, rows);
	options->trusted_proxies.count = 0; /* they add up: what was typed is read again below */
	sp_status status = spi_settings_read_file(rows, options->config, arena, err);
	return status == SP_OK ? spi_settings_read_args(rows, argc, argv, words, &count, err) : status;
}

sp_status spi_serve_reread(const spi_serve_options *now, int argc, char **argv, sp_arena *arena, spi_serve_options *ret, sp_buffer *waiting,
	sp_error *err)
{
	spi_serve_options then = *now;
	spi_setting was[SPI_SERVE_SETTINGS_COUNT], is[SPI_SERVE_SETTINGS_COUNT];
	*ret = (spi_serve_options)SPI_SERVE_DEFAULTS;
	ret->config = now->config;
	sp_status status = spi_serve_read_config(ret, argc, argv, arena, err);
	spi_serve_settings(&then, was);
	spi_serve_settings(ret, is);
	for (size_t i = 0; status == SP_OK && is[i].name; i++)
		if (is[i].in_file && !is[i].while_running && !spi_setting_is_same(&was[i], &is[i]))
			sp_buffer_printf(waiting, "%s%s", waiting->len ? ", " : "", is[i].name);
	return status;
}
