/* The connector's rows of the Prometheus export. */
#include "sportello/connect.h"

#include <inttypes.h>

static void head(sp_buffer *out, const char *name, const char *type, const char *help)
{
	sp_buffer_printf(out, "# HELP sportello_%s %s\n# TYPE sportello_%s %s\n", name, help, name, type);
}

void sp_connector_write_metrics(sp_connector *connector, const sp_outbox_counts *counts, int64_t now_utc_s, sp_buffer *out)
{
	sp_connector_state s;
	sp_connector_get_state(connector, &s);
	const struct { const char *name, *help; uint64_t value; } rows[] = {
		{"outbox_sent_total", "Entries of the outbox that the other system took.", s.sent},
		{"outbox_found_total", "Entries that were found there: an earlier attempt had arrived.", s.found},
		{"outbox_failed_total", "Attempts that are repeated later.", s.failed},
		{"outbox_denied_total", "Attempts that the other system refused for our credentials (401, 403).", s.denied},
		{"outbox_dead_total", "Entries given up: refused for good (400, 422; 404 of a record; 403 of one alone), or too long in vain.", s.dead},
		{"connector_news_total", "States and comments taken over from the other system.", s.news},
		{"connector_polls_failed_total", "Times that the other system could not be asked for news.", s.polls_failed},
	};
	head(out, "connector_state", "gauge", "1 for the condition that the connector is in.");
	for (int i = 0; i < SP_CONNECTOR_CONDITIONS; i++)
		sp_buffer_printf(out, "sportello_connector_state{connector=\"%s\",state=\"%s\"} %d\n", s.name,
			sp_connector_condition_name((sp_connector_condition)i), s.condition == (sp_connector_condition)i);
	head(out, "outbox_entries", "gauge", "Entries of the outbox.");
	sp_buffer_printf(out, "sportello_outbox_entries{state=\"waiting\"} %" PRIu64 "\nsportello_outbox_entries{state=\"dead\"} %" PRIu64 "\n",
		counts->waiting, counts->dead);
	head(out, "outbox_oldest_seconds", "gauge", "Age of the oldest entry that waits; 0 when none does.");
	sp_buffer_printf(out, "sportello_outbox_oldest_seconds %" PRId64 "\n", counts->oldest_utc_s ? now_utc_s - counts->oldest_utc_s : 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		head(out, rows[i].name, "counter", rows[i].help);
		sp_buffer_printf(out, "sportello_%s %" PRIu64 "\n", rows[i].name, rows[i].value);
	}
}
