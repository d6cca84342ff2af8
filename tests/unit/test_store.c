/* The store: what is reported done is there, whatever happens; what is refused leaves no trace. */
#include "harness.h"

#include "base/clock.h"
#include "sportello/ledger.h"
#include "sportello/store.h"
#include "store/engine.h"
#include "store/queue.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOON INT64_C(1795521600) /* 2026-11-24T12:00:00Z */

/* ---- helpers ---- */

static const char *folder_of(const char *name)
{
	static char path[400];
	snprintf(path, sizeof path, "%s/%s", harness_folder(), name);
	return path;
}

static const char *file_of(const char *name, const char *file)
{
	static char path[500];
	snprintf(path, sizeof path, "%s/%s/%s", harness_folder(), name, file);
	return path;
}

static sp_store *open_store(const char *name)
{
	sp_store *store = NULL;
	sp_error err = {0};
	if (sp_store_open(folder_of(name), SP_STORE_SERVE, &store, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "open %s: %s: %s", name, err.source, err.text);
	return store;
}

static sp_store_reader *open_reader(sp_store *store)
{
	sp_store_reader *reader = NULL;
	sp_error err = {0};
	if (sp_store_reader_open(store, &reader, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "reader: %s: %s", err.source, err.text);
	return reader;
}

/* A statement by the side door, to see or spoil what is stored; the first column of its first row, or -1. */
static long long sql(const char *name, const char *text)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	long long value = -1;
	CHECK_INT(sqlite3_open(file_of(name, "store.sqlite"), &db), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	CHECK_INT(sqlite3_finalize(statement), SQLITE_OK);
	sqlite3_close(db);
	return value;
}

static sp_write turn_write(const char *conversation, int64_t at_utc_s, sp_decision_kind decision, const char *category,
	const char *article)
{
	sp_write write = {.kind = SP_WRITE_TURN};
	write.as.turn = (sp_write_turn){
		.conversation = conversation, .channel = "web", .audience = "citizen", .confidence = 0.5,
		.turn = {
			.question = "come si fa", .decision = decision, .category = category, .article = article,
			.lang = SP_LANG_IT, .reason = decision == SP_DECIDE_NONE ? SP_REASON_GREETING : SP_REASON_SURE,
			.at_utc_s = at_utc_s,
		},
	};
	return write;
}

static void say(sp_store *store, const char *conversation, int64_t at_utc_s, sp_decision_kind decision,
	const char *category, const char *article)
{
	sp_write write = turn_write(conversation, at_utc_s, decision, category, article);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

static void judge(sp_store *store, const char *conversation, int64_t at_utc_s, bool solved)
{
	sp_write write = {.kind = SP_WRITE_FEEDBACK};
	write.as.feedback = (sp_write_feedback){.conversation = conversation, .solved = solved, .at_utc_s = at_utc_s};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

static sp_write ticket_write(const char *conversation, const char *message)
{
	static const sp_ticket_value values[] = {{"email", "ada@example.com"}, {"device", "Telefono \"X\" 'è"}};
	sp_write write = {.kind = SP_WRITE_TICKET};
	write.as.ticket.caller = "citizen";
	write.as.ticket.ticket = (sp_ticket){
		.state = SP_TICKET_NEW, .conversation = conversation, .category = "accesso-spid", .group = "l1-app-io",
		.level = 1, .article = "spid-otp", .channel = "web", .audience = "citizen", .message = message,
		.lang = SP_LANG_IT, .values = values, .values_count = 2, .created_utc_s = NOON,
	};
	return write;
}

static int64_t add_ticket(sp_store *store, const char *conversation, const char *category, const char *group, int level)
{
	sp_write write = ticket_write(conversation, "non va");
	write.as.ticket.ticket.category = category;
	write.as.ticket.ticket.group = group;
	write.as.ticket.ticket.level = level;
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	return write.as.ticket.ticket.number;
}

static sp_write change_write(int64_t number, sp_ticket_state state)
{
	sp_write write = {.kind = SP_WRITE_TICKET_CHANGE};
	write.as.ticket_change = (sp_write_ticket_change){.number = number, .state = state, .actor = "anna",
		.at_utc_s = NOON + 60};
	return write;
}

static sp_status change(sp_store *store, int64_t number, sp_ticket_state state, const char *group, int level)
{
	sp_write write = change_write(number, state);
	write.as.ticket_change.group = group;
	write.as.ticket_change.level = level;
	return sp_store_write(store, &write, NULL);
}

/* ---- opening ---- */

TEST(test_store_ids_are_random_and_readable)
{
	char a[SP_CONVERSATION_ID_LEN + 1], b[SP_CONVERSATION_ID_LEN + 1];
	sp_store_new_id(a);
	sp_store_new_id(b);
	CHECK_INT(strlen(a), SP_CONVERSATION_ID_LEN);
	CHECK_INT(strspn(a, "0123456789abcdefghjkmnpqrstvwxyz"), SP_CONVERSATION_ID_LEN);
	CHECK(strcmp(a, b) != 0);
}

TEST(test_store_is_made_with_its_folder_for_its_user_alone)
{
	sp_store *store = open_store("new/deep");
	struct stat st;
	CHECK_INT(stat(file_of("new/deep", "store.sqlite"), &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	sp_store_close(store);
	CHECK_INT(sql("new/deep", "PRAGMA user_version"), SP_STORE_SCHEMA);
	CHECK_INT(sql("new/deep", "PRAGMA application_id"), 0x53706f72);
	sp_store_close(NULL);
	sp_store_reader_close(NULL);
}

TEST(test_store_is_one_services_alone)
{
	sp_store *store = open_store("alone"), *other = NULL, *reading = NULL;
	sp_error err = {0};
	char process[40];
	CHECK_INT(sp_store_open(folder_of("alone"), SP_STORE_SERVE, &other, &err), SP_ERR_BUSY);
	snprintf(process, sizeof process, "process %ld", (long)getpid());
	CHECK_HAS(err.text, process);
	CHECK(other == NULL);
	/* A report runs beside it. */
	CHECK_INT(sp_store_open(folder_of("alone"), SP_STORE_READ, &reading, NULL), SP_OK);
	sp_store_reader *reader = open_reader(reading);
	sp_store_reader_close(reader);
	sp_store_close(reading);
	sp_store_close(store);
	store = open_store("alone");
	sp_store_close(store);
}

TEST(test_store_token_beside_a_service)
{
	sp_store *service, *beside;
	sp_error err = {0};
	REQUIRE(sp_store_open(folder_of("beside"), SP_STORE_SERVE, &service, &err) == SP_OK);
	REQUIRE(sp_store_open(folder_of("beside"), SP_STORE_BESIDE, &beside, &err) == SP_OK);
	sp_write write = {.kind = SP_WRITE_TOKEN, .as.token = {.subject = "ada", .role = "agent", .audience = "agent-l1"}};
	CHECK_INT(sp_store_write(beside, &write, &err), SP_OK);
	sp_store_close(beside);
	sp_store_reader *reader;
	REQUIRE(sp_store_reader_open(service, &reader, &err) == SP_OK);
	sp_arena *arena = sp_arena_new(0);
	sp_token_info token;
	CHECK_INT(sp_store_token(reader, write.as.token.secret, strlen(write.as.token.secret), 1, arena, &token, &err), SP_OK);
	CHECK_STR(token.subject, "ada");
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	/* The service still keeps other services out. */
	CHECK_INT(sp_store_open(folder_of("beside"), SP_STORE_SERVE, &beside, NULL), SP_ERR_BUSY);
	sp_store_close(service);
}

TEST(test_store_read_only_changes_nothing)
{
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(sp_store_open(folder_of("nothing"), SP_STORE_READ, &store, &err), SP_ERR_NOT_FOUND);
	CHECK_HAS(err.text, "sportello serve");
	CHECK(access(folder_of("nothing"), F_OK) != 0);
	sp_store_close(open_store("readonly"));
	REQUIRE(sp_store_open(folder_of("readonly"), SP_STORE_READ, &store, NULL) == SP_OK);
	sp_write write = turn_write("c", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_DENIED);
	CHECK_INT(sp_store_submit(store, &write), SP_ERR_DENIED);
	sp_store_close(store);
}

TEST(test_store_newer_schema_is_refused)
{
	sp_store_close(open_store("newer"));
	sql("newer", "PRAGMA user_version = 999");
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(sp_store_open(folder_of("newer"), SP_STORE_SERVE, &store, &err), SP_ERR_NEWER);
	CHECK_HAS(err.text, "schema 999, this one knows up to");
	CHECK_INT(sp_store_open(folder_of("newer"), SP_STORE_READ, &store, NULL), SP_ERR_NEWER);
	CHECK_INT(sql("newer", "PRAGMA user_version"), 999);
}

TEST(test_store_empty_database_is_migrated)
{
	CHECK_INT(mkdir(folder_of("empty"), 0700), 0);
	sql("empty", "PRAGMA user_version = 0");
	sp_store *store = NULL;
	CHECK_INT(sp_store_open(folder_of("empty"), SP_STORE_READ, &store, NULL), SP_ERR_UNSUPPORTED);
	sp_store_close(open_store("empty"));
	CHECK_INT(sql("empty", "PRAGMA user_version"), SP_STORE_SCHEMA);
	CHECK_INT(sql("empty", "SELECT count(*) FROM tickets"), 0);
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "wb");
	REQUIRE(file != NULL);
	CHECK_INT(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

TEST(test_store_what_is_no_store_is_refused)
{
	char noise[8192];
	memset(noise, 'x', sizeof noise);
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(mkdir(folder_of("noise"), 0700), 0);
	write_file(file_of("noise", "store.sqlite"), noise, sizeof noise);
	CHECK_INT(sp_store_open(folder_of("noise"), SP_STORE_SERVE, &store, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.source, "noise/store.sqlite");
	CHECK_HAS(err.text, "restore the file from a backup");
	sp_error_clear(&err);
	CHECK_INT(mkdir(folder_of("foreign"), 0700), 0);
	sql("foreign", "CREATE TABLE other (x)");
	CHECK_INT(sp_store_open(folder_of("foreign"), SP_STORE_SERVE, &store, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.text, "another program");
	CHECK_INT(sql("foreign", "SELECT count(*) FROM sqlite_schema"), 1);
}

TEST(test_store_cut_file_is_refused)
{
	sp_store_close(open_store("cut"));
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK_INT(truncate(file_of("cut", "store.sqlite"), 5000), 0);
	CHECK_INT(sp_store_open(folder_of("cut"), SP_STORE_SERVE, &store, &err), SP_ERR_CORRUPT);
	CHECK_HAS(err.text, "cut short (5000 of ");
	CHECK_INT(sp_store_open(folder_of("cut"), SP_STORE_READ, &store, NULL), SP_ERR_CORRUPT);
}

TEST(test_store_folder_that_is_none)
{
	write_file(folder_of("a-file"), "x", 1);
	sp_store *store = NULL;
	sp_error err = {0};
	CHECK(sp_store_open(folder_of("a-file/data"), SP_STORE_SERVE, &store, &err) != SP_OK);
	CHECK_HAS(err.source, "a-file");
}

/* ---- conversations ---- */

TEST(test_store_dialogue_is_the_last_turns)
{
	sp_store *store = open_store("talk");
	static const char *offered[] = {"uno", "due"};
	char question[20];
	for (int i = 0; i < 10; i++) {
		sp_write write = turn_write("talk-1", NOON + i, SP_DECIDE_CLARIFY, i == 9 ? "accesso-spid" : NULL, NULL);
		snprintf(question, sizeof question, "domanda %d", i);
		write.as.turn.turn.question = question;
		if (i == 9)
			write.as.turn.turn.offered = (sp_strings){offered, 2};
		CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	}
	sp_store_close(store);

	store = open_store("talk"); /* survives a restart */
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_dialogue dialogue;
	sp_error err = {0};
	REQUIRE(sp_store_dialogue(reader, "talk-1", arena, &dialogue, &err) == SP_OK);
	CHECK_INT(dialogue.count, SP_DIALOGUE_MAX);
	CHECK(!dialogue.ticket_open);
	CHECK_STR(dialogue.turns[0].question, "domanda 2");
	CHECK_INT(dialogue.turns[0].offered.count, 0);
	const sp_turn *last = &dialogue.turns[dialogue.count - 1];
	CHECK_STR(last->question, "domanda 9");
	CHECK_STR(last->category, "accesso-spid");
	CHECK_STR(last->article, NULL);
	CHECK_INT(last->decision, SP_DECIDE_CLARIFY);
	CHECK_INT(last->reason, SP_REASON_SURE);
	CHECK_INT(last->lang, SP_LANG_IT);
	CHECK_INT(last->at_utc_s, NOON + 9);
	REQUIRE(last->offered.count == 2);
	CHECK_STR(last->offered.items[0], "uno");
	CHECK_STR(last->offered.items[1], "due");

	CHECK_INT(sp_store_dialogue(reader, "other", arena, &dialogue, &err), SP_ERR_NOT_FOUND);
	add_ticket(store, "talk-1", NULL, NULL, 0);
	REQUIRE(sp_store_dialogue(reader, "talk-1", arena, &dialogue, NULL) == SP_OK);
	CHECK(dialogue.ticket_open);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
}

TEST(test_store_bad_turns_are_refused)
{
	sp_store *store = open_store("bad-turns");
	sp_error err = {0};
	sp_write write = turn_write("", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	CHECK_INT(sp_store_write(store, &write, &err), SP_ERR_INVALID);
	CHECK_STR(err.source, "conversation");
	write = turn_write("0123456789012345678901234567890123456789012345678901234567890123x", NOON, SP_DECIDE_ANSWER,
		NULL, NULL);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_INVALID);
	write = turn_write("c", NOON, SP_DECIDE_COUNT, NULL, NULL);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_INVALID);
	write = turn_write("c", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	write.as.turn.channel = NULL;
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_INVALID);
	write = (sp_write){.kind = SP_WRITE_FEEDBACK, .as.feedback = {.conversation = "nobody", .solved = true}};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_NOT_FOUND);
	write = (sp_write){.kind = (sp_write_kind)99};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_USAGE);
	sp_store_close(store);
	CHECK_INT(sql("bad-turns", "SELECT count(*) FROM conversations"), 0);
}

/* ---- tickets ---- */

TEST(test_store_ticket_is_kept_whole)
{
	sp_store *store = open_store("tickets");
	say(store, "conv", NOON, SP_DECIDE_TICKET, "accesso-spid", NULL);
	sp_write write = ticket_write("conv", "L'app'); DROP TABLE tickets;-- non va");
	REQUIRE(sp_store_write(store, &write, NULL) == SP_OK);
	CHECK_INT(write.as.ticket.ticket.number, 1001);
	CHECK_INT(write.as.ticket.ticket.revision, 1);
	CHECK(!write.as.ticket.replayed);
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_ticket ticket;
	REQUIRE(sp_store_ticket(reader, 1001, arena, &ticket, NULL) == SP_OK);
	CHECK_STR(ticket.secret, write.as.ticket.ticket.secret);
	CHECK_INT(strlen(ticket.secret), SP_CONVERSATION_ID_LEN);
	CHECK_INT(ticket.state, SP_TICKET_NEW);
	CHECK_STR(ticket.conversation, "conv");
	CHECK_STR(ticket.category, "accesso-spid");
	CHECK_STR(ticket.group, "l1-app-io");
	CHECK_INT(ticket.level, 1);
	CHECK_STR(ticket.article, "spid-otp");
	CHECK_STR(ticket.channel, "web");
	CHECK_STR(ticket.audience, "citizen");
	CHECK_STR(ticket.message, "L'app'); DROP TABLE tickets;-- non va");
	CHECK_INT(ticket.lang, SP_LANG_IT);
	REQUIRE(ticket.values_count == 2);
	CHECK_STR(ticket.values[0].field, "email");
	CHECK_STR(ticket.values[0].value, "ada@example.com");
	CHECK_STR(ticket.values[1].value, "Telefono \"X\" 'è");
	CHECK_INT(ticket.created_utc_s, NOON);
	CHECK_INT(ticket.updated_utc_s, NOON);
	CHECK_STR(ticket.assignee, NULL);
	CHECK_INT(ticket.revision, 1);
	CHECK_INT(sp_store_ticket(reader, 1002, arena, &ticket, NULL), SP_ERR_NOT_FOUND);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
}

TEST(test_store_ticket_of_an_unknown_conversation_is_not_lost)
{
	sp_store *store = open_store("lost");
	CHECK_INT(add_ticket(store, "never-seen", NULL, NULL, 0), 1001);
	sp_store_close(store);
	CHECK_INT(sql("lost", "SELECT count(*) FROM tickets JOIN conversations c ON c.number = conversation"), 1);
}

TEST(test_store_tickets_are_listed_newest_first)
{
	sp_store *store = open_store("list");
	for (int i = 0; i < 60; i++) /* 1001 to 1060 */
		add_ticket(store, NULL, i % 2 ? "a" : "b", i % 3 ? "g" : "h", 1);
	CHECK_INT(change(store, 1002, SP_TICKET_SOLVED, NULL, 0), SP_OK); /* a, g */
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_ticket *tickets;
	size_t count;
	REQUIRE(sp_store_tickets(reader, NULL, arena, &tickets, &count, NULL) == SP_OK);
	CHECK_INT(count, 50);
	CHECK_INT(tickets[0].number, 1060);
	CHECK_INT(tickets[49].number, 1011);
	CHECK_STR(tickets[49].values[0].value, "ada@example.com");
	sp_ticket_filter filter = {.before_number = 1011, .limit = 4};
	REQUIRE(sp_store_tickets(reader, &filter, arena, &tickets, &count, NULL) == SP_OK);
	CHECK_INT(count, 4);
	CHECK_INT(tickets[0].number, 1010);
	static const struct { sp_ticket_filter filter; size_t count; } cases[] = {
		{{.state = "solved", .limit = 500}, 1}, {{.state = "new", .limit = 500}, 59},
		{{.group = "g", .limit = 500}, 40}, {{.category = "a", .limit = 500}, 30},
		{{.state = "new", .group = "g", .limit = 500}, 39}, {{.state = "solved", .category = "b"}, 0},
		{{.group = "h", .category = "a", .limit = 500}, 10},
		{{.state = "solved", .group = "g", .category = "a"}, 1}, {{.group = "none"}, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		REQUIRE(sp_store_tickets(reader, &cases[i].filter, arena, &tickets, &count, NULL) == SP_OK);
		CHECK_INT(count, cases[i].count);
	}
	filter = (sp_ticket_filter){.state = "open"};
	CHECK_INT(sp_store_tickets(reader, &filter, arena, &tickets, &count, NULL), SP_ERR_INVALID);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
}

TEST(test_store_ticket_changes_by_the_rules)
{
	sp_store *store = open_store("change");
	sp_error err = {0};
	int64_t number = add_ticket(store, NULL, "a", "l1", 1);
	sp_write write = change_write(number, SP_TICKET_ESCALATED);
	write.as.ticket_change.group = "l2";
	write.as.ticket_change.level = 2;
	write.as.ticket_change.note = "serve il log";
	write.as.ticket_change.assignee = "bruno";
	write.as.ticket_change.if_revision = 1;
	REQUIRE(sp_store_write(store, &write, NULL) == SP_OK);
	CHECK_INT(write.as.ticket_change.revision, 2);

	/* Somebody who still looks at the first revision. */
	REQUIRE(sp_store_write(store, &write, &err) == SP_ERR_CONFLICT);
	CHECK_HAS(err.text, "revision 2, not 1");
	CHECK_INT(write.as.ticket_change.revision, 0);
	sp_error_clear(&err);
	write = change_write(number, SP_TICKET_ASSIGNED);
	CHECK_INT(sp_store_write(store, &write, &err), SP_ERR_CONFLICT);
	CHECK_STR(err.text, "a ticket that is escalated cannot become assigned");
	write = change_write(4711, SP_TICKET_ASSIGNED);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_ERR_NOT_FOUND);
	write = change_write(number, SP_TICKET_ESCALATED); /* where it is already: no move */
	write.as.ticket_change.assignee = "";
	write.as.ticket_change.article = "spid-cos-e";
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);

	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_ticket ticket;
	REQUIRE(sp_store_ticket(reader, number, arena, &ticket, NULL) == SP_OK);
	CHECK_INT(ticket.state, SP_TICKET_ESCALATED);
	CHECK_STR(ticket.group, "l2");
	CHECK_INT(ticket.level, 2);
	CHECK_STR(ticket.note, "serve il log");
	CHECK_STR(ticket.assignee, NULL);
	CHECK_STR(ticket.article, "spid-cos-e");
	CHECK_INT(ticket.revision, 3);
	CHECK_INT(ticket.created_utc_s, NOON);
	CHECK_INT(ticket.updated_utc_s, NOON + 60);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
	CHECK_INT(sql("change", "SELECT count(*) FROM ticket_history"), 3);
	CHECK_INT(sql("change", "SELECT count(*) FROM ticket_history WHERE actor = 'anna' AND state = 'escalated'"), 2);
}

TEST(test_store_idempotency_key_makes_one_ticket)
{
	sp_store *store = open_store("once");
	sp_error err = {0};
	sp_write first = ticket_write(NULL, "uno");
	first.as.ticket.idempotency_key = "key-1";
	first.as.ticket.fingerprint = UINT64_C(0xfedcba9876543210);
	REQUIRE(sp_store_write(store, &first, NULL) == SP_OK);
	CHECK(!first.as.ticket.replayed);
	CHECK_INT(change(store, 1001, SP_TICKET_ASSIGNED, NULL, 0), SP_OK);
	sp_store_close(store);

	store = open_store("once"); /* a restart does not forget it */
	sp_write again = ticket_write(NULL, "uno");
	again.as.ticket.idempotency_key = "key-1";
	again.as.ticket.fingerprint = UINT64_C(0xfedcba9876543210);
	REQUIRE(sp_store_write(store, &again, NULL) == SP_OK);
	CHECK(again.as.ticket.replayed);
	CHECK_INT(again.as.ticket.ticket.number, 1001);
	CHECK_STR(again.as.ticket.ticket.secret, first.as.ticket.ticket.secret);
	CHECK_INT(again.as.ticket.ticket.state, SP_TICKET_ASSIGNED);
	CHECK_INT(again.as.ticket.ticket.revision, 2);
	CHECK_INT(again.as.ticket.ticket.created_utc_s, NOON);

	again.as.ticket.fingerprint = 1;
	REQUIRE(sp_store_write(store, &again, &err) == SP_ERR_CONFLICT);
	CHECK_STR(err.source, "Idempotency-Key");
	CHECK_INT(again.as.ticket.ticket.number, 0);
	CHECK_STR(again.as.ticket.ticket.secret, "");
	CHECK(!again.as.ticket.replayed);
	again.as.ticket.caller = "another"; /* whose key of the same name is another one */
	REQUIRE(sp_store_write(store, &again, NULL) == SP_OK);
	CHECK_INT(again.as.ticket.ticket.number, 1002);
	char key[SP_IDEMPOTENCY_KEY_MAX + 2];
	memset(key, 'k', sizeof key - 1);
	key[sizeof key - 1] = '\0';
	again.as.ticket.idempotency_key = key;
	CHECK_INT(sp_store_write(store, &again, NULL), SP_ERR_TOO_LARGE);
	again.as.ticket.idempotency_key = "";
	CHECK_INT(sp_store_write(store, &again, NULL), SP_ERR_INVALID);
	again.as.ticket.idempotency_key = "k";
	again.as.ticket.caller = NULL;
	CHECK_INT(sp_store_write(store, &again, NULL), SP_ERR_INVALID);
	sp_store_close(store);
	CHECK_INT(sql("once", "SELECT count(*) FROM tickets"), 2);
}

TEST(test_store_idempotency_keys_are_kept_two_days_and_not_for_ever)
{
	sp_store *store = open_store("keys");
	for (int i = 0; i < 2; i++) {
		sp_write write = ticket_write(NULL, "uno");
		write.as.ticket.idempotency_key = i ? "new" : "old";
		CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
		CHECK_INT(sql("keys", "UPDATE idempotency SET at_utc_s = at_utc_s - 50 * 3600"), -1);
	}
	CHECK_INT(sql("keys", "SELECT count(*) FROM idempotency"), 2); /* 100 and 50 hours old */
	sp_write write = ticket_write(NULL, "uno");
	write.as.ticket.idempotency_key = "next";
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	sp_store_close(store);
	CHECK_INT(sql("keys", "SELECT count(*) FROM idempotency WHERE key IN ('new', 'next')"), 2);
	CHECK_INT(sql("keys", "SELECT count(*) FROM idempotency"), 2);
}

/* ---- tokens ---- */

TEST(test_store_tokens)
{
	sp_store *store = open_store("tokens");
	sp_error err = {0};
	sp_write write = {.kind = SP_WRITE_TOKEN};
	write.as.token = (sp_write_token){.subject = "anna", .role = "agent", .audience = "agent-l1", .at_utc_s = NOON,
		.expires_utc_s = NOON + 100};
	REQUIRE(sp_store_write(store, &write, NULL) == SP_OK);
	const char *secret = write.as.token.secret;
	CHECK_INT(strlen(secret), 56);
	CHECK_INT(strncmp(secret, "spt_", 4), 0);
	CHECK_INT(strspn(secret + 4, "0123456789abcdefghjkmnpqrstvwxyz"), 52);

	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_token_info info, *tokens;
	size_t count;
	REQUIRE(sp_store_token(reader, secret, strlen(secret), NOON + 99, arena, &info, NULL) == SP_OK);
	CHECK_INT(info.id, write.as.token.id);
	CHECK_STR(info.subject, "anna");
	CHECK_STR(info.role, "agent");
	CHECK_STR(info.audience, "agent-l1");
	CHECK_INT(info.created_utc_s, NOON);
	CHECK_INT(info.expires_utc_s, NOON + 100);
	CHECK(!info.revoked);
	CHECK_INT(sp_store_token(reader, secret, strlen(secret), NOON + 100, arena, &info, &err), SP_ERR_DENIED);
	CHECK_INT(sp_store_token(reader, secret, strlen(secret) - 1, NOON, arena, &info, NULL), SP_ERR_DENIED);
	CHECK_INT(sp_store_token(reader, "", 0, NOON, arena, &info, NULL), SP_ERR_DENIED);

	sp_write other = {.kind = SP_WRITE_TOKEN};
	other.as.token = (sp_write_token){.subject = "bruno", .role = "admin", .audience = "agent-l2"};
	REQUIRE(sp_store_write(store, &other, NULL) == SP_OK);
	/* It never expires. */
	CHECK_INT(sp_store_token(reader, other.as.token.secret, 56, INT64_MAX, arena, &info, NULL), SP_OK);
	sp_write revoke = {.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke.id = other.as.token.id};
	CHECK_INT(sp_store_write(store, &revoke, NULL), SP_OK);
	CHECK_INT(sp_store_write(store, &revoke, NULL), SP_OK);
	CHECK_INT(sp_store_token(reader, other.as.token.secret, 56, NOON, arena, &info, NULL), SP_ERR_DENIED);
	REQUIRE(sp_store_tokens(reader, arena, &tokens, &count, NULL) == SP_OK);
	REQUIRE(count == 2);
	CHECK(!tokens[0].revoked);
	CHECK(tokens[1].revoked);
	CHECK_STR(tokens[1].subject, "bruno");
	revoke.as.token_revoke.id = 99;
	CHECK_INT(sp_store_write(store, &revoke, NULL), SP_ERR_NOT_FOUND);
	other.as.token.role = "root";
	sp_error_clear(&err);
	CHECK_INT(sp_store_write(store, &other, &err), SP_ERR_INVALID);
	CHECK_HAS(err.text, "agent, editor, manager, admin or reader");
	CHECK_STR(other.as.token.secret, "");
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
	/* The secret itself is in none of the files. */
	CHECK_INT(sql("tokens", "SELECT count(*) FROM tokens WHERE hash LIKE 'spt_%' OR length(hash) <> 64"), 0);
}

/* ---- the writer thread ---- */

static void count_done(sp_write *write, void *arg)
{
	(void)write;
	sem_post(arg);
}

TEST(test_store_bad_write_does_not_fail_its_neighbours)
{
	sp_store *store = open_store("batch");
	enum { COUNT = 90 };
	static sp_write writes[COUNT];
	sem_t done;
	sem_init(&done, 0, 0);
	static const char long_id[] = "an id of more than 64 characters, which is too long for a conversation";
	for (int i = 0; i < COUNT; i++) { /* good, bad at once, bad in its second statement */
		writes[i] = i % 3 == 0 ? ticket_write(NULL, "bene") : i % 3 == 1 ? change_write(99, SP_TICKET_SOLVED) :
			ticket_write(NULL, "male");
		if (i % 3 == 2)
			writes[i].as.ticket.ticket.conversation = long_id;
		writes[i].done = count_done;
		writes[i].arg = &done;
		CHECK_INT(sp_store_submit(store, &writes[i]), SP_OK);
	}
	for (int i = 0; i < COUNT; i++)
		while (sem_wait(&done) != 0)
			continue;
	for (int i = 0; i < COUNT; i++)
		CHECK_INT(writes[i].status, i % 3 == 0 ? SP_OK : i % 3 == 1 ? SP_ERR_NOT_FOUND : SP_ERR_INVALID);
	sp_store_close(store);
	sem_destroy(&done);
	CHECK_INT(sql("batch", "SELECT count(*) FROM tickets WHERE message = 'bene'"), 30);
	CHECK_INT(sql("batch", "SELECT count(*) FROM tickets"), 30);
}

TEST(test_store_same_key_twice_at_once_is_one_ticket)
{
	sp_store *store = open_store("twice");
	sp_write writes[2];
	sem_t done;
	sem_init(&done, 0, 0);
	for (int i = 0; i < 2; i++) {
		writes[i] = ticket_write(NULL, "uno");
		writes[i].as.ticket.idempotency_key = "same";
		writes[i].done = count_done;
		writes[i].arg = &done;
		CHECK_INT(sp_store_submit(store, &writes[i]), SP_OK);
	}
	sp_store_close(store); /* does what was submitted first */
	CHECK_INT(writes[0].status, SP_OK);
	CHECK_INT(writes[1].status, SP_OK);
	CHECK(!writes[0].as.ticket.replayed);
	CHECK(writes[1].as.ticket.replayed);
	CHECK_INT(writes[1].as.ticket.ticket.number, writes[0].as.ticket.ticket.number);
	sem_destroy(&done);
}

enum { THREADS = 8, EACH = 100 };

typedef struct client {
	pthread_t thread;
	sp_store *store;
	int64_t numbers[EACH];
	int missing;
} client;

/* Every ticket is there for another reader as soon as it was reported done. */
static void *be_client(void *arg)
{
	client *me = arg;
	sp_store_reader *reader = NULL;
	sp_arena *arena = sp_arena_new(0);
	if (sp_store_reader_open(me->store, &reader, NULL) != SP_OK)
		return NULL;
	for (int i = 0; i < EACH; i++) {
		sp_write write = ticket_write(NULL, "insieme");
		sp_ticket ticket;
		if (sp_store_write(me->store, &write, NULL) == SP_OK)
			me->numbers[i] = write.as.ticket.ticket.number;
		me->missing += sp_store_ticket(reader, me->numbers[i], arena, &ticket, NULL) != SP_OK;
		sp_arena_reset(arena);
	}
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	return NULL;
}

TEST(test_store_many_threads_write_together)
{
	sp_store *store = open_store("together");
	static client clients[THREADS];
	static bool seen[THREADS * EACH];
	for (int i = 0; i < THREADS; i++) {
		clients[i].store = store;
		REQUIRE(pthread_create(&clients[i].thread, NULL, be_client, &clients[i]) == 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(clients[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		CHECK_INT(clients[i].missing, 0);
		for (int k = 0; k < EACH; k++) {
			int64_t at = clients[i].numbers[k] - 1001;
			REQUIRE(at >= 0 && at < THREADS * EACH);
			CHECK(!seen[at]); /* none twice, none left out */
			seen[at] = true;
		}
	}
	sp_store_close(store);
}

static void hold_up(sp_write *write, void *arg)
{
	(void)write;
	sem_t *gates = arg;
	sem_post(&gates[0]);
	while (sem_wait(&gates[1]) != 0)
		continue;
}

TEST(test_store_full_queue_says_so)
{
	sp_store *store = open_store("queue");
	sem_t gates[2], done;
	sem_init(&gates[0], 0, 0);
	sem_init(&gates[1], 0, 0);
	sem_init(&done, 0, 0);
	sp_write first = {.kind = SP_WRITE_TOKEN_REVOKE, .done = hold_up, .arg = gates}, last = first;
	CHECK_INT(sp_store_submit(store, &first), SP_OK);
	while (sem_wait(&gates[0]) != 0) /* the writer is held up */
		continue;
	sp_write *writes = calloc(SPI_QUEUE_MAX, sizeof *writes);
	REQUIRE(writes != NULL);
	int accepted = 0;
	for (int i = 0; i < SPI_QUEUE_MAX; i++) {
		writes[i] = (sp_write){.kind = SP_WRITE_TOKEN_REVOKE, .done = count_done, .arg = &done};
		accepted += sp_store_submit(store, &writes[i]) == SP_OK;
	}
	CHECK_INT(accepted, SPI_QUEUE_MAX);
	sp_error err = {0};
	CHECK_INT(sp_store_submit(store, &last), SP_ERR_BUSY);
	CHECK_INT(sp_store_write(store, &last, &err), SP_ERR_BUSY);
	CHECK_HAS(err.text, "try again");
	sem_post(&gates[1]);
	sp_store_close(store);
	int finished;
	sem_getvalue(&done, &finished);
	CHECK_INT(finished, SPI_QUEUE_MAX);
	CHECK_INT(writes[SPI_QUEUE_MAX - 1].status, SP_ERR_NOT_FOUND);
	free(writes);
	sem_destroy(&gates[0]);
	sem_destroy(&gates[1]);
	sem_destroy(&done);
}

static void write_from_within(sp_write *write, void *arg)
{
	sp_write inner = turn_write("inner", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	write->status = sp_store_write(*(sp_store **)arg, &inner, NULL);
}

TEST(test_store_writer_thread_does_not_wait_for_itself)
{
	sp_store *store = open_store("within");
	sp_write write = turn_write("outer", NOON, SP_DECIDE_ANSWER, NULL, NULL);
	write.done = write_from_within;
	write.arg = &store;
	CHECK_INT(sp_store_submit(store, &write), SP_OK);
	sp_store_close(store);
	CHECK_INT(write.status, SP_ERR_USAGE);
}

/* An engine of the worst kind. What a write does is its token's number. */
enum { GOES_WELL, IS_REFUSED, BREAKS_ALL };

typedef struct bad_engine {
	bool in_batch, commit_fails;
	int begun, committed;
} bad_engine;

static sp_status bad_begin(void *db, sp_error *err)
{
	(void)err;
	bad_engine *engine = db;
	engine->in_batch = true;
	engine->begun++;
	return SP_OK;
}

static sp_status bad_apply(void *db, sp_write *write, sp_error *err)
{
	bad_engine *engine = db;
	if (write->as.token_revoke.id == GOES_WELL)
		return SP_OK;
	engine->in_batch = write->as.token_revoke.id != BREAKS_ALL;
	return sp_error_set(err, engine->in_batch ? SP_ERR_INVALID : SP_ERR_FULL, NULL, 0, "as told");
}

static bool bad_in_batch(void *db)
{
	return ((bad_engine *)db)->in_batch;
}

static sp_status bad_commit(void *db, sp_error *err)
{
	bad_engine *engine = db;
	if (engine->commit_fails)
		return sp_error_set(err, SP_ERR_IO, NULL, 0, "the disk went away");
	engine->committed++;
	return SP_OK;
}

static void bad_rollback(void *db)
{
	((bad_engine *)db)->in_batch = false;
}

/* Submit some writes as one batch and wait for them. */
static void write_together(spi_queue *queue, sp_write *writes, const int64_t *orders, size_t count)
{
	sem_t gates[2];
	sem_init(&gates[0], 0, 0);
	sem_init(&gates[1], 0, 0);
	sp_write first = {.kind = SP_WRITE_TOKEN_REVOKE, .done = hold_up, .arg = gates};
	CHECK_INT(spi_queue_submit(queue, &first), SP_OK);
	while (sem_wait(&gates[0]) != 0) /* the writer is held up: what comes now goes together */
		continue;
	for (size_t i = 0; i < count; i++) {
		writes[i] = (sp_write){.kind = SP_WRITE_TOKEN_REVOKE, .as.token_revoke.id = orders[i]};
		CHECK_INT(spi_queue_submit(queue, &writes[i]), SP_OK);
	}
	sem_post(&gates[1]);
	spi_queue_stop(queue);
	sem_destroy(&gates[0]);
	sem_destroy(&gates[1]);
}

static void bad_after(void *db, sp_write *write)
{
	(void)db;
	(void)write;
}

static const spi_engine bad_engine_table = {.name = "bad", .after = bad_after, .begin = bad_begin, .apply = bad_apply,
	.in_batch = bad_in_batch, .commit = bad_commit, .rollback = bad_rollback};

TEST(test_store_broken_transaction_takes_those_before_it_and_no_others)
{
	static const int64_t orders[] = {GOES_WELL, IS_REFUSED, BREAKS_ALL, GOES_WELL, GOES_WELL};
	static const sp_status want[] = {SP_ERR_FULL, SP_ERR_INVALID, SP_ERR_FULL, SP_OK, SP_OK};
	bad_engine engine = {0};
	sp_write writes[5];
	spi_queue *queue;
	REQUIRE(spi_queue_start(&bad_engine_table, &engine, &queue, NULL) == SP_OK);
	write_together(queue, writes, orders, 5);
	for (int i = 0; i < 5; i++)
		CHECK_INT(writes[i].status, want[i]);
	CHECK_STR(writes[0].error.text, "as told");
	CHECK_STR(writes[4].error.text, "");
	CHECK_INT(engine.begun, 3);
	CHECK_INT(engine.committed, 2);
}

TEST(test_store_failed_commit_fails_all_of_it)
{
	static const int64_t orders[] = {GOES_WELL, IS_REFUSED, GOES_WELL};
	static const sp_status want[] = {SP_ERR_IO, SP_ERR_INVALID, SP_ERR_IO};
	bad_engine engine = {.commit_fails = true};
	sp_write writes[3];
	spi_queue *queue;
	REQUIRE(spi_queue_start(&bad_engine_table, &engine, &queue, NULL) == SP_OK);
	write_together(queue, writes, orders, 3);
	for (int i = 0; i < 3; i++)
		CHECK_INT(writes[i].status, want[i]);
	CHECK_STR(writes[2].error.text, "the disk went away");
	CHECK(!engine.in_batch);
}

/* ---- what goes wrong outside ---- */

static void tell_number(int fd, int64_t number)
{
	if (write(fd, &number, sizeof number) != sizeof number)
		_exit(4);
}

typedef struct teller {
	sp_store *store;
	int fd;
} teller;

static void *write_for_ever(void *arg)
{
	teller *me = arg;
	for (;;) {
		sp_write write = ticket_write("kill", "prima di morire");
		if (sp_store_write(me->store, &write, NULL) != SP_OK)
			_exit(5);
		tell_number(me->fd, write.as.ticket.ticket.number);
	}
	return NULL;
}

/* In a child: write from several threads and tell each number once it was reported done. */
static void child_writes(const char *folder, int fd)
{
	teller me = {.fd = fd};
	pthread_t threads[4];
	if (sp_store_open(folder, SP_STORE_SERVE, &me.store, NULL) != SP_OK)
		_exit(3);
	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, write_for_ever, &me) != 0)
			_exit(3);
	pthread_join(threads[0], NULL);
	_exit(0);
}

TEST(test_store_killed_service_loses_nothing_that_it_acknowledged)
{
	enum { WANTED = 150, CAP = 20000 };
	static int64_t numbers[CAP];
	int pipe_fds[2], status;
	sp_store_close(open_store("killed"));
	REQUIRE(pipe(pipe_fds) == 0);
	fflush(stdout);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		close(pipe_fds[0]);
		child_writes(folder_of("killed"), pipe_fds[1]);
	}
	close(pipe_fds[1]);
	size_t count = 0;
	while (count < CAP && read(pipe_fds[0], &numbers[count], sizeof *numbers) == sizeof *numbers)
		if (++count == WANTED)
			kill(child, SIGKILL);
	close(pipe_fds[0]);
	waitpid(child, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	CHECK(count >= WANTED);

	sp_store *store = open_store("killed");
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_ticket ticket;
	for (size_t i = 0; i < count; i++) {
		CHECK_INT(sp_store_ticket(reader, numbers[i], arena, &ticket, NULL), SP_OK);
		CHECK_STR(ticket.message, "prima di morire");
		CHECK_INT(ticket.values_count, 2);
		sp_arena_reset(arena);
	}
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
	CHECK_INT(sql("killed", "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static sp_status write_large(sp_store *store, sp_error *err)
{
	static char message[4000];
	memset(message, 'm', sizeof message - 1);
	sp_write write = ticket_write(NULL, message);
	sp_status status = sp_store_write(store, &write, err);
	if (status != SP_OK && (write.as.ticket.ticket.number != 0 || write.as.ticket.ticket.secret[0]))
		return SP_ERR_INTERNAL;
	return status;
}

/* In a child: fill a "disk" that takes 900 kB a file; returns how many tickets were acknowledged, at most 250. */
static int child_fills(const char *folder)
{
	struct rlimit limit;
	sp_store *store;
	sp_error err = {0};
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	rlim_t before = limit.rlim_cur;
	if (sp_store_open(folder, SP_STORE_SERVE, &store, NULL) != SP_OK)
		return 251;
	limit.rlim_cur = 900 * 1024;
	setrlimit(RLIMIT_FSIZE, &limit);
	int good = 0;
	sp_status status;
	while ((status = write_large(store, &err)) == SP_OK && good < 240)
		good++;
	if (status != SP_ERR_FULL || !strstr(err.text, "make room on the disk"))
		return 252;
	if (write_large(store, NULL) != SP_ERR_FULL)
		return 253;
	limit.rlim_cur = before; /* somebody made room: it goes on */
	setrlimit(RLIMIT_FSIZE, &limit);
	if (write_large(store, NULL) != SP_OK)
		return 254;
	sp_store_close(store);
	return good + 1;
}

TEST(test_store_full_disk_is_told_and_loses_nothing)
{
	int status;
	sp_store_close(open_store("full"));
	fflush(stdout);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0)
		_exit(child_fills(folder_of("full")));
	waitpid(child, &status, 0);
	REQUIRE(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) > 5 && WEXITSTATUS(status) < 250);
	CHECK_INT(sql("full", "SELECT count(*) FROM tickets"), WEXITSTATUS(status));
	CHECK_INT(sql("full", "SELECT count(*) FROM ticket_values"), 2 * WEXITSTATUS(status));
}

/* In a child: a first start on a disk that is full. */
static int child_starts(const char *folder)
{
	struct rlimit limit;
	sp_store *store;
	sp_error err = {0};
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = 20 * 1024;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (sp_store_open(folder, SP_STORE_SERVE, &store, &err) != SP_ERR_FULL)
		return 1;
	limit.rlim_cur = before;
	setrlimit(RLIMIT_FSIZE, &limit);
	return sp_store_open(folder, SP_STORE_SERVE, &store, NULL) == SP_OK ? 0 : 2;
}

TEST(test_store_first_start_on_a_full_disk_leaves_nothing_half_done)
{
	int status;
	fflush(stdout);
	pid_t child = fork();
	REQUIRE(child >= 0);
	if (child == 0)
		_exit(child_starts(folder_of("full-start")));
	waitpid(child, &status, 0);
	CHECK_INT(status, 0);
	sp_store *store = open_store("full-start");
	CHECK_INT(add_ticket(store, NULL, NULL, NULL, 0), 1001);
	sp_store_close(store);
}

/* ---- the report ---- */

#define HOUR 3600
#define DAY (24 * HOUR)
#define NOVEMBER INT64_C(1793487600)  /* 2026-10-31T23:00:00Z: midnight of the 1st in Rome */
#define LATE (NOVEMBER + 30 * DAY - 30 * 60) /* 30 November, 23:30 in Rome */

/* A dozen conversations and how each ends. */
static void tell_stories(sp_store *store)
{
	int64_t t = NOVEMBER + 10 * HOUR;
	/* 1: greetings alone: not counted */
	say(store, "c1", t, SP_DECIDE_NONE, NULL, NULL);
	/* 2: answered, yes: confirmed */
	say(store, "c2", t, SP_DECIDE_NONE, NULL, NULL);
	say(store, "c2", t + 10, SP_DECIDE_ANSWER, "spid", "otp");
	judge(store, "c2", t + 20, true);
	say(store, "c2", t + 30, SP_DECIDE_NONE, NULL, NULL); /* thanks */
	/* 3: answered, silence: assumed */
	say(store, "c3", t, SP_DECIDE_ANSWER, "spid", "otp");
	/* 4: answered, no: abandoned */
	say(store, "c4", t, SP_DECIDE_ANSWER, "spid", "otp");
	judge(store, "c4", t + 20, false);
	/* 5: answered, no, a ticket: ticket */
	say(store, "c5", t, SP_DECIDE_ANSWER, "spid", "otp");
	judge(store, "c5", t + 20, false);
	say(store, "c5", t + 30, SP_DECIDE_TICKET, "spid", NULL);
	add_ticket(store, "c5", "spid", "l1", 1);
	/* 6: a ticket was offered and not opened: abandoned */
	say(store, "c6", t, SP_DECIDE_TICKET, "pagopa", NULL);
	/* 7: asked back, never answered: abandoned, also when somebody pressed yes */
	say(store, "c7", t, SP_DECIDE_CLARIFY, NULL, NULL);
	judge(store, "c7", t + 20, true);
	/* 8: no, a second answer, silence: assumed */
	say(store, "c8", t, SP_DECIDE_ANSWER, "spid", "otp");
	judge(store, "c8", t + 20, false);
	say(store, "c8", t + 40, SP_DECIDE_ANSWER, "pagopa", "avviso");
	/* 9: yes and a ticket all the same: ticket, never a success */
	say(store, "c9", t, SP_DECIDE_ANSWER, "pagopa", "avviso");
	judge(store, "c9", t + 20, true);
	add_ticket(store, "c9", "pagopa", "l1", 1);
	/* 10: yes, then thought better of it: abandoned */
	say(store, "c10", t, SP_DECIDE_ANSWER, "pagopa", "avviso");
	judge(store, "c10", t + 20, true);
	judge(store, "c10", t + 25, false);
	/* 11: on the evening of the 30th in Rome, window still open: assumed, pending */
	say(store, "c11", LATE, SP_DECIDE_ANSWER, "pagopa", "avviso");
	/* 12: half an hour into December in Rome, still November in UTC: confirmed */
	say(store, "c12", LATE + HOUR, SP_DECIDE_ANSWER, "spid", "otp");
	judge(store, "c12", LATE + HOUR + 5, true);
}

/* As the ledger has it, in days of Rome from 1 November on. */
static sp_ledger_figures report(sp_store_reader *reader, sp_dim by, int days, sp_arena *arena)
{
	const int64_t first = spi_days_of_civil(2026, 11, 1);
	const sp_ledger_query query = {.from_day = first, .until_day = first + days, .by = by, .window_s = DAY, .timezone = "Europe/Rome",
		.now_utc_s = LATE + 2 * HOUR};
	sp_ledger_figures result = {0};
	CHECK_INT(sp_ledger_figures_of(reader, &query, arena, &result, NULL), SP_OK);
	return result;
}

static void check_row(int line, const char *got_key, const sp_measures *m, const char *key, const uint64_t want[6])
{
	const uint64_t got[] = {m->contacts, m->confirmed, m->assumed, m->ticketed, m->abandoned, m->pending};
	if (!got_key || strcmp(got_key, key) != 0)
		harness_fail(__FILE__, line, "key: got \"%s\", wanted \"%s\"", got_key, key);
	for (int i = 0; i < 6; i++)
		if (got[i] != want[i])
			harness_fail(__FILE__, line, "%s: figure %d: got %llu, wanted %llu", key, i, (unsigned long long)got[i],
				(unsigned long long)want[i]);
}
/* conversations, confirmed, assumed, tickets, abandoned, pending */
#define ROW(row, wanted, ...) check_row(__LINE__, (row)->key, &(row)->m, wanted, (const uint64_t[6]){__VA_ARGS__})
#define TOTAL(figures, ...) check_row(__LINE__, "", &(figures)->total, "", (const uint64_t[6]){__VA_ARGS__})

TEST(test_store_ledger_counts_by_hand)
{
	sp_store *store = open_store("report");
	tell_stories(store);
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);

	sp_ledger_figures months = report(reader, SP_DIM_MONTH, 40, arena);
	REQUIRE(months.count == 2);
	ROW(&months.rows[0], "2026-11", 10, 1, 3, 2, 4, 1);
	ROW(&months.rows[1], "2026-12", 1, 1, 0, 0, 0, 0);
	TOTAL(&months, 11, 2, 3, 2, 4, 1);

	sp_ledger_figures days = report(reader, SP_DIM_DAY, 40, arena);
	REQUIRE(days.count == 4);
	ROW(&days.rows[0], "2026-11-01", 9, 1, 2, 2, 4, 0);
	ROW(&days.rows[1], "2026-11-24", 0, 0, 0, 0, 0, 0); /* tickets are counted on the day on which they were opened */
	ROW(&days.rows[2], "2026-11-30", 1, 0, 1, 0, 0, 1);
	ROW(&days.rows[3], "2026-12-01", 1, 1, 0, 0, 0, 0);

	sp_ledger_figures categories = report(reader, SP_DIM_CATEGORY, 40, arena);
	REQUIRE(categories.count == 3);
	ROW(&categories.rows[0], "pagopa", 5, 0, 2, 1, 2, 1);
	ROW(&categories.rows[1], "spid", 5, 2, 1, 1, 1, 0);
	ROW(&categories.rows[2], "", 1, 0, 0, 0, 1, 0);

	sp_ledger_figures articles = report(reader, SP_DIM_ARTICLE, 40, arena);
	REQUIRE(articles.count == 4); /* the last one: of tickets alone */
	ROW(&articles.rows[0], "otp", 5, 2, 1, 1, 1, 0);
	ROW(&articles.rows[1], "avviso", 4, 0, 2, 1, 1, 1);
	ROW(&articles.rows[2], "", 2, 0, 0, 0, 2, 0);

	sp_ledger_figures channels = report(reader, SP_DIM_CHANNEL, 40, arena), langs = report(reader, SP_DIM_LANG, 40, arena);
	REQUIRE(channels.count == 1 && langs.count == 1);
	ROW(&channels.rows[0], "web", 11, 2, 3, 2, 4, 1);
	ROW(&langs.rows[0], "it", 11, 2, 3, 2, 4, 1);

	/* The end does not belong to it; nothing is nothing. */
	sp_ledger_figures first = report(reader, SP_DIM_MONTH, 29, arena), nothing = report(reader, SP_DIM_DAY, 0, arena);
	TOTAL(&first, 9, 1, 2, 2, 4, 0);
	CHECK_INT(nothing.count, 0);
	TOTAL(&nothing, 0, 0, 0, 0, 0, 0);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
}

TEST(test_store_ledger_counts_levels)
{
	sp_store *store = open_store("levels");
	int64_t numbers[5];
	for (int i = 0; i < 5; i++)
		numbers[i] = add_ticket(store, NULL, "spid", "l1", 1);
	/* 0 closed at level 1; 1 passed on and closed there; 2 passed on, came back, closed at level 1; 3 passed on;
	   4 open */
	CHECK_INT(change(store, numbers[0], SP_TICKET_CLOSED, NULL, 0), SP_OK);
	for (int i = 1; i <= 3; i++)
		CHECK_INT(change(store, numbers[i], SP_TICKET_ESCALATED, i == 3 ? "acquirer" : "l2", i == 3 ? 3 : 2), SP_OK);
	CHECK_INT(change(store, numbers[1], SP_TICKET_SOLVED, NULL, 0), SP_OK);
	CHECK_INT(change(store, numbers[1], SP_TICKET_CLOSED, NULL, 0), SP_OK);
	CHECK_INT(change(store, numbers[2], SP_TICKET_RETURNED, "l1", 1), SP_OK);
	CHECK_INT(change(store, numbers[2], SP_TICKET_CLOSED, NULL, 0), SP_OK);
	CHECK_INT(change(store, numbers[2], SP_TICKET_REOPENED, NULL, 0), SP_ERR_CONFLICT);
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_measures m = report(reader, SP_DIM_MONTH, 30, arena).total;
	CHECK_INT(m.tickets, 5);
	CHECK_INT(m.escalated, 3);
	CHECK_INT(m.closed, 3);
	CHECK_INT(m.closed_level1, 2);
	CHECK_INT(report(reader, SP_DIM_MONTH, 23, arena).total.tickets, 0);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
}
