/* sportello forget: what people wrote, as its time is over or somebody asks. Beside a running service too. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "sportello/audit.h"
#include "sportello/keep.h"
#include "sportello/kb.h"
#include "sportello/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PERSON_LINE_MAX 256

typedef struct forget_options {
	const char *kb, *data, *conversation, *person, *agent;
	unsigned ticket;
	bool due, dry_run, json;
	char line[PERSON_LINE_MAX], known[SP_PERSON_MAX];
} forget_options;

static void write_tickets(sp_json *out, const char *name, const char *lines)
{
	sp_json_array(out, name);
	for (; *lines; lines += strcspn(lines, "\n") + 1)
		sp_json_int(out, NULL, strtoll(lines, NULL, 10));
	sp_json_array_end(out);
}

static void write_remote(sp_json *out, const char *lines)
{
	sp_json_array(out, "remote");
	for (; *lines; lines += strcspn(lines, "\n") + 1)
		sp_json_string_len(out, NULL, lines, strcspn(lines, "\n"));
	sp_json_array_end(out);
}

static void print_json(const sp_write_forget *forget)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_forgotten_json(&forget->forgotten, &out, "forgotten");
	write_tickets(&out, forget->what == SP_FORGET_CONVERSATION ? "tickets_kept" : "tickets", sp_buffer_text(&forget->numbers));
	write_remote(&out, sp_buffer_text(&forget->remote));
	sp_json_bool(&out, "dry_run", forget->dry_run);
	sp_json_bool(&out, "bytes_gone", forget->scrubbed);
	sp_json_object_end(&out);
	printf("%s\n", sp_buffer_text(&buf));
	sp_buffer_release(&buf);
}

static void print_count(const char *name, uint64_t count)
{
	char key[64];
	snprintf(key, sizeof key, "cmd.forget.%s", name);
	if (count > 0)
		printf("%s: %" PRIu64 "\n", spi_say(key), count);
}

static void print_lines(const char *what, const char *lines)
{
	for (; *lines; lines += strcspn(lines, "\n") + 1)
		printf("%s: %.*s\n", what, (int)strcspn(lines, "\n"), lines);
}

static void print_text(const sp_write_forget *forget)
{
	if (!sp_forgotten_any(&forget->forgotten)) {
		printf("%s\n", spi_say("cmd.forget.nothing"));
		return;
	}
	printf("%s\n", spi_say(forget->dry_run ? "cmd.forget.would" : "cmd.forget.done"));
#define PRINT(member, name) print_count(name, forget->forgotten.member);
	SP_FORGOTTEN_LIST(PRINT)
#undef PRINT
	if (forget->what != SP_FORGET_DUE)
		print_lines(spi_say(forget->what == SP_FORGET_CONVERSATION ? "cmd.forget.kept" : "cmd.forget.ticket"), sp_buffer_text(&forget->numbers));
	print_lines(spi_say("cmd.forget.remote"), sp_buffer_text(&forget->remote));
	if (!forget->dry_run && !forget->scrubbed)
		printf("%s\n", spi_say("cmd.forget.later"));
}

/* Vectors of what was asked: a service that runs empties its own when it sees what the store noted. */
static void remove_vectors(const char *data, sp_arena *arena)
{
	static const char *const names[] = {SPI_REMEMBERED_FILE, SPI_REMEMBERED_FILE ".aside"};
	for (size_t i = 0; i < 2; i++) {
		const char *path = sp_arena_printf(arena, "%s/%s", data, names[i]);
		if (path)
			unlink(path);
	}
}

static bool are_vectors_due(sp_store *store, const sp_write_forget *forget)
{
	sp_store_reader *reader = NULL;
	int64_t times, keep_s = forget->keeping ? forget->keeping->conversations_s : 0;
	bool due = false;
	if (sp_store_reader_open(store, &reader, NULL) == SP_OK)
		(void)sp_store_vectors_due(reader, keep_s, forget->at_utc_s, &due, &times, NULL);
	sp_store_reader_close(reader);
	return due;
}

static int carry_out(const forget_options *o, sp_write_forget *forget, sp_arena *arena)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_audit entry = {.action = SP_AUDIT_DATA_DELETE, .subject = spi_operator(), .at_utc_s = forget->at_utc_s};
	sp_write write = {.kind = SP_WRITE_FORGET, .as.forget = forget, .audit = forget->what == SP_FORGET_DUE ? NULL : &entry};
	sp_status opened = spi_open_store(o->data, SP_STORE_BESIDE, &store, &err);
	sp_status status = opened == SP_OK ? sp_store_write(store, &write, &err) : opened;
	if (status == SP_OK && !forget->dry_run && are_vectors_due(store, forget))
		remove_vectors(o->data, arena);
	sp_store_close(store);
	if (status != SP_OK) {
		int code = spi_fail(&err, status);
		return opened == SP_OK && status == SP_ERR_NOT_FOUND ? SPI_EXIT_NO : code;
	}
	(o->json ? print_json : print_text)(forget);
	if (!forget->dry_run && !forget->scrubbed)
		return spi_fail(&write.error, SP_ERR_BUSY);
	return sp_forgotten_any(&forget->forgotten) ? SPI_EXIT_OK : SPI_EXIT_NO;
}

static int forget_due(const forget_options *o, sp_arena *arena)
{
	sp_error err = {0};
	sp_kb_config *config = NULL;
	sp_keeping keeping;
	sp_status status = sp_kb_config_load(o->kb, NULL, &config, &err);
	if (status == SP_OK)
		status = sp_keeping_of(config, arena, &keeping);
	if (status != SP_OK)
		return spi_fail(&err, status);
	sp_write_forget forget = {.what = SP_FORGET_DUE, .keeping = &keeping, .at_utc_s = spi_now_utc_s(), .dry_run = o->dry_run};
	int code = carry_out(o, &forget, arena);
	sp_write_forget_release(&forget);
	sp_kb_config_free(config);
	/* Nothing that is due is as it should be. */
	return code == SPI_EXIT_NO ? SPI_EXIT_OK : code;
}

/* "-": a line of standard input, as the command line can be seen by others on this machine. */
static bool read_person(forget_options *o)
{
	if (strcmp(o->person, "-") == 0) {
		if (!fgets(o->line, sizeof o->line, stdin))
			return false;
		o->line[strcspn(o->line, "\r\n")] = '\0';
		o->person = o->line;
	}
	return sp_person_of_text(o->person, o->known);
}

static int forget_one(const forget_options *o, sp_arena *arena)
{
	sp_write_forget forget = {.at_utc_s = spi_now_utc_s(), .dry_run = o->dry_run, .ticket = o->ticket, .conversation = o->conversation,
		.named = o->person, .person = o->person ? o->known : NULL,
		.what = o->ticket ? SP_FORGET_TICKET : o->conversation ? SP_FORGET_CONVERSATION : SP_FORGET_PERSON};
	int code = carry_out(o, &forget, arena);
	sp_write_forget_release(&forget);
	return code;
}

/* What somebody who works here passed of the training. The log notes that it was deleted, not whose it was. */
static int forget_agent(const forget_options *o, sp_arena *arena)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_training_pass *passes;
	size_t count = 0;
	sp_audit entry = {.action = SP_AUDIT_DATA_DELETE, .subject = spi_operator()};
	sp_write write = {.kind = SP_WRITE_TRAINING_FORGET, .as.training_forget = {.subject = o->agent}, .audit = &entry};
	sp_status status = spi_open_store(o->data, SP_STORE_BESIDE, &store, &err);
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, &err);
	if (status == SP_OK)
		status = sp_store_training(reader, o->agent, arena, &passes, &count, &err);
	sp_store_reader_close(reader);
	if (status == SP_OK && count > 0 && !o->dry_run)
		status = sp_store_write(store, &write, &err);
	if (status == SP_OK && count > 0 && !o->dry_run)
		status = sp_store_scrub(store, &err);
	sp_store_close(store);
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (o->json)
		printf("{\"forgotten\":{\"training\":%zu},\"dry_run\":%s}\n", count, o->dry_run ? "true" : "false");
	else if (count == 0)
		printf("%s\n", spi_say("cmd.forget.nothing"));
	else
		printf("%s\n%s: %zu\n", spi_say(o->dry_run ? "cmd.forget.would" : "cmd.forget.done"), spi_say("cmd.forget.training"), count);
	return count > 0 ? SPI_EXIT_OK : SPI_EXIT_NO;
}

int spi_cmd_forget(int argc, char **argv)
{
	forget_options o = {0};
	const spi_setting settings[] = {
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.kb},
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "due", .type = SPI_SETTING_FLAG, .target = &o.due},
		{.name = "ticket", .type = SPI_SETTING_NUMBER, .target = &o.ticket, .min = 1, .max = 4000000000u},
		{.name = "conversation", .type = SPI_SETTING_TEXT, .target = &o.conversation},
		{.name = "person", .type = SPI_SETTING_TEXT, .target = &o.person},
		{.name = "agent", .type = SPI_SETTING_TEXT, .target = &o.agent},
		{.name = "dry-run", .type = SPI_SETTING_FLAG, .target = &o.dry_run},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("forget", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!o.data || (o.due && !o.kb))
		return spi_missing("forget", o.data ? "kb" : "data");
	if (o.due + (o.ticket > 0) + (o.conversation != NULL) + (o.person != NULL) + (o.agent != NULL) != 1) {
		fprintf(stderr, "%s\n", spi_say("help.forget.usage"));
		return SPI_EXIT_USAGE;
	}
	if (o.person && !read_person(&o)) {
		fprintf(stderr, "sportello: --person: %s\n", spi_say("cmd.forget.no-person"));
		return SPI_EXIT_USAGE;
	}
	sp_arena *arena = sp_arena_new(0);
	int code = !arena ? SPI_EXIT_FAILED : o.due ? forget_due(&o, arena) : o.agent ? forget_agent(&o, arena) : forget_one(&o, arena);
	sp_arena_free(arena);
	return code;
}
