/* GET /figures, /figures.csv, /figures.jsonld: what a public service owes its citizens: how many wrote, and how it went, month by
   month and by category. For everybody, only where kb.yaml says open_data, only months that are over (and whose last contacts have
   ended too), and with small cells masked. */
#include "http/dashboard.h"

#include "base/clock.h"
#include "base/zone.h"
#include "http/handlers.h"
#include "http/parts.h"
#include "sportello/catalog.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MONTHS 12
#define OUTCOMES 4
#define LICENCE "https://creativecommons.org/licenses/by/4.0/"

typedef struct figures {
	spi_dashboard d;      /* the twelve months; no filter */
	spi_span month;       /* the one whose categories are shown */
	const char *month_key;
	spi_figure months, categories;
} figures;

/* ---- which months ---- */

/* The last month whose contacts have all ended: over for as long as the window. */
static int64_t last_month(const spi_request *request)
{
	int64_t settled = spi_zone_local(request->config->timezone, request->now_utc_s - request->config->resolved_window_s).days;
	return spi_month_start(settled, -1);
}

static bool read_month(spi_request *request, figures *f)
{
	const char *asked = spi_request_query(request, "month");
	int64_t last = last_month(request);
	f->d = (spi_dashboard){.view = "", .today = spi_zone_local(request->config->timezone, request->now_utc_s).days, .by_month = true,
		.span = {spi_month_start(last, 1 - MONTHS), spi_month_start(last, 1) - 1}};
	for (int i = 0; i < SPI_FILTERS; i++)
		f->d.filter[i] = "";
	for (int n = 0; n < MONTHS; n++) {
		int64_t start = spi_month_start(last, -n);
		const char *key = spi_dashboard_time_key(request, true, start);
		if (key && (!asked || !*asked || strcmp(asked, key) == 0)) {
			f->month_key = key;
			f->month = (spi_span){start, spi_month_start(start, 1) - 1};
			return true;
		}
	}
	spi_problem(request, SPI_NOT_FOUND, "there are no figures of this month");
	return false;
}

/* ---- tables with small cells masked ---- */

static void set_row(spi_figure_row *row, const sp_measures *m, const bool *masked)
{
	spi_outcome_row(row, m);
	for (int k = 0; k < OUTCOMES; k++)
		row->value[1 + k] = masked[k] ? NAN : row->value[1 + k];
	row->value[5] = masked[0] ? NAN : row->value[5];
	row->value[6] = masked[0] || masked[1] ? NAN : row->value[6];
}

/* A row for each; one whose number of contacts is masked says nothing else either. sums_hidden: the sums of the columns are masked
   elsewhere, so nothing but the contacts may be told. */
static bool set_rows(const spi_request *request, spi_figure *figure, const sp_ledger_figures *from, bool sums_hidden)
{
	size_t count = from->count;
	uint64_t *cells = sp_arena_calloc(request->arena, count + 1, OUTCOMES * sizeof *cells);
	uint64_t *contacts = sp_arena_calloc(request->arena, count + 1, sizeof *contacts);
	bool *masked = sp_arena_calloc(request->arena, count + 1, OUTCOMES), *hidden = sp_arena_calloc(request->arena, count + 1, 1);
	if (!cells || !contacts || !masked || !hidden)
		return false;
	for (size_t i = 0; i < count; i++) {
		const sp_measures *m = &from->rows[i].m;
		const uint64_t own[OUTCOMES] = {m->confirmed, m->assumed, m->ticketed, m->abandoned};
		memcpy(cells + i * OUTCOMES, own, sizeof own);
		contacts[i] = m->contacts;
	}
	sp_mask_small(cells, count, OUTCOMES, masked);
	sp_mask_small(contacts, count, 1, hidden);
	for (size_t i = 0; i < count && i < figure->rows_count; i++) {
		static const bool all[OUTCOMES] = {true, true, true, true};
		set_row(&figure->rows[i], &from->rows[i].m, hidden[i] || sums_hidden ? all : masked + i * OUTCOMES);
		if (hidden[i])
			figure->rows[i].value[0] = NAN;
	}
	return true;
}

/* All months from the first that has contacts: one in which nothing was is a gap, not left out. */
static sp_status fill_months(const spi_request *request, const figures *f, sp_ledger_figures *now)
{
	sp_ledger_row *rows = sp_arena_calloc(request->arena, MONTHS, sizeof *rows);
	size_t count = 0, next = 0;
	if (!rows)
		return SP_ERR_NOMEM;
	for (int n = 0; n < MONTHS; n++) {
		const char *key = spi_dashboard_time_key(request, true, spi_month_start(f->d.span.from, n));
		while (key && next < now->count && strcmp(now->rows[next].key, key) < 0)
			next++;
		bool is_there = key && next < now->count && strcmp(now->rows[next].key, key) == 0;
		if (is_there && now->rows[next].m.contacts)
			rows[count++] = now->rows[next];
		else if (key && count > 0)
			rows[count++] = (sp_ledger_row){.key = key, .key2 = ""};
	}
	now->rows = rows;
	now->count = count;
	return SP_OK;
}

static sp_status make_months(spi_request *request, figures *f, sp_error *err)
{
	sp_ledger_figures now;
	spi_figure *figure = &f->months;
	sp_status status = spi_dashboard_ask(request, &f->d, f->d.span, SP_DIM_MONTH, &now, err);
	*figure = (spi_figure){.key = "months", .first_key = "month", .title = spi_page_text(request, "figures-page.months.title"),
		.about = spi_page_text(request, "figures-page.months.about"), .first = spi_page_text(request, "figures-page.months.first")};
	spi_outcome_columns(request, figure, true);
	if (status == SP_OK && now.total.contacts)
		status = fill_months(request, f, &now);
	for (size_t i = 0; status == SP_OK && now.total.contacts && i < now.count; i++) {
		const char *label, *note, *key = now.rows[i].key;
		spi_dashboard_time_label(request, key, &label, &note);
		spi_figure_row *row = spi_figure_add(request, figure, key, sp_arena_printf(request->arena, "%s %s", label, note));
		if (!row)
			return SP_ERR_NOMEM;
		row->url = spi_page_url(request, "/figures", (spi_pair[]){{"month", key}, {0}});
	}
	if (status == SP_OK && !now.total.contacts)
		return SP_OK;
	return status == SP_OK && !set_rows(request, figure, &now, false) ? SP_ERR_NOMEM : status;
}

/* Whether the month's own line has something masked. */
static bool is_masked(const figures *f)
{
	for (size_t i = 0; i < f->months.rows_count; i++)
		if (strcmp(f->months.rows[i].key, f->month_key) == 0)
			for (int k = 0; k <= OUTCOMES; k++)
				if (!isfinite(f->months.rows[i].value[k]))
					return true;
	return false;
}

static const char *month_name(const spi_request *request, const char *key)
{
	int year = 0, month = 0;
	sscanf(key, "%d-%d", &year, &month);
	return sp_arena_printf(request->arena, "%s %d", spi_page_text(request, sp_arena_printf(request->arena, "page.month.%d", month)), year);
}

/* ---- categories: those that the reader may see; all others, and contacts without one, are one line ---- */

typedef struct seeing {
	const sp_ledger_figures *all;
	sp_ledger_figures *kept;
} seeing;

static void add_measures(sp_measures *to, const sp_measures *from)
{
	to->contacts += from->contacts;
	to->confirmed += from->confirmed;
	to->assumed += from->assumed;
	to->ticketed += from->ticketed;
	to->abandoned += from->abandoned;
}

static sp_status keep_seen(spi_request *request, sp_index *index, void *arg, sp_error *err)
{
	const sp_ledger_figures *all = ((seeing *)arg)->all;
	sp_ledger_figures *kept = ((seeing *)arg)->kept;
	sp_ledger_row other = {.key = "", .key2 = ""};
	uint64_t seen;
	sp_status status = spi_page_categories(request, index, &seen, err);
	*kept = (sp_ledger_figures){.rows = status ? NULL : sp_arena_calloc(request->arena, all->count + 1, sizeof *kept->rows)};
	for (size_t i = 0; kept->rows && i < all->count; i++) {
		int category = sp_kb_category(request->config, all->rows[i].key);
		if (category >= 0 && category < SPI_PAGE_CATEGORIES_MAX && seen >> category & 1)
			kept->rows[kept->count++] = all->rows[i];
		else
			add_measures(&other.m, &all->rows[i].m);
	}
	if (kept->rows && other.m.contacts)
		kept->rows[kept->count++] = other;
	return status ? status : kept->rows ? SP_OK : SP_ERR_NOMEM;
}

static sp_status ask_categories(spi_request *request, const figures *f, sp_ledger_figures *ret, sp_error *err)
{
	sp_ledger_figures all;
	sp_status status = spi_dashboard_ask(request, &f->d, f->month, SP_DIM_CATEGORY, &all, err);
	return status ? status : spi_with_index(request, keep_seen, &(seeing){&all, ret}, err);
}

static sp_status make_categories(spi_request *request, figures *f, sp_error *err)
{
	sp_ledger_figures now;
	spi_figure *figure = &f->categories;
	sp_fill fills[] = {{"month", month_name(request, f->month_key)}, {0}};
	sp_status status = ask_categories(request, f, &now, err);
	*figure = (spi_figure){.key = "categories", .first_key = "category",
		.title = sp_catalog_fill(request->lang, "figures-page.categories.title", fills, request->arena),
		.about = spi_page_text(request, "figures-page.categories.about"), .first = spi_page_text(request, "figures-page.categories.first")};
	spi_outcome_columns(request, figure, true);
	for (size_t i = 0; status == SP_OK && i < now.count; i++)
		if (!spi_figure_add(request, figure, now.rows[i].key, *now.rows[i].key ? spi_dashboard_name(request, SP_DIM_CATEGORY, now.rows[i].key) : spi_page_text(request, "figures-page.other")))
			return SP_ERR_NOMEM;
	return status == SP_OK && !set_rows(request, figure, &now, is_masked(f)) ? SP_ERR_NOMEM : status;
}

/* False with a reply in place. */
static bool gather(spi_request *request, figures *f)
{
	sp_error err = {0};
	*f = (figures){0};
	if (!request->config->open_data) {
		spi_problem(request, SPI_NOT_FOUND, "the figures of this service are not public");
		return false;
	}
	if (!read_month(request, f))
		return false;
	sp_status status = make_months(request, f, &err);
	if (status == SP_OK)
		status = make_categories(request, f, &err);
	if (status && !request->reply.status)
		spi_reply_error(request, status, &err);
	return status == SP_OK;
}

/* ---- the page ---- */

static void draw_band(const spi_request *request, const spi_chart *chart, const spi_figure *figure)
{
	spi_figure shares = *figure;
	shares.rows = sp_arena_calloc(request->arena, figure->rows_count + 1, sizeof *shares.rows);
	for (size_t i = 0; shares.rows && i < figure->rows_count; i++) {
		shares.rows[i] = figure->rows[i];
		const double values[] = {figure->rows[i].value[5], figure->rows[i].value[6], NAN, NAN};
		memcpy(shares.rows[i].value, values, sizeof values);
	}
	if (shares.rows)
		spi_draw_self_service(request, chart, &shares);
}

static void put_figure(spi_request *request, spi_value *list, const spi_figure *figure, const char *csv, spi_figure_draw *draw)
{
	const spi_figure_kind kind = {.key = figure->key, .draw = draw};
	spi_value *item = spi_list_add(list);
	spi_figure_put(request, item, figure);
	spi_put_text(item, "csv", csv);
	spi_put_bool(item, "definitions_below", true);
	spi_put_bool(item, "has_definitions", false);
	spi_put_bool(item, "is_range", strcmp(figure->key, "self-service") == 0);
	if (figure->rows_count)
		spi_figure_put_chart(request, item, &kind, figure);
}

static const char *csv_url(const spi_request *request, const figures *f)
{
	return spi_page_url(request, "/figures.csv", (spi_pair[]){{"by", "category"}, {"month", f->month_key}, {0}});
}

static void put_months(const spi_request *request, const figures *f, spi_value *page)
{
	spi_value *list = spi_put_list(page, "months");
	for (size_t i = f->months.rows_count; i-- > 0;) {
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "key", f->months.rows[i].key);
		spi_put_text(item, "name", month_name(request, f->months.rows[i].key));
		spi_put_bool(item, "selected", strcmp(f->months.rows[i].key, f->month_key) == 0);
	}
}

void spi_h_page_figures(spi_request *request)
{
	figures f;
	if (!gather(request, &f))
		return;
	spi_value *page = spi_page_new(request);
	const char *months_csv = spi_page_url(request, "/figures.csv", (spi_pair[]){{0}});
	spi_put_text(page, "title", spi_page_text(request, "figures-page.title"));
	spi_put_text(page, "description", spi_page_text(request, "figures-page.description"));
	spi_put_text(page, "months_csv", months_csv);
	spi_put_text(page, "categories_csv", csv_url(request, &f));
	spi_put_bool(page, "has_months", f.months.rows_count > 0);
	put_months(request, &f, page);
	spi_put_definitions(request, page, "self_service_rate conversations resolved_confirmed resolved_assumed tickets abandoned masked");
	spi_value *list = spi_put_list(page, "figures");
	if (f.months.rows_count) {
		spi_figure band = f.months;
		band.key = "self-service";
		band.title = spi_page_text(request, "dashboard.self-service.title");
		band.about = spi_page_text(request, "dashboard.self-service.about");
		put_figure(request, list, &band, months_csv, draw_band);
		put_figure(request, list, &f.months, months_csv, spi_draw_outcomes);
		put_figure(request, list, &f.categories, csv_url(request, &f), spi_draw_parts);
	}
	spi_page_send(request, "figures", page, 200);
}

/* ---- data ---- */

void spi_h_figures_csv(spi_request *request)
{
	figures f;
	const char *by = spi_request_query(request, "by");
	bool by_category = by && strcmp(by, "category") == 0;
	if (by && *by && !by_category && strcmp(by, "month") != 0) {
		spi_problem_field(request, SPI_BAD_VALUE, "by", "by must be month or category");
		return;
	}
	if (!gather(request, &f))
		return;
	spi_figure_csv(by_category ? &f.categories : &f.months, &request->out);
	spi_reply_text(request, 200, "text/csv; charset=utf-8");
	spi_reply_header(request, "Content-Disposition",
		by_category ? sp_arena_printf(request->arena, "attachment; filename=\"figures-%s.csv\"", f.month_key) : "attachment; filename=\"figures.csv\"");
}

/* With the host, where it is known: catalogues keep what they read apart from where it stood. */
static const char *absolute(const spi_request *request, const char *url)
{
	const char *base = request->worker->server->options.public_url;
	return base ? sp_arena_printf(request->arena, "%s%s", base, url) : url;
}

static void add_id(sp_json *json, const char *name, const char *iri)
{
	sp_json_object(json, name);
	sp_json_string(json, "@id", iri);
	sp_json_object_end(json);
}

static void add_distribution(sp_json *json, const char *title, const char *url)
{
	sp_json_object(json, NULL);
	sp_json_string(json, "@type", "dcat:Distribution");
	sp_json_string(json, "dct:title", title);
	add_id(json, "dcat:downloadURL", url);
	sp_json_string(json, "dcat:mediaType", "text/csv");
	add_id(json, "dct:license", LICENCE);
	sp_json_object_end(json);
}

static void add_context(sp_json *json)
{
	sp_json_object(json, "@context");
	sp_json_string(json, "dcat", "http://www.w3.org/ns/dcat#");
	sp_json_string(json, "dct", "http://purl.org/dc/terms/");
	sp_json_string(json, "foaf", "http://xmlns.com/foaf/0.1/");
	sp_json_object_end(json);
}

/* A DCAT data set, so that catalogues of open data can take it in. */
void spi_h_figures_catalogue(spi_request *request)
{
	figures f;
	sp_json json;
	if (!gather(request, &f))
		return;
	sp_json_init(&json, &request->out);
	sp_json_object(&json, NULL);
	add_context(&json);
	sp_json_string(&json, "@id", absolute(request, "/figures.jsonld"));
	sp_json_string(&json, "@type", "dcat:Dataset");
	sp_json_string(&json, "dct:title", spi_page_text(request, "figures-page.title"));
	sp_json_string(&json, "dct:description", spi_page_text(request, "figures-page.description"));
	sp_json_string(&json, "dct:language", sp_lang_code(request->lang));
	sp_json_object(&json, "dct:publisher");
	sp_json_string(&json, "@type", "foaf:Agent");
	sp_json_string(&json, "foaf:name", sp_texts_get(&request->config->name, request->lang));
	sp_json_object_end(&json);
	add_id(&json, "dcat:theme", "http://publications.europa.eu/resource/authority/data-theme/GOVE");
	add_id(&json, "dct:accrualPeriodicity", "http://publications.europa.eu/resource/authority/frequency/MONTHLY");
	add_id(&json, "dcat:landingPage", absolute(request, "/figures"));
	sp_json_object(&json, "dct:temporal");
	sp_json_string(&json, "@type", "dct:PeriodOfTime");
	sp_json_string(&json, "dcat:startDate", spi_dashboard_time_key(request, false, f.d.span.from));
	sp_json_string(&json, "dcat:endDate", spi_dashboard_time_key(request, false, f.d.span.to));
	sp_json_object_end(&json);
	sp_json_array(&json, "dcat:distribution");
	add_distribution(&json, spi_page_text(request, "figures-page.download.months"), absolute(request, spi_page_url(request, "/figures.csv", (spi_pair[]){{0}})));
	add_distribution(&json, spi_page_text(request, "figures-page.download.categories"), absolute(request, csv_url(request, &f)));
	sp_json_array_end(&json);
	sp_json_object_end(&json);
	spi_reply_text(request, 200, "application/ld+json");
}
