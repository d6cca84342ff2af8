#include "sportello/figures.h"

#include "base/clock.h"
#include "sportello/catalog.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const by_names[] = {[SP_BY_MONTH] = "month", [SP_BY_DAY] = "day", [SP_BY_CATEGORY] = "category",
	[SP_BY_CHANNEL] = "channel", [SP_BY_LANG] = "lang", [SP_BY_ARTICLE] = "article"};

const char *sp_report_by_name(sp_report_by by)
{
	return by_names[by];
}

bool sp_report_by_of(const char *name, sp_report_by *ret)
{
	for (size_t i = 0; i < sizeof by_names / sizeof *by_names; i++)
		if (strcmp(by_names[i], name) == 0) {
			*ret = (sp_report_by)i;
			return true;
		}
	return false;
}

typedef struct range { double low, high; } range;

/* Not a number where there was no conversation: there is no rate then, not a rate of zero. */
static range self_service(const sp_report_row *row)
{
	double all = (double)row->conversations;
	return (range){(double)row->resolved_confirmed / all, (double)(row->resolved_confirmed + row->resolved_assumed) / all};
}

static void json_row(sp_json *json, const char *name, const sp_report_row *row)
{
	range rate = self_service(row);
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
	sp_json_number(json, "low", rate.low, 4);
	sp_json_number(json, "high", rate.high, 4);
	sp_json_object_end(json);
	sp_json_object_end(json);
}

static void json_time(sp_json *json, const char *name, int64_t utc_s)
{
	char text[32];
	spi_rfc3339(utc_s, text);
	sp_json_string(json, name, text);
}

static void json_tickets(sp_json *json, const sp_report *report)
{
	sp_json_object(json, "tickets");
	sp_json_int(json, "all", (int64_t)report->tickets_all);
	sp_json_int(json, "closed", (int64_t)report->tickets_closed);
	sp_json_int(json, "closed_level1", (int64_t)report->tickets_closed_level1);
	sp_json_int(json, "escalated", (int64_t)report->tickets_escalated);
	sp_json_int(json, "preventable", (int64_t)report->tickets_preventable);
	sp_json_number(json, "first_level_autonomy", (double)report->tickets_closed_level1 / (double)report->tickets_closed, 4);
	sp_json_number(json, "escalation_rate", (double)report->tickets_escalated / (double)report->tickets_all, 4);
	sp_json_object_end(json);
}

void sp_figures_json(const sp_report *report, sp_report_by by, int64_t from_utc_s, int64_t until_utc_s, sp_buffer *out)
{
	sp_json json;
	sp_json_init(&json, out);
	sp_json_object(&json, NULL);
	sp_json_string(&json, "by", sp_report_by_name(by));
	json_time(&json, "from", from_utc_s);
	json_time(&json, "until", until_utc_s);
	sp_json_array(&json, "rows");
	for (size_t i = 0; i < report->count; i++)
		json_row(&json, NULL, &report->rows[i]);
	sp_json_array_end(&json);
	json_row(&json, "total", &report->total);
	json_tickets(&json, report);
	sp_json_object_end(&json);
}

static void csv_text(sp_buffer *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		/* A cell that a spreadsheet would take for a formula is shown as text. */
		if (*text && strchr("=+-@", *text))
			sp_buffer_add_char(out, '\'');
		sp_buffer_add_text(out, text);
		return;
	}
	sp_buffer_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"')
			sp_buffer_add_char(out, '"');
		sp_buffer_add_char(out, *text);
	}
	sp_buffer_add_char(out, '"');
}

static void csv_row(sp_buffer *out, const char *key, const sp_report_row *row)
{
	csv_text(out, key);
	sp_buffer_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, row->conversations,
		row->resolved_confirmed, row->resolved_assumed, row->tickets, row->abandoned, row->pending);
	if (row->conversations > 0)
		sp_buffer_printf(out, ",%.4f,%.4f\r\n", self_service(row).low, self_service(row).high);
	else
		sp_buffer_add_text(out, ",,\r\n");
}

void sp_figures_csv(const sp_report *report, sp_report_by by, sp_buffer *out)
{
	sp_buffer_printf(out, "%s,conversations,resolved_confirmed,resolved_assumed,tickets,abandoned,pending,self_service_low,"
		"self_service_high\r\n", sp_report_by_name(by));
	for (size_t i = 0; i < report->count; i++)
		csv_row(out, report->rows[i].key, &report->rows[i]);
	csv_row(out, "total", &report->total);
}

static void text_row(sp_buffer *out, const char *key, const sp_report_row *row)
{
	sp_buffer_printf(out, "%-28s %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64, key, row->conversations,
		row->resolved_confirmed, row->resolved_assumed, row->tickets, row->abandoned);
	if (row->conversations > 0)
		sp_buffer_printf(out, "   %5.1f–%5.1f %%\n", 100 * self_service(row).low, 100 * self_service(row).high);
	else
		sp_buffer_add_text(out, "       –\n");
}

void sp_figures_text(const sp_report *report, sp_report_by by, sp_lang lang, sp_buffer *out)
{
	static const char *const headings[] = {"figures.conversations", "figures.confirmed", "figures.assumed", "figures.tickets",
		"figures.abandoned"};
	char key[64];
	snprintf(key, sizeof key, "figures.by.%s", sp_report_by_name(by));
	sp_buffer_printf(out, "%-28s", sp_catalog_text(lang, key));
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		sp_buffer_printf(out, " %9s", sp_catalog_text(lang, headings[i]));
	sp_buffer_printf(out, "   %s\n", sp_catalog_text(lang, "figures.self-service"));
	for (size_t i = 0; i < report->count; i++)
		text_row(out, report->rows[i].key, &report->rows[i]);
	text_row(out, sp_catalog_text(lang, "figures.total"), &report->total);
	sp_buffer_printf(out, "\n%s: %" PRIu64 " / %" PRIu64 "\n%s: %" PRIu64 " / %" PRIu64 "\n",
		sp_catalog_text(lang, "figures.autonomy"), report->tickets_closed_level1, report->tickets_closed,
		sp_catalog_text(lang, "figures.escalated"), report->tickets_escalated, report->tickets_all);
}
