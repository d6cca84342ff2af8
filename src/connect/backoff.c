#include "connect/maker.h"

int64_t spi_backoff_ms(uint32_t attempts, int64_t first_ms, int64_t most_ms, uint64_t random)
{
	int64_t top_ms = first_ms;
	for (uint32_t i = 1; i < attempts && top_ms < most_ms; i++)
		top_ms *= 2;
	if (top_ms > most_ms)
		top_ms = most_ms;
	return (int64_t)(random % (uint64_t)(top_ms + 1));
}
