/**
 * @file figures.h
 * The ledger's figures as people and programs read them: JSON, CSV (RFC 4180), a table for a terminal, Markdown; and what each means.
 *
 * Self-service rate is always a range, from confirmed to confirmed + assumed; a ticket never counts as success.
 * Threads: any.
 */
#ifndef SPORTELLO_FIGURES_H
#define SPORTELLO_FIGURES_H

#include "sportello/buffer.h"
#include "sportello/ledger.h"
#include "sportello/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is to be shown. All borrowed. */
typedef struct sp_figures {
	const sp_ledger_query *query;
	const sp_ledger_figures *now;
	const sp_ledger_query *before_query; /**< the period before, NULL = not compared */
	const sp_ledger_figures *before;
	sp_ruleset rules;       /**< SP_RULES_SPORTELLO: no others */
	bool all_rules;         /**< all of them */
	const struct sp_kb_config *names; /**< tables name categories, groups and audiences as people do, and months; NULL = keys */
	bool is_public;         /**< it leaves the house: small counts are masked, and only contacts and how they ended are told */
} sp_figures;

/** As `/v1/deflection` in openapi.json. Rates of nothing are null. False: memory is out. */
bool sp_figures_json(const sp_figures *figures, sp_buffer *out);
/** One header line, a line a row, the total last. What is masked is empty. False: memory is out. */
bool sp_figures_csv(const sp_figures *figures, sp_buffer *out);
/** A table for a terminal, or for Markdown; headings in @p lang. With a second dimension a table of both, of contacts (public:
 *  a row for each pair). False: memory is out. */
bool sp_figures_text(const sp_figures *figures, sp_lang lang, bool markdown, sp_buffer *out);

/** Which rows and cells of figures must not leave the house: of contacts (a bool a row) and of the four outcomes (four a row). Both are
 *  owned by the caller, zeroed before. False: memory is out. */
bool sp_figures_mask(const sp_figures *figures, bool *contacts, bool *outcomes);

/** A whole number as people of a language write it: 706.966. @p ret has 32 bytes. */
const char *sp_figures_number(uint64_t value, sp_lang lang, char *ret);

/** What a figure means: texts `definition.<id>.name` and `definition.<id>.text`. */
typedef struct sp_definition {
	const char *id;
	const char *formula;    /**< of the members of /v1/deflection */
	const char *source;     /**< where somebody else's rule is published; NULL = ours */
} sp_definition;
/** All of them; static. */
const sp_definition *sp_definitions(size_t *ret_count);
/** The one of an id; NULL = there is none. */
const sp_definition *sp_definition_of(const char *id);
/** What it is called, and what it counts; "" when there is none. Static. */
const char *sp_definition_name(const char *id, sp_lang lang);
const char *sp_definition_text(const char *id, sp_lang lang);
/** {definitions: [{id, name, definition, formula, source}]} */
void sp_definitions_json(sp_lang lang, sp_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
