/* The ledger, by hand: forty conversations with what each ends as, worked out on paper; and what must hold for any log. */
#include "ledger_bed.h"

#include <sqlite3.h>

/* Each conversation by itself, as the store has it. */
static void check_each(const char *name)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	CHECK_INT(sqlite3_open(ledger_path(name, "store.sqlite"), &db), SQLITE_OK);
	for (int talk = 1; talk <= 40; talk++) {
		char text[200];
		sp_contact contact = {0};
		snprintf(text, sizeof text, "SELECT l.number, at_utc_s, kind, contact, ticket, decision, group_word, took_ms, value FROM ledger l JOIN "
			"conversations c ON c.number = l.contact WHERE c.id = 'talk-%d' ORDER BY l.number", talk);
		CHECK_INT(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
		while (sqlite3_step(s) == SQLITE_ROW) {
			sp_ledger_event e = {.number = sqlite3_column_int64(s, 0), .at_utc_s = sqlite3_column_int64(s, 1),
				.kind = (sp_ledger_kind)sqlite3_column_int(s, 2), .contact = sqlite3_column_int64(s, 3), .ticket = sqlite3_column_int64(s, 4),
				.decision = sqlite3_column_int(s, 5), .group = sqlite3_column_int(s, 6), .took_ms = sqlite3_column_int(s, 7),
				.value = sqlite3_column_int64(s, 8)};
			contact.contact = e.contact;
			sp_contact_add(&contact, &e);
		}
		sqlite3_finalize(s);
		char got = "CATX-"[sp_contact_outcome(&contact, DAY)];
		if (got != forty_endings[talk])
			harness_fail(__FILE__, __LINE__, "talk %d: got %c, wanted %c", talk, got, forty_endings[talk]);
	}
	sqlite3_close(db);
}

TEST(test_ledger_forty_conversations_by_hand)
{
	sp_store *store = tell_forty("forty", 0);
	sp_measures m = ledger_total(store);
	check_forty(&m);
	check_forty_rules(&m);
	check_each("forty");
	CHECK_INT(ledger_contacts_of(store, SP_DIM_MONTH, "2026-10"), 37);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_MONTH, "2026-11"), 2);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_DAY, "2026-10-20"), 31);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_DAY, "2026-10-21"), 3);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_DAY, "2026-10-25"), 2);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_HOUR, "02"), 2);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_HOUR, "23"), 2);          /* 24 and 28 */
	CHECK_INT(ledger_contacts_of(store, SP_DIM_WEEKDAY_HOUR, "7-02"), 2);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_WEEKDAY_HOUR, "3-00"), 1); /* 25 */
	CHECK_INT(ledger_contacts_of(store, SP_DIM_CHANNEL, "web"), 37);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_CHANNEL, "phone"), 1);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_CATEGORY, "spid"), 34);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_CATEGORY, "cashback"), 2);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_CATEGORY, ""), 1);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_LANG, "en"), 1);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_AUDIENCE, "citizen"), 39);
	CHECK_INT(ledger_contacts_of(store, SP_DIM_ARTICLE, "otp"), 36);
	CHECK_INT(verify_ledger(store).wrong_cells, 0);
	CHECK_INT(verify_ledger(store).wrong_contacts, 0);
	CHECK_INT(verify_ledger(store).contacts, 39);
	sp_store_close(store);
}

TEST(test_ledger_groups_and_tables_of_two)
{
	sp_store *store = tell_forty("groups", 0);
	sp_ledger_query q = ledger_query(SP_DIM_GROUP, SP_DIM_NONE);
	asked a = ask_ledger(store, &q);
	for (size_t i = 0; i < a.f.count; i++) {
		const sp_ledger_row *row = &a.f.rows[i];
		bool l1 = strcmp(row->key, "l1") == 0, l2 = strcmp(row->key, "l2") == 0;
		CHECK_INT(row->m.tickets, l1 ? 4 : 1);
		CHECK_INT(row->m.received, l1 ? 0 : l2 ? 2 : 1);
		CHECK_INT(row->m.preventable, l2 ? 1 : 0);
	}
	CHECK_INT(a.f.count, 3);
	end_asking(&a);
	q = ledger_query(SP_DIM_MONTH, SP_DIM_CATEGORY);
	q.channel = "web";
	a = ask_ledger(store, &q);
	uint64_t sum = 0;
	for (size_t i = 0; i < a.f.count; i++)
		sum += a.f.rows[i].m.contacts;
	CHECK_INT(sum, 37);
	CHECK_INT(a.f.total.contacts, 37);
	end_asking(&a);
	q = ledger_query(SP_DIM_ARTICLE, SP_DIM_GROUP);
	sp_store_reader *reader = NULL;
	sp_arena *arena = sp_arena_new(0);
	sp_ledger_figures none;
	CHECK_INT(sp_store_reader_open(store, &reader, NULL), SP_OK);
	CHECK_INT(sp_ledger_figures_of(reader, &q, arena, &none, NULL), SP_ERR_INVALID);
	sp_arena_free(arena);
	sp_store_reader_close(reader);
	sp_store_close(store);
}

TEST(test_ledger_several_dimensions_at_once_are_each_as_by_itself)
{
	static const sp_dim by[] = {SP_DIM_DAY, SP_DIM_MONTH, SP_DIM_CATEGORY, SP_DIM_CHANNEL, SP_DIM_LANG, SP_DIM_AUDIENCE};
	static const char *const categories[] = {NULL, "spid"};
	enum { COUNT = sizeof by / sizeof *by };
	sp_store *store = tell_forty("together", 0);
	for (size_t c = 0; c < 2; c++) {
		sp_ledger_query q = ledger_query(SP_DIM_MONTH, SP_DIM_NONE);
		sp_ledger_figures all[COUNT];
		q.category = categories[c];
		q.now_utc_s = U(36, 10, 0) - 3600 * 10; /* some still wait */
		asked a = ask_ledger(store, &q);
		CHECK_INT(sp_ledger_figures_by(a.reader, &q, by, COUNT, a.arena, all, NULL), SP_OK);
		for (size_t i = 0; i < COUNT; i++) {
			q.by = by[i];
			asked one = ask_ledger(store, &q);
			REQUIRE(one.f.count == all[i].count && one.f.count > 0);
			CHECK(memcmp(&one.f.total, &all[i].total, sizeof one.f.total) == 0);
			for (size_t k = 0; k < one.f.count; k++) {
				CHECK_STR(all[i].rows[k].key, one.f.rows[k].key);
				CHECK(memcmp(&one.f.rows[k].m, &all[i].rows[k].m, sizeof one.f.rows[k].m) == 0);
			}
			end_asking(&one);
		}
		const sp_dim apart[] = {SP_DIM_CHANNEL, SP_DIM_HOUR};
		CHECK_INT(sp_ledger_figures_by(a.reader, &q, apart, 2, a.arena, all, NULL), SP_ERR_INVALID);
		end_asking(&a);
	}
	sp_store_close(store);
}

/* ---- for any log ---- */

static void tell_anything(sp_store *store, int talks)
{
	static const char *const people[] = {NULL, NULL, ADA, BOB, CIA}, *const categories[] = {"spid", "pagopa", "cashback", ""},
				 *const channels[] = {"web", "phone", "app"};
	bool begun[256] = {false};
	int64_t at_utc_s = U(1, 0, 0);
	for (int i = 0; i < talks * 2; i++) {
		int talk = 1 + (int)ledger_draw((unsigned)talks);
		act what = (act)ledger_draw(begun[talk] ? 7 : 4);
		if (what == TICKET && ledger_draw(3))
			what = ANSWER;
		at_utc_s += ledger_draw(4) ? ledger_draw(3600) : ledger_draw(2 * DAY) / 4;
		do_step(store, &(step){talk, at_utc_s, what, categories[ledger_draw(what == TICKET ? 3 : 4)], people[ledger_draw(5)], channels[ledger_draw(3)], "it", (int)ledger_draw(2)});
		begun[talk] = true;
	}
}

/* Days of parts of two months, so that some come from what is kept by the month and some do not. */
static asked ask_for(sp_store *store, sp_dim by, sp_dim across, int64_t window_s)
{
	sp_ledger_query q = ledger_query(by, across);
	q.from_day += by == SP_DIM_ARTICLE ? 3 : 0;
	q.until_day -= 5;
	q.window_s = window_s;
	return ask_ledger(store, &q);
}

/* Another window: every view from the log, and then from roll-ups that are kept for it. */
static void check_other_window(sp_store *store, const sp_measures *m)
{
	static const struct { sp_dim by, across; } views[] = {{SP_DIM_DAY, SP_DIM_CATEGORY}, {SP_DIM_ARTICLE, SP_DIM_CHANNEL},
		{SP_DIM_ARTICLE, SP_DIM_DAY}, {SP_DIM_WEEKDAY_HOUR, SP_DIM_MONTH}, {SP_DIM_HOUR, SP_DIM_NONE}, {SP_DIM_GROUP, SP_DIM_NONE}};
	enum { VIEWS = sizeof views / sizeof *views };
	asked log[VIEWS];
	for (int i = 0; i < VIEWS; i++)
		log[i] = ask_for(store, views[i].by, views[i].across, 3 * 3600);
	CHECK(log[0].f.total.assumed > m->assumed);
	CHECK_INT(sp_ledger_keep(store, 3 * 3600, "Europe/Rome", NULL), SP_OK);
	for (int i = 0; i < VIEWS; i++) {
		asked cells = ask_for(store, views[i].by, views[i].across, 3 * 3600);
		CHECK_INT(log[i].f.count, cells.f.count);
		CHECK(memcmp(&log[i].f.total, &cells.f.total, sizeof cells.f.total) == 0);
		for (size_t k = 0; k < log[i].f.count && k < cells.f.count; k++)
			CHECK(strcmp(log[i].f.rows[k].key, cells.f.rows[k].key) == 0 &&
				memcmp(&log[i].f.rows[k].m, &cells.f.rows[k].m, sizeof(sp_measures)) == 0);
		end_asking(&log[i]);
		end_asking(&cells);
	}
}

TEST(test_ledger_outcomes_add_up_whatever_happens)
{
	for (unsigned round = 1; round <= 6; round++) {
		char name[32];
		ledger_seed = round * 7919;
		snprintf(name, sizeof name, "any-%u", round);
		sp_store *store = open_ledger_store(name);
		tell_anything(store, 200);
		sp_measures m = ledger_total(store);
		CHECK(m.contacts > 0 && m.returned > 0);
		CHECK_INT(m.contacts, m.confirmed + m.assumed + m.ticketed + m.abandoned);
		sp_ledger_check check = verify_ledger(store);
		CHECK_INT(check.wrong_cells, 0);
		CHECK_INT(check.wrong_contacts, 0);
		CHECK_INT(check.contacts, m.contacts);
		check_other_window(store, &m);
		sp_store_close(store);
	}
}
