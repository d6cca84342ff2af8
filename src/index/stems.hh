/* The stems of one revision's cards, each once, and what each is to the question that is being asked: most of them stand on many cards. */
#ifndef INDEX_STEMS_HH
#define INDEX_STEMS_HH

#include "index/features.h"

#include <unordered_map>
#include <vector>

class spi_stems
{
  public:
	/* Its number, for ever; weight: as the question's words are weighted. */
	uint32_t number_of(const spi_stem &stem, float weight);
	/* Another question is asked from now on. */
	void begin();
	/* Of the stems with these numbers, in their order, those that are something to the question; valid until the next call. */
	const std::vector<spi_met_stem> &fit(const spi_question *question, const std::vector<uint32_t> &numbers);
	void clear();

  private:
	struct entry {
		spi_stem_fit fit; /* where it is known */
		uint32_t hash, alt_hash, grams_at, grams_count;
		float weight;
	};
	std::unordered_map<uint64_t, uint32_t> numbers_of; /* by all that an entry holds */
	std::vector<entry> entries;
	std::vector<unsigned char> grams;
	/* Of each entry, for most of them nothing else is looked at: now, its fit is known and nothing; now + 1, known and something. */
	std::vector<uint32_t> marks;
	uint32_t now = 2;
	std::vector<spi_met_stem> met;
	uint32_t mark(const spi_question *question, uint32_t number);
};

#endif
