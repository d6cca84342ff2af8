/**
 * @file queue.h
 * The one thread that writes. What waits is committed together, so that many callers share one sync of the disk. Who waits for its write, where
 * nothing else is to be written, writes in that thread's stead.
 */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include "store/engine.h"

typedef struct spi_queue spi_queue;

/** Most writes that may wait. */
#define SPI_QUEUE_MAX 65536
/** Most writes of one transaction: bounds how long the first one waits for its commit. */
#define SPI_BATCH_MAX 1024

/** Start the thread. @p db is the engine's writing connection, borrowed until spi_queue_stop(). */
sp_status spi_queue_start(const spi_engine *engine, void *db, spi_queue **ret, sp_error *err);
/** Do what was submitted, then end the thread and free. NULL is accepted. */
void spi_queue_stop(spi_queue *queue);
/** As sp_store_submit(), sp_store_submit_all() and sp_store_write(). */
sp_status spi_queue_submit(spi_queue *queue, sp_write *write);
sp_status spi_queue_submit_all(spi_queue *queue, sp_write *writes, size_t count);
sp_status spi_queue_write(spi_queue *queue, sp_write *write, sp_error *err);

#endif
