/* Figures as rows of numbers that add up: what one contact and one ticket are worth, and names. */
#include "store/ledger.h"

#include <math.h>
#include <string.h>

const uint32_t sp_time_bounds_ms[SP_TIME_BUCKETS] = {
	10, 20, 50, 100, 200, 500, 1000, 5000, 15000, 60000, 300000, 1800000, 86400000, UINT32_MAX,
};

/* ---- names ---- */

static const char *const dims[SP_DIMS] = {
#define DIM_NAME(name, text) text,
	SP_DIM_LIST(DIM_NAME)
#undef DIM_NAME
};
static const char *const rules_names[SP_RULES_COUNT] = {
#define RULES_NAME(name, text) text,
	SP_RULES_LIST(RULES_NAME)
#undef RULES_NAME
};

const char *sp_dim_name(sp_dim dim)
{
	return (unsigned)dim < SP_DIMS ? dims[dim] : "";
}

bool sp_dim_of(const char *name, sp_dim *ret)
{
	for (int i = SP_DIM_NONE + 1; i < SP_DIMS; i++)
		if (strcmp(dims[i], name) == 0) {
			*ret = (sp_dim)i;
			return true;
		}
	return false;
}

const char *sp_rules_name(sp_ruleset rules)
{
	return (unsigned)rules < SP_RULES_COUNT ? rules_names[rules] : "";
}

bool sp_rules_of(const char *name, sp_ruleset *ret)
{
	for (int i = 0; i < SP_RULES_COUNT; i++)
		if (strcmp(rules_names[i], name) == 0) {
			*ret = (sp_ruleset)i;
			return true;
		}
	return false;
}

/* ---- one contact, one ticket ---- */

static void measure_time(const sp_contact *c, sp_measures *m)
{
	int64_t ms = (c->first_answer_utc_s - c->first_request_utc_s) * 1000 + c->first_answer_took_ms;
	size_t bucket = 0;
	while (bucket < SP_TIME_BUCKETS - 1 && ms > (int64_t)sp_time_bounds_ms[bucket])
		bucket++;
	m->times[bucket] = 1;
	m->answered = 1;
	m->turns = (uint64_t)c->requests_to_answer;
}

static void measure_rules(const sp_contact *c, int64_t now_utc_s, sp_measures *m)
{
	sp_ruling r = sp_rules_intercom(c);
	m->intercom_counted = r.counted;
	m->intercom_resolved = r.resolved;
	r = sp_rules_zendesk(c, now_utc_s);
	m->zendesk_counted = r.counted;
	m->zendesk_resolved = r.resolved;
	r = sp_rules_servicenow(c);
	m->servicenow_counted = r.counted;
	m->servicenow_resolved = r.resolved;
	m->servicenow_potential = r.potential;
	r = sp_rules_microsoft(c);
	m->microsoft_counted = r.counted;
	m->microsoft_resolved = r.resolved;
	m->microsoft_escalated = r.escalated;
}

void spi_measure_contact(const sp_contact *c, int64_t window_s, int64_t now_utc_s, sp_measures *m)
{
	sp_outcome outcome = sp_contact_outcome(c, window_s);
	bool came_back = c->returned_s > 0 && c->returned_s < window_s;
	*m = (sp_measures){0};
	if (outcome == SP_OUTCOME_NOT_COUNTED)
		return;
	bool is_resolved = outcome == SP_OUTCOME_CONFIRMED || outcome == SP_OUTCOME_ASSUMED;
	m->contacts = 1;
	m->confirmed = outcome == SP_OUTCOME_CONFIRMED;
	m->assumed = outcome == SP_OUTCOME_ASSUMED;
	m->ticketed = outcome == SP_OUTCOME_TICKET;
	m->abandoned = outcome == SP_OUTCOME_ABANDONED;
	m->pending = sp_contact_pending(c, window_s, now_utc_s);
	m->returned = m->abandoned && came_back && !c->said_since_request;
	m->recontacted = m->confirmed && came_back;
	m->requests = (uint64_t)c->requests;
	m->said_no = c->no_count > 0;
	m->noticed = c->notices > 0;
	m->notice_solved = c->notices > 0 && is_resolved;
	if (c->has_answer)
		measure_time(c, m);
	measure_rules(c, now_utc_s, m);
}

void spi_measure_ticket(const spi_ledger_ticket *t, sp_measures *m)
{
	*m = (sp_measures){.tickets = 1, .closed = t->is_closed, .closed_level1 = t->is_closed && t->level == SP_LEVEL_1,
		.escalated = t->top_level > SP_LEVEL_1, .preventable = t->preventable, .reopened = t->reopened > 0,
		.received = t->top_level > SP_LEVEL_1};
}

/* ---- rows ---- */

/* All members are of one type, one after another. */
static uint64_t *row_of(sp_measures *m)
{
	return &m->contacts;
}

static const uint64_t *row_in(const sp_measures *m)
{
	return &m->contacts;
}

_Static_assert(sizeof(sp_measures) == SPI_MEASURES * sizeof(uint64_t) && SPI_MEASURES < 128, "an index takes a byte");

bool spi_measures_add(sp_measures *to, const sp_measures *m, int sign)
{
	bool good = true;
	for (size_t i = 0; i < SPI_MEASURES; i++) {
		uint64_t value = row_in(m)[i];
		uint64_t *sum = &row_of(to)[i];
		if (sign > 0) {
			*sum += value;
		} else if (*sum >= value) {
			*sum -= value;
		} else {
			*sum = 0;
			good = false;
		}
	}
	return good;
}

void spi_measures_shift(sp_measures *to, const sp_measures *m, int sign)
{
	for (size_t i = 0; i < SPI_MEASURES; i++)
		row_of(to)[i] += sign > 0 ? row_in(m)[i] : -row_in(m)[i];
}

bool spi_measures_settle(sp_measures *m)
{
	bool good = true;
	for (size_t i = 0; i < SPI_MEASURES; i++)
		if (row_in(m)[i] > INT64_MAX) {
			row_of(m)[i] = 0;
			good = false;
		}
	return good;
}

bool spi_measures_any(const sp_measures *m)
{
	for (size_t i = 0; i < SPI_MEASURES; i++)
		if (row_in(m)[i])
			return true;
	return false;
}

size_t spi_measures_pack(const sp_measures *m, unsigned char ret[SPI_SUMS_MAX])
{
	size_t len = 0;
	for (size_t i = 0; i < SPI_MEASURES; i++) {
		uint64_t value = row_in(m)[i];
		if (value == 0)
			continue;
		ret[len++] = (unsigned char)i;
		for (; value >= 0x80; value >>= 7)
			ret[len++] = (unsigned char)(value | 0x80);
		ret[len++] = (unsigned char)value;
	}
	return len;
}

bool spi_measures_unpack(const void *bytes, size_t len, sp_measures *add_to)
{
	const unsigned char *p = bytes, *end = p ? p + len : NULL;
	while (p < end) {
		size_t index = *p++;
		uint64_t value = 0;
		unsigned shift = 0;
		while (p < end && *p & 0x80 && shift < 63) {
			value |= (uint64_t)(*p++ & 0x7f) << shift;
			shift += 7;
		}
		if (p == end || index >= SPI_MEASURES)
			return false;
		row_of(add_to)[index] += value | (uint64_t)*p++ << shift;
	}
	return true;
}

/* ---- what is drawn from them ---- */

double sp_time_quantile(const sp_measures *m, double share)
{
	double rank = share * (double)m->answered, before = 0;
	if (m->answered == 0)
		return NAN;
	for (size_t i = 0; i < SP_TIME_BUCKETS; i++) {
		double here = (double)m->times[i], low = i ? sp_time_bounds_ms[i - 1] : 0;
		if (here > 0 && before + here >= rank) {
			if (i == SP_TIME_BUCKETS - 1)
				return low;
			return low + (sp_time_bounds_ms[i] - low) * (rank > before ? (rank - before) / here : 0);
		}
		before += here;
	}
	return sp_time_bounds_ms[SP_TIME_BUCKETS - 2];
}

sp_ruling sp_measures_ruling(const sp_measures *m, sp_ruleset rules)
{
#define RULED(a, b, c, d) (sp_ruling){(uint32_t)(a), (uint32_t)(b), (uint32_t)(c), (uint32_t)(d)}
	switch (rules) {
	case SP_RULES_SPORTELLO:
		return RULED(m->contacts, m->confirmed, m->assumed, 0);
	case SP_RULES_INTERCOM:
		return RULED(m->intercom_counted, m->intercom_resolved, 0, 0);
	case SP_RULES_ZENDESK:
		return RULED(m->zendesk_counted, m->zendesk_resolved, 0, 0);
	case SP_RULES_SERVICENOW:
		return RULED(m->servicenow_counted, m->servicenow_resolved, m->servicenow_potential, 0);
	case SP_RULES_MICROSOFT:
		return RULED(m->microsoft_counted, m->microsoft_resolved, 0, m->microsoft_escalated);
	case SP_RULES_COUNT:
		break;
	}
	return (sp_ruling){0};
}
