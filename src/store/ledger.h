/* What the ledger's files share: a ticket's state, measures as one row of numbers, cells, and the writer's hooks. */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "sportello/ledger.h"
#include "store/sqlite.h"

/* ---- tickets ---- */

typedef struct spi_ledger_ticket {
	int64_t ticket, opened_utc_s;
	int category, channel, lang, audience, article, group, level, top_level;
	int passed_to;            /* the group of level 2 or partner that it went to last */
	bool is_closed, preventable;
	int reopened;
} spi_ledger_ticket;
void spi_ledger_ticket_add(spi_ledger_ticket *ticket, const sp_ledger_event *event);

/* ---- measures (ledger_measure.c) ---- */

#define SPI_MEASURES (sizeof(sp_measures) / sizeof(uint64_t))
/* Kept for ever: as if every wait were over. */
#define SPI_NO_WAIT INT64_MAX
/* What a change of the way to count adds to, so that roll-ups of before are made anew. */
#define SPI_LEDGER_VERSION (2000 + (int)SPI_MEASURES)
/* After this nothing changes any more by the clock alone (Zendesk's 72 hours). */
#define SPI_QUIET_S (72 * 3600)

void spi_measure_contact(const sp_contact *contact, int64_t window_s, int64_t now_utc_s, sp_measures *ret);
void spi_measure_ticket(const spi_ledger_ticket *ticket, sp_measures *ret);
/* to + sign * m; false where a measure would have fallen below 0 (it is 0 then). */
bool spi_measures_add(sp_measures *to, const sp_measures *m, int sign);
/* Modulo 2^64: differences may be below 0 until they are added to what there is. */
void spi_measures_shift(sp_measures *to, const sp_measures *m, int sign);
/* After that; false where a measure is below 0 (it is 0 then). */
bool spi_measures_settle(sp_measures *m);
bool spi_measures_any(const sp_measures *m);
/* As bytes: index and value of each that is not 0. At most SPI_SUMS_MAX. */
#define SPI_SUMS_MAX (SPI_MEASURES * 11)
size_t spi_measures_pack(const sp_measures *m, unsigned char ret[SPI_SUMS_MAX]);
/* Adds; false when these are no such bytes. */
bool spi_measures_unpack(const void *bytes, size_t len, sp_measures *add_to);

/* ---- cells (ledger_cells.c) ---- */

/* The last two hold whole months of the first and the third: what a view of a year reads. */
enum { SPI_PART_HOURS = 1, SPI_PART_DAYS, SPI_PART_ARTICLES, SPI_PART_GROUPS, SPI_PART_CLOCK, SPI_PART_MONTHLY };
typedef struct spi_cell_key { int64_t part, slot; int category, channel, lang, audience, what; } spi_cell_key;
typedef struct spi_cell { spi_cell_key key; sp_measures sums; } spi_cell;

/* Where a contact or a ticket is counted: one key a part; *ret_count of them. */
#define SPI_KEYS_MAX 8
typedef struct spi_counted { spi_cell_key key; sp_measures m; } spi_counted;
size_t spi_count_contact(const sp_contact *contact, int64_t window_s, const char *timezone, spi_counted ret[SPI_KEYS_MAX]);
size_t spi_count_ticket(const spi_ledger_ticket *ticket, const char *timezone, spi_counted ret[SPI_KEYS_MAX]);
size_t spi_count_wrong(const sp_ledger_event *event, const char *timezone, spi_counted ret[SPI_KEYS_MAX]);

/* Cells by key, in memory. Sums are packed: few of a cell's measures are not 0. */
typedef struct spi_cells spi_cells;
spi_cells *spi_cells_new(void);
void spi_cells_free(spi_cells *cells);
/* False: memory is out. */
bool spi_cells_add(spi_cells *cells, const spi_cell_key *key, const sp_measures *m);
/* Differences: as spi_measures_shift(). */
bool spi_cells_change(spi_cells *cells, const spi_cell_key *key, const sp_measures *m, int sign);
void spi_cells_empty(spi_cells *cells);
size_t spi_cells_count(const spi_cells *cells);
/* The n-th; its sums by spi_measures_unpack(). */
const spi_cell_key *spi_cells_at(const spi_cells *cells, size_t n, const unsigned char **ret_sums, size_t *ret_len);
/* SIZE_MAX when there is none. */
size_t spi_cells_find(const spi_cells *cells, const spi_cell_key *key);

/* ---- in the store ---- */

typedef struct spi_ledger_state { int64_t version, window_s, through; bool damaged; char timezone[SP_TIMEZONE_MAX]; } spi_ledger_state;
sp_status spi_ledger_read_state(spi_sqlite *db, spi_ledger_state *ret, sp_error *err);

/* X(member): the columns of ledger_contacts in their order. */
#define SPI_CONTACT_LIST(X) \
	X(contact) X(began_utc_s) X(last_utc_s) X(first_request_utc_s) X(last_request_utc_s) X(first_answer_utc_s) X(returned_s) X(requests) \
	X(requests_to_answer) X(first_answer_took_ms) X(no_count) X(notices) X(category) X(channel) X(lang) X(audience) X(article) \
	X(first_group) X(last_decision) X(has_ticket) X(rerouted) X(has_answer) X(said_since_answer) X(said_since_request) X(said_solved) \
	X(last_is_feedback) X(sessions) X(sessions_resolved) X(sessions_escalated) X(session_open) X(session_escalated) X(session_answered) \
	X(session_no) X(session_last_utc_s)
/* ... and of ledger_tickets. */
#define SPI_LEDGER_TICKET_LIST(X) \
	X(ticket) X(opened_utc_s) X(category) X(channel) X(lang) X(audience) X(article) X(group) X(level) X(top_level) X(passed_to) \
	X(is_closed) X(preventable) X(reopened)
void spi_ledger_contact_row(sqlite3_stmt *statement, sp_contact *ret);
void spi_ledger_ticket_row(sqlite3_stmt *statement, spi_ledger_ticket *ret);
/* SP_ERR_NOT_FOUND without a detail when there is none. */
sp_status spi_ledger_get_contact(spi_sqlite *db, int64_t number, sp_contact *ret, sp_error *err);
sp_status spi_ledger_get_ticket(spi_sqlite *db, int64_t number, spi_ledger_ticket *ret, sp_error *err);
sp_status spi_ledger_put_contact(spi_sqlite *db, const sp_contact *contact, bool is_new, sp_error *err);
sp_status spi_ledger_put_ticket(spi_sqlite *db, const spi_ledger_ticket *ticket, sp_error *err);

#define SPI_LEDGER_EVENT_COLUMNS \
	"number, at_utc_s, kind, contact, ticket, decision, reason, category, channel, lang, audience, article, group_word, level, " \
	"confidence, took_ms, value"
void spi_ledger_event_row(sqlite3_stmt *statement, sp_ledger_event *ret);

/* Add differences to the store's cells. */
sp_status spi_ledger_write_cells(spi_sqlite *db, const spi_cells *differences, sp_error *err);

/* What follows from an event that is in the log: in memory (ledger_memory.h). */
sp_status spi_ledger_follow(spi_sqlite *db, const sp_ledger_event *event, sp_error *err);
/* Append, and bring up to date what follows from it (ledger.c). */
sp_status spi_ledger_append(spi_sqlite *db, sp_ledger_event *event, sp_error *err);
/* Number of a word, made when it is new; NULL is 0. */
sp_status spi_ledger_word(spi_sqlite *db, const char *word, int *ret, sp_error *err);

/* Who comes back (ledger_links.c): a request or ticket of a person at a moment takes back what was answered before. */
sp_status spi_ledger_came_back(spi_sqlite *db, const char *person, int64_t contact, int category, int64_t at_utc_s, sp_error *err);
/* ... of a contact whose person may be known (@p person is the hash; NULL: to be looked up): its last request, or (all) every one, and what came
   after its own answer. */
sp_status spi_ledger_link(spi_sqlite *db, int64_t contact, const char *person, bool all, sp_error *err);

/* All from the log, in memory (ledger_build.c). @p check may be NULL; else states in the store are compared with what the log gives. */
sp_status spi_ledger_compute(spi_sqlite *db, int64_t window_s, const char *timezone, spi_cells *ret, bool store_states,
	sp_ledger_check *check, sp_error *err);
sp_status spi_ledger_rebuild(spi_sqlite *db, int64_t window_s, const char *timezone, sp_error *err);

#endif
