/* sportello retire: nobody is served an article any more; its address leads to its successor. */
#include "cmd/cmd.h"
#include "sportello/life.h"

#include <string.h>

static void print_json(const sp_life_retired *retired)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_array(&out, "files");
	for (size_t i = 0; i < retired->files.count; i++)
		sp_json_string(&out, NULL, retired->files.items[i]);
	sp_json_array_end(&out);
	sp_json_bool(&out, "hidden", retired->is_hidden);
	sp_json_array(&out, "links");
	for (size_t i = 0; i < retired->links_count; i++) {
		sp_json_object(&out, NULL);
		sp_json_string(&out, "file", retired->links[i].file);
		sp_json_int(&out, "line", retired->links[i].line);
		sp_json_object_end(&out);
	}
	sp_json_array_end(&out);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static void tell(const sp_life_retired *retired)
{
	for (size_t i = 0; i < retired->files.count; i++)
		printf("%s\n", retired->files.items[i]);
	if (retired->is_hidden)
		fprintf(stderr, "%s\n", spi_say("cmd.retire.hidden"));
	if (retired->links_count)
		fprintf(stderr, "%s\n", spi_say("cmd.retire.links"));
	for (size_t i = 0; i < retired->links_count; i++)
		fprintf(stderr, "  %s:%d\n", retired->links[i].file, retired->links[i].line);
}

int spi_cmd_retire(int argc, char **argv)
{
	const char *words[SPI_WORDS_MAX], *lang = NULL, *replaced_by = NULL;
	bool ended = false, json = false;
	sp_life life = {.dir = NULL, .lang = SP_LANG_NONE};
	sp_life_retired retired;
	size_t count;
	sp_error err = {0};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &life.dir},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "replaced-by", .type = SPI_SETTING_TEXT, .target = &replaced_by},
		{.name = "ended", .type = SPI_SETTING_FLAG, .target = &ended},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	if (!spi_read_args("retire", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!life.dir)
		return spi_missing("retire", "kb");
	if (!replaced_by == !ended) {
		fprintf(stderr, "sportello: %s\n%s\n", spi_say("cmd.retire.which"), spi_say("help.retire.usage"));
		return SPI_EXIT_USAGE;
	}
	life.id = words[0];
	life.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	life.arena = sp_arena_new(0);
	(void)spi_tell_closed(life.dir, "cmd.closed");
	sp_status status = life.arena ? sp_life_retire(&life, replaced_by, &retired, &err) : SP_ERR_NOMEM;
	if (status == SP_OK && json)
		print_json(&retired);
	else if (status == SP_OK)
		tell(&retired);
	int code = status == SP_OK ? SPI_EXIT_OK : spi_refuse(&err, status);
	sp_arena_free(life.arena);
	return code;
}
