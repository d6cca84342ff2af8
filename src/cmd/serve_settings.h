/* What the service can be told, on the command line or in its file (--config): also for those who only look (doctor). */
#ifndef CMD_SERVE_SETTINGS_H
#define CMD_SERVE_SETTINGS_H

#include "cmd/cmd.h"

typedef struct spi_serve_options {
	const char *kb, *data, *listen, *web, *public_url, *as_of, *config, *log, *log_format, *labelled, *connector_file, *identity_file;
	const char *tls_cert, *tls_key, *sandbox;
	spi_setting_list trusted_proxies;
	spi_encoder_options encoder;
	unsigned threads, connections, idle_timeout_s, request_timeout_s, client_rate, client_burst, client_connections, session_idle_s, session_limit_s, encoder_deadline_ms, encoder_waiting, join_s;
	bool json, replay, limit_local;
} spi_serve_options;

#define SPI_SERVE_DEFAULTS {.listen = "127.0.0.1:8080", .log = "none", .log_format = "text", .sandbox = "auto", .connections = 4096, \
	.idle_timeout_s = 30, .request_timeout_s = 60, .client_rate = 100, .client_connections = 256, .join_s = 10}
#define SPI_SERVE_SETTINGS_COUNT 36

void spi_serve_settings(spi_serve_options *options, spi_setting rows[SPI_SERVE_SETTINGS_COUNT]);
/* The file's settings first, then the command line's again, so that what was typed wins. */
sp_status spi_serve_read_config(spi_serve_options *options, int argc, char **argv, sp_arena *arena, sp_error *err);
/* What the file says now, with what was typed. The names of settings that are not as they are in `now` and take a restart are put into waiting,
   with commas. ret's texts are owned by arena. */
sp_status spi_serve_reread(const spi_serve_options *now, int argc, char **argv, sp_arena *arena, spi_serve_options *ret, sp_buffer *waiting,
	sp_error *err);

#endif
