/* What a batch makes of contacts and tickets is added up in memory, and written once, before the batch is committed: a conversation of many
   events costs one row and one change of its cells. Nothing is acknowledged before the commit, and the log itself is written at once; so what is
   lost with the memory was never there. One connection's, on its writer's thread. */
#ifndef STORE_LEDGER_MEMORY_H
#define STORE_LEDGER_MEMORY_H

#include "store/ledger.h"

/* Made when it is needed first; NULL: memory is out. */
spi_ledger_memory *spi_ledger_memory_of(spi_sqlite *db);

/* As they are now: in memory, else in the store. SP_ERR_NOT_FOUND without a detail when there is none. */
sp_status spi_ledger_recall_contact(spi_sqlite *db, int64_t number, sp_contact *ret, sp_error *err);
sp_status spi_ledger_recall_ticket(spi_sqlite *db, int64_t number, spi_ledger_ticket *ret, sp_error *err);
/* What they became: recalled before, or new. */
sp_status spi_ledger_keep_contact(spi_sqlite *db, const sp_contact *contact, sp_error *err);
sp_status spi_ledger_keep_ticket(spi_sqlite *db, const spi_ledger_ticket *ticket, sp_error *err);
/* Counted where it is now, and not any more where it was. */
sp_status spi_ledger_recount(spi_sqlite *db, const spi_counted *old, size_t old_count, const spi_counted *now, size_t now_count, sp_error *err);
/* A person's contacts are to be read from the store: written now. */
sp_status spi_ledger_write_person(spi_sqlite *db, const char *person, sp_error *err);

/* For whom roll-ups are kept, read once a batch. */
sp_status spi_ledger_known_state(spi_sqlite *db, const spi_ledger_state **ret, sp_error *err);
/* The number of the next event of the log; used up when the event is written (spi_ledger_number_used). */
sp_status spi_ledger_next_number(spi_sqlite *db, int64_t *ret, sp_error *err);
void spi_ledger_number_used(spi_sqlite *db, int64_t number);

#endif
