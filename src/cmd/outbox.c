/* sportello outbox list|show|resend|drop: what waits to leave for another system. Beside a running service too. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "sportello/audit.h"
#include "sportello/connect.h"
#include "sportello/outbox.h"
#include "sportello/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MOST 100000

typedef struct outbox_options {
	const char *data;
	int64_t id;             /* 0 = none given */
	bool dead, json;
} outbox_options;

static void write_time(sp_json *out, const char *name, int64_t utc_s)
{
	char text[32];
	if (utc_s <= 0)
		return;
	spi_rfc3339(utc_s, text);
	sp_json_string(out, name, text);
}

static void write_entry(sp_json *out, const char *name, const sp_outbox_entry *e)
{
	sp_json_object(out, name);
	sp_json_int(out, "id", e->id);
	sp_json_string(out, "connector", e->connector);
	sp_json_int(out, "ticket", e->ticket);
	sp_json_int(out, "revision", e->revision);
	sp_json_bool(out, "dead", e->dead);
	sp_json_bool(out, "unsure", e->unsure);
	sp_json_bool(out, "behind", e->behind);
	sp_json_int(out, "attempts", e->attempts);
	write_time(out, "made", e->made_utc_s);
	write_time(out, "tried", e->tried_utc_s);
	write_time(out, "next", e->dead ? 0 : e->next_utc_ms / 1000);
	if (e->cause) {
		sp_json_string(out, "cause_kind", sp_cause_name(e->cause_kind));
		sp_json_string(out, "cause", e->cause);
	}
	sp_json_object_end(out);
}

static const char *standing(const sp_outbox_entry *e)
{
	return spi_say(e->dead ? "outbox.dead" : e->behind ? "outbox.behind" : e->unsure ? "outbox.unsure" : "outbox.waiting");
}

static void print_entry(const sp_outbox_entry *e)
{
	char made[32], key[64];
	spi_rfc3339(e->made_utc_s, made);
	snprintf(key, sizeof key, "agent-outbox.cause.%s", sp_cause_name(e->cause_kind));
	printf("%" PRId64 "\t%s\t%s %" PRId64 "/%" PRIu32 "\t%s\t%s %" PRIu32, e->id, standing(e), spi_say("outbox.ticket"), e->ticket,
		e->revision, made, spi_say("outbox.attempts"), e->attempts);
	/* In words of ours, and what was said, word for word. */
	if (e->cause)
		printf("\t%s [%s]", spi_say(key), e->cause);
	printf("\n");
}

static void print_buffer(sp_buffer *buf)
{
	printf("%s\n", sp_buffer_text(buf));
	sp_buffer_release(buf);
}

static sp_status list(sp_store_reader *reader, const outbox_options *o, sp_arena *arena, bool *ret_any, sp_error *err)
{
	const sp_outbox_filter filter = {.dead = o->dead, .limit = LIST_MOST};
	sp_outbox_entry *entries;
	size_t count = 0;
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_status status = sp_store_outbox(reader, &filter, arena, &entries, &count, err);
	if (status != SP_OK)
		return status;
	*ret_any = count > 0;
	sp_json_init(&out, &buf);
	sp_json_array(&out, NULL);
	for (size_t i = 0; i < count; i++) {
		if (o->json)
			write_entry(&out, NULL, &entries[i]);
		else
			print_entry(&entries[i]);
	}
	sp_json_array_end(&out);
	if (o->json)
		print_buffer(&buf);
	sp_buffer_release(&buf);
	return SP_OK;
}

/* The entry, and what leaves of the ticket: personal data that its fields hold too. */
static sp_status show(sp_store_reader *reader, const outbox_options *o, sp_arena *arena, sp_error *err)
{
	sp_outgoing outgoing;
	sp_buffer buf = SP_BUFFER_INIT;
	sp_json out;
	sp_status status = sp_store_outgoing(reader, o->id, arena, &outgoing, err);
	if (status != SP_OK)
		return status;
	if (!o->json)
		print_entry(&outgoing.entry);
	sp_json_init(&out, &buf);
	if (o->json) {
		sp_json_object(&out, NULL);
		write_entry(&out, "entry", &outgoing.entry);
	}
	sp_outgoing_json(&outgoing, &out, o->json ? "data" : NULL);
	if (o->json)
		sp_json_object_end(&out);
	print_buffer(&buf);
	return SP_OK;
}

static int look(const outbox_options *o, bool one)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_arena *arena = sp_arena_new(0);
	bool any = true;
	sp_status status = arena ? sp_store_open(o->data, SP_STORE_READ, &store, &err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, &err);
	if (status == SP_OK)
		status = one ? show(reader, o, arena, &err) : list(reader, o, arena, &any, &err);
	sp_store_reader_close(reader);
	sp_store_close(store);
	sp_arena_free(arena);
	if (status == SP_OK)
		return any ? SPI_EXIT_OK : SPI_EXIT_NO;
	int code = spi_fail(&err, status);
	return one && status == SP_ERR_NOT_FOUND && store ? SPI_EXIT_NO : code;
}

/* Which ticket's it is, as the audit log names it; 0 = not there any more: the write will say so. */
static int64_t ticket_of(sp_store *store, int64_t id)
{
	sp_store_reader *reader = NULL;
	sp_arena *arena = sp_arena_new(0);
	sp_outgoing outgoing = {0};
	if (id && arena && sp_store_reader_open(store, &reader, NULL) == SP_OK && sp_store_outgoing(reader, id, arena, &outgoing, NULL) != SP_OK)
		outgoing.entry.ticket = 0;
	sp_store_reader_close(reader);
	sp_arena_free(arena);
	return outgoing.entry.ticket;
}

/* Noted in the audit log as the page's is. */
static sp_status write_change(sp_store *store, sp_outbox_write *outbox, sp_error *err)
{
	char object[32] = "outbox", detail[32];
	int64_t ticket = ticket_of(store, outbox->id);
	sp_audit entry = {.action = outbox->action == SP_OUTBOX_DROP ? SP_AUDIT_OUTBOX_DROP : SP_AUDIT_OUTBOX_RESEND,
		.subject = spi_operator(), .object = object};
	sp_write write = {.kind = SP_WRITE_OUTBOX, .as.outbox = outbox, .audit = &entry};
	if (outbox->id)
		snprintf(object, sizeof object, "outbox:%" PRId64, outbox->id);
	snprintf(detail, sizeof detail, "ticket:%" PRId64, ticket);
	entry.detail = ticket ? detail : NULL;
	return sp_store_write(store, &write, err);
}

static int change(const outbox_options *o, sp_outbox_action action)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_outbox_write outbox = {.action = action, .id = o->id};
	sp_status opened = spi_open_store(o->data, SP_STORE_BESIDE, &store, &err);
	sp_status status = opened == SP_OK ? write_change(store, &outbox, &err) : opened;
	sp_store_close(store);
	if (status != SP_OK) {
		int code = spi_fail(&err, status);
		return opened == SP_OK && status == SP_ERR_NOT_FOUND ? SPI_EXIT_NO : code;
	}
	if (o->json)
		printf("{\"changed\":%" PRIu32 "}\n", outbox.changed);
	else
		printf("%s: %" PRIu32 "\n", spi_say(action == SP_OUTBOX_DROP ? "outbox.dropped" : "outbox.resent"), outbox.changed);
	return SPI_EXIT_OK;
}

static bool read_id(const char *text, int64_t *ret)
{
	char *end;
	*ret = strtoll(text, &end, 10);
	return *ret > 0 && *end == '\0';
}

int spi_cmd_outbox(int argc, char **argv)
{
	outbox_options o = {0};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "dead", .type = SPI_SETTING_FLAG, .target = &o.dead},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("outbox", settings, argc, argv, words, &count, 1, 2))
		return SPI_EXIT_USAGE;
	if (!o.data)
		return spi_missing("outbox", "data");
	bool has_id = count == 2 && read_id(words[1], &o.id);
	/* One by its number, or all dead ones: never all by leaving something out. */
	bool is_aimed = has_id ? !o.dead : count == 1 && o.dead;
	if (strcmp(words[0], "list") == 0 && count == 1)
		return look(&o, false);
	if (strcmp(words[0], "show") == 0 && has_id)
		return look(&o, true);
	if (strcmp(words[0], "resend") == 0 && is_aimed)
		return change(&o, SP_OUTBOX_RESEND);
	if (strcmp(words[0], "drop") == 0 && is_aimed)
		return change(&o, SP_OUTBOX_DROP);
	fprintf(stderr, "%s\n", spi_say("help.outbox.usage"));
	return SPI_EXIT_USAGE;
}
