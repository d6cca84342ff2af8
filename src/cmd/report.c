/* sportello report: the deflection figures of a data folder; works beside a running service. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/zone.h"
#include "sportello/figures.h"
#include "sportello/store.h"

#include <string.h>

typedef struct report_options {
	const char *data, *from, *to, *by, *timezone;
	unsigned window_h;
	bool csv, json;
} report_options;

/* A day of the figures' time zone as its first second in UTC; false when it is none. */
static bool start_of_day(const char *text, const char *timezone, int days_later, int64_t *ret_utc_s)
{
	sp_date date = sp_date_parse(text, strlen(text));
	if (!date)
		return false;
	int64_t days = spi_days_of_civil(date / 10000, (unsigned)(date / 100 % 100), (unsigned)(date % 100));
	*ret_utc_s = spi_zone_utc_s(timezone, days + days_later, 0);
	return true;
}

static bool read_range(const report_options *o, int64_t *ret_from, int64_t *ret_until)
{
	*ret_from = 0;
	*ret_until = spi_zone_utc_s(o->timezone, spi_zone_local(o->timezone, spi_now_utc_s()).days + 1, 0);
	return (!o->from || start_of_day(o->from, o->timezone, 0, ret_from)) && (!o->to || start_of_day(o->to, o->timezone, 1, ret_until));
}

static void print(const sp_report *report, sp_report_by by, int64_t from, int64_t until, const report_options *o)
{
	sp_buffer out = SP_BUFFER_INIT;
	if (o->json)
		sp_figures_json(report, by, from, until, &out);
	else if (o->csv)
		sp_figures_csv(report, by, &out);
	else
		sp_figures_text(report, by, spi_terminal_lang(), &out);
	fputs(sp_buffer_text(&out), stdout);
	if (o->json)
		putchar('\n');
	sp_buffer_release(&out);
}

static int run(const report_options *o, sp_report_by by, int64_t from, int64_t until)
{
	sp_error err = {0};
	sp_store *store = NULL;
	sp_store_reader *reader = NULL;
	sp_report report;
	sp_arena *arena = sp_arena_new(0);
	sp_status status = arena ? sp_store_open(o->data, SP_STORE_READ, &store, &err) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = sp_store_reader_open(store, &reader, &err);
	if (status == SP_OK)
		status = sp_store_report(reader, from, until, by, (int64_t)o->window_h * 3600, spi_now_utc_s(), o->timezone, arena, &report,
			&err);
	if (status == SP_OK)
		print(&report, by, from, until, o);
	if (reader)
		sp_store_reader_close(reader);
	if (store)
		sp_store_close(store);
	sp_arena_free(arena);
	return status == SP_OK ? SPI_EXIT_OK : spi_fail(&err, status);
}

int spi_cmd_report(int argc, char **argv)
{
	report_options o = {.by = "month", .timezone = "Europe/Rome", .window_h = 24};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "from", .type = SPI_SETTING_TEXT, .target = &o.from},
		{.name = "to", .type = SPI_SETTING_TEXT, .target = &o.to},
		{.name = "by", .type = SPI_SETTING_CHOICE, .target = &o.by, .choices = "month|day|category|channel|lang|article"},
		{.name = "timezone", .type = SPI_SETTING_TEXT, .target = &o.timezone},
		{.name = "window", .type = SPI_SETTING_NUMBER, .target = &o.window_h, .min = 1, .max = 8760},
		{.name = "csv", .type = SPI_SETTING_FLAG, .target = &o.csv},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	int64_t from, until;
	sp_report_by by = SP_BY_MONTH;
	if (!spi_read_args("report", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!o.data)
		return spi_missing("report", "data");
	if (!read_range(&o, &from, &until)) {
		fprintf(stderr, "sportello report: %s\n", spi_say("cmd.bad-day"));
		return SPI_EXIT_USAGE;
	}
	sp_report_by_of(o.by, &by);
	return run(&o, by, from, until);
}
