#include "answer/language_wanted.h"

#include "answer/rules.h"

#define SAID_AGAIN_CONFIDENCE 0.97

/* What is asked for in one language, where nothing else is said; 0: it is not, or "non in inglese". */
static uint64_t said_in(const spi_deciding *d, sp_lang lang, spi_walk_cue cue)
{
	spi_cues cues;
	uint64_t said = spi_walk_cue_covered(&d->tokens, lang, cue);
	if (!said)
		return 0;
	spi_cues_find(&d->tokens, lang, &cues);
	uint64_t around = cues.covered[SPI_CUE_GREETING] | cues.covered[SPI_CUE_THANKS] | cues.covered[SPI_CUE_OPENING] |
		cues.covered[SPI_CUE_ENDING] | cues.covered[SPI_CUE_QUESTION] | cues.covered[SPI_CUE_BUT];
	around |= spi_walk_cue_covered(&d->tokens, lang, SPI_AND_THING); /* "e in italiano?", in an English conversation */
	return (cues.content & ~(said | around)) || (cues.covered[SPI_CUE_DENIAL] & ~said) ? 0 : said;
}

/* The language that is asked for, said in any; SP_LANG_NONE: none is, or something else too. Of "I don't speak Italian" more says English. */
static sp_lang wanted(const spi_deciding *d)
{
	static const struct { spi_walk_cue cue; sp_lang lang; } asked[] = {
		{SPI_IN_ITALIAN, SP_LANG_IT}, {SPI_IN_ENGLISH, SP_LANG_EN}, {SPI_IN_GERMAN, SP_LANG_DE}};
	sp_lang ret = SP_LANG_NONE;
	int most = 0;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		for (sp_lang lang = 0; lang < SP_LANG_COUNT && d->config->langs >> asked[i].lang & 1; lang++) {
			int words = spi_count_bits(said_in(d, lang, asked[i].cue));
			if (words > most)
				most = words, ret = asked[i].lang;
		}
	return ret;
}

static sp_status get(const spi_deciding *d, const char *id, sp_record *ret, sp_error *err)
{
	sp_status status = sp_index_get(d->found.index, id, d->decision->lang, d->arena, ret, err);
	if (status != SP_ERR_NOT_FOUND)
		return status;
	sp_error_clear(err); /* not translated */
	status = sp_index_get(d->found.index, id, SP_LANG_NONE, d->arena, ret, err);
	if (status == SP_ERR_NOT_FOUND) /* taken back since */
		sp_error_clear(err);
	return status;
}

static sp_status answer_again(spi_deciding *d, bool *ret, sp_error *err)
{
	sp_record record;
	sp_status status = get(d, d->last->article, &record, err);
	if (status == SP_OK && !spi_put_article(d, &record, SAID_AGAIN_CONFIDENCE))
		return SP_ERR_NOMEM;
	*ret = status == SP_OK && spi_decided(d, SP_DECIDE_ANSWER, SP_REASON_SURE);
	return status == SP_ERR_NOT_FOUND ? SP_OK : status;
}

static sp_status offer_again(spi_deciding *d, bool *ret, sp_error *err)
{
	const sp_strings *offered = &d->last->offered;
	sp_candidate *all = sp_arena_calloc(d->arena, offered->count + 1, sizeof *all);
	size_t count = 0;
	if (!all)
		return SP_ERR_NOMEM;
	for (size_t i = 0; i < offered->count; i++) {
		sp_record record;
		sp_status status = get(d, offered->items[i], &record, err);
		if (status == SP_OK && !spi_put_article(d, &record, d->choice_confidence))
			return SP_ERR_NOMEM;
		if (status == SP_OK)
			all[count++] = d->found.candidates[0];
		else if (status != SP_ERR_NOT_FOUND)
			return status;
	}
	d->found.candidates = all;
	d->found.count = d->decision->choices = count;
	*ret = spi_decided(d, SP_DECIDE_CLARIFY, count > 1 ? SP_REASON_CHOICES : SP_REASON_TOO_VAGUE);
	return SP_OK;
}

sp_status spi_decide_by_language_wanted(spi_deciding *d, bool *ret, sp_error *err)
{
	sp_lang lang = wanted(d);
	*ret = false;
	if (lang == SP_LANG_NONE)
		return SP_OK;
	d->decision->lang = d->found.lang = lang;
	if (!d->last) { /* nothing was said yet */
		*ret = spi_decided(d, SP_DECIDE_NONE, SP_REASON_SMALLTALK);
		return SP_OK;
	}
	switch (d->last->decision) {
	case SP_DECIDE_ANSWER:
		return answer_again(d, ret, err);
	case SP_DECIDE_CLARIFY:
		return offer_again(d, ret, err);
	default:
		*ret = spi_decided(d, d->last->decision, d->last->reason);
		return SP_OK;
	}
}
