/* Rows of a view of the ledger (ledger_read.c reads the cells). */
#ifndef STORE_LEDGER_ROWS_H
#define STORE_LEDGER_ROWS_H

#include "store/ledger.h"

/* Where a cell is in time; the one that was looked at last, as many of one slot come together. Zeroed, but .slot = INT64_MIN. */
typedef struct spi_slot { int part; int64_t slot, month, day, hour, weekday_hour; } spi_slot;
void spi_slot_look(spi_slot *s, const char *timezone, int part, int64_t of);

typedef struct spi_view_rows {
	sp_dim by, across;
	spi_cells *keys;               /* keys alone */
	sp_measures *sums; size_t room; /* of each of them */
} spi_view_rows;

/* False: memory is out; to be released all the same. */
bool spi_view_rows_open(spi_view_rows *rows, sp_dim by, sp_dim across);
void spi_view_rows_release(spi_view_rows *rows);
/* The sums of the row that a cell goes to, made when it is not there. NULL: memory is out. */
sp_measures *spi_view_rows_of(spi_view_rows *rows, const spi_slot *slot, const spi_cell_key *key);
/* With names, in their order; in the arena. */
sp_status spi_view_rows_give(spi_sqlite *db, const spi_view_rows *rows, sp_arena *arena, sp_ledger_figures *ret, sp_error *err);

#endif
