/* The one place that decides: rules in order, the first that applies wins. */
#include "answer/rules.h"

#include "answer/window.h"

bool spi_decided(spi_deciding *d, sp_decision_kind kind, sp_reason reason)
{
	d->decision->kind = kind;
	d->decision->reason = reason;
	return true;
}

typedef bool rule(spi_deciding *d);

static bool apply(rule *const *rules, size_t count, spi_deciding *d)
{
	for (size_t i = 0; i < count; i++)
		if (rules[i](d))
			return true;
	return false;
}

bool spi_decide_by_message(spi_deciding *d)
{
	static rule *const rules[] = {spi_rule_nothing_readable, spi_rule_where, spi_rule_asks_on, spi_rule_offer, spi_rule_whom, spi_rule_person, spi_rule_asks_of_it, spi_rule_yes, spi_rule_courtesy, spi_rule_closing, spi_rule_abuse};
	return apply(rules, sizeof rules / sizeof *rules, d);
}

void spi_decide_by_candidates(spi_deciding *d)
{
	static rule *const rules[] = {spi_rule_not_solved, spi_rule_several, spi_rule_code, spi_rule_known, spi_rule_language, spi_rule_ticket_state, spi_rule_details, spi_decide_by_told_day, spi_rule_case, spi_rule_unknown_code, spi_rule_plain_kind,
		spi_rule_no_progress, spi_rule_gibberish, spi_rule_vague, spi_rule_due_day, spi_rule_sure, spi_rule_chosen, spi_rule_likely_case, spi_rule_off_topic, spi_rule_choices, spi_rule_one_word, spi_rule_no_answer};
	apply(rules, sizeof rules / sizeof *rules, d);
}
