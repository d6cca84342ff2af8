#include "http/limit.h"

bool spi_limit_open(spi_limit *limit, int64_t now_us)
{
	return atomic_load(&limit->full_until_us) - now_us <= (int64_t)(SPI_LIMIT_BURST - 1) * SPI_LIMIT_EVERY_US;
}

void spi_limit_spend(spi_limit *limit, int64_t now_us)
{
	int64_t before = atomic_load(&limit->full_until_us), after;
	do {
		after = (before > now_us ? before : now_us) + SPI_LIMIT_EVERY_US;
	} while (!atomic_compare_exchange_weak(&limit->full_until_us, &before, after));
}
