#include "sportello/metrics.h"

#include "metrics/metrics_private.h"

#include <stdlib.h>

/* Upper bounds of the histograms' buckets: a chat reply takes about a millisecond. */
const uint32_t spi_metrics_bounds_us[SPI_METRICS_BOUNDS] = {
	250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000,
};

/* What the service answers with; anything else counts as 0 ("other"). */
const int spi_metrics_statuses[SPI_METRICS_STATUSES] = {
	200, 201, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 431, 500, 501,
		503, 0,
};

sp_metrics *sp_metrics_new(const char *const *routes, size_t count)
{
	sp_metrics *metrics = calloc(1, sizeof *metrics + (count + 1) * sizeof metrics->routes[0]);
	if (!metrics)
		return NULL;
	metrics->names = routes;
	metrics->routes_count = count;
	return metrics;
}

void sp_metrics_free(sp_metrics *metrics)
{
	free(metrics);
}

static void add(spi_counter *counter, uint64_t value)
{
	atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

void sp_metrics_count(sp_metrics *metrics, sp_counter counter)
{
	add(&metrics->counters[counter], 1);
}

uint64_t sp_metrics_get(const sp_metrics *metrics, sp_counter counter)
{
	return atomic_load_explicit(&metrics->counters[counter], memory_order_relaxed);
}

static size_t status_slot(int status)
{
	size_t slot = 0;
	while (slot < SPI_METRICS_STATUSES - 1 && spi_metrics_statuses[slot] != status)
		slot++;
	return slot;
}

static size_t time_slot(int64_t us)
{
	size_t slot = 0;
	while (slot < SPI_METRICS_BOUNDS && us > (int64_t)spi_metrics_bounds_us[slot])
		slot++;
	return slot;
}

static void add_time(spi_times *times, int64_t us)
{
	add(&times->counts[time_slot(us)], 1);
	add(&times->sum_us, us > 0 ? (uint64_t)us : 0);
}

void sp_metrics_request(sp_metrics *metrics, size_t route, int http_status, int64_t us)
{
	spi_route_metrics *row = &metrics->routes[route < metrics->routes_count ? route : metrics->routes_count];
	add(&row->statuses[status_slot(http_status)], 1);
	add_time(&row->times, us);
}

void sp_metrics_decision(sp_metrics *metrics, sp_decision_kind kind, sp_reason reason)
{
	if (kind < SP_DECIDE_COUNT && reason < SP_REASON_COUNT)
		add(&metrics->decisions[kind][reason], 1);
}

void sp_metrics_turn(sp_metrics *metrics, const sp_decision *decision, const sp_stage_times *times)
{
	sp_metrics_count(metrics, decision->used_vectors ? SP_COUNT_BY_VECTORS :
		decision->encoder_busy ? SP_COUNT_ENCODER_BUSY : SP_COUNT_BY_WORDS);
	for (int stage = 0; stage < SP_STAGE_COUNT; stage++)
		if (times->us[stage] > 0)
			add_time(&metrics->stages[stage], times->us[stage]);
}
