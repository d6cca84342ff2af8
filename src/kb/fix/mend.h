/*
 * What a rule would write instead of what it found wrong, where only one thing can be meant. Rules propose it beside their
 * finding (spi_mend()); it costs nothing unless somebody wants to mend (spi_findings_want_mends()).
 */
#ifndef KB_FIX_MEND_H
#define KB_FIX_MEND_H

#include "kb/report.h"

typedef enum spi_mend_kind {
	SPI_MEND_REPLACE, /* old, as it stands at the place (perhaps in quotes), by new */
	SPI_MEND_ITEM,    /* drop the list's item at the place, which has a line of its own */
	SPI_MEND_HEADING, /* make the first-level heading at the place a second-level one */
} spi_mend_kind;

typedef struct spi_mend {
	const char *file; /* as in findings */
	spi_rule rule;
	spi_place place;
	spi_mend_kind kind;
	const char *old, *new; /* of another kind than REPLACE: old is what to call it */
} spi_mend;

/* Propose it; nothing happens when the rule is off, nobody wants it, or new is NULL. Texts are copied. */
void spi_propose(spi_report *report, spi_rule rule, spi_place place, spi_mend_kind kind, const char *old, const char *new);

/* From now on the collector keeps what is proposed. */
void spi_findings_want_mends(sp_findings *findings);
bool spi_findings_wants_mends(const sp_findings *findings);
/* Sorted by file. */
const spi_mend *spi_findings_mends(sp_findings *findings, size_t *ret_count);

/*
 * The one candidate that is a letter away from the text (one more, one less, another one, two exchanged); NULL when there is
 * none, or several. Not for short texts, nor where the letter is a digit: step-2 is not a slip for step-1.
 */
const char *spi_only_near(const char *text, const void *candidates, size_t count, size_t stride);

#endif
