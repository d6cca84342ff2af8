/* sportello new: the skeleton of an article at its place, or a starter knowledge base. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "sportello/skeleton.h"

#include <string.h>

static void print_files(const char *dir, const sp_strings *files, bool json)
{
	if (json)
		spi_print_files_json(files);
	for (size_t i = 0; !json && i < files->count; i++)
		printf("%s%s%s\n", dir ? dir : "", dir ? "/" : "", files->items[i]);
}

/* A taken id or an unknown category is the answer no; only what could not run is a failure. */
static int told(const sp_error *err, sp_status status)
{
	int code = spi_fail(err, status);
	return status == SP_ERR_CONFLICT || status == SP_ERR_INVALID ? SPI_EXIT_NO : code;
}

static int new_kb(const char *dir, sp_lang lang, bool json, sp_arena *arena)
{
	sp_error err = {0};
	sp_strings files;
	sp_status status =
		sp_skeleton_kb(dir, lang == SP_LANG_NONE ? spi_terminal_lang() : lang, spi_now_utc_s(), arena, &files, &err);
	if (status != SP_OK)
		return told(&err, status);
	print_files(dir, &files, json);
	if (!json)
		fprintf(stderr, "%s\n", spi_say("cmd.new.next"));
	return SPI_EXIT_OK;
}

static int new_article(const char *kb, const sp_skeleton *what, bool json, sp_arena *arena)
{
	sp_error err = {0};
	const char *path;
	sp_status status = sp_skeleton_article(kb, what, arena, &path, &err);
	if (status != SP_OK)
		return told(&err, status);
	print_files(NULL, &(sp_strings){&path, 1}, json);
	return SPI_EXIT_OK;
}

static int run(const char *const *words, const char *kb, sp_skeleton *what, bool json, sp_arena *arena)
{
	if (strcmp(words[0], "kb") == 0)
		return new_kb(words[1], what->lang, json, arena);
	bool known = false;
	for (int type = 0; type < SP_TYPE_COUNT; type++)
		known = known || strcmp(words[0], sp_article_type_name((sp_article_type)type)) == 0;
	if (!known) {
		fprintf(stderr, "sportello new: %s: %s\n%s\n", spi_say("cmd.new.unknown"), words[0], spi_say("help.new.usage"));
		return SPI_EXIT_USAGE;
	}
	if (!kb)
		return spi_missing("new", "kb");
	if (!what->category)
		return spi_missing("new", "category");
	what->type = words[0];
	what->id = words[1];
	what->now_utc_s = spi_now_utc_s();
	return new_article(kb, what, json, arena);
}

int spi_cmd_new(int argc, char **argv)
{
	sp_skeleton what = {0};
	const char *kb = NULL, *lang = NULL;
	bool json = false;
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &kb},
		{.name = "category", .type = SPI_SETTING_TEXT, .target = &what.category},
		{.name = "lang", .type = SPI_SETTING_CHOICE, .target = &lang, .choices = "it|en|de"},
		{.name = "title", .type = SPI_SETTING_TEXT, .target = &what.title},
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &what.audience},
		{.name = "owner", .type = SPI_SETTING_TEXT, .target = &what.owner},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("new", settings, argc, argv, words, &count, 2, 2))
		return SPI_EXIT_USAGE;
	what.lang = lang ? sp_lang_of(lang, strlen(lang)) : SP_LANG_NONE;
	sp_arena *arena = sp_arena_new(0);
	int code = arena ? run(words, kb, &what, json, arena) : SPI_EXIT_FAILED;
	sp_arena_free(arena);
	return code;
}
