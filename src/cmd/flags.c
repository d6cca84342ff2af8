/* sportello flags list|done: articles that agents told to be wrong. Beside a running service too. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "sportello/desk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MOST 500

typedef struct flags_options {
	const char *data, *owner, *answer, *by;
	bool done, json;
} flags_options;

static void print_flag(const sp_flag *flag)
{
	char at[32], key[64];
	spi_rfc3339(flag->at_utc_s, at);
	snprintf(key, sizeof key, "agent-ticket.flag.reason.%s", sp_flag_reason_name(flag->reason));
	printf("%" PRId64 "\t%s/%s\t%s\t%s\t%s\t%s%s%s\n", flag->id, sp_lang_code(flag->lang), flag->article, flag->owner ? flag->owner : "-", at,
		flag->actor, spi_say(key), flag->text ? ": " : "", flag->text ? flag->text : "");
}

static void print_all(const flags_options *o, const sp_flag *flags, size_t count)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_array(&out, NULL);
	for (size_t i = 0; i < count; i++) {
		if (o->json)
			sp_flag_json(&flags[i], &out);
		else
			print_flag(&flags[i]);
	}
	sp_json_array_end(&out);
	if (o->json)
		printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static int list(const flags_options *o)
{
	const sp_flag_filter filter = {.open = !o->done, .done = o->done, .owner = o->owner, .limit = LIST_MOST};
	sp_error err = {0};
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_flag *flags = NULL;
	size_t count = 0;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? sp_store_open(o->data, SP_STORE_READ, &store, &err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, &err);
	if (status == SP_OK)
		status = sp_store_flags(reader, &filter, arena, &flags, &count, NULL, &err);
	if (status == SP_OK)
		print_all(o, flags, count);
	sp_store_reader_close(reader);
	sp_store_close(store);
	sp_arena_free(arena);
	if (status != SP_OK)
		return spi_fail(&err, status);
	return count > 0 ? SPI_EXIT_OK : SPI_EXIT_NO;
}

static int done(const flags_options *o, int64_t id)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_write_flag_done flag = {.id = id, .actor = o->by, .answer = o->answer};
	sp_write write = {.kind = SP_WRITE_FLAG_DONE, .as.flag_done = &flag};
	sp_status opened = spi_open_store(o->data, SP_STORE_BESIDE, &store, &err);
	sp_status status = opened == SP_OK ? sp_store_write(store, &write, &err) : opened;
	sp_store_close(store);
	if (status == SP_OK)
		return SPI_EXIT_OK;
	int code = spi_fail(&err, status);
	return opened == SP_OK && (status == SP_ERR_NOT_FOUND || status == SP_ERR_CONFLICT) ? SPI_EXIT_NO : code;
}

int spi_cmd_flags(int argc, char **argv)
{
	flags_options o = {0};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "owner", .type = SPI_SETTING_TEXT, .target = &o.owner},
		{.name = "by", .type = SPI_SETTING_TEXT, .target = &o.by},
		{.name = "answer", .type = SPI_SETTING_TEXT, .target = &o.answer},
		{.name = "done", .type = SPI_SETTING_FLAG, .target = &o.done},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("flags", settings, argc, argv, words, &count, 1, 2))
		return SPI_EXIT_USAGE;
	if (!o.data)
		return spi_missing("flags", "data");
	if (strcmp(words[0], "list") == 0 && count == 1 && !o.answer && !o.by)
		return list(&o);
	int64_t id = count == 2 ? strtoll(words[1], NULL, 10) : 0;
	if (strcmp(words[0], "done") == 0 && id > 0 && o.by && !o.done && !o.owner && !o.json)
		return done(&o, id);
	fprintf(stderr, "%s\n", spi_say("help.flags.usage"));
	return SPI_EXIT_USAGE;
}
