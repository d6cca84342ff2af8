#include "kb/lint/lint.h"

#include <stdio.h>
#include <string.h>

static void report_each(const spi_refs *refs, spi_rule rule, const char *variant, spi_report *report)
{
	for (size_t i = 0; i < refs->count; i++)
		SPI_REPORT(report, rule, refs->items[i].place, variant, {"value", refs->items[i].text});
}

/* In a procedure a second-level heading is a step: there somebody has to look. */
static void check_headings(const spi_outline *outline, sp_article_type type, spi_report *report)
{
	for (size_t i = 0; i < outline->headings_count; i++) {
		const spi_heading *heading = &outline->headings[i];
		if (heading->level != 1)
			continue;
		SPI_REPORT(report, SPI_RULE_HEADING_1, heading->place, NULL, {"value", heading->text});
		if (type != SP_TYPE_PROCEDURE)
			spi_propose(report, SPI_RULE_HEADING_1, heading->place, SPI_MEND_HEADING, heading->text, NULL);
	}
}

void spi_lint_propose_anchor(const spi_outline *outline, spi_rule rule, const char *anchor, spi_place place, spi_report *report)
{
	char old[160], new[160];
	const char *meant = spi_findings_wants_mends(report->findings) && outline->headings_count
		? spi_only_near(anchor, &outline->headings[0].anchor, outline->headings_count, sizeof *outline->headings)
		: NULL;
	if (!meant || strlen(anchor) + 2 > sizeof old || strlen(meant) + 2 > sizeof new)
		return;
	snprintf(old, sizeof old, "#%s", anchor);
	snprintf(new, sizeof new, "#%s", meant);
	spi_propose(report, rule, place, SPI_MEND_REPLACE, old, new);
}

static void check_anchors(const spi_outline *outline, spi_report *report)
{
	for (size_t i = 0; i < outline->headings_named.count; i++) {
		const spi_ref *ref = &outline->headings_named.items[i];
		if (spi_map_get(&outline->anchors, ref->text, strlen(ref->text)))
			continue;
		const char *near = outline->headings_count && outline->headings_count <= 200
			? spi_nearest(ref->text, &outline->headings[0].anchor, outline->headings_count, sizeof *outline->headings)
			: "";
		SPI_REPORT(report, SPI_RULE_BROKEN_ANCHOR, ref->place, NULL, {"value", ref->text}, {"suggestion", near});
		spi_lint_propose_anchor(outline, SPI_RULE_BROKEN_ANCHOR, ref->text, ref->place, report);
	}
}

void spi_lint_body(const sp_article *article, const spi_facts *facts, spi_report *report)
{
	const spi_outline *outline = &facts->outline;
	if (!outline->has_text)
		spi_report_add(report, SPI_RULE_EMPTY_BODY, (spi_place){article->body_line, 1}, NULL, NULL);
	check_headings(outline, article->type, report);
	check_anchors(outline, report);
	report_each(&outline->html, SPI_RULE_RAW_HTML, NULL, report);
	report_each(&outline->images, SPI_RULE_IMAGE, NULL, report);
	report_each(&outline->unsafe, SPI_RULE_UNSAFE_LINK, NULL, report);
	report_each(&outline->nowhere, SPI_RULE_BROKEN_LINK, "nowhere", report);
	if (article->type == SP_TYPE_PROCEDURE)
		spi_lint_procedure(facts, report);
}
