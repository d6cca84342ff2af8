/* For tests of the store: stores below the test's folder, and what is written to them. */
#ifndef STORE_BED_H
#define STORE_BED_H

#include "harness.h"

#include "sportello/ledger.h"
#include "sportello/store.h"

#define NOON INT64_C(1795521600) /* 2026-11-24T12:00:00Z */

/* Of a store of this test. The text lives until the next call. */
const char *folder_of(const char *name);
const char *file_of(const char *name, const char *file);
/* A failure of the test where it cannot be opened. */
sp_store *open_store(const char *name);
sp_store_reader *open_reader(sp_store *store);
/* A statement by the side door, to see or spoil what is stored; the first column of its first row, or -1. */
long long sql(const char *name, const char *text);
sp_write turn_write(const char *conversation, int64_t at_utc_s, sp_decision_kind decision, const char *category, const char *article);
void say(sp_store *store, const char *conversation, int64_t at_utc_s, sp_decision_kind decision, const char *category, const char *article);
void judge(sp_store *store, const char *conversation, int64_t at_utc_s, bool solved);
sp_write ticket_write(const char *conversation, const char *message);
int64_t add_ticket(sp_store *store, const char *conversation, const char *category, const char *group, int level);
sp_write change_write(int64_t number, sp_ticket_state state);
sp_status change(sp_store *store, int64_t number, sp_ticket_state state, const char *group, int level);

#endif
