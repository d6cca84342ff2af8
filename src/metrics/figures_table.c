/* The ledger's figures as tables that people read: on a terminal, or as Markdown. */
#include "metrics/figures_private.h"

#include "sportello/catalog.h"
#include "sportello/kb.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CELL_MAX 96

/* A table of texts, written when its widths are known. */
typedef struct grid { char (*cells)[CELL_MAX]; size_t columns, rows, room; bool failed; } grid;

static char *cell(grid *g, size_t column)
{
	static char lost[CELL_MAX];
	size_t at = g->rows * g->columns + column;
	if (at >= g->room) {
		size_t room = g->room ? 2 * g->room : 256;
		while (room <= at)
			room *= 2;
		void *cells = realloc(g->cells, room * sizeof *g->cells);
		if (!cells) {
			g->failed = true;
			return lost;
		}
		g->cells = cells;
		memset(g->cells + g->room, 0, (room - g->room) * sizeof *g->cells);
		g->room = room;
	}
	return g->cells[at];
}

static void put(grid *g, size_t column, const char *text)
{
	snprintf(cell(g, column), CELL_MAX, "%s", text);
}

/* Columns on the screen: characters, as none of ours is wide. */
static size_t width_of(const char *text)
{
	size_t width = 0;
	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void write_line(const grid *g, size_t row, const size_t *widths, bool markdown, sp_buffer *out)
{
	if (markdown)
		sp_buffer_add_text(out, "|");
	for (size_t c = 0; c < g->columns; c++) {
		const char *text = g->cells[row * g->columns + c];
		size_t blanks = widths[c] - width_of(text);
		sp_buffer_add_text(out, markdown ? " " : c ? "  " : "");
		for (size_t i = 0; c > 0 && i < blanks; i++)
			sp_buffer_add_char(out, ' ');
		sp_buffer_add_text(out, text);
		for (size_t i = 0; c == 0 && i < blanks; i++)
			sp_buffer_add_char(out, ' ');
		if (markdown)
			sp_buffer_add_text(out, " |");
	}
	sp_buffer_add_char(out, '\n');
}

static void write_grid(const grid *g, bool markdown, sp_buffer *out)
{
	size_t *widths = calloc(g->columns + 1, sizeof *widths);
	if (!widths || g->failed) {
		free(widths);
		return;
	}
	for (size_t i = 0; i < g->rows * g->columns; i++)
		if (width_of(g->cells[i]) > widths[i % g->columns])
			widths[i % g->columns] = width_of(g->cells[i]);
	for (size_t r = 0; r < g->rows; r++) {
		write_line(g, r, widths, markdown, out);
		for (size_t c = 0; markdown && r == 0 && c < g->columns; c++)
			sp_buffer_add_text(out, c == 0 ? "| --- |" : c + 1 == g->columns ? " ---: |\n" : " ---: |");
	}
	free(widths);
}

/* ---- numbers ---- */

const char *sp_figures_number(uint64_t value, sp_lang lang, char *ret)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%" PRIu64, value), at = 0;
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			ret[at++] = lang == SP_LANG_EN ? ',' : '.';
		ret[at++] = digits[i];
	}
	ret[at] = '\0';
	return ret;
}

static void put_number(grid *g, size_t column, uint64_t value, sp_lang lang)
{
	char text[32];
	put(g, column, sp_figures_number(value, lang, text));
}

static void put_share(grid *g, size_t column, double low, double high)
{
	if (low != low)
		put(g, column, "–");
	else if (high != high)
		snprintf(cell(g, column), CELL_MAX, "%.1f %%", 100 * low);
	else
		snprintf(cell(g, column), CELL_MAX, "%.1f–%.1f %%", 100 * low, 100 * high);
}

static const char *month_text(const char *key, sp_lang lang, char scratch[CELL_MAX])
{
	int year, month;
	char name[40];
	if (sscanf(key, "%d-%d", &year, &month) != 2)
		return key;
	snprintf(name, sizeof name, "dashboard.month.%d", month);
	snprintf(scratch, CELL_MAX, "%s %d", sp_catalog_text(lang, name), year);
	return scratch;
}

/* As people call it, where it is known; borrowed, or in scratch. */
static const char *key_text(const sp_figures *f, sp_dim dim, const char *key, sp_lang lang, char scratch[CELL_MAX])
{
	const sp_kb_config *names = f->names;
	int at = -1;
	if (!*key)
		return sp_catalog_text(lang, "figures.none");
	if (names && dim == SP_DIM_MONTH)
		return month_text(key, lang, scratch);
	if (names && dim == SP_DIM_CATEGORY && (at = sp_kb_category(names, key)) >= 0)
		return sp_texts_get(&names->categories[at].name, lang);
	if (names && dim == SP_DIM_GROUP && (at = sp_kb_group(names, key)) >= 0)
		return sp_texts_get(&names->groups[at].name, lang);
	if (names && dim == SP_DIM_AUDIENCE && (at = sp_kb_audience(names, key)) >= 0)
		return sp_texts_get(&names->audiences[at].name, lang);
	return key;
}

static const char *heading(sp_dim dim, sp_lang lang)
{
	char key[64];
	snprintf(key, sizeof key, "figures.by.%s", sp_dim_name(dim));
	return sp_catalog_text(lang, key);
}

/* ---- rows of one dimension ---- */

static void put_row(grid *g, const sp_figures *f, const char *key, const sp_measures *m, const spi_masked *masked, sp_lang lang)
{
	const uint64_t counts[] = {m->contacts, m->confirmed, m->assumed, m->ticketed, m->abandoned};
	sp_range rate = sp_self_service(m);
	size_t c = 0;
	put(g, c++, key);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		if (i == 0 ? masked->contacts : masked->outcomes[i - 1])
			put(g, c++, "–");
		else
			put_number(g, c++, counts[i], lang);
	bool is_hidden = masked->contacts || masked->outcomes[0] || masked->outcomes[1];
	put_share(g, c++, is_hidden ? SPI_NO_RATE : rate.low, rate.high);
	for (int i = SP_RULES_SPORTELLO + 1; !f->is_public && i < SP_RULES_COUNT; i++) {
		sp_ruling ruling = sp_measures_ruling(m, (sp_ruleset)i);
		if (f->all_rules || f->rules == (sp_ruleset)i)
			put_share(g, c++, sp_ratio(ruling.resolved, ruling.counted), SPI_NO_RATE);
	}
	g->rows++;
}

static const char *both_keys(const sp_figures *f, const sp_ledger_row *row, sp_lang lang, char text[CELL_MAX])
{
	char first[CELL_MAX], second[CELL_MAX];
	const char *left = key_text(f, f->query->by, row->key, lang, first);
	bool is_one = f->query->across == SP_DIM_NONE;
	snprintf(text, CELL_MAX, "%s%s%s", left, is_one ? "" : ", ", is_one ? "" : key_text(f, f->query->across, row->key2, lang, second));
	return text;
}

static void put_rows(grid *g, const sp_figures *f, const spi_masked *masked, sp_lang lang)
{
	static const char *const headings[] = {"figures.conversations", "figures.confirmed", "figures.assumed", "figures.tickets",
		"figures.abandoned", "figures.self-service"};
	size_t c = 1;
	char text[CELL_MAX];
	g->columns = 7;
	for (int i = SP_RULES_SPORTELLO + 1; !f->is_public && i < SP_RULES_COUNT; i++)
		g->columns += f->all_rules || f->rules == (sp_ruleset)i;
	put(g, 0, heading(f->query->by, lang));
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		put(g, c++, sp_catalog_text(lang, headings[i]));
	for (int i = SP_RULES_SPORTELLO + 1; !f->is_public && i < SP_RULES_COUNT; i++)
		if (f->all_rules || f->rules == (sp_ruleset)i)
			put(g, c++, sp_rules_name((sp_ruleset)i));
	g->rows++;
	for (size_t i = 0; i < f->now->count; i++)
		put_row(g, f, both_keys(f, &f->now->rows[i], lang, text), &f->now->rows[i].m, &masked[i], lang);
	spi_masked total;
	spi_mask_total(f, &f->now->total, &total);
	put_row(g, f, sp_catalog_text(lang, "figures.total"), &f->now->total, &total, lang);
}

/* A group has tickets, not contacts. */
static void put_group(grid *g, const char *key, const sp_measures *m, uint64_t all, sp_lang lang)
{
	const uint64_t counts[] = {m->tickets, m->closed, m->closed_level1, m->received, m->preventable};
	put(g, 0, key);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		put_number(g, i + 1, counts[i], lang);
	put_share(g, 6, sp_ratio(m->received, all), SPI_NO_RATE);
	g->rows++;
}

static void put_groups(grid *g, const sp_figures *f, sp_lang lang)
{
	static const char *const headings[] = {"figures.tickets", "figures.closed", "figures.closed-level1", "figures.received",
		"figures.preventable", "figures.escalation-rate"};
	g->columns = 7;
	put(g, 0, heading(f->query->by, lang));
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		put(g, i + 1, sp_catalog_text(lang, headings[i]));
	g->rows++;
	char text[CELL_MAX];
	for (size_t i = 0; i < f->now->count; i++)
		put_group(g, key_text(f, SP_DIM_GROUP, f->now->rows[i].key, lang, text), &f->now->rows[i].m, f->now->total.tickets, lang);
	put_group(g, sp_catalog_text(lang, "figures.total"), &f->now->total, f->now->total.tickets, lang);
}

/* ---- a table of two dimensions, as the reference's: contacts ---- */

typedef struct keys { const char **items; size_t count; } keys;

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static keys different(const sp_ledger_figures *f, bool second)
{
	keys all = {calloc(f->count + 1, sizeof *all.items), 0};
	for (size_t i = 0; all.items && i < f->count; i++)
		all.items[i] = second ? f->rows[i].key2 : f->rows[i].key;
	if (!all.items)
		return all;
	qsort(all.items, f->count, sizeof *all.items, by_text);
	for (size_t i = 0; i < f->count; i++)
		if (all.count == 0 || strcmp(all.items[all.count - 1], all.items[i]) != 0)
			all.items[all.count++] = all.items[i];
	return all;
}

static uint64_t contacts_of(const sp_ledger_figures *f, const char *key, const char *key2)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < f->count; i++)
		if ((!key || strcmp(f->rows[i].key, key) == 0) && (!key2 || strcmp(f->rows[i].key2, key2) == 0))
			sum += f->rows[i].m.contacts;
	return sum;
}

static void put_cross_row(grid *g, const sp_ledger_figures *f, const keys *top, const char *title, const char *key, sp_lang lang)
{
	put(g, 0, title);
	for (size_t c = 0; c < top->count; c++)
		put_number(g, c + 1, contacts_of(f, key, top->items[c]), lang);
	put_number(g, top->count + 1, contacts_of(f, key, NULL), lang);
	g->rows++;
}

static void put_cross(grid *g, const sp_figures *f, sp_lang lang)
{
	char text[CELL_MAX];
	keys left = different(f->now, false), top = different(f->now, true);
	if (left.items && top.items) {
		g->columns = top.count + 2;
		put(g, 0, heading(f->query->by, lang));
		for (size_t c = 0; c < top.count; c++)
			put(g, c + 1, key_text(f, f->query->across, top.items[c], lang, text));
		put(g, top.count + 1, sp_catalog_text(lang, "figures.total"));
		g->rows++;
		for (size_t r = 0; r < left.count; r++)
			put_cross_row(g, f->now, &top, key_text(f, f->query->by, left.items[r], lang, text), left.items[r], lang);
		put_cross_row(g, f->now, &top, sp_catalog_text(lang, "figures.sum"), NULL, lang);
	}
	free(left.items);
	free(top.items);
}

/* ---- the whole ---- */

static void write_share(sp_buffer *out, const char *name, uint64_t part, uint64_t all, sp_lang lang)
{
	char a[32], b[32];
	sp_buffer_printf(out, "%s: %s / %s", name, sp_figures_number(part, lang, a), sp_figures_number(all, lang, b));
	if (all > 0)
		sp_buffer_printf(out, " (%.2f %%)", 100 * sp_ratio(part, all));
	sp_buffer_add_char(out, '\n');
}

static void write_shares(const sp_figures *f, sp_lang lang, bool markdown, sp_buffer *out)
{
	const sp_measures *m = &f->now->total;
	const struct { const char *text; uint64_t part, all; } shares[] = {
		{"figures.confirmed-of", m->confirmed, m->contacts}, {"figures.resolved-of", m->confirmed + m->assumed, m->contacts},
		{"figures.autonomy", m->closed_level1, m->closed}, {"figures.escalated", m->escalated, m->tickets},
		{"figures.preventable-of", m->preventable, m->escalated},
	};
	bool is_tickets = f->query->by == SP_DIM_GROUP || f->query->across == SP_DIM_GROUP || f->query->group; /* groups have no contacts */
	sp_buffer_add_char(out, '\n');
	for (size_t i = is_tickets ? 2 : 0; i < sizeof shares / sizeof *shares; i++) {
		sp_buffer_add_text(out, markdown ? "- " : "");
		write_share(out, sp_catalog_text(lang, shares[i].text), shares[i].part, shares[i].all, lang);
	}
}

bool sp_figures_text(const sp_figures *f, sp_lang lang, bool markdown, sp_buffer *out)
{
	grid g = {0};
	spi_masked *masked;
	if (!spi_mask_all(f, &masked))
		return false;
	if (f->query->across != SP_DIM_NONE && !f->is_public)
		put_cross(&g, f, lang);
	else if (f->query->by == SP_DIM_GROUP && !f->is_public)
		put_groups(&g, f, lang);
	else
		put_rows(&g, f, masked, lang);
	write_grid(&g, markdown, out);
	if (!f->is_public)
		write_shares(f, lang, markdown, out);
	free(g.cells);
	free(masked);
	return !g.failed;
}
