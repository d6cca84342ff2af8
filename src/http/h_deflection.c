/* GET /v1/deflection: the manager's figures, as JSON or CSV. */
#include "base/clock.h"
#include "base/zone.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "sportello/figures.h"

#include <string.h>

#define DAY_S 86400
#define YEAR_MONTHS 11

static bool read_by(spi_request *request, sp_report_by *ret)
{
	const char *by = spi_request_query(request, "by");
	*ret = SP_BY_MONTH;
	if (!by || sp_report_by_of(by, ret))
		return true;
	spi_problem_field(request, SPI_BAD_VALUE, "by", "by must be one of month, day, category, channel, lang, article");
	return false;
}

/* A day of the query as days since 1970; fallback when absent. */
static bool read_day(spi_request *request, const char *name, int64_t fallback, int64_t *ret)
{
	const char *text = spi_request_query(request, name);
	sp_date date = text ? sp_date_parse(text, strlen(text)) : 0;
	*ret = fallback;
	if (!text)
		return true;
	if (!date) {
		spi_problem_field(request, SPI_BAD_VALUE, name, "%s must be a day like 2026-11-23", name);
		return false;
	}
	*ret = spi_days_of_civil(date / 10000, (unsigned)(date / 100 % 100), (unsigned)(date % 100));
	return true;
}

/* The first day of the month eleven months before: with this month that makes a year. */
static int64_t year_before(int64_t days)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	int months = year * 12 + (int)month - 1 - YEAR_MONTHS;
	return spi_days_of_civil(months / 12, (unsigned)(months % 12 + 1), 1);
}

static void write_csv(spi_request *request, const sp_report *report, sp_report_by by)
{
	sp_figures_csv(report, by, &request->out);
	spi_reply_text(request, 200, "text/csv; charset=utf-8");
	spi_reply_header(request, "Content-Disposition", "attachment; filename=\"deflection.csv\"");
}

void spi_h_deflection(spi_request *request)
{
	const char *timezone = request->config->timezone;
	int64_t today = spi_zone_local(timezone, request->now_utc_s).days, from, to;
	sp_report_by by;
	sp_report report = {0};
	sp_error err = {0};
	if (!read_by(request, &by) || !read_day(request, "to", today, &to) ||
	    !read_day(request, "from", year_before(to), &from))
		return;
	if (from > to) {
		spi_problem_field(request, SPI_BAD_VALUE, "from", "from must not be after to");
		return;
	}
	int64_t from_utc_s = spi_zone_utc_s(timezone, from, 0), until_utc_s = spi_zone_utc_s(timezone, to + 1, 0);
	sp_status status = request->worker->store ? sp_store_report(request->worker->store, from_utc_s, until_utc_s, by,
		request->config->resolved_window_s, request->now_utc_s, timezone, request->arena, &report, &err) : SP_ERR_IO;
	if (status)
		spi_reply_error(request, status, &err);
	else if (spi_request_accepts(request, "text/csv"))
		write_csv(request, &report, by);
	else {
		sp_figures_json(&report, by, from_utc_s, until_utc_s, &request->out);
		spi_reply_json(request, 200);
	}
}
