/* Follow-ups lean on what was said: "e con la CIE?", "quanto ci vuole?". Such a message is looked for twice: alone, and after the title of
   the article that was shown last (after a question back: after the question that it was about). The numbers are those that rank best on the
   turns of both sets of labelled dialogues after an answer, on a grid whose neighbours do as well: the message alone has the right article
   first in 94 of 181, read in context in 137. Chosen on one half of kb's dialogues, they have it in 56 of 72 and 56 of 68 of the other
   (alone 39 and 34); of the other set's, whose articles are narrower, in 10 of 17 and 11 of 24 (7 and 14). */
#include "answer/context.h"

#include "answer/rank.h"
#include "answer/rules.h"

#include <stdlib.h>
#include <string.h>

#define ALONE_IN_TOPIC 0.7     /* weight of the message by itself, after an answer; */
#define ALONE_IN_QUESTION 0.6  /* after a question back, which says less */
/* "dove lo vedo?": what is asked with so few words is about what was said. Of both sets' 403 turns 320 are right with vectors and 274 by words
   (319 and 273 without this). */
#define BRIEF_WORDS 1
#define ALONE_IF_BRIEF 0.4
#define POINTING_WORDS 2       /* "quello per lo spid" tells which of what was spoken of; with more words it says what it means */
#define OF_IT_WORDS 7          /* with more a message tells more than what is asked of it */
#define ALONE_OF_DEVICE 0.2    /* "android", "e adesso?": what it is about stands in what was said */
/* By words alone a new statement ("la carta è smagnetizzata") has few words of the title it is read after, and what is sure of it alone is
   rather about something new: so much of the weight is by how sure. Of both sets' turns read in context 106 of 139 and 21 of 47 then have the
   right article first, 104 and 18 with one weight for all; neighbours on the grid do as well. With sentence vectors it changes nothing. */
#define ALONE_BY_WORDS 0.65
#define ALONE_BY_WORDS_SURE 0.12
#define MISSING 0.5            /* what only one of the two finds: below the last that the other found */
/* Scores of articles are about 5 to 20. */
#define SAME_ASKED 0.25        /* the article that was shown: who asks on mostly wants another one, */
#define SAME_TOLD 2.0          /* who tells more mostly is still about it */
#define SAME_CATEGORY 0.4
#define RELATED 1.25
#define OFFERED 2.5            /* one of the choices, in free words */

/* "il codice" may have passed for small talk; "quello da scrivere per pagare" then says that it was about something. */
static bool was_passed_over(const spi_deciding *d, const sp_turn *turn)
{
	bool unsure = turn->reason == SP_REASON_SMALLTALK || turn->reason == SP_REASON_ABUSE || turn->reason == SP_REASON_GIBBERISH;
	const sp_dialogue *dialogue = d->question->dialogue;
	return turn == &dialogue->turns[dialogue->count - 1] && unsure && spi_has_cue(&d->cues, SPI_CUE_FOLLOW_UP);
}

static bool is_about_something(const spi_deciding *d, const sp_turn *turn)
{
	if (!turn->question || turn->reason == SP_REASON_DETAILS || turn->reason == SP_REASON_DAY_TOLD ||
		turn->reason == SP_REASON_NUMBER_TOLD || turn->reason == SP_REASON_ACCEPTED)
		return false;
	return turn->decision != SP_DECIDE_NONE || was_passed_over(d, turn);
}

/* "quella di credito, intendo", after "la carta è scaduta" */
static bool points_back(const spi_deciding *d)
{
	return d->meant && d->last->question && spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_POINTS);
}

sp_status spi_topic_find(spi_deciding *d, sp_error *err)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	spi_topic *topic = &d->topic;
	size_t count = dialogue ? dialogue->count : 0;
	if (d->meant && dialogue) /* what was said last was not it */
		count = (size_t)(d->last - dialogue->turns);
	if (points_back(d)) { /* but its words are what is pointed at */
		topic->turn = d->last;
		return SP_OK;
	}
	for (size_t i = count; i-- > 0 && !topic->article;) {
		const sp_turn *turn = &dialogue->turns[i];
		if (!topic->turn && is_about_something(d, turn))
			topic->turn = turn;
		if (turn->decision == SP_DECIDE_ANSWER)
			topic->article = turn->article;
	}
	if (!topic->article)
		return SP_OK;
	sp_record *record = sp_arena_alloc(d->arena, sizeof *record);
	sp_error why = {0};
	if (!record)
		return SP_ERR_NOMEM;
	sp_status status = sp_index_get(d->found.index, topic->article, d->found.lang, d->arena, record, &why);
	if (status == SP_ERR_NOT_FOUND)
		status = sp_index_get(d->found.index, topic->article, SP_LANG_NONE, d->arena, record, &why);
	if (status == SP_ERR_NOT_FOUND) { /* it was taken back since */
		topic->article = NULL;
		return SP_OK;
	}
	if (status != SP_OK) {
		sp_error_copy(err, &why);
		return status;
	}
	topic->record = record;
	topic->title = record->title;
	topic->category = record->category;
	topic->related = record->related;
	return SP_OK;
}

/* On the way through a procedure what is said to it is understood there; what tells and is not stands alone, unless it is too
   brief to ("il codice"), and what asks is not drawn to the procedure: else all would seem to be about it. */
static bool is_walking(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	return dialogue && dialogue->walk && dialogue->walk->state == SP_WALK_GOING && d->last && d->last->step;
}

/* "lascia stare, torniamo a noi" leaves what was said in between. */
static bool changes_topic(const spi_deciding *d)
{
	return spi_has_cue(&d->cues, SPI_CUE_TOPIC_CHANGE) && !spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_WALK_TO);
}

bool spi_topic_is_known(const spi_deciding *d)
{
	return !is_walking(d) && d->topic.article && !changes_topic(d);
}

/* "quella non funziona" says what came of it, not which. */
static bool is_pointing(const spi_deciding *d)
{
	return !d->asks && !spi_has_cue(&d->cues, SPI_CUE_VAGUE) && spi_count_bits(d->cues.content) <= POINTING_WORDS && spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_POINTS);
}

static bool is_among(const sp_strings *ids, const char *id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (strcmp(ids->items[i], id) == 0)
			return true;
	return false;
}

bool spi_topic_is_related(const spi_deciding *d, const char *id)
{
	return d->topic.article && is_among(&d->topic.related, id);
}

bool spi_topic_was_shown(const spi_deciding *d, const char *id)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	for (size_t i = 0; dialogue && i < dialogue->count; i++)
		if (dialogue->turns[i].article && strcmp(dialogue->turns[i].article, id) == 0)
			return true;
	return false;
}

/* A code or a phrasing of what was said before is not said again. */
static void forget_known(spi_retrieval *together)
{
	for (size_t i = 0; i < together->count; i++)
		together->candidates[i].features[SP_FEATURE_CODE] = together->candidates[i].features[SP_FEATURE_EXACT] = 0;
	spi_rank(together->candidates, together->count, &together->stats);
}

static double nearness(const spi_deciding *d, const sp_candidate *candidate)
{
	const sp_turn *last = d->last;
	double near = 0;
	if (last && last->decision == SP_DECIDE_CLARIFY && is_among(&last->offered, candidate->id))
		near += OFFERED;
	if (!d->topic.article)
		return near;
	if (strcmp(candidate->id, d->topic.article) == 0)
		near += is_walking(d) ? 0 : d->asks ? SAME_ASKED : SAME_TOLD;
	else if (d->topic.category && strcmp(candidate->category, d->topic.category) == 0)
		near += SAME_CATEGORY;
	return near + (spi_topic_is_related(d, candidate->id) ? RELATED : 0);
}

static double below_last(const spi_retrieval *r)
{
	return r->count > 0 ? r->candidates[r->count - 1].score - MISSING : 0;
}

static sp_candidate *find(sp_candidate *candidates, size_t count, uint32_t docid)
{
	for (size_t i = 0; i < count; i++)
		if (candidates[i].docid == docid)
			return &candidates[i];
	return NULL;
}

static int better_first(const void *a, const void *b)
{
	const sp_candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return strcmp(x->id, y->id);
}

/* Scores and features are weighted means of both. */
static size_t merge(const spi_retrieval *alone, const spi_retrieval *together, double weight_alone, sp_candidate *ret)
{
	size_t count = alone->count;
	float weight = (float)weight_alone;
	for (size_t i = 0; i < alone->count; i++) {
		ret[i] = alone->candidates[i];
		ret[i].score = weight_alone * ret[i].score + (1 - weight_alone) * below_last(together);
		for (int f = 0; f < SP_FEATURE_COUNT; f++)
			ret[i].features[f] *= weight;
	}
	for (size_t i = 0; i < together->count; i++) {
		const sp_candidate *other = &together->candidates[i];
		sp_candidate *same = find(ret, alone->count, other->docid);
		if (same) {
			same->score += (1 - weight_alone) * (other->score - below_last(together));
		} else {
			same = &ret[count++];
			*same = *other;
			same->score = (1 - weight_alone) * other->score + weight_alone * below_last(alone);
			memset(same->features, 0, sizeof same->features);
		}
		for (int f = 0; f < SP_FEATURE_COUNT; f++)
			same->features[f] += (1 - weight) * other->features[f];
	}
	return count;
}

/* Words alone were sure of one of the two, and vectors were compared for the other: both are weighed by the same model. */
static void join_stats(sp_question_stats *alone, const sp_question_stats *together)
{
	if (!together->has_vector || alone->has_vector)
		return;
	sp_question_stats joined = *together;
	joined.idf_sum = alone->idf_sum, joined.idf_known = alone->idf_known;
	joined.words = alone->words, joined.content_words = alone->content_words, joined.known_words = alone->known_words;
	joined.corrected = alone->corrected;
	memcpy(joined.kinds, alone->kinds, sizeof joined.kinds);
	memcpy(joined.near_kinds, alone->near_kinds, sizeof joined.near_kinds);
	*alone = joined;
}

bool spi_tells_device(const spi_deciding *d)
{
	uint64_t said = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_DEVICE);
	if (!said || d->asks || d->tokens.count > d->cues.count)
		return false;
	for (size_t i = 0; i < d->cues.count; i++) /* "galaxy a12", "14.2" */
		said |= (uint64_t)(strpbrk(d->tokens.items[i].plain, "0123456789") != NULL) << i;
	return spi_unexplained(d, said | d->cues.covered[SPI_CUE_GREETING] | d->cues.covered[SPI_CUE_THANKS]) == 0;
}

bool spi_asks_of_it(const spi_deciding *d)
{
	const sp_turn *last = d->last;
	if (!d->asks || !d->topic.record || !last || last->decision != SP_DECIDE_ANSWER || strcmp(last->article, d->topic.article) != 0 || changes_topic(d) ||
		d->tokens.count > OF_IT_WORDS || spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_POINTS) || spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_CHOICE_OTHER))
		return false;
	static const spi_cue around[] = {SPI_CUE_QUESTION, SPI_CUE_FOLLOW_UP, SPI_CUE_BUT, SPI_CUE_THANKS, SPI_CUE_GREETING, SPI_CUE_ENDING};
	uint64_t said = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_ASKS_OF_IT), explained = said;
	for (size_t i = 0; i < sizeof around / sizeof *around; i++)
		explained |= d->cues.covered[around[i]];
	return said && spi_unexplained(d, explained) == 0;
}

/* "e la ricevuta?" names another thing. Cues have no accents: "è obbligatorio?" does not begin with "e". */
static bool is_brief(const spi_deciding *d)
{
	bool goes_on = spi_has_cue(&d->cues, SPI_CUE_FOLLOW_UP) && !((unsigned char)d->question->text[d->tokens.items[0].start] & 0x80);
	bool is_named = d->found.count > 0 && spi_is_named(&d->found); /* "come installo io" says all of it */
	return is_pointing(d) || (d->asks && !is_named && !goes_on && !is_walking(d) && spi_count_bits(d->cues.content) <= BRIEF_WORDS);
}

/* An editor's own phrasing, word for word. */
static bool says_all_of_it(const spi_deciding *d)
{
	return d->found.count > 0 && d->found.candidates[0].features[SP_FEATURE_EXACT] > 0 && !is_brief(d);
}

bool spi_leans_on_topic(const spi_deciding *d)
{
	bool stands_alone = is_walking(d) && !d->asks && !is_pointing(d) && spi_count_bits(d->cues.content) > BRIEF_WORDS;
	if (!d->topic.turn || stands_alone || changes_topic(d) || says_all_of_it(d))
		return false;
	const sp_turn *turn = d->topic.turn;
	bool unanswered = turn->reason == SP_REASON_NO_ANSWER || turn->reason == SP_REASON_CASE;
	return d->topic.article || points_back(d) || turn->decision == SP_DECIDE_CLARIFY || turn->decision == SP_DECIDE_NONE || (turn->decision == SP_DECIDE_TICKET && unanswered);
}

static double weight_alone(const spi_deciding *d, bool by_words)
{
	if (spi_tells_device(d) || spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_ASKS_ON))
		return ALONE_OF_DEVICE;
	if (is_brief(d))
		return ALONE_IF_BRIEF;
	if (by_words)
		return ALONE_BY_WORDS + ALONE_BY_WORDS_SURE * d->alone_confidence;
	return d->topic.article ? ALONE_IN_TOPIC : ALONE_IN_QUESTION;
}

sp_status spi_look_in_context(spi_deciding *d, sp_error *err)
{
	spi_retrieval together = d->found;
	/* Who waited in vain does not wait twice. */
	together.queue = d->found.busy ? NULL : together.queue;
	d->topic.said = d->topic.article ? d->topic.title : d->topic.turn->question;
	together.text = sp_arena_printf(d->arena, "%s. %.*s", d->topic.said, (int)d->found.len, d->found.text);
	if (!together.text)
		return SP_ERR_NOMEM;
	together.len = strlen(together.text);
	sp_status status = spi_retrieve(&together, err);
	if (status != SP_OK)
		return status;
	sp_candidate *merged = sp_arena_alloc(d->arena, (d->found.count + together.count + 1) * sizeof *merged);
	if (!merged)
		return SP_ERR_NOMEM;
	forget_known(&together);
	bool by_words = !d->found.stats.has_vector && !together.stats.has_vector;
	size_t count = merge(&d->found, &together, weight_alone(d, by_words), merged);
	for (size_t i = 0; i < count; i++)
		merged[i].score += nearness(d, &merged[i]);
	if (count > 1)
		qsort(merged, count, sizeof *merged, better_first);
	d->found.candidates = merged;
	d->found.count = count;
	join_stats(&d->found.stats, &together.stats);
	return SP_OK;
}
