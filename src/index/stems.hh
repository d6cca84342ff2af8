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
	void begin()
	{
		question_number++;
	}
	/* Of the stems with these numbers, in their order; valid until the next call. */
	const spi_stem_fit *fit(const spi_question *question, const std::vector<uint32_t> &numbers);
	void clear();

  private:
	struct entry {
		uint64_t question_number; /* that the fit is of */
		spi_stem_fit fit;
		uint32_t hash, alt_hash, grams_at, grams_count;
		float weight;
	};
	std::unordered_map<uint64_t, uint32_t> numbers_of; /* by all that an entry holds */
	std::vector<entry> entries;
	std::vector<unsigned char> grams;
	std::vector<spi_stem_fit> asked;
	uint64_t question_number = 0;
};

#endif
