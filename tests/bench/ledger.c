/* A year of a large service in the ledger: how long each view takes. usage: ledger DATA [EVENTS [views]]; DATA is made when it is not there.
   Events (10 million unless said) are put into the log directly, the roll-ups made from it as `report --rebuild` does; then each view is asked for
   five times. Prints a line a view: first and median milliseconds, those of the processor, rows. Status 1 when a median of the processor is over 300 ms. */
#include "sportello/ledger.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define YEAR_BEGAN INT64_C(1609455600) /* 2021-01-01T00:00 in Rome */
#define DAYS 365
#define LIMIT_MS 300
#define ROUNDS 5
#define PER_CONTACT 4.1

static void fail(const char *what)
{
	fprintf(stderr, "ledger: %s\n", what);
	exit(3);
}

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of the processor, which others may be using too. */
static double thread_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t state = 88172645463325252u;
static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % below;
}

/* The first ones much more often than the last. */
static unsigned skewed(unsigned below)
{
	unsigned a = draw(below), b = draw(below), c = draw(below);
	a = a < b ? a : b;
	return a < c ? a : c;
}

/* ---- the log ---- */

enum { CATEGORY = 1, CHANNEL = 101, LANG = 201, AUDIENCE = 301, GROUP = 401, ARTICLE = 1001 };

static void add_words(sqlite3 *db, const char *name, int first, int count)
{
	char sql[200];
	for (int i = 0; i < count; i++) {
		snprintf(sql, sizeof sql, "INSERT INTO ledger_words VALUES (%d, '%s-%d')", first + i, name, i);
		if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
			fail(sqlite3_errmsg(db));
	}
}

typedef struct loading { sqlite3_stmt *insert; int64_t number; } loading;

static void add(loading *l, const sp_ledger_event *e)
{
	const int64_t values[] = {++l->number, e->at_utc_s, e->kind, e->contact, e->ticket, e->decision, 0, e->category, e->channel, e->lang,
		e->audience, e->article, e->group, e->level, e->confidence, e->took_ms, e->value};
	for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
		sqlite3_bind_int64(l->insert, i + 1, values[i]);
	if (sqlite3_step(l->insert) != SQLITE_DONE)
		fail("an event was not taken");
	sqlite3_reset(l->insert);
}

static void add_ticket(loading *l, sp_ledger_event e, int64_t ticket)
{
	e.kind = SP_LEDGER_TICKET;
	e.ticket = ticket;
	e.level = 1;
	e.decision = SP_DECIDE_COUNT;
	e.group = GROUP + (int)skewed(6);
	add(l, &e);
	e.at_utc_s += 7200;
	if (draw(100) < 6) {
		e.kind = SP_LEDGER_ESCALATE;
		e.level = 2;
		e.group = GROUP + 6 + (int)draw(4);
		add(l, &e);
	}
	e.at_utc_s += 86400;
	e.kind = SP_LEDGER_CLOSE;
	add(l, &e);
}

static void add_contact(loading *l, int64_t contact, int64_t at_utc_s)
{
	sp_ledger_event e = {.at_utc_s = at_utc_s, .kind = SP_LEDGER_OPENED, .contact = contact, .decision = SP_DECIDE_COUNT,
		.channel = CHANNEL + (int)skewed(5), .audience = draw(20) ? AUDIENCE : AUDIENCE + 1 + (int)draw(3)};
	add(l, &e);
	e.lang = draw(25) ? LANG : LANG + 1 + (int)draw(2);
	e.category = CATEGORY + (int)skewed(9);
	e.took_ms = 5 + (int)skewed(200);
	e.confidence = 900;
	for (unsigned turns = 1 + skewed(4); turns > 0; turns--) {
		e.kind = SP_LEDGER_TURN;
		e.at_utc_s += 30;
		e.decision = turns == 1 && draw(100) < 80 ? SP_DECIDE_ANSWER : draw(2) ? SP_DECIDE_CLARIFY : SP_DECIDE_TICKET;
		e.article = e.decision == SP_DECIDE_ANSWER ? ARTICLE + (e.category - CATEGORY) * 35 + (int)skewed(35) : 0;
		add(l, &e);
	}
	sp_ledger_event more = e;
	more.took_ms = more.confidence = 0;
	more.at_utc_s += 20;
	more.kind = SP_LEDGER_FEEDBACK;
	more.decision = SP_DECIDE_COUNT;
	more.value = draw(3) > 0;
	if (e.decision == SP_DECIDE_ANSWER && draw(2))
		add(l, &more);
	more.value = 0;
	if (e.decision != SP_DECIDE_ANSWER || !draw(12))
		add_ticket(l, more, contact);
}

static void load(const char *path, int64_t events)
{
	sqlite3 *db = NULL;
	loading l = {0};
	if (sqlite3_open(path, &db) != SQLITE_OK)
		fail("the store cannot be opened");
	sqlite3_exec(db, "PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN", NULL, NULL, NULL);
	add_words(db, "category", CATEGORY, 9);
	add_words(db, "channel", CHANNEL, 5);
	add_words(db, "lang", LANG, 3);
	add_words(db, "audience", AUDIENCE, 4);
	add_words(db, "group", GROUP, 10);
	add_words(db, "article", ARTICLE, 9 * 35);
	if (sqlite3_prepare_v2(db, "INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", -1, &l.insert, NULL) != SQLITE_OK)
		fail(sqlite3_errmsg(db));
	double contacts = (double)events / PER_CONTACT;
	for (int64_t contact = 1; l.number < events; contact++) {
		int64_t day = (int64_t)((double)contact * DAYS / contacts) % DAYS, hour = 8 + (draw(2) ? draw(4) : draw(14));
		add_contact(&l, contact, YEAR_BEGAN + day * 86400 + (hour + (draw(20) ? 0 : 14)) % 24 * 3600 + draw(3600));
	}
	sqlite3_finalize(l.insert);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
}

/* ---- views ---- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static bool view(sp_store_reader *reader, const char *name, sp_ledger_query q)
{
	double ms[ROUNDS], cpu[ROUNDS], first = 0;
	size_t rows = 0;
	uint64_t contacts = 0;
	sp_error err = {0};
	q.from_day = YEAR_BEGAN / 86400 + 1;
	q.until_day = q.from_day + DAYS;
	q.window_s = 86400;
	q.timezone = "Europe/Rome";
	q.now_utc_s = YEAR_BEGAN + DAYS * INT64_C(86400);
	for (int i = 0; i < ROUNDS; i++) {
		sp_arena *arena = sp_arena_new(0);
		sp_ledger_figures f;
		double began = now_ms(), began_cpu = thread_ms();
		if (sp_ledger_figures_of(reader, &q, arena, &f, &err) != SP_OK)
			fail(err.text);
		ms[i] = now_ms() - began;
		cpu[i] = thread_ms() - began_cpu;
		rows = f.count;
		contacts = f.total.contacts;
		sp_arena_free(arena);
	}
	first = ms[0];
	qsort(ms, ROUNDS, sizeof *ms, by_size);
	qsort(cpu, ROUNDS, sizeof *cpu, by_size);
	printf("| %s | %.0f | %.0f | %.0f | %zu | %llu |\n", name, first, ms[ROUNDS / 2], cpu[ROUNDS / 2], rows, (unsigned long long)contacts);
	return cpu[ROUNDS / 2] <= LIMIT_MS;
}

/* ---- pages: what each view of the dashboard asks, days of the year before among it ---- */

typedef struct question { sp_dim by[5]; size_t count; int before; } question;

static void ask_all(sp_store_reader *reader, const question *questions, size_t count, const char *category)
{
	sp_arena *arena = sp_arena_new(0);
	for (size_t i = 0; i < count; i++) {
		const question *q = &questions[i];
		sp_ledger_figures f[5];
		sp_error err = {0};
		int64_t from = YEAR_BEGAN / 86400 + 1 - q->before;
		const sp_ledger_query query = {.from_day = from, .until_day = from + DAYS, .category = category, .window_s = 86400,
			.timezone = "Europe/Rome", .now_utc_s = YEAR_BEGAN + DAYS * INT64_C(86400)};
		if (sp_ledger_figures_by(reader, &query, q->by, q->count, arena, f, &err) != SP_OK)
			fail(err.text);
	}
	sp_arena_free(arena);
}

static bool page(sp_store_reader *reader, const char *name, const question *questions, size_t count, const char *category)
{
	double ms[ROUNDS], cpu[ROUNDS], first;
	for (int i = 0; i < ROUNDS; i++) {
		double began = now_ms(), began_cpu = thread_ms();
		ask_all(reader, questions, count, category);
		ms[i] = now_ms() - began;
		cpu[i] = thread_ms() - began_cpu;
	}
	first = ms[0];
	qsort(ms, ROUNDS, sizeof *ms, by_size);
	qsort(cpu, ROUNDS, sizeof *cpu, by_size);
	printf("| %s%s | %.0f | %.0f | %.0f | | |\n", name, category ? ", one category" : "", first, ms[ROUNDS / 2], cpu[ROUNDS / 2]);
	return cpu[ROUNDS / 2] <= LIMIT_MS;
}

static bool pages(sp_store_reader *reader, const char *category)
{
	static const question overview[] = {{{SP_DIM_CHANNEL, SP_DIM_MONTH}, 2, 0}, {{SP_DIM_MONTH}, 1, DAYS}},
		topics[] = {{{SP_DIM_CHANNEL, SP_DIM_CATEGORY}, 2, 0}, {{SP_DIM_ARTICLE}, 1, 0}},
		contacts[] = {{{SP_DIM_CHANNEL, SP_DIM_LANG, SP_DIM_AUDIENCE}, 3, 0}, {{SP_DIM_WEEKDAY_HOUR}, 1, 0}},
		work[] = {{{SP_DIM_CHANNEL}, 1, 0}, {{SP_DIM_GROUP}, 1, 0}};
	bool good = page(reader, "page: overview", overview, 2, category);
	good &= page(reader, "page: topics", topics, 2, category);
	good &= page(reader, "page: channels and hours", contacts, 2, category);
	good &= page(reader, "page: tickets and groups", work, 2, category);
	return good & page(reader, "page: rules", overview, 1, category);
}

static bool views(sp_store_reader *reader)
{
	bool good = true;
	puts("| view of a year | first ms | median ms | of processor ms | rows | contacts |\n| --- | --- | --- | --- | --- | --- |");
	for (int dim = SP_DIM_MONTH; dim < SP_DIMS; dim++)
		good &= view(reader, sp_dim_name((sp_dim)dim), (sp_ledger_query){.by = (sp_dim)dim});
	good &= view(reader, "month across category", (sp_ledger_query){.by = SP_DIM_MONTH, .across = SP_DIM_CATEGORY});
	good &= view(reader, "day across channel", (sp_ledger_query){.by = SP_DIM_DAY, .across = SP_DIM_CHANNEL});
	good &= view(reader, "weekday-hour of one channel", (sp_ledger_query){.by = SP_DIM_WEEKDAY_HOUR, .channel = "channel-0"});
	good &= view(reader, "article of one category", (sp_ledger_query){.by = SP_DIM_ARTICLE, .category = "category-0"});
	good &= view(reader, "day of one article", (sp_ledger_query){.by = SP_DIM_DAY, .article = "article-0"});
	good &= pages(reader, NULL);
	good &= pages(reader, "category-0");
	return good;
}

int main(int argc, char **argv)
{
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_error err = {0};
	bool good = true;
	char path[4096];
	sp_ledger_check check;
	int64_t events = argc > 2 ? strtoll(argv[2], NULL, 10) : 10000000;
	if (argc < 2)
		fail("usage: ledger DATA [EVENTS]");
	if (sp_store_open(argv[1], SP_STORE_SERVE, &store, &err) != SP_OK || sp_store_reader_open(store, &reader, &err) != SP_OK)
		fail(err.text);
	snprintf(path, sizeof path, "%s/store.sqlite", argv[1]);
	if (argc > 3) { /* as it was made before: views alone */
		good = views(reader);
		sp_store_reader_close(reader);
		sp_store_close(store);
		return good ? 0 : 1;
	}
	double began = now_ms();
	load(path, events);
	double loaded = now_ms();
	if (sp_ledger_rebuild(store, &err) != SP_OK)
		fail(err.text);
	double built = now_ms();
	printf("%lld events put into the log in %.1f s, roll-ups made in %.1f s\n\n", (long long)events, (loaded - began) / 1e3, (built - loaded) / 1e3);
	fflush(stdout);
	good = views(reader);
	began = now_ms();
	if (sp_ledger_verify(reader, &check, &err) != SP_OK)
		fail(err.text);
	printf("\nverified against the log in %.1f s: %llu contacts, %llu cells, %llu wrong\n", (now_ms() - began) / 1e3,
		(unsigned long long)check.contacts, (unsigned long long)check.cells, (unsigned long long)(check.wrong_cells + check.wrong_contacts));
	sp_store_reader_close(reader);
	sp_store_close(store);
	return good && check.wrong_cells + check.wrong_contacts == 0 ? 0 : 1;
}
