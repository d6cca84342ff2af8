/* So many a minute, over all callers: what is guessed at must not be tried out. One number, no lock. */
#ifndef HTTP_LIMIT_H
#define HTTP_LIMIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct spi_limit {
	_Atomic int64_t full_until_us; /* when all that was spent is earned back */
} spi_limit;

#define SPI_LIMIT_BURST 30
#define SPI_LIMIT_EVERY_US 2000000 /* one is earned back */

/* Whether there is one left. */
bool spi_limit_open(spi_limit *limit, int64_t now_us);
/* Spend one. */
void spi_limit_spend(spi_limit *limit, int64_t now_us);

#endif
