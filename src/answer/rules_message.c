/* Rules by the message alone: what a cue shows, before anything that was found counts. Each says in one line what people would expect. */
#include "answer/context.h"
#include "answer/rules.h"

#include <string.h>

#define CLOSING_WORDS 3            /* so many may stand beside "ok", "grazie" where nothing more is asked */
#define NO_WITHIN 3                /* words: what is said first */
#define CONTACT_CONFIDENCE 0.5     /* an article tells the telephone number that is asked for */
#define CONTACT_SURE 0.8           /* the same before anything is talked of: whose number it is must be said */
#define WHOM_CONFIDENCE 0.97       /* that who decides is whom to ask */
/* "ok l'app non si apre": from here on of an answer to it, read by itself, it is something else that is wrong; */
#define MATTER_CONFIDENCE 0.93
#define MATTER_DENIED 0.8          /* the same with a "not" in it; */
#define MATTER_BY_WORDS 0.8        /* both by words alone, which are never so sure */
#define MATTER_DENIED_BY_WORDS 0.6
#define MATTER_WORDS 2             /* that say something; with a "not" one will do */

bool spi_rule_nothing_readable(spi_deciding *d)
{
	return d->tokens.count == 0 && spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
}

static uint64_t courtesy_in(const spi_deciding *d)
{
	static const spi_cue cues[] = {SPI_CUE_THANKS, SPI_CUE_GREETING, SPI_CUE_GOODBYE, SPI_CUE_OPENING, SPI_CUE_ENDING};
	uint64_t covered = 0;
	for (size_t i = 0; i < sizeof cues / sizeof *cues; i++)
		covered |= d->cues.covered[cues[i]];
	return covered;
}

/* "c'è un numero da chiamare?", of nobody by name: what was answered already says no more, and what is about something else is beside the point. */
static bool is_of_nobody(const spi_deciding *d)
{
	bool names = spi_unexplained(d, d->cues.covered[SPI_CUE_CONTACT] | d->cues.covered[SPI_CUE_QUESTION] | courtesy_in(d)) > 0;
	if (names || d->found.count == 0 || !spi_topic_is_known(d))
		return false;
	const sp_candidate *first = d->found.candidates;
	return strcmp(first->id, d->topic.article) == 0 || (!spi_topic_is_related(d, first->id) && strcmp(first->category, d->topic.category) != 0);
}

/* "avete un numero di telefono?" of a body that is talked of: its article tells. */
static bool asks_for_contact(const spi_deciding *d)
{
	bool only_contact = (d->cues.covered[SPI_CUE_PERSON] & ~d->cues.covered[SPI_CUE_CONTACT]) == 0;
	if (!only_contact || !d->asks || is_of_nobody(d))
		return false;
	if (!spi_topic_is_known(d))
		return d->confidence >= CONTACT_SURE && spi_unexplained(d, d->cues.covered[SPI_CUE_CONTACT]) > 0;
	/* What is sure of the message alone says nothing of another article that is only near to what was talked of. */
	bool is_told_alone = d->alone_confidence >= CONTACT_CONFIDENCE && d->found.count > 0 && strcmp(d->found.candidates[0].id, d->alone_first) == 0;
	return (is_told_alone && d->confidence >= d->threshold) || d->confidence >= ANSWER_STANDS;
}

/* A day or a number was told by itself after an answer, and a ticket with it offered. */
static bool was_offered_with_detail(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	sp_reason reason = dialogue && dialogue->count > 0 ? dialogue->turns[dialogue->count - 1].reason : SP_REASON_COUNT;
	bool told = reason == SP_REASON_DAY_TOLD || reason == SP_REASON_NUMBER_TOLD;
	return told && spi_last_was(d, SP_DECIDE_ANSWER) && !d->last->step && !(d->topic.record && *d->topic.record->competence);
}

/* More than a bare "no", behind which may be what it is about. "non ho risolto" holds "ho risolto". */
static bool is_plain_no(const spi_deciding *d, uint64_t no)
{
	return no && !(d->cues.covered[SPI_CUE_NOT_SOLVED] & ~no) && (spi_count_bits(no) > 1 || spi_says(d, SPI_CUE_THANKS));
}

/* "ok grazie ho perso il puk": whatever thanks stand before it, it is said because something is wrong. Who says what they do next ("ok entro con la
   cie") wants nothing, though an article is about it. */
static bool is_new_matter(const spi_deciding *d, uint64_t courtesy)
{
	bool denies = d->cues.covered[SPI_CUE_DENIAL] & ~courtesy;
	int said = spi_unexplained(d, courtesy);
	double least = denies ? MATTER_DENIED : MATTER_CONFIDENCE;
	if (!d->found.stats.has_vector)
		least = denies ? MATTER_DENIED_BY_WORDS : MATTER_BY_WORDS;
	return !spi_says(d, SPI_CUE_INTENTION) && said >= (denies ? 1 : MATTER_WORDS) && d->alone_confidence >= least;
}

/* "no va bene così", "no, tutto chiaro": the "no" is to more help, not to "did this solve it?". */
static bool is_no_with_thanks(const spi_deciding *d, uint64_t no)
{
	uint64_t not_solved = d->cues.covered[SPI_CUE_NOT_SOLVED];
	return !(not_solved & ~no) && d->cues.covered[SPI_CUE_THANKS] & ~not_solved;
}

/* "no grazie, aspetto mio nipote": nothing more is asked. */
static bool ends_with_no(const spi_deciding *d, uint64_t no)
{
	/* "lascia stare, il pin della carta" begins anew. */
	double of_case = spi_case_score(d->question->text, d->question->len, &d->tokens, &d->cues);
	bool goes_on = of_case >= 1 || spi_says(d, SPI_CUE_BUT) || spi_says(d, SPI_CUE_PERSON) ||
		(spi_says(d, SPI_CUE_TOPIC_CHANGE) && (!spi_says(d, SPI_CUE_THANKS) || is_new_matter(d, no | courtesy_in(d))));
	return is_plain_no(d, no) && spi_unexplained(d, no | courtesy_in(d)) <= (goes_on ? 0 : CLOSING_WORDS);
}

bool spi_declines_first(const spi_deciding *d)
{
	uint64_t no = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_OFFER_NO);
	return is_plain_no(d, no) && spi_count_bits(no) > 1 && no & (((uint64_t)1 << NO_WITHIN) - 1);
}

/* "no grazie", "ok apri", to the offer of a ticket; where anything else is said it is not that. */
static bool decide_by_offer(spi_deciding *d, uint64_t no)
{
	uint64_t thanks = d->cues.covered[SPI_CUE_THANKS], courtesy = courtesy_in(d);
	uint64_t yes = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_OFFER_YES);
	bool is_no = no && !(d->cues.covered[SPI_CUE_NOT_SOLVED] & ~no) && spi_unexplained(d, no | yes | courtesy) == 0;
	bool declined = is_no || ends_with_no(d, no);
	bool is_thanks = !(yes & ~thanks); /* "ok" says that it was read */
	if (!declined && (!yes || no || is_thanks || spi_unexplained(d, yes | courtesy) > 0))
		return false;
	d->found.count = 0; /* what is found for such words is about nothing */
	spi_judge(d);
	return declined ? spi_decided(d, SP_DECIDE_NONE, SP_REASON_DECLINED) : spi_decided(d, SP_DECIDE_TICKET, SP_REASON_ACCEPTED);
}

bool spi_rule_offer(spi_deciding *d)
{
	if (d->asks || !d->last)
		return false;
	uint64_t no = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_OFFER_NO);
	if (spi_ticket_offered(d) || was_offered_with_detail(d))
		return decide_by_offer(d, no);
	/* "lascia stare, riprovo domani", of a question back or an answer. */
	bool has_solved = !spi_says(d, SPI_CUE_NOT_SOLVED) || is_no_with_thanks(d, no);
	/* On the way through a procedure "no" is a choice, "lasciamo stare" is none. */
	bool leaves = spi_count_bits(no) > 1 && spi_unexplained(d, no | courtesy_in(d)) == 0;
	bool is_answered = spi_last_was(d, SP_DECIDE_ANSWER) && (!d->last->step || leaves) && has_solved;
	/* "anzi no, la password" puts right what was asked. */
	if (spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_SECOND_THOUGHTS) && spi_unexplained(d, no | courtesy_in(d)) > 0)
		return false;
	return (is_answered || spi_last_was(d, SP_DECIDE_CLARIFY)) && ends_with_no(d, no) &&
		spi_decided(d, SP_DECIDE_NONE, spi_says(d, SPI_CUE_THANKS) ? SP_REASON_THANKS : SP_REASON_GOODBYE);
}

/* "a chi telefono?", where another body decides on what was answered: its article tells, with the body's contact, and a person is offered. */
bool spi_rule_whom(spi_deciding *d)
{
	uint64_t whom = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_ASKS_WHOM);
	if (!whom || spi_unexplained(d, whom | courtesy_in(d)) > 0 || !spi_topic_is_known(d) || !*d->topic.record->competence)
		return false;
	return spi_put_first(d, d->topic.record, WHOM_CONFIDENCE) && spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

bool spi_rule_person(spi_deciding *d)
{
	return spi_says(d, SPI_CUE_PERSON) && !asks_for_contact(d) && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
}

bool spi_has_own_article(const spi_deciding *d)
{
	if (d->last || d->found.count == 0)
		return false;
	return d->found.candidates[0].features[SP_FEATURE_EXACT] > 0 || (d->confidence >= ANSWER_STANDS && spi_kind_known(d, SP_KIND_SMALLTALK) > 0);
}

/* "ok ma dove", "grazie, e quando?": all but its question is courtesy. */
static bool asks_behind_thanks(const spi_deciding *d, uint64_t covered)
{
	size_t thanked = 0;
	if (!d->asks || !d->topic.turn || !d->cues.covered[SPI_CUE_THANKS])
		return false;
	while (thanked < d->cues.count && covered >> thanked & 1)
		thanked++;
	return thanked > 0 && thanked < d->cues.count;
}

bool spi_rule_courtesy(spi_deciding *d)
{
	static const struct { spi_cue cue; sp_reason reason; } courtesies[] = {
		{SPI_CUE_THANKS, SP_REASON_THANKS}, {SPI_CUE_GOODBYE, SP_REASON_GOODBYE}, {SPI_CUE_SMALLTALK, SP_REASON_SMALLTALK},
		{SPI_CUE_GREETING, SP_REASON_GREETING},
	};
	uint64_t covered = 0;
	for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
		covered |= d->cues.covered[courtesies[i].cue];
	if (!covered || spi_unexplained(d, covered) > 0 || asks_behind_thanks(d, covered) || spi_has_own_article(d))
		return false;
	/* After an answer "no" says that it did not help, after the offer of a ticket "ancora niente"; "non ho capito" and "non ho risolto" are no
	   thanks anywhere. */
	if ((spi_last_was(d, SP_DECIDE_ANSWER) || spi_ticket_offered(d)) && spi_says(d, SPI_CUE_NOT_SOLVED))
		return false;
	if ((d->cues.covered[SPI_CUE_NOT_SOLVED] | d->cues.covered[SPI_CUE_VAGUE]) & d->cues.covered[SPI_CUE_THANKS])
		return false;
	/* "boh", after three questions back: telling once more who one is helps nobody. */
	if (covered == d->cues.covered[SPI_CUE_SMALLTALK] && spi_no_progress(d))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
	for (size_t i = 0; i < sizeof courtesies / sizeof *courtesies; i++)
		if (spi_says(d, courtesies[i].cue))
			return spi_decided(d, SP_DECIDE_NONE, courtesies[i].reason);
	return false;
}

/* "sì", "fatto", under "did this solve it?". */
bool spi_rule_yes(spi_deciding *d)
{
	sp_lang lang = d->decision->lang;
	return spi_last_was(d, SP_DECIDE_ANSWER) && !d->last->step && !spi_says(d, SPI_CUE_NOT_SOLVED) && !d->asks &&
		(spi_walk_cue_said(&d->tokens, lang, SPI_WALK_YES) || spi_walk_cue_said(&d->tokens, lang, SPI_WALK_DONE)) && spi_decided(d, SP_DECIDE_NONE, SP_REASON_THANKS);
}

/* "ok, scrivo al comune", "ah la usa mia moglie. capito": nothing more is asked. */
bool spi_rule_closing(spi_deciding *d)
{
	static const spi_cue friendly[] = {SPI_CUE_CLOSING, SPI_CUE_THANKS, SPI_CUE_GOODBYE, SPI_CUE_GREETING, SPI_CUE_FOLLOW_UP};
	static const spi_cue goes_on[] = {SPI_CUE_BUT, SPI_CUE_NOT_SOLVED, SPI_CUE_TOPIC_CHANGE, SPI_CUE_CASE_ACT, SPI_CUE_SENT_BACK};
	uint64_t covered = 0;
	if (!spi_says(d, SPI_CUE_CLOSING) || !(spi_last_was(d, SP_DECIDE_ANSWER) || spi_last_was(d, SP_DECIDE_TICKET)) || d->asks || d->case_score >= 1)
		return false;
	for (size_t i = 0; i < sizeof friendly / sizeof *friendly; i++)
		covered |= d->cues.covered[friendly[i]];
	for (size_t i = 0; i < sizeof goes_on / sizeof *goes_on; i++)
		if (d->cues.covered[goes_on[i]] & ~d->cues.covered[SPI_CUE_CLOSING])
			return false;
	return !(d->cues.covered[SPI_CUE_VAGUE] & ~covered) && spi_unexplained(d, covered) <= CLOSING_WORDS && !is_new_matter(d, covered) &&
		   spi_decided(d, SP_DECIDE_NONE, SP_REASON_THANKS);
}

/* "inutile", after an answer, says that it did not help. */
bool spi_rule_abuse(spi_deciding *d)
{
	bool of_answer = spi_last_was(d, SP_DECIDE_ANSWER) && spi_says(d, SPI_CUE_NOT_SOLVED);
	return !of_answer && spi_says(d, SPI_CUE_ABUSE) && spi_unexplained(d, d->cues.covered[SPI_CUE_ABUSE]) <= 1 &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_ABUSE);
}
