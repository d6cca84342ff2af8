/* sportello backup make|verify|restore: the data folder, put away and put back. Beside a running service too. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "sportello/backup.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>

typedef struct backup_options {
	const char *data, *folder;
	bool without_index, json;
} backup_options;

static void print_info(const backup_options *o, const char *done, const sp_backup_info *info, int64_t took_us)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	if (!o->json) {
		printf("%s %s: %" PRIu64 " %s, %.1f MB, %" PRId64 " %s, %" PRId64 " %s, %.2f s\n", o->folder, spi_say(done), info->files,
			spi_say("backup.files"), (double)info->bytes / 1e6, info->store.conversations, spi_say("backup.conversations"),
			info->store.tickets, spi_say("backup.tickets"), (double)took_us / 1e6);
		return;
	}
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_string(&out, "backup", o->folder);
	sp_json_int(&out, "files", (int64_t)info->files);
	sp_json_int(&out, "bytes", (int64_t)info->bytes);
	sp_json_int(&out, "schema", info->store.schema);
	sp_json_int(&out, "conversations", info->store.conversations);
	sp_json_int(&out, "tickets", info->store.tickets);
	sp_json_int(&out, "attachments", info->store.attachments);
	sp_json_number(&out, "seconds", (double)took_us / 1e6, 3);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static sp_status make(const backup_options *o, sp_backup_info *info, sp_error *err)
{
	return sp_backup_make(o->data, o->folder, o->without_index, info, err);
}

static sp_status verify(const backup_options *o, sp_backup_info *info, sp_error *err)
{
	return sp_backup_verify(o->folder, info, err);
}

static sp_status restore(const backup_options *o, sp_backup_info *info, sp_error *err)
{
	return sp_backup_restore(o->folder, o->data, info, err);
}

/* Who is told to end takes away first what is half done: it holds what people wrote. */
static void hold_signals(sigset_t *ret_before)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction now;
	sigset_t ending;
	sigemptyset(&ending);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN) /* nohup */
			sigaddset(&ending, numbers[i]);
	sigprocmask(SIG_BLOCK, &ending, ret_before);
}

int spi_cmd_backup(int argc, char **argv)
{
	static const struct {
		const char *name, *done;
		bool needs_data;
		sp_status (*run)(const backup_options *, sp_backup_info *, sp_error *);
	} actions[] = {{"make", "backup.made", true, make}, {"verify", "backup.whole", false, verify}, {"restore", "backup.restored", true, restore}};
	backup_options o = {0};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "without-index", .type = SPI_SETTING_FLAG, .target = &o.without_index},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	sp_error err = {0};
	sp_backup_info info;
	if (!spi_read_args("backup", settings, argc, argv, words, &count, 2, 2))
		return SPI_EXIT_USAGE;
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (strcmp(words[0], actions[i].name) != 0)
			continue;
		if (actions[i].needs_data && !o.data)
			return spi_missing("backup", "data");
		o.folder = words[1];
		int64_t from_us = spi_now_us();
		sigset_t before;
		if (actions[i].needs_data)
			hold_signals(&before);
		sp_status status = actions[i].run(&o, &info, &err);
		if (actions[i].needs_data)
			sigprocmask(SIG_SETMASK, &before, NULL); /* here it ends, when it was told to */
		if (status != SP_OK) /* a damaged backup is an answer, as is a folder that holds something */
			return status == SP_ERR_CORRUPT && !actions[i].needs_data ? (spi_fail(&err, status), SPI_EXIT_NO) : spi_refuse(&err, status);
		print_info(&o, actions[i].done, &info, spi_now_us() - from_us);
		return SPI_EXIT_OK;
	}
	fprintf(stderr, "%s\n", spi_say("help.backup.usage"));
	return SPI_EXIT_USAGE;
}
