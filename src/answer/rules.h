/* The rules of a decision: each is asked whether it decides. In which order: rules.c. */
#ifndef ANSWER_RULES_H
#define ANSWER_RULES_H

#include "answer/decide.h"

/* Numbers chosen on labelled sets (tests/answers), here and in the rules' files; those that are fitted are in weights.h. */
#define CASE_SCORE 2.0    /* from here on a person must look into it */
#define ANSWER_STANDS 0.9 /* an answer so sure is given whatever kind the message seems to be */

/* By the message alone (rules_message.c). */
bool spi_rule_nothing_readable(spi_deciding *d);
bool spi_rule_offer(spi_deciding *d);
/* "non voglio aprire niente, voglio sapere…": no ticket is wanted, and something else is. */
bool spi_declines_first(const spi_deciding *d);
bool spi_rule_whom(spi_deciding *d);
bool spi_rule_person(spi_deciding *d);
/* "chi sei?", "hello": of a service whose editors wrote an article about it. */
bool spi_has_own_article(const spi_deciding *d);
bool spi_rule_courtesy(spi_deciding *d);
bool spi_rule_yes(spi_deciding *d);
bool spi_rule_closing(spi_deciding *d);
bool spi_rule_abuse(spi_deciding *d);
/* By what was said before (rules_dialogue.c). */
bool spi_rule_not_solved(spi_deciding *d);
bool spi_rule_details(spi_deciding *d);
bool spi_rule_where(spi_deciding *d);
bool spi_rule_asks_on(spi_deciding *d);
bool spi_rule_asks_of_it(spi_deciding *d);
bool spi_rule_chosen(spi_deciding *d);
bool spi_rule_no_progress(spi_deciding *d);
/* Whether the first of what was found answered the last messages, and this one says hardly anything else. */
bool spi_goes_in_circles(const spi_deciding *d);
/* Whether so many turns were in vain that it is time for a person. */
bool spi_no_progress(const spi_deciding *d);
/* By what was found (rules_found.c). */
bool spi_rule_code(spi_deciding *d);
bool spi_rule_known(spi_deciding *d);
bool spi_rule_language(spi_deciding *d);
bool spi_rule_ticket_state(spi_deciding *d);
bool spi_rule_several(spi_deciding *d);
bool spi_rule_case(spi_deciding *d);
bool spi_rule_unknown_code(spi_deciding *d);
bool spi_rule_likely_case(spi_deciding *d);
bool spi_rule_gibberish(spi_deciding *d);
bool spi_rule_vague(spi_deciding *d);
bool spi_rule_sure(spi_deciding *d);
/* How much the phrasings that are nearest to the message, and near, are of a kind; 0 = they are not. */
double spi_kind_known(const spi_deciding *d, sp_message_kind kind);
/* Nothing but the day on which something ends (day_told.c). */
bool spi_rule_due_day(spi_deciding *d);
bool spi_rule_plain_kind(spi_deciding *d);
bool spi_rule_off_topic(spi_deciding *d);
bool spi_rule_choices(spi_deciding *d);
bool spi_rule_one_word(spi_deciding *d);
bool spi_rule_no_answer(spi_deciding *d);

/* ---- what rules ask ---- */

static inline int spi_count_bits(uint64_t set)
{
	return __builtin_popcountll(set);
}

/* Content words that no cue of the set explains. */
static inline int spi_unexplained(const spi_deciding *d, uint64_t explained)
{
	return spi_count_bits(d->cues.content & ~explained);
}

static inline bool spi_says(const spi_deciding *d, spi_cue cue)
{
	return spi_has_cue(&d->cues, cue);
}

static inline bool spi_last_was(const spi_deciding *d, sp_decision_kind kind)
{
	return d->last && d->last->decision == kind;
}

/* Whether a form for a ticket was offered and not sent yet. */
static inline bool spi_ticket_offered(const spi_deciding *d)
{
	return spi_last_was(d, SP_DECIDE_TICKET) && !d->question->dialogue->ticket_open;
}

/* Two questions back in a row are enough: then a person. That a day was taken down, or a number read, is none. */
static inline bool spi_clarified_twice(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	int asked = 0;
	for (size_t i = dialogue ? dialogue->count : 0; i > 0 && dialogue->turns[i - 1].decision == SP_DECIDE_CLARIFY; i--)
		asked += dialogue->turns[i - 1].reason != SP_REASON_DAY_TOLD && dialogue->turns[i - 1].reason != SP_REASON_NUMBER_TOLD;
	return asked >= 2;
}

#endif
