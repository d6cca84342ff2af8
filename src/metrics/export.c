/* Prometheus text exposition format, version 0.0.4. */
#include "sportello/metrics.h"

#include "metrics/metrics_private.h"
#include "sportello/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static uint64_t load(const spi_counter *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void head(sp_buffer *out, const char *name, const char *type, const char *help)
{
	sp_buffer_printf(out, "# HELP sportello_%s %s\n# TYPE sportello_%s %s\n", name, help, name, type);
}

static void gauge(sp_buffer *out, const char *name, const char *help, double value)
{
	head(out, name, "gauge", help);
	sp_buffer_printf(out, "sportello_%s %.16g\n", name, value);
}

static const char *route_name(const sp_metrics *metrics, size_t i)
{
	return i < metrics->routes_count ? metrics->names[i] : "none";
}

static void write_requests(const sp_metrics *metrics, sp_buffer *out)
{
	head(out, "http_requests_total", "counter", "Requests answered, by route and status.");
	for (size_t i = 0; i <= metrics->routes_count; i++)
		for (size_t s = 0; s < SPI_METRICS_STATUSES; s++) {
			uint64_t count = load(&metrics->routes[i].statuses[s]);
			if (count)
				sp_buffer_printf(out, "sportello_http_requests_total{route=\"%s\",status=\"%d\"} %" PRIu64 "\n",
					route_name(metrics, i), spi_metrics_statuses[s], count);
		}
}

static void write_times_of(const char *name, const char *label, const char *value, const spi_times *row, sp_buffer *out)
{
	uint64_t count = 0, times[SPI_METRICS_BOUNDS + 1];
	for (size_t b = 0; b <= SPI_METRICS_BOUNDS; b++)
		count += times[b] = load(&row->counts[b]);
	if (!count)
		return;
	uint64_t so_far = 0;
	for (size_t b = 0; b < SPI_METRICS_BOUNDS; b++) {
		so_far += times[b];
		sp_buffer_printf(out, "sportello_%s_bucket{%s=\"%s\",le=\"%g\"} %" PRIu64 "\n", name, label, value,
			spi_metrics_bounds_us[b] / 1e6, so_far);
	}
	sp_buffer_printf(out, "sportello_%s_bucket{%s=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, label, value, count);
	sp_buffer_printf(out, "sportello_%s_sum{%s=\"%s\"} %.6f\n", name, label, value, (double)load(&row->sum_us) / 1e6);
	sp_buffer_printf(out, "sportello_%s_count{%s=\"%s\"} %" PRIu64 "\n", name, label, value, count);
}

static void write_times(const sp_metrics *metrics, sp_buffer *out)
{
	static const char *const stages[] = {
#define SP_STAGE_TEXT(name, text) text,
		SP_STAGES_LIST(SP_STAGE_TEXT)
#undef SP_STAGE_TEXT
	};
	head(out, "http_request_seconds", "histogram", "Time from a request's headers to its reply, by route.");
	for (size_t i = 0; i <= metrics->routes_count; i++)
		write_times_of("http_request_seconds", "route", route_name(metrics, i), &metrics->routes[i].times, out);
	head(out, "chat_stage_seconds", "histogram", "Time that a turn of the chat spent in each stage; those that it did not need are not counted.");
	for (size_t i = 0; i < SP_STAGE_COUNT; i++)
		write_times_of("chat_stage_seconds", "stage", stages[i], &metrics->stages[i], out);
}

static void write_decisions(const sp_metrics *metrics, sp_buffer *out)
{
	head(out, "decisions_total", "counter", "Decisions of the chat, by kind and reason.");
	for (int kind = 0; kind < SP_DECIDE_COUNT; kind++)
		for (int reason = 0; reason < SP_REASON_COUNT; reason++) {
			uint64_t count = load(&metrics->decisions[kind][reason]);
			if (count)
				sp_buffer_printf(out, "sportello_decisions_total{decision=\"%s\",reason=\"%s\"} %" PRIu64 "\n",
					sp_decision_name((sp_decision_kind)kind), sp_reason_name((sp_reason)reason), count);
		}
}

static void write_counters(const sp_metrics *metrics, sp_buffer *out)
{
	static const struct { const char *name, *help; } rows[] = {
#define SP_COUNTER_ROW(name, metric, help) {metric, help},
		SP_COUNTER_LIST(SP_COUNTER_ROW)
#undef SP_COUNTER_ROW
	};
	for (int i = 0; i < SP_COUNTER_COUNT; i++) {
		head(out, rows[i].name, "counter", rows[i].help);
		sp_buffer_printf(out, "sportello_%s %" PRIu64 "\n", rows[i].name, load(&metrics->counters[i]));
	}
}

/* Resident memory from /proc/self/statm; -1 where there is none. */
static double resident_bytes(void)
{
	long long total, resident;
	FILE *file = fopen("/proc/self/statm", "re");
	if (!file)
		return -1;
	int read = fscanf(file, "%lld %lld", &total, &resident);
	fclose(file);
	return read == 2 ? (double)resident * (double)sysconf(_SC_PAGESIZE) : -1;
}

static void write_content(const sp_gauges *gauges, sp_buffer *out)
{
	gauge(out, "index_generation", "Counts up with every change that readers see.", (double)gauges->generation);
	gauge(out, "index_age_seconds", "Time since readers last saw a change.",
		gauges->published_utc_s ? (double)(gauges->now_utc_s - gauges->published_utc_s) : -1);
	gauge(out, "index_build_seconds", "Time that the last full build took.", gauges->build_s);
	gauge(out, "articles", "Article files that are served.", (double)gauges->articles);
	gauge(out, "articles_broken", "Article files that are not served, or only in their last good version.",
		(double)gauges->broken_articles);
}

static void write_gauges(const sp_gauges *gauges, sp_buffer *out)
{
	if (gauges->with_content)
		write_content(gauges, out);
	gauge(out, "requests_in_flight", "Requests that are being answered.", gauges->requests_in_flight);
	gauge(out, "connections", "Open connections.", gauges->connections);
	gauge(out, "store_writes_waiting", "Writes handed to the store that are not on disk yet.",
		gauges->store_writes_waiting);
	gauge(out, "words_only", "1: there are no sentence vectors, answers are found by words only.", gauges->words_only);
	gauge(out, "uptime_seconds", "Time since the start.", (double)(gauges->now_utc_s - gauges->started_utc_s));
	double resident = resident_bytes();
	if (resident >= 0)
		gauge(out, "resident_memory_bytes", "Resident memory of the process.", resident);
	head(out, "build_info", "gauge", "Version of the program.");
	sp_buffer_printf(out, "sportello_build_info{version=\"%s\"} 1\n", sp_version());
}

void sp_metrics_write(const sp_metrics *metrics, const sp_gauges *gauges, sp_buffer *out)
{
	write_requests(metrics, out);
	write_times(metrics, out);
	write_decisions(metrics, out);
	write_counters(metrics, out);
	write_gauges(gauges, out);
}

void sp_metrics_write_encoder(const sp_encode_queue_stats *stats, sp_buffer *out)
{
	const struct { const char *name, *help; uint64_t value; } rows[] = {
		{"asked", "Questions whose vector was asked for.", stats->asked},
		{"remembered", "Of these, answered at once: asked before.", stats->remembered},
		{"full", "Of these, answered from words alone because too many waited for the encoder.", stats->full},
		{"late", "Of these, answered from words alone because the encoder took past the deadline.", stats->late},
		{"failed", "Of these, answered from words alone because the encoder failed.", stats->failed},
		{"encoded", "Questions that the encoder made vectors of.", stats->encoded},
		{"batches", "Calls of the encoder.", stats->batches},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[64];
		snprintf(name, sizeof name, "encoder_%s_total", rows[i].name);
		head(out, name, "counter", rows[i].help);
		sp_buffer_printf(out, "sportello_%s %" PRIu64 "\n", name, rows[i].value);
	}
	head(out, "encoder_seconds_total", "counter", "Time spent by the encoder on questions.");
	sp_buffer_printf(out, "sportello_encoder_seconds_total %.6f\n", (double)stats->encode_us / 1e6);
	gauge(out, "encoder_waiting", "Questions that wait for the encoder.", (double)stats->waiting_now);
}

void sp_metrics_write_desk(const sp_desk_gauges *desk, sp_buffer *out)
{
	head(out, "tickets", "gauge", "Tickets, by state.");
	for (int state = 0; state < SP_TICKET_STATE_COUNT; state++)
		sp_buffer_printf(out, "sportello_tickets{state=\"%s\"} %" PRIu64 "\n", sp_ticket_state_name((sp_ticket_state)state),
			desk->health.tickets[state]);
	gauge(out, "sessions", "People who are signed in.", (double)desk->health.sessions);
	gauge(out, "store_size_bytes", "Size of the database's file.", (double)desk->health.bytes);
	gauge(out, "store_log_size_bytes", "Size of the write-ahead log beside it.", (double)desk->health.log_bytes);
	gauge(out, "store_last_write_ok", "1: the store took its latest write; 0: it failed.", desk->last_write_ok);
	gauge(out, "audit_entries_waiting", "Entries of the audit log that are not on disk yet.", (double)desk->audit_waiting);
}

void sp_metrics_write_sandbox(bool files, bool network, bool calls, sp_buffer *out)
{
	head(out, "sandbox", "gauge", "Whether the process gave up files (Landlock), ports and connections (Landlock), calls of the kernel (seccomp).");
	sp_buffer_printf(out, "sportello_sandbox{part=\"files\"} %d\nsportello_sandbox{part=\"network\"} %d\nsportello_sandbox{part=\"calls\"} %d\n", files,
		network, calls);
}

void sp_metrics_write_certificate(int64_t until_utc_s, sp_buffer *out)
{
	head(out, "tls_certificate_ends_seconds", "gauge", "When the certificate in use ends, in seconds since 1970.");
	sp_buffer_printf(out, "sportello_tls_certificate_ends_seconds %" PRId64 "\n", until_utc_s);
}
