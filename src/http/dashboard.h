/* The managers' dashboard, /dashboard/…: one page a view, whose address says all (view, from, to, and filters), so that it can be
   sent on, kept and printed, and works without scripts. Each figure is a table (figure.h) that is made from the ledger once; its
   chart and its CSV are drawn from that table and from nothing else. */
#ifndef HTTP_DASHBOARD_H
#define HTTP_DASHBOARD_H

#include "http/figure.h"
#include "http/pages.h"
#include "http/span.h"
#include "sportello/ledger.h"

#define SPI_NO_KEY "-" /* in the address: those that have none (no category…) */

typedef enum spi_filter { SPI_FILTER_CATEGORY, SPI_FILTER_CHANNEL, SPI_FILTER_LANG, SPI_FILTER_AUDIENCE, SPI_FILTER_GROUP, SPI_FILTERS } spi_filter;

typedef struct spi_asked spi_asked; /* what the ledger told already for this page: several figures are drawn from the same question */

typedef struct spi_dashboard {
	spi_asked *asked;              /* NULL = nothing is remembered */
	const char *view;              /* "" = overview */
	int64_t today;
	spi_span span, before;
	bool by_month;                 /* time is drawn by month, else by day */
	bool wrong_span;               /* the address names days that make no span: twelve months are shown */
	bool spans_named;              /* from or to was there */
	const char *filter[SPI_FILTERS]; /* as in the address; "" = all */
} spi_dashboard;

/* ---- the address (dashboard.c) ---- */

extern const char *const spi_filter_names[SPI_FILTERS]; /* in the address: "category"… */

void spi_dashboard_read(spi_request *request, spi_dashboard *dashboard);
bool spi_dashboard_is_filtered(const spi_dashboard *dashboard);
/* The same address at another path, span or with another filter. span NULL = the same; filter SPI_FILTERS = none changes. In the arena. */
const char *spi_dashboard_url(const spi_request *request, const spi_dashboard *dashboard, const char *path, const spi_span *span,
	spi_filter filter, const char *value);
/* The figures of a span under the filters, by a dimension (SP_DIM_NONE: whichever costs least, for their sum). */
sp_status spi_dashboard_ask(const spi_request *request, const spi_dashboard *dashboard, spi_span span, sp_dim by, sp_ledger_figures *ret,
	sp_error *err);
/* The name of a category, channel, language, audience or group; its key where it has none. */
const char *spi_dashboard_name(const spi_request *request, sp_dim dim, const char *key);
/* "2021-03" or "2021-03-15" of a day. In the arena. */
const char *spi_dashboard_time_key(const spi_request *request, bool by_month, int64_t day);
/* "mar" and "2021" of "2021-03", "15" and "mar 2021" of "2021-03-15". In the arena. */
void spi_dashboard_time_label(const spi_request *request, const char *key, const char **ret_label, const char **ret_note);

/* What all its pages have: title, views, who is signed in. */
void spi_dashboard_put_frame(const spi_request *request, const spi_dashboard *dashboard, spi_value *page); /* h_page_dashboard.c */

/* ---- figures ---- */

/* Fills rows; SP_ERR_INVALID: not to be had under this filter. */
typedef sp_status spi_figure_make(spi_request *request, const spi_dashboard *dashboard, spi_figure *figure, sp_error *err);
typedef void spi_figure_draw(const spi_request *request, const spi_chart *chart, const spi_figure *figure);

typedef struct spi_figure_kind {
	const char *key, *view; /* its texts: dashboard.<key>.title, .about, .first */
	const char *first_key;
	const char *defines;    /* ids of sp_definition that its numbers are, a blank between */
	spi_figure_make *make;
	spi_figure_draw *draw;
	bool is_half;           /* two side by side where there is room */
	size_t drawn_max;       /* rows in the page; the rest is in the CSV. 0 = all */
} spi_figure_kind;

/* Ends with a key of NULL. */
extern const spi_figure_kind spi_figure_kinds[]; /* dashboard_kinds.c */

spi_figure_make spi_make_self_service, spi_make_outcomes, spi_make_funnel; /* dashboard_figures.c */
spi_figure_make spi_make_categories, spi_make_articles, spi_make_channels, spi_make_languages, spi_make_audiences, spi_make_hours,
	spi_make_groups, spi_make_rules;                                      /* dashboard_figures_by.c */
spi_figure_draw spi_draw_self_service, spi_draw_outcomes, spi_draw_funnel, spi_draw_parts, spi_draw_articles, spi_draw_hours,
	spi_draw_groups, spi_draw_rules;                                      /* dashboard_draw.c */

/* dashboard_outcomes.c: columns of contacts and the four outcomes, and (with_range) the two ends of self-service; the values of a row of them. */
void spi_outcome_columns(const spi_request *request, spi_figure *figure, bool with_range);
void spi_outcome_row(spi_figure_row *row, const sp_measures *m);
/* "definitions": [{name, definition, source?, host?}] of ids, a blank between. */
void spi_put_definitions(const spi_request *request, spi_value *into, const char *ids);

/* Title, texts and columns of a kind, without rows. */
void spi_figure_open(const spi_request *request, const spi_figure_kind *kind, spi_figure *figure);
/* The chart in the widths that pages show, into a member "svg". */
void spi_figure_put_chart(spi_request *request, spi_value *into, const spi_figure_kind *kind, const spi_figure *figure);

/* Tiles: {name, value, more?, change?, definition} (dashboard_tiles.c). */
void spi_dashboard_put_tiles(const spi_request *request, spi_value *page, const sp_measures *now, const sp_measures *before);

spi_handler spi_h_page_dashboard, spi_h_page_dashboard_view, spi_h_dashboard_csv; /* h_page_dashboard.c */
spi_handler spi_h_page_figures;                                                   /* h_page_figures.c, as those of handlers.h for its data */

#endif
