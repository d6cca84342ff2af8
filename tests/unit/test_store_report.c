/* The report that is read from the store's ledger, counted by hand. */
#include "store_bed.h"

#include "base/clock.h"

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
