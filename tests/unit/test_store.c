/* The store: what is reported done is there, whatever happens; what is refused leaves no trace. */
#include "store_bed.h"

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
	CHECK_INT(strlen(ticket.secret), SP_SECRET_LEN);
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

TEST(test_store_tickets_of_a_conversation)
{
	sp_store *store = open_store("of-conversation");
	say(store, "c1", 100, SP_DECIDE_TICKET, "a", NULL);
	say(store, "c2", 100, SP_DECIDE_TICKET, "a", NULL);
	add_ticket(store, "c1", "a", "g", 1);   /* 1001 */
	add_ticket(store, "c2", "a", "g", 1);   /* 1002 */
	add_ticket(store, NULL, "a", "g", 1);   /* 1003 */
	for (int i = 0; i < 21; i++)
		add_ticket(store, "c1", "b", "g", 1); /* 1004 to 1024 */
	sp_store_reader *reader = open_reader(store);
	sp_arena *arena = sp_arena_new(0);
	sp_ticket *tickets;
	size_t count;
	REQUIRE(sp_store_conversation_tickets(reader, "c2", arena, &tickets, &count, NULL) == SP_OK);
	REQUIRE(count == 1);
	CHECK_INT(tickets[0].number, 1002);
	CHECK_INT(strlen(tickets[0].secret), SP_SECRET_LEN);
	REQUIRE(sp_store_conversation_tickets(reader, "c1", arena, &tickets, &count, NULL) == SP_OK);
	REQUIRE(count == 20);
	CHECK_INT(tickets[0].number, 1005);
	CHECK_INT(tickets[19].number, 1024);
	REQUIRE(sp_store_conversation_tickets(reader, "none", arena, &tickets, &count, NULL) == SP_OK);
	CHECK_INT(count, 0);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
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
	sp_store_close(store); /* within a minute they are not looked for again */
	store = open_store("keys");
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
