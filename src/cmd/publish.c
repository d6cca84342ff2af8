/* sportello publish: an edit that waits, or a first draft, becomes what readers see. */
#include "cmd/check.h"
#include "sportello/life.h"

#include <string.h>

static void print_json(const char *published, const sp_finding *items, size_t count)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "published", published);
	spi_check_add(&out, "findings", items, count, NULL);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static int publish(const sp_life *life, const sp_life_publish *options, bool json)
{
	sp_error err = {0};
	const char *path;
	size_t count;
	sp_lang lang = spi_terminal_lang();
	sp_findings *findings = life->arena ? sp_findings_new(lang) : NULL;
	if (!findings)
		return spi_fail(&err, SP_ERR_NOMEM);
	sp_status status = sp_life_make_public(life, options, findings, &path, &err);
	const sp_finding *items = sp_findings_items(findings, &count);
	if (json)
		print_json(status == SP_OK ? path : NULL, items, count);
	else
		spi_check_lines(items, count, lang);
	if (status == SP_OK && !json)
		fprintf(stderr, "%s: %s\n", path, spi_say("cmd.publish.done"));
	int code = status == SP_OK ? SPI_EXIT_OK : spi_refuse(&err, status);
	sp_findings_free(findings);
	return code;
}

int spi_cmd_publish(int argc, char **argv)
{
	const char *words[SPI_WORDS_MAX], *lang = NULL;
	sp_life life = {.dir = NULL, .lang = SP_LANG_NONE};
	sp_life_publish options = {0};
	size_t count;
	bool json = false;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &life.dir},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "reviewed-by", .type = SPI_SETTING_TEXT, .target = &options.reviewed_by},
		{.name = "as-is", .type = SPI_SETTING_FLAG, .target = &options.as_is},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	if (!spi_read_args("publish", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!life.dir)
		return spi_missing("publish", "kb");
	life.id = words[0];
	life.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	life.arena = sp_arena_new(0);
	int code = publish(&life, &options, json);
	sp_arena_free(life.arena);
	return code;
}
