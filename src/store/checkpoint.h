/* When the pages of SQLite's log (WAL) are copied back into the file. Of a service's writing connection, on the writer's thread. */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include "store/sqlite.h"

sp_status spi_checkpoint_open(spi_sqlite *db, sp_error *err);
/* Before the connection is closed, so that this is the last one, which copies all and takes the log away. */
void spi_checkpoint_close(spi_sqlite *db);
/* Between two batches, when all were told of theirs. Never waits for the disk for long. */
void spi_checkpoint_rest(spi_sqlite *db);
/* Until the thread is idle: what cuts the log may not find it at work. It stays so until the next spi_checkpoint_rest(). */
void spi_checkpoint_wait(spi_sqlite *db);

#endif
