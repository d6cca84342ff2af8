#include "index/odds.h"

#include <math.h>

/* So many phrasings of any article count with the article's own. */
#define BEFOREHAND 6.0
/* Of an article that has a word somewhere, so large a part of what is asked has it. Measured, as the number above, on public sets. */
#define ASKED_SHARE 0.07
/* What is in no other article may yet be asked of them. */
#define USUAL_MIN 1e-4
/* Of all that is asked, so large a part has a given pair of words. */
#define PAIR_SHARE 0.003

static double counts_of(const spi_phrases *phrases, const spi_met_stem *stem, size_t left_out)
{
	const uint32_t *from = phrases->from + stem->number;
	double count = from[1] - from[0];
	if (left_out < phrases->count)
		for (uint32_t k = from[0]; k < from[1]; k++)
			count -= phrases->of[k] == left_out;
	return count;
}

/* In how many phrasings each word is; a form that is only like it counts as far as it is. */
static void count_words(const spi_met_stem *met, size_t met_count, const spi_phrases *phrases, size_t left_out, double *ret)
{
	for (size_t i = 0; i < met_count; i++) {
		double likeness = (double)met[i].fit.likeness;
		ret[met[i].fit.word] += likeness * likeness * counts_of(phrases, &met[i], left_out);
	}
}

/* Factors are multiplied, and one logarithm is taken: of 64 at most, none of which is beyond 1e4. */
static float odds_of_words(const spi_question *question, const double *counts, double phrasings)
{
	double product = 1, added = 0;
	for (size_t i = 0; i < question->words_count; i++) {
		const spi_word *word = &question->words[i];
		if (!word->is_known && word->soft_count == 0)
			continue;
		double usual = fmax(ASKED_SHARE * (double)word->share, USUAL_MIN);
		product *= (fmin(counts[i], phrasings) + BEFOREHAND * usual) / ((phrasings + BEFOREHAND) * usual);
		added++;
	}
	return added > 0 ? (float)(log(product) / sqrt(added)) : 0;
}

static size_t count_pair(const spi_phrase *phrase, uint32_t pair)
{
	for (size_t j = 0; j < phrase->bigrams_count; j++)
		if (spi_u32_at(phrase->bigrams, j) == pair)
			return 1;
	return 0;
}

static float odds_of_pairs(const spi_question *question, const spi_phrases *phrases, size_t left_out, const uint64_t *bits, double phrasings)
{
	double counts[SPI_BITS] = {0}, product = 1;
	for (size_t i = 0; i < phrases->count; i++) {
		if (i == left_out || (bits[i] & (bits[i] - 1)) == 0) /* it has not two of the question's words */
			continue;
		for (size_t pair = 0; pair < question->bigrams_count; pair++)
			counts[pair] += (double)count_pair(&phrases->items[i].phrase, question->bigrams[pair]);
	}
	for (size_t pair = 0; pair < question->bigrams_count; pair++)
		if (counts[pair] > 0)
			product *= (counts[pair] + BEFOREHAND * PAIR_SHARE) / ((phrasings + BEFOREHAND) * PAIR_SHARE);
	return question->bigrams_count ? (float)(log(product) / sqrt((double)question->bigrams_count)) : 0;
}

spi_odds spi_weigh_odds(const spi_question *question, const spi_met_stem *met, size_t met_count, const spi_phrases *phrases, size_t left_out,
	const uint64_t *bits)
{
	double counts[SPI_BITS] = {0}, phrasings = (double)phrases->count - (left_out < phrases->count);
	count_words(met, met_count, phrases, left_out, counts);
	return (spi_odds){odds_of_words(question, counts, phrasings), odds_of_pairs(question, phrases, left_out, bits, phrasings)};
}
