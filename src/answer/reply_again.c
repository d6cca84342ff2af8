/* An answer that was given before. */
#include "answer/compose.h"
#include "answer/day_told.h"
#include "sportello/catalog.h"

#include <string.h>

#define TWICE 2
#define OTHERS 3 /* choices beside an answer that was told before */

/* An answer that is told once more, or instead of one that did not help, is not put there as if nothing had been said. In
   another language it was not told yet. */
sp_status spi_compose_why_again(spi_composing *c, const sp_record *article)
{
	const sp_turn *before = spi_turn_before(c->decision->before);
	const char *key = NULL;
	if (c->decision->reason == SP_REASON_NEXT_BEST)
		key = "reply.next-best";
	else if (c->decision->reason == SP_REASON_SURE && before && before->decision == SP_DECIDE_ANSWER && before->article &&
			 before->lang == c->decision->lang && strcmp(before->article, article->id) == 0)
		key = "reply.same-again";
	return key ? spi_compose_markdown(c, sp_catalog_text(c->decision->lang, key)) : SP_OK;
}

/* To how many of the last messages the same whole article was the answer, in the same language, at most two; of a step, or a day that is asked
   for or counted from, more is said than that. */
static size_t times_said(const spi_composing *c, const sp_record *article)
{
	const sp_dialogue *before = c->decision->before;
	size_t same = 0;
	for (size_t i = before ? before->count : 0; i > 0 && same < TWICE; i--, same++) {
		const sp_turn *turn = &before->turns[i - 1];
		bool is_same = turn->decision == SP_DECIDE_ANSWER && turn->article && !turn->step && strcmp(turn->article, article->id) == 0;
		if (!is_same || turn->reason == SP_REASON_WINDOW || turn->reason == SP_REASON_WINDOW_ASKED || turn->reason == SP_REASON_WINDOW_AGAIN)
			break;
		if (turn->lang != c->decision->lang && same == 0)
			return 0;
	}
	return same;
}

static bool was_shown(const spi_composing *c, const char *id)
{
	const sp_dialogue *before = c->decision->before;
	for (size_t i = 0; i < before->count; i++)
		if (before->turns[i].article && strcmp(before->turns[i].article, id) == 0)
			return true;
	return false;
}

/* The next best, and of the rest what the editors say is near to it, or is of its kind: what is found far down is about anything. */
static bool is_near(const sp_record *article, const sp_candidate *other, size_t place)
{
	for (size_t i = 0; i < article->related.count; i++)
		if (strcmp(article->related.items[i], other->id) == 0)
			return true;
	return place == 0 || strcmp(article->category, other->category) == 0;
}

/* What else it may be, that was not shown yet; returns how many there are. */
static size_t find_others(const spi_composing *c, const sp_record *article, const sp_candidate *ret[OTHERS])
{
	const sp_decision *decision = c->decision;
	bool is_told = decision->also_count > 0; /* as it was told, where it is told again */
	const sp_candidate *others = is_told ? decision->also : decision->candidates + 1;
	size_t count = is_told ? decision->also_count : decision->count - 1, found = 0;
	for (size_t i = 0; i < count && found < OTHERS; i++)
		if (!was_shown(c, others[i].id) && (is_told || is_near(article, &others[i], i)))
			ret[found++] = &others[i];
	return found;
}

/* Nobody reads the same text twice in a row: where it is, whom it says to ask, and what else it may be. Where it is nothing else, the text is all
   there is to say. */
sp_status spi_compose_again(spi_composing *c, const sp_record *article, bool *ret)
{
	const sp_decision *decision = c->decision;
	const sp_candidate *others[OTHERS];
	size_t said = decision->reason == SP_REASON_SURE ? times_said(c, article) : 0, count = said > 0 ? find_others(c, article, others) : 0;
	*ret = said == TWICE || count > 0;
	if (!*ret)
		return SP_OK;
	const sp_fill fills[] = {{"title", article->title}, {NULL, NULL}};
	const char *line = sp_catalog_fill(decision->lang, said == TWICE ? "reply.same-third" : "reply.same-second", fills, c->arena);
	sp_status status = line ? spi_compose_markdown(c, line) : SP_ERR_NOMEM;
	if (status == SP_OK)
		status = spi_compose_competence(c, article);
	for (size_t i = 0; i < count && status == SP_OK; i++)
		status = spi_compose_article_choice(c, others[i]->title, others[i]->id, others[i]->lang);
	if (status == SP_OK)
		status = spi_compose_return(c);
	return status == SP_OK ? spi_compose_article_choice(c, sp_catalog_text(decision->lang, "reply.choice.person"), NULL, decision->lang) : status;
}
