#include "index/phrases.h"

#include <math.h>
#include <stdlib.h>

/* Stems that the card does not have are of a damaged card. */
static bool has_stem(const spi_card *card, const spi_phrase *phrase, size_t i)
{
	return spi_u16_at(phrase->stems, i) < card->stems_count;
}

static bool count_stems(const spi_card *card, size_t *ret)
{
	spi_bytes in = card->phrases;
	spi_phrase phrase;
	*ret = 0;
	for (size_t i = 0; i < card->phrases_count; i++) {
		if (!spi_card_phrase(&in, &phrase))
			return false;
		for (size_t k = 0; k < phrase.stems_count; k++)
			*ret += has_stem(card, &phrase, k);
	}
	return true;
}

static spi_phrases *allocate(const spi_card *card, size_t stems)
{
	size_t keys = card->phrases_count * sizeof(spi_phrase_key), items = card->phrases_count * sizeof(spi_phrase);
	size_t from = (card->stems_count + 2) * sizeof(uint32_t);
	size_t size = sizeof(spi_phrases) + keys + items + from + stems * sizeof(uint16_t);
	spi_phrases *ret = calloc(1, size);
	if (!ret)
		return NULL;
	ret->keys = (spi_phrase_key *)(ret + 1);
	ret->items = (spi_phrase *)((char *)ret->keys + keys);
	ret->from = (uint32_t *)((char *)ret->items + items);
	ret->of = (uint16_t *)((char *)ret->from + from);
	ret->count = card->phrases_count;
	ret->size = size;
	return ret;
}

static void read_items(const spi_card *card, const float *weights, spi_phrases *ret)
{
	spi_bytes in = card->phrases;
	for (size_t i = 0; i < ret->count && spi_card_phrase(&in, &ret->items[i]); i++) {
		const spi_phrase *phrase = &ret->items[i];
		spi_phrase_key *key = &ret->keys[i];
		float squares = 0;
		key->normal_hash = phrase->normal_hash;
		for (size_t k = 0; k < phrase->stems_count; k++) {
			if (!has_stem(card, phrase, k))
				continue;
			unsigned stem = spi_u16_at(phrase->stems, k);
			key->sum += weights[stem];
			squares += weights[stem] * weights[stem];
			ret->from[stem + 2]++;
		}
		key->norm = sqrtf(squares);
	}
}

/* from[stem + 1] is where the next of the stem's goes, until all are there. */
static void sort_by_stem(const spi_card *card, spi_phrases *ret)
{
	for (size_t stem = 0; stem < card->stems_count; stem++)
		ret->from[stem + 2] += ret->from[stem + 1];
	for (size_t i = 0; i < ret->count; i++) {
		const spi_phrase *phrase = &ret->items[i];
		for (size_t k = 0; k < phrase->stems_count; k++)
			if (has_stem(card, phrase, k))
				ret->of[ret->from[spi_u16_at(phrase->stems, k) + 1]++] = (uint16_t)i;
	}
}

sp_status spi_phrases_new(const spi_card *card, const float *weights, spi_phrases **ret)
{
	size_t stems;
	if (!count_stems(card, &stems))
		return SP_ERR_CORRUPT;
	spi_phrases *phrases = allocate(card, stems);
	if (!phrases)
		return SP_ERR_NOMEM;
	read_items(card, weights, phrases);
	sort_by_stem(card, phrases);
	*ret = phrases;
	return SP_OK;
}

void spi_phrases_free(spi_phrases *phrases)
{
	free(phrases);
}
