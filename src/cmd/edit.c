/* sportello edit: the copy in which an edit of a published article waits. */
#include "cmd/cmd.h"
#include "sportello/life.h"

#include <string.h>

int spi_cmd_edit(int argc, char **argv)
{
	const char *words[SPI_WORDS_MAX], *lang = NULL, *path;
	sp_life life = {.dir = NULL, .lang = SP_LANG_NONE};
	size_t count;
	bool json = false;
	sp_error err = {0};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &life.dir},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	if (!spi_read_args("edit", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!life.dir)
		return spi_missing("edit", "kb");
	life.id = words[0];
	life.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	life.arena = sp_arena_new(0);
	(void)spi_tell_closed(life.dir, "cmd.closed");
	sp_status status = life.arena ? sp_life_edit(&life, &path, &err) : SP_ERR_NOMEM;
	if (status == SP_OK && json) {
		spi_print_files_json(&(sp_strings){&path, 1});
	} else if (status == SP_OK) {
		printf("%s\n", path);
		fprintf(stderr, "%s\n", spi_say("cmd.edit.made"));
	}
	int code = status == SP_OK ? SPI_EXIT_OK : spi_refuse(&err, status);
	sp_arena_free(life.arena);
	return code;
}
