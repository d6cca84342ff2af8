/* For tests of the ledger: forty conversations with what each ends as, worked out on paper, and ways to ask for the figures. */
#ifndef LEDGER_BED_H
#define LEDGER_BED_H

#include "harness.h"

#include "sportello/desk.h"
#include "sportello/ledger.h"

#define OCTOBER INT64_C(1790812800) /* 2026-10-01T00:00:00Z; Rome is two hours ahead, one from the 25th at 01:00Z on */
#define U(day, hour, minute) (OCTOBER + ((day) - 1) * INT64_C(86400) + (hour) * 3600 + (minute) * 60)
#define NOW U(36, 10, 0) /* the 5th of November */
#define DAY 86400

/* ---- a store, and what happens in it ---- */

typedef enum act { ANSWER, CLARIFY, OFFER, HELLO, YES, NO, TICKET, FORM } act;
typedef struct step {
	int talk;              /* 0: none (a ticket that came as a form) */
	int64_t at_utc_s;
	act act;
	const char *category;  /* NULL: "spid"; "" = none */
	const char *person, *channel, *lang; /* NULL: unknown, "web", "it" */
	int notices;
} step;

/* A file of a store of this test, or its folder. The text lives until the next call. */
const char *ledger_path(const char *name, const char *file);
sp_store *open_ledger_store(const char *name);
/* By the side door: whether a statement is let through. */
bool ledger_sql(const char *name, const char *text);
/* The number that a question of SQL has as its answer; none where it has no row. other: a store that it names as "other"; NULL = no other. */
int64_t ledger_number(const char *name, const char *other, const char *text, int64_t none);
/* What a step is written as. Texts are borrowed. */
sp_write step_write(const step *s, const char *id, const sp_person *person);
/* The number of the ticket that it made; 0 = none. */
int64_t do_step(sp_store *store, const step *s);

/* ---- forty conversations ---- */

#define ADA "email:ada@example.com"
#define BOB "email:bob@example.com"
#define CIA "email:cia@example.com"
#define DAN "email:dan@example.com"
#define EVA "email:eva@example.com"
#define GIO "email:gio@example.com"
#define HAL "email:hal@example.com"

#define S(number, at, ...) {.talk = (number), .at_utc_s = (at), .act = __VA_ARGS__}
#define FORTY_STEPS 73
extern const step forty_steps[FORTY_STEPS];
/* C confirmed, A assumed, T ticket, X abandoned, - not counted; the n-th letter is of talk n. */
extern const char forty_endings[];

/* All of them in the order of time. */
void order_forty(const step *ret[FORTY_STEPS]);
/* In the order of time: those from one up to another. */
void tell_part(sp_store *store, size_t from, size_t until);
/* All, and what becomes of the tickets; the first so many steps by a process that is killed then. */
sp_store *tell_forty(const char *name, size_t killed_after);
/* What all of them come to, under our rules and under others'. */
void check_forty(const sp_measures *m);
void check_forty_rules(const sp_measures *m);

/* ---- asking ---- */

typedef struct asked { sp_arena *arena; sp_store_reader *reader; sp_ledger_figures f; } asked;

/* Of the forty, in Rome, on NOW. */
sp_ledger_query ledger_query(sp_dim by, sp_dim across);
asked ask_ledger(sp_store *store, const sp_ledger_query *q);
void end_asking(asked *a);
uint64_t ledger_contacts_of(sp_store *store, sp_dim by, const char *key);
sp_ledger_check verify_ledger(sp_store *store);
sp_measures ledger_total(sp_store *store);

/* ---- chance, the same in every run ---- */

extern unsigned ledger_seed;
unsigned ledger_draw(unsigned below);

#endif
