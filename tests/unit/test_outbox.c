/* The outbox in the store: in with the ticket, out once, in order; what comes back comes once. */
#include "harness.h"

#include "base/embed.h"
#include "sportello/outbox.h"

#include <sqlite3.h>
#include <sys/stat.h>

typedef struct bed {
	char folder[400];
	sp_store *store;
	sp_store_reader *reader;
	sp_arena *arena;
} bed;

static bed open_bed(const char *name, const char *connector)
{
	bed b = {.arena = sp_arena_new(0)};
	sp_error err = {0};
	snprintf(b.folder, sizeof b.folder, "%s/%s", harness_folder(), name);
	if (sp_store_open(b.folder, SP_STORE_SERVE, &b.store, &err) != SP_OK || sp_store_reader_open(b.store, &b.reader, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "open: %s", err.text);
	else if (connector)
		sp_store_set_outbox(b.store, connector, &err);
	return b;
}

static void close_bed(bed *b)
{
	sp_store_reader_close(b->reader);
	sp_store_close(b->store);
	sp_arena_free(b->arena);
}

static int64_t open_ticket(bed *b, const char *message)
{
	sp_write write = {.kind = SP_WRITE_TICKET, .as.ticket = {.ticket = {.message = message, .lang = SP_LANG_IT, .group = "l1"}, .caller = "citizen"}};
	CHECK_INT(sp_store_write(b->store, &write, NULL), SP_OK);
	return write.as.ticket.ticket.number;
}

static void change_ticket(bed *b, int64_t number, sp_ticket_state state, const char *note)
{
	sp_write write = {.kind = SP_WRITE_TICKET_CHANGE, .as.ticket_change = {.number = number, .state = state, .note = note, .actor = "ada"}};
	CHECK_INT(sp_store_write(b->store, &write, NULL), SP_OK);
}

static sp_status work(bed *b, sp_outbox_write *outbox)
{
	sp_write write = {.kind = SP_WRITE_OUTBOX, .as.outbox = outbox};
	outbox->connector = "there";
	return sp_store_write(b->store, &write, NULL);
}

static sp_status act(bed *b, sp_outbox_action action, int64_t id)
{
	sp_outbox_write outbox = {.action = action, .id = id, .at_utc_ms = 5000, .cause = "x"};
	return work(b, &outbox);
}

static size_t list(bed *b, int64_t due_ms, sp_outbox_entry **ret)
{
	const sp_outbox_filter filter = {.connector = "there", .due_utc_ms = due_ms};
	size_t count = 0;
	CHECK_INT(sp_store_outbox(b->reader, &filter, b->arena, ret, &count, NULL), SP_OK);
	return count;
}

TEST(test_outbox_none_without_a_connector)
{
	bed b = open_bed("none", NULL);
	sp_outbox_entry *entries;
	int64_t number = open_ticket(&b, "uno");
	change_ticket(&b, number, SP_TICKET_ASSIGNED, NULL);
	CHECK_INT(list(&b, 0, &entries), 0);
	/* Switched on later: neither this ticket nor its changes. */
	sp_store_set_outbox(b.store, "there", NULL);
	change_ticket(&b, number, SP_TICKET_SOLVED, NULL);
	CHECK_INT(list(&b, 0, &entries), 0);
	close_bed(&b);
}

TEST(test_outbox_in_order_of_a_ticket)
{
	bed b = open_bed("order", "there");
	sp_outbox_entry *entries;
	int64_t first = open_ticket(&b, "uno");
	change_ticket(&b, first, SP_TICKET_ASSIGNED, "nota");
	open_ticket(&b, "due");
	CHECK_INT(list(&b, 0, &entries), 3);
	/* The change waits for its ticket, the other ticket does not. */
	REQUIRE(list(&b, 1000, &entries) == 2);
	CHECK_INT(entries[0].revision, 1);
	CHECK_INT(entries[1].revision, 1);
	CHECK_INT(act(&b, SP_OUTBOX_BEGIN, entries[0].id), SP_OK);
	CHECK_INT(list(&b, 1000, &entries), 1); /* what is under way is not taken twice */
	sp_outbox_write sent = {.action = SP_OUTBOX_SENT, .id = 1, .remote = "r1", .remote_state = "1"};
	CHECK_INT(work(&b, &sent), SP_OK);
	REQUIRE(list(&b, 1000, &entries) == 2);
	sp_outgoing out;
	CHECK_INT(sp_store_outgoing(b.reader, 2, b.arena, &out, NULL), SP_OK);
	CHECK_STR(out.remote, "r1");
	CHECK_STR(out.step.note, "nota");
	CHECK(out.step.moved);
	CHECK_INT(sp_store_outgoing(b.reader, 1, b.arena, &out, NULL), SP_ERR_NOT_FOUND);
	close_bed(&b);
}

TEST(test_outbox_tells_a_ticket_as_it_was_opened)
{
	bed b = open_bed("opened", "there");
	sp_outgoing out;
	int64_t number = open_ticket(&b, "uno");
	sp_write write = {.kind = SP_WRITE_TICKET_CHANGE, .as.ticket_change = {.number = number, .state = SP_TICKET_ESCALATED, .group = "l2",
		.level = SP_LEVEL_2, .note = "n", .assignee = "bea", .article = "a"}};
	CHECK_INT(sp_store_write(b.store, &write, NULL), SP_OK);
	REQUIRE(sp_store_outgoing(b.reader, 1, b.arena, &out, NULL) == SP_OK);
	CHECK_STR(out.ticket.group, "l1");
	CHECK_STR(out.ticket.note, NULL);
	CHECK_STR(out.ticket.assignee, NULL);
	CHECK_STR(out.ticket.article, NULL);
	CHECK_INT(out.ticket.state, SP_TICKET_NEW);
	CHECK_INT(out.ticket.level, SP_LEVEL_1);
	close_bed(&b);
}

TEST(test_outbox_after_a_crash_is_unsure)
{
	bed b = open_bed("crash", "there");
	sp_outbox_entry *entries;
	open_ticket(&b, "uno");
	open_ticket(&b, "due");
	CHECK_INT(act(&b, SP_OUTBOX_BEGIN, 1), SP_OK);
	sp_outbox_write recover = {.action = SP_OUTBOX_RECOVER, .settle_ms = 2000};
	CHECK_INT(work(&b, &recover), SP_OK);
	CHECK_INT(recover.changed, 1);
	CHECK_INT(list(&b, 6999, &entries), 1); /* begun at 5000 */
	REQUIRE(list(&b, 7000, &entries) == 2);
	CHECK(!entries[0].unsure);
	CHECK(entries[1].unsure);
	CHECK_INT(entries[1].attempts, 1);
	CHECK_INT(entries[1].tried_utc_s, 5);
	close_bed(&b);
}

TEST(test_outbox_dead_resend_drop)
{
	bed b = open_bed("dead", "there");
	sp_outbox_entry *entries;
	sp_outbox_counts counts;
	int64_t number = open_ticket(&b, "uno");
	change_ticket(&b, number, SP_TICKET_ASSIGNED, NULL);
	open_ticket(&b, "due");
	CHECK_INT(act(&b, SP_OUTBOX_RESEND, 1), SP_ERR_NOT_FOUND);
	CHECK_INT(act(&b, SP_OUTBOX_DEAD, 1), SP_OK);
	CHECK_INT(act(&b, SP_OUTBOX_BEGIN, 1), SP_ERR_NOT_FOUND);
	CHECK_INT(list(&b, 9000, &entries), 1); /* its change waits behind it */
	CHECK_INT(sp_store_outbox_counts(b.reader, "there", &counts, NULL), SP_OK);
	CHECK_INT(counts.waiting, 2);
	CHECK_INT(counts.dead, 1);
	CHECK(counts.oldest_utc_s > 0);
	CHECK_INT(act(&b, SP_OUTBOX_RESEND, 0), SP_OK);
	CHECK_INT(list(&b, 9000, &entries), 2);
	CHECK_INT(act(&b, SP_OUTBOX_DROP, 1), SP_OK); /* with its change */
	REQUIRE(list(&b, 0, &entries) == 1);
	CHECK_INT(entries[0].ticket, number + 1);
	/* What goes on with it stays here. */
	change_ticket(&b, number, SP_TICKET_SOLVED, NULL);
	CHECK_INT(list(&b, 0, &entries), 1);
	CHECK_INT(act(&b, SP_OUTBOX_DROP, 99), SP_ERR_NOT_FOUND);
	close_bed(&b);
}

TEST(test_outbox_what_comes_back_comes_once)
{
	bed b = open_bed("back", "there");
	sp_comment *comments;
	sp_outbox_entry *entries;
	size_t count;
	sp_ticket ticket;
	int64_t number = open_ticket(&b, "uno");
	sp_outbox_write sent = {.action = SP_OUTBOX_SENT, .id = 1, .remote = "r1", .remote_state = "1"};
	CHECK_INT(work(&b, &sent), SP_OK);
	const sp_remote_comment said[] = {{"c1", {100, "bea", "prima"}}, {"c2", {200, "bea", "dopo"}}};
	for (int i = 0; i < 2; i++) {
		sp_outbox_write news = {.action = SP_OUTBOX_REMOTE, .remote = "r1", .remote_state = "7", .state = SP_TICKET_CLOSED, .comments = said,
			.comments_count = 2, .at_utc_ms = 9000};
		CHECK_INT(work(&b, &news), SP_OK);
		CHECK_INT(news.changed, i == 0 ? 3 : 0);
		CHECK_INT(sp_store_ticket(b.reader, number, b.arena, &ticket, NULL), SP_OK);
		CHECK_INT(ticket.state, SP_TICKET_CLOSED);
		CHECK_INT(ticket.revision, 2);
		CHECK_INT(sp_store_comments(b.reader, number, b.arena, &comments, &count, NULL), SP_OK);
		REQUIRE(count == 2);
		CHECK_STR(comments[1].text, "dopo");
	}
	CHECK_INT(list(&b, 0, &entries), 0); /* and does not leave again */
	sp_outbox_write other = {.action = SP_OUTBOX_REMOTE, .remote = "r2", .remote_state = "7", .state = SP_TICKET_CLOSED};
	CHECK_INT(work(&b, &other), SP_ERR_NOT_FOUND);
	close_bed(&b);
}

TEST(test_outbox_moves_by_the_ways_there_are)
{
	bed b = open_bed("moves", "there");
	sp_ticket ticket;
	int64_t number = open_ticket(&b, "uno");
	sp_outbox_write sent = {.action = SP_OUTBOX_SENT, .id = 1, .remote = "r1"};
	CHECK_INT(work(&b, &sent), SP_OK);
	static const struct { const char *there; sp_ticket_state state, want; uint32_t revision; } steps[] = {
		{"a", SP_TICKET_ESCALATED, SP_TICKET_ESCALATED, 2}, {"b", SP_TICKET_ASSIGNED, SP_TICKET_ASSIGNED, 4}, /* by waiting or returned */
		{"c", SP_TICKET_STATE_COUNT, SP_TICKET_ASSIGNED, 4}, {"d", SP_TICKET_CLOSED, SP_TICKET_CLOSED, 5},
		{"e", SP_TICKET_ASSIGNED, SP_TICKET_CLOSED, 5}, /* closed stays closed */
	};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		sp_outbox_write news = {.action = SP_OUTBOX_REMOTE, .remote = "r1", .remote_state = steps[i].there, .state = steps[i].state};
		CHECK_INT(work(&b, &news), SP_OK);
		CHECK_INT(sp_store_ticket(b.reader, number, b.arena, &ticket, NULL), SP_OK);
		CHECK_INT(ticket.state, steps[i].want);
		CHECK_INT(ticket.revision, steps[i].revision);
		CHECK_INT(ticket.level, SP_LEVEL_2);
	}
	close_bed(&b);
}

/* A store of schema 2, as its files made it, with a ticket. */
static int64_t make_older(const char *path)
{
	sqlite3 *db = NULL;
	CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
	for (const spi_embedded *file = spi_embedded_schema; file->name && strncmp(file->name, "0003", 4) < 0; file++)
		CHECK_INT(sqlite3_exec(db, file->data, NULL, NULL, NULL), SQLITE_OK);
	CHECK_INT(sqlite3_exec(db, "INSERT INTO tickets (secret, state, level, top_level, lang, message, created_utc_s, updated_utc_s, revision) "
		"VALUES ('s', 'new', 1, 1, 'it', 'di prima', 1700000000, 1700000000, 1)", NULL, NULL, NULL), SQLITE_OK);
	int64_t number = sqlite3_last_insert_rowid(db);
	sqlite3_close(db);
	return number;
}

/* Data of a schema before are brought up to date. */
TEST(test_outbox_joins_older_data)
{
	char path[500];
	snprintf(path, sizeof path, "%s/older", harness_folder());
	CHECK_INT(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/older/store.sqlite", harness_folder());
	int64_t number = make_older(path);
	bed b = open_bed("older", "there");
	sp_ticket ticket;
	sp_outbox_entry *entries;
	CHECK_INT(sp_store_ticket(b.reader, number, b.arena, &ticket, NULL), SP_OK);
	open_ticket(&b, "di dopo");
	CHECK_INT(list(&b, 0, &entries), 1);
	close_bed(&b);
}
