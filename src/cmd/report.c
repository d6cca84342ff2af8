/* sportello report: the figures of a data folder; works beside a running service. */
#include "cmd/cmd.h"

#include "base/clock.h"
#include "base/zone.h"
#include "sportello/figures.h"
#include "sportello/kb.h"
#include "sportello/store.h"

#include <inttypes.h>
#include <string.h>

typedef struct report_options {
	const char *kb, *data, *from, *to, *by, *across, *rules, *timezone;
	const char *category, *channel, *lang, *audience, *article, *group;
	unsigned window_h;
	bool csv, json, markdown, is_public, verify, rebuild;
} report_options;

typedef struct reporting {
	const report_options *o;
	sp_store *store;
	sp_store_reader *reader;
	sp_arena *arena;
} reporting;

/* ---- what is asked for ---- */

static bool read_day(const char *text, int64_t fallback, int64_t *ret)
{
	sp_date date = text ? sp_date_parse(text, strlen(text)) : 0;
	*ret = date ? sp_date_days(date) : fallback;
	return date || !text;
}

static bool read_range(const report_options *o, sp_ledger_query *q)
{
	/* Tomorrow: a day that began somewhere has not been counted less for it. */
	int64_t today = spi_zone_local(o->timezone, spi_now_utc_s()).days + 1, to = today;
	bool good = read_day(o->from, 0, &q->from_day) && read_day(o->to, today, &to);
	q->until_day = to + 1;
	return good;
}

static sp_ledger_query query_of(const report_options *o)
{
	sp_ledger_query q = {.category = o->category, .channel = o->channel, .lang = o->lang, .audience = o->audience, .article = o->article,
		.group = o->group, .window_s = (int64_t)o->window_h * 3600, .timezone = o->timezone, .now_utc_s = spi_now_utc_s()};
	sp_dim_of(o->by, &q.by);
	if (o->across)
		sp_dim_of(o->across, &q.across);
	return q;
}

/* ---- figures ---- */

static sp_status print(const sp_figures *figures, const report_options *o)
{
	sp_buffer out = SP_BUFFER_INIT;
	bool good = true;
	if (o->json)
		good = sp_figures_json(figures, &out);
	else if (o->csv)
		good = sp_figures_csv(figures, &out);
	else
		good = sp_figures_text(figures, spi_terminal_lang(), o->markdown, &out);
	fputs(sp_buffer_text(&out), stdout);
	if (o->json)
		putchar('\n');
	good = good && sp_buffer_ok(&out);
	sp_buffer_release(&out);
	return good ? SP_OK : SP_ERR_NOMEM;
}

static sp_status report(reporting *r, const sp_ledger_query *asked, sp_error *err)
{
	char timezone[SP_TIMEZONE_MAX];
	int64_t window_s = 0;
	sp_ledger_query kept = *asked, *query = &kept;
	sp_ledger_figures now;
	sp_figures figures = {.query = query, .now = &now, .all_rules = r->o->rules && strcmp(r->o->rules, "all") == 0,
		.is_public = r->o->is_public};
	if (r->o->rules)
		sp_rules_of(r->o->rules, &figures.rules);
	/* As kb.yaml says, where nothing else is asked for. */
	sp_status status = sp_ledger_kept(r->reader, &window_s, timezone, err);
	if (status == SP_OK && kept.window_s == 0)
		kept.window_s = window_s;
	if (status == SP_OK && !kept.timezone)
		kept.timezone = timezone;
	if (status == SP_OK)
		status = sp_ledger_figures_of(r->reader, query, r->arena, &now, err);
	sp_kb_config *config = NULL;
	if (status == SP_OK && r->o->kb)
		status = sp_kb_config_load(r->o->kb, NULL, &config, err);
	figures.names = config;
	if (status == SP_OK)
		status = print(&figures, r->o);
	sp_kb_config_free(config);
	return status;
}

/* ---- the ledger itself ---- */

static void print_check(const sp_ledger_check *check, bool json)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_json writer;
	sp_json_init(&writer, &out);
	sp_json_object(&writer, NULL);
	sp_json_int(&writer, "events", (int64_t)check->events);
	sp_json_int(&writer, "contacts", (int64_t)check->contacts);
	sp_json_int(&writer, "cells", (int64_t)check->cells);
	sp_json_int(&writer, "wrong_contacts", (int64_t)check->wrong_contacts);
	sp_json_int(&writer, "wrong_cells", (int64_t)check->wrong_cells);
	sp_json_object_end(&writer);
	if (json)
		puts(sp_buffer_text(&out));
	else
		printf("%s: %" PRIu64 "\n%s: %" PRIu64 "\n%s: %" PRIu64 "\n%s: %" PRIu64 "\n", spi_say("report.events"), check->events,
			spi_say("report.contacts"), check->contacts, spi_say("report.wrong-contacts"), check->wrong_contacts,
			spi_say("report.wrong-cells"), check->wrong_cells);
	sp_buffer_release(&out);
}

static int verify(reporting *r, sp_error *err, sp_status *ret)
{
	sp_ledger_check check;
	*ret = sp_ledger_verify(r->reader, &check, err);
	if (*ret != SP_OK)
		return SPI_EXIT_OK;
	print_check(&check, r->o->json);
	bool is_right = check.wrong_cells == 0 && check.wrong_contacts == 0;
	if (!is_right)
		fprintf(stderr, "sportello report: %s\n", spi_say("report.damaged"));
	return is_right ? SPI_EXIT_OK : SPI_EXIT_NO;
}

static int run(const report_options *o, const sp_ledger_query *query)
{
	sp_error err = {0};
	reporting r = {.o = o, .arena = sp_arena_new(0)};
	int result = SPI_EXIT_OK;
	sp_status status = r.arena ? spi_open_store(o->data, o->rebuild ? SP_STORE_BESIDE : SP_STORE_READ, &r.store, &err) : SP_ERR_NOMEM;
	if (status == SP_OK && o->rebuild)
		status = sp_ledger_rebuild(r.store, &err);
	if (status == SP_OK)
		status = sp_store_reader_open(r.store, &r.reader, &err);
	if (status == SP_OK && (o->verify || o->rebuild))
		result = verify(&r, &err, &status);
	else if (status == SP_OK)
		status = report(&r, query, &err);
	if (r.reader)
		sp_store_reader_close(r.reader);
	if (r.store)
		sp_store_close(r.store);
	sp_arena_free(r.arena);
	return status == SP_OK ? result : spi_fail(&err, status);
}

int spi_cmd_report(int argc, char **argv)
{
	static const char dims[] = "month|day|hour|weekday-hour|category|channel|lang|audience|article|group";
	report_options o = {.by = "month"};
	const spi_setting settings[] = {
		{.name = "data", .type = SPI_SETTING_TEXT, .target = &o.data},
		{.name = "kb", .type = SPI_SETTING_TEXT, .target = &o.kb},
		{.name = "from", .type = SPI_SETTING_TEXT, .target = &o.from},
		{.name = "to", .type = SPI_SETTING_TEXT, .target = &o.to},
		{.name = "by", .type = SPI_SETTING_CHOICE, .target = &o.by, .choices = dims},
		{.name = "across", .type = SPI_SETTING_CHOICE, .target = &o.across, .choices = dims},
		{.name = "rules", .type = SPI_SETTING_CHOICE, .target = &o.rules, .choices = "sportello|intercom|zendesk|servicenow|microsoft|all"},
		{.name = "category", .type = SPI_SETTING_TEXT, .target = &o.category},
		{.name = "channel", .type = SPI_SETTING_TEXT, .target = &o.channel},
		{.name = "language", .type = SPI_SETTING_TEXT, .target = &o.lang},
		{.name = "audience", .type = SPI_SETTING_TEXT, .target = &o.audience},
		{.name = "article", .type = SPI_SETTING_TEXT, .target = &o.article},
		{.name = "group", .type = SPI_SETTING_TEXT, .target = &o.group},
		{.name = "timezone", .type = SPI_SETTING_TEXT, .target = &o.timezone},
		{.name = "window", .type = SPI_SETTING_NUMBER, .target = &o.window_h, .min = 1, .max = 8760},
		{.name = "public", .type = SPI_SETTING_FLAG, .target = &o.is_public},
		{.name = "verify", .type = SPI_SETTING_FLAG, .target = &o.verify},
		{.name = "rebuild", .type = SPI_SETTING_FLAG, .target = &o.rebuild},
		{.name = "markdown", .type = SPI_SETTING_FLAG, .target = &o.markdown},
		{.name = "csv", .type = SPI_SETTING_FLAG, .target = &o.csv},
		{.name = "json", .type = SPI_SETTING_FLAG, .target = &o.json},
		{.name = NULL},
	};
	const char *words[SPI_WORDS_MAX];
	size_t count;
	if (!spi_read_args("report", settings, argc, argv, words, &count, 0, 0))
		return SPI_EXIT_USAGE;
	if (!o.data)
		return spi_missing("report", "data");
	sp_ledger_query query = query_of(&o);
	if (!read_range(&o, &query)) {
		fprintf(stderr, "sportello report: %s\n", spi_say("cmd.bad-day"));
		return SPI_EXIT_USAGE;
	}
	if (o.from && o.to && query.from_day >= query.until_day) {
		fprintf(stderr, "sportello report: %s\n", spi_say("cmd.days-order"));
		return SPI_EXIT_USAGE;
	}
	return run(&o, &query);
}
