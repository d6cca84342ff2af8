/* What the subcommands share: words on the terminal, errors, progress. */
#include "cmd/cmd.h"

#include "base/clock.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_US 1000000
#define SHOW_EVERY_US 200000

sp_lang spi_terminal_lang(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *value = getenv(names[i]);
		if (value && *value) {
			sp_lang lang = sp_lang_of(value, strcspn(value, ".@"));
			return lang == SP_LANG_NONE ? SP_LANG_EN : lang;
		}
	}
	return SP_LANG_EN;
}

const char *spi_say(const char *key)
{
	return sp_catalog_text(spi_terminal_lang(), key);
}

unsigned spi_write_closed(void)
{
	return umask(S_IRWXG | S_IRWXO);
}

static void say_usage(const char *command)
{
	char key[64];
	snprintf(key, sizeof key, "help.%s.usage", command);
	fprintf(stderr, "%s\n", spi_say(key));
}

/* A variable of a script that is not set: a file or folder without a name would be looked for in vain, and told so without a name. */
static const char *without_value(const spi_setting *settings)
{
	static const char *const paths[] = {"kb", "data", "config", "log", "out", "connector", "identity", "tls-cert", "tls-key"};
	for (; settings->name; settings++)
		for (size_t i = 0; settings->type == SPI_SETTING_TEXT && i < sizeof paths / sizeof *paths; i++) {
			const char *value = *(const char **)settings->target;
			if (value && !*value && strcmp(settings->name, paths[i]) == 0)
				return settings->name;
		}
	return NULL;
}

bool spi_read_args(const char *command, const spi_setting *settings, int argc, char **argv, const char **ret_words,
	size_t *ret_count, size_t min_words, size_t max_words)
{
	sp_error err = {0};
	if (spi_settings_read_args(settings, argc, argv, ret_words, ret_count, &err) != SP_OK) {
		fprintf(stderr, "sportello %s: %s\n", command, err.text);
		say_usage(command);
		return false;
	}
	const char *empty = without_value(settings);
	if (empty) {
		fprintf(stderr, "sportello %s: --%s needs a value\n", command, empty);
		say_usage(command);
		return false;
	}
	if (*ret_count < min_words || *ret_count > max_words) {
		if (*ret_count > max_words)
			fprintf(stderr, "sportello %s: %s: %s\n", command, spi_say("cmd.too-many"), ret_words[max_words]);
		say_usage(command);
		return false;
	}
	return true;
}

static bool in_json;

void spi_tell_in_json(void)
{
	in_json = true;
}

/* One write a line: lines of several threads do not mix. */
static void tell_json(const char *level, const char *text, const sp_error *err, sp_status status)
{
	char time[32];
	sp_buffer line = SP_BUFFER_INIT;
	sp_json json;
	spi_rfc3339(spi_now_utc_s(), time);
	sp_json_init(&json, &line);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "time", time);
	sp_json_string(&json, "level", level);
	sp_json_string(&json, "text", text);
	if (err)
		sp_json_string(&json, "cause", sp_status_name(status));
	if (err && err->source[0])
		sp_json_string(&json, "source", err->source);
	if (err && err->line > 0)
		sp_json_int(&json, "line", err->line);
	sp_json_object_end(&json);
	fprintf(stderr, "%s\n", sp_buffer_text(&line));
	sp_buffer_release(&line);
}

/* One line, whatever names and values of others are in it: none looks like another line of ours. */
static void tell_line(sp_buffer *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (((unsigned char)line->data[i] < ' ' && line->data[i] != '\t') || line->data[i] == 0x7f)
			line->data[i] = '?';
	fprintf(stderr, "sportello: %s\n", sp_buffer_text(line));
	sp_buffer_release(line);
}

void spi_tell(const char *level, const char *text)
{
	sp_buffer line = SP_BUFFER_INIT;
	if (in_json) {
		tell_json(level, text, NULL, SP_OK);
		return;
	}
	sp_buffer_add_text(&line, text);
	tell_line(&line);
}

int spi_fail(const sp_error *err, sp_status status)
{
	sp_buffer line = SP_BUFFER_INIT;
	const char *text = err->text[0] ? err->text : sp_status_name(status);
	if (in_json) {
		tell_json("error", text, err, status);
	} else {
		if (err->source[0] && err->line > 0)
			sp_buffer_printf(&line, "%s:%d: ", err->source, err->line);
		else if (err->source[0])
			sp_buffer_printf(&line, "%s: ", err->source);
		sp_buffer_add_text(&line, err->source[0] ? err->text : text);
		tell_line(&line);
	}
	/* 1 means that the answer is no; a command that could not run says 2 or 3. */
	int code = sp_status_exit(status);
	return code == SPI_EXIT_USAGE ? SPI_EXIT_USAGE : SPI_EXIT_FAILED;
}

int spi_refuse(const sp_error *err, sp_status status)
{
	int code = spi_fail(err, status);
	return sp_status_exit(status) == SPI_EXIT_NO ? SPI_EXIT_NO : code;
}

void spi_print_files_json(const sp_strings *files)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_array(&out, "files");
	for (size_t i = 0; i < files->count; i++)
		sp_json_string(&out, NULL, files->items[i]);
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

const char *spi_operator(void)
{
	static char name[80];
	const struct passwd *user = getpwuid(getuid());
	if (user)
		snprintf(name, sizeof name, "os:%s", user->pw_name);
	else
		snprintf(name, sizeof name, "os:%u", (unsigned)getuid());
	return name;
}

sp_status spi_need_apart(const char *kb, const char *data, sp_error *err)
{
	struct stat articles, written;
	if (stat(kb, &articles) != 0 || stat(data, &written) != 0 || articles.st_dev != written.st_dev || articles.st_ino != written.st_ino)
		return SP_OK;
	return sp_error_set(err, SP_ERR_USAGE, data, 0, "is the folder of the articles: what people write does not belong beside them; name another with --data");
}

int spi_missing(const char *command, const char *setting)
{
	fprintf(stderr, "sportello %s: %s --%s\n", command, spi_say("cmd.missing"), setting);
	say_usage(command);
	return SPI_EXIT_USAGE;
}

void spi_progress_start(spi_progress *progress, const char *what)
{
	*progress = (spi_progress){.what = what, .started_us = spi_now_us()};
}

void spi_progress_step(spi_progress *progress, size_t done, size_t total)
{
	int64_t now = spi_now_us(), spent = now - progress->started_us;
	if (spent < SECOND_US || now - progress->shown_us < SHOW_EVERY_US || done == 0 || !isatty(STDERR_FILENO))
		return;
	int64_t left_s = done < total ? spent / (int64_t)done * (int64_t)(total - done) / SECOND_US : 0;
	fprintf(stderr, "\r\033[K%s: %zu / %zu (%d %%), %lld s", spi_say(progress->what), done, total,
		total ? (int)(100 * done / total) : 0, (long long)left_s);
	if (progress->with_rate)
		fprintf(stderr, ", %lld/s", (long long)((double)done * SECOND_US / (double)spent));
	progress->shown_us = now;
	progress->shown = true;
}

void spi_progress_publish(spi_progress *progress, sp_publish_stage stage, size_t done, size_t total)
{
	const char *what = stage == SP_PUBLISH_ENCODING ? "cmd.encoding" : "cmd.indexing";
	if (strcmp(progress->what, what) != 0)
		spi_progress_start(progress, what);
	spi_progress_step(progress, done, total);
}

void spi_progress_end(spi_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}

bool spi_read_moment(const char *text, sp_date *ret_day, int *ret_minute)
{
	const char *time = strchr(text, 'T');
	int hour, minute, end = 0;
	*ret_day = sp_date_parse(text, time ? (size_t)(time - text) : strlen(text));
	if (*ret_day == 0 || !time)
		return *ret_day != 0;
	bool read = sscanf(time, "T%2d:%2d%n", &hour, &minute, &end) == 2 && !time[end] && end == 6;
	if (!read || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	*ret_minute = hour * 60 + minute;
	return true;
}
