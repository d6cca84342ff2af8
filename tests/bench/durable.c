/* Durable writes beside SQLite's own. usage: durable FOLDER SECONDS ROUNDS. In each round, in turn: SQLite alone (a table with the ticket's
   texts and one index, WAL, synchronous=FULL), one row a commit; tickets one at a time, each acknowledged before the next is given; tickets and turns
   of conversations with 16 and 64 on their way, each given anew once it is acknowledged, which is after its sync.
   Prints one JSON object: medians over the rounds of writes a second, of their ratio to SQLite's in the same round, of p50 and p99 of the wait in
   microseconds, of the writer thread's processor time a write in microseconds (one at a time: of the process), of kilobytes written a write. */
#include "sportello/store.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FLIGHT_MAX 64
#define WAITS_MAX 4000000
#define ROUNDS_MAX 15

static void fail(const char *what)
{
	fprintf(stderr, "durable: %s\n", what);
	exit(3);
}

static double clock_us(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

/* That this process gave to write(2) and its kin. */
static double written_kb(void)
{
	unsigned long long read = 0, written = 0;
	FILE *io = fopen("/proc/self/io", "r");
	if (!io || fscanf(io, "rchar: %llu wchar: %llu", &read, &written) != 2)
		written = 0;
	if (io)
		fclose(io);
	return (double)written / 1024;
}

/* ---- what is measured ---- */

typedef struct figures { double rate, ratio, p50_us, p99_us, cpu_us, kb; } figures;

static float *waits;
static size_t waits_count;

static void note_wait(double us)
{
	if (waits_count < WAITS_MAX)
		waits[waits_count++] = (float)us;
}

static int by_size(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void give_waits(figures *f)
{
	qsort(waits, waits_count, sizeof *waits, by_size);
	f->p50_us = waits_count ? (double)waits[waits_count / 2] : 0;
	f->p99_us = waits_count ? (double)waits[waits_count * 99 / 100] : 0;
}

/* ---- the writes: what a citizen's ticket and a turn of the chat bring ---- */

static const sp_ticket_value values[] = {{"email", "maria.rossi@example.org"}, {"fiscal_code", "RSSMRA80A01H501U"}, {"amount", "150"}};

typedef struct flight { sp_write write; char id[SP_CONVERSATION_ID_LEN + 1], key[SP_CONVERSATION_ID_LEN + 1]; double given_us; } flight;

static void make_ticket(flight *f)
{
	sp_store_new_id(f->id);
	sp_store_new_id(f->key);
	f->write = (sp_write){.kind = SP_WRITE_TICKET};
	f->write.as.ticket = (sp_write_ticket){.idempotency_key = f->key, .caller = "citizen", .fingerprint = 1};
	f->write.as.ticket.ticket = (sp_ticket){.state = SP_TICKET_NEW, .category = "cashback-transactions", .group = "level-1", .level = 1,
		.channel = "web", .audience = "citizen", .lang = SP_LANG_IT, .values = values, .values_count = sizeof values / sizeof *values,
		.message = "Una transazione di sabato scorso non compare ancora nell'app, anche se la carta era registrata."};
}

static void make_turn(flight *f)
{
	static _Atomic unsigned nth;
	static const char *const articles[] = {"spid-login", "iban-change", "card-add", "transactions-missing", "vacation-bonus", "pagopa-receipt"};
	static const char *const categories[] = {"login", "cashback-iban", "payment-method", "cashback-transactions"};
	unsigned n = atomic_fetch_add(&nth, 1);
	sp_store_new_id(f->id);
	f->write = (sp_write){.kind = SP_WRITE_TURN};
	f->write.as.turn = (sp_write_turn){.conversation = f->id, .channel = "web", .audience = "citizen", .confidence = 0.93, .took_ms = 1,
		.article_version = "0123456789abcdef", .turn = {.question = "non vedo la transazione di sabato nel cashback", .decision = SP_DECIDE_ANSWER,
		.reason = SP_REASON_SURE, .article = articles[n % 6], .category = categories[n % 4], .lang = SP_LANG_IT, .at_utc_s = time(NULL)}};
}

typedef struct run {
	sp_store *store;
	void (*make)(flight *f);
	flight flights[FLIGHT_MAX];
	size_t in_flight;
	double until_us;
	sem_t over;
	/* of the writer thread */
	double cpu_us, first_cpu_us;
	size_t done;
} run;

/* In the writer thread: given anew at once. */
static void done(sp_write *write, void *arg)
{
	run *r = arg;
	flight *f = (flight *)write;
	double now = now_us();
	if (write->status != SP_OK)
		fail(write->error.text);
	double cpu = clock_us(CLOCK_THREAD_CPUTIME_ID);
	if (r->done++ == 0)
		r->first_cpu_us = cpu;
	r->cpu_us = cpu;
	note_wait(now - f->given_us);
	if (now >= r->until_us) {
		sem_post(&r->over);
		return;
	}
	r->make(f);
	f->write.done = done;
	f->write.arg = r;
	f->given_us = now;
	if (sp_store_submit(r->store, &f->write) != SP_OK)
		fail("a write was not taken");
}

static size_t ours(const char *folder, void (*make)(flight *f), size_t in_flight, double seconds, figures *ret)
{
	static run r;
	sp_error err = {0};
	memset(&r, 0, sizeof r);
	r.make = make;
	waits_count = 0;
	sem_init(&r.over, 0, 0);
	if (sp_store_open(folder, SP_STORE_SERVE, &r.store, &err) != SP_OK)
		fail(err.text);
	double began = now_us(), kb = written_kb();
	r.until_us = began + seconds * 1e6;
	for (size_t i = 0; i < in_flight; i++) {
		flight *f = &r.flights[i];
		make(f);
		f->write.done = done;
		f->write.arg = &r;
		f->given_us = now_us();
		if (sp_store_submit(r.store, &f->write) != SP_OK)
			fail("a write was not taken");
	}
	for (size_t i = 0; i < in_flight; i++)
		sem_wait(&r.over);
	double took = now_us() - began;
	*ret = (figures){.rate = (double)r.done / took * 1e6, .cpu_us = (r.cpu_us - r.first_cpu_us) / (double)r.done,
		.kb = (written_kb() - kb) / (double)r.done};
	give_waits(ret);
	sp_store_close(r.store);
	sem_destroy(&r.over);
	return r.done;
}

/* One at a time, by a thread that waits for each, as who calls sp_store_write() does. */
static void ours_alone(const char *folder, double seconds, figures *ret)
{
	static flight f;
	sp_store *store;
	sp_error err = {0};
	size_t count = 0;
	if (sp_store_open(folder, SP_STORE_SERVE, &store, &err) != SP_OK)
		fail(err.text);
	waits_count = 0;
	double began = now_us(), kb = written_kb();
	clockid_t process = CLOCK_PROCESS_CPUTIME_ID;
	double cpu = clock_us(process);
	while (now_us() - began < seconds * 1e6) {
		make_ticket(&f);
		double given = now_us();
		if (sp_store_write(store, &f.write, &err) != SP_OK)
			fail(err.text);
		note_wait(now_us() - given);
		count++;
	}
	*ret = (figures){.rate = (double)count / (now_us() - began) * 1e6, .cpu_us = (clock_us(process) - cpu) / (double)count,
		.kb = (written_kb() - kb) / (double)count};
	give_waits(ret);
	sp_store_close(store);
}

/* ---- SQLite alone ---- */

static void check(int code, sqlite3 *db)
{
	if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
		fail(sqlite3_errmsg(db));
}

static void alone(const char *folder, double seconds, figures *ret)
{
	static const char set_up[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"CREATE TABLE IF NOT EXISTS t (number INTEGER PRIMARY KEY, secret TEXT NOT NULL UNIQUE, category TEXT, message TEXT, email TEXT, code TEXT)";
	char path[4096];
	sqlite3 *db;
	sqlite3_stmt *insert;
	size_t count = 0;
	snprintf(path, sizeof path, "%s/alone.sqlite", folder);
	check(sqlite3_open(path, &db), db);
	check(sqlite3_exec(db, set_up, NULL, NULL, NULL), db);
	check(sqlite3_prepare_v2(db, "INSERT INTO t (secret, category, message, email, code) VALUES (?, ?, ?, ?, ?)", -1, &insert, NULL), db);
	waits_count = 0;
	double began = now_us(), kb = written_kb(), cpu = clock_us(CLOCK_THREAD_CPUTIME_ID);
	while (now_us() - began < seconds * 1e6) {
		flight f;
		make_ticket(&f);
		const char *const texts[] = {f.id, f.write.as.ticket.ticket.category, f.write.as.ticket.ticket.message, values[0].value, values[1].value};
		double given = now_us();
		for (int i = 0; i < 5; i++)
			sqlite3_bind_text(insert, i + 1, texts[i], -1, SQLITE_STATIC);
		check(sqlite3_step(insert), db);
		check(sqlite3_reset(insert), db);
		note_wait(now_us() - given);
		count++;
	}
	*ret = (figures){.rate = (double)count / (now_us() - began) * 1e6, .cpu_us = (clock_us(CLOCK_THREAD_CPUTIME_ID) - cpu) / (double)count,
		.kb = (written_kb() - kb) / (double)count};
	give_waits(ret);
	sqlite3_finalize(insert);
	sqlite3_close(db);
}

/* ---- rounds ---- */

enum { ALONE, TICKET, TICKETS_16, TICKETS_64, TURNS_16, TURNS_64, KINDS };
static const char *const names[] = {"SQLite alone", "tickets, one at a time", "tickets, 16 at once", "tickets, 64 at once", "turns, 16 at once", "turns, 64 at once"};

static void measure(int kind, const char *folder, double seconds, figures *ret)
{
	switch (kind) {
	case ALONE:
		alone(folder, seconds, ret);
		break;
	case TICKET:
		ours_alone(folder, seconds, ret);
		break;
	default:
		ours(folder, kind < TURNS_16 ? make_ticket : make_turn, kind == TICKETS_16 || kind == TURNS_16 ? 16 : 64, seconds, ret);
	}
}

static int by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(const figures *of, size_t rounds, size_t offset)
{
	double sorted[ROUNDS_MAX];
	for (size_t i = 0; i < rounds; i++)
		memcpy(&sorted[i], (const char *)&of[i] + offset, sizeof sorted[i]);
	qsort(sorted, rounds, sizeof *sorted, by_double);
	return sorted[rounds / 2];
}

int main(int argc, char **argv)
{
	static figures found[KINDS][ROUNDS_MAX];
	size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
	waits = malloc(WAITS_MAX * sizeof *waits);
	if (argc < 3 || rounds < 1 || rounds > ROUNDS_MAX || !waits)
		fail("usage: durable FOLDER SECONDS ROUNDS");
	for (size_t i = 0; i < rounds; i++)
		for (int kind = 0; kind < KINDS; kind++) {
			measure(kind, argv[1], strtod(argv[2], NULL), &found[kind][i]);
			found[kind][i].ratio = found[kind][i].rate / found[ALONE][i].rate;
		}
	for (int kind = 0; kind < KINDS; kind++) {
		const figures *f = found[kind];
		printf("%s\"%s\": {\"rate\": %.0f, \"ratio\": %.3f, \"p50_us\": %.0f, \"p99_us\": %.0f, \"cpu_us\": %.1f, \"kb\": %.2f}", kind ? ",\n " : "{", names[kind],
			median(f, rounds, offsetof(figures, rate)), median(f, rounds, offsetof(figures, ratio)), median(f, rounds, offsetof(figures, p50_us)), median(f, rounds, offsetof(figures, p99_us)),
			median(f, rounds, offsetof(figures, cpu_us)), median(f, rounds, offsetof(figures, kb)));
	}
	puts("}");
	free(waits);
	return 0;
}
