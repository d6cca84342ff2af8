/* GET /dashboard/, /dashboard/{view} and /dashboard/csv/{figure}: the managers' figures as pages, and each as CSV. */
#include "http/dashboard.h"

#include "base/clock.h"
#include "http/handlers.h"
#include "http/numbers.h"
#include "http/parts.h"
#include "sportello/catalog.h"

#include <string.h>

/* The last one is a page of its own (h_gaps.c), with the same frame. */
static const char *const views[] = {"", "topics", "contacts", "work", "rules", "gaps"};
#define VIEWS (sizeof views / sizeof *views)
#define OWN_VIEWS (VIEWS - 1)

static const char *path_of(const spi_request *request, const char *view)
{
	return sp_arena_printf(request->arena, "/dashboard/%s", view);
}

static sp_date date_of(int64_t days)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	return year * 10000 + (int)month * 100 + (int)day;
}

/* "Dal 1º gennaio 2021 al 30 aprile 2021", or in the middle of a sentence. */
static const char *span_text(const spi_request *request, spi_span span, const char *key)
{
	sp_fill fills[] = {{"from", spi_page_date(request, date_of(span.from))}, {"to", spi_page_date(request, date_of(span.to))}, {0}};
	const char *text = sp_catalog_fill(request->lang, span.from == span.to ? "dashboard.span.day" : key, fills, request->arena);
	return text ? text : "";
}

/* ---- frame ---- */

void spi_dashboard_put_frame(const spi_request *request, const spi_dashboard *d, spi_value *page)
{
	spi_put_text(page, "title", spi_page_text(request, sp_arena_printf(request->arena, "dashboard.view.%s", *d->view ? d->view : "overview")));
	spi_value *list = spi_put_list(page, "views");
	for (size_t i = 0; i < VIEWS; i++) {
		spi_value *item = spi_list_add(list);
		const char *name = sp_arena_printf(request->arena, "dashboard.view.%s", *views[i] ? views[i] : "overview");
		spi_put_text(item, "name", spi_page_text(request, name));
		spi_put_text(item, "url", spi_dashboard_url(request, d, path_of(request, views[i]), NULL, SPI_FILTERS, NULL));
		spi_put_bool(item, "current", strcmp(views[i], d->view) == 0);
	}
	spi_value *who = request->caller.subject ? spi_put_object(page, "who") : NULL;
	spi_put_text(who, "subject", request->caller.subject);
}

static void put_presets(const spi_request *request, const spi_dashboard *d, spi_value *page)
{
	static const char *const names[SPI_PRESET_COUNT] = {"month", "last-month", "quarter", "year", "twelve-months"};
	spi_value *list = spi_put_list(page, "presets");
	for (int i = 0; i < SPI_PRESET_COUNT; i++) {
		spi_span span = spi_span_preset((spi_preset)i, d->today);
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "name", spi_page_text(request, sp_arena_printf(request->arena, "dashboard.preset.%s", names[i])));
		spi_put_text(item, "url", spi_dashboard_url(request, d, path_of(request, d->view), &span, SPI_FILTERS, NULL));
		spi_put_bool(item, "current", span.from == d->span.from && span.to == d->span.to);
	}
}

/* ---- filters ---- */

static void add_option(spi_value *list, const spi_dashboard *d, spi_filter filter, const char *key, const char *name)
{
	spi_value *option = spi_list_add(list);
	spi_put_text(option, "value", key);
	spi_put_text(option, "name", name);
	spi_put_bool(option, "selected", strcmp(d->filter[filter], key) == 0);
}

static spi_value *add_filter(const spi_request *request, spi_value *list, const spi_dashboard *d, spi_filter filter)
{
	spi_value *item = spi_list_add(list);
	const char *name = spi_filter_names[filter];
	spi_put_text(item, "name", name);
	spi_put_text(item, "label", spi_page_text(request, sp_arena_printf(request->arena, "dashboard.filter.%s", name)));
	spi_value *options = spi_put_list(item, "options");
	add_option(options, d, filter, "", spi_page_text(request, sp_arena_printf(request->arena, "dashboard.filter.%s.all", name)));
	return options;
}

/* Channels are those that were used in the span; what is chosen is always among them. */
static sp_status put_channels(const spi_request *request, const spi_dashboard *d, spi_value *filters, sp_error *err)
{
	spi_dashboard all = *d;
	sp_ledger_figures figures;
	spi_value *options = add_filter(request, filters, d, SPI_FILTER_CHANNEL);
	const char *chosen = d->filter[SPI_FILTER_CHANNEL];
	bool is_there = !*chosen;
	if (spi_dashboard_is_filtered(d))
		all.view = "work"; /* nothing else of these is asked for */
	for (int i = 0; i < SPI_FILTERS; i++)
		all.filter[i] = "";
	sp_status status = spi_dashboard_ask(request, &all, d->span, SP_DIM_CHANNEL, &figures, err);
	for (size_t i = 0; status == SP_OK && i < figures.count; i++) {
		const char *key = *figures.rows[i].key ? figures.rows[i].key : SPI_NO_KEY;
		add_option(options, d, SPI_FILTER_CHANNEL, key, spi_dashboard_name(request, SP_DIM_CHANNEL, figures.rows[i].key));
		is_there |= strcmp(key, chosen) == 0;
	}
	if (!is_there)
		add_option(options, d, SPI_FILTER_CHANNEL, chosen, spi_dashboard_name(request, SP_DIM_CHANNEL, chosen));
	return status;
}

static sp_status put_filters(const spi_request *request, const spi_dashboard *d, spi_value *page, sp_error *err)
{
	const sp_kb_config *config = request->config;
	spi_value *filters = spi_put_list(page, "filters");
	spi_value *options = add_filter(request, filters, d, SPI_FILTER_CATEGORY);
	for (size_t i = 0; i < config->categories_count; i++)
		add_option(options, d, SPI_FILTER_CATEGORY, config->categories[i].key, sp_texts_get(&config->categories[i].name, request->lang));
	add_option(options, d, SPI_FILTER_CATEGORY, SPI_NO_KEY, spi_page_text(request, "dashboard.without"));
	sp_status status = put_channels(request, d, filters, err);
	options = add_filter(request, filters, d, SPI_FILTER_LANG);
	for (int lang = 0; lang < SP_LANG_COUNT; lang++)
		if (config->langs & 1u << lang)
			add_option(options, d, SPI_FILTER_LANG, sp_lang_code((sp_lang)lang), spi_dashboard_name(request, SP_DIM_LANG, sp_lang_code((sp_lang)lang)));
	options = add_filter(request, filters, d, SPI_FILTER_AUDIENCE);
	for (size_t i = 0; i < config->audiences_count; i++)
		add_option(options, d, SPI_FILTER_AUDIENCE, config->audiences[i].key, sp_texts_get(&config->audiences[i].name, request->lang));
	options = add_filter(request, filters, d, SPI_FILTER_GROUP);
	for (size_t i = 0; i < config->groups_count; i++)
		add_option(options, d, SPI_FILTER_GROUP, config->groups[i].key, sp_texts_get(&config->groups[i].name, request->lang));
	return status;
}

/* What is filtered now, each with a link that takes it away. */
static void put_active(const spi_request *request, const spi_dashboard *d, spi_value *page)
{
	static const sp_dim dims[SPI_FILTERS] = {SP_DIM_CATEGORY, SP_DIM_CHANNEL, SP_DIM_LANG, SP_DIM_AUDIENCE, SP_DIM_GROUP};
	spi_value *list = spi_put_list(page, "active");
	for (int i = 0; i < SPI_FILTERS; i++) {
		const char *value = d->filter[i];
		if (!*value)
			continue;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "label", spi_page_text(request, sp_arena_printf(request->arena, "dashboard.filter.%s", spi_filter_names[i])));
		spi_put_text(item, "name", spi_dashboard_name(request, dims[i], strcmp(value, SPI_NO_KEY) == 0 ? "" : value));
		spi_put_text(item, "url", spi_dashboard_url(request, d, path_of(request, d->view), NULL, (spi_filter)i, ""));
	}
	spi_put_bool(page, "is_filtered", spi_dashboard_is_filtered(d));
}

static void put_spans(const spi_request *request, const spi_dashboard *d, spi_value *page)
{
	spi_put_text(page, "from", spi_page_iso_date(request, date_of(d->span.from)));
	spi_put_text(page, "to", spi_page_iso_date(request, date_of(d->span.to)));
	spi_put_text(page, "span", span_text(request, d->span, "dashboard.span"));
	spi_put_text(page, "before", span_text(request, d->before, "dashboard.span.inside"));
	spi_put_bool(page, "wrong_span", d->wrong_span);
	spi_put_text(page, "here", path_of(request, d->view));
}

/* ---- figures ---- */

static sp_status put_figure(spi_request *request, const spi_dashboard *d, spi_value *list, const spi_figure_kind *kind, sp_error *err)
{
	spi_figure figure;
	spi_figure_open(request, kind, &figure);
	sp_status status = kind->make(request, d, &figure, err);
	spi_value *item = status && status != SP_ERR_INVALID ? NULL : spi_list_add(list);
	spi_figure shown = figure;
	if (status && status != SP_ERR_INVALID)
		return status;
	if (kind->drawn_max && shown.rows_count > kind->drawn_max) {
		shown.rows_count = kind->drawn_max;
		spi_put_text(item, "left_out", spi_number(request->lang, (double)(figure.rows_count - kind->drawn_max), 0, request->arena));
	}
	spi_figure_put(request, item, &shown);
	spi_put_bool(item, "half", kind->is_half);
	spi_put_bool(item, "not_possible", status == SP_ERR_INVALID);
	spi_put_definitions(request, item, kind->defines);
	spi_put_bool(item, "is_band", strcmp(kind->key, "self-service") == 0);
	spi_put_text(item, "csv", spi_dashboard_url(request, d, sp_arena_printf(request->arena, "/dashboard/csv/%s", kind->key), NULL, SPI_FILTERS, NULL));
	if (figure.rows_count)
		spi_figure_put_chart(request, item, kind, &figure);
	return SP_OK;
}

static sp_status put_figures(spi_request *request, const spi_dashboard *d, spi_value *page, sp_error *err)
{
	sp_ledger_figures now, before = {0};
	sp_status status = spi_dashboard_ask(request, d, d->span, SP_DIM_NONE, &now, err);
	if (status == SP_OK && !*d->view)
		status = spi_dashboard_ask(request, d, d->before, SP_DIM_NONE, &before, err);
	if (status)
		return status;
	bool is_empty = !now.total.contacts && !now.total.tickets && !now.total.wrong;
	spi_put_bool(page, "is_empty", is_empty);
	spi_put_bool(page, "is_new", is_empty && !spi_dashboard_is_filtered(d) && !d->spans_named);
	if (is_empty)
		return SP_OK;
	spi_put_bool(page, "has_tiles", !*d->view);
	if (!*d->view)
		spi_dashboard_put_tiles(request, page, &now.total, &before.total);
	spi_value *list = spi_put_list(page, "figures");
	for (const spi_figure_kind *kind = spi_figure_kinds; kind->key && status == SP_OK; kind++)
		if (strcmp(kind->view, d->view) == 0)
			status = put_figure(request, d, list, kind, err);
	return status;
}

static void send_view(spi_request *request, const char *view)
{
	spi_dashboard d;
	sp_error err = {0};
	spi_dashboard_read(request, &d);
	d.view = view;
	spi_value *page = spi_page_new(request);
	spi_dashboard_put_frame(request, &d, page);
	put_presets(request, &d, page);
	put_spans(request, &d, page);
	put_active(request, &d, page);
	sp_status status = put_filters(request, &d, page, &err);
	if (status == SP_OK)
		status = put_figures(request, &d, page, &err);
	if (status && !request->reply.status)
		spi_reply_error(request, status, &err);
	else if (!request->reply.status)
		spi_page_send(request, "dashboard", page, d.wrong_span ? 422 : 200);
}

void spi_h_page_dashboard(spi_request *request)
{
	send_view(request, "");
}

void spi_h_page_dashboard_view(spi_request *request)
{
	for (size_t i = 1; i < OWN_VIEWS; i++)
		if (strcmp(views[i], request->params[0]) == 0) {
			send_view(request, views[i]);
			return;
		}
	spi_problem(request, SPI_NOT_FOUND, "there is no such page");
}

/* ---- CSV ---- */

void spi_h_dashboard_csv(spi_request *request)
{
	const spi_figure_kind *kind = spi_figure_kinds;
	spi_dashboard d;
	spi_figure figure;
	sp_error err = {0};
	while (kind->key && strcmp(kind->key, request->params[0]) != 0)
		kind++;
	spi_dashboard_read(request, &d);
	if (!kind->key || d.wrong_span) {
		spi_problem(request, kind->key ? SPI_BAD_VALUE : SPI_NOT_FOUND, "there is no such figure");
		return;
	}
	spi_figure_open(request, kind, &figure);
	sp_status status = kind->make(request, &d, &figure, &err);
	if (status) {
		if (!request->reply.status)
			spi_reply_error(request, status, &err);
		return;
	}
	spi_figure_csv(&figure, &request->out);
	spi_reply_text(request, 200, "text/csv; charset=utf-8");
	spi_reply_header(request, "Content-Disposition", sp_arena_printf(request->arena, "attachment; filename=\"%s.csv\"", kind->key));
}
