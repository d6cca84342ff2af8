#include "kb/fix/mend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sp_findings {
	sp_arena *arena;
	sp_lang lang;
	sp_finding *items;
	size_t count, cap;
	bool sorted;
	bool wants_mends;
	spi_mend *mends; /* in the arena */
	size_t mends_count, mends_cap;
};

sp_findings *sp_findings_new(sp_lang lang)
{
	sp_findings *findings = calloc(1, sizeof *findings);
	sp_arena *arena = sp_arena_new(0);
	if (!findings || !arena) {
		free(findings);
		sp_arena_free(arena);
		return NULL;
	}
	findings->arena = arena;
	findings->lang = lang == SP_LANG_NONE ? SP_LANG_IT : lang;
	return findings;
}

void sp_findings_free(sp_findings *findings)
{
	if (!findings)
		return;
	sp_arena_free(findings->arena);
	free(findings->items);
	free(findings);
}

size_t sp_findings_count(const sp_findings *findings, sp_severity at_least)
{
	size_t count = 0;
	for (size_t i = 0; i < findings->count; i++)
		count += findings->items[i].severity >= at_least;
	return count;
}

static int compare(const void *left, const void *right)
{
	const sp_finding *a = left, *b = right;
	int order = a->file == b->file ? 0 : strcmp(a->file, b->file);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->column > b->column) - (a->column < b->column);
	if (!order)
		order = strcmp(a->rule, b->rule);
	return order ? order : strcmp(a->message, b->message);
}

const sp_finding *sp_findings_items(sp_findings *findings, size_t *ret_count)
{
	if (!findings->sorted && findings->count)
		qsort(findings->items, findings->count, sizeof *findings->items, compare);
	findings->sorted = true;
	*ret_count = findings->count;
	return findings->items;
}

/* Most findings come file by file, so the last one's name mostly serves again. */
static const char *keep_file(sp_findings *findings, const char *file)
{
	if (findings->count && strcmp(findings->items[findings->count - 1].file, file) == 0)
		return findings->items[findings->count - 1].file;
	return sp_arena_strdup(findings->arena, file);
}

static void add(sp_findings *findings, const sp_finding *finding)
{
	if (findings->sorted && findings->count)
		findings->sorted = false;
	if (findings->count == findings->cap) {
		size_t cap = findings->cap ? findings->cap + findings->cap / 2 : 32;
		sp_finding *items = realloc(findings->items, cap * sizeof *items);
		if (!items)
			return;
		findings->items = items;
		findings->cap = cap;
	}
	sp_finding kept = *finding;
	kept.file = keep_file(findings, finding->file);
	if (kept.file && kept.message)
		findings->items[findings->count++] = kept;
}

bool spi_findings_add(sp_findings *findings, const sp_finding *finding)
{
	size_t count = findings->count;
	sp_finding copy = *finding;
	copy.message = sp_arena_strdup(findings->arena, finding->message);
	add(findings, &copy);
	return findings->count > count;
}

void spi_findings_want_mends(sp_findings *findings)
{
	findings->wants_mends = true;
}

bool spi_findings_wants_mends(const sp_findings *findings)
{
	return findings && findings->wants_mends;
}

static int by_file(const void *left, const void *right)
{
	return strcmp(((const spi_mend *)left)->file, ((const spi_mend *)right)->file);
}

const spi_mend *spi_findings_mends(sp_findings *findings, size_t *ret_count)
{
	if (findings->mends_count)
		qsort(findings->mends, findings->mends_count, sizeof *findings->mends, by_file);
	*ret_count = findings->mends_count;
	return findings->mends;
}

static spi_mend *new_mend(sp_findings *findings)
{
	if (findings->mends_count == findings->mends_cap) {
		size_t cap = findings->mends_cap ? findings->mends_cap * 2 : 32;
		spi_mend *mends = sp_arena_calloc(findings->arena, cap, sizeof *mends);
		if (!mends)
			return NULL;
		if (findings->mends_count)
			memcpy(mends, findings->mends, findings->mends_count * sizeof *mends);
		findings->mends = mends;
		findings->mends_cap = cap;
	}
	return &findings->mends[findings->mends_count];
}

static bool add_mend(sp_findings *findings, const spi_mend *mend)
{
	spi_mend *copy = new_mend(findings);
	if (!copy)
		return false;
	*copy = *mend;
	copy->file = sp_arena_strdup(findings->arena, mend->file);
	copy->old = sp_arena_strdup(findings->arena, mend->old);
	copy->new = sp_arena_strdup(findings->arena, mend->new);
	bool ok = copy->file && copy->old && (copy->new || !mend->new);
	findings->mends_count += ok;
	return ok;
}

void spi_propose(spi_report *report, spi_rule rule, spi_place place, spi_mend_kind kind, const char *old, const char *new)
{
	const spi_mend mend = {report->file, rule, place, kind, old, new};
	if (spi_findings_wants_mends(report->findings) && spi_rule_severity(rule, report->config) != SP_SEVERITY_OFF &&
		(kind != SPI_MEND_REPLACE || new))
		add_mend(report->findings, &mend);
}

bool spi_findings_join(sp_findings *findings, const sp_findings *other)
{
	bool ok = true;
	for (size_t i = 0; ok && i < other->count; i++)
		ok = spi_findings_add(findings, &other->items[i]);
	for (size_t i = 0; ok && i < other->mends_count; i++)
		ok = add_mend(findings, &other->mends[i]);
	return ok;
}

sp_lang spi_findings_lang(const sp_findings *findings)
{
	return findings->lang;
}

/* The text of a finding; a fill named "suggestion" that is not empty adds "Did you mean …?". */
static const char *message(sp_lang lang, const char *key, const sp_fill *fills, sp_arena *arena)
{
	const char *text = sp_catalog_fill(lang, key, fills, arena);
	for (const sp_fill *fill = fills; text && fill->name; fill++) {
		if (strcmp(fill->name, "suggestion") == 0 && fill->value[0]) {
			const char *hint = sp_catalog_fill(lang, "check.hint", fills, arena);
			return hint ? sp_arena_printf(arena, "%s %s", text, hint) : text;
		}
	}
	return text;
}

static void note_error(spi_report *report, spi_place place, const char *key, const sp_fill *fills)
{
	report->broken = true;
	if (!report->err || report->err->status)
		return;
	sp_arena *arena = sp_arena_new(1024);
	const char *text = arena ? message(SP_LANG_EN, key, fills, arena) : NULL;
	sp_error_set(report->err, SP_ERR_INVALID, report->file, place.line, "%s", text ? text : key);
	report->err->column = place.column;
	sp_arena_free(arena);
}

void spi_report_add(spi_report *report, spi_rule rule, spi_place place, const char *variant, const sp_fill *fills)
{
	spi_report_measured(report, rule, place, variant, 0, fills);
}

void spi_report_measured(
	spi_report *report, spi_rule rule, spi_place place, const char *variant, double measure, const sp_fill *fills)
{
	static const sp_fill none[] = {{NULL, NULL}};
	sp_severity severity = spi_rule_severity(rule, report->config);
	if (severity == SP_SEVERITY_OFF)
		return;
	if (report->at_most && severity > report->at_most)
		severity = report->at_most;
	char key[96];
	snprintf(key, sizeof key, variant ? "check.%s.%s" : "check.%s", spi_rule_name(rule), variant);
	if (!fills)
		fills = none;
	if (severity == SP_SEVERITY_ERROR && spi_rule_weight_of(rule) != SPI_RULE_SERVED)
		note_error(report, place, key, fills);
	if (!report->findings)
		return;
	sp_finding finding = {
		.file = report->file,
		.line = place.line > 0 ? place.line : 1,
		.column = place.column > 0 ? place.column : 1,
		.severity = severity,
		.rule = spi_rule_name(rule),
		.message = message(report->findings->lang, key, fills, report->findings->arena),
		.measure = measure,
	};
	add(report->findings, &finding);
}

const char *spi_nearest(const char *text, const void *candidates, size_t count, size_t stride)
{
	const char *best = "";
	size_t len = strlen(text);
	int best_distance = (int)(len < 4 ? 1 : len < 8 ? 2 : 3);
	best_distance++;
	if (len > 64)
		return "";
	for (size_t i = 0; i < count; i++) {
		const char *candidate = *(const char *const *)((const char *)candidates + i * stride);
		int distance = sp_text_edit_distance(text, len, candidate, strlen(candidate), best_distance);
		if (distance < best_distance) {
			best_distance = distance;
			best = candidate;
		}
	}
	return best;
}
