/* The dashboard's address: spans, filters, and the names of what is filtered. */
#include "http/dashboard.h"

#include "base/clock.h"
#include "base/zone.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <string.h>

const char *const spi_filter_names[SPI_FILTERS] = {"category", "channel", "of_lang", "audience", "group"};

#define ASKED_MAX 16
#define TOGETHER_MAX 6

struct spi_asked {
	size_t count;
	struct {
		spi_span span;
		sp_dim by;
		const char *filter[SPI_FILTERS];
		sp_ledger_figures figures;
	} of[ASKED_MAX];
};

static bool read_day(const spi_request *request, const char *name, int64_t fallback, int64_t *ret)
{
	const char *text = spi_request_query(request, name);
	*ret = fallback;
	if (!text || !*text)
		return true;
	sp_date date = sp_date_parse(text, strlen(text));
	if (date)
		*ret = sp_date_days(date);
	return date != 0;
}

void spi_dashboard_read(spi_request *request, spi_dashboard *d)
{
	const char *from = spi_request_query(request, "from"), *to = spi_request_query(request, "to");
	*d = (spi_dashboard){.view = "", .today = spi_zone_local(request->config->timezone, request->now_utc_s).days,
		.asked = sp_arena_calloc(request->arena, 1, sizeof *d->asked)};
	spi_span usual = spi_span_preset(SPI_PRESET_TWELVE_MONTHS, d->today);
	d->spans_named = (from && *from) || (to && *to);
	bool is_right = read_day(request, "to", usual.to, &d->span.to);
	is_right &= read_day(request, "from", spi_month_start(d->span.to, -11), &d->span.from);
	d->wrong_span = !is_right || d->span.from > d->span.to;
	if (d->wrong_span)
		d->span = usual;
	d->before = spi_span_before(d->span);
	d->by_month = spi_span_by_month(d->span);
	for (int i = 0; i < SPI_FILTERS; i++) {
		const char *value = spi_request_query(request, spi_filter_names[i]);
		d->filter[i] = value ? value : "";
	}
}

bool spi_dashboard_is_filtered(const spi_dashboard *d)
{
	for (int i = 0; i < SPI_FILTERS; i++)
		if (*d->filter[i])
			return true;
	return false;
}

static const char *iso_day(const spi_request *request, int64_t days)
{
	int year;
	unsigned month, day;
	spi_civil_of_days(days, &year, &month, &day);
	return sp_arena_printf(request->arena, "%04d-%02u-%02u", year, month, day);
}

const char *spi_dashboard_url(const spi_request *request, const spi_dashboard *d, const char *path, const spi_span *span,
	spi_filter filter, const char *value)
{
	spi_pair pairs[SPI_FILTERS + 3] = {0};
	size_t count = 0;
	if (span || (d->spans_named && !d->wrong_span)) {
		pairs[count++] = (spi_pair){"from", iso_day(request, span ? span->from : d->span.from)};
		pairs[count++] = (spi_pair){"to", iso_day(request, span ? span->to : d->span.to)};
	}
	for (int i = 0; i < SPI_FILTERS; i++)
		pairs[count++] = (spi_pair){spi_filter_names[i], i == (int)filter ? value : d->filter[i]};
	return spi_page_url(request, path, pairs);
}

static const char *filter_of(const spi_dashboard *d, spi_filter filter)
{
	const char *value = d->filter[filter];
	return !*value ? NULL : strcmp(value, SPI_NO_KEY) == 0 ? "" : value;
}

/* The sum alone (SP_DIM_NONE) is that of any question whose rows hold each contact once. */
static bool answers(sp_dim asked, sp_dim by)
{
	return asked == by || (by == SP_DIM_NONE && (asked == SP_DIM_MONTH || asked == SP_DIM_DAY || asked == SP_DIM_CHANNEL));
}

static bool recall(const spi_dashboard *d, spi_span span, sp_dim by, sp_ledger_figures *ret)
{
	for (size_t i = 0; d->asked && i < d->asked->count; i++) {
		bool is_same = d->asked->of[i].span.from == span.from && d->asked->of[i].span.to == span.to && answers(d->asked->of[i].by, by);
		for (int k = 0; is_same && k < SPI_FILTERS; k++)
			is_same = strcmp(d->asked->of[i].filter[k], d->filter[k]) == 0;
		if (is_same) {
			*ret = d->asked->of[i].figures;
			return true;
		}
	}
	return false;
}

static void remember(const spi_dashboard *d, spi_span span, sp_dim by, const sp_ledger_figures *figures)
{
	if (!d->asked || d->asked->count == ASKED_MAX)
		return;
	size_t at = d->asked->count++;
	d->asked->of[at].span = span;
	d->asked->of[at].by = by;
	memcpy(d->asked->of[at].filter, d->filter, sizeof d->filter);
	d->asked->of[at].figures = *figures;
}

/* What the rest of the page will ask of these days is read along: most of the time is that of the reading. Returns how many. */
static size_t read_along(const spi_dashboard *d, spi_span span, sp_dim by, sp_dim ret[TOGETHER_MAX])
{
	const sp_dim time = d->by_month ? SP_DIM_MONTH : SP_DIM_DAY;
	const bool is_topics = strcmp(d->view, "topics") == 0, is_contacts = strcmp(d->view, "contacts") == 0;
	const struct { sp_dim dim; bool is_needed; } more[] = {{time, !*d->view || strcmp(d->view, "rules") == 0}, {SP_DIM_CHANNEL, true},
		{SP_DIM_CATEGORY, is_topics}, {SP_DIM_LANG, is_contacts}, {SP_DIM_AUDIENCE, is_contacts}};
	size_t count = 0;
	bool goes_along = false;
	ret[count++] = by;
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		goes_along |= more[i].dim == by;
	bool is_now = span.from == d->span.from && span.to == d->span.to;
	for (size_t i = 0; d->asked && goes_along && is_now && i < sizeof more / sizeof *more; i++)
		if (more[i].is_needed && more[i].dim != by && (!spi_dashboard_is_filtered(d) || more[i].dim != SP_DIM_CHANNEL || is_contacts))
			ret[count++] = more[i].dim;
	return count;
}

sp_status spi_dashboard_ask(const spi_request *request, const spi_dashboard *d, spi_span span, sp_dim by, sp_ledger_figures *ret, sp_error *err)
{
	const sp_ledger_query query = {.from_day = span.from, .until_day = span.to + 1,
		.category = filter_of(d, SPI_FILTER_CATEGORY), .channel = filter_of(d, SPI_FILTER_CHANNEL), .lang = filter_of(d, SPI_FILTER_LANG),
		.audience = filter_of(d, SPI_FILTER_AUDIENCE), .group = filter_of(d, SPI_FILTER_GROUP),
		.window_s = request->config->resolved_window_s, .timezone = request->config->timezone, .now_utc_s = request->now_utc_s};
	sp_dim dims[TOGETHER_MAX];
	sp_ledger_figures figures[TOGETHER_MAX];
	if (!request->worker->store)
		return sp_error_set(err, SP_ERR_IO, "store", 0, "there is no store");
	if (recall(d, span, by, ret))
		return SP_OK;
	bool is_sum = by == SP_DIM_NONE; /* few rows beside it */
	size_t count = read_along(d, span, !is_sum ? by : strcmp(d->view, "contacts") == 0 ? SP_DIM_CHANNEL : d->by_month ? SP_DIM_MONTH : SP_DIM_DAY, dims);
	sp_status status = sp_ledger_figures_by(request->worker->store, &query, dims, count, request->arena, figures, err);
	for (size_t i = 0; status == SP_OK && i < count; i++)
		remember(d, span, dims[i], &figures[i]);
	if (status == SP_OK)
		*ret = figures[0];
	return status;
}

/* ---- names ---- */

static const char *catalogue_name(const spi_request *request, const char *kind, const char *key)
{
	const char *name = sp_arena_printf(request->arena, "dashboard.%s.%s", kind, key);
	const char *text = name ? sp_catalog_find(request->lang, name) : NULL;
	return text ? text : key;
}

const char *spi_dashboard_name(const spi_request *request, sp_dim dim, const char *key)
{
	const sp_kb_config *config = request->config;
	int at;
	if (!*key)
		return spi_page_text(request, "dashboard.without");
	switch (dim) {
	case SP_DIM_CATEGORY:
		return (at = sp_kb_category(config, key)) < 0 ? key : sp_texts_get(&config->categories[at].name, request->lang);
	case SP_DIM_GROUP:
		return (at = sp_kb_group(config, key)) < 0 ? key : sp_texts_get(&config->groups[at].name, request->lang);
	case SP_DIM_AUDIENCE:
		return (at = sp_kb_audience(config, key)) < 0 ? key : sp_texts_get(&config->audiences[at].name, request->lang);
	case SP_DIM_CHANNEL:
		return catalogue_name(request, "channel", key);
	case SP_DIM_LANG:
		return catalogue_name(request, "lang", key);
	default:
		return key;
	}
}

/* ---- time ---- */

const char *spi_dashboard_time_key(const spi_request *request, bool by_month, int64_t day)
{
	const char *iso = iso_day(request, day);
	return iso && by_month ? sp_arena_strndup(request->arena, iso, strlen("2021-03")) : iso;
}

void spi_dashboard_time_label(const spi_request *request, const char *key, const char **ret_label, const char **ret_note)
{
	int year = 0, month = 0, day = 0;
	char name[40];
	int read = sscanf(key, "%d-%d-%d", &year, &month, &day);
	snprintf(name, sizeof name, "dashboard.month.%d", month);
	const char *month_name = spi_page_text(request, name);
	*ret_label = read == 3 ? sp_arena_printf(request->arena, "%d", day) : month_name;
	*ret_note = read == 3 ? sp_arena_printf(request->arena, "%s %d", month_name, year) : sp_arena_printf(request->arena, "%d", year);
}
