#include "harness.h"

#include "sportello/metrics.h"

#include <pthread.h>

static const char *const routes[] = {"chat", "search"};

static char *export(const sp_metrics *metrics, const sp_gauges *gauges, sp_buffer *out)
{
	sp_buffer_clear(out);
	sp_metrics_write(metrics, gauges, out);
	return out->data;
}

TEST(test_metrics_requests)
{
	sp_metrics *metrics = sp_metrics_new(routes, 2);
	sp_gauges gauges = {.now_utc_s = 100, .started_utc_s = 40};
	sp_buffer out = SP_BUFFER_INIT;
	REQUIRE(metrics != NULL);
	sp_metrics_request(metrics, 0, 200, 250);
	sp_metrics_request(metrics, 0, 200, 251);
	sp_metrics_request(metrics, 0, 413, 9000000);
	sp_metrics_request(metrics, 7, 404, 10);
	sp_metrics_request(metrics, 1, 299, -5);
	const char *text = export(metrics, &gauges, &out);
	CHECK_HAS(text, "# TYPE sportello_http_requests_total counter\n");
	CHECK_HAS(text, "sportello_http_requests_total{route=\"chat\",status=\"200\"} 2\n");
	CHECK_HAS(text, "sportello_http_requests_total{route=\"chat\",status=\"413\"} 1\n");
	CHECK_HAS(text, "sportello_http_requests_total{route=\"none\",status=\"404\"} 1\n");
	CHECK_HAS(text, "sportello_http_requests_total{route=\"search\",status=\"0\"} 1\n");
	CHECK_HAS(text, "sportello_http_request_seconds_bucket{route=\"chat\",le=\"0.00025\"} 1\n");
	CHECK_HAS(text, "sportello_http_request_seconds_bucket{route=\"chat\",le=\"0.0005\"} 2\n");
	CHECK_HAS(text, "sportello_http_request_seconds_bucket{route=\"chat\",le=\"5\"} 2\n");
	CHECK_HAS(text, "sportello_http_request_seconds_bucket{route=\"chat\",le=\"+Inf\"} 3\n");
	CHECK_HAS(text, "sportello_http_request_seconds_sum{route=\"chat\"} 9.000501\n");
	CHECK_HAS(text, "sportello_http_request_seconds_count{route=\"chat\"} 3\n");
	CHECK_HAS(text, "sportello_uptime_seconds 60\n");
	CHECK(strstr(text, "sportello_http_requests_total{route=\"search\",status=\"200\"}") == NULL);
	sp_buffer_release(&out);
	sp_metrics_free(metrics);
}

TEST(test_metrics_decisions_and_counters)
{
	sp_metrics *metrics = sp_metrics_new(routes, 2);
	sp_gauges gauges = {.with_content = true, .generation = 12, .articles = 406, .broken_articles = 1, .published_utc_s = 90,
		.now_utc_s = 100,
		.words_only = true};
	sp_buffer out = SP_BUFFER_INIT;
	REQUIRE(metrics != NULL);
	sp_metrics_decision(metrics, SP_DECIDE_TICKET, SP_REASON_PERSON);
	sp_metrics_decision(metrics, SP_DECIDE_COUNT, SP_REASON_PERSON);
	sp_metrics_count(metrics, SP_COUNT_TICKETS_OPENED);
	sp_metrics_count(metrics, SP_COUNT_TICKETS_OPENED);
	CHECK_INT(sp_metrics_get(metrics, SP_COUNT_TICKETS_OPENED), 2);
	CHECK_INT(sp_metrics_get(metrics, SP_COUNT_ABORTED), 0);
	const char *text = export(metrics, &gauges, &out);
	CHECK_HAS(text, "sportello_decisions_total{decision=\"ticket\",reason=\"person\"} 1\n");
	CHECK_HAS(text, "\nsportello_tickets_opened_total 2\n");
	CHECK_HAS(text, "\nsportello_requests_aborted_total 0\n");
	CHECK_HAS(text, "\nsportello_index_generation 12\n");
	CHECK_HAS(text, "\nsportello_index_age_seconds 10\n");
	CHECK_HAS(text, "\nsportello_articles 406\n");
	CHECK_HAS(text, "\nsportello_articles_broken 1\n");
	CHECK_HAS(text, "\nsportello_words_only 1\n");
	CHECK_HAS(text, "\nsportello_resident_memory_bytes ");
	sp_buffer_release(&out);
	sp_metrics_free(metrics);
}

/* Each line of the export is a comment or `name{labels} value`; each metric has HELP and TYPE before its first
   sample. */
TEST(test_metrics_format)
{
	sp_metrics *metrics = sp_metrics_new(routes, 2);
	sp_gauges gauges = {0};
	sp_buffer out = SP_BUFFER_INIT;
	char type[128] = "";
	REQUIRE(metrics != NULL);
	sp_metrics_request(metrics, 1, 503, 1);
	for (char *line = strtok(export(metrics, &gauges, &out), "\n"); line; line = strtok(NULL, "\n")) {
		if (strncmp(line, "# TYPE ", 7) == 0)
			sscanf(line, "# TYPE %127s", type);
		else if (line[0] != '#')
			CHECK(strncmp(line, type, strlen(type)) == 0 && strchr(line, ' ') != NULL);
	}
	sp_buffer_release(&out);
	sp_metrics_free(metrics);
}

TEST(test_metrics_encoder)
{
	sp_encode_queue_stats stats = {.asked = 10, .remembered = 4, .full = 1, .late = 2, .failed = 1, .encoded = 3, .batches = 2,
		.encode_us = 1250000, .waiting_now = 5};
	sp_buffer out = SP_BUFFER_INIT;
	sp_metrics_write_encoder(&stats, &out);
	const char *text = sp_buffer_text(&out);
	CHECK_HAS(text, "# TYPE sportello_encoder_asked_total counter\nsportello_encoder_asked_total 10\n");
	CHECK_HAS(text, "\nsportello_encoder_remembered_total 4\n");
	CHECK_HAS(text, "\nsportello_encoder_full_total 1\n");
	CHECK_HAS(text, "\nsportello_encoder_late_total 2\n");
	CHECK_HAS(text, "\nsportello_encoder_failed_total 1\n");
	CHECK_HAS(text, "\nsportello_encoder_encoded_total 3\n");
	CHECK_HAS(text, "\nsportello_encoder_batches_total 2\n");
	CHECK_HAS(text, "\nsportello_encoder_seconds_total 1.250000\n");
	CHECK_HAS(text, "# TYPE sportello_encoder_waiting gauge\nsportello_encoder_waiting 5\n");
	sp_buffer_release(&out);
}

static void *count_many(void *metrics)
{
	for (int i = 0; i < 10000; i++) {
		sp_metrics_count(metrics, SP_COUNT_SEARCHES);
		sp_metrics_request(metrics, 0, 200, 1);
	}
	return NULL;
}

TEST(test_metrics_threads)
{
	sp_metrics *metrics = sp_metrics_new(routes, 2);
	sp_gauges gauges = {0};
	sp_buffer out = SP_BUFFER_INIT;
	pthread_t threads[4];
	REQUIRE(metrics != NULL);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count_many, metrics);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	CHECK_INT(sp_metrics_get(metrics, SP_COUNT_SEARCHES), 40000);
	CHECK_HAS(export(metrics, &gauges, &out), "sportello_http_requests_total{route=\"chat\",status=\"200\"} 40000\n");
	sp_buffer_release(&out);
	sp_metrics_free(metrics);
}
