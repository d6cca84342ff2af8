/* The ledger as it is kept: the same figures whoever wrote, whatever was killed, damaged, forgotten or is of an older version. */
#include "ledger_bed.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(test_ledger_killed_in_the_middle_is_the_same)
{
	for (size_t at = 5; at < FORTY_STEPS; at += 17) {
		char name[32];
		snprintf(name, sizeof name, "killed-%zu", at);
		sp_store *store = tell_forty(name, at);
		sp_measures m = ledger_total(store);
		check_forty(&m);
		check_forty_rules(&m);
		CHECK_INT(verify_ledger(store).wrong_cells, 0);
		sp_store_close(store);
	}
}

/* All steps in batches of so many, committed together. */
static void tell_together(sp_store *store, size_t at_once)
{
	static sp_write writes[FORTY_STEPS];
	static char ids[FORTY_STEPS][32];
	static sp_person persons[FORTY_STEPS];
	const step *order[FORTY_STEPS];
	order_forty(order);
	for (size_t i = 0; i < FORTY_STEPS; i++) {
		snprintf(ids[i], sizeof ids[i], "talk-%d", order[i]->talk);
		persons[i] = (sp_person){"email", order[i]->person};
		writes[i] = step_write(order[i], ids[i], &persons[i]);
	}
	for (size_t i = 0; i < FORTY_STEPS; i += at_once)
		CHECK_INT(sp_store_submit_all(store, &writes[i], FORTY_STEPS - i < at_once ? FORTY_STEPS - i : at_once), SP_OK);
	sp_store_close(store); /* all of it is written */
	for (size_t i = 0; i < FORTY_STEPS; i++)
		CHECK_INT(writes[i].status, SP_OK);
}

/* Rows that one store has and the other has not. */
static int64_t differences(const char *one, const char *other, const char *table)
{
	char text[1400];
	snprintf(text, sizeof text, "SELECT (SELECT count(*) FROM (SELECT * FROM main.%s EXCEPT SELECT * FROM other.%s)) + "
		"(SELECT count(*) FROM (SELECT * FROM other.%s EXCEPT SELECT * FROM main.%s))", table, table, table, table);
	return ledger_number(one, other, text, -1);
}

TEST(test_ledger_is_the_same_whatever_is_committed_together)
{
	static const size_t sizes[] = {FORTY_STEPS, 7, 2};
	static const char *const tables[] = {"ledger", "ledger_words", "ledger_contacts", "ledger_tickets", "ledger_cells"};
	sp_store *one = open_ledger_store("one-by-one");
	CHECK_INT(sp_ledger_keep(one, DAY, "Europe/Rome", NULL), SP_OK);
	tell_part(one, 0, FORTY_STEPS);
	sp_store_close(one);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char name[32];
		snprintf(name, sizeof name, "together-%zu", sizes[i]);
		sp_store *store = open_ledger_store(name);
		CHECK_INT(sp_ledger_keep(store, DAY, "Europe/Rome", NULL), SP_OK);
		tell_together(store, sizes[i]);
		store = open_ledger_store(name);
		sp_ledger_check check = verify_ledger(store);
		CHECK_INT(check.wrong_cells + check.wrong_contacts, 0);
		sp_store_close(store);
		for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
			CHECK_INT(differences("one-by-one", name, tables[k]), 0);
	}
}

/* Roll-ups follow the log at a distance; who reads a store that nobody could bring to its end sees all of it, and who opens it does that. */
TEST(test_ledger_behind_its_log_is_read_in_full)
{
	static const char behind[] = "CREATE TEMP TABLE t (a CHECK (a)); "
		"INSERT INTO t SELECT through < (SELECT max(number) FROM ledger) FROM ledger_state";
	sp_store *store = open_ledger_store("whole");
	tell_part(store, 0, FORTY_STEPS);
	sp_measures whole = ledger_total(store);
	sp_store_close(store);
	CHECK(!ledger_sql("whole", behind));
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		tell_part(open_ledger_store("behind"), 0, FORTY_STEPS);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, NULL, 0);
	CHECK(ledger_sql("behind", behind));
	REQUIRE(sp_store_open(ledger_path("behind", NULL), SP_STORE_READ, &store, NULL) == SP_OK);
	sp_measures m = ledger_total(store);
	CHECK(memcmp(&m, &whole, sizeof m) == 0);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_DAY, "2026-10-20"), 31);
	sp_ledger_check check = verify_ledger(store);
	CHECK_INT(check.wrong_cells + check.wrong_contacts, 0);
	CHECK_INT(check.contacts, 39);
	sp_store_close(store);
	CHECK(ledger_sql("behind", behind));
	store = open_ledger_store("behind");
	do_step(store, &(step)S(41, NOW, ANSWER));
	CHECK_INT(ledger_total(store).contacts, whole.contacts + 1);
	sp_store_close(store);
	CHECK(!ledger_sql("behind", behind));
}

/* Each with what it has in memory: what the other wrote meanwhile is neither lost nor counted twice. */
TEST(test_ledger_of_two_writers_in_turn)
{
	const step *order[FORTY_STEPS];
	sp_store *store = open_ledger_store("alone"), *both[2] = {NULL};
	tell_part(store, 0, FORTY_STEPS);
	sp_store_close(store);
	both[0] = open_ledger_store("in-turn");
	REQUIRE(sp_store_open(ledger_path("in-turn", NULL), SP_STORE_BESIDE, &both[1], NULL) == SP_OK);
	order_forty(order);
	for (size_t i = 0; i < FORTY_STEPS; i++)
		do_step(both[i % 3 == 1], order[i]);
	CHECK_INT(verify_ledger(both[0]).wrong_cells + verify_ledger(both[1]).wrong_contacts, 0);
	sp_store_close(both[0]);
	sp_store_close(both[1]);
	CHECK_INT(differences("alone", "in-turn", "ledger"), 0);
	CHECK_INT(differences("alone", "in-turn", "ledger_contacts"), 0);
	CHECK_INT(differences("alone", "in-turn", "ledger_tickets"), 0);
	CHECK_INT(differences("alone", "in-turn", "ledger_cells"), 0);
}

TEST(test_ledger_a_place_is_taken_once)
{
	sp_store *store = open_ledger_store("places");
	const step said = S(1, U(20, 8, 0), ANSWER, .category = "new");
	sp_write writes[6];
	const uint32_t places[] = {1, 1, 3, 2, 3, 3};
	for (size_t i = 0; i < 6; i++) {
		writes[i] = i < 4 ? step_write(&said, "talk", NULL) : step_write(&(step)S(1, U(20, 8, 1), YES), "talk", NULL);
		*(i < 4 ? &writes[i].as.turn.place : &writes[i].as.feedback.place) = places[i];
	}
	CHECK_INT(sp_store_submit_all(store, writes, 6), SP_OK);
	sp_store_close(store);
	static const sp_status expected[] = {SP_OK, SP_ERR_CONFLICT, SP_ERR_CONFLICT, SP_OK, SP_OK, SP_ERR_CONFLICT};
	for (size_t i = 0; i < 6; i++)
		CHECK_INT(writes[i].status, expected[i]);
	store = open_ledger_store("places");
	sp_ledger_check check = verify_ledger(store);
	CHECK_INT(check.events, 4); /* opened, two turns, a yes */
	CHECK_INT(check.wrong_cells + check.wrong_contacts, 0);
	sp_store_close(store);
}

TEST(test_ledger_only_grows)
{
	sp_store_close(tell_forty("grows", 0));
	CHECK(!ledger_sql("grows", "UPDATE ledger SET value = 1 WHERE number = 3"));
	CHECK(!ledger_sql("grows", "DELETE FROM ledger WHERE number = 3"));
	CHECK(!ledger_sql("grows", "INSERT OR REPLACE INTO ledger SELECT 3, at_utc_s, kind, contact, ticket, decision, reason, category, channel, lang, "
		"audience, article, group_word, level, confidence, took_ms, value FROM ledger WHERE number = 4"));
	CHECK(!ledger_sql("grows", "UPDATE ledger_words SET word = 'x' WHERE id = 1"));
}

TEST(test_ledger_damage_is_found_and_mended)
{
	sp_store *store = tell_forty("damage", 0);
	sp_store_close(store);
	CHECK(ledger_sql("damage", "DELETE FROM ledger_cells WHERE part = 2 AND slot IN (SELECT slot FROM ledger_cells WHERE part = 2 LIMIT 1)"));
	store = open_ledger_store("damage");
	CHECK(verify_ledger(store).wrong_cells > 0);
	CHECK_INT(sp_ledger_keep(store, DAY, "Europe/Rome", NULL), SP_OK); /* as the service does when it starts */
	CHECK_INT(verify_ledger(store).wrong_cells, 0);
	CHECK(ledger_sql("damage", "UPDATE ledger_contacts SET has_answer = 0 WHERE contact = 1"));
	CHECK_INT(verify_ledger(store).wrong_contacts, 1);
	CHECK_INT(sp_ledger_rebuild(store, NULL), SP_OK);
	sp_measures m = ledger_total(store);
	check_forty(&m);
	CHECK_INT(verify_ledger(store).wrong_contacts, 0);
	sp_store_close(store);
}

TEST(test_ledger_stays_when_people_are_forgotten)
{
	const sp_keeping keeping = {.conversations_s = 1, .feedback_s = 1, .tickets_s = 1};
	sp_write_forget forget = {.what = SP_FORGET_DUE, .keeping = &keeping, .at_utc_s = NOW + 400 * DAY};
	sp_store *store = tell_forty("forgotten", 0);
	sp_write write = {.kind = SP_WRITE_FORGET, .as.forget = &forget};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	CHECK(forget.forgotten.conversations == 40);
	sp_write_forget_release(&forget);
	sp_measures m = ledger_total(store);
	check_forty(&m);
	CHECK_INT(verify_ledger(store).wrong_cells, 0);
	CHECK_INT(sp_ledger_rebuild(store, NULL), SP_OK); /* also from the log alone */
	m = ledger_total(store);
	check_forty(&m);
	sp_store_close(store);
}

/* A store of before: events are made of what it has. Who came back was not noted then. */
TEST(test_ledger_takes_over_an_older_store)
{
	sp_store_close(tell_forty("older", 0));
	CHECK(ledger_sql("older", "DROP VIEW ledger_read; DROP TABLE ledger; DROP TABLE ledger_words; DROP TABLE ledger_contacts; DROP TABLE ledger_tickets; "
		"DROP TABLE ledger_cells; DROP TABLE ledger_state; ALTER TABLE outbox DROP COLUMN cause_kind; PRAGMA user_version = 7"));
	sp_store *store = open_ledger_store("older");
	sp_measures m = ledger_total(store);
	CHECK_INT(m.contacts, 39);
	CHECK_INT(m.confirmed, 10);
	CHECK_INT(m.assumed, 18);
	CHECK_INT(m.ticketed, 5);
	CHECK_INT(m.abandoned, 6);
	CHECK_INT(m.tickets, 6);
	CHECK_INT(m.closed, 3);
	CHECK_INT(m.closed_level1, 2);
	CHECK_INT(m.escalated, 3);
	CHECK_INT(m.preventable, 1);
	CHECK_INT(m.reopened, 1);
	CHECK_INT(m.microsoft_counted, 40);
	CHECK_INT(verify_ledger(store).wrong_cells, 0);
	do_step(store, &(step)S(41, NOW, ANSWER));
	CHECK_INT(ledger_total(store).contacts, 40);
	CHECK_INT(verify_ledger(store).wrong_cells, 0);
	sp_store_close(store);
}
