/* What the question's tokens have in common with an article's: the best of what meaning tells, and what costs most a document. */
#include "index/shim.hh"

#include "base/line.h"

#include <algorithm>

/* So many of those that are left are held against it, the likeliest. With all fifty instead, of 1,522 questions of corpus/ one was decided
   otherwise, of 2,986 of other sets 2; with 24, 9, and a question in English lost its article among the first five. */
constexpr size_t HELD_MAX = 32;

/* Those behind the first get what one as near in meaning would have: nothing would say that they are unlike. */
void spi_hold_tokens(sp_index *index, const sp_ask *ask, std::vector<spi_find> &list, sp_question_stats *stats, sp_error *err)
{
	spi_line best = {}, all = {};
	if (!ask->vector || !ask->tokens || ask->tokens->count == 0 || !index->meaning || !spi_meaning_has_tokens(index->meaning))
		return;
	spi_check(spi_meaning_ask_tokens(index->meaning, ask->tokens, err));
	for (size_t i = 0; i < list.size(); i++) {
		float *features = list[i].features;
		double near = static_cast<double>(features[SP_FEATURE_NEAR_ALL]);
		if (i >= HELD_MAX) {
			features[SP_FEATURE_TOKENS] = static_cast<float>(spi_line_rising_at(&best, near));
			features[SP_FEATURE_TOKENS_ALL] = static_cast<float>(spi_line_rising_at(&all, near));
			continue;
		}
		spi_meaning_tokens(index->meaning, list[i].docid, &features[SP_FEATURE_TOKENS], &features[SP_FEATURE_TOKENS_ALL]);
		spi_line_add(&best, near, static_cast<double>(features[SP_FEATURE_TOKENS]));
		spi_line_add(&all, near, static_cast<double>(features[SP_FEATURE_TOKENS_ALL]));
		stats->nearest_tokens = std::max(stats->nearest_tokens, static_cast<double>(features[SP_FEATURE_TOKENS]));
	}
	stats->has_tokens = true;
}
