/* sportello audit verify|list|head: the log of who read and did what. Beside a running service too. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/zone.h"
#include "sportello/audit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MOST 1000

typedef struct audit_options {
	const char *data, *head, *from, *to, *subject, *action, *timezone;
	bool json;
} audit_options;

static void print(sp_buffer *buf)
{
	printf("%s\n", sp_buffer_text(buf));
	sp_buffer_release(buf);
}

/* ---- verify ---- */

/* "412:<64 hex digits>", as it was printed. */
static bool read_head(const char *text, sp_audit_head *ret)
{
	char *end;
	ret->number = strtoll(text, &end, 10);
	if (*end != ':' || ret->number < 0 || strlen(end + 1) != SP_AUDIT_HASH_LEN || strspn(end + 1, "0123456789abcdef") != SP_AUDIT_HASH_LEN)
		return false;
	memcpy(ret->hash, end + 1, sizeof ret->hash);
	return true;
}

static const char *const faults[] = {
	[SP_AUDIT_WHOLE] = "whole", [SP_AUDIT_CHANGED] = "changed", [SP_AUDIT_MISSING] = "missing", [SP_AUDIT_CUT_OFF] = "cut-off",
	[SP_AUDIT_FORGED] = "forged",
};

static void print_check_json(const sp_audit_check *check, sp_arena *arena)
{
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_json_init(&out, &buf);
	sp_json_object(&out, NULL);
	sp_json_bool(&out, "whole", check->fault == SP_AUDIT_WHOLE);
	sp_json_string(&out, "fault", faults[check->fault]);
	sp_json_int(&out, "entries", check->count);
	if (check->fault != SP_AUDIT_WHOLE) {
		sp_json_int(&out, "number", check->number);
		sp_json_int(&out, "until", check->until);
	}
	sp_json_string(&out, "head", sp_arena_printf(arena, "%" PRId64 ":%s", check->head.number, check->head.hash));
	sp_json_object_end(&out);
	print(&buf);
}

static void print_check(const sp_audit_check *check, sp_arena *arena)
{
	const char *key = sp_arena_printf(arena, "audit.%s", faults[check->fault]);
	sp_fill fills[] = {{"number", sp_arena_printf(arena, "%" PRId64, check->number)},
		{"until", sp_arena_printf(arena, "%" PRId64, check->until)}, {"count", sp_arena_printf(arena, "%" PRId64, check->count)}, {0}};
	printf("%s\n", sp_catalog_fill(spi_terminal_lang(), key ? key : "", fills, arena));
	if (check->fault == SP_AUDIT_WHOLE)
		printf("%s %" PRId64 ":%s\n", spi_say("audit.head"), check->head.number, check->head.hash);
}

static int verify(sp_store_reader *reader, const audit_options *o, sp_arena *arena)
{
	sp_error err = {0};
	sp_audit_head noted;
	sp_audit_check check;
	if (o->head && !read_head(o->head, &noted)) {
		fprintf(stderr, "sportello audit: %s\n", spi_say("audit.bad-head"));
		return SPI_EXIT_USAGE;
	}
	sp_status status = sp_store_audit_verify(reader, o->head ? &noted : NULL, &check, &err);
	if (status != SP_OK)
		return spi_fail(&err, status);
	if (o->json)
		print_check_json(&check, arena);
	else
		print_check(&check, arena);
	return check.fault == SP_AUDIT_WHOLE ? SPI_EXIT_OK : SPI_EXIT_NO;
}

/* ---- list ---- */

static void write_entry(sp_json *out, const sp_audit_entry *entry)
{
	char time[32];
	spi_rfc3339(entry->at_utc_s, time);
	sp_json_object(out, NULL);
	sp_json_int(out, "number", entry->number);
	sp_json_string(out, "at", time);
	sp_json_string(out, "subject", entry->subject);
	sp_json_string(out, "action", entry->action);
	sp_json_string(out, "object", entry->object);
	sp_json_string(out, "detail", entry->detail);
	sp_json_string(out, "hash", entry->hash);
	sp_json_object_end(out);
}

static void print_entry(const sp_audit_entry *entry)
{
	char time[32];
	spi_rfc3339(entry->at_utc_s, time);
	printf("%" PRId64 "\t%s\t%s\t%s\t%s%s%s\n", entry->number, time, *entry->subject ? entry->subject : "-", entry->action,
		*entry->object ? entry->object : "-", *entry->detail ? "\t" : "", entry->detail);
}

static bool read_day(const char *text, const char *timezone, int plus, int64_t *ret)
{
	sp_date date = text ? sp_date_parse(text, strlen(text)) : 0;
	*ret = 0;
	if (text && date)
		*ret = spi_zone_utc_s(timezone, sp_date_days(date) + plus, 0);
	return !text || date;
}

/* A page of the newest at a time, so that a long log takes no memory. */
static int list(sp_store_reader *reader, const audit_options *o, sp_arena *arena)
{
	sp_error err = {0};
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_audit_filter filter = {.subject = o->subject, .action = o->action, .limit = LIST_MOST};
	sp_audit_entry *entries;
	size_t count = LIST_MOST;
	sp_status status = SP_OK;
	if (!read_day(o->from, o->timezone, 0, &filter.from_utc_s) || !read_day(o->to, o->timezone, 1, &filter.until_utc_s)) {
		fprintf(stderr, "sportello audit: %s\n", spi_say("cmd.bad-day"));
		return SPI_EXIT_USAGE;
	}
	sp_json_init(&out, &buf);
	sp_json_array(&out, NULL);
	while (count == LIST_MOST && (status = sp_store_audit(reader, &filter, arena, &entries, &count, &err)) == SP_OK) {
		for (size_t i = 0; i < count; i++)
			if (o->json)
				write_entry(&out, &entries[i]);
			else
				print_entry(&entries[i]);
		if (count > 0)
			filter.before_number = entries[count - 1].number;
		sp_arena_reset(arena);
	}
	sp_json_array_end(&out);
	if (status == SP_OK && o->json)
		print(&buf);
	sp_buffer_release(&buf);
	return status == SP_OK ? SPI_EXIT_OK : spi_fail(&err, status);
}

/* ---- the command ---- */

static int run(const char *word, const audit_options *o)
{
	static const struct { const char *name; int (*run)(sp_store_reader *, const audit_options *, sp_arena *); } actions[] = {
		{"verify", verify}, {"list", list},
	};
	sp_error err = {0};
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? sp_store_open(o->data, SP_STORE_READ, &store, &err) : SP_ERR_NOMEM;
	int code = SPI_EXIT_USAGE;
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, &err);
	for (size_t i = 0; status == SP_OK && i < sizeof actions / sizeof *actions; i++)
		if (strcmp(word, actions[i].name) == 0)
			code = actions[i].run(reader, o, arena);
	if (status != SP_OK)
		code = spi_fail(&err, status);
	sp_store_reader_close(reader);
	sp_store_close(store);
	sp_arena_free(arena);
	return code;
}

int spi_cmd_audit(int argc, char **argv)
{
	audit_options o = {.timezone = "Europe/Rome"};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "head", .type = SPI_SETTING_TEXT, .target = &o.head},
		{.name = "from", .type = SPI_SETTING_TEXT, .target = &o.from},
		{.name = "to", .type = SPI_SETTING_TEXT, .target = &o.to},
		{.name = "subject", .type = SPI_SETTING_TEXT, .target = &o.subject},
		{.name = "action", .type = SPI_SETTING_TEXT, .target = &o.action},
		{.name = "timezone", .type = SPI_SETTING_TEXT, .target = &o.timezone},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("audit", settings, argc, argv, words, &count, 1, 1))
		return SPI_EXIT_USAGE;
	if (!o.data)
		return spi_missing("audit", "data");
	if (strcmp(words[0], "verify") != 0 && strcmp(words[0], "list") != 0) {
		fprintf(stderr, "%s\n", spi_say("help.audit.usage"));
		return SPI_EXIT_USAGE;
	}
	return run(words[0], &o);
}
