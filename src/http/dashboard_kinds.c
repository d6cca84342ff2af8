/* The figures that there are: on which view, from what, drawn how. */
#include "http/dashboard.h"

#include "sportello/catalog.h"

#include <string.h>

#define DRAWN_MAX 20
#define OUTCOMES "conversations resolved_confirmed resolved_assumed tickets abandoned"

const spi_figure_kind spi_figure_kinds[] = {
	{"self-service", "", "period", "self_service_rate", spi_make_self_service, spi_draw_self_service, false, 0},
	{"outcomes", "", "period", OUTCOMES, spi_make_outcomes, spi_draw_outcomes, false, 0},
	{"funnel", "", "step", "conversations answered resolved_confirmed resolved_assumed tickets escalation_rate", spi_make_funnel, spi_draw_funnel, false, 0},
	{"categories", "topics", "category", "self_service_rate " OUTCOMES, spi_make_categories, spi_draw_parts, false, 0},
	{"articles", "topics", "article", "resolved_confirmed resolved_assumed not_solved said_no wrong_reports", spi_make_articles, spi_draw_articles, false, DRAWN_MAX},
	{"hours", "contacts", "hour", "conversations", spi_make_hours, spi_draw_hours, false, 0},
	{"channels", "contacts", "channel", "self_service_rate " OUTCOMES, spi_make_channels, spi_draw_parts, false, DRAWN_MAX},
	{"languages", "contacts", "lang", "self_service_rate " OUTCOMES, spi_make_languages, spi_draw_parts, true, 0},
	{"audiences", "contacts", "audience", "self_service_rate " OUTCOMES, spi_make_audiences, spi_draw_parts, true, 0},
	{"groups", "work", "group", "tickets_opened tickets_closed reopened received preventable first_level_autonomy", spi_make_groups, spi_draw_groups, false, 0},
	{"rules", "rules", "rules", "self_service_rate rules.intercom rules.zendesk rules.servicenow rules.microsoft", spi_make_rules, spi_draw_rules, false, 0},
	{0},
};

void spi_figure_open(const spi_request *request, const spi_figure_kind *kind, spi_figure *figure)
{
	sp_arena *arena = request->arena;
	*figure = (spi_figure){.key = kind->key, .first_key = kind->first_key};
	figure->title = spi_page_text(request, sp_arena_printf(arena, "dashboard.%s.title", kind->key));
	figure->about = spi_page_text(request, sp_arena_printf(arena, "dashboard.%s.about", kind->key));
	figure->first = spi_page_text(request, sp_arena_printf(arena, "dashboard.%s.first", kind->key));
}

void spi_figure_put_chart(spi_request *request, spi_value *into, const spi_figure_kind *kind, const spi_figure *figure)
{
	static const double widths[2][4] = {{1120, 680, 300, 0}, {540, 300, 0, 0}};
	sp_buffer svg = SP_BUFFER_INIT;
	spi_figure drawn = *figure;
	if (kind->drawn_max && drawn.rows_count > kind->drawn_max)
		drawn.rows_count = kind->drawn_max;
	for (const double *width = widths[kind->is_half]; *width > 0; width++) {
		spi_chart chart = {.out = &svg, .arena = request->arena, .lang = request->lang, .title = figure->title, .description = figure->about,
			.width = *width, .id = sp_arena_printf(request->arena, "ch-%s-%.0f", figure->key, *width)};
		if (chart.id)
			kind->draw(request, &chart, &drawn);
	}
	if (sp_buffer_ok(&svg))
		spi_put_text(into, "svg", sp_arena_strndup(request->arena, sp_buffer_text(&svg), svg.len));
	sp_buffer_release(&svg);
}
