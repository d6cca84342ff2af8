#include "cmd/eval_prices.h"

#include "cmd/cmd.h"
#include "sportello/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double usual[] = {0.80, 0.90, 0.95, 0.98};
#define USUAL_COUNT (sizeof usual / sizeof *usual)
#define SAME 1e-9

/* ---- counting ---- */

static spi_price_group *group_of(spi_prices *prices, spi_price_by by, const char *key)
{
	for (size_t i = 0; i < prices->groups_count; i++)
		if (prices->groups[i].by == by && strcmp(prices->groups[i].key, key) == 0)
			return &prices->groups[i];
	if (prices->groups_count == prices->groups_cap) {
		size_t cap = prices->groups_cap ? prices->groups_cap * 2 : 16;
		spi_price_group *groups = sp_arena_calloc(prices->arena, cap, sizeof *groups);
		if (!groups)
			return NULL;
		if (prices->groups_count)
			memcpy(groups, prices->groups, prices->groups_count * sizeof *groups);
		prices->groups = groups;
		prices->groups_cap = cap;
	}
	const char *copy = sp_arena_strdup(prices->arena, key);
	if (!copy)
		return NULL;
	prices->groups[prices->groups_count] = (spi_price_group){.by = by, .key = copy};
	return &prices->groups[prices->groups_count++];
}

bool spi_prices_init(spi_prices *prices, double precision, sp_arena *arena)
{
	*prices = (spi_prices){.arena = arena};
	bool placed = false;
	for (size_t i = 0; i < USUAL_COUNT; i++) {
		bool same = fabs(usual[i] - precision) < SAME;
		if (!placed && (same || precision < usual[i])) {
			prices->chosen = prices->count;
			prices->precisions[prices->count++] = precision;
			placed = true;
		}
		if (!same)
			prices->precisions[prices->count++] = usual[i];
	}
	if (!placed) {
		prices->chosen = prices->count;
		prices->precisions[prices->count++] = precision;
	}
	return group_of(prices, SPI_PRICE_ALL, "") != NULL;
}

static void count_in(spi_price_group *group, size_t precisions, const spi_outcome *outcome)
{
	bool first = outcome->rank == 0, offered = outcome->rank >= 0 && outcome->rank < SP_CHOICES_MAX;
	group->answerable += outcome->answerable;
	group->unanswerable += !outcome->answerable;
	group->always_right += outcome->answerable && first;
	group->always_wrong += outcome->answerable && !first && outcome->found;
	spi_bins_add(&group->bins, outcome->confidence, outcome->answerable && first);
	for (size_t i = 0; i < precisions; i++) {
		spi_price *price = &group->prices[i];
		bool answered = outcome->decisions[i] == SP_DECIDE_ANSWER;
		if (!outcome->answerable) {
			price->kept += !answered;
			continue;
		}
		price->right += answered && first;
		price->wrong += answered && !first;
		price->choice += outcome->decisions[i] == SP_DECIDE_CLARIFY && offered;
	}
}

bool spi_prices_add(spi_prices *prices, const spi_outcome *outcome)
{
	const char *const keys[] = {"", outcome->category, outcome->lang};
	for (int by = 0; by < SPI_PRICE_BY_COUNT; by++) {
		spi_price_group *group = group_of(prices, (spi_price_by)by, keys[by]);
		if (!group)
			return false;
		count_in(group, prices->count, outcome);
	}
	return true;
}

/* ---- telling ---- */

typedef struct told {
	double right, choice, withheld, wrong; /* shares of the answerable; not a number when there are none */
	int64_t avoided, lost;
} told;

static told tell(const spi_price_group *group, size_t precision)
{
	const spi_price *price = &group->prices[precision];
	double n = group->answerable ? (double)group->answerable : NAN;
	size_t withheld = group->answerable - price->right - price->choice - price->wrong;
	return (told){(double)price->right / n, (double)price->choice / n, (double)withheld / n, (double)price->wrong / n,
		(int64_t)group->always_wrong - (int64_t)price->wrong, (int64_t)group->always_right - (int64_t)price->right};
}

/* Groups of a kind by their keys. Returns how many. */
static int by_key(const void *a, const void *b)
{
	return strcmp((*(spi_price_group *const *)a)->key, (*(spi_price_group *const *)b)->key);
}

static const spi_price_group **sorted(const spi_prices *prices, spi_price_by by, size_t *ret_count)
{
	const spi_price_group **list = sp_arena_calloc(prices->arena, prices->groups_count, sizeof *list);
	*ret_count = 0;
	for (size_t i = 0; list && i < prices->groups_count; i++)
		if (prices->groups[i].by == by)
			list[(*ret_count)++] = &prices->groups[i];
	if (*ret_count)
		qsort(list, *ret_count, sizeof *list, by_key);
	return list;
}

static void group_json(const spi_price_group *group, size_t precision, const char *name, sp_json *out)
{
	told t = tell(group, precision);
	sp_json_object(out, name);
	sp_json_int(out, "answerable", (int64_t)group->answerable);
	sp_json_number(out, "right", t.right, 4);
	sp_json_number(out, "choice", t.choice, 4);
	sp_json_number(out, "withheld", t.withheld, 4);
	sp_json_number(out, "wrong", t.wrong, 4);
	sp_json_int(out, "wrong_avoided", t.avoided);
	sp_json_int(out, "right_lost", t.lost);
	sp_json_int(out, "unanswerable", (int64_t)group->unanswerable);
	sp_json_int(out, "unanswered", (int64_t)group->prices[precision].kept);
	sp_json_object_end(out);
}

static void groups_json(const spi_prices *prices, spi_price_by by, size_t precision, const char *name, sp_json *out)
{
	size_t count;
	const spi_price_group **groups = sorted(prices, by, &count);
	sp_json_object(out, name);
	for (size_t i = 0; i < count; i++)
		group_json(groups[i], precision, groups[i]->key, out);
	sp_json_object_end(out);
}

static bool can_be_calibrated(const spi_price_group *group)
{
	return group->answerable + group->unanswerable >= SPI_CALIBRATION_MIN;
}

void spi_prices_json(const spi_prices *prices, sp_json *out)
{
	size_t count;
	sp_json_array(out, "prices");
	for (size_t i = 0; i < prices->count; i++) {
		sp_json_object(out, NULL);
		sp_json_number(out, "precision", prices->precisions[i], 3);
		sp_json_bool(out, "chosen", i == prices->chosen);
		group_json(&prices->groups[0], i, "all", out);
		groups_json(prices, SPI_PRICE_CATEGORY, i, "categories", out);
		groups_json(prices, SPI_PRICE_LANG, i, "languages", out);
		sp_json_object_end(out);
	}
	sp_json_array_end(out);
	const spi_price_group **groups = sorted(prices, SPI_PRICE_CATEGORY, &count);
	sp_json_array(out, "calibration");
	for (size_t i = 0; i < count; i++) {
		if (!can_be_calibrated(groups[i]))
			continue;
		sp_json_object(out, NULL);
		sp_json_string(out, "category", groups[i]->key);
		sp_json_int(out, "questions", (int64_t)(groups[i]->answerable + groups[i]->unanswerable));
		sp_json_number(out, "ece", spi_bins_error(&groups[i]->bins), 4);
		sp_json_object_end(out);
	}
	sp_json_array_end(out);
}

/* ---- tables ---- */

static const char *const columns[] = {"cmd.eval.precision", "cmd.eval.right", "cmd.eval.choice", "cmd.eval.withheld", "cmd.eval.wrong",
	"cmd.eval.avoided", "cmd.eval.lost", "cmd.eval.kept"};
#define COLUMNS (sizeof columns / sizeof *columns)
#define CELL_MIN 7

static int width_of(const char *text)
{
	return (int)sp_text_count_chars(text, strlen(text));
}

/* Right-aligned under the column's heading, whose letters may take several bytes. */
static void cell(sp_buffer *out, size_t column, const char *text)
{
	int heading = width_of(spi_say(columns[column])), width = heading > CELL_MIN ? heading : CELL_MIN;
	sp_buffer_printf(out, "%s%*s%s", column ? "  " : "", width - width_of(text), "", text);
}

static void share_cell(sp_buffer *out, size_t column, double value)
{
	char text[32] = "-";
	if (!isnan(value))
		snprintf(text, sizeof text, "%.4f", value);
	cell(out, column, text);
}

static void count_cell(sp_buffer *out, size_t column, int64_t value, bool counts)
{
	char text[32] = "-";
	if (counts)
		snprintf(text, sizeof text, "%lld", (long long)value);
	cell(out, column, text);
}

static int digits_of(double precision)
{
	return fabs(precision * 100 - round(precision * 100)) < SAME ? 2 : 3;
}

static void price_row(const spi_prices *prices, const spi_price_group *group, size_t precision, sp_buffer *out)
{
	char text[64];
	told t = tell(group, precision);
	const double shares[] = {t.right, t.choice, t.withheld, t.wrong};
	snprintf(text, sizeof text, "%s%.*f", precision == prices->chosen ? "* " : "", digits_of(prices->precisions[precision]),
		prices->precisions[precision]);
	cell(out, 0, text);
	for (size_t i = 0; i < 4; i++)
		share_cell(out, 1 + i, shares[i]);
	count_cell(out, 5, t.avoided, group->answerable > 0);
	count_cell(out, 6, t.lost, group->answerable > 0);
	snprintf(text, sizeof text, group->unanswerable ? "%zu/%zu" : "-", group->prices[precision].kept, group->unanswerable);
	cell(out, 7, text);
	sp_buffer_add_char(out, '\n');
}

static void group_rows(const spi_prices *prices, const spi_price_group *group, const char *name, sp_buffer *out)
{
	sp_buffer_printf(out, "\n%s%s%s: %zu\n", name, *group->key ? " " : "", group->key, group->answerable + group->unanswerable);
	for (size_t i = 0; i < prices->count; i++)
		price_row(prices, group, i, out);
}

static void calibration_rows(const spi_prices *prices, sp_buffer *out)
{
	size_t count;
	bool begun = false;
	const spi_price_group **groups = sorted(prices, SPI_PRICE_CATEGORY, &count);
	for (size_t i = 0; i < count; i++) {
		if (!can_be_calibrated(groups[i]))
			continue;
		if (!begun)
			sp_buffer_printf(out, "\n%s\n\n", spi_say("cmd.eval.calibration"));
		begun = true;
		sp_buffer_printf(out, "%.4f  %s: %zu\n", spi_bins_error(&groups[i]->bins), groups[i]->key,
			groups[i]->answerable + groups[i]->unanswerable);
	}
}

void spi_prices_text(const spi_prices *prices, sp_buffer *out)
{
	static const char *const names[] = {"cmd.eval.all", "cmd.eval.category", "cmd.eval.lang"};
	sp_buffer_printf(out, "\n%s\n\n", spi_say("cmd.eval.prices"));
	for (size_t i = 0; i < COLUMNS; i++)
		cell(out, i, spi_say(columns[i]));
	sp_buffer_add_char(out, '\n');
	for (int by = 0; by < SPI_PRICE_BY_COUNT; by++) {
		size_t count;
		const spi_price_group **groups = sorted(prices, (spi_price_by)by, &count);
		for (size_t i = 0; i < count; i++)
			group_rows(prices, groups[i], spi_say(names[by]), out);
	}
	calibration_rows(prices, out);
}
