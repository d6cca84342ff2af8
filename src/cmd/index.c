/* sportello index: build the index; safe beside a running service, which takes the new one over. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/file.h"

#include <limits.h>
#include <string.h>

static void on_progress(sp_publish_stage stage, size_t done, size_t total, void *arg)
{
	spi_progress_publish(arg, stage, done, total);
}

static void on_notice(const char *line, void *arg)
{
	spi_progress_end(arg);
	spi_tell("notice", line);
}

static void print_state(const sp_publish_state *state, double seconds, bool json)
{
	if (!json) {
		printf("%s: %zu; %s: %zu; %.2f s\n", spi_say("cmd.index.articles"), state->articles, spi_say("cmd.index.broken"),
			state->broken_count, seconds);
		return;
	}
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_int(&out, "articles", (int64_t)state->articles);
	sp_json_number(&out, "seconds", seconds, 3);
	sp_json_array(&out, "broken");
	for (size_t i = 0; i < state->broken_count; i++) {
		sp_json_object(&out, NULL);
		sp_json_string(&out, "file", state->broken[i].file);
		sp_json_int(&out, "line", state->broken[i].line);
		sp_json_string(&out, "text", state->broken[i].text);
		sp_json_bool(&out, "last_good_serves", state->broken[i].last_good_serves);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static bool has_index(const char *data)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/index/CURRENT", data);
	return spi_exists(path);
}

static int build(const sp_publish_options *options, bool json)
{
	sp_error err = {0};
	sp_publisher *publisher;
	sp_publish_state state;
	int64_t started = spi_now_us();
	bool is_there = has_index(options->data_dir);
	sp_status status = sp_publisher_open(options, &publisher, &err);
	if (status == SP_OK && is_there) {
		/* Opening serves what there is when nothing newer can be made; here the reason is the answer. */
		status = sp_publisher_refresh(publisher, true, &err);
		if (status != SP_OK)
			sp_publisher_close(publisher);
	}
	spi_progress_end(options->arg);
	if (status != SP_OK)
		return spi_fail(&err, status);
	sp_arena *arena = sp_arena_new(0);
	status = arena ? sp_publisher_state(publisher, arena, &state) : SP_ERR_NOMEM;
	if (status == SP_OK)
		print_state(&state, (double)(spi_now_us() - started) / 1e6, json);
	int code = status != SP_OK ? spi_fail(&err, status) : state.broken_count > 0 ? SPI_EXIT_NO : SPI_EXIT_OK;
	sp_arena_free(arena);
	sp_publisher_close(publisher);
	return code;
}

int spi_cmd_index(int argc, char **argv)
{
	const char *kb = NULL, *data = NULL, *labelled = NULL;
	spi_encoder_options encoder_options = {0};
	bool json = false;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &kb},
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &data},
		SPI_ENCODER_SETTINGS(encoder_options, false),
		{.name = "labelled", .type = SPI_SETTING_TEXT, .target = &labelled},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	sp_error err = {0};
	sp_encoder *encoder;
	if (!spi_read_args("index", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!kb || !data)
		return spi_missing("index", kb ? "data" : "kb");
	spi_write_closed();
	(void)spi_owner_begin(data); /* to the end: the service reads the same files */
	sp_status status = spi_need_apart(kb, data, &err);
	if (status == SP_OK)
		status = spi_encoder_open(&encoder_options, &encoder, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	spi_progress progress;
	spi_progress_start(&progress, "cmd.indexing");
	sp_publish_options options = {.kb_dir = kb, .data_dir = data, .encoder = encoder, .labelled = labelled,
		.progress = on_progress, .notice = on_notice, .arg = &progress};
	int code = build(&options, json);
	sp_encoder_free(encoder);
	return code;
}
