/* How much more usual a question's words are in what people ask of one article than in what is asked at all: naive Bayes' log-odds, from how
   many of the article's phrasings have each word (Lewis 1998, "Naive (Bayes) at Forty"). The nearest phrasing says nothing of what all the
   others say; this does. */
#ifndef INDEX_ODDS_H
#define INDEX_ODDS_H

#include "index/features.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spi_odds {
	float words; /* of its words, one by one */
	float pairs; /* of any two of them in one phrasing, as far as the article has them */
} spi_odds;

/**
 * @param met      of the card's stems those that are something to the question
 * @param left_out a phrasing that does not count, by number; phrases->count = none
 * @param bits     of each phrasing, the question's forms that it has
 * Of unit variance, as it were: divided by the root of how many were added. 0 where the question has no word that the index knows.
 */
spi_odds spi_weigh_odds(const spi_question *question, const spi_met_stem *met, size_t met_count, const spi_phrases *phrases, size_t left_out,
	const uint64_t *bits);

#ifdef __cplusplus
}
#endif
#endif
