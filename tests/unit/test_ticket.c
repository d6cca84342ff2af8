/* Tickets: the moves they may make, what their fields take, who gets them, and when somebody is there. */
#include "harness.h"

#include "base/clock.h"
#include "base/zone.h"
#include "sportello/catalog.h"
#include "sportello/ticket.h"

#include <pthread.h>

/* ---- states ---- */

TEST(test_ticket_states_have_names)
{
	for (int state = 0; state < SP_TICKET_STATE_COUNT; state++)
		CHECK_INT(sp_ticket_state_of(sp_ticket_state_name((sp_ticket_state)state)), state);
	CHECK_STR(sp_ticket_state_name(SP_TICKET_WAITING), "waiting");
	CHECK_STR(sp_ticket_state_name(SP_TICKET_STATE_COUNT), "");
	CHECK_INT(sp_ticket_state_of("New"), SP_TICKET_STATE_COUNT);
	CHECK_INT(sp_ticket_state_of(NULL), SP_TICKET_STATE_COUNT);
	CHECK_INT(sp_priority_of(sp_priority_name(SP_PRIORITY_LOW)), SP_PRIORITY_LOW);
	CHECK_INT(sp_priority_of(""), SP_PRIORITY_NONE);
	CHECK_INT(sp_post_kind_of(sp_post_kind_name(SP_POST_RETURN)), SP_POST_RETURN);
	CHECK_INT(sp_post_kind_of(NULL), SP_POST_NONE);
}

TEST(test_ticket_steps_towards_a_state)
{
	/* From each to each: every step is allowed, and the way ends there; only a closed one has none. */
	for (int from = 0; from < SP_TICKET_STATE_COUNT; from++)
		for (int to = 0; to < SP_TICKET_STATE_COUNT; to++) {
			int at = from, steps = 0;
			while (at != to && steps < SP_TICKET_STATE_COUNT) {
				sp_ticket_state next = sp_ticket_step_towards((sp_ticket_state)at, (sp_ticket_state)to);
				if (next == SP_TICKET_STATE_COUNT)
					break;
				CHECK(sp_ticket_may_move((sp_ticket_state)at, next));
				at = (int)next;
				steps++;
			}
			/* Nothing leads back to new, or out of closed. */
			bool can = from == to || (from != SP_TICKET_CLOSED && to != SP_TICKET_NEW);
			CHECK_INT(at == to, can);
			CHECK(steps <= (sp_ticket_may_move((sp_ticket_state)from, (sp_ticket_state)to) ? 1 : 3));
		}
	CHECK_INT(sp_ticket_step_towards(SP_TICKET_ESCALATED, SP_TICKET_CLOSED), SP_TICKET_SOLVED);
	CHECK_INT(sp_ticket_step_towards(SP_TICKET_NEW, SP_TICKET_STATE_COUNT), SP_TICKET_STATE_COUNT);
}

TEST(test_ticket_moves)
{
	/* A row a state: from; a column a state: to. */
	static const char *const allowed[SP_TICKET_STATE_COUNT] = {
		/* to:                     N A W E R S O C */
		[SP_TICKET_NEW]       = "  x x x x x   x",
		[SP_TICKET_ASSIGNED]  = "    x x x x   x",
		[SP_TICKET_WAITING]   = "  x   x x x   x",
		[SP_TICKET_ESCALATED] = "    x   x x    ",
		[SP_TICKET_RETURNED]  = "  x x x   x   x",
		[SP_TICKET_SOLVED]    = "            x x",
		[SP_TICKET_REOPENED]  = "  x x x x x   x",
		[SP_TICKET_CLOSED]    = "               ",
	};
	for (int from = 0; from < SP_TICKET_STATE_COUNT; from++)
		for (int to = 0; to < SP_TICKET_STATE_COUNT; to++)
			CHECK_INT(sp_ticket_may_move((sp_ticket_state)from, (sp_ticket_state)to), allowed[from][2 * to] == 'x');
	/* What level 1 has is not returned to it. */
	for (int from = 0; from < SP_TICKET_STATE_COUNT; from++)
		for (int to = 0; to < SP_TICKET_STATE_COUNT; to++)
			for (int level = SP_LEVEL_1; level <= SP_LEVEL_PARTNER; level++)
				CHECK_INT(sp_ticket_may_move_at(level, (sp_ticket_state)from, (sp_ticket_state)to),
					allowed[from][2 * to] == 'x' && (to != SP_TICKET_RETURNED || level > SP_LEVEL_1));
	CHECK(!sp_ticket_may_move(SP_TICKET_STATE_COUNT, SP_TICKET_NEW));
	CHECK(!sp_ticket_may_move(SP_TICKET_NEW, SP_TICKET_STATE_COUNT));
}

/* ---- fields ---- */

#define TODAY 20211231

/* What a field makes of a text: its normal form, or the key of what is wrong. */
static const char *result_len(const sp_field *field, const char *text, size_t len)
{
	static char result[3000];
	const char *normal = NULL, *key = NULL;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = sp_ticket_check_field(field, text, len, TODAY, arena, &normal, &key);
	CHECK((status == SP_OK) == (normal != NULL));
	CHECK((status == SP_ERR_INVALID) == (key != NULL));
	if (key)
		CHECK(sp_catalog_find(SP_LANG_IT, key) != NULL);
	snprintf(result, sizeof result, "%s", normal ? normal : key ? key : sp_status_name(status));
	sp_arena_free(arena);
	return result;
}

static const char *result(sp_field_check check, uint32_t max, const char *text)
{
	sp_field field = {.key = "f", .check = check, .max_chars = max};
	return result_len(&field, text, text ? strlen(text) : 0);
}

typedef struct field_case {
	const char *text, *want;
} field_case;

static void check_cases(int line, sp_field_check check, const field_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *got = result(check, 40, cases[i].text);
		if (strcmp(got, cases[i].want) != 0)
			harness_fail(__FILE__, line, "\"%s\": got \"%s\", wanted \"%s\"", cases[i].text, got, cases[i].want);
	}
}
#define CASES(check, ...) \
	do { \
		static const field_case cases_[] = __VA_ARGS__; \
		check_cases(__LINE__, check, cases_, sizeof cases_ / sizeof *cases_); \
	} while (0)

TEST(test_ticket_field_text)
{
	CHECK_STR(result(SP_FIELD_TEXT, 10, "  non va \n"), "non va");
	CHECK_STR(result(SP_FIELD_TEXT, 20, "prima\r\nseconda\rterza"), "prima\nseconda\nterza");
	CHECK_STR(result(SP_FIELD_TEXT, 5, "àèìòù"), "àèìòù");
	CHECK_STR(result(SP_FIELD_TEXT, 5, "àèìòùx"), "field.too-long");
	CHECK_STR(result(SP_FIELD_TEXT, 5, "   x                        "), "x");
	CHECK_STR(result(SP_FIELD_TEXT, 10, ""), "field.missing");
	CHECK_STR(result(SP_FIELD_TEXT, 10, " \t\n\xC2\xA0\xE2\x80\x8B"), "field.missing");
	CHECK_STR(result(SP_FIELD_TEXT, 10, NULL), "field.missing");
	CHECK_STR(result(SP_FIELD_TEXT, 10, "a\x1b[31m"), "field.characters");
	CHECK_STR(result(SP_FIELD_TEXT, 10, "a\xC2\x85""b"), "field.characters");
	CHECK_STR(result(SP_FIELD_TEXT, 10, "a\xff"), "field.characters");
	CHECK_STR(result(SP_FIELD_TEXT, 10, "a\xE2\x80\xAE""b"), "ab"); /* direction mark */
	sp_field field = {.key = "f", .check = SP_FIELD_TEXT};
	CHECK_STR(result_len(&field, "a\0b", 3), "field.characters");
	char long_text[2001];
	memset(long_text, 'a', sizeof long_text);
	CHECK_STR(result_len(&field, long_text, 2001), "field.too-long");
	CHECK_INT(strlen(result_len(&field, long_text, 2000)), 2000);
}

TEST(test_ticket_field_email_and_phone)
{
	CASES(SP_FIELD_EMAIL, {
		{"  Ada.Rossi@Example.COM ", "Ada.Rossi@example.com"}, {"ada@example", "field.email.invalid"},
		{"ada example.com", "field.email.invalid"}, {"a@example.com b@example.com", "field.email.invalid"},
		{"\xE2\x80\xAA" "ada@example.com" "\xE2\x80\xAC", "ada@example.com"},
	});
	CASES(SP_FIELD_PHONE, {
		{"+39 333 000 0000", "+393330000000"}, {"0039 06-0000.000", "+39060000000"}, {"(06) 000 0000", "060000000"},
		{"333/0000000", "3330000000"}, {"12345", "field.phone.invalid"}, {"+39 123", "field.phone.invalid"},
		{"333 ABC 0000", "field.phone.invalid"}, {"1234567890123456", "field.phone.invalid"},
		{"+", "field.phone.invalid"},
	});
}

TEST(test_ticket_field_date)
{
	CASES(SP_FIELD_DATE, {
		{"2021-03-15", "2021-03-15"}, {"15/03/2021", "2021-03-15"}, {"5.3.21", "2021-03-05"},
		{"15-3-2021", "2021-03-15"},
		{"15 marzo 2021", "2021-03-15"}, {"1º giugno 2021", "2021-06-01"}, {"1 dic. 2021", "2021-12-01"},
		{"15. März 2021", "2021-03-15"}, {"3. Mai 2021", "2021-05-03"}, {"March 15, 2021", "2021-03-15"},
		{"15 MARZ 2021", "2021-03-15"}, {"29/02/2020", "2020-02-29"}, {"29/02/2021", "field.date.invalid"},
		{"31/04/2021", "field.date.invalid"}, {"13/13/2021", "field.date.invalid"}, {"ieri", "field.date.invalid"},
		{"15/03", "field.date.invalid"}, {"15 03 2021 10:30", "field.date.invalid"}, {"0/1/2021", "field.date.invalid"},
		{"1/1/1234", "field.date.invalid"}, {"12345/1/1", "field.date.invalid"}, {"15 ma 2021", "field.date.invalid"},
		{"mar", "field.date.invalid"}, {"15 marzo duemila", "field.date.invalid"},
		{"2021-03-15x", "field.date.invalid"},
	});
}

TEST(test_ticket_field_past_date)
{
	CASES(SP_FIELD_PAST_DATE, {
		{"30/12/2021", "2021-12-30"}, {"31 dicembre 2021", "2021-12-31"}, {"1/1/2022", "field.date.future"}, {"2099-01-01", "field.date.future"},
		{"31/11/2021", "field.date.invalid"},
	});
	CHECK_STR(result(SP_FIELD_DATE, 40, "1/1/2022"), "2022-01-01");
}

TEST(test_ticket_field_amount)
{
	CASES(SP_FIELD_AMOUNT, {
		{"12,50", "12.50"}, {"€ 1.200,00", "1200.00"}, {"1200", "1200.00"}, {"12.5", "12.50"}, {"1.200", "1200.00"},
		{"1,200.05", "1200.05"}, {"12 euro", "12.00"}, {"35.50 euros", "35.50"}, {"EUR 3,1", "3.10"}, {"7€", "7.00"}, {"1'200.00", "1200.00"},
		{"1 234 567,89", "1234567.89"}, {"007,00", "7.00"}, {"0,99", "0.99"}, {"12,", "field.amount.invalid"},
		{",5", "field.amount.invalid"}, {"-5", "field.amount.positive"}, {"1.2.3", "field.amount.invalid"},
		{"1.200.50", "field.amount.invalid"}, {"12.34,56", "field.amount.invalid"}, {"1,2345", "field.amount.decimals"},
		{"dodici", "field.amount.invalid"}, {"12345678901", "field.amount.invalid"}, {"€", "field.amount.invalid"},
		{"1.200,0.0", "field.amount.invalid"}, {"1.234,50", "1234.50"}, {"1,234.50", "1234.50"}, {"1,234,567", "1234567.00"},
		{"120,555", "field.amount.decimals"}, {"€ 120,555", "field.amount.decimals"}, {"120,5", "120.50"}, {"0", "field.amount.positive"},
		{"0,00 €", "field.amount.positive"}, {"0.00", "field.amount.positive"}, {"-0,01", "field.amount.positive"},
		{"\xE2\x88\x92 12,50", "field.amount.positive"}, {"- euro", "field.amount.invalid"}, {"0,01", "0.01"},
	});
}

TEST(test_ticket_field_numbers_with_check_digits)
{
	CASES(SP_FIELD_CODICE_FISCALE, {
		{"rssmra85t10a562s", "RSSMRA85T10A562S"}, {"RSS MRA 85T10 A562S", "RSSMRA85T10A562S"},
		{"RSSMRA85T10A562T", "field.codice-fiscale.invalid"}, {"RSSMRA85", "field.codice-fiscale.invalid"},
		{"01234567897", "01234567897"}, {"01234567890", "field.codice-fiscale.invalid"},
		{"00000000000", "field.codice-fiscale.invalid"}, {"00000000018", "field.codice-fiscale.invalid"},
	});
	CASES(SP_FIELD_IBAN, {
		{"it60 x054 2811 1010 0000 0123 456", "IT60X0542811101000000123456"},
		{"IBAN: IT60X0542811101000000123456", "IT60X0542811101000000123456"},
		{"IT61X0542811101000000123456", "field.iban.invalid"}, {"IT60", "field.iban.invalid"},
	});
	CASES(SP_FIELD_NOTICE_NUMBER, {
		{"3010 0000 0000 0001 44", "301000000000000144"}, {"301000000000000145", "field.notice-number.digit"},
		{"30100000000000014", "field.notice-number.invalid"}, {"901000000000000144", "field.notice-number.digit"},
		{"3010 0000 0000 0001 45", "field.notice-number.digit"}, {"30100000000000014B", "field.notice-number.invalid"},
	});
	CASES(SP_FIELD_IUV, {
		{"01000000000000144", "01000000000000144"}, {"123456789012345", "123456789012345"},
		{"rf18 5390 0754 7034", "RF18539007547034"}, {"RF19539007547034", "field.iuv.invalid"},
		{"1234567890123456", "field.iuv.invalid"}, {"RF18", "field.iuv.invalid"}, {"RF18-è", "field.iuv.invalid"},
	});
	/* The limit is for the normal form: spaces that people write do not count. */
	CHECK_STR(result(SP_FIELD_NOTICE_NUMBER, 18, "3010 0000 0000 0001 44"), "301000000000000144");
	CHECK_STR(result(SP_FIELD_PHONE, 5, "060000000"), "field.too-long");
}

TEST(test_ticket_field_choice)
{
	static const char *options[] = {"Poste Italiane", "Register (SpidItalia)", "È altro"};
	sp_field field = {.key = "f", .check = SP_FIELD_CHOICE, .options = options, .options_count = 3, .max_chars = 5};
	CHECK_STR(result_len(&field, " poste italiane ", 16), "Poste Italiane");
	CHECK_STR(result_len(&field, "e ALTRO", 7), "È altro");
	CHECK_STR(result_len(&field, "Poste", 5), "field.choice.invalid");
	CHECK_STR(result_len(&field, "", 0), "field.missing");
}

/* ---- routing ---- */

TEST(test_ticket_group)
{
	sp_group groups[] = {{.key = "l1"}, {.key = "l2"}};
	sp_category categories[] = {{.key = "a", .group = 0}, {.key = "b", .group = -1}};
	sp_kb_config config = {.groups = groups, .groups_count = 2, .categories = categories, .categories_count = 2, .ticket.group = -1};
	CHECK_INT(sp_ticket_group(&config, 0, NULL), 0);
	CHECK_INT(sp_ticket_group(&config, 0, "l2"), 1);
	CHECK_INT(sp_ticket_group(&config, 0, "gone"), 0);
	CHECK_INT(sp_ticket_group(&config, 1, NULL), -1);
	CHECK_INT(sp_ticket_group(&config, -1, "l2"), 1);
	CHECK_INT(sp_ticket_group(&config, -1, NULL), -1);
	CHECK_INT(sp_ticket_group(&config, 2, NULL), -1);
	config.ticket.group = 1; /* of what it is not known what it is about */
	CHECK_INT(sp_ticket_group(&config, -1, NULL), 1);
	CHECK_INT(sp_ticket_group(&config, 0, NULL), 0);
	CHECK_INT(sp_ticket_group(&config, 1, NULL), -1);
}

/* ---- opening hours ---- */

static int64_t at(const char *time)
{
	int64_t utc_s = 0;
	CHECK(spi_rfc3339_parse(time, strlen(time), &utc_s));
	return utc_s;
}

#define H(hour) ((hour) * 60)

/* 0 app-io, 1 pagopa (the reference service's hours), 2 always, 3 round the clock Monday to Saturday, 4 never, 5 every
   minute of the week, 6 on Sundays only */
static const sp_kb_config *service_config(void)
{
	static sp_hours hours[] = {
		{"app-io", {{H(8), H(20)}, {H(8), H(20)}, {H(8), H(20)}, {H(8), H(20)}, {H(8), H(20)}, {H(8), H(13)},
			{H(8), H(13)}}},
		{"pagopa", {{510, H(20)}, {510, H(20)}, {510, H(20)}, {510, H(20)}, {510, H(20)}, {510, H(14)}, {0, 0}}},
		{"clock", {{0, H(24)}, {0, H(24)}, {0, H(24)}, {0, H(24)}, {0, H(24)}, {0, H(24)}, {0, 0}}},
		{"never", {{0, 0}}},
		{"every", {{0, H(24)}, {0, H(24)}, {0, H(24)}, {0, H(24)}, {0, H(24)}, {0, H(24)}, {0, H(24)}}},
		{"sundays", {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {H(9), H(12)}}},
	};
	static sp_service services[] = {{.hours = 0}, {.hours = 1}, {.hours = -1}, {.hours = 2}, {.hours = 3}, {.hours = 4},
		{.hours = 5}};
	static const char *holidays[] = {"01-01", "easter-monday", "12-08", "12-25", "12-26", "2026-11-19"};
	static sp_kb_config config = {.timezone = "Europe/Rome", .hours = hours, .hours_count = 6, .services = services,
		.services_count = 7, .holidays = holidays, .holidays_count = 6};
	return &config;
}

/* Whether it is open, and that it opens and closes next as said ("" = never). */
static void check_hours(int line, int service, const char *now, bool want, const char *opens, const char *closes)
{
	int64_t got_opens = -1, got_closes = -1;
	int64_t want_opens = *opens ? at(opens) : 0, want_closes = *closes ? at(closes) : 0;
	bool got = sp_service_is_open(service_config(), service, at(now), &got_opens, &got_closes);
	if (got != want || got_opens != want_opens || got_closes != want_closes)
		harness_fail(__FILE__, line, "%s: got %d, opens %lld, closes %lld; wanted %d, %lld, %lld", now, got,
			(long long)got_opens, (long long)got_closes, want, (long long)want_opens, (long long)want_closes);
}
#define HOURS(...) check_hours(__LINE__, __VA_ARGS__)

TEST(test_ticket_opening_hours)
{
	/* 23 November 2026 is a Monday. */
	HOURS(1, "2026-11-23T08:29:59+01:00", false, "2026-11-23T08:30:00+01:00", "");
	HOURS(1, "2026-11-23T08:30:00+01:00", true, "2026-11-24T08:30:00+01:00", "2026-11-23T20:00:00+01:00");
	HOURS(1, "2026-11-23T19:59:59+01:00", true, "2026-11-24T08:30:00+01:00", "2026-11-23T20:00:00+01:00");
	HOURS(1, "2026-11-23T20:00:00+01:00", false, "2026-11-24T08:30:00+01:00", "");
	HOURS(1, "2026-11-28T14:00:00+01:00", false, "2026-11-30T08:30:00+01:00", "");
	HOURS(0, "2026-11-29T12:00:00+01:00", true, "2026-11-30T08:00:00+01:00", "2026-11-29T13:00:00+01:00");
	/* A holiday each year, one of this year, one after Easter (28 March 2027; the clocks change that night). */
	HOURS(0, "2026-12-24T21:00:00+01:00", false, "2026-12-27T08:00:00+01:00", "");
	HOURS(0, "2026-11-19T10:00:00+01:00", false, "2026-11-20T08:00:00+01:00", "");
	HOURS(0, "2027-11-19T10:00:00+01:00", true, "2027-11-20T08:00:00+01:00", "2027-11-19T20:00:00+01:00");
	HOURS(0, "2027-03-27T20:00:00+01:00", false, "2027-03-28T08:00:00+02:00", "");
	HOURS(0, "2027-03-28T14:00:00+02:00", false, "2027-03-30T08:00:00+02:00", "");
	HOURS(0, "2026-04-06T10:00:00+02:00", false, "2026-04-07T08:00:00+02:00", "");
	HOURS(0, "2038-04-26T10:00:00+02:00", false, "2038-04-27T08:00:00+02:00", "");
}

TEST(test_ticket_opening_hours_at_the_limits)
{
	HOURS(2, "2026-12-25T03:00:00Z", true, "", "");
	HOURS(-1, "2026-12-25T03:00:00Z", true, "", "");
	HOURS(99, "2026-12-25T03:00:00Z", true, "", "");
	HOURS(4, "2026-11-23T12:00:00Z", false, "", "");
	/* Midnight is no closing when the next day goes on; Sunday is. */
	HOURS(3, "2026-11-23T23:59:00+01:00", true, "2026-11-30T00:00:00+01:00", "2026-11-29T00:00:00+01:00");
	HOURS(3, "2026-11-29T00:00:00+01:00", false, "2026-11-30T00:00:00+01:00", "");
	HOURS(5, "2026-12-09T00:00:00+01:00", true, "2026-12-27T00:00:00+01:00", "2026-12-25T00:00:00+01:00");
	CHECK(sp_service_is_open(service_config(), 1, at("2026-11-23T12:00:00Z"), NULL, NULL));
}

TEST(test_ticket_when_somebody_comes_or_goes)
{
	/* Of all services; before it nobody does, which is looked at minute by minute. */
	const sp_kb_config *config = service_config();
	int64_t from = at("2026-11-23T00:00:00+01:00"), until = at("2026-12-01T00:00:00+01:00"), change = from;
	size_t changes = 0;
	for (int64_t now = from; now < until; now += 60) {
		bool differs = false;
		for (size_t i = 0; i < config->services_count; i++) {
			int64_t then[2], before[2];
			bool is_open = sp_service_is_open(config, (int)i, now, &then[0], &then[1]);
			differs |= is_open != sp_service_is_open(config, (int)i, now - 60, &before[0], &before[1]) || (is_open ? then[1] != before[1] : then[0] != before[0]);
		}
		if (now == change) {
			change = sp_services_change(config, now);
			changes++;
			CHECK(change > now);
		} else if (differs) {
			harness_fail(__FILE__, __LINE__, "somebody comes or goes at %lld, before %lld", (long long)now, (long long)change);
		}
	}
	CHECK(changes > 14);
	/* Where the clocks change only the minute is sure. */
	CHECK_INT(sp_services_change(config, at("2026-10-25T01:10:20+02:00")), at("2026-10-25T01:11:00+02:00"));
	sp_kb_config none = *config;
	none.services_count = 0;
	CHECK_INT(sp_services_change(&none, from), 0);
}

static void check_when(int line, int service, const char *now, sp_lang lang, const char *want)
{
	sp_arena *arena = sp_arena_new(0);
	const char *got = sp_service_when(service_config(), service, at(now), lang, arena);
	if (!got || strcmp(got, want) != 0)
		harness_fail(__FILE__, line, "%s: got \"%s\", wanted \"%s\"", now, got ? got : "(null)", want);
	sp_arena_free(arena);
}
#define WHEN(...) check_when(__LINE__, __VA_ARGS__)

/* Open minutes between two moments, and back: the later one is when so many have passed. */
static void check_open(int line, int service, const char *from, const char *until, int64_t want_min)
{
	int64_t got_min = sp_service_open_s(service_config(), service, at(from), at(until)) / 60;
	int64_t after = sp_service_after(service_config(), service, at(from), want_min * 60);
	int64_t again_min = sp_service_open_s(service_config(), service, at(from), after) / 60;
	if (got_min != want_min || (want_min > 0 && (after > at(until) || again_min != want_min)))
		harness_fail(__FILE__, line, "%s to %s: got %lld minutes, wanted %lld; they are over at %lld", from, until, (long long)got_min,
			(long long)want_min, (long long)after);
}
#define OPEN(...) check_open(__LINE__, __VA_ARGS__)

TEST(test_ticket_time_that_counts)
{
	OPEN(1, "2026-11-23T09:00:00+01:00", "2026-11-23T11:30:00+01:00", 150);
	/* Over a night, a Sunday, a holiday. */
	OPEN(1, "2026-11-23T19:00:00+01:00", "2026-11-24T09:00:00+01:00", 90);
	OPEN(1, "2026-11-28T13:00:00+01:00", "2026-11-30T09:30:00+01:00", 120);
	OPEN(1, "2026-11-18T19:30:00+01:00", "2026-11-20T08:45:00+01:00", 45);
	OPEN(1, "2026-11-28T15:00:00+01:00", "2026-11-29T20:00:00+01:00", 0);
	/* The night in which the clocks change has an hour less. */
	OPEN(3, "2027-03-26T23:00:00+01:00", "2027-03-27T01:00:00+01:00", 120);
	OPEN(5, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25 * 60);
	OPEN(2, "2026-12-25T00:00:00Z", "2026-12-25T01:00:00Z", 60);
	OPEN(1, "2026-11-24T09:00:00+01:00", "2026-11-23T09:00:00+01:00", 0);
	CHECK_INT(sp_service_after(service_config(), 4, at("2026-11-23T12:00:00Z"), 60), 0);
	CHECK_INT(sp_service_after(service_config(), 1, at("2026-11-28T13:00:00+01:00"), 2 * 3600), at("2026-11-30T09:30:00+01:00"));
}

TEST(test_ticket_when_in_words)
{
	WHEN(1, "2026-11-23T10:00:00+01:00", SP_LANG_IT, "oggi fino alle 20");
	WHEN(1, "2026-11-23T10:00:00+01:00", SP_LANG_EN, "today until 8 pm");
	WHEN(1, "2026-11-23T10:00:00+01:00", SP_LANG_DE, "heute bis 20 Uhr");
	WHEN(1, "2026-11-23T07:00:00+01:00", SP_LANG_IT, "oggi dalle 8:30");
	WHEN(1, "2026-11-23T07:00:00+01:00", SP_LANG_EN, "today from 8:30 am");
	WHEN(0, "2026-11-23T21:00:00+01:00", SP_LANG_IT, "domani dalle 8");
	WHEN(0, "2026-11-23T21:00:00+01:00", SP_LANG_DE, "morgen ab 8 Uhr");
	WHEN(1, "2026-11-28T15:00:00+01:00", SP_LANG_IT, "lunedì dalle 8:30");
	WHEN(1, "2026-11-28T15:00:00+01:00", SP_LANG_EN, "Monday from 8:30 am");
	WHEN(1, "2026-11-28T15:00:00+01:00", SP_LANG_DE, "Montag ab 8:30 Uhr");
	WHEN(6, "2026-11-29T13:00:00+01:00", SP_LANG_IT, "domenica 6 dicembre dalle 9");
	WHEN(6, "2026-11-29T13:00:00+01:00", SP_LANG_EN, "Sunday 6 December from 9 am");
	WHEN(6, "2026-11-29T13:00:00+01:00", SP_LANG_DE, "Sonntag, 6. Dezember, ab 9 Uhr");
	WHEN(2, "2026-11-29T13:00:00+01:00", SP_LANG_IT, "sempre, a ogni ora");
	WHEN(4, "2026-11-29T13:00:00+01:00", SP_LANG_EN, "at times we do not know yet");
	WHEN(3, "2026-11-28T13:00:00+01:00", SP_LANG_IT, "oggi fino alle 24"); /* Saturday, until midnight */
	WHEN(3, "2026-11-28T13:00:00+01:00", SP_LANG_EN, "today until midnight");
	WHEN(0, "2026-11-29T12:30:00+01:00", SP_LANG_EN, "today until 1 pm");
	WHEN(1, "2026-11-23T10:00:00+01:00", SP_LANG_NONE, "oggi fino alle 20");
}

/* ---- time zones ---- */

TEST(test_ticket_zone_offsets)
{
	static const struct { const char *zone, *time; int offset_s; } cases[] = {
		{"Europe/Rome", "2026-01-15T12:00:00Z", 3600}, {"Europe/Rome", "2026-07-15T12:00:00Z", 7200},
		{"Europe/Rome", "2026-03-29T00:59:59Z", 3600}, {"Europe/Rome", "2026-03-29T01:00:00Z", 7200},
		{"Europe/Rome", "2026-10-25T00:59:59Z", 7200}, {"Europe/Rome", "2026-10-25T01:00:00Z", 3600},
		/* Beyond the table: by the rule at the end of the file. */
		{"Europe/Rome", "2090-07-15T12:00:00Z", 7200}, {"Europe/Rome", "2090-12-15T12:00:00Z", 3600},
		{"America/New_York", "2090-07-04T12:00:00Z", -4 * 3600},
		{"Australia/Sydney", "2090-01-04T12:00:00Z", 11 * 3600},
		{"Australia/Sydney", "2090-07-04T12:00:00Z", 10 * 3600}, {"Asia/Kolkata", "2090-07-04T12:00:00Z", 19800},
		{"Europe/Rome", "1970-07-15T12:00:00Z", 7200}, {"UTC", "2026-07-15T12:00:00Z", 0},
		{"Nowhere/City", "2026-07-15T12:00:00Z", 0}, {"../../etc/passwd", "2026-07-15T12:00:00Z", 0},
		{"/etc/localtime", "2026-07-15T12:00:00Z", 0}, {"", "2026-07-15T12:00:00Z", 0},
		{NULL, "2026-07-15T12:00:00Z", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int got = spi_zone_offset_s(cases[i].zone, at(cases[i].time));
		if (got != cases[i].offset_s)
			harness_fail(__FILE__, __LINE__, "%s %s: got %d, wanted %d", cases[i].zone, cases[i].time, got,
				cases[i].offset_s);
	}
	CHECK(spi_zone_is_known("Europe/Rome"));
	CHECK(!spi_zone_is_known("Europe/Roma"));
	CHECK(!spi_zone_is_known("Europe"));
}

TEST(test_ticket_zone_local_and_back)
{
	spi_local local = spi_zone_local("Europe/Rome", at("2026-12-31T23:30:00Z"));
	CHECK_INT(local.year, 2027);
	CHECK_INT(local.month, 1);
	CHECK_INT(local.day, 1);
	CHECK_INT(local.weekday, 4); /* a Friday */
	CHECK_INT(local.minute, 30);
	CHECK_INT(spi_zone_utc_s("Europe/Rome", local.days, local.minute), at("2026-12-31T23:30:00Z"));
	CHECK_INT(spi_zone_local("UTC", -1).minute, 1439);
	CHECK_INT(spi_zone_local("UTC", -1).weekday, 2);
	/* 29 March: 2:30 is left out; 25 October: 2:30 comes twice, the first counts. */
	CHECK_INT(spi_zone_utc_s("Europe/Rome", spi_days_of_civil(2026, 3, 29), 150), at("2026-03-29T03:30:00+02:00"));
	CHECK_INT(spi_zone_utc_s("Europe/Rome", spi_days_of_civil(2026, 10, 25), 150), at("2026-10-25T02:30:00+02:00"));
	for (int hour = 0; hour < 24; hour++) {
		int64_t utc_s = at("2026-06-01T00:00:00Z") + hour * 3600;
		local = spi_zone_local("America/New_York", utc_s);
		CHECK_INT(spi_zone_utc_s("America/New_York", local.days, local.minute), utc_s);
	}
}

static void *ask_zone(void *arg)
{
	static const char *const zones[] = {"Europe/Berlin", "Europe/Vienna", "Europe/London", "Asia/Tokyo"};
	int *wrong = arg;
	for (int i = 0; i < 400; i++)
		*wrong += spi_zone_offset_s(zones[i % 4], 1795521600) != (i % 4 == 2 ? 0 : i % 4 == 3 ? 9 * 3600 : 3600);
	return NULL;
}

TEST(test_ticket_zones_from_many_threads)
{
	pthread_t threads[4];
	int wrong[4] = {0};
	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_create(&threads[i], NULL, ask_zone, &wrong[i]) == 0);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		CHECK_INT(wrong[i], 0);
	}
}

/* ---- texts ---- */

TEST(test_ticket_texts_are_there_in_every_language)
{
	char key[64];
	for (int lang = 0; lang < SP_LANG_COUNT; lang++) {
		for (int state = 0; state < SP_TICKET_STATE_COUNT; state++) {
			snprintf(key, sizeof key, "ticket.state.%s", sp_ticket_state_name((sp_ticket_state)state));
			CHECK(sp_catalog_find((sp_lang)lang, key) != NULL);
		}
	}
	CHECK_STR(sp_catalog_text(SP_LANG_DE, "ticket.state.solved"), "Gelöst");
}
