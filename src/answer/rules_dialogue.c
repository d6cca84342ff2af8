/* Rules by what was said before: what did not help, details of a ticket, a choice in free words, no progress. */
#include "answer/context.h"
#include "answer/next_best.h"
#include "answer/rank.h"
#include "answer/rules.h"

#include <math.h>
#include <string.h>

#define CHOSEN_WORDS 3             /* that say something */
#define CHOSEN_MARGIN 1.0          /* of its score above the second */
#define NEXT_BEST_CONFIDENCE 0.2
#define NEXT_BEST_AMONG 5          /* candidates that were not shown */
#define TOLD_BETTER 0.5
#define WHERE_WORDS 6
#define WHERE_CONFIDENCE 0.97
#define BESIDE_MARGIN 3.0          /* of its score above what was answered, of what stands beside that */
#define BESIDE_CONFIDENCE 0.9
#define SAME_MOST 3                /* times in a row that an answer is given, then a person; who says something of their own */
#define CIRCLE_WORDS 1             /* with more words may be answered by it all the same */
#define NO_PROGRESS 3              /* turns, then a person */

static bool answers_something_new(const spi_deciding *d)
{
	if (d->found.count == 0 || d->confidence < d->threshold)
		return false;
	return !d->last || !d->last->article || strcmp(d->last->article, d->found.candidates[0].id) != 0;
}

/* The best that was not shown yet is the first; false: there is none. */
static bool leave_out_shown(spi_deciding *d)
{
	spi_drop_shown(d);
	spi_judge(d);
	return d->found.count > 0;
}

static void bring_first(sp_candidate *all, size_t i)
{
	const sp_candidate first = all[i];
	memmove(all + 1, all, i * sizeof first);
	all[0] = first;
}

/* The best of what the article that was shown names as related comes first; false: none was found. */
static bool put_related_first(spi_deciding *d)
{
	for (size_t i = 0; i < d->found.count && i < NEXT_BEST_AMONG; i++) {
		if (!spi_topic_is_related(d, d->found.candidates[i].id))
			continue;
		bring_first(d->found.candidates, i);
		spi_judge(d);
		return true;
	}
	return false;
}

/* "non ho risolto": the next best answer once, where one is near to what was shown or sure, then a person. */
bool spi_rule_not_solved(spi_deciding *d)
{
	bool not_solved = spi_says(d, SPI_CUE_NOT_SOLVED), sent_back = spi_says(d, SPI_CUE_SENT_BACK);
	/* Who was sent back has asked elsewhere, whatever was asked back meanwhile. */
	if (sent_back && !d->asks && d->topic.article && spi_last_was(d, SP_DECIDE_CLARIFY))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	/* Neither did the question back that came after an answer. */
	if (not_solved && !d->asks && d->topic.article && spi_last_was(d, SP_DECIDE_CLARIFY) && spi_unexplained(d, d->cues.covered[SPI_CUE_NOT_SOLVED]) == 0)
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	if ((!not_solved && !sent_back) || !spi_last_was(d, SP_DECIDE_ANSWER) || d->case_score >= CASE_SCORE)
		return false;
	int more = spi_unexplained(d, d->cues.covered[SPI_CUE_NOT_SOLVED]);
	if (sent_back)
		return !d->asks && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	/* "niente da fare, si può evitare di appoggiarla?" asks something else. */
	if (d->asks && more >= 1) {
		if (d->cues.covered[SPI_CUE_NOT_SOLVED] & 1)
			leave_out_shown(d);
		return false;
	}
	if (more >= 2 && d->alone_confidence >= spi_answer_threshold(d->config->answer_precision, &d->found.stats) && answers_something_new(d))
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	if (spi_wants_next_best(d))
		return d->next_best ? spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_NEXT_BEST) : spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	/* What was done as it says, or not understood, was the right one. */
	bool was_right = more == 0 && spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_RIGHT_ONE);
	if (!was_right && !spi_next_best_was_given(d) && leave_out_shown(d) && put_related_first(d) && d->confidence >= NEXT_BEST_CONFIDENCE)
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_NEXT_BEST);
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
}

/* What a ticket was offered for, before details of it were told. */
static sp_reason offered_for(const spi_deciding *d, const sp_turn *offer)
{
	const sp_turn *first = d->question->dialogue->turns;
	while (offer > first && offer->reason == SP_REASON_DETAILS && offer[-1].decision == SP_DECIDE_TICKET)
		offer--;
	return offer->reason;
}

/* Asked in between, after a ticket was offered: "ma la versione dell'app dove la vedo?"; what is told next goes on with the ticket. */
static bool was_asked_in_between(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	if (!spi_last_was(d, SP_DECIDE_ANSWER) || dialogue->ticket_open || dialogue->count < 2 || d->asks || spi_says(d, SPI_CUE_TOPIC_CHANGE))
		return false;
	const sp_turn *before = d->last - 1;
	sp_reason offered = before->decision == SP_DECIDE_TICKET ? offered_for(d, before) : SP_REASON_NO_ANSWER;
	bool is_wanted = offered != SP_REASON_NO_ANSWER && offered != SP_REASON_PERSON;
	return is_wanted && d->found.count > 0 && strcmp(d->found.candidates[0].id, d->last->article) == 0;
}

/* "scrivetemi a maria.rossi@example.org" */
static bool gives_data(const spi_deciding *d)
{
	bool given = false;
	for (size_t i = 0; i < d->tokens.count; i++)
		given |= d->tokens.items[i].kind == SP_TOKEN_PERSONAL;
	return given && !d->asks && !spi_says(d, SPI_CUE_TOPIC_CHANGE);
}

/* After a ticket was offered, what is said belongs to it, unless it is another question. */
bool spi_rule_details(spi_deciding *d)
{
	if (was_asked_in_between(d))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	if (!spi_ticket_offered(d) || spi_declines_first(d))
		return false;
	if (gives_data(d))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
	/* "e adesso?": what is to be done now is to send it. */
	if (spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_ASKS_ON))
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_ACCEPTED);
	/* "non ho risolto" adds nothing that could be thanked for. */
	if (spi_says(d, SPI_CUE_NOT_SOLVED) && !d->asks && spi_unexplained(d, d->cues.covered[SPI_CUE_NOT_SOLVED]) == 0)
		return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	sp_reason offered = offered_for(d, d->last);
	bool person = offered == SP_REASON_PERSON, asks_on = d->asks || spi_says(d, SPI_CUE_TOPIC_CHANGE);
	/* Told better, what had no answer before may have one. */
	double least = offered == SP_REASON_NO_ANSWER ? TOLD_BETTER : ANSWER_STANDS;
	uint64_t vague = d->cues.covered[SPI_CUE_VAGUE];
	bool tells = !vague || spi_unexplained(d, vague) > 0; /* "ma mi dà errore" does not */
	bool sure = tells && d->confidence >= least && answers_something_new(d);
	if (spi_says(d, SPI_CUE_TOPIC_CHANGE) || (d->case_score < 1 && ((sure && !person) || (asks_on && d->confidence >= d->threshold))))
		return false;
	/* Nothing was found before, and this is asked. */
	if (offered == SP_REASON_NO_ANSWER && d->asks && d->case_score < 1)
		return false;
	return spi_decided(d, SP_DECIDE_TICKET, SP_REASON_DETAILS);
}

/* "dove eravamo rimasti?", where there was no procedure: at what was shown last; "indietro": what is it about? */
bool spi_rule_where(spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	if (!dialogue || dialogue->count == 0 || dialogue->walk || d->tokens.count > WHERE_WORDS)
		return false;
	sp_lang lang = d->decision->lang;
	bool asks_where = spi_walk_cue_said(&d->tokens, lang, SPI_WALK_WHERE);
	if (!asks_where && !spi_walk_cue_said(&d->tokens, lang, SPI_WALK_BACK))
		return false;
	if (asks_where && d->topic.record && spi_put_article(d, d->topic.record, WHERE_CONFIDENCE))
		return spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	return spi_decided(d, SP_DECIDE_CLARIFY, SP_REASON_TOO_VAGUE);
}

bool spi_goes_in_circles(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	size_t same = 0;
	if (spi_count_bits(d->cues.content) > CIRCLE_WORDS && !spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_ASKS_ON))
		return false;
	for (size_t i = dialogue ? dialogue->count : 0; i > 0 && same < SAME_MOST; i--, same++) {
		const sp_turn *turn = &dialogue->turns[i - 1];
		if (turn->decision != SP_DECIDE_ANSWER || turn->step || strcmp(turn->article, d->found.candidates[0].id) != 0)
			break;
	}
	return same == SAME_MOST;
}

/* "e poi?", "quanto ci vuole?": of what was answered last. */
bool spi_rule_asks_on(spi_deciding *d)
{
	if (!d->topic.record || !spi_last_was(d, SP_DECIDE_ANSWER) || strcmp(d->last->article, d->topic.article) != 0 ||
		!spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_ASKS_ON) || !spi_put_first(d, d->topic.record, WHERE_CONFIDENCE))
		return false;
	return spi_goes_in_circles(d) ? spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED) : spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

/* The first of what was found that the article's editors name beside it, or it itself. */
static size_t find_near_topic(const spi_deciding *d)
{
	size_t i = 0;
	while (i < d->found.count && strcmp(d->found.candidates[i].id, d->topic.article) != 0 && !spi_topic_is_related(d, d->found.candidates[i].id))
		i++;
	return i;
}

static double score_of_topic(const spi_deciding *d)
{
	for (size_t i = 0; i < d->found.count; i++)
		if (strcmp(d->found.candidates[i].id, d->topic.article) == 0)
			return d->found.candidates[i].score;
	return -INFINITY;
}

/* "quanto costa?": of what was answered last, or of what its editors name beside it, where that plainly says it better; the rest of the knowledge base
   would answer it of something else. */
bool spi_rule_asks_of_it(spi_deciding *d)
{
	if (!spi_asks_of_it(d))
		return false;
	sp_candidate *all = d->found.candidates;
	size_t i = find_near_topic(d);
	/* "e se non ce l'ho?" has no word by which anything could say it better. */
	bool is_beside = d->cues.content && i < d->found.count && all[i].score - score_of_topic(d) >= BESIDE_MARGIN;
	if (!is_beside && !spi_put_first(d, d->topic.record, WHERE_CONFIDENCE))
		return false;
	if (is_beside) {
		bring_first(all, i);
		d->confidence = d->choice_confidence = BESIDE_CONFIDENCE;
	}
	return spi_goes_in_circles(d) ? spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED) : spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

static bool was_offered(const spi_deciding *d, const char *id)
{
	for (size_t i = 0; i < d->last->offered.count; i++)
		if (strcmp(d->last->offered.items[i], id) == 0)
			return true;
	return false;
}

/* "rimuovere la vecchia", of the choices that were offered: few words, and one of them is plainly nearest. */
bool spi_rule_chosen(spi_deciding *d)
{
	if (!spi_last_was(d, SP_DECIDE_CLARIFY) || d->last->offered.count == 0 || spi_says(d, SPI_CUE_TOPIC_CHANGE) ||
		d->found.count < 2 || d->found.stats.content_words > CHOSEN_WORDS || d->found.stats.known_words == 0)
		return false;
	const sp_candidate *best = d->found.candidates;
	return was_offered(d, best->id) && best[0].score - best[1].score >= CHOSEN_MARGIN && spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
}

/* Questions back, what was not understood, and the next best that did not help either: enough of it. Words of courtesy in between change
   nothing. */
bool spi_no_progress(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	size_t turns = 0;
	for (size_t i = dialogue ? dialogue->count : 0; i-- > 0;) {
		sp_reason reason = dialogue->turns[i].reason;
		bool in_vain = reason == SP_REASON_CHOICES || reason == SP_REASON_TOO_VAGUE || reason == SP_REASON_GIBBERISH || reason == SP_REASON_SMALLTALK;
		if (!in_vain && reason != SP_REASON_GREETING && reason != SP_REASON_THANKS)
			break;
		turns += in_vain;
	}
	return turns >= NO_PROGRESS;
}

bool spi_rule_no_progress(spi_deciding *d)
{
	return spi_no_progress(d) && d->confidence < d->threshold && spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NO_ANSWER);
}
