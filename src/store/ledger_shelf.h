/* Contacts and tickets of the ledger that are held in memory, by their numbers. */
#ifndef STORE_LEDGER_SHELF_H
#define STORE_LEDGER_SHELF_H

#include "store/ledger.h"

typedef struct spi_held {
	int64_t number;
	uint32_t place;
	bool was_there, is_changed, is_none; /* is_none: it is known that there is none */
	union spi_held_value { sp_contact contact; spi_ledger_ticket ticket; } before, now;
} spi_held;

typedef struct spi_shelf {
	spi_held *items;
	size_t count, room;
	uint32_t *places; /* open addressing; index + 1, 0 = free */
	size_t size;      /* a power of two */
} spi_shelf;

/* NULL: there is none. */
spi_held *spi_shelf_find(const spi_shelf *s, int64_t number);
/* Good until the next one; NULL: memory is out. */
spi_held *spi_shelf_add(spi_shelf *s, int64_t number);
void spi_shelf_empty(spi_shelf *s);

#endif
