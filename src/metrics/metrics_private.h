/* How the counters lie in memory; shared by metrics.c (counting) and export.c (telling). */
#ifndef METRICS_PRIVATE_H
#define METRICS_PRIVATE_H

#include "sportello/metrics.h"

#include <stdatomic.h>

#define SPI_METRICS_BOUNDS 12
#define SPI_METRICS_STATUSES 25

extern const uint32_t spi_metrics_bounds_us[SPI_METRICS_BOUNDS];
extern const int spi_metrics_statuses[SPI_METRICS_STATUSES];

typedef atomic_uint_fast64_t spi_counter;

typedef struct spi_times {
	spi_counter counts[SPI_METRICS_BOUNDS + 1]; /* the last: over all bounds */
	spi_counter sum_us;
} spi_times;

typedef struct spi_route_metrics {
	spi_counter statuses[SPI_METRICS_STATUSES];
	spi_times times;
} spi_route_metrics;

struct sp_metrics {
	const char *const *names;
	size_t routes_count;
	spi_counter counters[SP_COUNTER_COUNT];
	spi_counter decisions[SP_DECIDE_COUNT][SP_REASON_COUNT];
	spi_times stages[SP_STAGE_COUNT];
	spi_route_metrics routes[]; /* routes_count + 1 */
};

#endif
