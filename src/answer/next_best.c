/* After "non ho risolto" what is looked for is the question that was answered: the words of the complaint find nothing, and beside the title of what
   was shown anything. Given is what is nearly as near as the answer that did not help, and stands out from the rest. Of the questions of both labelled sets
   that were answered wrongly (34 and 11 by words, 49 and 29 with vectors) 13 and 42 then get a second answer, 11 and 34 of them the right one; of
   those that were answered rightly, whose second one is in vain, 65 of 825 and 276 of 1106. */
#include "answer/next_best.h"

#include "answer/context.h"
#include "answer/rank.h"
#include "answer/rules.h"

#include <string.h>

#define NEARLY_AS_NEAR 0.7 /* of the score of what was shown */
#define STANDS_OUT 1.0     /* of its score above the next */

bool spi_next_best_was_given(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	for (size_t i = 0; dialogue && i < dialogue->count; i++)
		if (dialogue->turns[i].reason == SP_REASON_NEXT_BEST)
			return true;
	return false;
}

bool spi_wants_next_best(const spi_deciding *d)
{
	const sp_turn *last = d->last;
	if (!spi_last_was(d, SP_DECIDE_ANSWER) || !last->article || !last->question || last->step || last->lang != d->decision->lang || d->asks || d->meant)
		return false;
	uint64_t said = d->cues.covered[SPI_CUE_NOT_SOLVED];
	if (spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_RIGHT_ONE))
		return false;
	return said && !spi_says(d, SPI_CUE_SENT_BACK) && spi_unexplained(d, said) == 0 && !spi_next_best_was_given(d);
}

/* What was asked for in its very words says nothing of how near the others are. */
static void forget_known(spi_retrieval *found)
{
	for (size_t i = 0; i < found->count; i++)
		found->candidates[i].features[SP_FEATURE_EXACT] = 0;
	spi_rank(found->candidates, found->count, &found->stats);
}

/* A follow-up, read by itself, has something else first: then nothing is known of what comes second. */
static bool is_near(const spi_deciding *d)
{
	const sp_candidate *all = d->found.candidates;
	if (d->found.count < 2 || strcmp(all[0].id, d->last->article) != 0 || spi_topic_was_shown(d, all[1].id))
		return false;
	bool stands_out = d->found.count == 2 || all[1].score - all[2].score >= STANDS_OUT;
	return stands_out && all[1].score >= NEARLY_AS_NEAR * all[0].score;
}

void spi_drop_shown(spi_deciding *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->found.count; i++)
		if (!spi_topic_was_shown(d, d->found.candidates[i].id))
			d->found.candidates[kept++] = d->found.candidates[i];
	d->found.count = kept;
}

sp_status spi_look_for_next_best(spi_deciding *d, sp_error *err)
{
	d->found.text = d->last->question;
	d->found.len = strlen(d->found.text);
	sp_status status = spi_retrieve(&d->found, err);
	if (status != SP_OK)
		return status;
	forget_known(&d->found);
	d->next_best = is_near(d);
	spi_drop_shown(d);
	/* Of what kind the question was says nothing of the complaint. */
	memset(d->found.stats.kinds, 0, sizeof d->found.stats.kinds);
	return SP_OK;
}
