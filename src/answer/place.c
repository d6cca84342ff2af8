#include "answer/place.h"

#define PLACE_WORDS 3   /* of one place; "e gli altri quattro" is something else */
#define CHOICE_WORDS 10 /* with what stands around it: "credo che sia la seconda, grazie" */

static uint64_t courtesy_of(const spi_cues *cues)
{
	return cues->covered[SPI_CUE_THANKS] | cues->covered[SPI_CUE_GREETING];
}

/* The place that so few words are; `choices` or more = none. */
static size_t place_in(const sp_tokens *tokens, sp_lang lang, size_t choices)
{
	static const spi_walk_cue places[] = {SPI_WALK_FIRST, SPI_WALK_SECOND, SPI_WALK_THIRD, SPI_WALK_FOURTH};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (spi_walk_cue_said(tokens, lang, places[i]))
			return i;
	if (choices > 1 && spi_walk_cue_said(tokens, lang, SPI_WALK_LAST_BUT_ONE))
		return choices - 2;
	if (choices % 2 == 1 && spi_walk_cue_said(tokens, lang, SPI_WALK_MIDDLE))
		return choices / 2;
	return choices > 0 && spi_walk_cue_said(tokens, lang, SPI_WALK_LAST) ? choices - 1 : SIZE_MAX;
}

static void add(spi_places *places, size_t place)
{
	for (size_t i = 0; i < places->count; i++)
		if (places->at[i] == place)
			return;
	if (places->count < SP_CHOICES_MAX)
		places->at[places->count++] = place;
}

/* "direi la 2", "la prima che hai detto", "la prima o la terza". */
static void find_among(const sp_tokens *tokens, const spi_cues *cues, sp_lang lang, size_t choices, spi_places *ret)
{
	uint64_t around = spi_walk_cue_covered(tokens, lang, SPI_CHOICE_AROUND) | courtesy_of(cues), own = 0;
	spi_places found = {0};
	for (size_t first = 0; first < tokens->count;) {
		size_t words = tokens->count - first < PLACE_WORDS ? tokens->count - first : PLACE_WORDS, place = SIZE_MAX;
		for (; words > 0; words--) {
			const sp_tokens part = {tokens->items + first, words};
			uint64_t of_part = (((uint64_t)1 << words) - 1) << first;
			place = of_part & around ? SIZE_MAX : place_in(&part, lang, choices);
			if (place < choices) {
				own |= of_part;
				add(&found, place);
				break;
			}
		}
		first += words > 0 ? words : 1;
	}
	if (!(cues->content & ~(around | own)) && (around || found.count > 1))
		*ret = found;
}

void spi_places_find(const sp_tokens *tokens, const spi_cues *cues, sp_lang lang, size_t choices, spi_places *ret)
{
	*ret = (spi_places){0};
	if (tokens->count == 0 || tokens->count > CHOICE_WORDS)
		return;
	uint64_t around = courtesy_of(cues), content = cues->content & ~around;
	uint64_t none = spi_walk_cue_covered(tokens, lang, SPI_CHOICE_NONE), all = spi_walk_cue_covered(tokens, lang, SPI_CHOICE_ALL);
	if ((ret->none = none && !(content & ~none)) || (ret->all = all && !(content & ~all)))
		return;
	if ((ret->between = choices > 2 && choices % 2 == 0 && spi_walk_cue_said(tokens, lang, SPI_WALK_MIDDLE)))
		return;
	size_t place = tokens->count <= PLACE_WORDS ? place_in(tokens, lang, choices) : SIZE_MAX;
	if (place < choices)
		add(ret, place);
	else
		find_among(tokens, cues, lang, choices, ret);
}
