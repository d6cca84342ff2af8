/* Contacts and how they ended, as columns that many figures have; and what a figure's numbers mean. */
#include "http/dashboard.h"

#include "sportello/figures.h"

#include <stdio.h>
#include <string.h>

void spi_outcome_columns(const spi_request *request, spi_figure *figure, bool with_range)
{
	static const char *const counts[] = {"conversations", "resolved_confirmed", "resolved_assumed", "tickets", "abandoned"};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		spi_figure_column(figure, counts[i], sp_definition_name(counts[i], request->lang), SPI_CELL_COUNT);
	if (!with_range)
		return;
	spi_figure_column(figure, "low", spi_page_text(request, "dashboard.low"), SPI_CELL_SHARE);
	spi_figure_column(figure, "high", spi_page_text(request, "dashboard.high"), SPI_CELL_SHARE);
}

void spi_outcome_row(spi_figure_row *row, const sp_measures *m)
{
	const double values[] = {(double)m->contacts, (double)m->confirmed, (double)m->assumed, (double)m->ticketed, (double)m->abandoned,
		sp_self_service(m).low, sp_self_service(m).high};
	memcpy(row->value, values, sizeof values);
}

/* "www.intercom.com" of a rule's address. */
static const char *host_of(const spi_request *request, const char *url)
{
	const char *host = strstr(url, "://");
	host = host ? host + 3 : url;
	return sp_arena_strndup(request->arena, host, strcspn(host, "/"));
}

void spi_put_definitions(const spi_request *request, spi_value *into, const char *ids)
{
	spi_value *list = spi_put_list(into, "definitions");
	spi_put_bool(into, "has_definitions", *ids != '\0');
	for (size_t len; *ids; ids += len, ids += strspn(ids, " ")) {
		len = strcspn(ids, " ");
		const char *id = sp_arena_strndup(request->arena, ids, len);
		const sp_definition *definition = id ? sp_definition_of(id) : NULL;
		if (!definition)
			continue;
		spi_value *item = spi_list_add(list);
		spi_put_text(item, "name", sp_definition_name(id, request->lang));
		spi_put_text(item, "definition", sp_definition_text(id, request->lang));
		spi_put_text(item, "source", definition->source);
		if (definition->source)
			spi_put_text(item, "host", host_of(request, definition->source));
	}
}
