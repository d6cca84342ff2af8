/* An answer that was given before. */
#include "answer/compose.h"
#include "answer/day_told.h"
#include "sportello/catalog.h"

#include <string.h>

#define TWICE 2
#define OTHERS 3 /* choices beside an answer that is told a third time */

/* An answer that is told once more, or instead of one that did not help, is not put there as if nothing had been said. */
sp_status spi_compose_why_again(spi_composing *c, const sp_record *article)
{
	const sp_turn *before = spi_turn_before(c->decision->before);
	const char *key = NULL;
	if (c->decision->reason == SP_REASON_NEXT_BEST)
		key = "reply.next-best";
	else if (c->decision->reason == SP_REASON_SURE && before && before->decision == SP_DECIDE_ANSWER && before->article &&
			 strcmp(before->article, article->id) == 0)
		key = "reply.same-again";
	return key ? spi_compose_markdown(c, sp_catalog_text(c->decision->lang, key)) : SP_OK;
}

/* The same whole article, to the last two messages; of a step, or a day that is asked for or counted from, more is said than that. */
bool spi_was_said_twice(const spi_composing *c, const sp_record *article)
{
	const sp_dialogue *before = c->decision->before;
	size_t same = 0;
	for (size_t i = before ? before->count : 0; i > 0 && same < TWICE; i--, same++) {
		const sp_turn *turn = &before->turns[i - 1];
		bool is_same = turn->decision == SP_DECIDE_ANSWER && turn->article && !turn->step && strcmp(turn->article, article->id) == 0;
		if (!is_same || turn->reason == SP_REASON_WINDOW || turn->reason == SP_REASON_WINDOW_ASKED || turn->reason == SP_REASON_WINDOW_AGAIN)
			return false;
	}
	return same == TWICE && c->decision->reason == SP_REASON_SURE;
}

static bool was_shown(const spi_composing *c, const char *id)
{
	const sp_dialogue *before = c->decision->before;
	for (size_t i = 0; i < before->count; i++)
		if (before->turns[i].article && strcmp(before->turns[i].article, id) == 0)
			return true;
	return false;
}

/* Nobody reads the same text a third time: where it is, and what else it may be. */
sp_status spi_compose_third(spi_composing *c, const sp_record *article)
{
	const sp_decision *decision = c->decision;
	const sp_fill fills[] = {{"title", article->title}, {NULL, NULL}};
	const char *line = sp_catalog_fill(decision->lang, "reply.same-third", fills, c->arena);
	sp_status status = line ? spi_compose_markdown(c, line) : SP_ERR_NOMEM;
	const sp_candidate *others = decision->also_count > 0 ? decision->also : decision->candidates + 1; /* as it was told, where it is told again */
	size_t count = decision->also_count > 0 ? decision->also_count : decision->count - 1;
	for (size_t i = 0, added = 0; i < count && added < OTHERS && status == SP_OK; i++) {
		if (was_shown(c, others[i].id))
			continue;
		status = spi_compose_article_choice(c, others[i].title, others[i].id, others[i].lang);
		added++;
	}
	if (status == SP_OK)
		status = spi_compose_return(c);
	return status == SP_OK ? spi_compose_article_choice(c, sp_catalog_text(decision->lang, "reply.choice.person"), NULL, decision->lang) : status;
}
