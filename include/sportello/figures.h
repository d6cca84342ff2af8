/**
 * @file figures.h
 * The deflection figures as people and programs read them: text table, CSV (RFC 4180), JSON.
 *
 * Self-service rate is always a range, from confirmed to confirmed + assumed; a ticket never counts as success.
 * Threads: any.
 */
#ifndef SPORTELLO_FIGURES_H
#define SPORTELLO_FIGURES_H

#include "sportello/buffer.h"
#include "sportello/store.h"
#include "sportello/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** "month", "day", "category", "channel", "lang", "article". */
const char *sp_report_by_name(sp_report_by by);
/** False when the name is none. */
bool sp_report_by_of(const char *name, sp_report_by *ret);

/** {by, from, until, rows: [{key, conversations, resolved_confirmed, resolved_assumed, tickets, abandoned, pending,
 *  self_service_rate: {low, high}}], total, tickets}: as `/v1/deflection` in openapi.json. Rates of nothing are null. */
void sp_figures_json(const sp_report *report, sp_report_by by, int64_t from_utc_s, int64_t until_utc_s, sp_buffer *out);
/** One header line, a line a row, the total last. */
void sp_figures_csv(const sp_report *report, sp_report_by by, sp_buffer *out);
/** A table for a terminal, headings in @p lang. */
void sp_figures_text(const sp_report *report, sp_report_by by, sp_lang lang, sp_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
