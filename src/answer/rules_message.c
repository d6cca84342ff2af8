/* Rules by the message alone: what a cue shows, before anything that was found counts. Each says in one line what people would expect. */
#include "answer/context.h"
#include "answer/rules.h"

#define CLOSING_WORDS 3            /* so many may stand beside "ok", "grazie" where nothing more is asked */
#define CONTACT_CONFIDENCE 0.5     /* an article tells the telephone number that is asked for */
#define CONTACT_SURE 0.8           /* the same before anything is talked of: whose number it is must be said */

bool spi_rule_nothing_readable(spi_deciding *d)
{
	return d->tokens.count == 0 && spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
}

/* "avete un numero di telefono?" of a body that is talked of: its article tells. */
static bool asks_for_contact(const spi_deciding *d)
{
	bool only_contact = (d->cues.covered[SPI_CUE_PERSON] & ~d->cues.covered[SPI_CUE_CONTACT]) == 0;
	if (!only_contact || !d->asks)
		return false;
	if (!spi_topic_is_known(d))
		return d->confidence >= CONTACT_SURE && spi_unexplained(d, d->cues.covered[SPI_CUE_CONTACT]) > 0;
	return d->alone_confidence >= CONTACT_CONFIDENCE || d->confidence >= ANSWER_STANDS;
}

bool spi_rule_person(spi_deciding *d)
{
	return spi_says(d, SPI_CUE_PERSON) && !asks_for_contact(d) && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_PERSON);
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
	if (!covered || spi_unexplained(d, covered) > 0)
		return false;
	/* After an answer "no" says that it did not help; "non ho capito" and "non ho risolto" are no thanks anywhere. */
	if (spi_last_was(d, SP_DECIDE_ANSWER) && spi_says(d, SPI_CUE_NOT_SOLVED))
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

/* "sì", under "did this solve it?". */
bool spi_rule_yes(spi_deciding *d)
{
	return spi_last_was(d, SP_DECIDE_ANSWER) && !d->last->step && !spi_says(d, SPI_CUE_NOT_SOLVED) && !d->asks &&
		spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_WALK_YES) && spi_decided(d, SP_DECIDE_NONE, SP_REASON_THANKS);
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
	return !(d->cues.covered[SPI_CUE_VAGUE] & ~covered) && spi_unexplained(d, covered) <= CLOSING_WORDS &&
		   spi_decided(d, SP_DECIDE_NONE, SP_REASON_THANKS);
}

bool spi_rule_abuse(spi_deciding *d)
{
	return spi_says(d, SPI_CUE_ABUSE) && spi_unexplained(d, d->cues.covered[SPI_CUE_ABUSE]) <= 1 &&
	       spi_decided(d, SP_DECIDE_NONE, SP_REASON_ABUSE);
}
