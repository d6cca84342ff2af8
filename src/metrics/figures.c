/* The ledger's figures as JSON. */
#include "sportello/figures.h"

#include "base/clock.h"
#include "base/zone.h"
#include "metrics/figures_private.h"

#include <stdlib.h>
#include <string.h>

/* ---- one row ---- */

static void put_count(sp_json *json, const char *name, uint64_t value, bool masked)
{
	if (masked)
		sp_json_null(json, name);
	else
		sp_json_int(json, name, (int64_t)value);
}

static void put_range(sp_json *json, const sp_measures *m, bool low_masked, bool high_masked)
{
	sp_range range = sp_self_service(m);
	sp_json_object(json, "self_service_rate");
	sp_json_number(json, "low", low_masked ? SPI_NO_RATE : range.low, 4);
	sp_json_number(json, "high", high_masked ? SPI_NO_RATE : range.high, 4);
	sp_json_object_end(json);
}

static void put_times(sp_json *json, const sp_measures *m)
{
	sp_json_object(json, "time_to_answer_ms");
	sp_json_number(json, "p50", sp_time_quantile(m, 0.5), 0);
	sp_json_number(json, "p90", sp_time_quantile(m, 0.9), 0);
	sp_json_number(json, "p99", sp_time_quantile(m, 0.99), 0);
	sp_json_object_end(json);
	sp_json_object(json, "notices");
	sp_json_int(json, "told", (int64_t)m->noticed);
	sp_json_int(json, "solved", (int64_t)m->notice_solved);
	sp_json_object_end(json);
}

/* count: the name of their number. */
static void put_levels(sp_json *json, const char *count, const sp_measures *m)
{
	sp_json_int(json, count, (int64_t)m->tickets);
	sp_json_int(json, "closed", (int64_t)m->closed);
	sp_json_int(json, "closed_level1", (int64_t)m->closed_level1);
	sp_json_int(json, "escalated", (int64_t)m->escalated);
	sp_json_int(json, "preventable", (int64_t)m->preventable);
	sp_json_number(json, "first_level_autonomy", sp_ratio(m->closed_level1, m->closed), 4);
	sp_json_number(json, "escalation_rate", sp_ratio(m->escalated, m->tickets), 4);
}

static void put_work(sp_json *json, const sp_measures *m)
{
	sp_json_object(json, "work");
	put_levels(json, "tickets", m);
	sp_json_int(json, "reopened", (int64_t)m->reopened);
	sp_json_int(json, "received", (int64_t)m->received);
	sp_json_number(json, "preventable_rate", sp_ratio(m->preventable, m->received), 4);
	sp_json_object_end(json);
}

static void put_rules(sp_json *json, const sp_figures *f, const sp_measures *m)
{
	if (f->rules == SP_RULES_SPORTELLO && !f->all_rules)
		return;
	sp_json_object(json, "rules");
	for (int i = SP_RULES_SPORTELLO + 1; i < SP_RULES_COUNT; i++) {
		sp_ruling ruling = sp_measures_ruling(m, (sp_ruleset)i);
		if (!f->all_rules && f->rules != (sp_ruleset)i)
			continue;
		sp_json_object(json, sp_rules_name((sp_ruleset)i));
		sp_json_int(json, "counted", ruling.counted);
		sp_json_int(json, "resolved", ruling.resolved);
		sp_json_int(json, "potential", ruling.potential);
		sp_json_int(json, "escalated", ruling.escalated);
		sp_json_number(json, "rate", sp_ratio(ruling.resolved, ruling.counted), 4);
		sp_json_object_end(json);
	}
	sp_json_object_end(json);
}

/* All but the key. @p masked: contacts and the four outcomes; NULL = none is. */
static void put_measures(sp_json *json, const sp_figures *f, const sp_measures *m, const spi_masked *masked)
{
	static const spi_masked none;
	if (!masked)
		masked = &none;
	const bool *o = masked->outcomes;
	put_count(json, "conversations", m->contacts, masked->contacts);
	put_count(json, "resolved_confirmed", m->confirmed, o[0]);
	put_count(json, "resolved_assumed", m->assumed, o[1]);
	put_count(json, "tickets", m->ticketed, o[2]);
	put_count(json, "abandoned", m->abandoned, o[3]);
	put_count(json, "pending", m->pending, f->is_public);
	put_range(json, m, masked->contacts || o[0], masked->contacts || o[0] || o[1]);
	if (f->is_public)
		return;
	sp_json_int(json, "returned", (int64_t)m->returned);
	sp_json_int(json, "recontacted", (int64_t)m->recontacted);
	sp_json_int(json, "answered", (int64_t)m->answered);
	sp_json_int(json, "said_no", (int64_t)m->said_no);
	sp_json_number(json, "confirmed_rate", sp_ratio(m->confirmed, m->contacts), 4);
	sp_json_number(json, "turns_to_answer", sp_ratio(m->turns, m->answered), 2);
	put_times(json, m);
	sp_json_int(json, "wrong_reports", (int64_t)m->wrong);
	put_work(json, m);
	put_rules(json, f, m);
}

/* ---- the whole ---- */

static void put_rows(sp_json *json, const sp_figures *f, const sp_ledger_figures *of, const spi_masked *masked)
{
	sp_json_array(json, "rows");
	for (size_t i = 0; i < of->count; i++) {
		sp_json_object(json, NULL);
		sp_json_string(json, "key", of->rows[i].key);
		if (f->query->across != SP_DIM_NONE)
			sp_json_string(json, "key2", of->rows[i].key2);
		put_measures(json, f, &of->rows[i].m, masked ? &masked[i] : NULL);
		sp_json_object_end(json);
	}
	sp_json_array_end(json);
	spi_masked total;
	spi_mask_total(f, &of->total, &total);
	sp_json_object(json, "total");
	put_measures(json, f, &of->total, &total);
	sp_json_object_end(json);
}

static void put_time(sp_json *json, const char *name, const sp_ledger_query *q, int64_t day)
{
	char text[32];
	spi_rfc3339(spi_zone_utc_s(q->timezone, day, 0), text);
	sp_json_string(json, name, text);
}

/* The desk's figures of the whole, where programs of before look for them. */
static void put_tickets(sp_json *json, const sp_measures *m)
{
	sp_json_object(json, "tickets");
	put_levels(json, "all", m);
	sp_json_object_end(json);
}

/* What may be told of the period before is masked by itself. */
static bool put_before(sp_json *json, const sp_figures *f)
{
	sp_figures before = *f;
	spi_masked *masked;
	before.now = f->before;
	if (!f->before)
		return true;
	if (!spi_mask_all(&before, &masked))
		return false;
	sp_json_object(json, "before");
	put_time(json, "from", f->before_query, f->before_query->from_day);
	put_time(json, "until", f->before_query, f->before_query->until_day);
	put_rows(json, &before, f->before, masked);
	sp_json_object_end(json);
	free(masked);
	return true;
}

bool sp_figures_json(const sp_figures *f, sp_buffer *out)
{
	sp_json json;
	spi_masked *masked;
	if (!spi_mask_all(f, &masked))
		return false;
	sp_json_init(&json, out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "by", sp_dim_name(f->query->by));
	sp_json_string(&json, "across", f->query->across == SP_DIM_NONE ? NULL : sp_dim_name(f->query->across));
	put_time(&json, "from", f->query, f->query->from_day);
	put_time(&json, "until", f->query, f->query->until_day);
	sp_json_string(&json, "timezone", f->query->timezone ? f->query->timezone : "UTC");
	sp_json_int(&json, "window_s", f->query->window_s);
	sp_json_bool(&json, "masked", f->is_public);
	put_rows(&json, f, f->now, masked);
	if (!f->is_public)
		put_tickets(&json, &f->now->total);
	bool good = put_before(&json, f);
	sp_json_object_end(&json);
	free(masked);
	return good;
}
