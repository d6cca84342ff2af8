/* GET /v1/deflection: the manager's figures, as JSON or CSV. */
#include "base/clock.h"
#include "base/zone.h"
#include "http/handlers.h"
#include "http/parts.h"

#include <inttypes.h>
#include <string.h>

#define DAY_S 86400
#define YEAR_MONTHS 11

static const struct { const char *name; sp_report_by by; } groupings[] = {
	{"month", SP_BY_MONTH}, {"day", SP_BY_DAY}, {"category", SP_BY_CATEGORY}, {"channel", SP_BY_CHANNEL},
	{"lang", SP_BY_LANG}, {"article", SP_BY_ARTICLE},
};

static bool read_by(spi_request *request, sp_report_by *ret, const char **ret_name)
{
	const char *by = spi_request_query(request, "by");
	for (size_t i = 0; i < sizeof groupings / sizeof *groupings; i++)
		if (!by || strcmp(by, groupings[i].name) == 0) {
			*ret = groupings[i].by;
			*ret_name = groupings[i].name;
			return true;
		}
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

static void write_share(sp_json *json, const char *name, uint64_t part, uint64_t whole)
{
	if (whole)
		sp_json_number(json, name, (double)part / (double)whole, 4);
	else
		sp_json_null(json, name);
}

static void write_row(sp_json *json, const char *name, const sp_report_row *row)
{
	sp_json_object(json, name);
	if (!name)
		sp_json_string(json, "key", row->key);
	sp_json_int(json, "conversations", (int64_t)row->conversations);
	sp_json_int(json, "resolved_confirmed", (int64_t)row->resolved_confirmed);
	sp_json_int(json, "resolved_assumed", (int64_t)row->resolved_assumed);
	sp_json_int(json, "tickets", (int64_t)row->tickets);
	sp_json_int(json, "abandoned", (int64_t)row->abandoned);
	sp_json_int(json, "pending", (int64_t)row->pending);
	sp_json_object(json, "self_service_rate");
	write_share(json, "low", row->resolved_confirmed, row->conversations);
	write_share(json, "high", row->resolved_confirmed + row->resolved_assumed, row->conversations);
	sp_json_object_end(json);
	sp_json_object_end(json);
}

static void write_json(spi_request *request, const sp_report *report, const char *by, int64_t from_utc_s,
	int64_t until_utc_s)
{
	sp_json json;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "by", by);
	spi_json_time(&json, "from", from_utc_s);
	spi_json_time(&json, "until", until_utc_s);
	sp_json_array(&json, "rows");
	for (size_t i = 0; i < report->count; i++)
		write_row(&json, NULL, &report->rows[i]);
	sp_json_array_end(&json);
	write_row(&json, "total", &report->total);
	sp_json_object(&json, "tickets");
	sp_json_int(&json, "all", (int64_t)report->tickets_all);
	sp_json_int(&json, "closed", (int64_t)report->tickets_closed);
	sp_json_int(&json, "closed_level1", (int64_t)report->tickets_closed_level1);
	sp_json_int(&json, "escalated", (int64_t)report->tickets_escalated);
	write_share(&json, "first_level_autonomy", report->tickets_closed_level1, report->tickets_closed);
	write_share(&json, "escalation_rate", report->tickets_escalated, report->tickets_all);
	sp_json_object_end(&json);
	sp_json_object_end(&json);
	spi_reply_json(request, 200);
}

static void csv_row(sp_buffer *out, const char *key, const sp_report_row *row)
{
	double all = row->conversations ? (double)row->conversations : 1;
	/* Keys are ids and days: letters, digits, - and _ (RFC 4180 needs no quotes for them). */
	sp_buffer_printf(out, "%s,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.4f,%.4f\r\n",
		key, row->conversations, row->resolved_confirmed, row->resolved_assumed, row->tickets, row->abandoned, row->pending,
		(double)row->resolved_confirmed / all, (double)(row->resolved_confirmed + row->resolved_assumed) / all);
}

static void write_csv(spi_request *request, const sp_report *report, const char *by)
{
	sp_buffer_printf(&request->out, "%s,conversations,resolved_confirmed,resolved_assumed,tickets,abandoned,pending,"
		"self_service_low,self_service_high\r\n", by);
	for (size_t i = 0; i < report->count; i++)
		csv_row(&request->out, report->rows[i].key, &report->rows[i]);
	csv_row(&request->out, "total", &report->total);
	spi_reply_text(request, 200, "text/csv; charset=utf-8");
	spi_reply_header(request, "Content-Disposition", "attachment; filename=\"deflection.csv\"");
}

void spi_h_deflection(spi_request *request)
{
	const char *timezone = request->config->timezone, *by_name;
	int64_t today = spi_zone_local(timezone, request->now_utc_s).days, from, to;
	sp_report_by by;
	sp_report report = {0};
	sp_error err = {0};
	if (!read_by(request, &by, &by_name) || !read_day(request, "to", today, &to) ||
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
		write_csv(request, &report, by_name);
	else
		write_json(request, &report, by_name, from_utc_s, until_utc_s);
}
