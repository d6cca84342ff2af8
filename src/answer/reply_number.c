/* A number that was told by itself: that it was read, and what can be done with it. It is not repeated: it is masked, and not kept. */
#include "answer/compose.h"
#include "answer/day_told.h"
#include "answer/number_told.h"
#include "sportello/catalog.h"

static const char *key_of(const sp_turn *before, bool is_elsewhere)
{
	if (!before || (before->decision == SP_DECIDE_CLARIFY && before->offered.count == 0))
		return "reply.number-told.first";
	if (before->step)
		return "reply.number-told.on-the-way";
	if (before->decision == SP_DECIDE_CLARIFY)
		return "reply.number-told.choose";
	return is_elsewhere ? "reply.number-told.elsewhere" : "reply.number-told";
}

static const char *text_of(const spi_composing *c, const char *key)
{
	const sp_decision *decision = c->decision;
	const char *what = spi_number_told_key(decision->masked, c->arena);
	const sp_fill fills[] = {{"what", what ? sp_catalog_text(decision->lang, what) : NULL}, {NULL, NULL}};
	return fills[0].value ? sp_catalog_fill(decision->lang, key, fills, c->arena) : NULL;
}

sp_status spi_compose_number_told(spi_composing *c, bool *ret_topics)
{
	sp_record shown;
	const sp_turn *before = spi_turn_before(c->decision->before);
	bool is_elsewhere = spi_compose_shown_before(c, &shown) && *shown.competence;
	*ret_topics = !before || (before->decision == SP_DECIDE_CLARIFY && before->offered.count == 0);
	const char *text = text_of(c, key_of(before, is_elsewhere));
	sp_status status = text ? spi_compose_markdown(c, text) : SP_ERR_NOMEM;
	if (status != SP_OK || *ret_topics || before->step)
		return status;
	if (before->decision == SP_DECIDE_CLARIFY)
		return spi_compose_offered_again(c, before);
	if (is_elsewhere)
		return spi_compose_competence(c, &shown);
	const char *open = sp_catalog_text(c->decision->lang, "reply.choice.open-with-number");
	spi_compose_choice(c, (sp_choice){open, open, NULL, c->decision->lang, SP_CHOICE_ANSWER});
	return SP_OK;
}
