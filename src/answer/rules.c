/* The one place that decides: rules in order, the first that applies wins. Each says in one line what people would expect. */
#include "answer/decide.h"
#include "answer/rank.h"

#include <string.h>

/* Numbers chosen on labelled sets (tests/answers); those that are fitted are in weights.h. */
#define CASE_SCORE 2.0             /* from here on a person must look into it */
/* That a right one is among the choices: from here on a tap too many costs less than a ticket that was not needed. By words alone what no
   article answers looks so too often. */
#define CHOICE_CONFIDENCE 0.25
#define CHOICE_CONFIDENCE_WORDS 0.45
#define KNOWN_CONFIDENCE 0.97      /* of an answer to a known phrasing: phrasings are the editors' own */
#define CODE_CONFIDENCE 0.95
#define CASE_LIKELY 1.25           /* from here on, where no answer is sure */
#define OFF_TOPIC_KNOWN 0.28       /* share of the question's weight that our vocabulary knows */
/* Of sp_question_stats.kinds: from here on more likely than not, and all but certain. */
#define OFF_TOPIC_LIKELY 0.3
#define OFF_TOPIC_PLAIN 1.5
#define PERSON_PLAIN 1.3
#define ABUSE_PLAIN 1.3
#define SMALLTALK_PLAIN 1.5
#define ANSWER_STANDS 0.9          /* an answer so sure is given whatever kind the message seems to be */
#define OFF_TOPIC_CONFIDENCE 0.4   /* what an article is this likely to answer, or one of several, is ours, whatever the words */

bool spi_decided(spi_deciding *d, sp_decision_kind kind, sp_reason reason)
{
	d->decision->kind = kind;
	d->decision->reason = reason;
	return true;
}

static int bits(uint64_t set)
{
	return __builtin_popcountll(set);
}

/* Content words that no cue of the set explains. */
static int unexplained(const spi_deciding *d, uint64_t explained)
{
	return bits(d->cues.content & ~explained);
}

static bool said(const spi_deciding *d, spi_cue cue)
{
	return spi_has_cue(&d->cues, cue);
}

static bool last_was(const spi_deciding *d, sp_decision_kind kind)
{
	return d->last && d->last->decision == kind;
}

/* Whether a form for a ticket was offered and not sent yet. */
static bool ticket_offered(const spi_deciding *d)
{
	return last_was(d, SP_DECIDE_TICKET) && !d->question->dialogue->ticket_open;
}

/* Two questions back in a row are enough: then a person. */
static bool clarified_twice(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	return dialogue && dialogue->count >= 2 && dialogue->turns[dialogue->count - 1].decision == SP_DECIDE_CLARIFY &&
	       dialogue->turns[dialogue->count - 2].decision == SP_DECIDE_CLARIFY;
}

/* ---- by the message alone ---- */

static bool rule_nothing_readable(spi_deciding *d)
{
	return d->tokens.count == 0 && spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
}

static bool rule_person(spi_deciding *d)
{
	return said(d, SPI_CUE_PERSON) && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
}

static bool rule_courtesy(spi_deciding *d)
{
	static const struct { spi_cue cue; sp_reason reason; } courtesies[] = {
		{SPI_CUE_THANKS, SP_REASON_THANKS}, {SPI_CUE_GOODBYE, SP_REASON_GOODBYE}, {SPI_CUE_SMALLTALK, SP_REASON_SMALLTALK},
		{SPI_CUE_GREETING, SP_REASON_GREETING},
	};
	uint64_t covered = 0;
	for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
		covered |= d->cues.covered[courtesies[i].cue];
	if (!covered || unexplained(d, covered) > 0)
		return false;
	/* After an answer "no" says that it did not help. */
	if (last_was(d, SP_DECIDE_ANSWER) && said(d, SPI_CUE_NOT_SOLVED))
		return false;
	for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
		if (said(d, courtesies[i].cue))
			return spi_decided(d, SP_DECIDE_NONE, courtesies[i].reason);
	return false;
}

static bool rule_abuse(spi_deciding *d)
{
	return said(d, SPI_CUE_ABUSE) && unexplained(d, d->cues.covered[SPI_CUE_ABUSE]) <= 1 &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_ABUSE);
}

/* ---- with candidates ---- */

static bool rule_known(spi_deciding *d)
{
	if (d->found.count == 0)
		return false;
	const float *features = d->found.candidates[0].features;
	if (features[SP_FEATURE_CODE] > 0) {
		d->confidence = d->confidence > CODE_CONFIDENCE ? d->confidence : CODE_CONFIDENCE;
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_CODE);
	}
	if (features[SP_FEATURE_EXACT] > 0 && d->case_score < CASE_SCORE) {
		d->confidence = d->confidence > KNOWN_CONFIDENCE ? d->confidence : KNOWN_CONFIDENCE;
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_KNOWN_PHRASING);
	}
	return false;
}

/* Better said than answered by chance: names of services are the same in all languages. */
static bool rule_language(spi_deciding *d)
{
	return sp_text_is_foreign(d->question->text, d->question->len, d->config->langs) &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_LANGUAGE);
}

/* The first is answered; what answers the others is offered. */
static bool rule_several(spi_deciding *d)
{
	sp_decision *decision = d->decision;
	if (d->several_count < 2 || d->case_score >= CASE_SCORE || ticket_offered(d))
		return false;
	decision->also = sp_arena_alloc(d->arena, d->several_count * sizeof *decision->also);
	if (!decision->also)
		return false;
	for (size_t i = 1; i < d->several_count; i++)
		decision->also[decision->also_count++] = d->several[i].candidates[0];
	d->found = d->several[0];
	spi_judge(d);
	return rule_known(d) || spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

static bool answers_something_new(const spi_deciding *d)
{
	if (d->found.count == 0 || d->confidence < d->threshold)
		return false;
	return !d->last || !d->last->article || strcmp(d->last->article, d->found.candidates[0].id) != 0;
}

/* "non ho risolto": the next best answer once, where there is one, then a person. */
static bool rule_not_solved(spi_deciding *d)
{
	if (!said(d, SPI_CUE_NOT_SOLVED) || !last_was(d, SP_DECIDE_ANSWER))
		return false;
	if (unexplained(d, d->cues.covered[SPI_CUE_NOT_SOLVED]) >= 2 && answers_something_new(d))
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
}

/* A message that asks: a question mark, or a question word at its beginning. */
static bool asks(const spi_deciding *d)
{
	if (memchr(d->question->text, '?', d->question->len))
		return true;
	return said(d, SPI_CUE_QUESTION);
}

/* After a ticket was offered, what is said belongs to it, unless it is another question. */
static bool rule_details(spi_deciding *d)
{
	if (!ticket_offered(d))
		return false;
	bool found_nothing = d->last->reason == SP_REASON_NO_ANSWER;
	if (said(d, SPI_CUE_TOPIC_CHANGE) || (d->case_score < 1 && (answers_something_new(d) || (found_nothing && asks(d)))))
		return false;
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
}

static bool rule_case(spi_deciding *d)
{
	return d->case_score >= CASE_SCORE && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_CASE);
}

static bool rule_likely_case(spi_deciding *d)
{
	return d->case_score >= CASE_LIKELY && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_CASE);
}

static bool rule_gibberish(spi_deciding *d)
{
	bool unknown = d->found.stats.known_words == 0 && d->found.word_count == 0 && d->confidence < OFF_TOPIC_CONFIDENCE;
	return unknown && !said(d, SPI_CUE_VAGUE) && !said(d, SPI_CUE_OFF_TOPIC) &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_GIBBERISH);
}

static bool rule_vague(spi_deciding *d)
{
	uint64_t explained = d->cues.covered[SPI_CUE_VAGUE] | d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS];
	if (d->found.stats.content_words > 0 && !(said(d, SPI_CUE_VAGUE) && unexplained(d, explained) == 0))
		return false;
	/* A word of theirs that another language has too says nothing. */
	bool by_chance = d->found.count > 0 && d->found.candidates[0].is_foreign;
	if ((d->confidence >= d->threshold && !by_chance) || clarified_twice(d))
		return false;
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

static bool rule_sure(spi_deciding *d)
{
	return d->found.count > 0 && d->confidence >= d->threshold && spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

/* What the message as a whole says, where no cue told. */
static bool rule_plain_kind(spi_deciding *d)
{
	const double *kinds = d->found.stats.kinds;
	if (d->confidence >= ANSWER_STANDS)
		return false;
	if (kinds[SP_KIND_PERSON] > PERSON_PLAIN)
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
	if (kinds[SP_KIND_ABUSE] > ABUSE_PLAIN)
		return spi_decided(d, SP_DECIDE_NONE, SP_REASON_ABUSE);
	if (kinds[SP_KIND_SMALLTALK] > SMALLTALK_PLAIN && !said(d, SPI_CUE_VAGUE))
		return spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
	return kinds[SP_KIND_OFF_TOPIC] > OFF_TOPIC_PLAIN && !said(d, SPI_CUE_VAGUE) &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_OFF_TOPIC);
}

static bool rule_off_topic(spi_deciding *d)
{
	const sp_question_stats *stats = &d->found.stats;
	bool unknown = d->found.word_count == 0 || (stats->idf_sum > 0 && stats->idf_known / stats->idf_sum < OFF_TOPIC_KNOWN);
	bool is_ours = d->confidence >= OFF_TOPIC_CONFIDENCE || (stats->has_vector && d->choice_confidence >= OFF_TOPIC_CONFIDENCE);
	if (said(d, SPI_CUE_VAGUE) || (is_ours && !said(d, SPI_CUE_OFF_TOPIC)))
		return false;
	/* What a sentence is about tells better than whether its words are ours. */
	bool is_off = stats->has_vector ? stats->kinds[SP_KIND_OFF_TOPIC] > OFF_TOPIC_LIKELY : unknown;
	return (said(d, SPI_CUE_OFF_TOPIC) || is_off) && spi_decided(d, SP_DECIDE_NONE, SP_REASON_OFF_TOPIC);
}

static bool rule_choices(spi_deciding *d)
{
	double least = d->found.stats.has_vector ? CHOICE_CONFIDENCE : CHOICE_CONFIDENCE_WORDS;
	if (d->found.count < 2 || d->choice_confidence < least || clarified_twice(d))
		return false;
	/* Never twice in a row on the same thing. */
	if (last_was(d, SP_DECIDE_CLARIFY) && d->last->offered.count > 0)
		for (size_t i = 0; i < d->last->offered.count; i++)
			if (strcmp(d->last->offered.items[i], d->found.candidates[0].id) == 0)
				return false;
	d->decision->choices = d->found.count < SP_CHOICES_MAX ? d->found.count : SP_CHOICES_MAX;
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_CHOICES);
}

/* One word that is ours, and nothing to go by: "la tessera", "il codice". */
static bool rule_one_word(spi_deciding *d)
{
	bool asked_already = last_was(d, SP_DECIDE_CLARIFY) && d->last->offered.count > 0;
	return d->found.stats.content_words <= 1 && d->found.stats.known_words > 0 && !asked_already && !clarified_twice(d) &&
	       spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

static bool rule_no_answer(spi_deciding *d)
{
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
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
	static rule *const rules[] = {rule_nothing_readable, rule_person, rule_courtesy, rule_abuse};
	return apply(rules, sizeof rules / sizeof *rules, d);
}

void spi_decide_by_candidates(spi_deciding *d)
{
	static rule *const rules[] = {rule_not_solved, rule_several, rule_known, rule_language, rule_details, rule_case, rule_plain_kind, rule_gibberish, rule_vague, rule_sure,
		rule_likely_case, rule_off_topic, rule_choices, rule_one_word, rule_no_answer};
	apply(rules, sizeof rules / sizeof *rules, d);
}
