/* sportello retire: nobody is served an article any more; its address leads to its successor. */
#include "cmd/cmd.h"
#include "sportello/life.h"

#include <string.h>

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
	bool ended = false;
	sp_life life = {.dir = NULL, .lang = SP_LANG_NONE};
	sp_life_retired retired;
	size_t count;
	sp_error err = {0};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &life.dir},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "replaced-by", .type = SPI_SETTING_TEXT, .target = &replaced_by},
		{.name = "ended", .type = SPI_SETTING_FLAG, .target = &ended},
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
	sp_status status = life.arena ? sp_life_retire(&life, replaced_by, &retired, &err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		tell(&retired);
	int code = status == SP_OK ? SPI_EXIT_OK : spi_refuse(&err, status);
	sp_arena_free(life.arena);
	return code;
}
