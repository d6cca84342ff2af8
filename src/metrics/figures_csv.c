/* The ledger's figures as a table for spreadsheets. */
#include "metrics/figures_private.h"

#include "base/csv_text.h"

#include <inttypes.h>
#include <stdlib.h>

static void add_count(sp_buffer *out, uint64_t value, bool masked)
{
	if (masked)
		sp_buffer_add_char(out, ',');
	else
		sp_buffer_printf(out, ",%" PRIu64, value);
}

static void add_number(sp_buffer *out, double value, int digits, bool masked)
{
	if (masked || value != value)
		sp_buffer_add_char(out, ',');
	else
		sp_buffer_printf(out, ",%.*f", digits, value);
}

static bool is_asked(const sp_figures *f, int rules)
{
	return f->all_rules || f->rules == (sp_ruleset)rules;
}

static void add_more(sp_buffer *out, const sp_figures *f, const sp_measures *m)
{
	const uint64_t counts[] = {m->returned, m->recontacted, m->answered, m->said_no, m->requests, m->noticed, m->notice_solved, m->wrong,
		m->tickets, m->closed, m->closed_level1, m->escalated, m->preventable, m->reopened, m->received};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		add_count(out, counts[i], false);
	add_number(out, sp_ratio(m->turns, m->answered), 2, false);
	add_number(out, sp_time_quantile(m, 0.5), 0, false);
	add_number(out, sp_time_quantile(m, 0.9), 0, false);
	add_number(out, sp_time_quantile(m, 0.99), 0, false);
	for (int i = SP_RULES_SPORTELLO + 1; i < SP_RULES_COUNT; i++) {
		sp_ruling ruling = sp_measures_ruling(m, (sp_ruleset)i);
		if (!is_asked(f, i))
			continue;
		add_count(out, ruling.counted, false);
		add_count(out, ruling.resolved, false);
		add_number(out, sp_ratio(ruling.resolved, ruling.counted), 4, false);
	}
}

static void add_row(sp_buffer *out, const sp_figures *f, const char *key, const char *key2, const sp_measures *m, const spi_masked *masked)
{
	const bool *o = masked->outcomes;
	sp_range rate = sp_self_service(m);
	spi_csv_text(out, key);
	if (f->query->across != SP_DIM_NONE) {
		sp_buffer_add_char(out, ',');
		spi_csv_text(out, key2);
	}
	add_count(out, m->contacts, masked->contacts);
	add_count(out, m->confirmed, o[0]);
	add_count(out, m->assumed, o[1]);
	add_count(out, m->ticketed, o[2]);
	add_count(out, m->abandoned, o[3]);
	add_count(out, m->pending, f->is_public);
	add_number(out, rate.low, 4, masked->contacts || o[0]);
	add_number(out, rate.high, 4, masked->contacts || o[0] || o[1]);
	if (!f->is_public)
		add_more(out, f, m);
	sp_buffer_add_text(out, "\r\n");
}

static void add_header(sp_buffer *out, const sp_figures *f)
{
	sp_buffer_add_text(out, sp_dim_name(f->query->by));
	if (f->query->across != SP_DIM_NONE)
		sp_buffer_printf(out, ",%s", sp_dim_name(f->query->across));
	sp_buffer_add_text(out, ",conversations,resolved_confirmed,resolved_assumed,tickets,abandoned,pending,self_service_low,self_service_high");
	if (!f->is_public)
		sp_buffer_add_text(out, ",returned,recontacted,answered,said_no,requests,notice_told,notice_solved,wrong_reports,tickets_opened,"
			"tickets_closed,tickets_closed_level1,tickets_escalated,tickets_preventable,tickets_reopened,tickets_received,"
			"turns_to_answer,time_to_answer_p50_ms,time_to_answer_p90_ms,time_to_answer_p99_ms");
	for (int i = SP_RULES_SPORTELLO + 1; !f->is_public && i < SP_RULES_COUNT; i++)
		if (is_asked(f, i)) {
			const char *name = sp_rules_name((sp_ruleset)i);
			sp_buffer_printf(out, ",%s_counted,%s_resolved,%s_rate", name, name, name);
		}
	sp_buffer_add_text(out, "\r\n");
}

bool sp_figures_csv(const sp_figures *f, sp_buffer *out)
{
	spi_masked *masked, total;
	if (!spi_mask_all(f, &masked))
		return false;
	spi_mask_total(f, &f->now->total, &total);
	add_header(out, f);
	for (size_t i = 0; i < f->now->count; i++)
		add_row(out, f, f->now->rows[i].key, f->now->rows[i].key2, &f->now->rows[i].m, &masked[i]);
	add_row(out, f, "total", "", &f->now->total, &total);
	free(masked);
	return true;
}
