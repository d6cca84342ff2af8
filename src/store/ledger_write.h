/* What the store's writes tell the ledger: called after the write itself, in its transaction. */
#ifndef STORE_LEDGER_WRITE_H
#define STORE_LEDGER_WRITE_H

#include "store/sqlite.h"

/* @p person is the hash of who asks, NULL = unknown; where the conversation @p is_new it stands there already. */
sp_status spi_ledger_turn(spi_sqlite *db, int64_t contact, const sp_write_turn *write, const char *person, bool is_new, sp_error *err);
sp_status spi_ledger_feedback(spi_sqlite *db, int64_t contact, const sp_write_feedback *feedback, sp_error *err);
/* @p contact is the number of its conversation, 0 = none. */
sp_status spi_ledger_open_ticket(spi_sqlite *db, const sp_write_ticket *write, int64_t contact, sp_error *err);
/* From what it was (state, level) to what it is now. */
sp_status spi_ledger_change(spi_sqlite *db, const sp_write_ticket_change *change, const sp_ticket *standing, sp_ticket_state state,
	int level, int64_t at_utc_s, sp_error *err);
sp_status spi_ledger_wrong(spi_sqlite *db, const sp_flag *flag, sp_error *err);

#endif
