/* GET /v1/deflection: the manager's figures, as JSON or CSV; and what each of them means. */
#include "base/zone.h"
#include "http/deflection.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "http/span.h"

#include <string.h>

#define YEAR_MONTHS 11 /* before this one */

static bool bad(spi_request *request, const char *field, const char *list)
{
	spi_problem_field(request, SPI_BAD_VALUE, field, "%s must be one of %s", field, list);
	return false;
}

static bool read_dim(spi_request *request, const char *name, sp_dim fallback, sp_dim *ret)
{
	const char *text = spi_request_query(request, name);
	*ret = fallback;
	if (!text || !*text || sp_dim_of(text, ret))
		return true;
	return bad(request, name, "month, day, hour, weekday-hour, category, channel, lang, audience, article, group");
}

/* A day of the query as days since 1970; fallback when absent. */
static bool read_day(spi_request *request, const char *name, int64_t fallback, int64_t *ret)
{
	const char *text = spi_request_query(request, name);
	sp_date date = text ? sp_date_parse(text, strlen(text)) : 0;
	*ret = fallback;
	if (!text || !*text)
		return true;
	if (!date) {
		spi_problem_field(request, SPI_BAD_VALUE, name, "%s must be a day like 2026-11-23", name);
		return false;
	}
	*ret = sp_date_days(date);
	return true;
}

static bool read_range(spi_request *request, sp_ledger_query *q)
{
	int64_t today = spi_zone_local(q->timezone, request->now_utc_s).days, to;
	if (!read_day(request, "to", today, &to) || !read_day(request, "from", spi_month_start(to, -YEAR_MONTHS), &q->from_day))
		return false;
	q->until_day = to + 1;
	if (q->from_day <= to)
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "from", "from must not be after to");
	return false;
}

static bool read_rules(spi_request *request, sp_figures *figures)
{
	const char *text = spi_request_query(request, "rules");
	figures->rules = SP_RULES_SPORTELLO;
	if (!text || !*text || sp_rules_of(text, &figures->rules))
		return true;
	figures->all_rules = strcmp(text, "all") == 0;
	return figures->all_rules || bad(request, "rules", "sportello, intercom, zendesk, servicenow, microsoft, all");
}

static bool is_said(spi_request *request, const char *name, const char *value)
{
	const char *text = spi_request_query(request, name);
	return text && strcmp(text, value) == 0;
}

bool spi_deflection_read(spi_request *request, spi_deflection *ret)
{
	sp_ledger_query *q = &ret->query;
	*ret = (spi_deflection){.query = {
		.category = spi_request_choice(request, "category"), .channel = spi_request_choice(request, "channel"),
		.lang = spi_request_choice(request, "of_lang"), .audience = spi_request_choice(request, "audience"),
		.article = spi_request_choice(request, "article"), .group = spi_request_choice(request, "group"),
		.window_s = request->config->resolved_window_s, .timezone = request->config->timezone, .now_utc_s = request->now_utc_s,
	}};
	if (!read_dim(request, "by", SP_DIM_MONTH, &q->by) || !read_dim(request, "across", SP_DIM_NONE, &q->across) ||
		!read_range(request, q) || !read_rules(request, &ret->figures))
		return false;
	ret->figures.is_public = is_said(request, "public", "1");
	ret->compares = is_said(request, "compare", "before");
	return true;
}

bool spi_deflection_find(spi_request *request, spi_deflection *d)
{
	sp_error err = {0};
	d->before_query = d->query;
	d->before_query.from_day = d->query.from_day - (d->query.until_day - d->query.from_day);
	d->before_query.until_day = d->query.from_day;
	sp_status status = request->worker->store ? sp_ledger_figures_of(request->worker->store, &d->query, request->arena, &d->now, &err) :
		SP_ERR_IO;
	if (!status && d->compares)
		status = sp_ledger_figures_of(request->worker->store, &d->before_query, request->arena, &d->before, &err);
	if (status == SP_ERR_INVALID)
		spi_problem_field(request, SPI_BAD_VALUE, err.source, "%s", err.text);
	else if (status)
		spi_reply_error(request, status, &err);
	d->figures.query = &d->query;
	d->figures.now = &d->now;
	d->figures.before_query = d->compares ? &d->before_query : NULL;
	d->figures.before = d->compares ? &d->before : NULL;
	return !status;
}

void spi_h_deflection(spi_request *request)
{
	spi_deflection d;
	if (!spi_deflection_read(request, &d) || !spi_deflection_find(request, &d))
		return;
	bool is_csv = spi_request_accepts(request, "text/csv") || is_said(request, "format", "csv");
	if (!(is_csv ? sp_figures_csv : sp_figures_json)(&d.figures, &request->out)) {
		sp_error err = {0};
		spi_reply_error(request, SP_ERR_NOMEM, &err);
	} else if (is_csv) {
		spi_reply_text(request, 200, "text/csv; charset=utf-8");
		spi_reply_header(request, "Content-Disposition", "attachment; filename=\"deflection.csv\"");
	} else {
		spi_reply_json(request, 200);
	}
}

void spi_h_deflection_definitions(spi_request *request)
{
	sp_definitions_json(request->lang, &request->out);
	spi_reply_json(request, 200);
}
