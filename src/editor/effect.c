/* What an edit did to each question: two outcomes judged together. */
#include "sportello/editor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *sp_effect_name(sp_effect_kind kind)
{
	static const char *const names[SP_EFFECT_KINDS] = {"lost", "won", "taken-over", "changed", "edge", "none"};
	return names[kind];
}

/* An article's id as it is now. */
static const char *today(const sp_edit *edit, const char *id)
{
	for (size_t i = 0; edit && id && i < edit->count; i++)
		if (edit->files[i].id_before && strcmp(edit->files[i].id_before, id) == 0)
			return edit->files[i].id;
	return id;
}

static bool is_same(const sp_edit *edit, const char *a, const char *b)
{
	return a && b ? strcmp(today(edit, a), today(edit, b)) == 0 : a == b;
}

static bool has(const sp_edit *edit, const sp_strings *list, const char *id)
{
	for (size_t i = 0; id && i < list->count; i++)
		if (is_same(edit, list->items[i], id))
			return true;
	return false;
}

static bool is_right(const sp_edit *edit, const sp_replay_question *question, const sp_outcome *outcome)
{
	if (question->expect != outcome->kind)
		return false;
	return question->expect != SP_DECIDE_ANSWER || has(edit, &question->right, outcome->article);
}

bool sp_outcome_is_right(const sp_replay_question *question, const sp_outcome *outcome)
{
	return is_right(NULL, question, outcome);
}

static bool was_edited(const sp_edit *edit, const char *id)
{
	for (size_t i = 0; id && i < edit->count; i++)
		if (edit->files[i].id && strcmp(edit->files[i].id, id) == 0)
			return true;
	return false;
}

/* kb.yaml may move the edge itself. */
static bool is_at_edge(const sp_edit *edit, const sp_outcome *before, const sp_outcome *now)
{
	return edit && is_same(edit, before->article, now->article) && fabs(before->confidence - now->confidence) < SP_EFFECT_EDGE_MOST &&
		   !was_edited(edit, now->article) && !edit->config;
}

static sp_effect_kind judge(const sp_edit *edit, const sp_replay_question *question, const sp_outcome *before, const sp_outcome *now)
{
	if (question->is_labelled) {
		bool was = is_right(edit, question, before), is = is_right(edit, question, now);
		if (was != is && is_at_edge(edit, before, now))
			return SP_EFFECT_EDGE;
		if (was != is)
			return was ? SP_EFFECT_LOST : SP_EFFECT_WON;
	}
	if (before->kind != now->kind)
		return is_at_edge(edit, before, now) ? SP_EFFECT_EDGE : SP_EFFECT_CHANGED;
	return now->kind == SP_DECIDE_ANSWER && !is_same(edit, before->article, now->article) ? SP_EFFECT_TAKEN : SP_EFFECT_NONE;
}

static int compare_ids(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* What people asked most comes first, then what one article loses to another together. */
static int in_order(const void *left, const void *right)
{
	const sp_effect *a = left, *b = right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->question->times != b->question->times)
		return a->question->times > b->question->times ? -1 : 1;
	int order = compare_ids(a->before->article, b->before->article);
	if (!order)
		order = compare_ids(a->now->article, b->now->article);
	if (!order && a->before->confidence != b->before->confidence)
		return a->before->confidence > b->before->confidence ? -1 : 1;
	return order ? order : strcmp(a->question->text, b->question->text);
}

static void count_one(const sp_edit *edit, const sp_effect *effect, sp_effects *ret)
{
	const sp_replay_question *question = effect->question;
	ret->counts[effect->kind]++;
	ret->labelled += question->is_labelled;
	ret->asked += !question->is_labelled;
	ret->right_before += question->is_labelled && is_right(edit, question, effect->before);
	ret->right_now += question->is_labelled && is_right(edit, question, effect->now);
	ret->answered_before += effect->before->kind == SP_DECIDE_ANSWER;
	ret->answered_now += effect->now->kind == SP_DECIDE_ANSWER;
}

sp_status sp_effect_judge(const sp_edit *edit, const sp_replay_question *questions, const sp_outcome *before, const sp_outcome *now,
	size_t count, sp_arena *arena, sp_effects *ret, sp_error *err)
{
	*ret = (sp_effects){.items = sp_arena_calloc(arena, count + 1, sizeof *ret->items)};
	if (!ret->items)
		return sp_error_set(err, SP_ERR_NOMEM, NULL, 0, "out of memory");
	for (size_t i = 0; i < count; i++) {
		sp_effect effect = {judge(edit, &questions[i], &before[i], &now[i]), &questions[i], &before[i], &now[i]};
		count_one(edit, &effect, ret);
		if (effect.kind != SP_EFFECT_NONE)
			ret->items[ret->count++] = effect;
	}
	if (ret->count > 1)
		qsort(ret->items, ret->count, sizeof *ret->items, in_order);
	return SP_OK;
}
