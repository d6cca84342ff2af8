/* What others' rules make of one conversation, and small cells that no total may tell. */
#include "ledger_bed.h"

static sp_contact contact_of(const sp_ledger_event *events, size_t count)
{
	sp_contact c = {.contact = 1};
	for (size_t i = 0; i < count; i++) {
		sp_ledger_event e = events[i];
		e.contact = 1;
		sp_contact_add(&c, &e);
	}
	return c;
}
#define CONTACT(...) contact_of((const sp_ledger_event[]){__VA_ARGS__}, sizeof((const sp_ledger_event[]){__VA_ARGS__}) / sizeof(sp_ledger_event))
#define OPENED(at) {.kind = SP_LEDGER_OPENED, .at_utc_s = (at), .decision = SP_DECIDE_COUNT}
#define TURN(at, how) {.kind = SP_LEDGER_TURN, .at_utc_s = (at), .decision = (how)}
#define SAID(at, yes) {.kind = SP_LEDGER_FEEDBACK, .at_utc_s = (at), .value = (yes)}

TEST(test_ledger_rules_of_intercom)
{
	sp_contact back = CONTACT(OPENED(0), TURN(0, SP_DECIDE_ANSWER), {.kind = SP_LEDGER_RETURN, .at_utc_s = 60, .value = 60});
	CHECK_INT(sp_rules_intercom(&back).resolved, 1); /* other conversations are not seen */
	CHECK_INT(sp_contact_outcome(&back, DAY), SP_OUTCOME_ABANDONED);
	sp_contact asks_on = CONTACT(OPENED(0), TURN(0, SP_DECIDE_ANSWER), TURN(60, SP_DECIDE_CLARIFY));
	CHECK_INT(sp_rules_intercom(&asks_on).resolved, 0);
	CHECK_INT(sp_rules_intercom(&asks_on).counted, 1);
}

TEST(test_ledger_rules_of_zendesk)
{
	sp_contact quiet = CONTACT(OPENED(0), TURN(0, SP_DECIDE_ANSWER));
	CHECK_INT(sp_rules_zendesk(&quiet, 72 * 3600 - 1).resolved, 0);
	CHECK_INT(sp_rules_zendesk(&quiet, 72 * 3600).resolved, 1);
	sp_contact denied = CONTACT(OPENED(0), TURN(0, SP_DECIDE_ANSWER), SAID(9, 0));
	CHECK_INT(sp_rules_zendesk(&denied, 99 * 3600).resolved, 0);
}

TEST(test_ledger_rules_of_servicenow)
{
	sp_contact ticket = CONTACT(OPENED(0), TURN(0, SP_DECIDE_TICKET), {.kind = SP_LEDGER_TICKET, .at_utc_s = 9, .ticket = 1, .group = 5});
	CHECK_INT(sp_rules_servicenow(&ticket).resolved, 1);
	const sp_ledger_event away = {.kind = SP_LEDGER_ASSIGN, .contact = 1, .ticket = 1, .group = 6};
	sp_contact_add(&ticket, &away);
	CHECK_INT(sp_rules_servicenow(&ticket).resolved, 0);
	CHECK_INT(sp_contact_outcome(&ticket, DAY), SP_OUTCOME_TICKET);
	sp_contact silent = CONTACT(OPENED(0), TURN(0, SP_DECIDE_ANSWER));
	CHECK_INT(sp_rules_servicenow(&silent).resolved, 0);
	CHECK_INT(sp_rules_servicenow(&silent).potential, 1);
}

TEST(test_ledger_rules_of_microsoft)
{
	sp_contact one = CONTACT(OPENED(0), TURN(0, SP_DECIDE_ANSWER), TURN(1800, SP_DECIDE_CLARIFY));
	CHECK_INT(sp_rules_microsoft(&one).counted, 1);
	CHECK_INT(sp_rules_microsoft(&one).resolved, 0);
	sp_contact two = CONTACT(OPENED(0), TURN(0, SP_DECIDE_ANSWER), TURN(1801, SP_DECIDE_CLARIFY));
	CHECK_INT(sp_rules_microsoft(&two).counted, 2);
	CHECK_INT(sp_rules_microsoft(&two).resolved, 1);
	sp_contact offered = CONTACT(OPENED(0), TURN(0, SP_DECIDE_TICKET));
	CHECK_INT(sp_rules_microsoft(&offered).escalated, 1);
}

/* ---- small cells ---- */

TEST(test_ledger_no_total_tells_a_small_cell)
{
	const uint64_t one[] = {3, 10, 20};
	bool masked[3] = {false};
	sp_mask_small(one, 3, 1, masked);
	CHECK(masked[0] && masked[1] && !masked[2]);
	const uint64_t none[] = {5, 0, 20};
	bool clear[3] = {false};
	sp_mask_small(none, 3, 1, clear);
	CHECK(!clear[0] && !clear[1] && !clear[2]);
	for (ledger_seed = 1; ledger_seed < 200000; ledger_seed += 997) {
		uint64_t cells[6 * 4];
		bool hidden[6 * 4] = {false};
		unsigned start = ledger_seed;
		for (size_t i = 0; i < 24; i++)
			cells[i] = ledger_draw(4) ? ledger_draw(40) : ledger_draw(6);
		sp_mask_small(cells, 6, 4, hidden);
		for (size_t line = 0; line < 10; line++) {
			size_t first = line < 6 ? line * 4 : line - 6, pace = line < 6 ? 1 : 4, n = line < 6 ? 4 : 6, count = 0;
			uint64_t sum = 0, shown = 0;
			for (size_t i = 0; i < n; i++) {
				bool is_hidden = hidden[first + i * pace];
				count += is_hidden;
				sum += is_hidden ? cells[first + i * pace] : 0;
				shown += !is_hidden;
				CHECK(is_hidden || cells[first + i * pace] == 0 || cells[first + i * pace] >= SP_SMALL_CELL);
			}
			CHECK(count != 1 && (count == 0 || sum >= SP_SMALL_CELL || shown == 0));
		}
		ledger_seed = start;
	}
}
