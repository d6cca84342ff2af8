/* "la seconda", "2": one of the choices that were offered, said by its place. */
#include "answer/choose.h"

#define CHOSEN_CONFIDENCE 0.97
#define PLACE_WORDS 3 /* "e gli altri quattro" is something else */

static size_t place_of(const spi_deciding *d, size_t count)
{
	static const spi_walk_cue places[] = {SPI_WALK_FIRST, SPI_WALK_SECOND, SPI_WALK_THIRD, SPI_WALK_FOURTH};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (spi_walk_cue_said(&d->tokens, d->decision->lang, places[i]))
			return i;
	return spi_walk_cue_said(&d->tokens, d->decision->lang, SPI_WALK_LAST) ? count - 1 : SP_CHOICES_MAX;
}

sp_status spi_decide_by_choice(spi_deciding *d, bool *ret, sp_error *err)
{
	const sp_turn *last = d->last;
	*ret = false;
	if (!last || last->decision != SP_DECIDE_CLARIFY || last->offered.count == 0 || d->asks || d->tokens.count > PLACE_WORDS)
		return SP_OK;
	/* A number has no language. */
	if (d->question->lang == SP_LANG_NONE && last->lang != SP_LANG_NONE && d->tokens.count == 1)
		d->decision->lang = last->lang;
	size_t place = place_of(d, last->offered.count);
	if (place >= last->offered.count)
		return SP_OK;
	sp_record record;
	sp_status status = sp_index_get(d->found.index, last->offered.items[place], d->decision->lang, d->arena, &record, err);
	if (status == SP_ERR_NOT_FOUND) {
		sp_error_clear(err);
		status = sp_index_get(d->found.index, last->offered.items[place], SP_LANG_NONE, d->arena, &record, err);
	}
	if (status == SP_ERR_NOT_FOUND) { /* it was taken back since */
		sp_error_clear(err);
		return SP_OK;
	}
	if (status != SP_OK || !spi_put_article(d, &record, CHOSEN_CONFIDENCE))
		return status != SP_OK ? status : SP_ERR_NOMEM;
	*ret = spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_CHOSEN);
	return SP_OK;
}
