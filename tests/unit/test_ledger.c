/* The ledger, by hand: forty conversations with what each ends as, worked out on paper; and what must hold for any log. */
#include "harness.h"

#include "base/clock.h"
#include "sportello/desk.h"
#include "sportello/ledger.h"

#include <math.h>
#include <sqlite3.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define OCTOBER INT64_C(1790812800) /* 2026-10-01T00:00:00Z; Rome is two hours ahead, one from the 25th at 01:00Z on */
#define U(day, hour, minute) (OCTOBER + ((day) - 1) * INT64_C(86400) + (hour) * 3600 + (minute) * 60)
#define NOW U(36, 10, 0) /* the 5th of November */
#define DAY 86400

/* ---- a store, and what happens in it ---- */

static const char *path_of(const char *name, const char *file)
{
	static char path[500];
	snprintf(path, sizeof path, "%s/%s%s%s", harness_folder(), name, file ? "/" : "", file ? file : "");
	return path;
}

static sp_store *open_store(const char *name)
{
	sp_store *store = NULL;
	sp_error err = {0};
	if (sp_store_open(path_of(name, NULL), SP_STORE_SERVE, &store, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "open: %s: %s", err.source, err.text);
	return store;
}

/* By the side door: whether a statement is let through. */
static bool sql(const char *name, const char *text)
{
	sqlite3 *db = NULL;
	CHECK_INT(sqlite3_open(path_of(name, "store.sqlite"), &db), SQLITE_OK);
	bool good = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_close(db);
	return good;
}

typedef enum act { ANSWER, CLARIFY, OFFER, HELLO, YES, NO, TICKET, FORM } act;
typedef struct step {
	int talk;              /* 0: none (a ticket that came as a form) */
	int64_t at_utc_s;
	act act;
	const char *category;  /* NULL: "spid"; "" = none */
	const char *person, *channel, *lang; /* NULL: unknown, "web", "it" */
	int notices;
} step;

/* What a step is written as. Texts are borrowed. */
static sp_write write_of(const step *s, const char *id, const sp_person *person)
{
	static const sp_decision_kind kinds[] = {SP_DECIDE_ANSWER, SP_DECIDE_CLARIFY, SP_DECIDE_TICKET, SP_DECIDE_NONE};
	sp_write write = {.kind = SP_WRITE_TURN};
	if (s->act == YES || s->act == NO) {
		write.kind = SP_WRITE_FEEDBACK;
		write.as.feedback = (sp_write_feedback){.conversation = id, .solved = s->act == YES, .at_utc_s = s->at_utc_s};
	} else if (s->act == TICKET || s->act == FORM) {
		write.kind = SP_WRITE_TICKET;
		write.as.ticket = (sp_write_ticket){.caller = "citizen", .persons = person, .persons_count = s->person ? 1 : 0,
			.ticket = {.state = SP_TICKET_NEW, .conversation = s->act == FORM ? NULL : id, .category = s->category ? s->category : "spid",
				.group = "l1", .level = 1, .article = "otp", .channel = s->channel ? s->channel : "web", .audience = "citizen",
				.message = "segreto", .lang = SP_LANG_IT, .created_utc_s = s->at_utc_s}};
	} else {
		write.as.turn = (sp_write_turn){
			.conversation = id, .channel = s->channel ? s->channel : "web", .audience = "citizen", .confidence = 0.9, .person = s->person,
			.took_ms = 30, .notices = (uint32_t)s->notices,
			.turn = {.question = "segreto", .decision = kinds[s->act], .reason = s->act == HELLO ? SP_REASON_GREETING : SP_REASON_SURE,
				.article = s->act == ANSWER ? "otp" : NULL, .at_utc_s = s->at_utc_s,
				.category = s->act == HELLO || (s->category && !*s->category) ? NULL : s->category ? s->category : "spid",
				.lang = s->lang && *s->lang == 'e' ? SP_LANG_EN : SP_LANG_IT},
		};
	}
	return write;
}

static int64_t do_step(sp_store *store, const step *s)
{
	char id[32];
	const sp_person person = {"email", s->person};
	snprintf(id, sizeof id, "talk-%d", s->talk);
	sp_write write = write_of(s, id, &person);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	return write.kind == SP_WRITE_TICKET ? write.as.ticket.ticket.number : 0;
}

static void change(sp_store *store, int64_t number, sp_ticket_state state, const char *group, int level, bool preventable)
{
	sp_write write = {.kind = SP_WRITE_TICKET_CHANGE};
	write.as.ticket_change = (sp_write_ticket_change){.number = number, .state = state, .group = group, .level = level, .actor = "ada",
		.at_utc_s = U(22, 9, 0), .post_kind = preventable ? SP_POST_RETURN : SP_POST_NONE, .post = preventable ? "si poteva" : NULL};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

/* ---- forty conversations ---- */

#define ADA "email:ada@example.com"
#define BOB "email:bob@example.com"
#define CIA "email:cia@example.com"
#define DAN "email:dan@example.com"
#define EVA "email:eva@example.com"
#define GIO "email:gio@example.com"
#define HAL "email:hal@example.com"

/* C confirmed, A assumed, T ticket, X abandoned, - not counted; the n-th letter is of talk n. */
static const char endings[] = " " "CAX-X" "CTTXX" "CAAXA" "AACXX" "CTAAC" "AACCA" "CACAX" "XXTAT";

#define S(number, at, ...) {.talk = (number), .at_utc_s = (at), .act = __VA_ARGS__}
static const step steps[] = {
	S(1, U(20, 8, 0), ANSWER), S(1, U(20, 8, 1), YES),
	S(2, U(20, 8, 0), ANSWER),
	S(3, U(20, 8, 0), ANSWER), S(3, U(20, 8, 1), NO),
	S(4, U(20, 8, 0), HELLO), S(4, U(20, 8, 1), HELLO),                               /* small talk only */
	S(5, U(20, 8, 0), CLARIFY, .category = ""),
	S(6, U(20, 8, 0), CLARIFY), S(6, U(20, 8, 1), ANSWER), S(6, U(20, 8, 2), YES),
	S(7, U(20, 8, 0), ANSWER), S(7, U(20, 8, 10), TICKET),                            /* a ticket after an answer */
	S(8, U(20, 8, 0), OFFER), S(8, U(20, 8, 5), TICKET),
	S(9, U(20, 8, 0), OFFER),                                                       /* offered, not opened */
	S(10, U(20, 8, 0), ANSWER, .person = ADA),                                      /* comes back by phone after two hours */
	S(11, U(20, 10, 0), ANSWER, .person = ADA, .channel = "phone"), S(11, U(20, 10, 1), YES),
	S(12, U(20, 8, 0), ANSWER, .category = "pagopa", .person = BOB),                /* back when the window is just over */
	S(13, U(21, 8, 0), ANSWER, .category = "pagopa", .person = BOB, .channel = "email"),
	S(14, U(20, 8, 0), ANSWER, .person = CIA),                                      /* back in its last second */
	S(15, U(21, 8, 0) - 1, ANSWER, .person = CIA),
	S(16, U(20, 8, 0), ANSWER, .person = DAN),                                      /* back about something else */
	S(17, U(20, 9, 0), ANSWER, .category = "cashback", .person = DAN),
	S(18, U(20, 8, 0), ANSWER, .person = EVA), S(18, U(20, 8, 1), YES),              /* yes, and back all the same */
	S(19, U(20, 11, 0), ANSWER, .person = EVA), S(19, U(20, 11, 1), NO),
	S(20, U(20, 8, 0), ANSWER), S(20, U(20, 8, 1), YES), S(20, U(20, 8, 2), NO),      /* thought better of it */
	S(21, U(20, 8, 0), ANSWER), S(21, U(20, 8, 1), NO), S(21, U(20, 8, 2), YES),
	S(22, U(20, 8, 0), ANSWER), S(22, U(20, 8, 1), YES), S(22, U(20, 8, 9), TICKET),  /* a ticket is never a success */
	S(23, U(20, 8, 0), ANSWER), S(23, U(22, 8, 0), ANSWER),                          /* goes on two days later: the last one decides */
	S(24, U(20, 21, 59), ANSWER), S(24, U(20, 22, 1), ANSWER),                       /* across midnight in Rome: of the day before */
	S(25, U(20, 22, 0), ANSWER), S(25, U(20, 22, 1), YES),                           /* at midnight: of the 21st */
	S(26, U(25, 0, 30), ANSWER), S(27, U(25, 1, 30), ANSWER),                        /* half past two, twice that night */
	S(28, U(31, 22, 59), ANSWER), S(28, U(31, 23, 1), YES),                          /* the last minute of October */
	S(29, U(31, 23, 0), ANSWER), S(29, U(31, 23, 1), YES),                           /* the first of November */
	S(30, U(20, 8, 0), ANSWER), S(30, U(20, 8, 1), ANSWER, .lang = "en"),            /* goes on in English */
	S(31, U(20, 8, 0), ANSWER), S(31, U(20, 8, 1), ANSWER, .category = "cashback"), S(31, U(20, 8, 2), YES),
	S(32, U(20, 8, 0), HELLO), S(32, U(20, 8, 1), ANSWER), S(32, U(20, 8, 2), HELLO),
	S(33, U(20, 8, 0), ANSWER), S(33, U(20, 8, 1), YES), S(33, U(20, 8, 2), HELLO),
	S(34, U(20, 8, 0), ANSWER, .notices = 1),
	S(35, U(20, 8, 0), ANSWER, .notices = 1), S(35, U(20, 8, 1), NO),
	S(36, U(20, 8, 0), ANSWER, .person = GIO), S(0, U(20, 13, 0), FORM, .person = GIO, .channel = "phone"), /* back as a form */
	S(37, U(20, 8, 0), ANSWER, .person = HAL),                                      /* back as somebody unknown, until the ticket says who */
	S(38, U(20, 9, 0), ANSWER), S(38, U(20, 9, 30), TICKET, .person = HAL),
	S(39, NOW - 3600, ANSWER),                                                      /* the window is not over */
	S(40, U(20, 8, 0), ANSWER), S(40, U(20, 8, 1), NO), S(40, U(20, 8, 5), TICKET),
};

static int by_time(const void *a, const void *b)
{
	const step *x = *(const step *const *)a, *y = *(const step *const *)b;
	if (x->at_utc_s != y->at_utc_s)
		return x->at_utc_s < y->at_utc_s ? -1 : 1;
	return x < y ? -1 : x > y;
}

#define STEPS (sizeof steps / sizeof *steps)

/* In the order of time: those from one up to another. */
static void tell_part(sp_store *store, size_t from, size_t until)
{
	const step *order[STEPS];
	for (size_t i = 0; i < STEPS; i++)
		order[i] = &steps[i];
	qsort(order, STEPS, sizeof *order, by_time);
	for (size_t i = from; i < until; i++)
		do_step(store, order[i]);
}

static int64_t ticket_of(const char *name, int talk)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	char text[200];
	int64_t number = 0;
	snprintf(text, sizeof text, "SELECT t.number FROM tickets t JOIN conversations c ON c.number = t.conversation WHERE c.id = 'talk-%d'", talk);
	CHECK_INT(sqlite3_open(path_of(name, "store.sqlite"), &db), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	if (sqlite3_step(s) == SQLITE_ROW)
		number = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return number;
}

static void work_on_tickets(const char *name, sp_store *store)
{
	int64_t seventh = ticket_of(name, 7), eighth = ticket_of(name, 8), last = ticket_of(name, 40);
	change(store, seventh, SP_TICKET_SOLVED, NULL, 0, false);
	change(store, seventh, SP_TICKET_REOPENED, NULL, 0, false);
	change(store, seventh, SP_TICKET_SOLVED, NULL, 0, false);
	change(store, seventh, SP_TICKET_CLOSED, NULL, 0, false);
	change(store, eighth, SP_TICKET_ESCALATED, "l2", 2, false);
	change(store, eighth, SP_TICKET_SOLVED, NULL, 0, false);
	change(store, eighth, SP_TICKET_CLOSED, NULL, 0, false);
	change(store, ticket_of(name, 38), SP_TICKET_ESCALATED, "acquirer", 3, false);
	change(store, last, SP_TICKET_ESCALATED, "l2", 2, false);
	change(store, last, SP_TICKET_RETURNED, "l1", 1, true);
	change(store, last, SP_TICKET_CLOSED, NULL, 0, false);
	sp_write_flag flag = {.flag = {.article = "otp", .lang = SP_LANG_IT, .ticket = last, .reason = SP_FLAG_WRONG, .actor = "ada",
		.at_utc_s = U(22, 9, 0)}};
	sp_write write = {.kind = SP_WRITE_FLAG, .as.flag = &flag};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

/* The first so many steps by a process that is killed then. */
static sp_store *tell(const char *name, size_t killed_after)
{
	fflush(stdout);
	pid_t child = killed_after ? fork() : -1;
	if (child == 0) {
		tell_part(open_store(name), 0, killed_after);
		kill(getpid(), SIGKILL);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
	sp_store *store = open_store(name);
	tell_part(store, killed_after, STEPS);
	work_on_tickets(name, store);
	return store;
}

/* ---- asking ---- */

typedef struct asked { sp_arena *arena; sp_store_reader *reader; sp_ledger_figures f; } asked;

static int64_t day_of(int64_t utc_s)
{
	return utc_s / DAY;
}

static sp_ledger_query query(sp_dim by, sp_dim across)
{
	return (sp_ledger_query){.from_day = day_of(U(1, 0, 0)), .until_day = day_of(U(40, 0, 0)), .by = by, .across = across, .window_s = DAY,
		.timezone = "Europe/Rome", .now_utc_s = NOW};
}

static asked ask(sp_store *store, const sp_ledger_query *q)
{
	asked a = {.arena = sp_arena_new(0)};
	sp_error err = {0};
	CHECK_INT(sp_store_reader_open(store, &a.reader, NULL), SP_OK);
	if (sp_ledger_figures_of(a.reader, q, a.arena, &a.f, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "figures: %s", err.text);
	return a;
}

static void answered(asked *a)
{
	sp_store_reader_close(a->reader);
	sp_arena_free(a->arena);
}

static uint64_t contacts_of(sp_store *store, sp_dim by, const char *key)
{
	sp_ledger_query q = query(by, SP_DIM_NONE);
	asked a = ask(store, &q);
	uint64_t found = 0;
	for (size_t i = 0; i < a.f.count; i++)
		if (strcmp(a.f.rows[i].key, key) == 0)
			found = a.f.rows[i].m.contacts;
	answered(&a);
	return found;
}

static sp_ledger_check verify(sp_store *store)
{
	sp_store_reader *reader = NULL;
	sp_ledger_check check = {0};
	CHECK_INT(sp_store_reader_open(store, &reader, NULL), SP_OK);
	CHECK_INT(sp_ledger_verify(reader, &check, NULL), SP_OK);
	sp_store_reader_close(reader);
	return check;
}

static sp_measures total(sp_store *store)
{
	sp_ledger_query q = query(SP_DIM_MONTH, SP_DIM_NONE);
	asked a = ask(store, &q);
	sp_measures m = a.f.total;
	answered(&a);
	return m;
}

/* ---- by hand ---- */

static void check_total(const sp_measures *m)
{
	CHECK_INT(m->contacts, 39);
	CHECK_INT(m->confirmed, 10);
	CHECK_INT(m->assumed, 14);
	CHECK_INT(m->ticketed, 5);
	CHECK_INT(m->abandoned, 10);
	CHECK_INT(m->pending, 1);
	CHECK_INT(m->returned, 4);    /* 10, 14, 36, 37 */
	CHECK_INT(m->recontacted, 1); /* 18 */
	CHECK_INT(m->answered, 36);   /* not 5, 8, 9 */
	CHECK_INT(m->turns, 37);      /* 6 took two */
	CHECK_INT(m->said_no, 6);     /* 3, 19, 20, 21, 35, 40 */
	CHECK_INT(m->noticed, 2);
	CHECK_INT(m->notice_solved, 1);
	CHECK_INT(m->tickets, 6);     /* five of conversations, and a form */
	CHECK_INT(m->closed, 3);
	CHECK_INT(m->closed_level1, 2);
	CHECK_INT(m->escalated, 3);
	CHECK_INT(m->preventable, 1);
	CHECK_INT(m->reopened, 1);
	CHECK_INT(m->received, 3);
	CHECK_INT(m->wrong, 1);
	sp_range rate = sp_self_service(m);
	CHECK(fabs(rate.low - 10.0 / 39) < 1e-9 && fabs(rate.high - 24.0 / 39) < 1e-9);
	CHECK(sp_time_quantile(m, 0.5) > 20 && sp_time_quantile(m, 0.5) <= 50); /* 30 ms all but one */
	CHECK(sp_time_quantile(m, 1) > 60000 && sp_time_quantile(m, 1) <= 300000);
}

/* What others' rules make of the same forty. */
static void check_rules(const sp_measures *m)
{
	CHECK_INT(m->intercom_counted, 39);
	CHECK_INT(m->intercom_resolved, 28);     /* confirmed, assumed, and the four who came back elsewhere */
	CHECK_INT(m->zendesk_counted, 39);
	CHECK_INT(m->zendesk_resolved, 27);      /* the same, but for 39: 72 hours are not over */
	CHECK_INT(m->servicenow_counted, 39);
	CHECK_INT(m->servicenow_resolved, 12);   /* confirmed, and the tickets 7 and 22, which stayed where they were made */
	CHECK_INT(m->servicenow_potential, 18);
	CHECK_INT(m->microsoft_counted, 40);     /* 23 is two sessions */
	CHECK_INT(m->microsoft_resolved, 29);
	CHECK_INT(m->microsoft_escalated, 6);    /* five tickets, and the one that was offered */
}

/* Each conversation by itself, as the store has it. */
static void check_each(const char *name)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	CHECK_INT(sqlite3_open(path_of(name, "store.sqlite"), &db), SQLITE_OK);
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
		if (got != endings[talk])
			harness_fail(__FILE__, __LINE__, "talk %d: got %c, wanted %c", talk, got, endings[talk]);
	}
	sqlite3_close(db);
}

TEST(test_ledger_forty_conversations_by_hand)
{
	sp_store *store = tell("forty", 0);
	sp_measures m = total(store);
	check_total(&m);
	check_rules(&m);
	check_each("forty");
	CHECK_INT(contacts_of(store, SP_DIM_MONTH, "2026-10"), 37);
	CHECK_INT(contacts_of(store, SP_DIM_MONTH, "2026-11"), 2);
	CHECK_INT(contacts_of(store, SP_DIM_DAY, "2026-10-20"), 31);
	CHECK_INT(contacts_of(store, SP_DIM_DAY, "2026-10-21"), 3);
	CHECK_INT(contacts_of(store, SP_DIM_DAY, "2026-10-25"), 2);
	CHECK_INT(contacts_of(store, SP_DIM_HOUR, "02"), 2);
	CHECK_INT(contacts_of(store, SP_DIM_HOUR, "23"), 2);          /* 24 and 28 */
	CHECK_INT(contacts_of(store, SP_DIM_WEEKDAY_HOUR, "7-02"), 2);
	CHECK_INT(contacts_of(store, SP_DIM_WEEKDAY_HOUR, "3-00"), 1); /* 25 */
	CHECK_INT(contacts_of(store, SP_DIM_CHANNEL, "web"), 37);
	CHECK_INT(contacts_of(store, SP_DIM_CHANNEL, "phone"), 1);
	CHECK_INT(contacts_of(store, SP_DIM_CATEGORY, "spid"), 34);
	CHECK_INT(contacts_of(store, SP_DIM_CATEGORY, "cashback"), 2);
	CHECK_INT(contacts_of(store, SP_DIM_CATEGORY, ""), 1);
	CHECK_INT(contacts_of(store, SP_DIM_LANG, "en"), 1);
	CHECK_INT(contacts_of(store, SP_DIM_AUDIENCE, "citizen"), 39);
	CHECK_INT(contacts_of(store, SP_DIM_ARTICLE, "otp"), 36);
	CHECK_INT(verify(store).wrong_cells, 0);
	CHECK_INT(verify(store).wrong_contacts, 0);
	CHECK_INT(verify(store).contacts, 39);
	sp_store_close(store);
}

TEST(test_ledger_groups_and_tables_of_two)
{
	sp_store *store = tell("groups", 0);
	sp_ledger_query q = query(SP_DIM_GROUP, SP_DIM_NONE);
	asked a = ask(store, &q);
	for (size_t i = 0; i < a.f.count; i++) {
		const sp_ledger_row *row = &a.f.rows[i];
		bool l1 = strcmp(row->key, "l1") == 0, l2 = strcmp(row->key, "l2") == 0;
		CHECK_INT(row->m.tickets, l1 ? 4 : 1);
		CHECK_INT(row->m.received, l1 ? 0 : l2 ? 2 : 1);
		CHECK_INT(row->m.preventable, l2 ? 1 : 0);
	}
	CHECK_INT(a.f.count, 3);
	answered(&a);
	q = query(SP_DIM_MONTH, SP_DIM_CATEGORY);
	q.channel = "web";
	a = ask(store, &q);
	uint64_t sum = 0;
	for (size_t i = 0; i < a.f.count; i++)
		sum += a.f.rows[i].m.contacts;
	CHECK_INT(sum, 37);
	CHECK_INT(a.f.total.contacts, 37);
	answered(&a);
	q = query(SP_DIM_ARTICLE, SP_DIM_GROUP);
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
	sp_store *store = tell("together", 0);
	for (size_t c = 0; c < 2; c++) {
		sp_ledger_query q = query(SP_DIM_MONTH, SP_DIM_NONE);
		sp_ledger_figures all[COUNT];
		q.category = categories[c];
		q.now_utc_s = U(36, 10, 0) - 3600 * 10; /* some still wait */
		asked a = ask(store, &q);
		CHECK_INT(sp_ledger_figures_by(a.reader, &q, by, COUNT, a.arena, all, NULL), SP_OK);
		for (size_t i = 0; i < COUNT; i++) {
			q.by = by[i];
			asked one = ask(store, &q);
			REQUIRE(one.f.count == all[i].count && one.f.count > 0);
			CHECK(memcmp(&one.f.total, &all[i].total, sizeof one.f.total) == 0);
			for (size_t k = 0; k < one.f.count; k++) {
				CHECK_STR(all[i].rows[k].key, one.f.rows[k].key);
				CHECK(memcmp(&one.f.rows[k].m, &all[i].rows[k].m, sizeof one.f.rows[k].m) == 0);
			}
			answered(&one);
		}
		const sp_dim apart[] = {SP_DIM_CHANNEL, SP_DIM_HOUR};
		CHECK_INT(sp_ledger_figures_by(a.reader, &q, apart, 2, a.arena, all, NULL), SP_ERR_INVALID);
		answered(&a);
	}
	sp_store_close(store);
}

TEST(test_ledger_killed_in_the_middle_is_the_same)
{
	for (size_t at = 5; at < STEPS; at += 17) {
		char name[32];
		snprintf(name, sizeof name, "killed-%zu", at);
		sp_store *store = tell(name, at);
		sp_measures m = total(store);
		check_total(&m);
		check_rules(&m);
		CHECK_INT(verify(store).wrong_cells, 0);
		sp_store_close(store);
	}
}

/* All steps in batches of so many, committed together. */
static void tell_together(sp_store *store, size_t at_once)
{
	static sp_write writes[STEPS];
	static char ids[STEPS][32];
	static sp_person persons[STEPS];
	const step *order[STEPS];
	for (size_t i = 0; i < STEPS; i++)
		order[i] = &steps[i];
	qsort(order, STEPS, sizeof *order, by_time);
	for (size_t i = 0; i < STEPS; i++) {
		snprintf(ids[i], sizeof ids[i], "talk-%d", order[i]->talk);
		persons[i] = (sp_person){"email", order[i]->person};
		writes[i] = write_of(order[i], ids[i], &persons[i]);
	}
	for (size_t i = 0; i < STEPS; i += at_once)
		CHECK_INT(sp_store_submit_all(store, &writes[i], STEPS - i < at_once ? STEPS - i : at_once), SP_OK);
	sp_store_close(store); /* all of it is written */
	for (size_t i = 0; i < STEPS; i++)
		CHECK_INT(writes[i].status, SP_OK);
}

/* Rows that one store has and the other has not. */
static int64_t differences(const char *one, const char *other, const char *table)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	char text[1400], path[512];
	int64_t count = -1;
	snprintf(path, sizeof path, "%s", path_of(other, "store.sqlite"));
	CHECK_INT(sqlite3_open(path_of(one, "store.sqlite"), &db), SQLITE_OK);
	snprintf(text, sizeof text, "ATTACH '%s' AS other", path);
	CHECK_INT(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	snprintf(text, sizeof text, "SELECT (SELECT count(*) FROM (SELECT * FROM main.%s EXCEPT SELECT * FROM other.%s)) + "
		"(SELECT count(*) FROM (SELECT * FROM other.%s EXCEPT SELECT * FROM main.%s))", table, table, table, table);
	CHECK_INT(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	if (sqlite3_step(s) == SQLITE_ROW)
		count = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return count;
}

TEST(test_ledger_is_the_same_whatever_is_committed_together)
{
	static const size_t sizes[] = {STEPS, 7, 2};
	static const char *const tables[] = {"ledger", "ledger_words", "ledger_contacts", "ledger_tickets", "ledger_cells"};
	sp_store *one = open_store("one-by-one");
	CHECK_INT(sp_ledger_keep(one, DAY, "Europe/Rome", NULL), SP_OK);
	tell_part(one, 0, STEPS);
	sp_store_close(one);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char name[32];
		snprintf(name, sizeof name, "together-%zu", sizes[i]);
		sp_store *store = open_store(name);
		CHECK_INT(sp_ledger_keep(store, DAY, "Europe/Rome", NULL), SP_OK);
		tell_together(store, sizes[i]);
		store = open_store(name);
		sp_ledger_check check = verify(store);
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
	sp_store *store = open_store("whole");
	tell_part(store, 0, STEPS);
	sp_measures whole = total(store);
	sp_store_close(store);
	CHECK(!sql("whole", behind));
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		tell_part(open_store("behind"), 0, STEPS);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, NULL, 0);
	CHECK(sql("behind", behind));
	REQUIRE(sp_store_open(path_of("behind", NULL), SP_STORE_READ, &store, NULL) == SP_OK);
	sp_measures m = total(store);
	CHECK(memcmp(&m, &whole, sizeof m) == 0);
	CHECK_INT(contacts_of(store, SP_DIM_DAY, "2026-10-20"), 31);
	sp_ledger_check check = verify(store);
	CHECK_INT(check.wrong_cells + check.wrong_contacts, 0);
	CHECK_INT(check.contacts, 39);
	sp_store_close(store);
	CHECK(sql("behind", behind));
	store = open_store("behind");
	do_step(store, &(step)S(41, NOW, ANSWER));
	CHECK_INT(total(store).contacts, whole.contacts + 1);
	sp_store_close(store);
	CHECK(!sql("behind", behind));
}

/* Each with what it has in memory: what the other wrote meanwhile is neither lost nor counted twice. */
TEST(test_ledger_of_two_writers_in_turn)
{
	const step *order[STEPS];
	sp_store *store = open_store("alone"), *both[2] = {NULL};
	tell_part(store, 0, STEPS);
	sp_store_close(store);
	both[0] = open_store("in-turn");
	REQUIRE(sp_store_open(path_of("in-turn", NULL), SP_STORE_BESIDE, &both[1], NULL) == SP_OK);
	for (size_t i = 0; i < STEPS; i++)
		order[i] = &steps[i];
	qsort(order, STEPS, sizeof *order, by_time);
	for (size_t i = 0; i < STEPS; i++)
		do_step(both[i % 3 == 1], order[i]);
	CHECK_INT(verify(both[0]).wrong_cells + verify(both[1]).wrong_contacts, 0);
	sp_store_close(both[0]);
	sp_store_close(both[1]);
	CHECK_INT(differences("alone", "in-turn", "ledger"), 0);
	CHECK_INT(differences("alone", "in-turn", "ledger_contacts"), 0);
	CHECK_INT(differences("alone", "in-turn", "ledger_tickets"), 0);
	CHECK_INT(differences("alone", "in-turn", "ledger_cells"), 0);
}

TEST(test_ledger_a_place_is_taken_once)
{
	sp_store *store = open_store("places");
	const step said = S(1, U(20, 8, 0), ANSWER, .category = "new");
	sp_write writes[6];
	const uint32_t places[] = {1, 1, 3, 2, 3, 3};
	for (size_t i = 0; i < 6; i++) {
		writes[i] = i < 4 ? write_of(&said, "talk", NULL) : write_of(&(step)S(1, U(20, 8, 1), YES), "talk", NULL);
		*(i < 4 ? &writes[i].as.turn.place : &writes[i].as.feedback.place) = places[i];
	}
	CHECK_INT(sp_store_submit_all(store, writes, 6), SP_OK);
	sp_store_close(store);
	static const sp_status expected[] = {SP_OK, SP_ERR_CONFLICT, SP_ERR_CONFLICT, SP_OK, SP_OK, SP_ERR_CONFLICT};
	for (size_t i = 0; i < 6; i++)
		CHECK_INT(writes[i].status, expected[i]);
	store = open_store("places");
	sp_ledger_check check = verify(store);
	CHECK_INT(check.events, 4); /* opened, two turns, a yes */
	CHECK_INT(check.wrong_cells + check.wrong_contacts, 0);
	sp_store_close(store);
}

TEST(test_ledger_only_grows)
{
	sp_store_close(tell("grows", 0));
	CHECK(!sql("grows", "UPDATE ledger SET value = 1 WHERE number = 3"));
	CHECK(!sql("grows", "DELETE FROM ledger WHERE number = 3"));
	CHECK(!sql("grows", "INSERT OR REPLACE INTO ledger SELECT 3, at_utc_s, kind, contact, ticket, decision, reason, category, channel, lang, "
		"audience, article, group_word, level, confidence, took_ms, value FROM ledger WHERE number = 4"));
	CHECK(!sql("grows", "UPDATE ledger_words SET word = 'x' WHERE id = 1"));
}

TEST(test_ledger_damage_is_found_and_mended)
{
	sp_store *store = tell("damage", 0);
	sp_store_close(store);
	CHECK(sql("damage", "DELETE FROM ledger_cells WHERE part = 2 AND slot IN (SELECT slot FROM ledger_cells WHERE part = 2 LIMIT 1)"));
	store = open_store("damage");
	CHECK(verify(store).wrong_cells > 0);
	CHECK_INT(sp_ledger_keep(store, DAY, "Europe/Rome", NULL), SP_OK); /* as the service does when it starts */
	CHECK_INT(verify(store).wrong_cells, 0);
	CHECK(sql("damage", "UPDATE ledger_contacts SET has_answer = 0 WHERE contact = 1"));
	CHECK_INT(verify(store).wrong_contacts, 1);
	CHECK_INT(sp_ledger_rebuild(store, NULL), SP_OK);
	sp_measures m = total(store);
	check_total(&m);
	CHECK_INT(verify(store).wrong_contacts, 0);
	sp_store_close(store);
}

TEST(test_ledger_stays_when_people_are_forgotten)
{
	const sp_keeping keeping = {.conversations_s = 1, .feedback_s = 1, .tickets_s = 1};
	sp_write_forget forget = {.what = SP_FORGET_DUE, .keeping = &keeping, .at_utc_s = NOW + 400 * DAY};
	sp_store *store = tell("forgotten", 0);
	sp_write write = {.kind = SP_WRITE_FORGET, .as.forget = &forget};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	CHECK(forget.forgotten.conversations == 40);
	sp_write_forget_release(&forget);
	sp_measures m = total(store);
	check_total(&m);
	CHECK_INT(verify(store).wrong_cells, 0);
	CHECK_INT(sp_ledger_rebuild(store, NULL), SP_OK); /* also from the log alone */
	m = total(store);
	check_total(&m);
	sp_store_close(store);
}

/* A store of before: events are made of what it has. Who came back was not noted then. */
TEST(test_ledger_takes_over_an_older_store)
{
	sp_store_close(tell("older", 0));
	CHECK(sql("older", "DROP VIEW ledger_read; DROP TABLE ledger; DROP TABLE ledger_words; DROP TABLE ledger_contacts; DROP TABLE ledger_tickets; "
		"DROP TABLE ledger_cells; DROP TABLE ledger_state; PRAGMA user_version = 7"));
	sp_store *store = open_store("older");
	sp_measures m = total(store);
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
	CHECK_INT(verify(store).wrong_cells, 0);
	do_step(store, &(step)S(41, NOW, ANSWER));
	CHECK_INT(total(store).contacts, 40);
	CHECK_INT(verify(store).wrong_cells, 0);
	sp_store_close(store);
}

/* ---- for any log ---- */

static unsigned seed;
static unsigned draw(unsigned below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void tell_anything(sp_store *store, int talks)
{
	static const char *const people[] = {NULL, NULL, ADA, BOB, CIA}, *const categories[] = {"spid", "pagopa", "cashback", ""},
				 *const channels[] = {"web", "phone", "app"};
	bool begun[256] = {false};
	int64_t at_utc_s = U(1, 0, 0);
	for (int i = 0; i < talks * 2; i++) {
		int talk = 1 + (int)draw((unsigned)talks);
		act what = (act)draw(begun[talk] ? 7 : 4);
		if (what == TICKET && draw(3))
			what = ANSWER;
		at_utc_s += draw(4) ? draw(3600) : draw(2 * DAY) / 4;
		do_step(store, &(step){talk, at_utc_s, what, categories[draw(what == TICKET ? 3 : 4)], people[draw(5)], channels[draw(3)], "it", (int)draw(2)});
		begun[talk] = true;
	}
}

/* Days of parts of two months, so that some come from what is kept by the month and some do not. */
static asked ask_for(sp_store *store, sp_dim by, sp_dim across, int64_t window_s)
{
	sp_ledger_query q = query(by, across);
	q.from_day += by == SP_DIM_ARTICLE ? 3 : 0;
	q.until_day -= 5;
	q.window_s = window_s;
	return ask(store, &q);
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
		answered(&log[i]);
		answered(&cells);
	}
}

TEST(test_ledger_outcomes_add_up_whatever_happens)
{
	for (unsigned round = 1; round <= 6; round++) {
		char name[32];
		seed = round * 7919;
		snprintf(name, sizeof name, "any-%u", round);
		sp_store *store = open_store(name);
		tell_anything(store, 200);
		sp_measures m = total(store);
		CHECK(m.contacts > 0 && m.returned > 0);
		CHECK_INT(m.contacts, m.confirmed + m.assumed + m.ticketed + m.abandoned);
		sp_ledger_check check = verify(store);
		CHECK_INT(check.wrong_cells, 0);
		CHECK_INT(check.wrong_contacts, 0);
		CHECK_INT(check.contacts, m.contacts);
		check_other_window(store, &m);
		sp_store_close(store);
	}
}

/* ---- the rules of others, one by one ---- */

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
	for (seed = 1; seed < 200000; seed += 997) {
		uint64_t cells[6 * 4];
		bool hidden[6 * 4] = {false};
		unsigned start = seed;
		for (size_t i = 0; i < 24; i++)
			cells[i] = draw(4) ? draw(40) : draw(6);
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
		seed = start;
	}
}
