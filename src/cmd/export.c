/* sportello export: what one audience may read as rows for other programs, or as a site that needs none. */
#include "cmd/cmd.h"
#include "cmd/export_rows.h"

#include "base/file.h"
#include "sportello/site.h"

#include <string.h>

typedef struct export_options {
	const char *kb, *format, *out, *audience, *as_of, *base_url, *contact;
	sp_lang lang;
	sp_date day;
	bool json;
} export_options;

static void say(const export_options *o, const char *key, size_t count)
{
	if (o->json)
		printf("{\"out\":\"%s\",\"count\":%zu}\n", strcmp(o->out, "-") == 0 ? "-" : "file", count);
	else
		fprintf(stderr, "%s: %zu\n", spi_say(key), count);
}

/* What is missing in what came out is named. */
static int end(const export_options *o)
{
	bool whole = spi_tell_closed(o->kb, "cmd.export.closed");
	whole &= spi_tell_broken(o->kb, "cmd.export.broken");
	return whole ? SPI_EXIT_OK : SPI_EXIT_NO;
}

static int export_rows(const export_options *o)
{
	const spi_export what = {.kb = o->kb, .audience = o->audience, .lang = o->lang, .day = o->day, .csv = strcmp(o->format, "csv") == 0};
	sp_buffer out = SP_BUFFER_INIT;
	sp_error err = {0};
	size_t count;
	bool to_terminal = strcmp(o->out, "-") == 0;
	sp_status status = spi_export_rows(&what, &out, &count, &err);
	if (status == SP_OK && !to_terminal)
		status = spi_file_write(o->out, sp_buffer_text(&out), out.len, &err);
	else if (status == SP_OK)
		fwrite(sp_buffer_text(&out), 1, out.len, stdout);
	sp_buffer_release(&out);
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (!to_terminal || !o->json)
		say(o, "cmd.export.articles", count);
	return end(o);
}

static void on_progress(size_t done, size_t total, void *arg)
{
	spi_progress_step(arg, done, total);
}

static int export_site(const export_options *o)
{
	sp_arena *arena = sp_arena_new(0);
	sp_error err = {0};
	spi_session session = {0};
	spi_session_options options = {.kb = o->kb, .audience = o->audience, .as_of = o->as_of, .encoder.name = "none"};
	const char *cache = NULL;
	/* A folder of its own: the pages need no sentence vectors, and those who ask keep theirs. */
	sp_status status = arena ? spi_cache_folder(o->kb, arena, &cache, &err) : SP_ERR_NOMEM;
	options.data = cache ? sp_arena_printf(arena, "%s/export", cache) : NULL;
	if (status == SP_OK)
		status = options.data ? spi_mkdirs(options.data, &err) : SP_ERR_NOMEM;
	int code = status == SP_OK ? spi_session_open(&session, &options) : spi_fail(&err, status);
	if (code != SPI_EXIT_OK) {
		sp_arena_free(arena);
		return code;
	}
	spi_progress progress;
	spi_progress_start(&progress, "cmd.export.pages");
	size_t files = 0;
	const sp_site_options site = {.publisher = session.publisher, .kb_dir = o->kb, .out = o->out, .audience = o->audience,
		.langs = o->lang == SP_LANG_NONE ? 0 : 1u << o->lang, .as_of = o->day, .base_url = o->base_url, .contact = o->contact,
		.progress = on_progress, .arg = &progress};
	status = sp_site_write(&site, &files, &err);
	spi_progress_end(&progress);
	spi_session_close(&session);
	sp_arena_free(arena);
	if (status != SP_OK)
		return status == SP_ERR_CONFLICT ? (spi_fail(&err, status), SPI_EXIT_NO) : spi_fail(&err, status);
	say(o, "cmd.export.files", files);
	return end(o);
}

/* Without its final slashes; false when it is none of the web. */
static bool read_base_url(export_options *o, sp_arena *arena)
{
	if (!o->base_url)
		return true;
	size_t len = strlen(o->base_url);
	while (len && o->base_url[len - 1] == '/')
		len--;
	bool good = (strncmp(o->base_url, "https://", 8) == 0 || strncmp(o->base_url, "http://", 7) == 0) && !strpbrk(o->base_url, " \"'<>\\");
	o->base_url = sp_arena_strndup(arena, o->base_url, len);
	return good && o->base_url;
}

static int run(export_options *o, sp_arena *arena)
{
	o->day = o->as_of ? sp_date_parse(o->as_of, strlen(o->as_of)) : 0;
	if (o->as_of && !o->day) {
		fprintf(stderr, "sportello export: %s\n", spi_say("cmd.bad-day"));
		return SPI_EXIT_USAGE;
	}
	if (!read_base_url(o, arena)) {
		fprintf(stderr, "sportello export: %s\n", spi_say("cmd.export.bad-url"));
		return SPI_EXIT_USAGE;
	}
	if (strcmp(o->format, "site") != 0)
		return export_rows(o);
	if (strcmp(o->out, "-") == 0)
		return spi_missing("export", "out");
	return export_site(o);
}

int spi_cmd_export(int argc, char **argv)
{
	export_options o = {.format = "jsonl", .audience = "citizen"};
	const char *lang = NULL;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.kb},
		{.name = "format", .type = SPI_SETTING_CHOICE, .target = &o.format, .choices = "jsonl|csv|site"},
		{.name = "out", .type = SPI_SETTING_TEXT, .target = &o.out},
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &o.audience},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "as-of", .type = SPI_SETTING_TEXT, .target = &o.as_of},
		{.name = "base-url", .type = SPI_SETTING_TEXT, .target = &o.base_url},
		{.name = "contact", .type = SPI_SETTING_TEXT, .target = &o.contact},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("export", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!o.kb || !o.out)
		return spi_missing("export", o.kb ? "out" : "kb");
	o.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	sp_arena *arena = sp_arena_new(0);
	int code = arena ? run(&o, arena) : SPI_EXIT_FAILED;
	sp_arena_free(arena);
	return code;
}
