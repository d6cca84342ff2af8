/* A day that was told by itself: that it is taken down, and what can be done with it. */
#include "answer/compose.h"
#include "answer/day_told.h"
#include "base/clock.h"
#include "sportello/catalog.h"

#include <string.h>

bool spi_compose_shown_before(const spi_composing *c, sp_record *ret)
{
	const sp_turn *before = spi_turn_before(c->decision->before);
	if (!before || !before->article)
		return false;
	return sp_index_get(c->index, before->article, c->decision->lang, c->arena, ret, NULL) == SP_OK ||
		sp_index_get(c->index, before->article, SP_LANG_NONE, c->arena, ret, NULL) == SP_OK;
}

static bool has_letter(const spi_composing *c, const sp_record *article)
{
	int body = sp_kb_body(c->config, article->competence);
	return body >= 0 && *sp_texts_get(&c->config->bodies[body].letter, c->decision->lang);
}

static const char *key_of(const spi_composing *c, const spi_dates *dates, const sp_turn *before, const sp_record *elsewhere)
{
	if (dates->count == 0 && !dates->due)
		return "reply.day-told.no-such-day";
	if (!before)
		return "reply.day-told.first";
	if (before->step)
		return "reply.day-told.on-the-way";
	if (before->decision == SP_DECIDE_CLARIFY)
		return before->offered.count > 0 ? "reply.day-told.choose" : "reply.day-told.first";
	if (elsewhere)
		return has_letter(c, elsewhere) ? "reply.day-told.letter" : "reply.day-told.elsewhere";
	return dates->count > 1 ? "reply.day-told.several" : "reply.day-told";
}

/* "martedì 10 novembre 2026"; of the day on which something ends it is said that it is that. */
static const char *date_of(const spi_composing *c, const spi_dates *dates)
{
	bool is_due = dates->count == 0 && dates->due;
	const char *date = is_due ? spi_compose_days(c, dates->due_first, dates->due_last) : spi_compose_days(c, dates->first, dates->last);
	const sp_fill fills[] = {{"date", date}, {NULL, NULL}};
	return is_due && date ? sp_catalog_fill(c->decision->lang, "reply.day-told.due", fills, c->arena) : date;
}

sp_status spi_compose_offered_again(spi_composing *c, const sp_turn *before)
{
	sp_status status = SP_OK;
	for (size_t i = 0; i < before->offered.count && status == SP_OK; i++) {
		sp_record article;
		if (sp_index_get(c->index, before->offered.items[i], c->decision->lang, c->arena, &article, NULL) == SP_OK ||
			sp_index_get(c->index, before->offered.items[i], SP_LANG_NONE, c->arena, &article, NULL) == SP_OK)
			status = spi_compose_article_choice(c, article.title, article.id, article.lang);
	}
	return status;
}

sp_status spi_compose_day_told(spi_composing *c, bool *ret_topics)
{
	spi_dates dates = {0};
	sp_record shown;
	const sp_decision *decision = c->decision;
	const sp_turn *before = spi_turn_before(decision->before);
	sp_date today = sp_date_of(c->now_utc_s, c->config->timezone);
	bool is_elsewhere = spi_compose_shown_before(c, &shown) && *shown.competence;
	*ret_topics = !before || (before->decision == SP_DECIDE_CLARIFY && before->offered.count == 0);
	if (decision->masked)
		spi_is_only_days(decision->masked, strlen(decision->masked), decision->lang, sp_date_days(today), &dates);
	const sp_fill fills[] = {{"date", date_of(c, &dates)}, {NULL, NULL}};
	const char *text = fills[0].value ? sp_catalog_fill(decision->lang, key_of(c, &dates, before, is_elsewhere ? &shown : NULL), fills, c->arena) : NULL;
	sp_status status = text ? spi_compose_markdown(c, text) : SP_ERR_NOMEM;
	if (status == SP_OK && before && before->decision == SP_DECIDE_CLARIFY)
		return spi_compose_offered_again(c, before);
	if (status != SP_OK || !before || before->step || (dates.count == 0 && !dates.due))
		return status;
	if (is_elsewhere)
		return spi_compose_competence(c, &shown);
	const char *open = sp_catalog_text(decision->lang, "reply.choice.open-with-day");
	spi_compose_choice(c, (sp_choice){open, open, NULL, decision->lang, SP_CHOICE_ANSWER});
	return SP_OK;
}
