#include "ledger_bed.h"

#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

const char *ledger_path(const char *name, const char *file)
{
	static char path[500];
	snprintf(path, sizeof path, "%s/%s%s%s", harness_folder(), name, file ? "/" : "", file ? file : "");
	return path;
}

sp_store *open_ledger_store(const char *name)
{
	sp_store *store = NULL;
	sp_error err = {0};
	if (sp_store_open(ledger_path(name, NULL), SP_STORE_SERVE, &store, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "open: %s: %s", err.source, err.text);
	return store;
}

bool ledger_sql(const char *name, const char *text)
{
	sqlite3 *db = NULL;
	CHECK_INT(sqlite3_open(ledger_path(name, "store.sqlite"), &db), SQLITE_OK);
	bool good = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_close(db);
	return good;
}

int64_t ledger_number(const char *name, const char *other, const char *text, int64_t none)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	char attach[600];
	CHECK_INT(sqlite3_open(ledger_path(name, "store.sqlite"), &db), SQLITE_OK);
	if (other) {
		snprintf(attach, sizeof attach, "ATTACH '%s' AS other", ledger_path(other, "store.sqlite"));
		CHECK_INT(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
	}
	CHECK_INT(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	int64_t number = sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int64(s, 0) : none;
	sqlite3_finalize(s);
	sqlite3_close(db);
	return number;
}

sp_write step_write(const step *s, const char *id, const sp_person *person)
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

int64_t do_step(sp_store *store, const step *s)
{
	char id[32];
	const sp_person person = {"email", s->person};
	snprintf(id, sizeof id, "talk-%d", s->talk);
	sp_write write = step_write(s, id, &person);
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
	return write.kind == SP_WRITE_TICKET ? write.as.ticket.ticket.number : 0;
}

static void change_ticket(sp_store *store, int64_t number, sp_ticket_state state, const char *group, int level, bool preventable)
{
	sp_write write = {.kind = SP_WRITE_TICKET_CHANGE};
	write.as.ticket_change = (sp_write_ticket_change){.number = number, .state = state, .group = group, .level = level, .actor = "ada",
		.at_utc_s = U(22, 9, 0), .post_kind = preventable ? SP_POST_RETURN : SP_POST_NONE, .post = preventable ? "si poteva" : NULL};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

const char forty_endings[] = " " "CAX-X" "CTTXX" "CAAXA" "AACXX" "CTAAC" "AACCA" "CACAX" "XXTAT";

const step forty_steps[] = {
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

void order_forty(const step *ret[FORTY_STEPS])
{
	for (size_t i = 0; i < FORTY_STEPS; i++)
		ret[i] = &forty_steps[i];
	qsort(ret, FORTY_STEPS, sizeof *ret, by_time);
}

void tell_part(sp_store *store, size_t from, size_t until)
{
	const step *order[FORTY_STEPS];
	order_forty(order);
	for (size_t i = from; i < until; i++)
		do_step(store, order[i]);
}

static int64_t ticket_of(const char *name, int talk)
{
	char text[200];
	snprintf(text, sizeof text, "SELECT t.number FROM tickets t JOIN conversations c ON c.number = t.conversation WHERE c.id = 'talk-%d'", talk);
	return ledger_number(name, NULL, text, 0);
}

static void work_on_tickets(const char *name, sp_store *store)
{
	int64_t seventh = ticket_of(name, 7), eighth = ticket_of(name, 8), last = ticket_of(name, 40);
	change_ticket(store, seventh, SP_TICKET_SOLVED, NULL, 0, false);
	change_ticket(store, seventh, SP_TICKET_REOPENED, NULL, 0, false);
	change_ticket(store, seventh, SP_TICKET_SOLVED, NULL, 0, false);
	change_ticket(store, seventh, SP_TICKET_CLOSED, NULL, 0, false);
	change_ticket(store, eighth, SP_TICKET_ESCALATED, "l2", 2, false);
	change_ticket(store, eighth, SP_TICKET_SOLVED, NULL, 0, false);
	change_ticket(store, eighth, SP_TICKET_CLOSED, NULL, 0, false);
	change_ticket(store, ticket_of(name, 38), SP_TICKET_ESCALATED, "acquirer", 3, false);
	change_ticket(store, last, SP_TICKET_ESCALATED, "l2", 2, false);
	change_ticket(store, last, SP_TICKET_RETURNED, "l1", 1, true);
	change_ticket(store, last, SP_TICKET_CLOSED, NULL, 0, false);
	sp_write_flag flag = {.flag = {.article = "otp", .lang = SP_LANG_IT, .ticket = last, .reason = SP_FLAG_WRONG, .actor = "ada",
		.at_utc_s = U(22, 9, 0)}};
	sp_write write = {.kind = SP_WRITE_FLAG, .as.flag = &flag};
	CHECK_INT(sp_store_write(store, &write, NULL), SP_OK);
}

sp_store *tell_forty(const char *name, size_t killed_after)
{
	harness_folder(); /* made before there are two */
	fflush(stdout);
	pid_t child = killed_after ? fork() : -1;
	if (child == 0) {
		tell_part(open_ledger_store(name), 0, killed_after);
		kill(getpid(), SIGKILL);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
	sp_store *store = open_ledger_store(name);
	tell_part(store, killed_after, FORTY_STEPS);
	work_on_tickets(name, store);
	return store;
}

void check_forty(const sp_measures *m)
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

void check_forty_rules(const sp_measures *m)
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

static int64_t day_of(int64_t utc_s)
{
	return utc_s / DAY;
}

sp_ledger_query ledger_query(sp_dim by, sp_dim across)
{
	return (sp_ledger_query){.from_day = day_of(U(1, 0, 0)), .until_day = day_of(U(40, 0, 0)), .by = by, .across = across, .window_s = DAY,
		.timezone = "Europe/Rome", .now_utc_s = NOW};
}

asked ask_ledger(sp_store *store, const sp_ledger_query *q)
{
	asked a = {.arena = sp_arena_new(0)};
	sp_error err = {0};
	CHECK_INT(sp_store_reader_open(store, &a.reader, NULL), SP_OK);
	if (sp_ledger_figures_of(a.reader, q, a.arena, &a.f, &err) != SP_OK)
		harness_fail(__FILE__, __LINE__, "figures: %s", err.text);
	return a;
}

void end_asking(asked *a)
{
	sp_store_reader_close(a->reader);
	sp_arena_free(a->arena);
}

uint64_t ledger_contacts_of(sp_store *store, sp_dim by, const char *key)
{
	sp_ledger_query q = ledger_query(by, SP_DIM_NONE);
	asked a = ask_ledger(store, &q);
	uint64_t found = 0;
	for (size_t i = 0; i < a.f.count; i++)
		if (strcmp(a.f.rows[i].key, key) == 0)
			found = a.f.rows[i].m.contacts;
	end_asking(&a);
	return found;
}

sp_ledger_check verify_ledger(sp_store *store)
{
	sp_store_reader *reader = NULL;
	sp_ledger_check check = {0};
	CHECK_INT(sp_store_reader_open(store, &reader, NULL), SP_OK);
	CHECK_INT(sp_ledger_verify(reader, &check, NULL), SP_OK);
	sp_store_reader_close(reader);
	return check;
}

sp_measures ledger_total(sp_store *store)
{
	sp_ledger_query q = ledger_query(SP_DIM_MONTH, SP_DIM_NONE);
	asked a = ask_ledger(store, &q);
	sp_measures m = a.f.total;
	end_asking(&a);
	return m;
}

unsigned ledger_seed;

unsigned ledger_draw(unsigned below)
{
	ledger_seed = ledger_seed * 1664525u + 1013904223u;
	return (ledger_seed >> 8) % below;
}
