/* A question on its way to a decision: checked, masked, analysed, looked for, decided. */
#include "answer/decide.h"

#include "answer/asking.h"
#include "answer/choose.h"
#include "answer/context.h"
#include "answer/day_told.h"
#include "answer/instead.h"
#include "answer/join.h"
#include "answer/language_wanted.h"
#include "answer/next_best.h"
#include "answer/number_told.h"
#include "answer/rank.h"
#include "answer/walk.h"
#include "answer/window.h"
#include "sportello/personal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CASE_WEIGHT 0.6        /* of what the sentence vector says of a case, between these bounds, beside what the words do */
#define CASE_LEAST (-2.0)
#define CASE_MOST 2.5
#define RANKED_MAX 10
/* Where it is known what is talked of, or a question back was answered, so much less precision is enough than kb.yaml asks: an answer
   beside the point costs one more turn, a question back or a person would too. Where the second is far behind, less still: read in context
   confidence is too low (it was fitted on questions that stand alone), and how far the second is tells as much. Of the first articles found in
   context, in kb's dialogues and in the other set's, 96 of 119 and 25 of 42 are right from a confidence of 0.2 on; 101 of 122 and 25 of 37
   where the second is far and confidence at least 0.08: counted with the scores of before; FAR_AHEAD was chosen again, twice: of both sets' 403
   turns 268 and 310 (by words, with vectors) are right at 0.5, 271 and 313 at 0.3, 272 and 313 at 0.2. */
#define PRECISION_LESS 0.1
#define PRECISION_LESS_FAR 0.2
#define FAR_AHEAD 0.2         /* of its score */
#define CORRECTION_BEGINS 3   /* at so many words before "intendevo" it is not what is meant that stands before it: "no scusa, intendevo" */
#define CONFIDENCE_LEAST 0.08 /* whatever precision is asked for */

struct sp_responder {
	sp_encode_queue *queue;
	sp_analyser *analyser;
};

sp_responder *sp_responder_new(sp_encode_queue *queue)
{
	sp_responder *responder = malloc(sizeof *responder);
	sp_analyser *analyser = sp_analyser_new();
	if (!responder || !analyser) {
		free(responder);
		sp_analyser_free(analyser);
		return NULL;
	}
	*responder = (sp_responder){queue, analyser};
	return responder;
}

void sp_responder_free(sp_responder *responder)
{
	if (!responder)
		return;
	sp_analyser_free(responder->analyser);
	free(responder);
}

sp_analyser *sp_responder_analyser(sp_responder *responder)
{
	return responder->analyser;
}

sp_status sp_question_check(const sp_question *question, sp_error *err)
{
	if (question->len == 0)
		return sp_error_set(err, SP_ERR_INVALID, "message", 0, "is empty");
	if (!sp_text_is_utf8(question->text, question->len))
		return sp_error_set(err, SP_ERR_INVALID, "message", 0, "is not valid UTF-8");
	size_t chars = sp_text_count_chars(question->text, question->len);
	if (chars > SP_MESSAGE_MAX_CHARS)
		return sp_error_set(err, SP_ERR_TOO_LARGE, "message", 0, "has %zu characters; at most %d are read", chars,
			SP_MESSAGE_MAX_CHARS);
	return SP_OK;
}

static const char *mask(const sp_question *question, sp_arena *arena)
{
	sp_buffer out = SP_BUFFER_INIT;
	sp_personal_mask(question->text, question->len, &out);
	const char *text = sp_buffer_ok(&out) ? sp_arena_strndup(arena, sp_buffer_text(&out), out.len) : NULL;
	sp_buffer_release(&out);
	return text;
}

/* "no scusa, intendevo spid", "the card i mean": what is meant stands behind the first words, or before the last. */
static void find_correction(spi_deciding *d)
{
	uint64_t said = d->cues.covered[SPI_CUE_CORRECTION] & ~d->cues.covered[SPI_CUE_NOT_SOLVED], content = d->cues.content & ~said;
	if (!said || !d->last || (d->last->decision != SP_DECIDE_ANSWER && d->last->decision != SP_DECIDE_CLARIFY))
		return;
	size_t begins = (size_t)__builtin_ctzll(said), ends = 64 - (size_t)__builtin_clzll(said), count = d->cues.count;
	bool is_at_end = ends == count && d->tokens.count == count;
	size_t first = is_at_end ? 0 : ends, end = is_at_end ? begins : count;
	if (first >= end || (!is_at_end && begins > CORRECTION_BEGINS) || !(content >> first))
		return;
	d->meant = d->question->text + d->tokens.items[first].start;
	d->meant_len = d->tokens.items[end - 1].end - d->tokens.items[first].start;
	d->cues.content = content & ~((UINT64_C(1) << first) - 1);
}

/* What was shown for the words that were put right is not it. */
static void leave_out_corrected(spi_deciding *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->found.count; i++)
		if (!d->last->article || strcmp(d->found.candidates[i].id, d->last->article) != 0)
			d->found.candidates[kept++] = d->found.candidates[i];
	d->found.count = kept;
}

/* "no, ma come pago?" to the offer of a ticket: up to where that ends. */
static size_t behind_the_offer(const spi_deciding *d)
{
	if (!d->last || d->last->decision != SP_DECIDE_TICKET)
		return 0;
	uint64_t but = d->cues.covered[SPI_CUE_BUT];
	uint64_t said = spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_OFFER_NO) | but | d->cues.covered[SPI_CUE_THANKS] |
		spi_walk_cue_covered(&d->tokens, d->decision->lang, SPI_OFFER_YES);
	size_t behind = 0;
	for (size_t i = 0; i + 1 < d->cues.count && said >> i & 1; i++) {
		size_t end = d->tokens.items[i].end;
		if (but >> i & 1 || (end < d->question->len && strchr(",;.!", d->question->text[end])))
			behind = i + 1;
	}
	return behind;
}

/* "grazie. e quanto ci mettono?": thanks for what was said last, up to where they end. */
static size_t behind_the_thanks(const spi_deciding *d)
{
	if (!d->last)
		return 0;
	uint64_t thanks = d->cues.covered[SPI_CUE_THANKS];
	size_t behind = 0;
	for (size_t i = 0; i + 1 < d->cues.count && thanks >> i & 1; i++) {
		size_t end = d->tokens.items[i].end;
		if (end < d->question->len && strchr(",;.!", d->question->text[end]))
			behind = i + 1;
	}
	return behind;
}

/* What stands before and after the question says nothing of what is looked for: "ciao," "altra domanda:" "scusate," … "grazie, saluti".
   Where that is all, it is the question. */
static void find_question(const spi_deciding *d, size_t *ret_first, size_t *ret_end)
{
	const uint64_t *covered = d->cues.covered;
	uint64_t before = covered[SPI_CUE_GREETING] | covered[SPI_CUE_TOPIC_CHANGE] | covered[SPI_CUE_OPENING];
	if (d->last && d->last->decision == SP_DECIDE_ANSWER)
		before |= covered[SPI_CUE_NOT_SOLVED];
	size_t first = d->last && d->last->decision == SP_DECIDE_TICKET ? behind_the_offer(d) : behind_the_thanks(d), end = d->tokens.count;
	while (first < d->cues.count && before >> first & 1)
		first++;
	while (end > first && end <= d->cues.count && covered[SPI_CUE_ENDING] >> (end - 1) & 1)
		end--;
	*ret_first = first < end ? first : 0;
	*ret_end = first < end ? end : d->tokens.count;
}

/* The number of a ticket says nothing of what is looked for. */
static sp_status leave_out_numbers(spi_deciding *d)
{
	char *text = sp_arena_strndup(d->arena, d->question->text, d->question->len);
	if (!text)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < d->tokens.count; i++) {
		const sp_token *token = &d->tokens.items[i];
		if (token->kind == SP_TOKEN_NUMBER || token->kind == SP_TOKEN_CODE)
			memset(text + token->start, ' ', token->end - token->start);
	}
	d->found.text = text;
	return SP_OK;
}

static void take_question(spi_deciding *d)
{
	size_t first, end;
	find_question(d, &first, &end);
	size_t start = first > 0 ? d->tokens.items[first].start : 0;
	d->found.len = (end < d->tokens.count ? d->tokens.items[end].start : d->found.len) - start;
	d->found.text += start;
	for (size_t i = 0; i < d->cues.count; i++)
		if (i < first || i >= end)
			d->cues.content &= ~(UINT64_C(1) << i);
}

static sp_status look_for(spi_deciding *d, sp_error *err)
{
	if (spi_wants_next_best(d))
		return spi_look_for_next_best(d, err);
	if (spi_has_cue(&d->cues, SPI_CUE_TICKET_STATE) && leave_out_numbers(d) != SP_OK)
		return SP_ERR_NOMEM;
	if (d->meant)
		d->found.text = d->meant, d->found.len = d->meant_len;
	else
		take_question(d);
	sp_status status = spi_retrieve(&d->found, err);
	if (status != SP_OK)
		return status;
	d->alone_confidence = spi_confidence(d->found.candidates, d->found.count, &d->found.stats);
	d->alone_first = d->found.count > 0 ? d->found.candidates[0].id : NULL;
	if (spi_leans_on_topic(d))
		status = spi_look_in_context(d, err);
	if (status == SP_OK && d->meant)
		leave_out_corrected(d);
	return status;
}

/* The screen a person comes from speaks for its category where candidates are level. */
static void prefer_category(spi_retrieval *found, const char *category)
{
	for (size_t i = 1; category && i < found->count && i < 3; i++) {
		sp_candidate *top = &found->candidates[0], *other = &found->candidates[i];
		if (strcmp(top->category, category) != 0 && strcmp(other->category, category) == 0 &&
		    other->score > 0.95 * top->score) {
			sp_candidate moved = *other;
			memmove(top + 1, top, i * sizeof *top);
			*top = moved;
			return;
		}
	}
}

/* That of the last turn that had one; NULL when none had. */
static const char *category_before(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	for (size_t i = dialogue ? dialogue->count : 0; i-- > 0;)
		if (dialogue->turns[i].category)
			return dialogue->turns[i].category;
	return NULL;
}

/* "vorrei parlare con una persona", "non ha funzionato nemmeno questo": what is found for such words is about operators, or about nothing; they say
   nothing of the matter. With another word beside them, in a conversation, neither. */
static bool says_no_matter(const spi_deciding *d, bool in_dialogue)
{
	if (d->decision->reason != SP_REASON_PERSON && d->decision->reason != SP_REASON_NOT_SOLVED)
		return false;
	if (in_dialogue && d->decision->reason == SP_REASON_PERSON && !spi_has_cue(&d->cues, SPI_CUE_PERSON)) /* "a chi devo scrivere" */
		return true;
	uint64_t covered = d->cues.covered[SPI_CUE_PERSON] | d->cues.covered[SPI_CUE_NOT_SOLVED] | d->cues.covered[SPI_CUE_GREETING] |
		d->cues.covered[SPI_CUE_THANKS] | d->cues.covered[SPI_CUE_BUT] | d->cues.covered[SPI_CUE_FOLLOW_UP];
	return __builtin_popcountll(d->cues.content & ~covered) <= (in_dialogue ? 1 : 0);
}

/* What the ticket and the ledger are about: the best candidate's category, the dialogue's, the page's. */
static const char *category_of(const spi_deciding *d)
{
	const char *before = category_before(d);
	bool is_of_before = d->decision->reason == SP_REASON_DETAILS || d->decision->reason == SP_REASON_ACCEPTED;
	bool no_matter = says_no_matter(d, before != NULL) || (before && is_of_before);
	if (d->found.count > 0 && !no_matter && (d->decision->kind == SP_DECIDE_ANSWER || d->choice_confidence > 0.3))
		return d->found.candidates[0].category;
	if (before)
		return before;
	if (d->question->category)
		return d->question->category;
	return d->found.count > 0 && !no_matter && d->confidence > 0.15 ? d->found.candidates[0].category : NULL;
}

/* A candidate alone is. After a question back words alone say too little: one of the choices is always ahead. */
static bool is_far_ahead(const spi_deciding *d)
{
	const spi_retrieval *found = &d->found;
	if (found->count == 0 || (!found->stats.has_vector && !d->topic.article))
		return false;
	return found->count == 1 || found->candidates[0].score - found->candidates[1].score >= FAR_AHEAD;
}

void spi_judge(spi_deciding *d)
{
	const spi_retrieval *found = &d->found;
	d->threshold = spi_answer_threshold(d->config->answer_precision, &found->stats);
	if (d->topic.said && d->several_count == 0) {
		double less = is_far_ahead(d) ? PRECISION_LESS_FAR : PRECISION_LESS;
		d->threshold = fmax(spi_answer_threshold(d->config->answer_precision - less, &found->stats), CONFIDENCE_LEAST);
	}
	d->confidence = spi_confidence(found->candidates, found->count, &found->stats);
	d->choice_confidence = spi_choice_confidence(found->candidates, found->count, &found->stats);
}

static void fill(spi_deciding *d)
{
	sp_decision *decision = d->decision;
	decision->candidates = d->found.candidates;
	decision->count = d->found.count < RANKED_MAX ? d->found.count : RANKED_MAX;
	decision->confidence = d->confidence;
	decision->corrected = d->found.stats.corrected;
	decision->used_vectors = d->found.stats.has_vector;
	decision->encoder_busy = d->found.busy;
	decision->stats = d->found.stats;
	decision->choice_confidence = d->choice_confidence;
	decision->threshold = spi_sure_from(d);
	decision->case_score = d->case_score;
	decision->searched = d->found.text, decision->searched_len = d->found.len;
	decision->in_context = decision->also_count == 0 && !d->walked && d->topic.said;
	decision->earlier = decision->in_context ? d->topic.said : NULL;
	decision->category = decision->kind == SP_DECIDE_NONE ? NULL : category_of(d);
}

/* What the other stages did not take was the decision's. */
static sp_stage_times time_spent(const sp_stage_times *stages, int64_t began_us)
{
	sp_stage_times times = *stages;
	times.us[SP_STAGE_DECIDE] = spi_now_us() - began_us;
	for (int stage = 0; stage < SP_STAGE_DECIDE; stage++)
		times.us[SP_STAGE_DECIDE] -= times.us[stage];
	return times;
}

static sp_status decide_anew(spi_deciding *d, sp_error *err)
{
	const sp_question *question = d->question;
	d->case_score = spi_case_score(question->text, question->len, &d->tokens, &d->cues);
	/* The ranking is told whatever the decision; so candidates are looked for even when the message alone decides. */
	sp_status status = look_for(d, err);
	if (status != SP_OK)
		return status;
	prefer_category(&d->found, question->category);
	d->case_score += CASE_WEIGHT * fmin(fmax(d->found.stats.kinds[SP_KIND_CASE], CASE_LEAST), CASE_MOST);
	spi_judge(d);
	if (spi_decide_by_message(d))
		return SP_OK;
	if ((status = spi_look_for_several(d, err)) != SP_OK)
		return status;
	if ((status = spi_look_in_first_language(d, err)) != SP_OK)
		return status;
	spi_decide_by_candidates(d);
	return SP_OK;
}

bool spi_put_article(spi_deciding *d, const sp_record *record, double confidence)
{
	sp_candidate *candidate = sp_arena_calloc(d->arena, 1, sizeof *candidate);
	if (!candidate)
		return false;
	*candidate = (sp_candidate){.docid = record->docid, .id = record->id, .title = record->title, .category = record->category,
		.lang = record->lang, .type = record->type, .phrase = record->title};
	d->found.candidates = candidate;
	d->found.count = 1;
	d->confidence = d->choice_confidence = confidence;
	return true;
}

bool spi_put_first(spi_deciding *d, const sp_record *record, double confidence)
{
	const spi_retrieval found = d->found;
	sp_candidate *all = sp_arena_alloc(d->arena, (found.count + 1) * sizeof *all);
	if (!all || !spi_put_article(d, record, confidence))
		return false;
	size_t count = 0;
	all[count++] = d->found.candidates[0];
	for (size_t i = 0; i < found.count; i++)
		if (strcmp(found.candidates[i].id, record->id) != 0)
			all[count++] = found.candidates[i];
	d->found.candidates = all;
	d->found.count = count;
	return true;
}

/* By a number that nobody asked for, the walk that the dialogue is in, a day that was asked for, or anew. */
static sp_status decide_all(spi_deciding *d, sp_error *err)
{
	sp_decision *decision = d->decision;
	sp_status status = spi_topic_find(d, err);
	bool chosen = false;
	if (status == SP_OK)
		status = spi_decide_by_number_told(d, &chosen, err);
	if (status == SP_OK && chosen)
		return spi_walk_follow(d, err);
	if (status == SP_OK && (status = spi_decide_by_language_wanted(d, &chosen, err)) == SP_OK && chosen)
		return spi_walk_follow(d, err);
	if (status == SP_OK)
		status = spi_decide_by_walk(d, &d->walked, err);
	if (status == SP_OK && !d->walked)
		status = spi_decide_by_choice(d, &chosen, err);
	if (status == SP_OK && !d->walked && !chosen)
		status = spi_decide_by_topic(d, &chosen, err);
	if (status != SP_OK || (!d->walked && !chosen && spi_decide_by_window(d)))
		return status;
	if (!d->walked && !chosen)
		chosen = spi_decide_by_day_told(d);
	if (!d->walked && !chosen && (status = spi_decide_by_instead(d, &chosen, err)) != SP_OK)
		return status;
	if (!d->walked && !chosen && (status = decide_anew(d, err)) != SP_OK)
		return status;
	if ((!d->walked || decision->reason == SP_REASON_NEXT_BEST) && (status = spi_walk_follow(d, err)) != SP_OK)
		return status;
	return d->walked ? SP_OK : spi_window_follow(d, err);
}

/* One text, in the light of a dialogue. */
static sp_status decide_text(sp_responder *responder, sp_index *index, const sp_kb_config *config, const sp_question *question,
	sp_arena *arena, sp_decision *ret, spi_joining *joining, sp_error *err)
{
	sp_asking *asking = question->asking;
	const sp_turn *last = spi_turn_before(question->dialogue);
	sp_decision decision = {.lang = spi_choose_language(question, config, last, index, arena), .masked = mask(question, arena),
		.before = question->dialogue};
	spi_deciding d = {.config = config, .question = question, .last = last, .arena = arena, .decision = &decision};
	if (!decision.masked)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	sp_status status = sp_analyse(responder->analyser, question->text, question->len, decision.lang, arena, &d.tokens);
	if (status != SP_OK)
		return status;
	spi_cues_find(&d.tokens, decision.lang, &d.cues);
	find_correction(&d);
	d.found = (spi_retrieval){.index = index, .analyser = responder->analyser, .queue = responder->queue,
		.text = question->text, .len = question->len, .lang = decision.lang, .day = question->day, .arena = arena,
		.times = asking ? &asking->times : &decision.times, .asking = asking};
	d.asks = spi_asks(question->text, question->len, &d.tokens, &d.cues);
	if ((status = decide_all(&d, err)) != SP_OK)
		return status;
	fill(&d);
	*ret = decision;
	return joining ? spi_join_find(&d, joining) : SP_OK;
}

/* Sent within seconds of what had no answer: both are read as one, where that is the better reading. */
static sp_status decide_joined(sp_responder *responder, sp_index *index, const sp_kb_config *config, const sp_question *alone,
	const spi_joining *joining, sp_arena *arena, sp_decision *ret, sp_error *err)
{
	sp_question question = *alone;
	sp_decision decision;
	question.text = joining->text;
	question.len = strlen(joining->text);
	question.dialogue = joining->before.count > 0 ? &joining->before : NULL;
	sp_status status = decide_text(responder, index, config, &question, arena, &decision, NULL, err);
	if (status != SP_OK || !spi_join_is_better(alone->dialogue, ret, &decision))
		return status;
	decision.masked = ret->masked;
	decision.before = alone->dialogue;
	decision.joined = decision.in_context = true;
	decision.earlier = joining->said;
	*ret = decision;
	return SP_OK;
}

/* What nobody sees in a message means nothing; a message of nothing else stays. */
static sp_status read_as_seen(const sp_question *question, sp_arena *arena, sp_question *ret, sp_error *err)
{
	size_t len;
	const char *text = sp_text_as_seen(question->text, question->len, arena, &len);
	*ret = *question;
	if (!text)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	if (len > 0)
		ret->text = text, ret->len = len;
	return SP_OK;
}

/* Of a message without a word, after something was said; in ret, which holds it as it is seen. */
static void read_signs(const sp_kb_config *config, sp_index *index, sp_arena *arena, sp_question *ret)
{
	size_t len = 0;
	const sp_turn *last = spi_turn_before(ret->dialogue);
	if (!last || spi_has_words(ret->text, ret->len))
		return;
	sp_lang lang = spi_choose_language(ret, config, last, index, arena);
	const char *words = spi_words_of_signs(ret->text, ret->len, lang, &len);
	if (words)
		ret->text = words, ret->len = len;
}

sp_status sp_decide(sp_responder *responder, sp_index *index, const sp_kb_config *config, const sp_question *asked,
	sp_arena *arena, sp_decision *ret, sp_error *err)
{
	sp_asking *asking = asked->asking;
	sp_question seen = {0};
	const sp_question *question = &seen;
	int64_t began_us = asking ? asking->began_us : spi_now_us();
	spi_joining joining = {0};
	sp_decision decision;
	sp_status status = sp_question_check(asked, err);
	if (status == SP_OK)
		status = read_as_seen(asked, arena, &seen, err);
	const char *text = seen.text;
	if (status == SP_OK) {
		read_signs(config, index, arena, &seen);
		status = decide_text(responder, index, config, question, arena, &decision, &joining, err);
	}
	if (status == SP_OK && joining.said)
		status = decide_joined(responder, index, config, question, &joining, arena, &decision, err);
	if (status != SP_OK)
		return status;
	if (question->text != text) /* what people see of it is what was sent: signs hold nothing personal */
		decision.masked = text;
	decision.times = time_spent(asking ? &asking->times : &decision.times, began_us);
	*ret = decision;
	return SP_OK;
}
