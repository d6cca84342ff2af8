/* A walk through a procedure as decisions: a message that is a step of it needs nothing looked for; one that is not is decided as any
   other, and the way back is offered. */
#include "answer/walk.h"

#include "answer/context.h"
#include "answer/place.h"
#include "answer/rank.h"

#include <stdint.h>
#include <string.h>

#define STEP_CONFIDENCE 0.97   /* of a step that was asked for: the editors' own choice */
#define STEPS_LEAST 2          /* with fewer it is given whole */
#define NEXT_BEST 0.75         /* of the score of what failed */
#define CONTEXT_WORDS 3        /* from here on what was said at a step is context for the next message */
#define GONE_SURE 0.9          /* of an answer to what was said to a procedure that is gone: it may only sound like its choice */
#define AGAIN_MOST 2           /* times that the same step is shown to what is no choice of it, then it did not help */
#define UNCLEAR_WORDS 4        /* a longer message is another matter, not an unclear choice */

sp_status spi_walk_cut(const sp_record *article, sp_arena *arena, sp_steps **ret)
{
	sp_procedure procedure = {article->id, article->lang, article->markdown, article->markdown_len, article->html};
	*ret = sp_arena_calloc(arena, 1, sizeof **ret);
	return *ret ? sp_procedure_steps(&procedure, arena, *ret) : SP_ERR_NOMEM;
}

/* The walk's step is what the person looks at: it was shown last, thanks and the like aside. */
static bool is_here(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	size_t i = dialogue->count;
	while (i > 0 && dialogue->turns[i - 1].decision == SP_DECIDE_NONE)
		i--;
	return i > 0 && (dialogue->turns[i - 1].step || dialogue->turns[i - 1].reason == SP_REASON_STEP_ALL);
}

/* The turn with which the procedure began; NULL when it is too long ago. */
static const sp_turn *beginning(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	for (size_t i = dialogue->count; i-- > 0;)
		if (!sp_reason_is_step(dialogue->turns[i].reason) && dialogue->turns[i].step)
			return &dialogue->turns[i];
	return NULL;
}

/* "con la carta d'identità" says something of the matter; "2" and "sì" do not. */
static bool says_something(const sp_turn *turn)
{
	size_t words = 0;
	for (const char *at = turn->question; at && *at; at++)
		words += *at != ' ' && (at[1] == ' ' || at[1] == '\0');
	return turn->reason == SP_REASON_STEP && words >= CONTEXT_WORDS;
}

const sp_turn *spi_walk_context(const spi_deciding *d)
{
	if (!d->last || !sp_reason_is_step(d->last->reason) || says_something(d->last))
		return d->last;
	return beginning(d);
}

/* ---- the article ---- */

typedef struct opened {
	sp_record record;
	sp_steps *steps;
} opened;

/* False: it is not there for this reader today, or cannot be walked any more. */
static sp_status open_walk(const spi_deciding *d, const sp_walk *walk, opened *o, bool *ret, sp_error *err)
{
	*ret = false;
	sp_status status = sp_index_get(d->found.index, walk->article, walk->lang, d->arena, &o->record, err);
	if (status == SP_ERR_NOT_FOUND) {
		sp_error_clear(err);
		return SP_OK;
	}
	const sp_record *r = &o->record;
	if (status != SP_OK || r->type != SP_TYPE_PROCEDURE || (r->valid_from && d->question->day < r->valid_from) ||
		(r->valid_until && d->question->day > r->valid_until))
		return status;
	status = spi_walk_cut(r, d->arena, &o->steps);
	*ret = status == SP_OK && o->steps->count >= STEPS_LEAST;
	return status;
}

static sp_status show(spi_deciding *d, const opened *o, sp_walk *walk, sp_reason reason)
{
	if (!walk || !spi_put_article(d, &o->record, STEP_CONFIDENCE))
		return SP_ERR_NOMEM;
	d->decision->walk = walk;
	d->decision->steps = o->steps;
	spi_decided(d, SP_DECIDE_ANSWER, reason);
	return SP_OK;
}

/* ---- a move ---- */

/* Only what is nearly as near: without the first, what is left may look sure and be about something else. That the first was asked for in its
   very words says nothing of how near the others are. */
static void keep_next_best(spi_deciding *d, const char *failed)
{
	for (size_t i = 0; i < d->found.count; i++)
		d->found.candidates[i].features[SP_FEATURE_EXACT] = 0;
	spi_rank(d->found.candidates, d->found.count, &d->found.stats);
	double least = d->found.count > 0 ? NEXT_BEST * d->found.candidates[0].score : 0;
	size_t kept = 0;
	for (size_t i = 0; i < d->found.count; i++)
		if (strcmp(d->found.candidates[i].id, failed) != 0 && d->found.candidates[i].score >= least)
			d->found.candidates[kept++] = d->found.candidates[i];
	d->found.count = kept;
}

/* "non funziona": what else answers the question that it began with, once; else a person. Who went all the way was helped to by nothing,
   and among the rest, without what answers best, anything may look sure. */
static sp_status fail(spi_deciding *d, const opened *o, sp_walk *walk, sp_error *err)
{
	const sp_turn *began = walk->state == SP_WALK_ENDED ? NULL : beginning(d);
	walk->state = SP_WALK_FAILED;
	if (began && began->question && began->step && *began->question) {
		d->found.text = began->question;
		d->found.len = strlen(began->question);
		sp_status status = spi_retrieve(&d->found, err);
		if (status != SP_OK)
			return status;
		keep_next_best(d, walk->article);
		spi_judge(d);
	}
	d->decision->walk = walk;
	if (d->found.count > 0 && d->confidence >= d->threshold) {
		spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_NEXT_BEST);
		return SP_OK;
	}
	d->decision->back_to = walk;
	spi_decided(d, SP_DECIDE_TICKET, SP_REASON_NOT_SOLVED);
	return spi_put_article(d, &o->record, STEP_CONFIDENCE) ? SP_OK : SP_ERR_NOMEM;
}

/* "non funziona", "non ho capito", said again after it was asked which of the choices it is. */
static bool is_unclear_again(const spi_deciding *d)
{
	return d->last && d->last->reason == SP_REASON_STEP_UNCLEAR && (spi_has_cue(&d->cues, SPI_CUE_VAGUE) || spi_has_cue(&d->cues, SPI_CUE_NOT_SOLVED) ||
		spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_WALK_NOT_CLEAR));
}

static sp_status move(spi_deciding *d, const opened *o, const sp_walk *from, const spi_move *m, sp_error *err)
{
	sp_walk *walk = spi_walk_copy(from, d->arena);
	if (!walk)
		return SP_ERR_NOMEM;
	if (m->kind == SPI_MOVE_ALL) {
		spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_STEP_ALL);
		d->decision->back_to = walk;
		return spi_put_article(d, &o->record, STEP_CONFIDENCE) ? SP_OK : SP_ERR_NOMEM;
	}
	if (m->kind == SPI_MOVE_WAIT) {
		d->decision->back_to = walk;
		spi_decided(d, SP_DECIDE_NONE, SP_REASON_STEP_WAIT);
		return SP_OK;
	}
	if (m->kind == SPI_MOVE_END) { /* the walk stays as it is: it may still turn out that it did not help */
		spi_decided(d, SP_DECIDE_NONE, is_here(d) ? SP_REASON_STEP_END : SP_REASON_THANKS);
		return SP_OK;
	}
	bool is_there = spi_walk_fit(walk, &o->record, o->steps);
	if (!is_there) /* what was said was about a step that is not there any more */
		return show(d, o, walk, SP_REASON_STEP_CHANGED);
	switch (m->kind) {
	case SPI_MOVE_STEP:
		spi_walk_go(walk, o->steps, m->step);
		break;
	case SPI_MOVE_BACK:
		spi_walk_back(walk, o->steps);
		break;
	case SPI_MOVE_RESTART:
		spi_walk_restart(walk, o->steps);
		break;
	case SPI_MOVE_FAILED:
		return fail(d, o, walk, err);
	case SPI_MOVE_UNCLEAR:
		if (is_unclear_again(d))
			return fail(d, o, walk, err);
		return show(d, o, walk, SP_REASON_STEP_UNCLEAR);
	default:
		return show(d, o, walk, SP_REASON_STEP_AGAIN);
	}
	return show(d, o, walk, SP_REASON_STEP);
}

/* What was shown last came to its end. After a ticket was offered "done" is said of that, and of a walk before this one nothing is. */
static bool is_over(const spi_deciding *d, const sp_walk *walk, bool here)
{
	bool is_of_ticket = !here && d->last && d->last->decision == SP_DECIDE_TICKET;
	return walk == d->question->dialogue->walk && walk->state == SP_WALK_ENDED && !is_of_ticket;
}

static sp_status hear(spi_deciding *d, const sp_walk *walk, const opened *o, bool here, bool is_last_try, spi_move *ret)
{
	size_t at = sp_steps_find(o->steps, walk->step);
	spi_hearing hearing = {.analyser = d->found.analyser, .arena = d->arena, .steps = o->steps, .at = at, .lang = walk->lang,
		.title = o->record.title, .text = d->meant ? d->meant : d->question->text, .len = d->meant ? d->meant_len : d->question->len, .is_here = here, .is_going = walk->state == SP_WALK_GOING, .is_over = is_over(d, walk, here),
		.wants_person = spi_has_cue(&d->cues, SPI_CUE_PERSON), .is_last_try = is_last_try};
	if (at <= o->steps->count)
		return spi_walk_hear(&hearing, ret);
	/* Its step is gone: whatever was said there leads to the beginning; anything longer is another question. */
	hearing.at = 0;
	sp_status status = spi_walk_hear(&hearing, ret);
	bool is_short = d->found.analyser && d->tokens.count <= UNCLEAR_WORDS + 2 && !hearing.wants_person;
	if (status == SP_OK && here && is_short && ret->kind == SPI_MOVE_NONE)
		ret->kind = SPI_MOVE_AGAIN;
	return status;
}

/* Language of the frame: a tapped choice says nothing about it. */
static void keep_language(spi_deciding *d)
{
	if (d->question->lang != SP_LANG_NONE)
		d->decision->lang = d->question->lang;
	else if (d->last && d->last->lang != SP_LANG_NONE)
		d->decision->lang = d->last->lang;
}

/* "indietro", "sì", "dove ero", and the procedure was taken away meanwhile: what it asked cannot be known any more. */
static sp_status hear_gone(spi_deciding *d, const sp_walk *walk, bool here, bool *ret)
{
	sp_step nothing = {.anchor = "", .title = "", .markdown = "", .html = "", .speech = ""};
	sp_steps steps = {&nothing, 0};
	spi_hearing hearing = {.analyser = d->found.analyser, .arena = d->arena, .steps = &steps, .lang = walk->lang, .title = "",
		.text = d->question->text, .len = d->question->len, .is_here = here, .is_going = true, .wants_person = spi_has_cue(&d->cues, SPI_CUE_PERSON)};
	spi_move m;
	sp_status status = spi_walk_hear(&hearing, &m);
	*ret = status == SP_OK && m.kind != SPI_MOVE_NONE && m.kind != SPI_MOVE_FAILED && m.kind != SPI_MOVE_WAIT;
	if (*ret) {
		keep_language(d);
		spi_decided(d, SP_DECIDE_NONE, SP_REASON_STEP_GONE);
	}
	return status;
}

/* Where a message that begins with a "no" goes on; 0: it does not begin so. */
static size_t behind_no(const spi_deciding *d, sp_lang lang)
{
	uint64_t led = spi_walk_cue_covered(&d->tokens, lang, SPI_INSTEAD);
	size_t lead = 0;
	while (lead < d->cues.count && led >> lead & 1)
		lead++;
	return lead;
}

/* The step at which the last choice was taken; NULL: none was. */
static const sp_step *step_before(const spi_deciding *d, const sp_walk *walk, const opened *o)
{
	size_t way = walk->way.count;
	if (!d->last || d->last->reason != SP_REASON_STEP || walk->state == SP_WALK_FAILED || way < 2)
		return NULL;
	size_t before = sp_steps_find(o->steps, walk->way.items[way - 2]);
	return before < o->steps->count ? &o->steps->items[before] : NULL;
}

/* "no l'altro", "no quello prima": beside the choice that was taken. Where there is none, or which one is not said, the step is shown again where it
   was taken. SIZE_MAX: it is not that. */
static size_t find_beside(const sp_walk *walk, const opened *o, const sp_step *step, const sp_tokens *rest, const spi_cues *cues)
{
	uint64_t other = spi_walk_cue_covered(rest, walk->lang, SPI_CHOICE_OTHER);
	bool is_other = other && !(cues->content & ~(other | spi_walk_cue_covered(rest, walk->lang, SPI_POINTS)));
	bool is_before = spi_walk_cue_said(rest, walk->lang, SPI_CHOICE_BEFORE), is_after = spi_walk_cue_said(rest, walk->lang, SPI_CHOICE_AFTER);
	size_t taken = 0, count = step->choices_count;
	if (!is_other && !is_before && !is_after)
		return SIZE_MAX;
	while (taken < count && strcmp(step->choices[taken].anchor, walk->way.items[walk->way.count - 1]) != 0)
		taken++;
	size_t wanted = is_before ? taken - 1 : is_after ? taken + 1 : count == 2 ? 1 - taken : SIZE_MAX;
	return taken < count && wanted < count ? sp_steps_find(o->steps, step->choices[wanted].anchor) : (size_t)(step - o->steps->items);
}

/* "no il primo", right behind a choice: another one of the step before; SIZE_MAX: it is not that. *ret_beside: it is told by the one that was taken, and
   is no choice of the step that is shown. */
static size_t find_put_right(const spi_deciding *d, const sp_walk *walk, const opened *o, bool *ret_beside)
{
	const sp_step *step = step_before(d, walk, o);
	size_t lead = step ? behind_no(d, walk->lang) : 0;
	*ret_beside = false;
	if (lead == 0 || lead >= d->tokens.count)
		return SIZE_MAX;
	sp_tokens rest = {d->tokens.items + lead, d->tokens.count - lead};
	spi_cues cues;
	spi_places places = {0};
	spi_cues_find(&rest, walk->lang, &cues);
	size_t beside = find_beside(walk, o, step, &rest, &cues);
	if ((*ret_beside = beside < SIZE_MAX))
		return beside;
	spi_places_find(&rest, &cues, walk->lang, step->choices_count, &places);
	bool is_one = places.count == 1 && places.at[0] < step->choices_count;
	return is_one ? sp_steps_find(o->steps, step->choices[places.at[0]].anchor) : SIZE_MAX;
}

static sp_status choose_again(spi_deciding *d, const sp_walk *from, const opened *o, size_t step)
{
	sp_walk *walk = spi_walk_copy(from, d->arena);
	if (!walk)
		return SP_ERR_NOMEM;
	keep_language(d);
	spi_walk_back(walk, o->steps);
	if (sp_steps_find(o->steps, walk->step) != step)
		spi_walk_go(walk, o->steps, step);
	return show(d, o, walk, SP_REASON_STEP);
}

static sp_status try_walk(spi_deciding *d, const sp_walk *walk, bool here, bool *ret, sp_error *err)
{
	opened o;
	bool is_open;
	spi_move m = {SPI_MOVE_NONE, 0};
	sp_status status = open_walk(d, walk, &o, &is_open, err);
	if (status == SP_OK && !is_open && walk == d->question->dialogue->walk && walk->state == SP_WALK_GOING)
		return hear_gone(d, walk, here, ret);
	if (status == SP_OK && is_open)
		status = hear(d, walk, &o, here, false, &m);
	bool beside = false;
	size_t put_right = status == SP_OK && is_open && here ? find_put_right(d, walk, &o, &beside) : SIZE_MAX;
	if (m.kind == SPI_MOVE_STEP && !beside)
		put_right = SIZE_MAX;
	*ret = status == SP_OK && (m.kind != SPI_MOVE_NONE || put_right < SIZE_MAX);
	if (!*ret)
		return status;
	if (put_right < SIZE_MAX)
		return choose_again(d, walk, &o, put_right);
	keep_language(d);
	return move(d, &o, walk, &m, err);
}

static sp_status join(spi_deciding *d, sp_error *err)
{
	opened o;
	bool is_open;
	sp_status status = open_walk(d, d->question->joined, &o, &is_open, err);
	keep_language(d);
	if (status != SP_OK)
		return status;
	if (!is_open) {
		spi_decided(d, SP_DECIDE_NONE, SP_REASON_NO_CODE);
		return SP_OK;
	}
	sp_walk *walk = spi_walk_copy(d->question->joined, d->arena);
	bool is_there = walk && spi_walk_fit(walk, &o.record, o.steps);
	return show(d, &o, walk, is_there ? SP_REASON_STEP_CODE : SP_REASON_STEP_CHANGED);
}

sp_status spi_decide_by_walk(spi_deciding *d, bool *ret, sp_error *err)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	*ret = false;
	if (!d->question->walk)
		return SP_OK;
	if (d->question->joined) {
		*ret = true;
		return join(d, err);
	}
	if (!dialogue || !dialogue->walk)
		return SP_OK;
	/* After what was put right the step is what is spoken of, though something else was shown since. */
	bool here = is_here(d) || (d->meant && dialogue->walk->state == SP_WALK_GOING);
	sp_status status = try_walk(d, dialogue->walk, here, ret, err);
	if (status == SP_OK && !*ret && dialogue->earlier)
		status = try_walk(d, dialogue->earlier, false, ret, err);
	return status;
}

/* ---- after a decision ---- */

/* Whether a message had no answer of its own. */
static bool is_open_question(const spi_deciding *d)
{
	const sp_decision *decision = d->decision;
	bool is_told = decision->reason == SP_REASON_DAY_TOLD || decision->reason == SP_REASON_NUMBER_TOLD;
	return (decision->kind == SP_DECIDE_CLARIFY && !is_told) || decision->reason == SP_REASON_NO_ANSWER || decision->reason == SP_REASON_SMALLTALK ||
		decision->reason == SP_REASON_GIBBERISH || decision->reason == SP_REASON_OFF_TOPIC;
}

/* Said on the way and not understood: the step again, once; but what asks is another matter. */
static bool is_unclear(const spi_deciding *d)
{
	return d->last->reason != SP_REASON_STEP_UNCLEAR && __builtin_popcountll(d->cues.content) <= UNCLEAR_WORDS &&
		!memchr(d->question->text, '?', d->question->len) && !spi_has_cue(&d->cues, SPI_CUE_QUESTION);
}

/* A choice after all, where one word tells; else the step again. */
static sp_status try_again(spi_deciding *d, const sp_walk *walk, bool or_unclear, bool *ret, sp_error *err)
{
	opened o;
	bool is_open;
	spi_move m = {SPI_MOVE_NONE, 0};
	sp_status status = open_walk(d, walk, &o, &is_open, err);
	if (status == SP_OK && is_open)
		status = hear(d, walk, &o, true, !spi_tells_device(d), &m); /* that is like no choice */
	if (status != SP_OK || !is_open || (m.kind != SPI_MOVE_STEP && !(or_unclear && is_unclear(d))))
		return status;
	*ret = true;
	keep_language(d);
	if (m.kind == SPI_MOVE_STEP)
		return move(d, &o, walk, &m, err);
	sp_walk *copy = spi_walk_copy(walk, d->arena);
	bool is_there = copy && spi_walk_fit(copy, &o.record, o.steps);
	return show(d, &o, copy, is_there ? SP_REASON_STEP_UNCLEAR : SP_REASON_STEP_CHANGED);
}

/* How often in a row the step was only shown again. */
static size_t times_again(const spi_deciding *d)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	size_t times = 0;
	for (size_t i = dialogue->count; i > 0; i--, times++) {
		sp_reason reason = dialogue->turns[i - 1].reason;
		if (reason != SP_REASON_STEP_AGAIN && reason != SP_REASON_STEP_UNCLEAR)
			break;
	}
	return times;
}

static sp_status begin(spi_deciding *d, const sp_walk *before, sp_error *err)
{
	opened o;
	sp_status status = sp_index_get_docid(d->found.index, d->found.candidates[0].docid, d->arena, &o.record, err);
	if (status == SP_OK)
		status = spi_walk_cut(&o.record, d->arena, &o.steps);
	if (status != SP_OK || o.steps->count < STEPS_LEAST)
		return status;
	bool is_same = before && before->state == SP_WALK_GOING && strcmp(before->article, o.record.id) == 0 &&
		before->lang == o.record.lang;
	sp_walk *walk = is_same ? spi_walk_copy(before, d->arena) : spi_walk_new(&o.record, o.steps, d->arena);
	if (!walk)
		return SP_ERR_NOMEM;
	if (is_same && is_here(d) && d->decision->reason == SP_REASON_SURE && times_again(d) >= AGAIN_MOST)
		return fail(d, &o, walk, err);
	if (is_same && is_here(d) && d->decision->reason == SP_REASON_SURE) { /* near to its words, said on the way: rather a choice */
		bool is_step = false;
		status = try_again(d, before, false, &is_step, err);
		if (status != SP_OK || is_step)
			return status;
	}
	if (is_same) /* asked again on the way */
		d->decision->reason = spi_walk_fit(walk, &o.record, o.steps) ? SP_REASON_STEP_AGAIN : SP_REASON_STEP_CHANGED;
	else if (before && before->state == SP_WALK_GOING)
		d->decision->back_to = before;
	d->decision->walk = walk;
	d->decision->steps = o.steps;
	return SP_OK;
}

/* What sounds like a choice of a procedure that is not there any more is no other question. */
static sp_status leave_gone(spi_deciding *d, const sp_walk *walk, bool *ret, sp_error *err)
{
	opened o;
	bool is_open = true, is_doubtful = d->decision->reason == SP_REASON_SURE && d->confidence < GONE_SURE;
	if (!is_unclear(d) || !(is_doubtful || is_open_question(d)))
		return SP_OK;
	sp_status status = open_walk(d, walk, &o, &is_open, err);
	*ret = status == SP_OK && !is_open;
	if (!*ret)
		return status;
	keep_language(d);
	d->found.count = 0;
	spi_decided(d, SP_DECIDE_NONE, SP_REASON_STEP_GONE);
	return SP_OK;
}

static sp_status leave(spi_deciding *d, const sp_walk *walk, sp_error *err)
{
	bool here = is_here(d), is_step = false;
	if (walk->state == SP_WALK_GOING && here && !d->put_right) {
		sp_status status = leave_gone(d, walk, &is_step, err);
		if (status != SP_OK || is_step)
			return status;
	}
	if (walk->state == SP_WALK_GOING && here && is_open_question(d) && !d->put_right) {
		sp_status status = try_again(d, walk, true, &is_step, err);
		if (status != SP_OK || is_step)
			return status;
	}
	if (here && d->decision->reason == SP_REASON_NOT_SOLVED && !d->walked) {
		d->decision->walk = spi_walk_copy(walk, d->arena);
		if (!d->decision->walk)
			return SP_ERR_NOMEM;
		d->decision->walk->state = SP_WALK_FAILED;
	}
	if (walk->state == SP_WALK_GOING && d->decision->reason != SP_REASON_GOODBYE)
		d->decision->back_to = walk;
	return SP_OK;
}

sp_status spi_walk_follow(spi_deciding *d, sp_error *err)
{
	const sp_dialogue *dialogue = d->question->dialogue;
	const sp_walk *before = dialogue ? dialogue->walk : NULL;
	if (!d->question->walk)
		return SP_OK;
	if (d->question->no_code && d->decision->kind != SP_DECIDE_ANSWER) {
		spi_decided(d, SP_DECIDE_NONE, SP_REASON_NO_CODE);
		return SP_OK;
	}
	if (before && before->state == SP_WALK_GOING && is_here(d) && spi_tells_device(d)) { /* of the step that is shown */
		bool is_step = false;
		sp_status status = try_again(d, before, true, &is_step, err);
		if (status != SP_OK || is_step)
			return status;
	}
	bool is_procedure = d->decision->kind == SP_DECIDE_ANSWER && d->found.count > 0 && d->decision->also_count == 0 &&
		d->found.candidates[0].type == SP_TYPE_PROCEDURE;
	if (is_procedure)
		return begin(d, before, err);
	return before ? leave(d, before, err) : SP_OK;
}
