/* Figures over time, and the funnel. */
#include "http/dashboard.h"

#include "sportello/catalog.h"

#include <math.h>
#include <string.h>

static const char *text(const spi_request *request, const char *key)
{
	return spi_page_text(request, key);
}

/* ---- over time ---- */

static const sp_measures *find(const sp_ledger_figures *figures, const char *key)
{
	for (size_t i = 0; key && i < figures->count; i++)
		if (strcmp(figures->rows[i].key, key) == 0)
			return &figures->rows[i].m;
	return NULL;
}

/* Begin of the n-th month or day of a span. */
static int64_t step_of(const spi_dashboard *d, spi_span span, int n)
{
	return d->by_month ? (n == 0 ? span.from : spi_month_start(span.from, n)) : span.from + n;
}

/* The last day of the n-th, which is not behind the span's. */
static int64_t step_end(const spi_dashboard *d, spi_span span, int n)
{
	int64_t end = d->by_month ? spi_month_start(span.from, n + 1) - 1 : span.from + n;
	return end < span.to ? end : span.to;
}

/* A row for each month or day of the span, also where nothing was. */
static spi_figure_row *add_step(const spi_request *request, const spi_dashboard *d, spi_figure *figure, int n)
{
	const char *label, *note, *key = spi_dashboard_time_key(request, d->by_month, step_of(d, d->span, n));
	if (!key)
		return NULL;
	spi_dashboard_time_label(request, key, &label, &note);
	spi_figure_row *row = spi_figure_add(request, figure, key, sp_arena_printf(request->arena, "%s %s", label, note));
	spi_span inside = {step_of(d, d->span, n), step_end(d, d->span, n)};
	if (row && (inside.from != inside.to))
		row->url = spi_dashboard_url(request, d, "/dashboard/", &inside, SPI_FILTERS, NULL);
	return row;
}

sp_status spi_make_self_service(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	sp_ledger_figures now, before;
	sp_dim by = d->by_month ? SP_DIM_MONTH : SP_DIM_DAY;
	sp_status status = spi_dashboard_ask(request, d, d->span, by, &now, err);
	if (status == SP_OK)
		status = spi_dashboard_ask(request, d, d->before, by, &before, err);
	spi_figure_column(figure, "low", text(request, "dashboard.low"), SPI_CELL_SHARE);
	spi_figure_column(figure, "high", text(request, "dashboard.high"), SPI_CELL_SHARE);
	spi_figure_column(figure, "before_low", text(request, "dashboard.before-low"), SPI_CELL_SHARE);
	spi_figure_column(figure, "before_high", text(request, "dashboard.before-high"), SPI_CELL_SHARE);
	for (int n = 0; status == SP_OK && now.total.contacts && step_of(d, d->span, n) <= d->span.to; n++) {
		spi_figure_row *row = add_step(request, d, figure, n);
		const sp_measures *m = row ? find(&now, row->key) : NULL;
		const sp_measures *b = step_of(d, d->before, n) <= d->before.to ?
			find(&before, spi_dashboard_time_key(request, d->by_month, step_of(d, d->before, n))) : NULL;
		if (m) {
			row->value[0] = sp_self_service(m).low;
			row->value[1] = sp_self_service(m).high;
		}
		if (row && b) {
			row->value[2] = sp_self_service(b).low;
			row->value[3] = sp_self_service(b).high;
		}
	}
	return status;
}

sp_status spi_make_outcomes(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	sp_ledger_figures now;
	sp_status status = spi_dashboard_ask(request, d, d->span, d->by_month ? SP_DIM_MONTH : SP_DIM_DAY, &now, err);
	spi_outcome_columns(request, figure, false);
	for (int n = 0; status == SP_OK && now.total.contacts && step_of(d, d->span, n) <= d->span.to; n++) {
		static const sp_measures none;
		spi_figure_row *row = add_step(request, d, figure, n);
		const sp_measures *found = row ? find(&now, row->key) : NULL, *m = found ? found : &none;
		if (!row)
			break;
		spi_outcome_row(row, m);
	}
	return status;
}

/* ---- funnel ---- */

sp_status spi_make_funnel(spi_request *request, const spi_dashboard *d, spi_figure *figure, sp_error *err)
{
	sp_ledger_figures now;
	sp_status status = spi_dashboard_ask(request, d, d->span, SP_DIM_NONE, &now, err);
	spi_figure_column(figure, "count", text(request, "dashboard.count"), SPI_CELL_COUNT);
	spi_figure_column(figure, "share", text(request, "dashboard.share"), SPI_CELL_SHARE);
	if (status || !now.total.contacts)
		return status;
	const sp_measures *m = &now.total;
	const struct {
		const char *key, *name;
		uint64_t count;
	} steps[] = {{"asked", "dashboard.funnel.asked", m->contacts}, {"answered", "definition.answered.name", m->answered},
		{"resolved_confirmed", "definition.resolved_confirmed.name", m->confirmed}, {"resolved_assumed", "definition.resolved_assumed.name", m->assumed},
		{"tickets", "definition.tickets.name", m->ticketed}, {"escalated", "dashboard.funnel.escalated", m->escalated}};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		spi_figure_row *row = spi_figure_add(request, figure, steps[i].key, text(request, steps[i].name));
		if (!row)
			return SP_ERR_NOMEM;
		row->value[0] = (double)steps[i].count;
		row->value[1] = sp_ratio(steps[i].count, m->contacts);
	}
	return SP_OK;
}
