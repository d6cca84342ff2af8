/* Figures by what a contact is about, where it came from, and who counts it. */
#include "http/dashboard.h"

#include "http/parts.h"
#include "sportello/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define HOURS 24
#define WEEKDAYS 7

static const char *text(const spi_request *request, const char *key)
{
	return spi_page_text(request, key);
}

/* ---- outcomes by something ---- */

/* Each row leads to the overview of what it counts. */
static sp_status make_by(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_dim by, spi_filter filter, sp_error *err)
{
	sp_ledger_figures now;
	sp_status status = spi_dashboard_ask(request, d, d->span, by, &now, err);
	spi_outcome_columns(request, figure, true);
	for (size_t i = 0; status == SP_OK && i < now.count; i++) {
		const char *key = now.rows[i].key;
		if (!now.rows[i].m.contacts)
			continue;
		spi_figure_row *row = spi_figure_add(request, figure, key, spi_dashboard_name(request, by, key));
		if (!row)
			return SP_ERR_NOMEM;
		spi_outcome_row(row, &now.rows[i].m);
		row->url = spi_dashboard_url(request, d, "/dashboard/", NULL, filter, *key ? key : SPI_NO_KEY);
	}
	return status;
}

sp_status spi_make_categories(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	return make_by(request, d, figure, SP_DIM_CATEGORY, SPI_FILTER_CATEGORY, err);
}

sp_status spi_make_channels(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	return make_by(request, d, figure, SP_DIM_CHANNEL, SPI_FILTER_CHANNEL, err);
}

sp_status spi_make_languages(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	return make_by(request, d, figure, SP_DIM_LANG, SPI_FILTER_LANG, err);
}

sp_status spi_make_audiences(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	return make_by(request, d, figure, SP_DIM_AUDIENCE, SPI_FILTER_AUDIENCE, err);
}

/* ---- articles ---- */

/* Titles are those that the caller may read; of all else the id, which is no text. */
static sp_status name_articles(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	spi_figure *figure = arg;
	(void)err;
	for (size_t i = 0; i < figure->rows_count; i++) {
		sp_record record;
		spi_figure_row *row = &figure->rows[i];
		sp_status status = sp_index_get(index, row->key, request->lang, request->arena, &record, NULL);
		if (status == SP_ERR_NOT_FOUND)
			status = sp_index_get(index, row->key, SP_LANG_NONE, request->arena, &record, NULL);
		if (status == SP_ERR_CHANGED)
			return status;
		if (status == SP_OK) {
			row->label = record.title;
			row->url = spi_page_url(request, "/agent/", (spi_pair[]){{"id", row->key}, {0}});
		}
	}
	return SP_OK;
}

sp_status spi_make_articles(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	sp_ledger_figures now;
	sp_status status = spi_dashboard_ask(request, d, d->span, SP_DIM_ARTICLE, &now, err);
	spi_figure_column(figure, "shown", text(request, "dashboard.articles.shown"), SPI_CELL_COUNT);
	spi_figure_column(figure, "solved", text(request, "definition.resolved_confirmed.name"), SPI_CELL_COUNT);
	spi_figure_column(figure, "solved_assumed", text(request, "definition.resolved_assumed.name"), SPI_CELL_COUNT);
	spi_figure_column(figure, "not_solved", text(request, "definition.not_solved.name"), SPI_CELL_COUNT);
	spi_figure_column(figure, "said_no", text(request, "definition.said_no.name"), SPI_CELL_COUNT);
	spi_figure_column(figure, "wrong_reports", text(request, "definition.wrong_reports.name"), SPI_CELL_COUNT);
	for (size_t i = 0; status == SP_OK && i < now.count; i++) {
		const sp_measures *m = &now.rows[i].m;
		bool is_told = *now.rows[i].key && (m->contacts || m->wrong); /* of some there are tickets alone: these are no answers */
		spi_figure_row *row = is_told ? spi_figure_add(request, figure, now.rows[i].key, now.rows[i].key) : NULL;
		const double values[] = {(double)m->contacts, (double)m->confirmed, (double)m->assumed, (double)(m->contacts - m->confirmed - m->assumed),
			(double)m->said_no, (double)m->wrong};
		if (row)
			memcpy(row->value, values, sizeof values);
	}
	return status ? status : spi_with_index(request, name_articles, figure, err);
}

/* ---- hours of the week ---- */

sp_status spi_make_hours(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	static const char *const keys[WEEKDAYS] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	sp_ledger_figures now;
	sp_status status = spi_dashboard_ask(request, d, d->span, SP_DIM_WEEKDAY_HOUR, &now, err);
	for (int i = 0; i < WEEKDAYS; i++)
		spi_figure_column(figure, keys[i], text(request, sp_arena_printf(request->arena, "dashboard.weekday.%d", i + 1)), SPI_CELL_COUNT);
	for (int hour = 0; status == SP_OK && now.total.contacts && hour < HOURS; hour++) {
		const char *key = sp_arena_printf(request->arena, "%02d", hour);
		spi_figure_row *row = key ? spi_figure_add(request, figure, key, sp_arena_printf(request->arena, "%d", hour)) : NULL;
		for (int i = 0; row && i < WEEKDAYS; i++)
			row->value[i] = 0;
	}
	for (size_t i = 0; status == SP_OK && i < now.count; i++) {
		int weekday, hour;
		if (sscanf(now.rows[i].key, "%d-%d", &weekday, &hour) == 2 && weekday >= 1 && weekday <= WEEKDAYS && hour >= 0 &&
			(size_t)hour < figure->rows_count)
			figure->rows[hour].value[weekday - 1] = (double)now.rows[i].m.contacts;
	}
	return status;
}

/* ---- groups ---- */

sp_status spi_make_groups(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	sp_ledger_figures now;
	sp_status status = spi_dashboard_ask(request, d, d->span, SP_DIM_GROUP, &now, err);
	spi_figure_column(figure, "tickets", text(request, "dashboard.groups.tickets"), SPI_CELL_COUNT);
	spi_figure_column(figure, "tickets_closed", text(request, "dashboard.groups.closed"), SPI_CELL_COUNT);
	spi_figure_column(figure, "tickets_reopened", text(request, "definition.reopened.name"), SPI_CELL_COUNT);
	spi_figure_column(figure, "tickets_received", text(request, "definition.received.name"), SPI_CELL_COUNT);
	spi_figure_column(figure, "escalation_rate", text(request, "dashboard.groups.rate"), SPI_CELL_SHARE);
	spi_figure_column(figure, "tickets_preventable", text(request, "definition.preventable.name"), SPI_CELL_COUNT);
	for (size_t i = 0; status == SP_OK && i < now.count; i++) {
		const sp_measures *m = &now.rows[i].m;
		const char *key = now.rows[i].key;
		if (!m->tickets && !m->received && !m->closed)
			continue;
		spi_figure_row *row = spi_figure_add(request, figure, key, spi_dashboard_name(request, SP_DIM_GROUP, key));
		/* Where it is now, and where it was passed to, are two things: the rate is of all tickets, as `report --by group` tells it. */
		const double values[] = {(double)m->tickets, (double)m->closed, (double)m->reopened, (double)m->received,
			sp_ratio(m->received, now.total.tickets), (double)m->preventable};
		if (!row)
			return SP_ERR_NOMEM;
		memcpy(row->value, values, sizeof values);
		row->url = spi_dashboard_url(request, d, "/dashboard/", NULL, SPI_FILTER_GROUP, *key ? key : SPI_NO_KEY);
	}
	return status;
}

/* ---- the rules of others ---- */

sp_status spi_make_rules(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	sp_ledger_figures now;
	sp_status status = spi_dashboard_ask(request, d, d->span, SP_DIM_NONE, &now, err);
	spi_figure_column(figure, "counted", text(request, "dashboard.rules.counted"), SPI_CELL_COUNT);
	spi_figure_column(figure, "resolved", text(request, "dashboard.rules.resolved"), SPI_CELL_COUNT);
	spi_figure_column(figure, "potential", text(request, "dashboard.rules.potential"), SPI_CELL_COUNT);
	spi_figure_column(figure, "low", text(request, "dashboard.rules.low"), SPI_CELL_SHARE);
	spi_figure_column(figure, "high", text(request, "dashboard.rules.high"), SPI_CELL_SHARE);
	for (int rules = 0; status == SP_OK && now.total.contacts && rules < SP_RULES_COUNT; rules++) {
		const char *key = sp_rules_name((sp_ruleset)rules);
		sp_ruling r = sp_measures_ruling(&now.total, (sp_ruleset)rules);
		bool has_potential = rules == SP_RULES_SPORTELLO || rules == SP_RULES_SERVICENOW;
		spi_figure_row *row = spi_figure_add(request, figure, key, rules == SP_RULES_SPORTELLO ?
			text(request, "dashboard.rules.sportello") : sp_definition_name(sp_arena_printf(request->arena, "rules.%s", key), request->lang));
		if (!row)
			return SP_ERR_NOMEM;
		row->value[0] = r.counted;
		row->value[1] = r.resolved;
		row->value[2] = has_potential ? r.potential : NAN;
		row->value[3] = sp_ratio(r.resolved, r.counted);
		row->value[4] = has_potential ? sp_ratio(r.resolved + r.potential, r.counted) : row->value[3];
	}
	return status;
}
