/* One step of a procedure as a reply: the editors' words, and a small frame of ours around them. */
#include "answer/compose.h"
#include "answer/walk.h"
#include "sportello/catalog.h"

#include <stdio.h>
#include <string.h>

bool spi_shows_step(const sp_decision *decision)
{
	return decision->kind == SP_DECIDE_ANSWER && decision->walk && decision->walk->state != SP_WALK_FAILED && decision->count > 0 &&
		strcmp(decision->candidates[0].id, decision->walk->article) == 0;
}

static spi_rendered rendered(const sp_step *step)
{
	return (spi_rendered){step->markdown, step->html, step->speech, step->markdown_len, step->html_len, step->speech_len};
}

static const char *fill(const spi_composing *c, const char *key, const sp_record *article, size_t number, size_t of)
{
	char numbers[2][24];
	snprintf(numbers[0], sizeof numbers[0], "%zu", number);
	snprintf(numbers[1], sizeof numbers[1], "%zu", of);
	sp_fill fills[] = {{"title", article->title}, {"number", numbers[0]}, {"of", numbers[1]}, {NULL, NULL}};
	return sp_catalog_fill(c->decision->lang, key, fills, c->arena);
}

/* Why this step is here, where it is not simply the next: "you were at step 3 of …". */
static sp_status add_note(spi_composing *c, const sp_record *article, size_t number, size_t of)
{
	static const struct { sp_reason reason; const char *key; } notes[] = {
		{SP_REASON_STEP_AGAIN, "walk.again"}, {SP_REASON_STEP_CODE, "walk.joined"}, {SP_REASON_STEP_CHANGED, "walk.changed"},
		{SP_REASON_STEP_UNCLEAR, "walk.unclear"},
	};
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		if (notes[i].reason != c->decision->reason)
			continue;
		bool is_place = notes[i].reason == SP_REASON_STEP_AGAIN || notes[i].reason == SP_REASON_STEP_CODE;
		const char *note = fill(c, is_place && number == 0 ? "walk.again.start" : notes[i].key, article, number, of);
		return note ? spi_compose_markdown(c, note) : SP_ERR_NOMEM;
	}
	return SP_OK;
}

static void add_frame(spi_composing *c, const char *key, sp_choice_kind kind)
{
	const char *text = sp_catalog_text(c->decision->lang, key);
	spi_compose_choice(c, (sp_choice){text, text, NULL, c->decision->lang, kind});
}

static void add_choices(spi_composing *c, const sp_record *article, const sp_step *step)
{
	for (size_t i = 0; i < step->choices_count; i++)
		spi_compose_choice(c, (sp_choice){step->choices[i].label, step->choices[i].label, NULL, article->lang, SP_CHOICE_STEP});
	if (step->next > 0) {
		add_frame(c, "walk.next", SP_CHOICE_NEXT);
		add_frame(c, "walk.failed", SP_CHOICE_FAILED);
	}
	if (c->decision->walk->way.count > 1)
		add_frame(c, "walk.back", SP_CHOICE_BACK);
}

static sp_status add_shown(spi_composing *c, const sp_steps *steps, size_t number)
{
	const sp_step *step = &steps->items[number];
	sp_step_shown *shown = sp_arena_alloc(c->arena, sizeof *shown);
	if (!shown)
		return SP_ERR_NOMEM;
	*shown = (sp_step_shown){number, steps->count, step->anchor, step->title, c->decision->walk->code, spi_step_is_end(step)};
	c->reply->step = shown;
	return SP_OK;
}

static sp_status find_steps(const spi_composing *c, const sp_record *article, const sp_steps **ret)
{
	sp_steps *cut = NULL;
	sp_status status = SP_OK;
	if (!c->decision->steps)
		status = spi_walk_cut(article, c->arena, &cut);
	*ret = c->decision->steps ? c->decision->steps : cut;
	return status;
}

sp_status spi_compose_step(spi_composing *c, const sp_record *article)
{
	const sp_steps *steps;
	sp_status status = find_steps(c, article, &steps);
	if (status != SP_OK)
		return status;
	size_t number = sp_steps_find(steps, c->decision->walk->step);
	if (number > steps->count) /* of a stored turn, after the article changed */
		number = sp_steps_first(steps);
	const sp_step *step = &steps->items[number];
	bool is_start = number == sp_steps_first(steps);
	if ((is_start && (status = spi_compose_notices(c, article)) != SP_OK) ||
		(status = spi_compose_other_language(c, article)) != SP_OK || (status = add_note(c, article, number, steps->count)) != SP_OK)
		return status;
	spi_rendered text = rendered(&steps->items[0]), own = rendered(step);
	if (is_start && (status = spi_compose_why_again(c, article)) != SP_OK)
		return status;
	if (is_start)
		spi_compose_text(c, article->lang, article->title, &text);
	if (number > 0)
		spi_compose_text(c, article->lang, NULL, &own);
	if (spi_step_is_end(step)) {
		if ((status = spi_compose_competence(c, article)) != SP_OK)
			return status;
		spi_compose_related(c, article);
	}
	add_choices(c, article, step);
	if ((status = spi_compose_return(c)) != SP_OK)
		return status;
	add_frame(c, "reply.choice.person", SP_CHOICE_PERSON);
	return add_shown(c, steps, number);
}

sp_status spi_compose_return(spi_composing *c)
{
	const sp_walk *walk = c->decision->back_to;
	sp_record article;
	if (!walk || sp_index_get(c->index, walk->article, walk->lang, c->arena, &article, NULL) != SP_OK)
		return SP_OK;
	const char *text = fill(c, "walk.return", &article, 0, 0);
	if (!text)
		return SP_ERR_NOMEM;
	spi_compose_choice(c, (sp_choice){text, text, NULL, c->decision->lang, SP_CHOICE_RETURN});
	return SP_OK;
}
