#include "index/odds.h"

#include <math.h>
#include <string.h>

/* So many phrasings of any article count with the article's own. */
#define BEFOREHAND 6.0
/* Of an article that has a word somewhere, so large a part of what is asked has it. Measured, as the number above, on public sets. */
#define ASKED_SHARE 0.07
/* What is in no other article may yet be asked of them. */
#define USUAL_MIN 1e-4
/* Words are asked together more often than by chance; but never as often as this. */
#define TOGETHER 5.0
#define TOGETHER_MAX 0.05

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

/* How many times as usual as in all that is asked. */
static double times_usual(double count, double phrasings, double usual)
{
	return (count + BEFOREHAND * usual) / ((phrasings + BEFOREHAND) * usual);
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
		product *= times_usual(fmin(counts[i], phrasings), phrasings, usual);
		added++;
	}
	return added > 0 ? (float)(log(product) / sqrt(added)) : 0;
}

static void count_pairs(const spi_question *question, uint64_t bits, unsigned short counts[SPI_BITS][SPI_BITS])
{
	uint64_t words = 0;
	for (; bits; bits &= bits - 1)
		words |= (uint64_t)1 << question->bit_word[__builtin_ctzll(bits)];
	for (; words; words &= words - 1)
		for (uint64_t more = words & (words - 1); more; more &= more - 1)
			counts[__builtin_ctzll(words)][__builtin_ctzll(more)]++;
}

/* Of words that stand in one phrasing, wherever there. */
static float odds_of_pairs(const spi_question *question, const spi_phrases *phrases, size_t left_out, const uint64_t *bits, double phrasings)
{
	unsigned short counts[SPI_BITS][SPI_BITS];
	double sum = 0;
	size_t words = question->words_count;
	for (size_t i = 0; i < words; i++)
		memset(counts[i], 0, words * sizeof counts[i][0]);
	for (size_t i = 0; i < phrases->count; i++)
		if (i != left_out && (bits[i] & (bits[i] - 1)) != 0)
			count_pairs(question, bits[i], counts);
	for (size_t i = 0; i < words; i++) {
		double product = 1; /* of one word's at most 64, none beyond 1e4 */
		for (size_t j = i + 1; j < words; j++) {
			double share = (double)question->words[i].share * (double)question->words[j].share;
			if (counts[i][j])
				product *= times_usual(counts[i][j], phrasings, fmin(fmax(TOGETHER * ASKED_SHARE * ASKED_SHARE * share, USUAL_MIN), TOGETHER_MAX));
		}
		sum += product != 1 ? log(product) : 0;
	}
	return words > 1 ? (float)(sum / (double)words) : 0;
}

spi_odds spi_weigh_odds(const spi_question *question, const spi_met_stem *met, size_t met_count, const spi_phrases *phrases, size_t left_out,
	const uint64_t *bits)
{
	double counts[SPI_BITS] = {0}, phrasings = (double)phrases->count - (left_out < phrases->count);
	count_words(met, met_count, phrases, left_out, counts);
	return (spi_odds){odds_of_words(question, counts, phrasings), odds_of_pairs(question, phrases, left_out, bits, phrasings)};
}
