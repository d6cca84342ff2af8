/* Where findings go while a file is read. */
#ifndef KB_REPORT_H
#define KB_REPORT_H

#include "kb/lint/rules.h"
#include "sportello/catalog.h"

typedef struct spi_place {
	int line, column; /* 1-based; a column counts characters */
} spi_place;

typedef struct spi_report {
	sp_findings *findings;      /* NULL: nobody reads them, only whether there are errors counts */
	const sp_kb_config *config; /* the editors' severities; NULL: the defaults */
	const char *file;           /* as the user would open it */
	sp_error *err;              /* receives the first error that keeps it from being served, in English; may be NULL */
	bool broken;                /* there was one */
	sp_severity at_most;        /* findings count no more than this; SP_SEVERITY_OFF: as they are */
} spi_report;

/*
 * Note a finding. Its text is the catalogue's "check.<rule>", or "check.<rule>.<variant>" with a variant.
 * fills: borrowed, ends with a NULL name; may be NULL.
 */
void spi_report_add(spi_report *report, spi_rule rule, spi_place place, const char *variant, const sp_fill *fills);

/* The same for a rule that weighs the text: measure goes into the finding (sp_finding says what it is for each rule). */
void spi_report_measured(
	spi_report *report, spi_rule rule, spi_place place, const char *variant, double measure, const sp_fill *fills);

/* spi_report_add() with fills written in place: SPI_REPORT(report, rule, place, variant, {"key", key}, {"value", value}) */
#define SPI_REPORT(report, rule, place, variant, ...) \
	spi_report_add(report, rule, place, variant, (const sp_fill[]){__VA_ARGS__, {NULL, NULL}})

/* And spi_report_measured(). */
#define SPI_REPORT_MEASURED(report, rule, place, variant, measure, ...) \
	spi_report_measured(report, rule, place, variant, measure, (const sp_fill[]){__VA_ARGS__, {NULL, NULL}})

/* Take in a copy of a finding of another collector. False when memory is out. */
bool spi_findings_add(sp_findings *findings, const sp_finding *finding);
/* Take in copies of all that another one has. False when memory is out. */
bool spi_findings_join(sp_findings *findings, const sp_findings *other);
/* The language that its messages are in. */
sp_lang spi_findings_lang(const sp_findings *findings);

/* What somebody most likely meant, "" when nothing is near. Candidates: count texts, each stride bytes after the other.
   As the fill "suggestion" it makes the finding ask "Did you mean …?". */
const char *spi_nearest(const char *text, const void *candidates, size_t count, size_t stride);

/* The rule that somebody most likely meant, "" when none is near. */
const char *spi_rule_nearest(const char *name);

#endif
