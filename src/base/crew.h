/* Many things of one kind, worked on by as many threads as there are processors. */
#ifndef BASE_CREW_H
#define BASE_CREW_H

#include <stdbool.h>
#include <stddef.h>

#define SPI_CREW_MAX 8

/* Work on one item; worker: 0 to the crew's size - 1, no two at a time with the same. False: the others stop too. */
typedef bool spi_crew_work(void *arg, size_t worker, size_t item);

/* How many workers so many items get: 1 to SPI_CREW_MAX. */
size_t spi_crew_size(size_t items);
/* Calls work for each item, in order of their beginning; the caller's thread is one of the workers, and the only one where no other
   can be started. False when an item failed: then some were not begun. */
bool spi_crew_run(size_t workers, size_t items, spi_crew_work *work, void *arg);

#endif
