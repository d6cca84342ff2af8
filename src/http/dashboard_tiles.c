/* The tiles: each a figure of the whole span, what it was before, and what it means. */
#include "http/dashboard.h"

#include "http/numbers.h"
#include "sportello/catalog.h"
#include "sportello/figures.h"

#include <math.h>
#include <string.h>

#define MEDIAN 0.5
#define MOST 0.9
#define MS 1000.0

typedef struct tiles {
	const spi_request *request;
	spi_value *list;
} tiles;

static const char *fill(const spi_request *request, const char *key, const char *a, const char *b)
{
	sp_fill fills[] = {{"a", a ? a : ""}, {"b", b ? b : ""}, {0}};
	const char *text = sp_catalog_fill(request->lang, key, fills, request->arena);
	return text ? text : "";
}

/* "▲ 1,2 punti in più": by an arrow and in words. unit: what the change counts, a key. NULL when there is nothing to compare. */
static const char *change_text(const spi_request *request, double now, double before, spi_cell kind)
{
	if (!isfinite(now) || !isfinite(before))
		return NULL;
	static const double smallest[] = {[SPI_CELL_COUNT] = 0.5, [SPI_CELL_SHARE] = 0.0005, [SPI_CELL_SECONDS] = 0.05, [SPI_CELL_AVERAGE] = 0.05};
	double by = fabs(now - before) < smallest[kind] ? 0 : now - before; /* what would be told as 0,0 is no change */
	const char *amount;
	if (kind == SPI_CELL_SHARE)
		amount = fill(request, "dashboard.change.points", spi_number(request->lang, fabs(by) * 100, 1, request->arena), NULL);
	else if (kind == SPI_CELL_SECONDS)
		amount = spi_duration(request->lang, fabs(by), request->arena);
	else if (kind == SPI_CELL_COUNT && before > 0)
		amount = spi_percent(request->lang, fabs(by) / before, 1, request->arena);
	else
		amount = spi_number(request->lang, fabs(by), kind == SPI_CELL_COUNT ? 0 : 1, request->arena);
	return by == 0 ? spi_page_text(request, "dashboard.change.same") : fill(request, by > 0 ? "dashboard.change.more" : "dashboard.change.less", amount, NULL);
}

/* defines: the definition that the tile's figure is. */
static spi_value *add(tiles *t, const char *key, const char *defines, const char *value, const char *more, const char *change)
{
	const spi_request *request = t->request;
	spi_value *tile = spi_list_add(t->list);
	spi_put_text(tile, "key", key);
	spi_put_text(tile, "name", sp_definition_name(defines, request->lang));
	spi_put_text(tile, "definition", sp_definition_text(defines, request->lang));
	spi_put_text(tile, "value", value);
	spi_put_text(tile, "more", more);
	spi_put_text(tile, "change", change);
	return tile;
}

static void add_count(tiles *t, const char *key, const char *defines, uint64_t now, uint64_t before, bool compared, const char *more)
{
	add(t, key, defines, spi_number(t->request->lang, (double)now, 0, t->request->arena), more,
		compared ? change_text(t->request, (double)now, (double)before, SPI_CELL_COUNT) : NULL);
}

static void add_rate(tiles *t, const char *key, const char *defines, double now, double before, const char *more)
{
	add(t, key, defines, spi_percent(t->request->lang, now, 1, t->request->arena), more, change_text(t->request, now, before, SPI_CELL_SHARE));
}

static const char *number(const tiles *t, uint64_t n)
{
	return spi_number(t->request->lang, (double)n, 0, t->request->arena);
}

static const char *share_of(const tiles *t, uint64_t part, uint64_t whole)
{
	return fill(t->request, "dashboard.tile.share", spi_percent(t->request->lang, sp_ratio(part, whole), 1, t->request->arena), NULL);
}

/* From confirmed to confirmed and assumed: two numbers, never one; and both compared. */
static void add_self_service(tiles *t, const sp_measures *m, const sp_measures *b)
{
	const spi_request *request = t->request;
	sp_range now = sp_self_service(m), then = sp_self_service(b);
	const char *low = spi_percent(request->lang, now.low, 1, request->arena), *high = spi_percent(request->lang, now.high, 1, request->arena);
	const char *low_change = change_text(request, now.low, then.low, SPI_CELL_SHARE), *high_change = change_text(request, now.high, then.high, SPI_CELL_SHARE);
	spi_value *tile = add(t, "self-service", "self_service_rate", m->contacts ? fill(request, "dashboard.range", low, high) : "–",
		spi_page_text(request, "dashboard.tile.self-service.more"),
		low_change && high_change ? fill(request, "dashboard.change.both", low_change, high_change) : NULL);
	spi_put_bool(tile, "first", true);
}

static void add_outcomes(tiles *t, const sp_measures *m, const sp_measures *b, bool compared)
{
	add_count(t, "conversations", "conversations", m->contacts, b->contacts, compared, NULL);
	add_count(t, "confirmed", "resolved_confirmed", m->confirmed, b->confirmed, compared, share_of(t, m->confirmed, m->contacts));
	add_count(t, "assumed", "resolved_assumed", m->assumed, b->assumed, compared,
		m->pending ? fill(t->request, "dashboard.tile.pending", number(t, m->pending), NULL) : share_of(t, m->assumed, m->contacts));
	add_count(t, "tickets", "tickets", m->ticketed, b->ticketed, compared, share_of(t, m->ticketed, m->contacts));
	add_count(t, "abandoned", "abandoned", m->abandoned, b->abandoned, compared,
		m->returned ? fill(t->request, "dashboard.tile.returned", number(t, m->returned), NULL) : share_of(t, m->abandoned, m->contacts));
}

static void add_work(tiles *t, const sp_measures *m, const sp_measures *b, bool compared)
{
	add_rate(t, "autonomy", "first_level_autonomy", sp_ratio(m->closed_level1, m->closed), sp_ratio(b->closed_level1, b->closed),
		fill(t->request, "dashboard.tile.of", number(t, m->closed_level1), number(t, m->closed)));
	add_rate(t, "escalations", "escalation_rate", sp_ratio(m->escalated, m->tickets), sp_ratio(b->escalated, b->tickets),
		fill(t->request, "dashboard.tile.of", number(t, m->escalated), number(t, m->tickets)));
	add_count(t, "preventable", "preventable", m->preventable, b->preventable, compared,
		fill(t->request, "dashboard.tile.of-escalated", number(t, m->escalated), NULL));
}

static void add_quality(tiles *t, const sp_measures *m, const sp_measures *b, bool compared)
{
	const spi_request *request = t->request;
	double median = sp_time_quantile(m, MEDIAN) / MS, most = sp_time_quantile(m, MOST) / MS, then = sp_time_quantile(b, MEDIAN) / MS;
	double turns = sp_ratio(m->turns, m->answered), turns_then = sp_ratio(b->turns, b->answered);
	add(t, "time", "time_to_answer", spi_duration(request->lang, median, request->arena),
		fill(request, "dashboard.tile.time.more", spi_duration(request->lang, most, request->arena), NULL), change_text(request, median, then, SPI_CELL_SECONDS));
	add(t, "turns", "turns_to_answer", spi_number(request->lang, turns, 1, request->arena), NULL, change_text(request, turns, turns_then, SPI_CELL_AVERAGE));
	add_count(t, "wrong", "wrong_reports", m->wrong, b->wrong, compared, NULL);
	add_count(t, "notices", "notices", m->notice_solved, b->notice_solved, compared,
		fill(request, "dashboard.tile.notices.more", number(t, m->noticed), NULL));
}

void spi_dashboard_put_tiles(const spi_request *request, spi_value *page, const sp_measures *now, const sp_measures *before)
{
	tiles t = {request, spi_put_list(page, "tiles")};
	bool compared = before->contacts > 0 || before->tickets > 0;
	add_self_service(&t, now, before);
	add_outcomes(&t, now, before, compared);
	add_work(&t, now, before, compared);
	add_quality(&t, now, before, compared);
}
