/* What becomes of contacts and tickets is added up in memory and written for many batches at once: a conversation of many events costs one row and
   one change of its cells, and a batch the pages of the log alone. The log is written at once, and the store says how far its tables follow it
   (ledger_state.through): what is lost with the memory is made from the log again, by who writes next; and who reads looks ahead in its own
   memory, so that no figure is behind. One connection's, on its thread. */
#ifndef STORE_LEDGER_MEMORY_H
#define STORE_LEDGER_MEMORY_H

#include "store/ledger.h"

/* Events that may be in the log and not in the tables: who reads follows them each time. */
#define SPI_PENDING_MAX 256
/* Contacts and tickets that are held in memory. */
#define SPI_HELD_MAX 1024

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

/* Who reads, in a snapshot: contacts as the log has them (NULL: no more), and what is to be added to the cells. *ret_far: that would be too much;
   the tables are of no use. */
sp_status spi_ledger_look_ahead(spi_sqlite *db, bool *ret_far, sp_error *err);
const spi_cells *spi_ledger_cells_ahead(const spi_sqlite *db);
const sp_contact *spi_ledger_contact_ahead(const spi_sqlite *db, size_t n);
bool spi_ledger_is_ahead(const spi_sqlite *db, int64_t contact);
/* As spi_ledger_recall_contact(), without holding it from then on. */
sp_status spi_ledger_see_contact(spi_sqlite *db, int64_t number, sp_contact *ret, sp_error *err);

/* How roll-ups are kept, and how far. */
sp_status spi_ledger_known_state(spi_sqlite *db, const spi_ledger_state **ret, sp_error *err);
/* The number of the next event of the log; used up when the event is written (spi_ledger_number_used). */
sp_status spi_ledger_next_number(spi_sqlite *db, int64_t *ret, sp_error *err);
void spi_ledger_number_used(spi_sqlite *db, int64_t number);

#endif
